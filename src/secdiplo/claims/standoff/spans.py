"""Spans of a text, and the units in which tools count offsets.

brat, doccano and Label Studio count code points; WebAnno and INCEpTION count UTF-16 code units, of
which a letter outside the Basic Multilingual Plane has two.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

OFFSETS = ("code_points", "utf16", "bytes")


@dataclass(frozen=True)
class Span:
    """A piece of a text that is annotated.

    Attributes
    ----------
    label : str
        The type that the tool gives it.
    pieces : tuple of (int, int)
        Start and end of each piece, in the unit of the tool; usually one.
    attributes : dict of str to str
        What else the tool records of the span.
    ident : str
        The identifier that the tool gives it.
    quote : str or None
        The text of the span as the tool has it, with a space between pieces.
    line : int
        The line of the file, for messages.
    text : str or None
        The text that the offsets count, if the file contains it.
    """

    label: str
    pieces: tuple[tuple[int, int], ...]
    attributes: dict[str, str] = field(default_factory=dict)
    ident: str = ""
    quote: str | None = None
    line: int = 0
    text: str | None = None


def widths(unit: str) -> Callable[[str], int]:
    """Return how many units a letter has."""
    if unit == "utf16":
        return lambda letter: 2 if letter > "\uffff" else 1
    if unit == "bytes":
        return lambda letter: len(letter.encode("utf-8", "surrogatepass"))
    return lambda letter: 1


def edges(text: str, unit: str) -> list[int]:
    """Return the offset at which each letter of a text begins, and that of its end.

    Examples
    --------
    >>> edges("a\U0001f600b", "utf16")
    [0, 1, 3, 4]
    """
    width = widths(unit)
    offsets = [0]
    for letter in text:
        offsets.append(offsets[-1] + width(letter))
    return offsets


def code_point(offsets: Sequence[int], offset: int) -> int | None:
    """Return the code point at an offset; None if it is outside the text or within a letter."""
    place = bisect.bisect_left(offsets, offset)
    return place if place < len(offsets) and offsets[place] == offset else None


def squeezed(quote: str) -> str:
    """Return a quote without white space, which tools write in different ways."""
    return "".join(quote.split())


def without_returns(text: str) -> tuple[str, list[int]]:
    """Return a text with line feeds for CR LF, and where each of its letters is in the original."""
    kept = [
        place
        for place, letter in enumerate(text)
        if not (letter == "\r" and text[place + 1 : place + 2] == "\n")
    ]
    return "".join(text[place] for place in kept), [*kept, len(text)]
