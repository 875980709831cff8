"""Read text files: CSV with any delimiter, and the tab files of Dataverse."""

from __future__ import annotations

import codecs
import contextlib
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from secdiplo.errors import DataError, UsageError
from secdiplo.importer.readers.source import (
    ReadOptions,
    Record,
    Source,
    broken,
    make_source,
)
from secdiplo.ingest import scan
from secdiplo.ingest.records import records
from secdiplo.schema.cell_messages import MAX_CELL

MAX_LINE = 10_000_000
NUL = "a NUL byte; save the file as UTF-8 text"
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def delimited(path: Path, options: ReadOptions) -> Source:
    """Open a delimited text; the delimiter is the one that gives the most equal records."""
    encoding = _encoding(path, options)
    delimiter = {"tab": "\t", "\\t": "\t"}.get(options.delimiter, options.delimiter)
    if len(delimiter) > 1 or delimiter in {'"', "\n", "\r"}:
        raise UsageError(f"`{delimiter}` is not a delimiter; give one character, or `tab`")
    if not delimiter:
        order = sorted(DELIMITERS, key=lambda mark: mark != "\t" and path.suffix.lower() == ".tsv")
        delimiter = max(order, key=lambda mark: _fit(path, encoding, mark))
    return make_source(
        path,
        lambda: _cut(path, encoding, delimiter),
        has_header=options.header is not False,
        is_text=True,
    )


def _encoding(path: Path, options: ReadOptions) -> str:
    """Return the encoding that is named, or that of the mark at the start of the file."""
    if options.encoding:
        check_encoding(options.encoding)
        return options.encoding
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for bom, name in ENCODINGS.items() if start.startswith(bom)), "utf-8-sig")


def check_encoding(name: str) -> None:
    """Refuse an encoding that is not known.

    Raises
    ------
    UsageError
        There is none of that name for texts.
    """
    try:
        "".encode(name)
    except (LookupError, ValueError, UnicodeError):
        what = "give one such as utf-8, cp1252 (Windows) or latin-1"
        raise UsageError(f"no encoding `{name}`; {what}") from None


def _fit(path: Path, encoding: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first records have the same number of cells, and that number."""
    widths: Counter[int] = Counter()
    with contextlib.suppress(DataError):
        for count, (_, cells) in enumerate(_cut(path, encoding, delimiter)):
            widths[len(cells)] += len(cells) > 1
            if count == 20:
                break
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _cut(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    try:
        found = records(path, delimiter=delimiter, encoding=encoding, longest=MAX_CELL)
        for line, cells in found:
            if any("\0" in cell for cell in cells):
                raise broken(path, NUL, line)
            yield line, cells
    except UnicodeError:
        raise _not_utf8(path, encoding) from None
    except csv.Error as error:
        what, line = error.args
        raise broken(path, what, line) from None


def _not_utf8(path: Path, encoding: str) -> DataError:
    if encoding == "utf-8-sig":
        other = ', or name its encoding, such as "cp1252" (`--encoding`, or `encoding` in the map)'
        problems = scan.encoding_problems(path, path.name)
        return DataError([replace(problem, what=problem.what + other) for problem in problems])
    return broken(path, f"bytes that are not {encoding}; name another encoding, or save as UTF-8")


def tab(path: Path, options: ReadOptions) -> Source:
    """Open a tab file as the Dataverse software writes it.

    It quotes texts, and escapes a quote, a tab and a new line within them by a backslash.
    """
    encoding = _encoding(path, options)

    def lines() -> Iterator[Record]:
        try:
            with path.open(encoding=encoding) as file:
                for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), ""), 1):
                    if "\0" in line:
                        raise broken(path, NUL, number)
                    if len(line) == MAX_LINE:
                        what = (
                            f"a line of over {MAX_LINE:,} characters; this is not a table of rows"
                        )
                        raise broken(path, what, number)
                    yield number, [_unescaped(cell) for cell in line.rstrip("\n").split("\t")]
        except UnicodeError:
            raise _not_utf8(path, encoding) from None

    return make_source(path, lines, has_header=options.header is not False, is_text=True)


def _unescaped(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        cell = re.sub(r'\\"|""', '"', cell[1:-1])
        cell = re.sub(r"\\[nt]", "\n", cell)
    return cell
