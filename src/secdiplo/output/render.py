"""Rows as text: an aligned table for a terminal, CSV, JSON or Markdown."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import json
import math
import re
import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from secdiplo.output.csv_injection import guarded

TEXT_FORMATS = ("table", "csv", "json", "markdown")
TERMINAL_WIDTH = 80
MIN_COLUMN = 6
MAX_WORD_COLUMNS = 22
SMALLEST_PLAIN, LARGEST_PLAIN = 0.1, 1e15  # of numbers that two decimals show well


def render(columns: Sequence[str], rows: Sequence[Sequence[Any]], style: str) -> str:
    """Write rows in one of `TEXT_FORMATS`.

    Parameters
    ----------
    columns : sequence of str
        The names of the columns.
    rows : sequence of sequence
        The cells; None is a blank.
    style : str
        ``table`` fits the terminal (80 columns where there is none), ``json`` is a list of
        objects keyed by column.

    Returns
    -------
    str
        Ends in a line feed unless it is empty.
    """
    if style == "json":
        objects = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        return json.dumps(objects, indent=1, ensure_ascii=False) + "\n"
    if style == "csv":
        return "".join(csv_batches(columns, [rows]))
    if style == "markdown":
        return _markdown(columns, rows)
    return table(columns, rows)


def csv_batches(
    columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]
) -> Iterator[str]:
    """Write CSV in batches: the header, then the rows of each batch."""
    yield _csv([columns])
    for batch in batches:
        yield _csv([_flat(cell) for cell in row] for row in batch)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _plain(cell: Any) -> Any:
    """A cell as JSON has it: text, number, truth or nothing, whatever DuckDB gave."""
    if cell is None or type(cell) in {str, int, bool}:
        return cell
    if isinstance(cell, decimal.Decimal):
        cell = float(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, list | tuple):
        return [_plain(item) for item in cell]
    if isinstance(cell, dict):
        return {str(key): _plain(value) for key, value in cell.items()}
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.hex()
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)


def _flat(cell: Any) -> Any:
    """A CSV cell, which no spreadsheet takes for a formula; most are text, and there are many."""
    if type(cell) is not str:
        if isinstance(cell, float) and not math.isfinite(cell):
            return str(cell)  # which JSON has no word for
        cell = _plain(cell)
    return guarded(cell)


def text(cell: Any) -> str:
    """A cell for a reader: blank for None, no needless decimals, one line."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return f"{int(cell)}" if abs(cell) <= LARGEST_PLAIN else f"{cell:.4g}"
    clean = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(_plain(cell)))
    return " ".join(clean.split())


def _texts(cells: Sequence[Any]) -> list[str]:
    """A column of cells for a reader; its broken numbers with the same number of decimals."""
    broken = [cell for cell in cells if isinstance(cell, float) and not cell.is_integer()]
    if not broken:
        return [text(cell) for cell in cells]
    sizes = [abs(c) for c in cells if isinstance(c, float) and math.isfinite(c) and c]
    if sizes and (min(sizes) < SMALLEST_PLAIN or max(sizes) > LARGEST_PLAIN):
        return [f"{cell:.4g}" if isinstance(cell, float) else text(cell) for cell in cells]
    places = min(2, max(len(f"{cell:.2f}".rstrip("0").partition(".")[2]) for cell in broken))
    return [
        f"{cell:.{places}f}" if isinstance(cell, float) and math.isfinite(cell) else text(cell)
        for cell in cells
    ]


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"

    numeric = [_numeric(rows, place) for place in range(len(columns))]
    rule = "|" + "|".join(" ---: " if right else " --- " for right in numeric) + "|\n"
    return line(columns) + rule + "".join(line([text(cell) for cell in row]) for row in rows)


def _numeric(rows: Sequence[Sequence[Any]], place: int) -> bool:
    cells = [row[place] for row in rows if row[place] is not None]
    return bool(cells) and all(isinstance(c, int | float | decimal.Decimal) for c in cells)


def width(piece: str) -> int:
    """Terminal columns that a text takes: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in piece
    )


def _pad(piece: str, to: int, right: bool) -> str:
    fill = " " * (to - width(piece))
    return fill + piece if right else piece + fill


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], room: int | None = None) -> str:
    """An aligned table that fits the terminal; a single wide row stands as name and value."""
    room = room or shutil.get_terminal_size((TERMINAL_WIDTH, 24)).columns
    texts = [_texts([row[place] for row in rows]) for place in range(len(columns))]
    cells = [list(row) for row in zip(*texts, strict=True)]
    gaps = 2 * (len(columns) - 1)
    if len(rows) == 1 and sum(map(width, columns)) + gaps > room:
        return table(("measure", "value"), list(zip(columns, rows[0], strict=True)), room)
    right = [_numeric(rows, place) for place in range(len(columns))]
    widths = _widths(columns, cells, right, room - gaps)
    if widths is None:
        return _records(columns, cells, room)
    out = [*_lines(list(columns), widths, right), "  ".join("-" * wide for wide in widths)]
    for row in cells:
        out += _lines(row, widths, right)
    return "".join(line.rstrip() + "\n" for line in out)


def _widths(
    columns: Sequence[str], cells: list[list[str]], right: list[bool], room: int
) -> list[int] | None:
    """Widths that fit: whole, else wrapped between words, else with the heads of numbers cut."""
    tall = [[name, *(row[place] for row in cells)] for place, name in enumerate(columns)]
    widths = [max(map(width, column)) for column in tall]
    words = [
        min(MAX_WORD_COLUMNS, max(width(w) for c in column for w in _words(c) or [""]))
        for column in tall
    ]
    heads = [
        max([MIN_COLUMN, *map(width, column[1:])]) if flush else wide
        for column, flush, wide in zip(tall, right, words, strict=True)
    ]
    for floor in (words, heads):
        while sum(widths) > room:
            loose = [place for place, wide in enumerate(widths) if wide > floor[place]]
            if not loose:
                break
            widths[max(loose, key=widths.__getitem__)] -= 1
    return widths if sum(widths) <= room else None


def _records(columns: Sequence[str], cells: list[list[str]], room: int) -> str:
    """Rows that are too wide for a table, each as lines of name and value."""
    head = max(map(width, columns))
    out = []
    for row in cells:
        for name, cell in zip(columns, row, strict=True):
            lines = _wrap(cell, room - head - 2) if cell else []
            for place, line in enumerate(lines):
                out.append(_pad(name if not place else "", head, False) + "  " + line)
        out.append("")
    return "\n".join(out[:-1]) + "\n" if out else ""


def _words(cell: str) -> list[str]:
    """The pieces of a cell between which a line may end."""
    return re.findall(r"[^ _-]+[_-]*|[_-]+", cell)


def _lines(cells: list[str], widths: list[int], right: list[bool]) -> list[str]:
    """One row of cells as lines, wrapped within their columns."""
    wrapped = [_wrap(cell, wide) or [""] for cell, wide in zip(cells, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    return [
        "  ".join(
            _pad(lines[n] if n < len(lines) else "", wide, flush)
            for lines, wide, flush in zip(wrapped, widths, right, strict=True)
        )
        for n in range(height)
    ]


def _wrap(cell: str, wide: int) -> list[str]:
    """A cell as lines of at most `wide` columns, broken at blanks, hyphens and underscores."""
    if width(cell) <= wide:
        return [cell]
    lines = [""]
    for piece in re.findall(r"[^ _-]+[_-]*|[_-]+| +", cell):
        if width(lines[-1] + piece.rstrip()) > wide and lines[-1].strip():
            lines.append("")
        for char in piece if width(piece) > wide else [piece]:
            if width(lines[-1] + char.rstrip()) > wide:
                lines.append("")
            lines[-1] += char if lines[-1] else char.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


FOLDED = 78  # columns of a folded text


def folded(text: str, indent: int = 2, later: int | None = None) -> str:
    """Return a text as lines that fit the terminal, those after the first further in."""
    first, rest = " " * indent, " " * (indent + 4 if later is None else later)
    return textwrap.fill(text, FOLDED, initial_indent=first, subsequent_indent=rest)
