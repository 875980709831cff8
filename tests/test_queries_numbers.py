"""Every packaged query beside an independent computation with pandas over the sheets."""

from __future__ import annotations

import calendar
import math
import re
import shutil
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

import secdiplo as sd

ROOT = Path(__file__).resolve().parents[1]
QUERIES = (ROOT / "src" / "secdiplo" / "sql" / "queries", ROOT / "data" / "queries")

SCOPES = {
    "carnegie2025": (
        date(2022, 6, 1),
        date(2025, 6, 30),
        {
            ("MPS", "minister"),
            ("MPS", "vice_minister"),
            ("MPS", "assistant_minister"),
            ("CPLC", "cplc_secretary"),
            ("MSS", "minister"),
        },
    ),
    "all": (None, None, None),
}
FORMATS = ["bilateral", "sideline", "multilateral"]
MEETINGS = ["bilateral", "sideline"]
FINENESS = ["day", "month", "year"]
CONFIDENCE = ["high", "medium", "low"]
KEY = ["event_key", "agency", "official", "counterpart_type", "counterpart", "counterpart_person"]
MINISTER_OR_ABOVE = {"head_of_state_or_government", "deputy_head", "minister"}


# The sheets


class Sheets:
    """Where the sheets of the dataset under test lie."""

    root = ROOT


@cache
def sheet(path: str) -> pd.DataFrame:
    """A sheet with every cell as text."""
    root = Sheets.root if path.startswith("data/") else ROOT
    return pd.read_csv(root / path, dtype=str, keep_default_na=False)


def bounds(text: str) -> tuple[date, date, str]:
    """The first day, the last day and the precision of a partial date."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31), "year"
    if len(parts) == 2:
        last = calendar.monthrange(*parts)[1]
        return date(*parts, 1), date(*parts, last), "month"
    return date(*parts), date(*parts), "day"


@cache
def all_rows() -> pd.DataFrame:
    """The flat sheet with the interval of each event."""
    rows = sheet("data/curated/interactions.csv").copy()
    for name in ("row_status", "date_min", "date_max"):
        if name not in rows:
            rows[name] = ""
    rows["row_status"] = rows["row_status"].replace("", "attested")
    found = []
    for row in rows.itertuples():
        start = bounds(row.date or row.date_min)
        end = bounds(row.date_end or row.date or row.date_max)
        coarser = max(start[2], end[2], key=FINENESS.index)
        latest = start[1] if row.date else end[1]  # on which it can have begun
        found.append((start[0], latest, end[1], coarser if row.date else "period"))
    rows[["first", "latest", "last", "precision"]] = pd.DataFrame(
        found, index=rows.index, dtype=object
    )
    return rows


ADDRESS = re.compile(r"https?://[^\s;]+")


def publisher_of(url: str) -> tuple[str, str]:
    """The publisher and kind of an address, by the longest host name that covers it."""
    host = (urlsplit(url).hostname or "").removeprefix("www.").rstrip(".")
    labels = host.split(".")
    known = sheet("data/reference/publishers.csv").set_index("host")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        if name in known.index:
            return known.loc[name, "publisher"], known.loc[name, "kind"]
    return host, ""


@cache
def independent_sources() -> dict[str, int]:
    """How many publishers an event has among its pages; reposts are not counted."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in all_rows().itertuples():
        _, _, further = row.note.partition("also:")
        urls = [row.source_url, *ADDRESS.findall(further)] if row.source_url else []
        known = [publisher_of(url) for url in urls]
        found[row.event_key] |= {name for name, kind in known if kind != "repost"}
    return {key: len(names) for key, names in found.items()}


def in_scope(
    scope: str = "carnegie2025",
    start: str | None = None,
    end: str | None = None,
    agency: str | None = None,
    official_rank: str | None = None,
    official: str | None = None,
    confidence: str = "low",
    min_sources: int = 0,
    **_other: object,
) -> pd.DataFrame:
    """The rows of the sheet that the common parameters take in."""
    first, last, ranks = SCOPES[scope]
    first = date.fromisoformat(start) if start else first
    last = date.fromisoformat(end) if end else last
    rows = all_rows()
    keep = pd.Series(True, index=rows.index)
    outside = pd.Series(False, index=rows.index)
    if first:
        keep &= rows["latest"] >= first
        outside |= rows["first"] < first
    if last:
        keep &= rows["first"] <= last
        outside |= rows["latest"] > last
    if ranks is not None:
        pairs = pd.MultiIndex.from_frame(rows[["agency", "official_rank"]])
        keep &= pairs.isin(ranks)
    if agency:
        keep &= rows["agency"].isin(agency.split(","))
    if official_rank:
        keep &= rows["official_rank"].isin(official_rank.split(","))
    if official:
        keep &= rows["official"] == official
    if confidence != "low":  # which takes in events without any, the imputed ones
        keep &= rows["confidence"].isin(CONFIDENCE[: CONFIDENCE.index(confidence) + 1])
    if min_sources:
        keep &= rows["event_key"].map(independent_sources()) >= min_sources
    return rows.assign(straddles=outside)[keep]


def region_of(scheme: str = "carnegie2025") -> dict[str, str]:
    countries, own = sheet("data/reference/countries.csv"), sheet("data/reference/regions.csv")
    countries = countries[countries["state_to"] == ""]  # ended states, of which no row is
    if scheme in set(own["scheme"]):
        found = dict(zip(own["iso3"], own["region"], strict=True))
        return {code: found.get(code, "Not in the scheme") for code in countries["iso3"]}
    regions = countries[f"region_{scheme}"].replace("", "Not in the scheme")
    return dict(zip(countries["iso3"], regions, strict=True))


def names(kind: str) -> dict[str, str | None]:
    if kind == "country":
        table = sheet("data/reference/countries.csv")
        return dict(zip(table["iso3"], table["name"], strict=True))
    table = sheet("data/reference/organizations.csv")
    return dict(zip(table["code"], table["name"], strict=True))


def name_of(kind: str, code: str) -> str | None:
    return names(kind).get(code) or None


def rank_order() -> list[str]:
    codes = sheet("data/codes.csv")
    return list(codes.loc[codes["list"] == "official_rank", "code"])


@cache
def participants() -> pd.DataFrame:
    rows = sheet("data/curated/forum_participants.csv")
    return rows.assign(forum=rows["forum_id"].str[:-5], year=rows["forum_id"].str[-4:])


@cache
def session(forum: str) -> tuple[int, date | None, date | None] | None:
    """The year and the days of a session; None where no sheet knows it."""
    events = all_rows()
    events = events[events["forum"] == forum]
    if events.empty and not (participants()["forum_id"] == forum).any():
        return None
    year = int(forum[-4:])
    given = sheet("data/reference/sessions.csv")
    given = given[given["forum"] == forum]
    if len(given):
        row = given.iloc[0]
        return year, bounds(row["start"])[0], bounds(row["end"])[1]
    dated = events[(events["format"] == "multilateral") & (events["precision"] == "day")]
    if dated.empty:
        return year, None, None
    return year, dated["first"].min(), dated["last"].max()


# Small measures


def events(rows: pd.DataFrame) -> int:
    return rows["event_key"].nunique()


def interactions(rows: pd.DataFrame) -> int:
    named = rows[rows["counterpart"] != ""]
    return len(named[["event_key", "counterpart_type", "counterpart"]].drop_duplicates())


def of_format(rows: pd.DataFrame, *formats: str) -> pd.DataFrame:
    return rows[rows["format"].isin(formats)]


def with_a(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    return rows[rows["counterpart_type"] == kind]


def percent(part: int, whole: int) -> float | None:
    """To one decimal, halves upwards."""
    if not whole:
        return None
    return math.floor(Fraction(1000 * part, whole) + Fraction(1, 2)) / 10


def place(count: int, counts: list[int]) -> int:
    return 1 + sum(other > count for other in counts)


# The queries, one function each: the rows in their order


def dataset_totals(**params):
    rows = in_scope(**params)
    named = rows[rows["counterpart"] != ""]
    keys = ["event_key", "agency", "counterpart_type", "counterpart"]
    meetings = of_format(rows, *MEETINGS)
    return [
        (
            events(rows),
            interactions(rows),
            len(named[keys].drop_duplicates()),
            len(rows),
            events(with_a(meetings, "country")),
            with_a(meetings, "country")["counterpart"].nunique(),
            events(with_a(meetings, "organization")),
            with_a(rows, "country")["counterpart"].nunique(),
            with_a(rows, "organization")["counterpart"].nunique(),
            len(set(rows["event_key"]) - set(named["event_key"])),
            events(rows[rows["straddles"]]),
        )
    ]


def agency_totals(**params):
    found = [
        (agency, events(rows), interactions(rows), len(rows))
        for agency, rows in in_scope(**params).groupby("agency")
    ]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def format_totals(**params):
    scope = in_scope(**params)
    found = []
    for code in FORMATS:
        rows = of_format(scope, code)
        kinds = [interactions(with_a(rows, kind)) for kind in ("country", "organization")]
        found.append((code, events(rows), interactions(rows), *kinds))
    return found


def regional_shares(unit="bilateral_meeting", scheme="carnegie2025", **params):
    rows = with_a(in_scope(**params), "country")
    if unit == "bilateral_meeting":
        rows = of_format(rows, *MEETINGS).drop_duplicates("event_key")
    elif unit == "interaction":
        rows = rows.drop_duplicates(["event_key", "counterpart"])
    elif unit == "agency_interaction":
        rows = rows.drop_duplicates(["event_key", "agency", "counterpart"])
    regions = region_of(scheme)
    counts = dict.fromkeys(regions.values(), 0)
    for country in rows["counterpart"]:
        counts[regions[country]] += 1
    found = [
        (region, n, percent(n, len(rows)), place(n, list(counts.values())))
        for region, n in counts.items()
    ]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def bilateral_by_region(scheme="carnegie2025", **params):
    rows = of_format(with_a(in_scope(**params), "country"), *MEETINGS)
    regions = region_of(scheme)
    counts = {region: dict.fromkeys(MEETINGS, 0) for region in regions.values()}
    for row in rows.drop_duplicates("event_key").itertuples():
        counts[regions[row.counterpart]][row.format] += 1
    found = [
        (region, n["bilateral"], n["sideline"], sum(n.values())) for region, n in counts.items()
    ]
    return sorted(found, key=lambda row: (-row[3], row[0]))


def sideline_counts(**params):
    order = rank_order()
    found = defaultdict(lambda: [0, 0])
    for _, rows in of_format(in_scope(**params), "sideline").groupby("event_key"):
        senior = min(rows["official_rank"], key=order.index)
        count = found[rows["forum"].iloc[0], senior]
        count[0] += 1
        count[1] += (rows["counterpart_type"] == "country").any()
    ordered = sorted(found, key=lambda key: (key[0], order.index(key[1])))
    return [(*key, *found[key]) for key in ordered]


def period_totals(by="half", **params):
    def label(day: date) -> str:
        return {
            "year": f"{day.year}",
            "half": f"{day.year}-H{1 if day.month < 7 else 2}",
            "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
            "month": f"{day.year}-{day.month:02d}",
        }[by]

    rows = in_scope(**params)
    edges = zip(rows["first"].map(label), rows["latest"].map(label), strict=True)
    rows = rows.assign(period=[a if a == b else "imprecise date" for a, b in edges])
    return [
        (period, agency, events(group), interactions(group))
        for (period, agency), group in rows.groupby(["period", "agency"])
    ]


def _counterparts(rows: pd.DataFrame) -> list[tuple[str, list[int], int, int, int]]:
    """Of each counterpart: meetings by format, both together, interactions, place."""
    found = []
    for code, group in rows.groupby("counterpart"):
        counts = [events(of_format(group, name)) for name in FORMATS]
        found.append((code, counts, counts[0] + counts[1], interactions(group)))
    both = [row[2] for row in found]
    found = [(*row, place(row[2], both)) for row in found]
    return sorted(found, key=lambda row: (row[4], -row[3], row[0]))


def country_totals(scheme="carnegie2025", **params):
    rows = with_a(in_scope(**params), "country")
    return [
        (code, name_of("country", code), region_of(scheme)[code], *counts, *rest)
        for code, counts, *rest in _counterparts(rows)
    ]


def organization_totals(**params):
    rows = with_a(in_scope(**params), "organization")
    return [
        (code, name_of("organization", code), *counts, *rest)
        for code, counts, *rest in _counterparts(rows)
    ]


def official_counterparts(top=10, **params):
    rows = with_a(in_scope(**params), "country")
    found = []
    for (official, agency), group in rows[rows["official"] != ""].groupby(["official", "agency"]):
        for code, _, both, count, rank in _counterparts(group):
            if top == 0 or rank <= top:
                found.append((official, agency, code, name_of("country", code), both, count, rank))
    return found


def forum_window(forum="GPSCFL 2024", days=7, **params):
    phases = ["before", "during", "after", "window", "month_only", "year"]
    known = session(forum)
    if known is None:
        return [(phase, *[None] * 8) for phase in phases]
    year, start, end = known
    rows = in_scope(**params)
    reached = rows["first"] <= date(year, 12, 31)
    chosen = {"year": rows[reached & (rows["latest"] >= date(year, 1, 1))]}
    if start:
        opening, closing = start - timedelta(days=days), end + timedelta(days=days)
        day = timedelta(days=1)
        spans = {"before": (opening, start - day), "during": (start, end)}
        spans["after"] = (end + day, closing)
        until = rows["latest"]
        for phase, (first, last) in spans.items():
            chosen[phase] = rows[(rows["first"] >= first) & (until <= last)]
        chosen["window"] = rows[(rows["first"] >= opening) & (until <= closing)]
        coarse = rows[(rows["precision"] != "day") & ~rows.index.isin(chosen["window"].index)]
        chosen["month_only"] = coarse[(coarse["latest"] >= opening) & (coarse["first"] <= closing)]
    found = []
    for phase in phases:
        if phase not in chosen:
            found.append((phase, *[None] * 8))
            continue
        group = chosen[phase]
        formats = [events(of_format(group, name)) for name in FORMATS]
        single = of_format(group, *MEETINGS)
        meetings = [events(with_a(single, "country")), events(single[single["counterpart"] != ""])]
        share = percent(interactions(group), interactions(chosen["year"]))
        found.append((phase, events(group), interactions(group), *formats, *meetings, share))
    return found


def forums_by_region(**params):
    rows = in_scope(**params)
    known = set(rows["forum"]) - {""}
    first, last, _ = SCOPES[params.get("scope", "carnegie2025")]
    first = params.get("start") or (first.isoformat() if first else "0000")
    last = params.get("end") or (last.isoformat() if last else "9999")
    years = participants()["forum_id"].str[-4:]
    known |= set(participants()["forum_id"][(years >= first[:4]) & (years <= last[:4])])
    found = []
    for row in sheet("data/reference/forums.csv").itertuples():
        years = [int(forum[-4:]) for forum in known if forum[:-5] == row.series]
        held = of_format(rows[rows["forum"].str[:-5] == row.series], "multilateral")
        span = (min(years), max(years)) if years else (None, None)
        found.append(
            (
                row.level or None,
                row.region or None,
                row.series,
                len(years),
                *span,
                events(held),
                interactions(held),
            )
        )
    return sorted(found, key=lambda row: (row[0] or "~", row[1] or "~", row[2]))


def _attendees(forum: str) -> set[tuple[str, str]]:
    held = of_format(all_rows(), "multilateral")
    held = held[(held["forum"] == forum) & (held["counterpart"] != "")]
    listed = participants()[participants()["forum_id"] == forum]
    return {
        (row.counterpart_type, row.counterpart)
        for table in (held, listed)
        for row in table.itertuples()
    }


def dialogue_attendance(forum="China-PIC Ministerial Dialogue 2024", **params):
    order = rank_order()
    present = _attendees(forum)
    met = in_scope(**params)
    met = of_format(met[(met["forum"] == forum) & (met["counterpart"] != "")], *MEETINGS)
    groups = dict(iter(met.groupby(["counterpart_type", "counterpart"])))
    found = []
    for kind, code in present | set(groups):
        group = groups.get((kind, code))
        rank = None if group is None else min(group["official_rank"], key=order.index)
        count = 0 if group is None else events(group)
        attended = int((kind, code) in present)
        found.append((kind, code, name_of(kind, code), attended, count, rank))
    return sorted(found, key=lambda row: (row[0], -row[3], -row[4], row[1]))


def gsi_supporters(as_of="2025-06-30", scheme="carnegie2025", wording=None):
    regions = region_of(scheme)
    found = []
    for row in sheet("data/curated/gsi_support.csv").itertuples():
        if bounds(row.date)[1] > date.fromisoformat(as_of):
            continue
        if wording and row.wording not in wording.split(","):
            continue
        kind, code = row.counterpart_type, row.counterpart
        region = regions[code] if kind == "country" else None
        found.append(
            (
                kind,
                code,
                name_of(kind, code),
                region,
                row.date,
                row.form,
                row.wording,
                row.document,
                row.source_url,
            )
        )
    return sorted(found)


def forum_attendance(forum=None):
    held = of_format(all_rows(), "multilateral")
    forums = set(held.loc[held["counterpart"] != "", "forum"]) - {""} | set(
        participants()["forum_id"]
    )
    found = []
    for name in sorted(forums):
        if forum not in (None, name):
            continue
        kinds = [kind for kind, _ in _attendees(name)]
        people = participants()
        people = people[(people["forum_id"] == name) & (people["counterpart_person"] != "")]
        who = ["counterpart_type", "counterpart", "counterpart_person"]
        senior = people[people["level"].isin(MINISTER_OR_ABOVE)]
        found.append(
            (
                name,
                kinds.count("country"),
                kinds.count("organization"),
                len(kinds),
                len(people[who].drop_duplicates()),
                len(senior[who].drop_duplicates()),
            )
        )
    return found


@cache
def _claims() -> dict[str, dict[str, str]]:
    """The claims by identifier, each with the short name of its seed."""
    seeds = sheet("seeds/manifest.csv").set_index("seed_file")["name"]
    claims = sheet("seeds/annotations/claims.csv")
    claims = claims.assign(seed=claims["seed_file"].map(seeds))
    return claims.set_index("claim_id").to_dict("index")


def training_pledges():
    found = []
    for row in sheet("data/curated/pledges.csv").to_dict("records"):
        claim = _claims()[row["claim_id"]]
        cells = ["relation", "unit", "recipients", "start", "end", "occasion"]
        found.append(
            (
                row["pledge_group"],
                row["pledge_id"],
                claim["seed"],
                row["kind"],
                row["who"],
                int(row["quantity"]),
                *[row[cell] or None for cell in cells],
                claim["quote"],
            )
        )
    return sorted(found, key=lambda row: row[:2])


def seed_disagreements():
    found = []
    for row in sheet("data/curated/disagreements.csv").to_dict("records"):
        claim = _claims()[row["claim_id"]]
        found.append(
            (
                row["disagreement_id"],
                row["question"],
                claim["seed"],
                row["claim_id"],
                float(row["value"]),
                claim["unit"],
                claim["quote"],
                row["stance"],
                row["reason"],
            )
        )
    return sorted(found, key=lambda row: (row[0], row[3]))


def mentions_coded():
    seeds = sheet("seeds/manifest.csv").set_index("seed_file")["name"]
    found = []
    for row in sheet("data/curated/mentions.csv").to_dict("records"):
        status = "coded" if row["event_id"] else "not_coded"
        found.append(
            (
                row["mention_id"],
                seeds[row["seed_file"]],
                row["date"] or None,
                row["quote"],
                row["event_id"] or None,
                status,
                row["note"] or None,
            )
        )
    return sorted(found, key=lambda row: row[0])


def earliest_evidence():
    found = defaultdict(list)
    for row in sheet("data/curated/gsi_support.csv").itertuples():
        last = bounds(row.date)[1]
        text = f"gsi_support: {row.counterpart_type} {row.counterpart}"
        found["GSI"].append((last.year, last, text))
    held = of_format(all_rows(), "multilateral")
    for row in held[held["row_status"] == "attested"].itertuples():
        series, year = row.forum[:-5], int(row.forum[-4:])
        found[series].append((year, row.last, f"events: {row.event_key}"))
    for row in participants().itertuples():
        text = f"forum_participants: {row.forum_id}#"
        found[row.forum].append((int(row.year), date.max, text))
    return [(subject, min(rows)[0], min(rows)[2]) for subject, rows in sorted(found.items())]


def topic_totals(**params):
    rows = in_scope(**params)
    rows = rows.assign(topic=rows["topic"].str.split("; ")).explode("topic")
    found = [
        (topic, events(group), interactions(group))
        for topic, group in rows[rows["topic"] != ""].groupby("topic")
    ]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def column_summary(**params):
    return []  # no extra column is numeric; test_extra_columns.py counts a dataset that has some


def nonstate_actor_totals(**params):
    return []  # the sheet has none; test_nonstate_actors.py counts a dataset that has some


def _blank(value: str) -> str | None:
    return value or None


def meeting_list(scheme="carnegie2025", **params):
    rows = all_rows()
    numbers = rows.groupby("event_key").cumcount() + 1
    pages = {
        key: " ".join(sorted(set(urls) - {""}))
        for key, urls in rows.groupby("event_key").source_url
    }
    regions = region_of(scheme)
    found = []
    for place, row in in_scope(**params).iterrows():
        key, kind, code = row["event_key"], row["counterpart_type"], row["counterpart"]
        country = kind == "country"
        imputed = row["precision"] == "period"
        found.append(
            (
                f"{key}#{numbers[place]}",
                key,
                f"{key}/{code if country else f'org:{code}'}" if code else None,
                *(_blank(row[name]) for name in ("date", "date_end")),
                row["first"],
                row["last"],
                row["precision"] if not imputed else "period",
                row["format"],
                *(_blank(row[name]) for name in ("mode", "forum", "host_country", "city")),
                row["agency"],
                _blank(row["official"]),
                row["official_rank"],
                _blank(kind),
                _blank(code),
                name_of(kind, code) if code else None,
                regions[code] if country else None,
                *(_blank(row[name]) for name in ("counterpart_person", "counterpart_office")),
                *(_blank(row[name]) for name in ("topic", "inferred", "confidence", "note")),
                pages[key] or None,
                row["row_status"],
            )
        )
    return sorted(found, key=lambda row: (row[5], row[1], row[0]))


def forum_attendees(forum=None, scheme="carnegie2025"):
    named = participants()
    forums = sorted({*named["forum_id"], *all_rows()["forum"]} - {""})
    found = []
    for name in forums:
        if forum and name != forum:
            continue
        for kind, code in sorted(_attendees(name)):
            mine = named[
                (named["forum_id"] == name)
                & (named["counterpart_type"] == kind)
                & (named["counterpart"] == code)
            ]
            people = mine.loc[mine["counterpart_person"] != "", "counterpart_person"].nunique()
            region = region_of(scheme)[code] if kind == "country" else None
            found.append((name, name[:-5], kind, code, name_of(kind, code), region, people))
    return found


def forum_sessions(**params):
    series = sheet("data/reference/forums.csv").set_index("series")
    given = set(sheet("data/reference/sessions.csv")["forum"])
    rows = of_format(in_scope(**params), "multilateral", "sideline")
    found = []
    for name, group in rows[rows["forum"] != ""].groupby("forum"):
        _, first, last = session(name)
        basis = "reference" if name in given else "events" if first else "around"
        meeting = of_format(group, "multilateral")
        found.append(
            (
                _blank(series["level"][name[:-5]]),
                _blank(series["region"][name[:-5]]),
                name[:-5],
                name,
                first or group["first"].min(),
                last or group["last"].max(),
                basis,
                events(meeting),
                interactions(meeting),
                events(of_format(group, "sideline")),
            )
        )
    return sorted(found, key=lambda row: (row[0], row[1] is None, row[1], row[2], row[4], row[3]))


def organization_events(organization="INTERPOL", **params):
    rows = in_scope(**params)
    table = sheet("data/reference/organizations.csv").set_index("code")
    convener = sheet("data/reference/forums.csv").set_index("series")["convener"]
    found = []
    for key, group in rows.groupby("event_key"):
        forum = group["forum"].iloc[0]
        convened = bool(forum) and convener[forum[:-5]] == organization
        is_met = (with_a(group, "organization")["counterpart"] == organization).any()
        if not convened and not is_met:
            continue
        role = "both" if convened and is_met else "convener" if convened else "counterpart"
        event = group.iloc[0]
        found.append(
            (
                organization,
                table["name"][organization],
                table["name_zh"][organization],
                key,
                event["first"],
                event["last"],
                event["precision"],
                event["format"],
                _blank(forum),
                role,
                interactions(group),
            )
        )
    return sorted(found, key=lambda row: (row[4], row[3]))


# The settings

COMMON = [
    {},
    {"scope": "all"},
    {"agency": "MPS"},
    {"agency": "CPLC,MSS"},
    {"official_rank": "vice_minister,assistant_minister"},
    {"scope": "all", "official_rank": "other"},
    {"official": "Wang Xiaohong"},
    {"official": "Chen Yixin", "scope": "all"},
    {"confidence": "high"},
    {"confidence": "medium", "scope": "all"},
    {"start": "2023-01-01", "end": "2023-12-31"},
    {"start": "2024-09-05", "end": "2024-09-12"},
    {"scope": "all", "end": "2022-12-31"},
    {"start": "2025-05-15", "end": "2025-12-31", "agency": "MPS,CPLC"},
    {"agency": "MSS", "official_rank": "assistant_minister"},
    {"min_sources": 2},
    {"min_sources": 1, "scope": "all"},
]
SCHEMES = [
    {"scheme": "un_m49"},
    {"scheme": "un_m49_subregion", "scope": "all"},
    {"scheme": "un_m49_intermediate", "confidence": "high"},
]

SETTINGS = {
    dataset_totals: COMMON,
    agency_totals: COMMON,
    format_totals: COMMON,
    regional_shares: [
        *COMMON,
        *SCHEMES,
        *(
            {"unit": unit, **more}
            for unit in ("interaction", "agency_interaction", "participation")
            for more in ({}, {"scope": "all"}, {"scheme": "un_m49", "agency": "MPS,CPLC"})
        ),
    ],
    forum_attendance: [{}, {"forum": "GPSCFL 2024"}],
    bilateral_by_region: [*COMMON, *SCHEMES],
    sideline_counts: COMMON,
    period_totals: [
        *COMMON,
        *({"by": by} for by in ("year", "quarter", "month")),
        *({"by": by, "scope": "all"} for by in ("half", "year", "quarter", "month")),
        {"by": "year", "official": "Wang Xiaohong", "agency": "MPS"},
    ],
    country_totals: [*COMMON, *SCHEMES],
    organization_totals: COMMON,
    official_counterparts: [
        *COMMON,
        {"top": 1},
        {"top": 3, "scope": "all"},
        {"top": 0},
        {"top": 0, "scope": "all", "confidence": "high"},
    ],
    forum_window: [
        *COMMON,
        {"days": 0},
        {"days": 3},
        {"days": 30, "scope": "all"},
        {"forum": "GPSCFL 2023"},
        {"forum": "GPSCFL 2022", "days": 60},
        {"forum": "GPSCFL 2025", "scope": "all"},
        {"forum": "BRICS heads of delegation meeting 2023"},
    ],
    forums_by_region: COMMON,
    dialogue_attendance: [
        *COMMON,
        {"forum": "GPSCFL 2024"},
        {"forum": "GPSCFL 2023", "scope": "all"},
        {"forum": "China-East Africa Ministerial Dialogue 2025", "scope": "all"},
        {"forum": "AMMTC 2025", "scope": "all"},
    ],
    meeting_list: [*COMMON, *SCHEMES],
    forum_attendees: [
        {},
        {"scheme": "un_m49"},
        *({"forum": name} for name in ("GPSCFL 2024", "GPSCFL 2023")),
    ],
    forum_sessions: COMMON,
    organization_events: [
        *COMMON,
        *({**params, "organization": "SCO"} for params in COMMON),
        {"scope": "all", "organization": "LMLECC"},
        {"scope": "all", "organization": "UN"},
    ],
    gsi_supporters: [
        {},
        {"as_of": "2022-12-31"},
        {"as_of": "2025-12-31", "scheme": "un_m49_intermediate"},
        {"as_of": "2022-04-29"},
        {"as_of": "2022-04-30"},
        {"wording": "support"},
        {"wording": "praise,collective", "as_of": "2026-12-31"},
    ],
    training_pledges: [{}],
    seed_disagreements: [{}],
    mentions_coded: [{}],
    earliest_evidence: [{}],
    topic_totals: COMMON,
    column_summary: [{}],
    nonstate_actor_totals: [{}],
}

OF_SEEDS = {training_pledges, seed_disagreements, mentions_coded}
CASES = [
    pytest.param(compute, params, id="-".join([compute.__name__, *map(str, params.values())]))
    for compute, settings in SETTINGS.items()
    for params in settings
]


def crowd(folder: Path) -> None:
    """Write the built-in folder anew with what it has little of.

    A third of the events gets a second official of whatever agency, an official has two ranks
    and another two agencies, further officials of dialogues have no counterpart, some events
    last three days, those of two forums are imputed, and so are a few beside another and some
    rows of attested events.
    """
    shutil.copytree(ROOT / "data", folder)
    path = folder / "reference" / "officials.csv"
    officials = pd.read_csv(path, dtype=str, keep_default_na=False)
    double = officials[officials["official_rank"] == "assistant_minister"].head(1)
    double = double.assign(official_rank="vice_minister")
    other = officials[officials["official_rank"] == "minister"].tail(1)
    other = other.assign(agency="CPLC", official_rank="other")
    officials = pd.concat([officials, double, other])
    officials.sort_values(["official", "agency", "official_rank"]).to_csv(path, index=False)
    path = folder / "curated" / "interactions.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    chosen = rows.drop_duplicates("event_key").iloc[::3].reset_index(drop=True)
    seconds = officials.iloc[[n % len(officials) for n in chosen.index]].reset_index(drop=True)
    for name in ("official", "agency", "official_rank"):
        chosen[name] = seconds[name]
    unnamed = (chosen["format"] == "multilateral") & (chosen.index % 2 == 0)
    for name in ("counterpart_type", "counterpart", "counterpart_person", "counterpart_office"):
        chosen.loc[unnamed, name] = ""
    rows = pd.concat([rows, chosen]).drop_duplicates(KEY, ignore_index=True)
    days = rows["date"].where(rows["date"].str.len() == 10)
    later = (pd.to_datetime(days) + pd.Timedelta(days=2)).dt.strftime("%Y-%m-%d")
    long = (rows["date"].str[-1] == "9") & later.notna()
    rows.loc[long, "date_end"] = later[long]
    rows.loc[long, "inferred"] = "date_end"
    impute(rows).to_csv(path, index=False)


OF_SOURCES = [
    *("official", "counterpart_person", "counterpart_office", "topic", "source_url", "inferred"),
    *("source_publisher", "source_date", "source_title"),
]
OF_EVENTS = ["date", "date_end", "mode", "host_country", "city", "confidence"]
PERIODS = [  # around the session of 2024, 8 to 10 September: first day, last day
    *(("2024-09-01", "2024-09-07"), ("2024-09-08", "2024-09-10"), ("2024-09-11", "2024-09-11")),
    *(("2024-09-07", "2024-09-08"), ("2024-08-30", "2024-09-02"), ("2024-08-01", "2024-10-31")),
    *(("2024-09-12", "2024-09-17"), ("2024-09-12", "2024-09-18"), ("2024-09-18", "2024-12-31")),
]


def impute(rows: pd.DataFrame) -> pd.DataFrame:
    """Make the events of two forums imputed, and add imputed events and rows."""
    rows = rows.assign(row_status="", date_min="", date_max="")
    named = rows["counterpart"] != ""
    whole = rows["forum"].isin(["GPSCFL 2023", "EAPCCO General Assembly 2023"])
    rows, beside = rows[named | ~whole].copy(), rows[named & ~whole]
    whole = whole[rows.index]
    rows.loc[whole, "date_min"] = [bounds(text)[0].isoformat() for text in rows["date"][whole]]
    rows.loc[whole, "date_max"] = [bounds(text)[1].isoformat() for text in rows["date"][whole]]
    beside = beside[beside["format"] == "multilateral"].iloc[::5]
    beside = beside.assign(counterpart_type="country", counterpart="TON", row_status="imputed")
    single = rows[~whole & (rows["format"] != "multilateral") & (rows["counterpart"] != "")]
    single = single.iloc[range(0, 9 * len(PERIODS), 9)].assign(forum="")
    single["event_key"] = [f"imputed {n}" for n in range(len(single))]
    single[["date_min", "date_max"]] = PERIODS
    rows = pd.concat([rows, beside, single])
    dated = rows["date_min"] != ""
    rows.loc[dated, "row_status"] = "imputed"
    rows.loc[dated, OF_EVENTS] = ""
    rows.loc[rows["row_status"] == "imputed", OF_SOURCES] = ""
    return rows.drop_duplicates(KEY, ignore_index=True)


def forget() -> None:
    """Drop what was read of the sheets."""
    for function in (sheet, all_rows, participants, session, independent_sources):
        function.cache_clear()


@pytest.fixture(
    scope="module", params=["built-in", pytest.param("crowded", marks=pytest.mark.slow)]
)
def ds(request, tmp_path_factory):
    if request.param == "built-in":
        yield sd.load()
        return
    Sheets.root = tmp_path_factory.mktemp("crowded")
    crowd(Sheets.root / "data")
    forget()
    yield sd.load(Sheets.root / "data")
    Sheets.root = ROOT
    forget()


def plain(value: object) -> object:
    """A cell as a plain value; None where it is blank."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value


@pytest.mark.parametrize(("compute", "params"), CASES)
def test_rows_equal_the_independent_computation(ds, compute, params):
    if Sheets.root != ROOT and compute in OF_SEEDS:
        pytest.skip("the seeds are those of the built-in dataset")
    frame = ds.query(compute.__name__, **params)
    found = [tuple(map(plain, row)) for row in frame.itertuples(index=False, name=None)]
    if compute is earliest_evidence:  # the number of a participant is the build's own
        found = [(*row[:2], re.sub(r"#\d+$", "#", row[2])) for row in found]
    expected = compute(**params)
    if compute is meeting_list:  # so is that of a row
        found, expected = (
            sorted((row[1:] for row in rows), key=repr) for rows in (found, expected)
        )
    assert len(found) == len(expected)
    for here, there in zip(found, expected, strict=True):
        assert here == there


def test_every_query_has_an_independent_computation():
    packaged = {path.stem for folder in QUERIES for path in folder.glob("*.sql")}
    assert {compute.__name__ for compute in SETTINGS} == packaged


@pytest.mark.parametrize("compute", SETTINGS, ids=lambda compute: compute.__name__)
def test_defaults_find_something(compute):
    elsewhere = {column_summary, nonstate_actor_totals}  # of what the built-in dataset has none
    assert bool(compute()) == (compute not in elsewhere)
