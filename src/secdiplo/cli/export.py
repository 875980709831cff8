"""The command that hands a dataset on to other tools: export."""

from __future__ import annotations

import click

from secdiplo.cli.options import data_option, opened
from secdiplo.cli.output import with_progress


@click.command()
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder to write.")
@click.option("--to", "formats", multiple=True, metavar="FORMAT",
              help="Format to write, instead of the argument; repeatable.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the files of an earlier export in DIR.")
@click.argument("more", nargs=-1, metavar="[FORMAT]...")
@data_option
@click.pass_context
def export(
    ctx: click.Context, out: str, formats: tuple[str, ...], more: tuple[str, ...], force: bool
) -> None:
    """Write the tables for R, Stata, Excel and databases.

    FORMAT is one or more of parquet, csv, dta, rds, RData, xlsx, duckdb, sqlite, datapackage,
    croissant, dataverse and bundle, separated by commas, or `all`. A single format is written
    directly into DIR, several formats into one subfolder each. DIR/export.json lists the files. DIR
    must be new or empty; --force replaces the files of an earlier export and keeps all others. xlsx
    needs the extra `exports`.

    \b
    secdiplo export csv -o tables
    secdiplo export dta,rds,xlsx -o exported
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
