"""Exact bounds on counts that no figure states: what the published figures leave open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from secdiplo.audit import ledger as ledgers
from secdiplo.audit.attested import Event, events_of, lower_bounds
from secdiplo.audit.cells import Expression, Form
from secdiplo.audit.conflicts import binding_claims, minimal_conflicts
from secdiplo.audit.grid import cells_of, conditions, form_of
from secdiplo.audit.ledger import Ledger
from secdiplo.audit.problem import Problem
from secdiplo.audit.settle import Settled, settle
from secdiplo.audit.solver import Solver, unfinished
from secdiplo.audit.system import Answer, System
from secdiplo.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built

SHOWN = 8
BATCH = 4  # cells of a grid that one system tells apart
COLUMNS = ("lower", "upper", "lower_claims", "upper_claims")


@dataclass(frozen=True)
class Bound:
    """The least and greatest number that the figures leave open for one count.

    Attributes
    ----------
    cell : dict of str to str
        The values of the dimensions of a grid; empty for a single count.
    lower : int
    upper : int or None
        None where nothing bounds it.
    lower_claims, upper_claims : tuple of str
        A smallest set of figures that gives the bound, no figure of it being idle; blank where
        the definitions alone give it.
    """

    cell: Mapping[str, str]
    lower: int
    upper: int | None
    lower_claims: tuple[str, ...] = ()
    upper_claims: tuple[str, ...] = ()


class AttestedError(UsageError):
    """More is attested than published, so that no bounds hold both."""


class Bounds:
    """Bounds on counts, from the figures of a dataset.

    Parameters
    ----------
    built : Built
    with_attested : bool
        Whether the counts also hold the attested rows in scope.
    time_limit : float, optional
        Seconds for each question.

    Attributes
    ----------
    settled : Settled
        The figures that the bounds rest on.
    """

    def __init__(
        self, built: Built, *, with_attested: bool = False, time_limit: float | None = None
    ) -> None:
        ledger = ledgers.read(built)
        if not ledger.figures:
            raise UsageError(f"{ledgers.NO_FIGURES}: nothing bounds them")
        self.time_limit = time_limit
        self.settled: Settled = settle(ledger, time_limit)
        self.calls = self.settled.calls
        self.events = events_of(built, ledger.space) if with_attested else None

    @property
    def ledger(self) -> Ledger:
        """The figures that the bounds rest on."""
        return self.settled.ledger

    def grid(
        self,
        unit: str,
        where: Mapping[str, str] | None = None,
        by: Sequence[str] = (),
        *,
        claims: bool = True,
    ) -> list[Bound]:
        """Bounds on one count, or on that of every cell of a grid.

        Parameters
        ----------
        unit : str
            One of `UNITS`.
        where : mapping of str to str
            Conditions, as `secdiplo.audit.filters.parse` reads them.
        by : sequence of str
            Dimensions, of `GRIDS`.
        claims : bool
            Whether to find the figures that bind, which takes longer.

        Returns
        -------
        list of Bound

        Raises
        ------
        UsageError
            An unknown unit, dimension or value.
        AttestedError
            More is attested than published.
        UnfinishedError
            The time did not suffice.
        """
        cells = cells_of(self.ledger, where or {}, by)
        forms = [form_of(unit, {**(where or {}), **cell}, self.ledger.space) for cell in cells]
        found: list[Bound] = []
        for start in range(0, len(forms), BATCH):
            batch = forms[start : start + BATCH]
            asking = self.asking([form for form in batch if form is not None])
            for cell, form in zip(cells[start:], batch, strict=False):
                found.append(asking.bound(cell, form, claims=claims))
            self.calls += asking.calls
        return found

    def asking(self, forms: Sequence[Form]) -> Asking:
        """A system in which some counts can be asked for."""
        return Asking(self, forms)


@dataclass(frozen=True)
class Table:
    """Bounds as columns and rows.

    Attributes
    ----------
    columns : tuple of str
        The dimensions of the grid, then `COLUMNS`.
    rows : list of tuple
    about : str
        The unit, the conditions, and what the bounds rest on.
    dropped : tuple of str
        Figures that were given up, since not all can be true.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    about: str
    dropped: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """The rows as a frame."""
        import pandas as pd

        found = pd.DataFrame(self.rows, columns=list(self.columns))
        found[["lower", "upper"]] = found[["lower", "upper"]].astype("Int64")
        return found


def table(
    built: Built,
    unit: str,
    where: Mapping[str, object],
    by: Sequence[str] = (),
    *,
    with_attested: bool = False,
    claims: bool | None = None,
    time_limit: float | None = None,
) -> Table:
    """Bounds on a count, or on every cell of a grid, as a table.

    Parameters
    ----------
    built : Built
    unit, where, by
        As for `Bounds.grid`.
    with_attested : bool
        Whether the counts also hold the attested rows in scope.
    claims : bool, optional
        Whether to name the figures that bind; by default those of a single count.
    time_limit : float, optional
        Seconds for each question.

    Returns
    -------
    Table
    """
    asked = conditions(where)
    bounds = Bounds(built, with_attested=with_attested, time_limit=time_limit)
    named = not by if claims is None else claims
    found = bounds.grid(unit, asked, by, claims=named)
    rows = [
        (
            *bound.cell.values(),
            bound.lower,
            bound.upper,
            *((", ".join(bound.lower_claims), ", ".join(bound.upper_claims)) if named else ()),
        )
        for bound in found
    ]
    count = len(bounds.ledger.figures)
    about = f"Unit: {unit}; what {count} published figures leave open"
    about += " beside the attested rows" if with_attested else ""
    about += f"; {', '.join(f'{k}={v}' for k, v in asked.items())}" if where else ""
    if bounds.settled.dropped:
        about += f"; given up, since not all can be true: {', '.join(bounds.settled.dropped)}"
    columns = (*by, *COLUMNS[: 4 if named else 2])
    return Table(columns, rows, about, bounds.settled.dropped)


class Asking:
    """One system for some counts: a solver for each way to read the figures.

    Parameters
    ----------
    bounds : Bounds
    forms : sequence of Form
        The counts that can be asked for.
    loose : bool
        Whether to know nothing of how large counts can be: for parts of the figures.
    """

    def __init__(self, bounds: Bounds, forms: Sequence[Form], *, loose: bool = False) -> None:
        settled = bounds.settled
        self.bounds, self.forms, self.limit = bounds, forms, bounds.time_limit
        self.owners = [figure.id for figure in settled.ledger.figures]
        self.problem = Problem(
            settled.ledger,
            forms,
            (),
            bounds.time_limit,
            settled.readings,
            None if loose else settled.cap,
        )
        self.solvers: list[Solver] = []
        for place, reading in enumerate(settled.readings):
            implied = None if loose else settled.implied[place]
            system = self.problem.system(reading, implied)
            if bounds.events is not None:
                system = with_events(self.problem, system, bounds.events)
            self.solvers.append(Solver(system, bounds.time_limit))
        if bounds.events is not None and not loose:
            self._be_sure(bounds)

    @cached_property
    def loose(self) -> Asking:
        """The same system for parts of the figures."""
        return Asking(self.bounds, self.forms, loose=True)

    @property
    def calls(self) -> int:
        """How often a solver was called."""
        own = sum(solver.calls for solver in self.solvers)
        return own + (self.loose.calls if "loose" in self.__dict__ else 0)

    def _be_sure(self, bounds: Bounds) -> None:
        """Be sure that the attested rows admit one of the readings.

        Raises
        ------
        AttestedError
            There is none; the message names the figures that more is attested for.
        """
        if not any(solver.feasible(self.owners) for solver in self.solvers):
            raise AttestedError(too_many(self.solvers[0], self.problem, bounds))

    def bound(self, cell: Mapping[str, str], form: Form | None, *, claims: bool = True) -> Bound:
        """The bounds on one count."""
        if form is None:
            return Bound(cell, 0, 0)
        expression = self.problem.expression(form)
        lower, low_at = self._end(expression, 1)
        upper, high_at = self._end(expression, -1)
        if not claims:
            return Bound(cell, lower or 0, upper)
        return Bound(
            cell,
            lower or 0,
            upper,
            self._binding(form, "min", lower, low_at),
            self._binding(form, "max", upper, high_at),
        )

    def _end(self, expression: Expression, sign: int) -> tuple[int | None, int]:
        """The least (or, by sign, greatest) value over all readings, and in which it is had."""
        best: int | None = None
        at = 0
        for place, solver in enumerate(self.solvers):
            solver.restart()
            objective = sign * expression.dense(solver.system.whole.upper.size)
            if sign > 0 and solver.reached(objective, 0):
                return 0, place  # no count is less
            if best is not None and solver.relaxed(objective) > best - 1 + 1e-6:
                continue
            answer = solver.minimum(objective)
            if answer.status == "infeasible":  # a reading that the attested rows rule out
                continue
            if answer.status == "unbounded":
                return None, place
            if answer.value is None:
                raise unfinished(self.limit, _proven(answer.bound, sign))
            if answer.value <= -self.problem.cells.cap:
                return None, place
            if best is None or answer.value < best:
                best, at = answer.value, place
        return (None if best is None else sign * best), at

    def _binding(self, form: Form, sense: str, value: int | None, at: int) -> tuple[str, ...]:
        if value is None or (sense == "min" and value == 0):
            return ()
        solver = self.loose.solvers[at]
        solver.restart()
        expression = self.loose.problem.expression(form)
        objective = expression.dense(solver.system.whole.upper.size)
        return binding_claims(solver, objective, sense, Answer("optimal", value))


def _proven(bound: float | None, sign: int) -> str:
    if bound is None or not np.isfinite(bound):
        return ""
    return f"{'at least' if sign > 0 else 'at most'} {sign * bound:g}"


def with_events(problem: Problem, system: System, events: Sequence[Event]) -> System:
    """A system in which the cells also hold the attested events."""
    size = system.whole.upper.size
    more, total = lower_bounds(problem.cells, events, size)
    return system.extended(more, np.ones(total - size))


def too_many(solver: Solver, problem: Problem, bounds: Bounds) -> str:
    """What to say where more is attested than published: the figures, and both numbers."""
    sets, _ = minimal_conflicts(solver, [f.id for f in bounds.ledger.figures])
    lines = []
    for ids in sets:
        if len(ids) == 1:
            figure = bounds.ledger.by_id[ids[0]]
            reading = problem.combinations[0]
            least = attested_count(problem.counted(figure, reading), bounds)
            what = f"{figure.claim['value']:g} {figure.claim['unit']} published"
            where = problem.counted(figure, reading).filter
            lines.append(f"{figure.id} ({where}): at least {least} attested, {what}")
        else:
            lines.append(f"{' and '.join(ids)}: not both with what is attested")
    if len(lines) > SHOWN:
        lines[SHOWN:] = [f"and {len(lines) - SHOWN} more sets of figures"]
    return "\n  ".join(["more is attested than published, so that no bounds hold both:", *lines])


def attested_count(form: Form, bounds: Bounds) -> int:
    """The least value that the attested rows alone give a count."""
    empty = Ledger(bounds.ledger.space, ())
    problem = Problem(empty, [form])
    system = with_events(problem, problem.system({}), bounds.events or [])
    objective = problem.asked[0].dense(system.whole.upper.size)
    return Solver(system).minimum(objective).value or 0
