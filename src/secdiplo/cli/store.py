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
from secdiplo.cli.output import numbers, plural, print_problems, with_progress

COUNTED_TABLES = ("events", "interactions", "participations")


@click.command()
@click.argument("folder")
@click.option("--name", metavar="NAME", help="Its short name; by default, the name of the folder.")
@click.option("--title", metavar="TEXT", help="Its title.")
@click.option("--home", metavar="ISO3", help="The country whose diplomacy it is.")
def init(folder: str, name: str | None, title: str | None, home: str | None) -> None:
    """Write a new dataset folder that you can fill.

    FOLDER gets dataset.toml with comments, codes.csv with examples, an empty coding sheet, an
    example of a table and of a query of your own, and a workflow for GitHub that checks the
    folder after every push. `secdiplo check` accepts it as it is. A folder that is not empty is
    refused.

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
    """Check a dataset folder and report every problem at once.

    Nothing is written. Problems are printed as file:line:column: what is wrong; what to do. After
    a thousand the others are counted by their kinds; --problems writes all of them to a file.

    One coder's workbook or CSV file is checked with the codes of the dataset that --data names.
    Problems of a workbook have the address of the cell.

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
@click.option("-o", "--out", metavar="OUT", help="The folder to write.")
@click.option("--append-to", "append_to", metavar="TABLES",
              help="Built tables to add the rows of NEW.csv to.")  # fmt: skip
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

    OUT gets one Parquet file a table, of large tables one a year of their events, and
    manifest.json with rows and digests; where it holds built tables already they are replaced as
    a whole, and are readable until then.

    With --append-to, the rows of the sheets NEW.csv (also .csv.gz, .csv.zst, .parquet, or a quoted
    pattern) are added to built tables; a row with the key of one that is there takes its place.
    The tables are then those that a build of all rows together would give. They are replaced, or
    written to OUT.

    \b
    secdiplo build my_dataset -o tables
    secdiplo build --append-to tables new_rows.csv
    """
    from secdiplo import building

    given = {**resource_limits(ctx), "problems": listed_in(ctx)}
    if append_to is not None:
        if ctx.ensure_object(dict).get("data"):
            what = "--append-to takes the tables that it names; leave --data out"
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
        counts += f" ({plural(done['added'], 'row')} added, {done['replaced']:,} replaced)"
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
    """Check the integrity of built tables: files and references.

    Every file is compared with its digest and the rows of every table with the digest of their
    content, so that one flipped bit shows. Then keys, references, blanks and codes are checked
    over the whole tables, which --engine spark can do too. Without TABLES, the built-in tables
    and the data, schema and annotations that come with the toolkit are verified.

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
            f"{name}: {len(damage)} not as written; rules were not tried ({error})", err=True
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
