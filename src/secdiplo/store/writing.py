"""Tables to Parquet: one file each, or one a year of an event for those of many rows."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.ingest import staging
from secdiplo.ingest.scan import file_digest
from secdiplo.schema.tables import Table, tables_of
from secdiplo.sql.quoting import exactly, literal, quoted
from secdiplo.store.content import Content, content, total

if TYPE_CHECKING:
    import duckdb

PARTED = 1_000_000  # rows of the sheet above which the tables of its events lie by year
GROUP = 122_880  # rows of a row group: what one thread reads, and what a filter can skip


@dataclass(frozen=True)
class Written:
    """A file of a table that was written.

    Attributes
    ----------
    name, file : str
        The table, and the file relative to the folder.
    year : int or None
        The year in which its events begin, where the table lies by year.
    days : tuple of str, optional
        The first and last day on which these events can have been.
    """

    name: str
    file: str
    year: int | None
    content: Content
    days: tuple[str, str] | None = None


class Writer:
    """Writes the tables of a checked dataset, of which each is a view of the connection.

    Parameters
    ----------
    con : DuckDB connection
        After `secdiplo.ingest.ingest` with ``make="view"``.
    folder : Path
        An empty folder.
    manifest : dict
        Takes the rows, digests and files of every table.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, folder: Path, manifest: dict[str, Any]
    ) -> None:
        self._con = con
        self._folder = folder
        self._manifest = manifest
        self._tables = tables_of(manifest["dataset"])

    def all(self, kept: Mapping[int, Sequence[Written]] | None = None) -> None:
        """Write every table.

        Parameters
        ----------
        kept : mapping, optional
            By year, the files that are in the folder already.
        """
        kept = kept or {}
        ((rows,),) = self._con.execute("select count(*) from raw_interactions_sheet").fetchall()
        written = [file for files in kept.values() for file in files]
        undated = list(self._tables)
        if rows > PARTED:
            found = self._con.execute("select distinct event_year from rows order by 1").fetchall()
            for year in (year for (year,) in found if year not in kept):
                staging.restrict_to_year(self._con, year)
                staging.number_rows(self._con)
                sql = "select min(date_min)::varchar, max(date_max)::varchar from events"
                (days,) = self._con.execute(sql).fetchall()
                files = self._together(staging.DATED, year)
                written += [replace(file, days=days) for file in files]
            staging.restrict_to_year(self._con, None)
            undated = [name for name in self._tables if name not in staging.DATED]
        else:
            staging.number_rows(self._con)
        written += self._together(undated, None)
        self.record(written)

    def _together(self, names: Sequence[str], year: int | None) -> list[Written]:
        """Write some tables side by side: parts of each keep no more than one core busy."""
        import duckdb

        ((threads,),) = self._con.execute("select current_setting('threads')").fetchall()
        cursors = [self._con.cursor() for _ in names]
        with ThreadPoolExecutor(min(2, int(threads))) as pool:
            jobs = [
                pool.submit(self._write, cursor, name, year)
                for cursor, name in zip(cursors, names, strict=True)
            ]
        done = []
        for job, cursor, name in zip(jobs, cursors, names, strict=True):
            if isinstance(job.exception(), duckdb.OutOfMemoryException):
                done.append(self._write(cursor, name, year))  # alone, it has all of the memory
            else:
                done.append(job.result())
        return done

    def _write(self, con: duckdb.DuckDBPyConnection, name: str, year: int | None) -> Written:
        staging.restrict_to_year(con, year)
        file = f"{name}.parquet" if year is None else f"{name}/event_year={year}/part-0.parquet"
        target = self._folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        write(con, self._tables[name], target, self._manifest["dataset"])
        rows = f"read_parquet({literal(exactly(target))}, hive_partitioning = false)"
        return Written(name, file, year, content(con, rows))

    def record(self, written: Sequence[Written]) -> None:
        """Put files into the manifest: by table, with the digest of all parts of each."""
        for name in self._tables:
            mine = sorted(
                (each for each in written if each.name == name), key=lambda each: each.year or 0
            )
            whole = total(each.content for each in mine)
            body: dict[str, Any] = {"rows": whole.rows, "content": whole.digest}
            if any(each.year is not None for each in mine):
                body["columns"] = whole.columns
                body["parts"] = [_part(each) for each in mine]
            self._manifest["tables"][name] = body


def _part(written: Written) -> dict[str, Any]:
    """What the manifest says of a file of one year."""
    sums = written.content
    first, last = written.days or ("", "")
    return {
        "file": written.file,
        "year": written.year,
        "first": first,
        "last": last,
        "rows": sums.rows,
        "low": str(sums.low),
        "high": str(sums.high),
    }


def write(
    con: duckdb.DuckDBPyConnection, table: Table, target: Path, dataset: dict[str, Any]
) -> None:
    """Write a table sorted by its key, with its declaration in the file."""
    name = table.name
    columns = ", ".join(map(quoted, table.by_name))
    order = ", ".join(quoted(column) for column in table.key)
    about = {
        "secdiplo:table": name,
        "secdiplo:grain": table.grain,
        "secdiplo:unit": table.unit,
        "secdiplo:dataset": dataset["name"],
        "secdiplo:version": dataset["version"],
        "secdiplo:columns": json.dumps(
            {c.name: {"meaning": c.meaning, "unit": c.unit} for c in table.columns},
            ensure_ascii=False,
        ),
    }
    pairs = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in about.items())
    con.execute(
        f"copy (select {columns} from {name} order by {order}) to {literal(str(target))} "
        f"(format parquet, compression zstd, row_group_size {GROUP}, kv_metadata {{{pairs}}})"
    )
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def digests(folder: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    """The size and SHA-256 of every file of a folder, by its relative name; some are known."""
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        found[name] = known.get(name) or {
            "bytes": file.stat().st_size,
            "sha256": file_digest(file),
        }
    return found
