"""Cells that break the rules of their column, found in SQL in sheets of any size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secdiplo import schema
from secdiplo.errors import Problem
from secdiplo.ingest.invalid_cells import WHOLE_RECORD, InvalidCells
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS, ProblemCollector
from secdiplo.schema.tables import Table
from secdiplo.sql.quoting import literal, quoted

if TYPE_CHECKING:
    import duckdb

    from secdiplo.ingest.sheet_files import SourceTable
    from secdiplo.schema import CodeLists

AS_ATTESTED = "coalesce(row_status, 'attested') in ('attested', 'synthetic')"
KIND = "cells against the rules of their column"
EMPTY = "an empty row; remove it"
EMPTY_KIND = "empty rows"
FIRST_ROWS = f"select distinct row from bad_cells order by row limit {MAX_LISTED_PROBLEMS}"


def check_cells(
    con: duckdb.DuckDBPyConnection,
    sheet: SourceTable,
    codes: CodeLists,
    flagged: InvalidCells,
    collector: ProblemCollector,
) -> None:
    """Find the bad cells of a sheet; imputed rows have rules of their own.

    Parameters
    ----------
    con : DuckDB connection
        Holds the raw table.
    sheet : SourceTable
    codes : mapping
        The dataset's code lists.
    flagged : InvalidCells
        Takes the bad cells.
    collector : ProblemCollector
        Takes the problems: those of the first thousand bad rows, unless every one is wanted, and
        a count of the others.
    """
    new = "true" if sheet.checked is None else f"rowid >= {sheet.checked}"
    broken = ", ".join(str(row) for row in sorted(sheet.broken)) or "0"
    rows = f"{new} and rowid + 1 not in ({broken})"
    if "row_status" not in sheet.columns:
        _check_rows(con, sheet, sheet.table, rows, codes, flagged, collector)
        return
    attested, imputed = f"{rows} and {AS_ATTESTED}", f"{rows} and not {AS_ATTESTED}"
    _check_rows(con, sheet, sheet.table, attested, codes, flagged, collector)
    _check_rows(con, sheet, sheet.table.of_imputed, imputed, codes, flagged, collector)


def _check_rows(
    con: duckdb.DuckDBPyConnection,
    sheet: SourceTable,
    table: Table,
    where: str,
    codes: CodeLists,
    flagged: InvalidCells,
    collector: ProblemCollector,
) -> None:
    """Find the bad cells of some rows by the rules of one declaration."""
    if not con.execute(schema.suspects(table, sheet.raw, codes, where)).fetchone():
        return
    flags = schema.flags(table, sheet.raw, codes, where)
    con.execute(f"create or replace table bad_cells as {flags}")
    if con.execute("select count(*) from bad_cells").fetchone() == (0,):
        return
    # An empty row breaks the rule of every required column, and is one problem.
    is_empty = f"coalesce({', '.join(map(quoted, sheet.columns))}) is null"
    con.execute(
        f"create or replace table empty_rows as select rowid + 1 as row from {sheet.raw} "
        f"where rowid + 1 in (select row from bad_cells) and {is_empty}"
    )
    con.execute("delete from bad_cells where row in (from empty_rows)")
    con.execute(
        f"insert into bad_cells select row, {literal(WHOLE_RECORD)}, null, null from empty_rows"
    )
    flagged.take('select row, "column" from bad_cells')
    collector.add(_problems(con, sheet, table, codes, collector.every))
    if not collector.every:
        counted = con.execute(
            f'select "column", count(*) from bad_cells where row not in ({FIRST_ROWS}) '
            "group by all order by all"
        )
        for column, number in counted.fetchall():
            kind = EMPTY_KIND if column == WHOLE_RECORD else KIND
            collector.count(sheet.label, column, kind, "error", number)


def _problems(
    con: duckdb.DuckDBPyConnection, sheet: SourceTable, table: Table, codes: CodeLists, every: bool
) -> Iterator[Problem]:
    """Yield a problem for each bad cell: of all rows, or of the first ones."""
    some = "" if every else f"where row in ({FIRST_ROWS})"
    cursor = con.cursor().execute(
        f'select row, "column", value, verdict from bad_cells {some} order by 1, 2'
    )
    while batch := cursor.fetchmany(MAX_LISTED_PROBLEMS):
        for row, column, value, verdict in batch:
            if column == WHOLE_RECORD:
                yield Problem(*sheet.file_and_line(row), column, EMPTY, kind=EMPTY_KIND)
                continue
            what = schema.explain_cell(table.by_name[column], value, verdict, codes)
            yield Problem(*sheet.file_and_line(row), column, what, kind=KIND)
