"""Counts that figures ask for, and the ground that cells and facts are made on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from secdiplo.audit.atoms import Atoms, Place, atoms_of
from secdiplo.audit.filters import Filter
from secdiplo.audit.space import Days, Space
from secdiplo.audit.system import Row, fact

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


class Ground:
    """The parts of the dimensions, the number of cells, and the facts between them."""

    def __init__(
        self, space: Space, forms: Sequence[Form], fixed: Sequence[Days], cap: int
    ) -> None:
        self.space, self.forms, self.cap = space, tuple(forms), cap
        self.atoms: Atoms = atoms_of(space, [form.filter for form in forms], fixed)
        self.facts: list[Row] = []
        self.size = 0
        self.distinct = [i for i, form in enumerate(forms) if form.unit in DISTINCT]
        kinds = np.array([class_.kind for class_ in self.atoms.classes])
        self.whom = self.atoms.whom.copy()
        for i in self.distinct:
            self.whom[i] &= kinds == forms[i].unit

    def _masks(self, fmt: str, places: np.ndarray) -> np.ndarray:
        """For each form, how often an event at (profile, place) counts, whoever was met."""
        allowed = np.array([allows(form, fmt) for form in self.forms])
        per_agency = np.array([form.unit == "agency_interaction" for form in self.forms])
        who = np.where(per_agency[:, None], self.atoms.who, np.minimum(self.atoms.who, 1))
        grid = who[:, :, None] * places[:, None, :] * allowed[:, None, None]
        return np.asarray(grid.reshape(len(self.forms), -1))

    def _fixed(self, places: Sequence[Place]) -> np.ndarray:
        """A number for each place of a span that only holds attested rows, else 0."""
        spans = self.atoms.spans
        held = [p.span + 1 if spans[p.span].fixed else 0 for p in places]
        return np.tile(np.array(held, dtype=np.int64), len(self.atoms.profiles))

    def _add(self, count: int) -> int:
        """The first of some new cells."""
        self.size += count
        return self.size - count

    def _fact(
        self, columns: Sequence[int], values: Sequence[float], high: float, low: float = -np.inf
    ) -> None:
        self.facts.append(fact(columns, values, low, high))


def allows(form: Form, fmt: str) -> bool:
    """Whether a form counts events of a format."""
    condition = form.filter.conditions.get("format")
    return condition is None or condition.takes(fmt)
