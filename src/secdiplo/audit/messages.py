"""Findings of the audit, and their wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from secdiplo.audit.additivity import SumMismatch
from secdiplo.audit.conflicts import Correction
from secdiplo.claims.model import Claim
from secdiplo.claims.status import tidy
from secdiplo.output.render import folded

FINDING_COLUMNS = ("kind", "verdict", "claims", "finding")


@dataclass(frozen=True)
class Conflict:
    """A minimal conflict: claims that cannot all be true, while any proper subset can.

    Attributes
    ----------
    claims : tuple of str
    interpretation : dict of str to str
        The interpretations that are taken, of those of them that have several.
    changes : list of Correction
        The least change of claims, in their units, after which they can.
    of_interpretation : bool
        Whether the claims can be true in another interpretation.
    """

    claims: tuple[str, ...]
    interpretation: Mapping[str, str]
    changes: tuple[Correction, ...]
    of_interpretation: bool


@dataclass(frozen=True)
class AuditFinding:
    """One line of the audit.

    Attributes
    ----------
    kind : str
        ``share``, ``sum``, ``interpretation``, ``conflict`` or ``all``.
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
        """Return the cells of `FINDING_COLUMNS`."""
        return self.kind, self.verdict, "; ".join(self.claims), self.text


def interpretation_text(interpretation: Mapping[str, str]) -> str:
    """Return the interpretations in words."""
    return ", ".join(f"{name} as ({label})" for name, label in interpretation.items())


def total_change(changes: Sequence[Correction]) -> int:
    """Return the sum of absolute corrections."""
    return sum(abs(change.by) for change in changes)


def claim_text(claim: Claim) -> str:
    """Return the value and quote of a claim."""
    value, unit = tidy(claim.row["value"]), claim.row["unit"]
    words = {"at_least": ">= ", "more_than": "> ", "at_most": "<= "}
    mark = words.get(claim.row["relation"], "")
    return f"({mark}{value} {unit}, “{claim.row['quote']}”)"


def correction_text(claim: Claim, by: int) -> str:
    """Return a correction in words: the new value of a count, else the difference."""
    if claim.kind == "count" and claim.low == claim.high:
        return f"{claim.id} from {tidy(claim.row['value'])} to {int(claim.low or 0) + by}"
    noun = "of what it is a share of" if claim.kind == "share" else "of what it ranks"
    if claim.kind == "count":
        return f"{claim.id} by {by:+d}"
    return f"{claim.id} by {by:+d} {noun}"


def sum_text(sum_: SumMismatch) -> str:
    """Return the parts of a sum and their distance from the total."""
    parts = " + ".join(f"{tidy(part.row['value'])} ({part.id})" for part in sum_.parts)
    total = int(sum(part.row["value"] for part in sum_.parts))
    gap = abs(sum_.gap)
    more = "more" if sum_.gap > 0 else "fewer"
    whole = tidy(sum_.total.row["value"])
    return f"{parts} = {total}, {gap} {more} than {whole} ({sum_.total.id})"


# --- the audit as text for a terminal --------------------------------------------------------

HEADS = {
    "share": "Shares: the counts that fit each rounded percentage",
    "sum": "Sums that do not add up, and what they imply",
    "interpretation": "Interpretations in which all claims can be true",
    "conflict": "Smallest sets of claims that cannot all be true",
    "of_interpretation": (
        "Under other interpretations, the smallest sets of claims that cannot all be true"
    ),
    "repair": "What would resolve it",
}


def sections(findings: Sequence[AuditFinding]) -> list[str]:
    """Return the findings in lines for a terminal, by kind."""
    lines: list[str] = []
    for kind, head in HEADS.items():
        lines += _section(head, kind, [one for one in findings if _kind(one) == kind])
    return lines


def _kind(finding: AuditFinding) -> str:
    """Return the section of a finding; conflicts of single interpretations have their own."""
    other = finding.kind == "conflict" and finding.verdict == "note"
    return "of_interpretation" if other else finding.kind


def _section(head: str, kind: str, found: Sequence[AuditFinding]) -> list[str]:
    if kind == "interpretation":
        found = [finding for finding in found if finding.verdict == "holds"]
    if not found:
        return []
    lines = ["", head]
    for number, finding in enumerate(found, 1):
        numbered = kind in {"conflict", "of_interpretation"}
        mark = f"{number}. " if numbered else f"{finding.claims[0]}: "
        mark = "" if kind in {"interpretation", "repair"} else mark
        lines.append(folded(f"{mark}{finding.text}"))
    return lines
