"""What counts as the same text: the one normal form, in Python and in SQL.

Keys, codes, headers, settings and imported values are compared by `normal_form`. Two texts that
differ only by it are reported with the code points that differ (`difference`): they are never
silently one, and never silently two. Characters that nobody sees are errors wherever they occur.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

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
SELECTORS = ((0x034F, 0x034F), (0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Characters that only choose how the one before is drawn; an emoji in a title has them."""
APOSTROPHES = (
    "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u2018\u2019\u201b\u2032\ua78b\ua78c\u1fbd\u1fbf"
)
HYPHENS = (
    "\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e17\u2e1a\u2e3a"
    "\u2e3b\u2e40\u2e5d\ufe58\ufe63\uff0d"
)


def _pattern(write: Callable[[int], str]) -> str:
    """Return a regular expression for an invisible character, given how a code point is written."""

    def span(first: int, last: int) -> str:
        return f"{write(first)}-{write(last)}"

    alone = "".join(span(*ends) for ends in INVISIBLE)
    joiners, latin = f"[{''.join(map(write, JOINERS))}]", f"[{span(*LATIN)}]"
    return f"[{alone}]|{latin}{joiners}|{joiners}{latin}|^{joiners}|{joiners}$"


_CLOSING = "\u2019\u201d\u00bb\u2013\u2014\u2026"
_WINDOWS = bytes(range(0x80, 0xC0)).decode("cp1252", errors="ignore")
_AFTER = "\x80-\x9f" + "".join(letter for letter in _WINDOWS if letter not in _CLOSING)
SQL_MOJIBAKE = "|".join(
    (
        f"[\u00c2-\u00c5\u00d0\u00d1\u00d8\u00d9][{_AFTER}]",
        f"[\u00c2-\u00c5\u00d0\u00d1\u00d8\u00d9][{_CLOSING}]\\p{{L}}",
        f"[\u00e0-\u00ef][{_AFTER}][{_AFTER}{_CLOSING}]",
        f"[\u00e0-\u00ef][{_CLOSING}][{_AFTER}]",
    )
)
"""Letters that the bytes of UTF-8 are in Windows-1252: a first byte, and what comes after it.

A quotation mark or dash after a letter with an accent is usual text, unless a letter follows."""
SQL_INVISIBLE = _pattern(lambda code: f"\\x{{{code:X}}}")  # as DuckDB writes a code point
_INVISIBLE = re.compile(_pattern(chr))
_HIDDEN = {chr(code) for ends in INVISIBLE for code in range(ends[0], ends[1] + 1)}
_HIDDEN |= set(map(chr, JOINERS))
_PLAIN = dict.fromkeys(map(ord, APOSTROPHES), "'") | dict.fromkeys(map(ord, HYPHENS), "-")
_PLAIN |= dict.fromkeys(map(ord, _HIDDEN), "")
_PLAIN |= {code: "" for ends in SELECTORS for code in range(ends[0], ends[1] + 1)}
_LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th"}
)
TEXTS_AT_ONCE = 10_000  # texts that are looked at in one go


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


def character_name(character: str) -> str:
    r"""Return the code point and name of a character, as ``U+200B (zero width space)``.

    Examples
    --------
    >>> character_name("\u200b")
    'U+200B (zero width space)'
    """
    unnamed = "control character" if unicodedata.category(character) == "Cc" else "no name"
    name = unicodedata.name(character, unnamed).lower()
    return f"U+{ord(character):04X} ({name})"


# --- the normal form ------------------------------------------------------------------------


def plain_form(text: str) -> str:
    r"""Return a text in plain characters: the normal form with its capitals.

    Examples
    --------
    >>> plain_form("２０２４\u20131"), plain_form(" Côte\u00a0 d\u2019Ivoire ")
    ('2024-1', "Côte d'Ivoire")
    """
    if not text.isascii():
        # Before NFKC too, which takes an acute accent used as an apostrophe for a blank and a mark.
        text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    return " ".join(text.replace("`", "'").split())


def normal_form(text: str) -> str:
    r"""Return what two spellings of the same text have in common.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        NFKC, case folded, without format characters, with one apostrophe, one hyphen, and one
        blank between words. Accents count: they tell words apart.

    Examples
    --------
    >>> normal_form("Ｗang\u00a0Xiaohong"), normal_form("CÔTE D\u2019IVOIRE"), normal_form("Straße")
    ('wang xiaohong', "côte d'ivoire", 'strasse')
    """
    if text.isascii():
        return plain_form(text).lower()
    # Folding may leave compatibility forms, and NFKC capitals: what Unicode calls D146.
    folded = unicodedata.normalize("NFD", plain_form(text)).casefold()
    folded = unicodedata.normalize("NFKC", folded).casefold()
    return plain_form(folded)


def unaccented(text: str) -> str:
    """Return the normal form without accents and marks, for a wider comparison.

    Examples
    --------
    >>> unaccented("Wáng Xiǎohóng"), unaccented("Łódź"), unaccented("Ærø")
    ('wang xiaohong', 'lodz', 'aero')
    """
    if text.isascii():
        return normal_form(text)
    apart = unicodedata.normalize("NFKD", normal_form(text))
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_LETTERS)


def difference(text: str, other: str) -> str:
    r"""Return how a text becomes another spelling of it, by the first code points that differ.

    Parameters
    ----------
    text, other : str
        With one normal form; where they have two, nothing is returned.

    Returns
    -------
    str
        Blank if only the case of ASCII letters differs: that is visible.

    Examples
    --------
    >>> difference("Wang\u00a0Xiaohong", "Wang Xiaohong")
    'with U+0020 (space) instead of U+00A0 (no-break space) at place 5'
    >>> difference("\u2018Ａ\u2018", "'Ａ'")
    'with U+0027 (apostrophe) instead of U+2018 (left single quotation mark) at place 1, and 1 more'
    >>> difference("Ada  Lovelace", "Ada Lovelace")
    'with 1 space instead of 2 at place 4'
    >>> difference("NTAO", "NATO"), difference("nato", "NATO")
    ('', '')
    """
    if text == other or normal_form(text) != normal_form(other):
        return ""
    found: list[tuple[int, str, str]] = []
    pairs = difflib.SequenceMatcher(None, text, other, autojunk=False)
    for kind, start, end, other_start, other_end in pairs.get_opcodes():
        old, new = text[start:end], other[other_start:other_end]
        if kind == "replace" and len(old) == len(new):
            found += [(start + n, *pair) for n, pair in enumerate(zip(old, new, strict=True))]
        elif kind != "equal":
            found.append((start, old, new))
    visible = [(old + new).isascii() and (old + new).isprintable() for _, old, new in found]
    found = [each for each, is_visible in zip(found, visible, strict=True) if not is_visible]
    if not found:
        return _spaces(text, other)
    place, old, new = found[0]
    words = f"with {_all_named(new)}" if new else f"without {_all_named(old)}"
    words += f" instead of {_all_named(old)}" if old and new else ""
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{words} at place {place + 1}{more}"


def _spaces(text: str, other: str) -> str:
    """Return the first place where a spelling has another number of spaces between words."""
    for mine, theirs in zip(re.finditer(" +", text), re.finditer(" +", other), strict=False):
        old, new = len(mine[0]), len(theirs[0])
        if old != new:
            return (
                f"with {new} space{'s' * (new != 1)} instead of {old} at place {mine.start() + 1}"
            )
    return ""


def _all_named(characters: str) -> str:
    return " ".join(character_name(character) for character in characters[:3])


# --- in SQL ---------------------------------------------------------------------------------

_SQL_UNTIDY = (  # each test is cheaper than the next
    "contains(s, '  ') or contains(s, '`') or contains(s, chr(9)) or contains(s, chr(10)) "
    r"or s < '!' or suffix(s, ' ') or regexp_matches(s, '[\x0B-\x0D\x1C-\x1F]')"
)
_SQL_TIDY = r"trim(regexp_replace(replace(s, '`', chr(39)), '[\x09-\x0D\x1C-\x1F ]+', ' ', 'g'))"
_SQL_ASCII = f"lower(case when {_SQL_UNTIDY} then {_SQL_TIDY} else s end)"


def define_normal_form(con: duckdb.DuckDBPyConnection, texts: str) -> None:
    """Define the SQL macro ``normal_form(s)`` on a connection; it equals `normal_form`.

    Parameters
    ----------
    con : DuckDB connection
        Gets the macro, and a table of the normal forms of texts that are not ASCII.
    texts : str
        A query of one column: the texts that the macro will be asked about.

    Notes
    -----
    DuckDB has neither NFKC nor case folding. ASCII texts, which are most, are folded by SQL alone;
    each different one of the others is folded once, in Python.
    """
    con.execute("create or replace table normal_forms (text varchar, form varchar)")
    cursor = con.cursor().execute(
        f"select distinct text from ({texts}) as t (text) where strlen(text) <> length(text)"
    )
    other = "null"
    while batch := [text for (text,) in cursor.fetchmany(TEXTS_AT_ONCE)]:
        other = "(select form from normal_forms where text = s)"
        con.execute(
            "insert into normal_forms select unnest($1), unnest($2)",
            [batch, list(map(normal_form, batch))],
        )
    con.execute(
        "create or replace macro normal_form(s) as "
        f"case when strlen(s) = length(s) then {_SQL_ASCII} else {other} end"
    )


def slug(text: str) -> str:
    """Write a text in lower case with hyphens, for a label.

    Examples
    --------
    >>> slug("U.S.-Africa Leaders Summit 2014"), slug("São Tomé"), slug("王小洪")
    ('u-s-africa-leaders-summit-2014', 'sao-tome', '王小洪')
    """
    return re.sub(r"[\W_]+", "-", unaccented(text)).strip("-")
