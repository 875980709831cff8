"""Cells of multilateral events and of the interactions in them."""

from __future__ import annotations

import numpy as np

from secdiplo.audit.merge import Bundle, distinct_columns, groups, nested
from secdiplo.audit.one_on_one import MeetingCells


class GatheringCells(MeetingCells):
    """Merges multilateral events that no count tells apart."""

    bundles: list[Bundle]

    def _merge_bundles(self) -> tuple[np.ndarray, list[Bundle], np.ndarray]:
        atoms = self.atoms
        self.gatherings = self._masks("multilateral", atoms.beside_in)
        signature = np.concatenate([self.gatherings, self._fixed(atoms.beside)[None]])
        merged, bundle_of = distinct_columns(signature)
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
        for classes in groups(np.concatenate([apart, inner]).astype(np.int64), len(every)):
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
