"""What there is to cite: the paper, its data, this dataset, the texts, the toolkit, the sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo import __version__

if TYPE_CHECKING:
    from secdiplo.store import Built

YEAR = "2026"
Name = tuple[str, str]
"""Family name and given names; of a body its name and nothing."""


@dataclass(frozen=True)
class Reference:
    """One thing to cite.

    Attributes
    ----------
    key : str
        A short name that is unique.
    kind : str
        ``report``, ``dataset``, ``software``, ``article`` or ``misc``.
    title, publisher, version, url, doi, note, journal : str
        Blank where unknown or not fitting.
    authors : tuple of (str, str)
        Family and given names.
    year : str
        Blank where unknown.
    role : str
        What it is to the dataset: ``paper`` (that it replicates), ``data`` (of that paper, not
        contained), ``source`` (that it was made from), ``this``, ``text``, ``toolkit`` or
        ``bundled`` (a source of what is shipped with the toolkit).
    """

    key: str
    kind: str
    title: str
    role: str
    authors: tuple[Name, ...] = ()
    year: str = ""
    publisher: str = ""
    version: str = ""
    url: str = ""
    doi: str = ""
    note: str = ""
    journal: str = ""


DEVELOPERS = (("The secdiplo developers", ""),)
TOOLKIT = Reference(
    "secdiplo",
    "software",
    "secdiplo: a toolkit for event-interaction datasets of diplomacy",
    "toolkit",
    DEVELOPERS,
    YEAR,
    version=__version__,
)
BUNDLED = (
    Reference(
        "cow_states",
        "dataset",
        "State System Membership List",
        "bundled",
        (("Correlates of War Project", ""),),
        version="2024",
        url="https://correlatesofwar.org",
        note="codes and spells of membership, read to 2024-12-31",
    ),
    Reference(
        "gleditsch_ward",
        "article",
        "A Revised List of Independent States since the Congress of Vienna",
        "bundled",
        (("Gleditsch", "Kristian S."), ("Ward", "Michael D.")),
        "1999",
        journal="International Interactions",
        note="codes and spells of membership, list as of 2020",
    ),
    Reference(
        "vdem_codes",
        "dataset",
        "V-Dem country codes",
        "bundled",
        (("Varieties of Democracy Institute", ""),),
        url="https://www.v-dem.net",
        note="codes of countries only; the version was not recorded",
    ),
    Reference(
        "un_m49",
        "dataset",
        "Standard country or area codes for statistical use (M49)",
        "bundled",
        (("United Nations Statistics Division", ""),),
        url="https://unstats.un.org/unsd/methodology/m49/",
        note="regions; the version was not recorded",
    ),
    Reference(
        "cldr_babel",
        "dataset",
        "Unicode Common Locale Data Repository",
        "bundled",
        (("Unicode Consortium", ""),),
        version="as in Babel 2.18.0",
        url="https://cldr.unicode.org",
        note="names of countries in six languages",
    ),
    Reference(
        "natural_earth",
        "dataset",
        "Natural Earth, admin 0 countries at 1:50 million",
        "bundled",
        (("Natural Earth", ""),),
        version="as in world-atlas 2.0.2",
        url="https://www.naturalearthdata.com",
        note="shapes of the world map; public domain",
    ),
    Reference(
        "droid_fallback",
        "misc",
        "Droid Sans Fallback",
        "bundled",
        (("Google Corporation", ""),),
        version="1.00c",
        note="typeface of East Asian terms in figures, a part of it; Apache License 2.0",
    ),
)


def of_dataset(built: Built) -> list[Reference]:
    """Everything to cite of a dataset, the authors of the paper behind it first.

    Returns
    -------
    list of Reference
        The papers and data that the dataset declares, the dataset itself, the texts whose published
        values it holds, the toolkit, and the sources of what is shipped with it.
    """
    dataset = built.dataset
    declared = of_folder(dataset)
    own = Reference(
        re.sub(r"\W+", "_", f"{dataset['name']}_data"),
        "dataset",
        dataset["title"],
        "this",
        tuple(map(_author, dataset["authors"])),
        dataset["year"],
        version=dataset["version"],
        note="" if dataset["authors"] else dataset["citation"] or "",
    )
    known = {reference.title for reference in declared}
    texts = [text for text in _texts(built) if text.title not in known]
    return [*declared, own, *texts, TOOLKIT, *BUNDLED]


def of_folder(dataset: Mapping[str, Any]) -> list[Reference]:
    """The papers and data behind a dataset, as its dataset.toml declares them."""
    return [
        Reference(**{**body, "authors": tuple(map(_author, body.get("authors", ())))})
        for body in dataset["references"]
    ]


def _author(name: str) -> Name:
    """Return ``Family, Given`` in its two parts; a body has one."""
    family, _, given = name.partition(", ")
    return family, given


def _texts(built: Built) -> list[Reference]:
    """The texts whose published values the dataset holds."""
    built.need(["seeds"])
    columns = "name, author, date, title, publisher, url"
    cursor = built.con.cursor().execute(f"select {columns} from seeds order by name")
    return [
        Reference(
            f"text_{name}",
            "misc",
            title or "",
            "text",
            tuple(_person(person) for person in (author or "").split("; ") if person),
            (date or "")[:4],
            publisher or "",
            url=url or "",
            note="; ".join(
                filter(None, [f"dated {date}" if date else "no date seen",
                              "" if title else "title not seen"])
            ),
        )
        for name, author, date, title, publisher, url in cursor.fetchall()
    ]  # fmt: skip


def _person(name: str) -> Name:
    """A name as printed, given names first, as family and given names."""
    given, _, family = name.rpartition(" ")
    return family, given
