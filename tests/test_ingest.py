"""The tables beside an independent computation over the flat sheet, and how a sheet is read."""

from __future__ import annotations

import calendar
import hashlib
import re
import shutil
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import secdiplo as sd
from folders import without_tables
from secdiplo import schema
from secdiplo.schema.tables import Column

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = re.compile(r"https?://[^\s;]+")


# --- the sheets, read by pandas alone ---------------------------------------------------------


@cache
def sheet(path):
    """A sheet as records of text; a blank is None."""
    frame = pd.read_csv(ROOT / "data" / path, dtype=str, keep_default_na=False)
    return [
        {name: cell.strip() or None for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


@cache
def events():
    """The rows of each event, in the order of the sheet."""
    found = defaultdict(list)
    for row in sheet("curated/interactions.csv"):
        found[row["event_key"]].append(row)
    return dict(found)


def span(text):
    """First day, last day and precision of a date written at the precision that is known."""
    parts = [int(part) for part in text.split("-")]
    year, month, day = [*parts, None, None][:3]
    if day:
        return date(year, month, day), date(year, month, day), "day"
    if month:
        last = calendar.monthrange(year, month)[1]
        return date(year, month, 1), date(year, month, last), "month"
    return date(year, 1, 1), date(year, 12, 31), "year"


def source_id(url):
    return "src-" + hashlib.sha256(url.encode()).hexdigest()[:16]


def further(note):
    """The addresses of a note after its first `also:`, without the punctuation behind them."""
    if "also:" not in (note or ""):
        return []
    found = []
    for address in ADDRESS.findall(note.split("also:", 1)[1]):
        while address[-1] in ".," or (address[-1] == ")" and "(" not in address):
            address = address[:-1]
        found.append(address)
    return found


def publisher(url):
    """Publisher, country and kind of the host of an address; the host where it is not known."""
    host = urlsplit(url).hostname.removeprefix("www.").rstrip(".")
    rows = [
        row
        for row in sheet("reference/publishers.csv")
        if host == row["host"] or host.endswith("." + row["host"])
    ]
    if not rows:
        return host, None, None
    row = max(rows, key=lambda row: len(row["host"]))
    return row["publisher"], row["country"], row["kind"]


def independent(rows):
    """The publishers of the pages of an event, without reposts."""
    urls = {url for row in rows for url in (row["source_url"], *further(row["note"])) if url}
    return {publisher(url)[0] for url in urls if publisher(url)[2] != "repost"}


def items(cell):
    return [item.strip() for item in (cell or "").split(";") if item.strip()]


def interaction_id(row):
    if row["counterpart"] is None:
        return None
    mark = "org:" if row["counterpart_type"] == "organization" else ""
    return f"{row['event_key']}/{mark}{row['counterpart']}"


def official_id(name):
    return name and name.lower().replace(" ", "-")


def series_of(forum):
    return forum and re.fullmatch(r"(.+) \d{4}", forum)[1]


def numbered():
    """Every row of the sheet with its number within the event, by its key."""
    names = ("agency", "official", "counterpart_type", "counterpart", "counterpart_person")
    for key, rows in events().items():
        ordered = sorted(rows, key=lambda row: tuple((row[n] is None, row[n] or "") for n in names))
        for number, row in enumerate(ordered, 1):
            yield f"{key}#{number}", row


@pytest.fixture(scope="module")
def ds():
    """The built-in sheets, ingested anew."""
    return sd.load(ROOT / "data")


def cells_of(ds, table, *names):
    """The rows of a built table, plain Python values, in any order."""
    frame = ds.table(table)
    if names:
        frame = frame[list(names)]
    plain = frame.astype(object).where(frame.notna(), None)
    return sorted((tuple(map(as_plain, row)) for row in plain.to_numpy().tolist()), key=str)


def as_plain(value):
    return value.date() if isinstance(value, pd.Timestamp) else value


def same(found, expected):
    assert found == sorted(expected, key=str)


# --- the tables -----------------------------------------------------------------------------


def test_events(ds):
    expected = []
    for key, rows in events().items():
        first = rows[0]
        start, end, precision = span(first["date"])
        if first["date_end"]:
            _, end, other = span(first["date_end"])
            precision = max(precision, other, key=["day", "month", "year"].index)
        inferred = sorted({item for row in rows for item in items(row["inferred"])})
        expected.append(
            (
                key,
                first["date"],
                first["date_end"],
                start,
                end,
                precision,
                span(first["date"])[1],
                "CHN",
                first["format"],
                first["mode"],
                first["forum"],
                first["host_country"],
                first["city"],
                "; ".join(inferred) or None,
                first["confidence"],
                len(independent(rows)),
                "attested",
            )
        )
    same(cells_of(ds, "events"), expected)


def test_interactions(ds):
    expected = {
        (
            interaction_id(row),
            row["event_key"],
            row["counterpart_type"],
            row["counterpart"],
            "attested",
        )
        for row in sheet("curated/interactions.csv")
        if row["counterpart"]
    }
    same(cells_of(ds, "interactions"), expected)


def test_participations(ds):
    expected = [
        (
            number,
            row["event_key"],
            interaction_id(row),
            row["agency"],
            official_id(row["official"]),
            row["official_rank"],
            row["counterpart_person"],
            row["counterpart_office"],
            source_id(row["source_url"]),
            "; ".join(items(row["inferred"])) or None,
            row["note"],
            "attested",
        )
        for number, row in numbered()
    ]
    same(cells_of(ds, "participations"), expected)


def test_interaction_topics(ds):
    expected = []
    for number, row in numbered():
        topics = items(row["topic"])
        expected += [
            (number, interaction_id(row), topics.index(topic) + 1, topic)
            for topic in dict.fromkeys(topics)
        ]
    same(cells_of(ds, "interaction_topics"), expected)


def test_sources(ds):
    expected = {}
    for row in sheet("curated/interactions.csv"):
        for url in further(row["note"]):
            named = publisher(url)
            expected.setdefault(
                url, (source_id(url), url, named[0], "host", *named[1:], *[None] * 5)
            )
    marks = defaultdict(set)
    for row in sheet("curated/interactions.csv"):
        marks[row["source_url"]] |= set(items(row["inferred"]))
        expected[row["source_url"]] = (
            source_id(row["source_url"]),
            row["source_url"],
            row["source_publisher"] or publisher(row["source_url"])[0],
            "recorded" if row["source_publisher"] else "host",
            *publisher(row["source_url"])[1:],
            row["source_date"],
            row["source_title"],
            None,
            None,
        )
    for url, found in marks.items():
        named = [n for n in ("date", "publisher", "title") if f"source_{n}" in found]
        expected[url] = (*expected[url], "; ".join(named) or None)
    same(cells_of(ds, "sources"), expected.values())


def test_event_sources_and_their_roles(ds):
    expected = {}
    for row in sheet("curated/interactions.csv"):
        for url in further(row["note"]):
            expected.setdefault((row["event_key"], source_id(url)), "further")
    for row in sheet("curated/interactions.csv"):
        expected[row["event_key"], source_id(row["source_url"])] = "primary"
    same(cells_of(ds, "event_sources"), [(*key, role) for key, role in expected.items()])


def test_every_address_behind_also_is_a_source(ds):
    """Counted from the text alone: no address is lost, none has a mark of punctuation left."""
    notes = [row["note"] or "" for row in sheet("curated/interactions.csv")]
    mentions = sum(note.split("also:", 1)[1].count("http") for note in notes if "also:" in note)
    assert sum(len(further(note)) for note in notes) == mentions
    urls = set(ds.table("sources")["url"])
    for note in notes:
        assert set(further(note)) <= urls
    assert [url for url in urls if url[-1] in ".,;" or url[-1] in "，。；、）”"] == []


def test_officials(ds):
    tenures = {
        (row["official"], row["agency"], row["official_rank"]): row
        for row in sheet("reference/officials.csv")
    }
    named = {
        (row["official"], row["agency"], row["official_rank"])
        for row in sheet("curated/interactions.csv")
        if row["official"]
    }
    fields = ("name_zh", "tenure_start", "tenure_end", "source_url")
    expected = [
        (official_id(key[0]), *key, *(tenures.get(key, {}).get(name) for name in fields))
        for key in named | set(tenures)
    ]
    same(cells_of(ds, "officials"), expected)


def test_forums_and_the_days_of_their_sessions(ds):
    series = {row["series"]: row for row in sheet("reference/forums.csv")}
    days = {row["forum"]: row for row in sheet("reference/sessions.csv")}
    dated = defaultdict(list)
    named = set(days)
    for rows in events().values():
        first = rows[0]
        if first["forum"]:
            named.add(first["forum"])
            start, end, precision = span(first["date"])
            if first["format"] == "multilateral" and precision == "day":
                last = span(first["date_end"])[1] if first["date_end"] else end
                dated[first["forum"]].append((start, last))
    for row in sheet("curated/forum_participants.csv"):
        named.add(row["forum_id"])
    expected = []
    for forum in named:
        about = series.get(series_of(forum), {})
        start = end = basis = None
        if forum in dated:
            start, end = min(d for d, _ in dated[forum]), max(d for _, d in dated[forum])
            basis = "events"
        if forum in days:
            start, end = span(days[forum]["start"])[0], span(days[forum]["end"])[1]
            basis = "reference"
        year = int(forum[-4:])
        level, region = about.get("level"), about.get("region")
        expected.append((forum, series_of(forum), year, level, region, start, end, basis))
    same(cells_of(ds, "forums"), expected)


def test_forum_series(ds):
    fields = ("level", "region", "first_year", "convener", "note")
    expected = {row["series"]: row for row in sheet("reference/forums.csv")}
    for row in sheet("curated/interactions.csv"):
        if row["forum"]:
            expected.setdefault(series_of(row["forum"]), {})
    for row in sheet("curated/forum_participants.csv"):
        expected.setdefault(series_of(row["forum_id"]), {})
    rows = []
    for name, row in expected.items():
        cells = {field: row.get(field) for field in fields}
        cells["first_year"] = cells["first_year"] and int(cells["first_year"])
        rows.append((name, *cells.values()))
    same(cells_of(ds, "forum_series"), rows)


@pytest.mark.parametrize(
    ("table", "path", "dated"),
    [
        ("gsi_support", "curated/gsi_support.csv", True),
        ("exclusions", "curated/exclusions.csv", False),
        ("countries", "reference/countries.csv", False),
    ],
)
def test_sheets_that_are_tables(ds, table, path, dated):
    rows = sheet(path)
    frame = ds.table(table)
    assert len(frame) == len(rows)
    names = [name for name in rows[0] if not name.startswith("region_")]
    plain = frame.astype(object).where(frame.notna(), None)
    found = [
        tuple(None if cell is None else re.sub(r"\.0$| 00:00:00$", "", str(cell)) for cell in row)
        for row in plain[names].to_numpy().tolist()
    ]
    same(sorted(found, key=str), [tuple(row[name] for name in names) for row in rows])
    if dated:
        key = ["counterpart_type", "counterpart"]
        dates = {tuple(row[name] for name in key): span(row["date"]) for row in rows}
        for row in cells_of(ds, table, *key, "date_min", "date_max", "date_precision"):
            assert dates[row[:2]] == row[2:]


def test_regions_are_one_row_a_country_and_scheme(ds):
    expected = [
        (name.removeprefix("region_"), row["iso3"], row[name])
        for row in sheet("reference/countries.csv")
        for name in row
        if name.startswith("region_") and row[name]
    ] + [tuple(row.values()) for row in sheet("reference/regions.csv")]
    same(cells_of(ds, "country_regions"), expected)


def test_forum_participants(ds):
    names = list(sheet("curated/forum_participants.csv")[0])
    found = cells_of(ds, "forum_participants", *names)
    same(found, [tuple(r[n] for n in names) for r in sheet("curated/forum_participants.csv")])
    assert ds.table("forum_participants")["participant_id"].is_unique


def test_organizations(ds):
    listed = {row["code"]: row for row in sheet("reference/organizations.csv")}
    named = set(listed)
    for path in ("interactions", "gsi_support", "forum_participants"):
        named |= {
            row["counterpart"]
            for row in sheet(f"curated/{path}.csv")
            if row["counterpart_type"] == "organization" and row["counterpart"]
        }
    fields = ("name", "name_zh", "kind")
    expected = [(code, *(listed.get(code, {}).get(f) for f in fields)) for code in named]
    same(cells_of(ds, "organizations"), expected)


# --- how a sheet is read ----------------------------------------------------------------------


def edited(make_bad, mini, *edits):
    make_bad["both"](*edits)(mini)
    return sd.load(mini)


def test_cells_of_several_lines_are_kept(mini, make_bad):
    note = (
        'first line\nsecond, with "quotes"\n\nlast; also: https://example.org/a\nhttps://b.org/c.'
    )
    ds = edited(make_bad, mini, make_bad["cell"](5, "note", note))
    row = ds.table("participations").query("event_id.str.endswith('mmr')")
    assert row["note"].item() == note
    urls = set(ds.table("sources")["url"])
    assert {"https://example.org/a", "https://b.org/c"} <= urls


def test_line_numbers_below_such_cells(mini, make_bad):
    cell = make_bad["cell"]
    make_bad["both"](
        cell(2, "note", "a\nb\r\nc"), cell(3, "note", "a\n\n\nb"), cell(8, "agency", "MPX")
    )(mini)
    (problem,) = sd.check(mini)
    raw = (mini / "curated" / "interactions.csv").read_text(encoding="utf-8")
    line = next(n for n, text in enumerate(raw.split("\n"), 1) if ",MPX," in text)
    assert (problem.line, problem.column) == (line, "agency") == (13, "agency")


def test_extra_columns_are_carried_through(mini, make_bad):
    toml = mini / "dataset.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text('extra_columns = ["Weather today", "absent"]\n' + text, encoding="utf-8")
    column, cell = make_bad["column"], make_bad["cell"]
    ds = edited(make_bad, mini, column("Weather today", "fine"), cell(7, "Weather today", " rain "))
    frame = ds.table("participations").set_index("event_id")
    assert frame["Weather today"].value_counts().to_dict() == {"fine": 7, "rain": 1}
    assert frame.loc["2024-09-11-mps-wang-xiaohong-fji", "Weather today"] == "rain"
    assert frame["absent"].isna().all()


def test_an_event_of_several_days_and_mixed_precision(mini, make_bad):
    cells = make_bad["cells"]
    ds = edited(
        make_bad,
        mini,
        cells(5, date="2024-01-30", date_end="2024-02", source_date=""),
        cells(6, date_end="2024-09-10"),
    )
    frame = ds.table("events").set_index("event_id")
    days = ["date_min", "date_max", "date_precision"]
    assert [as_plain(x) for x in frame.loc["2024-01-05-mps-wang-xiaohong-mmr", days]] == [
        date(2024, 1, 30),
        date(2024, 2, 29),
        "month",
    ]
    assert [as_plain(x) for x in frame.loc["2024-09-09-mps-wang-xiaohong-gpscfl", days]] == [
        date(2024, 9, 9),
        date(2024, 9, 10),
        "day",
    ]


def test_rows_that_no_source_attests(mini, make_bad):
    """An event is attested when one of its rows is; so is an interaction."""
    without = [sd.load(mini).table(name) for name in ("sources", "event_sources", "officials")]
    note = "also: https://example.org/no-source"
    ds = edited(make_bad, mini, make_bad["IMPUTED"], make_bad["cell"](10, "note", note))
    for table, count in (("events", 2), ("interactions", 4), ("participations", 4)):
        assert ds.table(table)["row_status"].value_counts()["imputed"] == count
    attested = "2023-03-29-mps-wang-xiaohong-sco-mscs"
    span = ("date", "date_min", "date_max", "date_precision")
    events = cells_of(ds, "events", "event_id", *span, "mode", "confidence", "row_status")
    first, last, day = date(2024, 9, 3), date(2024, 9, 6), date(2023, 3, 29)
    imputed = ("imputed-ton", None, first, last, "period", None, None, "imputed")
    assert imputed in events
    assert (attested, "2023-03-29", day, day, "day", "video", "high", "attested") in events
    rows = ds.table("interactions").set_index("interaction_id")["row_status"]
    assert rows[f"{attested}/KAZ"] == "imputed"
    assert rows[f"{attested}/IND"] == "attested"
    rows = ds.table("participations").query("row_status == 'imputed'")
    assert rows[["source_id", "official_id", "counterpart_person"]].isna().all(axis=None)
    for table, frame in zip(("sources", "event_sources", "officials"), without, strict=True):
        assert ds.table(table).equals(frame)


def test_a_counterpart_that_one_row_attests_is_attested(mini, make_bad):
    ds = edited(
        make_bad, mini, make_bad["IMPUTED"], make_bad["imputed"](5, agency="MSS", official="")
    )
    rows = ds.table("interactions").set_index("event_id")["row_status"]
    assert rows["2024-01-05-mps-wang-xiaohong-mmr"] == "attested"
    rows = ds.table("participations").set_index("participation_id")["row_status"]
    assert set(rows.filter(like="wang-xiaohong-mmr")) == {"attested", "imputed"}


@pytest.mark.filterwarnings("ignore:1 notice")
def test_a_forum_with_letters_of_several_bytes(mini, make_bad):
    cell = make_bad["cell"]
    ds = edited(make_bad, mini, cell(7, "forum", "中国—太平洋岛国对话 2024"))
    assert "中国—太平洋岛国对话" in set(ds.table("forum_series")["series"])
    assert "中国—太平洋岛国对话 2024" in set(ds.table("forums")["forum_id"])


def test_letters_are_composed(mini, make_bad):
    """A letter and its accent as two code points become one, so that equal names are equal."""
    ds = edited(make_bad, mini, make_bad["cell"](5, "counterpart_person", "Jose\u0301"))
    assert "Jos\u00e9" in set(ds.table("participations")["counterpart_person"])


def test_an_address_with_brackets_keeps_them(mini, make_bad):
    note = "https://before.org; also: (https://a.org/b), https://c.org/d_(e),\u00a0https://f.org."
    ds = edited(make_bad, mini, make_bad["cell"](5, "note", note))
    found = ds.sql(
        "select url from sources join event_sources using (source_id) "
        "where role = 'further' and event_id like '%-mmr' order by url"
    )
    assert found["url"].tolist() == ["https://a.org/b", "https://c.org/d_(e)", "https://f.org"]


def test_a_page_that_is_best_for_one_row_and_further_for_another(mini, make_bad):
    first = make_bad["rows_of"](mini / "curated" / "interactions.csv")[7]
    url = next(cell for cell in first if cell.startswith("http"))
    ds = edited(make_bad, mini, make_bad["cell"](9, "note", f"also: {url}"))
    found = ds.sql("select role from event_sources where source_id = $id", {"id": source_id(url)})
    assert found["role"].tolist() == ["primary"]


def test_topics_are_counted_once_and_keep_their_place(mini, make_bad):
    ds = edited(make_bad, mini, make_bad["cell"](7, "topic", "other;training ; ;other; GSI"))
    found = ds.sql(
        "select position, topic from interaction_topics where participation_id like '%-fji#%' "
        "order by position"
    )
    assert found["topic"].tolist() == ["other", "training", "GSI"]
    assert found["position"].is_monotonic_increasing


@pytest.mark.filterwarnings("ignore:4 notices")
def test_the_smallest_dataset(mini):
    """Three files are enough; what other sheets would say of forums is a notice."""
    for folder in ("reference", "annotations"):
        shutil.rmtree(mini / folder)
    without_tables(mini)
    (mini / "curated" / "exclusions.csv").unlink()
    problems = sd.check(mini)
    assert {problem.level for problem in problems} == {"notice"}
    assert sd.load(mini).tables()["rows"]["participations"] == 8


@pytest.mark.filterwarnings("ignore")
def test_a_reference_sheet_needs_only_its_required_columns(mini):
    sheets = {
        "forums.csv": "series\nTalks\n",
        "organizations.csv": "code\nTALKORG\n",
        "actors.csv": "code\nTALKACTOR\n",
        "publishers.csv": "host,publisher,kind\ntalks.example,Talks,repost\n",
        "officials.csv": "official,agency,official_rank\nWang Xiaohong,MPS,minister\n",
    }
    for name, text in sheets.items():
        (mini / "reference" / name).write_text(text, encoding="utf-8")
    (mini / "curated" / "exclusions.csv").write_text("candidate,reason\nA,B\n", encoding="utf-8")
    assert [p for p in sd.check(mini) if p.level == "error"] == []
    ds = sd.load(mini)
    series = ds.table("forum_series").set_index("series")
    assert series.loc["Talks"].isna().all()
    assert "TALKORG" in set(ds.table("organizations")["code"])
    assert ds.table("exclusions")["official"].isna().all()


# --- both forms of the rules of cells ---------------------------------------------------------

CODES = {"agency": {"MPS": "Ministry", "M'S": "", "": ""}, "things": {"a": "", "b c": ""}}
COLUMNS = [
    Column("c", "text", "."),
    Column("c", "text", ".", required=True),
    Column("c", "code", ".", codes="agency", required=True),
    Column("c", "code", ".", codes="format"),
    Column("c", "code", ".", codes="nowhere"),
    Column("c", "list", ".", codes="things"),
    Column("c", "list", ".", codes="things", open_codes=True),
    Column("c", "partial_date", ".", required=True),
    Column("c", "date", "."),
    Column("c", "url", "."),
    Column("c", "integer", "."),
    Column("c", "year", "."),
    Column("c", "number", "."),
    Column("c", "boolean", "."),
]
BLANKS = " \t\r\n\u00a0\u3000"
DATES = st.builds("{:04d}-{:02d}-{:02d}".format, *map(st.integers, (0, 0, 0), (9999, 14, 32)))
ODD = [
    *["MPS", "M'S", "bilateral", "a; b c", "a;b c", "b c; z", "true", "https://a.b/c", "http://"],
    *[
        "https://é.fr/\u3000x",
        "+1",
        "=1",
        "@x",
        "-1|x",
        "+(x",
        "1.5",
        "1e5",
        ".5",
        "5.",
        "--1",
        "-",
    ],
    *["infinity", "nan", "epoch", "2024-02-29", "2023-02-29", "2024-W01", "-0044-03-15", "2024-1"],
    *["1815-12-31", "1816", "2100-12", "2101-01-01", "#REF!", "#N/A", "#n/a"],
    *["２０２４", "1" * 10, "1" * 16, "x" * 100_000, "x" * 100_001, "é" * 50_000, "é" * 50_001],
]
CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.text(
        st.sampled_from(
            "0123456789-./:=+@(|!;, \n\tTtruefalshp\u200b\u200d\u202eی０９–\u00a0\u3000٥MPS'abc\""
        ),
        max_size=14,
    ),
    st.text(st.sampled_from("0123456789-. "), max_size=12),
    DATES,
    DATES.map(lambda text: text[:7]),
    DATES.map(lambda text: text[:4]),
    st.sampled_from(ODD),
).map(lambda cell: (cell or "").strip(BLANKS) or None)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COLUMNS), st.lists(CELLS, min_size=1, max_size=40))
@pytest.mark.slow
def test_the_frame_form_and_the_sql_form_give_the_same_verdicts(column, cells):
    frame = pd.DataFrame({"n": range(len(cells)), "c": pd.Series(cells, dtype=object)})
    in_frame = [None if pd.isna(v) else v for v in schema.verdicts(column, frame["c"], CODES)]
    with duckdb.connect() as con:
        con.execute("create table raw (n integer, c varchar)")
        con.executemany("insert into raw values (?, ?)", list(enumerate(cells)))
        rule = schema.verdict_sql(column, CODES)
        suspect = schema.suspect_sql(column, CODES) or "false"
        rows = con.execute(f"select {rule}, {suspect} from raw order by n").fetchall()
    in_sql = [verdict for verdict, _ in rows]
    assert [verdict for verdict, suspected in rows if verdict and not suspected] == []
    assert list(zip(cells, in_sql, strict=True)) == list(zip(cells, in_frame, strict=True))


@pytest.mark.parametrize(
    ("kind", "fine", "bad"),
    [
        (
            "text",
            ["x", "-", "2024", "+86 21", "می\u200cشود"],
            {
                "=1": "formula",
                "@x": "formula",
                "-1|x": "formula",
                "a\u200bb": "invisible",
                "a\u200cb": "invisible",
            },
        ),
        ("code", ["bilateral"], {"Bilateral": "code", "bilateral ": "code", "=1": "formula"}),
        ("partial_date", ["2024", "2024-02", "2024-02-29"], {"2023-02-29": "date", "24": "date"}),
        ("date", ["2024-02-29"], {"2023-02-29": "date", "2024-02": "date", "2024": "date"}),
        ("url", ["https://a.b/c?d=e"], {"a.b/c": "url", "https://a b": "url", "ftp://a.b": "url"}),
        ("integer", ["0", "-12"], {"1.0": "whole", "1,000": "whole", "٥": "whole"}),
        ("year", ["2024"], {"24": "year", "-2024": "year", "20245": "year"}),
        ("number", ["0", "-1.5"], {"1,5": "number", "1e5": "number", "nan": "number"}),
        ("boolean", ["true", "false"], {"True": "boolean", "1": "boolean"}),
    ],
)
def test_what_each_kind_of_column_takes(kind, fine, bad):
    column = Column("c", kind, ".", codes="format" if kind == "code" else "")
    cells = pd.Series([*fine, *bad], dtype=object)
    found = schema.verdicts(column, cells, {})
    assert [None if pd.isna(v) else v for v in found] == [None] * len(fine) + list(bad.values())
