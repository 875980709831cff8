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
    whole = ["agency", "official", "official_rank", "mode", "host_country"]
    assert (table.loc[whole, "agreement"] == 1).all() and (table.loc[whole, "alpha"] == 1).all()
    matched_by = table.loc["counterpart"]  # it is equal by construction, so alpha tells nothing
    assert matched_by["agreement"] == 1 and matched_by[["alpha", "low", "high"]].isna().all()
    assert "matched by `counterpart`, so it has no alpha" in found.summary()
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
        assert line.meetings == len(pairs)
        assert line.agreement == pytest.approx(np.mean([a == b for a, b in cells]), abs=5e-4)
        value = None if line.alpha != line.alpha else line.alpha
        if line.column == "counterpart":
            continue
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


# --- several coders ----------------------------------------------------------------------------

HEADER = ("unit", "date", "agency", "official", "format", "counterpart_type", "counterpart",
          "topic", "source_url")  # fmt: skip
CODED = [  # unit, date, counterpart, then per coder: format and topic, or None if it was missed
    ("U1", "2023-01-05", "KEN", ("bilateral", "training"), ("bilateral", "training"),
     ("bilateral", "training; fugitives")),
    ("U1", "2023-01-06", "UGA", ("bilateral", "training"), ("sideline", "training"), None),
    ("U2", "2024-03-01", "FRA", ("sideline", "fugitives"), ("sideline", "fugitives"),
     ("sideline", "fugitives")),
    ("U3", "2024-07", "PER", None, ("bilateral", "other"), ("multilateral", "other")),
    ("U4", "2024-08-02", "CHL", None, None, ("multilateral", "other")),
]  # fmt: skip


def write_coders(folder):
    """Write a file for each of three coders; the last is a workbook."""
    import openpyxl

    folder.mkdir()
    paths = [folder / name for name in ("anna.csv", "ben.csv", "cleo.xlsx")]
    for place, path in enumerate(paths):
        rows = [
            (unit, date, "MPS", "Wang Xiaohong", cells[place][0], "country", iso3,
             cells[place][1], f"https://example.org/{path.stem}/{unit}")
            for unit, date, iso3, *cells in CODED
            if cells[place]
        ]  # fmt: skip
        if path.suffix == ".csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([HEADER, *rows])
        else:
            book = openpyxl.Workbook()
            book.active.title = "interactions"
            for row in [HEADER, *rows]:
                book.active.append(row)
            book.save(path)
    return paths


@pytest.fixture(scope="module")
def coders(tmp_path_factory):
    return write_coders(tmp_path_factory.mktemp("coders") / "coders")


@pytest.fixture(scope="module")
def three(coders):
    return sd.load().compare_coders(*coders, by="year", resamples=100)


def column(place, number):
    """The values of one column, meeting by meeting; the column is a place in a pair."""
    return [tuple(cells[n][place] if cells[n] else None for n in range(number))
            for _, _, _, *cells in CODED]  # fmt: skip


def test_who_found_which_meeting(three):
    assert three.coders == ("anna", "ben", "cleo")
    meetings = three.frame("meetings").set_index(["unit", "counterpart"])
    for unit, _, iso3, *cells in CODED:
        names = [name for name, cell in zip(three.coders, cells, strict=True) if cell]
        assert meetings.loc[(unit, iso3), "found_by"] == "; ".join(names)
    recall = three.frame("recall").set_index(["coder", "against"])
    assert tuple(recall.loc[("anna", "all coders")]) == (3, 5, 0.6)
    assert tuple(recall.loc[("ben", "anna")]) == (3, 3, 1.0)
    assert tuple(recall.loc[("anna", "ben")]) == (3, 4, 0.75)
    assert tuple(recall.loc[("cleo", "ben")]) == (3, 4, 0.75)
    assert set(three.frame("unmatched")["counterpart"]) == {"UGA", "PER", "CHL"}


def test_alpha_over_all_coders(three):
    table = three.frame().set_index(["column", "distance"])
    found = table.loc[("format", "nominal")]
    assert found["meetings"] == 4  # one meeting has a single coder
    assert found["alpha"] == pytest.approx(alpha(column(0, 3), measures.nominal), abs=5e-4)
    assert found["agreement"] == 2 / 4
    sets = [tuple(None if v is None else frozenset(v.split("; ")) for v in unit)
            for unit in column(1, 3)]  # fmt: skip
    found = table.loc[("topic", "masi")]
    assert found["alpha"] == pytest.approx(alpha(sets, measures.masi), abs=5e-4)
    assert found["low"] <= found["alpha"] <= found["high"]
    assert "source_url" not in table.reset_index()["column"].tolist()


def test_each_coder_against_the_others(three):
    table = three.frame("coders").set_index(["coder", "column"])
    found = table.loc[("cleo", "format")]
    pairs = [(cells[2][0], other[0]) for *_, a, b, c in CODED for cells in [(a, b, c)]
             for other in (a, b) if c and other]  # fmt: skip
    assert found["pairs"] == len(pairs)
    assert found["agreement"] == pytest.approx(np.mean([a == b for a, b in pairs]), abs=5e-4)
    rest = [unit[:2] for unit in column(0, 3)]
    assert found["alpha_without"] == pytest.approx(alpha(rest, measures.nominal), abs=5e-4)


def test_confusion_differences_and_drift(three):
    counts = three.frame("confusion", "format")
    assert counts["number"].sum() == sum(
        bool(a) and bool(b)
        for *_, a, b, c in CODED for a, b in itertools.combinations((a, b, c), 2)
    )  # fmt: skip
    cell = counts.query("first_coder == 'ben' and first == 'bilateral' and second != first")
    assert cell[["second_coder", "second", "number"]].values.tolist() == [
        ["cleo", "multilateral", 1]
    ]
    topics = three.frame("confusion", "topic")
    alone = topics[topics["first"].isna()]  # the item that only the second of two coders has
    assert set(alone["second"]) == {"fugitives"} and alone["number"].sum() == 2
    found = three.frame("differences", "format").query("counterpart == 'UGA'").iloc[0]
    assert (found["first"], found["second"]) == ("bilateral", "sideline")
    assert found["first_source"] == "https://example.org/anna/U1"
    assert found["second_source"] == "https://example.org/ben/U1"
    drift = three.frame("drift").query("column == 'format'").set_index("period")
    assert drift.loc["2023", "meetings"] == 2 and drift.loc["2024", "meetings"] == 2
    part = [unit for unit, row in zip(column(0, 3), CODED, strict=True) if row[1] < "2024"]
    assert drift.loc["2023", "alpha"] == pytest.approx(alpha(part, measures.nominal), abs=5e-4)


def test_the_published_example_from_files(tmp_path):
    """Krippendorff's data of four observers, as four files that coders could have written."""
    countries = ["KEN", "UGA", "FRA", "PER", "CHL", "ARG", "BRA", "MEX", "CAN", "CUB", "JPN", "KOR"]
    paths = []
    for name, values in zip("abcd", OBSERVERS, strict=True):
        paths.append(tmp_path / f"{name}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["unit", "counterpart_type", "counterpart", "city"])
            writer.writerows(
                (f"U{n}", "country", iso3, f"City {value}")
                for n, (value, iso3) in enumerate(zip(values, countries, strict=True))
                if value is not None
            )
    found = sd.load().compare_coders(*paths, resamples=0).frame().set_index("column")
    assert found.loc["city", "alpha"] == 0.743 and found.loc["city", "meetings"] == 11


def test_two_files_equal_the_second_coding(tmp_path, found):
    """The built-in coding and its second coding, written as files, give the same numbers."""
    event = {row["unit"]: row["event_key"] for row in rows(SECOND / "units.csv")}
    first = rows(ROOT / "data/curated/interactions.csv")
    with (tmp_path / "coder1.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["unit", *first[0]])
        writer.writeheader()
        writer.writerows(
            {"unit": unit, **row}
            for unit, key in event.items() for row in first if row["event_key"] == key
        )  # fmt: skip
    shutil.copy(SECOND / "coder2.csv", tmp_path)
    shutil.copy(SECOND / "units.csv", tmp_path)
    both = sd.load().compare_coders(tmp_path, resamples=200)
    assert both.coders == ("coder1", "coder2")
    shared = found.frame()
    again = both.frame()
    again = again[again["column"].isin(shared["column"])].reset_index(drop=True)
    assert again.equals(shared)
    assert sd.load().compare_coders(resamples=200).frame().equals(shared)


def several(*args):
    return CliRunner().invoke(main, ["reliability", *map(str, args)])


def test_commands_and_reports(coders, three, tmp_path):
    result = several(*coders, "--resamples", "100", "--format", "csv")
    printed = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["column"] for row in printed] == three.frame()["column"].tolist()
    folder = several(coders[0].parent, "--resamples", "100", "--format", "csv")
    assert folder.stdout == result.stdout
    for name in ("report.html", "report.md"):
        assert several(*coders, "--by", "year", "-o", tmp_path / name).exit_code == 0
        text = (tmp_path / name).read_text(encoding="utf-8")
        for expected in ("Agreement over time", "https://example.org/anna/U1", "multilateral"):
            assert expected in text
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "src=" not in page and "href=" not in page
    assert several(*coders, "-o", tmp_path / "report.md").exit_code == 2
    assert several(*coders, "-o", tmp_path / "report.txt").exit_code == 2
    shown = several("--show", "confusion", "--column", "topic", "--format", "csv")
    assert shown.exit_code == 0 and shown.stdout.startswith("column,first_coder")


def test_bad_codings(coders, tmp_path):
    assert "two coders or more" in several(coders[0]).stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "fewer than two codings" in several(empty).stderr
    bad = tmp_path / "bad.csv"
    for text, message in [
        ("counterpart\nKEN\n", "bad.csv:1:unit: no column `unit` or `event_key`"),
        ("unit,counterpart\n,KEN\n", "bad.csv:2:unit: no unit"),
        ("unit,counterpart\n", "bad.csv:1:unit: no rows"),
        ("unit\nU1\n", "no column `counterpart`"),
        ("unit,counterpart,formats\nU1,KEN,x\n", "unknown column `formats`"),
    ]:
        bad.write_text(text, encoding="utf-8")
        result = several(coders[0], bad)
        assert result.exit_code == 1 and message in result.stderr, result.stderr
    bad.write_text("unit,counterpart\nU9,KEN\n", encoding="utf-8")
    result = several(coders[0], bad)
    assert result.exit_code == 1 and "no unit and counterpart that two coders" in result.stderr
    for wrong in (["--show", "drift"], ["--second", "x", "--by", "year"],
                  ["--by", "year", "--show", "recall"], ["--column", "colour"]):  # fmt: skip
        assert several(*wrong).exit_code == 2, wrong
    with pytest.raises(sd.UsageError, match="`by` is year"):
        sd.load().compare_coders(*coders, by="week")
    with pytest.raises(sd.UsageError, match="drift needs"):
        sd.load().compare_coders(*coders, resamples=0).frame("drift")


# --- units that only one coder was given ---------------------------------------------------------

GIVEN = {"Ann": ("U1", "U2", "U3", "U4"), "Ben": ("U1", "U2", "U3", "U5")}
FOUND = {  # the units in which a coder found the meeting; nobody found that of U3
    "Ann": ("U1", "U2", "U4"),
    "Ben": ("U1", "U5"),
}


def write_given(folder, name, suffix, dataset="china_internal_security"):
    """Write the coding of a coder, as a workbook that lists the units or as a bare CSV file."""
    import openpyxl

    rows = [(unit, "MPS", "country", "KEN", f"https://example.org/{unit}") for unit in FOUND[name]]
    header = ("unit", "agency", "counterpart_type", "counterpart", "source_url")
    path = folder / f"{name}{suffix}"
    if suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path
    book = openpyxl.Workbook()
    book.active.title = "interactions"
    for row in [header, *rows]:
        book.active.append(row)
    listed = book.create_sheet("candidates")
    for row in [("unit", "source_url"), *((u, f"https://example.org/{u}") for u in GIVEN[name])]:
        listed.append(row)
    about = book.create_sheet("about")
    for row in [("what", "text"), ("dataset", dataset)]:
        about.append(row)
    book.save(path)
    return path


def write_assignment(folder):
    with (folder / "assignment.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("unit", "coder", "overlap"))
        for coder, units in GIVEN.items():
            writer.writerows((unit, coder, str(unit not in ("U4", "U5")).lower()) for unit in units)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_only_units_of_several_coders_are_compared(tmp_path, suffix):
    """Workbooks list their units; of CSV files, the log of `assign` in their folder does."""
    for coder in GIVEN:
        write_given(tmp_path, coder, suffix)
    write_assignment(tmp_path)
    found = sd.load().compare_coders(tmp_path, resamples=0)
    recall = found.frame("recall").set_index(["coder", "against"])
    assert tuple(recall.loc[("Ann", "all coders")]) == (2, 2, 1.0)  # U1 and U2, not U4 or U5
    assert tuple(recall.loc[("Ben", "all coders")]) == (1, 2, 0.5)
    assert tuple(recall.loc[("Ben", "Ann")]) == (1, 2, 0.5)
    assert found.frame("unmatched")["unit"].tolist() == ["U2"]
    assert (found.units, found.left_out, found.rows) == (3, 2, {"Ann": 2, "Ben": 1})
    assert "2 units were left out, because only one coder was given them." in found.summary()
    assert "all coders found 1 of them" in found.summary()
    assert "Assumed" not in found.summary()
    assert several(tmp_path, "--show", "recall").exit_code == 0


def test_files_without_their_units_are_taken_to_cover_all(tmp_path):
    ann, ben = (write_given(tmp_path, *which) for which in (("Ann", ".xlsx"), ("Ben", ".csv")))
    found = sd.load().compare_coders(ann, ben, resamples=0)
    assert "do not list their units: Ben." in found.summary()
    assert (found.units, found.left_out) == (4, 1)  # U5 is not among those that Ann was given
    missed = found.frame("unmatched").set_index("unit")["missed_by"]
    assert missed.to_dict() == {"U2": "Ben", "U4": "Ben"}


def test_a_coder_counts_only_for_units_that_the_coder_was_given(tmp_path):
    """Of three coders, the third was given only a unit that the others were given too."""
    for coder in GIVEN:
        write_given(tmp_path, coder, ".csv")
    write_assignment(tmp_path)
    (tmp_path / "Cy.csv").write_text(
        "unit,agency,counterpart_type,counterpart\nU1,MPS,country,KEN\n", encoding="utf-8"
    )
    with (tmp_path / "assignment.csv").open("a", encoding="utf-8") as file:
        file.write("U1,Cy,true\n")
    found = sd.load().compare_coders(tmp_path, resamples=0)
    recall = found.frame("recall").set_index(["coder", "against"])
    assert tuple(recall.loc[("Cy", "all coders")]) == (1, 1, 1.0)
    assert found.frame("unmatched")["missed_by"].tolist() == ["Ben"]
    with (tmp_path / "Cy.csv").open("a", encoding="utf-8") as file:
        file.write("u2,MPS,country,KEN\n")
    with pytest.raises(sd.DataError, match=r"does not give unit `u2` to this coder; did you mean|"
                                           r"Cy\.csv:3:unit: assignment\.csv does not"):  # fmt: skip
        sd.load().compare_coders(tmp_path, resamples=0)


def test_no_unit_that_two_coders_were_given(tmp_path, monkeypatch):
    monkeypatch.setitem(GIVEN, "Ann", ("U1", "U2", "U4"))
    monkeypatch.setitem(GIVEN, "Ben", ("U5",))
    monkeypatch.setitem(FOUND, "Ben", ("U5",))
    paths = [write_given(tmp_path, coder, ".xlsx") for coder in GIVEN]
    with pytest.raises(sd.DataError, match="each unit was given to only one coder; assign units"):
        sd.load().compare_coders(*paths, resamples=0)


def test_a_workbook_of_another_dataset_is_refused(tmp_path):
    paths = [write_given(tmp_path, coder, ".xlsx", "ken") for coder in GIVEN]
    result = several(*paths)
    assert result.exit_code == 1
    places = [line.partition(": ")[0] for line in result.stderr.splitlines()[:2]]
    assert places == [f"{path}:about!B2" for path in paths]
    assert result.stderr.count("made for the dataset `ken`, not for") == 2
    assert result.stderr.count("select it with --data") == 2
