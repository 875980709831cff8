"""Published parts that do not add up to their published total."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from secdiplo.audit.counts import CountSpec, Expression
from secdiplo.audit.model import Interpretation, Model
from secdiplo.audit.variables import Variables
from secdiplo.claims.filters import COUNTERPART_KEYS, OFFICIAL_KEYS
from secdiplo.claims.model import Claim

AXES = {
    "official": OFFICIAL_KEYS | {"agencies"},
    "format": {"format"},
    "counterpart": COUNTERPART_KEYS,
    "forum": {"forum"},
    "time": {"period", "forum_window", "year"},
}
COVERING = ("agency", "format", "counterpart_type", "region")
MAX_PARTS = 12


@dataclass(frozen=True)
class SumMismatch:
    """Published parts that do not add up to a published total.

    Attributes
    ----------
    total : Claim
    parts : tuple of Claim
    gap : int
        The sum of the parts less the total.
    apart : bool
        Whether the parts are apart by definition, so that a sum above the total is impossible.
    interpretation : Interpretation
        In which the parts are within the total.
    """

    total: Claim
    parts: tuple[Claim, ...]
    gap: int
    apart: bool
    interpretation: Interpretation

    @property
    def key(self) -> tuple[str, ...]:
        """Return the claim ids, the total first."""
        return (self.total.id, *(part.id for part in self.parts))


def sum_mismatches(model: Model) -> list[SumMismatch]:
    """Return every mismatch among exact counts, under any interpretation of the total."""
    exact = [f for f in model.claim_set.claims if f.kind == "count" and _value(f) is not None]
    found: dict[tuple[str, ...], SumMismatch] = {}
    relations = _Relations(model.variables)
    for total in exact:
        if total.unit not in {"event", "interaction"}:
            continue
        for interpretation in range(len(total.interpretations)):
            for sum_ in _of_total(model, relations, total, {total.id: interpretation}, exact):
                found.setdefault(sum_.key, sum_)
    return _largest(list(found.values()))


def _value(claim: Claim) -> int | None:
    return int(claim.low) if claim.low is not None and claim.low == claim.high else None


def _largest(found: list[SumMismatch]) -> list[SumMismatch]:
    """Drop impossible sums that are contained in a larger one of the same total."""
    return [
        one
        for one in found
        if not (
            one.apart
            and any(
                other.apart and other.total is one.total and set(one.key) < set(other.key)
                for other in found
            )
        )
    ]


def _of_total(
    model: Model,
    relations: _Relations,
    total: Claim,
    interpretation: Interpretation,
    exact: Sequence[Claim],
) -> Iterator[SumMismatch]:
    whole = model.index_of(model.counted(total, interpretation))
    inside = []
    for claim in exact:
        if claim is total or claim.unit not in {total.unit, "event"}:
            continue
        place = model.index_of(model.counted(claim, {}))
        if relations.within[place, whole] and not relations.within[whole, place]:
            inside.append((claim, place))
    yield from _families(model, relations, total, interpretation, inside)
    yield from _disjoint(relations, total, interpretation, inside)


def _families(
    model: Model,
    relations: _Relations,
    total: Claim,
    interpretation: Interpretation,
    inside: Sequence[tuple[Claim, int]],
) -> Iterator[SumMismatch]:
    """Yield mismatches of parts that differ from the total along one axis, such as agency."""
    for axis in AXES:
        family = [
            (claim, place)
            for claim, place in inside
            if _axes(model, total, interpretation, claim) == {axis}
        ]
        parts = _widest(relations, family, total.unit)
        if len(parts) < 2:
            continue
        value = sum(_value(claim) or 0 for claim, _ in parts)
        gap = value - (_value(total) or 0)
        claims = tuple(claim for claim, _ in parts)
        own = all(claim.unit == total.unit for claim in claims)
        apart = all(relations.apart[a, b] for (_, a), (_, b) in itertools.combinations(parts, 2))
        if gap > 0 or (gap < 0 and own and _covers(model, total, interpretation, claims)):
            yield SumMismatch(total, claims, gap, apart, interpretation)


def _disjoint(
    relations: _Relations,
    total: Claim,
    interpretation: Interpretation,
    inside: Sequence[tuple[Claim, int]],
) -> Iterator[SumMismatch]:
    """Yield mismatches of disjoint parts that sum to more than the total."""
    taken: list[tuple[Claim, int]] = []
    for claim, place in sorted(inside, key=lambda item: -(_value(item[0]) or 0))[:MAX_PARTS]:
        if all(relations.apart[place, other] for _, other in taken):
            taken.append((claim, place))
    gap = sum(_value(claim) or 0 for claim, _ in taken) - (_value(total) or 0)
    if len(taken) > 1 and gap > 0:
        ordered = sorted((claim for claim, _ in taken), key=lambda claim: claim.id)
        yield SumMismatch(total, tuple(ordered), gap, True, interpretation)


def _axes(model: Model, total: Claim, interpretation: Interpretation, part: Claim) -> set[str]:
    """Return the axes along which a part is narrower than a total."""
    whole = model.counted(total, interpretation).filter
    own = model.counted(part, {}).filter
    differ = {
        name
        for name in {*whole.conditions, *own.conditions}
        if whole.conditions.get(name) != own.conditions.get(name)
    }
    found = {axis for axis, names in AXES.items() if names & differ}
    window = model.claim_set.domains.window
    days = [tuple(filter_.in_time((day, day)) for day in window) for filter_ in (whole, own)]
    if (
        whole.periods != own.periods and days[0] != days[1]
    ) or whole.forum_window != own.forum_window:
        found.add("time")
    return found


def _covers(
    model: Model, total: Claim, interpretation: Interpretation, parts: Sequence[Claim]
) -> bool:
    """Check whether the parts name every value of a dimension that the total includes."""
    whole = model.counted(total, interpretation).filter
    filters = [model.counted(part, {}).filter for part in parts]
    for name in COVERING:
        if not all(name in f.conditions for f in filters):
            continue
        named = {value for f in filters for value in f.conditions[name].values}
        known = set(model.claim_set.domains.known[name])
        if name in whole.conditions:
            known = {value for value in known if whole.conditions[name].accepts(value)}
        if known <= named:
            return True
    return False


def _widest(
    relations: _Relations, family: Sequence[tuple[Claim, int]], unit: str
) -> list[tuple[Claim, int]]:
    """Return the parts that no other part contains; of equal ones, those in the total's unit."""
    ranked = sorted(family, key=lambda item: (item[0].unit != unit, item[0].id))
    kept: list[tuple[Claim, int]] = []
    for claim, place in ranked:
        wider = [
            other
            for other, at in family
            if other is not claim
            and relations.within[place, at]
            and not relations.within[at, place]
        ]
        if not wider and not any(relations.within[place, at] for _, at in kept):
            kept.append((claim, place))
    return sorted(kept, key=lambda item: item[0].id)


class _Relations:
    """Which counts contain one another, and which are disjoint."""

    def __init__(self, variables: Variables) -> None:
        events = np.concatenate(
            [variables.one_on_one_counts > 0, variables.multilateral_counts > 0], axis=1
        )
        self.within = _subset(events) & _subset(variables.counterpart_mask)
        self.apart = ~(_intersects(events) & _intersects(variables.counterpart_mask))


def _subset(masks: np.ndarray) -> np.ndarray:
    """Check for each pair of masks whether the first is contained in the second."""
    numbers = masks.astype(np.float32)
    return np.asarray(numbers @ (1 - numbers).T == 0)


def _intersects(masks: np.ndarray) -> np.ndarray:
    """Check for each pair of masks whether they intersect."""
    numbers = masks.astype(np.float32)
    return np.asarray(numbers @ numbers.T > 0)


# --- what overlaps, and what is outside -----------------------------------------------------


def overlap(
    model: Model, total: CountSpec, parts: Sequence[CountSpec], unit: str
) -> tuple[Expression, Expression] | None:
    """Return what the parts count more than once, and what of the total no part counts.

    Parameters
    ----------
    model : Model
    total, parts : CountSpec, sequence of CountSpec
        None of them may ask with whom.
    unit : str
        ``event`` or ``interaction``.

    Returns
    -------
    (Expression, Expression) or None
        None where a count asks with whom.
    """
    variables = model.variables
    places = [model.index_of(spec) for spec in parts]
    whole = model.index_of(total)
    if not variables.counterpart_mask[[whole, *places]].all():
        return None
    shared: dict[int, int] = {}
    outside: dict[int, int] = {}

    def add(cell: int, held: int, taken: int) -> None:
        if taken and held > 1:
            shared[cell] = held - 1
        elif taken and not held:
            outside[cell] = 1

    first = np.unique(variables.meetings.signature, return_index=True)[1]
    for signature, event in enumerate(first):
        held = int((variables.one_on_one_counts[places, event] > 0).sum())
        for cell in set(variables.meetings.cell_of[signature].tolist()):
            add(cell, held, int(variables.one_on_one_counts[whole, event]))
    for event_group in variables.event_groups:
        raw = event_group.raw[0]
        held = int((variables.multilateral_counts[places, raw] > 0).sum())
        counted = (
            [event_group.events] if unit == "event" else [part for _, part in event_group.parts]
        )
        for cell in counted:
            add(cell, held, int(variables.multilateral_counts[whole, raw]))
    return _expression(shared), _expression(outside)


def _expression(values: dict[int, int]) -> Expression:
    columns = np.array(sorted(values), dtype=np.int64)
    return Expression(columns, np.array([values[c] for c in columns], dtype=float))
