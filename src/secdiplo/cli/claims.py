"""The command that compares published values with recomputed ones: reproduce."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from secdiplo.cli.options import (
    data_option,
    engine_options,
    format_option,
    limits_option,
    opened,
    output_options,
)
from secdiplo.cli.output import RowOptions, print_rows, row_options, with_progress
from secdiplo.output.render import folded, table
from secdiplo.output.screen import wants_colour

if TYPE_CHECKING:
    from secdiplo.claims.reproduce import ClaimResult

TABLE_COLUMNS = ("claim_id", "quote", "published", "recomputed", "unit", "status", "query")


@click.command()
@click.option("--strict", is_flag=True, help="Exit 1 when any claim is contradicted.")
@output_options
@format_option
@engine_options
@data_option
@limits_option
@click.pass_context
def reproduce(ctx: click.Context, strict: bool, style: str) -> None:
    """Print every published value beside the recomputed one.

    Each claim has its quote from the source, the published and the recomputed value, what all
    published values together admit (lower and upper), the unit, a status and the query
    behind it; the other formats also have the difference and the recipe: query, parameters,
    rows and column.

    \b
    reproduced    the tables give the published value
    consistent    fewer are attested than published (of a year: none earlier)
    exceeded      more are attested: a coding difference to explain
    differs       a share or rank has another value
    contradicted  no additional data could resolve it
    not_testable  no table at hand can recompute it, and why

    Example: secdiplo reproduce --format csv
    """
    from secdiplo.audit import intervals
    from secdiplo.claims.reproduce import RESULT_COLUMNS, summary
    from secdiplo.claims.reproduce import reproduce as recompute

    built = opened(ctx)
    admitted = with_progress("Bounding", lambda: intervals.stored_or_computed(built))
    findings = recompute(built, admitted)
    asked = row_options()
    if style != "table" or asked != RowOptions():
        print_rows(RESULT_COLUMNS, [finding.row() for finding in findings], style)
    elif findings:
        click.echo(sections(findings), color=wants_colour(sys.stdout) or None)
    click.echo(folded(summary(findings), 0), err=style != "table" or asked != RowOptions())
    if strict and any(finding.status == "contradicted" for finding in findings):
        ctx.exit(1)


def _marked(relation: object, value: object) -> object:
    """Return a published value with the words that bound it."""
    from secdiplo.claims.status import MARKS

    mark = MARKS.get(str(relation), "")
    return f"{mark}{value}" if mark else value


def _noted(finding: ClaimResult) -> str:
    """Return the notes on a claim, and what all claims admit if that is more than one value."""
    from secdiplo.claims.status import tidy

    if finding.lower == finding.upper:
        return finding.note
    ends = (
        f"{tidy(finding.lower)} to {'any number' if finding.upper is None else tidy(finding.upper)}"
    )
    return "; ".join(filter(None, [f"all claims together admit {ends}", finding.note]))


def sections(findings: Sequence[ClaimResult]) -> str:
    """One table a section of the source, in the order of the text, its notes below it."""
    from secdiplo.claims.reproduce import RESULT_COLUMNS

    parts = []
    for section, group in groupby(findings, key=lambda finding: finding.claim["section"]):
        members = list(group)
        rows = []
        for finding in members:
            row = dict(zip(RESULT_COLUMNS, finding.row(), strict=True))
            row["published"] = _marked(row["relation"], row["published"])
            rows.append(tuple(row[name] for name in TABLE_COLUMNS))
        parts.append(f"\n{section}\n")
        colour = wants_colour(sys.stdout)
        shown = table(("id", *TABLE_COLUMNS[1:]), rows, spare=("query", "unit"), colour=colour)
        parts.append(shown.rstrip("\n"))
        notes = [(f.claim["claim_id"], _noted(f)) for f in members]
        parts += [folded(f"{name}: {note}") for name, note in notes if note]
    return "\n".join(parts) + "\n"


COMMANDS = {"reproduce": reproduce}
