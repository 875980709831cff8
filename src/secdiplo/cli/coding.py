"""The commands for coders: reliability, coverage and sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secdiplo.cli.options import (
    CommandWithFilters,
    data_option,
    filter_options,
    format_option,
    given_filters,
    opened,
    output_options,
    pairs,
    rows_options,
)
from secdiplo.cli.output import number_of, print_batches, print_rows
from secdiplo.output.render import folded

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.coding.coders import CoderComparison
    from secdiplo.store import Built

SPARED_OF_CODINGS = ("event_key", "counterpart_person", "mean_distance")
"""Columns that a table is the first to leave out."""
SPARED_OF_CONFUSION = ("column", "first_coder", "second_coder")
SPARED_OF_COVERAGE = ("note", "model", "known", "seen", "published")
OF_TWO = ("agreement", "unmatched", "differences")  # what a second coding is enough for
OF_SEVERAL = ("meetings", "recall", "coders", "confusion", "drift")


@click.command()
@click.argument("codings", nargs=-1, metavar="[CODING]...")
@click.option("--second", metavar="DIR", help="Folder of the second coding "
              "(default: reliability in the dataset folder).")  # fmt: skip
@click.option("--show", type=click.Choice([*OF_TWO, *OF_SEVERAL]), metavar="TABLE",
              default="agreement", show_default=True,
              help="Table to print, from the list above.")  # fmt: skip
@click.option(
    "--column", metavar="NAME", help="Show confusion or differences for this column only."
)
@click.option("--by", type=click.Choice(["year", "half", "month"]),
              help="Show agreement by period, to detect drift.")  # fmt: skip
@click.option("--resamples", type=click.IntRange(0, 1_000_000), default=1_000, show_default=True,
              help="Bootstrap samples for the intervals; 0 for no intervals.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="Seed of the bootstrap.")  # fmt: skip
@click.option(
    "-o", "--out", metavar="FILE", help="Write a report with all tables to this .html or .md file."
)
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@rows_options
@format_option
@data_option
@click.pass_context
def reliability(
    ctx: click.Context,
    codings: tuple[str, ...],
    second: str | None,
    show: str,
    column: str | None,
    by: str | None,
    resamples: int,
    seed: int,
    out: str | None,
    force: bool,
    style: str,
) -> None:
    """Measure how well coders agree on the same events.

    CODING is one file per coder (CSV or workbook), or a folder with these files. Without CODING,
    the coding sheet is compared with the second coding in the dataset folder.

    Units that only one coder was given are left out, if workbooks or assignment.csv list them. Rows
    are matched by unit and counterpart. For each column, the table gives the number of meetings in
    common, the share of equal cells, Krippendorff's alpha over all coders, and its 95 percent
    bootstrap interval (percentiles over resampled meetings). Two blank cells count as equal.

    \b
    nominal   cells are equal or not
    days      difference in days; a month or year counts as its middle
    masi      overlap of two lists

    \b
    --show meetings     which coder found which meeting
    --show unmatched    meetings that some coder did not find
    --show recall       each coder against all, and against each other coder
    --show coders       agreement of each coder with the others
    --show confusion    pairs of codes given to the same meeting; see --column
    --show differences  cells that differ, with both values and pages
    --by year           agreement by period

    Example: secdiplo reliability --show confusion --column topic
    """
    target = _report_file(ctx, out, force)
    _check_periods(ctx, by, show)
    several = bool(codings or column or by or target or show in OF_SEVERAL)
    if second and several:
        raise click.UsageError("--second is for two codings; name the files of the coders", ctx)
    built = opened(ctx)
    if not several:
        _second_coding(ctx, built, second, show, resamples, seed, style)
        return
    from secdiplo.coding.coders import compare_coders

    given = tuple(Path(each) for each in codings) or _folder(ctx)
    found = compare_coders(built, given, by=by, resamples=resamples, seed=seed)
    if target:
        from secdiplo.coding.coder_report import write_report

        write_report(found, target, str(built.dataset["title"]))
        click.echo(f"{target}: the report")
    else:
        _print_comparison(found, "drift" if by else show, column, style)


def _check_periods(ctx: click.Context, by: str | None, show: str) -> None:
    """Refuse --by with a table that has no periods, and drift without it."""
    if by and show not in ("agreement", "drift"):
        raise click.UsageError(f"--by is for agreement; leave it out with --show {show}", ctx)
    if show == "drift" and not by:
        raise click.UsageError("--show drift needs --by year, half or month", ctx)


def _print_comparison(found: CoderComparison, show: str, column: str | None, style: str) -> None:
    """Print one table of a comparison of coders, and what was compared."""
    columns, rows = found.table(show, column)
    spare = SPARED_OF_CONFUSION if show == "confusion" else SPARED_OF_CODINGS
    print_batches(columns, iter([rows]), style, spare)
    click.echo(folded(found.summary(), 0), err=style != "table")


def _second_coding(
    ctx: click.Context, built: Built, second: str | None, show: str, resamples: int, seed: int,
    style: str,
) -> None:  # fmt: skip
    """Compare the coding sheet with a second coding."""
    from secdiplo import coding

    found = coding.reliability(built, _folder(ctx), second, resamples=resamples, seed=seed)
    columns, rows = found.table(show)
    print_batches(columns, iter([rows]), style, SPARED_OF_CODINGS)
    click.echo(folded(found.summary(), 0), err=style != "table")


def _folder(ctx: click.Context) -> Path | None:
    """Return the dataset folder that --data names, or the shipped one; None for built tables."""
    from secdiplo.folder.resources import folder_of

    return folder_of(ctx.ensure_object(dict).get("data"))


def _report_file(ctx: click.Context, out: str | None, force: bool) -> Path | None:
    """Return the file of the report, after a check that it can be written."""
    if out is None:
        return None
    target = Path(out)
    if target.suffix.lower() not in (".html", ".md"):
        raise click.UsageError(f"{out}: the ending is none of .html, .md", ctx)
    if target.exists() and not force:
        what = f"{out} exists; name another file, or replace it with --force"
        raise click.UsageError(what, ctx)
    return target


# --- coverage ---------------------------------------------------------------------------------


@click.command(cls=CommandWithFilters)
@click.option(
    "--by", type=click.Choice(["year", "half", "format"]), help="Estimate separately for each."
)
@click.option("--show", type=click.Choice(["estimates", "histories", "overlaps", "models"]),
              default="estimates", show_default=True, help="Table to print.")  # fmt: skip
@click.option("--lists", multiple=True, metavar="NAME=KIND,...",
              help="A list and its kinds of publishers; repeatable.")  # fmt: skip
@click.option("--links", metavar="FILE", help="Use two matched datasets as the lists: a CSV file "
              "written by `secdiplo match OTHER --show all -o FILE`.")  # fmt: skip
@click.option("--criterion", type=click.Choice(["bic", "aic"]), default="bic", show_default=True,
              help="Criterion for choosing the log-linear model.")  # fmt: skip
@click.option("--level", type=click.FloatRange(0.5, 1, max_open=True), default=0.95,
              show_default=True, help="Confidence level of the intervals.")  # fmt: skip
@filter_options
@output_options
@data_option
@click.pass_context
def coverage(
    ctx: click.Context, /, by: str | None, show: str, lists: tuple[str, ...],
    links: str | None, criterion: str, level: float, style: str, **_: Any,
) -> None:  # fmt: skip
    """Estimate how many events took place, recorded or not.

    The estimate uses capture-recapture: each kind of publisher is one list of events, and the
    overlap of the lists shows how many events are probably in none of them. By default, every kind
    of publisher that the dataset declares is a list, except repost. The estimates are for the
    default scope. If the kinds of publishers are not known, you get only the bound from the number
    of publishers.

    \b
    chapman    for two lists
    loglinear  for three or more lists, which may depend on each other in pairs
    chao       a lower bound, from events found in only one list, and in two

    The table gives an interval for each estimate, and the published number of events if there is
    one. The assumptions are printed below the table; read them before you use an estimate. --show
    histories prints the counts behind it.

    Example: secdiplo coverage --by format
    """
    from secdiplo.coding.coverage import ASSUMPTIONS
    from secdiplo.coding.coverage import coverage as estimate

    chosen = {name: kinds.split(",") for name, kinds in pairs(lists).items()} or None
    frame = _read_links(links) if links else None
    given = given_filters(ctx)
    built = opened(ctx)
    found = estimate(
        built, by, lists=chosen, links=frame, criterion=criterion, level=level, filters=given
    )
    columns, rows = found.table(show)
    _print_table(columns, rows, style)
    for line in (*found.notices, ASSUMPTIONS):
        click.echo(folded(line, 0), err=style != "table")


def _print_table(columns: tuple[str, ...], rows: list[tuple[Any, ...]], style: str) -> None:
    """Print rows, or write them to the file of -o."""
    from secdiplo.cli.output import ARROW, out_format

    if out_format(style) == ARROW:
        print_rows(columns, rows, style)
    else:
        print_batches(columns, iter([rows]), style, SPARED_OF_COVERAGE)


def _read_links(name: str) -> pd.DataFrame:
    """Return the links of two datasets."""
    import pandas as pd

    from secdiplo.errors import UsageError
    from secdiplo.files import csv_rows

    path = Path(name)
    if not path.is_file():
        raise UsageError(f"{name}: no such file; name a CSV file of links")
    rows = csv_rows(path, ("event_key", "other_event_key"), name)
    return pd.DataFrame(
        [row for _, row in rows], columns=["event_key", "other_event_key", "status"], dtype=str
    )


# --- sources ----------------------------------------------------------------------------------


@click.command()
@click.option("--show", type=click.Choice(["sources", "not_archived", "duplicates", "hosts",
              "single"]), default="sources", show_default=True,
              help="List to print.")  # fmt: skip
@click.option("--archived", metavar="FILE", help="Record the archived copies listed in FILE in "
              "curated/archived.csv of the folder of --data.")  # fmt: skip
@output_options
@format_option
@data_option
@click.pass_context
def sources(ctx: click.Context, show: str, archived: str | None, style: str) -> None:
    """List the source pages and whether they are archived.

    \b
    sources       one row per address, with its events and rows
    not_archived  addresses without an archived copy, to submit to an archive
    duplicates    addresses that lead to the same page
    hosts         one row per host, by kind of publisher
    single        events with only one source

    To record archived copies: write the list with -o, submit the addresses to an archive, fill in
    archive_url, retrieved (the day) and sha256 (optional), and read the file back with --archived.
    The command itself makes no network requests.

    \b
    secdiplo sources --show not_archived -o to_archive.csv
    secdiplo sources --archived to_archive.csv --data my_dataset
    """
    from secdiplo.coding import sources as listing
    from secdiplo.folder.reading import ARCHIVED_FILE

    folder, built = _folder(ctx), opened(ctx)
    if archived is None:
        _print_table(*listing.source_rows(built, folder, show), style)
        return
    given = ctx.ensure_object(dict)
    if given.get("data") is None:
        raise click.UsageError("--archived writes to a folder; name it with --data", ctx)
    if given.get("out"):
        raise click.UsageError("-o writes a list, --archived reads one; give one of them", ctx)
    changed, total = listing.add_archived(built, folder, archived, force=bool(given.get("force")))
    what = f"{number_of(changed, 'copy')} new or replaced"
    click.echo(f"{ARCHIVED_FILE}: {what}, {total:,} in all")


COMMANDS = {"reliability": reliability, "coverage": coverage, "sources": sources}
