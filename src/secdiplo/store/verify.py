"""Whether built tables, and what comes with the toolkit, are as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import StoreError
from secdiplo.files import LITTER, enough_memory, reason
from secdiplo.folder import resources
from secdiplo.ingest.scan import file_digest
from secdiplo.schema.tables import tables_of
from secdiplo.store.content import content, total
from secdiplo.store.manifest import MANIFEST, REMEDY, is_whole, load, text_of
from secdiplo.store.opening import relation
from secdiplo.store.table_files import files_of
from secdiplo.store.workspace import connected, limit

if TYPE_CHECKING:
    import duckdb

SUMS = "SHA256SUMS"  # of the files that come with the toolkit, in the folder `schema`
SHIPPED = ("data", "schema", "seeds")
CACHES = {"__pycache__", *LITTER}


@dataclass(frozen=True)
class Damage:
    """A file that is not as it was written, and how that shows."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def tables(
    folder: Path | str, memory: str | None = None, threads: int | None = None
) -> tuple[list[Damage], str]:
    """Compare every file of built tables with the manifest, and every table's content.

    Parameters
    ----------
    folder : path
        A folder that `build` wrote.
    memory, threads : optional
        Bounds of the work.

    Returns
    -------
    (list of Damage, str)
        What is not as it was written, by file; and what was looked at, in words.

    Raises
    ------
    StoreError
        There is no readable manifest.
    """
    folder = Path(folder)
    manifest = load(folder / MANIFEST)
    found = list(files(folder, manifest))
    with connected() as con:
        limit(con, memory, threads)
        found += _contents(con, folder, manifest)
    count = len(tables_of(manifest["dataset"]))
    return found, f"{len(manifest['files']) + 1} files, {count} tables"


def files(folder: Path, manifest: dict[str, Any]) -> Iterator[Damage]:
    """Files of built tables that are missing, altered, or not of the build; the manifest first.

    Raises
    ------
    StoreError
        The manifest lists no files.
    """
    as_written = (folder / MANIFEST).read_bytes() == text_of(manifest).encode()
    if not as_written or not is_whole(manifest):
        yield Damage(MANIFEST, "the content differs from what was written")
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        raise StoreError(f"{folder / MANIFEST}: not readable; {REMEDY}")
    inside = folder.resolve()
    for name, body in sorted(listed.items()):
        file = folder / name
        if not isinstance(body, dict) or not isinstance(body.get("bytes"), int) or "\0" in name:
            yield Damage(MANIFEST, f"what it says of `{name}` is not readable")
        elif not file.resolve().is_relative_to(inside):
            yield Damage(MANIFEST, f"it names `{name}`, which is outside the folder")
        elif not file.is_file():
            yield Damage(name, "missing")
        elif file.stat().st_size != body["bytes"]:
            yield Damage(name, f"{file.stat().st_size:,} bytes, not {body['bytes']:,}")
        elif file_digest(file) != body.get("sha256"):
            yield Damage(name, "the content differs from what was written")
    others = (file for file in folder.rglob("*") if file.is_symlink() or not file.is_dir())
    there = {f.relative_to(folder).as_posix() for f in others if f.name not in LITTER}
    for name in sorted(there - listed.keys() - {MANIFEST}):
        yield Damage(name, "not written by this build")


def _contents(
    con: duckdb.DuckDBPyConnection, folder: Path, manifest: dict[str, Any]
) -> Iterator[Damage]:
    """Tables whose rows do not add up to the digest of their content."""
    import duckdb

    for name in tables_of(manifest["dataset"]):
        body = manifest["tables"][name]
        parts = files_of(name, manifest)
        if not all((folder / part).is_file() for part in parts):
            continue  # missing, as was said of the file; to open a pipe would be to wait for ever
        try:
            with enough_memory(folder):
                sums = [content(con, relation(folder, name, manifest, [part])) for part in parts]
        except (duckdb.Error, UnicodeDecodeError) as error:  # a message cut inside a letter
            yield Damage(name, f"the table cannot be read ({reason(error)})")
            continue
        if total(sums).digest != body.get("content"):
            yield Damage(name, "the rows of the table differ from what was written")


def shipped() -> tuple[list[Damage], str]:
    """Compare the data, schema and annotations that come with the toolkit with their digests.

    Returns
    -------
    (list of Damage, str)
        What is not as it was released, by file; and what was looked at, in words.
    """
    listed = {}
    found = []
    for number, line in enumerate(_sums().read_text(encoding="utf-8").splitlines(), 1):
        entry = re.fullmatch(r"([0-9a-f]{64})  (\S.*)", line)
        if entry and entry[2].split("/")[0] in SHIPPED and ".." not in Path(entry[2]).parts:
            listed[entry[2]] = entry[1]
        else:
            found.append(Damage(f"schema/{SUMS}", f"line {number} is not readable"))
    for name in sorted(listed.keys() | {name for name, _ in _shipped_files()}):
        top, _, rest = name.partition("/")
        file = resources.shipped(top) / rest
        if name not in listed:
            found.append(Damage(name, "not listed among the files of the toolkit"))
        elif not file.is_file():
            found.append(Damage(name, "missing"))
        elif file_digest(file) != listed[name]:
            found.append(Damage(name, "the content differs from the release"))
    return found, f"{len(listed)} files of the toolkit"


def sums() -> str:
    """The digests of the files that come with the toolkit, as `sha256sum` writes them."""
    lines = [f"{file_digest(file)}  {name}" for name, file in _shipped_files()]
    return "\n".join(lines) + "\n"


def _sums() -> Path:
    return resources.shipped("schema") / SUMS


def _shipped_files() -> Iterator[tuple[str, Path]]:
    for top in SHIPPED:
        folder = resources.shipped(top)
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file != _sums() and not CACHES & set(file.parts):
                yield f"{top}/{file.relative_to(folder).as_posix()}", file
