"""Look up the codes that values stand for: those of closed lists, countries and organizations.

A spelling is exact when it is the code, its label or a recorded name, but for case, accents and
marks. Everything else is at most a suggestion, for a human to decide.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from secdiplo import countries
from secdiplo.folder import resources
from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.suggest import MAX_OFFERED, closest
from secdiplo.text import unaccented

ORGANIZATION = "org:"  # as in the identifiers of interactions
OTHER_COUNTERPARTS = {ORGANIZATION: "organization", "actor:": "actor"}
"""How a map writes counterparts that are no countries, with their type."""
BLANK_LABEL = "(blank)"
AMBIGUOUS_CODES = {"NA": ("NAM",)}
"""Codes of countries that mean a missing value as well."""
ASKED_LISTS = ("agency", "official_rank", "topic")
CODED_COLUMNS = {
    column.name: column.codes
    for column in CODING_SHEET.columns
    if column.codes and not column.open_codes
}
"""The list of each column of the sheet that takes codes only."""

SYSTEMS_OF_DIGITS = ("cow", "gw", "numeric", "vdem")
MAP_SYSTEMS = ("iso3", "iso2", *SYSTEMS_OF_DIGITS, *countries.LETTER_SYSTEMS)
"""Systems that a map can name for a column of country codes."""
SYSTEM_NAMES = {"cowc": r"\b(cow|stateabb)\b", "fips": r"\bfips\b", "ioc": r"\b(ioc|noc)\b"}
"""Words in the name of a column that tell the system of its letters."""
MIN_CLASHES = 2  # different letters that mean other countries in Correlates of War than in ISO 3166
MISSING_MARKERS = frozenset(
    (
        *("NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "Null", "null", "None", "none"),
        *("-", "--", "\u2013", "\u2014", ".", "..", "?", "-9", "-99", "-999", "-9999"),
    )
)
"""Texts that mark a missing value in files. They are blanks only if the map says so."""

SUGGESTED = {
    "format": {
        "one on one": "bilateral",
        "bilat": "bilateral",
        "side meeting": "sideline",
        "margins": "sideline",
        "conference": "multilateral",
        "summit": "multilateral",
        "dialogue": "multilateral",
        "multi": "multilateral",
    },
    "mode": {
        "face to face": "in_person",
        "physical": "in_person",
        "offline": "in_person",
        "visit": "in_person",
        "virtual": "video",
        "online": "video",
        "videoconference": "video",
        "vtc": "video",
        "call": "phone",
        "telephone": "phone",
    },
    "counterpart_type": {
        "state": "country",
        "nation": "country",
        "territory": "country",
        "igo": "organization",
        "institution": "organization",
        "multilateral": "organization",
    },
    "confidence": {"certain": "high", "moderate": "medium", "uncertain": "low"},
    "official_rank": {"deputy minister": "vice_minister", "head": "minister"},
}
"""Words that suggest a code and do not prove it."""


def fold(text: str) -> str:
    """Strip a text of case, accents and marks, for comparison.

    Examples
    --------
    >>> fold("Côte d’Ivoire"), fold("Antigua & Barbuda"), fold("In-person")
    ('cote d ivoire', 'antigua and barbuda', 'in person')
    """
    words = re.sub(r"[\W_]+", " ", unaccented(text).replace("&", " and ")).split()
    words = ["st" if word == "saint" else word for word in words]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


class CodeNames(Protocol):
    """The codes of one list, by the names that values have for them."""

    @property
    def codes(self) -> Mapping[str, str]:
        """Return each code with its label and other names, separated by ``"; "``."""

    def find(self, value: str) -> str | None:
        """Return the code that a value stands for, or None if that is not certain."""

    def suggest(self, value: str) -> list[str]:
        """Return the codes that a value may stand for, for a human to decide."""


@dataclass(frozen=True)
class CodeList:
    """The codes of one list, by how they are spelt.

    Attributes
    ----------
    codes : dict
        Code -> its label and other names, separated by ``"; "``.
    exact : dict
        Folded spelling -> code.
    hints : dict
        Folded word -> the code that it suggests.
    """

    codes: dict[str, str]
    exact: dict[str, str]
    hints: Mapping[str, str] = field(default_factory=dict)

    def find(self, value: str) -> str | None:
        """Find the code of an exact spelling; `Ministry (MFA)` is one where both parts agree."""
        if value in self.codes:
            return value
        if found := self.exact.get(fold(value)):
            return found
        if match := re.fullmatch(r"(.+?)\s*\((.+)\)", value):
            parts = {self.exact.get(fold(part)) for part in match.groups()}
            return parts.pop() if len(parts) == 1 else None
        return None

    def suggest(self, value: str) -> list[str]:
        """Suggest codes for a value: by a word in it, or by the nearest spellings."""
        plain = fold(value)
        if found := self.find(value):
            return [found]
        inside = [
            (len(name), code)
            for name, code in (*self.exact.items(), *self.hints.items())
            if f" {name} " in f" {plain} " and len(name) > 2
        ]
        if inside:
            return [max(inside)[1]]
        near = closest(plain, self.exact) if len(plain) > 3 else []
        return list(dict.fromkeys(self.exact[name] for name in near))


def typed(code: str) -> tuple[str, str]:
    """Return the type and the code of a counterpart as a map writes it.

    Examples
    --------
    >>> typed("KEN"), typed("org:ASEAN"), typed("actor:TALIBAN")
    (('country', 'KEN'), ('organization', 'ASEAN'), ('actor', 'TALIBAN'))
    """
    for prefix, kind in OTHER_COUNTERPARTS.items():
        if code.startswith(prefix):
            return kind, code.removeprefix(prefix)
    return "country", code


def written(kind: str, code: str) -> str:
    """Write a counterpart as in a map.

    Examples
    --------
    >>> written("country", "KEN"), written("organization", "ASEAN")
    ('KEN', 'org:ASEAN')
    """
    prefixes = {other: prefix for prefix, other in OTHER_COUNTERPARTS.items()}
    return prefixes.get(kind, "") + code


@dataclass(frozen=True)
class CountryNames:
    """Countries, and organizations as ``org:`` and an acronym, as `secdiplo.countries` knows them.

    Two-letter codes need a column that holds nothing else (`iso2`): letters of other systems look
    the same, and `NA` is Namibia and a missing value.
    """

    organizations: bool = False

    @property
    def codes(self) -> Mapping[str, str]:
        """Return each country with its names."""
        return country_codes()

    def find(self, value: str) -> str | None:
        """Return what a value names for certain."""
        found = countries.look_up(value, iso2=False)
        return self._code(found) if found else None

    def suggest(self, value: str) -> list[str]:
        """Return what `secdiplo.countries` suggests: what is named in full, or what is nearest."""
        if value in AMBIGUOUS_CODES:
            return [*AMBIGUOUS_CODES[value], BLANK_LABEL]
        if found := self.find(value):
            return [found]
        near = countries.suggest(value)
        best = [each.entity for each in near if each.score == near[0].score]
        return [code for entity in best if (code := self._code(entity))][:MAX_OFFERED]

    def _code(self, entity: countries.Entity) -> str | None:
        if isinstance(entity, countries.Country):
            return entity.iso3
        return ORGANIZATION + entity.code if self.organizations else None


def _spellings(
    codes: Mapping[str, str], names: Iterable[tuple[str, str]], hints: Mapping[str, str]
) -> CodeList:
    """Index a list and further (name, code) pairs; a name of two codes stands for neither."""
    exact: dict[str, str] = {}
    clashing: set[str] = set()
    for name, code in [*((code, code) for code in codes), *names]:
        folded = fold(name)
        if folded and exact.setdefault(folded, code) != code:
            clashing.add(folded)
    return CodeList(
        dict(codes), {name: code for name, code in exact.items() if name not in clashing}, hints
    )


def reference(name: str) -> list[dict[str, str]]:
    """Read a sheet of the built-in dataset, such as ``reference/countries.csv``."""
    with (resources.shipped("data") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def country_codes() -> dict[str, str]:
    """Map ISO 3166 alpha-3 codes to the English name, the two-letter code and other names."""
    known = countries.countries().values()
    return {each.iso3: "; ".join((each.name, each.iso2, *each.names.values())) for each in known}


@functools.cache
def iso2() -> dict[str, str]:
    """Map two-letter codes of countries of today to alpha-3 codes; without `NA`."""
    known = [each for each in countries.countries().values() if not each.ended]
    return {each.iso2: each.iso3 for each in known if each.iso2 not in AMBIGUOUS_CODES}


@functools.lru_cache(maxsize=10_000)
def is_whole_name(value: str) -> bool:
    """Return whether a text is one name, even if it is one that stands for no certain country.

    Examples
    --------
    >>> is_whole_name("Serbia and Montenegro"), is_whole_name("Serbia and Peru")
    (True, False)
    """
    return bool(names_of("counterpart").find(value) or countries.why_refused(value))


def by_system(value: str, system: str, on: str = "") -> countries.Country | None:
    """Return the country of a code in a system: that of today, or that of a day.

    Raises
    ------
    CountryError
        The code names no country for certain.
    """
    try:
        found = countries.find(value, system=system)
    except countries.CountryError:
        if not on or system not in countries.LAST_DAY:
            raise
        found = countries.find(value, system=system, on=on)
    return found if isinstance(found, countries.Country) else None


def systems_of(values: Iterable[str]) -> list[str]:
    """Return the systems of digits in which every value is a code."""
    values = list(values)
    if not values or not all(value.isdecimal() for value in values):
        return []
    return [s for s in SYSTEMS_OF_DIGITS if all(_has_code(value, s) for value in values)]


def _has_code(value: str, system: str) -> bool:
    try:
        return by_system(value, system) is not None
    except countries.CountryError as error:
        return bool(error.suggestions)  # a code of several states, or of an ended one


def letter_systems(values: Iterable[str], column: str) -> list[str]:
    """Return the systems that the letters of a whole column may be of.

    Parameters
    ----------
    values : iterable of str
    column : str
        The name of the column, which may name the system.

    Returns
    -------
    list of str
        Empty where ISO codes and usual names explain every value, or where some value fits none.

    Examples
    --------
    >>> letter_systems(["AUS", "SWZ", "FRN"], "country")
    ['cowc']
    >>> letter_systems(["GM", "JA", "CH"], "country"), letter_systems(["GM", "CH"], "country")
    (['fips'], [])
    """
    values = list(values)
    lengths = {len(value) for value in values}
    if len(lengths) != 1 or not all(re.fullmatch("[A-Z]{2,3}", value) for value in values):
        return []
    systems = ("fips",) if lengths == {2} else ("cowc", "ioc")
    fitting = [system for system in systems if all(value in letters_of(system) for value in values)]
    named = [s for s in fitting if re.search(SYSTEM_NAMES[s], fold(column))]
    if named:
        return named
    if all(value in iso2() or countries.look_up(value) for value in values):
        clashes = [value for value in values if _means_another(value)]
        return ["iso3", "cowc"] if "cowc" in fitting and len(clashes) >= MIN_CLASHES else []
    return fitting


@functools.cache
def letters_of(system: str) -> dict[str, str]:
    """Map the letters of a system to ISO codes; blank for what has none."""
    return {each.code: each.iso3 for each in countries.letter_codes() if each.system == system}


def cow_meaning(letters: str) -> str:
    """Return the ISO code of letters of Correlates of War; blank if there is none."""
    return letters_of("cowc").get(letters, "")


def _means_another(value: str) -> bool:
    """Return whether letters are an ISO code, and of another country in Correlates of War."""
    return cow_meaning(value) not in {"", value} and value in country_codes()


def cow_letters(values: Iterable[str]) -> list[str]:
    """Return the values that mean a country as letters of Correlates of War alone."""
    return [value for value in values if cow_meaning(value) and countries.look_up(value) is None]


@functools.cache
def officials() -> CodeList:
    """Return the officials of the built-in dataset, by name."""
    rows = reference("reference/officials.csv")
    names = {row["official"]: row["name_zh"] for row in rows}
    return _spellings(names, [(row["name_zh"], row["official"]) for row in rows], {})


@functools.cache
def series() -> CodeList:
    """Return the series of forums of the reference sheet, by name and the name in its note."""
    rows = reference("reference/forums.csv")
    codes = {row["series"]: row["note"] for row in rows}
    return _spellings(codes, [(row["note"].split(";")[0], row["series"]) for row in rows], {})


@functools.cache
def names_of(column: str) -> CodeNames:
    """Return what the values of a column of the sheet stand for, by the lists that are built in."""
    if column == "counterpart":
        return CountryNames(organizations=True)
    return CountryNames() if CODED_COLUMNS[column] == "country" else builtin(CODED_COLUMNS[column])


@functools.cache
def builtin(name: str) -> CodeList:
    """Return a list: one of the toolkit, or one of the built-in dataset."""
    hints = SUGGESTED.get(name, {})
    if name in LISTS:
        return _spellings(dict.fromkeys(LISTS[name], ""), [], hints)
    rows = [row for row in reference("codes.csv") if row["list"] == name]
    codes = {row["code"]: row["label"] for row in rows}
    return _spellings(codes, [(row["label"], row["code"]) for row in rows], hints)


def given(labels: Mapping[str, str]) -> CodeList:
    """Return a list that a map makes of its own: code -> label."""
    return _spellings(labels, [(label, code) for code, label in labels.items()], {})
