"""What a count includes: conditions on events and counterparts.

The same conditions are written in the columns of a claim, in its interpretations, in the filter of
a base, and after ``--where``.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from secdiplo.claims.domains import FORMATS, Days, Domains
from secdiplo.claims.model import FILTERS
from secdiplo.errors import UsageError
from secdiplo.schema.cell_messages import PARTIAL_DATE, nearest
from secdiplo.suggest import hint, suggest

FILTER_COLUMNS = (*FILTERS, "forum_window", "period")
KEYS = (FILTERS[0], "agencies", *FILTERS[1:], "forum_window", "period", "year")
OFFICIAL_KEYS = frozenset({"agency", "official", "official_rank"})
COUNTERPART_KEYS = frozenset({"counterpart_type", "region", "counterpart"})
SEPARATORS = {"format": r"[;,+]", "official": r"[;]", "forum": r"[;]"}
ANOTHER = "another"  # an official other than those that the claims name
JOINT = "joint"  # more than one agency


@dataclass(frozen=True)
class Condition:
    """The values of one dimension that are included or, negated, excluded."""

    values: frozenset[str]
    negated: bool = False

    def accepts(self, value: str | None) -> bool:
        """Return whether a value meets the condition; no value meets only a negated one."""
        return (value in self.values) != self.negated

    def __str__(self) -> str:
        return ("other than " if self.negated else "") + " or ".join(sorted(self.values))


@dataclass(frozen=True)
class Filter:
    """What is counted: the conditions by dimension, and the days.

    Attributes
    ----------
    conditions : mapping of str to Condition
        By the names of `KEYS`, except those of time.
    periods : tuple of (date, date)
        The event overlaps one of them; blank is any time.
    forum_window : tuple of (date, date)
        The event is within one of these; blank is any time.
    text : tuple of (str, str)
        The conditions as they were written.
    """

    conditions: Mapping[str, Condition]
    periods: tuple[Days, ...] = ()
    forum_window: tuple[Days, ...] = ()
    text: tuple[tuple[str, str], ...] = ()

    def in_time(self, days: Days) -> bool:
        """Return whether an event of these days counts, by the rule of queries."""
        overlaps = not self.periods or any(a <= days[1] and days[0] <= b for a, b in self.periods)
        inside = not self.forum_window or any(
            a <= days[0] and days[1] <= b for a, b in self.forum_window
        )
        return overlaps and inside

    def with_(self, **conditions: str | None) -> Filter:
        """Return the filter with other values for some closed dimensions."""
        changed = {k: v for k, v in self.conditions.items() if k not in conditions}
        text = {k: v for k, v in self.text if k not in conditions}
        for name, value in conditions.items():
            if value is not None:
                changed[name] = Condition(frozenset([value]))
                text[name] = value
        return replace(self, conditions=changed, text=tuple(text.items()))

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.text) or "everything"


@dataclass(frozen=True)
class ValueProblem:
    """What is wrong with the value of a dimension; a ``notice`` if its list is not closed."""

    name: str
    what: str
    level: str = "error"


def parse(cells: Mapping[str, str | None], domains: Domains) -> Filter:
    """Read conditions.

    Parameters
    ----------
    cells : mapping
        By the names of `KEYS`; None is no restriction. A value that starts with ``!`` is excluded.
    domains : Domains

    Returns
    -------
    Filter

    Raises
    ------
    UsageError
        An unknown dimension or value, or no valid period; the nearest one is suggested.
    """
    found, problems = read_filter(cells, domains)
    if problems:
        raise UsageError(problems[0].what)
    return found


def read_filter(
    cells: Mapping[str, str | None], domains: Domains, counterpart_type: str | None = None
) -> tuple[Filter, list[ValueProblem]]:
    """Read conditions and list everything that is wrong with them.

    Parameters
    ----------
    cells, domains
        As for `parse`.
    counterpart_type : str, optional
        The type of counterparts, if the cells do not name it.

    Returns
    -------
    (Filter, list of ValueProblem)
        The conditions that could be read, and the problems of the others.
    """
    reader = _Reader(domains, cells.get("counterpart_type") or counterpart_type)
    for name, cell in cells.items():
        if name not in KEYS:
            reader.add(name, f"unknown dimension `{name}`; {suggest(name, KEYS)}")
        elif cell is not None and not cell.strip():
            reader.add(name, f"`{name}` is blank; give a value, or leave it out")
        elif cell is not None:
            reader.read(name, cell.strip())
    periods = tuple(sorted(reader.periods))
    text = tuple(reader.text)
    return Filter(reader.conditions, periods, reader.forum_window, text), reader.problems


class _Reader:
    """Reads the conditions of one filter and collects their problems."""

    def __init__(self, domains: Domains, counterpart_type: str | None) -> None:
        self.domains, self.counterpart_type = domains, counterpart_type
        self.conditions: dict[str, Condition] = {}
        self.periods: list[Days] = []
        self.forum_window: tuple[Days, ...] = ()
        self.text: list[tuple[str, str]] = []
        self.problems: list[ValueProblem] = []

    def add(self, name: str, what: str, level: str = "error") -> None:
        """Report a problem."""
        self.problems.append(ValueProblem(name, what, level))

    def read(self, name: str, value: str) -> None:
        """Read the condition on one dimension."""
        self.text.append((name, value))
        if name in {"period", "year"}:
            self._time(name, value)
        elif name == "forum_window":
            self._window(value)
        else:
            self._condition(name, value)

    def _time(self, name: str, value: str) -> None:
        days = []
        for part in re.split(r"\s*[;,]\s*", value):
            try:
                days.append(period(part))
            except UsageError as error:
                self.add(name, str(error))
                return
        self.periods = [shared for one in days for shared in _both(one, self.periods or None)]
        if not self.periods:
            self.add(name, f"{name} `{value}` selects no day; correct the period or the year")

    def _window(self, value: str) -> None:
        """Read days around a session, ``<session>``, or phases, ``<session>: before+after``."""
        forum, colon, wanted = value.rpartition(":") if ":" in value else (value, "", "")
        session = self.domains.sessions.get(forum.strip())
        if "forum_window" in self.domains.unchecked:
            return
        phases = session.phases() if session else {}
        if not phases:
            what = f"the days of the session `{forum.strip()}` are not known"
            what += "; give them in reference/sessions.csv, or correct its name"
            self.add("forum_window", what, "notice")
            return
        chosen = [part.strip() for part in wanted.split("+")] if colon else []
        for part in chosen:
            if part not in phases:
                self.add("forum_window", f"unknown phase `{part}`; known: {', '.join(phases)}")
        self.forum_window = tuple(phases[part] for part in phases if part in chosen)
        if not colon:
            self.forum_window = ((phases["before"][0], phases["after"][1]),)

    def _condition(self, name: str, value: str) -> None:
        negated = value.startswith("!")
        bare = value.removeprefix("!").strip()
        values = [part.strip() for part in re.split(SEPARATORS.get(name, r"[;,]"), bare)]
        values = list(filter(None, values))
        if name == "agencies":
            values = [self._agencies(item) for item in values]
        elif bare in self.domains.known[name]:  # a name may itself contain a separator
            values = [bare]
        elif name == "format" and values == ["any"]:
            values = list(FORMATS)
        else:
            for item in values:
                self._check(name, item)
        if not values:
            self.add(name, f"`{name}` is blank; give a value, or leave it out")
        self.conditions[name] = Condition(frozenset(values), negated)

    def _agencies(self, text: str) -> str:
        """Return the exact set of agencies, ``FBI+State``, in the order of their codes."""
        if text == JOINT:
            return text
        named = {part.strip() for part in text.split("+")}
        for item in sorted(named):
            self._check("agency", item, "agencies")
        return "+".join(agency for agency in self.domains.ranks if agency in named)

    def _check(self, name: str, item: str, reported: str = "") -> None:
        """Report a value that the dataset does not know."""
        known = self.domains.known[name]
        if item in known or name in self.domains.unchecked or (name, item) == ("official", ANOTHER):
            return
        if name == "counterpart":
            self._counterpart(item)
        elif name in {"official", "forum"}:
            remedy = hint(item, known) or "add a row, or correct the name"
            self.add(name, f"no sheet names the {name} `{item}`; {remedy}", "notice")
        elif name == "format":
            self.add(name, f"unknown format `{item}`; known: {', '.join(known)}, any")
        elif name == "counterpart_type":
            self.add(name, f"unknown type `{item}`; known: {', '.join(known)}")
        else:
            kind = "rank" if name == "official_rank" else name
            names = self.domains.names.get(name) or dict.fromkeys(known, "")
            self.add(reported or name, f"unknown {kind} `{item}`; {nearest(item, names, name)}")

    def _counterpart(self, item: str) -> None:
        """Report a counterpart: countries are a closed list, the others are not."""
        countries = {*self.domains.regions, *self.domains.more.get("own", ())}
        if item in self.domains.more.get("own", ()):
            self.add("counterpart", f"country `{item}` is not a foreign country; name another")
        elif self.counterpart_type == "country":
            names = self.domains.names.get("country") or dict.fromkeys(sorted(countries), "")
            what = f"unknown country `{item}`; {nearest(item, names, 'country')}"
            self.add("counterpart", what)
        elif self.counterpart_type == "actor":
            names = self.domains.names.get("nonstate_actor") or dict.fromkeys(
                self.domains.actors, ""
            )
            what = f"actor `{item}` is not in reference/actors.csv; "
            self.add("counterpart", what + nearest(item, names, "nonstate_actor"), "notice")
        elif self.counterpart_type:
            names = self.domains.names.get("organization") or dict.fromkeys(
                self.domains.organizations, ""
            )
            what = f"organization `{item}` is not in reference/organizations.csv; "
            self.add("counterpart", what + nearest(item, names, "organization"), "notice")
        else:
            known = self.domains.known["counterpart"]
            self.add(
                "counterpart", f"unknown counterpart `{item}`; {suggest(item, known)}", "notice"
            )


def pairs(text: str) -> dict[str, str]:
    """Return ``name=value; other=value`` as a mapping.

    Raises
    ------
    UsageError
        An item has no ``=``.
    """
    found = {}
    for item in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"`{item}` is not of the form name=value")
        found[name.strip()] = value.strip()
    return found


def _both(days: Days, others: list[Days] | None) -> list[Days]:
    """Return the days of a period that are also in one of some others."""
    if others is None:
        return [days]
    both = [(max(days[0], a), min(days[1], b)) for a, b in others]
    return [(a, b) for a, b in both if a <= b]


def period(text: str) -> Days:
    """Return the first and last day of ``2024``, ``2024-09``, ``2024-09-07`` or ``from..to``.

    Raises
    ------
    UsageError
        It does not parse, or it ends before it starts.
    """
    start, dots, end = text.partition("..")
    first, last = _edge(start, text, first=True), _edge(end if dots else start, text, first=False)
    if last < first:
        raise UsageError(f"`{text}` ends before it starts; swap its ends")
    return first, last


def _edge(text: str, whole: str, *, first: bool) -> datetime.date:
    found = PARTIAL_DATE.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        year, month = int(found[1]), int(found[2] or (1 if first else 12))
        day = int(found[3] or (1 if first else calendar.monthrange(year, month)[1]))
        return datetime.date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        what = f"`{whole}` is not a period; write `2024`, `2024-09`, `2024-09-07` or "
        what += "`2022-06..2025-06`"
        raise UsageError(what) from None
