"""The audit of the built-in figures, and the commands that reason from them."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

import secdiplo as sd
from folders import bare_mini
from secdiplo import query as queries
from secdiplo.audit import bounds as bounding
from secdiplo.audit import full_audit, intervals
from secdiplo.audit.counts import CountSpec
from secdiplo.audit.imputation.writing import impute
from secdiplo.audit.percentages import admitted, compressed
from secdiplo.audit.solver import Solver
from secdiplo.audit.system import Constraint, System
from secdiplo.audit.variables import Variables
from secdiplo.claims.claim_set import read_claims
from secdiplo.claims.domains import WINDOW_DAYS
from secdiplo.claims.filters import parse
from secdiplo.cli import main
from secdiplo.errors import DataError, UsageError
from secdiplo.store import open_any


def run(*args):
    return CliRunner().invoke(main, list(args), catch_exceptions=False)


@pytest.fixture(scope="module")
def built():
    return open_any(None)[0]


@pytest.fixture(scope="module")
def found(built):
    return full_audit.audit(built)


@pytest.fixture(scope="module")
def imputation(tmp_path_factory):
    out = tmp_path_factory.mktemp("imputed") / "out"
    return impute("data", out, draws=2, seed=7)


# --- the four findings --------------------------------------------------------------------


def texts(found, kind, claim):
    return [f.text for f in found.findings if f.kind == kind and f.claims[0] == claim]


def test_a_share_admits_one_numerator(found):
    assert texts(found, "share", "P18") == ["27.4 percent of 201: 55 only"]
    # GRIM by hand: every numerator of 201 that rounds to what is printed
    assert [n for n in range(202) if 27.35 <= 100 * n / 201 <= 27.45] == [55]
    assert [n for n in range(202) if 10.35 <= 100 * n / 201 <= 10.45] == [21]
    assert texts(found, "share", "P19") == ["10.4 percent of 201: 21 only"]
    assert [b for b in range(100, 200) if 38 <= 4900 / b <= 40] == list(range(123, 129))
    assert texts(found, "share", "P27") == ["49 is 38 to 40 percent of 123 to 128"]


def test_sums_of_agencies_do_not_come_out(found):
    (interactions,) = texts(found, "sum", "P01")
    assert "= 325, 4 more than 321" in interactions
    assert "at least 4 interactions are counted more than once" in interactions
    (events,) = texts(found, "sum", "P02")
    assert "= 226, 1 fewer than 227" in events
    assert "at least 1 event is in none" in events
    for text in (interactions, events):
        assert "at least 6 interactions shared, and at least 2 events outside" in text


def test_the_parts_of_the_season_lie_inside_one_another(found):
    (text,) = texts(found, "sum", "P26")
    assert "25 (P22) + 4 (P23) + 11 (P24) + 24 (P25) = 64, 15 more than 49" in text
    assert "some must overlap" in text
    assert found.feasible
    ways = [reading for reading, possible in found.consistent.possible if possible]
    assert {(way["P22"], way["P26"]) for way in ways} == {(2, 0)}


def test_almost_half_bounds_the_ministers_meetings(built):
    bounds = bounding.Bounds(built)
    where = {"region": "Africa", "official_rank": "minister", "format": "bilateral,sideline"}
    (bound,) = bounds.grid("event", where)
    assert [b for b in range(1, 200) if 45 <= 1400 / b <= 49.99] == [29, 30, 31]
    assert (bound.lower, bound.upper) == (29, 31)
    assert set(bound.lower_claims) == set(bound.upper_claims) == {"P28", "P29"}
    (joint,) = bounds.grid("interaction", {"agencies": "joint"}, claims=False)
    assert joint.lower == 6


# --- imputations --------------------------------------------------------------------------


@pytest.mark.slow
def test_an_imputation_reproduces_every_claim(imputation, found):
    assert imputation.unmet == ()
    assert set(imputation.met) == {claim.id for claim in found.claim_set.claims}
    for folder in (imputation.folder, *imputation.draws):
        frame = sd.load(folder).reproduce().set_index("claim_id")
        status = frame.loc[list(imputation.met), "status"]
        assert set(status) == {"reproduced"}, folder


@pytest.mark.slow
def test_imputed_rows_are_marked_and_name_no_source_or_person(imputation):
    with open(imputation.folder / "curated/interactions.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    imputed = [row for row in rows if row["row_status"] == "imputed"]
    assert imputed
    for row in imputed:
        assert row["agency"] and row["official_rank"] and row["counterpart"]
        assert not row["source_url"] and not row["counterpart_person"] and not row["note"]
        if row["event_key"].startswith("imputed-"):
            assert not row["date"] and row["date_min"] <= row["date_max"]
    ds = sd.load(imputation.folder)
    assert "imputed" in ds.query("dataset_totals").attrs["status"]
    assert "imputed" in ds.title


@pytest.mark.slow
def test_attested_rows_stay_as_they_are(imputation):
    with open("data/curated/interactions.csv", encoding="utf-8") as file:
        before = [tuple(row.values()) for row in csv.DictReader(file)]
        file.seek(0)
        names = file.readline().strip().split(",")
    with open(imputation.folder / "curated/interactions.csv", encoding="utf-8") as file:
        after = [
            tuple(row[name] for name in names)
            for row in csv.DictReader(file)
            if row["row_status"] != "imputed"
        ]
    assert set(after) < set(before)
    with open(imputation.folder / "left_out.csv", encoding="utf-8") as file:
        left = list(csv.DictReader(file))
    assert all(row["claims"] for row in left)
    assert sum(bool(row["counterpart"]) for row in left) == imputation.left_out


@pytest.mark.slow
def test_an_imputation_is_the_same_each_time(imputation, tmp_path):
    again = impute("data", tmp_path / "out", draws=1, seed=7)
    for one, other in ((imputation.folder, again.folder), (imputation.draws[0], again.draws[0])):
        assert (one / "curated/interactions.csv").read_bytes() == (
            other / "curated/interactions.csv"
        ).read_bytes()
    draws = [(d / "curated/interactions.csv").read_bytes() for d in imputation.draws]
    assert len(set(draws)) == len(draws)


@pytest.mark.slow
def test_a_query_over_draws_gives_intervals(imputation):
    frame = imputation.query("regional_shares").set_index("region")
    row = frame.loc["Southeast Asia"]
    assert (row["meetings_lower"], row["meetings_upper"]) == (55, 55)
    assert (frame["meetings_lower"] <= frame["meetings_upper"]).all()
    done = run("query", "regional_shares", "--draws", "--data", str(imputation.folder))
    assert done.exit_code == 0 and "over 2 draws" in done.stderr


def test_impute_writes_over_nothing_else(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="contains other files"):
        impute("data", tmp_path)
    with pytest.raises(UsageError, match="contains the dataset folder"):
        impute("data", "data")


# --- commands -----------------------------------------------------------------------------


@pytest.mark.slow
def test_audit_exits_0_also_with_findings():
    done = run("audit", "--strict")
    assert done.exit_code == 0
    assert "33 claims can all be true together, under 2 of 12 " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    rows = json.loads(run("audit", "--format", "json").stdout)
    assert {row["kind"] for row in rows} == {"share", "sum", "interpretation", "conflict"}


def test_bounds_of_a_grid():
    rows = json.loads(
        run("bounds", "--unit", "bilateral_meeting", "--by", "region", "--format", "json").stdout
    )
    by_region = {row["region"]: (row["lower"], row["upper"]) for row in rows}
    assert by_region["Southeast Asia"] == (55, 55)
    assert by_region["Central Asia"] == (21, 21)
    assert by_region["Russia and the Caucasus"][0] == 13


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--unit", "events"], "did you mean `event`?"),
        (["--where", "regoin=Africa"], "did you mean `region`?"),
        (["--where", "region=Afrika"], "did you mean `Africa`?"),
        (["--where", "period=2024-13"], "is not a period"),
        (["--where", "period=2024..2023"], "ends before it starts"),
        (["--where", "region"], "--where takes key=value"),
        (["--by", "topic"], "no grid by `topic`"),
        (["--by", "region", "--where", "region=Africa"], "both restricted"),
    ],
)
def test_what_is_asked_wrongly_is_said(args, words):
    done = run("bounds", *args)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


@pytest.mark.slow
def test_more_attested_than_published_is_named():
    done = run("bounds", "--with-attested")
    assert done.exit_code == 2
    assert "P06" in done.stderr and "45 attested, 31 events published" in done.stderr


def test_too_little_time_is_said_and_gives_no_number():
    done = run("bounds", "--time-limit", "0.001")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "no exact answer within 0.001 seconds" in done.stderr


def test_reproduce_has_what_all_figures_admit():
    frame = sd.load().reproduce().set_index("claim_id")
    assert (frame.loc["P12", "lower"], frame.loc["P12", "upper"]) == (40, 136)
    assert frame.loc["P27", "lower"] == pytest.approx(100 * 49 / 128, abs=0.01)
    assert frame.loc["P29", "upper"] == pytest.approx(100 * 14 / 29, abs=0.01)
    assert frame.loc[["T01", "D05"], "lower"].isna().all()


@pytest.mark.parametrize(
    ("claim", "cells", "words"),
    [
        ("P01", {"value": "-3"}, "negative"),
        ("P01", {"value": "3.5"}, "not a whole number"),
        ("P03", {"agency": "MPX"}, "did you mean `MPS`?"),
        ("P18", {"base": ""}, "without its base"),
        ("P18", {"low": "30", "high": "20"}, "upside down"),
        ("P12", {"period": "2023-14"}, "is not a period"),
        ("P01", {"unit": "meetings"}, "unknown unit"),
        ("P01", {"relation": "roughly"}, "relation"),
    ],
)
def test_a_figure_that_cannot_be_read_is_an_error_with_its_line(tmp_path, claim, cells, words):
    folder = tmp_path / "data"
    shutil.copytree("data", folder)
    shutil.copytree("seeds/annotations", folder / "annotations")
    shutil.copy("seeds/manifest.csv", folder / "annotations")
    toml = (folder / "dataset.toml").read_text().replace('annotations = "builtin"\n', "")
    (folder / "dataset.toml").write_text(toml)
    with open(folder / "annotations/claims.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    place = [row["claim_id"] for row in rows].index(claim)
    rows[place].update(cells)
    with open(folder / "annotations/claims.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    done = run("audit", "--data", str(folder))
    assert done.exit_code == 1
    assert f"claims.csv:{place + 2}:" in done.stderr
    assert words in done.stderr


def test_the_season_is_that_of_the_query():
    (days,) = [p.default for p in queries.load("forum_window").params if p.name == "days"]
    assert int(days) == WINDOW_DAYS


def test_the_line_is_that_of_the_sheet_in_whatever_order_it_stands(tmp_path):
    shutil.copytree("tests/data/mini", tmp_path / "mini")
    sheet = tmp_path / "mini/annotations/claims.csv"
    head, *rows = sheet.read_text(encoding="utf-8").splitlines()
    rows.reverse()
    line = 2 + [row[:3] for row in rows].index("X03")
    # A forum that no sheet lists is no error of the sheet, but of a constraint.
    rows[line - 2] = rows[line - 2].replace(",MPS,,,,,,,,", ",MPS,,,,,,,Nowhere 2024,", 1)
    sheet.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    done = run("audit", "--data", str(tmp_path / "mini"))
    assert done.exit_code == 1
    assert f"claims.csv:{line}:forum: X03: no sheet names the forum `Nowhere 2024`" in done.stderr


def test_without_figures_there_is_nothing_to_audit(tmp_path):
    folder = tmp_path / "mini"
    bare_mini(folder)
    assert "nothing to audit" in run("audit", "--data", str(folder)).stdout
    with pytest.raises((UsageError, DataError)):
        impute(folder, tmp_path / "out")


def test_runs_of_numbers_are_shortened():
    assert compressed([1, 2, 3, 5, 8, 9]) == "1 to 3, 5, 8 to 9"
    assert admitted(27, 28, 0, 10) == [0]


@pytest.mark.slow
def test_an_imputation_replaces_only_what_imputations_write(imputation, tmp_path, monkeypatch):
    shutil.copytree(imputation.folder, tmp_path / "out")
    (tmp_path / "out/notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"contains other files \(notes.txt\)"):
        impute("data", tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(UsageError, match="working folder"):
        impute(tmp_path / "out", ".")
    with pytest.raises(UsageError, match="already contains imputed rows"):
        impute(tmp_path / "out", tmp_path / "again")


@pytest.mark.slow
def test_conditions_in_python_are_texts_numbers_or_lists():
    ds = sd.load()
    one = ds.bounds("event", {"year": 2023, "region": ["Africa", "Europe"]}, claims=False)
    other = ds.bounds("event", {"year": "2023", "region": "Africa,Europe"}, claims=False)
    assert one.equals(other)
    with pytest.raises(UsageError, match="`region` is restricted by"):
        ds.bounds("event", {"region": None})
    with pytest.raises(UsageError, match="max_conflicts"):
        ds.audit(max_conflicts=0)


def test_one_meeting_has_one_counterpart_also_beyond_what_most_claims_count(built):
    space = read_claims(built).domains

    def count(unit, period, **where):
        return CountSpec(unit, parse({"format": "bilateral", "period": period, **where}, space))

    named = [count("event", "2023", counterpart=name) for name in ("JPN", "FRA", "RUS")]
    asked = [count("country", "2024"), count("interaction", "2024")]
    cells = Variables(space, [count("event", "2023"), *named, *asked])
    countries, interactions = cells.expressions[-2:]
    one = Constraint("one", interactions.columns, interactions.values, 1, 1)
    solver = Solver(System(cells.size, np.full(cells.size, np.inf), [*cells.facts, one]))
    assert solver.maximum(countries.dense(cells.size)).value == 1


def test_shipped_intervals_are_those_that_the_claims_give():
    built = sd.load()._built
    found = intervals.computed(read_claims(built))
    assert {name: list(ends) for name, ends in found.items()} == built.manifest["intervals"]
    assert intervals.for_manifest(built)["intervals_of"] == built.manifest["intervals_of"]
