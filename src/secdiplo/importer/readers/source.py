"""Represent a file as a header and rows of trimmed text."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS

MAX_SOURCE_COLUMNS = 2_000

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read where its content does not tell.

    Attributes
    ----------
    sheet : str
        The sheet of a workbook; blank for the first one that is visible.
    encoding : str
        The encoding of a text; blank for UTF-8, or the encoding of its byte-order mark.
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
    has_header : bool
        Whether the file names its columns.
    epoch : date
        Day 0 of dates that stand as numbers.
    """

    path: Path
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Record]]
    sheets: tuple[str, ...] = ()
    has_header: bool = True
    epoch: datetime.date = datetime.date(1899, 12, 30)


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
    **more: Any,
) -> Source:
    """Make a source from records; the first with two filled cells is the header.

    A title above the table has one filled cell only. Without a header that record is the first
    row, and the columns are called ``column 1`` and so on.
    """
    start = records()
    header = next((record for record in start if sum(map(bool, record[1])) > 1), None)
    close = getattr(start, "close", None)
    if close:
        close()  # a generator holds its file open
    if header is None:
        what = "no header of at least two columns; give a table with one row per interaction"
        raise broken(path, what)
    names = _names(path, header[1]) if has_header else _names(path, [""] * len(header[1]))
    start_line = header[0] if has_header else header[0] - 1

    def rows() -> Iterator[Record]:
        return _rows(path, records(), start_line, len(names), ragged)

    return Source(path, names, rows, has_header=has_header, **more)


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
    return f"{number} cells where the header has {width}{rows}; {remedy}"
