"""The audit: whether the published values are consistent, and what they imply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo.audit.additivity import SumMismatch, overlap, sum_mismatches
from secdiplo.audit.conflicts import (
    Correction,
    minimal_conflict,
    minimal_conflicts,
    smallest_change,
)
from secdiplo.audit.consistency import ConsistentSet, find_consistent, interpretation_labels
from secdiplo.audit.counts import Expression
from secdiplo.audit.messages import (
    AuditFinding,
    Conflict,
    claim_text,
    correction_text,
    interpretation_text,
    sections,
    sum_text,
    total_change,
)
from secdiplo.audit.model import Interpretation, Model, spec_key
from secdiplo.audit.percentages import percentage_finding
from secdiplo.audit.solver import Solver
from secdiplo.claims.claim_set import NO_CLAIMS, ClaimSet, read_claims
from secdiplo.errors import UsageError
from secdiplo.output.render import folded
from secdiplo.output.wording import counted
from secdiplo.schema.plain_values import plain

if TYPE_CHECKING:
    from secdiplo.store import Built

MAX_CONFLICTS = 20
SEARCH = 60.0  # seconds for conflict sets, unless a limit is asked for: there can be very many


@dataclass(frozen=True)
class AuditReport:
    """Everything that the audit found.

    Attributes
    ----------
    claim_set : ClaimSet
        The claims that are constraints, and those that are not.
    consistent : ConsistentSet
        A largest set of claims that can all be true.
    findings : list of AuditFinding
    conflicts : list of Conflict
    all_conflicts : bool
        Whether there are no more.
    calls : int
        How often a solver was called.
    """

    claim_set: ClaimSet
    consistent: ConsistentSet
    findings: tuple[AuditFinding, ...]
    conflicts: tuple[Conflict, ...]
    all_conflicts: bool
    calls: int

    @property
    def feasible(self) -> bool:
        """Whether all claims can be true under some interpretation."""
        return not self.consistent.dropped

    def summary(self) -> str:
        """Return one line that says whether all claims can be true."""
        count = len(self.claim_set.claims)
        if not count:
            return f"{NO_CLAIMS}: nothing to audit"
        if not self.feasible:
            dropped = ", ".join(self.consistent.dropped)
            more = "" if self.all_conflicts else " at least"
            sets = counted(len(self.conflicts), "conflict")
            return f"{count} claims cannot all be true:{more} {sets}; without {dropped} they can"
        ways = len(self.consistent.possible)
        if ways == 1:
            return f"{count} claims can all be true"
        good = len(self.consistent.interpretations)
        how = f"under {good} of {ways} combinations of interpretations"
        return f"{count} claims can all be true together, {how}"

    def text(self) -> str:
        """Return the whole audit in lines that fit a terminal of 80 columns."""
        parts = [folded(self.summary(), 0)]
        outside = len(self.claim_set.others)
        if outside:
            what = f"{outside} other claims count things that the audit does not cover."
            parts.append(folded(what, 0))
        parts += sections(self.findings)
        if not self.all_conflicts:
            what = "There may be more conflicts; allow more with --max-conflicts or --time-limit."
            parts.append(folded(what, 0))
        return "\n".join(parts)


def audit(
    built: Built, *, max_conflicts: int = MAX_CONFLICTS, time_limit: float | None = None
) -> AuditReport:
    """Check the published values of a dataset as one system.

    Parameters
    ----------
    built : Built
    max_conflicts : int
        The number of minimal conflict sets after which no more are looked for.
    time_limit : float, optional
        Seconds for each step of the solver.

    Returns
    -------
    AuditReport

    Raises
    ------
    DataError
        A claim cannot be read as a constraint.
    UnfinishedError
        The time did not suffice to say whether all claims can be true.
    """
    if not isinstance(plain(max_conflicts), int) or max_conflicts < 1:
        raise UsageError(f"max_conflicts is a number from 1, not `{max_conflicts!r}`")
    return audit_claims(read_claims(built), max_conflicts, time_limit)


def audit_claims(
    claim_set: ClaimSet, max_conflicts: int = MAX_CONFLICTS, time_limit: float | None = None
) -> AuditReport:
    """Check the claims of a set of claims as one system: see `audit`."""
    if not claim_set.claims:
        return AuditReport(claim_set, ConsistentSet(claim_set), (), (), True, 0)
    model = Model(claim_set, time_limit=time_limit)
    consistent = find_consistent(claim_set, time_limit, model)
    work = _Audit(claim_set, consistent, model, max_conflicts, time_limit)
    findings = [*work.shares(), *work.sums(), *work.interpretations()]
    conflicts, complete = work.conflicts()
    findings += work.conflict_findings(conflicts)
    findings += work.repair()
    return AuditReport(
        claim_set, consistent, tuple(findings), tuple(conflicts), complete, work.calls
    )


class _Audit:
    """The steps of one audit."""

    def __init__(
        self,
        claim_set: ClaimSet,
        consistent: ConsistentSet,
        model: Model,
        max_conflicts: int,
        time_limit: float | None,
    ) -> None:
        self.claim_set, self.consistent, self.model = claim_set, consistent, model
        self.max_conflicts, self.time_limit = max_conflicts, time_limit
        self.further = 0
        self.least: dict[object, tuple[int, int] | None] = {}

    @property
    def calls(self) -> int:
        """The number of solver calls."""
        return self.consistent.calls + self.model.calls + self.further

    # --- shares -----------------------------------------------------------------------------

    def shares(self) -> list[AuditFinding]:
        """Return for every percentage the numerators or bases that its rounding admits."""
        return [
            percentage_finding(self.claim_set, claim)
            for claim in self.claim_set.claims
            if claim.kind == "share"
        ]

    # --- sums -------------------------------------------------------------------------------

    def sums(self) -> list[AuditFinding]:
        """Return the sums that do not add up."""
        found = []
        for sum_ in sum_mismatches(self.model):
            text = sum_text(sum_)
            if sum_.apart and sum_.gap > 0:
                text += ": they cannot all be separate parts of it, so some must overlap"
                found.append(AuditFinding("sum", "note", sum_.key, text + self._only(sum_)))
                continue
            text += self._consequences(sum_)
            found.append(AuditFinding("sum", "note", sum_.key, text))
        return found

    def _only(self, sum_: SumMismatch) -> str:
        """Return the interpretations in which the claims of an impossible sum can be true."""
        several = [name for name in sum_.key if len(self.claim_set.by_id[name].interpretations) > 1]
        good = {
            tuple(interpretation[name] for name in several)
            for interpretation in self.consistent.interpretations
            if all(name in interpretation for name in several)
        }
        if not several or sum_.total.id in self.consistent.dropped:
            return ""
        ways = [
            interpretation_text(
                interpretation_labels(self.claim_set, dict(zip(several, way, strict=True)))
            )
            for way in sorted(good)
        ]
        return f". Possible only with {'; or '.join(ways)}" if ways else ""

    def _consequences(self, sum_: SumMismatch) -> str:
        """Return what a mismatched sum implies, alone and with all other claims."""
        gap, unit = abs(sum_.gap), sum_.total.unit
        words = "are counted more than once" if sum_.gap > 0 else "are in none of the counts"
        if gap == 1:
            words = words.replace("are ", "is ", 1)
        text = f": at least {counted(gap, unit)} {words}"
        least = self._least(sum_)
        if least is None:
            return text
        shared, outside = least
        return (
            f"{text}. With all other claims: at least {counted(shared, 'interaction')} shared, "
            f"and at least {counted(outside, 'event')} outside"
        )

    def _least(self, sum_: SumMismatch) -> tuple[int, int] | None:
        """Return the minimum number of shared interactions and of events outside all parts."""
        specs = [self.model.counted(part, {}) for part in sum_.parts]
        total = self.model.counted(sum_.total, sum_.interpretation)
        interactions = overlap(self.model, total, specs, "interaction")
        events = overlap(self.model, total, specs, "event")
        if interactions is None or events is None or not self.consistent.interpretations:
            return None
        known = (spec_key(total)[1:], *sorted(str(spec_key(spec)[1:]) for spec in specs))
        if known not in self.least:
            self.least[known] = self._solved(interactions[0], events[1])
        return self.least[known]

    def _solved(self, *counts: Expression) -> tuple[int, int] | None:
        """Return the minimum of some counts given all claims that can be true."""
        kept = [claim.id for claim in self.consistent.claim_set.claims]
        found = []
        for expression in counts:
            values = []
            for interpretation in self.consistent.interpretations:
                solver = self.model.solver(interpretation)
                objective = expression.dense(solver.system.whole.upper.size)
                values.append(solver.minimum(objective, kept).value)
            if None in values:
                return None
            found.append(min(value for value in values if value is not None))
        return found[0], found[1]

    # --- interpretations --------------------------------------------------------------------

    def interpretations(self) -> list[AuditFinding]:
        """Return which combinations of interpretations can be true."""
        found = []
        if len(self.consistent.possible) < 2:
            return []
        for interpretation, possible in self.consistent.possible:
            taken = interpretation_labels(self.claim_set, interpretation)
            text = interpretation_text(taken)
            verdict = "holds" if possible else "conflict"
            found.append(AuditFinding("interpretation", verdict, tuple(taken), text))
        return found

    # --- conflicts --------------------------------------------------------------------------

    def conflicts(self) -> tuple[list[Conflict], bool]:
        """Return the minimal conflicts, of all interpretations if none is possible."""
        found: list[Conflict] = []
        seen: set[tuple[Any, ...]] = set()
        complete = True
        feasible = not self.consistent.dropped
        for interpretation, possible in self.consistent.possible:
            if possible or (feasible and self._explained(interpretation, found)):
                continue
            solver = self.model.solver(interpretation)
            solver.restart()
            if feasible:
                sets, whole = [minimal_conflict(solver)[0]], True
            else:
                room = self.max_conflicts - len(found)
                if room <= 0:
                    return found, False
                limit = self.time_limit or SEARCH
                searching = Solver(self.model.system(interpretation), limit)
                sets, whole = minimal_conflicts(searching, self.model.claim_ids, room)
                self.further += searching.calls
            complete = complete and whole
            for ids in sets:
                conflict = self._conflict(ids, interpretation, of_interpretation=feasible)
                key = (ids, tuple(sorted(conflict.interpretation.items())))
                if key not in seen:
                    seen.add(key)
                    found.append(conflict)
        return found, complete

    def _explained(self, interpretation: Interpretation, found: Sequence[Conflict]) -> bool:
        """Check whether a known conflict already rules an interpretation out."""
        taken = interpretation_labels(self.claim_set, interpretation)
        return any(all(taken[n] == label for n, label in c.interpretation.items()) for c in found)

    def _conflict(
        self, ids: tuple[str, ...], interpretation: Interpretation, *, of_interpretation: bool
    ) -> Conflict:
        changes, proven = self._change(interpretation, ids)
        changes = changes if changes is not None and proven else []
        taken = interpretation_labels(self.claim_set, interpretation)
        # What a share refers to is read in one way too, also where it is no part of the conflict.
        about = {name: taken[name] for name in taken if name in self._referred(ids)}
        return Conflict(ids, about, tuple(changes), of_interpretation)

    def _change(
        self, interpretation: Interpretation, ids: Sequence[str]
    ) -> tuple[list[Correction] | None, bool]:
        """Return the smallest change of some claims, if it is found in time."""
        solver = Solver(self.model.system(interpretation), self.time_limit or SEARCH)
        found = smallest_change(solver, ids)
        self.further += solver.calls
        return found

    def _referred(self, ids: Sequence[str]) -> set[str]:
        names = set(ids)
        for name in ids:
            claim = self.claim_set.by_id[name]
            names |= {part.claim_id for part in (claim.numerator, claim.base) if part}
        return names

    def conflict_findings(self, conflicts: Sequence[Conflict]) -> list[AuditFinding]:
        """Return conflicts in words, those of the same claims and changes together."""
        alike: dict[tuple[Any, ...], list[Conflict]] = {}
        for conflict in conflicts:
            key = (conflict.claims, conflict.changes, conflict.of_interpretation)
            alike.setdefault(key, []).append(conflict)
        found = []
        for (claims, changes, of_interpretation), members in alike.items():
            text = "; ".join(f"{name} {claim_text(self.claim_set.by_id[name])}" for name in claims)
            if changes:
                text += f". They are {total_change(changes)} apart; the smallest correction is "
                text += self._changed(changes)
            for member in members:
                if member.interpretation:
                    text += f". Interpretation: {interpretation_text(member.interpretation)}"
            verdict = "note" if of_interpretation else "conflict"
            found.append(AuditFinding("conflict", verdict, claims, text))
        return found

    def _changed(self, changes: Sequence[Correction]) -> str:
        return ", ".join(correction_text(self.claim_set.by_id[c.claim_id], c.by) for c in changes)

    def repair(self) -> list[AuditFinding]:
        """Return the smallest change of all claims after which all can be true."""
        if not self.consistent.dropped:
            return []
        best: list[Correction] | None = None
        for interpretation, _ in self.consistent.possible:
            changes, proven = self._change(interpretation, self.model.claim_ids)
            if (
                proven
                and changes is not None
                and (best is None or total_change(changes) < total_change(best))
            ):
                best = changes
        if best is None:
            what = "the smallest change of all claims was not found in time"
            return [AuditFinding("repair", "note", self.consistent.dropped, what)]
        text = f"all claims can be true after the smallest change, by {total_change(best)} in all: "
        names = tuple(change.claim_id for change in best)
        return [AuditFinding("repair", "note", names, text + self._changed(best))]
