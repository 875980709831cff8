"""Sums that must add up: parts of a published total that are published too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from secdiplo.audit.cells import Cells, Expression, Form
from secdiplo.audit.filters import WHO, WHOM
from secdiplo.audit.ledger import Figure
from secdiplo.audit.problem import Problem, Reading

AXES = {
    "who": WHO | {"agencies"},
    "format": {"format"},
    "whom": WHOM,
    "forum": {"forum"},
    "when": {"period", "season", "year"},
}
COVERING = ("agency", "format", "counterpart_type", "region")
MOST_PARTS = 12


@dataclass(frozen=True)
class Sum:
    """Published parts of a published total that do not add up to it.

    Attributes
    ----------
    total : Figure
    parts : tuple of Figure
    gap : int
        The sum of the parts less the total.
    apart : bool
        Whether the parts are apart by definition, so that a sum above the total is impossible.
    reading : Reading
        In which the parts lie within the total.
    """

    total: Figure
    parts: tuple[Figure, ...]
    gap: int
    apart: bool
    reading: Reading

    @property
    def key(self) -> tuple[str, ...]:
        """The figures, the total first."""
        return (self.total.id, *(part.id for part in self.parts))


def sums_of(problem: Problem) -> list[Sum]:
    """Every sum of exact counts that does not come out, whichever way the total is read."""
    exact = [f for f in problem.ledger.figures if f.kind == "count" and _value(f) is not None]
    found: dict[tuple[str, ...], Sum] = {}
    relations = _Relations(problem.cells)
    for total in exact:
        if total.unit not in {"event", "interaction"}:
            continue
        for reading in range(len(total.readings)):
            for sum_ in _of_total(problem, relations, total, {total.id: reading}, exact):
                found.setdefault(sum_.key, sum_)
    return _largest(list(found.values()))


def _value(figure: Figure) -> int | None:
    return int(figure.low) if figure.low is not None and figure.low == figure.high else None


def _largest(found: list[Sum]) -> list[Sum]:
    """Leave out impossible sums whose figures all stand in a larger one of the same total."""
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
    problem: Problem,
    relations: _Relations,
    total: Figure,
    reading: Reading,
    exact: Sequence[Figure],
) -> Iterator[Sum]:
    whole = problem.place(problem.counted(total, reading))
    inside = []
    for figure in exact:
        if figure is total or figure.unit not in {total.unit, "event"}:
            continue
        place = problem.place(problem.counted(figure, {}))
        if relations.within[place, whole] and not relations.within[whole, place]:
            inside.append((figure, place))
    yield from _families(problem, relations, total, reading, inside)
    yield from _disjoint(relations, total, reading, inside)


def _families(
    problem: Problem,
    relations: _Relations,
    total: Figure,
    reading: Reading,
    inside: Sequence[tuple[Figure, int]],
) -> Iterator[Sum]:
    """Parts that differ from the total along one axis, such as its agencies."""
    for axis in AXES:
        family = [
            (figure, place)
            for figure, place in inside
            if _axes(problem, total, reading, figure) == {axis}
        ]
        parts = _widest(relations, family, total.unit)
        if len(parts) < 2:
            continue
        value = sum(_value(figure) or 0 for figure, _ in parts)
        gap = value - (_value(total) or 0)
        figures = tuple(figure for figure, _ in parts)
        own = all(figure.unit == total.unit for figure in figures)
        apart = all(relations.apart[a, b] for (_, a), (_, b) in itertools.combinations(parts, 2))
        if gap > 0 or (gap < 0 and own and _covers(problem, total, reading, figures)):
            yield Sum(total, figures, gap, apart, reading)


def _disjoint(
    relations: _Relations, total: Figure, reading: Reading, inside: Sequence[tuple[Figure, int]]
) -> Iterator[Sum]:
    """Parts that are apart by definition and sum to more than the total."""
    taken: list[tuple[Figure, int]] = []
    for figure, place in sorted(inside, key=lambda item: -(_value(item[0]) or 0))[:MOST_PARTS]:
        if all(relations.apart[place, other] for _, other in taken):
            taken.append((figure, place))
    gap = sum(_value(figure) or 0 for figure, _ in taken) - (_value(total) or 0)
    if len(taken) > 1 and gap > 0:
        ordered = sorted((figure for figure, _ in taken), key=lambda figure: figure.id)
        yield Sum(total, tuple(ordered), gap, True, reading)


def _axes(problem: Problem, total: Figure, reading: Reading, part: Figure) -> set[str]:
    """Along which axes a part is narrower than a total."""
    whole = problem.counted(total, reading).filter
    own = problem.counted(part, {}).filter
    differ = {
        name
        for name in {*whole.conditions, *own.conditions}
        if whole.conditions.get(name) != own.conditions.get(name)
    }
    found = {axis for axis, names in AXES.items() if names & differ}
    window = problem.ledger.space.window
    days = [tuple(filter_.in_time((day, day)) for day in window) for filter_ in (whole, own)]
    if (whole.periods != own.periods and days[0] != days[1]) or whole.season != own.season:
        found.add("when")
    return found


def _covers(problem: Problem, total: Figure, reading: Reading, parts: Sequence[Figure]) -> bool:
    """Whether the parts name every value of a dimension that the total takes in."""
    whole = problem.counted(total, reading).filter
    filters = [problem.counted(part, {}).filter for part in parts]
    for name in COVERING:
        if not all(name in f.conditions for f in filters):
            continue
        named = {value for f in filters for value in f.conditions[name].values}
        known = set(problem.ledger.space.known[name])
        if name in whole.conditions:
            known = {value for value in known if whole.conditions[name].takes(value)}
        if known <= named:
            return True
    return False


def _widest(
    cells: _Relations, family: Sequence[tuple[Figure, int]], unit: str
) -> list[tuple[Figure, int]]:
    """The parts that lie within no other; of equal ones those in the unit of the total."""
    ranked = sorted(family, key=lambda item: (item[0].unit != unit, item[0].id))
    kept: list[tuple[Figure, int]] = []
    for figure, place in ranked:
        wider = [
            other
            for other, at in family
            if other is not figure and cells.within[place, at] and not cells.within[at, place]
        ]
        if not wider and not any(cells.within[place, at] for _, at in kept):
            kept.append((figure, place))
    return sorted(kept, key=lambda item: item[0].id)


class _Relations:
    """Which forms count only what others count, and which have nothing in common."""

    def __init__(self, cells: Cells) -> None:
        events = np.concatenate([cells.events > 0, cells.gatherings > 0], axis=1)
        self.within = _inside(events) & _inside(cells.whom)
        self.apart = ~(_meets(events) & _meets(cells.whom))


def _inside(masks: np.ndarray) -> np.ndarray:
    """Whether each mask lies within each other one."""
    numbers = masks.astype(np.float32)
    return np.asarray(numbers @ (1 - numbers).T == 0)


def _meets(masks: np.ndarray) -> np.ndarray:
    """Whether each mask has something in common with each other one."""
    numbers = masks.astype(np.float32)
    return np.asarray(numbers @ numbers.T > 0)


# --- what overlaps, and what is outside -----------------------------------------------------


def overlap(
    problem: Problem, total: Form, parts: Sequence[Form], unit: str
) -> tuple[Expression, Expression] | None:
    """What of a total is counted more than once by its parts, and what is counted by none.

    Parameters
    ----------
    problem : Problem
    total, parts : Form, sequence of Form
        None of them may ask with whom.
    unit : str
        ``event`` or ``interaction``.

    Returns
    -------
    (Expression, Expression) or None
        None where a form asks with whom.
    """
    cells = problem.cells
    places = [problem.place(form) for form in parts]
    whole = problem.place(total)
    if not cells.whom[[whole, *places]].all():
        return None
    shared: dict[int, int] = {}
    outside: dict[int, int] = {}

    def add(cell: int, held: int, taken: int) -> None:
        if taken and held > 1:
            shared[cell] = held - 1
        elif taken and not held:
            outside[cell] = 1

    first = np.unique(cells.meetings.signature, return_index=True)[1]
    for signature, event in enumerate(first):
        held = int((cells.events[places, event] > 0).sum())
        for cell in set(cells.meetings.cell_of[signature].tolist()):
            add(cell, held, int(cells.events[whole, event]))
    for bundle in cells.bundles:
        raw = bundle.raw[0]
        held = int((cells.gatherings[places, raw] > 0).sum())
        counted = [bundle.events] if unit == "event" else [part for _, part in bundle.parts]
        for cell in counted:
            add(cell, held, int(cells.gatherings[whole, raw]))
    return _expression(shared), _expression(outside)


def _expression(values: dict[int, int]) -> Expression:
    columns = np.array(sorted(values), dtype=np.int64)
    return Expression(columns, np.array([values[c] for c in columns], dtype=float))
