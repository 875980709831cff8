"""The commands for coders: reliability."""

from __future__ import annotations

import click

from secdiplo.cli.options import data_option, format_option, opened, rows_options
from secdiplo.cli.output import print_rows

WIDE = ("event_key", "counterpart_person")  # columns of --show unmatched that a table leaves out


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
    if style == "table" and show == "unmatched":  # what fits on a line; csv and json have the rest
        kept = [n for n, name in enumerate(columns) if name not in WIDE]
        columns, rows = tuple(columns[n] for n in kept), [tuple(r[n] for n in kept) for r in rows]
    print_rows(columns, rows, style)
    click.echo(found.summary(), err=style != "table")


COMMANDS = {"reliability": reliability}
