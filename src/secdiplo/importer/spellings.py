"""What a value can stand for: the codes of closed lists by their spellings.

A spelling is exact when it is the code, its label or a recorded name, but for case, accents and
marks. Everything else is at most a suggestion, for a human to decide.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from secdiplo import resources
from secdiplo.codes import LISTS
from secdiplo.suggest import closest
from secdiplo.tables import SHEET

ORGANIZATION = "org:"  # as in the identifiers of interactions
BLANK = "(blank)"
DOMAIN = ("agency", "rank", "topic")
CLOSED = {
    column.name: column.codes for column in SHEET.columns if column.codes and not column.open_codes
}
"""Of each column of the sheet that takes codes only: the list."""

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
    "rank": {"deputy minister": "vice_minister", "head": "minister"},
}
"""Words that suggest a code and do not prove it."""


def fold(text: str) -> str:
    """Strip a text of case, accents and marks, for comparison.

    Examples
    --------
    >>> fold("Côte d’Ivoire"), fold("Antigua & Barbuda"), fold("In-person")
    ('cote d ivoire', 'antigua and barbuda', 'in person')
    """
    plain = unicodedata.normalize("NFKD", text.replace("&", " and "))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    words = re.sub(r"[\W_]+", " ", plain).split()
    words = ["st" if word == "saint" else word for word in words]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@dataclass(frozen=True)
class Spellings:
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
        """Find the code of an exact spelling; `Ministry (MPS)` is one where both parts agree."""
        if value in self.codes:
            return value
        if found := self.exact.get(fold(value)):
            return found
        if match := re.fullmatch(r"(.+?)\s*\((.+)\)", value):
            parts = {self.exact.get(fold(part)) for part in match.groups()}
            return parts.pop() if len(parts) == 1 else None
        return None

    def suggest(self, value: str) -> str | None:
        """Suggest a code for a value: by a word in it, or by its nearest spelling."""
        plain = fold(value)
        if not plain:
            return None
        inside = [
            (len(name), code)
            for name, code in (*self.exact.items(), *self.hints.items())
            if f" {name} " in f" {plain} " and len(name) > 2
        ]
        if inside:
            return max(inside)[1]
        near = closest(plain, self.exact) if len(plain) > 3 else []
        return self.exact[near[0]] if near else None


def _spellings(
    codes: Mapping[str, str], names: Iterable[tuple[str, str]], hints: Mapping[str, str]
) -> Spellings:
    """Index a list and further (name, code) pairs; a name of two codes stands for neither."""
    exact: dict[str, str] = {}
    clashing: set[str] = set()
    for name, code in [*((code, code) for code in codes), *names]:
        folded = fold(name)
        if folded and exact.setdefault(folded, code) != code:
            clashing.add(folded)
    return Spellings(
        dict(codes), {name: code for name, code in exact.items() if name not in clashing}, hints
    )


def reference(name: str) -> list[dict[str, str]]:
    """Read a sheet of the built-in dataset, such as ``reference/countries.csv``."""
    with (resources.shipped("data") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def countries() -> Spellings:
    """Give the countries by ISO 3166-1 alpha-3 code, name and other names.

    Two-letter codes are left out: `AU` is Australia and the African Union, `NA` Namibia and a
    missing value. `iso2` has them, for columns that hold nothing else.
    """
    rows = reference("reference/countries.csv")
    names = []
    for row in rows:
        names += [(name, row["iso3"]) for name in (row["name"], *row["aliases"].split(";"))]
        if match := re.fullmatch(r"(.+?) \((.+)\)", row["name"]):
            names += [(match[1], row["iso3"])] if " part" not in match[2] else []
    codes = {row["iso3"]: f"{row['name']}; {row['iso2']}; {row['aliases']}" for row in rows}
    return _spellings(codes, names, {})


@functools.cache
def iso2() -> dict[str, str]:
    """Map two-letter country codes to ISO 3166-1 alpha-3 codes."""
    return {row["iso2"]: row["iso3"] for row in reference("reference/countries.csv")}


@functools.cache
def organizations() -> Spellings:
    """Give the organizations of the reference sheet, by acronym and name."""
    rows = reference("reference/organizations.csv")
    codes = {row["code"]: row["name"] for row in rows}
    return _spellings(codes, [(row["name"], row["code"]) for row in rows], {})


@functools.cache
def officials() -> Spellings:
    """Give the officials of the built-in dataset, by name."""
    rows = reference("reference/officials.csv")
    names = {row["official"]: row["name_zh"] for row in rows}
    return _spellings(names, [(row["name_zh"], row["official"]) for row in rows], {})


@functools.cache
def series() -> Spellings:
    """Give the series of forums of the reference sheet, by name and the name in its note."""
    rows = reference("reference/forums.csv")
    codes = {row["series"]: row["note"] for row in rows}
    return _spellings(codes, [(row["note"].split(";")[0], row["series"]) for row in rows], {})


@functools.cache
def builtin(name: str) -> Spellings:
    """Give a list: one of the toolkit, the countries, or one of the built-in dataset."""
    if name == "country":
        return countries()
    hints = SUGGESTED.get(name, {})
    if name in LISTS:
        return _spellings(dict.fromkeys(LISTS[name], ""), [], hints)
    rows = [row for row in reference("codes.csv") if row["list"] == name]
    codes = {row["code"]: row["label"] for row in rows}
    return _spellings(codes, [(row["label"], row["code"]) for row in rows], hints)


def given(labels: Mapping[str, str]) -> Spellings:
    """Give a list that a map makes of its own: code -> label."""
    return _spellings(labels, [(label, code) for code, label in labels.items()], {})


def counterpart(value: str) -> str | None:
    """Tell what a counterpart exactly is: a country's code, ``org:`` and an acronym, or unknown.

    Examples
    --------
    >>> counterpart("Holland"), counterpart("Interpol"), counterpart("AU"), counterpart("Narnia")
    ('NLD', 'org:INTERPOL', 'org:AU', None)
    """
    country, organization = countries().find(value), organizations().find(value)
    if country and organization:
        return None
    return country or (ORGANIZATION + organization if organization else None)


def suggest_counterpart(value: str) -> str | None:
    """Suggest the country or organization that a value may stand for."""
    if country := countries().suggest(value):
        return country
    organization = organizations().suggest(value)
    return ORGANIZATION + organization if organization else None
