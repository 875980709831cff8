"""Cells of bilateral and sideline meetings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from secdiplo.audit.counts import Ground
from secdiplo.audit.merge import Kind, Meetings, distinct_columns, groups


class MeetingCells(Ground):
    """Merges one-on-one meetings that no count tells apart."""

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
        signatures, of_part = distinct_columns(table)
        times, within = signatures[:-2], signatures[-2] > 0
        count = len(atoms.classes)
        counted = times[:, :, None] * self.whom[rest][:, None, :]
        alike = np.array(
            [self._alike(rest, t > 0, w) for t, w in zip(times.T, within, strict=True)]
        )
        marks = np.repeat(signatures[-2:, :, None], count, axis=2)
        columns = np.concatenate([counted, marks, np.moveaxis(alike, 2, 0)])
        merged, cell_of = distinct_columns(columns.reshape(len(columns), -1))
        cell_of = cell_of.reshape(len(within), count)
        classes = [
            tuple(np.unique(np.nonzero(cell_of == cell)[1]).tolist())
            for cell in range(merged.shape[1])
        ]
        self._add(len(classes))
        self.on_one = np.zeros((len(self.forms), len(classes)), dtype=np.int64)
        self.on_one[rest] = merged[: len(rest)]
        self.meetings = Meetings(of_part, cell_of, classes)
        self.within = merged[len(rest)] > 0
        self._spread(self.within.tolist())

    def _alike(self, rest: Sequence[int], active: np.ndarray, within: bool) -> np.ndarray:
        """For each class, those that must share its cell to be told apart from others as needed.

        Beyond the domain, classes that count alike need no care, but where different counterparts
        are counted.
        """
        count = len(self.atoms.classes)
        forms = [i for i, counts in zip(rest, active, strict=True) if counts]
        distinct = [i for i in forms if i in self.distinct]
        if within and not distinct:
            apart = self.whom[forms]
            return np.asarray((apart[:, :, None] == apart[:, None, :]).all(axis=0))
        if within:
            return np.eye(count, dtype=bool)
        return np.diag(self.whom[distinct].any(axis=0))

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
        part_of = {c: n for n, group in enumerate(groups(apart, count)) for c in group}
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
