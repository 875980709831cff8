"""The DuckDB engine: statements run as they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.engine import Engine, Run, Statement
from secdiplo.errors import StoreError
from secdiplo.files import reason, scarce
from secdiplo.sql.quoting import bound

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

ROW_BATCH = 10_000  # rows that are held at a time where there may be too many


class DuckEngine(Engine):
    """Statements on an open DuckDB connection.

    Parameters
    ----------
    con : DuckDB connection
    need : function
        Makes views of tables by their names.
    folder : Path or None
        Where the tables lie, for messages.
    """

    name = "duckdb"

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        need: Callable[[Iterable[str]], None],
        folder: Path | None,
    ) -> None:
        self.con, self.need, self.folder = con, need, folder

    def fetch(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Run a statement as it is, or in its runs."""
        columns, batches = self.stream(statement, values)
        return columns, list(chain.from_iterable(batches))

    def stream(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], Iterator[list[tuple[Any, ...]]]]:
        """The same, of which rows are fetched as they are asked for."""
        cursors = (con.execute(sql, values) for con, sql in self._runs(statement, values))
        with self._reading(statement):
            first = next(cursors)

        def batches() -> Iterator[list[tuple[Any, ...]]]:
            with self._reading(statement):
                for cursor in chain([first], cursors):
                    while rows := cursor.fetchmany(ROW_BATCH):
                        yield rows

        return tuple(column[0] for column in first.description or ()), batches()

    def arrow(self, statement: Statement, values: Mapping[str, Any]) -> pa.Table:
        """The same as an Arrow table."""
        import pyarrow as pa

        with self._reading(statement):
            found = [
                con.sql(sql, params=values).to_arrow_table()
                for con, sql in self._runs(statement, values)
            ]
        return pa.concat_tables(found)

    def frame(self, statement: Statement, values: Mapping[str, Any]) -> pd.DataFrame:
        """The same as a DataFrame."""
        if getattr(statement, "runs", ()):  # of a run alone, a blank column has another type
            return super().frame(statement, values)
        from secdiplo.engine.frames import fetched

        with self._reading(statement):
            found = [
                fetched(con.execute(sql, values)) for con, sql in self._runs(statement, values)
            ]
        return found[0]

    def _runs(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """Each SELECT with a cursor that has its tables; its rows are fetched before the next.

        A cursor is of its own, so that threads do not meet.
        """
        self.need(statement.tables)
        for run in getattr(statement, "runs", ()) or (Run((), statement.sql),):
            with self.con.cursor() as cursor:  # closed, it gives up its temporary tables
                for sql in run.before:
                    cursor.execute(sql, bound(sql, values))
                yield cursor, run.sql

    @contextmanager
    def _reading(self, statement: Statement) -> Iterator[None]:
        """An error of DuckDB as a message: the statement is ours and was checked."""
        import duckdb

        try:
            yield
            self.need(())  # the files are still those that were opened
        except duckdb.OutOfMemoryException as error:
            raise scarce(f"`{statement.name}`", error) from None
        except duckdb.Error as error:
            self.need(())
            if self.folder is None:  # a dataset folder, opened without a check of its queries
                what = f"query `{statement.name}` cannot run ({reason(error)}); check the folder"
                raise StoreError(what) from None
            what = f"{self.folder}: the tables cannot be read ({reason(error)}); build them again"
            raise StoreError(what) from None
