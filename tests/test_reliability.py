"""Two codings compared: against a second computation, published examples, and given figures."""

from __future__ import annotations

import csv
import itertools
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.cli import main
from secdiplo.coding import agreement as measures

ROOT = Path(__file__).resolve().parents[1]
SECOND = ROOT / "data" / "reliability"


def alpha(units, distance):
    """Krippendorff's alpha from pairs of values, as the definition says."""
    units = [[v for v in unit if v is not None] for unit in units]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]
    observed = sum(
        sum(distance(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    ) / len(values)
    expected = sum(distance(a, b) for a, b in itertools.permutations(values, 2)) / (
        len(values) * (len(values) - 1)
    )
    return 1 - observed / expected if expected else None


# --- the measures -----------------------------------------------------------------------------

# The data of Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: four
# observers, twelve units, with missing values.
OBSERVERS = [
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
]
UNITS = list(zip(*OBSERVERS, strict=True))


@pytest.mark.parametrize(
    ("distance", "expected"), [(measures.nominal, 0.743), (measures.squared_days, 0.849)]
)
def test_alpha_of_the_published_example(distance, expected):
    found = measures.agreement(UNITS, distance, resamples=0)
    assert found.alpha == pytest.approx(expected, abs=0.0005)
    assert found.alpha == pytest.approx(alpha(UNITS, distance))
    assert found.units == 11  # one unit has a single value


@pytest.mark.parametrize("seed", range(20))
def test_alpha_equals_the_definition(seed):
    chance = np.random.default_rng(seed)
    coders, size = chance.integers(2, 5), chance.integers(2, 30)
    units = [
        [None if chance.random() < 0.2 else int(v) for v in chance.integers(0, 4, coders)]
        for _ in range(size)
    ]
    for distance in (measures.nominal, measures.squared_days, measures.days):
        found = measures.agreement(units, distance, resamples=0)
        if found.units:
            expected = alpha(units, distance)
            assert found.alpha == (None if expected is None else pytest.approx(expected))


def test_alpha_has_no_value_without_variation():
    found = measures.agreement([("a", "a"), ("a", "a")])
    assert (found.alpha, found.low, found.high, found.share) == (None, None, None, 1)
    assert measures.agreement([("a", None), (None, None)]).units == 0


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("abc", "abc", 0), ("", "", 0), ("ab", "cd", 1), ("ab", "", 1), ("ab", "a", 1 - 2 / 3 / 2),
     ("ab", "bc", 1 - 1 / 3 / 3)],
)  # fmt: skip
def test_masi(first, second, expected):
    found = measures.masi(frozenset(first), frozenset(second))
    assert found == pytest.approx(expected)
    assert found == measures.masi(frozenset(second), frozenset(first))


def test_the_middle_of_a_date():
    days = [measures.middle_day(text) for text in ("2023-02", "2023-02-14", "2023-02-15", "2024")]
    assert days[0] == (days[1] + days[2]) / 2
    assert days[3] == measures.middle_day("2024-07-01") + 0.5
    assert measures.middle_day("") is None


def test_the_interval_is_that_of_resampled_units():
    chance = np.random.default_rng(5)
    units = [tuple(chance.integers(0, 3, 2).tolist()) for _ in range(25)]
    found = measures.agreement(units, resamples=300, seed=9)
    drawn = np.random.default_rng(9).multinomial(25, np.full(25, 1 / 25), size=300)
    expected = [
        alpha([unit for unit, n in zip(units, counts, strict=True) for _ in range(n)],
              measures.nominal)
        for counts in drawn
    ]  # fmt: skip
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(expected, [0.025, 0.975])))
    assert found == measures.agreement(units, resamples=300, seed=9)
    assert found.low != measures.agreement(units, resamples=300, seed=10).low


# --- the second coding of the built-in dataset -------------------------------------------------


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found():
    return sd.load().reliability(resamples=200)


@pytest.fixture(scope="module")
def pairs():
    """Rows matched by hand: by unit and counterpart, and the person where there are several."""
    event = {row["unit"]: row["event_key"] for row in rows(SECOND / "units.csv")}
    first = rows(ROOT / "data/curated/interactions.csv")
    chosen = {  # units whose page reports several meetings with one country
        "U03": "Nikolai Patrushev", "U04": "Sergei Naryshkin", "U12": "Yar Pyae",
        "U13": "Myint Kyaing", "U14": "Srettha Thavisin", "U15": "Nguyễn Văn Nên",
        "U16": "To Lam", "U36": "Than Swe",
    }  # fmt: skip
    out = []
    for row in rows(SECOND / "coder2.csv"):
        unit, person = row["unit"], row["counterpart_person"]
        if not row["counterpart"] or chosen.get(unit, person) != person:
            continue
        same = [
            one for one in first
            if (one["event_key"], one["counterpart"]) == (event[unit], row["counterpart"])
        ]  # fmt: skip
        out += [(one, row) for one in same]
    return out


def test_the_figures_that_were_given(found):
    """The numbers of an independent computation, given with the second coding."""
    assert found.matched == 44
    table = found.frame().query("distance == 'nominal'").set_index("column")
    whole = ["agency", "official", "official_rank", "counterpart", "mode", "host_country"]
    assert (table.loc[whole, "agreement"] == 1).all() and (table.loc[whole, "alpha"] == 1).all()
    given = {
        "format": (0.98, 0.96), "date": (0.86, 0.86), "city": (0.80, 0.77),
        "confidence": (0.75, 0.51), "forum": (0.66, 0.43),
    }  # fmt: skip
    for name, (share, value) in given.items():
        assert table.loc[name, "agreement"] == pytest.approx(share, abs=0.0055)
        assert table.loc[name, "alpha"] == pytest.approx(value, abs=0.0055)


def test_every_measure_equals_a_second_computation(found, pairs):
    assert len(pairs) == 44
    for line in found.frame().itertuples():
        cells = [(a[line.column].strip(), b[line.column].strip()) for a, b in pairs]
        if line.distance == "masi":
            cells = [tuple(frozenset(filter(None, c.split("; "))) for c in pair) for pair in cells]
            expected = alpha(cells, measures.masi)
        elif line.distance == "days":
            days = [tuple(map(measures.middle_day, pair)) for pair in cells]
            expected = alpha(days, measures.squared_days)
        else:
            expected = alpha(cells, measures.nominal)
        assert line.units == len(pairs)
        assert line.agreement == pytest.approx(np.mean([a == b for a, b in cells]), abs=5e-4)
        value = None if line.alpha != line.alpha else line.alpha
        assert value == (None if expected is None else pytest.approx(expected, abs=5e-4))
        assert value is None or line.low <= value <= line.high


def test_what_only_one_coder_has(found, pairs):
    table = found.frame("unmatched")
    second = rows(SECOND / "coder2.csv")
    assert (table["coder"] == "second").sum() == len(second) - len(pairs)
    units = {row["event_key"] for row in rows(SECOND / "units.csv")}
    first = [r for r in rows(ROOT / "data/curated/interactions.csv") if r["event_key"] in units]
    assert (table["coder"] == "first").sum() == len(first) - len(pairs)
    assert Counter(table.loc[table["coder"] == "first", "unit"]) == {"U26": 10, "U41": 1}


def test_the_cells_that_differ(found, pairs):
    table = found.frame("differences")
    dates = table[table["column"] == "date"].set_index("unit")
    expected = {b["unit"]: (a["date"], b["date"]) for a, b in pairs if a["date"] != b["date"]}
    assert {u: (r["first"], r["second"]) for u, r in dates.iterrows()} == expected


@pytest.mark.slow
def test_built_tables_need_a_folder(tmp_path):
    sd.build(ROOT / "data", tmp_path / "tables")
    ds = sd.load(tmp_path / "tables")
    with pytest.raises(sd.UsageError, match="no second coding"):
        ds.reliability()
    assert ds.reliability(SECOND, resamples=0).matched == 44


# --- bad input ---------------------------------------------------------------------------------


@pytest.fixture
def second(tmp_path):
    return Path(shutil.copytree(SECOND, tmp_path / "reliability"))


def run(folder, *args):
    return CliRunner().invoke(main, ["reliability", "--second", str(folder), *args])


def replace(path, old, new, count=-1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("coder2.csv", "\nU02,", "\nU77,", "reliability/coder2.csv:3:unit: `U77` is not a unit"),
        ("coder2.csv", "\nU", "\nV", "the same is true of 43 more"),
        ("units.csv", "2023-04-14-mps-liu", "2023-04-15-mps-liu",
         "reliability/units.csv:3:event_key: `2023-04-15-mps-liu-zhao-bra` is not an event"),
        ("coder2.csv", "confidence,page_seen", "certainty,page",
         "reliability/coder2.csv:1:certainty: unknown columns `certainty`, `page`"),
        ("coder2.csv", "unit,event_no", "case,event_no", "reliability/coder2.csv:1:unit: no column"),
        ("units.csv", "event_key", "event", "reliability/units.csv:1:event_key: no column"),
        ("coder2.csv", "U02,1,", 'U02,"1,', "reliability/coder2.csv:"),
        ("coder2.csv", "U02,1,2023-04-14", "U02,1,14.4.2023",
         "reliability/coder2.csv:3:date: `14.4.2023` is not a date; write"),
        ("coder2.csv", "U02,1,2023-04-14", "U02,1,2023-13-45", "is not in the calendar; correct"),
        ("coder2.csv", "Du Hangwei,vice_minister", "Du Hangwei,Vice Minister",
         "reliability/coder2.csv:2:official_rank: unknown code `Vice Minister`; did you mean"),
        ("coder2.csv", "country,ARE,Abd", "country,Emirates,Abd",
         "reliability/coder2.csv:2:counterpart: unknown country `Emirates`"),
        ("coder2.csv", "topic,inferred", "official,inferred", ":1:official: two columns"),
        ("coder2.csv", "\nU02,1,", "\nU05,1\nU02,1,", ":3:1: fewer cells than the header"),
        ("coder2.csv", "official,official_rank", "offical,official_rank",
         "unknown column `offical`; did you mean `official`?"),
        ("units.csv", "\nU02,", "\nU01,2022-11-13-mps-du-hangwei-are,x\nU02,",
         "reliability/units.csv:3:unit: unit `U01` is in line 2 too; remove"),
    ],
)  # fmt: skip
def test_one_message_and_exit_1(second, file, old, new, message):
    replace(second / file, old, new)
    result = run(second)
    assert result.exit_code == 1
    problems = [line for line in result.stderr.splitlines() if line.startswith("reliability/")]
    assert len(problems) == 1 and message in problems[0]
    assert result.stdout == ""


def test_nothing_in_common(second):
    text = (second / "coder2.csv").read_text(encoding="utf-8").splitlines()
    (second / "coder2.csv").write_text(f"{text[0]}\n", encoding="utf-8")
    result = run(second)
    assert result.exit_code == 1 and "no unit was coded by both coders" in result.stderr
    lone = "U01,1,2022-11-13,,MPS,,,,,,,,country,FRA" + "," * 7
    (second / "coder2.csv").write_text(f"{text[0]}\n{lone}\n", encoding="utf-8")
    result = run(second)
    assert result.exit_code == 1 and "no event and counterpart that both" in result.stderr


def test_calls_that_are_wrong(second, tmp_path):
    assert run(tmp_path / "nowhere").exit_code == 2
    assert "does not exist" in run(tmp_path / "nowhere").stderr
    assert run(second, "--resamples", "-1").exit_code == 2
    with pytest.raises(sd.UsageError, match="resamples"):
        sd.load().reliability(resamples=-1)
    for wrong in ({"second": 5}, {"seed": "x"}, {"resamples": 2.5}):
        with pytest.raises(sd.UsageError):
            sd.load().reliability(**wrong)
    with pytest.raises(sd.UsageError, match="no table"):
        sd.load().reliability(resamples=0).frame("pairs")


def test_the_command_prints_the_same(found):
    result = run(SECOND, "--resamples", "200", "--format", "csv")
    assert result.exit_code == 0
    printed = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["column"] for row in printed] == found.frame()["column"].tolist()
    assert " ".join(result.stderr.split()) == found.summary()
