"""The command that makes synthetic datasets: simulate."""

from __future__ import annotations

import click

from secdiplo.cli.options import chosen_folder, data_option
from secdiplo.cli.output import plural, with_progress


@click.command()
@click.option("--rows", type=int, required=True, metavar="N", help="Rows of the sheet.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="S",
              help="Another number gives other rows.")  # fmt: skip
@click.option("-o", "--out", required=True, metavar="DIR", help="The folder to write.")
@click.option("--as", "kind", type=click.Choice(["csv", "csv.gz", "csv.zst", "parquet"]),
              default="csv", show_default=True, help="The file of the sheet.")  # fmt: skip
@click.option("--from", "first", type=int, metavar="YEAR",
              help="The first year; by default, the first year of the data.")  # fmt: skip
@click.option(
    "--to",
    "last",
    type=int,
    metavar="YEAR",
    help="The last year; by default, the last year of the data.",
)
@click.option("--force", is_flag=True, help="Replace a folder that was made by simulate before.")
@data_option
@click.pass_context
def simulate(
    ctx: click.Context, rows: int, seed: int, out: str, kind: str, first: int | None,
    last: int | None, force: bool,
) -> None:  # fmt: skip
    """Write a made-up dataset folder of any size.

    For benchmarks and teaching. Agencies, ranks, formats, forums, countries, months, topics, blanks
    and rows per event have the shares of the dataset of --data; names, pages and headlines are
    made up. The row_status of each row is `synthetic`, every packaged query labels its result
    as synthetic, and no folder may mix synthetic rows with others. The same call gives the same
    bytes.

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
    click.echo(f"{sheet}: {plural(rows, 'synthetic row')}")


COMMANDS = {"simulate": simulate}
