"""The commands for coders: reliability."""

from __future__ import annotations

import click

from secdiplo.cli.options import data_option, format_option, opened, rows_options
from secdiplo.cli.output import print_batches
from secdiplo.output.render import folded

SPARED_OF_CODINGS = ("event_key", "counterpart_person", "mean_distance")
"""Columns that a table is the first to leave out."""


@click.command()
@click.option("--second", metavar="DIR", help="The folder of the second coding; reliability in "
              "the dataset folder by default.")  # fmt: skip
@click.option("--show", type=click.Choice(["agreement", "unmatched", "differences"]),
              default="agreement", show_default=True, help="Which table to print.")  # fmt: skip
@click.option("--resamples", type=click.IntRange(0, 1_000_000), default=1_000, show_default=True,
              help="Bootstrap samples for the intervals; 0 for none.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="The seed of the bootstrap.")  # fmt: skip
@rows_options
@format_option
@data_option
@click.pass_context
def reliability(
    ctx: click.Context, second: str | None, show: str, resamples: int, seed: int, style: str
) -> None:
    """Compare the coding with a second coding of the same events.

    Rows of the two codings are matched on unit and counterpart. For each column the table has the
    number of matched pairs, the share of equal cells, Krippendorff's alpha, and its 95 percent
    bootstrap interval (pairs resampled, percentiles). Two blank cells are equal.

    \b
    nominal   two cells are equal or not
    days      for dates: the difference; a month or year counts as its middle
    masi      for lists: how much the two lists overlap

    --show unmatched lists the rows that have no partner, and why; --show differences the cells that
    differ.

    Example: secdiplo reliability --show differences
    """
    from secdiplo import coding
    from secdiplo.folder.resources import folder_of

    built = opened(ctx)
    source = folder_of(ctx.ensure_object(dict).get("data"))
    found = coding.reliability(built, source, second, resamples=resamples, seed=seed)
    columns, rows = found.table(show)
    print_batches(columns, iter([rows]), style, SPARED_OF_CODINGS)
    click.echo(folded(found.summary(), 0), err=style != "table")


COMMANDS = {"reliability": reliability}
