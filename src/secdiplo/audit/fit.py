"""Attested rows fitted to the published figures: which stay, which do not, what is to be added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from secdiplo.audit.attested import Event, Placing, coarse
from secdiplo.audit.cells import Cells
from secdiplo.audit.merge import Bundle, EventSlot
from secdiplo.audit.problem import Problem, Reading
from secdiplo.audit.settle import Settled
from secdiplo.audit.solver import Solver, unfinished
from secdiplo.audit.system import Bound, Row, System, fact

EVENT = 1_000  # an interaction outweighs this many events without a named counterpart


@dataclass(frozen=True)
class Kept:
    """One attested interaction, or one event that names nobody, that may stay.

    Attributes
    ----------
    event : Event
    counterpart : (str, str) or None
    spot : Spot
    variable : int
        1 where it stays.
    """

    event: Event
    counterpart: tuple[str, str] | None
    spot: EventSlot
    variable: int


@dataclass
class Rest:
    """The wholly imputed multilateral events of a bundle: cells like its own."""

    bundle: Bundle
    cells: dict[int, int]


@dataclass
class Fit:
    """An integer system whose solutions are completions.

    Attributes
    ----------
    problem : Problem
    reading : Reading
        How the figures are read.
    solver : Solver
    kept : list of Kept
    gathered : dict of str to int
        The variable of each attested multilateral event: 1 where it stays.
    gained : dict of (str, int) to int
        The variables of interactions imputed to an attested event that names nobody: by event
        and the cell of its bundle.
    rests : list of Rest
    """

    problem: Problem
    reading: Reading
    solver: Solver
    kept: list[Kept] = field(default_factory=list)
    gathered: dict[str, int] = field(default_factory=dict)
    gained: dict[tuple[str, int], int] = field(default_factory=dict)
    rests: list[Rest] = field(default_factory=list)


def fit(settled: Settled, events: Sequence[Event], time_limit: float | None = None) -> Fit:
    """Set up the system of completions.

    Parameters
    ----------
    settled : Settled
        The figures to be met, in the first of its readings.
    events : sequence of Event
        The attested events of the scope.
    time_limit : float, optional
        Seconds for each question.

    Returns
    -------
    Fit
    """
    reading = settled.readings[0]
    plain = Problem(settled.ledger, (), (), None, [reading], settled.cap)
    days = coarse(events, plain.cells)
    problem = Problem(settled.ledger, (), days, time_limit, [reading], settled.cap)
    base = problem.system(reading, settled.implied[0])
    return _Fitting(problem, reading, base, events).made(time_limit)


class _Fitting:
    """The variables and rows that fit attested events into the cells."""

    def __init__(
        self, problem: Problem, reading: Reading, base: System, events: Sequence[Event]
    ) -> None:
        self.cells: Cells = problem.cells
        self.base = base
        self.size = self.base.whole.upper.size
        self.first = self.size
        self.upper: list[float] = []
        self.rows: list[Row] = []
        self.placing = Placing(self.cells, exact=True)
        self.held: dict[int, list[int]] = {}  # cell -> variables of what is attested in it
        self.rest: dict[int, Rest] = {}
        self.met: dict[tuple[int, int, str], list[int]] = {}
        self.bare: dict[str, EventSlot] = {}  # the events that name nobody
        self.fit = Fit(problem, reading, Solver(self.base))
        for event in events:
            spots = self.placing.spots(event)
            if event.format == "multilateral":
                self._gathering(event, spots[0])
            elif event.counterparts:
                self._meeting(event, spots[0])

    def _new(self, upper: float) -> int:
        self.upper.append(upper)
        self.size += 1
        return self.size - 1

    def _row(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        columns, values = zip(*terms, strict=True)
        self.rows.append(fact(columns, values, low, high))

    def _meeting(self, event: Event, spot: EventSlot) -> None:
        counterpart = event.counterparts[0]
        class_ = self.placing.class_of(counterpart)
        variable = self._new(1)
        self.fit.kept.append(Kept(event, counterpart, spot, variable))
        for cell in self.cells.of_meeting(spot, class_):
            self.held.setdefault(cell, []).append(variable)
        self._meets(spot, counterpart, class_, variable)

    def _meets(
        self, spot: EventSlot, counterpart: tuple[str, str], class_: int, variable: int
    ) -> None:
        for i in self.cells.different(spot, class_):
            self.met.setdefault((i, class_, counterpart[1]), []).append(variable)

    def _gathering(self, event: Event, spot: EventSlot) -> None:
        """A multilateral event stays with some of its counterparts; one that names nobody gains."""
        bundle = self.cells.bundle(spot)
        stays = self._new(1)
        self.fit.gathered[event.event_id] = stays
        self._hold(bundle, bundle.events, stays)
        inside: dict[int, list[int]] = {}
        for counterpart in event.counterparts:
            class_ = self.placing.class_of(counterpart)
            part = bundle.part_of(class_)
            variable = self._new(1)
            self.fit.kept.append(Kept(event, counterpart, spot, variable))
            self._row([(variable, 1), (stays, -1)], -np.inf, 0)
            self._hold(bundle, part, variable)
            inside.setdefault(part, []).append(variable)
            self._meets(spot, counterpart, class_, variable)
        if not event.counterparts:
            self.fit.kept.append(Kept(event, None, spot, stays))
            self.bare[event.event_id] = spot
            for classes, part in bundle.parts:
                variable = self._new(min(self.cells.room(classes), self.cells.cap))
                self.fit.gained[event.event_id, part] = variable
                room = float(self.cells.room(classes))
                self._row([(variable, 1), (stays, -room)], -np.inf, 0)
                self._hold(bundle, part, variable)
                inside.setdefault(part, []).append(variable)
        met = [variable for variables in inside.values() for variable in variables]
        self._row([(stays, 1), *((variable, -1) for variable in met)], -np.inf, 0)
        for mask, cell in bundle.subsets:
            self._has(bundle, mask, cell, inside)

    def _has(
        self, bundle: Bundle, mask: np.ndarray, cell: int, inside: dict[int, list[int]]
    ) -> None:
        """Whether an event that stays has a counterpart of a set that the figures ask for."""
        parts = [part for classes, part in bundle.parts if mask[classes[0]]]
        met = [variable for part in parts for variable in inside.get(part, [])]
        if not met:
            return
        has = self._new(1)
        self._row([(has, 1), *((variable, -1) for variable in met)], -np.inf, 0)
        for variable in met:
            self._row([(variable, 1), (has, -self._top(variable))], -np.inf, 0)
        self._hold(bundle, cell, has)

    def _top(self, variable: int) -> float:
        return self.upper[variable - self.first]

    def _hold(self, bundle: Bundle, cell: int, variable: int) -> None:
        if bundle.events not in self.rest:
            fixed = self._fixed(bundle)
            copies = {cell: self._new(0 if fixed else np.inf) for cell in bundle.cells}
            self.rest[bundle.events] = Rest(bundle, copies)
        self.held.setdefault(cell, []).append(variable)

    def _fixed(self, bundle: Bundle) -> bool:
        """Whether a bundle lies in a span that only holds attested rows."""
        place = int(bundle.raw[0]) % len(self.cells.atoms.beside)
        return self.cells.atoms.spans[self.cells.atoms.beside[place].span].fixed

    # --- the rest of the rows ---------------------------------------------------------------

    def made(self, time_limit: float | None) -> Fit:
        """The system with all rows."""
        copies = {old: new for rest in self.rest.values() for old, new in rest.cells.items()}
        for cell, new in copies.items():
            self._row([(cell, 1), (new, -1), *((v, -1) for v in self.held.get(cell, []))], 0, 0)
        steps = {step for cells in self.cells.steps.values() for step in cells}
        for row in self.cells.facts:
            own = set(row.columns.tolist())
            if own & copies.keys() and own <= copies.keys() | steps:
                columns = np.array([copies.get(c, c) for c in row.columns.tolist()], np.int64)
                self.rows.append(Row("", columns, row.values, row.low, row.high))
        for cell, variables in self.held.items():
            if cell not in copies:
                self._row([(cell, 1), *((v, -1) for v in variables)], 0, np.inf)
        self._only_attested()
        self._different()
        for bundle in self.cells.bundles:
            rest = self.rest.get(bundle.events)
            if rest is None:
                rest = Rest(bundle, {cell: cell for cell in bundle.cells})
            self.fit.rests.append(rest)
        system = self.base.extended(self.rows, np.array(self.upper))
        self.fit.solver = Solver(system, time_limit)
        return self.fit

    def _only_attested(self) -> None:
        """Spans for attested rows hold nothing else."""
        atoms = self.cells.atoms
        fixed = {n for n, span in enumerate(atoms.spans) if span.fixed}
        if not fixed:
            return
        signature = self.cells.meetings.signature
        cells: set[int] = set()
        for fmt, places in (("bilateral", atoms.alone), ("sideline", atoms.beside)):
            at = [n for n, place in enumerate(places) if place.span in fixed]
            for profile in range(len(atoms.profiles)):
                for place in at:
                    part = self.cells.part(EventSlot(fmt, profile, place))
                    cells |= set(self.cells.meetings.cell_of[signature[part]].tolist())
        for cell in sorted(cells):
            self._row([(cell, 1), *((v, -1) for v in self.held.get(cell, []))], -np.inf, 0)
        for bundle in self.cells.bundles:
            if self._fixed(bundle) and bundle.events not in self.rest:
                self._row([(bundle.events, 1)], -np.inf, 0)

    def _different(self) -> None:
        """Different counterparts are those that stay, and as many new ones as are imputed."""
        names: dict[tuple[int, int], dict[str, list[int]]] = {}
        for (i, class_, name), variables in self.met.items():
            names.setdefault((i, class_), {})[name] = variables
        flags = {key: [self._flag(held) for held in own.values()] for key, own in names.items()}
        for (i, class_), cell in self.cells.found.items():
            stay = [(flag, -1) for flag in flags.get((i, class_), ())]
            self._row([(cell, 1), *stay], 0, np.inf)
            if (i, class_) in self.cells.inside:
                self._new_of(i, class_, [(cell, 1), *stay], flags)
            self._gained_of(i, class_, cell)

    def _flag(self, held: Sequence[int]) -> int:
        """Whether a counterpart stays in one of some events."""
        flag = self._new(1)
        self._row([(flag, 1), *((v, -1) for v in held)], -np.inf, 0)
        for variable in held:
            self._row([(variable, 1), (flag, -1)], -np.inf, 0)
        return flag

    def _new_of(
        self,
        i: int,
        class_: int,
        terms: list[tuple[int, float]],
        flags: Mapping[tuple[int, int], Sequence[int]],
    ) -> None:
        """Those that do not stay are new in a count inside this one, or in imputed meetings."""
        inside, met = self.cells.inside[i, class_]
        for j in inside:
            terms.append((self.cells.found[j, class_], -1))
            terms += [(flag, 1) for flag in flags.get((j, class_), ())]
        terms += [(cell, -1) for cell in met]
        for (form, of_class, name), held in self.met.items():
            if (form, of_class) == (i, class_):
                inner = {v for j in inside for v in self.met.get((j, class_, name), ())}
                terms += [(variable, 1) for variable in held if variable not in inner]
        self._row(terms, -np.inf, 0)

    def _gained_of(self, i: int, class_: int, cell: int) -> None:
        """No event gains more counterparts of a class than there are different ones."""
        for (event, part), variable in self.fit.gained.items():
            spot = self.bare[event]
            met = class_ in self.cells.bundle(spot).classes_of(part)
            if met and self.cells.taken(i, spot):
                self._row([(variable, 1), (cell, -1)], -np.inf, 0)


@dataclass(frozen=True)
class Best:
    """How well attested rows can be kept.

    Attributes
    ----------
    x : array
        A completion that keeps the most and adds the least.
    rows : tuple
        What makes another completion as good, as further rows of the system.
    """

    x: np.ndarray
    rows: tuple[Bound, ...]


def objectives(fit_: Fit) -> tuple[np.ndarray, np.ndarray]:
    """What is kept, and what is added, as weights of the variables."""
    size = fit_.solver.system.whole.upper.size
    kept, added = np.zeros(size), np.zeros(size)
    for item in fit_.kept:
        kept[item.variable] += 1 if item.counterpart is None else EVENT
    cells = fit_.problem.cells
    added[: len(cells.meetings.classes)] += EVENT + 1
    for bundle in cells.bundles:
        added[[part for _, part in bundle.parts]] += EVENT
        added[bundle.events] += 1
    return kept, added


def best(fit_: Fit) -> Best:
    """Keep the most attested interactions, then events, and add the fewest imputed ones.

    Of these, the agencies of an event are as few as can be.

    Raises
    ------
    UnfinishedError
        The time did not suffice.
    """
    kept, added = objectives(fit_)
    fit_.solver.restart()
    most = fit_.solver.maximum(kept)
    if most.value is None:
        raise unfinished(fit_.solver.time_limit)
    row = (kept, float(most.value), np.inf)
    least = fit_.solver.minimum(added, more=[row])
    if least.value is None:
        raise unfinished(fit_.solver.time_limit)
    rows = [row, (added, -np.inf, float(least.value))]
    together = agencies(fit_)
    fewest = fit_.solver.minimum(together, more=rows)
    if fewest.value is None or fewest.x is None:
        raise unfinished(fit_.solver.time_limit)
    rows.append((together, -np.inf, float(fewest.value)))
    return Best(fewest.x, tuple(rows))


def agencies(fit_: Fit) -> np.ndarray:
    """How many agencies take part at least in an event of each cell, as weights."""
    cells, atoms = fit_.problem.cells, fit_.problem.cells.atoms
    weights = np.zeros(fit_.solver.system.whole.upper.size)
    fewest = np.full(len(cells.meetings.classes), np.inf)
    sizes = np.array([len(profile) for profile in atoms.profiles])
    for count, first in ((len(atoms.alone), 0), (len(atoms.beside), len(sizes) * len(atoms.alone))):
        for profile, size in enumerate(sizes):
            parts = first + profile * count + np.arange(count)
            held = np.unique(cells.meetings.cell_of[cells.meetings.signature[parts]])
            fewest[held] = np.minimum(fewest[held], size)
    weights[: len(fewest)] = np.where(np.isfinite(fewest), fewest, 0)
    for bundle in cells.bundles:
        weights[bundle.events] = sizes[bundle.raw // len(atoms.beside)].min()
    return weights


def another(fit_: Fit, best_: Best, rng: np.random.Generator) -> np.ndarray:
    """One of the completions that keep as much and add as little, chosen by chance."""
    objective = np.zeros(fit_.solver.system.whole.upper.size)
    cells = fit_.problem.cells.size
    objective[:cells] = rng.integers(0, 100, cells)
    for item in fit_.kept:
        objective[item.variable] = int(rng.integers(0, 100))
    x = fit_.solver.some(objective, best_.rows)
    if x is None:
        raise unfinished(fit_.solver.time_limit)
    return x
