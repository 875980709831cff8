"""Attested events of the scope, placed in the cells that figures tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from secdiplo.audit.cells import Cells
from secdiplo.audit.merge import Bundle, EventSlot
from secdiplo.audit.space import Days, Space
from secdiplo.audit.system import Row, fact

if TYPE_CHECKING:
    from secdiplo.store import Built


@dataclass(frozen=True)
class Event:
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


def events_of(built: Built, space: Space) -> list[Event]:
    """The attested events of the scope, by id.

    Notes
    -----
    An agency counts once an event, by the most senior of its officials in scope; of equally
    senior ones the first by name.
    """
    built.need(["codes", "events", "interactions", "officials", "participations"])
    rows = built.con.cursor().execute(
        "select p.event_id, e.date_min, e.date_max, e.format, e.forum_id, p.agency, o.official, "
        "p.official_rank, i.counterpart_type, i.counterpart "
        "from participations as p join events as e on e.event_id = p.event_id "
        "join codes as r on r.list = 'rank' and r.code = p.official_rank "
        "left join officials as o on o.official_id = p.official_id and o.agency = p.agency "
        "and o.official_rank = p.official_rank "
        "left join interactions as i on i.interaction_id = p.interaction_id "
        "where p.row_status = 'attested' "
        "order by p.event_id, r.position, o.official nulls last, p.participation_id"
    )
    found: dict[str, Event] = {}
    for event, first, last, fmt, forum, agency, official, rank, kind, name in rows.fetchall():
        if rank not in space.ranks.get(agency, ()):
            continue
        if last < space.window[0] or first > space.window[1]:
            continue
        before = found.get(event)
        leads = before.leads if before else ()
        if agency not in {lead[0] for lead in leads}:
            leads = (*leads, (agency, official, rank))
        met = before.counterparts if before else ()
        if name is not None and (kind, name) not in met:
            met = (*met, (kind, name))
        found[event] = Event(event, (first, last), fmt, forum, leads, met)
    return list(found.values())


class Placing:
    """Attested events in the cells of a problem.

    Parameters
    ----------
    cells : Cells
    exact : bool
        Whether an event may only stand in a span that is exactly its days as coded, the rule by
        which queries count; otherwise in every span in which it can have taken place.
    """

    def __init__(self, cells: Cells, *, exact: bool = False) -> None:
        self.cells, self.exact = cells, exact
        atoms = cells.atoms
        self._who: dict[tuple[str, str | None, str], int] = {}
        for number, participant in enumerate(atoms.participants):
            for official, rank in participant.members:
                self._who[participant.agency, official, rank] = number
        self._profiles = {profile: n for n, profile in enumerate(atoms.profiles)}
        self._classes: dict[tuple[str, str | None], int] = {}
        for number, class_ in enumerate(atoms.classes):
            self._classes.update({(class_.kind, name): number for name in class_.members})
            if class_.size is None:
                self._classes[class_.kind, None] = number
        self._beside = {(p.span, p.forum): n for n, p in enumerate(atoms.beside)}

    def class_of(self, counterpart: tuple[str, str]) -> int:
        """The class of a counterpart."""
        kind, name = counterpart
        return self._classes.get((kind, name), self._classes.get((kind, None), 0))

    def spots(self, event: Event) -> list[EventSlot]:
        """Where an event can stand, by its agencies, days and forum."""
        leads = []
        for agency, official, rank in event.leads:
            named = self._who.get((agency, official, rank))
            leads.append(self._who[agency, None, rank] if named is None else named)
        profile = self._profiles[tuple(sorted(leads))]
        spans = self._spans(event.days)
        if event.format == "bilateral":
            return [EventSlot(event.format, profile, span) for span in spans]
        forum = self._forum(event.forum)
        places = [self._beside.get((span, forum)) for span in spans]
        if all(place is None for place in places):  # its year is not that of the session
            other = len(self.cells.atoms.forums) - 1
            places = [self._beside[span, other] for span in spans]
        fmt = event.format
        return [EventSlot(fmt, profile, place) for place in places if place is not None]

    def _spans(self, days: Days) -> list[int]:
        spans = self.cells.atoms.spans
        inside = [
            n
            for n, span in enumerate(spans)
            if not span.fixed and any(a <= days[1] and days[0] <= b for a, b in span.runs)
        ]
        if self.exact and len(inside) > 1:
            return [n for n, span in enumerate(spans) if span.fixed and span.runs == (days,)]
        return inside

    def _forum(self, forum: str | None) -> int:
        """A session that the figures name, another of a series that they name, or any other."""
        forums = self.cells.atoms.forums
        known = self.cells.space.sessions.get(forum or "")
        series = known.series if known else None
        for number, (session, name) in enumerate(forums):
            if session == forum and session is not None:
                return number
            if session is None and name is not None and name == series:
                return number
        return len(forums) - 1


def coarse(events: Iterable[Event], cells: Cells) -> list[Days]:
    """The days of events that are known less finely than the figures ask."""
    placing = Placing(cells)
    return sorted({e.days for e in events if len(placing._spans(e.days)) > 1})


def lower_bounds(cells: Cells, events: Sequence[Event], size: int) -> tuple[list[Row], int]:
    """Rows that make the cells hold at least the attested events.

    An event that can stand in several spans stands in one of them, which further variables
    choose.

    Parameters
    ----------
    cells : Cells
    events : sequence of Event
    size : int
        The number of variables so far.

    Returns
    -------
    (list of Row, int)
        The rows, and the number of variables with the choices.
    """
    held = _held(cells, events, size)
    return held.rows(), held.size


def _held(cells: Cells, events: Sequence[Event], size: int) -> _Held:
    """What the cells hold of some events."""
    held = _Held(cells, size)
    placing = Placing(cells)
    for event in events:
        held.add(event, placing.spots(event), [placing.class_of(c) for c in event.counterparts])
    return held


class _Held:
    """What the cells hold of attested events, surely or by choice."""

    def __init__(self, cells: Cells, size: int) -> None:
        self.cells, self.size = cells, size
        self.sure: dict[int, int] = {}
        self.chosen: dict[int, list[tuple[int, int]]] = {}
        self.named: dict[int, list[tuple[int, int]]] = {}  # bundle -> (variable or -1, extra)
        self.choices: list[Row] = []
        # (distinct form, class) -> counterpart -> event -> the variables of the spots it takes in
        self.met: dict[tuple[int, int], dict[str, dict[str, list[int]]]] = {}
        self.free: dict[str, int] = {}  # the number of spots of events that have several

    def add(self, event: Event, spots: Sequence[EventSlot], classes: Sequence[int]) -> None:
        """Add one event, with the classes of its counterparts."""
        parts = [self._parts(event, spot, classes) for spot in spots]
        if all(part == parts[0] for part in parts):
            self._hold(parts[0], -1, event, spots[0], classes)
            return
        self.free[event.event_id] = len(spots)
        variables = list(range(self.size, self.size + len(spots)))
        self.size += len(spots)
        self.choices.append(fact(variables, [1] * len(variables), 1, 1))
        for variable, part, spot in zip(variables, parts, spots, strict=True):
            self._hold(part, variable, event, spot, classes)

    def _parts(self, event: Event, spot: EventSlot, classes: Sequence[int]) -> dict[int, int]:
        """How much each cell holds of an event that stands there."""
        if event.format != "multilateral":
            if not classes:
                return {}
            return dict.fromkeys(self.cells.of_meeting(spot, classes[0]), 1)
        bundle = self.cells.bundle(spot)
        held = {bundle.events: 1}
        for members, cell in bundle.parts:
            count = sum(class_ in members for class_ in classes)
            if count:
                held[cell] = count
        for mask, cell in bundle.subsets:
            if any(mask[class_] for class_ in classes):
                held[cell] = 1
        return held

    def _hold(
        self,
        part: dict[int, int],
        variable: int,
        event: Event,
        spot: EventSlot,
        classes: Sequence[int],
    ) -> None:
        for cell, count in part.items():
            if variable < 0:
                self.sure[cell] = self.sure.get(cell, 0) + count
            else:
                self.chosen.setdefault(cell, []).append((variable, count))
        if event.format == "multilateral" and classes:
            bundle = self.cells.bundle(spot)
            self.named.setdefault(bundle.events, []).append((variable, len(classes) - 1))
        for class_, (_, name) in zip(classes, event.counterparts, strict=True):
            for i in self.cells.different(spot, class_):
                events = self.met.setdefault((i, class_), {}).setdefault(name, {})
                events.setdefault(event.event_id, []).append(variable)

    def rows(self) -> list[Row]:
        """At least the attested events; the others still need a counterpart each."""
        rows = list(self.choices)
        for cell in sorted(self.sure.keys() | self.chosen.keys()):
            chosen = self.chosen.get(cell, [])
            columns = [cell, *(variable for variable, _ in chosen)]
            values = [1, *(-count for _, count in chosen)]
            rows.append(fact(columns, values, self.sure.get(cell, 0), np.inf))
        for bundle in self.cells.bundles:
            if bundle.events in self.named:
                rows.append(self._covered(bundle))
        return rows + self._different()

    def _different(self) -> list[Row]:
        """Different counterparts are at least those attested, and others need other meetings."""
        rows: list[Row] = []
        known = {name: self._known(name, rows) for name in self.met}
        for (i, class_), found in self.cells.found.items():
            if (i, class_) not in self.met or (i, class_) not in self.cells.inside:
                continue
            sure, flags = known[i, class_]
            columns, values = [found, *flags], [1, *[-1] * len(flags)]
            rows.append(fact(columns, values, sure, np.inf))
            inside, met = self.cells.inside[i, class_]
            for j in inside:
                less, others = known.get((j, class_), (0, []))
                sure -= less
                columns += [self.cells.found[j, class_], *others]
                values += [-1, *[1] * len(others)]
            columns, values = columns + met, values + [-1] * len(met)
            for name, events in self.met[i, class_].items():
                for event, variables in events.items():
                    inner = [self._spots(j, class_, name, event) for j in inside]
                    beyond = [v for v in variables if not any(v in own for own in inner)]
                    if self._is_sure(event, beyond):
                        sure -= 1
                    else:
                        columns, values = columns + beyond, values + [1] * len(beyond)
            rows.append(fact(columns, values, -np.inf, sure))
        return rows

    def _spots(self, i: int, class_: int, name: str, event: str) -> list[int]:
        return self.met.get((i, class_), {}).get(name, {}).get(event, [])

    def _is_sure(self, event: str, variables: Sequence[int]) -> bool:
        """Whether an event surely stands in one of some spots."""
        return -1 in variables or (bool(variables) and len(variables) == self.free.get(event))

    def _known(self, key: tuple[int, int], rows: list[Row]) -> tuple[int, list[int]]:
        """How many counterparts are surely among the different ones; a variable for each other."""
        sure, flags = 0, []
        for events in self.met[key].values():
            if any(self._is_sure(event, variables) for event, variables in events.items()):
                sure += 1
                continue
            flag, self.size = self.size, self.size + 1
            flags.append(flag)
            spots = [variable for variables in events.values() for variable in variables]
            rows.append(fact([flag, *spots], [1, *[-1] * len(spots)], -np.inf, 0))
            for own in events.values():
                rows.append(fact([*own, flag], [*[1] * len(own), -1], -np.inf, 0))
        return sure, flags

    def _covered(self, bundle: Bundle) -> Row:
        """Every event that names nobody needs an interaction beyond those attested."""
        named = self.named[bundle.events]
        sure = sum(extra for variable, extra in named if variable < 0)
        chosen = [(variable, extra) for variable, extra in named if variable >= 0 and extra]
        parts = [part for _, part in bundle.parts]
        columns = [*parts, bundle.events, *(variable for variable, _ in chosen)]
        values = [*[1] * len(parts), -1, *(-extra for _, extra in chosen)]
        return fact(columns, values, sure, np.inf)
