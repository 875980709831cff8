"""Text files: CSV and its kin with any delimiter, and the tab files of Dataverse."""

from __future__ import annotations

import codecs
import contextlib
import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from secdiplo.errors import DataError, Problem
from secdiplo.importer.records import Record, Source, broken, clean, make_source
from secdiplo.ingest.found import MAX_LISTED
from secdiplo.ingest.layout import MAX_FIELD

MAX_LINE = 10_000_000
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def delimited(path: Path) -> Source:
    """Open a text whose cells are separated by the delimiter that cuts it best."""
    encoding = _encoding(path)
    order = sorted(DELIMITERS, key=lambda mark: mark != "\t" and path.suffix.lower() == ".tsv")
    delimiter = max(order, key=lambda mark: _fit(path, encoding, mark))
    return make_source(path, lambda: _cut(path, encoding, delimiter))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for bom, name in ENCODINGS.items() if start.startswith(bom)), "utf-8-sig")


def _fit(path: Path, encoding: str, delimiter: str) -> tuple[int, int]:
    """Tell how well a delimiter cuts: how many first records are equally wide, and how wide."""
    widths: Counter[int] = Counter()
    with contextlib.suppress(DataError):
        for count, (_, cells) in enumerate(_cut(path, encoding, delimiter)):
            widths[len(cells)] += len(cells) > 1
            if count == 20:
                break
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _checked(path: Path, file: TextIO) -> Iterator[str]:
    """Yield the lines of a text; NUL bytes and endless lines are problems."""
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), ""), 1):
        if "\0" in line:
            raise broken(path, "a NUL byte; save the file as UTF-8 text", number)
        if len(line) == MAX_LINE:
            what = f"a line of over {MAX_LINE:,} characters; this is no table of rows"
            raise broken(path, what, number)
        yield line


def _bad_bytes(path: Path, encoding: str) -> DataError:
    problems = []
    if encoding == "utf-8-sig":
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError as error:
                    byte = f"0x{line[error.start]:02X}"
                    what = f"byte {byte} is not UTF-8 (Latin-1 or the like?); save it as UTF-8"
                    problems.append(Problem(path.name, number, str(error.start + 1), what))
                if len(problems) == MAX_LISTED:
                    break
    what = "bytes that are not text; save the file as UTF-8"
    return DataError(problems or [Problem(path.name, 1, "1", what)])


def _cut(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    csv.field_size_limit(MAX_FIELD)
    start = 1
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(_checked(path, file), delimiter=delimiter, strict=True)
            for cells in reader:
                yield start, [clean(cell) for cell in cells]
                start = reader.line_num + 1
    except UnicodeError:
        raise _bad_bytes(path, encoding) from None
    except csv.Error as error:
        what = f"the record cannot be read ({error}); mend its quotes"
        if "field larger" in str(error):
            what = f"a cell of over {MAX_FIELD:,} characters; shorten it, or close its quote"
        elif "end of data" in str(error):
            what = "a quote is opened in this record and not closed; close it, or double it"
        raise broken(path, what, start) from None


def tab(path: Path) -> Source:
    """Open a tab file as the Dataverse software writes it.

    It quotes texts, and escapes a quote, a tab and a new line within them by a backslash.
    """
    encoding = _encoding(path)

    def records() -> Iterator[Record]:
        try:
            with path.open(encoding=encoding) as file:
                for line, text in enumerate(_checked(path, file), 1):
                    yield line, [_unescaped(cell) for cell in text.rstrip("\n").split("\t")]
        except UnicodeError:
            raise _bad_bytes(path, encoding) from None

    return make_source(path, records)


def _unescaped(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        cell = re.sub(r'\\"|""', '"', cell[1:-1])
        cell = re.sub(r"\\[nt]", " ", cell)
    return clean(cell)
