"""The command that makes panels for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secdiplo.cli.options import data_option, filter_options, given_filters, opened
from secdiplo.cli.output import print_rows
from secdiplo.files import written_whole

if TYPE_CHECKING:
    from secdiplo.panel.statement import Panel
    from secdiplo.store import Built

PANEL_ENDINGS = (".csv", ".parquet")
PREVIEW_ROWS = 20  # rows of a table
SPARED = ("period_start", "period_end", "year", "home", "home_cow", "home_gw", "name")
"""Columns that a table does without, the first before the last, until it fits."""


@click.command()
@click.option("--unit", type=click.Choice(["country", "dyad", "home", "official", "agency"]),
              default="country", show_default=True, help="What a row is about.")  # fmt: skip
@click.option("--freq", type=click.Choice(["year", "half", "quarter", "month"]),
              default="year", show_default=True, help="The length of a period.")  # fmt: skip
@click.option("--codes", type=click.Choice(["iso3", "cow", "gw"]), default="iso3",
              show_default=True, help="Of countries; cow and gw know who is a state.")  # fmt: skip
@click.option("--measure", "measures", multiple=True, metavar="NAME",
              help="What is measured; repeatable.")  # fmt: skip
@click.option("-o", "--out", metavar="FILE", help="A .csv or .parquet file to write.")
@click.option("--force", is_flag=True, help="Replace the file.")
@filter_options
@data_option
@click.pass_context
def panel(ctx: click.Context, /, out: str | None, force: bool, style: str, **options: Any) -> None:
    """Count every unit in every period; missing values carry a reason code.

    Within coverage a cell is a count, or zero if nothing is on record. Outside the days of the
    scope, or outside membership in the state system, it is blank; the column status has the
    reason. iso3 codes have no membership, and tenures of officials are not applied. Events that
    are in no cell are listed on stderr. A table shows the first 20 rows; -o and the other formats
    contain all rows.

    Measures: events, interactions, agency_interactions, participations, bilateral_meetings; parts
    of them by format, rank or agency, as events_bilateral or interactions_MPS; all so far, as
    cumulative_events; first_contact, last_contact, days_since_contact. Of a numeric extra column,
    over participations: sum_NAME, mean_NAME, min_NAME, max_NAME, missing_NAME.

    \b
    secdiplo panel --unit dyad --freq month --codes cow -o dyads.parquet
    secdiplo panel --measure events_bilateral --measure last_contact --format csv
    """
    from secdiplo.panel import statement

    target = _target(out, force) if out else None
    built = opened(ctx)
    given = given_filters(ctx)
    days = {name: given.pop(name, None) for name in ("start", "end")}
    made = statement.prepare(built, given=given, **options, **days)
    if target is None:
        _show(built, made, style)
    else:
        rows = _write(built, made, target)
        click.echo(f"{target}: {rows:,} rows")
    for line in made.left_out:
        click.echo(f"Left out: {line}", err=True)


def _show(built: Built, made: Panel, style: str) -> None:
    """Print the rows; as a table the first of them, in as many columns as fit."""
    cursor = built.con.cursor()
    cursor.execute(made.sql, made.params)
    columns = [column[0] for column in cursor.description or ()]
    if style != "table":
        print_rows(columns, cursor.fetchall(), style)
        return
    from secdiplo.output.render import render

    rows = cursor.fetchmany(PREVIEW_ROWS + 1)
    more, rows = len(rows) > PREVIEW_ROWS, rows[:PREVIEW_ROWS]
    # The home country is spared in a panel of dyads that all have the same one.
    of_one_home = columns[:1] == ["home"] and "agency" in columns and len({r[0] for r in rows}) == 1
    droppable = [name for name in SPARED if name != "home" or of_one_home]
    for spared in range(2, len(droppable) + 1):
        kept = [n for n, name in enumerate(columns) if name not in droppable[:spared]]
        names, cells = [columns[n] for n in kept], [[row[n] for n in kept] for row in rows]
        shown = render(names, cells, style)
        if shown.count("\n") == 2 + len(rows):
            break  # one line a row; what is too wide is wrapped, or printed as records
    click.echo(shown, nl=False)
    if more:
        cursor.execute(f"select count(*) from ({made.sql})", made.params)
        ((number,),) = cursor.fetchall()
        click.echo(
            f"The first {PREVIEW_ROWS} rows; {number:,} rows in all; -o FILE writes them", err=True
        )


def _target(out: str, force: bool) -> Path:
    target = Path(out)
    if target.suffix not in PANEL_ENDINGS:
        raise click.UsageError(f"{out} is neither .csv nor .parquet; name such a file")
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise click.UsageError(f"{out}: not a file in a folder that exists; name another")
    if target.exists() and not force:
        raise click.UsageError(f"{out} exists; name another file, or replace it with --force")
    return target


def _write(built: Built, made: Panel, target: Path) -> int:
    """Write the rows beside the target, then give the file its name."""
    cursor = built.con.cursor()
    if target.suffix == ".parquet":
        import pyarrow.parquet

        table = cursor.sql(made.sql, params=made.params).to_arrow_table()
        table = table.replace_schema_metadata({f"secdiplo:{k}": v for k, v in made.attrs.items()})
        with written_whole(target) as fresh:
            pyarrow.parquet.write_table(table, fresh, compression="zstd")
        return int(table.num_rows)
    from secdiplo.output.render import render

    cursor.execute(made.sql, made.params)
    columns, rows = [column[0] for column in cursor.description or ()], cursor.fetchall()
    with written_whole(target) as fresh:
        fresh.write_text(render(columns, rows, "csv"), encoding="utf-8")
    return len(rows)


COMMANDS = {"panel": panel}
