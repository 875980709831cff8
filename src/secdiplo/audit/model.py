"""The claims of a ledger as integer systems, one for each interpretation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from secdiplo.audit.counts import DISTINCT, CountSpec, Expression
from secdiplo.audit.filters import Filter
from secdiplo.audit.ledger import Figure, Ledger, Part
from secdiplo.audit.solver import Solver
from secdiplo.audit.space import Days
from secdiplo.audit.system import Constraint, System
from secdiplo.audit.variables import Variables
from secdiplo.errors import UsageError

MAX_COMBINATIONS = 1_000
Reading = Mapping[str, int]
"""The place of the interpretation that is taken, for each claim that has several."""
Implied = Mapping[tuple[str, str], int]
"""Whether a ranked value has a greater count than the claim's, by claim and value."""


class Model:
    """The claims of a ledger over its variables, with further counts to be bounded.

    Parameters
    ----------
    ledger : Ledger
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
        ledger: Ledger,
        asked: Sequence[CountSpec] = (),
        fixed: Sequence[Days] = (),
        time_limit: float | None = None,
        combinations: Sequence[Reading] | None = None,
        cap: int | None = None,
    ) -> None:
        self.ledger, self.time_limit = ledger, time_limit
        self.combinations = all_readings(ledger) if combinations is None else list(combinations)
        specs: dict[Any, CountSpec] = {}
        for combination in self.combinations:
            for figure in ledger.figures:
                for spec in self._of(figure, combination):
                    specs.setdefault(spec_key(spec), spec)
        for spec in asked:
            specs.setdefault(spec_key(spec), spec)
        self._index = {name: place for place, name in enumerate(specs)}
        self.variables = Variables(
            ledger.space, list(specs.values()), fixed, cap or count_limit(ledger)
        )
        self._solvers: dict[tuple[int, ...], Solver] = {}
        self.flags: dict[tuple[str, str], int] = {}  # whether a ranked count is greater

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The identifiers of the claims, in order."""
        return tuple(figure.id for figure in self.ledger.figures)

    def index_of(self, spec: CountSpec) -> int:
        """Return the index of a count."""
        return self._index[spec_key(spec)]

    def expression(self, spec: CountSpec) -> Expression:
        """Return a count as a sum of variables."""
        return self.variables.expressions[self.index_of(spec)]

    def solver(self, combination: Reading) -> Solver:
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

    def counted(self, figure: Figure, combination: Reading) -> CountSpec:
        """Return what a claim counts: for a share, its numerator."""
        own = figure.readings[combination.get(figure.id, 0)]
        if figure.numerator is None:
            return CountSpec(figure.unit, own)
        return self._part(figure.numerator, combination, own)

    def base(self, figure: Figure, combination: Reading) -> CountSpec:
        """Return the base of a share."""
        if figure.base is None:
            raise ValueError(f"{figure.id} is no share")
        return self._part(figure.base, combination, figure.readings[0])

    def _part(self, part: Part, combination: Reading, own: Filter) -> CountSpec:
        if not part.figure:
            return CountSpec(part.unit, part.filter or own)
        other = self.ledger.by_id[part.figure]
        return CountSpec(part.unit, other.readings[combination.get(other.id, 0)])

    def ranked(self, figure: Figure, combination: Reading) -> dict[str, CountSpec]:
        """Return the counts that a rank compares, one for each value of its dimension."""
        spec = self.counted(figure, combination)
        return {
            value: replace(spec, filter=spec.filter.with_(**{figure.over: value}))
            for value in self.ledger.space.known[figure.over]
        }

    def _of(self, figure: Figure, combination: Reading) -> Iterator[CountSpec]:
        yield self.counted(figure, combination)
        if figure.kind == "share":
            yield self.base(figure, combination)
        elif figure.kind == "rank":
            yield from self.ranked(figure, combination).values()

    # --- constraints ------------------------------------------------------------------------

    def system(self, combination: Reading, implied: Implied | None = None) -> System:
        """Return the constraints of the claims under one interpretation, and the facts.

        With what all claims together imply it is only the system of all of them, not of some.
        """
        rows, extra = list(self.variables.facts), 0
        for figure in self.ledger.figures:
            if figure.kind == "share":
                rows += self._share(figure, combination, exact=implied is not None)
            elif figure.kind == "rank":
                found, extra = self._rank(figure, combination, extra, implied or {})
                rows += found
            else:
                count = self.expression(self.counted(figure, combination))
                rows.append(_row(figure.id, [(count, 1)], figure.low, figure.high))
        size = self.variables.size
        upper = np.concatenate([np.full(size, np.inf), np.ones(extra)])
        return System(size + extra, upper, rows)

    def _share(self, figure: Figure, combination: Reading, *, exact: bool) -> Iterator[Constraint]:
        """Bound a share, require a base above zero, and keep the numerator inside the base."""
        part, base = self.counted(figure, combination), self.base(figure, combination)
        counts = self.expression(part), self.expression(base)
        for end, low, high in ((figure.low, 0, np.inf), (figure.high, -np.inf, 0)):
            if end is not None:
                scale = 100 * end.denominator
                terms = [(counts[0], scale), (counts[1], -end.numerator)]
                yield _row(figure.id, terms, low, high, step=scale)
        total = (
            self.ledger.by_id[figure.base.figure] if figure.base and figure.base.figure else None
        )
        if exact and total and total in self.ledger.figures and total.low == total.high:
            first = math.ceil((figure.low or 0) * (total.low or 0) / 100)
            last = math.floor((figure.high or 0) * (total.low or 0) / 100)
            yield _row("", [(counts[0], 1)], first, last)
        yield _row(figure.id, [(counts[1], 1)], 1, np.inf, step=0)
        for beyond in _outside_base(self.variables, self.index_of(part), self.index_of(base)):
            if beyond.columns.size:
                yield _row(figure.id, [(beyond, 1)], -np.inf, 0, step=0)

    def _rank(
        self, figure: Figure, combination: Reading, extra: int, implied: Implied
    ) -> tuple[list[Constraint], int]:
        """Require as many greater counts as the rank says; equal counts share a rank."""
        specs = self.ranked(figure, combination)
        mine = self.expression(self.counted(figure, combination))
        others = {
            value: self.expression(spec)
            for value, spec in specs.items()
            if spec_key(spec) != spec_key(self.counted(figure, combination))
        }
        if figure.high == 1:
            rows = [
                _row(figure.id, [(mine, 1), (other, -1)], 0, np.inf, step=-1)
                for other in others.values()
            ]
            return rows or [_row(figure.id, [(mine, 0)], 0, 0)], extra
        cap, rows, flags = self.variables.cap, [], []
        for value, other in others.items():
            flag = _one(self.variables.size + extra)
            self.flags[figure.id, value] = self.variables.size + extra
            extra += 1
            flags.append((flag, 1))
            known = implied.get((figure.id, value))
            if known is not None:
                sure = [(mine, 1), (other, -1)]
                rows.append(_row("", sure, -np.inf if known else 0, -1 if known else np.inf))
                rows.append(_row("", [(flag, 1)], known, known))
                continue
            above = [(other, 1), (mine, -1), (flag, -cap)]
            rows.append(_row(figure.id, above, -np.inf, 0))
            below = [(mine, 1), (other, -1), (flag, cap)]
            rows.append(_row(figure.id, below, -np.inf, cap - 1, step=-1))
        low = (figure.low or Fraction(1)) - 1
        high = np.inf if figure.high is None else figure.high - 1
        rows.append(_row(figure.id, flags or [(mine, 0)], low, high, step=0))
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


def all_readings(ledger: Ledger) -> list[Reading]:
    """Return every combination of interpretations, the first ones first.

    Raises
    ------
    UsageError
        There are more than `MAX_COMBINATIONS`.
    """
    several = [figure for figure in ledger.figures if len(figure.readings) > 1]
    count = math.prod(len(figure.readings) for figure in several)
    if count > MAX_COMBINATIONS:
        what = f"the figures can be read together in {count:,} ways"
        raise UsageError(f"{what}, more than {MAX_COMBINATIONS:,}; drop readings that you rule out")
    names = [figure.id for figure in several]
    return [
        dict(zip(names, way, strict=True))
        for way in itertools.product(*(range(len(figure.readings)) for figure in several))
    ]


def spec_key(spec: CountSpec) -> Any:
    """Return a key that is equal for equal counts."""
    filter_ = spec.filter
    conditions = sorted(
        (name, condition.negated, *sorted(condition.values))
        for name, condition in filter_.conditions.items()
    )
    return spec.unit, tuple(conditions), filter_.periods, filter_.season


def count_limit(ledger: Ledger) -> int:
    """Return a limit above every count that the claims bound."""
    total, factor = 1_000, 1
    for figure in ledger.figures:
        if figure.kind == "count":
            total += max(2, len(ledger.space.ranks)) * int(figure.high or figure.low or 0)
        elif figure.kind == "share" and figure.low:
            factor = max(factor, int(100 / figure.low) + 1)
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
