"""Temporary databases: in memory for a small folder, bounded and on disk for a large one."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import StoreError, UsageError
from secdiplo.files import check_working_directory, reason, scarce, temporary_space
from secdiplo.schema.plain_values import is_integer
from secdiplo.sql.quoting import literal
from secdiplo.store.process_connection import keep_in_forks

if TYPE_CHECKING:
    import duckdb

SMALL = 8 << 20  # bytes of input below which threads cost more than they save
SPILL = 32 << 20  # bytes of input above which the work is bounded and goes to disk
PACKED = 8  # how much more text a compressed or columnar file is reckoned to hold
MAX_SEEN = 100_000  # files of a folder that are looked at
# MB of DuckDB for a large folder: as many as its text has, within these. With less, more goes to
# disk, for little time. The process takes up to half as much beside it.
MEMORY_RANGE = (600, 2_000)
MIN_MEMORY = 50  # MB
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT])(i?)B", re.IGNORECASE)


def connected(path: Path | str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A database that draws nothing on the terminal.

    Raises
    ------
    UsageError
        The folder in which the process runs was deleted.
    """
    import duckdb

    check_working_directory()
    con = duckdb.connect(str(path))
    keep_in_forks(con)
    with suppress(duckdb.InvalidInputException):  # in a notebook without ipywidgets there is no bar
        con.execute("set enable_progress_bar = false")
    return con


def limit(
    con: duckdb.DuckDBPyConnection, memory: str | None = None, threads: int | None = None
) -> None:
    """Bound the memory and threads of a connection.

    Parameters
    ----------
    con : DuckDB connection
    memory : str, optional
        As DuckDB writes it: ``2GB``, ``500MB``.
    threads : int, optional

    Raises
    ------
    UsageError
        They cannot be read, or are too small.
    """
    if memory is not None:
        if bytes_of(memory) < MIN_MEMORY * 10**6:
            raise UsageError(f"`{memory}` is too little memory; give {MIN_MEMORY}MB or more")
        con.execute(f"set memory_limit = {literal(memory)}")
    if threads is not None:
        if not is_integer(threads) or threads < 1:
            raise UsageError(f"`{threads}` threads cannot work; give 1 or more")
        con.execute(f"set threads = {int(threads)}")


def bytes_of(memory: str) -> int:
    """A size of memory as bytes.

    Raises
    ------
    UsageError
        It cannot be read.

    Examples
    --------
    >>> bytes_of("1.5GB"), bytes_of("2 MiB")
    (1500000000, 2097152)
    """
    size = _SIZE.fullmatch(memory) if isinstance(memory, str) else None
    if not size:
        raise UsageError(f"`{memory}` is not an amount of memory; write `2GB` or `500MB`")
    unit = 1024 if size[3] else 1000
    return int(float(size[1]) * unit ** (1 + "kmgt".index(size[2].lower())))


def database(
    room: str, text: int, memory: str | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A database for the tables of a dataset folder.

    Parameters
    ----------
    room : str
        A folder for scratch files.
    text : int
        Bytes of text of the folder. Of a large one the database is in `room` and is bounded,
        unless `memory` says how; of a small one it is in memory.
    memory, threads : optional
        As for `limit`. The work on very little text has one thread by default.
    """
    large = is_large(text)
    if threads is None and text < SMALL:
        threads = 1
    con = connected(Path(room) / "scratch.db" if large else ":memory:")
    if large or memory:
        con.execute(f"set temp_directory = {literal(room)}")
    limit(con, memory or (_bound(text) if large else None), threads)
    return con


def _bound(text: int) -> str:
    return f"{min(max(text // 10**6, MEMORY_RANGE[0]), MEMORY_RANGE[1])}MB"


def is_large(text: int) -> bool:
    """Whether there is so much text that the work on it is bounded and goes to disk."""
    return text > SPILL


def text_of(*places: Path) -> int:
    """Bytes of text that sheets or tables, or those in a folder, are reckoned to hold."""
    from secdiplo.folder.reading import SUFFIXES  # which opening built tables has no need of

    size = 0
    for place in places:
        files = itertools.islice(place.rglob("*"), MAX_SEEN) if place.is_dir() else [place]
        for file in files:
            if file.name.endswith(SUFFIXES) and file.is_file():
                size += file.stat().st_size * (1 if file.suffix == ".csv" else PACKED)
    return size


@contextmanager
def open_workspace(
    path: Path | str,
    scratch: Path | None = None,
    memory: str | None = None,
    threads: int | None = None,
    also: Iterable[Path] = (),
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a temporary database for one dataset folder.

    Parameters
    ----------
    path : path
        The dataset folder.
    scratch : Path, optional
        Where a large one has its database; by default where temporary files go.
    memory, threads : optional
        The bounds of a large one, and of a small one where they are given.
    also : iterable of Path
        Further sheets that are read.

    Raises
    ------
    StoreError
        The memory, or the disk for scratch files, does not suffice.
    """
    import duckdb

    with temporary_space() if scratch is None else nullcontext():
        room = tempfile.TemporaryDirectory(prefix="secdiplo-", dir=scratch)
    with room as folder:
        try:
            with database(folder, text_of(Path(path), *also), memory, threads) as con:
                yield con
        except duckdb.OutOfMemoryException as error:
            raise scarce(path, error) from None
        except duckdb.IOException as error:
            if scratch:  # beside a target: what writes that says so
                raise
            what = "scratch files cannot be written; let TMPDIR name a larger disk"
            raise StoreError(f"{path}: {reason(error)}: {what}") from None
