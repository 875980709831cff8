"""What a figure counts: conditions on the dimensions of events and counterparts.

The same conditions are written in the columns of a claim, in its readings, in the filter of a
base, and after ``--where``.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from secdiplo.audit.space import FORMATS, Days, Space
from secdiplo.claims import FILTERS
from secdiplo.errors import UsageError
from secdiplo.suggest import suggest

COLUMNS = (*FILTERS, "season", "period")
KEYS = (*COLUMNS, "agencies", "year")
WHO = frozenset({"agency", "official", "rank"})
WHOM = frozenset({"counterpart_type", "region", "counterpart"})
SEPARATORS = {"format": r"[;,+]", "official": r"[;]", "forum": r"[;]", "counterpart": r"[;,]"}
DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
ANOTHER = "another"  # an official other than those that the figures name
JOINT = "joint"  # more than one agency


@dataclass(frozen=True)
class Condition:
    """The values of one dimension that are taken in, or, negated, left out."""

    values: frozenset[str]
    negated: bool = False

    def takes(self, value: str | None) -> bool:
        """Whether a value meets the condition; no value meets only a negated one."""
        return (value in self.values) != self.negated

    def __str__(self) -> str:
        return ("other than " if self.negated else "") + " or ".join(sorted(self.values))


@dataclass(frozen=True)
class Filter:
    """What is counted: the conditions by dimension, and the days.

    Attributes
    ----------
    conditions : mapping of str to Condition
        By the names of `KEYS`, but for those of time.
    periods : tuple of (date, date)
        The event overlaps one of them; blank is any time.
    season : tuple of (date, date)
        The event lies within one of these; blank is any time.
    text : tuple of (str, str)
        The conditions as they were written.
    """

    conditions: Mapping[str, Condition]
    periods: tuple[Days, ...] = ()
    season: tuple[Days, ...] = ()
    text: tuple[tuple[str, str], ...] = ()

    def in_time(self, days: Days) -> bool:
        """Whether an event that took place within these days counts, by the rule of queries."""
        overlaps = not self.periods or any(a <= days[1] and days[0] <= b for a, b in self.periods)
        inside = not self.season or any(a <= days[0] and days[1] <= b for a, b in self.season)
        return overlaps and inside

    def with_(self, **conditions: str | None) -> Filter:
        """The filter with values in place of what it asked of some closed dimensions."""
        changed = {k: v for k, v in self.conditions.items() if k not in conditions}
        text = {k: v for k, v in self.text if k not in conditions}
        for name, value in conditions.items():
            if value is not None:
                changed[name] = Condition(frozenset([value]))
                text[name] = value
        return replace(self, conditions=changed, text=tuple(text.items()))

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.text) or "everything"


def parse(cells: Mapping[str, str | None], space: Space) -> Filter:
    """Read conditions.

    Parameters
    ----------
    cells : mapping
        By the names of `KEYS`; what is None is not restricted. A value that starts with ``!`` is
        left out instead.
    space : Space

    Returns
    -------
    Filter

    Raises
    ------
    UsageError
        An unknown dimension or value, or a period that is none; the nearest one is offered.
    """
    conditions: dict[str, Condition] = {}
    periods: list[Days] = []
    season: tuple[Days, ...] = ()
    text = []
    for name, cell in cells.items():
        if name not in KEYS:
            raise UsageError(f"unknown dimension `{name}`; {suggest(name, KEYS)}")
        if cell is None:
            continue
        value = cell.strip()
        if not value:
            raise UsageError(f"`{name}` is blank; give a value, or leave it out")
        text.append((name, value))
        if name in {"period", "year"}:
            found = tuple(period(part) for part in re.split(r"\s*[;,]\s*", value))
            periods = [shared for a in found for shared in _both(a, periods or None)]
            if not periods:
                raise UsageError(f"{name} `{value}` leaves no day; mend the period or the year")
        elif name == "season":
            season = _season(value, space)
        else:
            conditions[name] = _condition(name, value, space)
    return Filter(conditions, tuple(sorted(periods)), season, tuple(text))


def _both(days: Days, others: list[Days] | None) -> list[Days]:
    """The days of a period that also lie in one of some others."""
    if others is None:
        return [days]
    both = [(max(days[0], a), min(days[1], b)) for a, b in others]
    return [(a, b) for a, b in both if a <= b]


def period(text: str) -> Days:
    """The first and last day of ``2024``, ``2024-09``, ``2024-09-07`` or ``from..to``.

    Raises
    ------
    UsageError
        It does not parse, or it ends before it starts.
    """
    start, dots, end = text.partition("..")
    first, last = _edge(start, text, first=True), _edge(end if dots else start, text, first=False)
    if last < first:
        raise UsageError(f"period `{text}` ends before it starts; swap its ends")
    return first, last


def _edge(text: str, whole: str, *, first: bool) -> datetime.date:
    found = DATE.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        year, month = int(found[1]), int(found[2] or (1 if first else 12))
        day = int(found[3] or (1 if first else calendar.monthrange(year, month)[1]))
        return datetime.date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        what = f"`{whole}` is no period; write `2024`, `2024-09` or `2022-06..2025-06`"
        raise UsageError(what) from None


def _season(text: str, space: Space) -> tuple[Days, ...]:
    """The days of a season, ``<session>``, or of phases of it, ``<session>: before+after``."""
    forum, colon, wanted = text.rpartition(":") if ":" in text else (text, "", "")
    forum = forum.strip()
    if forum not in space.sessions:
        raise UsageError(f"unknown session `{forum}`; {suggest(forum, list(space.sessions))}")
    phases = space.sessions[forum].phases()
    if not phases:
        raise UsageError(f"the days of {forum} are not known, so that it has no season")
    if not colon:
        return ((phases["before"][0], phases["after"][1]),)
    chosen = [part.strip() for part in wanted.split("+")]
    for part in chosen:
        if part not in phases:
            raise UsageError(f"unknown phase `{part}`; {suggest(part, list(phases))}")
    return tuple(phases[part] for part in phases if part in chosen)


def _condition(name: str, value: str, space: Space) -> Condition:
    negated = value.startswith("!")
    bare = value.removeprefix("!").strip()
    parts = re.split(SEPARATORS.get(name, r"[;,]"), bare)
    values = [part.strip() for part in parts if part.strip()]
    if name == "agencies":
        return Condition(frozenset(_agencies(part, space) for part in values), negated)
    known = space.known[name]
    if bare in known:  # a name may itself hold what separates names elsewhere
        values = [bare]
    if name == "official":
        known = (*known, ANOTHER)
    if name == "format" and values == ["any"]:
        values = list(FORMATS)
    for item in values:
        if item not in known:
            raise UsageError(f"unknown {name} `{item}`; {suggest(item, known)}")
    if not values:
        raise UsageError(f"`{name}` is blank; give a value, or leave it out")
    return Condition(frozenset(values), negated)


def _agencies(text: str, space: Space) -> str:
    """The exact set of agencies of an event, ``CPLC+MPS``, in the order of their codes."""
    if text == JOINT:
        return text
    named = {part.strip() for part in text.split("+")}
    for item in sorted(named - set(space.ranks)):
        raise UsageError(f"unknown agency `{item}`; {suggest(item, [*space.ranks, JOINT])}")
    return "+".join(agency for agency in space.ranks if agency in named)
