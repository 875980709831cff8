"""Names that are near to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, known: Iterable[str], cutoff: float) -> list[str]:
    """The name that is nearest to a word, and up to two that are as near, in alphabetical order.

    Parameters
    ----------
    word : str
    known : iterable of str
    cutoff : float
        The least likeness, from 0 to 1.
    """
    near = difflib.get_close_matches(word, known, 3, cutoff)
    like = difflib.SequenceMatcher(b=word)
    found = []
    for name in near:
        like.set_seq1(name)
        found.append((like.ratio(), name))
    return sorted(name for ratio, name in found if ratio == found[0][0])


def offered(names: Iterable[str]) -> str:
    """The question whether one of these was meant."""
    return "did you mean " + " or ".join(f"`{name}`" for name in dict.fromkeys(names)) + "?"
