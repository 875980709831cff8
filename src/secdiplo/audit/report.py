"""The audit: what the published figures say of one another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from secdiplo.audit import ledger as ledgers
from secdiplo.audit.conflicts import (
    Change,
    irreducible,
    minimal_conflicts,
    smallest_change,
)
from secdiplo.audit.ledger import Figure, Ledger, admitted, compressed
from secdiplo.audit.problem import Problem, Reading
from secdiplo.audit.settle import Settled, labels, settle
from secdiplo.audit.sums import Sum, overlap, sums_of
from secdiplo.claims import tidy

if TYPE_CHECKING:
    from secdiplo.store import Built

MAX_CONFLICTS = 20
COLUMNS = ("kind", "verdict", "claims", "finding")
SPELT = {"event": ("event", "events"), "interaction": ("interaction", "interactions")}


@dataclass(frozen=True)
class Conflict:
    """Figures that cannot all be true, though any of them can be left out for the others.

    Attributes
    ----------
    claims : tuple of str
    reading : dict of str to str
        The readings that are taken, of those of them that have several.
    changes : list of Change
        The least change of figures, in their units, after which they can.
    of_reading : bool
        Whether the figures can be true in another reading.
    """

    claims: tuple[str, ...]
    reading: Mapping[str, str]
    changes: tuple[Change, ...]
    of_reading: bool


@dataclass(frozen=True)
class Finding:
    """One line of the audit.

    Attributes
    ----------
    kind : str
        ``share``, ``sum``, ``reading``, ``conflict`` or ``all``.
    verdict : str
        ``holds``, ``note`` (true, and it says something) or ``conflict``.
    claims : tuple of str
    text : str
    """

    kind: str
    verdict: str
    claims: tuple[str, ...]
    text: str

    def row(self) -> tuple[str, str, str, str]:
        """The cells of `COLUMNS`."""
        return self.kind, self.verdict, "; ".join(self.claims), self.text


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
            return "no published figure counts events or interactions: nothing to audit"
        if not self.feasible:
            dropped = ", ".join(self.settled.dropped)
            more = "" if self.all_conflicts else " at least"
            return (
                f"{count} figures cannot all be true:{more} {_plural(len(self.conflicts), 'conflict')}"
                f"; without {dropped} the others can"
            )
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
    ledger = ledgers.read(built)
    problem = Problem(ledger, time_limit=time_limit)
    settled = settle(ledger, time_limit, problem)
    work = _Work(ledger, settled, problem, max_conflicts, time_limit)
    findings = [*work.shares(), *work.sums(), *work.readings()]
    conflicts, complete = work.conflicts()
    findings += [work.told(conflict) for conflict in conflicts]
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

    @property
    def calls(self) -> int:
        """How often a solver was called."""
        return self.settled.calls + self.problem.calls + self.further

    # --- shares -----------------------------------------------------------------------------

    def shares(self) -> list[Finding]:
        """For every percentage, the numerators or bases that its rounding admits."""
        return [
            _share(self.ledger, figure) for figure in self.ledger.figures if figure.kind == "share"
        ]

    # --- sums -------------------------------------------------------------------------------

    def sums(self) -> list[Finding]:
        """Sums that must add up and do not."""
        found = []
        for sum_ in sums_of(self.problem):
            text = _added(sum_)
            if sum_.apart and sum_.gap > 0:
                text += ": not all of them are apart, and parts of it; some lie inside others"
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
            ", ".join(
                f"{name} as {self.ledger.by_id[name].labels[place]}"
                for name, place in zip(several, way, strict=True)
            )
            for way in sorted(good)
        ]
        return f". Possible only with {' or '.join(ways)}" if ways else ""

    def _consequences(self, sum_: Sum) -> str:
        """What a sum that does not come out implies, alone and with all other figures."""
        gap, unit = abs(sum_.gap), sum_.total.unit
        words = "are counted more than once" if sum_.gap > 0 else "are in none of the counts"
        if gap == 1:
            words = words.replace("are ", "is ", 1)
        text = f": at least {_plural(gap, unit)} {words}"
        least = self._least(sum_)
        if least is None:
            return text
        shared, outside = least
        return (
            f"{text}. With all other figures: at least {_plural(shared, 'interaction')} shared, "
            f"and at least {_plural(outside, 'event')} outside"
        )

    def _least(self, sum_: Sum) -> tuple[int, int] | None:
        """The least number of shared interactions and of events in no part, all taken together."""
        forms = [self.problem.counted(part, {}) for part in sum_.parts]
        total = self.problem.counted(sum_.total, sum_.reading)
        interactions = overlap(self.problem, total, forms, "interaction")
        events = overlap(self.problem, total, forms, "event")
        if interactions is None or events is None or not self.settled.readings:
            return None
        kept = [figure.id for figure in self.settled.ledger.figures]
        found = []
        for expression in (interactions[0], events[1]):
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
            text = "; ".join(f"{name} as {label}" for name, label in taken.items())
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
                sets, whole = minimal_conflicts(solver, self.problem.owners, room)
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
        solver = self.problem.solver(reading)
        changes = smallest_change(solver, ids)[0] or []
        taken = labels(self.ledger, reading)
        # What a share refers to is read in one way too, also where it is no part of the conflict.
        about = {name: taken[name] for name in taken if name in self._referred(ids)}
        return Conflict(ids, about, tuple(changes), of_reading)

    def _referred(self, ids: Sequence[str]) -> set[str]:
        names = set(ids)
        for name in ids:
            figure = self.ledger.by_id[name]
            names |= {part.figure for part in (figure.numerator, figure.base) if part}
        return names

    def told(self, conflict: Conflict) -> Finding:
        """A conflict in words."""
        parts = [f"{name} {said(self.ledger.by_id[name])}" for name in conflict.claims]
        text = " | ".join(parts)
        if conflict.reading:
            read = "; ".join(f"{name} as {label}" for name, label in conflict.reading.items())
            text += f". Read: {read}"
        by = sum(abs(change.by) for change in conflict.changes)
        text += f". They miss one another by {by}"
        if conflict.changes:
            text += f"; the smallest change: {self._changed(conflict.changes)}"
        verdict = "note" if conflict.of_reading else "conflict"
        return Finding("conflict", verdict, conflict.claims, text)

    def _changed(self, changes: Sequence[Change]) -> str:
        return ", ".join(changed(self.ledger.by_id[c.owner], c.by) for c in changes)

    def repair(self) -> list[Finding]:
        """The smallest change of all figures after which all can be true."""
        if not self.settled.dropped:
            return []
        best: list[Change] | None = None
        for reading, _ in self.settled.possible:
            solver = self.problem.solver(reading)
            solver.restart()
            changes, proven = smallest_change(solver, self.problem.owners)
            if proven and changes is not None and (best is None or _size(changes) < _size(best)):
                best = changes
        if best is None:
            return []
        text = f"all figures can be true after the smallest change, by {_size(best)} in all: "
        names = tuple(change.owner for change in best)
        return [Finding("repair", "note", names, text + self._changed(best))]


def _size(changes: Sequence[Change]) -> int:
    return sum(abs(change.by) for change in changes)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def said(figure: Figure) -> str:
    """A figure and its anchor, in a few words."""
    value, unit = tidy(figure.claim["value"]), figure.claim["unit"]
    words = {"at_least": ">= ", "more_than": "> ", "at_most": "<= "}
    mark = words.get(figure.claim["relation"], "")
    return f"({mark}{value} {unit}, “{figure.claim['anchor']}”)"


def changed(figure: Figure, by: int) -> str:
    """A change of a figure in words: of a count its new value, else how far it is off."""
    if figure.kind == "count" and figure.low == figure.high:
        return f"{figure.id} from {tidy(figure.claim['value'])} to {int(figure.low or 0) + by}"
    noun = "of what it is a share of" if figure.kind == "share" else "of what it ranks"
    if figure.kind == "count":
        return f"{figure.id} by {by:+d}"
    return f"{figure.id} by {by:+d} {noun}"


def _added(sum_: Sum) -> str:
    parts = " + ".join(f"{tidy(part.claim['value'])} ({part.id})" for part in sum_.parts)
    total = int(sum(part.claim["value"] for part in sum_.parts))
    gap = abs(sum_.gap)
    more = "more" if sum_.gap > 0 else "fewer"
    whole = tidy(sum_.total.claim["value"])
    return f"{parts} = {total}, {gap} {more} than {whole} ({sum_.total.id})"


def _share(ledger: Ledger, figure: Figure) -> Finding:
    """What the rounding of a percentage admits, where its base or its numerator is published."""
    low, high = figure.low or Fraction(0), figure.high or Fraction(100)
    value = f"{tidy(figure.claim['value'])} percent"
    numerator = _exact(ledger, figure.numerator.figure if figure.numerator else "")
    base = _exact(ledger, figure.base.figure if figure.base else "")
    names = [figure.id]
    if base is not None and figure.base:
        names.append(figure.base.figure)
        found = admitted(low, high, base, base)
        if numerator is not None and figure.numerator:
            names.append(figure.numerator.figure)
            found = [number for number in found if number == numerator]
        text = f"{value} of {base}: {compressed(found) or 'no whole number'}"
        text += " only" if len(found) == 1 else ""
        return Finding("share", "holds" if found else "conflict", tuple(names), text)
    if numerator is not None and figure.numerator:
        names.append(figure.numerator.figure)
        first = math.ceil(100 * numerator / high) if high else 0
        last = math.floor(100 * numerator / low) if low else None
        said_ = f"{float(low):g} to {float(high):g} percent"
        bases = f"at least {first}" if last is None else compressed(range(first, last + 1))
        text = f"{numerator} is {said_} of {bases or 'no whole number'}"
        verdict = "holds" if bases else "conflict"
        return Finding("share", verdict, tuple(names), text)
    text = f"{value}: neither what it is of nor its base is published"
    return Finding("share", "note", tuple(names), text)


def _exact(ledger: Ledger, name: str) -> int | None:
    figure = ledger.by_id.get(name)
    if figure is None or figure.kind != "count" or figure.low != figure.high:
        return None
    return int(figure.low or 0)
