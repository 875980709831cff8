"""Integer cells, and the facts of the definitions as constraints between them.

A cell is a number of events that no figure tells apart. A bilateral or sideline meeting is one
event and one interaction. A multilateral event has at least one interaction, each counterpart at
most once, and its agencies share all its interactions. An agency counts once an event, by its
lead. A session of a forum is one multilateral event.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from secdiplo.audit.atoms import Atoms, Place, atoms_of
from secdiplo.audit.filters import Filter
from secdiplo.audit.space import Days, Space
from secdiplo.audit.system import Row
from secdiplo.errors import UsageError

UNITS = ("event", "interaction", "agency_interaction", "country", "organization")
DISTINCT = ("country", "organization")
ONE_ON_ONE = ("bilateral", "sideline")


@dataclass(frozen=True)
class Form:
    """A count that the figures speak of: its unit and its filter."""

    unit: str
    filter: Filter


@dataclass(frozen=True)
class Expression:
    """A count as a sum over cells."""

    columns: np.ndarray
    values: np.ndarray

    def dense(self, size: int) -> np.ndarray:
        """The coefficient of every cell."""
        full = np.zeros(size)
        np.add.at(full, self.columns, self.values)
        return full


@dataclass
class Bundle:
    """Multilateral events that no figure tells apart.

    Attributes
    ----------
    raw : array of int
        Which of the raw bundles (profile x place) are in it.
    events : int
        The cell that counts its events.
    groups : dict of bytes to int
        For each set of classes that a figure asks for: the cell that counts the events with one
        of them.
    parts : list of (array of int, int)
        Classes and the cell that counts interactions with them.
    """

    raw: np.ndarray
    events: int
    groups: dict[bytes, int] = field(default_factory=dict)
    parts: list[tuple[np.ndarray, int]] = field(default_factory=list)

    @property
    def cells(self) -> list[int]:
        """All its cells."""
        both = [self.events, *self.groups.values(), *(part for _, part in self.parts)]
        return list(dict.fromkeys(both))


@dataclass
class Meetings:
    """One-on-one meetings: which cell counts those of an event part with a class.

    An event part is a format, a profile and a place. Those that figures treat alike share a
    signature, and in each signature the classes that they treat alike share a cell.

    Attributes
    ----------
    signature : array of int
        Of each event part.
    cell_of : array of int, signatures x classes
        The cell.
    classes : list of tuple of int
        The classes of each cell.
    """

    signature: np.ndarray
    cell_of: np.ndarray
    classes: list[tuple[int, ...]]


@dataclass
class Kind:
    """Cells of meetings with the same classes, spread over parts of these classes.

    Attributes
    ----------
    cells : list of int
    parts : list of (tuple of int, int)
        Classes, and the cell that counts the meetings with them.
    """

    cells: list[int]
    parts: list[tuple[tuple[int, ...], int]]


class Cells:
    """The cells that some counts need, the facts between them, and the counts as sums of cells.

    Parameters
    ----------
    space : Space
    forms : sequence of Form
        Every count that will be asked for.
    fixed : sequence of (date, date)
        Days of attested events that are known less finely than the counts ask.
    cap : int
        More than any count can be.

    Attributes
    ----------
    size : int
        The number of cells.
    facts : list of Row
    expressions : list of Expression
        One for each form.
    """

    def __init__(
        self, space: Space, forms: Sequence[Form], fixed: Sequence[Days] = (), cap: int = 10_000
    ) -> None:
        self.space, self.forms, self.cap = space, tuple(forms), cap
        self.atoms: Atoms = atoms_of(space, [form.filter for form in forms], fixed)
        self.names: list[str] = []
        self.facts: list[Row] = []
        self.size = 0
        self.distinct = [i for i, form in enumerate(forms) if form.unit in DISTINCT]
        kinds = np.array([class_.kind for class_ in self.atoms.classes])
        self.whom = self.atoms.whom.copy()
        for i in self.distinct:
            self.whom[i] &= kinds == forms[i].unit
        self._merge_meetings()
        self.bundle_of, self.bundles, self.on_many = self._merge_bundles()
        self._one_session()
        self.found: dict[tuple[int, int], int] = {}  # (distinct form, class) -> its cell
        self.steps: dict[tuple[int, int], list[int]] = {}
        self._count_distinct()
        self.expressions = [self._expression(i) for i in range(len(forms))]

    # --- one-on-one meetings ----------------------------------------------------------------

    def _masks(self, fmt: str, places: np.ndarray) -> np.ndarray:
        """For each form, how often an event at (profile, place) counts, whoever was met."""
        allowed = np.array([_allows(form, fmt) for form in self.forms])
        per_agency = np.array([form.unit == "agency_interaction" for form in self.forms])
        who = np.where(per_agency[:, None], self.atoms.who, np.minimum(self.atoms.who, 1))
        grid = who[:, :, None] * places[:, None, :] * allowed[:, None, None]
        return np.asarray(grid.reshape(len(self.forms), -1))

    def _fixed(self, places: Sequence[Place]) -> np.ndarray:
        """A number for each place of a span that only holds attested rows, else 0."""
        spans = self.atoms.spans
        held = [p.span + 1 if spans[p.span].fixed else 0 for p in places]
        return np.tile(np.array(held, dtype=np.int64), len(self.atoms.profiles))

    def _merge_meetings(self) -> None:
        """Cells of meetings, apart from what only asks with whom: see `_spread`."""
        atoms = self.atoms
        self.events = np.concatenate(
            [self._masks("bilateral", atoms.alone_in), self._masks("sideline", atoms.beside_in)],
            axis=1,
        )
        fixed = np.concatenate([self._fixed(atoms.alone), self._fixed(atoms.beside)])
        self._choose_domain()
        rest = [i for i in range(len(self.forms)) if i not in self.whole]
        table = np.concatenate([self.events[rest], self.domain[None], fixed[None]])
        signatures, of_part = _distinct_columns(table)
        cells: dict[tuple[object, ...], int] = {}
        count = len(atoms.classes)
        cell_of = np.zeros((signatures.shape[1], count), dtype=np.int64)
        classes: list[tuple[int, ...]] = []
        vectors = []
        for number in range(signatures.shape[1]):
            times = signatures[:-2, number]
            active = [rest[k] for k in np.flatnonzero(times)]
            apart = self.whom[active].astype(np.int64)
            if any(i in self.distinct for i in active):
                apart = np.concatenate([apart, np.eye(count, dtype=np.int64)])
            for group in _groups(apart, count):
                vector = times * self.whom[rest, group[0]]
                within = bool(signatures[-2, number])
                key = (vector.tobytes(), within and group, int(signatures[-1, number]))
                if key not in cells:
                    cells[key] = len(classes)
                    classes.append(group)
                    vectors.append((vector, within))
                elif not within:  # beyond the domain, classes that count alike need no care
                    known = classes[cells[key]]
                    classes[cells[key]] = tuple(sorted({*known, *group}))
                cell_of[number, list(group)] = cells[key]
        self._add(len(classes))
        self.on_one = np.zeros((len(self.forms), len(classes)), dtype=np.int64)
        self.on_one[rest] = np.array([vector for vector, _ in vectors]).T
        self.meetings = Meetings(of_part, cell_of, classes)
        self._spread([within for _, within in vectors])

    def _choose_domain(self) -> None:
        """The events over which most forms only ask with whom the meeting was.

        Such forms need not split the cells: the meetings of all cells together are spread over
        the classes.
        """
        groups: dict[bytes, list[int]] = {}
        for i in range(len(self.forms)):
            if self.events[i].any() and self.events[i].max() == 1:
                groups.setdefault(self.events[i].tobytes(), []).append(i)
        self.whole = max(groups.values(), key=len, default=[])
        empty = np.zeros(self.events.shape[1], dtype=np.int64)
        self.domain = self.events[self.whole[0]] if self.whole else empty

    def _spread(self, within: Sequence[bool]) -> None:
        """Spread the meetings of cells with the same classes over parts of these classes.

        Exact, since any spread with the right totals can be had: no cell limits a class.
        """
        count = len(self.atoms.classes)
        apart = self.whom[self.whole].astype(np.int64)
        if any(i in self.distinct for i in self.whole):
            apart = np.concatenate([apart, np.eye(count, dtype=np.int64)])
        part_of = {c: n for n, group in enumerate(_groups(apart, count)) for c in group}
        self.met: dict[int, list[int]] = {c: [] for c in range(count)}
        self.spread: dict[tuple[int, int], int] = {}  # (cell, class) -> the cell of its part
        self.kinds: list[Kind] = []
        kinds: dict[tuple[int, ...], list[int]] = {}
        for cell, inside in enumerate(within):
            if inside:
                kinds.setdefault(self.meetings.classes[cell], []).append(cell)
        for group, cells in kinds.items():
            parts = sorted({part_of[c] for c in group})
            if len(parts) == 1:
                for c in group:
                    self.met[c] += cells
                continue
            flows = [self._add(1) for _ in parts]
            for c in group:
                flow = flows[parts.index(part_of[c])]
                self.met[c].append(flow)
                self.spread.update({(cell, c): flow for cell in cells})
            members = [tuple(c for c in group if part_of[c] == part) for part in parts]
            self.kinds.append(Kind(cells, list(zip(members, flows, strict=True))))
            everything = [1] * len(cells) + [-1] * len(flows)
            self._fact([*cells, *flows], everything, high=0, low=0)

    # --- multilateral events ----------------------------------------------------------------

    def _merge_bundles(self) -> tuple[np.ndarray, list[Bundle], np.ndarray]:
        atoms = self.atoms
        self.gatherings = self._masks("multilateral", atoms.beside_in)
        signature = np.concatenate([self.gatherings, self._fixed(atoms.beside)[None]])
        merged, bundle_of = _distinct_columns(signature)
        bundles = []
        for number in range(merged.shape[1]):
            bundle = Bundle(np.flatnonzero(bundle_of == number), self._add(1))
            self._furnish(bundle, np.flatnonzero(merged[:-1, number]))
            bundles.append(bundle)
        return bundle_of, bundles, merged[:-1]

    def _furnish(self, bundle: Bundle, active: np.ndarray) -> None:
        """The cells and facts of multilateral events, for the forms that count them."""
        every = np.ones(len(self.atoms.classes), dtype=bool)
        asked = {every.tobytes(): every}
        for i in active:
            if self.forms[i].unit == "event" and self.whom[i].any():
                asked.setdefault(self.whom[i].tobytes(), self.whom[i])
        masks = list(asked.values())
        parents = nested(masks, "multilateral events by counterpart")
        bundle.groups[masks[0].tobytes()] = bundle.events
        for mask in masks[1:]:
            bundle.groups[mask.tobytes()] = self._add(1)
        cells = [bundle.groups[mask.tobytes()] for mask in masks]
        apart = self.whom[active]
        if any(i in self.distinct for i in active):
            apart = np.concatenate([apart, np.eye(len(every), dtype=bool)])
        inner = np.array(masks[1:], dtype=bool).reshape(-1, len(every))
        for classes in _groups(np.concatenate([apart, inner]).astype(np.int64), len(every)):
            bundle.parts.append((np.array(classes), self._add(1)))
        self._bundle_facts(bundle, masks, parents, cells)

    def _bundle_facts(
        self, bundle: Bundle, masks: list[np.ndarray], parents: list[int], cells: list[int]
    ) -> None:
        for node, (mask, cell) in enumerate(zip(masks, cells, strict=True)):
            children = [i for i, parent in enumerate(parents) if parent == node]
            for child in children:
                self._fact([cells[child], cell], [1, -1], high=0)
            own = [
                (classes, part)
                for classes, part in bundle.parts
                if mask[classes[0]] and not any(masks[i][classes[0]] for i in children)
            ]
            for classes, part in own:
                self._fact([part, cell], [1, -self.room(classes)], high=0)
            inside = [cells[i] for i in children] + [part for _, part in own]
            self._fact([cell, *inside], [1, *[-1] * len(inside)], high=0)

    def session(self, bundle: Bundle) -> int:
        """The session that all events of a bundle are, by its place among the forums, or -1."""
        beside = self.atoms.beside
        forums = {beside[int(raw) % len(beside)].forum for raw in bundle.raw}
        forum = forums.pop()
        return -1 if forums or self.atoms.forums[forum][0] is None else forum

    def _one_session(self) -> None:
        held: dict[int, list[int]] = {}
        for bundle in self.bundles:
            held.setdefault(self.session(bundle), []).append(bundle.events)
        for forum, cells in held.items():
            if forum >= 0:
                self._fact(cells, [1] * len(cells), high=1)

    def room(self, classes: np.ndarray) -> int:
        """How many counterparts of these classes one event can have."""
        sizes = [self.atoms.classes[c].size for c in classes]
        return self.cap if None in sizes else sum(size or 0 for size in sizes)

    # --- different counterparts -------------------------------------------------------------

    def _count_distinct(self) -> None:
        """Cells for the number of different counterparts of each class in each such count."""
        raw = [np.concatenate([self.events[i] > 0, self.gatherings[i] > 0]) for i in self.distinct]
        parents = nested(raw, "different counterparts")
        for class_ in range(len(self.atoms.classes)):
            for number, i in enumerate(self.distinct):
                if self.whom[i, class_]:
                    self.found[i, class_] = self._twin(number, class_, raw) or self._add(1)
            for number, i in enumerate(self.distinct):
                if self.whom[i, class_] and self._twin(number, class_, raw) is None:
                    self._distinct_facts(number, class_, raw, parents)

    def _twin(self, number: int, class_: int, raw: list[np.ndarray]) -> int | None:
        """The cell of an earlier count of the same events, which has the same counterparts."""
        for earlier in range(number):
            i = self.distinct[earlier]
            if self.whom[i, class_] and np.array_equal(raw[earlier], raw[number]):
                return self.found[i, class_]
        return None

    def _distinct_facts(
        self, number: int, class_: int, raw: list[np.ndarray], parents: list[int]
    ) -> None:
        i = self.distinct[number]
        cell = self.found[i, class_]
        size = self.atoms.classes[class_].size
        children = []
        for n, j in enumerate(self.distinct):
            above = parents[n]
            while above >= 0 and not self.whom[self.distinct[above], class_]:
                above = parents[above]
            if above == number and self.whom[j, class_] and self.found[j, class_] != cell:
                children.append(n)
        inner = {self.found[self.distinct[n], class_] for n in children}
        for child in inner:
            self._fact([child, cell], [1, -1], high=0)
        rest = raw[number].copy()
        for n in children:
            rest &= ~raw[n]
        met = self._met(rest, class_)
        self._fact([cell, *inner, *met], [1, *[-1] * (len(inner) + len(met))], high=0)
        if met:
            self._fact([*met, cell], [*[1] * len(met), -self.cap], high=0)
        if size is not None:
            self._fact([cell], [1], high=size)
        self._gathered(i, class_, cell, size)

    def _gathered(self, i: int, class_: int, cell: int, size: int | None) -> None:
        """No event has more counterparts of a class than there are different ones in all.

        Where a bundle can have several events, that is a product of two numbers, which is split
        by how many different ones there are.

        Raises
        ------
        UsageError
            The class has no known number of members.
        """
        several = []
        for bundle in self.bundles:
            if not self.gatherings[i, bundle.raw[0]]:
                continue
            part = next(part for classes, part in bundle.parts if class_ in classes)
            if self.session(bundle) >= 0:
                self._fact([part, cell], [1, -1], high=0)
            else:
                several.append((part, bundle.events))
        if not several:
            return
        if size is None:
            what = "different organizations in multilateral events"
            raise UsageError(f"{what}: their number is open; ask with a format of two parties")
        first = self._add(size)
        steps = list(range(first, first + size))
        self.steps[i, class_] = steps
        self._fact([cell, *steps], [1, *[-1] * size], high=0, low=0)
        for step, after in itertools.pairwise(steps):
            self._fact([after, step], [1, -1], high=0)
        for number, step in enumerate(steps):
            self._fact([step], [1], high=1)
            for part, events in several:
                self._fact([part, events, step], [1, -number, -self.cap], high=0)

    def _met(self, raw: np.ndarray, class_: int) -> list[int]:
        """The cells that count interactions with a class in some events."""
        alone, many = np.split(raw, [self.events.shape[1]])
        if np.array_equal(alone, self.domain > 0) and self.whole:
            cells = set(self.met[class_])
        else:
            cells = set(self.meetings.cell_of[self.meetings.signature[alone], class_].tolist())
        for bundle in self.bundles:
            if many[bundle.raw[0]]:
                cells |= {part for classes, part in bundle.parts if class_ in classes}
        return sorted(cells)

    # --- counts as sums ---------------------------------------------------------------------

    def _expression(self, i: int) -> Expression:
        unit = self.forms[i].unit
        if unit in DISTINCT:
            cells = sorted({cell for (form, _), cell in self.found.items() if form == i})
            return Expression(np.array(cells, dtype=np.int64), np.ones(len(cells)))
        if i in self.whole:
            mine = np.flatnonzero(self.whom[i]).tolist()
            columns = sorted({cell for c in mine for cell in self.met[c]})
            values = [1] * len(columns)
        else:
            columns = np.flatnonzero(self.on_one[i]).tolist()
            values = self.on_one[i][columns].tolist()
        for number, bundle in enumerate(self.bundles):
            times = self.on_many[i, number]
            if times:
                cells = self._of_bundle(i, bundle)
                columns += cells
                values += [times] * len(cells)
        return Expression(np.array(columns, dtype=np.int64), np.array(values, dtype=float))

    def _of_bundle(self, i: int, bundle: Bundle) -> list[int]:
        mask = self.whom[i]
        if self.forms[i].unit == "event":
            return [bundle.groups[mask.tobytes()]] if mask.any() else []
        return [part for classes, part in bundle.parts if mask[classes[0]]]

    # --- where an event stands --------------------------------------------------------------

    def part(self, fmt: str, profile: int, place: int) -> int:
        """The number of an event part."""
        if fmt == "bilateral":
            return profile * len(self.atoms.alone) + place
        before = len(self.atoms.profiles) * len(self.atoms.alone)
        return before + profile * len(self.atoms.beside) + place

    def meeting(self, fmt: str, profile: int, place: int, class_: int) -> int:
        """The cell of a one-on-one meeting."""
        signature = self.meetings.signature[self.part(fmt, profile, place)]
        return int(self.meetings.cell_of[signature, class_])

    def bundle(self, profile: int, place: int) -> Bundle:
        """The bundle of a multilateral event."""
        number = int(self.bundle_of[profile * len(self.atoms.beside) + place])
        return self.bundles[number]

    def interactions(self, i: int, class_: int) -> list[int]:
        """The cells that count interactions with a class in the events of a form."""
        raw = np.concatenate([self.events[i] > 0, self.gatherings[i] > 0])
        return self._met(raw, class_)

    def taken(self, i: int, fmt: str, profile: int, place: int) -> bool:
        """Whether a form counts an event that stands there, whoever was met."""
        inside = self.atoms.alone_in if fmt == "bilateral" else self.atoms.beside_in
        return bool(self.atoms.who[i, profile] and inside[i, place] and _allows(self.forms[i], fmt))

    # --- making cells and facts -------------------------------------------------------------

    def _add(self, count: int) -> int:
        """The first of some new cells."""
        self.size += count
        return self.size - count

    def _fact(
        self, columns: Sequence[int], values: Sequence[float], high: float, low: float = -np.inf
    ) -> None:
        self.facts.append(
            Row("", np.array(columns, dtype=np.int64), np.array(values, dtype=float), low, high)
        )


def _allows(form: Form, fmt: str) -> bool:
    condition = form.filter.conditions.get("format")
    return condition is None or condition.takes(fmt)


def _groups(apart: np.ndarray, count: int) -> list[tuple[int, ...]]:
    """The classes that no row of a table tells apart."""
    if not len(apart):
        return [tuple(range(count))]
    _, which = _distinct_columns(apart)
    groups: dict[int, list[int]] = {}
    for class_, number in enumerate(which.tolist()):
        groups.setdefault(number, []).append(class_)
    return [tuple(group) for group in groups.values()]


def _distinct_columns(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different columns of a table of integers, and which of them each column is."""
    packed = np.ascontiguousarray(table.T.astype(np.int16))
    width = packed.shape[1] * packed.itemsize
    keys = packed.view(np.dtype((np.void, width))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the order in which they first appear
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return table[:, first[order]], place[which.ravel()]


def nested(masks: Sequence[np.ndarray], what: str) -> list[int]:
    """The smallest other set that holds each set, -1 for none.

    Raises
    ------
    UsageError
        Two sets overlap and neither holds the other.
    """
    sizes = [int(mask.sum()) for mask in masks]
    parents = []
    for i, mask in enumerate(masks):
        holders = []
        for j, other in enumerate(masks):
            shared = int((mask & other).sum()) if i != j else 0
            if shared and shared not in (sizes[i], sizes[j]):
                text = f"two figures count {what} in ways that overlap only in part"
                raise UsageError(f"{text}; ask for one at a time")
            if i != j and shared == sizes[i] and (sizes[j] > sizes[i] or j < i):
                holders.append((sizes[j], -j))
        parents.append(-min(holders)[1] if holders else -1)
    return parents
