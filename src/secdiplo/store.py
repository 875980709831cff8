"""Built tables: written as Parquet with a manifest, and opened as a DuckDB connection."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import __version__
from secdiplo.errors import DataError, Problem, StoreError, UsageError
from secdiplo.sqltext import literal, quoted
from secdiplo.tables import TABLES

if TYPE_CHECKING:
    import duckdb

    from secdiplo.engine import Engine
    from secdiplo.ingest import Ingested

FORMAT = 1
MANIFEST = "manifest.json"
DESCRIBED = (  # what the manifest says of the dataset
    "name",
    "title",
    "version",
    "licence",
    "citation",
    "complete",
    "home",
    "default_scope",
    "default_scheme",
    "extra_columns",
    "sheets",
)
SPILL = 32 << 20  # bytes of input above which the work is bounded and spills to disk
MEMORY = "1GB"


@dataclass(frozen=True)
class Built:
    """Tables that are open: a connection, and what the manifest says of them.

    Attributes
    ----------
    con : DuckDB connection
        Holds a view or table for each name that was asked for.
    manifest : dict
        The dataset's name, version and settings, rows and content hash of each table.
    folder : Path or None
        Where the Parquet files lie; None where the tables were made in memory.
    engine : Engine or None
        What runs packaged statements; DuckDB, on this connection, where there is none.
    """

    con: duckdb.DuckDBPyConnection
    manifest: dict[str, Any]
    folder: Path | None
    engine: Engine | None = None
    seen: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def dataset(self) -> dict[str, Any]:
        """What the manifest says of the dataset."""
        dataset: dict[str, Any] = self.manifest["dataset"]
        return dataset

    def need(self, names: Iterable[str]) -> None:
        """Make views of these tables, unless they are there.

        Raises
        ------
        StoreError
            A file is missing, truncated or of another schema.
        """
        if self.folder is None:
            return
        with self.lock:
            for name in names:
                if name in TABLES and name not in self.seen:
                    _view(self.con, self.folder, name, self.manifest)
                    self.seen.add(name)


# --- building -------------------------------------------------------------------------------


def _connected() -> duckdb.DuckDBPyConnection:
    """An empty database in memory that draws nothing on the terminal."""
    import duckdb

    con = duckdb.connect()
    with suppress(duckdb.InvalidInputException):  # in a notebook without ipywidgets there is no bar
        con.execute("set enable_progress_bar = false")
    return con


@contextmanager
def workspace(path: Path | str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A scratch database for one dataset folder; with large sheets it is bounded and spills."""
    folder = Path(path)
    sheets = [file for file in folder.glob("*/*.csv") if file.is_file()]
    if sum(file.stat().st_size for file in sheets) <= SPILL:
        with _connected() as con:
            yield con
        return
    with tempfile.TemporaryDirectory(prefix="secdiplo-") as scratch, _connected() as con:
        con.execute(f"set temp_directory = {literal(scratch)}; set memory_limit = '{MEMORY}'")
        yield con


def build(
    path: Path | str, out: Path | str, derive: Callable[[Built], dict[str, Any]] | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """Check a dataset folder and write its tables.

    Parameters
    ----------
    path : path
        The dataset folder.
    out : path
        The folder to write; replaced as a whole where it holds built tables.
    derive : function, optional
        Makes further parts of the manifest from the tables, which take long to compute.

    Returns
    -------
    (dict, list of Problem)
        The manifest, and the notices.

    Raises
    ------
    DataError
        The folder has errors; nothing is written.
    UsageError
        `out` holds something else than built tables.
    """
    from secdiplo.ingest import ingest

    out = Path(out).resolve()  # through a link, to what it links to
    _refuse_foreign(out, Path(path))
    with workspace(path) as con:
        ingested = ingest(con, path, make="view")
        manifest = describe(con, ingested)
        with replacing(out) as folder:
            for name in TABLES:
                file = _write(con, name, folder, manifest)
                manifest["tables"][name] = _summary(con, f"read_parquet({literal(str(file))})")
            if derive:
                manifest.update(derive(Built(con, manifest, None)))
            text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True)
            (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest, ingested.notices


def check(path: Path | str) -> list[Problem]:
    """Check a dataset folder without writing anything.

    Returns
    -------
    list of Problem
        Every error and notice; no error means that it can be built.
    """
    from secdiplo.ingest import ingest

    with workspace(path) as con:
        try:
            return ingest(con, path, make="").notices
        except DataError as error:
            return error.problems


def describe(con: duckdb.DuckDBPyConnection, ingested: Ingested) -> dict[str, Any]:
    """The manifest of an ingested folder, still without its tables."""
    folder = ingested.folder
    schemes = [
        name[7:] for name in ingested.sheets["countries"].columns if name.startswith("region_")
    ]
    return {
        "format": FORMAT,
        "toolkit": __version__,
        "dataset": {
            "name": folder.name,
            "title": folder.title,
            "version": folder.version,
            "licence": folder.licence,
            "citation": folder.citation,
            "complete": folder.complete,
            "home": folder.home,
            "not_foreign": list(folder.not_foreign),
            "default_scope": folder.default_scope,
            "default_scheme": schemes[0] if schemes else "",
            "extra_columns": list(folder.extra_columns),
            "sheets": sorted(ingested.sheets),
        },
        "inputs": {sheet.label: sheet.sha256 for sheet in ingested.sheets.values()},
        "tables": {},
    }


def _summary(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, Any]:
    rows = con.execute(f"select count(*) from {relation}").fetchone()
    return {"rows": rows[0] if rows else 0, "content": content_hash(con, relation)}


def content_hash(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    """A digest of a table's rows that no layout of files or order of rows changes.

    Notes
    -----
    A row is the text of its cells joined by U+001F, a null being U+001E: control characters
    stand in no cell. Each row is digested with MD5, read as a number (little end first), and the
    low and high halves of these numbers are summed over the rows. The digest of the table is
    the SHA-256 of its column names and types, the number of rows and both sums.
    """
    columns = [
        (row[0], row[1]) for row in con.execute(f"describe select * from {relation}").fetchall()
    ]
    cells = ", ".join(f"coalesce({quoted(column)}::varchar, chr(30))" for column, _ in columns)
    half = 2**64
    sums = con.execute(
        f"select count(*), sum((digest & {half - 1}::uhugeint)::hugeint)::varchar, "
        "sum((digest >> 64)::hugeint)::varchar "
        f"from (select md5_number(concat_ws(chr(31), {cells})) as digest from {relation})"
    ).fetchone()
    names = ",".join(f"{column} {kind}" for column, kind in columns)
    text = " ".join(str(part or 0) for part in sums or ())
    return hashlib.sha256(f"{names}\n{text}".encode()).hexdigest()


def _write(
    con: duckdb.DuckDBPyConnection, name: str, folder: Path, manifest: dict[str, Any]
) -> Path:
    table = TABLES[name]
    extra = manifest["dataset"]["extra_columns"] if name == "participations" else []
    columns = ", ".join(quoted(column) for column in [*table.by_name, *extra])
    order = ", ".join(quoted(column) for column in table.key)
    about = {
        "secdiplo:table": name,
        "secdiplo:grain": table.grain,
        "secdiplo:unit": table.unit,
        "secdiplo:dataset": manifest["dataset"]["name"],
        "secdiplo:version": manifest["dataset"]["version"],
        "secdiplo:columns": json.dumps(
            {c.name: {"meaning": c.meaning, "unit": c.unit} for c in table.columns},
            ensure_ascii=False,
        ),
    }
    pairs = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in about.items())
    target = folder / f"{name}.parquet"
    con.execute(
        f"copy (select {columns} from {name} order by {order}) to {literal(str(target))} "
        f"(format parquet, compression zstd, kv_metadata {{{pairs}}})"
    )
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    return target


def _refuse_foreign(out: Path, source: Path) -> None:
    if out.resolve() == source.resolve() or out.resolve() in source.resolve().parents:
        raise UsageError(f"{out} holds the dataset folder; name another folder for the tables")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder for the tables")
    other = _foreign(out) if out.is_dir() else []
    if other:
        raise UsageError(f"{out} holds other files ({other[0]}); name an empty or a new folder")


def _foreign(out: Path) -> list[str]:
    """The files of a folder that are not built tables, by name; they are never replaced."""
    try:
        names = set(json.loads((out / MANIFEST).read_text(encoding="utf-8"))["tables"])
    except (OSError, ValueError, KeyError, TypeError):
        names = set()
    ours = {f"{name}.parquet" for name in names}
    found = {file.name for file in out.iterdir()}
    return sorted(found - ours - {MANIFEST} if names else found)


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A new folder beside `out` that takes its place when all went well."""
    import duckdb

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); choose another") from None
    try:
        yield fresh
        fresh.chmod(0o755)
        _put(fresh, out)
    except (OSError, duckdb.Error) as error:
        reason = getattr(error, "strerror", None) or re.sub(r"\s+", " ", str(error))[:120]
        raise StoreError(f"{out}: cannot be written ({reason}); nothing was changed") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _put(fresh: Path, out: Path) -> None:
    """Give a new folder its name; what had it before goes when that is done, or stays."""
    if not out.exists():
        fresh.rename(out)
        return
    former = fresh.with_name(fresh.name + ".former")
    out.rename(former)
    try:
        fresh.rename(out)
    except OSError:
        former.rename(out)
        raise
    shutil.rmtree(former, ignore_errors=True)


# --- opening --------------------------------------------------------------------------------


def open_tables(path: Path | str) -> Built:
    """Open built tables for reading.

    Parameters
    ----------
    path : path
        A folder that `build` wrote.

    Returns
    -------
    Built

    Raises
    ------
    StoreError
        There is no readable manifest, or it is of a later format.
    """
    folder = Path(path)
    if not (folder / MANIFEST).is_file():
        raise StoreError(f"{folder}: no built tables here; run `secdiplo build`")
    manifest = _manifest(folder / MANIFEST)
    con = _connected()
    where = literal(str(folder.resolve()))
    con.execute(
        f"set allowed_directories = [{where}]; set enable_external_access = false; "
        "set lock_configuration = true"
    )
    return Built(con, manifest, folder.resolve())


def _manifest(file: Path) -> dict[str, Any]:
    """The manifest of built tables, if this version of the toolkit wrote it."""
    try:
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT and set(TABLES) <= set(manifest["tables"])
        known = known and set(DESCRIBED) <= set(manifest["dataset"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise StoreError(f"{file}: not readable; build the tables again") from None
    if not known:
        raise StoreError(f"{file}: of another version of the toolkit; build the tables again")
    return manifest


def open_folder(path: Path | str) -> tuple[Built, list[Problem]]:
    """Check a dataset folder and hold its tables in memory.

    Raises
    ------
    DataError
        The folder has errors.
    """
    from secdiplo.ingest import ingest

    con = _connected()
    ingested = ingest(con, path)
    con.execute("set enable_external_access = false; set lock_configuration = true")
    manifest = describe(con, ingested)
    manifest["tables"] = {name: _summary(con, name) for name in TABLES}
    return Built(con, manifest, None), ingested.notices


def _view(
    con: duckdb.DuckDBPyConnection, folder: Path, name: str, manifest: dict[str, Any]
) -> None:
    import duckdb

    file = folder / f"{name}.parquet"
    if not file.is_file():
        raise StoreError(f"{file}: missing; build the tables again")
    try:
        con.execute(f"create view if not exists {name} as from read_parquet({literal(str(file))})")
        found = {row[0]: row[1] for row in con.execute(f"describe {name}").fetchall()}
        ((rows,),) = con.execute(f"select count(*) from {name}").fetchall()
    except duckdb.Error as error:
        reason = re.sub(r"\s+", " ", str(error))[:120]
        raise StoreError(f"{file}: not readable ({reason}); build the tables again") from None
    wanted = {column.name: column.sql_type for column in TABLES[name].columns}
    if name == "participations":
        wanted.update(dict.fromkeys(manifest["dataset"]["extra_columns"], "VARCHAR"))
    if found != wanted:
        odd = sorted(set(found.items()) ^ set(wanted.items()))
        con.execute(f"drop view {name}")
        raise StoreError(f"{file}: another schema, at `{odd[0][0]}`; build the tables again")
    if rows != manifest["tables"][name]["rows"]:
        con.execute(f"drop view {name}")
        raise StoreError(
            f"{file}: {rows} rows where the manifest has {manifest['tables'][name]['rows']}; "
            "build the tables again"
        )
