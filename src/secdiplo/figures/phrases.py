"""The words of figures: findings, names of periods, and published values in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from secdiplo.claims.status import tidy

RELATIONS = {
    "at_least": "at least ",
    "more_than": "more than ",
    "at_most": "at most ",
    "approx": "about ",
    "approx_below": "almost ",
}


UNIT_PHRASES = {"countries_regions_organizations": "countries, regions and organizations"}


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence; of more than three the number of the rest."""
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def leaders(rows: Sequence[Mapping[str, Any]], name: str, column: str, unit: str = "") -> str:
    """Who leads a ranking, with the count: ``Russia and Vietnam lead with 13 meetings each``."""
    best = max(row[column] for row in rows)
    first = [row[name] or "" for row in rows if row[column] == best]
    count = counted(best, unit) if unit else str(best)
    if len(first) == 1:
        return f"{first[0]} leads with {count}"
    return f"{listed(first)} lead with {count} each"


def plural(unit: str, count: float) -> str:
    """The name of a unit for a count of it."""
    word = unit.replace("_", " ")
    if count == 1:
        return word
    return word[:-1] + "ies" if word.endswith("y") else word + "s"


def counted(count: int, noun: str) -> str:
    """A count and its noun: ``1 country``, ``2 countries``."""
    return f"{count} {plural(noun, count)}"


def half(period: str) -> str:
    """A half-year for a reader: ``2023-H2`` as ``H2 2023``."""
    year, _, part = period.partition("-")
    return f"{part} {year}" if part else period


def figure(claim: Mapping[str, Any]) -> str:
    """A published value with its unit."""
    unit = UNIT_PHRASES.get(claim["unit"]) or str(claim["unit"]).replace("_", " ")
    return f"{RELATIONS.get(claim['relation'], '')}{tidy(claim['value'])} {unit}"


def claim(row: Mapping[str, Any]) -> str:
    """A sentence about one published value."""
    return f"Published ({row['claim_id']}): {figure(row)}, “{row['quote']}”."


def published(claims: Sequence[Mapping[str, Any]]) -> list[str]:
    """A note of the published values, if there are any."""
    if not claims:
        return []
    parts = "; ".join(f"{figure(row)} ({row['claim_id']}, “{row['quote']}”)" for row in claims)
    return [f"Published: {parts}."]
