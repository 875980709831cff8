"""Names of columns as a target format allows them: renamed so that it can be undone."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_STATA = 32
STATA_RESERVED = frozenset(
    {"_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_skip"}
    | {"byte", "double", "float", "if", "in", "int", "long", "strL", "using", "with"}
)


def for_stata(names: Sequence[str]) -> dict[str, str]:
    """The name of each column in Stata.

    Parameters
    ----------
    names : sequence of str
        The names of one table's columns.

    Returns
    -------
    dict of str to str
        Our name to theirs, which has at most 32 letters, digits and underscores, is no word of
        the language and differs from all others. Most are alike.

    Examples
    --------
    >>> for_stata(["date", "if", "my column", "2nd"])
    {'date': 'date', 'if': 'if_', 'my column': 'my_column', '2nd': '_2nd'}
    """
    allowed = {name for name in names if _allowed(name)}
    taken = set(allowed)  # a name that needs no change keeps it, wherever it stands
    found = {}
    for name in names:
        if name in allowed:
            found[name] = name
            continue
        plain = _plain(name)
        other, number = plain, 2
        while other in taken:
            mark = f"_{number}"
            other, number = plain[: MAX_STATA - len(mark)] + mark, number + 1
        taken.add(other)
        found[name] = other
    return found


def _allowed(name: str) -> bool:
    return len(name) <= MAX_STATA and _plain(name) == name


def _plain(name: str) -> str:
    plain = re.sub(r"\W", "_", name)[:MAX_STATA] or "_"
    if not (plain[0].isalpha() or plain[0] == "_"):
        plain = f"_{plain}"[:MAX_STATA]
    if plain in STATA_RESERVED or re.fullmatch(r"str\d+", plain):
        plain += "_"
    return plain


def shortened(text: str, most: int) -> str:
    """A text of at most so many letters, cut between words.

    Examples
    --------
    >>> shortened("The official of the home country.", 20)
    'The official of...'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 2].rsplit(" ", 1)[0]
    return cut[: most - 3].rstrip(" ,;:") + "..."
