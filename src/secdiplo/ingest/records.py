"""The records of a CSV file one by one, with the lines on which they start."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from secdiplo.ingest import scan
from secdiplo.schema.cell_messages import TOO_LONG

MAX_RECORD = 1 << 24  # bytes of one record, within which an oversized cell is still named


def records(
    path: Path, *, delimiter: str = ",", encoding: str = "utf-8-sig", longest: int | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line of the record's start, cells) of a CSV file; blank lines are no records.

    Parameters
    ----------
    path : Path
    delimiter, encoding : str
        How its cells are separated, and its encoding.
    longest : int, optional
        The most characters of a cell; without it those of a record.

    Raises
    ------
    csv.Error
        A record that cannot be read: what is wrong with it, and the line on which it starts.
    """
    csv.field_size_limit(longest or MAX_RECORD)
    with (
        scan.opened(path) as raw,
        io.TextIOWrapper(raw, encoding=encoding, newline="") as file,
    ):
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        start = 1
        while True:
            lines.room = MAX_RECORD
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise csv.Error(_reason(str(error), delimiter), start) from None
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield start, cells
            start = reader.line_num + 1


class _Lines:
    """The lines of a file, of which one record may take no more than its room."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.room = MAX_RECORD

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self.room + 1)
        if not line:
            raise StopIteration
        self.room -= len(line)
        if self.room < 0:
            raise csv.Error("field larger than a record may be")
        return line


def _reason(error: str, delimiter: str) -> str:
    """Say what the CSV reader found, and what to do."""
    if "field larger" in error:
        return TOO_LONG
    if "end of data" in error:
        return "a quote is opened in this record and not closed; close it, or double it"
    mark = {",": "comma", ";": "semicolon", "\t": "tab"}.get(delimiter, f"`{delimiter}`")
    return (
        f"a quoted cell does not end at a {mark}; "
        "close its quote there, and double the quotes inside"
    )


class Lines:
    """The lines on which the records of a CSV file start, read as far as they are asked for.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._records = records(path)
        self._starts = array("Q")

    def __getitem__(self, record: int) -> int:
        """The line of a record, counted from 1 below the header."""
        while len(self._starts) <= record:
            try:
                line = next(self._records)[0]
            except (StopIteration, csv.Error, OSError):  # the file is another one by now
                return self._starts[-1] if self._starts else 1
            self._starts.append(line)
        return self._starts[record]
