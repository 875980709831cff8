"""A table on a terminal: one line per row, as wide as the screen and no wider.

Names of columns, dates, identifiers, codes and numbers are shown whole. Text with spaces is cut,
with an ellipsis. Columns that still do not fit are left out of the middle, and a line below the
table names them. Only an identifier that is wider than the screen makes a line longer than that.
"""

from __future__ import annotations

import os
import shutil
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import TextIO

TERMINAL_WIDTH = 80  # where there is no terminal to ask
MAX_PROSE = 140  # longer lines are hard to read
MIN_TEXT = 20  # columns to which text may be cut
WIDE_SHARE = 0.4  # of the screen: a column that needs more is the first to be left out
GAP = "  "
ELLIPSIS = "…"

STATUS_COLUMN = "status"
GREEN, YELLOW, RED, DIM = "32", "33", "31", "2"
STATUS_COLOURS = {
    "reproduced": GREEN,
    "exceeded": YELLOW,
    "differs": YELLOW,
    "contradicted": RED,
    "not_testable": DIM,
    "zero": DIM,
    "outside_coverage": DIM,
    "not_a_state": DIM,
}


def terminal_width() -> int:
    """Return the columns of the terminal, or what COLUMNS says; 80 where there is neither."""
    return shutil.get_terminal_size((TERMINAL_WIDTH, 24)).columns


def prose_width() -> int:
    """Return the columns of a line of prose."""
    return min(terminal_width(), MAX_PROSE) - 2


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour what goes to a stream: on a terminal, unless NO_COLOR is set."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width(piece: str) -> int:
    """Terminal columns that a text takes: two for wide characters, none for combining ones."""
    if piece.isascii():
        return len(piece)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in piece
    )


def cut(piece: str, room: int) -> str:
    """Return a text that takes so many columns at most; an ellipsis stands for the rest.

    Examples
    --------
    >>> cut("Ada Lovelace", 9), cut("東京都庁舎", 6), cut("UNO", 3)
    ('Ada Love…', '東京…', 'UNO')
    """
    if width(piece) <= room:
        return piece
    kept, used = "", 1  # the ellipsis
    for char in piece:
        used += width(char)
        if used > room:
            break
        kept += char
    return kept.rstrip() + ELLIPSIS


def _is_whole(piece: str) -> bool:
    """Whether a cell may not be cut: a date, code or number, that is, one word and no address."""
    if " " in piece or piece.startswith(("http://", "https://")):
        return False
    # Letters without case are of scripts that write no spaces between words, as Japanese.
    return piece.isascii() or not any(unicodedata.category(c) == "Lo" for c in piece)


def lay_out(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    right: Sequence[bool],
    *,
    room: int,
    wide: bool = False,
    every_column: bool = False,
    spare: Sequence[str] = (),
    listed: bool = False,
    colour: bool = False,
) -> str:
    """Return an aligned table.

    Parameters
    ----------
    columns : sequence of str
        The names of the columns.
    cells : sequence of sequence of str
        The texts of each row, each without line breaks.
    right : sequence of bool
        The columns of numbers, which are aligned on the right.
    room : int
        The columns of the screen.
    wide : bool
        Cut no text and leave out no column; lines may be longer than the screen.
    every_column : bool
        Leave out no column, but cut text.
    spare : sequence of str
        Columns that are left out before others, in this order.
    listed : bool
        Whether the rows are a list, which looks the same if it has only one.
    colour : bool
        Colour the cells of the column `status`.

    Returns
    -------
    str
        Of a single row that does not fit, one line per column: measure and value; not of a list.
    """
    tall = [[row[place] for row in cells] for place in range(len(columns))]
    most = [max(map(width, (name, *tall[n]))) for n, name in enumerate(columns)]
    fits = sum(most) + len(GAP) * (len(columns) - 1) <= room
    if len(cells) == 1 and not fits and not listed:
        return _record(columns, cells[0], room=None if wide else room)
    if fits or wide:
        every = range(len(columns))
        return _drawn(columns, cells, right, every, dict(enumerate(most)), colour)
    least = [_least(name, tall[n], most[n]) for n, name in enumerate(columns)]
    shown: list[int | None] = list(range(len(columns)))
    if not every_column:
        shown = _shown(least, room, [columns.index(name) for name in spare if name in columns])
    widths = {place: least[place] for place in shown if place is not None}
    widths = _widened(widths, most, room - _taken(shown, least))
    out = _drawn(columns, cells, right, shown, widths, colour)
    dropped = [name for place, name in enumerate(columns) if place not in widths]
    return out + _note(dropped, room) if dropped else out


def _least(name: str, cells: Sequence[str], most: int) -> int:
    """Return the columns of the screen that a column takes at least."""
    if name == "id" or name.endswith("_id"):
        return most
    whole = [width(cell) for cell in cells if _is_whole(cell)]
    return max([width(name), min(most, MIN_TEXT), *whole])


def _taken(shown: Sequence[int | None], least: Sequence[int]) -> int:
    """Return the columns of the screen that columns take; None is a mark for those left out."""
    widths = [1 if place is None else least[place] for place in shown]
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _shown(least: Sequence[int], room: int, spare: Sequence[int]) -> list[int | None]:
    """Return the places of the columns that are shown; None is a mark for those left out."""
    kept: list[int | None] = list(range(len(least)))
    for place in [*spare, *sorted(range(len(least)), key=least.__getitem__, reverse=True)]:
        if _taken(kept, least) <= room or len(kept) == 1:
            return kept
        if place in kept and (place in spare or least[place] > WIDE_SHARE * room):
            kept.remove(place)
    if _taken(kept, least) <= room:
        return kept
    left, right = 1, len(kept)
    while True:
        before = left, right
        if left < right and _taken([*kept[:left], None, *kept[right - 1 :]], least) <= room:
            right -= 1
        if left < right and _taken([*kept[: left + 1], None, *kept[right:]], least) <= room:
            left += 1
        if (left, right) == before:
            return [*kept[:left], None, *kept[right:]]


def _widened(widths: dict[int, int], most: Sequence[int], spare: int) -> dict[int, int]:
    """Return the widths of columns, with what is left of the screen given to those that need it."""
    hungry = sorted(widths, key=lambda n: most[n] - widths[n])
    for number, place in enumerate(hungry):
        more = min(most[place] - widths[place], max(0, spare) // (len(hungry) - number))
        widths[place] += more
        spare -= more
    return widths


def _drawn(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    right: Sequence[bool],
    shown: Sequence[int | None],
    widths: dict[int, int],
    colour: bool = False,
) -> str:
    """Return the names, a rule and the rows of the columns that are shown."""

    def line(row: Sequence[str], mark: str = "") -> str:
        pieces = []
        for place in shown:
            if place is None:
                pieces.append(mark or " ")
                continue
            piece = cut(row[place], widths[place])
            fill = " " * (widths[place] - width(piece))
            if colour and not mark and columns[place] == STATUS_COLUMN:
                piece = coloured(piece)
            pieces.append(fill + piece if right[place] else piece + fill)
        return GAP.join(pieces).rstrip() + "\n"

    head = line(columns, ELLIPSIS)
    rule = line(["-" * widths.get(place, 0) for place in range(len(columns))], "-")
    return head + rule + "".join(map(line, cells))


def coloured(status: str) -> str:
    """Return a status in its colour; the caller knows that colours are wanted."""
    colour = STATUS_COLOURS.get(status)
    return f"\x1b[{colour}m{status}\x1b[0m" if colour else status


def _record(columns: Sequence[str], row: Sequence[str], room: int | None) -> str:
    """Return a single row as measures and values; a value that is cut nowhere has its own line."""
    names = max(map(width, (*columns, "measure")))
    rest = max(map(width, (*row, "value")))
    if room is not None:
        rest = max(min(rest, room - names - len(GAP)), len("value"))
    lines = [f"{'measure'.ljust(names)}{GAP}value", f"{'-' * names}{GAP}{'-' * rest}"]
    for name, cell in zip(columns, row, strict=True):
        if room is not None and width(cell) > rest and _is_whole(cell):
            indent = max(0, min(len(GAP), room - width(cell)))
            lines += [name, " " * indent + cell]
            continue
        fill = " " * (names - width(name))
        lines.append(f"{name}{fill}{GAP}{cut(cell, rest)}".rstrip())
    return "\n".join(lines) + "\n"


def _note(dropped: Sequence[str], room: int) -> str:
    """Return the line that names the columns that were left out, and how to see them."""
    number = f"{len(dropped)} column{'s' * (len(dropped) != 1)}"
    text = f"{ELLIPSIS} +{number} (--columns): {', '.join(dropped)}; --wide prints all"
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    return "".join(cut(line, room) + "\n" for line in lines)
