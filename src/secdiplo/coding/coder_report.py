"""The comparison of coders as one page, in Markdown or HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError
from secdiplo.files import written_whole
from secdiplo.output.render import render, text

if TYPE_CHECKING:
    from secdiplo.coding.coders import CoderComparison

REPORT_ENDINGS = (".html", ".md")
MAX_SECTION = 1_000  # rows of a table in the report
SECTIONS = (
    ("recall", "Who found which meetings",
     "Found is the number of meetings that the coder has; recall is its share of all meetings, or "
     "of those of another coder, in units that the coder was given."),
    ("agreement", "Agreement by column",
     "Over the meetings that two coders or more have: the share in which all values are equal, "
     "Krippendorff's alpha, and its 95 percent bootstrap interval (meetings resampled). Alpha is "
     "blank if all values are equal, and for the counterpart, which meetings are matched by."),
    ("coders", "Each coder against the others",
     "Agreement is the share of equal pairs of values; alpha_without is alpha of the other coders "
     "alone, so a coder who differs from the rest raises it."),
    ("drift", "Agreement over time", "The same measures by the date of the meeting."),
    ("confusion", "Codes that were given for the same meeting",
     "How often one coder gave the first code and another one the second. Items of lists are "
     "counted one by one; a blank means that only one coder has the item."),
    ("unmatched", "Meetings that not every coder found", ""),
    ("differences", "Values that differ", "Both values, and the pages that the coders used."),
)  # fmt: skip
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;font-size:.85rem;display:block;overflow-x:auto}"
    "th,td{border:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}"
)
Section = tuple[str, str, Sequence[str], Sequence[Sequence[Any]]]


def write_report(found: CoderComparison, target: Path, title: str) -> None:
    """Write the comparison to a file.

    Parameters
    ----------
    found : CoderComparison
    target : Path
        Ends in ``.html`` or ``.md``; replaced if it exists.
    title : str
        The name of the dataset.

    Raises
    ------
    UsageError
        Another ending.
    """
    if target.suffix.lower() not in REPORT_ENDINGS:
        raise UsageError(f"{target}: the ending is none of {', '.join(REPORT_ENDINGS)}")
    write = _markdown if target.suffix.lower() == ".md" else _html
    page = write(f"Reliability: {title}", found.summary(), _sections(found))
    with written_whole(target) as fresh:
        fresh.write_text(page, encoding="utf-8")


def _sections(found: CoderComparison) -> list[Section]:
    """Return title, explanation, columns and rows of each table."""
    sections: list[Section] = []
    for name, title, about in SECTIONS:
        if name == "drift" and not found.by:
            continue
        columns, rows = found.table(name)
        if len(rows) > MAX_SECTION:
            cut = f"{about} The first {MAX_SECTION:,} of {len(rows):,} rows.".strip()
            sections.append((title, cut, columns, rows[:MAX_SECTION]))
        else:
            sections.append((title, about, columns, rows))
    return sections


def _markdown(title: str, summary: str, sections: Sequence[Section]) -> str:
    parts = [f"# {title}", summary]
    for heading, about, columns, rows in sections:
        shown = render(columns, rows, "markdown") if rows else "None."
        parts += [f"## {heading}", *([about] if about else []), shown.rstrip()]
    return "\n\n".join(parts) + "\n"


def _html(title: str, summary: str, sections: Sequence[Section]) -> str:
    """Return a page that makes no network requests."""
    name = html.escape(title)
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f"<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>",
        f"<p>{html.escape(summary)}</p>",
    ]
    for heading, about, columns, rows in sections:
        parts.append(f"<h2>{html.escape(heading)}</h2>")
        if about:
            parts.append(f"<p>{html.escape(about)}</p>")
        parts.append(_table(columns, rows) if rows else "<p>None.</p>")
    return "\n".join(parts) + "\n</body>\n</html>\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(_cell(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _cell(cell: Any) -> str:
    return "" if cell is None else text(cell)
