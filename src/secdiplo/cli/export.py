"""The command that hands a dataset on to other tools: export."""

from __future__ import annotations

import click

from secdiplo.cli.options import data_option, opened
from secdiplo.cli.output import with_progress


@click.command()
@click.option("-o", "--out", required=True, metavar="DIR", help="The folder to write.")
@click.option("--to", "formats", multiple=True, metavar="FORMAT",
              help="Another way to name a FORMAT; repeatable.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the files of an earlier export in DIR.")
@click.argument("more", nargs=-1, metavar="[FORMAT]...")
@data_option
@click.pass_context
def export(
    ctx: click.Context, out: str, formats: tuple[str, ...], more: tuple[str, ...], force: bool
) -> None:
    """Write the tables for R, Stata, Excel and databases.

    FORMAT is parquet, csv, dta, rds, RData, xlsx, duckdb, sqlite, datapackage, croissant,
    dataverse, bundle, a list of these separated by commas, or all. One format is written into
    DIR itself, several into a folder each. DIR/export.json lists the files. A folder that is not
    empty is refused; --force replaces the files of an earlier export and touches no other. xlsx
    needs pip install 'secdiplo[exports]'.

    \b
    secdiplo export csv -o tables
    secdiplo export dta,rds xlsx -o exported
    """
    from secdiplo.dataset import Dataset
    from secdiplo.export import EXPORT_FORMATS
    from secdiplo.folder.resources import folder_of

    if not (formats or more):
        what = f"name a format, as in `secdiplo export csv -o {out}`"
        raise click.UsageError(f"{what}; formats: {', '.join(EXPORT_FORMATS)}", ctx)
    path = ctx.ensure_object(dict).get("data")
    ds = Dataset(opened(ctx), folder_of(path))
    done = with_progress("Exporting", lambda: ds.export(out, (*formats, *more), force=force))
    for text in done.notices:
        click.echo(f"notice: {text}", err=True)
    size = sum(file.stat().st_size for file in done.files)
    click.echo(f"{out}: {len(done.files)} files, {size / 1e6:.1f} MB")


COMMANDS = {"export": export}
