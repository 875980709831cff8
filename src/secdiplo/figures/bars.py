"""Counts over time and by region as bars."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from secdiplo.claims.reproduce import recipe
from secdiplo.claims.status import tidy
from secdiplo.errors import FigureError
from secdiplo.figures import phrases
from secdiplo.figures.inputs import Inputs, Row
from secdiplo.figures.style import (
    ATTESTED,
    HATCHES,
    PUBLISHED,
    RULE_COLOUR,
    SERIES,
    FigureCanvas,
    FigureTexts,
    colours,
    cut,
    fold,
    legend_above,
    whole_numbers,
)

LOOSE = "imprecise date"  # as the query has it


def _half_years(rows: Sequence[Row]) -> list[str]:
    """Every half-year from the first to the last, those without an event among them."""
    known = sorted({row["period"] for row in rows} - {LOOSE})
    if not known:
        raise FigureError(
            "every event is dated too imprecisely for a half-year; there is no timeline to draw"
        )
    first, last = (int(period[:4]) * 2 + int(period[-1]) - 1 for period in (known[0], known[-1]))
    return [f"{n // 2}-H{n % 2 + 1}" for n in range(first, last + 1)]


def _stacked(
    axes: Axes, places: Sequence[float], data: Inputs, periods: Sequence[str], column: str
) -> dict[str, int]:
    """Bars stacked by agency; the height of each period."""
    rows = data.frames["period_totals"].rows
    looks = _looks(data)
    heights = dict.fromkeys(periods, 0)
    for agency, (colour, hatch) in looks.items():
        found = {row["period"]: row[column] for row in rows if row["agency"] == agency}
        counts = [found.get(period, 0) for period in periods]
        bottoms = list(heights.values())
        axes.bar(
            places, counts, 0.72, bottoms, color=colour, hatch=hatch, edgecolor="white", lw=0.5
        )
        for period, count in zip(periods, counts, strict=True):
            heights[period] += count
    for place, height in zip(places, heights.values(), strict=True):
        if height:
            axes.annotate(
                str(height), (place, height), (0, 1.5), textcoords="offset points", ha="center",
                va="bottom", fontsize=7,
            )  # fmt: skip
    return heights


def _looks(data: Inputs) -> dict[str, tuple[str, str]]:
    """The colour and hatch of each agency that has rows."""
    present = {row["agency"] for row in data.frames["period_totals"].rows}
    return {code: look for code, look in colours(data.agencies).items() if code in present}


def _legend(axes: Axes, data: Inputs, room: float) -> None:
    """The names of the agencies; where there is no room for them, their codes."""
    names = {code: cut(f"{code}: {data.label('agency', code)}", room, 7) for code in _looks(data)}
    handles = [
        Patch(facecolor=colour, hatch=hatch, ec="white", label=code if room < 2 else names[code])
        for code, (colour, hatch) in _looks(data).items()
    ]
    axes.legend(handles=handles, loc="upper left", borderaxespad=0, labelspacing=0.3)


def outreach_by_half(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Interactions, and below them events, of each half-year, stacked by agency."""
    rows = data.frames["period_totals"].rows
    periods = _half_years(rows)
    loose = [LOOSE] if any(row["period"] == LOOSE for row in rows) else []
    names = [*periods, *loose]
    totals = {p: sum(r["interactions"] for r in rows if r["period"] == p) for p in periods}
    peak = max(totals, key=lambda period: (totals[period], period))
    first = next(iter(totals))
    title = f"Agency interactions peak in {phrases.half(peak)} at {totals[peak]}"
    if peak != first:
        title += f", from {totals[first]} in {phrases.half(first)}"
    notes = [
        "An event in which several agencies took part counts for each of them; one that names no "
        "counterpart is an event without an interaction.",
        "The first and the last half-year may lie in the scope in part only.",
    ]
    if loose:
        notes.append(f"'{LOOSE}': events known to a period longer than a half-year.")
    notes += phrases.published(
        data.claims("dataset_totals", "interactions") + data.claims("dataset_totals", "events")
    )
    words = FigureTexts(
        title,
        "Interactions (counterparts in events, counted for each agency) and events, by half-year",
        tuple(notes),
    )
    sheet = FigureCanvas(width, words, footer, 3.6)
    places = [float(n) for n in range(len(periods))] + [len(periods) + 0.4] * len(loose)
    labels = [phrases.half(p) for p in periods] + ["dated\nless\nfinely"] * len(loose)
    if width < 5:
        labels = [label.replace(" ", "\n") for label in labels]
    upper = sheet.axes(0.45, 0, 1.9, 0.05)
    lower = sheet.axes(0.45, 0, 0.5, 2.05)
    for axes, column, unit in (
        (upper, "interactions", "agency interactions"),
        (lower, "events", "events"),
    ):
        heights = _stacked(axes, places, data, names, column)
        axes.set_ylim(
            0, max(heights.values()) * ((1.42 if width > 4.5 else 1.6) if axes is upper else 1.2)
        )
        axes.set_ylabel(unit)
        axes.set_xticks(places, labels if axes is lower else [""] * len(labels))
        axes.tick_params(axis="x", length=0)
    _legend(upper, data, sheet.inner - 1.2)
    return sheet.figure


def forum_window(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Interactions by month of the year of a session, with its window marked."""
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
    share = phases["window"]["share_percent"]
    words = FigureTexts(
        f"{inside} of the {whole} interactions of {year} ({share:g}%) fall in the window of"
        f" {forum}",
        f"Agency interactions by month of {year}; shaded: the session with {days} days on either"
        " side",
        (
            "Bars count counterparts in events for each agency; the share counts each interaction"
            " once, and events known to a longer period than a month only where they must have"
            " been held in the window or year.",
            *(f"{phrases.claim(found.claim)} It is another ratio: {recipe(found.claim)}, which on "
              f"these rows is {tidy(found.recomputed)} percent ({found.status})."
              for found in data.findings if found.recomputed is not None),
        ),
    )  # fmt: skip
    sheet = FigureCanvas(width, words, footer, 2.5)
    axes = sheet.axes(0.45, 0, 0.35, 0.05)
    places = [float(n) for n in range(12)] + [12.4] * len(loose)
    heights = _stacked(axes, places, data, [*periods, *loose], "interactions")
    top = max(heights.values()) * 1.3
    axes.set_ylim(0, top)
    axes.set_ylabel("agency interactions")
    names = [calendar.month_abbr[n][: 3 if width > 4.5 else 1] for n in range(1, 13)]
    axes.set_xticks(places, names + ["less\nfinely"] * len(loose))
    axes.tick_params(axis="x", length=0)
    span = _window_days(data, forum, days)
    if span:
        left, right = (_month_place(day) for day in span)
        axes.axvspan(left, right, color="#e9c46a", alpha=0.45, zorder=0, lw=0)
        text = (
            f"window {span[0].day} {calendar.month_abbr[span[0].month]} to "
            f"{span[1].day} {calendar.month_abbr[span[1].month]}:\n{inside} interactions, "
            f"{share:g}% of the year"
        )
        side = "right" if left > 6 else "left"
        axes.annotate(text, (left if left > 6 else right, top * 0.62), (-4 if left > 6 else 4, 0),
                      textcoords="offset points", ha=side, va="center", fontsize=7)  # fmt: skip
    _legend(axes, data, sheet.inner * 0.55)
    return sheet.figure


def _month_place(day: datetime.date) -> float:
    """Where a day stands on an axis whose months are centred on 0 to 11."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.month - 1 - 0.5 + (day.day - 0.5) / last


def _window_days(data: Inputs, forum: str, days: int) -> tuple[datetime.date, datetime.date] | None:
    for row in data.frames["forum_sessions"].rows:
        if row["forum"] == forum and row["basis"] != "around":
            margin = datetime.timedelta(days)
            return row["first_day"] - margin, row["last_day"] + margin
    return None


def bilateral_by_region(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Bilateral meetings by region, those on their own and those beside multilateral events."""
    frame = data.frames["bilateral_by_region"]
    rows = [row for row in frame.rows if row["total"]]
    total, aside = frame.total("total"), frame.total("sideline")
    empty = [row["region"] for row in frame.rows if not row["total"]]
    notes = [f"Regions without any: {', '.join(empty)}."] if empty else []
    notes += phrases.published(
        data.claims("dataset_totals", "bilateral_meetings", relation="exact")
        + data.claims("format_totals", format="bilateral")
        + data.claims("format_totals", format="sideline")
    )
    words = FigureTexts(
        f"{phrases.leaders(rows, 'region', 'total')} of {total} bilateral meetings; "
        f"{aside} of the {total} on the sidelines",
        "Bilateral meetings (standalone or sideline events with a country) by region",
        tuple(notes),
    )
    sheet = FigureCanvas(width, words, footer, 0.84 + 0.22 * len(rows))
    names = 1.9 if width > 4.5 else 1.25
    axes = sheet.axes(names, 0.3, 0.5, 0.24)
    places = range(len(rows))
    left = [0] * len(rows)
    for number, (column, label) in enumerate(
        (("standalone", "standalone"), ("sideline", "sideline"))
    ):
        counts = [row[column] for row in rows]
        axes.barh(places, counts, 0.7, left, color=SERIES[number], hatch=HATCHES[number],
                  edgecolor="white", lw=0.5, label=label)  # fmt: skip
        left = [have + more for have, more in zip(left, counts, strict=True)]
    for place, row in zip(places, rows, strict=True):
        axes.annotate(f"{row['total']}  ({row['standalone']} + {row['sideline']})",
                      (row["total"], place), (3, 0), textcoords="offset points", va="center",
                      fontsize=7)  # fmt: skip
    axes.set_xlim(0, max(left) * 1.22)
    _finish_rows(axes, [row["region"] for row in rows], names, "bilateral meetings")
    legend_above(axes)
    return sheet.figure


def _finish_rows(axes: Axes, names: Sequence[str], room: float, unit: str) -> None:
    """The rows of a chart of horizontal bars: names, from the top down."""
    labels = ["\n".join(fold(name, room - 0.08, 7)) for name in names]
    axes.set_yticks(range(len(names)), labels, linespacing=0.9)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(unit)
    whole_numbers(axes.xaxis)
    axes.spines["left"].set_color(RULE_COLOUR)


def regional_shares(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """The share of each region, beside the published shares."""
    frame = data.frames["regional_shares"]
    rows = [row for row in frame.rows if row["meetings"]]
    total = frame.total("meetings")
    unit = frame.result.query.unit.replace("_", " ")
    published = {
        claim["row"].removeprefix("region="): claim
        for claim in data.claims("regional_shares", "share_percent")
    }
    best = max(row["share_percent"] for row in rows)
    first = [row["region"] for row in rows if row["share_percent"] == best]
    words = FigureTexts(
        f"{phrases.listed(first)} {'has' if len(first) == 1 else 'have'} {best:g}% of {total}"
        f" {data.status} {phrases.plural(unit, total)}",
        f"Share of each region in percent of {phrases.plural(unit, 2)} with a country",
        tuple(phrases.published(list(published.values()))),
    )
    sheet = FigureCanvas(width, words, footer, 0.84 + 0.22 * len(rows))
    names = 1.9 if width > 4.5 else 1.25
    axes = sheet.axes(names, 0.3, 0.5, 0.24)
    shares = [row["share_percent"] for row in rows]
    axes.barh(range(len(rows)), shares, 0.7, color=ATTESTED, label=data.status)
    for place, row in enumerate(rows):
        mark = published.get(row["region"])
        far = max(row["share_percent"], mark["value"] if mark else 0)
        axes.annotate(f"{row['share_percent']:g}%  ({row['meetings']})", (far, place), (5, 0),
                      textcoords="offset points", va="center", fontsize=7)  # fmt: skip
        if mark:
            axes.plot(mark["value"], place, "D", color="white", mec=PUBLISHED, mew=1.3, ms=5.5,
                      label="" if "published" in axes.get_legend_handles_labels()[1]
                      else "published")  # fmt: skip
    axes.set_xlim(0, max(shares) * 1.2)
    _finish_rows(axes, [row["region"] for row in rows], names, f"percent of {unit}s")
    legend_above(axes)
    return sheet.figure
