"""What counts as the same text: characters that nobody sees are told, and never accepted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

INVISIBLE = (  # characters without a shape, as ranges: two cells that differ by one look alike
    (0x00AD, 0x00AD),  # soft hyphen
    (0x061C, 0x061C),  # Arabic letter mark
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200B),  # zero width space
    (0x200E, 0x200F),  # direction marks
    (0x202A, 0x202E),  # directions embedded and overridden
    (0x2060, 0x2064),  # word joiner and invisible operators
    (0x2066, 0x206F),  # directions isolated, and deprecated marks
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFB),  # annotations
    (0xE0001, 0xE007F),  # tags
)
JOINERS = (0x200C, 0x200D)  # spelling in Arabic, Persian and Indic scripts, nothing in Latin
LATIN = (0x0000, 0x024F)


def _pattern(write: Callable[[int], str]) -> str:
    """Return a regular expression for an invisible character, given how a code point is written."""

    def span(first: int, last: int) -> str:
        return f"{write(first)}-{write(last)}"

    alone = "".join(span(*ends) for ends in INVISIBLE)
    joiners, latin = f"[{''.join(map(write, JOINERS))}]", f"[{span(*LATIN)}]"
    return f"[{alone}]|{latin}{joiners}|{joiners}{latin}|^{joiners}|{joiners}$"


SQL_INVISIBLE = _pattern(lambda code: f"\\x{{{code:X}}}")  # as DuckDB writes a code point
_INVISIBLE = re.compile(_pattern(chr))
_HIDDEN = {chr(code) for ends in INVISIBLE for code in range(ends[0], ends[1] + 1)}
_HIDDEN |= set(map(chr, JOINERS))


def find_invisible(text: str) -> str | None:
    r"""Return the first invisible character of a text, None where there is none.

    Examples
    --------
    >>> find_invisible("Wang Xiao\u200bhong") == "\u200b"
    True
    >>> find_invisible("Wang Xiaohong") is None
    True
    """
    found = _INVISIBLE.search(text)
    if not found:
        return None
    return next(letter for letter in found[0] if letter in _HIDDEN)


def named(character: str) -> str:
    r"""Return the code point and name of a character, as ``U+200B (zero width space)``.

    Examples
    --------
    >>> named("\u200b")
    'U+200B (zero width space)'
    """
    name = unicodedata.name(character, "no name").lower()
    return f"U+{ord(character):04X} ({name})"
