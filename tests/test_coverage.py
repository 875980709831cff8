"""Capture-recapture: published examples, other computations, simulated truth, and the dataset."""

from __future__ import annotations

import csv
import itertools
import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.optimize import minimize

import secdiplo as sd
from folders import bare_mini
from secdiplo.cli import main
from secdiplo.coding import capture

KINDS = {
    "home": ["chinese_state"],
    "foreign": ["foreign_press", "foreign_government", "international_organization"],
}


# --- published examples -------------------------------------------------------------------------


def test_chapman_as_published():
    """The turtles of textbooks: 10 marked, 15 caught, 5 of them marked."""
    found = capture.chapman(10, 15, 5)
    assert found.number == pytest.approx(11 * 16 / 6 - 1)  # 28.3
    assert (math.floor(found.low + 0.5), math.floor(found.high + 0.5)) == (22, 65)


def test_chao_as_published():
    """Cottontail rabbits of Edwards and Eberhardt (1967), 135 in truth; Chao (1987) has 134."""
    frequencies = {1: 43, 2: 16, 3: 8, 4: 6, 5: 0, 6: 2, 7: 1}
    seen = sum(frequencies.values())
    found = capture.chao(frequencies[1], frequencies[2], seen)
    assert seen == 76 and round(found.number) == 134
    # the interval from the variance that she gives: f2 (r^4 / 4 + r^3 + r^2 / 2)
    r = 43 / 16
    unseen, variance = 43**2 / 32, 16 * (r**4 / 4 + r**3 + r**2 / 2)
    factor = math.exp(1.959964 * math.sqrt(math.log(1 + variance / unseen**2)))
    assert found.low == pytest.approx(76 + unseen / factor, abs=1e-3)
    assert found.high == pytest.approx(76 + unseen * factor, abs=1e-3)
    assert capture.chao(43, 16, 76, 18).number == pytest.approx(76 + 17 / 18 * 43**2 / 32)


def test_chao_without_units_in_two_lists():
    assert capture.chao(5, 0, 5).number == 5 + 5 * 4 / 2
    assert capture.chao(0, 3, 3) == capture.Estimate(3, 3, 3)


# --- log-linear models against closed forms and another optimizer -------------------------------

COUNTS = {
    (1, 1, 1): 11, (1, 1, 0): 15, (1, 0, 1): 9, (0, 1, 1): 18,
    (1, 0, 0): 40, (0, 1, 0): 62, (0, 0, 1): 31,
}  # fmt: skip
PAIRS = list(itertools.combinations(range(3), 2))


def test_log_linear_models_with_closed_forms():
    """Bishop, Fienberg and Holland (1975), chapter 6."""
    seen = sum(COUNTS.values())
    x = COUNTS
    every = x[1, 1, 1] * x[1, 0, 0] * x[0, 1, 0] * x[0, 0, 1]
    every /= x[1, 1, 0] * x[1, 0, 1] * x[0, 1, 1]
    assert capture.fit(COUNTS, PAIRS).number == pytest.approx(seen + every)
    # the second list depends on both others: only what it lacks tells of the unseen
    two = capture.fit(COUNTS, [(0, 1), (1, 2)])
    assert two.number == pytest.approx(seen + x[1, 0, 0] * x[0, 0, 1] / x[1, 0, 1])
    # the first two lists depend on each other: they are one list against the third
    one = capture.fit(COUNTS, [(0, 1)])
    either = x[1, 1, 0] + x[1, 0, 0] + x[0, 1, 0]
    both = x[1, 1, 1] + x[1, 0, 1] + x[0, 1, 1]
    assert one.number == pytest.approx(seen + either * x[0, 0, 1] / both)


@pytest.mark.parametrize("pairs", [[], [(0, 1)], [(0, 2), (1, 2)]])
def test_log_linear_models_equal_another_optimizer(pairs):
    cells = list(COUNTS)
    counts = np.array([COUNTS[cell] for cell in cells])

    def means(theta):
        effects = [
            theta[0] + np.dot(cell, theta[1:4])
            + sum(theta[4 + n] * cell[a] * cell[b] for n, (a, b) in enumerate(pairs))
            for cell in cells
        ]  # fmt: skip
        return np.exp(effects)

    def loss(theta):
        mu = means(theta)
        return float(np.sum(mu - counts * np.log(mu)))

    best = minimize(loss, np.r_[3.0, np.zeros(3 + len(pairs))], method="BFGS", tol=1e-10)
    found = capture.fit(COUNTS, pairs)
    assert found.number == pytest.approx(counts.sum() + math.exp(best.x[0]), rel=1e-4)
    mu = means(best.x)
    likelihood = sum(
        n * math.log(m) - m - math.lgamma(n + 1) for n, m in zip(counts, mu, strict=False)
    )
    size = 4 + len(pairs)
    assert found.aic == pytest.approx(2 * size - 2 * likelihood, abs=1e-4)
    assert found.bic == pytest.approx(math.log(counts.sum()) * size - 2 * likelihood, abs=1e-4)
    assert found.free == 7 - size


def test_the_profile_interval_of_two_lists():
    """With two lists the likelihood is hypergeometric up to what is profiled out."""
    counts = {(1, 1): 20, (1, 0): 40, (0, 1): 30}
    model = capture.fit(counts)
    assert model.number == pytest.approx(60 * 50 / 20)  # Lincoln and Petersen

    def likelihood(total):
        p, q = 60 / total, 50 / total  # what fits best if the total is given
        out = total - 90
        text = [(20, p * q), (40, p * (1 - q)), (30, (1 - p) * q), (out, (1 - p) * (1 - q))]
        found = math.lgamma(total + 1) - math.lgamma(out + 1)
        return found + sum(n * math.log(share) for n, share in text)

    grid = np.arange(91, 400, 0.02)
    values = np.array([likelihood(total) for total in grid])
    inside = grid[values >= values.max() - 3.841459 / 2]
    found = capture.profile_interval(counts, model)
    assert (found.low, found.high) == pytest.approx((inside[0], inside[-1]), abs=0.05)


def test_the_lower_bound_leaves_larger_overlaps_out():
    bound = capture.fit(COUNTS, most=2)
    alone = sum(COUNTS[c] for c in COUNTS if sum(c) == 1)
    assert bound.most == 2 and bound.free == 2
    assert bound.number > sum(COUNTS.values()) and alone
    other = dict(COUNTS) | {(1, 1, 1): 50}  # which changes what was seen, and nothing else
    assert capture.fit(other, most=2).number == pytest.approx(bound.number + 39)


def test_models_without_an_estimate():
    """Lists without common units, or nothing that is in one list alone."""
    assert capture.fit({(1, 0): 5, (0, 1): 5, (1, 1): 0}) is None
    assert capture.models({(1, 0, 0): 9, (0, 1, 0): 9, (0, 0, 1): 9}) == []


def test_models_of_many_lists_are_found_step_by_step():
    chance = np.random.default_rng(3)
    marks = chance.random((600, 5)) < 0.4
    marks[:, 1] |= marks[:, 0] & (chance.random(600) < 0.8)  # the second list copies the first
    counts = Counter(map(tuple, marks.astype(int).tolist()))
    counts.pop((0,) * 5)
    best = capture.models(counts)[0]
    assert (0, 1) in best.pairs
    assert best.number == pytest.approx(600, rel=0.1)


# --- simulated truth ----------------------------------------------------------------------------

DRAWS = 200
NOMINAL = 0.95
ERROR = 3 * math.sqrt(NOMINAL * (1 - NOMINAL) / DRAWS)  # three standard errors of a share


def drawn(seed, size, shares, copied=0.0):
    """Capture histories of independent lists; the second copies some of the first."""
    chance = np.random.default_rng(seed)
    marks = chance.random((size, len(shares))) < shares
    if copied:
        marks[:, 1] |= marks[:, 0] & (chance.random(size) < copied)
    return marks.astype(int)


def histories(marks):
    counts = Counter(map(tuple, marks.tolist()))
    counts.pop((0,) * marks.shape[1], None)
    return counts


def test_intervals_cover_the_truth_as_often_as_they_say():
    truth, inside = 250, Counter()
    for seed in range(DRAWS):
        marks = drawn(seed, truth, [0.5, 0.4, 0.3])
        first, second = marks[:, 0], marks[:, 1]
        estimates = {
            "chapman": capture.chapman(first.sum(), second.sum(), (first & second).sum()),
            "loglinear": capture.profile_interval(histories(marks), capture.fit(histories(marks))),
        }
        for name, found in estimates.items():
            inside[name] += found.low <= truth <= found.high
    for name in ("chapman", "loglinear"):
        assert abs(inside[name] / DRAWS - NOMINAL) <= ERROR, (name, inside[name])


def test_chao_covers_the_truth_of_equal_lists():
    truth = 250
    inside = 0
    for seed in range(DRAWS):
        times = Counter(drawn(seed, truth, [0.3] * 4).sum(axis=1).tolist())
        found = capture.chao(times[1], times[2], truth - times[0], 4)
        inside += found.low <= truth <= found.high
    assert abs(inside / DRAWS - NOMINAL) <= ERROR


def test_a_list_that_copies_another_misleads_chapman_and_not_the_model():
    truth, close = 400, Counter()
    for seed in range(40):
        marks = drawn(seed, truth, [0.4, 0.3, 0.4], copied=0.6)
        counts = histories(marks)
        first, second = marks[:, 0], marks[:, 1]
        close["chapman"] += (
            capture.chapman(first.sum(), second.sum(), (first & second).sum()).high < truth
        )
        best = capture.models(counts)[0]
        close["found"] += (0, 1) in best.pairs
        found = capture.profile_interval(counts, best)
        close["inside"] += found.low <= truth <= found.high
    assert close["chapman"] >= 35  # too low, and sure of it
    assert close["found"] >= 35 and close["inside"] >= 34


# --- the dataset --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ds():
    return sd.load()


@pytest.fixture(scope="module")
def found(ds):
    return ds.coverage()


def own_histories(ds, lists=None):
    """Capture histories counted with pandas, for the events in the default scope."""
    sources = ds["event_sources"].merge(ds["sources"], on="source_id")
    events = set(ds.table("events", scope="carnegie2025")["event_id"])
    sources = sources[sources["event_id"].isin(events)]
    kinds = sources.groupby("event_id")["publisher_kind"].agg(lambda x: set(x.dropna()))
    return [kinds.get(event, set()) for event in sorted(events)]


def test_histories_equal_those_of_pandas(ds, found):
    kinds = own_histories(ds)
    names = ("chinese_state", "foreign_government", "foreign_press")
    assert found.lists == names
    expected = Counter(tuple(int(name in each) for name in names) for each in kinds)
    table = found.frame("histories")
    assert (
        dict(zip(zip(*(table[n] for n in names), strict=False), table["events"], strict=False))
        == expected
    )
    overlaps = found.frame("overlaps").set_index(["first", "second"])
    for first, second in itertools.combinations(names, 2):
        assert overlaps.loc[(first, second), "both"] == sum({first, second} <= k for k in kinds)


def test_the_estimates_of_the_dataset(ds, found):
    table = found.frame()
    (model,) = table[table["method"] == "loglinear"].itertuples()
    assert model.known == ds.query("dataset_totals")["events"].item()
    claimed = ds.sql("select value from claims where quote = '227 events'")["value"].item()
    assert set(table["published"]) == {claimed}
    assert model.seen <= model.known < model.low < model.estimate < model.high
    two = ds.coverage(lists=KINDS).frame().query("method == 'chapman'").iloc[0]
    kinds = own_histories(ds)
    home = sum(bool(each & set(KINDS["home"])) for each in kinds)
    foreign = sum(bool(each & set(KINDS["foreign"])) for each in kinds)
    both = sum(bool(each & set(KINDS["home"])) and bool(each & set(KINDS["foreign"]))
               for each in kinds)  # fmt: skip
    assert two.overlap == both
    assert two.estimate == pytest.approx((home + 1) * (foreign + 1) / (both + 1) - 1, abs=0.06)


def test_groups_add_up_and_say_when_there_is_no_estimate(ds):
    table = ds.coverage("year").frame()
    known = table.groupby("group")["known"].first()
    whole = ds.coverage()
    assert known.sum() <= whole.frame()["known"].iloc[0]
    none = table[table["method"] == "none"]
    assert none["estimate"].isna().all() and none["note"].str.contains("no estimate").all()
    few = table[(table["overlap"] > 0) & (table["overlap"] < 7)]
    assert len(few) and few["note"].str.contains("do not trust").all()
    assert table["published"].isna().all()
    by_format = ds.coverage("format").frame()
    assert by_format.groupby("group")["known"].first().sum() == whole.frame()["known"].iloc[0]


def test_filters_leave_the_published_value_out(ds):
    table = ds.coverage(agency="MPS").frame()
    assert table["published"].isna().all()
    assert table["known"].iloc[0] == len(ds.table("events", scope="carnegie2025", agency="MPS"))


def test_two_matched_datasets(ds):
    events = sorted(ds.table("events", scope="carnegie2025")["event_id"])
    links = pd.DataFrame(
        [(key, f"x{n}") for n, key in enumerate(events[:40])]
        + [(None, f"y{n}") for n in range(20)],
        columns=["event_key", "other_event_key"],
    )
    found = ds.coverage(links=links)
    (row,) = [r for r in found.frame().itertuples() if r.method == "chapman"]
    expected = (len(events) + 1) * (60 + 1) / (40 + 1) - 1
    assert row.estimate == pytest.approx(expected, abs=0.06) and row.overlap == 40
    found = ds.coverage(links=links.dropna())
    assert "no event that this one lacks" in found.summary()
    with pytest.raises(sd.UsageError, match="no `event_key` of `links`"):
        ds.coverage(links=links.assign(event_key="nothing"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"by": "week"}, "`by` is year"),
        ({"lists": {"a": ["chinese_state"]}}, "one list"),
        ({"lists": {"a": ["chinese_press"], "b": ["repost"]}}, "no kind of publisher"),
        ({"lists": {"a": ["repost"], "b": ["repost"]}}, "lists share no kind"),
        ({"level": 1.5}, "`level` is from"),
        ({"criterion": "r2"}, "`criterion` is"),
        ({"links": pd.DataFrame({"a": []})}, "no column `event_key`"),
    ],
)
def test_calls_that_are_wrong(ds, call, message):
    with pytest.raises(sd.UsageError, match=message):
        ds.coverage(**call)
    with pytest.raises(sd.UsageError, match="no table"):
        ds.coverage().frame("lists")


def run(*args):
    return CliRunner().invoke(main, ["coverage", *args])


def test_the_command(tmp_path, found):
    result = run("--format", "csv")
    printed = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["method"] for row in printed] == found.frame()["method"].tolist()
    assert "independently of each other" in " ".join(result.stderr.split())
    out = tmp_path / "c.xlsx"
    assert run("--by", "year", "-o", str(out)).exit_code == 0 and out.stat().st_size
    assert run("--lists", "a=chinese_state", "--lists", "b=foreign_press").exit_code == 0
    links = tmp_path / "links.csv"
    links.write_text("event_key\nx\n", encoding="utf-8")
    result = run("--links", str(links))
    assert result.exit_code == 1 and "no column `other_event_key`" in result.stderr


def test_the_number_of_publishers_needs_no_kinds(tmp_path):
    """Chao's bound from the numbers of events with one publisher and with two, by hand."""
    folder = bare_mini(tmp_path / "mini")
    assert not (folder / "reference/publishers.csv").exists()
    ds = sd.load(folder)
    found = ds.coverage(scope="all")
    (row,) = found.frame().itertuples()
    times = Counter(ds["events"]["independent_sources"])
    times.pop(0, None)
    assert (row.method, row.lists, row.seen) == ("chao", "every publisher", sum(times.values()))
    n, once, twice = sum(times.values()), times[1], times[2]
    assert row.estimate == pytest.approx(n + once**2 / (2 * twice), abs=0.06)
    assert "No estimate from kinds of publishers" in found.summary()
    with pytest.raises(sd.UsageError, match="name other lists|no kind of publisher"):
        ds.coverage(lists={"a": ["x"], "b": ["y"]})
