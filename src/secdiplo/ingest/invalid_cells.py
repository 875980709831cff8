"""The cells of a sheet that are known to be wrong, so that no other check uses them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from secdiplo.sql.quoting import literal

if TYPE_CHECKING:
    import duckdb

WHOLE_RECORD = "1"  # the column of a problem of a whole record


class InvalidCells:
    """A table of (record, column), which exists only where something is wrong.

    Parameters
    ----------
    con : DuckDB connection
        Holds the table ``flagged`` of the sheet that is being checked.

    Attributes
    ----------
    errors : set of str
        The columns in which errors were found, and not only notices.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._any = False
        self.errors: set[str] = set()

    def _begin(self) -> None:
        if not self._any:
            self._con.execute('create or replace table flagged (row bigint, "column" varchar)')
            self._any = True

    def add(self, cells: Iterable[tuple[int, str]], level: str = "error") -> None:
        """Flag some cells."""
        rows, columns = [], []
        for row, column in cells:
            rows.append(row)
            columns.append(column)
        if rows:
            self._begin()
            self._con.execute("insert into flagged select unnest($1), unnest($2)", [rows, columns])
            if level == "error":
                self.errors |= set(columns)

    def cells(self) -> set[tuple[int, str]]:
        """Return all flagged cells, by record and column."""
        if not self._any:
            return set()
        return set(self._con.execute('select row, "column" from flagged').fetchall())

    def take(self, query: str, level: str = "error") -> None:
        """Flag the cells that a statement returns as (record, column), however many."""
        self._begin()
        self._con.execute(f"insert into flagged {query}")
        if level == "error":
            columns = self._con.execute(
                f'select distinct "column" from ({query}) as t (row, "column")'
            )
            self.errors |= {column for (column,) in columns.fetchall()}

    def without(self, check: str, scope: str, reads: frozenset[str], raw: str) -> str:
        """A check without the rows that rest on flagged cells.

        Parameters
        ----------
        check : str
            SQL that returns (row, column, ...).
        scope : str
            Whether it rests on one ``row``, on all rows of an ``event`` or on the whole ``sheet``.
        reads : set of str
            Columns that it rests on beside the one that it names.
        raw : str
            The raw table of the sheet.
        """
        if not self._any:
            return check
        wanted = ", ".join(map(literal, sorted(reads | {WHOLE_RECORD})))
        touches = f'(f."column" in ({wanted}) or f."column" = o."column")'
        tainted = "flagged"
        if scope == "event":
            tainted = (
                f'(select r.rowid + 1 as row, f."column" from flagged as f join {raw} as m '
                f"on m.rowid + 1 = f.row join {raw} as r on r.event_key = m.event_key "
                "union select * from flagged)"
            )
        same = "" if scope == "sheet" else "f.row = o.row and "
        return (
            f"select o.* from (\n{check}\n) as o where not exists (select 1 from {tainted} as f "
            f'where {same}{touches}) order by o.row, o."column"'
        )
