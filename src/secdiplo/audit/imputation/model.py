"""The integer model of imputations: which attested rows stay, and what is imputed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from secdiplo.audit.attested import AttestedEvent, EventPlacer, coarse
from secdiplo.audit.consistency import ConsistentSet
from secdiplo.audit.merging import EventGroup, EventSlot
from secdiplo.audit.model import Interpretation, Model
from secdiplo.audit.solver import Solver, unfinished
from secdiplo.audit.system import Constraint, ExtraRow, System, fact
from secdiplo.audit.variables import Variables

EVENT = 1_000  # an interaction outweighs this many events without a named counterpart


@dataclass(frozen=True)
class AttestedRow:
    """An attested interaction, or an event that names nobody, that may stay.

    Attributes
    ----------
    event : AttestedEvent
    counterpart : (str, str) or None
    at : Spot
    variable : int
        1 where it stays.
    """

    event: AttestedEvent
    counterpart: tuple[str, str] | None
    at: EventSlot
    variable: int


@dataclass
class ImputedGroup:
    """The wholly imputed events of an event group: a copy of its variables."""

    event_group: EventGroup
    cells: dict[int, int]


@dataclass
class ImputationModel:
    """An integer system whose solutions are imputations.

    Attributes
    ----------
    model : Model
    interpretation : Interpretation
        How the claims are read.
    solver : Solver
    attested_rows : list of AttestedRow
    gained : dict of (str, int) to int
        The variables of interactions imputed to an attested event that names nobody: by event
        and the variable of its event group.
    imputed_groups : list of ImputedGroup
    """

    model: Model
    interpretation: Interpretation
    solver: Solver
    attested_rows: list[AttestedRow] = field(default_factory=list)
    gained: dict[tuple[str, int], int] = field(default_factory=dict)
    imputed_groups: list[ImputedGroup] = field(default_factory=list)


def build_model(
    consistent: ConsistentSet, events: Sequence[AttestedEvent], time_limit: float | None = None
) -> ImputationModel:
    """Build the model of imputations.

    Parameters
    ----------
    consistent : ConsistentSet
        The claims to be met, in the first of its interpretations.
    events : sequence of AttestedEvent
        The attested events of the scope.
    time_limit : float, optional
        Seconds for each question.

    Returns
    -------
    ImputationModel
    """
    interpretation = consistent.interpretations[0]
    plain = Model(consistent.claim_set, (), (), None, [interpretation], consistent.cap)
    days = coarse(events, plain.variables)
    model = Model(consistent.claim_set, (), days, time_limit, [interpretation], consistent.cap)
    base = model.system(interpretation, consistent.implied[0])
    return _ModelBuilder(model, interpretation, base, events).build(time_limit)


class _ModelBuilder:
    """Builds the variables and constraints that connect attested events to the model."""

    def __init__(
        self,
        model: Model,
        interpretation: Interpretation,
        base: System,
        events: Sequence[AttestedEvent],
    ) -> None:
        self.variables: Variables = model.variables
        self.base = base
        self.size = self.base.whole.upper.size
        self.first = self.size
        self.upper: list[float] = []
        self.rows: list[Constraint] = []
        self.placer = EventPlacer(self.variables, exact=True)
        self.held: dict[int, list[int]] = {}  # variable -> variables of what is attested in it
        self.rest: dict[int, ImputedGroup] = {}
        self.met: dict[tuple[int, int, str], list[int]] = {}
        self.bare: dict[str, EventSlot] = {}  # the events that name nobody
        self.fit = ImputationModel(model, interpretation, Solver(self.base))
        for event in events:
            slots = self.placer.slots(event)
            if event.format == "multilateral":
                self._multilateral(event, slots[0])
            elif event.counterparts:
                self._meeting(event, slots[0])

    def _new(self, upper: float) -> int:
        self.upper.append(upper)
        self.size += 1
        return self.size - 1

    def _row(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        columns, values = zip(*terms, strict=True)
        self.rows.append(fact(columns, values, low, high))

    def _meeting(self, event: AttestedEvent, at: EventSlot) -> None:
        counterpart = event.counterparts[0]
        group = self.placer.group_of(counterpart)
        variable = self._new(1)
        self.fit.attested_rows.append(AttestedRow(event, counterpart, at, variable))
        for cell in self.variables.meeting_cells(at, group):
            self.held.setdefault(cell, []).append(variable)
        self._meets(at, counterpart, group, variable)

    def _meets(
        self, at: EventSlot, counterpart: tuple[str, str], group: int, variable: int
    ) -> None:
        for i in self.variables.distinct_counts_of(at, group):
            self.met.setdefault((i, group, counterpart[1]), []).append(variable)

    def _multilateral(self, event: AttestedEvent, at: EventSlot) -> None:
        """Let a multilateral event stay with some counterparts, or gain some if it names nobody."""
        event_group = self.variables.event_group(at)
        stays = self._new(1)
        self._hold(event_group, event_group.events, stays)
        inside: dict[int, list[int]] = {}
        for counterpart in event.counterparts:
            group = self.placer.group_of(counterpart)
            part = event_group.part_of(group)
            variable = self._new(1)
            self.fit.attested_rows.append(AttestedRow(event, counterpart, at, variable))
            self._row([(variable, 1), (stays, -1)], -np.inf, 0)
            self._hold(event_group, part, variable)
            inside.setdefault(part, []).append(variable)
            self._meets(at, counterpart, group, variable)
        if not event.counterparts:
            self.fit.attested_rows.append(AttestedRow(event, None, at, stays))
            self.bare[event.event_id] = at
            for groups, part in event_group.parts:
                variable = self._new(min(self.variables.room(groups), self.variables.cap))
                self.fit.gained[event.event_id, part] = variable
                room = float(self.variables.room(groups))
                self._row([(variable, 1), (stays, -room)], -np.inf, 0)
                self._hold(event_group, part, variable)
                inside.setdefault(part, []).append(variable)
        met = [variable for variables in inside.values() for variable in variables]
        self._row([(stays, 1), *((variable, -1) for variable in met)], -np.inf, 0)
        for mask, cell in event_group.subsets:
            self._has(event_group, mask, cell, inside)

    def _has(
        self, event_group: EventGroup, mask: np.ndarray, cell: int, inside: dict[int, list[int]]
    ) -> None:
        """Add whether a staying event has a counterpart in a set that the claims ask for."""
        parts = [part for groups, part in event_group.parts if mask[groups[0]]]
        met = [variable for part in parts for variable in inside.get(part, [])]
        if not met:
            return
        has = self._new(1)
        self._row([(has, 1), *((variable, -1) for variable in met)], -np.inf, 0)
        for variable in met:
            self._row([(variable, 1), (has, -self._top(variable))], -np.inf, 0)
        self._hold(event_group, cell, has)

    def _top(self, variable: int) -> float:
        return self.upper[variable - self.first]

    def _hold(self, event_group: EventGroup, cell: int, variable: int) -> None:
        if event_group.events not in self.rest:
            fixed = self._fixed(event_group)
            copies = {cell: self._new(0 if fixed else np.inf) for cell in event_group.cells}
            self.rest[event_group.events] = ImputedGroup(event_group, copies)
        self.held.setdefault(cell, []).append(variable)

    def _fixed(self, event_group: EventGroup) -> bool:
        """Check whether an event group is in a period reserved for attested rows."""
        place = int(event_group.raw[0]) % len(self.variables.partition.forum_slots)
        return self.variables.partition.periods[
            self.variables.partition.forum_slots[place].period
        ].fixed

    # --- the rest of the rows ---------------------------------------------------------------

    def build(self, time_limit: float | None) -> ImputationModel:
        """Return the model with all constraints."""
        copies = {old: new for rest in self.rest.values() for old, new in rest.cells.items()}
        for cell, new in copies.items():
            self._row([(cell, 1), (new, -1), *((v, -1) for v in self.held.get(cell, []))], 0, 0)
        steps = {step for cells in self.variables.distinct_steps.values() for step in cells}
        for row in self.variables.facts:
            own = set(row.columns.tolist())
            if own & copies.keys() and own <= copies.keys() | steps:
                columns = np.array([copies.get(c, c) for c in row.columns.tolist()], np.int64)
                self.rows.append(Constraint("", columns, row.values, row.low, row.high))
        for cell, variables in self.held.items():
            if cell not in copies:
                self._row([(cell, 1), *((v, -1) for v in variables)], 0, np.inf)
        self._only_attested()
        self._different()
        for event_group in self.variables.event_groups:
            rest = self.rest.get(event_group.events)
            if rest is None:
                rest = ImputedGroup(event_group, {cell: cell for cell in event_group.cells})
            self.fit.imputed_groups.append(rest)
        system = self.base.extended(self.rows, np.array(self.upper))
        self.fit.solver = Solver(system, time_limit)
        return self.fit

    def _only_attested(self) -> None:
        """Allow nothing but attested rows in the periods reserved for them."""
        partition = self.variables.partition
        fixed = {n for n, period in enumerate(partition.periods) if period.fixed}
        if not fixed:
            return
        signature = self.variables.meetings.signature
        cells: set[int] = set()
        for fmt, places in (
            ("bilateral", partition.bilateral_slots),
            ("sideline", partition.forum_slots),
        ):
            at = [n for n, place in enumerate(places) if place.period in fixed]
            for profile in range(len(partition.profiles)):
                for place in at:
                    part = self.variables.event_part(EventSlot(fmt, profile, place))
                    cells |= set(self.variables.meetings.cell_of[signature[part]].tolist())
        for cell in sorted(cells):
            self._row([(cell, 1), *((v, -1) for v in self.held.get(cell, []))], -np.inf, 0)
        for event_group in self.variables.event_groups:
            if self._fixed(event_group) and event_group.events not in self.rest:
                self._row([(event_group.events, 1)], -np.inf, 0)

    def _different(self) -> None:
        """Require the counterparts that stay, plus as many new ones as are imputed."""
        names: dict[tuple[int, int], dict[str, list[int]]] = {}
        for (i, group, name), variables in self.met.items():
            names.setdefault((i, group), {})[name] = variables
        flags = {key: [self._flag(held) for held in own.values()] for key, own in names.items()}
        for (i, group), cell in self.variables.distinct_cells.items():
            stay = [(flag, -1) for flag in flags.get((i, group), ())]
            self._row([(cell, 1), *stay], 0, np.inf)
            if (i, group) in self.variables.nested_distinct:
                self._new_of(i, group, [(cell, 1), *stay], flags)
            self._gained_of(i, group, cell)

    def _flag(self, held: Sequence[int]) -> int:
        """Add whether a counterpart stays in one of some events."""
        flag = self._new(1)
        self._row([(flag, 1), *((v, -1) for v in held)], -np.inf, 0)
        for variable in held:
            self._row([(variable, 1), (flag, -1)], -np.inf, 0)
        return flag

    def _new_of(
        self,
        i: int,
        group: int,
        terms: list[tuple[int, float]],
        flags: Mapping[tuple[int, int], Sequence[int]],
    ) -> None:
        """Limit new counterparts to those of a nested count and of imputed meetings."""
        inside, met = self.variables.nested_distinct[i, group]
        for j in inside:
            terms.append((self.variables.distinct_cells[j, group], -1))
            terms += [(flag, 1) for flag in flags.get((j, group), ())]
        terms += [(cell, -1) for cell in met]
        for (spec, of_group, name), held in self.met.items():
            if (spec, of_group) == (i, group):
                inner = {v for j in inside for v in self.met.get((j, group, name), ())}
                terms += [(variable, 1) for variable in held if variable not in inner]
        self._row(terms, -np.inf, 0)

    def _gained_of(self, i: int, group: int, cell: int) -> None:
        """Limit the counterparts that an event gains to the different ones of the group."""
        for (event, part), variable in self.fit.gained.items():
            at = self.bare[event]
            met = group in self.variables.event_group(at).groups_of(part)
            if met and self.variables.includes(i, at):
                self._row([(variable, 1), (cell, -1)], -np.inf, 0)


@dataclass(frozen=True)
class BestImputation:
    """An imputation that keeps the most attested rows and adds the fewest imputed ones.

    Attributes
    ----------
    x : array
        An imputation that keeps the most and adds the least.
    rows : tuple
        What makes another imputation as good, as further rows of the system.
    """

    x: np.ndarray
    rows: tuple[ExtraRow, ...]


def objectives(fitted: ImputationModel) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of what is kept and of what is added."""
    size = fitted.solver.system.whole.upper.size
    kept, added = np.zeros(size), np.zeros(size)
    for item in fitted.attested_rows:
        kept[item.variable] += 1 if item.counterpart is None else EVENT
    variables = fitted.model.variables
    added[: len(variables.meetings.groups)] += EVENT + 1
    for event_group in variables.event_groups:
        added[[part for _, part in event_group.parts]] += EVENT
        added[event_group.events] += 1
    return kept, added


def best_imputation(fitted: ImputationModel) -> BestImputation:
    """Keep the most attested interactions, then events, and add the fewest imputed ones.

    Of these, the agencies of an event are as few as can be.

    Raises
    ------
    UnfinishedError
        The time did not suffice.
    """
    kept, added = objectives(fitted)
    fitted.solver.restart()
    most = fitted.solver.maximum(kept)
    if most.value is None:
        raise unfinished(fitted.solver.time_limit)
    row = (kept, float(most.value), np.inf)
    least = fitted.solver.minimum(added, more=[row])
    if least.value is None:
        raise unfinished(fitted.solver.time_limit)
    rows = [row, (added, -np.inf, float(least.value))]
    together = agency_weights(fitted)
    fewest = fitted.solver.minimum(together, more=rows)
    if fewest.value is None or fewest.x is None:
        raise unfinished(fitted.solver.time_limit)
    rows.append((together, -np.inf, float(fewest.value)))
    return BestImputation(fewest.x, tuple(rows))


def agency_weights(fitted: ImputationModel) -> np.ndarray:
    """Return the minimum number of agencies in an event of each variable."""
    variables, partition = fitted.model.variables, fitted.model.variables.partition
    weights = np.zeros(fitted.solver.system.whole.upper.size)
    fewest = np.full(len(variables.meetings.groups), np.inf)
    sizes = np.array([len(profile) for profile in partition.profiles])
    for count, first in (
        (len(partition.bilateral_slots), 0),
        (len(partition.forum_slots), len(sizes) * len(partition.bilateral_slots)),
    ):
        for profile, size in enumerate(sizes):
            parts = first + profile * count + np.arange(count)
            held = np.unique(variables.meetings.cell_of[variables.meetings.signature[parts]])
            fewest[held] = np.minimum(fewest[held], size)
    weights[: len(fewest)] = np.where(np.isfinite(fewest), fewest, 0)
    for event_group in variables.event_groups:
        weights[event_group.events] = sizes[event_group.raw // len(partition.forum_slots)].min()
    return weights


def random_imputation(
    fitted: ImputationModel, best: BestImputation, rng: np.random.Generator
) -> np.ndarray:
    """Return a random imputation that keeps as much and adds as little as the best one."""
    objective = np.zeros(fitted.solver.system.whole.upper.size)
    count = fitted.model.variables.size
    objective[:count] = rng.integers(0, 100, count)
    for item in fitted.attested_rows:
        objective[item.variable] = int(rng.integers(0, 100))
    x = fitted.solver.good_point(objective, best.rows)
    if x is None:
        raise unfinished(fitted.solver.time_limit)
    return x
