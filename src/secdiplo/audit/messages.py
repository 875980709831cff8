"""Findings of the audit, and their wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from secdiplo.audit.additivity import SumMismatch
from secdiplo.audit.conflicts import Correction
from secdiplo.audit.ledger import Figure
from secdiplo.claims import tidy
from secdiplo.output.render import folded

COLUMNS = ("kind", "verdict", "claims", "finding")


@dataclass(frozen=True)
class Conflict:
    """A minimal conflict: claims that cannot all be true, while any proper subset can.

    Attributes
    ----------
    claims : tuple of str
    reading : dict of str to str
        The interpretations that are taken, of those of them that have several.
    changes : list of Correction
        The least change of claims, in their units, after which they can.
    of_reading : bool
        Whether the claims can be true in another interpretation.
    """

    claims: tuple[str, ...]
    reading: Mapping[str, str]
    changes: tuple[Correction, ...]
    of_reading: bool


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
        """Return the cells of `COLUMNS`."""
        return self.kind, self.verdict, "; ".join(self.claims), self.text


def reading_text(reading: Mapping[str, str]) -> str:
    """Return the interpretations in words."""
    return ", ".join(f"{name} as ({label})" for name, label in reading.items())


def total_change(changes: Sequence[Correction]) -> int:
    """Return the sum of absolute corrections."""
    return sum(abs(change.by) for change in changes)


def plural(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}{'s' * (count != 1)}"


def claim_text(figure: Figure) -> str:
    """Return the value and quote of a claim."""
    value, unit = tidy(figure.claim["value"]), figure.claim["unit"]
    words = {"at_least": ">= ", "more_than": "> ", "at_most": "<= "}
    mark = words.get(figure.claim["relation"], "")
    return f"({mark}{value} {unit}, “{figure.claim['anchor']}”)"


def correction_text(figure: Figure, by: int) -> str:
    """Return a correction in words: the new value of a count, else the difference."""
    if figure.kind == "count" and figure.low == figure.high:
        return f"{figure.id} from {tidy(figure.claim['value'])} to {int(figure.low or 0) + by}"
    noun = "of what it is a share of" if figure.kind == "share" else "of what it ranks"
    if figure.kind == "count":
        return f"{figure.id} by {by:+d}"
    return f"{figure.id} by {by:+d} {noun}"


def sum_text(sum_: SumMismatch) -> str:
    """Return the parts of a sum and their distance from the total."""
    parts = " + ".join(f"{tidy(part.claim['value'])} ({part.id})" for part in sum_.parts)
    total = int(sum(part.claim["value"] for part in sum_.parts))
    gap = abs(sum_.gap)
    more = "more" if sum_.gap > 0 else "fewer"
    whole = tidy(sum_.total.claim["value"])
    return f"{parts} = {total}, {gap} {more} than {whole} ({sum_.total.id})"


# --- the audit as text for a terminal --------------------------------------------------------

HEADS = {
    "share": "Shares: the whole numbers that their rounding admits",
    "sum": "Sums that do not come out, and what follows",
    "reading": "Ways to read the figures together in which all can be true",
    "conflict": "Smallest sets of figures that cannot all be true",
    "of_reading": "In other readings, the smallest sets of figures that cannot all be true",
    "repair": "What would heal it",
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
    return "of_reading" if other else finding.kind


def _section(head: str, kind: str, found: Sequence[AuditFinding]) -> list[str]:
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
