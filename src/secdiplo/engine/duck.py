"""The DuckDB engine: statements run as they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.engine import Engine, Statement
from secdiplo.errors import StoreError
from secdiplo.files import reason, scarce

if TYPE_CHECKING:
    import duckdb


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
        """Run a statement as it is."""
        with self._reading(statement):
            cursor = self._run(statement, values)
            return _columns(cursor), cursor.fetchall()

    def stream(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], Iterator[list[tuple[Any, ...]]]]:
        """Run a statement as it is, and fetch its rows as they are asked for."""
        with self._reading(statement):
            cursor = self._run(statement, values)

        def batches() -> Iterator[list[tuple[Any, ...]]]:
            with self._reading(statement):
                while rows := cursor.fetchmany(BATCH):
                    yield rows

        return _columns(cursor), batches()

    def _run(self, statement: Statement, values: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        self.need(statement.tables)
        return self.con.cursor().execute(statement.sql, dict(values))

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
