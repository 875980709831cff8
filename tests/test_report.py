"""The explorer as a file: what is in it, and when it is not written. See test_report_browser."""

import base64
import copy
import functools
import hashlib
import json
import re
import sys
from pathlib import Path

import pytest

import secdiplo as sd
from folders import bare_mini
from secdiplo import files, report
from secdiplo.errors import SecdiploError, UsageError
from secdiplo.report import libraries, payload, shapes
from secdiplo.store import open_any

pytest.importorskip("vl_convert", reason="the libraries of the report are not installed")
pytest.importorskip("itables", reason="the libraries of the report are not installed")

MINI = Path(__file__).parent / "data" / "mini"


_load = libraries.load  # it takes long, and gives the same each time
_once = functools.cache(_load)
_collect = payload.collect
_collected = {}


def _collect_once(built, scope=None, filters=None):
    """The payload of a dataset, which takes long, made once; each caller has its own copy."""
    key = (id(built), scope, repr(filters or None))
    if key not in _collected:
        _collected[key] = (built, _collect(built, scope, filters))
    return copy.deepcopy(_collected[key][1])


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(libraries, "load", _once)
    monkeypatch.setattr(payload, "collect", _collect_once)


@pytest.fixture(scope="module")
def mini():
    return open_any(MINI)[0]


@pytest.fixture(scope="module")
def page(mini, tmp_path_factory):
    return report.write(mini, tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def builtin():
    return payload.collect(open_any(None)[0])


def content(text):
    found = re.search(r'<script type="application/json" id="payload">(.*?)</script>', text, re.S)
    return json.loads(found[1])


def rows(collected):
    """The rows of a payload as dictionaries."""
    told = collected["rows"]
    whole = {
        name: [told["data"][name]["values"][place] for place in told["data"][name]["cells"]]
        for name in told["columns"]
    }
    return [dict(zip(whole, cells, strict=True)) for cells in zip(*whole.values(), strict=True)]


# --- what is in it --------------------------------------------------------------------------


@pytest.mark.slow
def test_two_writes_give_the_same_bytes(mini, page, tmp_path):
    assert _load() == _once()
    assert _collect(mini) == _collect_once(mini)
    assert report.write(mini, tmp_path / "again").read_bytes() == page.read_bytes()


def test_the_page_of_the_built_in_dataset_is_small(builtin):
    assert len(report.page(builtin, libraries.load()).encode()) < 6_000_000


def test_the_rows_are_those_of_the_query(builtin):
    frame = sd.load().query("meeting_list", scope="all")
    told = rows(builtin)
    assert [row["participation_id"] for row in told] == frame["participation_id"].tolist()
    assert [row["date_min"] for row in told] == [
        None if day is None else str(day)[:10] for day in frame["date_min"]
    ]


def test_every_event_has_the_sources_of_its_table(builtin):
    ds = sd.load()
    wanted = ds.table("event_sources").merge(ds.table("sources"), on="source_id")
    for event, group in wanted.groupby("event_id"):
        told = {builtin["sources"][place][0] for place, _ in builtin["links"][event]}
        assert told == set(group["url"])


def test_claims_and_published_totals(builtin):
    claims = sd.load().reproduce()
    assert [row["claim_id"] for row in builtin["claims"]["rows"]] == claims["claim_id"].tolist()
    whole = claims[(claims["query"] == "dataset_totals") & (claims["relation"] == "exact")]
    told = {claim: value for value, claim, _ in builtin["published"].values()}
    assert told == {row.claim_id: str(int(row.published)) for row in whole.itertuples()}


def test_a_dataset_without_claims(tmp_path):
    folder = bare_mini(tmp_path / "own")
    collected = payload.collect(open_any(folder)[0])
    assert collected["claims"]["rows"] == [] and collected["published"] == {}


def test_the_scope_to_start_with():
    built, _ = open_any(Path(__file__).parent / "data" / "imputed")
    default = built.dataset["default_scope"]
    assert payload.collect(built)["about"]["start_scope"] == default != "all"
    assert payload.collect(built, "all")["about"]["start_scope"] == "all"
    with pytest.raises(UsageError, match="unknown scope `everything`"):
        payload.collect(built, "everything")


@pytest.mark.parametrize(
    ("filters", "want"),
    [
        ({}, ""),
        ({"country": "Kenya", "start": "2024"}, "country=KEN&start=2024-01-01"),
        ({"region": ["Africa", "Central Asia"]}, "region=Africa,Central%20Asia"),
    ],
)
def test_filters_to_start_with(filters, want):
    assert payload.collect(open_any(None)[0], None, filters)["about"]["start_filters"] == want


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"country": ["KEN", "UGA"]}, "one country at a time"),
        ({"not_country": "KEN"}, "no filter `not_country`"),
        ({"region": "Atlantis"}, "Atlantis"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_filters_that_the_page_cannot_start_with(filters, words, tmp_path):
    with pytest.raises(UsageError, match=words):
        sd.load().report(tmp_path / "page", **filters)
    assert not (tmp_path / "page").exists()


def test_imputed_rows_are_counted():
    built, _ = open_any(Path(__file__).parent / "data" / "imputed")
    about = payload.collect(built)["about"]
    assert 0 < about["imputed"] <= about["rows"]
    assert "imputed" in about["basis"]


def test_the_map_has_every_country_of_the_dataset(builtin):
    drawn = {code for code, path in builtin["map"]["shapes"] if path}
    drawn |= {code for code, _, _ in builtin["map"]["circles"]}
    met = {row["counterpart"] for row in rows(builtin) if row["counterpart_type"] == "country"}
    assert met <= drawn
    assert all(path.startswith("M") for path in builtin["map"]["areas"])


def test_numbers_of_a_path_are_short():
    assert [shapes._short(steps) for steps in (0, 1, -1, 2, -3)] == ["0", ".5", "-.5", "1", "-1.5"]


def test_colours_are_those_of_the_figures():
    style = pytest.importorskip("secdiplo.figures.style")
    sheet = (report.PAGE_FOLDER / "page.css").read_text(encoding="utf-8")
    light = sheet[: sheet.index("}")]
    told = dict(re.findall(r"--(\w+): (#\w+)", light))
    assert [told[f"a{n + 1}"] for n in range(len(style.SERIES))] == list(style.SERIES)
    assert [told[f"m{n + 1}"] for n in range(len(style.SHADES))] == list(style.SHADES)
    assert (told["land"], told["home"]) == (style.NO_DATA, style.HOME)


# --- what it cannot do ----------------------------------------------------------------------

HOSTILE = "</script><script>window.hit=1</script><!--&\u2028\u2029"


@pytest.mark.slow
def test_cells_are_data_and_nothing_else(mini):
    collected = payload.collect(mini)
    collected["about"]["title"] = HOSTILE
    collected["sources"][0][0] = HOSTILE
    text = report.page(collected, libraries.load())
    assert HOSTILE not in text
    assert "</script><script>window" not in text
    assert content(text)["about"]["title"] == HOSTILE
    assert not re.search("[<>&\u2028\u2029]", payload.embedded(collected))


def test_only_the_scripts_of_the_page_may_run(page):
    text = page.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert "unsafe" not in parts["script-src"]
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", text, re.S)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    assert parts["script-src"].split() == [f"'sha256-{digest}'" for digest in digests]


def test_the_page_names_no_library_on_a_host(page):
    text = re.sub(r"(?s)(<script[^>]*>).*?</script>", r"\1", page.read_text(encoding="utf-8"))
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=\"(?!data:)", text)
    assert "@import" not in text


def test_scripts_end_nothing():
    assert libraries.inline("a</SCRIPT>b<!--\r\n") == "a<\\/SCRIPT>b<\\!--\n"


def test_a_module_is_bound_to_the_window():
    assert (
        libraries.set_on_window("let a=1;export{b as X,a as default};")
        == "let a=1;window.DataTable=a;"
    )
    with pytest.raises(SecdiploError, match="no default export"):
        libraries.set_on_window("let a=1;export{a as X};")


# --- when it is not written -----------------------------------------------------------------


def test_other_files_stay_and_an_older_page_goes(mini, page, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "index.html").write_text('<meta name="generator" content="secdiplo 0.0">')
    written = report.write(mini, tmp_path)
    assert written.read_bytes() == page.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index.html", "notes.txt"]


def test_a_page_of_another_origin_stays(mini, tmp_path):
    (tmp_path / "index.html").write_text("<title>my site</title>")
    with pytest.raises(UsageError, match="was not written by secdiplo; move it away"):
        report.write(mini, tmp_path)
    assert (tmp_path / "index.html").read_text() == "<title>my site</title>"


def test_a_file_in_the_place_of_the_folder(mini, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="is a file; name a folder for the report"):
        report.write(mini, tmp_path / "out")
    with pytest.raises(UsageError, match=r"cannot be (read|made)"):
        report.write(mini, tmp_path / "out" / "below")


def test_a_folder_in_the_place_of_the_page(mini, tmp_path):
    (tmp_path / "index.html").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        report.write(mini, tmp_path)


def test_a_folder_that_cannot_be_written(mini, tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    with pytest.raises(UsageError, match="cannot be written \\(Permission denied\\)"):
        report.write(mini, tmp_path / "new" / "folder")


def test_a_write_that_fails_leaves_nothing(mini, tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(SecdiploError, match="No space left on device"):
        report.write(mini, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["vl_convert", "itables"])
def test_a_missing_library_is_named(mini, tmp_path, monkeypatch, name):
    monkeypatch.setattr(libraries, "load", _load)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SecdiploError, match=r"pip install '\.\[report\]'"):
        report.write(mini, tmp_path)
    assert list(tmp_path.iterdir()) == []
