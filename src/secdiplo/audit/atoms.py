"""The finest parts of each dimension that some figures tell apart, and what falls into which.

Two officials, countries or spans of days that no figure tells apart are one part, so that the
number of cells depends on the figures and not on the number of countries or days.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from secdiplo.audit.filters import ANOTHER, JOINT, WHO, WHOM, Filter
from secdiplo.audit.space import Days, Space
from secdiplo.errors import UsageError

MOST_PROFILES = 20_000


@dataclass(frozen=True)
class Participant:
    """Who leads an agency's part in an event: ranks and officials that no figure tells apart."""

    agency: str
    members: tuple[tuple[str | None, str], ...]  # (official or None for another, rank)


@dataclass(frozen=True)
class Class:
    """Counterparts that no figure tells apart; without a size there may be any number."""

    kind: str
    members: tuple[str, ...]
    size: int | None


@dataclass(frozen=True)
class Span:
    """Days that no figure tells apart, as runs of days; `fixed` spans only hold attested rows."""

    runs: tuple[Days, ...]
    fixed: bool = False


@dataclass(frozen=True)
class Place:
    """When and beside which session: indices of a span and of a forum (-1 for none)."""

    span: int
    forum: int


@dataclass(frozen=True)
class Atoms:
    """The parts of every dimension, and for each filter the parts that it takes in.

    Attributes
    ----------
    participants : tuple of Participant
    profiles : tuple of tuple of int
        The agencies of an event: a participant each. Each agency is counted once, by its lead.
    spans : tuple of Span
    forums : tuple of (str or None, str or None)
        (session, series); (None, series) is another session of it, (None, None) any other.
    alone, beside : tuple of Place
        Where bilateral events stand, and where sideline and multilateral ones do.
    classes : tuple of Class
    who : array of int, filters x profiles
        How many agencies of the profile meet the filter's conditions; 0 means not taken in.
    alone_in, beside_in : array of bool, filters x places
    whom : array of bool, filters x classes
    """

    participants: tuple[Participant, ...]
    profiles: tuple[tuple[int, ...], ...]
    spans: tuple[Span, ...]
    forums: tuple[tuple[str | None, str | None], ...]
    alone: tuple[Place, ...]
    beside: tuple[Place, ...]
    classes: tuple[Class, ...]
    who: np.ndarray
    alone_in: np.ndarray
    beside_in: np.ndarray
    whom: np.ndarray


def atoms_of(space: Space, filters: Sequence[Filter], fixed: Sequence[Days] = ()) -> Atoms:
    """Split every dimension as far as the filters tell its values apart.

    Parameters
    ----------
    space : Space
    filters : sequence of Filter
    fixed : sequence of (date, date)
        Days of attested events that are known less finely than the figures ask.

    Returns
    -------
    Atoms

    Raises
    ------
    UsageError
        There are too many combinations of agencies.
    """
    participants = _participants(space, filters)
    profiles = _profiles(space, participants)
    forums = _forums(space, filters)
    spans = _spans(space, filters, forums, fixed)
    alone = tuple(Place(span, -1) for span in range(len(spans)))
    beside = tuple(
        Place(s, f)
        for s, span in enumerate(spans)
        for f, (session, _) in enumerate(forums)
        if _fits(space, span, session)
    )
    classes = _classes(space, filters)
    return Atoms(
        participants,
        profiles,
        spans,
        forums,
        alone,
        beside,
        classes,
        np.array([_who(f, participants, profiles) for f in filters], dtype=np.int64),
        _places(filters, alone, spans, forums),
        _places(filters, beside, spans, forums),
        np.array([[_takes_class(f, c, space) for c in classes] for f in filters], dtype=bool),
    )


# --- who ------------------------------------------------------------------------------------


def named_officials(filters: Sequence[Filter]) -> list[str]:
    """The officials that filters name."""
    values = {
        v for f in filters if "official" in f.conditions for v in f.conditions["official"].values
    }
    return sorted(values - {ANOTHER})


def _leads(filter_: Filter, agency: str, official: str | None, rank: str) -> bool:
    """Whether an agency's part under this lead meets the conditions on who takes part."""
    name = official or ANOTHER
    values = {"agency": agency, "rank": rank, "official": name}
    return all(
        filter_.conditions[key].takes(values[key]) for key in WHO if key in filter_.conditions
    )


def _participants(space: Space, filters: Sequence[Filter]) -> tuple[Participant, ...]:
    officials = named_officials(filters)
    found = []
    for agency, ranks in space.ranks.items():
        groups: dict[tuple[bool, ...], list[tuple[str | None, str]]] = {}
        for rank in ranks:
            named = [o for o in officials if (agency, rank) in space.officials.get(o, ())]
            for official in (None, *named):
                signature = tuple(_leads(f, agency, official, rank) for f in filters)
                groups.setdefault(signature, []).append((official, rank))
        found += [Participant(agency, tuple(members)) for members in groups.values()]
    return tuple(found)


def _profiles(space: Space, participants: Sequence[Participant]) -> tuple[tuple[int, ...], ...]:
    choices = []
    for agency in space.ranks:
        own = [i for i, p in enumerate(participants) if p.agency == agency]
        choices.append([None, *own])
    count = 1
    for choice in choices:
        count *= len(choice)
        if count > MOST_PROFILES:
            what = "the figures tell too many combinations of agencies and officials apart"
            raise UsageError(f"{what} ({len(choices)} agencies); ask for fewer at a time")
    return tuple(
        tuple(i for i in combination if i is not None)
        for combination in itertools.product(*choices)
        if any(i is not None for i in combination)
    )


def _who(
    filter_: Filter, participants: Sequence[Participant], profiles: Sequence[tuple[int, ...]]
) -> list[int]:
    leads = [
        _leads(filter_, p.agency, *p.members[0]) for p in participants
    ]  # the members of a participant meet the same filters
    together = filter_.conditions.get("agencies")
    counts = []
    for profile in profiles:
        names = "+".join(participants[i].agency for i in profile)
        taken = together is None or together.takes(names)
        if together is not None and JOINT in together.values and len(profile) > 1:
            taken = not together.negated
        counts.append(sum(leads[i] for i in profile) if taken else 0)
    return counts


# --- when and where -------------------------------------------------------------------------


def _forums(space: Space, filters: Sequence[Filter]) -> tuple[tuple[str | None, str | None], ...]:
    """The sessions that filters name, the other sessions of a named series, and all others."""
    values = {v for f in filters if "forum" in f.conditions for v in f.conditions["forum"].values}
    sessions = sorted(values & set(space.sessions))
    series = sorted(values - set(sessions))
    found: list[tuple[str | None, str | None]] = [
        (session, space.sessions[session].series) for session in sessions
    ]
    return (*found, *((None, name) for name in series), (None, None))


def _fits(space: Space, span: Span, session: str | None) -> bool:
    """Whether a session can have met within a span: its members belong to its year."""
    year = space.sessions[session].year if session else None
    if year is None:
        return True
    return any(a.year <= year <= b.year for a, b in span.runs)


def _spans(
    space: Space,
    filters: Sequence[Filter],
    forums: Sequence[tuple[str | None, str | None]],
    fixed: Sequence[Days],
) -> tuple[Span, ...]:
    first, last = space.window
    day = datetime.timedelta(days=1)
    cuts = {first, last + day}
    years = sorted({space.sessions[s].year or 0 for s, _ in forums if s} - {0})
    ranges = [days for f in filters for days in (*f.periods, *f.season)]
    ranges += [(datetime.date(y, 1, 1), datetime.date(y, 12, 31)) for y in years]
    for start, end in ranges:
        cuts |= {edge for edge in (start, end + day) if first < edge <= last}
    edges = sorted(cuts)
    groups: dict[tuple[bool, ...], list[Days]] = {}
    for start, after in itertools.pairwise(edges):
        days = (start, after - day)
        signature = (*(f.in_time(days) for f in filters), *(start.year == y for y in years))
        runs = groups.setdefault(signature, [])
        if runs and runs[-1][1] + day == start:
            runs[-1] = (runs[-1][0], days[1])
        else:
            runs.append(days)
    found = [Span(tuple(runs)) for runs in groups.values()]
    return (*found, *(Span((days,), fixed=True) for days in dict.fromkeys(fixed)))


def _in_forum(filter_: Filter, forum: tuple[str | None, str | None] | None) -> bool:
    condition = filter_.conditions.get("forum")
    if condition is None:
        return True
    held = bool(forum) and any(name in condition.values for name in forum or () if name)
    return held != condition.negated


def _places(
    filters: Sequence[Filter],
    places: Sequence[Place],
    spans: Sequence[Span],
    forums: Sequence[tuple[str | None, str | None]],
) -> np.ndarray:
    spots = np.array([place.span for place in places], dtype=np.int64)
    held = np.array([place.forum for place in places], dtype=np.int64)
    rows = []
    for filter_ in filters:
        in_time = np.array([filter_.in_time(span.runs[0]) for span in spans], dtype=bool)
        in_forum = [_in_forum(filter_, forum) for forum in (*forums, None)]  # -1 is the last
        rows.append(in_time[spots] & np.array(in_forum, dtype=bool)[held])
    return np.array(rows, dtype=bool).reshape(len(filters), len(places))


# --- whom -----------------------------------------------------------------------------------


def _takes(filter_: Filter, kind: str, name: str | None, region: str | None) -> bool:
    values = {"counterpart_type": kind, "counterpart": name, "region": region}
    return all(filter_.conditions[key].takes(values[key]) for key in _asks(filter_))


def _asks(filter_: Filter) -> list[str]:
    """What a filter asks of a counterpart."""
    return [key for key in WHOM if key in filter_.conditions]


def _takes_class(filter_: Filter, class_: Class, space: Space) -> bool:
    name = class_.members[0] if class_.members else None
    return _takes(filter_, class_.kind, name, space.regions.get(name or ""))


def _classes(space: Space, filters: Sequence[Filter]) -> tuple[Class, ...]:
    """Countries and organizations by the filters that take them in.

    An organization that no sheet lists is possible too, so that their number is open.
    """
    groups: dict[tuple[bool, ...], list[str]] = {}
    filters = [filter_ for filter_ in filters if _asks(filter_)]
    for country, region in space.regions.items():
        signature = tuple(_takes(f, "country", country, region) for f in filters)
        groups.setdefault(signature, []).append(country)
    found = [Class("country", tuple(m), len(m)) for m in groups.values()]
    others = tuple(_takes(f, "organization", None, None) for f in filters)
    groups = {others: []}
    for organization in space.organizations:
        signature = tuple(_takes(f, "organization", organization, None) for f in filters)
        groups.setdefault(signature, []).append(organization)
    found += [
        Class("organization", tuple(members), None if signature == others else len(members))
        for signature, members in groups.items()
    ]
    return tuple(found)
