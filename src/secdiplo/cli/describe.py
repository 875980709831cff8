"""The commands that describe a dataset: codebook, cite."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from secdiplo.cli.options import data_option, format_option, opened, rows_options
from secdiplo.cli.output import print_rows
from secdiplo.output.render import folded


@click.command()
@click.argument("name", required=False, metavar="[TABLE]")
@click.option("-o", "--out", metavar="DIR", help="Write the whole codebook to this folder.")
@click.option("--check", "only_check", is_flag=True,
              help="Fail if the files in DIR (default: ./schema) are out of date.")  # fmt: skip
@rows_options
@format_option
@data_option
@click.pass_context
def codebook(
    ctx: click.Context, name: str | None, out: str | None, only_check: bool, style: str
) -> None:
    """Describe every column: meaning, codes and missing values.

    With TABLE, print the columns of this table; with TABLE.COLUMN, one column. The csv, json and
    markdown formats have one row per column, with its coding rule, source, example and versions.

    -o writes the whole codebook to DIR: a Table Schema for each table, and all columns as Markdown,
    HTML and CSV.

    \b
    secdiplo codebook events
    secdiplo codebook -o my_dataset/schema --data my_dataset
    """
    if name is not None and (out is not None or only_check):
        raise click.UsageError("TABLE is printed; leave it out to write or check files")
    if only_check:
        _check(ctx, Path(out or "schema"))
    elif out is not None:
        _write(ctx, Path(out))
    elif name is None:
        built = opened(ctx)
        counts = built.manifest["tables"]
        rows = [
            (table.name, len(table.columns), counts[table.name]["rows"], table.grain)
            for table in built.tables.values()
        ]
        print_rows(("table", "columns", "rows", "grain"), rows, style)
        if style == "table":
            what = "`secdiplo codebook TABLE` describes the columns of one; -o DIR writes all"
            click.echo(folded(what, 0), err=True)
    else:
        _print(ctx, name, style)


def _print(ctx: click.Context, name: str, style: str) -> None:
    """Print what there is to say of the columns of a table, or of one of them."""
    from secdiplo.codebook import pages, variables
    from secdiplo.codebook.printed import plain_text
    from secdiplo.errors import UsageError
    from secdiplo.folder.resources import folder_of
    from secdiplo.suggest import suggest

    built = opened(ctx)
    table, _, column = name.partition(".")
    if table not in built.tables:
        raise UsageError(f"no table `{table}`; {suggest(table, list(built.tables))}")
    if column and column not in built.tables[table].by_name:
        hint = suggest(column, list(built.tables[table].by_name), "columns")
        raise UsageError(f"no column `{column}` of {table}; {hint}")
    rules = variables.coding_rules(folder_of(ctx.ensure_object(dict).get("data")))
    found = variables.collect(built, rules, [table])
    found = [each for each in found if column in {"", each.column.name}]
    if style == "table":
        click.echo(plain_text(found), nl=False)
    else:
        print_rows(pages.VARIABLES, pages.variable_rows(found), style)


def _wanted(ctx: click.Context) -> dict[str, str]:
    """Return the files of the codebook of the dataset."""
    from secdiplo import codebook as book
    from secdiplo.folder.resources import folder_of

    return book.files(opened(ctx), folder_of(ctx.ensure_object(dict).get("data")))


def _check(ctx: click.Context, folder: Path) -> None:
    """Exit with 1 if a file of the codebook is not as it would be written."""
    odd = _stale_declarations(folder, write=False)  # first: what follows reads them
    from secdiplo import codebook as book

    odd += book.stale(folder, _wanted(ctx)) + _stale_sums(folder, write=False)
    for name in odd:
        click.echo(f"{name}: stale; run `secdiplo codebook -o {folder}`", err=True)
    if odd:
        ctx.exit(1)
    click.echo(f"{folder}: current")


def _write(ctx: click.Context, folder: Path) -> None:
    """Write the files of the codebook."""
    changed = _stale_declarations(folder, write=True)  # first: what follows reads them
    from secdiplo import codebook as book

    changed += book.write(folder, _wanted(ctx))
    changed += _stale_sums(folder, write=True)
    click.echo(f"{folder}: {len(changed)} files changed")


def _is_shipped(folder: Path) -> bool:
    """Whether a folder is that of the toolkit itself."""
    from secdiplo.folder import resources

    return folder.resolve() == resources.shipped("schema").resolve()


def _stale_declarations(folder: Path, write: bool) -> list[str]:
    """Return the file of declarations of the toolkit, if the classes give another one."""
    if not _is_shipped(folder):
        return []
    from secdiplo.schema import generate

    is_stale = generate.write() if write else not generate.is_current()
    return ["tables.json"] if is_stale else []


def _stale_sums(folder: Path, write: bool) -> list[str]:
    """Digests of the files that come with the toolkit, if they are not of the files as they are."""
    from secdiplo.store import verify

    file = folder / verify.SUMS
    if not _is_shipped(folder):
        return []
    wanted = verify.sums()
    if file.is_file() and file.read_text(encoding="utf-8") == wanted:
        return []
    if write:
        file.write_text(wanted, encoding="utf-8", newline="\n")
    return [verify.SUMS]


@click.command()
@click.option("--format", "style", type=click.Choice(["apa", "bibtex", "cff"]), default="apa",
              show_default=True, help="Style of the references.")  # fmt: skip
@data_option
@click.pass_context
def cite(ctx: click.Context, style: str) -> None:
    """Print references for the paper, the dataset and the toolkit.

    The authors of the paper come first, followed by the dataset, the toolkit and the sources of
    included data.

    Example: secdiplo cite --format bibtex
    """
    from secdiplo import cite as citing

    text = citing.text(opened(ctx), style)
    if style == "apa" and sys.stdout.isatty():  # in a file each reference stays one line
        text = "\n".join(folded(line, 0) if line else "" for line in text.split("\n"))
    click.echo(text)


COMMANDS = {"cite": cite, "codebook": codebook}
