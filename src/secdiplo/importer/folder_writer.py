"""Write the dataset folder of an import, and keep what else is in a folder that is there."""

from __future__ import annotations

import csv
import dataclasses
import os
import re
import shutil
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from secdiplo import store
from secdiplo.errors import DataError, Problem, Problems, UsageError
from secdiplo.files import LITTER
from secdiplo.folder import resources, toml
from secdiplo.importer import code_lists, convert
from secdiplo.importer.column_map import ColumnMap
from secdiplo.importer.readers import Source
from secdiplo.importer.summary import ImportSummary
from secdiplo.ingest import ingest
from secdiplo.ingest.problem_collector import ProblemCollector

COPIED_SHEETS = ("forums.csv", "organizations.csv", "regions.csv", "sessions.csv")
"""Reference sheets that a copy of the paper's dataset needs: its claims name their entries."""
WRITTEN_SHEET = "curated/interactions.csv"
SETTINGS = "dataset.toml"


def check_target(out: Path | str, replace: bool) -> None:
    """Refuse a folder that is in use.

    Raises
    ------
    UsageError
        It is not empty and is not to be replaced, is no dataset folder, or has a link where a
        folder is written.
    """
    out = Path(out)
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not replace:
        raise UsageError(f"{out} exists and is not empty; name a new folder, or use --force")
    if not (out / SETTINGS).is_file():
        raise UsageError(f"{out} is not a dataset folder, so it is not replaced; name another")
    for name in ("curated", "reference"):
        if (out / name).is_symlink() or (out / name).is_file():
            raise UsageError(f"{out / name} is a link or a file; make it a folder")


def write_folder(
    source: Source,
    mapping: ColumnMap,
    out: Path,
    collector: ProblemCollector,
    *,
    strict: bool = False,
) -> tuple[Problems, ImportSummary]:
    """Write a folder by a map and check it.

    Parameters
    ----------
    source : Source
        The file.
    mapping : ColumnMap
        The map.
    out : Path
        The folder. What is in it and is not written stays as it is.
    collector : ProblemCollector
        Takes what is wrong with the rows of the file, and what is found in the folder.
    strict : bool
        Whether a folder with an error is refused. Its problems are then at lines of the file,
        because the sheet does not stay.

    Returns
    -------
    (Problems, ImportSummary)
    """
    summary = ImportSummary()
    lines = array("q")
    out = out.resolve()  # a link stays a link, to what it names
    with _leaving_nothing(out), store.replacing(out) as folder:
        written = _written(mapping)
        if out.exists():
            summary.kept = _keep(out, folder, written)
        (folder / "curated").mkdir(exist_ok=True)
        _write_sheet(folder / WRITTEN_SHEET, convert.header(mapping), lines,
                     convert.rows(source, mapping, summary, collector))  # fmt: skip
        (folder / SETTINGS).write_text(_settings(mapping), encoding="utf-8", newline="\n")
        _write_codes(mapping, folder)
        _copy_reference(mapping, folder)
        summary.replaced = [name for name in written if _differs(out / name, folder / name)]
        if strict:
            collector.place = _placer(source, mapping, lines)
        found = _checked(folder, collector)
        if strict and found.number("error"):
            more = {key: number for key, number in found.more.items() if key[3] == "error"}
            raise DataError(Problems([each for each in found if each.level == "error"], more))
    return found, summary


def _checked(folder: Path, collector: ProblemCollector) -> Problems:
    """Return what is found in a folder."""
    with store.open_workspace(folder) as con:
        try:
            return ingest(con, folder, make="", collector=collector).notices
        except DataError as error:
            return error.problems


def _write_sheet(
    path: Path, header: list[str], lines: array[int], rows: Iterator[tuple[int, list[str]]]
) -> None:
    """Write the coding sheet, and add the line of the file for each row."""
    with path.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.writer(sheet, lineterminator="\n")
        writer.writerow(header)
        for line, cells in rows:
            lines.append(line)
            writer.writerow(cells)
        sheet.flush()
        os.fsync(sheet.fileno())


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


# --- what is there already ------------------------------------------------------------------


def _written(mapping: ColumnMap) -> list[str]:
    """Return the files that an import writes."""
    copied = COPIED_SHEETS if _is_copy(mapping) else ()
    return ["codes.csv", WRITTEN_SHEET, SETTINGS, *(f"reference/{name}" for name in copied)]


def _keep(out: Path, folder: Path, written: list[str]) -> list[str]:
    """Give a new folder all other files of the one that it replaces, and return their names."""

    def left_out(place: str, names: list[str]) -> set[str]:
        here = Path(place).relative_to(out)
        return {name for name in names if (here / name).as_posix() in written}

    # The files of `out` are not moved: it stays as it is if the import fails.
    shutil.copytree(
        out, folder, symlinks=True, ignore=left_out, copy_function=_link, dirs_exist_ok=True
    )
    kept = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name in {"curated", "reference"}:
            kept += [f"{path.name}/{inner.name}" for inner in sorted(path.iterdir())]
        elif path.name not in LITTER:
            kept.append(path.name + "/" * path.is_dir())
    return kept


def _link(source: str, target: str) -> None:
    """Give a file a second name, or copy it where the system has no such names."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _differs(before: Path, now: Path) -> bool:
    """Return whether a file that was there has another content now."""
    with suppress(OSError):
        return before.read_bytes() != now.read_bytes()
    return False


# --- files of the folder --------------------------------------------------------------------


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


def _is_copy(mapping: ColumnMap) -> bool:
    """Return whether a folder is a copy of the paper's dataset."""
    return bool(mapping.dataset.get("annotations") == "builtin")


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
        if _is_copy(mapping) and "topic" not in mapping.codes:
            topics = [row for row in code_lists.reference("codes.csv") if row["list"] == "topic"]
            writer.writerows(row.values() for row in topics)


def _copy_reference(mapping: ColumnMap, folder: Path) -> None:
    if not _is_copy(mapping):
        return
    (folder / "reference").mkdir(exist_ok=True)
    for name in COPIED_SHEETS:
        shutil.copyfile(resources.shipped("data") / "reference" / name, folder / "reference" / name)


# --- places of problems ---------------------------------------------------------------------


def _placer(source: Source, mapping: ColumnMap, lines: array[int]) -> Callable[[Problem], Problem]:
    """Return what puts the problems of a sheet at the lines and columns of the file.

    A problem of dataset.toml or codes.csv is one of the map, and is at no line.
    """

    def line_of(number: int) -> int:
        return lines[number - 2] if 2 <= number <= len(lines) + 1 else 0

    def worded(match: re.Match[str]) -> str:
        return f"line {line_of(int(match[1]))}" if match[1] else match[0]

    def placed(problem: Problem) -> Problem:
        file = source.path.name
        if problem.file == WRITTEN_SHEET:
            columns = mapping.columns.get(problem.column, (problem.column,))
            what = re.sub(r"`[^`]*`|\bline (\d+)\b(?! of )", worded, problem.what)
            line, column = line_of(problem.line), " + ".join(columns)
            return dataclasses.replace(problem, file=file, line=line, column=column, what=what)
        if problem.file in {SETTINGS, "codes.csv"}:
            return dataclasses.replace(problem, file=file, line=0)
        return problem

    return placed
