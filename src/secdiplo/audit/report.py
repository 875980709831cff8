"""The audit: what the published figures say of one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo.audit import ledger as ledgers
from secdiplo.audit.cells import Expression
from secdiplo.audit.conflicts import (
    Change,
    irreducible,
    minimal_conflicts,
    smallest_change,
)
from secdiplo.audit.findings import COLUMNS, Conflict, Finding
from secdiplo.audit.ledger import Ledger
from secdiplo.audit.phrases import added, as_read, changed, plural, said, size
from secdiplo.audit.problem import Problem, Reading, key
from secdiplo.audit.settle import Settled, labels, settle
from secdiplo.audit.shares import share
from secdiplo.audit.solver import Solver
from secdiplo.audit.sums import Sum, overlap, sums_of
from secdiplo.errors import UsageError

if TYPE_CHECKING:
    from secdiplo.store import Built

MAX_CONFLICTS = 20
SEARCH = 60.0  # seconds for conflict sets, unless a limit is asked for: there can be very many


@dataclass(frozen=True)
class Report:
    """Everything that the audit found.

    Attributes
    ----------
    ledger : Ledger
        The figures that are constraints, and those that are not.
    settled : Settled
        A largest set of figures that can all be true.
    findings : list of Finding
    conflicts : list of Conflict
    all_conflicts : bool
        Whether there are no more.
    calls : int
        How often a solver was called.
    """

    ledger: Ledger
    settled: Settled
    findings: tuple[Finding, ...]
    conflicts: tuple[Conflict, ...]
    all_conflicts: bool
    calls: int

    @property
    def feasible(self) -> bool:
        """Whether all figures can be true, in one reading of each."""
        return not self.settled.dropped

    def summary(self) -> str:
        """One line: whether all figures can be true."""
        count = len(self.ledger.figures)
        if not count:
            return f"{ledgers.NO_FIGURES}: nothing to audit"
        if not self.feasible:
            dropped = ", ".join(self.settled.dropped)
            more = "" if self.all_conflicts else " at least"
            sets = plural(len(self.conflicts), "conflict")
            return f"{count} figures cannot all be true:{more} {sets}; without {dropped} they can"
        ways = len(self.settled.possible)
        if ways == 1:
            return f"{count} figures can all be true"
        good = len(self.settled.readings)
        return f"{count} figures can all be true, in {good} of {ways} ways to read them together"


def audit(
    built: Built, *, max_conflicts: int = MAX_CONFLICTS, time_limit: float | None = None
) -> Report:
    """Check the published figures of a dataset as one system.

    Parameters
    ----------
    built : Built
    max_conflicts : int
        The number of minimal conflict sets after which no more are looked for.
    time_limit : float, optional
        Seconds for each step of the solver.

    Returns
    -------
    Report

    Raises
    ------
    DataError
        A figure cannot be read as a constraint.
    UnfinishedError
        The time did not suffice to say whether all figures can be true.
    """
    if not isinstance(max_conflicts, int) or max_conflicts < 1:
        raise UsageError(f"max_conflicts is a number from 1, not `{max_conflicts!r}`")
    return of_ledger(ledgers.read(built), max_conflicts, time_limit)


def of_ledger(
    ledger: Ledger, max_conflicts: int = MAX_CONFLICTS, time_limit: float | None = None
) -> Report:
    """Check the figures of a ledger as one system: see `audit`."""
    if not ledger.figures:
        return Report(ledger, Settled(ledger), (), (), True, 0)
    problem = Problem(ledger, time_limit=time_limit)
    settled = settle(ledger, time_limit, problem)
    work = _Work(ledger, settled, problem, max_conflicts, time_limit)
    findings = [*work.shares(), *work.sums(), *work.readings()]
    conflicts, complete = work.conflicts()
    findings += work.told(conflicts)
    findings += work.repair()
    return Report(ledger, settled, tuple(findings), tuple(conflicts), complete, work.calls)


class _Work:
    """The steps of one audit."""

    def __init__(
        self,
        ledger: Ledger,
        settled: Settled,
        problem: Problem,
        max_conflicts: int,
        time_limit: float | None,
    ) -> None:
        self.ledger, self.settled, self.problem = ledger, settled, problem
        self.max_conflicts, self.time_limit = max_conflicts, time_limit
        self.further = 0
        self.least: dict[object, tuple[int, int] | None] = {}

    @property
    def calls(self) -> int:
        """How often a solver was called."""
        return self.settled.calls + self.problem.calls + self.further

    # --- shares -----------------------------------------------------------------------------

    def shares(self) -> list[Finding]:
        """For every percentage, the numerators or bases that its rounding admits."""
        return [
            share(self.ledger, figure) for figure in self.ledger.figures if figure.kind == "share"
        ]

    # --- sums -------------------------------------------------------------------------------

    def sums(self) -> list[Finding]:
        """Sums that must add up and do not."""
        found = []
        for sum_ in sums_of(self.problem):
            text = added(sum_)
            if sum_.apart and sum_.gap > 0:
                text += ": they cannot all be separate parts of it; some lie inside others"
                found.append(Finding("sum", "note", sum_.key, text + self._only(sum_)))
                continue
            text += self._consequences(sum_)
            found.append(Finding("sum", "note", sum_.key, text))
        return found

    def _only(self, sum_: Sum) -> str:
        """In which readings the figures of an impossible sum can be true at all."""
        several = [name for name in sum_.key if len(self.ledger.by_id[name].readings) > 1]
        good = {
            tuple(reading[name] for name in several)
            for reading in self.settled.readings
            if all(name in reading for name in several)
        }
        if not several or sum_.total.id in self.settled.dropped:
            return ""
        ways = [
            as_read(labels(self.ledger, dict(zip(several, way, strict=True))))
            for way in sorted(good)
        ]
        return f". Possible only with {'; or '.join(ways)}" if ways else ""

    def _consequences(self, sum_: Sum) -> str:
        """What a sum that does not come out implies, alone and with all other figures."""
        gap, unit = abs(sum_.gap), sum_.total.unit
        words = "are counted more than once" if sum_.gap > 0 else "are in none of the counts"
        if gap == 1:
            words = words.replace("are ", "is ", 1)
        text = f": at least {plural(gap, unit)} {words}"
        least = self._least(sum_)
        if least is None:
            return text
        shared, outside = least
        return (
            f"{text}. With all other figures: at least {plural(shared, 'interaction')} shared, "
            f"and at least {plural(outside, 'event')} outside"
        )

    def _least(self, sum_: Sum) -> tuple[int, int] | None:
        """The least number of shared interactions and of events in no part, all taken together."""
        forms = [self.problem.counted(part, {}) for part in sum_.parts]
        total = self.problem.counted(sum_.total, sum_.reading)
        interactions = overlap(self.problem, total, forms, "interaction")
        events = overlap(self.problem, total, forms, "event")
        if interactions is None or events is None or not self.settled.readings:
            return None
        known = (key(total)[1:], *sorted(str(key(form)[1:]) for form in forms))
        if known not in self.least:
            self.least[known] = self._solved(interactions[0], events[1])
        return self.least[known]

    def _solved(self, *counts: Expression) -> tuple[int, int] | None:
        """The least values of some counts with all figures that can be true."""
        kept = [figure.id for figure in self.settled.ledger.figures]
        found = []
        for expression in counts:
            values = []
            for reading in self.settled.readings:
                solver = self.problem.solver(reading)
                objective = expression.dense(solver.system.whole.upper.size)
                values.append(solver.minimum(objective, kept).value)
            if None in values:
                return None
            found.append(min(value for value in values if value is not None))
        return found[0], found[1]

    # --- readings ---------------------------------------------------------------------------

    def readings(self) -> list[Finding]:
        """Which ways to read the figures together can be true."""
        found = []
        if len(self.settled.possible) < 2:
            return []
        for reading, possible in self.settled.possible:
            taken = labels(self.ledger, reading)
            text = as_read(taken)
            verdict = "holds" if possible else "conflict"
            found.append(Finding("reading", verdict, tuple(taken), text))
        return found

    # --- conflicts --------------------------------------------------------------------------

    def conflicts(self) -> tuple[list[Conflict], bool]:
        """The minimal conflict sets: of all readings where none is possible, else of each other."""
        found: list[Conflict] = []
        seen: set[tuple[Any, ...]] = set()
        complete = True
        feasible = not self.settled.dropped
        for reading, possible in self.settled.possible:
            if possible or (feasible and self._explained(reading, found)):
                continue
            solver = self.problem.solver(reading)
            solver.restart()
            if feasible:
                sets, whole = [irreducible(solver)[0]], True
            else:
                room = self.max_conflicts - len(found)
                if room <= 0:
                    return found, False
                limit = self.time_limit or SEARCH
                searching = Solver(self.problem.system(reading), limit)
                sets, whole = minimal_conflicts(searching, self.problem.owners, room)
                self.further += searching.calls
            complete = complete and whole
            for ids in sets:
                conflict = self._conflict(ids, reading, of_reading=feasible)
                key = (ids, tuple(sorted(conflict.reading.items())))
                if key not in seen:
                    seen.add(key)
                    found.append(conflict)
        return found, complete

    def _explained(self, reading: Reading, found: Sequence[Conflict]) -> bool:
        """Whether a conflict that is known already rules a reading out."""
        taken = labels(self.ledger, reading)
        return any(all(taken[n] == label for n, label in c.reading.items()) for c in found)

    def _conflict(self, ids: tuple[str, ...], reading: Reading, *, of_reading: bool) -> Conflict:
        changes, proven = self._change(reading, ids)
        changes = changes if changes is not None and proven else []
        taken = labels(self.ledger, reading)
        # What a share refers to is read in one way too, also where it is no part of the conflict.
        about = {name: taken[name] for name in taken if name in self._referred(ids)}
        return Conflict(ids, about, tuple(changes), of_reading)

    def _change(self, reading: Reading, ids: Sequence[str]) -> tuple[list[Change] | None, bool]:
        """The smallest change of some figures, if it is found in time."""
        solver = Solver(self.problem.system(reading), self.time_limit or SEARCH)
        found = smallest_change(solver, ids)
        self.further += solver.calls
        return found

    def _referred(self, ids: Sequence[str]) -> set[str]:
        names = set(ids)
        for name in ids:
            figure = self.ledger.by_id[name]
            names |= {part.figure for part in (figure.numerator, figure.base) if part}
        return names

    def told(self, conflicts: Sequence[Conflict]) -> list[Finding]:
        """Conflicts in words: those of the same figures and change together."""
        alike: dict[tuple[Any, ...], list[Conflict]] = {}
        for conflict in conflicts:
            key = (conflict.claims, conflict.changes, conflict.of_reading)
            alike.setdefault(key, []).append(conflict)
        found = []
        for (claims, changes, of_reading), members in alike.items():
            text = "; ".join(f"{name} {said(self.ledger.by_id[name])}" for name in claims)
            if changes:
                text += f". They miss one another by {size(changes)}; the smallest change: "
                text += self._changed(changes)
            for member in members:
                if member.reading:
                    text += f". Read with {as_read(member.reading)}"
            verdict = "note" if of_reading else "conflict"
            found.append(Finding("conflict", verdict, claims, text))
        return found

    def _changed(self, changes: Sequence[Change]) -> str:
        return ", ".join(changed(self.ledger.by_id[c.owner], c.by) for c in changes)

    def repair(self) -> list[Finding]:
        """The smallest change of all figures after which all can be true."""
        if not self.settled.dropped:
            return []
        best: list[Change] | None = None
        for reading, _ in self.settled.possible:
            changes, proven = self._change(reading, self.problem.owners)
            if proven and changes is not None and (best is None or size(changes) < size(best)):
                best = changes
        if best is None:
            what = "the smallest change of all figures was not found in time"
            return [Finding("repair", "note", self.settled.dropped, what)]
        text = f"all figures can be true after the smallest change, by {size(best)} in all: "
        names = tuple(change.owner for change in best)
        return [Finding("repair", "note", names, text + self._changed(best))]


__all__ = ["COLUMNS", "MAX_CONFLICTS", "Conflict", "Finding", "Report", "audit", "of_ledger"]
