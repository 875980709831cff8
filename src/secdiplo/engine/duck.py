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
from secdiplo.sqltext import bound

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

BATCH = 10_000  # rows that are held at a time where there may be too many


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
        with self._reading(statement):
            found = [(_columns(con), con.fetchall()) for con in self._cursors(statement, values)]
        return found[0][0], [row for _, rows in found for row in rows]

    def stream(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], Iterator[list[tuple[Any, ...]]]]:
        """The same, of which rows are fetched as they are asked for."""
        cursors = self._cursors(statement, values)
        with self._reading(statement):
            first = next(cursors)

        def batches() -> Iterator[list[tuple[Any, ...]]]:
            with self._reading(statement):
                for cursor in chain([first], cursors):
                    while rows := cursor.fetchmany(BATCH):
                        yield rows

        return _columns(first), batches()

    def arrow(self, statement: Statement, values: Mapping[str, Any]) -> pa.Table:
        """The same as an Arrow table."""
        import pyarrow as pa

        with self._reading(statement):
            found = [con.to_arrow_table() for con in self._cursors(statement, values)]
        return found[0] if len(found) == 1 else pa.concat_tables(found)

    def frame(self, statement: Statement, values: Mapping[str, Any]) -> pd.DataFrame:
        """The same as a DataFrame."""
        import pandas as pd

        with self._reading(statement):
            found = [con.df() for con in self._cursors(statement, values)]
        return found[0] if len(found) == 1 else pd.concat(found, ignore_index=True)

    def _cursors(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor on the rows of each run, which are fetched before the next is asked for.

        Each is of its own, so that threads do not meet.
        """
        self.need(statement.tables)
        for run in getattr(statement, "runs", ()) or (Run((), statement.sql),):
            with self.con.cursor() as cursor:  # closed, it gives up its temporary tables
                for sql in run.before:
                    cursor.execute(sql, bound(sql, values))
                yield cursor.execute(run.sql, dict(values))

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
            what = f"{self.folder}: tables that cannot be read ({reason(error)}); build them again"
            raise StoreError(what) from None


def _columns(cursor: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    return tuple(column[0] for column in cursor.description or ())
