"""Represent a file as a header and rows of trimmed text."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS

MAX_SOURCE_COLUMNS = 2_000

Record = tuple[int, list[str]]


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
    epoch : date
        Day 0 of dates that stand as numbers.
    """

    path: Path
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Record]]
    sheets: tuple[str, ...] = ()
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
    path: Path, records: Callable[[], Iterator[Record]], ragged: bool = False, **more: Any
) -> Source:
    """Make a source from records; the first with two filled cells is the header.

    A title above the table has one filled cell only.
    """
    start = records()
    header = next((record for record in start if sum(map(bool, record[1])) > 1), None)
    close = getattr(start, "close", None)
    if close:
        close()  # a generator holds its file open
    if header is None:
        what = "no header of at least two columns; give a table with one row per interaction"
        raise broken(path, what)
    names = _names(path, header[1])

    def rows() -> Iterator[Record]:
        return _rows(path, records(), header[0], len(names), ragged)

    return Source(path, names, rows, **more)


def _names(path: Path, cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
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
    problems: list[Problem] = []
    for line, cells in records:
        if line <= header or not any(cells):
            continue
        if any(cells[width:]) or (len(cells) < width and not ragged):
            what = f"{len(cells)} cells where the header has {width}; mend the delimiters or quotes"
            problems.append(Problem(path.name, line, str(min(len(cells), width)), what))
            if len(problems) == MAX_LISTED_PROBLEMS:
                break
        elif not problems:
            yield line, (cells + [""] * (width - len(cells)))[:width]
    if problems:
        raise DataError(problems)
