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


class Cells:
    """The verdicts on the cells of one sheet.

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

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        sheet: Sheet,
        codes: CodeLists,
        flagged: Flagged,
        found: Found,
    ) -> None:
        self._con, self._sheet, self._codes = con, sheet, codes
        self._flagged, self._found = flagged, found

    def judge(self) -> None:
        """Judge every cell; imputed rows have a declaration of their own."""
        sheet = self._sheet
        ((count,),) = self._con.execute(f"select count(*) from {sheet.raw}").fetchall()
        new = "true" if sheet.checked is None else f"rowid >= {sheet.checked}"
        of_rows = self._all if count - (sheet.checked or 0) <= SMALL else self._flagged_by_sql
        if "row_status" not in sheet.columns:
            of_rows(sheet.table, new)
            return
        of_rows(sheet.table, f"{new} and {AS_ATTESTED}")
        of_rows(sheet.table.of_imputed, f"{new} and not {AS_ATTESTED}")

    def _all(self, table: Table, where: str) -> None:
        raw = self._sheet.raw
        chosen = f"select rowid + 1 as record, * from {raw} where {where} order by record"
        self._say(table, self._con.execute(chosen).df().set_index("record"))

    def _flagged_by_sql(self, table: Table, where: str) -> None:
        raw = self._sheet.raw
        broken = ", ".join(str(row) for row in sorted(self._sheet.broken)) or "0"
        flags = schema.flags(table, raw, self._codes, f"({where}) and rowid + 1 not in ({broken})")
        self._con.execute(
            f'create or replace table bad_cells as select row, "column" from ({flags})'
        )
        ((number,),) = self._con.execute("select count(distinct row) from bad_cells").fetchall()
        last, looked_at = 0, 0
        size = CHUNK if self._found.every else MAX_LISTED
        while looked_at < number and (self._found.every or looked_at < MAX_LISTED):
            chosen = (
                f"with few as (select distinct row from bad_cells where row > {last} order by row "
                f"limit {size}) select rowid + 1 as record, * from {raw} "
                "where rowid + 1 in (from few) order by record"
            )
            frame = self._con.execute(chosen).df().set_index("record")
            last, looked_at = int(frame.index[-1]), looked_at + len(frame)
            self._say(table, frame)
        if looked_at < number:
            self._count_others(last)

    def _count_others(self, last: int) -> None:
        """Flag and count the bad cells after a record; an empty row counts as one."""
        whole = f"coalesce({', '.join(map(quoted, self._sheet.columns))}) is null"
        self._con.execute(
            f"create or replace table others as select distinct b.row, case when {whole} then "
            f'\'{WHOLE}\' else b."column" end as "column" from bad_cells as b '
            f"join {self._sheet.raw} as r on r.rowid + 1 = b.row where b.row > {last}"
        )
        self._flagged.take('select row, "column" from others')
        counted = self._con.execute(
            'select "column", count(*) from others group by all order by all'
        )
        for column, number in counted.fetchall():
            kind = "empty rows" if column == WHOLE else KIND
            self._found.count(self._sheet.label, column, kind, "error", number)

    def _say(self, table: Table, frame: pd.DataFrame) -> None:
        """Flag and tell what the Pandera model finds in some rows."""
        verdicts = list(self._verdicts(table, frame))
        self._flagged.add((row, column) for row, column, _ in verdicts)
        self._found.add(
            Problem(
                *self._sheet.place(row), column, what, kind="empty rows" if what == EMPTY else KIND
            )
            for row, column, what in verdicts
        )

    def _verdicts(self, table: Table, frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
        """The verdicts of the Pandera model on some rows: record, column, what is wrong."""
        frame = frame[~frame.index.isin(list(self._sheet.broken))]
        blank = frame.isna().all(axis=1)
        for row in frame.index[blank]:
            yield int(row), WHOLE, EMPTY
        if not blank.all():
            yield from schema.bad_cells(table, frame[~blank], self._codes)
