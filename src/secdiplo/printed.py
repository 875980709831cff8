"""What the command line prints beside plain rows: the help of a query, claims by section."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby

from secdiplo.claims import COLUMNS, Finding, tidy
from secdiplo.queries import Query
from secdiplo.render import render

WIDTH = 78
SHOWN = ("claim_id", "anchor", "published", "found", "unit", "status", "query")


def folded(text: str, indent: int = 2) -> str:
    """A text as lines that fit the terminal, those after the first further in."""
    first = " " * indent
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=first + "    ")


def about(query: Query) -> str:
    """The help of one query: what it is, its parameters and its columns."""
    lines = [f"{query.name}: {query.title}", "", textwrap.fill(query.grain, WIDTH)]
    lines += [f"Unit: {query.unit}", textwrap.fill(f"After: {query.source}", WIDTH)]
    if query.note:
        lines += ["", textwrap.fill(query.note, WIDTH)]
    lines += ["", "Parameters (-p name=value):"]
    for param in query.params:
        default = {"null": "none", "dataset": "the dataset's"}.get(param.default, param.default)
        choices = f" One of {', '.join(param.choices)}." if param.choices else ""
        lines.append(folded(f"{param.name}  {param.meaning}{choices} Default: {default}."))
    lines += ["", "Columns:"]
    for column in query.columns:
        unit = f" ({column.unit})" if column.unit else ""
        lines.append(folded(f"{column.name}{unit}  {column.meaning}"))
    return "\n".join(lines)


MARKS = {
    "at_least": ">= ",
    "more_than": "> ",
    "at_most": "<= ",
    "approx": "about ",
    "approx_below": "almost ",
}


def _marked(row: Sequence[object]) -> object:
    """A published figure with the words that bound it."""
    mark = MARKS.get(str(row[COLUMNS.index("relation")]), "")
    value = row[COLUMNS.index("published")]
    return f"{mark}{value}" if mark else value


def _noted(finding: Finding) -> str:
    """The notes on a finding, and what all figures admit where that is more than one value."""
    if finding.lower == finding.upper:
        return finding.note
    ends = (
        f"{tidy(finding.lower)} to {'any number' if finding.upper is None else tidy(finding.upper)}"
    )
    return "; ".join(filter(None, [f"all figures together admit {ends}", finding.note]))


def sections(findings: Sequence[Finding]) -> str:
    """One table a section of the source, in the order of the text, its notes below it."""
    places = [COLUMNS.index(name) for name in SHOWN]
    parts = []
    for section, group in groupby(findings, key=lambda finding: finding.claim["section"]):
        members = list(group)
        cells = [finding.row() for finding in members]
        rows = [
            tuple(_marked(row) if COLUMNS[place] == "published" else row[place] for place in places)
            for row in cells
        ]
        parts.append(f"\n{section}\n")
        parts.append(render(("id", *SHOWN[1:]), rows, "table").rstrip("\n"))
        notes = [(f.claim["claim_id"], _noted(f)) for f in members]
        parts += [folded(f"{name}: {note}") for name, note in notes if note]
    return "\n".join(parts) + "\n"
