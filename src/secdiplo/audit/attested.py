"""Attested events of the scope, assigned to the variables of a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from secdiplo.audit.merging import EventGroup, EventSlot
from secdiplo.audit.system import Constraint, fact
from secdiplo.audit.variables import Variables
from secdiplo.claims.domains import Days, Domains

if TYPE_CHECKING:
    from secdiplo.store import Built


@dataclass(frozen=True)
class AttestedEvent:
    """An attested event of the scope.

    Attributes
    ----------
    event_id : str
    days : (date, date)
        Between which it took place.
    format : str
    forum : str or None
    leads : tuple of (str, str or None, str)
        The most senior participant of each agency: agency, official, rank.
    counterparts : tuple of (str, str)
        Type and code; none where the source names nobody.
    """

    event_id: str
    days: Days
    format: str
    forum: str | None
    leads: tuple[tuple[str, str | None, str], ...]
    counterparts: tuple[tuple[str, str], ...]


def events_of(built: Built, domains: Domains) -> list[AttestedEvent]:
    """Return the attested events of the scope, by id.

    Notes
    -----
    An agency counts once per event, by the most senior of its officials in scope; of equally
    senior ones the first by name.
    """
    built.need(["codes", "events", "interactions", "officials", "participations"])
    rows = built.con.cursor().execute(
        "select p.event_id, e.date_min, e.latest_start, e.format, e.forum_id, p.agency, "
        "o.official, p.official_rank, i.counterpart_type, i.counterpart "
        "from participations as p join events as e on e.event_id = p.event_id "
        "join codes as r on r.list = 'official_rank' and r.code = p.official_rank "
        "left join officials as o on o.official_id = p.official_id and o.agency = p.agency "
        "and o.official_rank = p.official_rank "
        "left join interactions as i on i.interaction_id = p.interaction_id "
        "where p.row_status = 'attested' "
        "order by p.event_id, r.position, o.official nulls last, p.participation_id"
    )
    found: dict[str, AttestedEvent] = {}
    for event, first, last, fmt, forum, agency, official, rank, kind, name in rows.fetchall():
        if rank not in domains.ranks.get(agency, ()):
            continue
        if last < domains.window[0] or first > domains.window[1]:
            continue
        before = found.get(event)
        leads = before.leads if before else ()
        if agency not in {lead[0] for lead in leads}:
            leads = (*leads, (agency, official, rank))
        met = before.counterparts if before else ()
        if name is not None and (kind, name) not in met:
            met = (*met, (kind, name))
        found[event] = AttestedEvent(event, (first, last), fmt, forum, leads, met)
    return list(found.values())


class EventPlacer:
    """Assigns attested events to the slots of a model.

    Parameters
    ----------
    variables : Variables
    exact : bool
        Whether an event may only be in a period that is exactly its days as coded, the rule by
        which queries count; otherwise in every period in which it can have taken place.
    """

    def __init__(self, variables: Variables, *, exact: bool = False) -> None:
        self.variables, self.exact = variables, exact
        partition = variables.partition
        self._who: dict[tuple[str, str | None, str], int] = {}
        for number, participant in enumerate(partition.participants):
            for official, rank in participant.members:
                self._who[participant.agency, official, rank] = number
        self._profiles = {profile: n for n, profile in enumerate(partition.profiles)}
        self._groups: dict[tuple[str, str | None], int] = {}
        for number, group in enumerate(partition.counterpart_groups):
            self._groups.update({(group.kind, name): number for name in group.members})
            if group.size is None:
                self._groups[group.kind, None] = number
        self._beside = {(p.period, p.forum): n for n, p in enumerate(partition.forum_slots)}

    def group_of(self, counterpart: tuple[str, str]) -> int:
        """Return the group of a counterpart."""
        kind, name = counterpart
        return self._groups.get((kind, name), self._groups.get((kind, None), 0))

    def slots(self, event: AttestedEvent) -> list[EventSlot]:
        """Return the slots in which an event can fall, by its agencies, days and forum."""
        leads = []
        for agency, official, rank in event.leads:
            named = self._who.get((agency, official, rank))
            leads.append(self._who[agency, None, rank] if named is None else named)
        profile = self._profiles[tuple(sorted(leads))]
        periods = self._periods(event.days)
        if event.format == "bilateral":
            return [EventSlot(event.format, profile, period) for period in periods]
        forum = self._forum(event.forum)
        places = [self._beside.get((period, forum)) for period in periods]
        if all(place is None for place in places):  # its year is not that of the session
            other = len(self.variables.partition.forums) - 1
            places = [self._beside[period, other] for period in periods]
        fmt = event.format
        return [EventSlot(fmt, profile, place) for place in places if place is not None]

    def _periods(self, days: Days) -> list[int]:
        periods = self.variables.partition.periods
        inside = [
            n
            for n, period in enumerate(periods)
            if not period.fixed and any(a <= days[1] and days[0] <= b for a, b in period.runs)
        ]
        if self.exact and len(inside) > 1:
            return [
                n for n, period in enumerate(periods) if period.fixed and period.runs == (days,)
            ]
        return inside

    def _forum(self, forum: str | None) -> int:
        """Return the index of a named session, of another one of its series, or of any other."""
        forums = self.variables.partition.forums
        known = self.variables.domains.sessions.get(forum or "")
        series = known.series if known else None
        for number, (session, name) in enumerate(forums):
            if session == forum and session is not None:
                return number
            if session is None and name is not None and name == series:
                return number
        return len(forums) - 1


def coarse(events: Iterable[AttestedEvent], variables: Variables) -> list[Days]:
    """Return the dates of events that are too imprecise for the claims."""
    placer = EventPlacer(variables)
    return sorted({e.days for e in events if len(placer._periods(e.days)) > 1})


def lower_bounds(
    variables: Variables, events: Sequence[AttestedEvent], size: int
) -> tuple[list[Constraint], int]:
    """Return constraints that make the variables count at least the attested events.

    An event that can be in several periods is in one of them, which further variables
    choose.

    Parameters
    ----------
    variables : Variables
    events : sequence of AttestedEvent
    size : int
        The number of variables so far.

    Returns
    -------
    (list of Constraint, int)
        The rows, and the number of variables with the choices.
    """
    counted = _AttestedCounts(variables, size)
    placer = EventPlacer(variables)
    for event in events:
        groups = [placer.group_of(counterpart) for counterpart in event.counterparts]
        counted.add(event, placer.slots(event), groups)
    return counted.rows(), counted.size


class _AttestedCounts:
    """What attested events add to each variable, certainly or by choice of a slot."""

    def __init__(self, variables: Variables, size: int) -> None:
        self.variables, self.size = variables, size
        self.sure: dict[int, int] = {}
        self.chosen: dict[int, list[tuple[int, int]]] = {}
        self.named: dict[int, list[tuple[int, int]]] = {}  # event group -> (variable or -1, extra)
        self.choices: list[Constraint] = []
        # (distinct count, group) -> counterpart -> event -> the variables of the slots it takes in
        self.met: dict[tuple[int, int], dict[str, dict[str, list[int]]]] = {}
        self.free: dict[str, int] = {}  # the number of slots of events that have several

    def add(self, event: AttestedEvent, slots: Sequence[EventSlot], groups: Sequence[int]) -> None:
        """Add one event, with the groups of its counterparts."""
        parts = [self._parts(event, at, groups) for at in slots]
        if all(part == parts[0] for part in parts):
            self._hold(parts[0], -1, event, slots[0], groups)
            return
        self.free[event.event_id] = len(slots)
        variables = list(range(self.size, self.size + len(slots)))
        self.size += len(slots)
        self.choices.append(fact(variables, [1] * len(variables), 1, 1))
        for variable, part, at in zip(variables, parts, slots, strict=True):
            self._hold(part, variable, event, at, groups)

    def _parts(self, event: AttestedEvent, at: EventSlot, groups: Sequence[int]) -> dict[int, int]:
        """Return how much each variable counts of an event in this slot."""
        if event.format != "multilateral":
            if not groups:
                return {}
            return dict.fromkeys(self.variables.meeting_cells(at, groups[0]), 1)
        event_group = self.variables.event_group(at)
        held = {event_group.events: 1}
        for members, cell in event_group.parts:
            count = sum(group in members for group in groups)
            if count:
                held[cell] = count
        for mask, cell in event_group.subsets:
            if any(mask[group] for group in groups):
                held[cell] = 1
        return held

    def _hold(
        self,
        part: dict[int, int],
        variable: int,
        event: AttestedEvent,
        at: EventSlot,
        groups: Sequence[int],
    ) -> None:
        for cell, count in part.items():
            if variable < 0:
                self.sure[cell] = self.sure.get(cell, 0) + count
            else:
                self.chosen.setdefault(cell, []).append((variable, count))
        if event.format == "multilateral" and groups:
            event_group = self.variables.event_group(at)
            self.named.setdefault(event_group.events, []).append((variable, len(groups) - 1))
        for group, (_, name) in zip(groups, event.counterparts, strict=True):
            for i in self.variables.distinct_counts_of(at, group):
                events = self.met.setdefault((i, group), {}).setdefault(name, {})
                events.setdefault(event.event_id, []).append(variable)

    def rows(self) -> list[Constraint]:
        """Return the constraints; events without a named counterpart still need one each."""
        rows = list(self.choices)
        for cell in sorted(self.sure.keys() | self.chosen.keys()):
            chosen = self.chosen.get(cell, [])
            columns = [cell, *(variable for variable, _ in chosen)]
            values = [1, *(-count for _, count in chosen)]
            rows.append(fact(columns, values, self.sure.get(cell, 0), np.inf))
        for event_group in self.variables.event_groups:
            if event_group.events in self.named:
                rows.append(self._covered(event_group))
        return rows + self._different()

    def _different(self) -> list[Constraint]:
        """Bound the different counterparts from below, and those not attested from above."""
        rows: list[Constraint] = []
        known = {name: self._known(name, rows) for name in self.met}
        for (i, group), found in self.variables.distinct_cells.items():
            if (i, group) not in self.met or (i, group) not in self.variables.nested_distinct:
                continue
            sure, flags = known[i, group]
            columns, values = [found, *flags], [1, *[-1] * len(flags)]
            rows.append(fact(columns, values, sure, np.inf))
            inside, met = self.variables.nested_distinct[i, group]
            for j in inside:
                less, others = known.get((j, group), (0, []))
                sure -= less
                columns += [self.variables.distinct_cells[j, group], *others]
                values += [-1, *[1] * len(others)]
            columns, values = columns + met, values + [-1] * len(met)
            for name, events in self.met[i, group].items():
                for event, variables in events.items():
                    inner = [self._choices(j, group, name, event) for j in inside]
                    beyond = [v for v in variables if not any(v in own for own in inner)]
                    if self._is_sure(event, beyond):
                        sure -= 1
                    else:
                        columns, values = columns + beyond, values + [1] * len(beyond)
            rows.append(fact(columns, values, -np.inf, sure))
        return rows

    def _choices(self, i: int, group: int, name: str, event: str) -> list[int]:
        return self.met.get((i, group), {}).get(name, {}).get(event, [])

    def _is_sure(self, event: str, variables: Sequence[int]) -> bool:
        """Check whether an event certainly falls in one of some slots."""
        return -1 in variables or (bool(variables) and len(variables) == self.free.get(event))

    def _known(self, key: tuple[int, int], rows: list[Constraint]) -> tuple[int, list[int]]:
        """Return how many counterparts are certain, and a choice variable for each other one."""
        sure, flags = 0, []
        for events in self.met[key].values():
            if any(self._is_sure(event, variables) for event, variables in events.items()):
                sure += 1
                continue
            flag, self.size = self.size, self.size + 1
            flags.append(flag)
            slots = [variable for variables in events.values() for variable in variables]
            rows.append(fact([flag, *slots], [1, *[-1] * len(slots)], -np.inf, 0))
            for own in events.values():
                rows.append(fact([*own, flag], [*[1] * len(own), -1], -np.inf, 0))
        return sure, flags

    def _covered(self, event_group: EventGroup) -> Constraint:
        """Require an interaction beyond the attested ones for every event that names nobody."""
        named = self.named[event_group.events]
        sure = sum(extra for variable, extra in named if variable < 0)
        chosen = [(variable, extra) for variable, extra in named if variable >= 0 and extra]
        parts = [part for _, part in event_group.parts]
        columns = [*parts, event_group.events, *(variable for variable, _ in chosen)]
        values = [*[1] * len(parts), -1, *(-extra for _, extra in chosen)]
        return fact(columns, values, sure, np.inf)
