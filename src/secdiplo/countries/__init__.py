"""Look up countries and organizations by name or code: exactly, or not at all.

A name resolves when its spelling is that of one entity but for case, accents, punctuation and
small words. Anything else is an error with ranked suggestions: a person decides whether
they fit. Names that two countries have (Korea, Congo) are refused, with both as suggestions.

>>> from secdiplo import countries
>>> countries.find("Viet Nam").iso3
'VNM'
>>> countries.convert(["Côte d'Ivoire", "朝鲜", "UK"], to="cow")
[437, 731, 200]
"""

from secdiplo.countries.columns import convert, find_all
from secdiplo.countries.finding import CountryError, Suggestion, find, note, suggest, why_refused
from secdiplo.countries.index import look_up
from secdiplo.countries.sheets import (
    LAST_DAY,
    LETTER_SYSTEMS,
    MEMBERSHIPS,
    Country,
    Entity,
    Organization,
    Spell,
    carried_on,
    countries,
    letter_codes,
    organizations,
    renamed,
    spells,
    targets,
)

__all__ = [
    "LAST_DAY",
    "LETTER_SYSTEMS",
    "MEMBERSHIPS",
    "Country",
    "CountryError",
    "Entity",
    "Organization",
    "Spell",
    "Suggestion",
    "carried_on",
    "convert",
    "countries",
    "find",
    "find_all",
    "letter_codes",
    "look_up",
    "note",
    "organizations",
    "renamed",
    "spells",
    "suggest",
    "targets",
    "why_refused",
]
