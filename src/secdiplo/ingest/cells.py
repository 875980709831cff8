"""Verdicts on cells: on every row of a small sheet, on those that SQL flags of a large one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secdiplo import schema
from secdiplo.errors import Problem
from secdiplo.ingest.flagged import WHOLE, Flagged
from secdiplo.ingest.found import MAX_LISTED, Found
from secdiplo.sqltext import quoted
from secdiplo.tables import Table

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from secdiplo.ingest.layout import Sheet
    from secdiplo.schema import CodeLists

SMALL = 100_000  # rows up to which every cell goes through the Pandera model
CHUNK = 20_000  # rows of a frame
AS_ATTESTED = "coalesce(row_status, 'attested') in ('attested', 'synthetic')"
KIND = "cells against the rules of their column"
EMPTY = "an empty row; remove it"


def judge(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, codes: CodeLists, flagged: Flagged, found: Found
) -> None:
    """Judge the cells of a sheet; imputed rows have a declaration of their own.

    Parameters
    ----------
    con : DuckDB connection
        Holds the raw table.
    sheet : Sheet
    codes : mapping
        The dataset's code lists.
    flagged : Flagged
        Takes the bad cells.
    found : Found
        Takes the problems: of a large sheet the first thousand rows unless every one is wanted,
        and a count of the others.
    """
    ((count,),) = con.execute(f"select count(*) from {sheet.raw}").fetchall()
    new = "true" if sheet.checked is None else f"rowid >= {sheet.checked}"
    one = _all if count - (sheet.checked or 0) <= SMALL else _flagged_by_sql
    if "row_status" not in sheet.columns:
        one(con, sheet, sheet.table, new, codes, flagged, found)
        return
    one(con, sheet, sheet.table, f"{new} and {AS_ATTESTED}", codes, flagged, found)
    one(con, sheet, sheet.table.of_imputed, f"{new} and not {AS_ATTESTED}", codes, flagged, found)


def _all(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    table: Table,
    where: str,
    codes: CodeLists,
    flagged: Flagged,
    found: Found,
) -> None:
    chosen = f"select rowid + 1 as record, * from {sheet.raw} where {where} order by record"
    frame = con.execute(chosen).df().set_index("record")
    _say(sheet, list(_verdicts(sheet, table, frame, codes)), flagged, found)


def _flagged_by_sql(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    table: Table,
    where: str,
    codes: CodeLists,
    flagged: Flagged,
    found: Found,
) -> None:
    broken = ", ".join(str(row) for row in sorted(sheet.broken)) or "0"
    flags = schema.flags(table, sheet.raw, codes, f"({where}) and rowid + 1 not in ({broken})")
    con.execute(f'create or replace table bad_cells as select row, "column" from ({flags})')
    ((number,),) = con.execute("select count(distinct row) from bad_cells").fetchall()
    if not number:
        return
    last, looked_at = 0, 0
    while looked_at < number and (found.every or looked_at < MAX_LISTED):
        size = CHUNK if found.every else MAX_LISTED
        chosen = (
            f"with few as (select distinct row from bad_cells where row > {last} order by row "
            f"limit {size}) select rowid + 1 as record, * from {sheet.raw} "
            "where rowid + 1 in (from few) order by record"
        )
        frame = con.execute(chosen).df().set_index("record")
        last, looked_at = int(frame.index[-1]), looked_at + len(frame)
        _say(sheet, list(_verdicts(sheet, table, frame, codes)), flagged, found)
    if looked_at < number:
        _count_others(con, sheet, last, flagged, found)


def _count_others(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, last: int, flagged: Flagged, found: Found
) -> None:
    """Flag and count the bad cells after a record; an empty row counts as one."""
    cells = ", ".join(map(quoted, sheet.columns))
    whole = f"coalesce({cells}) is null"
    con.execute(
        f"create or replace table others as select distinct b.row, case when {whole} then "
        f'\'{WHOLE}\' else b."column" end as "column" from bad_cells as b '
        f"join {sheet.raw} as r on r.rowid + 1 = b.row where b.row > {last}"
    )
    flagged.take('select row, "column" from others')
    counted = con.execute('select "column", count(*) from others group by all order by all')
    for column, number in counted.fetchall():
        kind = "empty rows" if column == WHOLE else KIND
        found.count(sheet.label, column, kind, "error", number)


def _verdicts(
    sheet: Sheet, table: Table, frame: pd.DataFrame, codes: CodeLists
) -> Iterator[tuple[int, str, str]]:
    """The verdicts of the Pandera model on some rows: record, column, what is wrong."""
    frame = frame[~frame.index.isin(list(sheet.broken))]
    blank = frame.isna().all(axis=1)
    for row in frame.index[blank]:
        yield int(row), WHOLE, EMPTY
    if not blank.all():
        yield from schema.bad_cells(table, frame[~blank], codes)


def _say(
    sheet: Sheet, verdicts: list[tuple[int, str, str]], flagged: Flagged, found: Found
) -> None:
    flagged.add((row, column) for row, column, _ in verdicts)
    found.add(
        Problem(*sheet.place(row), column, what, kind="empty rows" if what == EMPTY else KIND)
        for row, column, what in verdicts
    )
