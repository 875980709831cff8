"""Files and folders that are written whole or not at all, whatever stops the writing."""

from __future__ import annotations

import csv
import ctypes
import glob
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from secdiplo.errors import DataError, Problem, StoreError, UsageError

LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # that systems put into folders


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """A new file beside `target` that takes its place when all went well.

    Raises
    ------
    UsageError
        The folder cannot be written.
    StoreError
        The file cannot be; what stood at `target` is as it was.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        where = f"{target.parent} cannot be written ({error.strerror})"
        raise UsageError(f"{where}; choose another folder") from None
    os.close(handle)
    fresh = Path(name)
    try:
        yield fresh
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.chmod(0o644)
        fresh.replace(target)
    except OSError as error:
        raise StoreError(
            f"{target}: cannot be written ({error.strerror}); nothing was changed"
        ) from None
    finally:
        fresh.unlink(missing_ok=True)


def refuse_existing(target: Path, force: bool = False) -> None:
    """Refuse a file that exists, or whose folder does not.

    Raises
    ------
    UsageError
        It is so.
    """
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise UsageError(f"{target}: not a file in an existing folder; choose another")
    if os.path.lexists(target) and not force:
        what = f"{target} exists; name another file, or replace it with --force (force=True)"
        raise UsageError(what)


# --- folders --------------------------------------------------------------------------------


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A new folder beside `out` that takes its place when all went well.

    What a run that was killed has left beside `out` is taken away first.

    Raises
    ------
    UsageError
        The folder around it cannot be written, or the process is in `out`.
    StoreError
        Another run is writing `out`, or writing failed; what stood at `out` is as it was.
    """
    import duckdb

    if _is_in(out):
        what = "is the working folder, which cannot be replaced"
        raise UsageError(f"{out} {what}; go to another one first")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); choose another") from None
    with _alone(out):
        _clean(out)
        try:
            fresh = Path(tempfile.mkdtemp(prefix=_mark(out), dir=out.parent))
        except OSError as error:
            why = error.strerror
            raise UsageError(f"{out} cannot be written ({why}); choose another") from None
        try:
            yield fresh
            fresh.chmod(0o755)
            _put(fresh, out)
        except (OSError, duckdb.Error) as error:
            what = f"{out}: cannot be written ({reason(error)}); nothing was changed"
            raise StoreError(what) from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _is_in(out: Path) -> bool:
    """Whether the process is in a folder, or in one below it."""
    with suppress(OSError):  # where it is may be gone
        return Path.cwd().is_relative_to(out.resolve())
    return False


@contextmanager
def temporary_space() -> Iterator[None]:
    """Writing of scratch files, with a message of its own where they find no room.

    Raises
    ------
    StoreError
        The disk for scratch files is full, or cannot be written.
    """
    try:
        yield
    except OSError as error:
        what = f"scratch files cannot be written ({reason(error)})"
        raise StoreError(f"{what}; let TMPDIR name a larger disk") from None


class ScratchFolder:
    """A temporary folder that is removed with this object, by the process that made it.

    Unlike that of `tempfile.TemporaryDirectory`, it stays when a forked process ends.

    Parameters
    ----------
    where : Path, optional
        Where it is made; by default where temporary files go.

    Raises
    ------
    StoreError
        The disk for scratch files is full, or cannot be written.
    """

    def __init__(self, where: Path | None = None) -> None:
        with temporary_space():
            self.name = tempfile.mkdtemp(prefix="secdiplo-", dir=where)
        self.cleanup = weakref.finalize(self, remove_own, self.name, os.getpid())


def remove_own(name: str, process: int) -> None:
    """Remove a folder, unless this is a process that was forked from the one that made it."""
    if os.getpid() == process:
        shutil.rmtree(name, ignore_errors=True)


def file_stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file is written or replaced; nothing of a file that is not there."""
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return ()


def reason(error: Exception) -> str:
    """Why the system or DuckDB could not do its work, in few words and without its advice."""
    said = str(error).partition("Possible solutions")[0].strip()
    text = getattr(error, "strerror", None) or re.sub(r"\s+", " ", said)
    known = re.search(r"No space left on device|Disk quota exceeded|Read-only file system", text)
    return known[0] if known else text[:120]


def check_working_directory() -> None:
    """Check that the folder in which the process runs exists, which DuckDB needs to start.

    Raises
    ------
    UsageError
        It has been deleted.
    """
    try:
        Path.cwd()
    except OSError:
        raise UsageError("the folder that you are in was deleted; go to another one") from None


def no_folder(path: Path, wanted: str) -> UsageError:
    """The message where a path names a file, or nothing, in place of a folder."""
    what = f" is a file; name {wanted}" if path.exists() else ": no such folder"
    return UsageError(f"{path}{what}")


def scarce(what: object, error: Exception) -> StoreError:
    """The message where DuckDB has no more memory, nor disk to put it on."""
    why = f"more memory or scratch space is needed ({reason(error)})"
    return StoreError(
        f"{what}: {why}; allow more with --memory (memory=), or let TMPDIR name a larger disk"
    )


@contextmanager
def enough_memory(what: object) -> Iterator[None]:
    """Turn DuckDB's want of memory into that message, and Python's into one of its own."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise scarce(what, error) from None
    except MemoryError:  # which no bound of DuckDB's memory changes
        raise StoreError(f"{what}: more rows than memory holds; ask for fewer, or csv") from None


def _mark(out: Path) -> str:
    """How the names of unfinished folders begin."""
    return f".{out.name}.secdiplo-"


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the right to write `out`, which ends with the process even if it is killed."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system: two runs at once end as their renames do
        yield
        return
    lock = out.parent / f".{out.name}.lock"
    while True:
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise UsageError(
                f"{out} cannot be written ({error.strerror}); choose another"
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise StoreError(f"{out}: another run is writing it; wait until it is done") from None
        # The one before may have taken the file away between our opening and locking it.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), lock.lstat()):
                break
        os.close(handle)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _clean(out: Path) -> None:
    """Take away what a killed run has left, and give back the folder that it had moved aside."""
    left = [path for path in out.parent.glob(f"{glob.escape(_mark(out))}*") if path.is_dir()]
    for path in left:
        if path.name.endswith(".former") and not out.exists():
            path.rename(out)
    for path in left:
        shutil.rmtree(path, ignore_errors=True)


def _put(fresh: Path, out: Path) -> None:
    """Give a new folder its name; what had it before goes when that is done, or stays."""
    if not out.exists():
        fresh.rename(out)
        return
    if _exchange(fresh, out):
        return  # what had the name is now the unfinished one, and is taken away as such
    former = fresh.with_name(fresh.name + ".former")
    out.rename(former)
    try:
        fresh.rename(out)
    except OSError:
        former.rename(out)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step, where the system can (Linux)."""
    at_cwd, exchange = -100, 2
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    done = call(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), ctypes.c_uint(exchange))
    return bool(done == 0)


# --- small sheets that are read as they are ---------------------------------------------------

MAX_SMALL = 100_000_000  # bytes of such a sheet


def _missing_column(names: Sequence[str]) -> str:
    """Return what to do about a header without a column that is needed."""
    for mark, name in {";": "semicolons", "\t": "tabs"}.items():
        if len(names) == 1 and mark in names[0]:
            return f"the columns are separated by {name}: save the file with commas"
    return "add it, or rename yours"


def csv_rows(
    path: Path, needed: Sequence[str] = (), label: str = ""
) -> list[tuple[int, dict[str, str]]]:
    """Read a small CSV file whole.

    Parameters
    ----------
    path : Path
        UTF-8, comma-separated, with a header.
    needed : sequence of str
        Columns that the header must have.
    label : str
        What messages call the file; its name and that of its folder by default.

    Returns
    -------
    list of (int, dict)
        Each row with the line on which it starts.

    Raises
    ------
    DataError
        The file is too large, is not CSV in UTF-8, lacks a column or has one twice, or has a row
        that is longer or shorter than the header.
    """
    label = label or f"{path.parent.name}/{path.name}"

    def refuse(line: int, column: str, what: str) -> DataError:
        return DataError([Problem(label, line, column, what)])

    if path.stat().st_size > MAX_SMALL:
        raise refuse(1, "1", f"more than {MAX_SMALL:,} bytes; split the file")
    rows, line = [], 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval=None, strict=True)
            names = list(reader.fieldnames or ())
            for name in needed:
                if name not in names:
                    raise refuse(1, name, f"no column `{name}`; {_missing_column(names)}")
            for place, name in enumerate(names):
                if name in names[:place]:
                    raise refuse(1, name, f"two columns `{name}`; rename one of them")
            line = reader.line_num + 1
            for row in reader:
                if None in row:
                    raise refuse(line, "1", "more cells than the header has; remove them")
                if None in row.values():
                    raise refuse(line, "1", "fewer cells than the header has; add them")
                rows.append((line, row))
                line = reader.line_num + 1
    except UnicodeDecodeError:
        raise refuse(line, "1", "not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise refuse(line, "1", f"not readable as CSV ({error}); correct the quotes") from None
    return rows
