"""Consistency of the claims: which can all be true, and the interval of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from secdiplo.audit import conflicts
from secdiplo.audit.model import Implied, Interpretation, Model, count_limit
from secdiplo.audit.solver import Solver, unfinished
from secdiplo.claims.claim_set import ClaimSet
from secdiplo.claims.model import Claim

if TYPE_CHECKING:
    from secdiplo.claims.reproduce import Intervals

WHOLE_NUMBER_TOLERANCE = 1e-4  # how near to a whole number a relaxation must come to count as one


@dataclass(frozen=True)
class ConsistentSet:
    """A largest set of claims that can all be true.

    Attributes
    ----------
    claim_set : ClaimSet
        These claims alone.
    dropped : tuple of str
        The claims left out: the fewest; of equally few, those that come first by id.
    interpretations : tuple of mapping
        Every way to read the claims in which they can all be true.
    possible : dict
        For every way to read all claims, whether they can all be true.
    cap : int
        More than any count of events or interactions can be.
    implied : tuple of mapping
        For each interpretation what it implies of ranks, as `Model.system` takes it.
    calls : int
        How often a solver was called.
    """

    claim_set: ClaimSet
    dropped: tuple[str, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    possible: tuple[tuple[Interpretation, bool], ...] = ()
    cap: int = 0
    implied: tuple[Implied, ...] = ()
    calls: int = 0


def find_consistent(
    claim_set: ClaimSet, time_limit: float | None = None, model: Model | None = None
) -> ConsistentSet:
    """Find a largest set of claims that can all be true.

    Parameters
    ----------
    claim_set : ClaimSet
    time_limit : float, optional
        Seconds for each way to read the claims.
    model : Model, optional
        That of the claim_set, where it is made already.

    Returns
    -------
    ConsistentSet

    Raises
    ------
    UnfinishedError
        The time did not suffice.
    """
    model = model or Model(claim_set, time_limit=time_limit)
    before = model.calls
    possible = []
    for interpretation in model.combinations:
        solver = model.solver(interpretation)
        # Small worlds are found sooner than any; impossible ones mostly are so in fractions.
        small = interaction_count(model, solver)
        verdict = (
            False if solver.relaxation_bound(small) == math.inf else solver.feasible(near=small)
        )
        if verdict is None:
            raise unfinished(time_limit)
        possible.append((interpretation, verdict))
    interpretations = tuple(interpretation for interpretation, verdict in possible if verdict)
    dropped: tuple[str, ...] = ()
    if not interpretations:
        interpretations, dropped = _fewest_dropped(model, time_limit)
        claim_set = without_claims(claim_set, dropped)
    cap = min(_tight_limit(model, interpretations, dropped), count_limit(claim_set))
    tight = [
        Model(claim_set, (), (), time_limit, [interpretation], cap)
        for interpretation in interpretations
    ]
    implied = tuple(_implied(one) for one in tight)
    calls = model.calls - before
    return ConsistentSet(claim_set, dropped, interpretations, tuple(possible), cap, implied, calls)


def _fewest_dropped(
    model: Model, time_limit: float | None
) -> tuple[tuple[Interpretation, ...], tuple[str, ...]]:
    """Return the fewest claims to leave out, over all interpretations."""
    place = {claim_id: i for i, claim_id in enumerate(model.claim_ids)}
    found = []
    for interpretation in model.combinations:
        dropped, proven = conflicts.largest_feasible(model.solver(interpretation), model.claim_ids)
        if not proven:
            raise unfinished(time_limit)
        found.append((interpretation, dropped))
    best = min(
        (dropped for _, dropped in found), key=lambda ids: (len(ids), [place[i] for i in ids])
    )
    kept = [claim_id for claim_id in model.claim_ids if claim_id not in best]
    interpretations = [
        interpretation
        for interpretation in model.combinations
        if model.solver(interpretation).feasible(kept)
    ]
    return tuple(interpretations), best


def without_claims(claim_set: ClaimSet, dropped: tuple[str, ...]) -> ClaimSet:
    """Return a set without some claims; those that others refer to keep their definition."""
    kept = tuple(claim for claim in claim_set.claims if claim.id not in dropped)
    smaller = replace(claim_set, claims=kept)
    smaller.by_id.update(claim_set.by_id)
    return smaller


def _tight_limit(
    model: Model, interpretations: tuple[Interpretation, ...], dropped: tuple[str, ...]
) -> int:
    """Return a limit above every count, from the LP relaxation if that is bounded."""
    kept = [claim_id for claim_id in model.claim_ids if claim_id not in dropped]
    most = 0.0
    for interpretation in interpretations:
        solver = model.solver(interpretation)
        most = max(most, -solver.relaxation_bound(-interaction_count(model, solver), kept))
    if math.isinf(most):
        return model.variables.cap
    # An interaction counts once for each of its agencies.
    return math.floor(most + 1e-6) * len(model.claim_set.domains.ranks) + 1


def interaction_count(model: Model, solver: Solver) -> np.ndarray:
    """Return the number of interactions as an objective."""
    objective = np.zeros(solver.system.whole.upper.size)
    objective[model.variables.interaction_cells] = 1
    return objective


def _implied(model: Model) -> Implied:
    """Fix rank indicators that the LP relaxation already decides."""
    solver = model.solver(model.combinations[0])
    found: dict[tuple[str, str], int] = {}
    for claim in sorted({name[0] for name in model.flags}):
        own = {name: column for name, column in model.flags.items() if name[0] == claim}
        for name, column in own.items():
            objective = np.zeros(solver.system.whole.upper.size)
            objective[column] = -1
            if solver.relaxation_bound(objective) > WHOLE_NUMBER_TOLERANCE - 1:
                found[name] = 0
        left = [name for name in own if name not in found]
        ranked = model.claim_set.by_id[claim]
        if ranked.low == ranked.high and len(left) == (ranked.low or 0) - 1:
            found.update(dict.fromkeys(left, 1))
    return found


def interpretation_labels(claim_set: ClaimSet, interpretation: Mapping[str, int]) -> dict[str, str]:
    """Return the label of each interpretation."""
    return {name: claim_set.by_id[name].labels[place] for name, place in interpretation.items()}


# --- intervals ------------------------------------------------------------------------------


Range = tuple[float | None, float | None]


def intervals(consistent: ConsistentSet) -> Intervals:
    """Return the minimum and maximum of every claim, given all others.

    Parameters
    ----------
    consistent : ConsistentSet

    Returns
    -------
    mapping of str to (float or None, float or None)
        By claim id, in the unit of the claim; None where nothing bounds it. A claim that is
        exact keeps its value. Shares are those of whole numbers.
    """
    model = Model(consistent.claim_set, (), (), None, consistent.interpretations, consistent.cap)
    solvers = [
        (interpretation, Solver(model.system(interpretation, implied)))
        for interpretation, implied in zip(
            consistent.interpretations, consistent.implied, strict=True
        )
    ]
    found: dict[str, Range] = {}
    for claim in consistent.claim_set.claims:
        if claim.kind == "rank" or claim.low == claim.high:
            found[claim.id] = _own(claim)
        else:
            ranges = [
                _range(model, claim, interpretation, solver) for interpretation, solver in solvers
            ]
            found[claim.id] = _hull(ranges)
    return found


def _own(claim: Claim) -> Range:
    low = None if claim.low is None else float(claim.low)
    return low, None if claim.high is None else float(claim.high)


def _hull(ranges: list[Range]) -> Range:
    lows = [low for low, _ in ranges]
    highs = [high for _, high in ranges]
    low = None if None in lows else min(x for x in lows if x is not None)
    return low, None if None in highs else max(x for x in highs if x is not None)


def _range(model: Model, claim: Claim, interpretation: Interpretation, solver: Solver) -> Range:
    count = model.expression(model.counted(claim, interpretation))
    size = solver.system.whole.upper.size
    top = count.dense(size)
    if claim.kind == "count":
        return _extremum(model, solver, top, 1), _extremum(model, solver, top, -1)
    base = model.expression(model.base(claim, interpretation)).dense(size)
    above = [_extremum(model, solver, top, sign) for sign in (1, -1)]
    below = [_extremum(model, solver, base, sign) for sign in (1, -1)]
    if None in above or None in below:
        return None, None
    least, most = (float(x or 0) for x in above)
    fewest, whole = (float(x or 0) for x in below)
    if least == most or fewest == whole:
        return 100 * least / whole, 100 * most / fewest
    return _ratio(solver, top, base, 1), _ratio(solver, top, base, -1)


def _extremum(model: Model, solver: Solver, objective: np.ndarray, sign: int) -> float | None:
    answer = solver.minimum(sign * objective)
    if answer.value is None or abs(answer.value) >= model.variables.cap:
        return None
    return float(sign * answer.value)


def _ratio(solver: Solver, top: np.ndarray, base: np.ndarray, sign: int) -> float | None:
    """Return the minimum (or maximum) share in percent, by improving on a known share."""
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
