"""Claims that cannot all be true: minimal conflicts, and the fewest to drop or change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np

from secdiplo.audit.solver import Solver
from secdiplo.audit.system import Answer, Constraint, ExtraRow, System, Vector


@dataclass(frozen=True)
class Correction:
    """A correction: the value of the claim must rise (+) or fall (-) by `by` units."""

    claim_id: str
    by: int


def minimal_conflicts(
    solver: Solver, claim_ids: Collection[str] | None = None, limit: int = 20
) -> tuple[list[tuple[str, ...]], bool]:
    """Return all minimal sets of claims that contradict each other, given the facts.

    The smallest set of claims that meets every conflict found so far, and that was not tried
    before, is left out. If the rest cannot hold, it is reduced to a new conflict; if it can, that
    choice is struck off. When no choice is left, no conflict is.

    Parameters
    ----------
    solver : Solver
        The solver, whose budget of time is used.
    claim_ids : collection of str, optional
        The claims to look among; None for all.
    limit : int
        The search ends with this many conflicts.

    Returns
    -------
    tuple of list and bool
        The conflicts, each in the order of the system, sorted by size and then by that order;
        ``[()]`` if the facts alone cannot hold. The second value is True if these are proven to
        be all; False after `limit` conflicts or when time ran out.
    """
    order = solver.system.order(claim_ids)
    choices = _HittingSets(solver, order)
    while len(choices.conflicts) < limit:
        dropped = choices.smallest()
        if dropped is None:
            return choices.sets(), not choices.unfinished
        verdict = solver.feasible(_without(order, dropped))
        if verdict is None:
            break
        if verdict:
            choices.tried.append(dropped)
            continue
        conflict, minimal = minimal_conflict(solver, _without(order, dropped))
        if not minimal:
            break
        choices.add(conflict)
        if not conflict:
            return choices.sets(), True
    return choices.sets(), False


def minimal_conflict(
    solver: Solver, claim_ids: Collection[str] | None = None, bound: ExtraRow | None = None
) -> tuple[tuple[str, ...], bool]:
    """Reduce claims that cannot all hold (with the facts and `bound`) to a minimal such set.

    Parameters
    ----------
    solver : Solver
        The solver, whose budget of time is used.
    claim_ids : collection of str, optional
        claims known to be impossible together; None for all.
    bound : ExtraRow, optional
        A further row, treated as a fact.

    Returns
    -------
    tuple of tuple of str and bool
        The set in the order of the system, and whether time sufficed to prove it minimal. claims
        are tried for removal in that order, first those that conflict in fractions already.
    """

    def possible(chosen: Collection[str]) -> bool | None:
        if bound is None:
            return solver.feasible(chosen)
        part = solver.system.part(chosen).with_row(bound)
        status = solver.solve(part, np.zeros(part.upper.size)).status
        return {"optimal": True, "infeasible": False}.get(status)

    order = solver.system.order(claim_ids)
    verdict = possible(())
    if verdict is not True:
        return ((), True) if verdict is False else (tuple(order), False)
    suspects = solver.suspects(order, bound)
    if suspects and len(suspects) < len(order) and possible(suspects) is False:
        return _delete(suspects, possible, 1)
    return _delete(order, possible, max(1, len(order) // 4))


def binding_claims(
    solver: Solver,
    objective: Vector,
    sense: str,
    answer: Answer,
    claim_ids: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Return a set of claims that alone gives the same bound, while no subset of it does.

    Parameters
    ----------
    solver : Solver
        The solver, whose time budget is used.
    objective : Vector
    sense : {"min", "max"}
    answer : Answer
        The solver's answer for the objective and these claims.
    claim_ids : collection of str, optional
        The claims to choose from; None for all.

    Returns
    -------
    tuple of str
        In the order of the system. For an infeasible answer the set is a conflict; for an
        unbounded or unfinished one it is empty. If `solver.timed_out` has become true, the set
        still gives the bound, but may contain claims that are not needed.
    """
    if sense not in ("min", "max"):
        raise ValueError(f"sense must be min or max, not {sense!r}")
    if answer.status == "infeasible":
        return minimal_conflict(solver, claim_ids)[0]
    if answer.status != "optimal" or answer.value is None:
        return ()
    row = np.asarray(objective, float)
    better = (-np.inf, answer.value - 1.0) if sense == "min" else (answer.value + 1.0, np.inf)
    return minimal_conflict(solver, claim_ids, (row, *better))[0]


def _delete(
    kept: list[str], possible: Callable[[Collection[str]], bool | None], chunk: int
) -> tuple[tuple[str, ...], bool]:
    """Drop claims that an impossible set does not need, in order and in growing chunks."""
    at = 0
    while at < len(kept):
        size = min(chunk, len(kept) - at)
        trial = kept[:at] + kept[at + size :]
        verdict = possible(trial)
        if verdict is None:
            return tuple(kept), False
        if verdict is False:
            kept, chunk = trial, 2 * chunk
        elif size > 1:
            chunk = size // 2
        else:
            at, chunk = at + 1, 1
    return tuple(kept), True


def largest_feasible(
    solver: Solver, claim_ids: Collection[str] | None = None
) -> tuple[tuple[str, ...], bool]:
    """Return the fewest claims to drop so that the others can hold.

    Among the sets with the fewest claims, the one is given whose positions in the order of the
    system, written in ascending order, come first when compared one by one: it holds the earliest
    claim that any such set holds, then the earliest second one, and so on.

    Parameters
    ----------
    solver : Solver
        The solver, whose budget of time is used.
    claim_ids : collection of str, optional
        The claims to look among; None for all.

    Returns
    -------
    tuple of tuple of str and bool
        The claims to drop, and whether they are proven to be the ones described. Where time ran
        out, the others can hold nonetheless, as far as the facts can. If the facts alone cannot
        hold, no dropping helps: all claims, and False.
    """
    order = solver.system.order(claim_ids)
    choices = _HittingSets(solver, order)
    dropped = tuple(range(len(order)))
    known = False  # whether `dropped` is proven to be of the smallest size that will do
    while True:
        trial = choices.first(dropped) if known else choices.smallest()
        if trial is None:
            break
        if known and trial == dropped:
            return tuple(order[place] for place in dropped), True
        verdict = solver.feasible(_without(order, trial))
        if verdict is None:
            break
        if verdict:
            dropped, known = trial, True
            continue
        conflict, _ = minimal_conflict(solver, _without(order, trial))
        if not conflict:
            break
        choices.add(conflict)
    return tuple(order[place] for place in dropped), False


def smallest_change(
    solver: Solver, claim_ids: Collection[str] | None = None
) -> tuple[list[Correction] | None, bool]:
    """Return the corrections with the smallest total after which all claims can hold.

    The value of each claim changes by a whole number of units, and all of its rows move with it.
    Of the changes with the least total, those with the least sum of position times units are given.
    The position is that among the given claims in the order of the system: changes fall on early
    claims. Remaining ties (+1 or -1 on one claim, say) are as the solver finds them.

    Parameters
    ----------
    solver : Solver
        The solver, whose budget of time is used.
    claim_ids : collection of str, optional
        The claims that are to hold; None for all.

    Returns
    -------
    tuple of list of Correction (or None) and bool
        The changes in the order of the system (empty: none needed), and whether they are proven
        to be least in total and in the tie. None: no changes resolve it (proven if the second value
        is True) or none were found in time.
    """
    order = solver.system.order(claim_ids)
    part = solver.system.elastic(order)
    cells = part.upper.size - 2 * len(order)
    total = np.append(np.zeros(cells), np.ones(2 * len(order)))
    least = solver.solve(part, total)
    if least.status == "infeasible":
        return None, True
    if least.value is None or not least.value:
        return _changes(least, order, cells), least.status == "optimal"
    places = np.arange(len(order), dtype=float)
    tie = np.concatenate([np.zeros(cells), places, places])
    value = float(least.value)
    chosen = solver.solve(part.with_row((total, value, value)), tie)
    proven = chosen.status == "optimal"
    return _changes(chosen if chosen.x is not None else least, order, cells), proven


def _changes(answer: Answer, order: list[str], cells: int) -> list[Correction] | None:
    """Return the corrections in an integer solution of an elastic set."""
    if answer.x is None:
        return None
    rise, fall = np.split(answer.x[cells:], 2)
    return [Correction(order[at], int(rise[at] - fall[at])) for at in np.flatnonzero(rise != fall)]


def _without(order: list[str], dropped: Iterable[int]) -> list[str]:
    """Return the claim ids except those at some positions."""
    gone = set(dropped)
    return [claim_id for place, claim_id in enumerate(order) if place not in gone]


class _HittingSets:
    """Sets of positions that intersect every known conflict and contain no set already tried.

    Choosing is itself a small problem in zeros and ones, over the claims in known conflicts.
    """

    def __init__(self, solver: Solver, order: list[str]) -> None:
        self.solver = solver
        self.order = order
        self.place = {claim_id: place for place, claim_id in enumerate(order)}
        self.conflicts: list[tuple[int, ...]] = []
        self.tried: list[tuple[int, ...]] = []
        self.unfinished = False

    def add(self, conflict: Iterable[str]) -> None:
        """Record a conflict."""
        self.conflicts.append(tuple(self.place[claim_id] for claim_id in conflict))

    def sets(self) -> list[tuple[str, ...]]:
        """Return the known conflicts, by size and then by order."""
        ranked = sorted(self.conflicts, key=lambda places: (len(places), places))
        return [tuple(self.order[place] for place in places) for places in ranked]

    def smallest(
        self, inside: Collection[int] = (), outside: Collection[int] = ()
    ) -> tuple[int, ...] | None:
        """Return a smallest set with and without some positions; None if there is none."""
        used = sorted({place for conflict in self.conflicts for place in conflict})
        column = {place: index for index, place in enumerate(used)}
        rows = [_count(column, conflict, 1, np.inf) for conflict in self.conflicts]
        rows += [_count(column, tried, -np.inf, len(tried) - 1) for tried in self.tried]
        rows += [_count(column, (place,), 1, 1) for place in inside]
        rows += [_count(column, (place,), 0, 0) for place in outside]
        small = System(len(used), np.ones(len(used)), rows)
        answer = self.solver.solve(small.whole, np.ones(len(used)))
        self.unfinished = answer.status == "unfinished"
        if answer.status != "optimal" or answer.x is None:
            return None
        return tuple(used[index] for index in np.flatnonzero(answer.x))

    def first(self, witness: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return the set of the same size as `witness` whose ascending positions come first."""
        inside: list[int] = []
        outside: list[int] = []
        for place in sorted({place for conflict in self.conflicts for place in conflict}):
            if len(inside) == len(witness):
                break
            if place not in witness:
                other = self.smallest([*inside, place], outside)
                if self.unfinished:
                    return None
                if other is None or len(other) > len(witness):
                    outside.append(place)
                    continue
                witness = other
            inside.append(place)
        return tuple(inside)


def _count(column: dict[int, int], places: Iterable[int], low: float, high: float) -> Constraint:
    """Return a constraint on how many of some positions are chosen."""
    columns = np.array([column[place] for place in places], np.int64)
    return Constraint("", columns, np.ones(columns.size), low, high)
