"""Claims as integer systems, one for each interpretation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from secdiplo.audit.counts import DISTINCT, CountSpec, Expression
from secdiplo.audit.solver import Solver
from secdiplo.audit.system import Constraint, System
from secdiplo.audit.variables import Variables
from secdiplo.claims.claim_set import ClaimSet
from secdiplo.claims.domains import Days
from secdiplo.claims.filters import Filter
from secdiplo.claims.model import Claim, CountRef
from secdiplo.errors import UsageError

MAX_COMBINATIONS = 1_000
Interpretation = Mapping[str, int]
"""The place of the interpretation that is taken, for each claim that has several."""
Implied = Mapping[tuple[str, str], int]
"""Whether a ranked value has a greater count than the claim's, by claim and value."""


class Model:
    """The claims of a set of claims over its variables, with further counts to be bounded.

    Parameters
    ----------
    claim_set : ClaimSet
    asked : sequence of CountSpec
        Counts whose bounds will be asked for.
    fixed : sequence of (date, date)
        Days of attested events that are known less finely than the claims ask.
    time_limit : float, optional
        Seconds for each solver.
    combinations : sequence of dict, optional
        The ways to read the claims together; all by default.
    cap : int, optional
        More than any count can be.

    Attributes
    ----------
    variables : Variables
    combinations : list of dict
        Every way to read the claims together, the first interpretations first.
    """

    def __init__(
        self,
        claim_set: ClaimSet,
        asked: Sequence[CountSpec] = (),
        fixed: Sequence[Days] = (),
        time_limit: float | None = None,
        combinations: Sequence[Interpretation] | None = None,
        cap: int | None = None,
    ) -> None:
        self.claim_set, self.time_limit = claim_set, time_limit
        self.combinations = (
            all_interpretations(claim_set) if combinations is None else list(combinations)
        )
        specs: dict[Any, CountSpec] = {}
        for combination in self.combinations:
            for claim in claim_set.claims:
                for spec in self._of(claim, combination):
                    specs.setdefault(spec_key(spec), spec)
        for spec in asked:
            specs.setdefault(spec_key(spec), spec)
        self._index = {name: place for place, name in enumerate(specs)}
        self.variables = Variables(
            claim_set.domains, list(specs.values()), fixed, cap or count_limit(claim_set)
        )
        self._solvers: dict[tuple[int, ...], Solver] = {}
        self.flags: dict[tuple[str, str], int] = {}  # whether a ranked count is greater

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The identifiers of the claims, in order."""
        return tuple(claim.id for claim in self.claim_set.claims)

    def index_of(self, spec: CountSpec) -> int:
        """Return the index of a count."""
        return self._index[spec_key(spec)]

    def expression(self, spec: CountSpec) -> Expression:
        """Return a count as a sum of variables."""
        return self.variables.expressions[self.index_of(spec)]

    def solver(self, combination: Interpretation) -> Solver:
        """Return the solver of one combination of interpretations."""
        name = tuple(combination.values())
        if name not in self._solvers:
            self._solvers[name] = Solver(self.system(combination), self.time_limit)
        return self._solvers[name]

    @property
    def calls(self) -> int:
        """The number of solver calls."""
        return sum(solver.calls for solver in self._solvers.values())

    # --- the counts of a claim -------------------------------------------------------------

    def counted(self, claim: Claim, combination: Interpretation) -> CountSpec:
        """Return what a claim counts: for a share, its numerator."""
        own = claim.interpretations[combination.get(claim.id, 0)]
        if claim.numerator is None:
            return CountSpec(claim.unit, own)
        return self._part(claim.numerator, combination, own)

    def base(self, claim: Claim, combination: Interpretation) -> CountSpec:
        """Return the base of a share."""
        if claim.base is None:
            raise ValueError(f"{claim.id} is not a share")
        return self._part(claim.base, combination, claim.interpretations[0])

    def _part(self, part: CountRef, combination: Interpretation, own: Filter) -> CountSpec:
        if not part.claim_id:
            return CountSpec(part.unit, part.filter or own)
        other = self.claim_set.by_id[part.claim_id]
        return CountSpec(part.unit, other.interpretations[combination.get(other.id, 0)])

    def ranked(self, claim: Claim, combination: Interpretation) -> dict[str, CountSpec]:
        """Return the counts that a rank compares, one for each value of its dimension."""
        spec = self.counted(claim, combination)
        return {
            value: replace(spec, filter=spec.filter.with_(**{claim.over: value}))
            for value in self.claim_set.domains.known[claim.over]
        }

    def _of(self, claim: Claim, combination: Interpretation) -> Iterator[CountSpec]:
        yield self.counted(claim, combination)
        if claim.kind == "share":
            yield self.base(claim, combination)
        elif claim.kind == "rank":
            yield from self.ranked(claim, combination).values()

    # --- constraints ------------------------------------------------------------------------

    def system(self, combination: Interpretation, implied: Implied | None = None) -> System:
        """Return the constraints of the claims under one interpretation, and the facts.

        With what all claims together imply it is only the system of all of them, not of some.
        """
        rows, extra = list(self.variables.facts), 0
        for claim in self.claim_set.claims:
            if claim.kind == "share":
                rows += self._share(claim, combination, exact=implied is not None)
            elif claim.kind == "rank":
                found, extra = self._rank(claim, combination, extra, implied or {})
                rows += found
            else:
                count = self.expression(self.counted(claim, combination))
                rows.append(_row(claim.id, [(count, 1)], claim.low, claim.high))
        size = self.variables.size
        upper = np.concatenate([np.full(size, np.inf), np.ones(extra)])
        return System(size + extra, upper, rows)

    def _share(
        self, claim: Claim, combination: Interpretation, *, exact: bool
    ) -> Iterator[Constraint]:
        """Bound a share, require a base above zero, and keep the numerator inside the base."""
        part, base = self.counted(claim, combination), self.base(claim, combination)
        counts = self.expression(part), self.expression(base)
        for end, low, high in ((claim.low, 0, np.inf), (claim.high, -np.inf, 0)):
            if end is not None:
                scale = 100 * end.denominator
                terms = [(counts[0], scale), (counts[1], -end.numerator)]
                yield _row(claim.id, terms, low, high, step=scale)
        total = (
            self.claim_set.by_id[claim.base.claim_id]
            if claim.base and claim.base.claim_id
            else None
        )
        if exact and total and total in self.claim_set.claims and total.low == total.high:
            first = math.ceil((claim.low or 0) * (total.low or 0) / 100)
            last = math.floor((claim.high or 0) * (total.low or 0) / 100)
            yield _row("", [(counts[0], 1)], first, last)
        yield _row(claim.id, [(counts[1], 1)], 1, np.inf, step=0)
        for beyond in _outside_base(self.variables, self.index_of(part), self.index_of(base)):
            if beyond.columns.size:
                yield _row(claim.id, [(beyond, 1)], -np.inf, 0, step=0)

    def _rank(
        self, claim: Claim, combination: Interpretation, extra: int, implied: Implied
    ) -> tuple[list[Constraint], int]:
        """Require as many greater counts as the rank says; equal counts share a rank."""
        specs = self.ranked(claim, combination)
        mine = self.expression(self.counted(claim, combination))
        others = {
            value: self.expression(spec)
            for value, spec in specs.items()
            if spec_key(spec) != spec_key(self.counted(claim, combination))
        }
        if claim.high == 1:
            rows = [
                _row(claim.id, [(mine, 1), (other, -1)], 0, np.inf, step=-1)
                for other in others.values()
            ]
            return rows or [_row(claim.id, [(mine, 0)], 0, 0)], extra
        cap, rows, flags = self.variables.cap, [], []
        for value, other in others.items():
            flag = _one(self.variables.size + extra)
            self.flags[claim.id, value] = self.variables.size + extra
            extra += 1
            flags.append((flag, 1))
            known = implied.get((claim.id, value))
            if known is not None:
                sure = [(mine, 1), (other, -1)]
                rows.append(_row("", sure, -np.inf if known else 0, -1 if known else np.inf))
                rows.append(_row("", [(flag, 1)], known, known))
                continue
            above = [(other, 1), (mine, -1), (flag, -cap)]
            rows.append(_row(claim.id, above, -np.inf, 0))
            below = [(mine, 1), (other, -1), (flag, cap)]
            rows.append(_row(claim.id, below, -np.inf, cap - 1, step=-1))
        low = (claim.low or Fraction(1)) - 1
        high = np.inf if claim.high is None else claim.high - 1
        rows.append(_row(claim.id, flags or [(mine, 0)], low, high, step=0))
        return rows, extra


def _outside_base(variables: Variables, part: int, base: int) -> list[Expression]:
    """Return expressions that are zero iff `part` counts nothing outside `base`.

    Of multilateral events and of different counterparts that is all that the variables tell.
    """
    if variables.specs[part].unit in DISTINCT:
        over = [
            c
            for (i, k), c in variables.distinct_cells.items()
            if i == part and not variables.counterpart_mask[base, k]
        ]
        return [Expression(np.array(over, dtype=np.int64), np.ones(len(over)))]
    over = _counting(variables, part) & ~_counting(variables, base)
    groups = [list(of_cell) for of_cell in variables.meetings.groups]
    whole = [bool(over[cell, own].all()) for cell, own in enumerate(groups)]
    nothing, found = np.flatnonzero(whole).tolist(), []
    for pool in variables.pools:
        some = [c for c in pool.cells if over[c, groups[c]].any() and not whole[c]]
        if some:  # groups that the other count leaves out are met in other variables alone
            outside = over[some[0]]
            flows = [flow for members, flow in pool.parts if outside[members[0]]]
            rest = [c for c in pool.cells if c not in some]
            values = np.array([1] * len(flows) + [-1] * len(rest), dtype=float)
            found.append(Expression(np.array([*flows, *rest], dtype=np.int64), values))
    for number, event_group in enumerate(variables.event_groups):
        if not variables.event_group_counts[part, number]:
            continue
        own = variables.of_event_group(part, event_group)
        other = (
            variables.of_event_group(base, event_group)
            if variables.event_group_counts[base, number]
            else []
        )
        if variables.specs[part].unit == variables.specs[base].unit == "event" and own and other:
            if own != other:
                found.append(Expression(np.array(own + other), np.array([1.0, -1.0])))
        elif not other or variables.specs[part].unit != "event":
            kept = event_group.cells if variables.specs[base].unit == "event" and other else other
            nothing += [cell for cell in own if cell not in kept]
    return [Expression(np.array(nothing, dtype=np.int64), np.ones(len(nothing))), *found]


def _counting(variables: Variables, i: int) -> np.ndarray:
    """Check which meetings a count includes, by variable and counterpart group."""
    if i in variables.domain_specs:
        return np.outer(variables.in_domain, variables.counterpart_mask[i])
    return np.outer(
        variables.meeting_counts[i] > 0,
        np.ones(len(variables.partition.counterpart_groups), dtype=bool),
    )


def all_interpretations(claim_set: ClaimSet) -> list[Interpretation]:
    """Return every combination of interpretations, the first ones first.

    Raises
    ------
    UsageError
        There are more than `MAX_COMBINATIONS`.
    """
    several = [claim for claim in claim_set.claims if len(claim.interpretations) > 1]
    count = math.prod(len(claim.interpretations) for claim in several)
    if count > MAX_COMBINATIONS:
        what = f"the claims can be read together in {count:,} ways"
        raise UsageError(
            f"{what}, more than {MAX_COMBINATIONS:,}; drop interpretations that you rule out"
        )
    names = [claim.id for claim in several]
    return [
        dict(zip(names, way, strict=True))
        for way in itertools.product(*(range(len(claim.interpretations)) for claim in several))
    ]


def spec_key(spec: CountSpec) -> Any:
    """Return a key that is equal for equal counts."""
    filter_ = spec.filter
    conditions = sorted(
        (name, condition.negated, *sorted(condition.values))
        for name, condition in filter_.conditions.items()
    )
    return spec.unit, tuple(conditions), filter_.periods, filter_.forum_window


def count_limit(claim_set: ClaimSet) -> int:
    """Return a limit above every count that the claims bound."""
    total, factor = 1_000, 1
    for claim in claim_set.claims:
        if claim.kind == "count":
            total += max(2, len(claim_set.domains.ranks)) * int(claim.high or claim.low or 0)
        elif claim.kind == "share" and claim.low:
            factor = max(factor, int(100 / claim.low) + 1)
    return total * factor


def _one(column: int) -> Expression:
    return Expression(np.array([column]), np.ones(1))


def _row(
    claim_id: str,
    terms: Sequence[tuple[Expression, float]],
    low: Fraction | float | None,
    high: Fraction | float | None,
    step: float = 1,
) -> Constraint:
    columns = np.concatenate([expression.columns for expression, _ in terms])
    values = np.concatenate([expression.values * times for expression, times in terms])
    found, where = np.unique(columns, return_inverse=True)
    sums = np.bincount(where, weights=values, minlength=len(found))
    return Constraint(
        claim_id,
        found,
        sums,
        -np.inf if low is None else float(low),
        np.inf if high is None else float(high),
        step,
    )
