"""The least and greatest value of every figure that can be true with all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from secdiplo.audit.ledger import Figure
from secdiplo.audit.problem import Problem, Reading
from secdiplo.audit.settle import Settled
from secdiplo.audit.solver import Solver

if TYPE_CHECKING:
    from secdiplo.claims import Intervals

Range = tuple[float | None, float | None]


def intervals(settled: Settled) -> Intervals:
    """The least and greatest value of every figure that can be true with all others.

    Parameters
    ----------
    settled : Settled

    Returns
    -------
    mapping of str to (float or None, float or None)
        By claim id, in the unit of the claim; None where nothing bounds it. A figure that is
        exact keeps its value. Shares are those of whole numbers.
    """
    problem = Problem(settled.ledger, (), (), None, settled.readings, settled.cap)
    solvers = [
        (reading, Solver(problem.system(reading, implied)))
        for reading, implied in zip(settled.readings, settled.implied, strict=True)
    ]
    found: dict[str, Range] = {}
    for figure in settled.ledger.figures:
        if figure.kind == "rank" or figure.low == figure.high:
            found[figure.id] = _own(figure)
        else:
            ranges = [_range(problem, figure, reading, solver) for reading, solver in solvers]
            found[figure.id] = _hull(ranges)
    return found


def _own(figure: Figure) -> Range:
    low = None if figure.low is None else float(figure.low)
    return low, None if figure.high is None else float(figure.high)


def _hull(ranges: list[Range]) -> Range:
    lows = [low for low, _ in ranges]
    highs = [high for _, high in ranges]
    low = None if None in lows else min(x for x in lows if x is not None)
    return low, None if None in highs else max(x for x in highs if x is not None)


def _range(problem: Problem, figure: Figure, reading: Reading, solver: Solver) -> Range:
    count = problem.expression(problem.counted(figure, reading))
    size = solver.system.whole.upper.size
    top = count.dense(size)
    if figure.kind == "count":
        return _end(problem, solver, top, 1), _end(problem, solver, top, -1)
    base = problem.expression(problem.base(figure, reading)).dense(size)
    above = [_end(problem, solver, top, sign) for sign in (1, -1)]
    below = [_end(problem, solver, base, sign) for sign in (1, -1)]
    if None in above or None in below:
        return None, None
    least, most = (float(x or 0) for x in above)
    fewest, whole = (float(x or 0) for x in below)
    if least == most or fewest == whole:
        return 100 * least / whole, 100 * most / fewest
    return _ratio(solver, top, base, 1), _ratio(solver, top, base, -1)


def _end(problem: Problem, solver: Solver, objective: np.ndarray, sign: int) -> float | None:
    answer = solver.minimum(sign * objective)
    if answer.value is None or abs(answer.value) >= problem.cells.cap:
        return None
    return float(sign * answer.value)


def _ratio(solver: Solver, top: np.ndarray, base: np.ndarray, sign: int) -> float | None:
    """The least (or greatest) share in percent: of a known share, ask for a better one."""
    point = solver.minimum(np.zeros(top.size)).x
    while point is not None:
        above, below = int(top @ point), int(base @ point)
        # A better share has sign * (top * below - above * base) < 0: all are whole numbers.
        better = solver.minimum(sign * (top * below - above * base))
        if better.value is None:
            return None
        if better.value >= 0:
            return 100 * above / below
        point = better.x
    return None
