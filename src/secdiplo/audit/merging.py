"""Merging of events that no claim tells apart into one variable each.

An event slot is a format, the agencies that take part, and the days and forum. Meetings of two
parties are merged by slot and counterpart, multilateral events by slot alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from secdiplo.audit.counts import VariableSpace
from secdiplo.errors import UsageError


class EventSlot(NamedTuple):
    """Where an event falls: its format, and indices of a profile and a slot."""

    format: str
    profile: int
    slot: int


@dataclass
class EventGroup:
    """Multilateral events that no claim tells apart.

    Attributes
    ----------
    raw : array of int
        Which of the raw event groups (profile x slot) are in it.
    events : int
        The variable that counts its events.
    subset_cells : dict of bytes to int
        For each set of groups that a claim asks for: the variable that counts the events with one
        of them.
    parts : list of (array of int, int)
        Groups and the variable that counts interactions with them.
    """

    raw: np.ndarray
    events: int
    subset_cells: dict[bytes, int] = field(default_factory=dict)
    parts: list[tuple[np.ndarray, int]] = field(default_factory=list)

    @property
    def cells(self) -> list[int]:
        """All variables of the group."""
        both = [self.events, *self.subset_cells.values(), *(part for _, part in self.parts)]
        return list(dict.fromkeys(both))

    @property
    def subsets(self) -> list[tuple[np.ndarray, int]]:
        """The sets of counterpart groups that claims ask for, each with its variable."""
        sets = [(np.frombuffer(mask, dtype=bool), cell) for mask, cell in self.subset_cells.items()]
        return [(mask, cell) for mask, cell in sets if cell != self.events]

    def part_of(self, group: int) -> int:
        """Return the variable that counts interactions with a counterpart group."""
        return next(cell for groups, cell in self.parts if group in groups)

    def groups_of(self, part: int) -> np.ndarray:
        """Return the counterpart groups whose interactions a variable counts."""
        return next(groups for groups, cell in self.parts if cell == part)


@dataclass
class Meetings:
    """One-on-one meetings: the variable that counts those of an event part with a group.

    An event part is a format, a profile and a slot. Those that claims treat alike share a
    signature, and in each signature the groups that they treat alike share a variable.

    Attributes
    ----------
    signature : array of int
        Of each event part.
    cell_of : array of int, signatures x groups
        The variable.
    groups : list of tuple of int
        The groups of each variable.
    """

    signature: np.ndarray
    cell_of: np.ndarray
    groups: list[tuple[int, ...]]


@dataclass
class MeetingPool:
    """Variables of meetings with the same groups, distributed over parts of these groups.

    Attributes
    ----------
    cells : list of int
    parts : list of (tuple of int, int)
        Groups, and the variable that counts the meetings with them.
    """

    cells: list[int]
    parts: list[tuple[tuple[int, ...], int]]


def alike_columns(apart: np.ndarray, count: int) -> list[tuple[int, ...]]:
    """Return the groups of columns that no row of a table tells apart."""
    if not len(apart):
        return [tuple(range(count))]
    _, which = distinct_columns(apart)
    found: dict[int, list[int]] = {}
    for column, number in enumerate(which.tolist()):
        found.setdefault(number, []).append(column)
    return [tuple(columns) for columns in found.values()]


def distinct_columns(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct columns of an integer table, and the index of each column in them."""
    packed = np.ascontiguousarray(table.T.astype(np.int16))
    width = packed.shape[1] * packed.itemsize
    keys = packed.view(np.dtype((np.void, width))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the order in which they first appear
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return table[:, first[order]], rank[which.ravel()]


def nested(masks: Sequence[np.ndarray], what: str) -> list[int]:
    """Return for each set the smallest other set that contains it, -1 for none.

    Raises
    ------
    UsageError
        Two sets overlap and neither contains the other.
    """
    sizes = [int(mask.sum()) for mask in masks]
    parents = []
    for i, mask in enumerate(masks):
        holders = []
        for j, other in enumerate(masks):
            shared = int((mask & other).sum()) if i != j else 0
            if shared and shared not in (sizes[i], sizes[j]):
                text = f"two claims count {what} in ways that overlap only in part"
                raise UsageError(f"{text}; ask for one at a time")
            if i != j and shared == sizes[i] and (sizes[j] > sizes[i] or j < i):
                holders.append((sizes[j], -j))
        parents.append(-min(holders)[1] if holders else -1)
    return parents


class OneOnOneVariables(VariableSpace):
    """Merges one-on-one meetings that no count tells apart."""

    def _merge_meetings(self) -> None:
        """Merge meetings that all counts outside the domain treat alike."""
        partition = self.partition
        self.one_on_one_counts = np.concatenate(
            [
                self._masks("bilateral", partition.bilateral_mask),
                self._masks("sideline", partition.forum_mask),
            ],
            axis=1,
        )
        fixed = np.concatenate(
            [self._fixed(partition.bilateral_slots), self._fixed(partition.forum_slots)]
        )
        self._choose_domain()
        rest = [i for i in range(len(self.specs)) if i not in self.domain_specs]
        table = np.concatenate([self.one_on_one_counts[rest], self.domain[None], fixed[None]])
        signatures, of_part = distinct_columns(table.astype(np.int16))
        times, within = signatures[:-2], signatures[-2] > 0
        count = len(partition.counterpart_groups)
        counted = times[:, :, None] * self.counterpart_mask[rest][:, None, :]
        alike = np.array(
            [self._alike(rest, t > 0, w) for t, w in zip(times.T, within, strict=True)]
        )
        marks = np.repeat(signatures[-2:, :, None], count, axis=2)
        columns = np.concatenate([counted, marks, np.moveaxis(alike, 2, 0).astype(np.int16)])
        merged, cell_of = distinct_columns(columns.reshape(len(columns), -1))
        cell_of = cell_of.reshape(len(within), count)
        pairs = np.unique([cell_of.ravel(), np.tile(np.arange(count), len(within))], axis=1)
        ends = np.flatnonzero(np.diff(pairs[0])) + 1
        groups = [tuple(part.tolist()) for part in np.split(pairs[1], ends)]
        self._add(len(groups))
        self.meeting_counts = np.zeros((len(self.specs), len(groups)), dtype=np.int64)
        self.meeting_counts[rest] = merged[: len(rest)]
        self.meetings = Meetings(of_part, cell_of, groups)
        self.in_domain = merged[len(rest)] > 0
        self._spread(self.in_domain.tolist())

    def _alike(self, rest: Sequence[int], active: np.ndarray, within: bool) -> np.ndarray:
        """Return for each counterpart group those that must share its variable.

        Beyond the domain, groups that count alike need no care, but where different counterparts
        are counted.
        """
        count = len(self.partition.counterpart_groups)
        specs = [i for i, counts in zip(rest, active, strict=True) if counts]
        distinct = [i for i in specs if i in self.distinct]
        if within and not distinct:
            apart = self.counterpart_mask[specs]
            return np.asarray((apart[:, :, None] == apart[:, None, :]).all(axis=0))
        if within:
            return np.eye(count, dtype=bool)
        return np.diag(self.counterpart_mask[distinct].any(axis=0))

    def _choose_domain(self) -> None:
        """Choose the events that most counts cover, so that they differ by counterpart only.

        Such counts need not split the variables: the meetings of all of them together are spread
        over the groups.
        """
        alike: dict[bytes, list[int]] = {}
        for i in range(len(self.specs)):
            if self.one_on_one_counts[i].any() and self.one_on_one_counts[i].max() == 1:
                alike.setdefault(self.one_on_one_counts[i].tobytes(), []).append(i)
        self.domain_specs = max(alike.values(), key=len, default=[])
        empty = np.zeros(self.one_on_one_counts.shape[1], dtype=np.int64)
        self.domain = self.one_on_one_counts[self.domain_specs[0]] if self.domain_specs else empty

    def _spread(self, within: Sequence[bool]) -> None:
        """Distribute pooled meetings over counterpart groups.

        Exact, since any spread with the right totals can be had: no variable limits a group.
        """
        count = len(self.partition.counterpart_groups)
        apart = self.counterpart_mask[self.domain_specs].astype(np.int64)
        if any(i in self.distinct for i in self.domain_specs):
            apart = np.concatenate([apart, np.eye(count, dtype=np.int64)])
        part_of = {c: n for n, whole in enumerate(alike_columns(apart, count)) for c in whole}
        self.meetings_with: dict[int, list[int]] = {c: [] for c in range(count)}
        # (variable, group) -> the variable of its part in the pool
        self.pooled_cell: dict[tuple[int, int], int] = {}
        self.pools: list[MeetingPool] = []
        pools: dict[tuple[int, ...], list[int]] = {}
        for cell, inside in enumerate(within):
            if inside:
                pools.setdefault(self.meetings.groups[cell], []).append(cell)
        for whole, cells in pools.items():
            parts = sorted({part_of[c] for c in whole})
            if len(parts) == 1:
                for c in whole:
                    self.meetings_with[c] += cells
                continue
            flows = [self._add(1) for _ in parts]
            for c in whole:
                flow = flows[parts.index(part_of[c])]
                self.meetings_with[c].append(flow)
                self.pooled_cell.update({(cell, c): flow for cell in cells})
            members = [tuple(c for c in whole if part_of[c] == part) for part in parts]
            self.pools.append(MeetingPool(cells, list(zip(members, flows, strict=True))))
            everything = [1] * len(cells) + [-1] * len(flows)
            self._fact([*cells, *flows], everything, high=0, low=0)


class MultilateralVariables(OneOnOneVariables):
    """Merges multilateral events that no count tells apart."""

    event_groups: list[EventGroup]

    def _merge_multilateral(self) -> tuple[np.ndarray, list[EventGroup], np.ndarray]:
        partition = self.partition
        self.multilateral_counts = self._masks("multilateral", partition.forum_mask)
        signature = np.concatenate(
            [self.multilateral_counts, self._fixed(partition.forum_slots)[None]]
        )
        merged, event_group_of = distinct_columns(signature)
        event_groups = []
        for number in range(merged.shape[1]):
            event_group = EventGroup(np.flatnonzero(event_group_of == number), self._add(1))
            self._furnish(event_group, np.flatnonzero(merged[:-1, number]))
            event_groups.append(event_group)
        return event_group_of, event_groups, merged[:-1]

    def _furnish(self, event_group: EventGroup, active: np.ndarray) -> None:
        """Add the variables and facts of a group of multilateral events."""
        every = np.ones(len(self.partition.counterpart_groups), dtype=bool)
        asked = {every.tobytes(): every}
        for i in active:
            if self.specs[i].unit == "event" and self.counterpart_mask[i].any():
                asked.setdefault(self.counterpart_mask[i].tobytes(), self.counterpart_mask[i])
        masks = list(asked.values())
        parents = nested(masks, "multilateral events by counterpart")
        event_group.subset_cells[masks[0].tobytes()] = event_group.events
        for mask in masks[1:]:
            event_group.subset_cells[mask.tobytes()] = self._add(1)
        cells = [event_group.subset_cells[mask.tobytes()] for mask in masks]
        apart = self.counterpart_mask[active]
        if any(i in self.distinct for i in active):
            apart = np.concatenate([apart, np.eye(len(every), dtype=bool)])
        inner = np.array(masks[1:], dtype=bool).reshape(-1, len(every))
        for groups in alike_columns(np.concatenate([apart, inner]).astype(np.int64), len(every)):
            event_group.parts.append((np.array(groups), self._add(1)))
        self._event_group_facts(event_group, masks, parents, cells)

    def _event_group_facts(
        self, event_group: EventGroup, masks: list[np.ndarray], parents: list[int], cells: list[int]
    ) -> None:
        for node, (mask, cell) in enumerate(zip(masks, cells, strict=True)):
            children = [i for i, parent in enumerate(parents) if parent == node]
            for child in children:
                self._fact([cells[child], cell], [1, -1], high=0)
            own = [
                (groups, part)
                for groups, part in event_group.parts
                if mask[groups[0]] and not any(masks[i][groups[0]] for i in children)
            ]
            for groups, part in own:
                self._fact([part, cell], [1, -self.room(groups)], high=0)
            inside = [cells[i] for i in children] + [part for _, part in own]
            self._fact([cell, *inside], [1, *[-1] * len(inside)], high=0)

    def session(self, event_group: EventGroup) -> int:
        """Return the index of the session that all events of a group belong to, or -1."""
        beside = self.partition.forum_slots
        forums = {beside[int(raw) % len(beside)].forum for raw in event_group.raw}
        forum = forums.pop()
        return -1 if forums or self.partition.forums[forum][0] is None else forum

    def _one_session(self) -> None:
        held: dict[int, list[int]] = {}
        for event_group in self.event_groups:
            held.setdefault(self.session(event_group), []).append(event_group.events)
        for forum, cells in held.items():
            if forum >= 0:
                self._fact(cells, [1] * len(cells), high=1)

    def room(self, groups: np.ndarray) -> int:
        """Return how many counterparts of these groups one event can have."""
        sizes = [self.partition.counterpart_groups[c].size for c in groups]
        return self.cap if None in sizes else sum(size or 0 for size in sizes)
