"""Index all names and codes, and look up what is named for certain."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from secdiplo.countries import sheets
from secdiplo.countries.sheets import Country, Entity
from secdiplo.countries.text import bracketed, forms, key
from secdiplo.schema.plain_values import plain_text

MAX_NAME_LETTERS = 200  # letters of what is taken for a name


@dataclass(frozen=True)
class NameIndex:
    """All codes, as they are written, and all names, by their keys."""

    codes: dict[str, list[Entity]]
    names: dict[str, Entity]
    refused: dict[str, sheets.Doubtful]
    spelt: dict[str, str]
    republics: frozenset[str]


@functools.cache
def names_and_codes() -> NameIndex:
    """Return the index of the reference sheets."""
    codes: dict[str, list[Entity]] = {}
    names: dict[str, Entity] = {}
    spelt: dict[str, str] = {}
    known = sheets.countries()
    refused = {key(found.name): found for found in sheets.doubtful() if found.refused}

    def add(name: str, entity: Entity) -> None:
        folded = key(name)
        if folded and folded not in refused and names.setdefault(folded, entity) == entity:
            spelt.setdefault(folded, name)

    for country in sorted(known.values(), key=lambda country: country.ended):
        codes.setdefault(country.iso3, []).append(country)
        if not country.ended:  # two letters of ended states have been given to others
            codes.setdefault(country.iso2, []).append(country)
            for name in sheets.aliases()[country.iso3]:
                add(name, country)
    republics = set()
    renamed = sheets.renamed()  # Zaire is the country of today; its own code, ZAR, is not
    for iso3, _, name, kind in sorted(sheets.names(), key=lambda row: known[row[0]].ended):
        add(name, known[renamed.get(iso3, iso3)])
        if kind == "formal" and "Republic" in name:
            republics.add(iso3)
    for organization in sheets.organizations().values():
        codes.setdefault(organization.code, []).append(organization)
        for name in (organization.code, organization.name, organization.name_zh):
            add(name, organization)
    return NameIndex(codes, names, refused, spelt, frozenset(republics))


def look_up(value: str, *, iso2: bool = True) -> Entity | None:
    """Return the entity that a text names for certain, or None; faster than `find`.

    Parameters
    ----------
    value : str
    iso2 : bool
        Whether two letters may be an ISO 3166-1 alpha-2 code. Without it they count only if they
        are a usual name too, such as UK.

    Returns
    -------
    Country, Organization or None

    Examples
    --------
    >>> from secdiplo import countries
    >>> countries.look_up("FR").iso3, countries.look_up("FR", iso2=False) is None
    ('FRA', True)
    """
    index = names_and_codes()
    value = plain_text(value)
    if len(value) > MAX_NAME_LETTERS:
        return None
    coded = index.codes.get(value, [])
    by_name = named(index, value)
    if not coded:
        return by_name
    if len(coded) > 1 or (by_name is not None and by_name not in coded):
        return None
    if not iso2 and len(value) == 2 and by_name is None:
        return None
    return coded[0]


def named(index: NameIndex, value: str) -> Entity | None:
    """Return the entity of a name; two letters count only as capitals: words are short too."""
    folded = key(value)
    if len(folded) < 3 and folded.isascii() and value != value.upper():
        return None
    if folded in index.refused:
        return None
    if found := index.names.get(folded):
        return found
    turned = list(forms(value))[1:]
    for form in turned:
        if key(form) in index.refused:
            return None
        if found := index.names.get(key(form)):
            return found
    if both := bracketed(value):
        one, other = (index.names.get(key(part)) for part in both)
        if one is not None and one == other:
            return one
    for text in (folded, *map(key, turned)):
        found = index.names.get(text.removeprefix("republic")) if text[:8] == "republic" else None
        if isinstance(found, Country) and found.iso3 in index.republics:
            return found
    return None
