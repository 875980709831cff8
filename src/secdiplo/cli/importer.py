"""The command that turns a file into a dataset folder: import."""

from __future__ import annotations

import re
from pathlib import Path

import click

from secdiplo.cli.output import print_problems


@click.command("import")
@click.argument("file")
@click.option("--map", "map_file", metavar="MAP.toml", help="How columns and values map.")
@click.option("-o", "--out", required=True, metavar="OUT", help="The folder or map to write.")
@click.option("--sheet", metavar="NAME", default="", help="The sheet of a workbook.")
@click.option("--encoding", default="", help="The encoding of a text, such as cp1252.")
@click.option("--delimiter", default="", help="The delimiter of a text; `tab` for tabs.")
@click.option("--header/--no-header", default=None, help="Whether the first row names columns.")
@click.option("--report", metavar="FILE", help="List every changed or dropped value as CSV.")
@click.option("--force", is_flag=True, help="Replace a folder that was imported before.")
def import_(
    file: str,
    map_file: str | None,
    out: str,
    sheet: str,
    encoding: str,
    delimiter: str,
    header: bool | None,
    report: str | None,
    force: bool,
) -> None:
    """Turn a file of one row per interaction into a dataset folder.

    FILE is CSV, TSV, dta or Parquet, or xlsx (pip install 'secdiplo[excel]'). Without --map a
    map is proposed from the names and values of the columns and written to OUT, for you to read
    and complete; with it the folder OUT is written and checked, and a summary says what changed.
    --sheet, --encoding, --delimiter and --header count for more than the map.

    \b
    secdiplo import theirs.csv -o map.toml
    secdiplo import theirs.csv --map map.toml -o theirs
    secdiplo reproduce --data theirs
    """
    from secdiplo import importer

    options = importer.ReadOptions(sheet, encoding, delimiter, header)
    if map_file is None:
        target = Path(out)
        if report:
            raise click.UsageError("--report goes with --map: a proposal changes nothing")
        if target.exists():
            raise click.UsageError(f"{out} exists; name another file for the proposed map")
        if not target.parent.is_dir():
            raise click.UsageError(f"{target.parent}: no such folder; make it first")
        proposal = importer.propose(file, options=options)
        target.write_text(proposal, encoding="utf-8")
        blanks = len(re.findall(r'^[^#\n]* = ""', proposal, re.M))
        click.echo(f"{blanks} blanks are left to decide")
        click.echo(f"{out}: a proposed map; complete it, then run import again with --map {out}")
        return
    if report and not Path(report).parent.is_dir():
        raise click.UsageError(f"{Path(report).parent}: no such folder; make it first")
    result = importer.import_file(file, map_file, out, replace=force, options=options)
    problems = result.problems
    if report:
        result.summary.write(report)
    for line in result.summary.lines():
        click.echo(line)
    print_problems([*result.summary.notices, *problems])
    errors = sum(problem.level == "error" for problem in problems)
    if errors:
        again = "mend the map and import again with --force, or mend the sheet in it"
        click.echo(f"{out}: written, with {errors} errors; {again}", err=True)
        click.get_current_context().exit(1)
    click.echo(f"{out}: a dataset folder")


COMMANDS = {"import": import_}
