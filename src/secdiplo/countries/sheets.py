"""Read the reference sheets: countries, spells of system membership, organizations.

Codes and regions are in ``data/reference/countries.csv``; names, spells, letters of other systems
and doubtful names are in ``data/countries``. They belong to the toolkit, not to one dataset.
"""

from __future__ import annotations

import csv
import datetime
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from secdiplo.errors import UsageError
from secdiplo.folder import resources
from secdiplo.schema.plain_values import plain

MEMBERSHIPS = ("cow", "gw")
LAST_DAY = {"cow": datetime.date(2024, 12, 31), "gw": datetime.date(2020, 12, 31)}
"""The last day that each list of members covers; who was one then is taken to have stayed."""
LANGUAGES = ("en", "zh", "fr", "es", "ru", "ar")
LETTER_SYSTEMS = ("cowc", "fips", "ioc")
"""Systems of letters beside ISO: Correlates of War, FIPS 10-4, the Olympic Committee."""


@dataclass(frozen=True)
class Spell:
    """One spell of membership in a system of states.

    Attributes
    ----------
    system : str
        ``cow`` (Correlates of War) or ``gw`` (Gleditsch-Ward).
    code : int
        The code of the state in that spell.
    state : str
        What the list calls it.
    start, end : date
        The first and the last day; no `end` is a member still.
    source : str
        The list.
    """

    system: str
    code: int
    state: str
    start: datetime.date
    end: datetime.date | None
    source: str

    def covers(self, day: datetime.date) -> bool:
        """Return whether a day is in the spell."""
        return self.start <= day and (self.end is None or day <= self.end)

    def __str__(self) -> str:
        return f"{self.code}: {self.start}..{self.end or ''}"


@dataclass(frozen=True)
class Country:
    """A country, territory or ended state; two are equal when their alpha-3 codes are.

    Attributes
    ----------
    iso3, iso2 : str
        ISO 3166-1, of ended states ISO 3166-3; XKX and XK are Kosovo, which has no code there.
    numeric : str or None
        Three digits.
    name : str
        The usual English short name.
    cow, gw, vdem : int or None
        The codes of Correlates of War, Gleditsch-Ward and Varieties of Democracy; of the first
        two the present one, of an ended state its last one.
    microstate : bool
        Whether its Gleditsch-Ward code is from the tentative list of microstates.
    regions : mapping
        Scheme -> region.
    spells : tuple of Spell
        By system and first day.
    names : mapping
        Language -> short name.
    letters : mapping
        System of `LETTER_SYSTEMS` -> code.
    start, end : date or None
        The first and the last day of an ended state; None for a country of today.
    successors : tuple of str
        The codes of the countries that came after an ended state.
    """

    iso3: str
    iso2: str = field(compare=False)
    numeric: str | None = field(compare=False)
    name: str = field(compare=False)
    cow: int | None = field(compare=False)
    gw: int | None = field(compare=False)
    vdem: int | None = field(compare=False)
    microstate: bool = field(compare=False, repr=False)
    regions: Mapping[str, str] = field(compare=False, repr=False)
    spells: tuple[Spell, ...] = field(compare=False, repr=False)
    names: Mapping[str, str] = field(compare=False, repr=False)
    letters: Mapping[str, str] = field(compare=False, repr=False)
    start: datetime.date | None = field(compare=False, repr=False)
    end: datetime.date | None = field(compare=False, repr=False)
    successors: tuple[str, ...] = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.iso3})"

    @property
    def ended(self) -> bool:
        """Return whether the state has ended."""
        return self.end is not None

    def name_in(self, language: str) -> str:
        """Return the short name in a language.

        Parameters
        ----------
        language : {"en", "zh", "fr", "es", "ru", "ar"}

        Returns
        -------
        str

        Raises
        ------
        UsageError
            No names are kept in that language.

        Examples
        --------
        >>> from secdiplo import countries
        >>> countries.find("Germany").name_in("fr")
        'Allemagne'
        """
        if language not in self.names:
            raise UsageError(f"no names in `{language}`; languages: {', '.join(LANGUAGES)}")
        return self.names[language]

    def code(self, system: str, on: datetime.date | str | None = None) -> int | None:
        """Return the code in a system of states.

        Parameters
        ----------
        system : {"cow", "gw"}
        on : date or str, optional
            A day; without it the present code.

        Returns
        -------
        int or None
            None where it has no code, or was no member on that day.

        Examples
        --------
        >>> from secdiplo import countries
        >>> germany = countries.find("Germany")
        >>> germany.code("cow"), germany.code("cow", "1980-01-01")
        (255, 260)
        """
        if system not in MEMBERSHIPS:
            raise UsageError(f"`{system}` has no members; systems: {', '.join(MEMBERSHIPS)}")
        if on is None:
            return self.cow if system == "cow" else self.gw
        when = day(on)
        found = (spell.code for spell in self.spells if spell.system == system
                 and spell.covers(when))  # fmt: skip
        return next(found, None)


@dataclass(frozen=True)
class Organization:
    """An international organization, by its acronym.

    Attributes
    ----------
    code : str
        The acronym.
    name, name_zh, kind : str
        The English name and that in the script of the home country; global, regional or police.
    """

    code: str
    name: str = field(compare=False)
    name_zh: str = field(compare=False, repr=False)
    kind: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


Entity = Country | Organization


@dataclass(frozen=True)
class Doubtful:
    """A name that is refused, or taken with a word of caution.

    Attributes
    ----------
    name : str
    refused : bool
    countries : tuple of str
        By ISO 3166-1 alpha-3, the likeliest first; none for an organization that is not kept.
    note : str
        Why.
    """

    name: str
    refused: bool
    countries: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class LetterCode:
    """The letters of a country in another system than ISO.

    Attributes
    ----------
    system : str
        One of `LETTER_SYSTEMS`.
    code : str
    iso3 : str
        Blank for what has no ISO code.
    name : str
        What the system calls it.
    former : bool
        Whether the country has other letters today.
    """

    system: str
    code: str
    iso3: str
    name: str
    former: bool


def day(value: datetime.date | str) -> datetime.date:
    """Read a day, also one of another library.

    Raises
    ------
    UsageError
        It is none, or missing: a month or year has days on which memberships differ.
    """
    value = plain(value)
    if value is None:
        raise UsageError("`on` is missing; give a day, or leave it out")
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
            raise ValueError(value)
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise UsageError(
            f"`on` is a day such as 1990-12-31, not `{value}`; for a year, give its last day"
        ) from None


def _rows(sheet: str) -> Iterator[dict[str, str]]:
    path: Path = resources.shipped("data") / sheet
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@functools.cache
def spells() -> tuple[tuple[str, Spell], ...]:
    """Return every spell of both lists with its country; blank for states without an ISO code.

    Returns
    -------
    tuple of (str, Spell)
    """
    return tuple(
        (
            row["iso3"],
            Spell(
                row["system"],
                int(row["code"]),
                row["state"],
                datetime.date.fromisoformat(row["start"]),
                datetime.date.fromisoformat(row["end"]) if row["end"] else None,
                row["source"],
            ),
        )
        for row in _rows("countries/country_spells.csv")
    )


@functools.cache
def names() -> tuple[tuple[str, str, str, str], ...]:
    """Return every recorded name.

    Returns
    -------
    tuple of (str, str, str, str)
        Country, language, name and kind: short, formal, other or former.
    """
    rows = _rows("countries/country_names.csv")
    return tuple((row["iso3"], row["language"], row["name"], row["kind"]) for row in rows)


@functools.cache
def doubtful() -> tuple[Doubtful, ...]:
    """Return the names that are refused or taken with a word of caution."""
    return tuple(
        Doubtful(
            row["name"],
            row["verdict"] == "refused",
            tuple(filter(None, row["countries"].split("; "))),
            row["note"],
        )
        for row in _rows("countries/doubtful_names.csv")
    )


@functools.cache
def countries() -> dict[str, Country]:
    """Return all countries, territories and ended states.

    Returns
    -------
    dict of str to Country
        By ISO 3166 alpha-3 code.

    Examples
    --------
    >>> from secdiplo import countries
    >>> countries.countries()["PSE"].spells
    ()
    """
    short: dict[str, dict[str, str]] = {}
    for iso3, language, name, kind in names():
        if kind == "short":
            short.setdefault(iso3, {})[language] = name
    owned: dict[str, list[Spell]] = {}
    for iso3, spell in spells():
        owned.setdefault(iso3, []).append(spell)
    letters: dict[str, dict[str, str]] = {}
    for each in letter_codes():
        if not each.former:
            letters.setdefault(each.iso3, {})[each.system] = each.code
    of_states = {each.name: each.code for each in letter_codes() if each.system == "cowc"}
    found = {}
    for row in _rows("reference/countries.csv"):
        iso3 = row["iso3"]
        regions = {
            column.removeprefix("region_"): value
            for column, value in row.items()
            if column.startswith("region_") and value
        }
        cow, gw, vdem = (int(row[name]) if row[name] else None for name in ("cow", "gw", "vdem"))
        start, end = (
            datetime.date.fromisoformat(row[name]) if row[name] else None
            for name in ("state_from", "state_to")
        )
        own = owned.get(iso3, [])
        if not own and start and end:
            own = _shared_spells({"cow": cow, "gw": gw}, start, end)
        mine = sorted(own, key=lambda spell: (spell.system, spell.start))
        for spell in mine if start else ():  # the letters of the state that the list has for it
            if spell.system == "cow":
                letters.setdefault(iso3, {}).setdefault("cowc", of_states[spell.state])
        found[iso3] = Country(
            iso3, row["iso2"], row["iso_numeric"] or None, row["name"], cow, gw, vdem,
            row["gw_microstate"] == "yes", regions, tuple(mine), short[iso3],
            letters.get(iso3, {}), start, end, tuple(filter(None, row["successors"].split("; "))),
        )  # fmt: skip
    return found


def _shared_spells(
    codes: Mapping[str, int | None], start: datetime.date, end: datetime.date
) -> list[Spell]:
    """Return the days of an ended state in the spells of the country that has its number today."""
    found = []
    for _, spell in spells():
        if codes.get(spell.system) == spell.code:
            first, last = max(spell.start, start), min(spell.end or end, end)
            if first <= last:
                found.append(replace(spell, start=first, end=last))
    return found


@functools.cache
def carried_on(system: str) -> dict[str, str]:
    """Return the ended states whose number in a list is that of a country of today.

    Parameters
    ----------
    system : {"cow", "gw"}

    Returns
    -------
    dict of str to str
        Code of the ended state -> code of the country.

    Examples
    --------
    >>> carried_on("cow")["SUN"], "DDR" in carried_on("cow")
    ('RUS', False)
    """
    owners = {spell.code: iso3 for iso3, spell in spells() if spell.system == system}
    listed = {iso3 for iso3, _ in spells()}
    return {
        iso3: owners[number]
        for iso3, country in countries().items()
        if country.ended and iso3 not in listed
        and (number := country.cow if system == "cow" else country.gw) is not None
    }  # fmt: skip


@functools.cache
def renamed() -> dict[str, str]:
    """Return the codes of states that only changed their name.

    Returns
    -------
    dict of str to str
        Former code -> code of today.

    Examples
    --------
    >>> renamed()["ZAR"], "SUN" in renamed()
    ('COD', False)
    """
    return {
        ended: today
        for ended, today in carried_on("cow").items()
        if countries()[ended].successors == (today,)
    }


@functools.cache
def letter_codes() -> tuple[LetterCode, ...]:
    """Return the letters that other systems have for countries."""
    return tuple(
        LetterCode(row["system"], row["code"], row["iso3"], row["name"], row["former"] == "yes")
        for row in _rows("countries/letter_codes.csv")
    )


@functools.cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Return the names and other names beside the codes, by country."""
    return {
        row["iso3"]: (row["name"], *filter(None, row["aliases"].split("; ")))
        for row in _rows("reference/countries.csv")
    }


@functools.cache
def organizations() -> dict[str, Organization]:
    """Return the organizations of the reference sheet.

    Returns
    -------
    dict of str to Organization
        By acronym.
    """
    rows = _rows("reference/organizations.csv")
    return {
        row["code"]: Organization(row["code"], row["name"], row["name_zh"], row["kind"])
        for row in rows
    }


def targets() -> tuple[str, ...]:
    """Return what a country can be converted to.

    Returns
    -------
    tuple of str
        Codes, name, names in the languages, and regions in the schemes.
    """
    schemes = {scheme for country in countries().values() for scheme in country.regions}
    return (
        *("iso3", "iso2", "numeric", "name", "cow", "gw", "vdem", *LETTER_SYSTEMS),
        *(f"name_{language}" for language in LANGUAGES),
        *(f"region_{scheme}" for scheme in sorted(schemes)),
    )
