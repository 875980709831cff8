"""Opening built tables as views of a DuckDB connection, and dataset folders in memory."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import Problems, StoreError, UsageError
from secdiplo.files import ScratchFolder, enough_memory, no_folder, reason, scarce
from secdiplo.folder import resources
from secdiplo.schema.tables import (
    VALUES_VIEW,
    Table,
    extra_columns,
    tables_of,
    values_view,
)
from secdiplo.sql.quoting import exactly, literal, quoted
from secdiplo.store.content import content, tables_digest
from secdiplo.store.manifest import MANIFEST, describe, load, stamp_of, unchanged
from secdiplo.store.process_connection import ProcessConnection
from secdiplo.store.table_files import files_of
from secdiplo.store.workspace import connected, database, is_large, limit, text_of

if TYPE_CHECKING:
    import duckdb

    from secdiplo.engine import Engine
    from secdiplo.store.partitions import EventPartition


Opened = tuple["duckdb.DuckDBPyConnection", ScratchFolder | None]
THE_DATASET = "this dataset"


@dataclass(frozen=True)
class Origin:
    """What `open_any` was called with: the path is absolute, or None for the built-in tables."""

    path: Path | None
    memory: str | None
    threads: int | None
    engine: str | None
    master: str | None


@dataclass(frozen=True)
class Built:
    """Tables that are open: a connection, and what the manifest says of them.

    Attributes
    ----------
    connection : ProcessConnection
        Holds a view or table for each name that was asked for.
    manifest : dict
        The dataset's name, version and settings, rows and content hash of each table.
    folder : Path or None
        Where the Parquet files lie; None where the tables were made from a dataset folder.
    engine : Engine or None
        What runs packaged statements; DuckDB, on this connection, where there is none.
    stamp : tuple of int
        What changes when other tables take their place.
    origin : Origin or None
        How to open the same tables again.
    """

    connection: ProcessConnection
    manifest: dict[str, Any]
    folder: Path | None
    engine: Engine | None = None
    stamp: tuple[int, ...] = ()
    origin: Origin | None = None

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection of this process; a forked process opens its own."""
        return self.connection.con

    @property
    def dataset(self) -> dict[str, Any]:
        """What the manifest says of the dataset."""
        dataset: dict[str, Any] = self.manifest["dataset"]
        return dataset

    @property
    def content(self) -> str:
        """The digest of the contents of all tables; see `secdiplo.store.content`."""
        return tables_digest(self.manifest["tables"])

    @functools.cached_property
    def tables(self) -> dict[str, Table]:
        """The declarations of the tables: those of the toolkit, then the dataset's own."""
        return tables_of(self.dataset)

    def need(self, names: Iterable[str]) -> None:
        """Make views of these tables, unless they are there.

        Raises
        ------
        StoreError
            A file is missing, truncated or of another schema, or the tables are others by now.
        """
        if self.folder is None:
            return
        self.unchanged()
        held = self.connection
        with held.lock:
            for name in names:
                if name in self.tables and name not in held.seen:
                    _view(held.con, self.folder, self.tables[name], self.manifest)
                    held.seen.add(name)
                    if name == "participations":
                        values = values_view(extra_columns(self.dataset))
                        held.con.execute(f"create view if not exists {VALUES_VIEW} as {values}")

    def unchanged(self) -> None:
        """See that the files are still those that were opened, before and after reading them.

        Raises
        ------
        StoreError
            Another build has put its tables in their place: with those of before, which the
            present manifest describes, they are not to be mixed.
        """
        if self.folder is not None and self.stamp:
            unchanged(self.folder, self.stamp)

    def parts(self, name: str, first: Any = None, last: Any = None) -> list[dict[str, Any]]:
        """What the manifest says of the files of events that can lie between two days.

        Parameters
        ----------
        name : str
            A table.
        first, last : date or text or None
            The days; None where that side is open.

        Returns
        -------
        list of dict
            ``file``, ``rows`` and, of a table that lies by year, ``year``, ``first``, ``last``.
        """
        body = self.manifest["tables"][name]
        if "parts" not in body:
            return [{"file": f"{name}.parquet", "rows": body["rows"]}]
        return [
            part
            for part in body["parts"]
            if (last is None or part["first"] <= str(last))
            and (first is None or part["last"] >= str(first))
        ]

    def source(
        self, name: str, first: Any, last: Any, partition: EventPartition | None = None
    ) -> str | None:
        """SQL that reads of a table the files of events that can lie between two days.

        Parameters
        ----------
        name : str
            A table.
        first, last : date or text or None
            The days; None where that side is open.
        partition : Partition, optional
            The events of which rows are read.

        Returns
        -------
        str or None
            None where no file or row can be left out.
        """
        if self.folder is None:
            return None
        every = files_of(name, self.manifest)
        kept = [
            part["file"]
            for part in self.parts(name, first, last)
            if partition is None
            or partition.year is None
            or part.get("year") in {None, partition.year}
        ]
        where = "false" if not kept else partition.where(self.tables[name]) if partition else ""
        if kept == every and not where:
            return None
        some = relation(self.folder, name, self.manifest, kept or every[:1])
        return f"(select * from {some} where {where})" if where else some


def open_tables(
    path: Path | str,
    memory: str | None = None,
    threads: int | None = None,
    *,
    unsafe: bool = False,
) -> Built:
    """Open built tables for reading.

    Parameters
    ----------
    path : path
        A folder that `build` wrote.
    memory, threads : optional
        Bounds of the work on them; without one, DuckDB takes what the machine has.
    unsafe : bool
        Whether statements may reach files, the network and extensions of DuckDB.

    Returns
    -------
    Built

    Raises
    ------
    StoreError
        There is no readable manifest, or it is of a later format.
    UsageError
        A bound cannot be read.
    """
    folder = Path(path)
    stamp = stamp_of(folder)
    manifest = load(folder / MANIFEST)
    inside = folder.resolve()
    large = any("parts" in body for body in manifest["tables"].values())

    def connect() -> Opened:
        con = connected()
        limit(con, memory, threads)
        scratch = ScratchFolder() if memory or large else None
        if scratch:
            con.execute(f"set temp_directory = {literal(scratch.name)}")
        # As the files are named, and as DuckDB calls them once it has found them.
        where = ", ".join(literal(each) for each in sorted({exactly(inside), str(inside)}))
        if not unsafe:
            con.execute(
                f"set allowed_directories = [{where}]; set enable_external_access = false; "
                "set lock_configuration = true"
            )
        return con, scratch

    con, scratch = connect()
    built = Built(
        ProcessConnection(con, THE_DATASET, scratch, connect), manifest, inside, None, stamp
    )
    built.unchanged()
    return built


def open_unsafe(built: Built, memory: str | None = None, threads: int | None = None) -> Built:
    """The same tables on a connection that may do everything that DuckDB can, within bounds.

    Raises
    ------
    UsageError
        They are not built tables.
    """
    if built.folder is None:
        raise UsageError("only built tables can be opened unsafely; run `secdiplo build` first")
    return open_tables(built.folder, memory, threads, unsafe=True)


def open_folder(
    path: Path | str, memory: str | None = None, threads: int | None = None
) -> tuple[Built, Problems]:
    """Check a dataset folder and hold its tables: in memory, or on scratch disk if it is large.

    Raises
    ------
    DataError
        The folder has errors.
    """
    place = Path(path).resolve()

    def connect() -> Opened:
        con, scratch, others, _ = _held(place, memory, threads)
        if others["content"] != manifest["content"]:
            raise StoreError(f"{path}: the folder has changed since it was opened; open it again")
        return con, scratch

    con, scratch, manifest, notices = _held(Path(path), memory, threads)
    return Built(ProcessConnection(con, THE_DATASET, scratch, connect), manifest, None), notices


def _held(
    path: Path, memory: str | None, threads: int | None
) -> tuple[duckdb.DuckDBPyConnection, ScratchFolder | None, dict[str, Any], Problems]:
    """Check a folder, and return its tables, their manifest and the notices."""
    from secdiplo.ingest import ingest

    text = text_of(path)
    scratch = ScratchFolder() if is_large(text) or memory else None
    con = database(scratch.name if scratch else "", text, memory, threads)
    with enough_memory(path):
        ingested = ingest(con, path)
        con.execute("set enable_external_access = false; set lock_configuration = true")
        manifest = describe(con, ingested)
        for name in tables_of(manifest["dataset"]):
            found = content(con, name)
            manifest["tables"][name] = {"rows": found.rows, "content": found.digest}
        manifest["content"] = tables_digest(manifest["tables"])
    return con, scratch, manifest, ingested.notices


def open_any(
    path: Path | str | None,
    memory: str | None = None,
    threads: int | None = None,
    engine: str | None = None,
    master: str | None = None,
) -> tuple[Built, Problems]:
    """Open the built-in tables, built tables, or a dataset folder with the notices on it.

    Packaged statements run on the engine that is named, else on DuckDB.
    """
    from secdiplo.engine import open_engine

    built, notices = _opened(path, memory, threads)
    chosen = open_engine(engine, master, built.folder, built.manifest)
    place = None if path is None else Path(path).resolve()
    origin = Origin(place, memory, threads, engine, master)
    return replace(built, engine=chosen, origin=origin), notices


def open_again(origin: Origin, digest: str) -> Built:
    """Open tables as they were opened elsewhere.

    Raises
    ------
    StoreError
        They are others by now.
    DataError, UsageError
        They cannot be opened.
    """
    built, _ = open_any(**asdict(origin))
    if built.content != digest:
        where = origin.path or "the built-in dataset"
        what = f"its content is {built.content}, and {digest} in the process that opened it first"
        raise StoreError(f"{where}: {what}; load it again there")
    return built


def _opened(
    path: Path | str | None, memory: str | None, threads: int | None
) -> tuple[Built, Problems]:
    if path is None:
        return open_tables(resources.built(), memory, threads), Problems()
    if not isinstance(path, str | Path) or not str(path):
        raise UsageError(f"a dataset is opened by its path, not by `{path!r}`")
    folder = Path(path)
    if (folder / MANIFEST).is_file():
        return open_tables(folder, memory, threads), Problems()
    if (folder / "dataset.toml").is_file():
        return open_folder(folder, memory, threads)
    if not folder.is_dir():
        raise no_folder(folder, "a dataset folder or built tables")
    exported = " (an export is for other tools)" if (folder / "export.json").is_file() else ""
    raise StoreError(
        f"{folder}: neither a dataset folder (dataset.toml) nor tables that `secdiplo build` wrote "
        f"(manifest.json){exported}; name one of these"
    )


def declared_settings(path: Path | str | None) -> Mapping[str, Any]:
    """Return what a dataset says of its queries and figures, without opening its tables.

    Returns
    -------
    mapping
        ``queries``, the texts of its own by their names, ``query_sources``, ``figures``, and
        ``tables`` and ``extra_columns``, the declarations of its own.

    Raises
    ------
    StoreError, DataError, UsageError
        There is no such dataset, or it cannot be read.
    """
    folder = resources.built() if path is None else Path(path)
    if not (folder / MANIFEST).is_file() and (folder / "dataset.toml").is_file():
        # which opening built tables has no need of
        from secdiplo.folder import reading
        from secdiplo.schema.frictionless import to_field, to_table_schema

        settings = reading.read(folder)
        return {
            "queries": settings.queries(),
            "query_sources": settings.query_sources,
            "figures": settings.figures,
            "tables": [to_table_schema(table, {}) for table in settings.tables],
            "extra_columns": [to_field(column, {}) for column in settings.extra_columns],
        }
    dataset: dict[str, Any] = load(folder / MANIFEST)["dataset"]
    return dataset


def engine_of(built: Built) -> Engine:
    """Return what runs packaged statements on these tables."""
    from secdiplo.engine.duck import DuckEngine

    return built.engine or DuckEngine(built.con, built.need, built.folder)


def relation(folder: Path, name: str, manifest: dict[str, Any], files: Sequence[str] = ()) -> str:
    """SQL that reads a table's columns from its files, or from some of them."""
    chosen = files or files_of(name, manifest)
    listed = ", ".join(literal(exactly(folder / file)) for file in chosen)
    if chosen == [f"{name}.parquet"]:
        return f"read_parquet({listed}, hive_partitioning = false)"
    columns = ", ".join(map(quoted, tables_of(manifest["dataset"])[name].by_name))
    return f"(select {columns} from read_parquet([{listed}], hive_partitioning = false))"


def _view(
    con: duckdb.DuckDBPyConnection, folder: Path, table: Table, manifest: dict[str, Any]
) -> None:
    import duckdb

    name = table.name
    files = files_of(name, manifest)
    where = folder / (files[0] if len(files) == 1 else name)
    for file in files:
        if not (folder / file).is_file():
            raise StoreError(f"{folder / file}: missing; build the tables again")
    try:
        con.execute(f"create view if not exists {name} as from {relation(folder, name, manifest)}")
        found = {row[0]: row[1] for row in con.execute(f"describe {name}").fetchall()}
        ((rows,),) = con.execute(f"select count(*) from {name}").fetchall()
    except duckdb.OutOfMemoryException as error:
        raise scarce(where, error) from None
    except (duckdb.Error, UnicodeDecodeError) as error:  # a message cut inside a letter
        raise StoreError(
            f"{where}: not readable ({reason(error)}); build the tables again"
        ) from None
    wanted = {column.name: column.sql_type for column in table.columns}
    if found != wanted:
        odd = sorted(set(found.items()) ^ set(wanted.items()))
        con.execute(f"drop view {name}")
        raise StoreError(f"{where}: another schema, at `{odd[0][0]}`; build the tables again")
    if rows != manifest["tables"][name]["rows"]:
        con.execute(f"drop view {name}")
        raise StoreError(
            f"{where}: {rows} rows where the manifest has {manifest['tables'][name]['rows']}; "
            "build the tables again"
        )
