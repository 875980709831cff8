"""The solver and the search for conflicts against counting over all points of small boxes."""

from __future__ import annotations

from itertools import chain, combinations, product

import numpy as np
import pytest

from secdiplo.audit.conflicts import (
    Correction,
    binding_claims,
    largest_feasible,
    minimal_conflicts,
    smallest_change,
)
from secdiplo.audit.solver import EVERYWHERE, Solver
from secdiplo.audit.system import Answer, Constraint, ConstraintSet, System

SEEDS = range(72)
INF = np.inf


def row(owner, coefficients, low, high, step=1.0):
    coefficients = np.asarray(coefficients, float)
    columns = np.flatnonzero(coefficients)
    return Constraint(owner, columns, coefficients[columns], low, high, step)


def solver_for(rows, upper, **options):
    upper = np.asarray(upper, float)
    return Solver(System(upper.size, upper, rows), **options)


def subsets(items):
    items = list(items)
    return chain.from_iterable(combinations(items, k) for k in range(len(items) + 1))


class Ledger:
    """A random small system, and what counting over all of its points says about it."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.n = int(self.random.integers(3, 6))
        self.upper = self.random.integers(1, 4, self.n)
        self.rows = [self.fact() for _ in range(self.random.integers(1, 3))]
        names = [f"c{i}" for i in range(self.random.integers(3, 8))]
        self.random.shuffle(names)  # the order of appearance, not of the alphabet, counts
        for name in names:
            self.rows += self.claim(name)
        self.owners = tuple(names)
        self.points = np.array(list(product(*(range(u + 1) for u in self.upper))), float)
        self.truth = {
            name: np.all([self.met(r) for r in self.rows if r.claim_id == name], axis=0)
            for name in ("", *names)
        }

    def coefficients(self, low, high):
        return self.random.integers(low, high + 1, self.n)

    def fact(self):
        return row("", self.coefficients(-1, 2), 0, float(self.random.integers(2, 9)))

    def claim(self, name):
        kind = self.random.choice(["count", "band", "least", "most", "share"])
        c = self.coefficients(*((0, 1) if kind == "count" else (-1, 3)))
        v = float(self.random.integers(0, 6))
        if kind == "share":
            part = c * self.random.integers(0, 2, self.n)
            whole = np.maximum(c, 0)
            low, high = 10 * v, 10 * v + 12
            return [
                row(name, 100 * part - high * whole, -INF, 0, step=100),
                row(name, 100 * part - low * whole, 0, INF, step=100),
            ]
        low, high = {
            "count": (v, v),
            "band": (v - 0.5, v + 1.5),
            "least": (v, INF),
            "most": (-INF, v - 2),
        }[kind]
        return [row(name, c, low, high)]

    def sums(self, r):
        return self.points[:, r.columns] @ r.values

    def met(self, r):
        return (self.sums(r) >= r.low) & (self.sums(r) <= r.high)

    def holding(self, owners):
        return np.all([self.truth[""], *(self.truth[o] for o in owners)], axis=0)

    def possible(self, owners):
        return bool(self.holding(owners).any())

    def conflicts(self):
        """Minimal impossible sets by size, then by order: every impossible one without a smaller."""
        found = []
        for chosen in subsets(self.owners):
            if not self.possible(chosen) and not any(set(f) <= set(chosen) for f in found):
                found.append(chosen)
        return found

    def to_drop(self):
        """`combinations` yields the smallest sets first, and among those the earliest owners."""
        for gone in subsets(self.owners):
            if self.possible([o for o in self.owners if o not in gone]):
                return gone
        return None

    def cost(self, owner, slack=25):
        """How far the owner's figure must move, per point; infinite where no move will do."""
        best = np.full(len(self.points), INF)
        for by in range(-slack, slack + 1):
            good = np.all(
                [
                    (self.sums(r) - r.step * by >= r.low) & (self.sums(r) - r.step * by <= r.high)
                    for r in self.rows
                    if r.claim_id == owner
                ],
                axis=0,
            )
            best[good] = np.minimum(best[good], abs(by))
        return best

    def least_change(self):
        """The least total and, among the points with it, the least sum of position and size."""
        costs = np.array([self.cost(o) for o in self.owners])
        total = np.where(self.truth[""], costs.sum(axis=0), INF)
        if not np.isfinite(total.min()):
            return None
        least = total == total.min()
        ties = np.arange(len(self.owners)) @ costs[:, least]
        return int(total.min()), int(ties.min())

    def solver(self, **options):
        return solver_for(self.rows, self.upper, **options)


@pytest.fixture(scope="module", params=SEEDS)
def ledger(request):
    return Ledger(request.param)


def test_the_random_ledgers_are_varied():
    ledgers = [Ledger(seed) for seed in SEEDS]
    conflicts = [ledger.conflicts() for ledger in ledgers]
    assert sum(not c for c in conflicts) >= 5
    assert sum(len(c) >= 2 for c in conflicts) >= 20
    assert sum(c == [()] for c in conflicts) <= 10
    assert max(len(s) for c in conflicts for s in c) >= 3
    assert sum(len(ledger.to_drop() or ()) >= 2 for ledger in ledgers) >= 10


def test_feasible_for_every_subset(ledger):
    system = System(ledger.n, ledger.upper, ledger.rows)
    remembering = Solver(system)
    for chosen in subsets(ledger.owners):
        assert remembering.feasible(chosen) is ledger.possible(chosen)
    for chosen in list(subsets(ledger.owners))[::5]:
        assert Solver(system).feasible(chosen) is ledger.possible(chosen)
    assert remembering.feasible() is ledger.possible(ledger.owners)


@pytest.mark.parametrize("sense", ["min", "max"])
def test_optimum_and_what_binds_it(ledger, sense):
    solver = ledger.solver()
    for chosen in (ledger.owners, ledger.owners[::2], ledger.owners[:1]):
        objective = ledger.random.integers(-2, 4, ledger.n).astype(float)
        ask = solver.minimum if sense == "min" else solver.maximum
        best = min if sense == "min" else max

        def value(owners, objective=objective, best=best):
            return best(ledger.points[ledger.holding(owners)] @ objective, default=None)

        answer = ask(objective, chosen)
        binding = binding_claims(solver, objective, sense, answer, chosen)
        assert set(binding) <= set(chosen)
        assert list(binding) == [o for o in ledger.owners if o in binding]
        if not ledger.possible(chosen):
            assert answer == Answer("infeasible") or answer.status == "infeasible"
            assert answer.value is None and answer.x is None
        else:
            assert (answer.status, answer.value) == ("optimal", value(chosen))
            assert answer.bound == answer.value and isinstance(answer.value, int)
            assert answer.x @ objective == answer.value
            place = (ledger.points == answer.x).all(axis=1)
            assert ledger.holding(chosen)[place].all() and place.sum() == 1
        assert value(binding) == value(chosen)
        for owner in binding:
            assert value([o for o in binding if o != owner]) != value(chosen)


def test_all_minimal_conflicts(ledger):
    expected = ledger.conflicts()
    assert minimal_conflicts(ledger.solver(), ledger.owners, limit=1000) == (expected, True)


def test_conflicts_among_some_owners(ledger):
    some = ledger.owners[1::2]
    expected = [c for c in ledger.conflicts() if set(c) <= set(some)]
    assert minimal_conflicts(ledger.solver(), some[::-1], limit=1000) == (expected, True)


def test_fewest_owners_to_drop(ledger):
    expected = ledger.to_drop()
    if expected is None:
        assert largest_feasible(ledger.solver(), ledger.owners) == (ledger.owners, False)
    else:
        assert largest_feasible(ledger.solver(), ledger.owners) == (expected, True)


def test_smallest_change(ledger):
    changes, proven = smallest_change(ledger.solver(), ledger.owners)
    expected = ledger.least_change()
    assert proven
    if expected is None:
        assert changes is None
        return
    assert sum(abs(c.by) for c in changes) == expected[0]
    assert sum(ledger.owners.index(c.claim_id) * abs(c.by) for c in changes) == expected[1]
    assert [c.claim_id for c in changes] == [
        o for o in ledger.owners if o in {c.claim_id for c in changes}
    ]
    by = {c.claim_id: c.by for c in changes}
    moved = [
        Constraint(r.claim_id, r.columns, r.values, r.low + shift, r.high + shift)
        for r in ledger.rows
        for shift in [r.step * by.get(r.claim_id, 0)]
    ]
    assert solver_for(moved, ledger.upper).feasible() is True


def test_share_and_count_share_their_slack():
    rows = [
        row("whole", [0, 1], 10, 10),
        row("part", [1, 0], 9, 9),
        row("share", [100, -55], -INF, 0, step=100),
        row("share", [100, -45], 0, INF, step=100),
    ]
    solver = solver_for(rows, [INF, INF])
    assert minimal_conflicts(solver, ["share", "part", "whole"]) == (
        [("whole", "part", "share")],
        True,
    )
    assert largest_feasible(solver, ["whole", "part", "share"]) == (("whole",), True)
    changes, proven = smallest_change(solver, ["whole", "part", "share"])
    assert proven and sum(abs(c.by) for c in changes) == 4
    by = {c.claim_id: c.by for c in changes}
    part, whole = 9 + by.get("part", 0), 10 + by.get("whole", 0)
    assert 45 * whole <= 100 * (part - by.get("share", 0)) <= 55 * whole


def test_changes_fall_on_early_owners():
    rows = [row("b", [1], 2, 2), row("a", [1], 5, 5)]
    assert smallest_change(solver_for(rows, [INF]), ["a", "b"]) == ([Correction("b", 3)], True)


def test_consistent_owners_need_no_change():
    solver = solver_for([row("a", [1, 1], 4, 4), row("b", [1, 0], 1, 3)], [INF, INF])
    assert minimal_conflicts(solver, ["a", "b"]) == ([], True)
    assert largest_feasible(solver, ["a", "b"]) == ((), True)
    assert smallest_change(solver, ["a", "b"]) == ([], True)


def test_unbounded_objective():
    solver = solver_for([row("a", [1, -1], 0, 0)], [INF, INF])
    answer = solver.maximum(np.array([1.0, 1.0]))
    assert (answer.status, answer.value, answer.bound) == ("unbounded", None, None)
    assert binding_claims(solver, np.array([1.0, 1.0]), "max", answer) == ()
    assert solver.minimum(np.array([1.0, 1.0])).value == 0
    assert solver.maximum(np.array([1.0, -1.0])).value == 0


def test_unbounded_relaxation_without_an_integer_point_is_infeasible():
    solver = solver_for([row("a", [2, -2, 0], 1, 1)], [INF, INF, INF])
    assert solver.maximum(np.array([1.0, 1.0, 0.0])).status == "infeasible"
    assert solver.maximum(np.array([0.0, 0.0, 1.0])).status == "infeasible"


def test_facts_alone_infeasible():
    rows = [row("", [1, 1], 3, INF), row("a", [1, 0], 1, 1), row("b", [0, 1], 0, 0)]
    solver = solver_for(rows, [1, 1])
    assert solver.feasible(()) is False
    assert minimal_conflicts(solver, ["a", "b"]) == ([()], True)
    assert largest_feasible(solver, ["a", "b"]) == (("a", "b"), False)
    assert smallest_change(solver, ["a", "b"]) == (None, True)
    answer = solver.minimum(np.array([1.0, 0.0]))
    assert answer.status == "infeasible"
    assert binding_claims(solver, np.array([1.0, 0.0]), "min", answer) == ()


def test_no_time_no_answer():
    solver = solver_for([row("a", [1], 2, 2), row("b", [1], 3, 3)], [9], time_limit=0)
    assert not solver.timed_out
    assert solver.feasible() is None and solver.feasible(["a"]) is None
    assert solver.timed_out
    for answer in (solver.minimum(np.ones(1)), solver.maximum(np.ones(1), ["a"])):
        assert (answer.status, answer.value, answer.x) == ("unfinished", None, None)
    assert binding_claims(solver, np.ones(1), "min", Answer("optimal", 2, 2.0), ["a"]) == ("a",)
    assert minimal_conflicts(solver, ["a", "b"]) == ([], False)
    assert largest_feasible(solver, ["a", "b"]) == (("a", "b"), False)
    assert smallest_change(solver, ["a", "b"]) == (None, False)
    assert solver.calls == 0


def test_restart_gives_the_time_again():
    solver = solver_for([row("a", [1], 2, 2)], [9], time_limit=60)
    solver._deadline = 0.0
    assert solver.feasible() is None
    solver.restart()
    assert solver.feasible() is True and not solver.timed_out and solver.calls == 1
    assert solver.feasible() is True and solver.calls == 1  # remembered


@pytest.mark.slow
def test_time_running_out_midway_says_so():
    rows = [row(f"c{i}", [1], i, i) for i in range(6)]
    for patience in range(0, 120, 7):
        solver = solver_for(rows, [9])

        def begin(solver=solver, patience=patience):
            solver.calls += 1
            solver.timed_out |= solver.calls > patience
            return INF if solver.calls <= patience else None

        solver._seconds_left = begin
        found, complete = minimal_conflicts(solver, solver.system.claim_ids)
        assert all(len(c) == 2 for c in found) and len(set(found)) == len(found)
        assert complete is (len(found) == 15 and not solver.timed_out)
        solver.calls = 0
        dropped, proven = largest_feasible(solver, solver.system.claim_ids)
        assert not proven or dropped == ("c0", "c1", "c2", "c3", "c4")


def test_limit_of_conflicts():
    rows = [row(f"c{i}", [1], i, i) for i in range(6)]
    found, complete = minimal_conflicts(solver_for(rows, [9]), [f"c{i}" for i in range(6)], limit=4)
    assert len(found) == 4 and not complete
    found, complete = minimal_conflicts(solver_for(rows, [9]), [f"c{i}" for i in range(6)])
    assert found == list(combinations([f"c{i}" for i in range(6)], 2)) and complete
    assert minimal_conflicts(solver_for(rows, [9]), ["c0", "c1"], limit=0) == ([], False)


def test_conflict_that_only_integers_show():
    """Pairs of three cells sum to 1 and each is at most 1: fractions (1/2 each) would do."""
    rows = [
        row("z", [0, 0, 0, 1], 0, 1),
        row("ab", [1, 1, 0, 0], 1, 1),
        row("y", [1, 1, 1, 1], 0, 9),
        row("bc", [0, 1, 1, 0], 1, 1),
        row("ac", [1, 0, 1, 0], 1, 1),
    ]
    solver = solver_for(rows, [INF] * 4)
    assert solver._milp(solver.system.part(), np.zeros(4), 0, EVERYWHERE).status == 0
    assert solver.suspects(list(solver.system.claim_ids)) == []
    assert solver.feasible() is False
    assert minimal_conflicts(solver, solver.system.claim_ids) == ([("ab", "bc", "ac")], True)
    assert largest_feasible(solver, solver.system.claim_ids) == (("ab",), True)
    assert smallest_change(solver, solver.system.claim_ids)[0] in (
        [Correction("ab", 1)],
        [Correction("ab", -1)],
    )
    answer = solver.maximum(np.array([1.0, 0, 0, 0]))
    assert binding_claims(solver, np.array([1.0, 0, 0, 0]), "max", answer) == ("ab", "bc", "ac")


def test_integer_and_fractional_bounds_differ():
    """3a + 3b <= 8 gives a + b <= 2 (in fractions 2.67); parity then binds where fractions do not."""
    rows = [row("loose", [1, 1], 0, 4), row("eight", [3, 3], -INF, 8), row("a", [1, 0], 1, INF)]
    solver = solver_for(rows, [9, 9])
    answer = solver.maximum(np.ones(2))
    assert (answer.value, answer.bound) == (2, 2.0)
    assert binding_claims(solver, np.ones(2), "max", answer) == ("eight",)
    even = solver_for([row("even", [2, 2, -2, 0], 0, 0), row("odd", [2, 2, 0, 2], 1, 3)], [3] * 4)
    answer = even.minimum(np.array([1.0, 1.0, 0.0, 1.0]))
    assert answer.value == 1 and binding_claims(even, np.array([1.0, 1, 0, 1]), "min", answer) == (
        "odd",
    )


def test_rows_are_drawn_in_to_integers_and_must_have_integer_coefficients():
    solver = solver_for([row("a", [1], 1.2, 1.8)], [9])
    assert solver.feasible() is False
    with pytest.raises(ValueError, match="integers"):
        solver_for([row("a", [0.5], 1, 1)], [9])
    with pytest.raises(ValueError, match="integer"):
        solver.minimum(np.array([0.5]))
    with pytest.raises(ValueError, match="min or max"):
        binding_claims(solver, np.ones(1), "least", Answer("infeasible"))


def test_empty_systems():
    nothing = Solver(System(0, np.empty(0), []))
    assert nothing.feasible() is True and nothing.minimum(np.empty(0)).value == 0
    assert minimal_conflicts(nothing, []) == ([], True)
    hollow = solver_for([row("a", [0, 0], 1, 1), row("b", [1, 0], 1, 1)], [3, 3])
    assert minimal_conflicts(hollow, ["a", "b"]) == ([("a",)], True)
    assert largest_feasible(hollow, ["a", "b"]) == (("a",), True)
    assert smallest_change(hollow, ["a", "b"]) == ([Correction("a", -1)], True)
    free = solver_for([], [2, 3])
    assert free.maximum(np.ones(2)).value == 5 and free.maximum(np.ones(2)).x.tolist() == [2, 3]


def test_points_are_checked_without_rounding():
    """A point off by one in a sum of 10^15 does not pass, nor does one too large to check."""
    system = System(2, np.array([INF, INF]), [row("a", [1, -1], 0, 0)])
    part: ConstraintSet = system.part()
    assert part.holds(np.array([1e15, 1e15])) and not part.holds(np.array([1e15, 1e15 + 1]))
    assert not part.holds(np.array([1e16, 1e16]))
    assert not part.holds(np.array([-1.0, -1.0]))


def test_a_solution_that_does_not_check_is_no_answer(monkeypatch):
    solver = solver_for([row("a", [1, 1], 3, 3)], [9, 9])
    true = Solver._milp

    def wrong(self, *arguments):
        result = true(self, *arguments)
        result.x = result.x + 1
        return result

    monkeypatch.setattr(Solver, "_milp", wrong)
    assert solver.feasible() is None
    answer = solver.minimum(np.ones(2))
    assert (answer.status, answer.value, answer.x) == ("unfinished", None, None)


@pytest.mark.parametrize("seed", range(3))
def test_many_cells(seed):
    """A table of 2,500 cells whose margins hold but for one planted sum of four claims."""
    random = np.random.default_rng(seed)
    table = random.poisson(0.5, (50, 50))
    cells = np.arange(2500).reshape(50, 50)
    rows = []

    def claim(owner, block, shift=0):
        figure = table.ravel()[block.ravel()].sum() + shift
        rows.append(Constraint(owner, block.ravel(), np.ones(block.size), figure, figure))

    for i in range(0, 50, 2):
        claim(f"row{i}", cells[i])
        claim(f"column{i}", cells[:, i])
    claim("whole", cells[::3, 10:40], shift=2)
    for k in range(3):
        claim(f"part{k}", cells[::3, 10 + 10 * k : 20 + 10 * k])
    solver = solver_for(rows, np.full(2500, INF))
    owners = solver.system.claim_ids
    planted = ("whole", "part0", "part1", "part2")
    assert minimal_conflicts(solver, owners) == ([planted], True)
    assert largest_feasible(solver, owners) == (("whole",), True)
    assert smallest_change(solver, owners) == ([Correction("whole", -2)], True)
    objective = np.zeros(2500)
    objective[cells[::3, 10:20]] = 1
    kept = [o for o in owners if o != "part0"]
    answer = solver.maximum(objective, kept)
    figure = int(table[::3, 10:20].sum()) + 2
    assert answer.value == figure
    assert binding_claims(solver, objective, "max", answer, kept) == ("whole", "part1", "part2")
