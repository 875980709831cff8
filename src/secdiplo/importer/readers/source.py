"""Represent a file as a header and rows of text, whose white space is uniform and counted."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS
from secdiplo.schema import shown
from secdiplo.schema.cell_messages import MAX_CELL
from secdiplo.text import character_name, find_invisible

MAX_SOURCE_COLUMNS = 2_000
MAX_SPACED = 1_000
"""Different texts of a column that are listed because their white space was made uniform."""
SOURCE_BATCH = 5_000
"""Rows of a columnar file that are held at once."""
LINE_BREAK = re.compile("_x000[9AD]_")
"""How Excel's own format writes a line break or a tab within a cell."""
BROKEN_LINE = "has a line break that Excel wrote as letters; it is read as a blank"
NESTED = "has values with fields of their own, so it is left out; make each field a column"
LOST_LETTER = "has a letter that was lost (U+FFFD); get the text again"
WRONG_ENCODING = "looks like UTF-8 that was read in another encoding; get the text again"

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read where its content does not tell.

    Attributes
    ----------
    sheet : str
        The sheet of a workbook; blank for the first one that is visible.
    encoding : str
        The encoding of a text, or of the texts in an older file of Stata, SPSS or R. Blank for
        UTF-8, or for what the file itself names.
    delimiter : str
        The delimiter of a text; blank to find it.
    header : bool, optional
        Whether the first row names the columns. None means that it does, unless the proposal
        finds that it looks like data.
    """

    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None


class FileNotices:
    """What a file has that its cells alone do not show: each cause once, with a count.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._of_file: dict[str, Problem] = {}
        self._of_cells: dict[str, tuple[int, str, str, int]] = {}
        self.spaced: dict[int, Counter[str]] = {}
        """Place of a column -> texts whose white space was made uniform; a blank for others."""

    def add(self, what: str, line: int = 1, column: str = "1") -> None:
        """Add a notice about the file, or about one of its columns."""
        self._of_file[what] = Problem(self.path.name, line, column, what, "notice")

    def count(self, cause: str, line: int, column: str, example: str) -> None:
        """Count one more cell of a cause; the first one is the example."""
        first, name, text, number = self._of_cells.get(cause, (line, column, example, 0))
        self._of_cells[cause] = (first, name, text, number + 1)

    def space(self, place: int, text: str) -> None:
        """Count a cell whose white space was made uniform."""
        found = self.spaced.setdefault(place, Counter())
        found[text if text in found or len(found) < MAX_SPACED else ""] += 1

    def restart(self) -> None:
        """Forget the cells that were counted: the rows are read again."""
        self._of_cells.clear()
        self.spaced.clear()

    def problems(self) -> list[Problem]:
        """Return the notices: those of the file, then those of its cells."""
        cells = [
            Problem(self.path.name, line, column, f"{text} {cause} ({many})", "notice")
            for cause, (line, column, text, number) in self._of_cells.items()
            for many in [f"{number:,} cell{'s' * (number != 1)}"]
        ]
        return [*self._of_file.values(), *cells]


@dataclass(frozen=True)
class Source:
    """A file that was opened: its columns, and a way to read its rows as often as needed.

    Attributes
    ----------
    path : Path
        The file.
    columns : tuple of str
        The names in its header; a second column of a name is called ``name (2)``.
    rows : callable
        Yields (line, cells) of every row that is not blank; a file without lines counts its
        header as line 1.
    sheets : tuple of str
        The sheets of a workbook, the one that is read first.
    hidden : tuple of str
        Those of the other sheets that are hidden.
    left_out : tuple of str
        Columns of values with fields of their own, which are not read.
    has_header : bool
        Whether the file names its columns.
    epoch : date
        Day 0 of dates that are numbers.
    notices : FileNotices
        What else was noticed; complete once all rows were read.
    is_text : bool
        Whether the file is text, so that its numbers are as somebody wrote them.
    """

    path: Path
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Record]]
    sheets: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    has_header: bool = True
    epoch: datetime.date = datetime.date(1899, 12, 30)
    notices: FileNotices = field(default_factory=lambda: FileNotices(Path()))
    is_text: bool = False


def clean(text: str) -> str:
    """Trim a cell, and replace each run of blanks by one."""
    return " ".join(text.split())


def broken(path: Path, what: str, line: int = 1, column: str = "1") -> DataError:
    """Return the error for one problem of a file."""
    return DataError([Problem(path.name, line, column, what)])


def reason(error: Exception) -> str:
    """Return the first words of a library's message, on one line."""
    return (" ".join(str(error).split()) or type(error).__name__)[:100]


def make_source(
    path: Path,
    records: Callable[[], Iterator[Record]],
    ragged: bool = False,
    has_header: bool = True,
    notices: FileNotices | None = None,
    **more: Any,
) -> Source:
    """Make a source from records; the first with two filled cells is the header.

    A title above the table has one filled cell only. Without a header that record is the first
    row, and the columns are called ``column 1`` and so on. The white space of all cells is made
    uniform here.
    """
    start = _tidy(records())
    header = next((record for record in start if sum(map(bool, record[1])) > 1), None)
    start.close()  # a generator holds its file open
    if header is None:
        what = "no header of at least two columns; give a table with one row per interaction"
        raise broken(path, what)
    names = _names(path, header[1]) if has_header else _names(path, [""] * len(header[1]))
    start_line = header[0] if has_header else header[0] - 1
    noticed = notices or FileNotices(path)

    def rows() -> Iterator[Record]:
        noticed.restart()
        _looked_at(noticed, path, header[0], names, list(names))
        tidy = _tidy(records(), noticed, start_line)
        for line, cells in _rows(path, tidy, start_line, len(names), ragged):
            yield line, _looked_at(noticed, path, line, names, cells)

    return Source(path, names, rows, has_header=has_header, notices=noticed, **more)


def _tidy(
    records: Iterator[Record], notices: FileNotices | None = None, header: int = 0
) -> Generator[Record, None, None]:
    """Make the white space of all cells uniform, and count the cells below the header."""
    for line, cells in records:
        made = [clean(cell) for cell in cells]
        if notices and made != cells and line > header:
            for place, (cell, before) in enumerate(zip(made, cells, strict=True)):
                if cell != before:
                    notices.space(place, before)
        yield line, made


def _looked_at(
    notices: FileNotices, path: Path, line: int, names: Iterable[str], cells: list[str]
) -> list[str]:
    """Return the cells of a row, and count those with damaged letters or invisible ones."""
    for place, (name, cell) in enumerate(zip(names, cells, strict=True)):
        if len(cell) > MAX_CELL:
            what = f"a cell of over {MAX_CELL:,} characters; shorten it, or leave out the column"
            raise broken(path, what, line, name)
        if "_x000" in cell and (made := clean(LINE_BREAK.sub(" ", cell))) != cell:
            notices.count(BROKEN_LINE, line, name, shown(cell))
            cells[place] = made
        if cell.isascii():
            continue
        if "\ufffd" in cell:
            notices.count(LOST_LETTER, line, name, shown(cell))
        elif hidden := find_invisible(cell):
            cause = f"has the invisible character {character_name(hidden)}; remove it"
            notices.count(cause, line, name, shown(cell))
        elif meant := repaired(cell):
            notices.count(WRONG_ENCODING, line, name, f"{shown(cell)} for {shown(meant)}")
    return cells


def repaired(cell: str) -> str:
    r"""Return the text that a cell of UTF-8 read as Windows or Latin letters was; else blank.

    Examples
    --------
    >>> repaired("dÃ©jÃ vu"), repaired("déjà vu"), repaired("IRMÃ")
    ('déjà vu', '', '')
    """
    # The second letter of `à` is a no-break space, which `clean` has made a blank.
    spaced = re.sub(r"Ã(?=\s|$)", "Ã\xa0", cell)
    others = re.sub(r"Ã(?=\s|$)", "", cell)
    for text in (cell, spaced) if not others.isascii() else (cell,):
        for encoding in ("cp1252", "latin-1"):
            try:
                return clean(text.encode(encoding).decode("utf-8"))
            except UnicodeError:
                continue
    return ""


def _names(path: Path, cells: list[str]) -> tuple[str, ...]:
    while any(cells) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MAX_SOURCE_COLUMNS:
        raise UsageError(
            f"{path}: over {MAX_SOURCE_COLUMNS:,} columns; leave out what is not needed"
        )
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name, count = cell or f"column {place}", 1
        while name in names:
            count += 1
            name = f"{cell or f'column {place}'} ({count})"
        names.append(name)
    return tuple(names)


def _rows(
    path: Path, records: Iterator[Record], header: int, width: int, ragged: bool
) -> Iterator[Record]:
    """Yield the rows below the header, padded to its width; ragged rows of a text are problems."""
    first: dict[int, int] = {}  # number of cells -> the first line that has so many
    counts: Counter[int] = Counter()
    for line, cells in records:
        if line <= header or not any(cells):
            continue
        if any(cells[width:]) or (len(cells) < width and not ragged):
            first.setdefault(len(cells), line)
            counts[len(cells)] += 1
        elif not first:
            yield line, (cells + [""] * (width - len(cells)))[:width]
    if first:
        raise DataError(
            [
                Problem(path.name, line, str(min(number, width)), _ragged(number, width, more))
                for number, line in list(first.items())[:MAX_LISTED_PROBLEMS]
                for more in [counts[number] - 1]
            ]
        )


def _ragged(number: int, width: int, more: int) -> str:
    """Describe rows of a wrong number of cells, which have one cause."""
    rows = f", as in {more:,} more row{'s' * (more > 1)}" if more else ""
    remedy = "fix the delimiters or quotes, or name the delimiter of the file"
    if number > width:
        remedy += ", or name the columns beyond the header"
    return f"{number} cells but {width} columns{rows}; {remedy}"
