"""Suggest known names for an unknown one: the only place that compares spellings.

Two names are near when few letters differ: inserted, deleted, replaced, or swapped with their
neighbour (the optimal string alignment distance). Rapidfuzz is imported only when a suggestion is
needed, that is, when a command fails anyway; so is the comparison of texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

NEAR = 0.65  # the similarity from which a name is near: about one letter in three may differ
MAX_TYPOS, MIN_LETTERS = 2, 5  # or so many letters, in names that are not shorter
MAX_OFFERED = 5
MAX_LISTED = 12
MIN_WORD = 4  # letters of a word that is looked for within longer names
MAX_WORDS = 3  # of such a name; longer ones are descriptions

FORMER_NAMES = {  # public names of version 1: what they are called now
    "--onto": ["--append-to"],
    "--rank": ["--official-rank"],
    "anchor": ["quote"],
    "bilateral_meetings": ["meetings"],  # of organization_totals
    "build_onto": ["append"],
    "cell_state": ["status"],
    "complete": ["impute", "exhaustive"],  # the command, and the key of dataset.toml
    "counterpart_name": ["counterpart_person"],
    "counterpart_title": ["counterpart_office"],
    "found": ["recomputed"],
    "forum_season": ["forum_window"],
    "is_complete": ["is_exhaustive"],
    "less_finely_dated": ["imprecise_dates"],
    "people_met": ["meeting_list"],
    "rank": ["official_rank"],
    "readings": ["interpretations"],
    "season": ["forum_window"],
    "synth": ["simulate"],
}


def similarity(one: str, other: str) -> float:
    """Return how similar two texts are, from 0 to 1.

    Examples
    --------
    >>> similarity("video", "viedo"), similarity("abc", "xyz")
    (0.8, 0.0)
    """
    return _scorer()(one, other)


def _scorer() -> Callable[..., float]:
    from rapidfuzz.distance import OSA

    return OSA.normalized_similarity


def ranked(word: str, known: Iterable[str]) -> list[tuple[float, str]]:
    """Rank the names that are near to a word.

    Parameters
    ----------
    word : str
        Compared as it is written; fold the case of both before.
    known : iterable of str
        The names.

    Returns
    -------
    list of (float, str)
        Similarity and name, the most similar first, then in alphabetical order.
    """
    from rapidfuzz import process

    choices = list(dict.fromkeys(known))
    found = process.extract(word, choices, scorer=_scorer(), limit=None, score_cutoff=0.5)
    near = [(score, name) for name, score, _ in found if _is_near(score, word, name)]
    return sorted(near, key=lambda pair: (-pair[0], pair[1]))


def _is_near(score: float, word: str, name: str) -> bool:
    """Return whether few letters differ, given the similarity and so their number."""
    letters = max(len(word), len(name))
    return score >= NEAR or (letters >= MIN_LETTERS and round((1 - score) * letters) <= MAX_TYPOS)


def closest(word: str, known: Iterable[str]) -> list[str]:
    """Return the name that is nearest to a word, or all that are equally near.

    Parameters
    ----------
    word : str
        In any case.
    known : iterable of str
        The names.

    Returns
    -------
    list of str
        In alphabetical order; where some have the normal form of the word, only those. If no
        spelling is near, the few names that contain the word as one of theirs; empty if
        nothing is near.

    Examples
    --------
    >>> closest("NTAO", ["NATO", "NAFTA", "WHO"]), closest("visits", ["events", "officials"])
    (['NATO'], [])
    >>> closest("regional", ["country_totals", "regional_shares"])
    ['regional_shares']
    """
    from secdiplo.text import normal_form

    choices = list(dict.fromkeys(known))
    if present := present_name(word, choices):
        return [present]
    by_case: dict[str, list[str]] = {}
    for name in choices:
        by_case.setdefault(normal_form(name), []).append(name)
    plain = normal_form(word)
    if plain in by_case:
        return sorted(by_case[plain])
    near = ranked(plain, by_case)
    best = [name for score, name in near if score == near[0][0]]
    if not best and len(plain) >= MIN_WORD:
        words = {name: re.split(r"[\W_]+", name) for name in by_case}
        best = [name for name in by_case if plain in words[name] and len(words[name]) <= MAX_WORDS]
    if len(best) > MAX_OFFERED:
        return []
    return sorted(name for folded in best for name in by_case[folded])


def did_you_mean(names: Iterable[str], quote: str = "`", word: str = "") -> str:
    r"""Ask whether one of these names was meant.

    Parameters
    ----------
    names : iterable of str
        What is offered.
    quote : str
        The quotation mark of each name.
    word : str
        What was given: if it is the only name but for its normal form, the message names the code
        points that differ.

    Examples
    --------
    >>> did_you_mean(["NATO", "NAFTA"])
    'did you mean `NATO` or `NAFTA`?'
    >>> did_you_mean(["Sri Lanka"], word="Sri\u00a0Lanka")
    'did you mean `Sri Lanka`, with U+0020 (space) instead of U+00A0 (no-break space) at place 4?'
    """
    from secdiplo.text import difference

    listed = list(dict.fromkeys(names))
    offered = " or ".join(f"{quote}{name}{quote}" for name in listed)
    unlike = difference(word, listed[0]) if word and len(listed) == 1 else ""
    return f"did you mean {offered}{', ' if unlike else ''}{unlike}?"


def present_name(former: str, known: Iterable[str]) -> str | None:
    """Return what a name of version 1 is called now, if that is one of the known names.

    Examples
    --------
    >>> present_name("synth", ["build", "simulate"]), present_name("synth", ["csv"])
    ('simulate', None)
    """
    choices = set(known)
    return next((name for name in FORMER_NAMES.get(former, ()) if name in choices), None)


def renamed(former: str, known: Iterable[str]) -> str:
    """Return that a name of version 1 has a new name, if that is one of the known names, or "".

    Examples
    --------
    >>> renamed("synth", ["build", "simulate"]), renamed("synth", ["csv"])
    ('it is now `simulate`', '')
    """
    present = present_name(former, known)
    return f"it is now `{present}`" if present else ""


def hint(word: str, known: Iterable[str]) -> str:
    """Return the present name of a former one, or the nearest names; blank if there is neither.

    Examples
    --------
    >>> hint("synth", ["build", "simulate"]), hint("codbook", ["codebook"]), hint("x", ["build"])
    ('it is now `simulate`', 'did you mean `codebook`?', '')
    """
    choices = list(known)
    if now := renamed(word, choices):
        return now
    near = closest(word, choices)
    return did_you_mean(near, word=word) if near else ""


def suggest(word: str, known: Sequence[str], otherwise: str = "known") -> str:
    """Return the present name of a former one, the nearest names, or what is known.

    Parameters
    ----------
    word : str
        What was given.
    known : sequence of str
        What could have been given.
    otherwise : str
        The word in front of the list, if nothing is near.

    Returns
    -------
    str
        The end of a message.

    Examples
    --------
    >>> suggest("cvs", ["csv", "json"]), suggest("xml", ["csv", "json"], "formats")
    ('did you mean `csv`?', 'formats: csv, json')
    >>> suggest("people_met", ["meeting_list", "topic_totals"])
    'it is now `meeting_list`'
    """
    if found := hint(word, known):
        return found
    more = f", ... ({len(known)} in all)" if len(known) > MAX_LISTED else ""
    between = "; " if any("," in name for name in known) else ", "
    return f"{otherwise}: {between.join(list(known)[:MAX_LISTED]) or 'none'}{more}"
