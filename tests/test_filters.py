"""Filters of queries and panels: counts beside pandas, names beside codes, and wrong values."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import secdiplo as sd
from folders import bare_mini
from secdiplo.query import filters, load

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def ds() -> sd.Dataset:
    return sd.load()


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """The coding sheet, with the region of each country."""
    sheet = pd.read_csv(ROOT / "data/curated/interactions.csv", dtype=str, keep_default_na=False)
    regions = pd.read_csv(ROOT / "data/reference/regions.csv", dtype=str, keep_default_na=False)
    regions = regions[regions["scheme"] == "carnegie2025"].set_index("iso3")["region"]
    is_country = sheet["counterpart_type"] == "country"
    sheet["region"] = sheet["counterpart"].where(is_country).map(regions)
    return sheet


def listed(cells: pd.Series, *wanted: str) -> pd.Series:
    return cells.str.split("; ").map(lambda items: bool(set(items) & set(wanted)))


CASES = {
    "country": ({"country": ["KEN", "VNM"]}, lambda s: s.counterpart.isin(["KEN", "VNM"])),
    "not_country": ({"not_country": "RUS"}, lambda s: s.counterpart != "RUS"),
    "region": ({"region": "Africa"}, lambda s: s.region == "Africa"),
    "not_region": ({"not_region": "Africa,Europe"}, lambda s: ~s.region.isin(["Africa", "Europe"])),
    "agency": ({"agency": "CPLC,MSS"}, lambda s: s.agency.isin(["CPLC", "MSS"])),
    "not_agency": ({"not_agency": "MPS"}, lambda s: s.agency != "MPS"),
    "official": (
        {"official": ["Chen Yixin", "Wang Xiaohong"]},
        lambda s: s.official.isin(["Chen Yixin", "Wang Xiaohong"]),
    ),
    "not_official": ({"not_official": "Wang Xiaohong"}, lambda s: s.official != "Wang Xiaohong"),
    "official_rank": ({"official_rank": "minister"}, lambda s: s.official_rank == "minister"),
    "format": ({"format": ["sideline"]}, lambda s: s.format == "sideline"),
    "mode": ({"not_mode": "in_person"}, lambda s: s["mode"] != "in_person"),
    "forum": ({"forum": "GPSCFL"}, lambda s: s.forum.str.fullmatch(r"GPSCFL \d{4}")),
    "session": ({"forum": "GPSCFL 2024"}, lambda s: s.forum == "GPSCFL 2024"),
    "not_forum": ({"not_forum": "GPSCFL"}, lambda s: ~s.forum.str.fullmatch(r"GPSCFL \d{4}")),
    "topic": (
        {"topic": "counterterrorism, cybersecurity"},
        lambda s: listed(s.topic, "counterterrorism", "cybersecurity"),
    ),
    "not_topic": ({"not_topic": "GSI"}, lambda s: ~listed(s.topic, "GSI")),
    "several": (
        {"region": "Africa", "agency": "MPS", "format": "bilateral", "not_country": "EGY"},
        lambda s: (
            (s.region == "Africa")
            & (s.agency == "MPS")
            & (s.format == "bilateral")
            & (s.counterpart != "EGY")
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_filter_counts_the_rows_that_pandas_counts(ds, rows, name):
    given, passes = CASES[name]
    kept = rows[passes(rows)]
    assert 0 < len(kept) < len(rows)
    found = ds.query("dataset_totals", scope="all", **given).iloc[0]
    assert found["participations"] == len(kept)
    assert found["events"] == kept["event_key"].nunique()
    listed_rows = ds.query("meeting_list", scope="all", **given)
    assert sorted(listed_rows["event_id"]) == sorted(kept["event_key"])


@pytest.mark.parametrize("name", CASES)
def test_a_panel_counts_the_events_of_a_filter(ds, rows, name):
    given, passes = CASES[name]
    panel = ds.panel("agency", "year", measures=["events"], scope="all", **given)
    kept = rows[passes(rows)]
    wanted = kept.groupby("agency")["event_key"].nunique()
    found = panel.groupby("agency")["events"].sum()
    late = panel.attrs["left_out"]
    assert late == "" and found[found > 0].to_dict() == wanted.to_dict()


def test_a_panel_has_rows_only_for_the_units_that_were_asked_for(ds):
    panel = ds.panel("country", "year", country=["KEN", "Viet Nam"])
    assert set(panel["country"]) == {"KEN", "VNM"}
    panel = ds.panel("country", "year", region="Central Asia")
    assert set(panel["country"]) == {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    panel = ds.panel("dyad", "year", not_agency="MPS", country="KEN")
    assert set(panel["agency"]) == {"MSS", "CPLC"} and set(panel["country"]) == {"KEN"}
    panel = ds.panel("official", "year", official="Chen Yixin")
    assert set(panel["official"]) == {"Chen Yixin"}


def test_countries_can_be_given_by_name(ds):
    by_code = ds.query("country_totals", country=["CIV", "VNM"])
    by_name = ds.query("country_totals", country=["Côte d'Ivoire", "Viet Nam"])
    assert by_name.equals(by_code) and by_name.attrs["params"] == by_code.attrs["params"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"country": "Atlantis"}, "no country or organization `Atlantis`"),
        ({"country": "KEN,KEM"}, "no country or organization `KEM`"),
        ({"region": "Afrika"}, "unknown region `Afrika`; did you mean `Africa`?"),
        ({"format": "trilateral"}, "unknown format `trilateral`"),
        ({"topic": "golf"}, "unknown topic `golf`"),
        ({"forum": "GPSCFL 1999"}, "unknown forum `GPSCFL 1999`"),
        ({"country": []}, "`country` is an empty list"),
        ({"country": " "}, "`country` is blank"),
        ({"countries": "KEN"}, "no parameter `countries`; did you mean `country`"),
    ],
)
def test_a_value_that_the_dataset_lacks_is_refused(ds, given, said):
    with pytest.raises(sd.UsageError) as caught:
        ds.query("dataset_totals", **given)
    assert said in str(caught.value)


def test_a_name_with_a_comma_is_one_name(tmp_path):
    folder = bare_mini(tmp_path / "mini")
    for path in folder.rglob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("Wang Xiaohong", '"Wang, Xiaohong"'), encoding="utf-8")
    ds = sd.load(folder)
    assert ds.query("dataset_totals", official="Wang, Xiaohong")["events"].item() > 0
    both = ["Wang, Xiaohong", "Wang, Xiaohong"]
    assert ds.panel("official", official=both)["official"].unique().tolist() == ["Wang, Xiaohong"]
    with pytest.raises(sd.UsageError, match="known: .*Wang, Xiaohong"):
        ds.query("dataset_totals", official="nobody at all")


def test_a_statement_has_no_condition_that_was_not_asked_for():
    query = load("dataset_totals")
    assert filters.with_clauses(query.sql, {}) == query.filtered({}).sql
    assert "list_contains" not in query.filtered({}).sql
    assert {"interaction_topics", "country_regions"}.isdisjoint(query.filtered({}).tables)
    assert "interaction_topics" in query.filtered({"topic": ("x",)}).tables


def test_every_filter_has_a_list_of_values():
    names = {p.name for p in load("dataset_totals").filters if p.type == "list"}
    assert names == {*filters.LISTED, *(filters.NOT + name for name in filters.LISTED)}
