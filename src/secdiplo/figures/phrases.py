"""The words of figures: findings, filters, periods, and published values in a sentence."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Mapping, Sequence
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
FILTER_WORDS = {  # parameter -> its words before a value; others are named as they are written
    "home": "home country",
    "official_rank": "rank",
    "country": "counterpart",
    "counterpart": "counterpart",
    "confidence": "confidence at least",
    "min_sources": "number of independent publishers at least",
}
CODE_LISTS = {"home": "country", "counterpart": "country", "status": "row_status"}
TOLD_ELSEWHERE = {"scope", "scheme", "by", "top", "unit", "days", "organization", "start", "end"}
SCHEME_TITLES = {
    "un_m49": "regions of the United Nations (M49)",
    "un_m49_subregion": "subregions of the United Nations (M49)",
    "un_m49_intermediate": "intermediate regions of the United Nations (M49)",
}
Label = Callable[[str, str], str]
"""The label of a code, from its list and the code."""


# --- lists and numbers ----------------------------------------------------------------------


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence; of more than three the number of the rest."""
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def most(rows: Sequence[Mapping[str, Any]], name: str, column: str, more: str = "") -> str:
    """Return who has the most of all, with the number: ``Russia and Vietnam (13 of 60 each)``."""
    best = max(row[column] for row in rows)
    first = [str(row[name] or "") for row in rows if row[column] == best]
    total = sum(row[column] for row in rows)
    each = " each" if len(first) > 1 else ""
    return f"{listed(first)} ({best:,}{each} of {total:,}{more})"


def percent(value: float) -> str:
    """Return a percentage with one decimal: ``5.0%``."""
    return f"{value:.1f}%"


# --- dates ----------------------------------------------------------------------------------


def half(period: str) -> str:
    """Return a half-year for a reader: ``2023-H2`` as ``H2 2023``."""
    year, _, part = period.partition("-")
    return f"{part} {year}" if part else period


def day(date: datetime.date | str) -> str:
    """Return a day for a reader: ``9 September 2024``."""
    found = datetime.date.fromisoformat(str(date)[:10])
    return f"{found.day} {calendar.month_name[found.month]} {found.year}"


def span(first: datetime.date, last: datetime.date) -> str:
    """Return a period for a reader: ``2 to 17 September 2024``."""
    start = day(first)
    if first.year == last.year:
        start = start[:-5]
        if first.month == last.month:
            start = str(first.day)
    return f"{start} to {day(last)}"


# --- scopes ---------------------------------------------------------------------------------


def filters(values: Mapping[str, Any], label: Label, lists: Mapping[str, str], told: str) -> str:
    """Return the filters of a query in words: ``agency Ministry of Police or Army``.

    Parameters
    ----------
    values : mapping
        The value of every parameter: a text, a number, or a tuple of texts; None for no filter.
    label : callable
    lists : mapping
        The code lists that the query names for its own parameters.
    told : str
        A parameter that the figure names elsewhere.
    """
    parts = []
    for name, value in values.items():
        positive = name.removeprefix("not_")
        if name in TOLD_ELSEWHERE or name == told or value in (None, "", ()):
            continue
        if name == "confidence" and value == "low":
            continue  # includes every row
        codes = lists.get(positive) or CODE_LISTS.get(positive, positive)
        items = value if isinstance(value, (tuple, list)) else _items(str(value))
        words = [_value(codes, item, label) for item in map(str, items)]
        noun = FILTER_WORDS.get(positive, positive.replace("_", " "))
        parts.append(f"{'not ' if positive != name else ''}{noun} {' or '.join(words)}")
    return "; ".join(filter(None, [*parts, _period(values.get("start"), values.get("end"))]))


def _items(value: str) -> list[str]:
    """Return the items of a list that is written with commas and no blanks."""
    return value.split(",") if ", " not in value else [value]


def _value(codes: str, item: str, label: Label) -> str:
    return day(item) if re.fullmatch(r"\d{4}-\d\d-\d\d", item) else label(codes, item)


def _period(start: Any, end: Any) -> str:
    if start and end and str(start)[5:] == "01-01" and str(end) == f"{str(start)[:4]}-12-31":
        return f"in {str(start)[:4]}"
    if start and end:
        return f"from {day(start)} to {day(end)}"
    return f"from {day(start)}" if start else f"until {day(end)}" if end else ""


def scheme(name: str, titles: Mapping[str, str]) -> str:
    """Return a note that names a region scheme by its title."""
    title = titles.get(name) or SCHEME_TITLES.get(name) or f"the scheme “{name}”"
    return f"Regions: {title}."


# --- published values -----------------------------------------------------------------------


def published_value(claim: Mapping[str, Any]) -> str:
    """Return a published value with its unit."""
    unit = UNIT_PHRASES.get(claim["unit"]) or str(claim["unit"]).replace("_", " ")
    return f"{RELATIONS.get(claim['relation'], '')}{number(claim, claim['value'])} {unit}"


def number(claim: Mapping[str, Any], value: float | None) -> str:
    """Return a value of a claim in its unit: percentages with one decimal."""
    if value is None:
        return ""
    return f"{value:.1f}" if claim["unit"] == "percent" else f"{tidy(value):,}"


def published(claims: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a note of the published values, if there are any."""
    parts = [f"{published_value(claim)} (“{claim['quote']}”)" for claim in claims]
    return [f"Published: {'; '.join(parts)}."] if parts else []
