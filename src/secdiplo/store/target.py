"""The folder that a build writes: what may be replaced there, and what is added last."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError
from secdiplo.files import LITTER
from secdiplo.folder.own_tables import TABLES_FOLDER
from secdiplo.folder.reading import CODING_SHEET_FILE, QUERIES_FOLDER
from secdiplo.store.manifest import MANIFEST, save
from secdiplo.store.opening import Built
from secdiplo.store.process_connection import ProcessConnection
from secdiplo.store.workspace import connected
from secdiplo.store.writing import digests

if TYPE_CHECKING:
    from secdiplo.ingest import Ingested

Derive = Callable[[Built], dict[str, Any]]


def refuse_foreign(out: Path, problems: Path | str | None = None) -> None:
    """Refuse a target that holds something else than built tables.

    Parameters
    ----------
    out : Path
        The target, with all links followed.
    problems : path, optional
        The list of problems, which may not lie where it would be replaced.

    Raises
    ------
    UsageError
        It is a file, holds other files, or is to hold the list of problems.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder for the tables")
    other = _foreign(out) if out.is_dir() else []
    if other:
        raise UsageError(f"{out} contains other files ({other[0]}); name an empty or a new folder")
    if problems is not None and Path(problems).resolve().is_relative_to(out):
        raise UsageError(f"{problems} is in the folder of the tables; name another file")


def _foreign(out: Path) -> list[str]:
    """The files of a folder that are not built tables, by name; they are never replaced."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        ours = {f"{name}.parquet" for name in manifest["tables"]} | set(manifest.get("files", ()))
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    files = (file for file in out.rglob("*") if not file.is_dir() and file.name not in LITTER)
    found = {file.relative_to(out).as_posix() for file in files}
    return sorted(found - ours - {MANIFEST} if ours else found)


def write_manifest(
    folder: Path,
    manifest: dict[str, Any],
    derive: Derive | None,
    known: Mapping[str, Any] | None = None,
) -> None:
    """Add to written tables what is derived from them, the digests of all files and the manifest.

    Parameters
    ----------
    folder : Path
        Holds the tables and the sheets that they rest on.
    manifest : dict
        What is known so far; takes the rest.
    derive : function, optional
        Makes further parts of the manifest from the tables.
    known : mapping, optional
        Sizes and digests of files that were taken over from other tables. These are not digested
        anew: what has been damaged since must not pass for what was written.
    """
    if derive:
        with connected() as con:
            held = ProcessConnection(con, "the tables that are being built")
            manifest.update(derive(Built(held, manifest, folder)))
    manifest["files"] = digests(folder, known or {})
    save(folder, manifest)


def keep_sheets(ingested: Ingested, target: Path) -> None:
    """Copy the settings and the small sheets, so that the tables can be built upon."""
    source = ingested.folder.path
    names = ["dataset.toml"]
    for sheet in ingested.sheets.values():
        if sheet.table.sheet != CODING_SHEET_FILE:
            names += [part.label for part in sheet.parts if (source / part.label).is_file()]
    names += [f"{QUERIES_FOLDER}/{name}.sql" for name in ingested.folder.queries()]
    names += [f"{TABLES_FOLDER}/{table.name}.json" for table in ingested.folder.tables]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
