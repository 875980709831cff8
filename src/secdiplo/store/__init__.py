"""Built tables: written as Parquet with a manifest, and opened as a DuckDB connection."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import DataError, Problems, UsageError
from secdiplo.files import replacing
from secdiplo.folder import ROWS
from secdiplo.store.content import content_hash
from secdiplo.store.manifest import DESCRIBED, FORMAT, MANIFEST, SHEETS, describe, save
from secdiplo.store.onto import build_onto
from secdiplo.store.opening import Built, open_folder, open_tables, open_unsafe
from secdiplo.store.scratch import connected, workspace

if TYPE_CHECKING:
    from secdiplo.ingest import Ingested

__all__ = [
    "DESCRIBED",
    "FORMAT",
    "MANIFEST",
    "Built",
    "build",
    "build_onto",
    "check",
    "connected",
    "content_hash",
    "describe",
    "open_folder",
    "open_tables",
    "open_unsafe",
    "replacing",
    "workspace",
]

Derive = Callable[[Built], dict[str, Any]]


def build(
    path: Path | str,
    out: Path | str,
    derive: Derive | None = None,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
) -> tuple[dict[str, Any], Problems]:
    """Check a dataset folder and write its tables.

    Parameters
    ----------
    path : path
        The dataset folder.
    out : path
        The folder to write; replaced as a whole where it holds built tables.
    derive : function, optional
        Makes further parts of the manifest from the tables, which take long to compute.
    memory, threads : optional
        Bounds of the work; a large folder is bounded also without them.
    problems : path, optional
        A CSV file for every problem, where there may be more than can be listed.

    Returns
    -------
    (dict, Problems)
        The manifest, and the notices.

    Raises
    ------
    DataError
        The folder has errors; nothing is written.
    UsageError
        `out` holds something else than built tables.
    StoreError
        Another run writes `out`, or it cannot be written; nothing was changed.
    """
    from secdiplo.ingest import ingest
    from secdiplo.ingest.found import collected
    from secdiplo.store.writing import Writer, digests

    out = Path(out).resolve()  # through a link, to what it links to
    _refuse_foreign(out, Path(path))
    if problems is not None and Path(problems).resolve().is_relative_to(out):
        raise UsageError(f"{problems} lies in the folder of the tables; name another file")
    with replacing(out) as folder:
        with workspace(path, folder, memory, threads) as con:
            with collected(problems) as found:
                ingested = ingest(con, path, make="view", found=found)
            manifest = describe(con, ingested)
            Writer(con, folder, manifest).all()
        if derive:
            manifest.update(derive(Built(connected(), manifest, folder)))
        _keep_sheets(ingested, folder / SHEETS)
        manifest["files"] = digests(folder)
        save(folder, manifest)
    return manifest, ingested.notices


def check(
    path: Path | str,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
) -> Problems:
    """Check a dataset folder without writing anything.

    Parameters
    ----------
    path : path
        The dataset folder.
    memory, threads : optional
        Bounds of the work; a large folder is bounded also without them.
    problems : path, optional
        A CSV file for every problem, where there may be more than can be listed.

    Returns
    -------
    Problems
        A list of the errors and notices; no error means that it can be built. After a thousand of
        a kind, the others are counted in its ``more``.
    """
    from secdiplo.ingest import ingest
    from secdiplo.ingest.found import collected

    with workspace(path, None, memory, threads) as con:
        try:
            with collected(problems) as found:
                return ingest(con, path, make="", found=found).notices
        except DataError as error:
            return error.problems


def _keep_sheets(ingested: Ingested, target: Path) -> None:
    """Copy the settings and the small sheets, so that the tables can be built upon."""
    source = ingested.folder.path
    names = ["dataset.toml"]
    for sheet in ingested.sheets.values():
        if sheet.table.sheet != ROWS:
            names += [part.label for part in sheet.parts if (source / part.label).is_file()]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)


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
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        ours = {f"{name}.parquet" for name in manifest["tables"]} | set(manifest.get("files", ()))
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    files = (file for file in out.rglob("*") if not file.is_dir())
    found = {file.relative_to(out).as_posix() for file in files}
    return sorted(found - ours - {MANIFEST} if ours else found)
