"""Exports: the tables of a dataset as files for other tools, all from one declaration."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo import __version__
from secdiplo.errors import UsageError
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.export.contents import Contents
    from secdiplo.store import Built

__all__ = ["FORMATS", "Exported", "Format", "chosen", "export"]

ALL = "all"


@dataclass(frozen=True)
class Format:
    """One format: what it writes, for whom, and what it keeps and loses.

    Attributes
    ----------
    writer : str
        ``module.function`` of this package.
    files : str
        The files that it writes.
    keeps, loses : str
        Beside the cells, which every format keeps.
    same_bytes : bool
        Whether equal data make equal bytes, with the same libraries.
    """

    writer: str
    files: str
    keeps: str
    loses: str = ""
    same_bytes: bool = True


EXPORT_FORMATS: dict[str, Format] = {
    "parquet": Format(
        "columnar.parquet",
        "`<table>.parquet`",
        "types; meanings, units and codes as metadata of the columns",
    ),
    "csv": Format(
        "columnar.csv_files",
        "`<table>.csv`",
        "all values, as text",
        "types and labels; text that looks like a formula gets a leading apostrophe",
    ),
    "dta": Format(
        "stata.dta",
        "`<table>.dta` (version 118: Stata 14 and later)",
        "types, variable labels, value labels of coded columns, full meanings as notes",
        "column names that Stata does not allow; `names.csv` lists the new ones",
    ),
    "rds": Format(
        "rdata.rds",
        "`<table>.rds`",
        "types, dates, factors with their levels; labels and units as attributes",
        "keys and references, except the names of the key columns",
    ),
    "RData": Format(
        "rdata.rdata",
        "`<dataset>.RData`, with a data frame for each table",
        "the same as `rds`",
        "the same as `rds`",
    ),
    "xlsx": Format(
        "workbook.xlsx",
        "`<dataset>.xlsx`, with a sheet for each table, `README` and `codebook`",
        "types; meanings, units and codes on the sheet `codebook`",
        "keys and references",
    ),
    "duckdb": Format(
        "databases.duckdb_file",
        "`<dataset>.duckdb`",
        "types, keys, references, comments on tables and columns",
        same_bytes=False,
    ),
    "sqlite": Format(
        "databases.sqlite",
        "`<dataset>.sqlite`, `metadata.json` for Datasette",
        "keys, references, indexes, comments in the schema",
        "the type of dates, which become text (ISO 8601)",
    ),
    "datapackage": Format(
        "datapackage.datapackage",
        "`datapackage.json`, `<table>.csv`, `<table>.parquet`",
        "everything: types, keys, references, codes, meanings of blanks, licence, sources, file "
        "sizes and checksums",
    ),
    "croissant": Format(
        "croissant.croissant",
        "`croissant.json`, `<table>.csv`, `<table>.parquet`",
        "types, keys, references, meanings, checksums",
        "code lists, except as the table `codes`",
    ),
    "dataverse": Format(
        "dataverse.dataverse",
        "`dataset.json`, `files.json`, and the files of a deposit in `files/`",
        "citation, licence, version, descriptions of the files",
        "what the dataset does not contain, such as a contact address; a notice lists it",
    ),
    "bundle": Format(
        "bundle.bundle",
        "a replication package: `README.md`, `run.py`, `data/`, `tables/`, `results/`, `software/`",
        "everything, and the software to recompute it",
    ),
}


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes
    ----------
    folder : Path
        The folder; ``export.json`` in it lists the files with their bytes and digests.
    files : tuple of Path
        Every file, sorted.
    notices : tuple of str
        What had to be renamed or left out, or is left to be filled in.
    """

    folder: Path
    files: tuple[Path, ...]
    notices: tuple[str, ...]


FORMAT_ALIASES = {"stata": "dta", "r": "rds", "excel": "xlsx", "frictionless": "datapackage"}
"""Formats by the names of the tools that read them, for a hint."""


def chosen(formats: str | Iterable[str]) -> list[str]:
    """The formats asked for, in the order of `EXPORT_FORMATS`.

    Parameters
    ----------
    formats : str or iterable of str
        Names, whatever their case, or lists of them separated by commas; ``all`` is every one.

    Raises
    ------
    UsageError
        There is no such format, or none is named.

    Examples
    --------
    >>> chosen("csv, rdata"), chosen(["dta", "csv"])
    (['csv', 'RData'], ['csv', 'dta'])
    """
    given = [formats] if isinstance(formats, str) else list(formats)
    known = {name.casefold(): name for name in EXPORT_FORMATS}
    wanted = set()
    for text in given:
        for name in str(text).split(","):
            plain = name.strip().casefold()
            if plain == ALL:
                wanted |= set(EXPORT_FORMATS)
            elif plain in known:
                wanted.add(known[plain])
            elif plain:
                usual = FORMAT_ALIASES.get(name.strip().casefold())
                hint = (
                    f"write `{usual}`"
                    if usual
                    else suggest(name.strip(), [*EXPORT_FORMATS, ALL], "formats")
                )
                raise UsageError(f"no format `{name.strip()}`; {hint}")
    if not wanted:
        raise UsageError(f"no format is named; formats: {', '.join(EXPORT_FORMATS)}, or {ALL}")
    return [name for name in EXPORT_FORMATS if name in wanted]


def export(
    built: Built,
    out: Path | str,
    formats: str | Iterable[str],
    force: bool = False,
    *,
    source: Path | None = None,
) -> Exported:
    """Write the tables of a dataset in one or more formats.

    Parameters
    ----------
    built : Built
        Open tables.
    out : path
        The folder to write: the files of one format, or a folder for each of several.
    formats : str or iterable of str
        See `chosen`.
    force : bool
        Replace the files of an earlier export; those of anybody else are never touched.
    source : Path, optional
        The dataset folder that the tables were made from; a bundle needs it.

    Returns
    -------
    Exported

    Raises
    ------
    UsageError
        An unknown format, a folder that is not empty, or a bundle of tables without their folder.
    SecdiploError
        A format cannot hold the data, or its library is not installed. Nothing was written.
    """
    from secdiplo.export import contents, place

    names = chosen(formats)
    if "bundle" in names and source is None:
        what = "a bundle is made from a dataset folder, and these are built tables"
        raise UsageError(f"{what}; open the folder, or name other formats")
    out = Path(out)
    inputs = [folder for folder in (source, built.folder) if folder is not None]
    given = contents.gather(built, source)
    with place.writing(out, force=force, inputs=inputs) as fresh:
        _write(given, names, fresh)
        files = tuple(out / name for name in place.files(fresh))
    return Exported(out, files, tuple(given.notices))


def _write(given: Contents, names: list[str], fresh: Path) -> None:
    """Write the formats into a new folder, and the list of what is in it."""
    from secdiplo.export import place

    for name in names:
        folder = fresh / name if len(names) > 1 else fresh
        folder.mkdir(exist_ok=True)
        _writer(name)(given, folder)
    text = _listing(given, names, place.describe(fresh))
    (fresh / place.MARKER_FILE).write_text(text, encoding="utf-8")


def _writer(name: str) -> Callable[[Contents, Path], None]:
    module, function = EXPORT_FORMATS[name].writer.split(".")
    writer: Callable[[Contents, Path], None]
    writer = getattr(importlib.import_module(f"secdiplo.export.{module}"), function)
    return writer


def _listing(given: Contents, names: list[str], files: list[dict[str, object]]) -> str:
    dataset = given.built.dataset
    body = {
        "dataset": dataset["name"],
        "title": dataset["title"],
        "version": dataset["version"],
        "licence": dataset["licence"],
        "citation": dataset["citation"],
        "toolkit": __version__,
        "formats": names,
        "notices": given.notices,
        "files": files,
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
