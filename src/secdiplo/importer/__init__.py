"""Convert a file of one row per interaction into a dataset folder.

`readers` open a file of any kind as rows of text. `profile` matches its columns to those of the
coding sheet, and `proposal` writes a map for a human to complete; `code_lists` and
`secdiplo.countries` say which codes its values stand for. `column_map` reads the completed map,
and `convert` applies it. The folder that results is checked. Nothing doubtful is decided here.
"""

from __future__ import annotations

import csv
import dataclasses
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from secdiplo import store
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.folder import resources, toml
from secdiplo.importer import code_lists, convert
from secdiplo.importer.column_map import ColumnMap, read_map
from secdiplo.importer.proposal import propose
from secdiplo.importer.readers import ReadOptions, open_source
from secdiplo.importer.refresh import PROPOSED, doubts, merged, placed, refreshed
from secdiplo.importer.summary import ImportSummary

__all__ = [
    "ColumnMap",
    "ImportResult",
    "ImportSummary",
    "ReadOptions",
    "accept",
    "import_file",
    "propose",
    "read_map",
    "refreshed",
    "run",
]

COPIED_SHEETS = ("forums.csv", "organizations.csv", "regions.csv", "sessions.csv")
"""Reference sheets that a copy of the paper's dataset needs: its claims name their entries."""


@dataclasses.dataclass(frozen=True)
class ImportResult:
    """What an import found and did.

    Attributes
    ----------
    problems : list of Problem
        Problems of the folder.
    summary : ImportSummary
        The rows and cells of the file that became something else.
    """

    problems: list[Problem]
    summary: ImportSummary


def run(
    file: Path | str,
    map_path: Path | str,
    out: Path | str,
    *,
    replace: bool = False,
    options: ReadOptions | None = None,
) -> list[Problem]:
    """Turn a file into a dataset folder by a map, and return the problems of the folder.

    The arguments and errors are those of `import_file`, which returns a summary as well.
    """
    return import_file(file, map_path, out, replace=replace, options=options).problems


def import_file(
    file: Path | str,
    map_path: Path | str,
    out: Path | str,
    *,
    replace: bool = False,
    options: ReadOptions | None = None,
) -> ImportResult:
    """Turn a file into a dataset folder by a map, and check the folder.

    Parameters
    ----------
    file : path
        A table with one row per interaction, of a kind that `readers` read.
    map_path : path
        The map, as `propose` writes it and a human completes it.
    out : path
        The folder to write: dataset.toml, codes.csv and curated/interactions.csv, with the rows
        in the order of the file; and the reference sheets where the map keeps the annotations.
    replace : bool
        Whether a dataset folder that is there already is replaced.
    options : ReadOptions, optional
        How the file is read; what it sets counts for more than the map.

    Returns
    -------
    ImportResult
        What `secdiplo.store.check` finds in the folder; without an error it can be used. And a
        summary of the rows and cells that are not written as they are in the file.

    Raises
    ------
    UsageError
        No such file, a kind of file that is not read, or `out` exists and is not empty.
    DataError
        Problems of the file or the map; nothing is written.
    """
    check_target(out, replace)
    return _import(Path(file), read_map(map_path), Path(out), options)


def check_target(out: Path | str, replace: bool) -> None:
    """Refuse a folder that is in use.

    Raises
    ------
    UsageError
        It is not empty and is not to be replaced, or is no dataset folder.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not replace:
            raise UsageError(f"{out} exists and is not empty; name a new folder, or use --force")
        if not (out / "dataset.toml").is_file():
            raise UsageError(f"{out} is no dataset folder, so it is not replaced; name another")


def accept(
    file: Path | str,
    out: Path | str,
    *,
    map_path: Path | str | None = None,
    replace: bool = False,
    options: ReadOptions | None = None,
) -> ImportResult:
    """Turn a file into a dataset folder by the map that is proposed, if nothing is doubtful.

    Parameters
    ----------
    file : path
        A table with one row per interaction.
    out : path
        The folder to write.
    map_path : path, optional
        A map, or a part of one, that decides what the file does not say, such as `home` and
        `licence`.
    replace, options
        As for `import_file`.

    Returns
    -------
    ImportResult

    Raises
    ------
    UsageError
        As for `import_file`.
    DataError
        What is doubtful, or what `check` finds in the folder; nothing is written.
    """
    check_target(out, replace)
    proposed = refreshed(file, map_path, options, fill=True) if map_path else None
    found = proposed or propose(file, options=options)
    if problems := doubts(file, found, map_path):
        raise DataError(problems)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PROPOSED
        path.write_text(found, encoding="utf-8")
        try:
            result = _import(Path(file), read_map(path), Path(out), options, strict=True)
        except DataError as error:
            raise DataError(placed(error.problems, found, file, map_path)) from None
    result.summary.notices = placed(result.summary.notices, found, file, map_path)
    return result


def _import(
    file: Path, mapping: ColumnMap, out: Path, options: ReadOptions | None, strict: bool = False
) -> ImportResult:
    """Write a folder by a map; if it is strict, only a folder without an error."""
    summary = ImportSummary()
    source = open_source(file, options=merged(mapping.options, options))
    with _leaving_nothing(out), store.replacing(out) as folder:
        (folder / "curated").mkdir()
        with (folder / "curated" / "interactions.csv").open(
            "w", encoding="utf-8", newline=""
        ) as sheet:
            writer = csv.writer(sheet, lineterminator="\n")
            writer.writerow(convert.header(mapping))
            writer.writerows(convert.rows(source, mapping, summary))
            sheet.flush()
            os.fsync(sheet.fileno())
        (folder / "dataset.toml").write_text(_settings(mapping), encoding="utf-8", newline="\n")
        _write_codes(mapping, folder)
        _copy_reference(mapping, folder)
        problems = store.check(folder)
        errors = [problem for problem in problems if problem.level == "error"]
        if strict and errors:
            raise DataError(errors)
    return ImportResult(problems, summary)


@contextmanager
def _leaving_nothing(out: Path) -> Iterator[None]:
    """Remove the folders made above `out` if anything fails."""
    made = [parent for parent in out.absolute().parents if not parent.exists()]
    try:
        yield
    except OSError as error:
        _remove(made)
        raise UsageError(f"{out} cannot be written ({error.strerror}); choose another") from None
    except BaseException:
        _remove(made)
        raise


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _settings(mapping: ColumnMap) -> str:
    """Write the text of dataset.toml."""
    settings = dict(mapping.dataset)
    home = {"country": settings.pop("home", ""), "not_foreign": settings.pop("not_foreign", [])}
    if mapping.keep and not mapping.extra_columns:
        settings["extra_columns"] = list(mapping.keep)
    parts = _lines(settings)
    if home["country"]:
        parts += ["", "[home]", *_lines(home)]
    for name in mapping.keep if mapping.extra_columns else ():
        body = mapping.extra_columns.get(name, {"type": "string"})
        parts += ["", f"[extra_columns.{toml.key(name)}]", *_lines(body)]
    for name, scope in mapping.scopes.items():
        parts += ["", f"[scopes.{toml.key(name)}]", *_lines(scope)]
    return "\n".join(parts) + "\n"


def _lines(table: dict[str, Any]) -> list[str]:
    return [f"{toml.key(key)} = {toml.text(value)}" for key, value in table.items()]


def _write_codes(mapping: ColumnMap, folder: Path) -> None:
    """Write codes.csv: the built-in one, or the agencies, ranks and topics of the map."""
    if not mapping.codes:
        shutil.copyfile(resources.shipped("data") / "codes.csv", folder / "codes.csv")
        return
    with (folder / "codes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("list", "code", "label", "meaning", "parent"))
        for name, table in mapping.codes.items():
            for code, (label, parent) in table.items():
                writer.writerow((name, code, label, f"{label}.", parent))
        if mapping.dataset.get("annotations") == "builtin" and "topic" not in mapping.codes:
            topics = [row for row in code_lists.reference("codes.csv") if row["list"] == "topic"]
            writer.writerows(row.values() for row in topics)


def _copy_reference(mapping: ColumnMap, folder: Path) -> None:
    if mapping.dataset.get("annotations") != "builtin":
        return
    (folder / "reference").mkdir()
    for name in COPIED_SHEETS:
        shutil.copyfile(resources.shipped("data") / "reference" / name, folder / "reference" / name)
