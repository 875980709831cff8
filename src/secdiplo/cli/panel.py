"""The command that makes panels for other tools."""

from __future__ import annotations

from typing import Any

import click

from secdiplo.cli.options import (
    CommandWithFilters,
    data_option,
    filter_options,
    given_filters,
    opened,
    output_options,
)
from secdiplo.cli.output import ARROW, out_format, print_batches, write_rows
from secdiplo.output.render import folded

SPARED = (
    *("period_start", "period_end", "year", "home_cow", "home_gw", "name"),
    *("imprecise_dates", "partial"),
)
"""Columns that a table is the first to leave out, before all measures but one."""


@click.command(cls=CommandWithFilters)
@click.option("--unit", type=click.Choice(["country", "dyad", "home", "official", "agency"]),
              default="country", show_default=True, help="Unit of observation.")  # fmt: skip
@click.option("--freq", type=click.Choice(["year", "half", "quarter", "month"]),
              default="year", show_default=True, help="Length of a period.")  # fmt: skip
@click.option("--codes", type=click.Choice(["iso3", "cow", "gw"]), default="iso3",
              show_default=True, help="Country codes.")  # fmt: skip
@click.option("--measure", "measures", multiple=True, metavar="NAME",
              help="Measure to include; repeatable.")  # fmt: skip
@filter_options
@output_options
@data_option
@click.pass_context
def panel(ctx: click.Context, /, style: str, **options: Any) -> None:
    """Make a panel with one row per unit and period.

    A cell is a count, or zero if the data cover the period but record nothing. It is blank if
    the period is outside the scope, or if the country was not a state at the time; the column
    `status` gives the reason. Membership in the state system applies to cow and gw codes only.
    Events that cannot be assigned to a cell are reported on stderr.

    Measures: events, interactions, agency_interactions, participations and bilateral_meetings;
    the same by format, rank or agency, such as events_bilateral or interactions_MPS; running
    totals, such as cumulative_events; first_contact, last_contact and days_since_contact. For a
    numeric extra column, over participations: sum_NAME, mean_NAME, min_NAME, max_NAME and
    missing_NAME.

    \b
    secdiplo panel --unit dyad --freq month --codes cow -o dyads.parquet
    secdiplo panel --measure events_bilateral --measure last_contact --format csv
    """
    from secdiplo.engine.duck import ROW_BATCH
    from secdiplo.panel import columns, statement

    to_arrow = out_format(style) == ARROW
    built = opened(ctx)
    given = given_filters(ctx)
    days = {name: given.pop(name, None) for name in ("start", "end")}
    made = statement.prepare(built, given=given, **options, **days)
    cursor = built.con.cursor()
    if to_arrow:
        rows = cursor.sql(made.sql, params=made.params).to_arrow_table()
        write_rows(rows.replace_schema_metadata(made.attrs), columns.described(made.measures))
    else:
        cursor.execute(made.sql, made.params)
        names = [column[0] for column in cursor.description or ()]
        spare = [*SPARED, *(measure.name for measure in made.measures[:0:-1])]
        print_batches(names, iter(lambda: cursor.fetchmany(ROW_BATCH), []), style, spare)
    for line in made.left_out:
        click.echo(folded(f"Left out: {line}", 0), err=True)


COMMANDS = {"panel": panel}
