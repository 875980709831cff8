"""Open the two versions that are compared, as built tables, an older folder leniently."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo import store
from secdiplo.coding.pair_decisions import LINKS_FILE, NOT_DUPLICATES_FILE
from secdiplo.coding.renames import Rename, declared_renames, renamed_columns
from secdiplo.errors import DataError
from secdiplo.files import ScratchFolder
from secdiplo.folder import reading, resources
from secdiplo.folder.toml import read as read_toml
from secdiplo.schema.tables import CODING_SHEET, SHEETS, carrying, extra_columns
from secdiplo.store.partitions import ROWS_TABLE

if TYPE_CHECKING:
    from secdiplo.store import Built

BUILT_IN = "built-in"  # what names the built-in dataset where a path is expected
LARGE_MEMORY = "600MB"  # of each version that has large tables, unless another bound is given
COLUMN_NAMES = "inferred"
MANY_ROWS = 200_000  # rows of the sheet from which the memory is bounded
ROUNDS = 4  # of replacing sheets that cannot be read


@dataclass(frozen=True)
class Version:
    """One of two versions that are compared.

    Attributes
    ----------
    built : Built
        Its tables, in files.
    notes : tuple of str
        What was done to read it.
    unread : frozenset of str
        Tables that are those of the other version, since the sheets could not be read.
    renames : tuple of Rename
        Columns whose names were changed in order to read it.
    scratch : ScratchFolder or None
        Where the tables are, if they were built for the comparison.
    """

    built: Built
    notes: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    renames: tuple[Rename, ...] = ()
    scratch: ScratchFolder | None = None

    @property
    def label(self) -> str:
        """Its name, version and content digest."""
        dataset = self.built.dataset
        return f"{dataset['name']} {dataset['version']} ({self.built.content})"


def open_versions(
    old: Path | str | None, new: Path | str | None, memory: str | None, threads: int | None
) -> tuple[Version, Version]:
    """Open two versions for comparison.

    Parameters
    ----------
    old, new : path or None
        A dataset folder or built tables; None or ``built-in`` for the built-in dataset. A folder
        that the toolkit does not accept any more is read with the settings of the new one.
    memory, threads : optional
        Bounds of the work.

    Returns
    -------
    (Version, Version)

    Raises
    ------
    DataError
        The new one has errors, or the old one has some that no change of names resolves.
    StoreError, UsageError
        There is no such dataset.
    """
    later = _opened(new, memory, threads)
    try:
        return _opened(old, memory, threads), later
    except DataError as error:
        return _leniently(Path(str(old)), new, later, (memory, threads), error), later


def _opened(path: Path | str | None, memory: str | None, threads: int | None) -> Version:
    """Open built tables, or those of a folder that is built for the purpose."""
    folder = resources.built() if path is None or str(path) == BUILT_IN else Path(path)
    is_folder = (folder / "dataset.toml").is_file() and not (folder / store.MANIFEST).is_file()
    if not is_folder:
        if not (folder / store.MANIFEST).is_file():
            store.open_any(path)  # which says what is wrong
        return Version(_open_tables(folder, memory, threads))
    scratch = ScratchFolder()
    tables = Path(scratch.name) / "tables"
    store.write_tables(folder, tables, memory=memory, threads=threads)
    return Version(_open_tables(tables, memory, threads), scratch=scratch)


def _open_tables(folder: Path, memory: str | None, threads: int | None) -> Built:
    built = store.open_tables(folder, memory, threads)
    if memory is None and built.manifest["tables"][ROWS_TABLE]["rows"] > MANY_ROWS:
        built = store.open_tables(folder, LARGE_MEMORY, threads)
    return built


# --- an older folder ------------------------------------------------------------------------


def _leniently(
    path: Path,
    new: Path | str | None,
    later: Version,
    limits: tuple[str | None, int | None],
    error: DataError,
) -> Version:
    """Read a folder of an earlier version with the settings and names of the later one."""
    settings = _settings_folder(new)
    if settings is None or not (path / "dataset.toml").is_file():
        raise error
    scratch = ScratchFolder()
    folder = Path(shutil.copytree(settings, Path(scratch.name) / "folder"))
    for name in (LINKS_FILE, NOT_DUPLICATES_FILE):
        (folder / name).unlink(missing_ok=True)
    version = _version(path)
    toml = (folder / "dataset.toml").read_text(encoding="utf-8")
    toml = re.sub(r'(?m)^version\s*=\s*"[^"]*"', f'version = "{version}"', toml)
    (folder / "dataset.toml").write_text(toml, encoding="utf-8")
    dataset = later.built.dataset
    declared = declared_renames(dataset["changes"], version, str(dataset["version"]))
    renames, absent = _overlaid(path, folder, later, declared)
    unread = absent | _readable(folder, settings, error)
    tables = Path(scratch.name) / "tables"
    store.write_tables(folder, tables, memory=limits[0], threads=limits[1])
    notes = [
        f"{path} is of an earlier format: it was read with the settings and the claims of the "
        "new version."
    ]
    if unread:
        sheets = ", ".join(sorted(unread))
        notes.append(
            f"Sheets that it lacks, or that cannot be read any more, were not compared: {sheets}."
        )
    names = {**SHEETS, **later.built.tables}
    lost = frozenset(name for name, table in names.items() if table.sheet in unread)
    built = _open_tables(tables, *limits)
    return Version(built, tuple(notes), _derived(lost), tuple(renames), scratch)


def _settings_folder(new: Path | str | None) -> Path | None:
    """Return the folder of settings and sheets of a version; built tables have a copy."""
    if new is None or str(new) == BUILT_IN:
        return resources.shipped("data")
    path = Path(new)
    if (path / "dataset.toml").is_file():
        return path
    sheets = path / "sheets"
    return sheets if (sheets / "dataset.toml").is_file() else None


def _version(path: Path) -> str:
    """Return the version that an older dataset.toml names; 0.0 where there is none."""
    too_large = "too large"
    _, data = read_toml(path / "dataset.toml", reading.MAX_TOML, too_large)
    version = data.get("version")
    return version if isinstance(version, str) and re.fullmatch(r"\d+\.\d+", version) else "0.0"


def _overlaid(
    path: Path, folder: Path, later: Version, declared: Sequence[Rename]
) -> tuple[list[Rename], set[str]]:
    """Copy the sheets of the older folder over the later ones, with the names of today.

    Returns
    -------
    (list of Rename, set of str)
        The columns that were renamed, and the later sheets that the older folder lacks.
    """
    sheet = carrying(CODING_SHEET, extra_columns(later.built.dataset))
    tables = {
        table.sheet: table for table in {**SHEETS, **later.built.tables}.values() if table.sheet
    }
    tables[CODING_SHEET.sheet] = sheet
    renames: list[Rename] = []
    absent = set()
    for name, table in tables.items():
        source = path / name
        if not source.is_file():
            absent |= {name} if (folder / name).is_file() else set()
            continue
        with source.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        header = rows[0] if rows else []
        found = renamed_columns(table.name, header, table.by_name, declared)
        places = {each.old: each.new for each in found}
        renames += found
        if places and COLUMN_NAMES in header:  # whose cells are names of columns
            at = header.index(COLUMN_NAMES)
            for row in rows[1:]:
                named = [places.get(item.strip(), item.strip()) for item in row[at].split(";")]
                row[at] = "; ".join(named)
        rows[:1] = [[places.get(column, column) for column in header]]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    return renames, absent


def _readable(folder: Path, settings: Path, error: DataError) -> set[str]:
    """Put the later sheets in the place of those that cannot be read; return their names."""
    unread: set[str] = set()
    for _ in range(ROUNDS):
        problems = [each for each in store.check(folder) if each.level == "error"]
        if not problems:
            return unread
        files = {each.file for each in problems}
        wrong = {name for name in files if (settings / name).is_file()} - {CODING_SHEET.sheet}
        wrong = {name for name in wrong - unread if name.endswith(".csv")}
        if not wrong:
            raise DataError([*error.problems, *problems])
        for name in wrong:
            shutil.copyfile(settings / name, folder / name)
        unread |= wrong
    raise error


def _derived(lost: frozenset[str]) -> frozenset[str]:
    """Return the tables that were not read, with those that are made from them."""
    more = {
        "countries": {"country_regions"},
        "regions_sheet": {"country_regions"},
        "forum_series": {"forums"},
        "sessions_sheet": {"forums"},
        "codes_sheet": {"codes"},
    }
    return lost.union(*(more.get(name, set()) for name in lost))
