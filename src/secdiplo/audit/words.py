"""The audit as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from secdiplo.audit.report import Finding, Report
from secdiplo.render import folded

HEADS = {
    "share": "Shares: the whole numbers that their rounding admits",
    "sum": "Sums that do not come out, and what follows",
    "reading": "Ways to read the figures together in which all can be true",
    "conflict": "Smallest sets of figures that cannot all be true",
    "of_reading": "In other readings, the smallest sets of figures that cannot all be true",
    "repair": "What would heal it",
}


def text(report: Report) -> str:
    """The whole audit, in lines that fit a terminal of 80 columns."""
    parts = [folded(report.summary(), 0)]
    outside = len(report.ledger.outside)
    if outside:
        what = f"{outside} other figures count something else and are not checked."
        parts.append(folded(what, 0))
    for kind, head in HEADS.items():
        found = [finding for finding in report.findings if _kind(finding) == kind]
        parts += _section(head, kind, found)
    if not report.all_conflicts:
        what = "There may be more conflicts; allow more with --max-conflicts or --time-limit."
        parts.append(folded(what, 0))
    return "\n".join(parts)


def _kind(finding: Finding) -> str:
    """The section of a finding: conflicts of some readings stand apart."""
    other = finding.kind == "conflict" and finding.verdict == "note"
    return "of_reading" if other else finding.kind


def _section(head: str, kind: str, found: Sequence[Finding]) -> list[str]:
    if kind == "reading":
        found = [finding for finding in found if finding.verdict == "holds"]
    if not found:
        return []
    lines = ["", head]
    for number, finding in enumerate(found, 1):
        numbered = kind in {"conflict", "of_reading"}
        mark = f"{number}. " if numbered else f"{finding.claims[0]}: "
        mark = "" if kind in {"reading", "repair"} else mark
        lines.append(folded(f"{mark}{finding.text}"))
    return lines
