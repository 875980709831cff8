"""Rows as text: an aligned table for a terminal, CSV, JSON or Markdown."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import json
import math
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from secdiplo.errors import UsageError
from secdiplo.output.csv_injection import MAY_BE_FORMULA, guarded
from secdiplo.output.screen import lay_out, prose_width, terminal_width

TEXT_FORMATS = ("table", "csv", "json", "markdown")
SMALLEST_PLAIN, LARGEST_PLAIN = 0.1, 1e15  # of numbers that two decimals show well


def render(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], style: str, *, colour: bool = False
) -> str:
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
    colour : bool
        Whether a table has its statuses in colour.

    Returns
    -------
    str
        Ends in a line feed unless it is empty.
    """
    if style == "json":
        check_names(columns)
        objects = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        return json.dumps(objects, indent=1, ensure_ascii=False) + "\n"
    if style == "csv":
        return "".join(csv_batches(columns, [rows]))
    if style == "markdown":
        return _markdown(columns, rows)
    return table(columns, rows, colour=colour)


def check_names(columns: Sequence[str]) -> None:
    """Raise an error if two columns have the same name: a reader would lose one of them."""
    for place, name in enumerate(columns):
        if name in columns[:place]:
            raise UsageError(f"two columns `{name}`; give one of them another name, with `as`")


def csv_batches(
    columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]
) -> Iterator[str]:
    """Write CSV in batches: the header, then the rows of each batch."""
    check_names(columns)
    yield _csv([columns])
    for batch in batches:
        yield _csv(map(_flat_row, batch))


def _flat_row(row: Sequence[Any]) -> list[Any]:
    """The cells of a row for CSV; most are text that needs no change, and there are many."""
    return [
        cell
        if cell is None or (type(cell) is str and cell[:1] not in MAY_BE_FORMULA)
        else _flat(cell)
        for cell in row
    ]


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
    """A CSV cell, which no spreadsheet takes for a formula."""
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


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    room: int | None = None,
    *,
    wide: bool = False,
    every_column: bool = False,
    spare: Sequence[str] = (),
    listed: bool = False,
    colour: bool = False,
) -> str:
    """Return an aligned table that fits the terminal; see `secdiplo.output.screen.lay_out`."""
    texts = [_texts([row[place] for row in rows]) for place in range(len(columns))]
    right = [_numeric(rows, place) for place in range(len(columns))]
    return lay_out(
        [text(name) for name in columns],
        list(zip(*texts, strict=True)),
        right,
        room=room or terminal_width(),
        wide=wide,
        every_column=every_column,
        spare=spare,
        listed=listed,
        colour=colour,
    )


def folded(text: str, indent: int = 2, later: int | None = None) -> str:
    """Return a text as lines that fit the terminal, those after the first further in."""
    first, rest = " " * indent, " " * (indent + 4 if later is None else later)
    return textwrap.fill(
        text,
        prose_width(),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
