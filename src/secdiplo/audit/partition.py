"""Partition of each dimension into the values that no claim tells apart.

Two officials, countries or periods of days that no claim tells apart are one part, so that the
number of variables depends on the claims and not on the number of countries or days.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from secdiplo.claims.domains import Days, Domains
from secdiplo.claims.filters import ANOTHER, COUNTERPART_KEYS, JOINT, OFFICIAL_KEYS, Filter
from secdiplo.errors import UsageError

MAX_PROFILES = 20_000


@dataclass(frozen=True)
class Participant:
    """The lead of an agency: ranks and officials that no claim tells apart."""

    agency: str
    members: tuple[tuple[str | None, str], ...]  # (official or None for another, rank)


@dataclass(frozen=True)
class CounterpartGroup:
    """Counterparts that no claim tells apart; `size` is None if their number is open."""

    kind: str
    members: tuple[str, ...]
    size: int | None


@dataclass(frozen=True)
class Period:
    """Days that no claim tells apart, as runs; a `fixed` period only contains attested rows."""

    runs: tuple[Days, ...]
    fixed: bool = False


@dataclass(frozen=True)
class Slot:
    """A period and a forum, as indices (-1 for no forum)."""

    period: int
    forum: int


@dataclass(frozen=True)
class Partition:
    """The partition of every dimension, and the parts that each filter includes.

    Attributes
    ----------
    participants : tuple of Participant
    profiles : tuple of tuple of int
        The agencies of an event: a participant each. Each agency is counted once, by its lead.
    periods : tuple of Period
    forums : tuple of (str or None, str or None)
        (session, series); (None, series) is another session of it, (None, None) any other.
    bilateral_slots, forum_slots : tuple of Slot
        Where bilateral events stand, and where sideline and multilateral ones do.
    counterpart_groups : tuple of CounterpartGroup
    agency_counts : array of int, filters x profiles
        How many agencies of the profile meet the filter's conditions; 0 means not included.
    bilateral_mask, forum_mask : array of bool, filters x slots
    counterpart_mask : array of bool, filters x counterpart_groups
    """

    participants: tuple[Participant, ...]
    profiles: tuple[tuple[int, ...], ...]
    periods: tuple[Period, ...]
    forums: tuple[tuple[str | None, str | None], ...]
    bilateral_slots: tuple[Slot, ...]
    forum_slots: tuple[Slot, ...]
    counterpart_groups: tuple[CounterpartGroup, ...]
    agency_counts: np.ndarray
    bilateral_mask: np.ndarray
    forum_mask: np.ndarray
    counterpart_mask: np.ndarray


def partition_of(
    domains: Domains, filters: Sequence[Filter], fixed: Sequence[Days] = ()
) -> Partition:
    """Split every dimension as far as the filters tell its values apart.

    Parameters
    ----------
    domains : Domains
    filters : sequence of Filter
    fixed : sequence of (date, date)
        Days of attested events that are known less finely than the claims ask.

    Returns
    -------
    Partition

    Raises
    ------
    UsageError
        There are too many combinations of agencies.
    """
    participants = _participants(domains, filters)
    profiles = _profiles(domains, participants)
    forums = _forums(domains, filters)
    periods = _periods(domains, filters, forums, fixed)
    alone = tuple(Slot(period, -1) for period in range(len(periods)))
    beside = tuple(
        Slot(s, f)
        for s, period in enumerate(periods)
        for f, (session, _) in enumerate(forums)
        if _fits(domains, period, session)
    )
    counterpart_groups = _counterpart_groups(domains, filters)
    return Partition(
        participants,
        profiles,
        periods,
        forums,
        alone,
        beside,
        counterpart_groups,
        np.array([_who(f, participants, profiles) for f in filters], dtype=np.int64),
        _slot_mask(filters, alone, periods, forums),
        _slot_mask(filters, beside, periods, forums),
        np.array(
            [[_takes_group(f, c, domains) for c in counterpart_groups] for f in filters], dtype=bool
        ),
    )


# --- who ------------------------------------------------------------------------------------


def named_officials(filters: Sequence[Filter]) -> list[str]:
    """Return the officials that filters name."""
    values = {
        v for f in filters if "official" in f.conditions for v in f.conditions["official"].values
    }
    return sorted(values - {ANOTHER})


def _leads(filter_: Filter, agency: str, official: str | None, rank: str) -> bool:
    """Check whether an agency under this lead meets the conditions on who takes part."""
    name = official or ANOTHER
    values = {"agency": agency, "official_rank": rank, "official": name}
    return all(
        filter_.conditions[key].accepts(values[key])
        for key in OFFICIAL_KEYS
        if key in filter_.conditions
    )


def _participants(domains: Domains, filters: Sequence[Filter]) -> tuple[Participant, ...]:
    officials = named_officials(filters)
    found = []
    for agency, ranks in domains.ranks.items():
        groups: dict[tuple[bool, ...], list[tuple[str | None, str]]] = {}
        for rank in ranks:
            named = [o for o in officials if (agency, rank) in domains.officials.get(o, ())]
            for official in (None, *named):
                signature = tuple(_leads(f, agency, official, rank) for f in filters)
                groups.setdefault(signature, []).append((official, rank))
        found += [Participant(agency, tuple(members)) for members in groups.values()]
    return tuple(found)


def _profiles(domains: Domains, participants: Sequence[Participant]) -> tuple[tuple[int, ...], ...]:
    choices = []
    for agency in domains.ranks:
        own = [i for i, p in enumerate(participants) if p.agency == agency]
        choices.append([None, *own])
    count = 1
    for choice in choices:
        count *= len(choice)
        if count > MAX_PROFILES:
            what = "the claims tell too many combinations of agencies and officials apart"
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
        taken = together is None or together.accepts(names)
        if together is not None and JOINT in together.values and len(profile) > 1:
            taken = not together.negated
        counts.append(sum(leads[i] for i in profile) if taken else 0)
    return counts


# --- when and where -------------------------------------------------------------------------


def _forums(
    domains: Domains, filters: Sequence[Filter]
) -> tuple[tuple[str | None, str | None], ...]:
    """Return the named sessions, the other sessions of a named series, and all others."""
    values = {v for f in filters if "forum" in f.conditions for v in f.conditions["forum"].values}
    sessions = sorted(values & set(domains.sessions))
    series = sorted(values - set(sessions))
    found: list[tuple[str | None, str | None]] = [
        (session, domains.sessions[session].series) for session in sessions
    ]
    return (*found, *((None, name) for name in series), (None, None))


def _fits(domains: Domains, period: Period, session: str | None) -> bool:
    """Check whether a session can have met in a period: it belongs to its year."""
    year = domains.sessions[session].year if session else None
    if year is None:
        return True
    return any(a.year <= year <= b.year for a, b in period.runs)


def _periods(
    domains: Domains,
    filters: Sequence[Filter],
    forums: Sequence[tuple[str | None, str | None]],
    fixed: Sequence[Days],
) -> tuple[Period, ...]:
    first, last = domains.window
    day = datetime.timedelta(days=1)
    cuts = {first, last + day}
    years = sorted({domains.sessions[s].year or 0 for s, _ in forums if s} - {0})
    ranges = [days for f in filters for days in (*f.periods, *f.forum_window)]
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
    found = [Period(tuple(runs)) for runs in groups.values()]
    return (*found, *(Period((days,), fixed=True) for days in dict.fromkeys(fixed)))


def _in_forum(filter_: Filter, forum: tuple[str | None, str | None] | None) -> bool:
    condition = filter_.conditions.get("forum")
    if condition is None:
        return True
    held = bool(forum) and any(name in condition.values for name in forum or () if name)
    return held != condition.negated


def _slot_mask(
    filters: Sequence[Filter],
    slots: Sequence[Slot],
    periods: Sequence[Period],
    forums: Sequence[tuple[str | None, str | None]],
) -> np.ndarray:
    in_period = np.array([slot.period for slot in slots], dtype=np.int64)
    in_session = np.array([slot.forum for slot in slots], dtype=np.int64)
    rows = []
    for filter_ in filters:
        in_time = np.array([filter_.in_time(period.runs[0]) for period in periods], dtype=bool)
        in_forum = [_in_forum(filter_, forum) for forum in (*forums, None)]  # -1 is the last
        rows.append(in_time[in_period] & np.array(in_forum, dtype=bool)[in_session])
    return np.array(rows, dtype=bool).reshape(len(filters), len(slots))


# --- whom -----------------------------------------------------------------------------------


def _accepts(filter_: Filter, kind: str, name: str | None, region: str | None) -> bool:
    values = {"counterpart_type": kind, "counterpart": name, "region": region}
    return all(filter_.conditions[key].accepts(values[key]) for key in _asks(filter_))


def _asks(filter_: Filter) -> list[str]:
    """Return the conditions of a filter on the counterpart."""
    return [key for key in COUNTERPART_KEYS if key in filter_.conditions]


def _takes_group(filter_: Filter, group: CounterpartGroup, domains: Domains) -> bool:
    name = group.members[0] if group.members else None
    return _accepts(filter_, group.kind, name, domains.regions.get(name or ""))


def _counterpart_groups(
    domains: Domains, filters: Sequence[Filter]
) -> tuple[CounterpartGroup, ...]:
    """Group counterparts by the filters that include them.

    An organization that no sheet lists is possible too, so that their number is open. So is the
    number of non-state actors, which are possible only if the dataset names one.
    """
    groups: dict[tuple[bool, ...], list[str]] = {}
    filters = [filter_ for filter_ in filters if _asks(filter_)]
    for country, region in domains.regions.items():
        signature = tuple(_accepts(f, "country", country, region) for f in filters)
        groups.setdefault(signature, []).append(country)
    found = [CounterpartGroup("country", tuple(m), len(m)) for m in groups.values()]
    found += _open_groups("organization", domains.organizations, filters)
    if domains.actors:
        found += _open_groups("actor", domains.actors, filters)
    return tuple(found)


def _open_groups(
    kind: str, names: Sequence[str], filters: Sequence[Filter]
) -> list[CounterpartGroup]:
    """Group the counterparts of a type, of which the dataset may name only some."""
    others = tuple(_accepts(f, kind, None, None) for f in filters)
    groups: dict[tuple[bool, ...], list[str]] = {others: []}
    for name in names:
        signature = tuple(_accepts(f, kind, name, None) for f in filters)
        groups.setdefault(signature, []).append(name)
    return [
        CounterpartGroup(kind, tuple(members), None if signature == others else len(members))
        for signature, members in groups.items()
    ]
