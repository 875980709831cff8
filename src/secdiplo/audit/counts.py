"""Counts that claims ask for, and the domains of variables that they are sums over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from secdiplo.audit.partition import Partition, Slot, partition_of
from secdiplo.audit.system import Constraint, fact
from secdiplo.claims.domains import Days, Domains
from secdiplo.claims.filters import Filter

COUNTED_UNITS = ("event", "interaction", "agency_interaction", "country", "organization")
DISTINCT = ("country", "organization")
ONE_ON_ONE = ("bilateral", "sideline")


@dataclass(frozen=True)
class CountSpec:
    """A count that claims refer to: its unit and its filter."""

    unit: str
    filter: Filter


@dataclass(frozen=True)
class Expression:
    """A count as a weighted sum of variables."""

    columns: np.ndarray
    values: np.ndarray

    def dense(self, size: int) -> np.ndarray:
        """Return the coefficient of every variable."""
        full = np.zeros(size)
        np.add.at(full, self.columns, self.values)
        return full


class VariableSpace:
    """The partition of the dimensions, the number of variables, and the facts between them."""

    def __init__(
        self, domains: Domains, specs: Sequence[CountSpec], fixed: Sequence[Days], cap: int
    ) -> None:
        self.domains, self.specs, self.cap = domains, tuple(specs), cap
        self.partition: Partition = partition_of(domains, [spec.filter for spec in specs], fixed)
        self.facts: list[Constraint] = []
        self.size = 0
        self.distinct = [i for i, spec in enumerate(specs) if spec.unit in DISTINCT]
        kinds = np.array([group.kind for group in self.partition.counterpart_groups])
        self.counterpart_mask = self.partition.counterpart_mask.copy()
        for i in self.distinct:
            self.counterpart_mask[i] &= kinds == specs[i].unit

    def _masks(self, fmt: str, slots: np.ndarray) -> np.ndarray:
        """Return for each count how often it counts an event in each slot, for any counterpart."""
        allowed = np.array([allows(spec, fmt) for spec in self.specs])
        per_agency = np.array([spec.unit == "agency_interaction" for spec in self.specs])
        who = np.where(
            per_agency[:, None],
            self.partition.agency_counts,
            np.minimum(self.partition.agency_counts, 1),
        )
        grid = who[:, :, None] * slots[:, None, :] * allowed[:, None, None]
        return np.asarray(grid.reshape(len(self.specs), -1))

    def _fixed(self, slots: Sequence[Slot]) -> np.ndarray:
        """Return a number for each slot of a period reserved for attested rows, else 0."""
        periods = self.partition.periods
        held = [p.period + 1 if periods[p.period].fixed else 0 for p in slots]
        return np.tile(np.array(held, dtype=np.int64), len(self.partition.profiles))

    def _add(self, count: int) -> int:
        """Add some variables and return the index of the first."""
        self.size += count
        return self.size - count

    def _fact(
        self, columns: Sequence[int], values: Sequence[float], high: float, low: float = -np.inf
    ) -> None:
        self.facts.append(fact(columns, values, low, high))


def allows(spec: CountSpec, fmt: str) -> bool:
    """Check whether a count includes events of a format."""
    condition = spec.filter.conditions.get("format")
    return condition is None or condition.accepts(fmt)
