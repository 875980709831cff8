"""Read the codings to compare: the coding sheet, and a second coding with its units."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo import schema
from secdiplo.coding.workbook_facts import Units, other_dataset, unit_problems, workbook_facts
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.files import csv_rows
from secdiplo.ingest.workbook import WorkbookRows, is_workbook, located, read_workbook, rows_by_name
from secdiplo.schema.tables import CODER_COLUMNS, CODING_SHEET, extra_columns
from secdiplo.store import coding_sheet
from secdiplo.suggest import hint

if TYPE_CHECKING:
    from secdiplo.store import Built

UNITS_FILE = "units.csv"
SECOND = "coder2.csv"
OWN = tuple(column.name for column in CODER_COLUMNS)
NEEDED_COLUMNS = ("unit", "counterpart")


@dataclass(frozen=True)
class CodedRow:
    """One row of a coding: an official and a counterpart in one event.

    Attributes
    ----------
    unit : str
        What the coder was asked to code, as `units.csv` names it.
    event_key : str
        The event of the coding sheet that the unit was drawn from.
    cells : dict of str to str
        The cells by column; a blank is the empty string.
    """

    unit: str
    event_key: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Codings:
    """Two codings of the same units, row by row.

    Attributes
    ----------
    units : dict of str to str
        Unit to event key.
    first, second : list of CodedRow
        The rows of these units in the coding sheet, and those of the second coder.
    columns : tuple of str
        The columns that both codings have.
    sheet : list of dict
        All rows of the coding sheet.
    """

    units: dict[str, str]
    first: list[CodedRow]
    second: list[CodedRow]
    columns: tuple[str, ...]
    sheet: list[dict[str, str]]


@dataclass(frozen=True)
class CodingFile:
    """A coding as its file has it: a CSV file, or the sheet `interactions` of a workbook.

    Attributes
    ----------
    label : str
        What messages call the file.
    columns : tuple of str
        The names in its header.
    rows : list of (int, dict of str to str)
        Each row with its line (in a workbook, its row); cells by column, a blank is ``""``.
    sheet : WorkbookRows or None
        Where the cells are in the workbook.
    notices : list of Problem
        Hidden rows and columns of the workbook, and pages of other units.
    units : mapping of str to str, or None
        The units that the coder was given, and their pages, as the workbook lists them; None if
        the file does not list them.
    """

    label: str
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    sheet: WorkbookRows | None = None
    notices: list[Problem] = field(default_factory=list)
    units: Units | None = None

    def problem(self, line: int, column: str, what: str, level: str = "error") -> Problem:
        """Return a problem at the place of a cell: its line and column, or its address."""
        found = Problem(self.label, line, column, what, level)
        return self.sheet.located(found) if self.sheet else found


def read_coding(
    path: Path | str,
    built: Built | None = None,
    *,
    needed: Sequence[str] = NEEDED_COLUMNS,
    label: str = "",
) -> CodingFile:
    """Read a coding from a CSV file or a workbook, and check its columns and cells.

    Parameters
    ----------
    path : path
        A CSV file, or a workbook (.xlsx) with a sheet `interactions`.
    built : Built, optional
        The open dataset. Cells are checked against its codes; without it, they are not checked.
        Blanks are allowed.
    needed : sequence of str
        Columns that the file must have.
    label : str
        What messages call the file; its path by default.

    Returns
    -------
    CodingFile
        Cells without blanks around them.

    Raises
    ------
    UsageError
        There is no such file.
    DataError
        The file cannot be read, was made for another dataset, lacks a column, or has unknown
        columns, units or cells that the coding sheet could not have: with every problem at once.
    """
    path = Path(path)
    label = label or str(path)
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise UsageError(f"{path}: {what}; name a coding, as a CSV file or a workbook (.xlsx)")
    sheet, problems, units = None, list[Problem](), None
    if is_workbook(path):
        units = _given_units(path, label, built)
        sheet = read_workbook(path, label)
        rows, columns, problems = rows_by_name(sheet), sheet.columns, list(sheet.problems)
        problems += _header_problems(sheet, needed)
    else:
        rows = csv_rows(path, needed, label)
        columns = tuple(rows[0][1]) if rows else ()
    rows = [(line, _trimmed(row)) for line, row in rows]
    if built and not any(problem.level == "error" for problem in problems):
        extra = [column.name for column in extra_columns(built.dataset)]
        problems += _unknown_columns(label, rows, extra)
        problems += _bad_cells(built, label, rows)
    if units is not None:
        problems += unit_problems(columns, rows, units, functools.partial(Problem, label))
    if sheet:
        problems = located(problems, sheet)
    if any(problem.level == "error" for problem in problems):
        raise DataError(sorted(problems))
    return CodingFile(label, columns, rows, sheet, problems, units)


def _given_units(path: Path, label: str, built: Built | None) -> Units | None:
    """Return the units that a workbook lists; refuse one that was made for another dataset."""
    facts = workbook_facts(path, label)
    if built and (other := other_dataset(facts, label, built.dataset["name"])):
        raise DataError(other)
    return facts.units


def workbook_problems(path: Path, dataset: str) -> list[Problem]:
    """Return what is wrong with a coder's workbook besides its cells: its dataset and its units.

    Parameters
    ----------
    path : Path
        A workbook.
    dataset : str
        The name of the selected dataset.

    Returns
    -------
    list of Problem
        Only one, if the workbook was made for another dataset. None of its layout, nor where
        there is no sheet with rows: who reads the rows reports those.
    """
    label = str(path)
    try:
        facts = workbook_facts(path, label)
        if other := other_dataset(facts, label, dataset):
            return other
        sheet = read_workbook(path, label)
    except DataError:
        return []
    if facts.units is None or not sheet.columns or _header_problems(sheet, ()):
        return []
    make = functools.partial(Problem, label)
    return located(unit_problems(sheet.columns, rows_by_name(sheet), facts.units, make), sheet)


def _header_problems(sheet: WorkbookRows, needed: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the names in the header of a workbook."""
    problems = []
    for place, name in enumerate(sheet.columns):
        what = "" if name else "a column without a name; name it, or remove it"
        if name and name in sheet.columns[:place]:
            what = f"two columns `{name}`; rename one of them"
        if what:
            cell = f"{sheet.name}!{sheet.letters[place]}{sheet.header_line}"
            problems.append(Problem(sheet.label, sheet.header_line, name, what, cell=cell))
    for name in needed:
        if name not in sheet.columns:
            what = f"no column `{name}`; add it, or rename yours"
            problems.append(Problem(sheet.label, sheet.header_line, name, what))
    return problems


def read(built: Built, folder: Path) -> Codings:
    """Read the second coding in a folder and the same events of the coding sheet.

    Parameters
    ----------
    built : Built
        The open dataset; its tables give the coding sheet.
    folder : Path
        Contains ``units.csv`` (unit, event_key) and ``coder2.csv`` (unit, columns of the coding
        sheet, and optionally event_no and page_seen).

    Returns
    -------
    Codings

    Raises
    ------
    UsageError
        The folder or one of its files does not exist or cannot be read.
    DataError
        Unknown units, events or columns, or no unit that both coders coded.
    """
    for name in (UNITS_FILE, SECOND):
        if not (folder / name).is_file():
            what = f"no second coding: {folder / name} does not exist"
            raise UsageError(f"{what}; name a folder with {UNITS_FILE} and {SECOND}")
    sheet = _sheet_rows(built)
    units_label, second_label = (f"{folder.name}/{name}" for name in (UNITS_FILE, SECOND))
    unit_rows = csv_rows(folder / UNITS_FILE, ("unit", "event_key"))
    second_rows = csv_rows(folder / SECOND, NEEDED_COLUMNS)
    units = {row["unit"]: row["event_key"] for _, row in unit_rows}
    problems = _problems(built, folder, sheet, unit_rows, second_rows)
    if problems:
        raise DataError(problems)
    if not units:
        what = "a header and no rows; add the units and their events"
        raise DataError([Problem(units_label, 1, "unit", what)])
    if not second_rows:
        what = "no unit was coded by both coders; add the rows of the second coder"
        raise DataError([Problem(second_label, 1, "unit", what)])
    first = [
        CodedRow(unit, key, row)
        for unit, key in units.items()
        for row in sheet
        if row["event_key"] == key
    ]
    second = [CodedRow(row["unit"], units[row["unit"]], _trimmed(row)) for _, row in second_rows]
    given = second_rows[0][1]
    columns = tuple(c.name for c in CODING_SHEET.columns if c.name in given and c.name != "note")
    return Codings(units, first, second, columns, sheet)


def _problems(
    built: Built,
    folder: Path,
    sheet: Sequence[dict[str, str]],
    unit_rows: Sequence[tuple[int, dict[str, str]]],
    second_rows: Sequence[tuple[int, dict[str, str]]],
) -> list[Problem]:
    """Return what is wrong with the units and rows of a second coding."""
    units_label, second_label = (f"{folder.name}/{name}" for name in (UNITS_FILE, SECOND))
    events = {row["event_key"] for row in sheet}
    units = {row["unit"] for _, row in unit_rows}
    return [
        *_unknown(
            units_label, "event_key", ((line, row["event_key"]) for line, row in unit_rows), events,
            "is not an event of the coding sheet",
        ),
        *_unknown(
            second_label, "unit", ((line, row["unit"]) for line, row in second_rows), units,
            f"is not a unit of {UNITS_FILE}",
        ),
        *_repeated_units(units_label, unit_rows),
        *_unknown_columns(
            second_label, second_rows, [c.name for c in extra_columns(built.dataset)]
        ),
        *_bad_cells(built, second_label, second_rows),
    ]  # fmt: skip


def _sheet_rows(built: Built) -> list[dict[str, str]]:
    """Return the rows of the coding sheet; blanks are empty strings."""
    built.need(coding_sheet.SHEET_TABLES)
    cursor = built.con.cursor().execute(coding_sheet.statement())
    names = [column[0] for column in cursor.description or ()]
    return [
        {name: "" if cell is None else str(cell) for name, cell in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]


def _trimmed(row: dict[str, str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in row.items()}


def _unknown(
    file: str,
    column: str,
    cells: Iterable[tuple[int, str]],
    known: set[str],
    what: str,
) -> list[Problem]:
    """Return one problem for all values of a column that are not known."""
    wrong = [(line, value) for line, value in cells if value not in known]
    if not wrong:
        return []
    line, value = wrong[0]
    others = len({other for _, other in wrong}) - 1
    more = f"; the same is true of {others} more" if others else ""
    return [Problem(file, line, column, f"`{value}` {what}{more}; correct it, or add it there")]


def _repeated_units(file: str, rows: Sequence[tuple[int, dict[str, str]]]) -> list[Problem]:
    """Return a problem for the first unit that has two rows."""
    seen: dict[str, int] = {}
    for line, row in rows:
        if row["unit"] in seen:
            what = f"unit `{row['unit']}` is in line {seen[row['unit']]} too; remove one of them"
            return [Problem(file, line, "unit", what)]
        seen[row["unit"]] = line
    return []


def _bad_cells(
    built: Built, file: str, rows: Sequence[tuple[int, dict[str, str]]]
) -> list[Problem]:
    """Return a problem for each cell that the coding sheet could not have; blanks are allowed."""
    codes = code_lists_of(built)
    rules = {column.name: schema.cell_rule(column, codes) for column in CODING_SHEET.columns}
    problems = []
    for line, row in rows:
        for name, cell in _trimmed(row).items():
            if not cell or name not in rules:
                continue
            verdict = rules[name](cell)
            if verdict:
                what = schema.explain_cell(CODING_SHEET.by_name[name], cell, verdict, codes)
                problems.append(Problem(file, line, name, what))
        code = row.get("counterpart", "").strip()
        if row.get("counterpart_type", "").strip() == "country" and code not in codes["country"]:
            hint = schema.nearest(code, codes["country"], "country")
            problems.append(Problem(file, line, "counterpart", f"unknown country `{code}`; {hint}"))
    return problems


def code_lists_of(built: Built) -> dict[str, dict[str, str]]:
    """Return the code lists of the dataset, with the countries."""
    built.need(["codes", "countries"])
    found: dict[str, dict[str, str]] = {}
    cursor = built.con.cursor()
    for name, code, label in cursor.execute("select list, code, label from codes").fetchall():
        found.setdefault(name, {})[code] = label or ""
    names = (
        "select iso3, concat_ws('; ', name, iso2, aliases) from countries "
        "order by state_to is null, iso3"
    )
    found["country"] = dict(cursor.execute(names).fetchall())
    return found


def _unknown_columns(
    file: str, rows: Sequence[tuple[int, dict[str, str]]], extra: Sequence[str]
) -> list[Problem]:
    """Return one problem for all columns that neither the sheet nor a second coding has."""
    given = list(rows[0][1]) if rows else []
    known = {*CODING_SHEET.by_name, *OWN, *extra}
    wrong = [name for name in given if name not in known]
    if not wrong:
        return []
    names = ", ".join(f"`{name}`" for name in wrong)
    remedy = hint(wrong[0], sorted(known - set(given)))
    remedy = remedy or f"use those of the coding sheet, and {', '.join(OWN)}"
    what = f"unknown column{'s' * (len(wrong) > 1)} {names}; {remedy}"
    return [Problem(file, 1, wrong[0], what)]
