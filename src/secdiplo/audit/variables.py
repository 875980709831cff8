"""Integer variables, and the facts of the definitions as constraints between them.

A variable is a number of events that no claim tells apart. A bilateral or sideline meeting is one
event and one interaction. A multilateral event has at least one interaction, each counterpart at
most once, and its agencies share all its interactions. An agency counts once per event, by its
lead. A session of a forum is one multilateral event.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from secdiplo.audit.counts import (
    DISTINCT,
    CountSpec,
    Expression,
    allows,
)
from secdiplo.audit.merging import EventGroup, EventSlot, MultilateralVariables, nested
from secdiplo.claims.domains import Days, Domains
from secdiplo.errors import UsageError


class Variables(MultilateralVariables):
    """The variables that some counts need, the facts between them, and the counts as sums.

    Parameters
    ----------
    domains : Domains
    specs : sequence of CountSpec
        Every count that will be asked for.
    fixed : sequence of (date, date)
        Days of attested events that are known less finely than the counts ask.
    cap : int
        More than any count can be.

    Attributes
    ----------
    size : int
        The number of variables.
    facts : list of Constraint
    expressions : list of Expression
        One for each count.
    """

    def __init__(
        self,
        domains: Domains,
        specs: Sequence[CountSpec],
        fixed: Sequence[Days] = (),
        cap: int = 10_000,
    ) -> None:
        super().__init__(domains, specs, fixed, cap)
        self._merge_meetings()
        self.event_group_of, self.event_groups, self.event_group_counts = self._merge_multilateral()
        self._one_session()
        # (distinct count, group) -> its variable
        self.distinct_cells: dict[tuple[int, int], int] = {}
        self.distinct_steps: dict[tuple[int, int], list[int]] = {}
        # The same -> the distinct counts inside it, and the interactions that are in none of them.
        self.nested_distinct: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
        self._count_distinct()
        self.expressions = [self._expression(i) for i in range(len(specs))]

    # --- different counterparts -------------------------------------------------------------

    def _count_distinct(self) -> None:
        """Add variables for the number of different counterparts of each group in each count."""
        raw = [
            np.concatenate([self.one_on_one_counts[i] > 0, self.multilateral_counts[i] > 0])
            for i in self.distinct
        ]
        parents = nested(raw, "different counterparts")
        for group in range(len(self.partition.counterpart_groups)):
            for number, i in enumerate(self.distinct):
                if self.counterpart_mask[i, group]:
                    self.distinct_cells[i, group] = self._twin(number, group, raw) or self._add(1)
            for number, i in enumerate(self.distinct):
                if self.counterpart_mask[i, group] and self._twin(number, group, raw) is None:
                    self._distinct_facts(number, group, raw, parents)

    def _twin(self, number: int, group: int, raw: list[np.ndarray]) -> int | None:
        """Return the variable of an earlier count of the same events and counterparts."""
        for earlier in range(number):
            i = self.distinct[earlier]
            if self.counterpart_mask[i, group] and np.array_equal(raw[earlier], raw[number]):
                return self.distinct_cells[i, group]
        return None

    def _distinct_facts(
        self, number: int, group: int, raw: list[np.ndarray], parents: list[int]
    ) -> None:
        i = self.distinct[number]
        cell = self.distinct_cells[i, group]
        size = self.partition.counterpart_groups[group].size
        children = []
        for n, j in enumerate(self.distinct):
            above = parents[n]
            while above >= 0 and not self.counterpart_mask[self.distinct[above], group]:
                above = parents[above]
            if (
                above == number
                and self.counterpart_mask[j, group]
                and self.distinct_cells[j, group] != cell
            ):
                children.append(n)
        inner = {self.distinct_cells[self.distinct[n], group]: self.distinct[n] for n in children}
        for child in inner:
            self._fact([child, cell], [1, -1], high=0)
        rest = raw[number].copy()
        for n in children:
            rest &= ~raw[n]
        met = self._met(rest, group)
        self.nested_distinct[i, group] = list(inner.values()), met
        self._fact([cell, *inner, *met], [1, *[-1] * (len(inner) + len(met))], high=0)
        if met:
            self._fact([*met, cell], [*[1] * len(met), -self.cap], high=0)
        if size is not None:
            self._fact([cell], [1], high=size)
        self._gathered(i, group, cell, size)

    def _gathered(self, i: int, group: int, cell: int, size: int | None) -> None:
        """Limit the counterparts of each event to the number of different ones.

        Where a group can have several events, that is a product of two numbers, which is split by
        how many different counterparts there are.

        Raises
        ------
        UsageError
            The group has no known number of members.
        """
        several = []
        if size == 1:  # an event meets the only one once or not at all
            return
        for event_group in self.event_groups:
            if not self.multilateral_counts[i, event_group.raw[0]]:
                continue
            part = event_group.part_of(group)
            if self.session(event_group) >= 0:
                self._fact([part, cell], [1, -1], high=0)
            else:
                several.append((part, event_group.events))
        if not several:
            return
        if size is None:
            what = "different organizations in multilateral events"
            raise UsageError(f"{what}: their number has no limit; ask with a format of two parties")
        first = self._add(size)
        steps = list(range(first, first + size))
        self.distinct_steps[i, group] = steps
        self._fact([cell, *steps], [1, *[-1] * size], high=0, low=0)
        for step, after in itertools.pairwise(steps):
            self._fact([after, step], [1, -1], high=0)
        for number, step in enumerate(steps):
            self._fact([step], [1], high=1)
            for part, events in several:
                self._fact([part, events, step], [1, -number, -self.cap], high=0)

    def _met(self, raw: np.ndarray, group: int) -> list[int]:
        """Return the variables that count interactions with a group in some events."""
        alone, many = np.split(raw, [self.one_on_one_counts.shape[1]])
        if np.array_equal(alone, self.domain > 0) and self.domain_specs:
            cells = set(self.meetings_with[group])
        else:
            found = set(self.meetings.cell_of[self.meetings.signature[alone], group].tolist())
            cells = {self.pooled_cell.get((cell, group), cell) for cell in found}
        for event_group in self.event_groups:
            if many[event_group.raw[0]]:
                cells |= {part for groups, part in event_group.parts if group in groups}
        return sorted(cells)

    # --- counts as sums ---------------------------------------------------------------------

    def _expression(self, i: int) -> Expression:
        unit = self.specs[i].unit
        if unit in DISTINCT:
            cells = sorted({cell for (spec, _), cell in self.distinct_cells.items() if spec == i})
            return Expression(np.array(cells, dtype=np.int64), np.ones(len(cells)))
        if i in self.domain_specs:
            mine = np.flatnonzero(self.counterpart_mask[i]).tolist()
            columns = sorted({cell for c in mine for cell in self.meetings_with[c]})
            values = [1] * len(columns)
        else:
            columns = np.flatnonzero(self.meeting_counts[i]).tolist()
            values = self.meeting_counts[i][columns].tolist()
        for number, event_group in enumerate(self.event_groups):
            times = self.event_group_counts[i, number]
            if times:
                cells = self.of_event_group(i, event_group)
                columns += cells
                values += [times] * len(cells)
        return Expression(np.array(columns, dtype=np.int64), np.array(values, dtype=float))

    def of_event_group(self, i: int, event_group: EventGroup) -> list[int]:
        """Return the variables of an event group that a count sums."""
        mask = self.counterpart_mask[i]
        if self.specs[i].unit == "event":
            return [event_group.subset_cells[mask.tobytes()]] if mask.any() else []
        return [part for groups, part in event_group.parts if mask[groups[0]]]

    @property
    def interaction_cells(self) -> list[int]:
        """The variables that together count every interaction once."""
        many = [part for event_group in self.event_groups for _, part in event_group.parts]
        return [*range(len(self.meetings.groups)), *many]

    # --- where an event stands --------------------------------------------------------------

    def event_part(self, at: EventSlot) -> int:
        """Return the index of an event slot."""
        if at.format == "bilateral":
            return at.profile * len(self.partition.bilateral_slots) + at.slot
        before = len(self.partition.profiles) * len(self.partition.bilateral_slots)
        return before + at.profile * len(self.partition.forum_slots) + at.slot

    def meeting_cell(self, at: EventSlot, group: int) -> int:
        """Return the variable of a one-on-one meeting."""
        signature = self.meetings.signature[self.event_part(at)]
        return int(self.meetings.cell_of[signature, group])

    def meeting_cells(self, at: EventSlot, group: int) -> list[int]:
        """Return all variables that count a one-on-one meeting, with that of its pool."""
        cell = self.meeting_cell(at, group)
        flow = self.pooled_cell.get((cell, group))
        return [cell] if flow is None else [cell, flow]

    def event_group(self, at: EventSlot) -> EventGroup:
        """Return the group of a multilateral event."""
        number = int(self.event_group_of[at.profile * len(self.partition.forum_slots) + at.slot])
        return self.event_groups[number]

    def includes(self, i: int, at: EventSlot) -> bool:
        """Check whether a count includes an event in this slot, for any counterpart."""
        inside = (
            self.partition.bilateral_mask if at.format == "bilateral" else self.partition.forum_mask
        )
        held = self.partition.agency_counts[i, at.profile] and inside[i, at.slot]
        return bool(held and allows(self.specs[i], at.format))

    def distinct_counts_of(self, at: EventSlot, group: int) -> list[int]:
        """Return the counts of different counterparts that include this meeting."""
        return [
            i for i in self.distinct if (i, group) in self.distinct_cells and self.includes(i, at)
        ]
