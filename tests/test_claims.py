"""Statuses follow from the numbers; recomputed values from an independent computation."""

import math

import pandas as pd
import pytest

import secdiplo as sd
from secdiplo.claims import filters
from secdiplo.claims import status as statuses


def claim(**given):
    base = {"value": 10.0, "low": None, "high": None, "relation": "exact", "measure": "count"}
    return {**base, **given}


@pytest.mark.parametrize(
    ("given", "found", "complete", "status"),
    [
        ({}, 10, False, "reproduced"),
        ({}, 9, False, "consistent"),
        ({}, 11, False, "exceeded"),
        ({}, 9, True, "contradicted"),
        ({}, 11, True, "contradicted"),
        ({"relation": "at_least"}, 12, False, "reproduced"),
        ({"relation": "at_least"}, 9, False, "consistent"),
        ({"relation": "at_least"}, 9, True, "contradicted"),
        ({"relation": "more_than"}, 10, False, "consistent"),
        ({"relation": "more_than"}, 11, False, "reproduced"),
        ({"relation": "more_than"}, 10, True, "contradicted"),
        ({"relation": "at_most"}, 9, False, "consistent"),
        ({"relation": "at_most"}, 10, False, "reproduced"),
        ({"relation": "at_most"}, 11, False, "exceeded"),
        ({"relation": "approx", "low": 9, "high": 12}, 12, False, "reproduced"),
        ({"relation": "approx", "low": 9, "high": 12}, 13, False, "exceeded"),
        ({"measure": "share", "value": 27.4, "low": 27.35, "high": 27.45}, 27.36, False, "reproduced"),
        ({"measure": "share", "value": 27.4, "low": 27.35, "high": 27.45}, 27.5, False, "differs"),
        ({"measure": "share", "value": 27.4, "low": 27.35, "high": 27.45}, 27.5, True, "contradicted"),
        ({"measure": "rank", "value": 2}, 2, False, "reproduced"),
        ({"measure": "rank", "value": 2}, 3, False, "differs"),
        ({"measure": "rank", "value": 2}, None, False, "differs"),
        ({"measure": "date", "value": 2022}, 2022, False, "reproduced"),
        ({"measure": "date", "value": 2022}, 2023, False, "consistent"),
        ({"measure": "date", "value": 2022}, 2023, True, "contradicted"),
        ({"measure": "date", "value": 2023}, 2022, False, "contradicted"),
        ({"measure": "date", "value": 2022}, None, False, "consistent"),
    ],
)  # fmt: skip
def test_a_status_follows_from_the_numbers(given, found, complete, status):
    assert statuses.status(claim(**given), found, complete) == status


def test_conditions_choose_rows():
    assert filters.pairs("a=1; b=x y") == {"a": "1", "b": "x y"}
    with pytest.raises(sd.UsageError, match="name=value"):
        filters.pairs("a")


@pytest.fixture(scope="module")
def sheet():
    rows = pd.read_csv("data/curated/interactions.csv", dtype=str, keep_default_na=False)
    start = rows["date"].map(lambda d: d + {10: "", 7: "-01", 4: "-01-01"}[len(d)])
    end = rows["date"].map(lambda d: d + {10: "", 7: "-31", 4: "-12-31"}[len(d)])
    ranks = {
        "MPS": ["minister", "vice_minister", "assistant_minister"],
        "CPLC": ["cplc_secretary"],
        "MSS": ["minister"],
    }
    pairs = zip(rows["agency"], rows["official_rank"], strict=True)
    fits = pd.Series([rank in ranks[agency] for agency, rank in pairs])
    return rows[fits & (end >= "2022-06-01") & (start <= "2025-06-30")]


def pairs(rows):
    named = rows[rows["counterpart"] != ""]
    return len(named[["event_key", "counterpart"]].drop_duplicates())


def events(rows):
    return rows["event_key"].nunique()


def meetings(rows):
    country = rows["counterpart_type"] == "country"
    return events(rows[rows["format"].isin(["bilateral", "sideline"]) & country])


def test_claims_of_the_dataset_against_pandas(sheet):
    found = sd.load().reproduce().set_index("claim_id")["recomputed"]
    by = sheet.groupby("agency")
    wang = sheet[sheet["official"] == "Wang Xiaohong"]
    chen = sheet[sheet["official"] == "Chen Wenqing"]
    russia = sheet[sheet["counterpart"] == "RUS"]
    country = sheet[(sheet["counterpart_type"] == "country")]
    bilateral = country[country["format"].isin(["bilateral", "sideline"])]
    expected = {
        "P01": pairs(sheet),
        "P02": events(sheet),
        "P03": pairs(by.get_group("MPS")),
        "P04": events(by.get_group("MPS")),
        "P05": pairs(chen),
        "P06": events(chen),
        "P10": meetings(russia),
        "P11": events(russia[russia["format"] == "multilateral"]),
        "P12": events(wang[wang["date"].str.startswith("2023")]),
        "P14": meetings(sheet),
        "P15": bilateral["counterpart"].nunique(),
        "P16": meetings(sheet[sheet["format"] == "bilateral"]),
        "P17": meetings(sheet[sheet["format"] == "sideline"]),
        "P21": meetings(sheet),
    }
    assert {name: int(found[name]) for name in expected} == expected
    regions = pd.read_csv("data/reference/regions.csv", dtype=str, keep_default_na=False)
    of = regions.set_index("iso3")["region"]
    counts = bilateral.drop_duplicates("event_key")["counterpart"].map(of).value_counts()
    assert found["P18"] == round(100 * counts["Southeast Asia"] / counts.sum(), 1)
    assert found["P19"] == round(100 * counts["Central Asia"] / counts.sum(), 1)
    assert found["P20"] == 1 + (counts > counts["Africa"]).sum()


def test_an_exceeded_part_is_said_of_the_whole():
    frame = sd.load().reproduce().set_index("claim_id")
    for whole, part in (("P14", "P09"), ("P02", "P06"), ("P01", "P05")):
        assert frame.loc[part, "status"] == "exceeded"
        assert frame.loc[whole, "status"] in {"reproduced", "consistent"}
        assert part in frame.loc[whole, "note"].split("composition_differs")[1]


def test_differences_are_found_minus_published():
    frame = sd.load().reproduce()
    known = frame[frame["recomputed"].notna()]
    gap = known["recomputed"] - known["published"] - known["difference"]
    assert gap.abs().max() < 0.011
    assert not any(math.isnan(value) for value in known["recomputed"])


def test_the_recipe_is_the_whole_of_it():
    frame = sd.load().reproduce().set_index("claim_id")
    assert frame.loc["P05", "recipe"] == (
        "agency_totals(official=Chen Wenqing)[agency=CPLC].interactions"
    )
    assert frame.loc["P29", "recipe"].startswith("100 x sideline_counts(")


def test_what_nothing_attests_is_said():
    frame = sd.load().reproduce()
    zero = frame[(frame["status"] == "consistent") & (frame["recomputed"] == 0)]
    assert len(zero) and zero["note"].str.contains("nothing is attested").all()


@pytest.mark.slow
def test_no_claim_of_an_absent_sheet_is_judged(tmp_path):
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree("data", folder)
    for file in ("queries/gsi_supporters.sql", "queries/earliest_evidence.sql"):
        (folder / file).unlink()
    for file in ("curated/gsi_support.csv", "tables/gsi_support.json"):
        (folder / file).unlink()
    settings = folder / "dataset.toml"
    text = settings.read_text(encoding="utf-8")
    start, end = text.index("[figures.gsi_map]"), text.index("[figures.forum_map]")
    settings.write_text(text[:start] + text[end:], encoding="utf-8")
    frame = sd.load(folder).reproduce().set_index("claim_id")
    assert frame.loc["G01", "status"] == "not_testable"
    assert "no query `gsi_supporters`" in frame.loc["G01", "note"]
    assert frame.loc["P01", "status"] == "consistent"


@pytest.mark.slow
def test_a_complete_dataset_is_judged_strictly(tmp_path):
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree("data", folder)
    settings = (folder / "dataset.toml").read_text(encoding="utf-8")
    (folder / "dataset.toml").write_text(
        settings.replace("exhaustive = false", "exhaustive = true")
    )
    frame = sd.load(folder).reproduce().set_index("claim_id")
    assert frame.loc["P01", "status"] == "contradicted"
    assert frame.loc["P10", "status"] == "reproduced"
    assert frame.loc["G03", "status"] == "consistent"  # supporters are never complete
