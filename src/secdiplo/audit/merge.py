"""Parts that no figure tells apart, merged: the containers of cells and how columns are grouped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from secdiplo.errors import UsageError


class EventSlot(NamedTuple):
    """Where an event can fall: its format, and indices of a profile and a place."""

    format: str
    profile: int
    place: int


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

    @property
    def subsets(self) -> list[tuple[np.ndarray, int]]:
        """The sets of classes that figures ask for, each with its cell."""
        sets = [(np.frombuffer(mask, dtype=bool), cell) for mask, cell in self.groups.items()]
        return [(mask, cell) for mask, cell in sets if cell != self.events]

    def part_of(self, class_: int) -> int:
        """The cell that counts interactions with a class."""
        return next(cell for classes, cell in self.parts if class_ in classes)

    def classes_of(self, part: int) -> np.ndarray:
        """The classes with which a cell counts interactions."""
        return next(classes for classes, cell in self.parts if cell == part)


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


def groups(apart: np.ndarray, count: int) -> list[tuple[int, ...]]:
    """The classes that no row of a table tells apart."""
    if not len(apart):
        return [tuple(range(count))]
    _, which = distinct_columns(apart)
    groups: dict[int, list[int]] = {}
    for class_, number in enumerate(which.tolist()):
        groups.setdefault(number, []).append(class_)
    return [tuple(group) for group in groups.values()]


def distinct_columns(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
