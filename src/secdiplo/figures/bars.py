"""Counts over time and by region as bars."""

from __future__ import annotations

import calendar
import datetime
import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from secdiplo import query as queries
from secdiplo.claims.domains import OTHER_REGION
from secdiplo.claims.filters import pairs
from secdiplo.claims.reproduce import ClaimResult
from secdiplo.errors import FigureError
from secdiplo.figures import phrases
from secdiplo.figures.inputs import Inputs, Row
from secdiplo.figures.lettering import text_width
from secdiplo.figures.style import (
    ATTESTED,
    HATCHES,
    LABEL_SIZE,
    PUBLISHED,
    SERIES,
    FigureCanvas,
    FigureTexts,
    colours,
    label_column,
    label_ends,
    label_rows,
    samples,
    whole_numbers,
    width_inches,
)
from secdiplo.output.wording import plural

LOOSE = "imprecise date"  # as the query has it
WINDOW = "#e9c46a"


# --- over time ------------------------------------------------------------------------------


def _half_years(rows: Sequence[Row]) -> list[str]:
    """Return every half-year from the first to the last, also those without an event."""
    known = sorted({row["period"] for row in rows} - {LOOSE})
    if not known:
        raise FigureError(
            "every event is dated too imprecisely for a half-year; there is no timeline to draw"
        )
    first, last = (int(period[:4]) * 2 + int(period[-1]) - 1 for period in (known[0], known[-1]))
    return [f"{n // 2}-H{n % 2 + 1}" for n in range(first, last + 1)]


def _stacked(
    axes: Axes, places: Sequence[float], data: Inputs, periods: Sequence[str], column: str
) -> None:
    """Draw bars stacked by agency, with the sum of each period above it."""
    rows = data.frames["period_totals"].rows
    heights = dict.fromkeys(periods, 0)
    room = width_inches(axes) / (max(places) + 1)
    for agency, (colour, hatch) in _looks(data).items():
        found = {row["period"]: row[column] for row in rows if row["agency"] == agency}
        counts = [found.get(period, 0) for period in periods]
        bottoms = list(heights.values())
        axes.bar(
            places, counts, 0.72, bottoms, color=colour, hatch=hatch, edgecolor="white",
            lw=min(0.5, room * 5),
        )  # fmt: skip
        for period, count in zip(periods, counts, strict=True):
            heights[period] += count
    widest = max(text_width(f"{height:,}", LABEL_SIZE) for height in heights.values())
    for place, height in zip(places, heights.values(), strict=True):
        if height and widest < room:  # else the axis alone gives the numbers
            axes.annotate(
                f"{height:,}", (place, height), (0, 1.5), textcoords="offset points", ha="center",
                va="bottom", fontsize=LABEL_SIZE,
            )  # fmt: skip
    axes.set_ylim(0, max(heights.values()) * 1.15)
    axes.tick_params(axis="x", length=0)
    whole_numbers(axes.yaxis)


def _looks(data: Inputs) -> dict[str, tuple[str, str]]:
    """Return the colour and hatch of each agency that has rows."""
    present = {row["agency"] for row in data.frames["period_totals"].rows}
    return {code: look for code, look in colours(data.agencies).items() if code in present}


def _key(data: Inputs) -> list[Patch]:
    return samples(
        {f"{code}: {data.label('agency', code)}": look for code, look in _looks(data).items()}
    )


def outreach_by_half(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw interactions, and below them events, of each half-year, stacked by agency."""
    rows = data.frames["period_totals"].rows
    periods = _half_years(rows)
    loose = [LOOSE] if any(row["period"] == LOOSE for row in rows) else []
    names = [*periods, *loose]
    totals = {p: sum(r["interactions"] for r in rows if r["period"] == p) for p in names}
    best = max(totals[period] for period in periods)
    first = [phrases.half(period) for period in periods if totals[period] == best]
    each = " each" if len(first) > 1 else ""
    notes = [
        "A joint event counts once for each agency. An event without a named counterpart has no "
        "interaction.",
        "The scope may cover the first and the last half-year only in part.",
    ]
    if loose:
        notes.append("Imprecise date: events known only to a period longer than a half-year.")
    notes += phrases.published(
        data.claims("dataset_totals", "interactions") + data.claims("dataset_totals", "events")
    )
    words = FigureTexts(
        f"Most {data.status} agency interactions in a half-year: {phrases.listed(first)} "
        f"({best:,}{each} of {sum(totals.values()):,})",
        "Agency interactions (counterparts in events, counted for each agency) and events, by "
        "half-year",
        tuple(notes),
    )
    sheet = FigureCanvas(width, words, footer, 3.35, _key(data))
    places = [float(n) for n in range(len(periods))] + [len(periods) + 0.4] * len(loose)
    every = math.ceil(0.33 * len(places) / (sheet.inner - 0.45))  # 0.33 inches for each label
    labels = [
        "" if n % every else phrases.half(p).replace(" ", "\n") for n, p in enumerate(periods)
    ]
    if loose:  # as wide as two others
        labels[-1] = "" if every > 1 else labels[-1]
        labels.append(LOOSE.replace(" ", "\n"))
    for bottom, top, column, unit in (
        (1.85, 0.0, "interactions", "agency interactions"),
        (0.4, 1.8, "events", "events"),
    ):
        axes = sheet.axes(0.45, 0, bottom, top)
        _stacked(axes, places, data, names, column)
        axes.set_ylabel(unit)
        axes.set_xticks(places, labels if column == "events" else [""] * len(labels))
    return sheet.figure


def forum_window(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw interactions by month of the year of a session, with its window marked."""
    rows = data.frames["period_totals"].rows
    window = data.frames["forum_window"]
    phases = {row["phase"]: row for row in window.rows}
    forum, days = window.result.values["forum"], window.result.values["days"]
    year = int(forum[-4:])
    periods = [f"{year}-{month:02d}" for month in range(1, 13)]
    loose = [LOOSE] if any(row["period"] == LOOSE for row in rows) else []
    inside, whole = phases["window"]["interactions"], phases["year"]["interactions"]
    if inside is None:
        raise FigureError(
            f"the days of `{forum}` are not known; add them to reference/sessions.csv"
        )
    share = phrases.percent(phases["window"]["share_percent"])
    words = FigureTexts(
        f"{inside:,} of the {whole:,} {data.status} interactions of {year} ({share}) are in the "
        f"window of {forum}",
        f"Agency interactions by month of {year}; the window is the session with {days} days "
        "before and after it",
        (
            "Bars count a joint interaction once for each agency; the share counts it once. The "
            "share includes an imprecise date only if all its days are in the window or the year.",
            *(_other_ratio(found, data) for found in data.findings if found.recomputed is not None),
            *data.explain(forum),
        ),
    )
    span = _window_days(data, forum, days)
    marked = [Patch(facecolor=WINDOW, alpha=0.45, label=f"window: {phrases.span(*span)}")]
    sheet = FigureCanvas(width, words, footer, 2.3, [*_key(data), *(marked if span else [])])
    axes = sheet.axes(0.45, 0, 0.35, 0.0)
    places = [float(n) for n in range(12)] + [12.8] * len(loose)
    _stacked(axes, places, data, [*periods, *loose], "interactions")
    axes.set_ylabel("agency interactions")
    names = [calendar.month_abbr[n][: 3 if width > 4.5 else 1] for n in range(1, 13)]
    axes.set_xticks(places, names + [LOOSE.replace(" ", "\n")] * len(loose))
    if span:
        left, right = (_month_place(day) for day in span)
        axes.axvspan(left, right, color=WINDOW, alpha=0.45, zorder=0, lw=0)
    return sheet.figure


def _other_ratio(found: ClaimResult, data: Inputs) -> str:
    """Return a note on a published share that divides other counts than the figure does."""
    claim = found.claim

    def counts(prefix: str) -> str:
        query = queries.load(claim[f"{prefix}query"], data.dataset)
        (column,) = (each for each in query.columns if each.name == claim[f"{prefix}column"])
        params = dict(pairs(claim[f"{prefix}params"] or ""))
        chosen = phrases.filters(params, data.label, {}, "forum")
        meaning = column.meaning[0].lower() + column.meaning[1:].rstrip(".")
        return f"{meaning}{f' ({chosen})' if chosen else ''}"

    return (
        f"Published: {phrases.published_value(claim)} (“{claim['quote']}”). This is another ratio: "
        f"{counts('')}, in percent of {counts('base_')}. Here it is "
        f"{phrases.number(claim, found.recomputed)} percent."
    )


def _month_place(day: datetime.date) -> float:
    """Return where a day is on an axis whose months are centred on 0 to 11."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.month - 1 - 0.5 + (day.day - 0.5) / last


def _window_days(
    data: Inputs, forum: str, days: int
) -> tuple[datetime.date, datetime.date] | tuple[()]:
    for row in data.frames["forum_sessions"].rows:
        if row["forum"] == forum and row["basis"] != "around":
            margin = datetime.timedelta(days)
            return row["first_day"] - margin, row["last_day"] + margin
    return ()


# --- by region ------------------------------------------------------------------------------


def bilateral_by_region(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw bilateral meetings by region, those on their own and those beside a session."""
    frame = data.frames["bilateral_by_region"]
    rows = [row for row in frame.rows if row["total"]]
    total, aside = frame.total("total"), frame.total("sideline")
    empty = [row["region"] for row in frame.rows if not row["total"]]
    empty = [region for region in empty if region != OTHER_REGION]
    notes = [f"No meeting {data.there}: {', '.join(empty)}."] if empty else []
    notes.append(data.regions("bilateral_by_region"))
    notes += phrases.published(
        data.claims("dataset_totals", "bilateral_meetings", relation="exact")
        + data.claims("format_totals", format="bilateral")
        + data.claims("format_totals", format="sideline")
    )
    beside = f"; {aside:,} of the {total:,} on the sidelines" if aside else ""
    words = FigureTexts(
        f"Most {data.status} bilateral meetings: {phrases.most(rows, 'region', 'total')}{beside}",
        "Bilateral meetings with countries by region"
        + ("; in brackets: standalone + on the sidelines of a forum" if aside else ""),
        tuple(notes),
    )
    columns = ("standalone", "sideline") if aside else ("standalone",)
    looks = {name: (SERIES[n], HATCHES[n]) for n, name in enumerate(columns)}
    labels, names, row_height = label_column([row["region"] for row in rows], _widest(width))
    key = samples(looks) if aside else []
    sheet = FigureCanvas(width, words, footer, 0.55 + row_height * len(rows), key)
    axes = sheet.axes(names, 0, 0.5, 0.0)
    left = [0] * len(rows)
    for column, (colour, hatch) in looks.items():
        counts = [row[column] for row in rows]
        axes.barh(range(len(rows)), counts, 0.7, left, color=colour, hatch=hatch,
                  edgecolor="white", lw=0.5)  # fmt: skip
        left = [have + more for have, more in zip(left, counts, strict=True)]
    label_ends(axes, left, [
        f"{row['total']:,}" + (f"  ({row['standalone']} + {row['sideline']})" if aside else "")
        for row in rows
    ])  # fmt: skip
    label_rows(axes, labels)
    axes.set_xlabel("bilateral meetings")
    whole_numbers(axes.xaxis)
    return sheet.figure


def _widest(width: float) -> float:
    """Return the widest column for the names of regions in inches."""
    return 2.0 if width > 4.5 else 1.2


def regional_shares(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw the share of each region, beside the published shares."""
    frame = data.frames["regional_shares"]
    rows = [row for row in frame.rows if row["meetings"]]
    total = frame.total("meetings")
    units = plural(frame.result.query.unit, 2)
    published = {
        claim["row"].removeprefix("region="): claim
        for claim in data.claims("regional_shares", "share_percent")
    }
    best = max(row["share_percent"] for row in rows)
    first = [row["region"] for row in rows if row["share_percent"] == best]
    words = FigureTexts(
        f"{phrases.listed(first)} {'has' if len(first) == 1 else 'have'} {phrases.percent(best)} "
        f"{'each ' if len(first) > 1 else ''}of {total:,} {data.status} "
        f"{plural(frame.result.query.unit, total)}",
        f"Share of each region in the {units} with a country; in brackets: their number",
        (
            data.regions("regional_shares"),
            *phrases.published(list(published.values())),
        ),
    )
    labels, names, row_height = label_column([row["region"] for row in rows], _widest(width))
    marks = {
        place: published[row["region"]]["value"]
        for place, row in enumerate(rows) if row["region"] in published
    }  # fmt: skip
    diamond: dict[str, Any] = {
        "marker": "D",
        "color": "white",
        "mec": PUBLISHED,
        "mew": 1.3,
        "ms": 5.5,
    }
    key: list[Any] = samples({data.status: (ATTESTED, "")})
    key += [Line2D([], [], ls="", label="published", **diamond)]
    height = 0.55 + row_height * len(rows)
    sheet = FigureCanvas(width, words, footer, height, key if marks else [])
    axes = sheet.axes(names, 0, 0.5, 0.0)
    shares = [row["share_percent"] for row in rows]
    axes.barh(range(len(rows)), shares, 0.7, color=ATTESTED)
    for place, value in marks.items():
        axes.plot(value, place, **diamond)
    ends = [max(share, marks.get(place, 0)) for place, share in enumerate(shares)]
    texts = [f"{phrases.percent(row['share_percent'])}  ({row['meetings']:,})" for row in rows]
    label_ends(axes, ends, texts, gap=8.0 if marks else 3.0)
    label_rows(axes, labels)
    axes.set_xlabel(f"percent of {units}")
    return sheet.figure
