"""Which figures can all be true, and in which readings: what bounds and completions rest on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from secdiplo.audit import conflicts
from secdiplo.audit.ledger import Ledger
from secdiplo.audit.problem import Implied, Problem, Reading, cap_of
from secdiplo.audit.solver import Solver, unfinished

GRACE = 1e-4  # how near to a whole number a relaxation must come to count as one


@dataclass(frozen=True)
class Settled:
    """A largest set of figures that can all be true.

    Attributes
    ----------
    ledger : Ledger
        These figures alone.
    dropped : tuple of str
        The figures left out: the fewest; of equally few, those that come first by id.
    readings : tuple of mapping
        Every way to read the figures in which they can all be true.
    possible : dict
        For every way to read all figures, whether they can all be true.
    cap : int
        More than any count of events or interactions can be.
    implied : tuple of mapping
        For each reading what it implies of ranks, as `Problem.system` takes it.
    calls : int
        How often a solver was called.
    """

    ledger: Ledger
    dropped: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    possible: tuple[tuple[Reading, bool], ...] = ()
    cap: int = 0
    implied: tuple[Implied, ...] = ()
    calls: int = 0


def settle(
    ledger: Ledger, time_limit: float | None = None, problem: Problem | None = None
) -> Settled:
    """Find a largest set of figures that can all be true.

    Parameters
    ----------
    ledger : Ledger
    time_limit : float, optional
        Seconds for each way to read the figures.
    problem : Problem, optional
        That of the ledger, where it is made already.

    Returns
    -------
    Settled

    Raises
    ------
    UnfinishedError
        The time did not suffice.
    """
    problem = problem or Problem(ledger, time_limit=time_limit)
    before = problem.calls
    possible = []
    for reading in problem.combinations:
        solver = problem.solver(reading)
        # Small worlds are found sooner than any; impossible ones mostly are so in fractions.
        small = fewest(problem, solver)
        verdict = False if solver.relaxed(small) == math.inf else solver.feasible(near=small)
        if verdict is None:
            raise unfinished(time_limit)
        possible.append((reading, verdict))
    readings = tuple(reading for reading, verdict in possible if verdict)
    dropped: tuple[str, ...] = ()
    if not readings:
        readings, dropped = _largest(problem, time_limit)
        ledger = without(ledger, dropped)
    cap = min(_most(problem, readings, dropped), cap_of(ledger))
    tight = [Problem(ledger, (), (), time_limit, [reading], cap) for reading in readings]
    implied = tuple(_implied(one) for one in tight)
    calls = problem.calls - before
    return Settled(ledger, dropped, readings, tuple(possible), cap, implied, calls)


def _largest(
    problem: Problem, time_limit: float | None
) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """The fewest figures to leave out, over every way to read them."""
    place = {owner: i for i, owner in enumerate(problem.owners)}
    found = []
    for reading in problem.combinations:
        dropped, proven = conflicts.largest_feasible(problem.solver(reading), problem.owners)
        if not proven:
            raise unfinished(time_limit)
        found.append((reading, dropped))
    best = min(
        (dropped for _, dropped in found), key=lambda ids: (len(ids), [place[i] for i in ids])
    )
    kept = [owner for owner in problem.owners if owner not in best]
    readings = [
        reading for reading in problem.combinations if problem.solver(reading).feasible(kept)
    ]
    return tuple(readings), best


def without(ledger: Ledger, dropped: tuple[str, ...]) -> Ledger:
    """A ledger without some figures; what other figures refer to keeps its definition."""
    kept = tuple(figure for figure in ledger.figures if figure.id not in dropped)
    smaller = replace(ledger, figures=kept)
    smaller.by_id.update(ledger.by_id)
    return smaller


def _most(problem: Problem, readings: tuple[Reading, ...], dropped: tuple[str, ...]) -> int:
    """More than any count can be, from the relaxation of the figures; else what was assumed."""
    kept = [owner for owner in problem.owners if owner not in dropped]
    most = 0.0
    for reading in readings:
        solver = problem.solver(reading)
        most = max(most, -solver.relaxed(-fewest(problem, solver), kept))
    if math.isinf(most):
        return problem.cells.cap
    # An interaction counts once for each of its agencies.
    return math.floor(most + 1e-6) * len(problem.ledger.space.ranks) + 1


def fewest(problem: Problem, solver: Solver) -> np.ndarray:
    """The number of interactions, as an objective."""
    objective = np.zeros(solver.system.whole.upper.size)
    objective[problem.cells.counted] = 1
    return objective


def _implied(problem: Problem) -> Implied:
    """Which counts cannot be greater than a ranked one, and so which ones are."""
    solver = problem.solver(problem.combinations[0])
    found: dict[tuple[str, str], int] = {}
    for figure in sorted({name[0] for name in problem.flags}):
        own = {name: column for name, column in problem.flags.items() if name[0] == figure}
        for name, column in own.items():
            objective = np.zeros(solver.system.whole.upper.size)
            objective[column] = -1
            if solver.relaxed(objective) > GRACE - 1:
                found[name] = 0
        left = [name for name in own if name not in found]
        ranked = problem.ledger.by_id[figure]
        if ranked.low == ranked.high and len(left) == (ranked.low or 0) - 1:
            found.update(dict.fromkeys(left, 1))
    return found


def labels(ledger: Ledger, reading: Mapping[str, int]) -> dict[str, str]:
    """The words of each reading that is taken."""
    return {name: ledger.by_id[name].labels[place] for name, place in reading.items()}
