"""Rounded percentages: the whole numbers that they admit (the GRIM test)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from secdiplo.audit.messages import AuditFinding
from secdiplo.claims.claim_set import ClaimSet
from secdiplo.claims.model import Claim
from secdiplo.claims.status import tidy


def percentage_finding(claim_set: ClaimSet, claim: Claim) -> AuditFinding:
    """Return the numerators or bases that a rounded percentage admits."""
    low, high = claim.low or Fraction(0), claim.high or Fraction(100)
    value = f"{tidy(claim.row['value'])} percent"
    numerator = exact_value(claim_set, claim.numerator.claim_id if claim.numerator else "")
    base = exact_value(claim_set, claim.base.claim_id if claim.base else "")
    names = [claim.id]
    if base is not None and claim.base:
        names.append(claim.base.claim_id)
        found = admitted(low, high, base, base)
        if numerator is not None and claim.numerator:
            names.append(claim.numerator.claim_id)
            found = [number for number in found if number == numerator]
        text = f"{value} of {base}: {compressed(found) or 'no whole number'}"
        text += " only" if len(found) == 1 else ""
        return AuditFinding("share", "holds" if found else "conflict", tuple(names), text)
    if numerator is not None and claim.numerator:
        names.append(claim.numerator.claim_id)
        first = math.ceil(100 * numerator / high) if high else 0
        last = math.floor(100 * numerator / low) if low else None
        said_ = f"{float(low):g} to {float(high):g} percent"
        bases = f"at least {first}" if last is None else compressed(range(first, last + 1))
        text = f"{numerator} is {said_} of {bases or 'no whole number'}"
        verdict = "holds" if bases else "conflict"
        return AuditFinding("share", verdict, tuple(names), text)
    text = f"{value}: neither what it is of nor its base is published"
    return AuditFinding("share", "note", tuple(names), text)


def exact_value(claim_set: ClaimSet, name: str) -> int | None:
    """Return the value of a claim if it is an exact count."""
    claim = claim_set.by_id.get(name)
    if claim is None or claim.kind != "count" or claim.low != claim.high:
        return None
    return int(claim.low or 0)


def admitted(low: Fraction, high: Fraction, base: int, most: int) -> list[int]:
    """The numerators that a share in percent admits of a base, up to some number."""
    first = math.ceil(low * base / 100)
    last = min(math.floor(high * base / 100), most)
    return list(range(max(first, 0), last + 1))


def compressed(numbers: Sequence[int]) -> str:
    """Whole numbers in order as text, runs as ``29 to 31``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs)
