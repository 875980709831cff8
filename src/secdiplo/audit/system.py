"""Linear constraints on non-negative integer variables, as matrices for a solver."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
ExtraRow = tuple[Vector, float, float]  # one further row: coefficients of all columns, low, high

EXACT = 2.0**53  # integers up to here are exact in floating point, and so are their sums


@dataclass(frozen=True, eq=False)
class Constraint:
    """A linear expression that must be in an interval."""

    claim_id: str  # the id of the claim that says so; blank for a fact, which always holds
    columns: NDArray[Any]  # the variables; one named twice counts with the sum
    values: NDArray[Any]  # their coefficients, all integers
    low: float  # may be -inf
    high: float  # may be inf
    step: float = 1.0  # how far the expression moves when the claim changes by one unit


def fact(
    columns: Sequence[int], values: Sequence[float], low: float = -np.inf, high: float = np.inf
) -> Constraint:
    """Return a constraint that always holds."""
    return Constraint(
        "", np.array(columns, dtype=np.int64), np.array(values, dtype=float), low, high
    )


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer of the solver to one question."""

    status: str  # optimal, infeasible, unbounded or unfinished
    value: int | None = None  # the objective at the optimum; None unless optimal
    bound: float | None = None  # the value; while unfinished, what the objective cannot pass
    x: Vector | None = None  # integers that satisfy every row exactly, where there are any


@dataclass(frozen=True, eq=False)
class ConstraintSet:
    """The constraints of some claims, ready for the solver; lower bounds are zero."""

    matrix: Any
    low: Vector
    high: Vector
    upper: Vector

    @cached_property
    def constraints(self) -> Any:
        """The rows in the form that the solver takes, made once."""
        if not self.low.size:
            return ()
        return scipy_with_solvers().optimize.LinearConstraint(
            self.matrix.tocsc(), self.low, self.high
        )

    def holds(self, x: Vector) -> bool:
        """Check whether an integer point satisfies all rows and bounds, without any rounding."""
        if (np.abs(self.matrix.data).max(initial=0.0) + 1) * np.abs(x).sum() > EXACT:
            return False
        if (x < 0).any() or (x > self.upper).any():
            return False
        sums = self.matrix @ x
        return bool((sums >= self.low).all() and (sums <= self.high).all())

    def with_row(self, bound: ExtraRow) -> ConstraintSet:
        """Return the set with one more row."""
        sparse = scipy_with_solvers().sparse
        row, low, high = bound
        more = np.zeros(self.upper.size)
        more[: row.size] = row
        return ConstraintSet(
            sparse.vstack([self.matrix, sparse.csr_array(more[None, :])], format="csr"),
            np.append(self.low, low),
            np.append(self.high, high),
            self.upper,
        )

    def directions(self) -> ConstraintSet:
        """Return the directions in which one can move forever within the rows."""
        return ConstraintSet(
            self.matrix,
            np.where(np.isfinite(self.low), 0.0, -np.inf),
            np.where(np.isfinite(self.high), 0.0, np.inf),
            np.where(np.isfinite(self.upper), 0.0, np.inf),
        )


class System:
    """All constraints; a subset of the claims is a mask over them.

    `upper` bounds the variables and may be infinite. Limits between two integers are drawn in to
    the next ones. A coefficient or step that is no integer is a `ValueError`: exact answers
    would not be possible.
    """

    def __init__(self, columns: int, upper: Vector, rows: Sequence[Constraint]) -> None:
        values = np.concatenate([np.asarray(r.values, float) for r in rows] or [np.empty(0)])
        cells = [np.asarray(r.columns, np.int64) for r in rows]
        places = np.concatenate(cells or [np.empty(0, np.int64)])
        lines = np.repeat(np.arange(len(rows)), [len(r.columns) for r in rows])
        self.steps = np.array([row.step for row in rows], float)
        if (values != np.rint(values)).any() or (self.steps != np.rint(self.steps)).any():
            raise ValueError("coefficients and steps must be integers")
        self.claim_ids = tuple(dict.fromkeys(row.claim_id for row in rows if row.claim_id))
        self.position = {claim_id: index for index, claim_id in enumerate(self.claim_ids)}
        self.row_claim = np.array([self.position.get(row.claim_id, -1) for row in rows], np.int64)
        matrix = scipy_with_solvers().sparse.coo_array(
            (values, (lines, places)), shape=(len(rows), columns)
        )
        low = np.ceil(np.array([row.low for row in rows], float))
        high = np.floor(np.array([row.high for row in rows], float))
        self.whole = ConstraintSet(matrix.tocsr(), low, high, np.floor(np.asarray(upper, float)))
        self._parts: dict[bytes, ConstraintSet] = {}

    def order(self, claim_ids: Collection[str] | None = None) -> list[str]:
        """Return the given claim ids (None: all) in the order of the system."""
        if claim_ids is None:
            return list(self.claim_ids)
        return sorted(set(claim_ids), key=self.position.__getitem__)

    def mask(self, claim_ids: Collection[str] | None = None) -> NDArray[np.bool_]:
        """Return which rows belong to the given claims or are facts."""
        chosen = np.zeros(len(self.claim_ids) + 1, bool)
        chosen[-1] = True  # the facts, whose index is -1
        chosen[[self.position[claim_id] for claim_id in self.order(claim_ids)]] = True
        return chosen[self.row_claim]

    def part(self, claim_ids: Collection[str] | None = None) -> ConstraintSet:
        """Return the rows of the given claims and the facts."""
        mask = self.mask(claim_ids)
        if mask.all():
            return self.whole
        key = np.packbits(mask).tobytes()
        if key not in self._parts:
            if len(self._parts) >= 8:
                del self._parts[next(iter(self._parts))]
            whole = self.whole
            self._parts[key] = ConstraintSet(
                whole.matrix[np.flatnonzero(mask)], whole.low[mask], whole.high[mask], whole.upper
            )
        return self._parts[key]

    def extended(self, rows: Sequence[Constraint], upper: Vector) -> System:
        """Return the system with further facts and new variables with these upper bounds."""
        more = System(self.whole.upper.size + upper.size, np.zeros(0), rows)
        wide = scipy_with_solvers().sparse.csr_array(
            (self.whole.matrix.data, self.whole.matrix.indices, self.whole.matrix.indptr),
            shape=(self.whole.low.size, self.whole.upper.size + upper.size),
        )
        both = copy.copy(self)
        both.steps = np.append(self.steps, more.steps)
        both.row_claim = np.append(self.row_claim, np.full(len(rows), -1))
        both.whole = ConstraintSet(
            scipy_with_solvers().sparse.vstack([wide, more.whole.matrix], format="csr"),
            np.append(self.whole.low, more.whole.low),
            np.append(self.whole.high, more.whole.high),
            np.append(self.whole.upper, np.floor(np.asarray(upper, float))),
        )
        both._parts = {}
        return both

    def elastic(self, claim_ids: Collection[str] | None = None) -> ConstraintSet:
        """Return the set in which the value of each claim may rise and fall.

        The columns after the variables are the rise of each claim, then the fall of each, in units
        of the claim and in the order of the system.
        """
        chosen, mask, part = self.order(claim_ids), self.mask(claim_ids), self.part(claim_ids)
        place = np.full(len(self.claim_ids) + 1, -1)
        place[[self.position[claim_id] for claim_id in chosen]] = np.arange(len(chosen))
        column = place[self.row_claim[mask]]
        rows = np.flatnonzero(column >= 0)
        entries = (self.steps[mask][rows], (rows, column[rows]))
        fall = scipy_with_solvers().sparse.coo_array(entries, shape=(column.size, len(chosen)))
        return ConstraintSet(
            scipy_with_solvers().sparse.hstack([part.matrix, -fall, fall], format="csr"),
            part.low,
            part.high,
            np.append(part.upper, np.full(2 * len(chosen), np.inf)),
        )

    def violated(self, x: Vector) -> frozenset[str]:
        """Return the claims that an integer point violates (blank for a fact)."""
        sums = self.whole.matrix @ x
        rows = (sums < self.whole.low) | (sums > self.whole.high)
        return frozenset(
            "" if i < 0 else self.claim_ids[i] for i in np.unique(self.row_claim[rows])
        )


def scipy_with_solvers() -> Any:
    """Return SciPy with its solvers, imported only when one is needed."""
    import scipy.optimize  # type: ignore[import-untyped,unused-ignore]
    import scipy.sparse  # type: ignore[import-untyped,unused-ignore]

    return scipy
