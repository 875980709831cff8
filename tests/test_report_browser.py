"""The explorer in a real browser that has no network: what it counts, shows and refuses."""

import csv
import functools
import importlib.util
import io
import json
import math
import random
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import secdiplo as sd
from folders import bare_mini
from secdiplo import query as queries
from secdiplo import report
from secdiplo.output.render import render
from secdiplo.report import libraries, payload
from secdiplo.store import open_any

_spec = importlib.util.spec_from_file_location("browser", Path(__file__).with_name("browser.py"))
browser = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(browser)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(browser.lacking()), reason=browser.lacking() or "-"),
]

MINI = Path(__file__).parent / "data" / "mini"
CHARTS = ("country", "period", "agency", "format", "official_rank", "region", "official", "forum")


@pytest.fixture(scope="module", autouse=True)
def quick():
    """The libraries are read once: it takes long, and gives the same each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libraries, "load", functools.cache(libraries.load))
        yield


@pytest.fixture(scope="module")
def ds():
    return sd.load()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return report.write(open_any(None)[0], tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def chromium():
    with browser.launched() as found:
        yield found


@pytest.fixture(scope="module")
def shared(chromium, page):
    """One visit that the reading tests share; each begins with a state of its own."""
    with browser.visiting(chromium) as visit:
        visit.open(page)
        yield visit
        visit.clean()


@pytest.fixture
def visit(shared):
    shared.page.evaluate("history.replaceState(null, '', location.pathname)")
    shared.set()
    shared.complaints.clear()
    yield shared
    shared.clean()


# --- every view -----------------------------------------------------------------------------


def test_it_is_ready_soon(chromium, page):
    with browser.visiting(chromium) as visit:
        visit.open(page)
        taken = visit.page.evaluate("performance.now()")
        assert taken < 6000  # the benchmark holds the bound; this is for a busy machine
        visit.clean()


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_drawn(visit, name):
    figure = visit.page.locator(f"#by-{name}")
    assert figure.locator("svg path").count() >= 2
    said = figure.locator(".plot").get_attribute("aria-label")
    assert said.startswith("Interactions")
    assert "undefined" not in said and "NaN" not in figure.inner_html()


def test_the_map_has_the_countries_and_the_small_ones(visit, ds):
    filled = visit.page.locator("#by-country svg path[fill^='var(--m']").count()
    shapes = visit.page.evaluate("JSON.parse(document.getElementById('payload').textContent).map")
    codes = [code for code, _ in shapes["shapes"]] + [code for code, _, _ in shapes["circles"]]
    met = set(ds.query("country_totals")["country"])
    assert filled == sum(code in met for code in codes)
    assert visit.page.locator("#by-country .legend").inner_text().count("countr") >= 4


def test_the_tables_have_rows(visit):
    assert visit.page.locator("#events-table tbody tr").count() == 10
    assert visit.page.locator("#claims table.claims tbody tr").count() == 10
    assert "The secdiplo developers" in visit.page.locator("#about").inner_text()


def test_published_figures_stand_beside_the_whole_scope_only(visit, ds):
    claims = ds.reproduce().set_index("claim_id")["published"]
    assert (
        f"published: {int(claims['P02'])}" in visit.page.locator("[data-count=events]").inner_text()
    )
    visit.set(agency="MPS")
    assert "published" not in visit.page.locator("#counts").inner_text()
    visit.set(scope="all")
    assert "published" not in visit.page.locator("#counts").inner_text()


# --- counts ---------------------------------------------------------------------------------

ASKED = [
    {},
    {"scope": "all"},
    {"agency": "MPS"},
    {"agency": "MPS,CPLC", "start": "2024"},
    {"official_rank": "vice_minister"},
    {"official": "Wang Xiaohong"},
    {"official": "Chen Wenqing", "confidence": "high"},
    {"start": "2023-01", "end": "2023-06"},
    {"start": "2024-09-07", "end": "2024-09-11", "agency": "MPS"},
    {"start": "2025-07", "end": "2025-12"},
    {"scope": "all", "end": "2022-06", "confidence": "medium"},
    {"agency": "MSS", "official_rank": "minister", "start": "2024"},
    {"agency": "CPLC", "official_rank": "minister"},
]


@pytest.mark.parametrize("asked", ASKED, ids=json.dumps)
def test_the_headline_is_the_query(visit, ds, asked):
    visit.set(**asked)
    wanted = ds.query("dataset_totals", **asked).iloc[0].to_dict()
    assert visit.counts() == wanted
    for name in ("events", "interactions", "participations", "bilateral_meetings", "countries"):
        shown = visit.page.locator(f"[data-count={name}] strong").inner_text()
        assert shown == f"{int(wanted[name]):,}"


@pytest.mark.parametrize("asked", ASKED, ids=json.dumps)
def test_the_charts_are_the_queries(visit, ds, asked):
    visit.set(**asked)
    groups = visit.page.evaluate(
        """() => Object.fromEntries(['interaction', 'bilateral_meeting', 'event'].map((count) =>
        [count, Object.fromEntries(['country', 'region', 'agency', 'format'].map((name) =>
        [name, window.secdiplo.groups(name, count)]))]))"""
    )

    def same(count, name, frame, key, column):
        found = groups[count][name]
        wanted = {row[key]: row[column] for row in frame.to_dict("records") if row[column]}
        assert found == wanted, (count, name)

    countries = ds.query("country_totals", **asked)
    same("interaction", "country", countries, "country", "interactions")
    same("bilateral_meeting", "country", countries, "country", "bilateral_meetings")
    for unit in ("interaction", "bilateral_meeting"):
        shares = ds.query("regional_shares", unit=unit, **asked)
        same(unit, "region", shares, "region", "meetings")
    formats = ds.query("format_totals", **asked)
    same("interaction", "format", formats, "format", "interactions")
    same("event", "format", formats, "format", "events")
    rest = {name: value for name, value in asked.items() if name != "agency"}
    agencies = ds.query("agency_totals", **rest)  # a chart compares with what its filter excludes
    same("event", "agency", agencies, "agency", "events")
    same("interaction", "agency", agencies, "agency", "interactions")


@pytest.mark.parametrize("by", ["half", "year", "quarter", "month"])
@pytest.mark.parametrize(
    "asked", [{}, {"agency": "CPLC"}, {"scope": "all", "official": "Xu Ganlu"}]
)
def test_the_timeline_is_the_query(visit, ds, asked, by):
    frame = ds.query("period_totals", by=by, **asked)
    for count, column in (("event", "events"), ("interaction", "interactions")):
        visit.set(**asked, by=by, count=count)
        found = {
            (item["period"], item["agency"]): item["n"]
            for item in visit.page.evaluate("window.secdiplo.timeline()")
        }
        wanted = {(r.period, r.agency): getattr(r, column) for r in frame.itertuples()}
        assert found == {key: n for key, n in wanted.items() if n}


def test_filters_that_no_query_has_narrow_the_rows(visit, ds):
    frame = ds.query("meeting_list")
    for state, kept in (
        ({"country": "VNM"}, frame["counterpart"] == "VNM"),
        ({"region": "Africa"}, frame["region"] == "Africa"),
        ({"format": "sideline"}, frame["format"] == "sideline"),
        ({"forum": "GPSCFL 2024"}, frame["forum"] == "GPSCFL 2024"),
        (
            {"format": "bilateral,sideline", "region": "Southeast Asia", "agency": "MPS"},
            frame["format"].isin(["bilateral", "sideline"])
            & (frame["region"] == "Southeast Asia")
            & (frame["agency"] == "MPS"),
        ),
    ):
        visit.set(**state)
        rows, counts = frame[kept], visit.counts()
        assert counts["participations"] == len(rows) > 0
        assert counts["events"] == rows["event_id"].nunique()
        assert counts["interactions"] == rows["interaction_id"].nunique()


# --- profiles -------------------------------------------------------------------------------


def tiles(visit):
    found = visit.page.locator("#profile .tile")
    return {
        tile.get_attribute("data-tile"): int(tile.locator("strong").inner_text().replace(",", ""))
        for tile in found.all()
    }


@pytest.mark.parametrize("country", ["VNM", "RUS", "SLB"])
def test_a_country_has_a_section(visit, ds, country):
    visit.set(country=country)
    totals = ds.query("country_totals").set_index("country").loc[country]
    found = tiles(visit)
    assert found == {column: totals[column] for column in found}
    assert len(found) == 5
    text = visit.page.locator("#profile").inner_text()
    assert totals["name"] in text and country in text and totals["region"] in text
    forums = ds.query("forum_attendees")
    for forum in forums[forums["counterpart"] == country]["forum"]:
        assert forum in text
    support = ds.table("gsi_support")
    for document in support[support["counterpart"] == country]["document"]:
        assert document in text


def test_an_official_has_a_section(visit, ds):
    visit.set(official="Wang Xiaohong")
    found = ds.query("official_counterparts", official="Wang Xiaohong", top=3)
    lines = visit.page.locator("#profile table").first.locator("tbody tr").all_inner_texts()
    told = [line.split("\t") for line in lines[: len(found)]]
    assert [int(cells[1]) for cells in told] == found["bilateral_meetings"].tolist()
    totals = ds.query("dataset_totals", official="Wang Xiaohong").loc[0]
    assert tiles(visit)["bilateral_meetings"] == totals["bilateral_meetings"]
    assert tiles(visit)["interactions"] == totals["interactions"]
    text = visit.page.locator("#profile").inner_text()
    assert "王小洪" in text and "Ministry of Public Security" in text


@pytest.mark.parametrize(
    ("country", "why"),
    [("CHN", "is the home country"), ("HKG", "is not foreign to"), ("TUV", "has no rows")],
)
def test_a_country_without_rows_says_why(visit, ds, country, why):
    assert country not in set(ds.query("country_totals", scope="all")["country"])
    visit.set(country=country)
    assert why in visit.page.locator("#profile .empty").inner_text()
    assert visit.page.locator("#profile .tile").count() == 0


def test_a_profile_can_be_linked_to(chromium, page):
    with browser.visiting(chromium) as visit:
        visit.open(page, "#official=Wang%20Xiaohong")
        assert "Wang Xiaohong" in visit.page.locator("#profile h2").inner_text()
        assert (
            visit.page.locator("#profile input").input_value().endswith("#official=Wang%20Xiaohong")
        )
        visit.clean()


# --- the address ----------------------------------------------------------------------------


def test_filters_are_set_when_the_page_opens(chromium, tmp_path):
    page = sd.load().report(tmp_path, country="KEN", start="2024")
    with browser.visiting(chromium) as visit:
        visit.open(page)
        state = visit.state()
        assert (state["country"], state["start"]) == ("KEN", "2024-01-01")
        assert visit.page.locator("#filter-country").input_value() == "KEN"
        visit.clean()


def test_the_address_restores_a_view(chromium, page):
    with browser.visiting(chromium) as visit:
        visit.open(page)
        asked = {
            "agency": ["MPS", "CPLC"], "region": ["Latin America and the Caribbean", "Africa"],
            "start": "2023-01", "count": "event", "by": "month", "confidence": "medium",
        }  # fmt: skip
        visit.set(**asked)
        address = visit.page.evaluate("location.hash")
        before = (visit.state(), visit.counts())
        visit.open(page, address)
        assert (visit.state(), visit.counts()) == before
        assert visit.page.locator("input[name=agency][value=CPLC]").is_checked()
        assert visit.page.locator("#filter-start").input_value() == "2023-01"
        visit.clean()


def test_the_back_button_takes_a_filter_back(chromium, page):
    with browser.visiting(chromium) as visit:
        visit.open(page)
        whole = visit.counts()
        visit.page.locator("input[name=agency][value=MSS]").check()
        visit.settle()
        narrow = visit.counts()
        assert narrow["events"] < whole["events"]
        visit.page.go_back()
        visit.settle()
        assert visit.counts() == whole
        assert not visit.page.locator("input[name=agency][value=MSS]").is_checked()
        visit.page.go_forward()
        visit.settle()
        assert visit.counts() == narrow
        visit.clean()


@pytest.mark.parametrize(
    ("address", "left_out", "reason"),
    [
        ("#agency=XXX", "agency=XXX", "does not have"),
        ("#agency=XXX,MPS&start=1999-13", "start=1999-13", "write a date such as 2024"),
        ("#start=2025&end=2024", "end=2024", "From is after To"),
        ("#country=VNM,THA", "country=VNM,THA", "choose one country at a time"),
        ("#country=%E0%A4%A", "country=%E0%A4%A", "cannot be read"),
        ("#nonsense&__proto__=1", "nonsense", "cannot be read"),
        ("#<img src=x onerror=window.hit=1>=1", "img", "does not have"),
        ("#country=constructor&scope=toString", "country=constructor", "does not have"),
    ],
)
def test_an_address_that_is_not_understood_is_said_so(chromium, page, address, left_out, reason):
    with browser.visiting(chromium) as visit:
        visit.open(page, address)
        notice = visit.page.locator("#notice").inner_text()
        assert left_out in notice and reason in notice
        assert visit.page.evaluate("window.hit") is None
        assert visit.counts()["events"] > 0
        visit.clean()


def test_a_country_is_known_by_its_code_in_either_case(chromium, page):
    with browser.visiting(chromium) as visit:
        visit.open(page, "#country=vnm")
        assert visit.state()["country"] == "VNM"
        assert visit.page.locator("#notice").inner_text() == ""
        visit.clean()


def test_a_wrong_date_stays_in_its_field_until_it_is_corrected(visit):
    fields = [visit.page.locator(f"#filter-{name}") for name in ("start", "end")]

    def typed(field, text):
        field.fill(text)
        field.press("Enter")
        visit.settle()
        return [(each.input_value(), each.get_attribute("aria-invalid")) for each in fields]

    whole = visit.counts()
    assert typed(fields[0], "abc") == [("abc", "true"), ("", None)]
    assert visit.counts() == whole
    visit.page.locator("input[name=agency][value=MPS]").check()
    visit.settle()
    assert fields[0].input_value() == "abc"
    assert "write a date" in visit.page.locator("#notice").inner_text()
    assert typed(fields[0], "2025") == [("2025", None), ("", None)]
    assert typed(fields[1], "2024") == [("2025", "true"), ("2024", "true")]
    assert "From is after To" in visit.page.locator("#notice").inner_text()
    assert typed(fields[0], "2023") == [("2023", None), ("2024", None)]
    assert (visit.state()["start"], visit.state()["end"]) == ("2023", "2024")
    assert visit.page.locator("#notice").inner_text() == ""


@pytest.mark.parametrize("scope", ["carnegie2025", "all"])
def test_lists_offer_what_has_rows_in_the_scope(visit, ds, scope):
    visit.set(scope=scope)
    frame = ds.query("meeting_list", scope=scope)
    countries = frame["counterpart"][frame["counterpart_type"] == "country"]
    wanted = {"country": countries, "official": frame["official"], "forum": frame["forum"]}
    for name, cells in wanted.items():
        offered = visit.page.evaluate(
            "name => [...document.getElementById(`filter-${name}`).options].map((o) => o.value)",
            name,
        )
        assert sorted(offered) == ["", *sorted(set(cells.dropna()))]


def test_what_is_set_stays_listed_in_a_scope_without_it(visit, ds):
    whole, narrow = (
        set(ds.query("meeting_list", scope=scope)["official"].dropna())
        for scope in ("all", "carnegie2025")
    )
    official = sorted(whole - narrow)[0]
    visit.set(scope="carnegie2025", official=official)
    assert visit.page.locator("#filter-official").input_value() == official


# --- by mouse and by keyboard ---------------------------------------------------------------


def test_clicks_on_the_map_and_on_bars(visit, ds):
    place = visit.page.evaluate(
        """() => { const found = [...document.querySelectorAll('#by-country svg path')]
        .find((path) => path.__data__?.datum?.id === 'RUS');
        found.scrollIntoView({ block: 'center' });
        const box = found.getBoundingClientRect();
        for (let x = box.left + 5; x < box.right; x += 7) for (let y = box.top + 5; y < box.bottom; y += 7)
          if (document.elementFromPoint(x, y) === found) return [x, y]; return null; }"""
    )
    visit.page.mouse.click(*place)
    visit.settle()
    assert visit.state()["country"] == "RUS"
    visit.page.mouse.click(*place)
    visit.settle()
    assert visit.state()["country"] == ""
    bars = visit.page.locator("#by-region svg .mark-rect path")
    bars.first.click()
    visit.settle()
    assert visit.state()["region"] == [
        ds.query("regional_shares", unit="interaction").loc[0, "region"]
    ]
    visit.set()
    visit.page.locator("#by-period svg .mark-rect path").first.click()
    visit.settle()
    assert (visit.state()["start"], visit.state()["end"]) == ("2022-07", "2022-12")


# A text of a chart that is cut: its text, and how far it lies outside of the drawing.
CUT = """() => [...document.querySelectorAll('.plot svg')].flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim()).map((text) => {
    const own = text.getBoundingClientRect();
    return [text.textContent, Math.max(box.left - own.left, own.right - box.right,
      box.top - own.top, own.bottom - box.bottom)]; }).filter(([, out]) => out > 0.5); })"""


@pytest.mark.parametrize("width", [1280, 1440, 390])
def test_no_text_of_a_chart_is_cut(chromium, page, width):
    with browser.visiting(chromium, width=width) as visit:
        visit.open(page)
        texts = visit.page.locator("#by-period svg text").all_text_contents()
        assert "imprecisedate" in texts and "H22023" in texts
        assert visit.page.evaluate(CUT) == []
        for state in ({"by": "month"}, {"by": "year", "count": "event"}, {"country": "VNM"}):
            visit.set(**state)
            assert visit.page.evaluate(CUT) == [], state
        visit.clean()


def test_bars_of_the_timeline_have_numbers_and_tooltips(visit, ds):
    frame = ds.query("period_totals", by="half")
    sums = frame.groupby("period")["interactions"].sum()
    texts = visit.page.locator("#by-period svg .mark-text.role-mark text").all_text_contents()
    assert sorted(int(text) for text in texts if text) == sorted(sums)
    said = visit.page.locator("#by-period .plot").get_attribute("aria-label")
    assert all(f"{period} {n}" in said for period, n in sums.items())
    bars = visit.page.locator("#by-period svg .mark-rect path")
    bars.first.hover()
    first = frame[frame["period"] == "2022-H2"].set_index("agency")["interactions"]
    assert f"2022-H2, MPS: {first['MPS']} interactions" in visit.page.locator("#tip").inner_text()


def test_the_bar_of_what_is_dated_less_finely_says_what_it_is(visit):
    visit.page.locator("#by-period svg .mark-rect path").last.click()
    visit.settle()
    assert (visit.state()["start"], visit.state()["end"]) == ("", "")
    assert "sets no filter" in visit.page.locator("#by-period-window").inner_text()


def test_a_filter_by_date_says_what_only_overlaps_it(visit, ds):
    visit.set(start="2023-07", end="2023-12")
    counts = ds.query("dataset_totals", start="2023-07", end="2023-12").loc[0]
    frame = ds.query("meeting_list", start="2023-07", end="2023-12")
    days = frame[["date_min", "date_max"]].astype("datetime64[ns]")
    within = frame[(days["date_min"] >= "2023-07-01") & (days["date_max"] <= "2023-12-31")]
    n, events = within["interaction_id"].nunique(), within["event_id"].nunique()
    assert n < counts["interactions"]
    text = visit.page.locator("#by-period-window").inner_text()
    assert f"selects {counts['interactions']} interactions in {counts['events']} events" in text
    assert f"{n} interactions in {events} events are certainly in" in text
    only, others = counts["interactions"] - n, counts["events"] - events
    assert f"{only} interactions in {others} events only overlap" in text
    visit.set()
    assert visit.page.locator("#by-period-window").inner_text() == ""


# --- as in the figures ----------------------------------------------------------------------


def test_agencies_have_the_order_of_the_figures(visit, ds):
    for scope in ("carnegie2025", "all"):
        visit.set(scope=scope)
        wanted = ds.query("agency_totals", scope=scope)["agency"].tolist()
        told = visit.page.evaluate("window.secdiplo.agencies()")
        assert told[: len(wanted)] == wanted
        legend = visit.page.locator("#by-period .legend li").all_inner_texts()
        assert [text.split(":")[0] for text in legend] == told


def test_classes_of_the_map_are_those_of_the_figures(visit, ds):
    maps = pytest.importorskip("secdiplo.figures.maps")
    chance = random.Random(7)
    cases = [[], [3], [1, 1, 1], [1, 2, 2, 9, 40], [*range(1, 7)], [1] * 50 + [*range(2, 9)]]
    cases += [[chance.randint(1, 60) for _ in range(n)] for n in (6, 11, 37, 61)]
    cases += [ds.query("country_totals")["interactions"].tolist()]
    for counts in cases:
        told = visit.page.evaluate("counts => window.secdiplo.classes(counts)", counts)
        assert told == [list(ends) for ends in maps.classes(counts)], counts
    style = pytest.importorskip("secdiplo.figures.style")
    for count in range(1, len(style.SHADES) + 1):
        tones = visit.page.evaluate("count => window.secdiplo.tones(count)", count)
        places = [int(tone.removeprefix("var(--m").removesuffix(")")) - 1 for tone in tones]
        assert [style.SHADES[place] for place in places] == style.shades(count)


def test_the_keyboard_does_what_the_mouse_does(chromium, page):
    with browser.visiting(chromium) as visit:
        visit.open(page)
        keyboard = visit.page.keyboard
        keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.id") == "skip"
        keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.id") == "main"
        assert visit.page.evaluate("location.hash") == ""
        visit.page.locator("#by-country summary").focus()
        keyboard.press("Enter")
        visit.settle()
        keyboard.press("Tab")  # the region that scrolls
        keyboard.press("Tab")
        chosen = visit.page.evaluate("document.activeElement.dataset.key")
        keyboard.press("Enter")
        visit.settle()
        assert visit.state()["country"] == chosen
        assert visit.page.evaluate("document.activeElement.dataset.key") == chosen
        assert visit.page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
        visit.page.locator("#chips button").focus()
        keyboard.press("Enter")
        visit.settle()
        assert visit.state()["country"] == ""
        visit.page.locator("#events-table .expand").first.focus()
        keyboard.press("Enter")
        assert visit.page.locator("#events-table .details").count() == 1
        visit.clean()


def test_controls_set_filters_and_reset_clears_them(visit):
    page = visit.page
    page.locator("input[name=format][value=sideline]").check()
    page.locator("#filter-country").select_option("SGP")
    page.locator("#filter-start").fill("2024")
    page.locator("#filter-start").press("Enter")
    visit.settle()
    state = visit.state()
    assert (state["format"], state["country"], state["start"]) == (["sideline"], "SGP", "2024")
    assert page.locator("#chips button").count() == 3
    assert page.locator("#filter-count").inner_text() == "3 set"
    page.locator("#filter-end").fill("soon")
    page.locator("#filter-end").press("Enter")
    visit.settle()
    assert "end=soon" in page.locator("#notice").inner_text()
    page.locator("#reset").click()
    visit.settle()
    assert page.locator("#chips button").count() == 0
    assert page.evaluate("location.hash") == ""


def test_the_scope_can_be_changed(visit, ds):
    visit.page.locator("#scope").select_option("all")
    visit.settle()
    assert visit.counts()["events"] == ds.query("dataset_totals", scope="all").loc[0, "events"]


# --- the table ------------------------------------------------------------------------------


def test_an_event_opens_to_its_note_and_its_sources(visit, ds):
    event = ds.table("event_sources").groupby("event_id").size().idxmax()
    rows = ds.table("participations").query("event_id == @event")
    visit.set(scope="all", country=rows["interaction_id"].iloc[0].split("/")[-1])
    visit.page.evaluate("id => DataTable.tables({api: true}).page.len(-1).draw()", event)
    for opener in visit.page.locator("#events-table .expand").all():
        opener.click()
    text = visit.page.locator("#events-table").inner_text()
    assert event in text and "attested" in text
    for note in rows["note"].dropna():
        assert note[:60] in text
    sources = ds.table("sources").set_index("source_id")
    links = {a.get_attribute("href") for a in visit.page.locator("#events-table .sources a").all()}
    for source in ds.table("event_sources").query("event_id == @event")["source_id"]:
        assert sources.loc[source, "url"] in links
    for anchor in visit.page.locator("#events-table .sources a").all()[:3]:
        assert anchor.get_attribute("rel") == "noopener noreferrer"
    visit.page.evaluate("DataTable.tables({api: true}).page.len(10).draw()")


def test_the_table_is_searched_sorted_and_paged(visit):
    page = visit.page
    events = page.locator("#events-box")
    before = visit.counts()
    events.locator("input[type=search]").fill("lianyungang")
    visit.settle()
    assert 0 < page.locator("#events-table tbody tr").count() <= 10
    assert visit.counts() == before
    assert visit.state()["q"] == "lianyungang"
    events.locator("input[type=search]").fill("")
    first = page.locator("#events-table tbody tr td:nth-child(2)").first
    assert first.inner_text() > "2025"
    page.locator("#events-table thead th").nth(1).click()
    visit.settle()
    assert first.inner_text() < "2023"
    events.locator("button.next, .dt-paging-button.next").first.click()
    assert "11 to 20" in events.inner_text()
    page.locator("#events-table thead th").nth(1).click()
    visit.settle()


def test_one_is_not_many(visit, ds):
    frame = ds.query("meeting_list", scope="all").dropna(subset="official")
    met = frame["interaction_id"].notna().groupby(frame["event_id"]).transform("any")
    for row in frame[~met & (frame["date_precision"] == "day")].itertuples():
        days = str(row.date_min)[:10], str(row.date_max)[:10]
        visit.set(scope="all", official=row.official, start=days[0], end=days[1])
        if visit.counts()["unnamed_counterpart_events"] == 1:
            break
    told = visit.page.locator("#counts").inner_text()
    assert "1 event has no named counterpart and so no interaction." in told
    totals = ds.query("country_totals").set_index("country")
    once = totals[totals["interactions"] == 1].index[0]
    visit.set(country=once)
    assert visit.page.locator("#events-box .dt-info").inner_text() == "1 event"
    profile = visit.page.locator("#profile .tile[data-tile=interactions] span").inner_text()
    assert profile == "interaction"


def test_texts_are_named_by_what_was_seen_of_them(visit, ds):
    lines = visit.page.locator("#claims ul.sources li").all_inner_texts()
    seeds = ds.table("seeds")
    assert len(lines) == len(seeds)
    for column in ("title", "author", "publisher", "date"):
        for text in seeds[column].dropna():
            assert any(str(text) in line for line in lines)
    assert not any(name in line for name in ("seed_002", "seed 002") for line in lines)


def test_claims_are_filtered_by_status(visit, ds):
    frame = ds.reproduce()
    visit.page.locator("#claim-status").select_option("reproduced")
    wanted = int((frame["status"] == "reproduced").sum())
    assert f"of {wanted} published values" in visit.page.locator("#claims").inner_text()
    visit.page.locator("#claim-status").select_option("")


# --- downloads ------------------------------------------------------------------------------


def saved(visit, button):
    with visit.page.expect_download() as download:
        visit.page.locator(button).click()
    return Path(download.value.path()).read_bytes()


def printed(*words, data=None):
    command = [sys.executable, "-m", "secdiplo", "query", *words]
    if data:
        command += ["--data", str(data)]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.mark.parametrize("asked", [ASKED[0], ASKED[1], ASKED[3], ASKED[6]], ids=json.dumps)
def test_the_rows_are_those_of_the_command(visit, asked):
    visit.set(**asked)
    params = [word for name, value in asked.items() for word in ("-p", f"{name}={value}")]
    assert saved(visit, "#download-rows") == printed("meeting_list", *params, "--format", "csv")


def test_the_page_names_the_command(visit):
    visit.set(official="Wang Xiaohong", agency="MPS")
    words = "secdiplo query meeting_list --agency MPS --official 'Wang Xiaohong' --format csv"
    assert visit.page.locator("#downloads code").inner_text() == words


EVERY_FILTER = [
    {"mode": "video", "scope": "all"},
    {"topic": ["cybersecurity", "counterterrorism"]},
    {"region": "Southeast Asia", "format": ["bilateral", "sideline"], "topic": "telecom fraud"},
    {"country": "VNM", "confidence": "medium", "start": "2023-06", "mode": "in_person"},
    {"forum": "GPSCFL 2024", "official_rank": "minister"},
]


@pytest.mark.parametrize("asked", EVERY_FILTER, ids=json.dumps)
def test_the_named_command_prints_the_rows_of_every_filter(visit, asked):
    visit.set(**asked)
    words = shlex.split(visit.page.locator("#downloads code").inner_text())
    assert words[:3] == ["secdiplo", "query", "meeting_list"]
    rows = saved(visit, "#download-rows")
    assert rows == printed(*words[2:])
    assert rows.count(b"\n") > 1


def test_every_event_of_the_download_has_its_source(visit, ds):
    rows = list(csv.DictReader(io.StringIO(saved(visit, "#download-events").decode("utf-8"))))
    wanted = ds["sources"].merge(ds["event_sources"], on="source_id")
    wanted = wanted[wanted["role"] == "primary"].groupby("event_id")["url"].agg(
        lambda urls: " ".join(sorted(urls))
    )  # fmt: skip
    assert {row["event_id"]: row["source_url"] for row in rows} == {
        event: url for event, url in wanted.items() if event in {row["event_id"] for row in rows}
    }


def test_the_filtered_events(visit, ds):
    visit.set(country="VNM", agency="MPS")
    frame = ds.query("meeting_list", agency="MPS")
    wanted = frame[frame["counterpart"] == "VNM"].groupby("event_id").size()
    rows = list(csv.DictReader(io.StringIO(saved(visit, "#download-events").decode("utf-8"))))
    assert {
        row["event_id"]: int(row["participations_selected"]) for row in rows
    } == wanted.to_dict()
    assert {row["interactions_selected"] for row in rows} == {"1"}


# --- the empty selection --------------------------------------------------------------------


def test_an_empty_selection_says_so(visit):
    visit.set(agency="MSS", country="SLB", start="2022-06", end="2022-07")
    assert visit.counts()["events"] == 0
    assert visit.page.locator("#empty").inner_text() == "No rows match; remove a filter."
    assert "No events match" in visit.page.locator("#events-table").inner_text()
    assert not visit.page.locator("#by-country svg").is_visible()
    assert visit.page.locator("#download-rows").is_disabled()


# --- for everybody --------------------------------------------------------------------------

VIEWS = {
    "start": {},
    "filtered": {"agency": "MPS", "start": "2024"},
    "country": {"country": "VNM"},
    "official": {"official": "Wang Xiaohong"},
    "empty": {"agency": "MSS", "country": "SLB", "end": "2022-07"},
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium, page, scheme, width):
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
    with browser.visiting(chromium, width=width, scheme=scheme) as visit:
        visit.open(page)
        visit.page.evaluate(
            "document.querySelectorAll('details').forEach((box) => { box.open = true; })"
        )
        for name, state in VIEWS.items():
            visit.set(**state)
            if name == "start":
                visit.page.locator("#events-table .expand").first.click()
            found = axe_module.Axe().run(visit.page, options={"resultTypes": ["violations"]})
            serious = [
                (v["id"], [node["html"][:160] for node in v["nodes"][:3]])
                for v in found.response["violations"]
                if v["impact"] in {"serious", "critical"}
            ]
            assert serious == [], name
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, name
        visit.clean()


def test_tables_fit_a_telephone(chromium, page):
    outside = """() => [...document.querySelectorAll('table')].filter((t) => t.getClientRects().length)
      .flatMap((table) => [table, ...table.querySelectorAll('*')])
      .filter((node) => node.getBoundingClientRect().right > window.innerWidth + 0.5)
      .map((node) => node.outerHTML.slice(0, 100))"""
    scrolled = """() => [...document.querySelectorAll('.scroll')]
      .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.outerHTML.slice(0, 100))"""
    with browser.visiting(chromium, width=390) as visit:
        visit.open(page)
        visit.page.evaluate(
            "document.querySelectorAll('details').forEach((box) => { box.open = true; })"
        )
        for state in ({}, {"country": "VNM"}, {"official": "Wang Xiaohong"}):
            visit.set(**state)
            visit.page.locator("#events-table .expand").first.click()
            assert visit.page.evaluate(outside) == [], state
            assert visit.page.evaluate(scrolled) == [], state
        cell = visit.page.locator("#claims td[data-head=Status]").first
        assert cell.is_visible()
        visit.clean()


def test_the_theme_can_be_chosen(chromium, page):
    with browser.visiting(chromium) as visit:
        visit.open(page)
        paper = "getComputedStyle(document.body).backgroundColor"
        light = visit.page.evaluate(paper)
        visit.page.locator("#theme").click()
        assert visit.page.evaluate(paper) != light
        visit.page.locator("#theme").click()
        assert visit.page.evaluate(paper) == light
        visit.clean()


# --- bad input ------------------------------------------------------------------------------

SCRIPT = "<script>window.hit=1</script>"
IMAGE = "<img src=x onerror=window.hit=1>&amp;<b>"
FORMULA = "=1+1"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The small dataset with cells that a careless page would run, and its page."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    bare_mini(folder)
    sheet = folder / "curated" / "interactions.csv"
    rows = list(csv.DictReader(sheet.open(encoding="utf-8", newline="")))
    for place, row in enumerate(rows):
        row["note"] = [SCRIPT, IMAGE, "-1"][place % 3]
        if row["counterpart_person"] or row["counterpart_office"]:
            row["counterpart_office"] = IMAGE
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    collected = payload.collect(open_any(folder)[0])
    collected["about"]["title"] = f"{SCRIPT}{IMAGE}"
    for source in collected["sources"]:  # the checker lets no such address in
        source[0], source[3], source[4] = "javascript:window.hit=1", SCRIPT, "javascript:alert(1)"
    for country in collected["countries"].values():
        country["name"] = f"{IMAGE}{country['name']}"
    names = collected["rows"]["data"]["name"]
    names["values"] = [name and f"{IMAGE}{name}" for name in names["values"]]
    folder.with_name("index.html").write_text(
        report.page(collected, libraries.load()), encoding="utf-8"
    )
    return folder, folder.with_name("index.html")


def test_cells_are_never_markup(chromium, hostile):
    with browser.visiting(chromium) as visit:
        visit.open(hostile[1])
        page = visit.page
        page.evaluate("document.querySelectorAll('details').forEach((b) => { b.open = true; })")
        for opener in page.locator("#events-table .expand").all():
            opener.click()
        page.locator("#events-box input[type=search]").fill("<img src=x")
        visit.settle()
        assert page.locator("#events-table tbody tr").count() > 0
        page.locator("#events-box input[type=search]").fill("")
        country = page.evaluate("Object.keys(window.secdiplo.groups('country'))[0]")
        visit.set(country=country)
        page.mouse.move(600, 700)
        visit.settle()
        assert page.evaluate("window.hit") is None
        assert page.locator("img, main script, a[href^='javascript']").count() == 0
        assert page.locator("h1").inner_text() == f"{SCRIPT}{IMAGE}"
        assert page.locator("#profile h2").inner_text().startswith(IMAGE)
        visit.clean()


def test_formulas_are_guarded_as_on_the_command_line(chromium, hostile, tmp_path):
    folder, _ = hostile
    page = report.write(open_any(folder)[0], tmp_path)
    with browser.visiting(chromium) as visit:
        visit.open(page)
        found = saved(visit, "#download-rows")
        assert found == printed("meeting_list", "--format", "csv", data=folder)
        assert b",'-1," in found
        visit.clean()


def test_cells_of_every_kind_are_written_as_by_the_command_line(chromium, tmp_path):
    """Cells that no checked folder has, told to the page itself."""
    collected = payload.collect(open_any(MINI)[0], "all")
    odd = [FORMULA, "@x", "'=1", "'x", "+1", "-1", "\ta", 'a"b', "a,b", "a\nb", " a ", "\u2028", ""]
    result = queries.run(open_any(MINI)[0], "meeting_list", {"scope": "all"})
    rows = [list(row) for row in result.rows]
    for shift, name in enumerate(("note", "city", "counterpart_office", "topics")):
        cells = [odd[(place + 3 * shift) % len(odd)] for place in range(len(rows))]
        collected["rows"]["data"][name] = payload._coded(cells)
        for row, cell in zip(rows, cells, strict=True):
            row[result.columns.index(name)] = cell
    page = tmp_path / "index.html"
    page.write_text(report.page(collected, libraries.load()), encoding="utf-8")
    with browser.visiting(chromium) as visit:
        visit.open(page)
        assert saved(visit, "#download-rows") == render(result.columns, rows, "csv").encode()
        visit.clean()


def test_a_dataset_without_claims_says_so(chromium, hostile):
    with browser.visiting(chromium) as visit:
        visit.open(hostile[1])
        assert "has no published values" in visit.page.locator("#claims").inner_text()
        assert "published" not in visit.page.locator("#counts").inner_text()


def test_imputed_rows_are_marked(chromium, tmp_path):
    built, _ = open_any(Path(__file__).parent / "data" / "imputed")
    with browser.visiting(chromium) as visit:
        visit.open(report.write(built, tmp_path))
        assert "are imputed" in visit.page.locator("#basis").inner_text()
        visit.set(scope="all")
        wanted = sd.load(Path(__file__).parent / "data" / "imputed").query(
            "dataset_totals", scope="all"
        )
        assert visit.counts() == wanted.iloc[0].to_dict()
        for opener in visit.page.locator("#events-table .expand").all():
            opener.click()
        assert visit.page.locator("#events-table .badge.imputed").count() > 0
        assert not math.isnan(visit.page.evaluate("window.secdiplo.lastUpdate"))
        visit.clean()
