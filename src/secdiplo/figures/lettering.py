"""The letters of figures: which fonts draw a text, how wide it is, and where its lines break."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager, rcParams
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

SHIPPED_FONT = Path(__file__).parent / "fonts" / "DroidSansFallback-subset.ttf"
FAMILIES = ("DejaVu Sans", "Droid Sans Fallback")  # the second for Han characters
KEPT = re.compile(r"\([^()]{1,18}\)|\b\w+ (?:19|20)\d\d\b")  # not broken: `(9 of 80)`, `May 2024`
STRONG = ("L", "R", "AL")  # kinds of letters that say in which direction a line runs
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
UNBROKEN = "\N{NO-BREAK SPACE}"
UNDRAWN = "[?]"  # in place of letters that no installed font has
SHAPES = matplotlib.__version_info__ >= (3, 11)  # earlier versions join and order no letters
SHAPED = ((0x0590, 0x08FF), (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x17FF))
HINTED = 1.03  # how much wider a line can be where letters are fitted to the pixels of a screen
SCRIPT_NAMES = {"CJK": "Han"}  # others as Unicode names them


# --- fonts ----------------------------------------------------------------------------------


@functools.cache
def _add_shipped_font() -> None:
    """Let matplotlib find the shipped font."""
    font_manager.fontManager.addfont(SHIPPED_FONT)
    _take_for_bold(FAMILIES[1])


def _take_for_bold(name: str) -> None:
    """Let matplotlib take a family without bold letters for bold text too, without a warning."""
    fonts = font_manager.fontManager.ttflist
    mine = [entry for entry in fonts if entry.name == name]
    if not any(entry.weight == 700 for entry in mine):
        plain = [dataclasses.replace(entry, weight=700) for entry in mine if entry.weight == 400]
        fonts.extend(plain)


def families(texts: Iterable[str]) -> list[str]:
    """Return the font families for some texts: the shipped ones, then installed ones they need.

    The shipped ones come first, so that a text that needs no others looks alike everywhere.
    """
    _add_shipped_font()
    return [*FAMILIES, *_installed(frozenset(_letters(texts) - _drawn_by(FAMILIES)))]


def undrawn(texts: Iterable[str]) -> list[str]:
    """Return the letters that the fonts in use cannot draw, in the order of Unicode."""
    return sorted(_letters(texts) - _drawn_by(tuple(rcParams["font.family"])))


def scripts(letters: Iterable[str]) -> list[str]:
    """Return the names of the scripts of some letters.

    Examples
    --------
    >>> scripts("이อ")
    ['Hangul', 'Thai']
    """
    first = [unicodedata.name(letter, "OTHER").split()[0] for letter in letters]
    return sorted({SCRIPT_NAMES.get(word, word.capitalize()) for word in first})


def _letters(texts: Iterable[str]) -> set[str]:
    return {char for text in texts for char in text if not char.isspace()}


@functools.cache
def _drawn_by(names: tuple[str, ...]) -> frozenset[str]:
    """Return the letters that font families draw together."""
    return frozenset().union(
        *(_letters_of(font_manager.findfont(FontProperties(family=[name]))) for name in names)
    )


@functools.cache
def _letters_of(path: str) -> frozenset[str]:
    """Return the letters of a font file; none if it cannot be drawn with."""
    try:
        font = font_manager.get_font(path)
    except (OSError, RuntimeError):
        return frozenset()
    letters = map(chr, font.get_charmap()) if font.scalable else ()
    return frozenset(letter for letter in letters if SHAPES or not _is_shaped(letter))


def _is_shaped(letter: str) -> bool:
    return any(low <= ord(letter) <= high for low, high in SHAPED)


@functools.cache
def _installed(missing: frozenset[str]) -> tuple[str, ...]:
    """Return the fewest installed families that draw letters which the shipped fonts lack."""
    if not missing:
        return ()
    files = {
        entry.name: entry.fname
        for entry in sorted(font_manager.fontManager.ttflist, key=lambda each: each.fname)
        if (entry.style, entry.weight) == ("normal", 400) and "Last Resort" not in entry.name
    }
    names = sorted(files, key=lambda name: (not name.startswith("Noto Sans "), name))
    has = {name: missing & _letters_of(files[name]) for name in names}
    chosen: list[str] = []
    while missing and has:
        best = max(has, key=lambda name: len(has[name] & missing))
        if not has[best] & missing:
            break
        chosen.append(best)
        _take_for_bold(best)
        missing -= has[best]
    return tuple(chosen)


# --- widths and lines -----------------------------------------------------------------------


def drawable(text: str) -> str:
    """Return a text with a mark in place of the letters that no font in use draws."""
    known = _drawn_by(tuple(rcParams["font.family"]))
    parts: list[str] = []
    for char in text:
        if char.isspace() or char in known:
            parts.append(char)
        elif not (parts and parts[-1] == UNDRAWN):
            parts.append(UNDRAWN)
    return "".join(parts)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a drawable line in inches."""
    return _em(text, bold, tuple(rcParams["font.family"])) * size / 72


@functools.lru_cache(maxsize=20_000)
def _em(text: str, bold: bool, names: Sequence[str]) -> float:
    """Return the width of a text in units of its size."""
    properties = FontProperties(family=list(names), weight="bold" if bold else "normal", size=100)
    whole: Any = text_to_path.get_text_width_height_descent(text, properties, False)
    return float(whole[0]) / 100 * HINTED


def fold(
    text: str, inches: float, size: float, *, bold: bool = False, balanced: bool = False
) -> list[str]:
    """Return a text as lines that fit a width, without a lone word on the last one.

    Parameters
    ----------
    text : str
    inches, size : float
        The width in inches, and the size of the letters in points.
    bold, balanced : bool
        Whether the letters are bold, and the lines about equally long.
    """
    text = KEPT.sub(lambda kept: kept[0].replace(" ", UNBROKEN), drawable(text))
    lines = _greedy(text, inches, size, bold)
    if balanced:
        longest = max(text_width(word, size, bold) for word in text.split(" "))
        narrow, wide = min(longest, inches), inches
        while wide - narrow > 0.02:
            middle = (narrow + wide) / 2
            if len(_greedy(text, middle, size, bold)) > len(lines):
                narrow = middle
            else:
                wide = middle
        lines = _greedy(text, wide, size, bold)
    if len(lines) > 1 and " " not in lines[-1] and lines[-2].count(" ") > 1:
        before, _, last = lines[-2].rpartition(" ")
        if text_width(f"{last} {lines[-1]}", size, bold) <= inches:
            lines[-2:] = [before, f"{last} {lines[-1]}"]
    return [_ordered(line.replace(UNBROKEN, " ")) for line in lines]


def _ordered(line: str) -> str:
    """Return a line that runs from left to right, also where it begins with a Hebrew name."""
    first = next((kind for kind in map(unicodedata.bidirectional, line) if kind in STRONG), "L")
    return line if first == "L" else f"{LEFT_TO_RIGHT}{line}"


def _greedy(text: str, inches: float, size: float, bold: bool) -> list[str]:
    """Return lines as full as they can be; a word wider than the width is broken."""
    blank = text_width(" ", size, bold)
    lines, used = [""], 0.0
    for word in filter(None, text.split(" ")):
        wide = text_width(word, size, bold)
        if wide <= inches:
            if lines[-1] and used + blank + wide > inches:
                lines.append("")
            used = used + blank + wide if lines[-1] else wide
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
            continue
        for number, char in enumerate(word):
            wide = text_width(char, size, bold)
            gap = blank if lines[-1] and not number else 0.0
            if lines[-1] and used + gap + wide > inches:
                lines.append("")
                used, gap = 0.0, 0.0
            lines[-1] += (" " if gap else "") + char
            used += gap + wide
    return lines
