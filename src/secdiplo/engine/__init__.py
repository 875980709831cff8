"""The engines that run packaged statements on built tables: DuckDB, and Spark beside it.

An engine is one class, `Engine`; another engine only needs `fetch`. What
looks up single values (whether a region scheme exists, where a scope begins) goes on through
DuckDB on the same files.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from secdiplo.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["ENGINES", "Engine", "Run", "Statement", "open_engine"]

ENGINES = ("duckdb", "spark")
SPARK = "secdiplo.scale.spark"  # of the extra `scale`; imported only when it is asked for


@dataclass(frozen=True)
class Run:
    """A SELECT, and the statements that make the temporary tables which it reads."""

    before: tuple[str, ...]
    sql: str


class Statement(Protocol):
    """One SELECT of the toolkit: a packaged query, or a rule on whole tables.

    A packaged query may have `runs` besides, a tuple of `Run`: how DuckDB works it out within its
    memory where tables are large. Their rows, one run after the other, are those of `sql`.
    """

    @property
    def name(self) -> str:
        """By what messages call it."""

    @property
    def sql(self) -> str:
        """DuckDB SQL with named parameters, ``$name``."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The built tables that it reads."""


class Engine(ABC):
    """What runs statements on built tables.

    A subclass says in `fetch` how; the statement comes as DuckDB SQL, its parameters apart from
    it, and the rows go back as plain Python values in the order of the statement.
    """

    name: str

    @abstractmethod
    def fetch(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Run a statement.

        Parameters
        ----------
        statement : Statement
        values : mapping
            The value of each parameter that the statement names, and of no other.

        Returns
        -------
        (tuple of str, list of tuple)
            The names of the columns, and the rows.

        Raises
        ------
        UsageError
            The engine does not run this statement.
        StoreError
            A table cannot be read.
        """

    def stream(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], Iterator[list[tuple[Any, ...]]]]:
        """Run a statement whose rows may be too many to hold; an engine that can overrides it.

        Returns
        -------
        (tuple of str, iterator of list of tuple)
            The names of the columns, and the rows some thousands at a time.
        """
        columns, rows = self.fetch(statement, values)
        return columns, iter([rows])

    def arrow(self, statement: Statement, values: Mapping[str, Any]) -> pa.Table:
        """Run a statement and give an Arrow table; an engine that already has one overrides it."""
        import pyarrow as pa

        columns, rows = self.fetch(statement, values)
        cells = list(zip(*rows, strict=True)) or [()] * len(columns)
        return pa.table(dict(zip(columns, map(list, cells), strict=True)))

    def frame(self, statement: Statement, values: Mapping[str, Any]) -> pd.DataFrame:
        """Run a statement and give a DataFrame, in the types that DuckDB gives."""
        import duckdb

        from secdiplo.engine.frames import fetched

        table = self.arrow(statement, values)
        with duckdb.connect() as con:  # of its own, so that threads do not meet
            return fetched(con.register("found", table).execute("from found"))


def open_engine(
    name: str | None, master: str | None, folder: Path | None, manifest: Mapping[str, Any]
) -> Engine | None:
    """The engine of a name, on the tables of a folder; None stands for DuckDB.

    Parameters
    ----------
    name : str or None
        One of `ENGINES`; DuckDB without it.
    master : str or None
        Where Spark runs.
    folder : Path or None
        The folder of the built tables.
    manifest : mapping
        The manifest of the folder.

    Returns
    -------
    Engine or None

    Raises
    ------
    UsageError
        An unknown engine, a master without Spark, or an engine that cannot run here.

    Examples
    --------
    >>> open_engine("duckdb", None, None, {}) is None
    True
    """
    if name is not None and name not in ENGINES:
        raise UsageError(f"an engine is one of {', '.join(ENGINES)}, not `{name}`")
    if name != "spark":
        if master is not None:
            raise UsageError("a master needs the engine spark; add it, or leave out the master")
        return None
    spark = importlib.import_module(SPARK)
    engine: Engine = spark.SparkEngine(folder, manifest, master)
    return engine
