"""The command that makes panels for other tools."""

from __future__ import annotations

from typing import Any

import click

from secdiplo.cli.options import (
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


@click.command()
@click.option("--unit", type=click.Choice(["country", "dyad", "home", "official", "agency"]),
              default="country", show_default=True, help="What a row is about.")  # fmt: skip
@click.option("--freq", type=click.Choice(["year", "half", "quarter", "month"]),
              default="year", show_default=True, help="The length of a period.")  # fmt: skip
@click.option("--codes", type=click.Choice(["iso3", "cow", "gw"]), default="iso3",
              show_default=True, help="Of countries; cow and gw know who is a state.")  # fmt: skip
@click.option("--measure", "measures", multiple=True, metavar="NAME",
              help="What is measured; repeatable.")  # fmt: skip
@filter_options
@output_options
@data_option
@click.pass_context
def panel(ctx: click.Context, /, style: str, **options: Any) -> None:
    """Count every unit in every period, for use in R or Stata.

    Within coverage a cell is a count, or zero if nothing is on record. Outside the days of the
    scope, or outside membership in the state system, it is blank; the column status has the
    reason. iso3 codes have no membership, and tenures of officials are not applied. Events that
    are in no cell are listed on stderr.

    Measures: events, interactions, agency_interactions, participations, bilateral_meetings; parts
    of them by format, rank or agency, as events_bilateral or interactions_MPS; all so far, as
    cumulative_events; first_contact, last_contact, days_since_contact. Of a numeric extra column,
    over participations: sum_NAME, mean_NAME, min_NAME, max_NAME, missing_NAME.

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
