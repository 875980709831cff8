"""The commands for coders: reliability."""

from __future__ import annotations

import click

from secdiplo.cli.options import data_option, format_option, opened
from secdiplo.cli.output import print_rows


@click.command()
@click.option("--second", metavar="DIR", help="The folder of the second coding; reliability in "
              "the dataset folder by default.")  # fmt: skip
@click.option("--show", type=click.Choice(["agreement", "unmatched", "differences"]),
              default="agreement", show_default=True, help="Which table to print.")  # fmt: skip
@click.option("--resamples", type=click.IntRange(0, 1_000_000), default=1_000, show_default=True,
              help="Bootstrap samples for the intervals; 0 for none.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="The seed of the bootstrap.")  # fmt: skip
@format_option
@data_option
@click.pass_context
def reliability(
    ctx: click.Context, second: str | None, show: str, resamples: int, seed: int, style: str
) -> None:
    """Compare the coding with a second coding of the same events.

    Rows of the two codings match when they have the same unit and counterpart. For each column:
    how many matched rows are equal, Krippendorff's alpha, and its bootstrap interval.

    \b
    nominal   two values are equal or not
    days      for dates: the difference in days (of a month: from its middle)
    masi      for lists: how much of them is shared

    Example: secdiplo reliability --show differences
    """
    from secdiplo import coding
    from secdiplo.dataset import folder_of

    built = opened(ctx)
    source = folder_of(ctx.ensure_object(dict).get("data"))
    found = coding.reliability(built, source, second, resamples=resamples, seed=seed)
    print_rows(*found.table(show), style)
    click.echo(found.summary(), err=style != "table")


COMMANDS = {"reliability": reliability}
