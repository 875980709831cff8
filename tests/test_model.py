"""What a dataset may leave out, and events of several home countries and of several days.

Expected numbers are counted by hand in the rows below.
"""

from __future__ import annotations

import pytest

import secdiplo as sd

SETTINGS = """\
name = "visits"
title = "Visits"
version = "1.0"
licence = "CC0-1.0"
{home}
[defaults]
agency = "president"
official_rank = "head"
format = "bilateral"
mode = "in_person"
source_url = "https://example.org/visits"
confidence = "high"
"""
HOME = '\n[home]\ncountry = "USA"\n'
CODES = """\
list,code,label,meaning,parent
agency,president,The president,The office of the president.,
official_rank,head,Head of state,The head of state.,
"""


@pytest.fixture
def folder(tmp_path):
    """Write a dataset folder of a few rows."""

    def write(*rows, home=HOME):
        (tmp_path / "curated").mkdir(exist_ok=True)
        (tmp_path / "dataset.toml").write_text(SETTINGS.format(home=home), encoding="utf-8")
        (tmp_path / "codes.csv").write_text(CODES, encoding="utf-8")
        sheet = "\n".join(rows) + "\n"
        (tmp_path / "curated" / "interactions.csv").write_text(sheet, encoding="utf-8")
        return tmp_path

    return write


# --- the smallest sheet ---------------------------------------------------------------------


def test_a_sheet_of_dates_and_counterparts_is_a_dataset(folder):
    place = folder("date,counterpart", "2018-12-30,FRA", "2018-12-30,FRA", "2019-05,DEU")
    assert sd.check(place) == []
    ds = sd.load(place)
    events = ds.table("events")
    assert events["event_id"].tolist() == [
        "2018-12-30-fra", "2018-12-30-fra-2", "2019-05-deu"
    ]  # fmt: skip
    assert set(events["mode"]) == {"in_person"} and set(events["home"]) == {"USA"}
    assert set(ds.table("participations")["agency"]) == {"president"}
    assert ds.table("sources")["url"].tolist() == ["https://example.org/visits"]
    totals = ds.query("dataset_totals").iloc[0]
    assert (totals["events"], totals["bilateral_meetings"], totals["countries"]) == (3, 3, 2)


def test_a_cell_of_the_sheet_goes_before_the_default(folder):
    place = folder(
        "date,counterpart,counterpart_type,mode",
        "2018,FRA,country,phone", "2018,DEU,country,",
    )  # fmt: skip
    ds = sd.load(place)
    modes = ds.table("events").set_index("event_id")["mode"].to_dict()
    assert modes == {"2018-fra": "phone", "2018-deu": "in_person"}
    assert set(ds.table("interactions")["counterpart_type"]) == {"country"}


def test_what_no_default_gives_is_still_needed(folder):
    place = folder("counterpart", "FRA")
    settings = place / "dataset.toml"
    settings.write_text(settings.read_text("utf-8").replace('mode = "in_person"\n', ""), "utf-8")
    assert [problem.column for problem in sd.check(place)] == ["date", "mode"]


def test_a_missing_sheet_of_codes_is_one_problem(folder):
    place = folder("date,counterpart", "2018,FRA", "2019,DEU")
    (place / "codes.csv").unlink()
    assert [(problem.file, problem.line) for problem in sd.check(place)] == [("codes.csv", 1)]


def test_an_empty_row_is_not_filled(folder):
    place = folder("date,counterpart", "2018,FRA", ",")
    assert [str(problem) for problem in sd.check(place)] == [
        "curated/interactions.csv:3:1: an empty row; remove it"
    ]


def test_rows_are_appended_with_the_defaults_of_the_dataset(folder, tmp_path):
    place = folder("date,counterpart", "2018,FRA")
    sd.build(place, tmp_path / "tables")
    more = tmp_path / "more.csv"
    more.write_text("date,counterpart\n2019,DEU\n", encoding="utf-8")
    sd.append(tmp_path / "tables", more)
    assert sd.load(tmp_path / "tables").table("events")["event_id"].tolist() == [
        "2018-fra", "2019-deu"
    ]  # fmt: skip


def test_a_bundle_and_an_export_keep_the_defaults(folder, tmp_path):
    ds = sd.load(folder("date,counterpart", "2018,FRA"))
    out = tmp_path.parent / f"{tmp_path.name}_out"
    ds.export(out, "csv")
    assert "president" in (out / "participations.csv").read_text(encoding="utf-8")


# --- many home countries --------------------------------------------------------------------

MANY = ("home,date,counterpart", "FRA,2018-12-30,USA", "USA,2018-12-30,FRA", ",2019-05-01,DEU")


def test_a_dyad_goes_from_the_home_of_the_row_to_the_counterpart(folder):
    ds = sd.load(folder(*MANY))
    panel = ds.panel("dyad", "year", measures=["events"], codes="cow")
    met = panel[panel["events"].gt(0)]
    assert met[["home", "home_cow", "country", "cow", "year"]].to_numpy().tolist() == [
        ["FRA", 220, "USA", 2, 2018], ["USA", 2, "DEU", 255, 2019], ["USA", 2, "FRA", 220, 2018]
    ]  # fmt: skip
    assert not (panel["home"] == panel["country"]).any()
    units = panel.drop_duplicates(["home", "country"])
    assert set(units["home"]) == {"FRA", "USA"}


def test_a_panel_of_homes_counts_the_events_of_each(folder):
    panel = sd.load(folder(*MANY)).panel("home", "year", measures=["events"])
    counts = {(row.home, row.year): row.events for row in panel.itertuples()}
    assert counts == {("FRA", 2018): 1, ("FRA", 2019): 0, ("USA", 2018): 1, ("USA", 2019): 1}


@pytest.mark.parametrize(
    ("home", "countries"), [("USA", ["DEU", "FRA"]), ("FRA", ["USA"]), ("FRA,USA", None)]
)
def test_home_is_a_filter_of_queries_and_panels(folder, home, countries):
    ds = sd.load(folder(*MANY))
    found = sorted(ds.query("country_totals", home=home)["country"])
    assert found == (countries or ["DEU", "FRA", "USA"])
    panel = ds.panel("country", "year", measures=["events"], home=home)
    assert sorted(panel[panel["events"].gt(0)]["country"].unique()) == found


def test_an_unknown_home_is_refused(folder):
    with pytest.raises(sd.UsageError, match="unknown home `DEU`.*; known: FRA, USA"):
        sd.load(folder(*MANY)).query("country_totals", home="DEU")


def test_a_folder_without_a_home_needs_one_in_each_row(folder):
    place = folder(*MANY, home="")
    assert [(p.line, p.column) for p in sd.check(place)] == [(4, "home")]
    place = folder("date,counterpart", "2018,FRA", home="")
    assert [p.column for p in sd.check(place)] == ["home.country"]


def test_nobody_meets_the_own_country(folder):
    place = folder("home,date,counterpart", "FRA,2018,FRA", "DEU,2018,USA")
    (problem,) = sd.check(place)
    assert (problem.line, problem.column) == (2, "counterpart")
    assert "`FRA` is not foreign to `FRA`" in problem.what


def test_the_rows_of_an_event_have_one_home(folder):
    place = folder(
        "event_key,home,date,format,forum,counterpart", "a,FRA,2018,multilateral,Summit 2018,ITA",
        "a,FRA,2018,multilateral,Summit 2018,USA", "a,DEU,2018,multilateral,Summit 2018,ESP",
    )  # fmt: skip
    errors = [problem for problem in sd.check(place) if problem.level == "error"]
    assert [(problem.line, problem.column) for problem in errors] == [(4, "home")]


# --- events of several days -----------------------------------------------------------------

DAYS = (
    "date,date_end,counterpart", "2018-12-30,2019-01-02,FRA", "2019-03-30,2019-04-01,ESP",
    "2019-05-10,2019-05-12,ITA",
)  # fmt: skip


def test_an_event_of_several_days_counts_in_the_period_of_its_first_day(folder):
    ds = sd.load(folder(*DAYS))
    for by, expected in (
        ("year", {"2018": 1, "2019": 2}),
        ("quarter", {"2018-Q4": 1, "2019-Q1": 1, "2019-Q2": 1}),
        ("month", {"2018-12": 1, "2019-03": 1, "2019-05": 1}),
    ):
        totals = ds.query("period_totals", by=by)
        assert dict(zip(totals["period"], totals["events"], strict=True)) == expected
        panel = ds.panel("agency", by, measures=["events"])
        counts = dict(zip(panel["period"], panel["events"], strict=True))
        assert {period: n for period, n in counts.items() if n} == expected
        assert panel["imprecise_dates"].eq(0).all()


def test_a_window_takes_in_what_begins_in_it(folder):
    ds = sd.load(folder(*DAYS))
    assert ds.query("dataset_totals", start="2019-01-01")["events"].tolist() == [2]
    assert ds.query("dataset_totals", end="2018-12-31")["events"].tolist() == [1]
    assert ds.query("dataset_totals", end="2018-12-31")["straddling_events"].tolist() == [0]


def test_a_month_is_as_imprecise_as_before(folder):
    ds = sd.load(folder("date,date_end,counterpart", "2018-12,2019-01,FRA", "2018,,ESP"))
    totals = ds.query("period_totals", by="month")
    assert dict(zip(totals["period"], totals["events"], strict=True)) == {
        "2018-12": 1, "imprecise date": 1
    }  # fmt: skip
