"""The DuckDB engine: statements run as they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.engine import Engine, Statement
from secdiplo.errors import StoreError

if TYPE_CHECKING:
    import duckdb


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
        import duckdb

        self.need(statement.tables)
        try:
            cursor = self.con.cursor().execute(statement.sql, dict(values))
            return tuple(column[0] for column in cursor.description or ()), cursor.fetchall()
        except duckdb.OutOfMemoryException as error:
            said = str(error).split("\n", maxsplit=1)[0]
            what = f"`{statement.name}` needs more memory or scratch space ({said})"
            raise StoreError(f"{what}; allow more with --memory") from None
        except duckdb.Error as error:  # the statement is ours and was checked: a file is damaged
            reason = re.sub(r"\s+", " ", str(error))[:120]
            what = f"{self.folder}: tables that cannot be read ({reason}); build them again"
            raise StoreError(what) from None
