"""Imputed rows from a solution of the imputation model."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from secdiplo.audit.attested import EventPlacer
from secdiplo.audit.counts import ONE_ON_ONE
from secdiplo.audit.imputation.model import AttestedRow, ImputationModel, ImputedGroup
from secdiplo.audit.merging import EventGroup, EventSlot, nested
from secdiplo.claims.domains import Days
from secdiplo.errors import SecdiploError

ATTEMPTS = 50


@dataclass(frozen=True)
class ImputedRow:
    """One imputed row of the coding sheet.

    Attributes
    ----------
    event : int or str
        The number of the imputed event, or the id of the attested one that it is added to.
    """

    event: int | str
    agency: str
    official: str | None
    rank: str
    format: str
    forum: str | None
    counterpart_type: str
    counterpart: str
    days: Days


@dataclass
class ImputedEvent:
    """An imputed event, or counterparts that an attested event gains."""

    at: EventSlot
    groups: list[int]
    attested: AttestedRow | None = None
    leads: list[tuple[str, str | None, str]] = field(default_factory=list)
    days: Days | None = None
    names: list[str] = field(default_factory=list)


def imputed_rows(fit: ImputationModel, x: np.ndarray, rng: np.random.Generator) -> list[ImputedRow]:
    """Return the imputed rows of an imputation.

    Parameters
    ----------
    fit : ImputationModel
    x : array
        A solution of its system.
    rng : Generator
        Chooses what the claims leave open: of countries alike one, of days alike a run of them.

    Returns
    -------
    list of ImputedRow
    """
    maker = _RowMaker(fit, x, rng)
    meetings = [*maker.one_on_one(), *maker.multilateral(), *maker.gains()]
    for meeting in meetings:
        maker.furnish(meeting)
    maker.name(meetings)
    return maker.rows(meetings)


class _RowMaker:
    """Turns a solution of the model into imputed events."""

    def __init__(self, fit: ImputationModel, x: np.ndarray, rng: np.random.Generator) -> None:
        self.fit, self.rng = fit, rng
        self.x = [int(value) for value in x]
        self.variables, self.partition = fit.model.variables, fit.model.variables.partition
        self.placer = EventPlacer(self.variables, exact=True)
        self.stays = [item for item in fit.attested_rows if self.x[item.variable]]

    # --- which events -----------------------------------------------------------------------

    def one_on_one(self) -> list[ImputedEvent]:
        """Return the imputed meetings of every variable, with their counterpart groups."""
        left = list(self.x)
        for item in self.stays:
            if item.event.format != "multilateral" and item.counterpart:
                group = self.placer.group_of(item.counterpart)
                for cell in self.variables.meeting_cells(item.at, group):
                    left[cell] -= 1
        wanted: dict[int, list[tuple[int, ...]]] = {}
        for pool in self.variables.pools:
            waiting = [members for members, flow in pool.parts for _ in range(left[flow])]
            waiting = [waiting[i] for i in self.rng.permutation(len(waiting))]
            for cell in pool.cells:
                wanted[cell] = [waiting.pop() for _ in range(left[cell])]
        parts = self._parts()
        found = []
        for cell, members in enumerate(self.variables.meetings.groups):
            for groups in wanted.get(cell, [members] * left[cell]):
                group = self._of(groups)
                found.append(ImputedEvent(self._choice(parts[cell, group]), [group]))
        return found

    def _of(self, groups: Sequence[int]) -> int:
        """Choose one of some groups, with weights by the number of their members."""
        sizes = np.array(
            [len(self.partition.counterpart_groups[c].members) or 1 for c in groups], dtype=float
        )
        return int(groups[int(self.rng.choice(len(groups), p=sizes / sizes.sum()))])

    def _parts(self) -> dict[tuple[int, int], list[EventSlot]]:
        """Return the slots of every variable and counterpart group."""
        found: dict[tuple[int, int], list[EventSlot]] = {}
        meetings = self.variables.meetings
        for fmt in ONE_ON_ONE:
            places = (
                self.partition.bilateral_slots if fmt == "bilateral" else self.partition.forum_slots
            )
            for profile in range(len(self.partition.profiles)):
                for number, place in enumerate(places):
                    if self.partition.periods[place.period].fixed:
                        continue
                    at = EventSlot(fmt, profile, number)
                    signature = meetings.signature[self.variables.event_part(at)]
                    for group, cell in enumerate(meetings.cell_of[signature].tolist()):
                        found.setdefault((cell, group), []).append(at)
        return found

    def _choice(self, parts: Sequence[EventSlot]) -> EventSlot:
        """Choose a slot among those with the fewest agencies, so that none is added needlessly."""
        sizes = [len(self.partition.profiles[part.profile]) for part in parts]
        few = [part for part, size in zip(parts, sizes, strict=True) if size == min(sizes)]
        return few[int(self.rng.integers(len(few)))]

    def multilateral(self) -> list[ImputedEvent]:
        """Return the wholly imputed multilateral events."""
        found = []
        for rest in self.fit.imputed_groups:
            count = self.x[rest.cells[rest.event_group.events]]
            if not count:
                continue
            beside = len(self.partition.forum_slots)
            parts = [
                EventSlot("multilateral", int(raw) // beside, int(raw) % beside)
                for raw in rest.event_group.raw
                if not self.partition.periods[
                    self.partition.forum_slots[int(raw) % beside].period
                ].fixed
            ]
            made = [ImputedEvent(self._choice(parts), []) for _ in range(count)]
            self._fill(rest, made)
            found += made
        return found

    def _fill(self, rest: ImputedGroup, made: list[ImputedEvent]) -> None:
        """Give the events of a group their counterparts, as the solution counts them."""
        event_group = rest.event_group
        masks = [np.frombuffer(mask, dtype=bool) for mask in event_group.subset_cells]
        cells = list(event_group.subset_cells.values())
        inside: dict[int, list[int]] = {}
        for node, parent in enumerate(nested(masks, "counterparts")):
            inside.setdefault(parent, []).append(node)
        order = sorted(range(len(masks)), key=lambda i: -int(masks[i].sum()))
        members: dict[int, list[int]] = {order[0]: list(range(len(made)))}
        for node in order:
            if not members[node]:
                members.update({child: [] for child in inside.get(node, [])})
                continue
            children = inside.get(node, [])
            own = _own(event_group, masks, node, children)
            events, bare = members[node], list(members[node])
            for child in children:
                count = self.x[rest.cells[cells[child]]]
                chosen = (bare + [e for e in events if e not in bare])[:count]
                members[child] = chosen
                bare = [event for event in bare if event not in chosen]
            for groups, part in own:
                turns = bare + [event for event in events if event not in bare]
                for number in range(self.x[rest.cells[part]]):
                    event = turns[number % len(turns)]
                    made[event].groups.append(self._room(made[event], groups))
                bare = bare[self.x[rest.cells[part]] :]

    def _room(self, meeting: ImputedEvent, groups: np.ndarray) -> int:
        """Choose a group of which the event has not met every member yet."""
        free = [
            int(c)
            for c in groups
            if self.partition.counterpart_groups[c].size is None
            or meeting.groups.count(int(c)) < (self.partition.counterpart_groups[c].size or 0)
        ]
        return self._of(free)

    def gains(self) -> list[ImputedEvent]:
        """Return the counterparts that attested events without any gain."""
        unnamed = {item.event.event_id: item for item in self.stays if item.counterpart is None}
        found: dict[str, ImputedEvent] = {}
        for (event, part), variable in sorted(self.fit.gained.items()):
            item = unnamed.get(event)
            if item is None or not self.x[variable]:
                continue
            meeting = found.setdefault(event, ImputedEvent(item.at, [], item))
            groups = self.variables.event_group(item.at).groups_of(part)
            for _ in range(self.x[variable]):
                meeting.groups.append(self._room(meeting, groups))
        return list(found.values())

    # --- who and when -----------------------------------------------------------------------

    def furnish(self, meeting: ImputedEvent) -> None:
        """Choose the officials of an imputed event and its range of days."""
        if meeting.attested:
            meeting.leads = list(meeting.attested.event.leads)
            meeting.days = meeting.attested.event.days
            return
        for number in self.partition.profiles[meeting.at.profile]:
            participant = self.partition.participants[number]
            unnamed = [m for m in participant.members if m[0] is None]
            choices = unnamed or list(participant.members)
            official, rank = choices[int(self.rng.integers(len(choices)))]
            meeting.leads.append((participant.agency, official, rank))
        meeting.days = self._days(meeting.at, meeting.groups)

    def _days(self, at: EventSlot, groups: Sequence[int]) -> Days:
        """Choose a longest run of days that no claim tells apart for such an event."""
        runs = list(self._runs(at, groups))
        joined: list[Days] = []
        for run in sorted(runs):
            if joined and joined[-1][1] + datetime.timedelta(days=1) == run[0]:
                joined[-1] = (joined[-1][0], run[1])
            else:
                joined.append(run)
        lengths = np.array([(b - a).days + 1 for a, b in joined], dtype=float)
        return joined[int(self.rng.choice(len(joined), p=lengths / lengths.sum()))]

    def _runs(self, at: EventSlot, groups: Sequence[int]) -> Iterable[Days]:
        """Yield the runs of days in which the event would count in the same claims."""
        places = (
            self.partition.bilateral_slots
            if at.format == "bilateral"
            else self.partition.forum_slots
        )
        same = self._signature(at, groups)
        for number, other in enumerate(places):
            period = self.partition.periods[other.period]
            alike = other.forum == places[at.slot].forum and not period.fixed
            if alike and self._signature(at._replace(slot=number), groups) == same:
                yield from period.runs

    def _signature(self, at: EventSlot, groups: Sequence[int]) -> int:
        if at.format == "multilateral":
            return self.variables.event_group(at).events
        return self.variables.meeting_cell(at, groups[0])

    # --- whom -------------------------------------------------------------------------------

    def name(self, meetings: Sequence[ImputedEvent]) -> None:
        """Name the counterparts: as many different ones as the solution says.

        Raises
        ------
        SecdiploError
            No naming was found.
        """
        for _ in range(ATTEMPTS):
            if self._try_names(meetings):
                return
        raise SecdiploError("no countries were found that meet the counts of different ones")

    def _try_names(self, meetings: Sequence[ImputedEvent]) -> bool:
        for meeting in meetings:
            meeting.names = [""] * len(meeting.groups)
        places: dict[int, list[tuple[ImputedEvent, int]]] = {}
        for meeting in meetings:
            for position, group in enumerate(meeting.groups):
                places.setdefault(group, []).append((meeting, position))
        return all(self._name_group(group, held) for group, held in sorted(places.items()))

    def _name_group(self, group: int, places: Sequence[tuple[ImputedEvent, int]]) -> bool:
        members = set(self.partition.counterpart_groups[group].members)
        order = [places[i] for i in self.rng.permutation(len(places))]
        order.sort(key=lambda place: -len(place[0].groups))
        counts = [i for i in self.variables.distinct if (i, group) in self.variables.distinct_cells]
        counts.sort(key=lambda i: int((self.variables.one_on_one_counts[i] > 0).sum()))
        for i in counts:
            inside = [s for s in order if self._in(i, s[0]) and not s[0].names[s[1]]]
            known = self._known(i, group)
            known |= {m.names[p] for m, p in order if m.names[p] and self._in(i, m)}
            new = self.x[self.variables.distinct_cells[i, group]] - len(known)
            for number, place in enumerate(inside):
                pool = members - known if number < new else known
                if not self._give(place, pool):
                    return False
                known.add(place[0].names[place[1]])
        return all(
            self._give(place, members, made_up=not members or self._open(group))
            for place in order
            if not place[0].names[place[1]]
        )

    def _open(self, group: int) -> bool:
        return self.partition.counterpart_groups[group].size is None

    def _in(self, i: int, meeting: ImputedEvent) -> bool:
        return self.variables.includes(i, meeting.at)

    def _known(self, i: int, group: int) -> set[str]:
        """Return the attested counterparts of a group that stay in the events of a count."""
        return {
            item.counterpart[1]
            for item in self.stays
            if item.counterpart
            and self.placer.group_of(item.counterpart) == group
            and self.variables.includes(i, item.at)
        }

    def _give(
        self, place: tuple[ImputedEvent, int], pool: set[str], *, made_up: bool = False
    ) -> bool:
        """Name one counterpart of an event; an event meets each counterpart at most once."""
        meeting, position = place
        free = sorted(pool - set(meeting.names))
        if not free and not made_up:
            return False
        free = [name for name in free if name in self.variables.domains.states] or free
        number = sum(name.startswith("unnamed") for name in meeting.names) + 1
        name = free[int(self.rng.integers(len(free)))] if free else f"unnamed-{number}"
        meeting.names[position] = name
        return True

    # --- rows -------------------------------------------------------------------------------

    def rows(self, meetings: Sequence[ImputedEvent]) -> list[ImputedRow]:
        """Return one row for each official and counterpart of each event."""
        found, number = [], 0
        for meeting in sorted(meetings, key=_order):
            event: int | str
            if meeting.attested:
                event = meeting.attested.event.event_id
            else:
                event = number = number + 1
            if meeting.days is None:
                raise SecdiploError("an imputed event without a period")
            for agency, official, rank in meeting.leads:
                for group, name in sorted(zip(meeting.groups, meeting.names, strict=True)):
                    kind = self.partition.counterpart_groups[group].kind
                    forum = self._forum(meeting)
                    found.append(
                        ImputedRow(
                            event,
                            agency,
                            official,
                            rank,
                            meeting.at.format,
                            forum,
                            kind,
                            name,
                            meeting.days,
                        )
                    )
        return found

    def _forum(self, meeting: ImputedEvent) -> str | None:
        if meeting.attested:
            return meeting.attested.event.forum
        if meeting.at.format == "bilateral":
            return None
        return self.partition.forums[self.partition.forum_slots[meeting.at.slot].forum][0]


def _order(meeting: ImputedEvent) -> tuple[object, ...]:
    leads = tuple((agency, rank, official or "") for agency, official, rank in meeting.leads)
    return meeting.days, meeting.at.format, leads, tuple(sorted(meeting.names))


def _own(
    event_group: EventGroup, masks: Sequence[np.ndarray], node: int, children: Sequence[int]
) -> list[tuple[np.ndarray, int]]:
    """Return the counterparts of a set that are in none of its subsets."""
    return [
        (groups, part)
        for groups, part in event_group.parts
        if masks[node][groups[0]] and not any(masks[i][groups[0]] for i in children)
    ]
