"""The Spark engine: the same statements, translated, on the same Parquet files."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.engine import Engine, Statement
from secdiplo.errors import StoreError, UsageError
from secdiplo.scale.spark_session import refuse_other_process, session
from secdiplo.scale.spark_sql import to_spark
from secdiplo.schema.tables import VALUES_VIEW, extra_columns, tables_of, values_view
from secdiplo.store.table_files import files_of

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

SPARK_TYPES = {
    "VARCHAR": "string",
    "DATE": "date",
    "INTEGER": "int",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
}
PARTITION_BYTES = 16 << 20  # bytes of Parquet for each partition of a shuffle


class SparkEngine(Engine):
    """Statements on a Spark session.

    Parameters
    ----------
    folder : Path or None
        The folder of the built tables, which the workers of a cluster see by the same path.
    manifest : mapping
    master : str, optional
        See `secdiplo.scale.spark_session.session`.

    Raises
    ------
    UsageError
        The tables are not built, or Spark does not start.
    """

    name = "spark"

    def __init__(
        self, folder: Path | None, manifest: Mapping[str, Any], master: str | None = None
    ) -> None:
        if folder is None:
            raise UsageError(
                "the engine spark reads built tables, not a dataset folder; "
                "run `secdiplo build FOLDER -o OUT` and name OUT"
            )
        self.folder, self.manifest = folder, manifest
        self._session = session(master)
        self._seen: set[str] = set()
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._tables = tables_of(manifest["dataset"])
        files = [folder / file for name in self._tables for file in files_of(name, manifest)]
        size = sum(file.stat().st_size for file in files if file.is_file())
        # For a few megabytes planning and compiling cost more than the rows: one partition,
        # planned once, without compiled stages.
        large = str(size > PARTITION_BYTES).lower()
        for key, value in {
            "spark.sql.shuffle.partitions": str(max(1, -(-size // PARTITION_BYTES))),
            "spark.sql.adaptive.enabled": large,
            "spark.sql.codegen.wholeStage": large,
        }.items():
            self._session.conf.set(key, value)

    def need(self, tables: Iterable[str]) -> None:
        """Make views of these tables, unless they are there."""
        with self._lock:
            for name in set(tables) - self._seen:
                self._view(name)
                self._seen.add(name)

    def _view(self, name: str) -> None:
        columns = self._tables[name].columns
        schema = ", ".join(f"`{column.name}` {SPARK_TYPES[column.sql_type]}" for column in columns)
        # Spark reads brackets and the like in a path as a pattern.
        files = [
            "file:" + re.sub(r"([\\{}\[\]*?,])", r"\\\1", str((self.folder / file).resolve()))
            for file in files_of(name, self.manifest)
        ]
        frame = self._session.read.schema(schema).parquet(*files)
        frame.select(*(f"`{column.name}`" for column in columns)).createOrReplaceTempView(name)
        if name == "participations":
            values = to_spark(VALUES_VIEW, values_view(extra_columns(self.manifest["dataset"])))
            self._session.sql(values).createOrReplaceTempView(VALUES_VIEW)

    def _frame(self, statement: Statement, values: Mapping[str, Any]) -> DataFrame:
        text = to_spark(statement.name, statement.sql)
        self.need(statement.tables)
        lists = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
        return self._session.sql(text, args=lists)

    def fetch(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Translate a statement, bind its parameters, and collect its rows."""
        with self._reading():
            frame = self._frame(statement, values)
            return tuple(frame.columns), [tuple(row) for row in frame.collect()]

    def arrow(self, statement: Statement, values: Mapping[str, Any]) -> pa.Table:
        """The same as an Arrow table, in the types that DuckDB gives."""
        import duckdb

        with self._reading():
            found = self._frame(statement, values).toArrow()
        with duckdb.connect() as con:  # of its own, so that threads do not meet
            return con.from_arrow(found).to_arrow_table()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """An error of Spark as a message."""
        refuse_other_process(self._process)
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JError) as error:
            reason = re.sub(r"\s+", " ", str(error))[:160]
            raise StoreError(f"{self.folder}: Spark cannot read the tables ({reason})") from None
