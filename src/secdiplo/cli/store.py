"""The commands that start a folder, check its sheets, build its tables and verify these."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

import click

from secdiplo.cli.options import (
    chosen_folder,
    data_option,
    engine_options,
    limits_option,
    listed_in,
    opened,
    problems_option,
    resource_limits,
)
from secdiplo.cli.output import number_of, numbers, print_problems, with_progress

COUNTED_TABLES = ("events", "interactions", "participations")


@click.command()
@click.argument("folder")
@click.option(
    "--name", metavar="NAME", help="Short name of the dataset (default: the name of the folder)."
)
@click.option("--title", metavar="TEXT", help="Title of the dataset.")
@click.option("--home", metavar="ISO3", help="Home country: the one whose diplomacy you code.")
def init(folder: str, name: str | None, title: str | None, home: str | None) -> None:
    """Create a dataset folder to fill with your own data.

    FOLDER will contain a commented dataset.toml, codes.csv with examples, an empty coding sheet,
    one example each of a custom table and a custom query, and a GitHub workflow that checks the
    folder after every push. The new folder already passes `secdiplo check`. FOLDER must not
    exist, or must be empty.

    Example: secdiplo init my_dataset --home FRA
    """
    from secdiplo.building.new_folder import ANY_HOME
    from secdiplo.building.new_folder import init as write

    made = write(folder, name=name, title=title, home=home)
    if home is None:
        click.echo(f"{made / 'dataset.toml'}: the home is {ANY_HOME} until you change it", err=True)
    click.echo(f"{made}: a dataset folder; read its README.md, then run `secdiplo check {made}`")


@click.command()
@click.argument("folder", required=False, metavar="[FOLDER | CODING.xlsx]")
@problems_option
@limits_option
@data_option
@click.pass_context
def check(ctx: click.Context, folder: str | None) -> None:
    """Check a dataset folder and report all problems at once.

    Each problem is one line: file, line and column, what is wrong, and what to do about it. The
    first thousand are printed and the rest are counted by kind; --problems writes all of them to
    a file. The command does not change the data.

    You can also check a single workbook or CSV file of a coder. It is checked against the codes
    of the dataset selected with --data, and problems in a workbook give the address of the cell.

    \b
    secdiplo check my_dataset
    secdiplo check coding.xlsx --data my_dataset
    """
    from secdiplo import building

    given: dict[str, Any] = {"problems": listed_in(ctx), **resource_limits(ctx)}
    if folder and Path(folder).is_file():
        path, given["data"] = Path(folder), ctx.ensure_object(dict).get("data")
    else:
        path = chosen_folder(ctx, folder)
    found = with_progress(
        f"Checking {path}",
        lambda: building.check(path, **given),
    )
    print_problems(found)
    if found.number("error"):
        click.echo(numbers(found), err=True)
        ctx.exit(1)
    click.echo(f"{path}: {numbers(found)}")


@click.command()
@click.argument("sources", nargs=-1, metavar="[FOLDER | NEW.csv ...]")
@click.option("-o", "--out", metavar="OUT", help="Folder to write.")
@click.option("--append-to", "append_to", metavar="TABLES",
              help="Built tables to which the rows of NEW.csv are added.")  # fmt: skip
@problems_option
@limits_option
@data_option
@click.pass_context
def build(
    ctx: click.Context,
    sources: tuple[str, ...],
    out: str | None,
    append_to: str | None,
) -> None:
    """Check a dataset folder and write its tables as Parquet.

    OUT will contain one Parquet file per table (for large tables, one per year) and
    manifest.json with row counts and digests. Built tables that are already in OUT stay readable
    until the new ones are complete, and are then replaced.

    With --append-to, the rows of NEW.csv are added to tables that are already built. NEW.csv can
    also be .csv.gz, .csv.zst, .parquet or a quoted pattern. A new row replaces a row with the
    same key. The result equals a build of all rows together. It replaces the tables, or is
    written to OUT.

    \b
    secdiplo build my_dataset -o tables
    secdiplo build --append-to tables new_rows.csv
    """
    from secdiplo import building

    given = {**resource_limits(ctx), "problems": listed_in(ctx)}
    if append_to is not None:
        if ctx.ensure_object(dict).get("data"):
            what = "--append-to already names the tables; leave out --data"
            raise click.UsageError(what, ctx)
        files = [file for source in sources for file in _matching(source)]
        manifest, notices = with_progress(
            f"Appending to {append_to}",
            lambda: building.append(append_to, files, out, **given),
        )
    else:
        if len(sources) > 1:
            raise click.UsageError("name one folder; --append-to adds sheets to built tables", ctx)
        if out is None:
            raise click.UsageError("Missing option '-o' / '--out'.", ctx)
        path = chosen_folder(ctx, sources[0] if sources else None)
        manifest, notices = with_progress(
            f"Building {path}", lambda: building.build(path, out, **given)
        )
    print_problems(notices)
    tables = manifest["tables"]
    counts = ", ".join(f"{tables[name]['rows']:,} {name}" for name in COUNTED_TABLES)
    if append_to is not None:
        done = manifest["appended"]
        counts += f" ({number_of(done['added'], 'row')} added, {done['replaced']:,} replaced)"
    click.echo(f"{out or append_to}: {len(tables)} tables; {counts}")


def _matching(source: str) -> list[str]:
    """The files of a pattern, or the name itself where there is such a file or none matches."""
    return [source] if Path(source).exists() else sorted(glob.glob(source)) or [source]  # noqa: PTH207


@click.command()
@click.argument("tables", required=False, metavar="[TABLES]")
@engine_options
@limits_option
@data_option
@click.pass_context
def verify(ctx: click.Context, tables: str | None) -> None:
    """Check built tables for damaged files and broken references.

    The command compares every file, and the content of every table, with the digests recorded at
    build time, so that even a single changed bit is found. It then checks keys, references,
    blanks and codes in all tables. Without TABLES, it verifies the built-in tables and the other
    files that come with the toolkit.

    Example: secdiplo verify tables
    """
    from secdiplo.errors import StoreError
    from secdiplo.folder import resources
    from secdiplo.store import integrity
    from secdiplo.store import verify as verifying

    chosen = ctx.ensure_object(dict)
    if tables == "" or (tables and chosen.get("data")):
        raise click.UsageError("name one folder, as the argument or with --data", ctx)
    given = tables or chosen.get("data")
    place = Path(given) if given else resources.built()
    damage, looked_at = with_progress(
        "Verifying", lambda: verifying.tables(place, **resource_limits(ctx))
    )
    if not given:
        more, also = verifying.shipped()
        damage, looked_at = damage + more, f"{looked_at}, {also}"
    name = given or "built-in"
    for each in damage:
        click.echo(str(each), err=True)
    chosen["data"] = given
    count = len(integrity.rules())
    try:
        built = opened(ctx)
        findings = with_progress("Verifying", lambda: integrity.check(built))
    except StoreError as error:
        if not damage:
            raise
        click.echo(
            f"{name}: {len(damage)} differ from what was written; rules were not checked ({error})",
            err=True,
        )
        ctx.exit(1)
    for finding in findings:
        click.echo(str(finding), err=True)
    if damage or findings:
        what = f"{len(damage)} not as written, {len(findings)} of {count} rules are broken"
        click.echo(f"{name}: {what}", err=True)
        ctx.exit(1)
    click.echo(f"{name}: {looked_at}: all as written; {count} rules hold")


COMMANDS = {"init": init, "check": check, "build": build, "verify": verify}
