"""Reduce names of countries to what the spellings of one name have in common.

Case, accents, marks, spaces and the words "the", "of" and "and" tell no two countries apart, so
a key is without them. Everything else counts: there is no guessing by likeness in here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from secdiplo.text import unaccented

WORDS = {
    "the": "",
    "of": "",
    "and": "",
    "saint": "st",
    "ste": "st",
    "rep": "republic",
    "dem": "democratic",
    "fed": "federated",
    "sts": "states",
    "is": "islands",
    "isl": "islands",
    "terr": "territory",
}
"""Words that are left out, or written in another way."""
_SILENT = dict.fromkeys(map(ord, ".'\u0640"), "")  # the last one stretches Arabic words
_BREAKS = re.compile(r"[\W_]+")
_PARTS = re.compile(r"(.+?)\s*(?:\(([^()]+)\)|,\s*(.+))\s*")


def key(name: str) -> str:
    """Return a name without what distinguishes no two countries.

    Parameters
    ----------
    name : str
        In any script.

    Returns
    -------
    str
        Blank where nothing is left.

    Notes
    -----
    It starts from the normal form of texts (`secdiplo.text`). Accents and marks are dropped, in
    every script; dots and apostrophes are silent, other punctuation parts words; words are then
    joined.

    Examples
    --------
    >>> key("Côte d’Ivoire") == key("COTE D'IVOIRE") == key("Cote dIvoire")
    True
    >>> key("Bahamas, The"), key("St. Kitts & Nevis"), key("Korea, Rep.")
    ('bahamas', 'stkittsnevis', 'korearepublic')
    """
    words = _BREAKS.sub(" ", unaccented(name).translate(_SILENT)).split()
    return "".join([WORDS.get(word, word) for word in words])


def forms(name: str) -> Iterator[str]:
    """Yield a name as it is, then with the part after a comma or in brackets in front.

    Parameters
    ----------
    name : str

    Yields
    ------
    str

    Examples
    --------
    >>> list(forms("Korea (South)")), list(forms("Peru"))
    (['Korea (South)', 'South Korea'], ['Peru'])
    """
    yield name
    if found := _PARTS.fullmatch(name):
        yield f"{found[2] or found[3]} {found[1]}"


def bracketed(name: str) -> tuple[str, str] | None:
    """Split a name from a second one in brackets or after a slash.

    Parameters
    ----------
    name : str

    Returns
    -------
    (str, str) or None
        None where there are no two names.

    Examples
    --------
    >>> bracketed("Myanmar (Burma)"), bracketed("Peru")
    (('Myanmar', 'Burma'), None)
    """
    found = re.fullmatch(r"(.+?)\s*(?:\(([^()]+)\)|/\s*([^/]+))\s*", name)
    return (found[1], found[2] or found[3]) if found else None
