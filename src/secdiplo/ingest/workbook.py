"""Read a coding sheet from a workbook: cells as text, each with its address.

What a spreadsheet makes of a cell is undone where its text is certain: a real date becomes an ISO
day (or the month or year that the cell shows), a whole number loses its decimals.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem, SecdiploError, UsageError

WORKBOOK_SUFFIX = ".xlsx"
ROWS_SHEET = "interactions"
CARRIAGE_RETURN = "_x000D_"  # as a workbook writes it
MAX_UNPACKED = 2 << 30
"""Bytes that a compressed file may unpack to."""


@dataclass(frozen=True)
class WorkbookRows:
    """The header and rows of one sheet of a workbook.

    Attributes
    ----------
    label : str
        What messages call the workbook.
    name : str
        The sheet.
    columns, letters : tuple of str
        The names in the header, and the letters of their columns in the spreadsheet.
    header_line : int
        The row of the header.
    rows : list of (int, list of str)
        Each row that is not blank, with its number in the spreadsheet.
    problems : list of Problem
        What a person sees in the sheet and its cells do not tell: merged cells, hidden rows.
    """

    label: str
    name: str
    columns: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    header_line: int = 1
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def located(self, problem: Problem) -> Problem:
        """Return a problem of this sheet with the address of its cell."""
        if problem.cell or not problem.line:
            return problem
        place = problem.column
        if place in self.columns:
            letter = self.letters[self.columns.index(place)]
        elif place.isdecimal() and 0 < int(place) <= len(self.letters):
            letter = self.letters[int(place) - 1]
        else:  # a column that the sheet lacks: its whole row
            return replace(problem, cell=f"{self.name}!{problem.line}:{problem.line}")
        return replace(problem, cell=f"{self.name}!{letter}{problem.line}")


def is_workbook(path: Path) -> bool:
    """Return whether a file is a workbook, by the end of its name."""
    return path.suffix.lower() == WORKBOOK_SUFFIX


def check_size(path: Path) -> None:
    """Refuse an archive that unpacks to too much.

    Raises
    ------
    UsageError
        It does.
    """
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise UsageError(f"{path}: over 2 GiB when unpacked; save the sheet as CSV")


def sheet_names(path: Path, label: str = "") -> list[str]:
    """Return the names of the sheets of a workbook, in their order.

    Raises
    ------
    UsageError
        openpyxl is not installed.
    DataError
        The file is not a workbook.
    """
    with _opened(path, label or path.name, read_only=True) as book:
        return [page.title for page in book.worksheets]


def read_workbook(
    path: Path, label: str = "", sheet: str = ROWS_SHEET, *, only: bool = True
) -> WorkbookRows:
    """Read a sheet of a workbook.

    Parameters
    ----------
    path : Path
    label : str
        What messages call the file; its name by default.
    sheet : str
        The name of the sheet, whatever the case of its letters.
    only : bool
        Whether another name will do where the workbook has only one sheet.

    Returns
    -------
    WorkbookRows
        Blank rows, and columns without a name and cells, are left out.

    Raises
    ------
    UsageError
        openpyxl is not installed.
    DataError
        The file is not a workbook, or has no such sheet.
    """
    label = label or path.name
    with _opened(path, label) as book:
        page = _chosen(book, label, sheet, only)
        formulas = any(cell.data_type == "f" for row in page.iter_rows() for cell in row)
        if not formulas:
            return _read(page, label, None)
        with _opened(path, label, data_only=True) as computed:
            return _read(page, label, computed[page.title])


def read_sheets(path: Path, label: str, names: Sequence[str]) -> dict[str, WorkbookRows]:
    """Read those of several sheets that a workbook has; formulas without a value are blank.

    Raises
    ------
    UsageError
        openpyxl is not installed.
    DataError
        The file is not a workbook.
    """
    with _opened(path, label, data_only=True) as book:
        pages = {page.title.lower(): page for page in book.worksheets}
        return {name: _read(pages[name], label, None) for name in names if name in pages}


class _opened:  # noqa: N801 - used as a function
    """Open a workbook, and report a file that is none."""

    def __init__(self, path: Path, label: str, **options: Any) -> None:
        self.path, self.label, self.options = path, label, options

    def __enter__(self) -> Any:
        try:
            import openpyxl
        except ImportError:
            hint = "pip install '.[excel]', or save the sheet as CSV"
            raise UsageError(f"{self.path}: reading .xlsx needs openpyxl; {hint}") from None
        try:
            check_size(self.path)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.book = openpyxl.load_workbook(self.path, keep_links=False, **self.options)
        except SecdiploError:
            raise
        except OSError as error:
            what = f"cannot be read ({error.strerror}); allow reading it"
            raise DataError([Problem(self.label, 1, "1", what)]) from None
        except Exception as error:
            words = (" ".join(str(error).split()) or type(error).__name__)[:100]
            what = f"not readable as an Excel workbook (.xlsx): {words}; save it again"
            raise DataError([Problem(self.label, 1, "1", what)]) from None
        return self.book

    def __exit__(self, *_: object) -> None:
        self.book.close()


def _chosen(book: Any, label: str, sheet: str, only: bool) -> Any:
    for page in book.worksheets:
        if page.title.lower() == sheet.lower():
            return page
    if only and len(book.worksheets) == 1:
        return book.worksheets[0]
    names = ", ".join(f"`{page.title}`" for page in book.worksheets[:5])
    what = f"no sheet `{sheet}` (there are {names}); give the sheet with the rows this name"
    raise DataError([Problem(label, 1, "1", what)])


def _read(page: Any, label: str, computed: Any) -> WorkbookRows:
    """Return the rows of a page; the values of its formulas are those of a second one."""
    sheet = WorkbookRows(label, page.title)
    problems: list[Problem] = list(_layout(page, label))
    lines: list[tuple[int, list[str]]] = []
    for line, cells in enumerate(page.iter_rows(), 1):
        texts = [_text(cell, computed, sheet, problems) for cell in cells]
        if any(text.strip() for text in texts):
            lines.append((line, texts))
    if not lines:
        what = "an empty sheet; write the header and the rows"
        return replace(sheet, problems=[*problems, Problem(label, 1, "1", what)])
    header_line, names = lines[0]
    rows = lines[1:]
    used = [
        place
        for place, name in enumerate(names)
        if name.strip() or any(cells[place].strip() for _, cells in rows)
    ]
    from openpyxl.utils import get_column_letter

    return replace(
        sheet,
        columns=tuple(names[place].strip() for place in used),
        letters=tuple(get_column_letter(place + 1) for place in used),
        header_line=header_line,
        rows=[(line, [cells[place] for place in used]) for line, cells in rows],
        problems=problems,
    )


def _layout(page: Any, label: str) -> Iterator[Problem]:
    """Yield merged cells, which hide values, and hidden rows and columns."""
    for merged in sorted(page.merged_cells.ranges, key=lambda each: each.coord):
        what = "merged cells: only the first has a value; unmerge them and fill each one"
        where = f"{page.title}!{merged.coord}"
        yield Problem(label, merged.min_row, str(merged.min_col), what, cell=where)
    hidden = sorted(line for line, size in page.row_dimensions.items() if size.hidden)
    if hidden:
        rows = f"{len(hidden):,} hidden row{'s' * (len(hidden) != 1)}"
        what = f"{rows}, which are read as others; delete them if they are not data"
        where = f"{page.title}!{hidden[0]}:{hidden[0]}"
        yield Problem(label, hidden[0], "1", what, "notice", cell=where)
    for letter, size in sorted(page.column_dimensions.items()):
        if size.hidden:
            what = "a hidden column, which is read as others; delete it if it is not data"
            yield Problem(label, 1, "1", what, "notice", cell=f"{page.title}!{letter}:{letter}")


def _text(cell: Any, computed: Any, sheet: WorkbookRows, problems: list[Problem]) -> str:
    """Return the text of a cell; a formula is its value, and a problem if it has none."""
    value, shown = cell.value, cell
    if value is None:
        return ""
    if cell.data_type == "f":
        shown = computed[cell.coordinate]
        value = shown.value
        if value is None:
            what = "a formula without a value; write plain text, or save the file in a spreadsheet"
            where = f"{sheet.name}!{cell.coordinate}"
            problems.append(Problem(sheet.label, cell.row, str(cell.column), what, cell=where))
            return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return _day(value, shown.number_format)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace(CARRIAGE_RETURN, "\r")


def _day(value: datetime.datetime | datetime.date, number_format: str) -> str:
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time():
            return value.isoformat(" ", "seconds")
        value = value.date()
    text = value.isoformat()
    return text[: shown_length(number_format)] or text


def shown_length(number_format: str) -> int | None:
    """Return how many characters of an ISO date a cell shows: `Sep-24` is a month, not a day.

    A format of `e` shows the year, in East Asian workbooks. One of `mmmm` alone shows
    the month without its year, which is a month nevertheless.
    """
    shown = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", number_format.lower())
    if "d" in shown or shown == "general":
        return None
    shown = re.sub(r"h+[^a-z]*m+|m+[^a-z]*s+", "", shown)  # minutes
    if "m" in shown:
        return 7
    return 4 if re.search("[ye]", shown) else None


def rows_by_name(sheet: WorkbookRows) -> list[tuple[int, dict[str, str]]]:
    """Return each row of a sheet with its number, its cells by the names of their columns."""
    return [(line, dict(zip(sheet.columns, cells, strict=True))) for line, cells in sheet.rows]


def located(problems: Sequence[Problem], sheet: WorkbookRows) -> list[Problem]:
    """Return problems with the addresses of their cells; those of other files as they are."""
    return [sheet.located(each) if each.file == sheet.label else each for each in problems]
