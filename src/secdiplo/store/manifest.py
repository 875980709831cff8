"""manifest.json: what was built, from what, and the digests of all of it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import __version__
from secdiplo.errors import StoreError
from secdiplo.files import file_stamp, no_folder
from secdiplo.folder.own_files import OWN_NAME
from secdiplo.schema.frictionless import to_field, to_table_schema
from secdiplo.schema.tables import tables_of
from secdiplo.store.content import tables_digest
from secdiplo.store.table_files import files_of

if TYPE_CHECKING:
    import duckdb

    from secdiplo.ingest import Ingested

FORMAT = 3
MANIFEST = "manifest.json"
RECORDED = {"content", "rows"}  # what the manifest says of a table
REMEDY = "move the folder away and build the tables again"
SHEETS_FOLDER = "sheets"  # the folder of the settings and reference sheets that the tables rest on
DATASET_FIELDS = (  # what the manifest says of the dataset
    "name",
    "title",
    "version",
    "first_version",
    "changes",
    "licence",
    "citation",
    "authors",
    "year",
    "contact",
    "keywords",
    "modelled_on",
    "references",
    "exhaustive",
    "home",
    "defaults",
    "default_scope",
    "default_forum",
    "queries",
    "query_sources",
    "abbreviations",
    "region_schemes",
    "figures",
    "tables",
    "default_scheme",
    "extra_columns",
    "sheets",
)


def describe(con: duckdb.DuckDBPyConnection, ingested: Ingested) -> dict[str, Any]:
    """The manifest of an ingested folder, still without its tables."""
    folder = ingested.folder
    own = con.execute("select scheme from raw_regions_sheet order by rowid limit 1").fetchall()
    schemes = [scheme for (scheme,) in own] + [
        name[7:] for name in ingested.sheets["countries"].columns if name.startswith("region_")
    ]
    return {
        "format": FORMAT,
        "toolkit": __version__,
        "dataset": {
            "name": folder.name,
            "title": folder.title,
            "version": folder.version,
            "first_version": folder.first_version,
            "changes": folder.changes,
            "licence": folder.licence,
            "citation": folder.citation,
            "authors": list(folder.authors),
            "year": folder.year,
            "contact": folder.contact,
            "keywords": list(folder.keywords),
            "modelled_on": folder.modelled_on,
            "references": list(folder.references),
            "exhaustive": folder.exhaustive,
            "home": folder.home,
            "defaults": folder.defaults,
            "not_foreign": list(folder.not_foreign),
            "default_scope": folder.default_scope,
            "default_forum": folder.default_forum,
            "queries": folder.queries(),
            "query_sources": folder.query_sources,
            "abbreviations": folder.abbreviations,
            "region_schemes": folder.region_schemes,
            "figures": list(folder.figures),
            "tables": [to_table_schema(table, {}) for table in folder.tables],
            "default_scheme": schemes[0] if schemes else "",
            "extra_columns": [to_field(column, {}) for column in folder.extra_columns],
            "sheets": sorted(ingested.sheets),
        },
        "inputs": {
            part.label: part.sha256 for sheet in ingested.sheets.values() for part in sheet.parts
        },
        "tables": {},
    }


def save(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest with a digest of itself, so that damage to it shows too."""
    manifest["content"] = tables_digest(manifest["tables"])
    manifest["digest"] = digest(manifest)
    (folder / MANIFEST).write_text(text_of(manifest), encoding="utf-8", newline="\n")


def text_of(manifest: dict[str, Any]) -> str:
    """A manifest as it is written, to the last character."""
    return json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def digest(manifest: dict[str, Any]) -> str:
    """The SHA-256 of everything else that a manifest says."""
    others = {key: value for key, value in manifest.items() if key != "digest"}
    text = json.dumps(others, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_whole(manifest: dict[str, Any]) -> bool:
    """Whether a manifest has the digest of what it says."""
    return bool(manifest.get("digest") == digest(manifest))


def load(file: Path) -> dict[str, Any]:
    """The manifest of built tables, if this version of the toolkit wrote it.

    Raises
    ------
    StoreError
        It cannot be read, or is of another version.
    UsageError
        There is no such folder.
    """
    if not file.parent.is_dir():
        raise no_folder(file.parent, "a folder of built tables")
    if not file.is_file():
        raise StoreError(f"{file.parent}: no built tables here; run `secdiplo build`")
    try:
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT and set(DATASET_FIELDS) <= set(manifest["dataset"])
        names = tables_of(manifest["dataset"]) if known else {}
        known = known and set(names) <= set(manifest["tables"])
        if known and not all(set(manifest["tables"][name]) >= RECORDED for name in names):
            raise KeyError("tables")
        inside = not known or all(
            OWN_NAME.fullmatch(name)
            and re.fullmatch(rf"{name}(\.parquet|/event_year=\d+/part-\d+\.parquet)", path)
            for name in names
            for path in files_of(name, manifest)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(f"{file}: not readable; {REMEDY}") from None
    if not known and _is_earlier(manifest["format"]):
        what = "these tables were built by an earlier version of the toolkit"
        raise StoreError(f"{file}: {what}; run `secdiplo build FOLDER -o {file.parent}` again")
    if not known:
        raise StoreError(
            f"{file}: written by another version of the toolkit; build the tables again"
        )
    if not inside:
        raise StoreError(f"{file}: names files that a build does not write; {REMEDY}")
    return manifest


def _is_earlier(number: object) -> bool:
    """Return whether a manifest is of an earlier format."""
    return type(number) is int and number < FORMAT


def stamp_of(folder: Path) -> tuple[int, ...]:
    """What changes when the tables of a folder are replaced as a whole."""
    return file_stamp(folder / MANIFEST) or (0,)


def unchanged(folder: Path, stamp: tuple[int, ...]) -> None:
    """Check that the tables of a folder are still those of `stamp`.

    Raises
    ------
    StoreError
        They are others.
    """
    if stamp != stamp_of(folder):
        what = "the tables were replaced after they were opened"
        raise StoreError(f"{folder}: {what}; open them again")
