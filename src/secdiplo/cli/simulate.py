"""The command that makes synthetic datasets: simulate."""

from __future__ import annotations

import click

from secdiplo.cli.options import chosen_folder, data_option
from secdiplo.cli.output import number_of, with_progress


@click.command()
@click.option(
    "--rows", type=int, required=True, metavar="N", help="Number of rows in the coding sheet."
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="S",
              help="Seed; another number gives other rows.")  # fmt: skip
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder to write.")
@click.option("--as", "kind", type=click.Choice(["csv", "csv.gz", "csv.zst", "parquet"]),
              default="csv", show_default=True, help="File type of the coding sheet.")  # fmt: skip
@click.option("--from", "first", type=int, metavar="YEAR",
              help="First year (default: the first year of the dataset).")  # fmt: skip
@click.option(
    "--to",
    "last",
    type=int,
    metavar="YEAR",
    help="Last year (default: the last year of the dataset).",
)
@click.option("--force", is_flag=True, help="Replace a folder that `simulate` made earlier.")
@data_option
@click.pass_context
def simulate(
    ctx: click.Context, rows: int, seed: int, out: str, kind: str, first: int | None,
    last: int | None, force: bool,
) -> None:  # fmt: skip
    """Write a synthetic dataset of any size for tests or teaching.

    Agencies, ranks, formats, forums, countries, months, topics, blanks and rows per event are
    drawn with the shares of the dataset selected with --data. Names, pages and headlines are
    made up. Every row has the row_status `synthetic`, every query labels its result as
    synthetic, and a folder cannot mix synthetic rows with others. The same call always writes
    the same files.

    \b
    secdiplo simulate --rows 100000 --seed 7 -o made_up
    secdiplo simulate --rows 1000000 --from 2000 --to 2019 -o twenty_years
    """
    from secdiplo.scale.simulate import simulate as write

    like = chosen_folder(ctx, None)
    sheet = with_progress(
        f"Making {out}",
        lambda: write(
            out, rows, seed=seed, kind=kind, first=first, last=last, replace=force, like=like
        ),
    )
    click.echo(f"{sheet}: {number_of(rows, 'synthetic row')}")


COMMANDS = {"simulate": simulate}
