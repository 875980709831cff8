"""Integer cells, and the facts of the definitions as constraints between them.

A cell is a number of events that no figure tells apart. A bilateral or sideline meeting is one
event and one interaction. A multilateral event has at least one interaction, each counterpart at
most once, and its agencies share all its interactions. An agency counts once an event, by its
lead. A session of a forum is one multilateral event.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from secdiplo.audit.counts import (
    DISTINCT,
    ONE_ON_ONE,
    UNITS,
    Expression,
    Form,
    allows,
)
from secdiplo.audit.gatherings import GatheringCells
from secdiplo.audit.merge import Bundle, EventSlot, nested
from secdiplo.audit.space import Days, Space
from secdiplo.errors import UsageError

__all__ = ["ONE_ON_ONE", "UNITS", "Cells", "Expression", "Form"]


class Cells(GatheringCells):
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
        super().__init__(space, forms, fixed, cap)
        self._merge_meetings()
        self.bundle_of, self.bundles, self.on_many = self._merge_bundles()
        self._one_session()
        self.found: dict[tuple[int, int], int] = {}  # (distinct form, class) -> its cell
        self.steps: dict[tuple[int, int], list[int]] = {}
        # The same -> the distinct forms inside it, and the interactions that are in none of them.
        self.inside: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
        self._count_distinct()
        self.expressions = [self._expression(i) for i in range(len(forms))]

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
        inner = {self.found[self.distinct[n], class_]: self.distinct[n] for n in children}
        for child in inner:
            self._fact([child, cell], [1, -1], high=0)
        rest = raw[number].copy()
        for n in children:
            rest &= ~raw[n]
        met = self._met(rest, class_)
        self.inside[i, class_] = list(inner.values()), met
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
        if size == 1:  # an event meets the only one once or not at all
            return
        for bundle in self.bundles:
            if not self.gatherings[i, bundle.raw[0]]:
                continue
            part = bundle.part_of(class_)
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
            found = set(self.meetings.cell_of[self.meetings.signature[alone], class_].tolist())
            cells = {self.spread.get((cell, class_), cell) for cell in found}
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
                cells = self.of_bundle(i, bundle)
                columns += cells
                values += [times] * len(cells)
        return Expression(np.array(columns, dtype=np.int64), np.array(values, dtype=float))

    def of_bundle(self, i: int, bundle: Bundle) -> list[int]:
        """The cells of a bundle that a form sums."""
        mask = self.whom[i]
        if self.forms[i].unit == "event":
            return [bundle.groups[mask.tobytes()]] if mask.any() else []
        return [part for classes, part in bundle.parts if mask[classes[0]]]

    @property
    def counted(self) -> list[int]:
        """The cells that together count every interaction once."""
        many = [part for bundle in self.bundles for _, part in bundle.parts]
        return [*range(len(self.meetings.classes)), *many]

    # --- where an event stands --------------------------------------------------------------

    def part(self, at: EventSlot) -> int:
        """The number of an event part."""
        if at.format == "bilateral":
            return at.profile * len(self.atoms.alone) + at.place
        before = len(self.atoms.profiles) * len(self.atoms.alone)
        return before + at.profile * len(self.atoms.beside) + at.place

    def meeting(self, at: EventSlot, class_: int) -> int:
        """The cell of a one-on-one meeting."""
        signature = self.meetings.signature[self.part(at)]
        return int(self.meetings.cell_of[signature, class_])

    def of_meeting(self, at: EventSlot, class_: int) -> list[int]:
        """All cells that count a one-on-one meeting: its own, and that of what is spread."""
        cell = self.meeting(at, class_)
        flow = self.spread.get((cell, class_))
        return [cell] if flow is None else [cell, flow]

    def bundle(self, at: EventSlot) -> Bundle:
        """The bundle of a multilateral event."""
        number = int(self.bundle_of[at.profile * len(self.atoms.beside) + at.place])
        return self.bundles[number]

    def taken(self, i: int, at: EventSlot) -> bool:
        """Whether a form counts an event that stands there, whoever was met."""
        inside = self.atoms.alone_in if at.format == "bilateral" else self.atoms.beside_in
        held = self.atoms.who[i, at.profile] and inside[i, at.place]
        return bool(held and allows(self.forms[i], at.format))

    def different(self, at: EventSlot, class_: int) -> list[int]:
        """The counts of different counterparts that take in a class at such an event."""
        return [i for i in self.distinct if (i, class_) in self.found and self.taken(i, at)]
