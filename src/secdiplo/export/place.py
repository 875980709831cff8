"""Where an export goes: a folder that is written beside its place and then put there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from secdiplo.errors import StoreError, UsageError
from secdiplo.store import replacing

MARKER_FILE = "export.json"  # lists the files that an export owns


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def files(folder: Path) -> list[str]:
    """Every file below a folder, by its path in it, sorted; links count as files."""
    found = []
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        found += [Path(place, name).relative_to(folder).as_posix() for name in [*names, *links]]
    return sorted(found)


def describe(folder: Path) -> list[dict[str, Any]]:
    """Path, bytes and SHA-256 of every file below a folder."""
    return [
        {"path": name, "bytes": (folder / name).stat().st_size, "sha256": digest(folder / name)}
        for name in files(folder)
    ]


@contextmanager
def writing(out: Path, *, force: bool, inputs: Sequence[Path]) -> Iterator[Path]:
    """A new folder to write into, whose files get to `out` when all went well.

    Parameters
    ----------
    out : Path
        The folder asked for.
    force : bool
        Whether the files of an earlier export are replaced; those of anybody else never are.
    inputs : sequence of Path
        Folders that are read from, so that nothing may be written there.

    Raises
    ------
    UsageError
        The folder is not empty, or not to be written to.
    StoreError
        Writing failed; nothing was changed.
    """
    _refuse(out, force, inputs)
    out = out.resolve()  # through a link, to what it links to
    ours = owned(out)
    strange = sorted(set(files(out)) - ours) if out.is_dir() else []
    if not strange:
        with replacing(out) as fresh:
            yield fresh
            _sync(fresh)
        return
    with _beside(out) as fresh:
        yield fresh
        _sync(fresh)
        _merge(fresh, out, ours)


def owned(out: Path) -> set[str]:
    """The files of a folder that an earlier export wrote, as it listed them."""
    try:
        listed = json.loads((out / MARKER_FILE).read_text(encoding="utf-8"))["files"]
        names = {str(entry["path"]) for entry in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    inside = out.resolve()
    return {MARKER_FILE} | {
        name
        for name in names
        # A list that was tampered with must not lead out of the folder.
        if (out / name).parent.resolve().is_relative_to(inside) and ".." not in Path(name).parts
    }


def _refuse(out: Path, force: bool, inputs: Sequence[Path]) -> None:
    here = out.resolve()
    for source in inputs:
        taken = source.resolve()
        if here == taken or taken in here.parents or here in taken.parents:
            raise UsageError(f"{out} contains or is in {source}; name a folder apart from it")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder for the export")
    if out.is_dir() and not force and any(out.iterdir()):
        what = "is not empty; name another folder, or replace an earlier export with --force"
        raise UsageError(f"{out} {what} (force=True)")


def _sync(folder: Path) -> None:
    """Let every file reach the disk before the folder gets its name."""
    for name in files(folder):
        with (folder / name).open("rb+") as file:
            os.fsync(file.fileno())


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.resolve().parent))
    try:
        yield fresh
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"{out}: cannot be written ({reason}); name another folder") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _merge(fresh: Path, out: Path, ours: set[str]) -> None:
    """Put the new files among those that are somebody else's, each in one step; the list last."""
    new = files(fresh)
    for name in new:
        if name not in ours and os.path.lexists(out / name):
            what = "exists and was not written by an export; move it, or name another folder"
            raise UsageError(f"{out / name} {what}")
    for name in sorted(new, key=lambda name: name == MARKER_FILE):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(out / name)
    for name in sorted(ours - set(new)):
        (out / name).unlink(missing_ok=True)
        if not any((out / name).parent.iterdir()):
            (out / name).parent.rmdir()
