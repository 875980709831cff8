"""From the numbers of a completion to rows: which attested rows go, and which are imputed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from secdiplo.audit.attested import Placing
from secdiplo.audit.cells import ONE_ON_ONE
from secdiplo.audit.fit import Fit, Kept, Rest
from secdiplo.audit.merge import Bundle, EventSlot, nested
from secdiplo.audit.space import Days
from secdiplo.errors import SecdiploError

ATTEMPTS = 50


@dataclass(frozen=True)
class Row:
    """One imputed row of the sheet.

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
class Meeting:
    """An imputed event, or counterparts that an attested event gains."""

    at: EventSlot
    classes: list[int]
    attested: Kept | None = None
    leads: list[tuple[str, str | None, str]] = field(default_factory=list)
    days: Days | None = None
    names: list[str] = field(default_factory=list)


def gone(fit: Fit, x: np.ndarray, order: Callable[[Kept], object]) -> list[Kept]:
    """The attested interactions and unnamed events that a completion leaves out.

    Of several that count alike those go that come last by `order`.
    """
    alike: dict[tuple[object, ...], list[Kept]] = {}
    for item in fit.kept:
        single = item.event.format == "multilateral"
        key = (item.variable,) if single else (item.event.format, item.spot, item.counterpart)
        alike.setdefault(key, []).append(item)
    out = []
    for items in alike.values():
        stays = int(sum(x[item.variable] for item in items))
        out += sorted(items, key=order)[stays:]  # type: ignore[arg-type]
    return sorted(out, key=lambda item: (item.event.event_id, item.counterpart or ("", "")))


def imputed(fit: Fit, x: np.ndarray, rng: np.random.Generator) -> list[Row]:
    """The imputed rows of a completion.

    Parameters
    ----------
    fit : Fit
    x : array
        A solution of its system.
    rng : Generator
        Chooses what the figures leave open: of countries alike one, of days alike a run of them.

    Returns
    -------
    list of Row
    """
    maker = _Maker(fit, x, rng)
    meetings = [*maker.one_on_one(), *maker.gatherings(), *maker.gains()]
    for meeting in meetings:
        maker.furnish(meeting)
    maker.name(meetings)
    return maker.rows(meetings)


class _Maker:
    """Turns the numbers of a completion into imputed events."""

    def __init__(self, fit: Fit, x: np.ndarray, rng: np.random.Generator) -> None:
        self.fit, self.rng = fit, rng
        self.x = [int(value) for value in x]
        self.cells, self.atoms = fit.problem.cells, fit.problem.cells.atoms
        self.placing = Placing(self.cells, exact=True)
        self.stays = [item for item in fit.kept if self.x[item.variable]]

    # --- which events -----------------------------------------------------------------------

    def one_on_one(self) -> list[Meeting]:
        """The imputed meetings of every cell, spread over classes as the completion says."""
        left = list(self.x)
        for item in self.stays:
            if item.event.format != "multilateral" and item.counterpart:
                class_ = self.placing.class_of(item.counterpart)
                for cell in self.cells.of_meeting(item.spot, class_):
                    left[cell] -= 1
        wanted: dict[int, list[tuple[int, ...]]] = {}
        for kind in self.cells.kinds:
            pool = [members for members, flow in kind.parts for _ in range(left[flow])]
            pool = [pool[i] for i in self.rng.permutation(len(pool))]
            for cell in kind.cells:
                wanted[cell] = [pool.pop() for _ in range(left[cell])]
        parts = self._parts()
        found = []
        for cell, members in enumerate(self.cells.meetings.classes):
            for classes in wanted.get(cell, [members] * left[cell]):
                class_ = self._of(classes)
                found.append(Meeting(self._choice(parts[cell, class_]), [class_]))
        return found

    def _of(self, classes: Sequence[int]) -> int:
        """One of some classes, by the number of their members."""
        sizes = np.array([len(self.atoms.classes[c].members) or 1 for c in classes], dtype=float)
        return int(classes[int(self.rng.choice(len(classes), p=sizes / sizes.sum()))])

    def _parts(self) -> dict[tuple[int, int], list[EventSlot]]:
        """The event parts of every cell and class."""
        found: dict[tuple[int, int], list[EventSlot]] = {}
        meetings = self.cells.meetings
        for fmt in ONE_ON_ONE:
            places = self.atoms.alone if fmt == "bilateral" else self.atoms.beside
            for profile in range(len(self.atoms.profiles)):
                for number, place in enumerate(places):
                    if self.atoms.spans[place.span].fixed:
                        continue
                    at = EventSlot(fmt, profile, number)
                    signature = meetings.signature[self.cells.part(at)]
                    for class_, cell in enumerate(meetings.cell_of[signature].tolist()):
                        found.setdefault((cell, class_), []).append(at)
        return found

    def _choice(self, parts: Sequence[EventSlot]) -> EventSlot:
        """One of the parts with the fewest agencies: no agency takes part without need."""
        sizes = [len(self.atoms.profiles[part.profile]) for part in parts]
        few = [part for part, size in zip(parts, sizes, strict=True) if size == min(sizes)]
        return few[int(self.rng.integers(len(few)))]

    def gatherings(self) -> list[Meeting]:
        """The wholly imputed multilateral events."""
        found = []
        for rest in self.fit.rests:
            count = self.x[rest.cells[rest.bundle.events]]
            if not count:
                continue
            beside = len(self.atoms.beside)
            parts = [
                EventSlot("multilateral", int(raw) // beside, int(raw) % beside)
                for raw in rest.bundle.raw
                if not self.atoms.spans[self.atoms.beside[int(raw) % beside].span].fixed
            ]
            made = [Meeting(self._choice(parts), []) for _ in range(count)]
            self._fill(rest, made)
            found += made
        return found

    def _fill(self, rest: Rest, made: list[Meeting]) -> None:
        """Give the events of a bundle their counterparts, as many of each set as it says."""
        bundle = rest.bundle
        masks = [np.frombuffer(mask, dtype=bool) for mask in bundle.groups]
        cells = list(bundle.groups.values())
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
            own = _own(bundle, masks, node, children)
            events, bare = members[node], list(members[node])
            for child in children:
                count = self.x[rest.cells[cells[child]]]
                chosen = (bare + [e for e in events if e not in bare])[:count]
                members[child] = chosen
                bare = [event for event in bare if event not in chosen]
            for classes, part in own:
                turns = bare + [event for event in events if event not in bare]
                for number in range(self.x[rest.cells[part]]):
                    event = turns[number % len(turns)]
                    made[event].classes.append(self._room(made[event], classes))
                bare = bare[self.x[rest.cells[part]] :]

    def _room(self, meeting: Meeting, classes: np.ndarray) -> int:
        """A class of which the event has not met every member yet."""
        free = [
            int(c)
            for c in classes
            if self.atoms.classes[c].size is None
            or meeting.classes.count(int(c)) < (self.atoms.classes[c].size or 0)
        ]
        return self._of(free)

    def gains(self) -> list[Meeting]:
        """The counterparts that attested events without any gain."""
        unnamed = {item.event.event_id: item for item in self.stays if item.counterpart is None}
        found: dict[str, Meeting] = {}
        for (event, part), variable in sorted(self.fit.gained.items()):
            item = unnamed.get(event)
            if item is None or not self.x[variable]:
                continue
            meeting = found.setdefault(event, Meeting(item.spot, [], item))
            classes = self.cells.bundle(item.spot).classes_of(part)
            for _ in range(self.x[variable]):
                meeting.classes.append(self._room(meeting, classes))
        return list(found.values())

    # --- who and when -----------------------------------------------------------------------

    def furnish(self, meeting: Meeting) -> None:
        """The officials of an imputed event, and the days within which it lies."""
        if meeting.attested:
            meeting.leads = list(meeting.attested.event.leads)
            meeting.days = meeting.attested.event.days
            return
        for number in self.atoms.profiles[meeting.at.profile]:
            participant = self.atoms.participants[number]
            unnamed = [m for m in participant.members if m[0] is None]
            choices = unnamed or list(participant.members)
            official, rank = choices[int(self.rng.integers(len(choices)))]
            meeting.leads.append((participant.agency, official, rank))
        meeting.days = self._days(meeting.at, meeting.classes)

    def _days(self, at: EventSlot, classes: Sequence[int]) -> Days:
        """A run of days that no figure tells apart for such an event, the longest around it."""
        runs = list(self._runs(at, classes))
        joined: list[Days] = []
        for run in sorted(runs):
            if joined and joined[-1][1] + datetime.timedelta(days=1) == run[0]:
                joined[-1] = (joined[-1][0], run[1])
            else:
                joined.append(run)
        lengths = np.array([(b - a).days + 1 for a, b in joined], dtype=float)
        return joined[int(self.rng.choice(len(joined), p=lengths / lengths.sum()))]

    def _runs(self, at: EventSlot, classes: Sequence[int]) -> Iterable[Days]:
        """The runs of days of every span in which the event would count in the same figures."""
        places = self.atoms.alone if at.format == "bilateral" else self.atoms.beside
        same = self._signature(at, classes)
        for number, other in enumerate(places):
            span = self.atoms.spans[other.span]
            alike = other.forum == places[at.place].forum and not span.fixed
            if alike and self._signature(at._replace(place=number), classes) == same:
                yield from span.runs

    def _signature(self, at: EventSlot, classes: Sequence[int]) -> int:
        if at.format == "multilateral":
            return self.cells.bundle(at).events
        return self.cells.meeting(at, classes[0])

    # --- whom -------------------------------------------------------------------------------

    def name(self, meetings: Sequence[Meeting]) -> None:
        """Name the counterparts: as many different ones as the completion says.

        Raises
        ------
        SecdiploError
            No naming was found.
        """
        for _ in range(ATTEMPTS):
            if self._try_names(meetings):
                return
        raise SecdiploError("no countries were found that meet the counts of different ones")

    def _try_names(self, meetings: Sequence[Meeting]) -> bool:
        for meeting in meetings:
            meeting.names = [""] * len(meeting.classes)
        slots: dict[int, list[tuple[Meeting, int]]] = {}
        for meeting in meetings:
            for position, class_ in enumerate(meeting.classes):
                slots.setdefault(class_, []).append((meeting, position))
        return all(self._name_class(class_, held) for class_, held in sorted(slots.items()))

    def _name_class(self, class_: int, slots: Sequence[tuple[Meeting, int]]) -> bool:
        members = set(self.atoms.classes[class_].members)
        order = [slots[i] for i in self.rng.permutation(len(slots))]
        order.sort(key=lambda slot: -len(slot[0].classes))
        counts = [i for i in self.cells.distinct if (i, class_) in self.cells.found]
        counts.sort(key=lambda i: int((self.cells.events[i] > 0).sum()))
        for i in counts:
            inside = [s for s in order if self._in(i, s[0]) and not s[0].names[s[1]]]
            known = self._known(i, class_)
            known |= {m.names[p] for m, p in order if m.names[p] and self._in(i, m)}
            new = self.x[self.cells.found[i, class_]] - len(known)
            for number, slot in enumerate(inside):
                pool = members - known if number < new else known
                if not self._give(slot, pool):
                    return False
                known.add(slot[0].names[slot[1]])
        return all(
            self._give(slot, members, made_up=not members or self._open(class_))
            for slot in order
            if not slot[0].names[slot[1]]
        )

    def _open(self, class_: int) -> bool:
        return self.atoms.classes[class_].size is None

    def _in(self, i: int, meeting: Meeting) -> bool:
        return self.cells.taken(i, meeting.at)

    def _known(self, i: int, class_: int) -> set[str]:
        """The attested counterparts of a class that stay, in the events of a count."""
        return {
            item.counterpart[1]
            for item in self.stays
            if item.counterpart
            and self.placing.class_of(item.counterpart) == class_
            and self.cells.taken(i, item.spot)
        }

    def _give(self, slot: tuple[Meeting, int], pool: set[str], *, made_up: bool = False) -> bool:
        """Name one counterpart of an event, which meets each at most once."""
        meeting, position = slot
        free = sorted(pool - set(meeting.names))
        if not free and not made_up:
            return False
        free = [name for name in free if name in self.cells.space.states] or free
        number = sum(name.startswith("unnamed") for name in meeting.names) + 1
        name = free[int(self.rng.integers(len(free)))] if free else f"unnamed-{number}"
        meeting.names[position] = name
        return True

    # --- rows -------------------------------------------------------------------------------

    def rows(self, meetings: Sequence[Meeting]) -> list[Row]:
        """One row for each official and counterpart of each event."""
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
                for class_, name in sorted(zip(meeting.classes, meeting.names, strict=True)):
                    kind = self.atoms.classes[class_].kind
                    forum = self._forum(meeting)
                    found.append(
                        Row(event, agency, official, rank, meeting.at.format, forum, kind, name,
                            meeting.days)
                    )  # fmt: skip
        return found

    def _forum(self, meeting: Meeting) -> str | None:
        if meeting.attested:
            return meeting.attested.event.forum
        if meeting.at.format == "bilateral":
            return None
        return self.atoms.forums[self.atoms.beside[meeting.at.place].forum][0]


def _order(meeting: Meeting) -> tuple[object, ...]:
    leads = tuple((agency, rank, official or "") for agency, official, rank in meeting.leads)
    return meeting.days, meeting.at.format, leads, tuple(sorted(meeting.names))


def _own(
    bundle: Bundle, masks: Sequence[np.ndarray], node: int, children: Sequence[int]
) -> list[tuple[np.ndarray, int]]:
    """The counterparts of a set that lie in none of the sets within it."""
    return [
        (classes, part)
        for classes, part in bundle.parts
        if masks[node][classes[0]] and not any(masks[i][classes[0]] for i in children)
    ]
