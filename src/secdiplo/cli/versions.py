"""The commands that compare events and versions: diff, match and duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secdiplo.cli.options import (
    data_option,
    format_option,
    limits_option,
    opened,
    output_options,
    resource_limits,
)
from secdiplo.cli.output import (
    ARROW,
    number_of,
    out_format,
    print_batches,
    print_rows,
    row_options,
    with_progress,
)
from secdiplo.output.render import folded

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.coding.diff import DatasetDiff

SPARED_OF_PAIRS = ("source_url_1", "source_url_2", "counterpart_person_1", "counterpart_person_2",
                   "official_1", "official_2", "agree", "differ")  # fmt: skip
"""Columns that a table is the first to leave out."""
REPORT = "report"
REPORTED = ("tables", "renames", "claims", "totals", "settings")
REPORT_HEADINGS = {
    "tables": "Rows",
    "renames": "Columns and codes with other names",
    "claims": "Published values",
    "totals": "Totals and shares",
    "settings": "Settings",
}


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--show", type=click.Choice([REPORT, *REPORTED, "rows", "cells"]), default=REPORT,
              show_default=True, help="Part to print.")  # fmt: skip
@click.option("--format", "style", type=click.Choice(["table", "md", "csv", "json"]),
              default="table", show_default=True, help="Output format.")  # fmt: skip
@click.option(
    "--links", metavar="FILE", help="Links between the events of both, from `secdiplo match -o`."
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@output_options
@limits_option
@data_option
@click.pass_context
def diff(
    ctx: click.Context, old: str, new: str | None, show: str, style: str, links: str | None,
    exit_code: bool,
) -> None:  # fmt: skip
    """Compare two versions of a dataset and their results.

    OLD and NEW are dataset folders or built tables. `built-in` is the built-in dataset, which is
    also NEW if you omit it (or the dataset selected with --data). Rows are matched by key and
    compared cell by cell. The report also lists renamed columns and codes, published values whose
    status or recomputed value changed, and totals and shares before and after.

    A folder of an older version is read with the settings of NEW. Renamed columns and codes are
    recognized if NEW declares them under `changes` in its dataset.toml; otherwise the report calls
    them likely renames.

    With --format csv, only the changed cells are written. --limit applies to each list.

    \b
    Example: secdiplo diff built-in my_dataset
             secdiplo diff old_folder --format md -o changes.md
    """
    from secdiplo.coding.diff import diff_versions

    chosen = ctx.ensure_object(dict)
    if new is not None and chosen.get("data"):
        raise click.UsageError("name the new version once, as NEW or with --data", ctx)
    frame = _read_links(ctx, links)
    found: DatasetDiff = with_progress(
        "Comparing",
        lambda: diff_versions(old, new or chosen.get("data"), links=frame, **resource_limits(ctx)),
    )
    chosen["built"] = found.newer
    style = {"md": "markdown"}.get(style, style)
    if show == REPORT and out_format(style) in {"csv", ARROW}:
        show = "cells"
    if show == REPORT:
        _print_report(found, out_format(style))
    else:
        _print_frame(found, show, style)
    if exit_code and found.differs:
        ctx.exit(1)


def _read_links(ctx: click.Context, file: str | None) -> pd.DataFrame | None:
    """Read the links that `secdiplo match -o` wrote, or that a coder keeps."""
    if file is None:
        return None
    import pandas as pd

    from secdiplo.files import csv_rows

    if not Path(file).is_file():
        raise click.UsageError(f"--links: {file} does not exist; write it with match -o", ctx)
    rows = [row for _, row in csv_rows(Path(file), ("event_key", "other_event_key"))]
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["event_key", "other_event_key"])
    if "decision" in frame.columns:  # a file of decisions
        frame = frame[frame["decision"] == "yes"]
    return frame


def _print_frame(found: DatasetDiff, show: str, style: str) -> None:
    columns, batches = found.batches(show)
    if out_format(style) == ARROW:
        print_rows(columns, [row for batch in batches for row in batch], style)
        return
    print_batches(columns, batches, style)


def _print_report(found: DatasetDiff, style: str) -> None:
    """Print what differs as one text, or write it to the file of -o."""
    from secdiplo.files import written_whole

    texts = _report_json(found) if style == "json" else _report_text(found, style)
    target = row_options().out
    if target is None:
        for text in texts:
            click.echo(text, nl=False)
        return
    with written_whole(target) as fresh, fresh.open("w", encoding="utf-8", newline="") as file:
        file.writelines(texts)
    click.echo(f"{target}: {'differences' if found.differs else 'no differences'}")


def _reported(found: DatasetDiff, name: str) -> tuple[Sequence[str], list[Any], int]:
    """Return the columns and rows of a list of the report, and how many rows it has."""
    columns, batches = found.batches(name)
    rows = [row for batch in batches for row in batch]
    if name == "tables":
        rows = [row for row in rows if any(row[3:6])]
    if name == "totals":
        rows = [row for row in rows if row[-1]]
    most = row_options().number("table")
    return columns, rows if most is None else rows[:most], len(rows)


def _report_text(found: DatasetDiff, style: str) -> Iterator[str]:
    from secdiplo.output.render import render

    if style == "markdown":
        first, *others = str(found.summary).splitlines()
        yield f"### {first}\n\n" + "".join(f"- {line}\n" for line in others)
    else:
        lines = str(found.summary).splitlines()
        yield "\n".join(folded(line, 0) for line in lines) + "\n"
    for name in REPORTED:
        columns, rows, total = _reported(found, name)
        if not rows:
            continue
        mark = "#### " if style == "markdown" else ""
        after = "\n\n" if style == "markdown" else "\n"
        yield f"\n{mark}{REPORT_HEADINGS[name]}{after}"
        yield render(columns, rows, style)
        if len(rows) < total:
            yield f"\n{len(rows):,} of {total:,} rows; --limit 0 prints all\n"


def _report_json(found: DatasetDiff) -> Iterator[str]:
    """Write the report as one object, the rows and cells as they are read."""
    import json

    from secdiplo.output.render import render

    about = {"old": found.old, "new": found.new, "notes": list(found.notes),
             "differs": found.differs}  # fmt: skip
    yield json.dumps(about, indent=1, ensure_ascii=False).removesuffix("\n}")
    for name in REPORTED:
        columns, rows, _ = _reported(found, name)
        yield f',\n "{name}": {render(columns, rows, "json").rstrip()}'
    most = row_options().number("json")
    for name in ("rows", "cells"):
        columns, batches = found.batches(name)
        yield f',\n "{name}": ['
        left, between = most, ""
        for batch in batches:
            rows = list(batch if left is None else batch[:left])
            left = None if left is None else left - len(rows)
            if rows:
                yield between + render(columns, rows, "json").strip()[1:-1].rstrip()
                between = ","
            if left == 0:
                break
        yield "]"
    yield "\n}\n"


@click.command()
@click.argument("other")
@click.option("--days", type=click.IntRange(0, 366), default=3, show_default=True,
              help="Maximum number of days between two events.")  # fmt: skip
@click.option("--show", type=click.Choice(["links", "doubtful", "only_first", "only_second",
              "all"]), default="links", show_default=True, help="Table to print.")  # fmt: skip
@click.option("--queue", is_flag=True,
              help="Add doubtful pairs to curated/links.csv for your decision.")  # fmt: skip
@output_options
@format_option
@limits_option
@data_option
@click.pass_context
def match(ctx: click.Context, other: str, days: int, show: str, queue: bool, style: str) -> None:
    """Link the events of two datasets on the same subject.

    The command compares events that have a counterpart in common and are only a few days apart:
    date, counterparts, officials, agencies, persons met, forum, format, mode, place and source.
    Each event is linked to at most one event of OTHER, so that the total score is as high as
    possible. The columns `agree` and `differ` list the fields.

    Pairs with a score of 0.7 or more are linked; pairs from 0.5 to 0.7 are doubtful. --queue adds
    the doubtful ones to curated/links.csv of the dataset. Enter yes or no in the column
    `decision`; the next run uses your decisions.

    --show all lists every event of both datasets, linked or not; `secdiplo coverage --links` needs
    this table.

    \b
    secdiplo match their_dataset -o links.csv
    secdiplo match their_dataset --show all -o all_events.csv
    """
    from secdiplo.coding.event_links import match_events
    from secdiplo.folder.resources import folder_of, shipped
    from secdiplo.store import open_any

    built = opened(ctx)
    data = ctx.ensure_object(dict).get("data")
    second, _ = open_any(other, **resource_limits(ctx))
    source = folder_of(data)
    found = with_progress("Matching", lambda: match_events(built, second, source, days=days))
    print_frame(found.frame(show), style)
    click.echo(folded(found.summary, 0), err=True)
    if queue:
        if source == shipped("data"):
            what = "--queue writes into the dataset folder; name yours with --data"
            raise click.UsageError(what, ctx)
        click.echo(
            f"{source}/curated/links.csv: {number_of(found.queue(), 'pair')} added", err=True
        )


@click.command()
@click.option("--days", type=click.IntRange(0, 366), default=7, show_default=True,
              help="Maximum number of days between two events.")  # fmt: skip
@click.option("--min-score", type=click.FloatRange(0, 1), default=0.75, show_default=True,
              help="Minimum score of the pairs to list.")  # fmt: skip
@output_options
@format_option
@limits_option
@data_option
@click.pass_context
def duplicates(ctx: click.Context, days: int, min_score: float, style: str) -> None:
    """List pairs of events that may be the same meeting.

    The command compares events that have a counterpart in common and are only a few days apart. The
    score is 1 if the events agree in every field that both have; names and titles are compared by
    similarity. The column `reasons` lists the fields that agree.

    If two events are different, add the pair to curated/not_duplicates.csv (event_key_1,
    event_key_2, decided_by, decided_on, why), and it is not listed again.

    Example: secdiplo duplicates --days 3
    """
    from secdiplo.coding.duplicates import duplicates as find
    from secdiplo.folder.resources import folder_of

    built = opened(ctx)
    source = folder_of(ctx.ensure_object(dict).get("data"))
    found = find(built, source, days, min_score)
    print_frame(found, style)
    click.echo(folded(str(found.summary), 0), err=True)


def print_frame(frame: pd.DataFrame, style: str) -> None:
    """Print a DataFrame as the rows of a result, blanks for missing cells."""
    columns = [str(name) for name in frame.columns]
    cells = frame.astype(object).where(frame.notna(), None)
    rows = list(cells.itertuples(index=False, name=None))
    if out_format(style) == ARROW:
        print_rows(columns, rows, style)
    else:
        print_batches(columns, iter([rows]), style, SPARED_OF_PAIRS)


COMMANDS = {"diff": diff, "match": match, "duplicates": duplicates}
