"""Exact minima and maxima of counts, and feasibility of sets of claims.

Every answer rests on an integer solution that was checked exactly, and on a bound or an
impossibility that the solver proved. Where these are not to be had in time, the answer is
``unfinished``, never a guess.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from secdiplo.audit.system import (
    EXACT,
    Answer,
    ConstraintSet,
    ExtraRow,
    System,
    Vector,
    scipy_with_solvers,
)
from secdiplo.errors import SecdiploError

LARGE = 2000  # columns from which a search among few variables is not worth its time
NODES = 500  # of a search that may fail without harm; a number of seconds would not repeat
POOL = 8  # known points whose variables such a search may use
RELAXATION_TOLERANCE = 1e-6  # by how much a relaxation may be off
SOME = 0.2  # how far from the least `Solver.some` may stay
TINY = 1e-7  # below this a dual or a violation of a relaxation counts as none
KEEP = 256  # integer points and subsets remembered


class UnfinishedError(SecdiploError):
    """The solver ran out of time, so no exact answer can be given."""


def unfinished(limit: float | None, proven: str = "") -> UnfinishedError:
    """Return the error to raise after the time limit, with what is proven so far."""
    what = "no exact answer" + (f" within {limit:g} seconds" if limit else "")
    what += f"; proven so far: {proven}" if proven else ""
    if limit is None:
        what += ": the numbers are too large for the solver; look for a slip in them"
    else:
        what += "; allow more with --time-limit"
    return UnfinishedError(what)


class _SearchLimits(NamedTuple):
    """Limits of one search; None for no limit."""

    upper: Vector | None = None
    seconds: float | None = None
    presolve: bool = True
    nodes: int | None = None
    gap: float = 0.0


EVERYWHERE = _SearchLimits()


class Solver:
    """Answers questions about a system within one time budget.

    `time_limit` is in seconds for all questions together, from the making of the solver or from
    `restart`. `calls` counts the linear and integer problems solved so far; `timed_out` tells
    whether a question since the start (or restart) was left open for want of time.
    """

    def __init__(self, system: System, time_limit: float | None = None) -> None:
        self.system = system
        self.time_limit = time_limit
        self.calls = 0
        self._points: list[tuple[frozenset[str], Vector]] = []
        self._clashes: list[frozenset[str]] = []
        self.restart()

    def restart(self) -> None:
        """Reset the time budget."""
        limit = math.inf if self.time_limit is None else self.time_limit
        self._deadline = time.monotonic() + limit
        self.timed_out = False

    def feasible(
        self, claim_ids: Collection[str] | None = None, near: Vector | None = None
    ) -> bool | None:
        """Check whether the claims (None: all) can hold with the facts; None if unfinished.

        Points and impossible sets found earlier are used again. A point is first sought where
        the objective `near` is small, if one is given.
        """
        wanted = frozenset(self.system.order(claim_ids))
        if any(wanted.isdisjoint(broken) for broken, _ in self._points):
            return True
        if any(clash <= wanted for clash in self._clashes):
            return False
        part = self.system.part(wanted)
        if near is not None:
            self._guided(part, near)
            if any(wanted.isdisjoint(broken) for broken, _ in self._points):
                return True
        answer = self.solve(part, np.zeros(part.upper.size))
        if answer.status == "infeasible":
            self._clashes = [*self._clashes[-KEEP:], wanted]
        self._remember(answer)
        return {"optimal": True, "infeasible": False}.get(answer.status)

    def minimum(
        self,
        objective: Vector,
        claim_ids: Collection[str] | None = None,
        more: Sequence[ExtraRow] = (),
    ) -> Answer:
        """Return the minimum of an (integer) objective given the claims and the facts.

        Further rows can be given in `more`.
        """
        part = self.system.part(claim_ids)
        for bound in more:
            part = part.with_row(bound)
        answer = self._guided(part, objective) or self.solve(part, objective)
        self._remember(answer)
        return answer

    def attains(self, objective: Vector, value: float) -> bool:
        """Check whether a known point that satisfies all rows has this objective or less."""
        return any(not broken and objective @ x <= value for broken, x in self._points)

    def relaxation_bound(
        self, objective: Vector, claim_ids: Collection[str] | None = None
    ) -> float:
        """Return the minimum of the LP relaxation: infinity if that is infeasible.

        Without an answer in time, or where nothing bounds it, minus infinity.
        """
        result = self._milp(
            self.system.part(claim_ids), np.asarray(objective, float), 0, EVERYWHERE
        )
        if result is None or result.status not in (0, 2):
            return -math.inf
        return math.inf if result.status == 2 else float(result.fun)

    def good_point(self, objective: Vector, more: Sequence[ExtraRow] = ()) -> Vector | None:
        """Return a point that satisfies all rows, and `more`, with a rather small objective."""
        part = self.system.part()
        for bound in more:
            part = part.with_row(bound)
        answer = self._attempt(part, objective, _SearchLimits(gap=SOME))
        return answer.x

    def _guided(self, part: ConstraintSet, objective: Vector) -> Answer | None:
        """Seek an optimum among the variables that the relaxation and known points use.

        A search among few variables is quick. What it finds is an optimum of the whole if it meets
        the bound of the relaxation, rounded up; else None.
        """
        objective = np.asarray(objective, float)
        whole = (objective == np.rint(objective)).all()
        if part.upper.size >= LARGE or not objective.any() or not whole:
            return None
        result = self._milp(part, objective, 0, EVERYWHERE)
        if result is None or result.status != 0:
            return None
        least = math.ceil(result.fun - RELAXATION_TOLERANCE * max(1.0, abs(result.fun)))
        for _, x in self._points[-POOL:]:
            if x.size == objective.size and objective @ x <= least and part.holds(x):
                return Answer("optimal", int(objective @ x), float(objective @ x), x)
        used = result.x > TINY
        for _, x in self._points[-POOL:]:
            used[: x.size] |= x[: used.size] > 0
        upper = np.where(used, part.upper, 0.0)
        answer = self._attempt(part, objective, _SearchLimits(upper=upper, nodes=NODES))
        if answer.value is None:
            return None
        self._remember(answer)
        return answer if answer.value <= least else None

    def maximum(
        self,
        objective: Vector,
        claim_ids: Collection[str] | None = None,
        more: Sequence[ExtraRow] = (),
    ) -> Answer:
        """Return the maximum of an (integer) objective given the claims and the facts."""
        answer = self.minimum(-np.asarray(objective, float), claim_ids, more)
        value = None if answer.value is None else -answer.value
        return replace(answer, value=value, bound=None if answer.bound is None else -answer.bound)

    def solve(self, part: ConstraintSet, objective: Vector) -> Answer:
        """Minimise an integer objective over the integer points of a constraint set."""
        objective = np.asarray(objective, float)
        if (objective != np.rint(objective)).any():
            raise ValueError("the objective must have integer coefficients")
        if not part.upper.size:
            x = np.empty(0)
            return Answer("optimal", 0, 0.0, x) if part.holds(x) else Answer("infeasible")
        answer = self._attempt(part, objective)
        return self._unbounded(part, objective) if answer.status == "unbounded" else answer

    def _attempt(
        self, part: ConstraintSet, objective: Vector, box: _SearchLimits = EVERYWHERE
    ) -> Answer:
        """Solve one integer problem and check the solution exactly."""
        result = self._milp(part, objective, 1, box)
        if result is None:
            return Answer("unfinished")
        if result.status == 2:
            return Answer("infeasible")
        if result.status in (3, 4):
            return Answer("unbounded")
        x = None if result.x is None else np.rint(result.x) + 0.0
        if x is not None and (not part.holds(x) or np.abs(objective) @ x > EXACT):
            x = None
        if box.gap and x is not None:
            return Answer("unfinished", None, None, x)
        if result.status == 0 and x is not None and objective @ x <= result.fun + 0.5:
            value = int(objective @ x)
            return Answer("optimal", value, float(value), x)
        if result.status == 0 and box.presolve:  # a rounding that fails may be presolve's doing
            return self._attempt(part, objective, box._replace(presolve=False))
        if result.status == 1 and box.seconds is None and box.nodes is None:
            self.timed_out = True
        dual = result.mip_dual_bound
        return Answer("unfinished", None, dual if dual is None else float(dual), x)

    def _unbounded(self, part: ConstraintSet, objective: Vector) -> Answer:
        """Decide whether "unbounded or infeasible" means unbounded, with an exact proof."""
        point = self.solve(part, np.zeros(objective.size))
        if point.status != "optimal":
            return replace(point, value=None)
        moves = part.directions().with_row((objective, -np.inf, -1.0))
        ray = self._attempt(moves, np.zeros(objective.size))
        if ray.status == "optimal":
            return Answer("unbounded", x=point.x)
        again = self._attempt(part, objective, _SearchLimits(presolve=False))
        return Answer("unfinished", x=point.x) if again.status == "unbounded" else again

    def suspects(self, order: list[str], bound: ExtraRow | None = None) -> list[str]:
        """Return claims that conflict in the LP relaxation: those whose rows have a dual price.

        The least total change that resolves the relaxation is positive exactly when it conflicts,
        and the prices of its rows then combine them to a contradiction.
        """
        part = self.system.elastic(order)
        if bound is not None:
            part = part.with_row(bound)
        prices = self._prices(part, self.system.whole.upper.size)
        if prices is None:
            return []
        rows = self.system.row_claim[self.system.mask(order)]
        priced = np.unique(rows[np.abs(prices[: rows.size]) > TINY])
        return [self.system.claim_ids[index] for index in priced if index >= 0]

    def _prices(self, part: ConstraintSet, cells: int) -> Vector | None:
        """Return the duals of an elastic set, or None if its relaxation needs no change."""
        left = self._seconds_left()
        if left is None:
            return None
        same = part.low == part.high
        most, least = ~same & np.isfinite(part.high), ~same & np.isfinite(part.low)
        cost = np.zeros(part.upper.size)
        cost[cells:] = 1.0
        result = scipy_with_solvers().optimize.linprog(
            cost,
            A_ub=scipy_with_solvers().sparse.vstack(
                [part.matrix[most], -part.matrix[least]], format="csr"
            ),
            b_ub=np.append(part.high[most], -part.low[least]),
            A_eq=part.matrix[same],
            b_eq=part.low[same],
            bounds=np.column_stack([np.zeros(cost.size), part.upper]),
            method="highs",
            options={} if math.isinf(left) else {"time_limit": left},
        )
        if result.status != 0 or result.fun <= TINY:
            return None
        prices = np.zeros(part.low.size)
        prices[same] = result.eqlin.marginals
        prices[most] = result.ineqlin.marginals[: most.sum()]
        prices[least] += np.abs(result.ineqlin.marginals[most.sum() :])
        return prices

    def _milp(
        self, part: ConstraintSet, objective: Vector, integral: int, box: _SearchLimits
    ) -> Any:
        """Call the solver once with the time that is left; None if none is."""
        left = self._seconds_left()
        if left is None:
            return None
        left = min(left, math.inf if box.seconds is None else box.seconds)
        options: dict[str, Any] = {"mip_rel_gap": box.gap, "presolve": box.presolve}
        if not math.isinf(left):
            options["time_limit"] = left
        if box.nodes is not None:
            options["node_limit"] = box.nodes
        optimize = scipy_with_solvers().optimize
        upper = part.upper if box.upper is None else box.upper
        return optimize.milp(
            objective,
            integrality=integral,
            bounds=optimize.Bounds(0.0, upper),
            constraints=part.constraints,
            options=options,
        )

    def _seconds_left(self) -> float | None:
        """Count a call and return the seconds left for it; None if there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            self.timed_out = True
            return None
        self.calls += 1
        return left

    def _remember(self, answer: Answer) -> None:
        """Keep a point that satisfies the facts, and the claims that it violates."""
        if answer.x is not None:
            broken = self.system.violated(answer.x)
            if "" not in broken and all(broken != known for known, _ in self._points):
                self._points = [*self._points[-KEEP:], (broken, answer.x)]
