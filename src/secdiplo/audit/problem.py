"""The figures of a ledger as integer systems, one for each way to read them together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from secdiplo.audit.cells import Cells, Expression, Form
from secdiplo.audit.counts import DISTINCT
from secdiplo.audit.filters import Filter
from secdiplo.audit.ledger import Figure, Ledger, Part
from secdiplo.audit.solver import Solver
from secdiplo.audit.space import Days
from secdiplo.audit.system import Row, System
from secdiplo.errors import UsageError

MOST_COMBINATIONS = 1_000
Reading = Mapping[str, int]
"""The place of the reading that is taken, for each figure that has several."""
Implied = Mapping[tuple[str, str], int]
"""Whether a ranked value has a greater count than the figure's, by figure and value."""


class Problem:
    """A ledger over its cells, with further counts that will be asked for.

    Parameters
    ----------
    ledger : Ledger
    asked : sequence of Form
        Counts whose bounds will be asked for.
    fixed : sequence of (date, date)
        Days of attested events that are known less finely than the figures ask.
    time_limit : float, optional
        Seconds for each solver.
    combinations : sequence of dict, optional
        The ways to read the figures together; all by default.
    cap : int, optional
        More than any count can be.

    Attributes
    ----------
    cells : Cells
    combinations : list of dict
        Every way to read the figures together, the first readings first.
    asked : list of Expression
        The counts asked for, as sums over cells.
    """

    def __init__(
        self,
        ledger: Ledger,
        asked: Sequence[Form] = (),
        fixed: Sequence[Days] = (),
        time_limit: float | None = None,
        combinations: Sequence[Reading] | None = None,
        cap: int | None = None,
    ) -> None:
        self.ledger, self.time_limit = ledger, time_limit
        self.combinations = ways(ledger) if combinations is None else list(combinations)
        forms: dict[Any, Form] = {}
        for combination in self.combinations:
            for figure in ledger.figures:
                for form in self._of(figure, combination):
                    forms.setdefault(key(form), form)
        for form in asked:
            forms.setdefault(key(form), form)
        self._place = {name: place for place, name in enumerate(forms)}
        self.cells = Cells(ledger.space, list(forms.values()), fixed, cap or cap_of(ledger))
        self.asked = [self.expression(form) for form in asked]
        self._solvers: dict[tuple[int, ...], Solver] = {}
        self.flags: dict[tuple[str, str], int] = {}  # whether a ranked count is greater

    @property
    def owners(self) -> tuple[str, ...]:
        """The identifiers of the figures, in order."""
        return tuple(figure.id for figure in self.ledger.figures)

    def place(self, form: Form) -> int:
        """Where a form stands among the forms of the cells."""
        return self._place[key(form)]

    def expression(self, form: Form) -> Expression:
        """A count as a sum over cells."""
        return self.cells.expressions[self.place(form)]

    def solver(self, combination: Reading) -> Solver:
        """The solver of one way to read the figures."""
        name = tuple(combination.values())
        if name not in self._solvers:
            self._solvers[name] = Solver(self.system(combination), self.time_limit)
        return self._solvers[name]

    @property
    def calls(self) -> int:
        """How often a solver was called."""
        return sum(solver.calls for solver in self._solvers.values())

    # --- the counts of a figure -------------------------------------------------------------

    def counted(self, figure: Figure, combination: Reading) -> Form:
        """What a figure counts: of a share, its numerator."""
        own = figure.readings[combination.get(figure.id, 0)]
        if figure.numerator is None:
            return Form(figure.unit, own)
        return self._part(figure.numerator, combination, own)

    def base(self, figure: Figure, combination: Reading) -> Form:
        """What a share is taken over."""
        if figure.base is None:
            raise ValueError(f"{figure.id} is no share")
        return self._part(figure.base, combination, figure.readings[0])

    def _part(self, part: Part, combination: Reading, own: Filter) -> Form:
        if not part.figure:
            return Form(part.unit, part.filter or own)
        other = self.ledger.by_id[part.figure]
        return Form(part.unit, other.readings[combination.get(other.id, 0)])

    def ranked(self, figure: Figure, combination: Reading) -> dict[str, Form]:
        """What a rank compares: the count of each value of its dimension."""
        form = self.counted(figure, combination)
        return {
            value: replace(form, filter=form.filter.with_(**{figure.over: value}))
            for value in self.ledger.space.known[figure.over]
        }

    def _of(self, figure: Figure, combination: Reading) -> Iterator[Form]:
        yield self.counted(figure, combination)
        if figure.kind == "share":
            yield self.base(figure, combination)
        elif figure.kind == "rank":
            yield from self.ranked(figure, combination).values()

    # --- constraints ------------------------------------------------------------------------

    def system(self, combination: Reading, implied: Implied | None = None) -> System:
        """The constraints of the figures, read in one way, and the facts.

        With what all figures together imply it is only the system of all of them, not of some.
        """
        rows, extra = list(self.cells.facts), 0
        for figure in self.ledger.figures:
            if figure.kind == "share":
                rows += self._share(figure, combination, exact=implied is not None)
            elif figure.kind == "rank":
                found, extra = self._rank(figure, combination, extra, implied or {})
                rows += found
            else:
                count = self.expression(self.counted(figure, combination))
                rows.append(_row(figure.id, [(count, 1)], figure.low, figure.high))
        size = self.cells.size
        upper = np.concatenate([np.full(size, np.inf), np.ones(extra)])
        return System(size + extra, upper, rows)

    def _share(self, figure: Figure, combination: Reading, *, exact: bool) -> Iterator[Row]:
        """A share lies within its interval, its base is not nothing, and holds what it is of."""
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
        for beyond in _beyond(self.cells, self.place(part), self.place(base)):
            if beyond.columns.size:
                yield _row(figure.id, [(beyond, 1)], -np.inf, 0, step=0)

    def _rank(
        self, figure: Figure, combination: Reading, extra: int, implied: Implied
    ) -> tuple[list[Row], int]:
        """As many values have a greater count as the rank says; equal counts share a rank."""
        forms = self.ranked(figure, combination)
        mine = self.expression(self.counted(figure, combination))
        others = {
            value: self.expression(form)
            for value, form in forms.items()
            if key(form) != key(self.counted(figure, combination))
        }
        if figure.high == 1:
            rows = [
                _row(figure.id, [(mine, 1), (other, -1)], 0, np.inf, step=-1)
                for other in others.values()
            ]
            return rows or [_row(figure.id, [(mine, 0)], 0, 0)], extra
        cap, rows, flags = self.cells.cap, [], []
        for value, other in others.items():
            flag = _one(self.cells.size + extra)
            self.flags[figure.id, value] = self.cells.size + extra
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


def _beyond(cells: Cells, part: int, base: int) -> list[Expression]:
    """What one form counts and another does not: sums that are not above 0 if it is nothing.

    Of multilateral events and of different counterparts that is all that the cells tell.
    """
    if cells.forms[part].unit in DISTINCT:
        over = [c for (i, k), c in cells.found.items() if i == part and not cells.whom[base, k]]
        return [Expression(np.array(over, dtype=np.int64), np.ones(len(over)))]
    over = _counting(cells, part) & ~_counting(cells, base)
    classes = [list(of_cell) for of_cell in cells.meetings.classes]
    whole = [bool(over[cell, own].all()) for cell, own in enumerate(classes)]
    nothing, found = np.flatnonzero(whole).tolist(), []
    for kind in cells.kinds:
        some = [c for c in kind.cells if over[c, classes[c]].any() and not whole[c]]
        if some:  # classes that the other form leaves out are met in other cells alone
            outside = over[some[0]]
            flows = [flow for members, flow in kind.parts if outside[members[0]]]
            rest = [c for c in kind.cells if c not in some]
            values = np.array([1] * len(flows) + [-1] * len(rest), dtype=float)
            found.append(Expression(np.array([*flows, *rest], dtype=np.int64), values))
    for number, bundle in enumerate(cells.bundles):
        if not cells.on_many[part, number]:
            continue
        own = cells.of_bundle(part, bundle)
        other = cells.of_bundle(base, bundle) if cells.on_many[base, number] else []
        if cells.forms[part].unit == cells.forms[base].unit == "event" and own and other:
            if own != other:
                found.append(Expression(np.array(own + other), np.array([1.0, -1.0])))
        elif not other or cells.forms[part].unit != "event":
            kept = bundle.cells if cells.forms[base].unit == "event" and other else other
            nothing += [cell for cell in own if cell not in kept]
    return [Expression(np.array(nothing, dtype=np.int64), np.ones(len(nothing))), *found]


def _counting(cells: Cells, i: int) -> np.ndarray:
    """Whether a form counts the meetings of a cell with a class."""
    if i in cells.whole:
        return np.outer(cells.within, cells.whom[i])
    return np.outer(cells.on_one[i] > 0, np.ones(len(cells.atoms.classes), dtype=bool))


def ways(ledger: Ledger) -> list[Reading]:
    """Every way to read the figures together, the first readings first.

    Raises
    ------
    UsageError
        There are more than `MOST_COMBINATIONS`.
    """
    several = [figure for figure in ledger.figures if len(figure.readings) > 1]
    count = math.prod(len(figure.readings) for figure in several)
    if count > MOST_COMBINATIONS:
        what = f"the figures can be read together in {count:,} ways"
        raise UsageError(
            f"{what}, more than {MOST_COMBINATIONS:,}; drop readings that you rule out"
        )
    names = [figure.id for figure in several]
    return [
        dict(zip(names, way, strict=True))
        for way in itertools.product(*(range(len(figure.readings)) for figure in several))
    ]


def key(form: Form) -> Any:
    """What makes two counts the same."""
    filter_ = form.filter
    conditions = sorted(
        (name, condition.negated, *sorted(condition.values))
        for name, condition in filter_.conditions.items()
    )
    return form.unit, tuple(conditions), filter_.periods, filter_.season


def cap_of(ledger: Ledger) -> int:
    """More than any count can be that the figures bound at all."""
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
    owner: str,
    terms: Sequence[tuple[Expression, float]],
    low: Fraction | float | None,
    high: Fraction | float | None,
    step: float = 1,
) -> Row:
    columns = np.concatenate([expression.columns for expression, _ in terms])
    values = np.concatenate([expression.values * times for expression, times in terms])
    found, where = np.unique(columns, return_inverse=True)
    sums = np.bincount(where, weights=values, minlength=len(found))
    return Row(
        owner,
        found,
        sums,
        -np.inf if low is None else float(low),
        np.inf if high is None else float(high),
        step,
    )
