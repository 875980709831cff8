"""Linear rows over non-negative integer cells, as matrices that a solver takes."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Bound = tuple[Vector, float, float]  # one further row: coefficients of all columns, low, high

EXACT = 2.0**53  # integers up to here are exact in floating point, and so are their sums


@dataclass(frozen=True, eq=False)
class Row:
    """A linear expression over the cells that must lie in an interval."""

    owner: str  # the id of the claim that says so; blank for a fact, which always holds
    columns: NDArray[Any]  # the cells; one named twice counts with the sum
    values: NDArray[Any]  # their coefficients, all integers
    low: float  # may be -inf
    high: float  # may be inf
    step: float = 1.0  # how far the expression moves when the owner's figure changes by one unit


def fact(
    columns: Sequence[int], values: Sequence[float], low: float = -np.inf, high: float = np.inf
) -> Row:
    """A row that always holds."""
    return Row("", np.array(columns, dtype=np.int64), np.array(values, dtype=float), low, high)


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of one question to the solver."""

    status: str  # optimal, infeasible, unbounded or unfinished
    value: int | None = None  # the objective at the optimum; None unless optimal
    bound: float | None = None  # the value; while unfinished, what the objective cannot pass
    x: Vector | None = None  # integers that satisfy every row exactly, where there are any


@dataclass(frozen=True, eq=False)
class Part:
    """The rows in force for a set of owners, ready for the solver; lower bounds are zero."""

    matrix: Any
    low: Vector
    high: Vector
    upper: Vector

    @cached_property
    def constraints(self) -> Any:
        """The rows in the form the solver takes, made once per part."""
        if not self.low.size:
            return ()
        return scipy_with_solvers().optimize.LinearConstraint(
            self.matrix.tocsc(), self.low, self.high
        )

    def holds(self, x: Vector) -> bool:
        """Whether an integer point satisfies all rows and bounds, without rounding anywhere."""
        if (np.abs(self.matrix.data).max(initial=0.0) + 1) * np.abs(x).sum() > EXACT:
            return False
        if (x < 0).any() or (x > self.upper).any():
            return False
        sums = self.matrix @ x
        return bool((sums >= self.low).all() and (sums <= self.high).all())

    def with_row(self, bound: Bound) -> Part:
        """The part with one row more."""
        sparse = scipy_with_solvers().sparse
        row, low, high = bound
        more = np.zeros(self.upper.size)
        more[: row.size] = row
        return Part(
            sparse.vstack([self.matrix, sparse.csr_array(more[None, :])], format="csr"),
            np.append(self.low, low),
            np.append(self.high, high),
            self.upper,
        )

    def directions(self) -> Part:
        """The moves that can be repeated for ever without leaving the rows."""
        return Part(
            self.matrix,
            np.where(np.isfinite(self.low), 0.0, -np.inf),
            np.where(np.isfinite(self.high), 0.0, np.inf),
            np.where(np.isfinite(self.upper), 0.0, np.inf),
        )


class System:
    """All rows over a number of cells; a subset of the owners is a mask over them.

    `upper` bounds the cells and may be infinite. Limits of rows between two integers are drawn in
    to the next ones. A coefficient or step that is no integer is a `ValueError`: exact answers
    would not be possible.
    """

    def __init__(self, columns: int, upper: Vector, rows: Sequence[Row]) -> None:
        values = np.concatenate([np.asarray(r.values, float) for r in rows] or [np.empty(0)])
        cells = [np.asarray(r.columns, np.int64) for r in rows]
        places = np.concatenate(cells or [np.empty(0, np.int64)])
        lines = np.repeat(np.arange(len(rows)), [len(r.columns) for r in rows])
        self.steps = np.array([row.step for row in rows], float)
        if (values != np.rint(values)).any() or (self.steps != np.rint(self.steps)).any():
            raise ValueError("coefficients and steps must be integers")
        self.owners = tuple(dict.fromkeys(row.owner for row in rows if row.owner))
        self.position = {owner: index for index, owner in enumerate(self.owners)}
        self.row_owner = np.array([self.position.get(row.owner, -1) for row in rows], np.int64)
        matrix = scipy_with_solvers().sparse.coo_array(
            (values, (lines, places)), shape=(len(rows), columns)
        )
        low = np.ceil(np.array([row.low for row in rows], float))
        high = np.floor(np.array([row.high for row in rows], float))
        self.whole = Part(matrix.tocsr(), low, high, np.floor(np.asarray(upper, float)))
        self._parts: dict[bytes, Part] = {}

    def order(self, owners: Collection[str] | None = None) -> list[str]:
        """The given owners (None: all) in the order of the system."""
        if owners is None:
            return list(self.owners)
        return sorted(set(owners), key=self.position.__getitem__)

    def mask(self, owners: Collection[str] | None = None) -> NDArray[np.bool_]:
        """The rows of the given owners and the facts."""
        chosen = np.zeros(len(self.owners) + 1, bool)
        chosen[-1] = True  # the facts, whose index is -1
        chosen[[self.position[owner] for owner in self.order(owners)]] = True
        return chosen[self.row_owner]

    def part(self, owners: Collection[str] | None = None) -> Part:
        """The rows of the given owners and the facts, as the solver wants them."""
        mask = self.mask(owners)
        if mask.all():
            return self.whole
        key = np.packbits(mask).tobytes()
        if key not in self._parts:
            if len(self._parts) >= 8:
                del self._parts[next(iter(self._parts))]
            whole = self.whole
            self._parts[key] = Part(
                whole.matrix[np.flatnonzero(mask)], whole.low[mask], whole.high[mask], whole.upper
            )
        return self._parts[key]

    def extended(self, rows: Sequence[Row], upper: Vector) -> System:
        """The system with further facts over its cells and new ones with these upper bounds."""
        more = System(self.whole.upper.size + upper.size, np.zeros(0), rows)
        wide = scipy_with_solvers().sparse.csr_array(
            (self.whole.matrix.data, self.whole.matrix.indices, self.whole.matrix.indptr),
            shape=(self.whole.low.size, self.whole.upper.size + upper.size),
        )
        both = copy.copy(self)
        both.steps = np.append(self.steps, more.steps)
        both.row_owner = np.append(self.row_owner, np.full(len(rows), -1))
        both.whole = Part(
            scipy_with_solvers().sparse.vstack([wide, more.whole.matrix], format="csr"),
            np.append(self.whole.low, more.whole.low),
            np.append(self.whole.high, more.whole.high),
            np.append(self.whole.upper, np.floor(np.asarray(upper, float))),
        )
        both._parts = {}
        return both

    def elastic(self, owners: Collection[str] | None = None) -> Part:
        """The part in which each owner's figure may rise and fall.

        The columns after the cells are the rise of each owner and then the fall of each, in units
        of the owner's figure and in the order of the system.
        """
        chosen, mask, part = self.order(owners), self.mask(owners), self.part(owners)
        place = np.full(len(self.owners) + 1, -1)
        place[[self.position[owner] for owner in chosen]] = np.arange(len(chosen))
        column = place[self.row_owner[mask]]
        rows = np.flatnonzero(column >= 0)
        entries = (self.steps[mask][rows], (rows, column[rows]))
        fall = scipy_with_solvers().sparse.coo_array(entries, shape=(column.size, len(chosen)))
        return Part(
            scipy_with_solvers().sparse.hstack([part.matrix, -fall, fall], format="csr"),
            part.low,
            part.high,
            np.append(part.upper, np.full(2 * len(chosen), np.inf)),
        )

    def broken(self, x: Vector) -> frozenset[str]:
        """The owners whose rows an integer point does not satisfy (blank among them: a fact)."""
        sums = self.whole.matrix @ x
        rows = (sums < self.whole.low) | (sums > self.whole.high)
        return frozenset("" if i < 0 else self.owners[i] for i in np.unique(self.row_owner[rows]))


def scipy_with_solvers() -> Any:
    """SciPy with its solvers and sparse matrices, imported only once one is needed."""
    import scipy.optimize  # type: ignore[import-untyped,unused-ignore]
    import scipy.sparse  # type: ignore[import-untyped,unused-ignore]

    return scipy
