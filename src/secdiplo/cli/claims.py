"""The command that compares published values with recomputed ones: reproduce."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
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
from secdiplo.output.screen import prose_width, wants_colour

if TYPE_CHECKING:
    from secdiplo.claims.reproduce import ClaimResult
    from secdiplo.store import Built

TABLE_COLUMNS = ("claim_id", "quote", "published", "recomputed", "unit", "status")
QUOTE_WIDTH = 27  # of a quote in a table; the whole quote is in the other formats
MAX_DEVIATING = 22  # values that are printed before `--all` is needed


@click.command()
@click.argument("claim", required=False)
@click.option("--all", "every", is_flag=True, help="Print every published value.")
@click.option("--status", "statuses", multiple=True, metavar="STATUS",
              help="Print only values with this status, such as differs; repeatable.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with 1 if any value is contradicted.")
@output_options
@format_option
@engine_options
@data_option
@limits_option
@click.pass_context
def reproduce(
    ctx: click.Context,
    claim: str | None,
    every: bool,
    statuses: tuple[str, ...],
    strict: bool,
    style: str,
) -> None:
    """Compare published values with values from the data.

    The default output is a summary and the values that deviate. --all prints every published value.
    The csv, json and markdown formats always contain every value, with the difference and the query
    behind it. With CLAIM, the command explains one value: its quote, interpretations, query and
    rows, how far off it is, and what would settle it.

    \b
    reproduced    the recomputed value equals the published one
    consistent    lower than published, as incomplete coding can explain
    exceeded      higher than published
    differs       a share or rank has another value
    contradicted  no additional data could resolve the difference
    not_testable  the tables do not record what the text counts

    \b
    secdiplo reproduce
    secdiplo reproduce --status differs
    secdiplo reproduce P18
    """
    from secdiplo.audit import intervals
    from secdiplo.claims import overview
    from secdiplo.claims.reproduce import RESULT_COLUMNS
    from secdiplo.claims.reproduce import reproduce as recompute

    wanted = _statuses(ctx, claim, every, statuses)
    built = opened(ctx)
    admitted = with_progress("Bounding", lambda: intervals.stored_or_computed(built))
    findings = recompute(built, admitted)
    if claim is not None:
        _explain(built, overview.find(findings, claim))
        return
    chosen = [finding for finding in findings if finding.status in wanted]
    asked = row_options()
    if style != "table" or asked != RowOptions():
        listed = chosen if statuses else findings
        print_rows(RESULT_COLUMNS, [finding.row() for finding in listed], style)
    else:
        for line in overview.lines(findings, bool(built.dataset["exhaustive"])):
            click.echo(folded(line, 0))
        limit = len(chosen) if every or statuses else MAX_DEVIATING
        if chosen:
            shown = _sections(chosen[:limit], overview.source_titles(built))
            click.echo(shown, nl=False, color=wants_colour(sys.stdout) or None)
        more = f"{len(chosen) - limit} more deviate. " if len(chosen) > limit else ""
        if findings and not every:
            name = chosen[0].claim["claim_id"] if chosen else findings[0].claim["claim_id"]
            click.echo(f"\n{more}`secdiplo reproduce {name}` explains one value; --all prints all.")
    if strict and any(finding.status == "contradicted" for finding in findings):
        ctx.exit(1)


def _statuses(
    ctx: click.Context, claim: str | None, every: bool, statuses: tuple[str, ...]
) -> set[str]:
    """Return the statuses whose values are printed."""
    from secdiplo.claims.overview import DEVIATING
    from secdiplo.claims.status import STATUSES
    from secdiplo.suggest import suggest

    if sum([claim is not None, every, bool(statuses)]) > 1:
        raise click.UsageError("give one of CLAIM, --all and --status", ctx)
    chosen = [item.strip() for text in statuses for item in text.split(",")]
    for status in chosen:
        if status not in STATUSES:
            raise click.UsageError(f"no status `{status}`; {suggest(status, STATUSES)}", ctx)
    return set(chosen or (STATUSES if every else DEVIATING))


def _explain(built: Built, finding: ClaimResult) -> None:
    """Print where a claim is from, what recomputes it, and the rows of the query."""
    from secdiplo.claims import overview

    click.echo(overview.explained(built, finding))
    for query, columns, rows, number in overview.rows_behind(built, finding):
        more = f" (the first {len(rows)} of {number})" if number > len(rows) else ""
        click.echo(f"\nRows of {query}{more}:\n")
        print_rows(columns, rows, "table")


def _sections(findings: Sequence[ClaimResult], titles: Mapping[str, str]) -> str:
    """Return one table for each source text, with the notes below it."""
    from secdiplo.claims import overview
    from secdiplo.claims.status import tidy

    parts = []
    for source, group in groupby(findings, key=lambda finding: finding.claim["seed_file"]):
        rows = [
            (
                finding.claim["claim_id"],
                textwrap.shorten(finding.claim["quote"], QUOTE_WIDTH, placeholder=" …"),
                overview.published(finding.claim),
                tidy(finding.recomputed),
                finding.claim["unit"].replace("_", " "),
                finding.status,
            )
            for finding in group
        ]
        title = textwrap.shorten(titles.get(source, source), prose_width(), placeholder=" …")
        parts.append(f"\n{title}\n")
        shown = table(("id", *TABLE_COLUMNS[1:]), rows, colour=wants_colour(sys.stdout))
        parts.append(shown.rstrip("\n"))
    return "\n".join(parts) + "\n"


COMMANDS = {"reproduce": reproduce}
