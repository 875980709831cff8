"""Panels beside an independent computation with pandas over the sheet."""

from __future__ import annotations

import calendar
import csv
import itertools
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.cli import main
from secdiplo.panel import columns, statement

ROOT = Path(__file__).resolve().parent.parent
WINDOW = date(2022, 6, 1), date(2025, 6, 30)
RANKS = {
    "MPS": ["minister", "vice_minister", "assistant_minister"],
    "CPLC": ["cplc_secretary"],
    "MSS": ["minister"],
}
MEETINGS = ["bilateral", "sideline"]
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
KEYS = {
    "country": ["country"],
    "dyad": ["agency", "country"],
    "official": ["official_id"],
    "agency": ["agency"],
}
MEASURES = [
    "events", "interactions", "agency_interactions", "participations", "bilateral_meetings",
    "events_multilateral", "interactions_minister", "participations_MPS", "cumulative_events",
    "cumulative_bilateral_meetings", "first_contact", "last_contact", "days_since_contact",
]  # fmt: skip


@pytest.fixture(scope="module")
def ds():
    return sd.load()


def edge(text: str, last: bool) -> date:
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else (12 if last else 1)
    day = parts[2] if len(parts) > 2 else (calendar.monthrange(year, month)[1] if last else 1)
    return date(year, month, day)


def rows_in_scope() -> pd.DataFrame:
    sheet = pd.read_csv(
        ROOT / "data" / "curated" / "interactions.csv", dtype=str, keep_default_na=False
    )
    sheet["lo"] = [edge(d, False) for d in sheet["date"]]
    sheet["hi"] = [edge(d, True) for d in sheet["date"]]  # the first day counts, not the last
    inside = pd.Series(
        [
            rank in RANKS[agency]
            for agency, rank in zip(sheet.agency, sheet.official_rank, strict=True)
        ]
    )
    sheet = sheet[inside & (sheet.hi >= WINDOW[0]) & (sheet.lo <= WINDOW[1])].copy()
    sheet["official_id"] = [name.lower().replace(" ", "-") for name in sheet.official]
    sheet["country"] = sheet.counterpart.where(sheet.counterpart_type == "country", "")
    return sheet


def floor(day: date, freq: str) -> date:
    months = MONTHS[freq]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def following(start: date, freq: str) -> date:
    month = start.month - 1 + MONTHS[freq]
    return date(start.year + month // 12, month % 12 + 1, 1)


def cell(mine: list[dict], start: date, end: date) -> dict[str, object]:
    """The measures of one unit in one period, of its rows with the periods of both their days."""
    covered = [row for row in mine if row["lo"] >= WINDOW[0] and row["hi"] <= WINDOW[1]]
    whole = [row for row in covered if row["first"] == start == row["last"]]
    sure = [row for row in covered if row["hi"] <= end]
    first, last = max(start, WINDOW[0]), min(end, WINDOW[1])
    loose = [
        row
        for row in mine
        if (row["first"] != row["last"] or row not in covered)
        and row["lo"] <= last
        and row["hi"] >= first
    ]

    def pairs(rows: list[dict], *names: str) -> int:
        columns = ("event_key", "counterpart_type", "counterpart", *names)
        return len({tuple(row[c] for c in columns) for row in rows if row["counterpart"]})

    def events(rows: list[dict]) -> int:
        return len({row["event_key"] for row in rows})

    def meetings(rows: list[dict]) -> int:
        return events(
            [r for r in rows if r["format"] in MEETINGS and r["counterpart_type"] == "country"]
        )

    latest = max((row["hi"] for row in sure), default=None)
    return {
        "status": "observed" if whole else "zero",
        "imprecise_dates": events(loose),
        "events": events(whole),
        "interactions": pairs(whole),
        "agency_interactions": pairs(whole, "agency"),
        "participations": len(whole),
        "bilateral_meetings": meetings(whole),
        "events_multilateral": events([r for r in whole if r["format"] == "multilateral"]),
        "interactions_minister": pairs([r for r in whole if r["official_rank"] == "minister"]),
        "participations_MPS": sum(row["agency"] == "MPS" for row in whole),
        "cumulative_events": events(sure),
        "cumulative_bilateral_meetings": meetings(sure),
        "first_contact": min((row["hi"] for row in sure), default=None),
        "last_contact": latest,
        "days_since_contact": max(0, (min(end, WINDOW[1]) - latest).days) if latest else None,
    }


@pytest.mark.parametrize("freq", list(MONTHS))
@pytest.mark.parametrize("unit", list(KEYS))
def test_panels_agree_with_pandas_over_the_sheet(ds, unit, freq):
    panel = ds.panel(unit, freq, measures=MEASURES)
    rows = rows_in_scope()
    if unit in {"country", "dyad"}:
        rows = rows[rows.country != ""].copy()
    elif unit == "official":
        rows = rows[rows.official != ""].copy()
    starts = [floor(WINDOW[0], freq)]
    while following(starts[-1], freq) <= WINDOW[1]:
        starts.append(following(starts[-1], freq))
    rows["first"] = [floor(day, freq) for day in rows["lo"]]
    rows["last"] = [floor(day, freq) for day in rows["hi"]]
    groups = {key: group.to_dict("records") for key, group in rows.groupby(KEYS[unit])}
    assert panel["period_start"].dt.date.drop_duplicates().sort_values().tolist() == starts
    units = {tuple(key) for key in panel[KEYS[unit]].itertuples(index=False)}
    assert set(groups) <= units and len(panel) == len(units) * len(starts)
    assert not panel[[*KEYS[unit], "period_start"]].duplicated().any()
    met = panel[[tuple(key) in groups for key in panel[KEYS[unit]].itertuples(index=False)]]
    for line in met.to_dict("records"):
        start, end = line["period_start"].date(), line["period_end"].date()
        assert end == following(start, freq) - timedelta(days=1)
        wanted = cell(groups[tuple(line[key] for key in KEYS[unit])], start, end)
        for name, value in wanted.items():
            found = line[name]
            found = (
                None
                if pd.isna(found)
                else found.date()
                if isinstance(found, pd.Timestamp)
                else found
            )
            assert found == value, (line, name)
        assert line["partial"] == (start < WINDOW[0] or end > WINDOW[1])
    others = panel.drop(met.index)
    assert (others["status"] == "zero").all() and (others[MEASURES[:10]] == 0).all(axis=None)


def test_sums_agree_with_the_packaged_queries(ds):
    rows = rows_in_scope()
    over_the_edge = rows[(rows.lo < WINDOW[0]) | (rows.hi > WINDOW[1])]
    assert len(over_the_edge)
    for freq in MONTHS:
        panel = ds.panel("agency", freq, measures=["events", "agency_interactions"])
        found = panel[panel.events > 0].set_index(["period", "agency"])
        totals = ds.query("period_totals", by=freq)
        totals = totals[totals.period != "imprecise date"].set_index(["period", "agency"])
        # A query counts what overlaps coverage; the panel what lies in it.
        edge = {name: totals[name].to_dict() for name in ("events", "interactions")}
        for key, mine in over_the_edge.groupby("agency"):
            for _, event in mine.groupby("event_key"):
                lo, hi = event.lo.iloc[0], event.hi.iloc[0]
                if floor(lo, freq) == floor(hi, freq):
                    assert freq == "year"
                    edge["events"][str(lo.year), key] -= 1
                    named = event[event.counterpart != ""]
                    edge["interactions"][str(lo.year), key] -= named.counterpart.nunique()
        assert found["events"].to_dict() == edge["events"]
        assert found["agency_interactions"].to_dict() == edge["interactions"]
    totals = ds.query("country_totals").set_index("country")["bilateral_meetings"].copy()
    one_on_one = over_the_edge[over_the_edge["format"] != "multilateral"]
    for country in one_on_one.drop_duplicates(["event_key", "counterpart"])["counterpart"]:
        totals[country] -= 1
    panel = ds.panel("country", "year", measures=["bilateral_meetings"])
    sums = panel.groupby("country")["bilateral_meetings"].sum()
    assert sums[sums > 0].to_dict() == totals[totals > 0].to_dict()


def test_periods_are_labelled(ds):
    for freq, last in [
        ("year", "2025"),
        ("half", "2025-H1"),
        ("quarter", "2025-Q2"),
        ("month", "2025-06"),
    ]:
        assert ds.panel("agency", freq)["period"].max() == last


def test_nothing_outside_coverage_is_a_zero(ds):
    panel = ds.panel(
        "country",
        "half",
        start="2020",
        end="2027",
        measures=["events", "cumulative_events", "last_contact"],
    )
    outside = panel[panel.status == "outside_coverage"]
    assert sorted(set(outside.period)) == [
        "2020-H1",
        "2020-H2",
        "2021-H1",
        "2021-H2",
        "2025-H2",
        "2026-H1",
        "2026-H2",
        "2027-H1",
        "2027-H2",
    ]
    assert (
        outside[["events", "cumulative_events", "last_contact", "imprecise_dates"]]
        .isna()
        .all(axis=None)
    )
    assert not outside["partial"].any()
    assert panel[panel.period == "2022-H1"]["partial"].all()
    inside = panel[panel.status != "outside_coverage"]
    assert inside[["events", "cumulative_events"]].notna().all(axis=None)
    assert set(inside.status) == {"observed", "zero"}


def test_a_later_start_keeps_what_went_before_in_the_cumulative_counts(ds):
    whole = ds.panel("dyad", "quarter", measures=["cumulative_events", "first_contact"])
    late = ds.panel(
        "dyad", "quarter", start="2024-07", measures=["cumulative_events", "first_contact"]
    )
    both = late.merge(whole, on=["agency", "country", "period"], suffixes=("", "_whole"))
    assert len(both) == len(late)
    assert (both.cumulative_events == both.cumulative_events_whole).all()
    assert (
        both.first_contact.fillna(pd.Timestamp(0))
        == both.first_contact_whole.fillna(pd.Timestamp(0))
    ).all()
    assert "before `start` or after `end`" in late.attrs["left_out"]


# --- codes and membership --------------------------------------------------------------------


def spells(system: str) -> list[tuple[str, int, date, date]]:
    with (ROOT / "data/countries/country_spells.csv").open(encoding="utf-8", newline="") as file:
        return [
            (
                row["iso3"],
                int(row["code"]),
                date.fromisoformat(row["start"]),
                date.fromisoformat(row["end"] or "9999-12-31"),
            )
            for row in csv.DictReader(file)
            if row["system"] == system and row["iso3"]
        ]


@pytest.mark.parametrize("system", ["cow", "gw"])
def test_who_is_no_state_has_no_count(ds, system):
    listed = spells(system)
    panel = ds.panel("country", "year", system, start="1985", end="2025", measures=["events"])
    plain = ds.panel("country", "year", start="1985", end="2025", measures=["events"])
    plain = plain.set_index(["country", "year"])["events"]
    assert set(panel.country) == {iso3 for iso3, *_ in listed} - {"CHN"}
    assert not {"PSE", "HKG", "MAC", "CHN"} & set(panel.country)
    for line in panel.to_dict("records"):
        year, country = line["year"], line["country"]
        mine = [
            s
            for s in listed
            if s[0] == country and s[2] <= date(year, 12, 31) and s[3] >= date(year, 1, 1)
        ]
        if not mine:
            assert line["status"] == "not_a_state" and pd.isna(line["events"])
            continue
        assert line[system] == max(mine, key=lambda s: s[2])[1]
        if 2022 <= year <= 2025:
            assert line["events"] == plain[country, year]
        else:
            assert line["status"] == "outside_coverage" and pd.isna(line["events"])


def test_a_state_that_begins_within_a_period_is_partial(tmp_path):
    made = made_dataset(
        tmp_path,
        [("2011-08-01", "SSD"), ("2011-03-01", "SSD"), ("2009-05-01", "SSD"), ("2009", "PSE")],
    )
    ds = sd.load(made)
    panel = (
        ds.panel("country", "year", "cow", measures=["events"])
        .query("country == 'SSD'")
        .set_index("year")
    )
    assert panel["status"].to_dict() == {
        2008: "not_a_state",
        2009: "not_a_state",
        2010: "not_a_state",
        2011: "observed",
        2012: "zero",
    }
    assert panel["events"].tolist()[3:] == [1, 0] and panel["partial"].tolist() == [
        False,
        False,
        False,
        True,
        False,
    ]
    left = ds.panel("country", "year", "cow").attrs["left_out"]
    assert (
        "no cow code: PSE (1 event)" in left
        and "no member of cow at the time: SSD (2 events)" in left
    )
    half = ds.panel("dyad", "half", measures=["events"])
    found = half[half.country == "PSE"].set_index("period")["imprecise_dates"].to_dict()
    assert {period for period, count in found.items() if count} == {"2009-H1", "2009-H2"}
    assert "1 event dated too imprecisely for a count by half" in half.attrs["left_out"]


def made_dataset(folder: Path, contacts: list[tuple[str, str]]) -> Path:
    """A folder of one agency whose scope is 2008 to 2012, with these bilateral meetings."""
    (folder / "curated").mkdir(parents=True)
    (folder / "dataset.toml").write_text(
        'name = "made"\ntitle = "Made"\nversion = "1.0"\nlicence = "CC0"\ndefault_scope = "s"\n'
        '[home]\ncountry = "FRA"\nnot_foreign = ["GUF"]\n'
        '[scopes.s]\ntitle = "S"\nstart = "2008"\nend = "2012"\nranks.POL = ["head"]\n',
        encoding="utf-8",
    )
    (folder / "codes.csv").write_text(
        "list,code,label,meaning,parent\nagency,POL,Police,The police.,\nofficial_rank,head,Head,Its head.,POL\n",
        encoding="utf-8",
    )
    with (ROOT / "tests/data/mini/curated/interactions.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        names = next(csv.reader(file))
    with (folder / "curated" / "interactions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        for day, country in contacts:
            writer.writerow(
                {
                    "event_key": f"{day}-{country.lower()}", "date": day, "agency": "POL", "official_rank": "head",
                    "format": "bilateral", "mode": "phone", "counterpart_type": "country", "counterpart": country,
                    "source_url": f"https://example.org/{day}", "confidence": "high",
                }
            )  # fmt: skip
    return folder


@pytest.mark.parametrize("system", ["cow", "gw"])
def test_every_frequency_leaves_out_the_days_before_membership(tmp_path, system):
    begins = min(s[2] for s in spells(system) if s[0] == "SSD")
    before, after = begins - timedelta(days=1), begins + timedelta(days=1)
    days = [before.isoformat(), begins.isoformat(), after.isoformat(), "2011", "2009-05", "2012-03"]
    ds = sd.load(made_dataset(tmp_path, [(day, "SSD") for day in days]))
    for freq in MONTHS:
        panel = ds.panel("country", freq, system, measures=["events", "cumulative_events"])
        mine = panel[panel.country == "SSD"].set_index("period_start")
        assert mine["events"].sum() == 3
        assert mine["cumulative_events"].iloc[-1] == 3
        assert panel.attrs["imprecise_dates"] == "1"  # 2011: it may lie before the first day
        assert f"no member of {system} at the time: SSD (2 events)" in panel.attrs["left_out"]
        year = mine[mine.year == 2011]
        inside = year[year.status != "not_a_state"]
        assert (inside["imprecise_dates"] == 1).all()
        assert (mine[mine.year == 2012]["imprecise_dates"] == 0).all()
        assert inside["partial"].iloc[0] == (begins != inside.index[0].date())


def test_a_change_of_code_is_no_end_of_membership(tmp_path):
    folder = made_dataset(tmp_path, [("1990", "DEU")])
    text = (folder / "dataset.toml").read_text(encoding="utf-8")
    text = text.replace('"2008"', '"1989"').replace('"2012"', '"1991"')
    (folder / "dataset.toml").write_text(text, encoding="utf-8")
    panel = sd.load(folder).panel("country", "year", "cow", measures=["events"])
    mine = panel[panel.country == "DEU"].set_index("year")
    assert mine["cow"].to_dict() == {1989: 260, 1990: 255, 1991: 255}
    assert mine["events"].to_dict() == {1989: 0, 1990: 1, 1991: 0}
    assert not mine["partial"].any()


@pytest.mark.parametrize("freq", list(MONTHS))
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, None),
        ("2009-03-15", "2011-05-02"),
        ("2009-03-15", None),
        ("2010-02-03", "2010-02-20"),
    ],
)
def test_counts_and_what_is_less_finely_dated_are_the_totals_of_the_query(
    tmp_path, freq, start, end
):
    days = [
        "2007", "2008-01-01", "2009", "2009-03", "2009-03-14", "2009-03-15", "2010", "2010-02",
        "2010-02-03", "2010-02-21", "2011-05-02", "2011-05-03", "2011-05", "2012-12-31", "2013-01",
    ]  # fmt: skip
    ds = sd.load(made_dataset(tmp_path, [(day, "DEU") for day in days]))
    first = date.fromisoformat(start) if start else date(2008, 1, 1)
    last = date.fromisoformat(end) if end else date(2012, 12, 31)
    panel = ds.panel(
        "country", freq, measures=["events", "cumulative_events"], start=start, end=end
    )
    given = {"start": first.isoformat(), "end": last.isoformat()}
    asked = ds.query("country_totals", **given).set_index("country")
    loose = int(panel.attrs["imprecise_dates"])
    assert panel["events"].sum() + loose == asked["bilateral_meetings"]["DEU"]
    mine = panel[panel.country == "DEU"].set_index("period_start")
    for begins, line in mine.iterrows():
        after = following(begins.date(), freq)
        lo, hi = max(first, begins.date()), min(last, after - timedelta(days=1))
        inside = [day for day in days if edge(day, False) >= lo and edge(day, True) <= hi]
        beside = [
            day
            for day in days
            if day not in inside and edge(day, False) <= hi and edge(day, True) >= lo
        ]
        assert (line["events"], line["imprecise_dates"]) == (len(inside), len(beside))
        assert line["partial"] == (lo != begins.date() or hi != after - timedelta(days=1))
        assert line["status"] == ("observed" if inside else "zero")
        so_far = [d for d in days if edge(d, False) >= date(2008, 1, 1) and edge(d, True) <= hi]
        assert line["cumulative_events"] == len(so_far)


def test_days_outside_coverage_make_no_zero_of_the_rest_of_a_period(tmp_path):
    folder = made_dataset(tmp_path, [("2008-05-01", "DEU")])
    text = (folder / "dataset.toml").read_text(encoding="utf-8").replace('"2008"', '"2008-03"')
    (folder / "dataset.toml").write_text(text, encoding="utf-8")
    ds = sd.load(folder)
    panel = ds.panel("agency", "year", start="2008-01-10", end="2008-02", measures=["events"])
    assert panel["status"].tolist() == ["outside_coverage"] and panel["events"].isna().all()
    panel = ds.panel("agency", "year", end="2008-04", measures=["events"])
    assert panel["status"].tolist() == ["zero"] and panel["partial"].tolist() == [True]


def test_a_panel_says_what_it_does_not_know(ds):
    for unit in ("country", "dyad"):
        assert "iso3 has no list of members" in ds.panel(unit, "year").attrs["membership"]
    attrs = ds.panel("official", "year").attrs
    assert attrs["tenures"].startswith("tenures are not recorded and not applied")
    assert not {"tenures", "membership"} & set(ds.panel("agency", "year").attrs)


def test_one_measure_can_be_a_name(ds):
    one = ds.panel("agency", "year", measures="events")
    assert one.equals(ds.panel("agency", "year", measures=["events"]))
    with pytest.raises(sd.UsageError, match="did you mean `events`"):
        ds.panel("agency", "year", measures="event")


def test_a_scope_without_days_is_covered_by_its_events(tmp_path):
    ds = sd.load(made_dataset(tmp_path, [("2011-08-01", "SSD"), ("2009-03-02", "DEU")]))
    panel = ds.panel(
        "agency", "year", scope="all", start="2005", end="2015", measures=["events"]
    ).set_index("year")
    assert panel.attrs["coverage"] == "2009-03-02..2011-08-01"
    assert panel["status"].to_dict() == {
        **dict.fromkeys([2005, 2006, 2007, 2008, 2012, 2013, 2014, 2015], "outside_coverage"),
        2009: "observed", 2010: "zero", 2011: "observed",
    }  # fmt: skip


def test_a_dyad_is_from_an_agency_to_a_country(ds):
    panel = ds.panel("dyad", "year", "cow", measures=["interactions"])
    assert panel.columns.tolist()[:6] == ["home", "home_cow", "agency", "country", "cow", "name"]
    assert set(panel["home"]) == {"CHN"} and set(panel["home_cow"]) == {710}
    assert set(panel["agency"]) == {"CPLC", "MPS", "MSS"}
    only = ds.panel("dyad", "year", agency="MSS")
    assert set(only["agency"]) == {"MSS"}
    assert set(ds.panel("agency", "year", official_rank="vice_minister")["agency"]) == {"MPS"}


def test_what_is_left_out_is_counted(ds):
    rows = rows_in_scope()
    organizations = rows[rows.counterpart_type == "organization"]
    pairs = len(set(organizations[["event_key", "counterpart"]].itertuples(index=False)))
    unnamed = rows[rows.counterpart == ""].event_key.nunique()
    coarse = rows[
        [floor(lo, "month") != floor(hi, "month") for lo, hi in zip(rows.lo, rows.hi, strict=True)]
    ]
    left = ds.panel("country", "month").attrs["left_out"]
    assert f"{pairs} interactions with organizations" in left
    assert f"{unnamed} events without a named counterpart" in left
    countries = coarse[coarse.country != ""].event_key.nunique()
    assert f"{countries} events dated too imprecisely for a count by month" in left
    nobody = rows[rows.official == ""]
    assert (
        f"{len(nobody)} participations in {nobody.event_key.nunique()} events name no official"
        in ds.panel("official", "year").attrs["left_out"]
    )
    assert "left_out" in ds.panel("agency", "year").attrs


# --- calls and the command -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"unit": "countries"}, "did you mean `country`"),
        ({"freq": "week"}, "`freq` is one of"),
        ({"codes": "iso2"}, "did you mean `iso3`"),
        ({"unit": "agency", "codes": "cow"}, "leave it out of a panel by agency"),
        ({"measures": ["event"]}, "did you mean `events`"),
        ({"measures": ["events_bilaterl"]}, "did you mean `events_bilateral`"),
        ({"start": "2025", "end": "2024"}, "swap them"),
        ({"start": "2026"}, "coverage is 2022-06-01 to 2025-06-30"),
        ({"start": "soon"}, "`start` is a date"),
        ({"agency": "KGB"}, "unknown agency"),
        ({"scope": "carnegie"}, "did you mean `carnegie2025`"),
        ({"scope": "none"}, "no scope `none`: a panel has one"),
        ({"scope": ""}, "`scope` is blank"),
        ({"confidence": "sure"}, "one of high, medium, low"),
        ({"colour": "red"}, "no parameter `colour`"),
        (
            {"agency": "MSS", "official_rank": "vice_minister", "unit": "dyad"},
            "nobody in the scope",
        ),
        ({"freq": "month", "start": "0001", "end": "9999", "unit": "dyad"}, "cells are more than"),
    ],
)
def test_calls_that_cannot_be_understood(ds, call, said):
    with pytest.raises(sd.UsageError, match=said):
        ds.panel(**call)


def test_arrow_and_pandas_agree_and_carry_what_is_counted(ds):
    frame = ds.panel("country", "half", "gw", measures=MEASURES)
    table = ds.panel("country", "half", "gw", measures=MEASURES, as_="arrow")
    assert table.column_names == frame.columns.tolist() and table.num_rows == len(frame)
    assert table["events"].to_pylist() == [None if pd.isna(n) else n for n in frame["events"]]
    assert table.schema.metadata[b"coverage"] == b"2022-06-01..2025-06-30"
    assert (
        frame.attrs["unit"].startswith("events: event")
        and "none is on record" in frame.attrs["status"]
    )
    assert "gw is listed to 2020-12-31" in frame.attrs["membership"]
    assert str(frame["events"].dtype) == "Int64" and str(frame["partial"].dtype) == "bool"
    assert max(map(len, frame.columns)) <= 32


def run(*args):
    return CliRunner().invoke(main, ["panel", *map(str, args)])


def test_the_command_writes_files_and_says_what_is_left_out(ds, tmp_path):
    frame = ds.panel("dyad", "quarter", "cow", measures=["events", "last_contact"])
    args = [
        "--unit",
        "dyad",
        "--freq",
        "quarter",
        "--codes",
        "cow",
        "--measure",
        "events",
        "--measure",
        "last_contact",
    ]
    done = run(*args, "-o", tmp_path / "a.parquet")
    assert (
        done.exit_code == 0
        and f"{len(frame):,} rows" in done.stdout
        and "Left out: " in done.stderr
    )
    table = pq.read_table(tmp_path / "a.parquet")
    assert table["events"].to_pylist() == frame["events"].tolist()
    assert table.schema.metadata[b"secdiplo:panel"] == b"dyad by quarter"
    assert run(*args, "-o", tmp_path / "a.csv").exit_code == 0
    read = pd.read_csv(tmp_path / "a.csv", keep_default_na=False, na_values=[""])
    assert (
        read["events"].tolist() == frame["events"].tolist()
        and read["status"].tolist() == frame["status"].tolist()
    )
    once = (tmp_path / "a.csv").read_bytes()
    again = run(*args, "-o", tmp_path / "a.csv")
    assert again.exit_code == 2 and "--force" in again.stderr
    assert run(*args, "-o", tmp_path / "a.csv", "--force").exit_code == 0
    assert (tmp_path / "a.csv").read_bytes() == once
    assert run(*args, "-o", tmp_path / "a.sas").exit_code == 2
    assert run(*args, "-o", tmp_path / "none" / "a.csv").exit_code == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.parquet"]
    rows = json.loads(run("--unit", "agency", "--format", "json").stdout)
    assert list(rows[0])[:3] == ["agency", "period", "year"]
    assert run("--measure", "event").exit_code == 2


def test_a_narrow_table_keeps_unit_period_status_and_a_measure(ds, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    number = len(ds.panel("country", "year"))
    shown = run("--limit", "7")
    lines = shown.stdout.splitlines()
    assert lines[0].split()[:3] == ["country", "period", "status"] and "events" in lines[0].split()
    assert len([line for line in lines if line[:3].isupper()]) == 7
    assert f"7 of {number:,} rows; --limit 0 prints all" in shown.stderr
    assert len(run("--format", "csv").stdout.splitlines()) == number + 1
    assert len(json.loads(run("--format", "json").stdout)) == number
    few = run("--unit", "agency")
    assert "--limit" not in few.stderr and few.exit_code == 0


def test_every_column_of_a_panel_has_a_meaning(ds):
    asked = ["events_bilateral", "cumulative_interactions", "last_contact", "days_since_contact"]
    for unit, codes in [("dyad", "cow"), ("country", "gw"), ("official", "iso3"), ("home", "iso3")]:
        made = statement.prepare(ds._built, unit=unit, codes=codes, measures=asked)
        names = [
            row[0] for row in ds._built.con.execute(f"describe {made.sql}", made.params).fetchall()
        ]
        known = {column.name: column.meaning for column in columns.described(made.measures)}
        assert set(names) <= set(known)
        assert all(known.values())


def test_the_command_stays_light(tmp_path):
    code = (
        "import sys\nfrom secdiplo.cli import main\n"
        f"main(['panel', '--format', 'csv', '-o', {str(tmp_path / 'a.csv')!r}], standalone_mode=False)\n"
        "print([m for m in ('pandas', 'pandera', 'pyarrow', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
@pytest.mark.slow
def test_forty_years_of_monthly_dyads_take_less_than_a_gibibyte(tmp_path):
    days = [
        f"{y}-{m:02}-{d:02}"
        for y, m, d in itertools.product(range(1986, 2026), range(1, 13), (3, 17))
    ]
    codes = ["USA", "RUS", "DEU", "JPN", "IND", "BRA"]
    folder = made_dataset(tmp_path / "long", [(day, codes[n % 6]) for n, day in enumerate(days)])
    text = (
        (folder / "dataset.toml")
        .read_text(encoding="utf-8")
        .replace('"2008"', '"1986"')
        .replace('"2012"', '"2025"')
    )
    text = text.replace(
        'ranks.POL = ["head"]', 'ranks.POL = ["head"]\nranks.SEC = ["head"]\nranks.INT = ["head"]'
    )
    (folder / "dataset.toml").write_text(text, encoding="utf-8")
    more = "agency,SEC,Security,Security.,\nagency,INT,Interior,The interior.,\n"
    codes_file = folder / "codes.csv"
    codes_file.write_text(
        codes_file.read_text(encoding="utf-8").replace(
            "official_rank,head,Head,Its head.,POL", more + "official_rank,head,Head,Its head.,"
        ),
        encoding="utf-8",
    )
    sd.build(folder, tmp_path / "tables")
    code = (
        "import re, pathlib, pandas, secdiplo as sd\n"
        f"ds = sd.load({str(tmp_path / 'tables')!r})\n"
        "frame = ds.panel('dyad', 'month', 'cow', measures=['events', 'bilateral_meetings', 'cumulative_events', 'days_since_contact'])\n"
        # of this program alone: getrusage would count what the parent had when it forked
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(len(frame), int(re.search(r'VmHWM:\\s+(\\d+) kB', status)[1]) / 1024)\n"
        "assert frame['events'].sum() == 960\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rows, mebibytes = map(float, done.stdout.split())
    assert rows >= 3 * 190 * 480
    assert mebibytes < 1024


def test_merging_with_other_files_adds_no_false_zero(ds):
    theirs = pd.read_csv(ROOT / "examples/merge/vdem_like.csv")
    theirs["country"] = sd.countries.convert(theirs["country_name"], to="iso3")
    by_code = sd.countries.convert(theirs["country_id"], to="iso3", system="vdem")
    assert theirs["country"].tolist() == by_code.tolist()
    ours = ds.panel("country", "year", measures=["events"], start="2021", end="2025")
    both = theirs.merge(ours, on=["country", "year"], how="left", validate="1:1")
    assert both.loc[both.year == 2021, "events"].isna().all()
    assert both.loc[(both.year > 2021) & (both.country != "HKG"), "events"].notna().all()
    theirs = pd.read_csv(ROOT / "examples/merge/cow_like.csv")
    ours = ds.panel("country", "year", "cow", measures=["events"], start="2021", end="2025")
    both = theirs.merge(
        ours, left_on=["ccode", "year"], right_on=["cow", "year"], how="left", validate="1:1"
    )
    assert both["status"].notna().all()
    assert (both["events"].isna() == (both.year == 2021)).all()


# --- states that have ended ------------------------------------------------------------------


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A folder of events with states that have ended."""
    folder = tmp_path_factory.mktemp("history") / "folder"
    (folder / "curated").mkdir(parents=True)
    (folder / "dataset.toml").write_text(
        'name = "history"\ntitle = "History"\nversion = "1.0"\nlicence = "CC0-1.0"\n'
        'exhaustive = false\ndefault_scope = "years"\n[home]\ncountry = "USA"\n'
        '[scopes.years]\ntitle = "Years"\nstart = "1960-01-01"\nend = "2010-12-31"\n',
        encoding="utf-8",
    )
    (folder / "codes.csv").write_text(
        "list,code,label,parent,meaning\nagency,A,Agency,,One.\nofficial_rank,r,Rank,,One.\ntopic,t,Topic,,One.\n",
        encoding="utf-8",
    )
    columns = (ROOT / "data" / "curated" / "interactions.csv").read_text("utf-8").split("\n")[0]
    frame = pd.DataFrame(
        [
            ("1975-05-01", "SUN"), ("1991-12-26", "SUN"), ("1995-03-01", "RUS"),
            ("1972-02-01", "ZAR"), ("1998-02-01", "COD"), ("1985-07-01", "DDR"),
            ("1999-01-01", "YUG"), ("2005-01-01", "SCG"), ("2008-01-01", "SRB"),
        ],
        columns=["date", "counterpart"],
    ).assign(
        agency="A", official_rank="r", format="bilateral", mode="in_person",
        counterpart_type="country", source_url="https://example.org/", confidence="high",
        inferred="agency; official",
    )  # fmt: skip
    frame["event_key"] = frame.date + "-" + frame.counterpart.str.lower()
    frame.reindex(columns=columns.strip().split(",")).to_csv(
        folder / "curated" / "interactions.csv", index=False
    )
    notice = ":5:counterpart: notice: `ZAR` is the former code of `COD`; use `COD` in every row, or"
    with pytest.warns(UserWarning, match=f"1 notices on(.|\n)*{notice}"):
        return sd.load(folder)


def observed(panel: pd.DataFrame, *names: str) -> set[tuple[object, ...]]:
    rows = panel[panel.status == "observed"]
    return set(rows[[*names, "year", "events"]].itertuples(index=False, name=None))


def test_ended_states_have_cells_in_their_days_only(history):
    panel = history.panel("country", "year")
    years = {c: set(rows.year) for c, rows in panel.groupby("country", observed=True)}
    assert years["SUN"] == set(range(1960, 1992))
    assert years["SCG"] == set(range(2003, 2007))
    assert years["DDR"] == set(range(1960, 1991))
    assert years["RUS"] == set(range(1960, 2011))
    assert years["ZAR"] == set(range(1971, 1998))
    assert "BUR" not in years  # the same state as MMR, and in no row
    late = history.panel("country", "year", start="2007-01-01")
    assert not {"SUN", "YUG", "SCG", "CSK", "DDR", "YMD", "VDR", "ZAR"} & set(late.country)
    assert observed(panel, "country") == {
        ("SUN", 1975, 1), ("SUN", 1991, 1), ("RUS", 1995, 1), ("ZAR", 1972, 1), ("COD", 1998, 1),
        ("DDR", 1985, 1), ("YUG", 1999, 1), ("SCG", 2005, 1), ("SRB", 2008, 1),
    }  # fmt: skip


@pytest.mark.parametrize("codes", ["cow", "gw"])
def test_a_number_is_one_unit_whatever_the_state_was_called(history, codes):
    panel = history.panel("country", "year", codes=codes)
    serbia = 345 if codes == "cow" else 340
    assert observed(panel, "country", codes) == {
        ("RUS", 365, 1975, 1), ("RUS", 365, 1991, 1), ("RUS", 365, 1995, 1),
        ("COD", 490, 1972, 1), ("COD", 490, 1998, 1), ("DDR", 265, 1985, 1),
        ("YUG", 345, 1999, 1), ("SCG", 345, 2005, 1), ("SRB", serbia, 2008, 1),
    }  # fmt: skip
    members = panel[panel.status.isin(["observed", "zero"])]
    twice = members[members.duplicated([codes, "year"], keep=False)]
    assert set(zip(twice.country, twice.year, strict=True)) <= {
        *(("YUG", 2003), ("SCG", 2003), ("SCG", 2006), ("SRB", 2006)),  # one after the other
        *(("DEU", 1990), ("YEM", 1990)),
    }


def test_a_region_of_ended_states_is_listed_where_they_occur(history):
    rows = history.query("regional_shares", scheme="un_m49")
    found = dict(zip(rows.region, rows.meetings, strict=True))
    assert found["Europe"] == 7 and found["Africa"] == 2


def test_filters_leave_coverage_as_it_is(tmp_path):
    """A scope without days covers its first to its last event, whomever a filter selects."""
    folder = sd.init(tmp_path / "three", home="NOR")
    (folder / "curated" / "interactions.csv").write_text(
        "date,agency,official,official_rank,format,mode,host_country,counterpart,source_url,confidence\n"
        "2024-01-05,MFA,Ann,minister,bilateral,in_person,NOR,SWE,https://example.org/1,high\n"
        "2024-07-05,MFA,Ann,minister,bilateral,in_person,NOR,KEN,https://example.org/2,high\n"
        "2024-12-05,MFA,Ann,minister,bilateral,in_person,NOR,SWE,https://example.org/3,high\n",
        encoding="utf-8",
    )
    data = sd.load(folder)
    whole = data.panel("country", "quarter")
    for country in ("KEN", "ZAF"):
        some = data.panel("country", "quarter", country=country)
        assert some.attrs["coverage"] == whole.attrs["coverage"] == "2024-01-05..2024-12-05"
        want = whole[whole["country"] == country].reset_index(drop=True)
        pd.testing.assert_frame_equal(some.reset_index(drop=True), want)
