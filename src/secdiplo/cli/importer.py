"""The command that turns a file into a dataset folder: import."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secdiplo.cli.options import listed_in, problems_option
from secdiplo.cli.output import number_of, numbers, print_problems

if TYPE_CHECKING:
    from secdiplo.importer import ImportResult, ReadOptions


@click.command("import")
@click.argument("file")
@click.option("--map", "map_file", metavar="MAP.toml", help="Map to import with.")
@click.option("-o", "--out", metavar="OUT", help="Folder or map to write.")
@click.option("--refresh", is_flag=True, help="Add new columns and values of the file to the map.")
@click.option(
    "--accept", is_flag=True, help="Propose a map and import in one step if nothing is doubtful."
)
@click.option("--sheet", metavar="NAME", default="", help="Sheet to read from a workbook.")
@click.option("--encoding", default="", help="Encoding of a text file, such as cp1252.")
@click.option("--delimiter", default="", help="Delimiter of a text file; `tab` for tabs.")
@click.option(
    "--header/--no-header", default=None, help="Whether the first row has the column names."
)
@click.option(
    "--report", metavar="FILE", help="List every changed or dropped value in this CSV file."
)
@problems_option
@click.option(
    "--force", is_flag=True, help="Replace the files of an earlier import and keep all others."
)
@click.pass_context
def import_(
    ctx: click.Context,
    file: str,
    map_file: str | None,
    out: str | None,
    refresh: bool,
    accept: bool,
    sheet: str,
    encoding: str,
    delimiter: str,
    header: bool | None,
    report: str | None,
    force: bool,
) -> None:
    """Turn an existing data file into a dataset folder.

    FILE has one row per interaction. It can be CSV, TSV, JSON lines, ods, dta or Parquet; xlsx
    (needs the extra `excel`); or sav, rds or RData (needs the extra `import`). Text files may be
    compressed, as in .csv.gz.

    Importing takes two steps. The first call proposes a map, which assigns columns and values,
    and writes it to OUT for you to review. The second call, with --map, writes the dataset
    folder OUT, checks it and summarizes what changed.

    If the file changes later, --refresh adds its new columns and values to the map and keeps
    your decisions. --accept does both steps at once, but stops and lists the doubtful points if
    it finds any. --sheet, --encoding, --delimiter and --header take precedence over the map. A
    workbook written by `secdiplo workbook` needs no map.

    \b
    secdiplo import theirs.csv -o map.toml
    secdiplo import theirs.csv --map map.toml -o theirs
    secdiplo import theirs.csv --map map.toml --refresh
    secdiplo import theirs.csv --map facts.toml --accept -o theirs
    """
    from secdiplo import importer
    from secdiplo.errors import DataError

    options = importer.ReadOptions(sheet, encoding, delimiter, header)
    if refresh:
        _refresh(file, map_file, out, options, accept, report)
        return
    if out is None:
        raise click.UsageError("Missing option '-o' / '--out'.")
    if map_file is None and not accept:
        _propose(file, out, options, report)
        return
    if report and not Path(report).parent.is_dir():
        raise click.UsageError(f"{Path(report).parent}: no such folder; make it first")
    given: dict[str, Any] = {"replace": force, "options": options, "problems": listed_in(ctx)}
    try:
        if accept:
            result = importer.accept(file, out, map_path=map_file, **given)
        else:
            result = importer.import_file(file, map_file or "", out, **given)
    except DataError as error:
        print_problems(error.problems)
        click.echo(f"{out}: nothing was written, {numbers(error.problems)}", err=True)
        ctx.exit(1)
    _show(ctx, result, out, report)


def _is_coders(file: str) -> bool:
    """Return whether a file is a coder's workbook, which needs no map."""
    from secdiplo.building.from_workbook import is_coder_workbook

    return is_coder_workbook(file)


def _from_workbook(file: str, out: str) -> None:
    """Write a dataset folder from a coder's workbook, and check it."""
    from secdiplo import building
    from secdiplo.building.from_workbook import import_workbook

    import_workbook(file, out)
    ctx = click.get_current_context()
    found = building.check(out, problems=listed_in(ctx))
    print_problems(found)
    if errors := found.number("error"):
        what = f"{out}: written, with {number_of(errors, 'error')}; correct the sheet in it"
        click.echo(what, err=True)
        ctx.exit(1)
    click.echo(f"{out}: a dataset folder")


def _propose(file: str, out: str, options: ReadOptions, report: str | None) -> None:
    """Write the map that is proposed for a file, or the folder of a workbook that needs none."""
    from secdiplo import importer

    if report:
        raise click.UsageError("--report goes with --map: a proposal changes nothing")
    if not out.endswith(".toml") and _is_coders(file):
        _from_workbook(file, out)
        return
    _new_file(out)
    proposal = importer.propose(file, options=options)
    Path(out).write_text(proposal, encoding="utf-8")
    click.echo(_blanks(proposal))
    click.echo(f"{out}: a proposed map; complete it, then run import again with --map {out}")


def _show(ctx: click.Context, result: ImportResult, out: str, report: str | None) -> None:
    """Print what an import did and found; the exit code is 1 if the folder has errors."""
    from secdiplo.errors import Problems

    if report:
        result.summary.write(report)
    for line in result.summary.lines():
        click.echo(line)
    print_problems(Problems([*result.summary.notices, *result.problems], result.problems.more))
    if errors := result.problems.number("error"):
        again = "correct the map and import again with --force, or correct the sheet in it"
        click.echo(f"{out}: written, with {number_of(errors, 'error')}; {again}", err=True)
        ctx.exit(1)
    click.echo(f"{out}: a dataset folder")


def _refresh(
    file: str,
    map_file: str | None,
    out: str | None,
    options: ReadOptions,
    accept: bool,
    report: str | None,
) -> None:
    """Add to a map what its file has and the map lacks."""
    from secdiplo import importer

    if map_file is None or accept or report:
        raise click.UsageError("--refresh goes with --map, and without --accept and --report")
    if out is not None:
        _new_file(out)
    text = importer.refreshed(file, map_file, options)
    before = set(Path(map_file).read_text(encoding="utf-8-sig").split("\n"))
    target = Path(out or map_file)
    temporary = target.with_name(f".{target.name}.new")  # a map is never written in part
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise click.UsageError(f"{target} cannot be written ({error.strerror})") from None
    added = sum(" = " in line and line not in before for line in text.split("\n"))
    click.echo(f"{number_of(added, 'line')} added or changed, {_blanks(text)}")
    click.echo(f"{target}: the map, with every decision that it had")


def _new_file(out: str) -> None:
    """Refuse a file for a map that exists, or whose folder does not."""
    if Path(out).exists():
        raise click.UsageError(f"{out} exists; name another file for the proposed map")
    if not Path(out).parent.is_dir():
        raise click.UsageError(f"{Path(out).parent}: no such folder; make it first")


def _blanks(text: str) -> str:
    """Count the blanks that a map leaves to decide."""
    blanks = len(re.findall(r'^[^#\n]*= (?:""|\{[^#\n]*= ""[^#\n]*\})', text, re.M))
    return f"{number_of(blanks, 'blank')} {'is' if blanks == 1 else 'are'} left to decide"


COMMANDS = {"import": import_}
