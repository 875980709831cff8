"""Find the entity of a name or code, or raise an error with ranked suggestions."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence
from typing import NamedTuple

from secdiplo.countries import sheets
from secdiplo.countries.index import MAX_NAME_LETTERS, look_up, named, names_and_codes
from secdiplo.countries.sheets import Country, Entity
from secdiplo.countries.text import bracketed, forms, key
from secdiplo.errors import UsageError
from secdiplo.schema.plain_values import is_single, plain_text
from secdiplo.suggest import ranked, similarity

SYSTEMS = (
    *("iso3", "iso2", "numeric", "cow", "gw", "vdem", *sheets.LETTER_SYSTEMS),
    *("name", "organization"),
)
MAX_SUGGESTIONS = 5
SHARING = 0.5  # the least score of a name that shares a word with what is looked for
RAISED = 0.2
COMMON_WORDS = frozenset(
    (
        *("republic", "kingdom", "state", "states", "union", "territory", "territories"),
        *("united", "democratic", "peoples", "federal", "federated", "federation", "islamic"),
        *("new", "great", "socialist", "soviet", "confederation", "commonwealth"),
        *("island", "islands", "st", "north", "south", "east", "west", "northern", "southern"),
    )
)
"""Words that say little of which country is meant, as keys."""
MIN_STEM = 4  # letters that words with different endings share
MIN_NAME_WORD = 3  # letters of a word by which a name is suggested


class Suggestion(NamedTuple):
    """An entity that a text may stand for.

    Attributes
    ----------
    entity : Country or Organization
    matched : str
        The name of it that comes near.
    score : float
        From 0 to 1; 1 where the text names several and this is one of them.
    """

    entity: Entity
    matched: str
    score: float


class CountryError(UsageError):
    """A text that names no country or organization for certain.

    Attributes
    ----------
    suggestions : list of Suggestion
        What it may stand for, the likeliest first.
    text : str
        What was looked for.
    """

    def __init__(self, message: str, text: str, suggestions: Sequence[Suggestion]) -> None:
        super().__init__(message)
        self.text = text
        self.suggestions = list(suggestions)


def find(
    text: str | int, *, system: str | None = None, on: datetime.date | str | None = None
) -> Entity:
    """Find the country or organization that a name or code stands for.

    Parameters
    ----------
    text : str or int
        A name in one of the six languages of the United Nations, an old name, or an ISO 3166
        code of letters, in capitals.
    system : str, optional
        What `text` is: iso3, iso2, numeric, cow, gw, vdem, cowc, fips, ioc, name or organization.
        Codes of digits and letters of other systems than ISO need it; letters may then be in any
        case.
    on : date or str, optional
        The day on which a code of ``cow`` or ``gw`` is meant; without it a code that has been of
        several states is refused.

    Returns
    -------
    Country or Organization

    Raises
    ------
    CountryError
        Nothing, or more than one, is named; ``.suggestions`` ranks what may be meant.

    Examples
    --------
    >>> from secdiplo import countries
    >>> countries.find("DR Congo").iso3, countries.find(255, system="cow").iso3
    ('COD', 'DEU')
    >>> try:
    ...     countries.find("Perugia")
    ... except countries.CountryError as error:
    ...     print(error.suggestions[0].entity)
    Peru (PER)
    """
    if not is_single(text):
        raise UsageError("`find` takes one value; give a list or column to `convert`")
    value = plain_text(text)
    if not value:
        raise CountryError("a blank names no country; give a name or code", value, [])
    if system is not None:
        return _in_system(value, system.lower(), on)
    if on is not None:
        raise UsageError("`on` goes with the system of a code; add system='cow' or 'gw'")
    found = look_up(value)
    if found is None:
        raise _refusal(value)
    return found


def _refusal(value: str) -> CountryError:
    """Return the error for what `look_up` does not find."""
    index = names_and_codes()
    near = suggest(value)
    if value.isdigit():
        listed = (
            ", ".join(f"{found.entity} by {found.matched}" for found in near) or "none is certain"
        )
        what = f"`{value}` is a numeric code; name its system ({listed})"
        return CountryError(what, value, near)
    doubt = next(
        (index.refused[key(form)] for form in forms(value) if key(form) in index.refused), None
    )
    if doubt and not doubt.countries and "no state" in doubt.note:
        what = (
            f"`{value}` is not a country ({doubt.note.rstrip('.')}); name the country that is meant"
        )
        return CountryError(what, value, near)
    if doubt and not doubt.countries:
        listed = ", ".join(sheets.organizations())
        what = f"`{value}` is {doubt.note.rstrip('.')}; known organizations: {listed}"
        return CountryError(what, value, near)
    if doubt:
        what = (
            f"`{value}` does not identify a country ({doubt.note.rstrip('.')}); use {_said(near)}"
        )
        return CountryError(what, value, near)
    if len(index.codes.get(value, ())) > 1:
        what = f"`{value}` is the code of several countries; choose {_said(near)}, or its system"
        return CountryError(what, value, near)
    hint = f"did you mean {_said(near)}?" if near else "give a usual name or an ISO code"
    return CountryError(
        f"no country or organization `{value[:MAX_NAME_LETTERS]}`; {hint}", value, near
    )


def _said(near: Sequence[Suggestion]) -> str:
    listed = [str(suggestion.entity) for suggestion in near[:MAX_SUGGESTIONS]]
    more = f" or {len(near) - MAX_SUGGESTIONS} more" if len(near) > MAX_SUGGESTIONS else ""
    return ", ".join(listed[:-1]) + " or " * (len(listed) > 1 and not more) + (
        (", " * (len(listed) > 1 and bool(more)) + listed[-1]) if listed else ""
    ) + more  # fmt: skip


def suggest(text: str, limit: int = MAX_SUGGESTIONS) -> list[Suggestion]:
    """Rank what a text may stand for.

    Parameters
    ----------
    text : str
    limit : int
        How many suggestions of likeness are given at most; what a text names in full is all given.

    Returns
    -------
    list of Suggestion

    Notes
    -----
    A score is the similarity of two keys, raised where both share a telling word or one begins
    with the other; it never decides.

    Examples
    --------
    >>> from secdiplo import countries
    >>> [s.entity.iso3 for s in countries.suggest("Korea")]
    ['KOR', 'PRK']
    >>> countries.suggest("Peru (Interim Authority)", 1)[0].entity.iso3
    'PER'
    """
    index = names_and_codes()
    value = plain_text(text)[:MAX_NAME_LETTERS]
    known = sheets.countries()
    if value.isdigit():
        return _of_digits(value)
    if len(coded := index.codes.get(value, [])) > 1:
        return [Suggestion(entity, value, 1.0) for entity in coded]
    for form in forms(value):
        if doubt := index.refused.get(key(form)):
            return [Suggestion(known[iso3], doubt.name, 1.0) for iso3 in doubt.countries]
    upper = index.codes.get(value.upper(), []) if len(value) in {2, 3} else []
    best = {entity: Suggestion(entity, value.upper(), 0.9) for entity in upper}
    # In "Denmark (Greenland)" the name in brackets is more often a part of the other.
    second = 0.95 if value.endswith(")") else 1.0
    for part, score in zip(bracketed(value) or (), (1.0, second), strict=False):
        if entity := look_up(part):
            best[entity] = Suggestion(entity, part, score)
    for name, score in _scores(key(value), _telling(value)).items():
        doubt = index.refused.get(name)
        spelt = doubt.name if doubt else index.spelt[name]
        for entity in [known[c] for c in doubt.countries] if doubt else [index.names[name]]:
            if entity not in best or best[entity].score < score:
                best[entity] = Suggestion(entity, spelt, round(score, 2))
    ranking = sorted(best.values(), key=lambda found: (-found.score, found.entity.name))
    return ranking[:limit]


def _scores(folded: str, words: set[str]) -> dict[str, float]:
    """Return the names that come near to a key, with their scores."""
    index = names_and_codes()
    names = [*index.names, *index.refused]
    by_stem = [_of_stem(word) for word in words]
    sharing = set().union(*by_stem)
    same = sharing.intersection(*by_stem)
    sharing |= {
        name
        for name in names
        if (len(name) > MIN_NAME_WORD and folded.startswith(name))
        or (len(folded) >= MIN_NAME_WORD and name.startswith(folded))
    }
    scores = {name: score for score, name in ranked(folded, names)}
    for name in sharing:
        raised = RAISED * (2 if name in same else 1)
        scores[name] = min(0.99, max(similarity(folded, name), SHARING) + raised)
    return scores


def _of_stem(word: str) -> set[str]:
    """Return the names that have a telling word with any ending, as Bosnian and Bosnia, as keys."""
    from rapidfuzz.distance import Prefix  # only where a name was not found

    found = set(_by_word().get(word, ()))
    for other in _by_start().get(word[:MIN_STEM], ()):
        if Prefix.similarity(word, other) >= min(len(word), len(other)) - 2:
            found.update(_by_word()[other])
    return found


@functools.cache
def _by_start() -> dict[str, list[str]]:
    """Return the telling words of names by their first letters."""
    found: dict[str, list[str]] = {}
    for word in _by_word():
        if len(word) >= MIN_STEM:
            found.setdefault(word[:MIN_STEM], []).append(word)
    return found


@functools.cache
def _by_word() -> dict[str, list[str]]:
    """Return the names that each telling word occurs in, as keys."""
    index = names_and_codes()
    found: dict[str, list[str]] = {}
    spelt = index.spelt | {folded: doubt.name for folded, doubt in index.refused.items()}
    for folded, name in spelt.items():
        for word in _telling(name):
            found.setdefault(word, []).append(folded)
    return found


def _telling(text: str) -> set[str]:
    """Return the words of a text that tell countries apart, as keys."""
    words = {key(word) for word in text.split()} - COMMON_WORDS
    return {word for word in words if len(word) >= MIN_NAME_WORD}


def _of_digits(value: str) -> list[Suggestion]:
    """Return what a code of digits means in each system."""
    found = []
    for system in ("numeric", "cow", "gw", "vdem"):
        try:
            entity = _in_system(value, system, None)
        except CountryError:
            continue
        found.append(Suggestion(entity, system, 1.0))
    return found


def _in_system(value: str, system: str, on: datetime.date | str | None) -> Entity:
    """Return the entity of a code in a system, or of a name."""
    if system not in SYSTEMS:
        raise UsageError(f"no system `{system}`; systems: {', '.join(SYSTEMS)}")
    if on is not None and system not in sheets.MEMBERSHIPS:
        raise UsageError(f"`on` goes with cow and gw; leave it out of `{system}`")
    found: Entity | None = None
    if system in sheets.MEMBERSHIPS:
        return _member(value, system, on)
    if system == "name":
        found = named(names_and_codes(), value)
    elif system == "organization":
        capitals = {code.upper(): found for code, found in sheets.organizations().items()}
        found = capitals.get(value.upper())
    else:
        bearers = _by_code(system).get(value.upper().lstrip("0") or "0", [])
        if len(bearers) > 1:
            near = [Suggestion(each, value, 1.0) for each in bearers]
            raise CountryError(
                f"{system} {value} is the code of several countries; choose {_said(near)}",
                value,
                near,
            )
        found = bearers[0] if bearers else None
    if found is not None:
        return found
    if system == "name":
        raise _refusal(value)
    if system in sheets.LETTER_SYSTEMS and (other := _no_country(system, value.upper())):
        near = suggest(other)
        what = f"{system} `{value}` is {other}, which has no ISO code"
        raise CountryError(f"{what}; name {_said(near)}", value, near)
    near = [] if value.isdigit() else suggest(value)
    hint = f"did you mean {_said(near)}?" if near else "check the code and its system"
    raise CountryError(f"no {system} code `{value}`; {hint}", value, near)


@functools.cache
def _by_code(system: str) -> dict[str, list[Entity]]:
    """Return the countries by a code that does not change with time.

    A code of a country of today is its own; ended states share some, such as 891.
    """
    known = sheets.countries()
    found: dict[str, list[Entity]] = {}
    if system in sheets.LETTER_SYSTEMS:
        mine = [each for each in sheets.letter_codes() if each.system == system and each.iso3]
        return {each.code: [known[each.iso3]] for each in mine}
    for country in sorted(known.values(), key=lambda country: country.ended):
        code = getattr(country, system)
        if code is None:
            continue
        bearers = found.setdefault(str(code).lstrip("0") or "0", [])
        if not bearers or all(isinstance(c, Country) and c.ended for c in bearers):
            bearers.append(country)
    return found


def _no_country(system: str, code: str) -> str:
    """Return what a code of letters stands for that has no ISO code; blank if there is no such."""
    mine = (each for each in sheets.letter_codes() if each.system == system and not each.iso3)
    return next((each.name for each in mine if each.code == code), "")


def _member(value: str, system: str, on: datetime.date | str | None) -> Country:
    """Return the state that has a code in a list of members, on a day or at present."""
    code = value.lstrip("0")
    spells = [(iso3, spell) for iso3, spell in sheets.spells()
              if spell.system == system and str(spell.code) == code]  # fmt: skip
    if not spells:
        raise CountryError(f"no {system} code `{value}`; check the code and its system", value, [])
    if on is not None:
        when = sheets.day(on)
        spells = [(iso3, spell) for iso3, spell in spells if spell.covers(when)]
        if not spells:
            raise CountryError(f"{system} has no member `{value}` on {when}; choose another day",
                               value, [])  # fmt: skip
    if len({iso3 for iso3, _ in spells}) > 1:
        raise _of_several(value, system, spells, on)
    iso3, spell = max(spells, key=lambda found: (found[1].start, found[0]))
    if iso3:
        country = sheets.countries()[iso3]
        if on is None and str(getattr(country, system)) != code:  # a code it had and has not now
            raise _of_several(value, system, spells, on)
        return country
    near = suggest(spell.state)
    what = f"{system} {value} is {spell.state}, {spell.start}..{spell.end or ''}, without ISO code"
    hint = f"name {_said(near)}" if near else "give the country of today that is meant"
    raise CountryError(f"{what}; {hint}", value, near)


def _of_several(
    value: str, system: str, spells: list[tuple[str, sheets.Spell]], on: object
) -> CountryError:
    """Return the error for a code that several states have had."""
    borne = ", ".join(f"{spell.state} {spell.start}..{spell.end or ''}" for _, spell in spells)
    known = sheets.countries()
    near: dict[Entity, Suggestion] = {}
    for iso3, spell in reversed(spells):
        mine = [Suggestion(known[iso3], spell.state, 1.0)] if iso3 else suggest(spell.state)
        for found in mine:
            near.setdefault(found.entity, found)
    whose = "of several states" if len(spells) > 1 else "no code of today"
    hint = "give `on`, the day that is meant" if on is None else "give `on` as another day"
    ranked = sorted(near.values(), key=lambda found: -found.score)
    return CountryError(f"{system} {value} is {whose} ({borne}); {hint}", value, ranked)


def note(text: str) -> str:
    """Return a caution about a name that resolves but could be misunderstood.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Blank for most names.

    Examples
    --------
    >>> from secdiplo import countries
    >>> countries.note("Georgia")
    'Taken for the country; a state of the United States has the same name.'
    """
    cautions = _cautions()
    return next((cautions[key(form)] for form in forms(text) if key(form) in cautions), "")


def why_refused(text: str) -> str:
    """Return why a name or code that is recorded stands for no country for certain.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Blank for what resolves, and for what is not recorded.

    Examples
    --------
    >>> from secdiplo import countries
    >>> countries.why_refused("South Vietnam")
    'A state to 1975; both lists of states have it as 817, and ISO 3166 has no code for it.'
    """
    if look_up(text) is not None:
        return ""
    refused = names_and_codes().refused
    return next((refused[key(form)].note for form in forms(text) if key(form) in refused), "")


@functools.cache
def _cautions() -> dict[str, str]:
    return {key(found.name): found.note for found in sheets.doubtful() if not found.refused}
