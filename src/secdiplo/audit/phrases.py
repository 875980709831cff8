"""Figures, sums and changes in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from secdiplo.audit.conflicts import Change
from secdiplo.audit.ledger import Figure
from secdiplo.audit.sums import Sum
from secdiplo.claims import tidy


def as_read(reading: Mapping[str, str]) -> str:
    """The readings that are taken, in words."""
    return ", ".join(f"{name} as ({label})" for name, label in reading.items())


def size(changes: Sequence[Change]) -> int:
    """How much figures change in all."""
    return sum(abs(change.by) for change in changes)


def plural(count: int, noun: str) -> str:
    """A number and what it counts."""
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


def added(sum_: Sum) -> str:
    """The parts of a sum, and how far they are from the total."""
    parts = " + ".join(f"{tidy(part.claim['value'])} ({part.id})" for part in sum_.parts)
    total = int(sum(part.claim["value"] for part in sum_.parts))
    gap = abs(sum_.gap)
    more = "more" if sum_.gap > 0 else "fewer"
    whole = tidy(sum_.total.claim["value"])
    return f"{parts} = {total}, {gap} {more} than {whole} ({sum_.total.id})"
