"""The commands for annotations of other tools: annotations import and export."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from secdiplo.cli.options import data_option, opened, output_options
from secdiplo.cli.output import number_of, print_batches

if TYPE_CHECKING:
    from secdiplo.store import Built

TOOLS = click.Choice(["brat", "webanno", "doccano", "label-studio"])
SPARED_OF_ANNOTATIONS = ("seed_file",)


@click.group("annotations")
def exchange() -> None:
    """Exchange annotations with brat, WebAnno, doccano and others.

    Example: secdiplo annotations export --format brat --text text.txt
    """


@exchange.command("import")
@click.argument("file")
@click.option("--format", "kind", type=TOOLS, required=True, help="Tool that wrote FILE.")
@click.option("--text", required=True, metavar="TEXT", help="The annotated text file.")
@click.option("--table", default="claims", show_default=True, metavar="NAME",
              help="What the rows are for: a table with seed_file, start, end and "
              "quote.")  # fmt: skip
@click.option("--label-column", metavar="NAME", help="Column for the labels of spans.")
@click.option("--offsets", type=click.Choice(["code_points", "utf16", "bytes"]),
              help="What positions in FILE count, if not the tool's usual unit.")  # fmt: skip
@click.option("--append-to", metavar="CSV", help="Add the rows to this file.")
@output_options
@click.option("--output-format", "style", type=click.Choice(["table", "csv", "json", "markdown"]),
              default="table", show_default=True, help="Output format.")  # fmt: skip
@data_option
@click.pass_context
def import_(
    ctx: click.Context,
    file: str,
    kind: str,
    text: str,
    table: str,
    label_column: str | None,
    offsets: str | None,
    append_to: str | None,
    style: str,
) -> None:
    """Turn annotated spans into rows with positions and quotes.

    The attributes of a span become the columns with the same names. The label of a span goes into
    --label, unless it is the name of the table. Positions are converted to Unicode code points, and
    the quote of each span is compared with the text. Line endings are kept.

    \b
    brat          .ann; counts code points
    webanno       WebAnno TSV 3; counts UTF-16 code units
    doccano       JSONL; counts code points
    label-studio  JSON; counts code points

    Example: secdiplo annotations import a.ann --format brat --text a.txt
    """
    from secdiplo.claims.standoff import import_spans

    if append_to and ctx.ensure_object(dict).get("out"):
        raise click.UsageError("-o writes a new file; give it or --append-to", ctx)
    columns = _columns(opened(ctx), table)
    rows = import_spans(
        file, kind, text, table, columns, label_column=label_column, offsets=offsets
    )
    if append_to:
        total = _append(Path(append_to), rows, columns)
        click.echo(f"{append_to}: {number_of(len(rows), 'row')} added, {total:,} in all")
        return
    cells = [[row[name] or None for name in columns] for row in rows]
    print_batches(columns, iter([cells]), style, SPARED_OF_ANNOTATIONS)


def _columns(built: Built, table: str) -> list[str]:
    """Return the columns of a table that quotes texts, its key first."""
    from secdiplo.claims.annotations import SPAN
    from secdiplo.errors import UsageError
    from secdiplo.suggest import suggest

    quoting = {
        name: declared
        for name, declared in built.tables.items()
        if declared.by_name.keys() >= set(SPAN)
    }
    if table not in quoting:
        what = f"no table `{table}` with {', '.join(SPAN)}"
        raise UsageError(f"{what}; {suggest(table, list(quoting))}")
    declared = quoting[table]
    names = [column.name for column in declared.columns]
    return [*declared.key, *(name for name in names if name not in declared.key)]


def _append(target: Path, rows: Sequence[dict[str, str]], columns: Sequence[str]) -> int:
    """Add rows to a CSV file with these columns; return how many rows it has then."""
    from secdiplo.errors import DataError, Problem, UsageError
    from secdiplo.files import csv_rows, written_whole
    from secdiplo.output.csv_injection import guarded

    if not target.is_file():
        raise UsageError(f"{target}: no such file; write a new one with -o")
    key = columns[0]
    present = csv_rows(target, columns)
    with target.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    taken = {row[key]: line for line, row in present}
    problems = [
        Problem(target.name, taken[row[key]], key, f"`{row[key]}` exists already; rename one")
        for row in rows
        if row[key] in taken
    ]
    if problems:
        raise DataError(problems)
    with written_whole(target) as fresh, fresh.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([row[name] for name in header] for _, row in present)
        writer.writerows([guarded(row.get(name, "")) for name in header] for row in rows)
    return len(present) + len(rows)


@exchange.command("export")
@click.option("--format", "kind", type=TOOLS, required=True, help="Tool to write for.")
@click.option("--text", required=True, metavar="TEXT", help="The annotated text file.")
@click.option("--table", default="claims", show_default=True, metavar="NAME",
              help="Table to write.")  # fmt: skip
@click.option("--rows", metavar="CSV", help="Take the rows from this file instead of the dataset.")
@click.option("--label-column", metavar="NAME", help="Column that labels the spans.")
@click.option("-o", "--out", metavar="FILE", help="Write to FILE instead of the screen.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@data_option
@click.pass_context
def export(
    ctx: click.Context,
    kind: str,
    text: str,
    table: str,
    rows: str | None,
    label_column: str | None,
    out: str | None,
    force: bool,
) -> None:
    """Write the annotations of a text for another tool.

    The label of each span is the name of the table, and each filled column becomes an attribute.
    doccano has no attributes of spans, so they are omitted there.

    Example: secdiplo annotations export --format brat --text a.txt -o a.ann
    """
    from secdiplo.claims.standoff import TOOL_FORMATS, export_spans

    if out and Path(out).exists() and not force:
        what = f"{out} exists; name another file, or replace it with --force"
        raise click.UsageError(what, ctx)
    built = opened(ctx)
    columns = _columns(built, table)
    if label_column and label_column not in columns:
        raise click.UsageError(f"no column `{label_column}` in {table}", ctx)
    given = _rows(built, table, columns, rows)
    written, number = export_spans(given, kind, text, table, label_column=label_column)
    if not TOOL_FORMATS[kind].has_attributes:
        click.echo(f"{kind} has no attributes of spans: only labels are written", err=True)
    if not number:
        click.echo(f"no rows of {table} are about {Path(text).name} (seed_file)", err=True)
    if not out:
        click.echo(written, nl=False)
        return
    from secdiplo.files import written_whole

    with written_whole(Path(out)) as fresh:
        fresh.write_bytes(written.encode("utf-8"))
    click.echo(f"{out}: {number_of(number, 'span')}")


def _rows(
    built: Built, table: str, columns: Sequence[str], given: str | None
) -> list[dict[str, str]]:
    """Return the rows of a file, or of a table of the dataset; blanks are empty texts."""
    from secdiplo.claims.annotations import SPAN
    from secdiplo.errors import UsageError
    from secdiplo.files import csv_rows
    from secdiplo.output.csv_injection import unguarded
    from secdiplo.output.render import text
    from secdiplo.query.table_rows import read_rows

    if given:
        if not Path(given).is_file():
            raise UsageError(f"{given}: no such file; name a CSV file of rows")
        rows = csv_rows(Path(given), SPAN, given)
        return [{name: unguarded(cell) for name, cell in row.items()} for _, row in rows]
    found = read_rows(built, table, {})
    return [
        {
            name: "" if cell is None else text(cell)
            for name, cell in zip(found.columns, row, strict=True)
        }
        for batch in found.batches
        for row in batch
    ]


COMMANDS = {"annotations": exchange}
