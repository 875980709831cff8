"""Figures: their numbers beside those of the sheet, their words, their files, and what they refuse."""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import re
import shutil
import struct
import subprocess
import sys
import types
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.colors
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.image import imread
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import secdiplo as sd
from secdiplo import figures
from secdiplo.cli import main
from secdiplo.figures import basemap, lettering, maps, phrases, style

ROOT = Path(__file__).resolve().parent.parent
MINI = ROOT / "tests" / "data" / "mini"
BUILT_IN = figures.available(sd.load()._built.dataset)
NAMES = list(BUILT_IN)
SCOPE = {
    ("MPS", "minister"),
    ("MPS", "vice_minister"),
    ("MPS", "assistant_minister"),
    ("CPLC", "cplc_secretary"),
    ("MSS", "minister"),
}


@pytest.fixture(scope="module")
def ds():
    return sd.load()


@pytest.fixture(scope="module")
def sheet():
    """The rows of the sheet in the paper's scope, read and narrowed without the toolkit."""
    with (ROOT / "data/curated/interactions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        row
        for row in rows
        if (row["agency"], row["official_rank"]) in SCOPE
        and (row["date_end"] or row["date"])[:7] >= "2022-06"[: len(row["date"])]
        and row["date"][:7] <= "2025-06"
    ]


def meetings(sheet):
    """Country and format of each bilateral meeting."""
    return {
        row["event_key"]: (row["counterpart"], row["format"])
        for row in sheet
        if row["format"] in {"bilateral", "sideline"} and row["counterpart_type"] == "country"
    }


def countries():
    with (ROOT / "data/reference/countries.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ranks(axes):
    """The ranks that are written beside the rows, as numbers; each has a point after it."""
    texts = [text.get_text() for text in axes.texts]
    assert "Rank" in texts
    return [int(text[:-1]) for text in texts if re.fullmatch(r"\d+\.", text)]


def regions():
    with (ROOT / "data/reference/regions.csv").open(encoding="utf-8", newline="") as file:
        return {row["iso3"]: row["region"] for row in csv.DictReader(file)}


def words(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]


def key(figure):
    """The labels of the samples below the title, with their samples."""
    return {
        text.get_text(): handle
        for legend in figure.legends
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }


def said(figure):
    return " ".join(" ".join(words(figure)).split())


def bars(axes):
    return [p for p in axes.patches if isinstance(p, Rectangle) and p.get_zorder() > 0]


def mini_with_figures(folder):
    """A copy of the mini dataset with the figures of the built-in one that its queries allow."""
    copy = Path(shutil.copytree(MINI, folder / "mini"))
    text = (ROOT / "data" / "dataset.toml").read_text(encoding="utf-8")
    tables = re.findall(r"^\[figures\.(?:gsi|forum)_map.*?(?=^\[)", text, flags=re.M | re.S)
    assert len(tables) == 3
    with (copy / "dataset.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + "".join(tables))
    return copy


# What every figure has


@pytest.fixture(scope="module")
def mini_tables(tmp_path_factory):
    """The tables of the mini dataset, whose intervals take long to compute."""
    folder = tmp_path_factory.mktemp("mini")
    sd.build(mini_with_figures(folder), folder / "tables")
    return folder / "tables"


def long_dataset(folder):
    """A made-up dataset of 75 years, many agencies, officials and sessions, and long names."""
    folder.mkdir()
    (folder / "curated").mkdir()
    (folder / "dataset.toml").write_text(
        'name = "long"\ntitle = "Made up"\nversion = "1.0"\nlicence = "CC0-1.0"\n'
        '[home]\ncountry = "FRA"\n[defaults]\nmode = "in_person"\nconfidence = "high"\n'
        'official_rank = "minister"\nsource_url = "https://example.org/made-up"\n'
        '[figures.organization_timeline]\nparameters.organization = "INTERPOL"\n',
        encoding="utf-8",
    )
    agencies = [f"AGENCY{n}" for n in range(9)]
    codes = [f"agency,{a},Ministry of the Interior and of the Regions number {a[-1]},Made up.,"
             for a in agencies]  # fmt: skip
    codes += ["official_rank,minister,Minister,Made up.,", "topic,other,Other,Made up.,"]
    (folder / "codes.csv").write_text(
        "list,code,label,meaning,parent\n" + "\n".join(codes) + "\n", encoding="utf-8"
    )
    states = [row["iso3"] for row in countries() if row["cow"] and not row["state_to"]]
    states.remove("FRA")
    series = ["Meeting of Ministers of the Interior of the Western Mediterranean", "Police Chiefs",
              "International Conference on the Protection of Critical Infrastructures"]  # fmt: skip
    rows = ["date,agency,official,format,forum,counterpart_type,counterpart"]
    for n in range(1800):
        year, month, day = 1950 + n // 24, n // 2 % 12 + 1, n * 7 % 28 + 1
        kind = ("bilateral", "multilateral", "sideline")[n % 3] if n % 5 == 0 else "bilateral"
        forum = f"{series[n // 15 % 3]} {year}" if kind != "bilateral" else ""
        official = f"Familyname-Doublename {n % 37}, Giventhename"
        state = states[n * n % 61 if n % 2 else n % len(states)]
        whom = "organization,INTERPOL" if n % 97 == 0 else f"country,{state}"
        rows.append(
            f'{year}-{month:02}-{day:02},{agencies[n % 9]},"{official}",{kind},{forum},{whom}'
        )
    (folder / "curated" / "interactions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


DATASETS = {
    "built-in": None,
    "mini": MINI,
    "guests": ROOT / "examples" / "us_state_guests",
    "stream": ROOT / "examples" / "event_stream",
    "long": None,  # see `long_dataset`
}
KEPT_APART = 0.5  # pixels, at 110 dots per inch


@pytest.fixture(scope="module")
def drawn(mini_tables, tmp_path_factory):
    """Every figure of a dataset at a width, drawn once."""
    known = {}

    def draw(dataset, width):
        if (dataset, width) not in known:
            path = mini_tables if dataset == "mini" else DATASETS[dataset]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # notices on names that no sheet has
                if dataset == "long":
                    path = long_dataset(tmp_path_factory.mktemp("long") / "long")
                found, loaded = {}, sd.load(path)
            for name in loaded.figures().index:
                with contextlib.suppress(sd.FigureError):
                    found[name] = loaded.plot(name, width=width)
                    FigureCanvasAgg(found[name]).draw()
            known[dataset, width] = found
        return known[dataset, width]

    return draw


def shown(figure):
    """The texts of a figure that are drawn, each with its box in pixels."""
    ticks = {
        id(label)
        for axes in figure.axes
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for place, label in zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
        if not min(limits) <= place <= max(limits)  # never drawn
    }
    return [
        (text, text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and id(text) not in ticks
    ]


def marks(figure):
    """The boxes of the discs, diamonds and bars in the axes of a figure, in pixels."""
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_marker() not in {"o", "D"}:
                continue
            half = (line.get_markersize() + line.get_markeredgewidth()) / 2 * figure.dpi / 72
            for x, y in axes.transData.transform(np.column_stack(line.get_data()).astype(float)):
                yield Bbox([[x - half, y - half], [x + half, y + half]])
        yield from (bar.get_window_extent() for bar in bars(axes) if bar.get_width())


def smaller(box):
    return box.padded(-KEPT_APART)


EVERYWHERE = pytest.mark.parametrize(
    ("dataset", "width"), [(dataset, width) for dataset in DATASETS for width in (3.5, 6.5)]
)


@EVERYWHERE
@pytest.mark.slow
def test_texts_lie_within_the_figure_and_touch_nothing(drawn, dataset, width):
    figures_ = drawn(dataset, width)
    assert {"regional_shares", "interactions_map"} <= set(figures_)
    for name, figure in figures_.items():
        texts = shown(figure)
        for text, box in texts:
            inside = figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
            inside = inside and figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1
            assert inside, (name, text.get_text())
        for (one, box), (other, another) in itertools.combinations(texts, 2):
            touching = smaller(box).overlaps(smaller(another))
            assert not touching, (name, one.get_text(), other.get_text())
        for mark in marks(figure):
            under = [text.get_text() for text, box in texts if smaller(box).overlaps(mark)]
            assert not under, (name, under)


@EVERYWHERE
@pytest.mark.slow
def test_no_text_is_cut_or_code(drawn, dataset, width):
    for name, figure in drawn(dataset, width).items():
        text = said(figure)
        own = re.sub(r"\(\w+ data", "", text)
        assert "…" not in text, name
        assert not re.search(r"[=`{}]|\w_\w|\w\(\w+\)", own), (name, own)
        assert not re.search(r"\b(?:leads?|peaks?|None|nan)\b", own), name


@EVERYWHERE
@pytest.mark.slow
def test_every_percentage_has_one_decimal(drawn, dataset, width):
    for name, figure in drawn(dataset, width).items():
        unquoted = re.sub("“[^”]*”", "", said(figure))
        found = re.findall(r"(\d[\d.]*)(?:%| percent)", unquoted)
        assert all(re.fullmatch(r"\d+\.\d", number) for number in found), (name, found)
        assert found or name != "regional_shares"


@EVERYWHERE
@pytest.mark.slow
def test_no_title_ends_in_a_lone_word(drawn, dataset, width):
    for name, figure in drawn(dataset, width).items():
        lines = [
            text.get_text() for text in figure.texts if text.get_fontsize() == style.TITLE_SIZE
        ]
        assert lines and figure.described.startswith(" ".join(lines)), name
        assert len(lines) == 1 or " " in lines[-1], (name, lines)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_says_scope_version_source_and_evidence(ds, name):
    figure = ds.plot(name)
    text = said(figure)
    assert f"china_internal_security data {ds.version}, secdiplo {sd.__version__}" in text
    assert "Source: China's internal-security diplomacy" in text
    with (ROOT / "data/curated/interactions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source_url"] for row in rows)
    events = {row["event_key"] for row in rows}
    pairs = {(r["event_key"], r["counterpart_type"], r["counterpart"]) for r in rows
             if r["counterpart"]}  # fmt: skip
    assert f"{len(pairs)} interactions in {len(events)} events with a cited source" in text
    assert "the coding is not exhaustive" in text
    assert "Scope: " in text
    assert figure.described.split(".")[0].split(";")[0][:20] in text
    assert any(char.isdigit() for char in figure.described)


def test_evidence_is_that_of_the_dataset():
    text = said(sd.load(DATASETS["guests"]).plot("regional_shares"))
    assert "231 interactions in 125 events with a cited source" in text
    assert "the coding claims to be exhaustive" in text
    assert "Scope: The president, 2011 to 2014." in text
    assert "Regions: regional bureaus of the U.S. Department of State." in text
    text = said(sd.load(DATASETS["stream"]).plot("regional_shares"))
    assert "286 interactions in 286 events, all of them synthetic: invented; not evidence" in text
    assert "attested" not in text
    assert "Scope: the whole dataset." in text


def test_imputed_rows_are_not_called_attested():
    figure = sd.load(ROOT / "tests" / "data" / "imputed").plot("regional_shares")
    assert "attested and imputed" in figure.described


def test_every_figure_of_the_paper_is_there():
    paper = {spec.paper for spec in BUILT_IN.values()} - {""}
    assert paper == {*(f"Figure {n}" for n in range(1, 10)), "Table 2", "Table 3"}
    dataset = sd.load()._built.dataset
    assert figures.find("figure_4", dataset).name == "gsi_map"
    assert figures.find("Table 3", dataset).name == "official_ranking"


def test_colours_differ_in_grey():
    def lightness(colour):
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in matplotlib.colors.to_rgb(colour)
        ]
        return np.dot([0.2126, 0.7152, 0.0722], linear) ** (1 / 2.4)

    first = [lightness(colour) for colour in style.SERIES[:3]]
    assert min(abs(a - b) for a, b in itertools.combinations(first, 2)) > 0.12
    shades = [lightness(shade) for shade in style.SHADES]
    assert shades == sorted(shades, reverse=True)
    assert min(a - b for a, b in itertools.pairwise(shades)) > 0.08
    assert len(set(style.HATCHES)) == len(style.HATCHES) >= len(style.SERIES)


# Numbers


def test_bilateral_by_region_has_the_counts_of_the_sheet(ds, sheet):
    region = regions()
    counts = Counter((region[country], kind) for country, kind in meetings(sheet).values())
    figure = ds.plot("figure_9")
    (axes,) = figure.axes
    names = [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()]
    drawn = bars(axes)
    half = len(drawn) // 2
    for n, name in enumerate(names):
        assert drawn[n].get_width() == counts[name, "bilateral"]
        assert drawn[half + n].get_width() == counts[name, "sideline"]
    assert sum(bar.get_width() for bar in drawn) == len(meetings(sheet))
    whole, best = len(meetings(sheet)), max(sum(counts[name, kind] for kind in
        ("bilateral", "sideline")) for name in names)  # fmt: skip
    assert f"({best} of {whole})" in said(figure)


def test_regional_shares_are_beside_the_published_ones(ds, sheet):
    region = regions()
    counts = Counter(region[country] for country, _ in meetings(sheet).values())
    figure = ds.plot("regional_shares")
    (axes,) = figure.axes
    widths = [round(bar.get_width(), 1) for bar in bars(axes)]
    whole = sum(counts.values())
    assert widths == sorted((round(100 * n / whole, 1) for n in counts.values()), reverse=True)
    diamonds = sorted(line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D")
    assert diamonds == [10.4, 27.4]
    assert "published" in key(figure)


def test_a_narrowed_figure_shows_no_published_figure(ds):
    figure = ds.plot("regional_shares", agency="CPLC")
    (axes,) = figure.axes
    assert not [line for line in axes.lines if line.get_marker() == "D"]
    assert "Published" not in said(figure)
    assert "Selection: agency Central Political and Legal Affairs Commission." in said(figure)


def test_half_years_add_up_to_the_agencies_of_the_sheet(ds, sheet):
    named = {
        (row["event_key"], row["agency"], row["counterpart_type"], row["counterpart"])
        for row in sheet
        if row["counterpart"]
    }
    events = {(row["event_key"], row["agency"]) for row in sheet}
    upper, lower = ds.plot("figure_1").axes
    assert sum(bar.get_height() for bar in bars(upper)) == len(named)
    assert sum(bar.get_height() for bar in bars(lower)) == len(events)


def test_the_season_has_its_share(ds, sheet):
    year = {
        (row["event_key"], row["counterpart_type"], row["counterpart"])
        for row in sheet
        if row["date"].startswith("2024") and row["counterpart"]
    }
    season = {
        pair
        for pair in year
        for row in sheet
        if row["event_key"] == pair[0] and "2024-09-02" <= row["date"] <= "2024-09-17"
    }
    text = said(ds.plot("figure_6"))
    share = f"{100 * len(season) / len(year):.1f}"
    assert f"{len(season)} of the {len(year)} attested interactions of 2024 ({share}%)" in text
    assert "close to 40 percent" in text


@pytest.mark.parametrize(
    ("name", "column"), [("figure_2", "interactions"), ("figure_3", "bilateral_meetings")]
)
def test_maps_colour_every_country_by_its_class(ds, sheet, name, column):
    counts = Counter(country for country, _ in meetings(sheet).values())
    if column == "interactions":
        pairs = {(r["event_key"], r["counterpart_type"], r["counterpart"]) for r in sheet}
        counts = Counter(code for _, kind, code in pairs if kind == "country")
    figure = ds.plot(name)
    (axes,) = figure.axes
    legend = list(key(figure))
    numbers = [re.findall(r"\d+", text) for text in legend if "(" in text and "home" not in text]
    members = [(int(found[0]), int(found[-2]), int(found[-1])) for found in numbers]
    for low, high, countries in members:
        assert countries == sum(low <= n <= high for n in counts.values())
    assert sum(countries for *_, countries in members) == len(counts)
    shaded = sum(
        len(part.get_paths())
        for part in axes.collections
        if isinstance(part, PathCollection)
        and matplotlib.colors.to_hex(part.get_facecolor()[0]) in style.SHADES
    )
    assert shaded == len(set(counts) & set(basemap.load().shapes))
    circles = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(circles) == len(set(counts) & basemap.load().small)


def test_supporters_and_participants_stand_beside_what_is_claimed(ds):
    with (ROOT / "data/curated/gsi_support.csv").open(encoding="utf-8", newline="") as file:
        known = [r for r in csv.DictReader(file)
                 if r["counterpart_type"] == "country" and r["date"] <= "2025-06-30"]  # fmt: skip
    text = said(ds.plot("figure_4"))
    wordings = Counter(row["wording"] for row in known)
    legend = dict(BUILT_IN["gsi_map"].own["legend"])
    for wording, shown in legend.items():
        assert (f"{shown} ({wordings[wording]})" in text) == bool(wordings[wording])
    by_name = wordings["support"]
    assert set(wordings) <= set(legend)
    assert f"{len(known)} countries on record" in text
    assert f"{by_name} of them “support by name”; published: 113 countries" in text
    assert "113 countries" in text and "119 countries and organizations" in text
    text = said(ds.plot("figure_5"))
    with (ROOT / "data/curated/forum_participants.csv").open(encoding="utf-8", newline="") as file:
        present = {r["counterpart"] for r in csv.DictReader(file)
                   if r["counterpart_type"] == "country"
                   and r["forum_id"] == "GPSCFL 2024"}  # fmt: skip
    assert f"at GPSCFL 2024 ({len(present)})" in text
    assert "122 countries, regions and organizations" in text


def test_forum_timeline_has_a_mark_for_every_session(ds, sheet):
    sessions = {row["forum"] for row in sheet if row["forum"]}
    (axes,) = ds.plot("figure_7").axes
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(marks) == len(sessions)


def test_the_centres_series_is_said_to_be_missing(ds):
    figure = ds.plot("figure_8")
    assert "in none of the source texts" in said(figure)
    assert "澜沧江-湄公河综合执法安全合作中心" in said(figure)
    (axes,) = figure.axes
    with (ROOT / "data/curated/interactions.csv").open(encoding="utf-8", newline="") as file:
        events = {
            row["event_key"] for row in csv.DictReader(file)
            if row["counterpart"] == "LMLECC" or row["forum"].startswith("Lancang-Mekong")
        }  # fmt: skip
    assert len([line for line in axes.lines if line.get_marker() == "o"]) == len(events)
    other = said(ds.plot("figure_8", organization="INTERPOL"))
    assert "INTERPOL" in other and "the paper also draws" not in other.lower()


def test_rankings_have_the_counts_of_the_sheet(ds, sheet):
    counts = Counter(country for country, _ in meetings(sheet).values())
    axes, beside = ds.plot("table_2").axes
    rows = len(axes.get_yticks())
    drawn = bars(axes)
    totals = [drawn[n].get_width() + drawn[rows + n].get_width() for n in range(rows)]
    assert totals == [n for _, n in counts.most_common(rows)]
    assert ranks(axes) == [1 + sum(n > total for n in counts.values()) for total in totals]
    several = Counter(code for _, code in {(r["event_key"], r["counterpart"]) for r in sheet
                      if r["format"] == "multilateral"})  # fmt: skip
    names = {row["name"]: row["iso3"] for row in countries()}
    labels = [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()]
    assert [bar.get_width() for bar in bars(beside)] == [several[names[label]] for label in labels]
    met = defaultdict(Counter)
    for row in sheet:
        if row["event_key"] in meetings(sheet):
            met[row["official"]][row["event_key"]] = 1
    left, right = ds.plot("table_3").axes
    for axes in (left, right):
        official, whole = re.fullmatch(
            r"(.+), \w+: (\d+) meetings", axes.get_title(loc="left")
        ).groups()
        assert int(whole) == sum(met[official].values())
        drawn = [bar.get_width() for bar in bars(axes)]
        assert ranks(axes) == [1 + sum(other > n for other in drawn) for n in drawn]


def test_every_claim_that_can_be_tested_has_two_marks(ds):
    table = ds.reproduce()
    tested = table[table.recomputed.notna()]
    figure = ds.plot("claims_compared")
    published, found = (
        [x for axes in figure.axes for line in axes.lines if line.get_marker() == mark
         for x in line.get_xdata()]
        for mark in "Do"
    )  # fmt: skip
    assert sorted(published) == sorted(tested.published.astype(float))
    assert sorted(round(x, 2) for x in found) == sorted(tested.recomputed.astype(float))
    text = said(figure)
    for claim in tested.itertuples():
        assert f"{claim.claim_id}: “{' '.join(claim.quote.split())}”" in text
    assert f"{len(table) - len(tested)} more published values cannot be recomputed" in text
    assert f"{(tested.status == 'reproduced').sum()} are reproduced" in text


def test_the_network_has_a_line_for_every_pair(ds, sheet):
    pairs = {
        (row["official"], row["agency"], row["counterpart"])
        for row in sheet
        if row["event_key"] in meetings(sheet) and row["official"]
    }
    (axes,) = ds.plot("officials_network").axes
    assert len([patch for patch in axes.patches if isinstance(patch, PathPatch)]) == len(pairs)


@pytest.mark.parametrize(
    "values", [[1], [1, 1, 2], [1, 2, 3, 4, 5], [1] * 20 + [2] * 9 + list(range(3, 20)), [5, 900]]
)
def test_each_count_falls_into_one_class(values):
    found = maps.classes(values)
    assert len(found) <= 5
    for value in values:
        assert sum(low <= value <= high for low, high in found) == 1
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))


# The map


def test_areas_on_the_map_are_true():
    """Areas of the countries in square kilometres, from the map on a sphere of 6371 km."""

    def area(code):
        rings = [ring for polygon in basemap.load().shapes[code] for ring in polygon]
        whole = 0.0
        for ring in rings:
            x, y = ring[:, 0], ring[:, 1]
            whole += abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)
        return whole * 6371**2 / 1e6

    for code, known in {"BRA": 8.5, "RUS": 17.1, "USA": 9.5, "COD": 2.34, "AUS": 7.7}.items():
        assert area(code) == pytest.approx(known, rel=0.05), code


def test_no_shape_runs_across_the_map():
    for code, polygons in basemap.load().shapes.items():
        for polygon in polygons:
            assert np.ptp(polygon[0][:, 0]) < 3, code


def test_states_without_a_shape_and_areas_without_a_code():
    shown = basemap.load()
    assert {"Somaliland", "N. Cyprus"} <= set(shown.unassigned)
    assert "XKX" in shown.shapes and len(shown.shapes["XKX"]) == 1
    with (ROOT / "data/reference/countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    states = {row["iso3"] for row in rows if row["cow"] and not row["state_to"]}
    assert states <= set(shown.points)
    assert {"TUV", "SGP", "NRU", "TON", "MLT"} <= shown.small
    assert not {row["iso3"] for row in rows if row["state_to"]} & set(shown.shapes)


def test_what_is_not_on_the_map_is_named(tmp_path):
    folder = Path(shutil.copytree(MINI, tmp_path / "mini"))
    path = folder / "curated" / "interactions.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",country,IND,", ",country,MTQ,"), encoding="utf-8")
    text = said(sd.load(folder).plot("interactions_map"))
    assert "Not on the map: Martinique." in text


def test_thinner_shapes_keep_areas_and_leave_no_gaps(monkeypatch):
    thin = basemap.load()
    monkeypatch.setattr(basemap, "TOLERANCE", 0.0)
    whole = basemap.load.__wrapped__()

    def size(shapes, code):
        return sum(abs(basemap._area(rings[0])) for rings in shapes[code])

    assert set(thin.shapes) == set(whole.shapes) and thin.small == whole.small
    assert sum(len(r) for s in thin.shapes.values() for p in s for r in p) < 20_000
    for code, polygons in whole.shapes.items():
        border = sum(np.hypot(*np.diff(rings[0], axis=0).T).sum() for rings in polygons)
        lost = abs(size(thin.shapes, code) - size(whole.shapes, code))
        assert lost <= border * 0.0024, code  # no line moves by more than a fifth of a point
        if size(whole.shapes, code) > 0.01:
            assert lost < 0.05 * size(whole.shapes, code), code
    points = {code: {tuple(point) for rings in thin.shapes[code] for ring in rings
                     for point in np.round(ring, 9)} for code in ("FRA", "DEU", "THA", "LAO")}  # fmt: skip
    for one, other in (("FRA", "DEU"), ("THA", "LAO")):
        assert len(points[one] & points[other]) > 3  # one border, kept in the same points


# Parameters


def test_a_season_of_another_session_is_of_its_year(ds, sheet):
    figure = ds.plot("forum_window", forum="GPSCFL 2023")
    (axes,) = figure.axes
    dated = {
        (row["event_key"], row["agency"], row["counterpart_type"], row["counterpart"])
        for row in sheet
        if row["date"][:4] == "2023" and row["counterpart"]
    }
    assert sum(bar.get_height() for bar in bars(axes)) == len(dated)
    assert "of 2023" in figure.described and "Selection: in 2023." in said(figure)


def test_a_map_of_another_session_keeps_the_rest_of_the_series(ds, sheet):
    default, chosen = ds.plot("forum_map"), ds.plot("forum_map", forum="GPSCFL 2024")
    attended = {"GPSCFL 2024": set(), "others": set()}
    with (ROOT / "data/curated/forum_participants.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["counterpart_type"] == "country" and row["forum_id"].startswith("GPSCFL "):
                here = "GPSCFL 2024" if row["forum_id"] == "GPSCFL 2024" else "others"
                attended[here].add(row["counterpart"])
    for row in sheet:
        if row["format"] == "multilateral" and row["counterpart_type"] == "country":
            if row["forum"] == "GPSCFL 2024":
                attended["GPSCFL 2024"].add(row["counterpart"])
            elif row["forum"].startswith("GPSCFL 2"):
                attended["others"].add(row["counterpart"])
    others = len(attended["others"] - attended["GPSCFL 2024"])
    for figure in (default, chosen):
        assert f"at other sessions only ({others})" in said(figure)
    assert "at GPSCFL 2023 (" in said(ds.plot("forum_map", forum="GPSCFL 2023"))


def test_an_agency_keeps_its_colour(ds):
    def looks(figure):
        return {
            name.partition(":")[0]: matplotlib.colors.to_hex(
                handle.get_facecolor() if hasattr(handle, "get_facecolor") else handle.get_color()
            )
            for name, handle in key(figure).items()
            if not name.startswith("window")
        }

    whole = looks(ds.plot("figure_1", width=3.5))
    assert looks(ds.plot("figure_6", width=3.5)).items() <= whole.items()
    assert looks(ds.plot("officials_network", agency="CPLC")) == {"CPLC": whole["CPLC"]}


def test_the_last_of_a_ranking_says_who_has_as_many(ds, sheet):
    counts = Counter(country for country, _ in meetings(sheet).values())
    ordered = [n for _, n in counts.most_common()]
    alike = sum(n == ordered[14] for n in ordered[15:])
    note = f"{alike} have as many as the last one shown"
    assert (note in said(ds.plot("table_2"))) == bool(alike)


def test_datasets_without_forums_draw_the_rest(tmp_path):
    built = sd.load(ROOT / "examples" / "suppressed")._built
    files, lacking = figures.draw_all(built, tmp_path)
    assert {"regional_shares.png", "interactions_map.png"} <= {file.name for file in files}
    assert any("forum_window" in text and "needs `forum`" in text for text in lacking)
    asked = "figure `organization_timeline` needs `organization`, for which suppressed has no"
    assert any(text.startswith(asked) for text in lacking), lacking
    assert len(files) + len(lacking) == len(figures.FIGURES)


# Files


@pytest.mark.parametrize("ending", style.FIGURE_ENDINGS)
@pytest.mark.slow
def test_the_same_figure_gives_the_same_bytes(ds, tmp_path, ending):
    for name in ("bilateral_map", "forum_window"):
        files = [
            figures.save(ds.plot(name), tmp_path / f"{name}{n}.{ending}").read_bytes()
            for n in range(2)
        ]
        assert files[0] == files[1]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        f"{name}{n}.{ending}" for name in ("bilateral_map", "forum_window") for n in range(2)
    ]


def test_a_notebook_shows_a_figure(ds):
    assert ds.plot("figure_9")._repr_png_().startswith(b"\x89PNG")


def test_pictures_are_not_blank(ds, tmp_path):
    picture = imread(figures.save(ds.plot("figure_2"), tmp_path / "map.png", dpi=100))
    assert picture.shape[1] == 650
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 100


def test_format_of_the_command_selects_events_only(tmp_path):
    """A figure has no output format of rows; a panel has."""
    helped = {
        name: CliRunner().invoke(main, [name, "--help"]).stdout for name in ("figure", "panel")
    }
    assert "output format" not in helped["figure"] and "output format" in helped["panel"]
    words = ["figure", "regional_shares", "-o", str(tmp_path / "y.png"), "--format", "json"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code != 0 and "unknown format `json`" in result.stderr


def test_a_picture_has_300_dots_per_inch_or_as_many_as_asked(ds, tmp_path):
    figure = ds.plot("figure_9", width=3.5)
    for dpi, pixels in ((None, 1050), (600, 2100)):
        header = figures.save(figure, tmp_path / "x.png", dpi=dpi).read_bytes()[:24]
        assert struct.unpack(">I", header[16:20]) == (pixels,)
    result = CliRunner().invoke(
        main, ["figure", "figure_9", "-o", str(tmp_path / "y.png"), "--dpi", "72", "--width", "4"]
    )
    assert result.exit_code == 0, result.output
    assert imread(tmp_path / "y.png").shape[1] == 288
    for dpi in (0, 10, 100_000, 1.5, "300"):
        with pytest.raises(sd.UsageError, match="whole number from 50 to 1200 dots"):
            figures.save(figure, tmp_path / "x.png", dpi=dpi)
    with pytest.raises(sd.UsageError, match=r"\.svg file has no resolution"):
        figures.save(figure, tmp_path / "x.svg", dpi=300)
    with pytest.raises(sd.UsageError, match=r"\.pdf file has no resolution"):
        figures.draw_all(ds._built, tmp_path / "all", "pdf", dpi=300)
    assert not (tmp_path / "all").exists()


@pytest.mark.parametrize("name", ["interactions_map", "gsi_map"])
def test_a_map_is_a_small_svg_that_is_drawn_like_the_picture(ds, tmp_path, name):
    file = figures.save(ds.plot(name), tmp_path / "map.svg")
    assert file.stat().st_size < 400_000
    paths = re.findall(rb'\sd="([^"]*)"', file.read_bytes())
    assert len(paths) > 200
    numbers = [number for path in paths for number in re.findall(rb"-?\d+\.?\d*", path)]
    assert max(len(number.partition(b".")[2]) for number in numbers) == 2
    root = ElementTree.parse(file).getroot()
    assert root.get("width") == "468pt"


def test_commands_draw_whatever_the_backend_of_a_notebook(tmp_path):
    for number, backend in enumerate(("module://no_such.backend", "nosuch")):
        out = tmp_path / f"{number}.png"
        done = subprocess.run(
            [sys.executable, "-m", "secdiplo", "figure", "regional_shares", "-o", str(out)],
            env={**os.environ, "MPLBACKEND": backend}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert out.read_bytes().startswith(b"\x89PNG")


def test_a_figure_is_shown_in_a_notebook_and_says_what_to_do_elsewhere(ds, monkeypatch):
    figure = ds.plot("figure_9")
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: None))
    with pytest.raises(sd.UsageError, match="write it to a file with"):
        figure.show()
    displayed = []
    shell = types.SimpleNamespace(get_ipython=lambda: "a shell")
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(
        sys.modules, "IPython.display", types.SimpleNamespace(display=displayed.append)
    )
    figure.show()
    assert displayed == [figure]


# Letters

NAMES_IN_SCRIPTS = "陳文清 이종섭 อนุทิน"


@pytest.fixture
def many_scripts(tmp_path):
    """The mini dataset with an official whose name no shipped font draws as a whole."""
    folder = Path(shutil.copytree(MINI, tmp_path / "mini"))
    path = folder / "curated" / "interactions.csv"
    text = path.read_text(encoding="utf-8").replace("Wang Xiaohong", NAMES_IN_SCRIPTS)
    assert NAMES_IN_SCRIPTS in text
    path.write_text(text, encoding="utf-8")
    (folder / "reference" / "officials.csv").unlink(missing_ok=True)
    for name in ("annotations/claims", "curated/disagreements", "curated/pledges"):
        sheet = folder / f"{name}.csv"  # claims take long to compare
        sheet.write_text(sheet.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    return folder


def test_letters_without_a_font_are_one_plain_message(many_scripts, tmp_path, monkeypatch):
    monkeypatch.setattr(lettering, "_installed", lambda missing: ())  # as with no other fonts
    out = tmp_path / "f.png"
    for command in (["figure", "official_ranking", "-o", str(out)],
                    ["figures", "-o", str(tmp_path / "all")]):  # fmt: skip
        result = CliRunner().invoke(main, [*command, "--data", str(many_scripts)])
        assert result.exit_code == 0, result.output
        told = [line for line in result.stderr.splitlines() if "left out" not in line]
        assert len(told) == 1, told
        assert told[0].startswith("warning: no installed font draws ")
        assert "(Han, Hangul, Thai)" in told[0].replace("; ", "(") and "Glyph" not in told[0]
    with pytest.warns(UserWarning, match="no installed font draws") as caught:
        figure = sd.load(many_scripts).plot("official_ranking")
    assert len([w for w in caught if "font" in str(w.message)]) == 1
    text = said(figure)
    assert "[?]文清 [?] [?]" in text
    assert not set("이อ陳") & set(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib's warnings of glyphs among them
        figures.save(figure, out)


def test_an_installed_font_draws_what_the_shipped_ones_lack(caplog):
    lettering.families([])  # adds the shipped font
    shipped = lettering._drawn_by(lettering.FAMILIES)
    entries = {e.name: e.fname for e in font_manager.fontManager.ttflist if "STIX" in e.name}
    assert entries  # they come with matplotlib
    more = set().union(*map(lettering._letters_of, entries.values())) - shipped
    letter = sorted(char for char in more if char.isalpha())[0]
    found = lettering.families([f"a{letter}"])
    assert found[:2] == list(lettering.FAMILIES) and len(found) == 3
    caplog.clear()
    font_manager.findfont(font_manager.FontProperties(family=found[2:], weight="bold"))
    assert not caplog.records  # matplotlib misses no bold letters
    with matplotlib.rc_context({"font.family": found}):
        assert lettering.drawable(f"a{letter}") == f"a{letter}"
        assert lettering.undrawn([letter]) == []
    with matplotlib.rc_context({"font.family": list(lettering.FAMILIES)}):
        assert lettering.drawable(f"a{letter}{letter}b") == "a[?]b"
        assert lettering.undrawn([letter]) == [letter]
    assert lettering.families(["Vietnam 公安部"]) == list(lettering.FAMILIES)


@pytest.mark.parametrize("shapes", [True, False])
def test_scripts_whose_letters_join_need_a_matplotlib_that_joins_them(monkeypatch, shapes):
    lettering.families([])
    monkeypatch.setattr(lettering, "SHAPES", shapes)
    for cached in (lettering._drawn_by, lettering._letters_of):
        cached.cache_clear()
    with matplotlib.rc_context({"font.family": ["DejaVu Sans"]}):
        assert lettering.drawable("محمد") == ("محمد" if shapes else "[?]")
    for cached in (lettering._drawn_by, lettering._letters_of):
        cached.cache_clear()


@pytest.mark.skipif(not lettering.SHAPES, reason="before Matplotlib 3.11 such letters are marked")
def test_a_line_with_a_hebrew_name_runs_from_left_to_right():
    lettering.families([])
    with matplotlib.rc_context(style.RC_PARAMS):
        assert lettering.fold("שלום, MPS: 1 meeting", 5, 7) == ["\u200eשלום, MPS: 1 meeting"]
        assert lettering.fold("12 MPS (שלום)", 5, 7) == ["12 MPS (שלום)"]


WORDS = st.text("abcdefghijklmnop", min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=25), st.floats(0.8, 6.3), st.booleans())
def test_lines_fit_keep_every_word_and_end_in_no_lone_one(some, inches, balanced):
    lettering.families([])
    with matplotlib.rc_context(style.RC_PARAMS):
        lines = lettering.fold(" ".join(some), inches, 7.5, balanced=balanced)
        assert "".join(lines).replace(" ", "") == "".join(some)
        widths = [lettering.text_width(line, 7.5) for line in lines]
        assert max(widths) <= inches + 1e-6
        whole = " ".join(lines) == " ".join(some)  # no word was broken
        if whole and len(lines) > 1 and " " not in lines[-1] and lines[-2].count(" ") > 1:
            pair = f"{lines[-2].split()[-1]} {lines[-1]}"
            assert lettering.text_width(pair, 7.5) > inches
        if not balanced:
            least = -(-lettering.text_width(" ".join(some), 7.5) // inches)
            assert len(lines) >= least


# Words


def label(kind, code):
    known = {("agency", "MPS"): "Ministry of Public Security", ("country", "VNM"): "Vietnam",
             ("agency", "CPLC"): "Law Commission", ("topic", "GSI"): "Global Security Initiative",
             ("official_rank", "minister"): "Minister", ("country", "FRA"): "France",
             ("confidence", "high"): "High", ("support_wording", "praise"): "Praise"}  # fmt: skip
    return known.get((kind, code), code)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ""),
        ({"scope": "all", "scheme": "un_m49", "agency": None, "topic": ()}, ""),
        ({"confidence": "low", "top": 0, "by": "half"}, ""),
        ({"confidence": "high"}, "confidence at least High"),
        ({"agency": "MPS,CPLC"}, "agency Ministry of Public Security or Law Commission"),
        ({"agency": ("MPS", "CPLC")}, "agency Ministry of Public Security or Law Commission"),
        ({"agency": ("MPS",)}, "agency Ministry of Public Security"),
        ({"not_agency": ("CPLC",)}, "not agency Law Commission"),
        ({"official": "Obama, Barack"}, "official Obama, Barack"),
        ({"official": ("Obama, Barack", "X")}, "official Obama, Barack or X"),
        ({"official_rank": "minister"}, "rank Minister"),
        ({"country": ("VNM", "FRA")}, "counterpart Vietnam or France"),
        ({"not_country": ("VNM",)}, "not counterpart Vietnam"),
        ({"home": "FRA"}, "home country France"),
        ({"region": ("Africa",)}, "region Africa"),
        ({"topic": ("GSI",)}, "topic Global Security Initiative"),
        ({"start": "2024-01-01", "end": "2024-12-31"}, "in 2024"),
        ({"start": "2024-03-01"}, "from 1 March 2024"),
        ({"end": "2024-06-30", "agency": "MPS"},
         "agency Ministry of Public Security; until 30 June 2024"),
        ({"start": "2023-01-01", "end": "2024-12-31"}, "from 1 January 2023 to 31 December 2024"),
        ({"as_of": "2025-06-30", "wording": "praise"}, "as of 30 June 2025; wording Praise"),
        ({"min_sources": 2}, "number of independent publishers at least 2"),
        ({"forum": "SCO 2024", "days": 7}, "forum SCO 2024"),
    ],
)  # fmt: skip
def test_filters_are_said_in_words(values, words):
    assert phrases.filters(values, label, {"wording": "support_wording"}, "") == words


def test_a_filter_that_the_figure_names_itself_is_not_repeated():
    assert phrases.filters({"forum": "SCO 2024"}, label, {}, "forum") == ""


def test_abbreviations_are_explained_from_the_data(ds):
    text = said(ds.plot("forum_timeline"))
    with (ROOT / "data/reference/organizations.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    assert f"SCO, {names['SCO']}" in text and f"EAPCCO, {names['EAPCCO']}" in text
    assert "GPSCFL, Global Public Security Cooperation Forum (Lianyungang)" in text
    assert names["WHO"] not in text
    text = said(ds.plot("forum_map"))
    assert names["GRSP"] in text and "GRSP" not in text


# Refusals


@pytest.mark.slow
def test_what_a_dataset_lacks_is_said(tmp_path):
    folder = mini_with_figures(tmp_path)
    sheet = folder / "curated" / "gsi_support.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    with pytest.raises(sd.FigureError, match=r"mini 1\.0 has no documented supporters.*gsi_supp"):
        sd.load(folder).plot("gsi_map")
    files, lacking = figures.draw_all(sd.load(folder)._built, tmp_path / "out")
    assert "gsi_map.png" not in {file.name for file in files}
    assert any("gsi_map" in text for text in lacking)


def test_years_alone_give_no_half_years(tmp_path):
    folder = Path(shutil.copytree(ROOT / "examples" / "suppressed", tmp_path / "years"))
    path = folder / "curated" / "interactions.csv"
    text = re.sub(r",(20\d\d)-\d\d-\d\d,", r",\1,", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(sd.FigureError, match="dated too imprecisely for a half-year"):
        sd.load(folder).plot("outreach_by_half")


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_selection_is_no_broken_figure(ds, name):
    params = {"gsi_map": {"as_of": "2000-01-01"}, "forum_window": {"official": "Guo Shengkun"}}
    params = params.get(name, {"start": "1990", "end": "1991"})
    if name in {"claims_compared", "forum_map"}:
        pytest.skip("no parameter empties it")
    with pytest.raises(sd.FigureError, match=f"figure `{name}`.* has no "):
        ds.plot(name, **params)


def test_wrong_calls_are_refused(ds, tmp_path):
    with pytest.raises(sd.UsageError, match="did you mean `regional_shares`"):
        ds.plot("regional_share")
    with pytest.raises(sd.UsageError, match="no parameter `agencys`; it has agency, confidence"):
        ds.plot("regional_shares", agencys="MPS")
    for name, params in {
        "outreach_by_half": {"by": "month"},
        "official_ranking": {"top": 3},
        "forum_window": {"start": "2023"},
    }.items():
        with pytest.raises(sd.UsageError, match=f"sets `{next(iter(params))}` itself"):
            ds.plot(name, **params)
    with pytest.raises(sd.FigureError, match="days of `BRICS.*` are not known"):
        ds.plot("forum_window", forum="BRICS heads of delegation meeting 2023")
    with pytest.raises(
        sd.UsageError, match="no participant is documented at `GPSCFL 2042`; did you mean"
    ):
        ds.plot("forum_map", forum="GPSCFL 2042")
    with pytest.raises(sd.UsageError, match="is after the end of scope `carnegie2025`, 2025-06-30"):
        ds.plot("interactions_map", start="2025-07")
    with pytest.raises(sd.UsageError, match="did you mean `INTERPOL`"):
        ds.plot("figure_8", organization="Interpol")
    with pytest.raises(sd.UsageError, match="unknown agency"):
        ds.plot("regional_shares", agency="KGB")
    for width in (0, 2, 100, float("nan"), "3.5"):
        with pytest.raises(sd.UsageError, match="width"):
            ds.plot("regional_shares", width=width)
    figure = ds.plot("figure_9")
    with pytest.raises(sd.UsageError, match=r"\.png, \.svg, \.pdf"):
        figures.save(figure, tmp_path / "x.gif")
    with pytest.raises(sd.UsageError, match="cannot be written"):
        figures.save(figure, tmp_path / "none" / "x.png")
    with pytest.raises(sd.UsageError, match="is a folder"):
        (tmp_path / "d.png").mkdir()
        figures.save(figure, tmp_path / "d.png")
    (tmp_path / "file").write_text("")
    with pytest.raises(sd.UsageError, match="cannot be made"):
        figures.draw_all(ds._built, tmp_path / "file" / "out")


def test_cells_are_text_never_mathematics(tmp_path):
    folder = Path(shutil.copytree(MINI, tmp_path / "mini"))
    path = folder / "curated" / "interactions.csv"
    text = path.read_text(encoding="utf-8").replace("Wang Xiaohong", r"$\frac{W}$ {x}")
    path.write_text(text, encoding="utf-8")
    (folder / "reference" / "officials.csv").unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the notice on a name that the sheet of officials lacks
        figure = sd.load(folder).plot("officials_network")
    FigureCanvasAgg(figure).draw()
    assert any(r"$\frac{W}$ {x}" in word for word in words(figure))
