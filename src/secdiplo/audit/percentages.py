"""Rounded percentages: the whole numbers that they admit (the GRIM test)."""

from __future__ import annotations

import math
from fractions import Fraction

from secdiplo.audit.ledger import Figure, Ledger, admitted, compressed
from secdiplo.audit.messages import AuditFinding
from secdiplo.claims import tidy


def percentage_finding(ledger: Ledger, figure: Figure) -> AuditFinding:
    """Return the numerators or bases that a rounded percentage admits."""
    low, high = figure.low or Fraction(0), figure.high or Fraction(100)
    value = f"{tidy(figure.claim['value'])} percent"
    numerator = exact_value(ledger, figure.numerator.figure if figure.numerator else "")
    base = exact_value(ledger, figure.base.figure if figure.base else "")
    names = [figure.id]
    if base is not None and figure.base:
        names.append(figure.base.figure)
        found = admitted(low, high, base, base)
        if numerator is not None and figure.numerator:
            names.append(figure.numerator.figure)
            found = [number for number in found if number == numerator]
        text = f"{value} of {base}: {compressed(found) or 'no whole number'}"
        text += " only" if len(found) == 1 else ""
        return AuditFinding("share", "holds" if found else "conflict", tuple(names), text)
    if numerator is not None and figure.numerator:
        names.append(figure.numerator.figure)
        first = math.ceil(100 * numerator / high) if high else 0
        last = math.floor(100 * numerator / low) if low else None
        said_ = f"{float(low):g} to {float(high):g} percent"
        bases = f"at least {first}" if last is None else compressed(range(first, last + 1))
        text = f"{numerator} is {said_} of {bases or 'no whole number'}"
        verdict = "holds" if bases else "conflict"
        return AuditFinding("share", verdict, tuple(names), text)
    text = f"{value}: neither what it is of nor its base is published"
    return AuditFinding("share", "note", tuple(names), text)


def exact_value(ledger: Ledger, name: str) -> int | None:
    """Return the value of a claim if it is an exact count."""
    figure = ledger.by_id.get(name)
    if figure is None or figure.kind != "count" or figure.low != figure.high:
        return None
    return int(figure.low or 0)
