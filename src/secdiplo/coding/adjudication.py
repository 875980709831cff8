"""Decide on what differs between two codings: a queue of differences, and the merged sheet.

The queue is a workbook with one row per difference. Its decisions are applied to the same two
codings: the queue holds a digest of each, and one that was changed since is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.coding.coder_workbook import BookWriter, workbook_target
from secdiplo.coding.codings import OWN, CodedRow, CodingFile, Codings, read_coding
from secdiplo.coding.form import CodingForm, form_of
from secdiplo.coding.matching import match
from secdiplo.coding.workbook_facts import Units
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.files import written_whole
from secdiplo.output.workbook_cells import new_workbook
from secdiplo.schema.tables import CODING_SHEET

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from secdiplo.store import Built

QUEUE_SHEET, ORIGIN_SHEET = "queue", "made from"
FIXED = (
    "no",
    "unit",
    "event_key",
    "counterpart",
    "column",
    "first_source",
    "second_source",
    "first_value",
    "second_value",
)
BLANK_MARK = "(blank)"  # a third choice beside the two values, which are the cells before it
DECIDED = ("decision", "decided_by", "decided_on", "why")
QUEUE_COLUMNS = (*FIXED, "or_blank", *DECIDED)
ROW = "row"  # the column of a row that only one coding has
NO_ROW = "(no such row)"
KEEP_ROW, DROP_ROW = "keep", "drop"
JOINED = "note"  # two notes are joined, and not decided on


@dataclass(frozen=True)
class CodingDifference:
    """One difference between two codings.

    Attributes
    ----------
    no : int
        Its number in the queue, from 1.
    unit, event_key, counterpart : str
        The row; the event as the first coding labels it, where it has the row.
    column : str
        The column that differs; ``row`` where only one coding has the row.
    first_value, second_value : str
        The two cells.
    first_source, second_source : str
        The addresses of the pages that they rest on.
    """

    no: int
    unit: str
    event_key: str
    counterpart: str
    column: str
    first_value: str
    second_value: str
    first_source: str
    second_source: str

    def cells(self) -> dict[str, str]:
        """Return the cells of the queue that nobody changes: columns `FIXED`."""
        made = {name: str(getattr(self, name)) for name in FIXED}
        for name in ("first_value", "second_value"):
            made[name] = made[name] or BLANK_MARK
        return made


@dataclass(frozen=True)
class MatchedRow:
    """A row of the merged sheet: of both codings or of one, with what differs.

    Attributes
    ----------
    unit : str
    cells : dict of str to str
        The cells on which there is no difference.
    differences : list of CodingDifference
    """

    unit: str
    cells: dict[str, str]
    differences: list[CodingDifference] = field(default_factory=list)


@dataclass(frozen=True)
class CodingComparison:
    """Two codings, row by row.

    Attributes
    ----------
    rows : list of MatchedRow
    columns : tuple of str
        The columns of the merged sheet.
    digests : tuple of str
        Of the content of each coding.
    """

    rows: list[MatchedRow]
    columns: tuple[str, ...]
    digests: tuple[str, str]

    @property
    def differences(self) -> list[CodingDifference]:
        """Every difference, in the order of the queue."""
        return [each for row in self.rows for each in row.differences]


def adjudicate(
    first: Path | str,
    second: Path | str,
    out: Path | str,
    *,
    data: Path | str | None = None,
    force: bool = False,
) -> list[CodingDifference]:
    """Write the queue of the differences between two codings.

    Parameters
    ----------
    first, second : path
        Two codings of the same units: CSV files or workbooks with a column ``unit``; without it,
        rows are compared by ``event_key``. A column that only one of them has is taken from it;
        two notes are joined. Where a workbook has a sheet ``candidates``, units that
        only one coder was given are not compared.
    out : path
        The workbook to write (.xlsx).
    data : path, optional
        The dataset folder with their codes. The default is the built-in dataset.
    force : bool
        Whether a file of that name is replaced.

    Returns
    -------
    list of CodingDifference
        One per differing cell, and one per row that only one coding has.

    Raises
    ------
    DataError
        A coding cannot be read, or has cells that the coding sheet could not have.
    UsageError
        A file does not exist, or `out` does.
    """
    target = workbook_target(out, force)
    paths = Path(first), Path(second)
    found = compare(*paths, _built(data))
    with written_whole(target) as fresh:
        _write_queue(form_of(data), fresh, found, [_relative(path, target) for path in paths])
    return found.differences


def _built(data: Path | str | None) -> Built:
    from secdiplo.store import open_any

    return open_any(data)[0]


def _relative(path: Path, target: Path) -> str:
    """Return the path of a coding from the folder of the queue, so that both can be moved."""
    try:
        return Path(os.path.relpath(path.resolve(), target.resolve().parent)).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_posix()


# --- comparison -----------------------------------------------------------------------------


def compare(first: Path, second: Path, built: Built) -> CodingComparison:
    """Read two codings and compare them row by row.

    Raises
    ------
    DataError
        A coding cannot be read, or has rows without a unit.
    UsageError
        Both are one file.
    """
    if first.exists() and second.exists() and first.samefile(second):
        raise UsageError(f"{first} and {second} are one file; name two codings")
    files: list[CodingFile] = []
    problems: list[Problem] = []
    for path in (first, second):
        try:
            files.append(read_coding(path, built, needed=("counterpart",)))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    one, other = files
    by = "unit" if all("unit" in file.columns for file in files) else "event_key"
    for file in files:
        if by not in file.columns:
            what = f"no column `{by}`, by which rows are compared; add it"
            problems.append(file.problem(1, by, what))
        problems += [
            file.problem(line, by, f"`{by}` is blank; fill it in")
            for line, row in file.rows
            if by in row and not row[by]
        ]
    if problems:
        raise DataError(problems)
    given = [file.units if by == "unit" else None for file in files]
    columns = _merged_columns(one, other)
    return CodingComparison(
        _compared(one, other, by, given, columns), columns, (digest(one), digest(other))
    )


def digest(file: CodingFile) -> str:
    """Return a digest of the cells of a coding, which saving it in another program keeps."""
    cells = [sorted((name, cell) for name, cell in row.items() if cell) for _, row in file.rows]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def _merged_columns(first: CodingFile, second: CodingFile) -> tuple[str, ...]:
    names = [*first.columns, *(name for name in second.columns if name not in first.columns)]
    ordered = [column.name for column in CODING_SHEET.columns if column.name in names]
    return (*ordered, *(name for name in names if name not in {*ordered, *OWN}))


def _compared(
    first: CodingFile,
    second: CodingFile,
    by: str,
    given: Sequence[Units | None],
    columns: Sequence[str],
) -> list[MatchedRow]:
    coded = [
        [CodedRow(row[by], row.get("event_key", ""), _filled(row)) for _, row in file.rows]
        for file in (first, second)
    ]
    units = {row.unit: "" for rows in coded for row in rows}
    matched = match(Codings(units, coded[0], coded[1], tuple(columns), []))
    labels = {b.event_key: a.event_key for a, b in matched.pairs if b.event_key}
    shared = tuple(name for name in columns if name in first.columns and name in second.columns)
    rows: list[MatchedRow] = []
    number = 0
    for unit in units:
        pairs = [pair for pair in matched.pairs if pair[0].unit == unit]
        made = [_pair(a, b, shared) for a, b in pairs]
        made += [
            _single(row, labels, given[1], 0) for row in matched.only_first if row.unit == unit
        ]
        made += [
            _single(row, labels, given[0], 1) for row in matched.only_second if row.unit == unit
        ]
        for row in made:
            numbered = []
            for each in row.differences:
                number += 1
                unit_name = unit if by == "unit" else ""
                numbered.append(replace(each, no=number, unit=unit_name))
            rows.append(replace(row, differences=numbered))
    return rows


def _filled(row: dict[str, str]) -> dict[str, str]:
    """Return a row in which no column is missing that rows are matched by."""
    return {**dict.fromkeys(("counterpart", "official", "date"), ""), **row}


def _pair(first: CodedRow, second: CodedRow, shared: Sequence[str]) -> MatchedRow:
    """Return a row that both codings have; where they agree, the cells are those of the first."""
    a, b = first.cells, second.cells
    cells = {**b, **a}
    differences = []
    for name in shared:
        if name == "event_key" or _alike(name, a[name], b[name]):
            continue
        if name == JOINED:
            cells[name] = "; ".join(filter(None, [a[name], b[name]]))
            continue
        differences.append(
            CodingDifference(
                0, first.unit, first.event_key, a["counterpart"], name, a[name], b[name],
                a.get("source_url", ""), b.get("source_url", ""),
            )
        )  # fmt: skip
    return MatchedRow(first.unit, cells, differences)


def _alike(name: str, first: str, second: str) -> bool:
    """Return whether two cells are the same; the order of a list does not count."""
    column = CODING_SHEET.by_name.get(name)
    if column is None or column.kind != "list":
        return first == second
    one, other = ({part.strip() for part in cell.split(";")} - {""} for cell in (first, second))
    return one == other


def _single(
    row: CodedRow, labels: Mapping[str, str], given: Units | None, place: int
) -> MatchedRow:
    """Return a row that only one coding has, a difference if the other coder had the unit."""
    cells = dict(row.cells)
    if place and cells.get("event_key") in labels:  # the first coder's label of the same event
        cells["event_key"] = labels[cells["event_key"]]
    if given is not None and row.unit not in given:
        return MatchedRow(row.unit, cells)
    shown = ("date", "official", "counterpart_person")
    text = ", ".join(filter(None, (cells.get(name, "") for name in shown))) or "a row"
    values, sources = [NO_ROW, NO_ROW], ["", ""]
    values[place], sources[place] = text, cells.get("source_url", "")
    difference = CodingDifference(
        0, row.unit, cells.get("event_key", ""), cells["counterpart"], ROW, *values, *sources
    )
    return MatchedRow(row.unit, cells, [difference])


# --- the queue ------------------------------------------------------------------------------


def _write_queue(
    form: CodingForm, file: Path, found: CodingComparison, paths: Sequence[str]
) -> None:
    book = new_workbook(file, form.title, f"Differences between two codings of {form.name}")
    try:
        writer = BookWriter(book)
        rows = []
        for each in found.differences:
            cells = each.cells()
            rows.append([*(cells[name] for name in FIXED), _third(form, each), "", "", "", ""])
        page = writer.plain_sheet(QUEUE_SHEET, QUEUE_COLUMNS, rows)
        place = QUEUE_COLUMNS.index("decision")
        for name in DECIDED:
            width = 30 if name in {"decision", "why"} else 14
            page.set_column(
                QUEUE_COLUMNS.index(name), QUEUE_COLUMNS.index(name), width, writer.text
            )
            page.write_string(0, QUEUE_COLUMNS.index(name), name, writer.needed)
        for line, each in enumerate(found.differences, 1):
            _choices(form, writer, page, line, place, each)
        page.autofilter(0, 0, max(1, len(rows)), len(QUEUE_COLUMNS) - 1)
        origin = [
            [name, path, sha]
            for name, path, sha in zip(("first", "second"), paths, found.digests, strict=True)
        ]
        writer.plain_sheet(ORIGIN_SHEET, ("coding", "file", "digest"), origin, 70)
    finally:
        book.close()


def _third(form: CodingForm, each: CodingDifference) -> str:
    """Return the choice beside the two values: a blank, where the column may be blank."""
    column = form.by_name.get(each.column)
    if column is None or column.required or BLANK_MARK in each.cells().values():
        return ""
    return BLANK_MARK


def _choices(
    form: CodingForm,
    writer: BookWriter,
    page: Worksheet,
    line: int,
    place: int,
    each: CodingDifference,
) -> None:
    """Give the decision of one row its drop-down list."""
    from xlsxwriter.utility import xl_range_abs

    column = form.by_name.get(each.column)
    if each.column == ROW:
        choices = {
            KEEP_ROW: "The merged sheet has the row.",
            DROP_ROW: "The merged sheet leaves out the row.",
        }
        closed = True
    elif column is not None and form.is_closed(column):
        choices, closed = dict(form.choices(column)), True
        if not column.required:
            choices[BLANK_MARK] = "The cell is to be blank."
    else:  # the two values and the blank, which are side by side in the row
        start = QUEUE_COLUMNS.index("first_value")
        rule = {
            "validate": "list",
            "source": f"={xl_range_abs(line, start, line, start + 2)}",
            "error_type": "information",
            "error_title": each.column[:32],
            "error_message": "Neither of the two values: check the spelling.",
        }
        page.data_validation(line, place, line, place, rule)
        return
    writer.choose_from(page, place, line, each.column, choices, closed, first=line)
