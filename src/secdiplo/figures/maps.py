"""World maps of counts and of categories by country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path

from secdiplo.errors import FigureError, UsageError
from secdiplo.figures import basemap, phrases
from secdiplo.figures.inputs import Inputs, Row
from secdiplo.figures.style import (
    HOME,
    INK,
    NO_DATA,
    SHADES,
    FigureCanvas,
    FigureTexts,
    bare,
    shades,
)
from secdiplo.output.wording import counted, plural
from secdiplo.schema.tables import tables_of
from secdiplo.suggest import suggest

EDGE = "#8a8a8a"
CLASSES = 5


def classes(values: Sequence[int]) -> list[tuple[int, int]]:
    """Classes of counts: at most five, each with its least and greatest count.

    Parameters
    ----------
    values : sequence of int
        The counts; each count falls into one class.

    Returns
    -------
    list of (int, int)
        From the least to the greatest; of few different counts each is a class.
    """
    known = sorted(set(values))
    if len(known) <= CLASSES:
        return [(value, value) for value in known]
    ordered = sorted(values)
    edges = sorted({ordered[round(n * (len(ordered) - 1) / CLASSES)] for n in range(1, CLASSES)})
    edges = [*(edge for edge in edges if edge < known[-1]), known[-1]]
    lows = [known[0], *(edge + 1 for edge in edges[:-1])]
    return list(zip(lows, edges, strict=True))


def interactions_map(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Where interactions of any format were held with."""
    return _counts(data, width, footer, "interactions", "interaction", "Interactions",
                   data.claims("dataset_totals", "interactions"))  # fmt: skip


def bilateral_map(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """With whom bilateral meetings were held."""
    return _counts(data, width, footer, "bilateral_meetings", "bilateral meeting",
                   "Bilateral meetings (standalone, or on the sidelines of a forum)",
                   data.claims("dataset_totals", "bilateral_meetings", relation="exact")
                   + data.claims("dataset_totals", "bilateral_countries"))  # fmt: skip


def _counts(
    data: Inputs, width: float, footer: Sequence[str], column: str, unit: str, title: str,
    published: Sequence[Row],
) -> Any:  # fmt: skip
    rows = [row for row in data.frames["country_totals"].rows if row[column]]
    counts = {row["country"]: row[column] for row in rows}
    steps = classes(list(counts.values()))
    fills, legend = {}, []
    for (low, high), shade in zip(steps, shades(len(steps)), strict=True):
        members = [code for code, count in counts.items() if low <= count <= high]
        fills.update(dict.fromkeys(members, shade))
        span = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        legend.append((shade, f"{span} ({counted(len(members), 'country')})"))
    among = f" with {counted(len(rows), 'country')}"
    found = phrases.most(rows, "name", column, among)
    words = FigureTexts(
        f"Most {data.status} {plural(unit, 2)}: {found}",
        f"{title} by country",
        ("Organizations are not mapped.", *_odd(counts, data.label), *phrases.published(published)),
    )
    return _drawn(data, width, words, footer, fills, legend)


def own_map(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """The countries in the rows of a query, by a category where the dataset names one."""
    own = data.spec.own
    rows = data.frames[own["query"]].rows
    countries: dict[str, Row] = {}
    column = own.get("colour_by")
    for row in filter(_is_country, rows):
        first = countries.setdefault(str(row["counterpart"]), row)
        if column and first[column] != row[column]:
            raise FigureError(
                f"figure `{data.spec.name}`: {row['counterpart']} has several values of "
                f"`{column}` ({first[column]}, {row[column]}), and a map shows one a country; "
                f"choose one in the query `{own['query']}`"
            )
    others = sorted({_named(row, data) for row in rows if not _is_country(row)})
    if not countries:
        what = f"no country is in the rows of the query `{own['query']}`"
        raise FigureError(f"figure `{data.spec.name}`: {what}; {data.spec.remedy}")
    published = data.claims(own["query"])
    same = [claim for claim in published if claim["unit"] == "countries"]
    beside = f"; published: {phrases.published_value(same[0])}" if same else ""
    shares = _categories(data, countries) if own.get("colour_by") else {}
    strongest = next(iter(shares), "")
    part = f"; {len(shares[strongest])} of them “{strongest}”" if shares.get(strongest) else ""
    words = FigureTexts(
        f"{counted(len(countries), 'country')} {own.get('finding') or 'on record'}{part}{beside}",
        f"{data.spec.about.rstrip('.')}; in brackets: countries",
        (
            *([f"Organizations: {len(others)} ({', '.join(others)})."] if others else []),
            *_odd(countries, data.label),
            *phrases.published(published),
        ),
    )
    shares = shares or {data.there: list(countries)}
    fills, legend = {}, []
    for shade, (text, members) in zip(reversed(shades(len(shares))), shares.items(), strict=True):
        fills.update(dict.fromkeys(members, shade))
        if members:
            legend.append((shade, f"{text} ({len(members)})"))
    return _drawn(data, width, words, footer, fills, legend)


def _categories(data: Inputs, countries: Mapping[str, Row]) -> dict[str, list[str]]:
    """The countries of each category, by its text in the legend, from the darkest shade on.

    The codes are in the order of the dataset's legend, then of the code list of the column.
    """
    own = data.spec.own
    column = own["colour_by"]
    labels: dict[Any, str] = dict(own.get("legend", ()))
    labels |= {
        code: label for code, label in _code_list(data, column).items() if code not in labels
    }
    values = {row[column] for row in countries.values()} - {None}
    labels |= {value: str(value) for value in sorted(values - set(labels), key=str)}
    labels[None] = f"{column.replace('_', ' ')} not coded"
    members = {
        code: [country for country, row in countries.items() if row[column] == code]
        for code in labels
    }
    if len(members) > len(SHADES):  # then each shade is needed for a code that is there
        members = {code: found for code, found in members.items() if found}
    if len(members) > len(SHADES):
        raise FigureError(
            f"figure `{data.spec.name}`: `{column}` has {len(members)} values, and a map has "
            f"{len(SHADES)} shades; group the values in the query"
        )
    shares: dict[str, list[str]] = {}
    for code, found in members.items():
        shares.setdefault(labels[code], []).extend(found)
    return shares


def _code_list(data: Inputs, column: str) -> dict[str, str]:
    """The codes of a column and their labels, where a table has a column of that name."""
    columns = (each for table in tables_of(data.dataset).values() for each in table.columns)
    lists = (each.codes for each in columns if each.name == column and each.codes)
    return data.labels.get(next(lists, ""), {})


def session_map(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Documented participants of a forum: at one session, and at others of its series only."""
    series, session, published = _session(data)
    own = [row for row in data.frames[data.spec.own["query"]].rows if row["series"] == series]
    here = {row["counterpart"] for row in own if _is_country(row) and row["forum"] == session}
    ever = {row["counterpart"] for row in own if _is_country(row)} - here
    bodies = {_named(row, data) for row in own if not _is_country(row)}
    present = {_named(r, data) for r in own if not _is_country(r) and r["forum"] == session}
    notes = [
        f"Organizations {data.there} {where}: {len(codes)} ({', '.join(sorted(codes))})."
        for where, codes in (
            (f"at {session}", present), ("at other sessions only", bodies - present)
        ) if codes
    ]  # fmt: skip
    beside = f"; published: {phrases.published_value(published[0])}" if published else ""
    words = FigureTexts(
        f"{counted(len(here), 'country')} {data.there} at {session}{beside}",
        f"Countries with a named participant or counterpart at {session} or another session of "
        f"{series}; in brackets: countries",
        (
            *notes,
            *_odd(here | ever, data.label),
            *phrases.published(published),
            *data.explain(session, series),
        ),
    )
    fills = {**dict.fromkeys(ever, SHADES[1]), **dict.fromkeys(here, SHADES[4])}
    legend = [
        (SHADES[4], f"at {session} ({len(here)})"),
        (SHADES[1], f"at other sessions only ({len(ever)})"),
    ]
    return _drawn(data, width, words, footer, fills, legend)


def _session(data: Inputs) -> tuple[str, str, list[Row]]:
    """The series and the session that the map is of, and what is published of it.

    The session is the one that the reader or the dataset names; else the first of which a number
    is published, else the latest, of the series with the most documented participants.
    """
    rows = data.frames[data.spec.own["query"]].rows
    asked: Any = data.given.get("forum", data.spec.defaults.get("forum"))
    of_forum = {row["forum"]: row["series"] for row in rows}
    if asked is not None and asked not in of_forum:
        raise UsageError(
            f"no participant is documented at `{asked}`; {suggest(asked, list(of_forum))}"
        )
    if data.given.get("forum") is not None:
        return of_forum[asked], asked, []
    counts = Counter(row["series"] for row in rows)
    series = of_forum.get(asked) or max(sorted(counts), key=lambda name: counts[name])
    sessions = sorted(forum for forum, its in of_forum.items() if its == series)
    claims = [
        claim for column in ("entities", "countries")
        for claim in data.claims(data.spec.own.get("published", ""), column) if claim["row"]
    ]  # fmt: skip
    named = [claim["row"].removeprefix("forum=") for claim in claims]
    session = asked or next((name for name in named if name in sessions), sessions[-1])
    return series, session, [claim for claim in claims if claim["row"] == f"forum={session}"]


def _is_country(row: Row) -> bool:
    return bool(row["counterpart_type"] == "country")


def _named(row: Row, data: Inputs) -> str:
    """Return the name of an organization or non-state actor, or its code if it has none."""
    code = str(row["counterpart"])
    return row.get("name") or data.label("organization", code) or code


def _odd(codes: Iterable[str], label: phrases.Label) -> list[str]:
    """Return notes on the map: what it cannot show, and how borders are drawn."""
    shown = basemap.load()
    lost = sorted(label("country", code) for code in codes if code not in shown.points)
    notes = [f"Not on the map: {', '.join(lost)}."] if lost else []
    return [*notes, f"{basemap.CONVENTION}. Circles: countries too small to see."]


def _drawn(
    data: Inputs, width: float, words: FigureTexts, footer: Sequence[str],
    fills: Mapping[str, str], legend: Sequence[tuple[str, str]],
) -> Any:  # fmt: skip
    shown = basemap.load()
    west, east, south, north = shown.extent
    south, north = south - 0.04, north + 0.04
    key = [Patch(facecolor=shade, edgecolor=EDGE, label=text) for shade, text in legend]
    key.append(Patch(facecolor=NO_DATA, edgecolor=EDGE, label=f"none {data.there}"))
    if data.home[0]:
        home = f"home country: {data.label('country', data.home[0])}"
        key.append(Patch(facecolor=HOME, hatch="////", edgecolor="white", label=home))
    height = (width - 0.24) * (north - south) / (east - west)
    sheet = FigureCanvas(width, words, footer, height, key)
    axes = sheet.axes(0, 0, 0, 0)
    bare(axes)
    axes.set_xlim(west - 0.05, east + 0.05)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    _shapes(axes, shown, fills, data.home)
    _circles(axes, shown, fills)
    return sheet.figure


def _shapes(
    axes: Axes, shown: basemap.World, fills: Mapping[str, str], home: Sequence[str]
) -> None:
    paths: dict[str, list[Path]] = {}
    for code, polygons in [*shown.shapes.items(), *shown.unassigned.items()]:
        shade = HOME if code in home else fills.get(code, NO_DATA)
        paths.setdefault(shade, []).append(_path(polygons))
    for shade, members in paths.items():
        axes.add_collection(
            PathCollection(
                members, facecolors=shade, edgecolors="white" if shade == HOME else EDGE,
                linewidths=0.2, hatch="////" if shade == HOME else None, antialiaseds=True,
            ),
            autolim=False,
        )  # fmt: skip


def _path(polygons: Sequence[Sequence[Any]]) -> Path:
    """One path of all rings of a country."""
    vertices = np.concatenate([ring for rings in polygons for ring in rings])
    codes = np.full(len(vertices), Path.LINETO, dtype=Path.code_type)
    place = 0
    for rings in polygons:
        for ring in rings:
            codes[place] = Path.MOVETO
            codes[place + len(ring) - 1] = Path.CLOSEPOLY
            place += len(ring)
    return Path(vertices, codes)


def _circles(axes: Axes, shown: basemap.World, fills: Mapping[str, str]) -> None:
    """A circle on each small state that has a count; on others a dot would be noise."""
    for code in sorted(shown.small & set(fills)):
        x, y = shown.points[code]
        line = Line2D([x], [y], marker="o", ls="", ms=4.6, mfc=fills[code], mec=INK, mew=0.6)
        axes.add_line(line)
