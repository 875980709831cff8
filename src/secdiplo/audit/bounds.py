"""Exact bounds on unpublished counts: what the published values allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from secdiplo.audit.attested import AttestedEvent, events_of, lower_bounds
from secdiplo.audit.conflicts import binding_claims, minimal_conflicts
from secdiplo.audit.consistency import ConsistentSet, find_consistent
from secdiplo.audit.counts import CountSpec, Expression
from secdiplo.audit.grid import conditions, count_spec, grid_cells
from secdiplo.audit.model import Model
from secdiplo.audit.solver import Solver, unfinished
from secdiplo.audit.system import Answer, System
from secdiplo.claims.claim_set import NO_CLAIMS, ClaimSet, read_claims
from secdiplo.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built

SHOWN = 8
CELLS_PER_SYSTEM = 4  # cells of a grid that one system tells apart
BOUND_COLUMNS = ("lower", "upper", "lower_claims", "upper_claims")


@dataclass(frozen=True)
class CountBounds:
    """The minimum and maximum of one count.

    Attributes
    ----------
    cell : dict of str to str
        The values of the dimensions of a grid; empty for a single count.
    lower : int
    upper : int or None
        None where nothing bounds it.
    lower_claims, upper_claims : tuple of str
        A smallest set of claims that gives the bound, no claim of it being idle; blank where
        the definitions alone give it.
    """

    cell: Mapping[str, str]
    lower: int
    upper: int | None
    lower_claims: tuple[str, ...] = ()
    upper_claims: tuple[str, ...] = ()


class AttestedError(UsageError):
    """More rows are attested than published, so no bounds exist."""


class Bounds:
    """Bounds on counts, from the claims of a dataset.

    Parameters
    ----------
    built : Built
    with_attested : bool
        Whether the counts also hold the attested rows in scope.
    time_limit : float, optional
        Seconds for each question.

    Attributes
    ----------
    consistent : ConsistentSet
        The claims that the bounds rest on.
    """

    def __init__(
        self, built: Built, *, with_attested: bool = False, time_limit: float | None = None
    ) -> None:
        claim_set = read_claims(built)
        if not claim_set.claims:
            raise UsageError(f"{NO_CLAIMS}: nothing bounds them")
        self.time_limit = time_limit
        self.consistent: ConsistentSet = find_consistent(claim_set, time_limit)
        self.calls = self.consistent.calls
        self.events = events_of(built, claim_set.domains) if with_attested else None

    @property
    def claim_set(self) -> ClaimSet:
        """The claims that the bounds rest on."""
        return self.consistent.claim_set

    def grid(
        self,
        unit: str,
        where: Mapping[str, str] | None = None,
        by: Sequence[str] = (),
        *,
        claims: bool = True,
    ) -> list[CountBounds]:
        """Return bounds on one count, or on every cell of a grid.

        Parameters
        ----------
        unit : str
            One of `UNITS`.
        where : mapping of str to str
            Conditions, as `secdiplo.claims.filters.parse` reads them.
        by : sequence of str
            Dimensions, of `GRIDS`.
        claims : bool
            Whether to find the claims that bind, which takes longer.

        Returns
        -------
        list of CountBounds

        Raises
        ------
        UsageError
            An unknown unit, dimension or value.
        AttestedError
            More is attested than published.
        UnfinishedError
            The time did not suffice.
        """
        cells = grid_cells(self.claim_set, where or {}, by)
        specs = [
            count_spec(unit, {**(where or {}), **cell}, self.claim_set.domains) for cell in cells
        ]
        found: list[CountBounds] = []
        for start in range(0, len(specs), CELLS_PER_SYSTEM):
            batch = specs[start : start + CELLS_PER_SYSTEM]
            model = BoundsModel(self, [spec for spec in batch if spec is not None])
            for cell, spec in zip(cells[start:], batch, strict=False):
                found.append(model.bound(cell, spec, claims=claims))
            self.calls += model.calls
        return found


@dataclass(frozen=True)
class BoundsTable:
    """Bounds as columns and rows.

    Attributes
    ----------
    columns : tuple of str
        The dimensions of the grid, then `BOUND_COLUMNS`.
    rows : list of tuple
    about : str
        The unit, the conditions, and what the bounds rest on.
    dropped : tuple of str
        Claims that were given up, since not all can be true.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    about: str
    dropped: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return the rows as a data frame."""
        import pandas as pd

        found = pd.DataFrame(self.rows, columns=list(self.columns))
        found[["lower", "upper"]] = found[["lower", "upper"]].astype("Int64")
        return found


def bounds_table(
    built: Built,
    unit: str,
    where: Mapping[str, object],
    by: Sequence[str] = (),
    *,
    with_attested: bool = False,
    claims: bool | None = None,
    time_limit: float | None = None,
) -> BoundsTable:
    """Return bounds on one count, or on every cell of a grid, as a table.

    Parameters
    ----------
    built : Built
    unit, where, by
        As for `Bounds.grid`.
    with_attested : bool
        Whether the counts also hold the attested rows in scope.
    claims : bool, optional
        Whether to name the claims that bind; by default those of a single count.
    time_limit : float, optional
        Seconds for each question.

    Returns
    -------
    BoundsTable
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
    count = len(bounds.claim_set.claims)
    about = f"Unit: {unit}; what {count} published values allow"
    about += " beside the attested rows" if with_attested else ""
    about += f"; {', '.join(f'{k}={v}' for k, v in asked.items())}" if where else ""
    if bounds.consistent.dropped:
        about += f"; given up, since not all can be true: {', '.join(bounds.consistent.dropped)}"
    columns = (*by, *BOUND_COLUMNS[: 4 if named else 2])
    return BoundsTable(columns, rows, about, bounds.consistent.dropped)


class BoundsModel:
    """A model for some counts, with a solver for each interpretation of the claims.

    Parameters
    ----------
    bounds : Bounds
    specs : sequence of CountSpec
        The counts that can be asked for.
    loose : bool
        Whether to know nothing of how large counts can be: for parts of the claims.
    """

    def __init__(self, bounds: Bounds, specs: Sequence[CountSpec], *, loose: bool = False) -> None:
        consistent = bounds.consistent
        self.bounds, self.specs, self.limit = bounds, specs, bounds.time_limit
        self.claim_ids = [claim.id for claim in consistent.claim_set.claims]
        self.model = Model(
            consistent.claim_set,
            specs,
            (),
            bounds.time_limit,
            consistent.interpretations,
            None if loose else consistent.cap,
        )
        self.solvers: list[Solver] = []
        for place, interpretation in enumerate(consistent.interpretations):
            implied = None if loose else consistent.implied[place]
            system = self.model.system(interpretation, implied)
            if bounds.events is not None:
                system = with_events(self.model, system, bounds.events)
            self.solvers.append(Solver(system, bounds.time_limit))
        if bounds.events is not None and not loose:
            self._check_attested(bounds)

    @cached_property
    def loose(self) -> BoundsModel:
        """The same model without the limits that hold for all claims only, for subsets of them."""
        return BoundsModel(self.bounds, self.specs, loose=True)

    @property
    def calls(self) -> int:
        """The number of solver calls."""
        own = sum(solver.calls for solver in self.solvers)
        return own + (self.loose.calls if "loose" in self.__dict__ else 0)

    def _check_attested(self, bounds: Bounds) -> None:
        """Check that the attested rows are possible under at least one interpretation.

        Raises
        ------
        AttestedError
            There is none; the message names the claims that more is attested for.
        """
        if not any(solver.feasible(self.claim_ids) for solver in self.solvers):
            raise AttestedError(exceeded_message(self.solvers[0], self.model, bounds))

    def bound(
        self, cell: Mapping[str, str], spec: CountSpec | None, *, claims: bool = True
    ) -> CountBounds:
        """Return the bounds on one count."""
        if spec is None:
            return CountBounds(cell, 0, 0)
        expression = self.model.expression(spec)
        lower, low_at = self._extremum(expression, 1)
        upper, high_at = self._extremum(expression, -1)
        if not claims:
            return CountBounds(cell, lower or 0, upper)
        return CountBounds(
            cell,
            lower or 0,
            upper,
            self._binding(spec, "min", lower, low_at),
            self._binding(spec, "max", upper, high_at),
        )

    def _extremum(self, expression: Expression, sign: int) -> tuple[int | None, int]:
        """Return the minimum (or maximum) and the interpretation that attains it."""
        best: int | None = None
        at = 0
        for place, solver in enumerate(self.solvers):
            solver.restart()
            objective = sign * expression.dense(solver.system.whole.upper.size)
            if sign > 0 and solver.attains(objective, 0):
                return 0, place  # no count is less
            if best is not None and solver.relaxation_bound(objective) > best - 1 + 1e-6:
                continue
            answer = solver.minimum(objective)
            if answer.status == "infeasible":  # an interpretation that the attested rows rule out
                continue
            if answer.status == "unbounded":
                return None, place
            if answer.value is None:
                raise unfinished(self.limit, _proven(answer.bound, sign))
            if answer.value <= -self.model.variables.cap:
                return None, place
            if best is None or answer.value < best:
                best, at = answer.value, place
        return (None if best is None else sign * best), at

    def _binding(self, spec: CountSpec, sense: str, value: int | None, at: int) -> tuple[str, ...]:
        if value is None or (sense == "min" and value == 0):
            return ()
        solver = self.loose.solvers[at]
        solver.restart()
        expression = self.loose.model.expression(spec)
        objective = expression.dense(solver.system.whole.upper.size)
        return binding_claims(solver, objective, sense, Answer("optimal", value))


def _proven(bound: float | None, sign: int) -> str:
    if bound is None or not np.isfinite(bound):
        return ""
    return f"{'at least' if sign > 0 else 'at most'} {sign * bound:g}"


def with_events(model: Model, system: System, events: Sequence[AttestedEvent]) -> System:
    """Extend a system so that the variables also count the attested events."""
    size = system.whole.upper.size
    more, total = lower_bounds(model.variables, events, size)
    return system.extended(more, np.ones(total - size))


def exceeded_message(solver: Solver, model: Model, bounds: Bounds) -> str:
    """Return the message that names claims exceeded by attested rows, with both numbers."""
    sets, _ = minimal_conflicts(solver, [f.id for f in bounds.claim_set.claims])
    lines = []
    for ids in sets:
        if len(ids) == 1:
            claim = bounds.claim_set.by_id[ids[0]]
            interpretation = model.combinations[0]
            least = attested_count(model.counted(claim, interpretation), bounds)
            what = f"{claim.row['value']:g} {claim.row['unit']} published"
            where = model.counted(claim, interpretation).filter
            lines.append(f"{claim.id} ({where}): at least {least} attested, {what}")
        else:
            lines.append(f"{' and '.join(ids)}: not both with what is attested")
    if len(lines) > SHOWN:
        lines[SHOWN:] = [f"and {len(lines) - SHOWN} more sets of claims"]
    return "\n  ".join(["more is attested than published, so that no bounds hold both:", *lines])


def attested_count(spec: CountSpec, bounds: Bounds) -> int:
    """Return the minimum of a count given the attested rows alone."""
    empty = ClaimSet(bounds.claim_set.domains, ())
    model = Model(empty, [spec])
    system = with_events(model, model.system({}), bounds.events or [])
    objective = model.expression(spec).dense(system.whole.upper.size)
    return Solver(system).minimum(objective).value or 0
