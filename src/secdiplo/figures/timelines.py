"""Sessions and events on a line of time."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from secdiplo.figures import phrases
from secdiplo.figures.inputs import Inputs, Row
from secdiplo.figures.style import (
    ATTESTED,
    FAINT,
    RULE_COLOUR,
    SERIES,
    FigureCanvas,
    FigureTexts,
    cut,
    fold,
)

DAY = datetime.timedelta(days=1)
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # so that no line runs through


def forum_timeline(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """The sessions of forums over time, a line a series, grouped by region."""
    frame = data.frames["forum_sessions"]
    rows = frame.rows
    series = list(dict.fromkeys((_region(row), row["series"]) for row in rows))
    counts: dict[str, int] = {}
    for row in rows:
        counts[_region(row)] = counts.get(_region(row), 0) + 1
    regional = {region: n for region, n in counts.items() if region not in {"Global", ""}}
    best = [region for region, n in regional.items() if n == max(regional.values())]
    finding = f"; of the regions {phrases.listed(best)} has most" if len(best) == 1 else ""
    finding += f" ({regional[best[0]]})" if finding else ""
    words = FigureTexts(
        f"{phrases.counted(len(rows), 'session')} of {len(series)} series of forums "
        f"{'is' if len(rows) == 1 else 'are'} {data.there}{finding}",
        "Sessions with an event in scope; the size of a disc grows with the interactions at it",
        (
            f"A ring: nothing but meetings beside the session, or no day, is {data.there}; the bar "
            "is the time within which it lies. Numbers: interactions at the session + sideline "
            "meetings beside it. Participants who are only on a list are not counted.",
        ),
    )
    regions = list(dict.fromkeys(region for region, _ in series))
    lines = len(series) + len(regions)
    sheet = FigureCanvas(width, words, footer, 0.5 + (0.2 if width > 4.5 else 0.25) * lines)
    room = 2.45 if width > 4.5 else 1.42
    axes = sheet.axes(room, 0.12, 0.36, 0.0)
    places, place = {}, 0
    for region in regions:
        axes.annotate(region or "Region not stated", (0, place), (-room * 72, 0),
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      fontsize=7, fontweight="bold", va="center")  # fmt: skip
        place += 1
        for mine, name in series:
            if mine == region:
                places[region, name] = place
                lines_ = fold(name, room - 0.2, 6.5)
                text = "\n".join([lines_[0], *(cut(" ".join(lines_[1:]), room - 0.2, 6.5),)])
                axes.annotate(text.strip(), (0, place), (-room * 72 + 7, 0),
                              xycoords=("axes fraction", "data"), textcoords="offset points",
                              fontsize=6.5, va="center", linespacing=0.95)  # fmt: skip
                axes.axhline(place, color=RULE_COLOUR, lw=0.5, zorder=0)
                place += 1
    for row in rows:
        _session(axes, row, places[_region(row), row["series"]])
    axes.set_ylim(place - 0.4, -0.7)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _time(axes, [row["first_day"] for row in rows] + [row["last_day"] for row in rows])
    return sheet.figure


def _region(row: Row) -> str:
    return "Global" if row["level"] == "global" else str(row["region"] or "")


def _session(axes: Axes, row: Row, place: float) -> None:
    """One session as a disc; what is not known to the day as a ring on a bar."""
    middle = row["first_day"] + (row["last_day"] - row["first_day"]) / 2
    loose = row["basis"] == "around" or not row["events"]
    if row["last_day"] - row["first_day"] > 3 * DAY:
        days = [_number(row["first_day"]), _number(row["last_day"])]
        axes.plot(days, [place, place], color=SERIES[2], lw=3, solid_capstyle="butt", zorder=1)
    size = 3.2 + 1.1 * min(row["interactions"], 25) ** 0.5
    face = "white" if loose else ATTESTED
    axes.plot(_number(middle), place, "o", ms=size, mfc=face, mec=ATTESTED, mew=0.9, zorder=3)
    text = f"{row['interactions']}" + (f" + {row['sideline']}" if row["sideline"] else "")
    axes.annotate(text, (_number(middle), place), (size / 2 + 2, 0), textcoords="offset points",
                  va="center", fontsize=6.2, color=FAINT, zorder=4, bbox=PLATE)  # fmt: skip


def _number(day: datetime.date) -> float:
    """A day as matplotlib counts them."""
    return float(dates.date2num(day))  # type: ignore[no-untyped-call]


def _time(axes: Axes, days: Sequence[datetime.date]) -> None:
    """An axis of time with a little room on both sides, its years named."""
    first, last = min(days), max(days)
    pad = max(20, (last - first).days // 30)
    axes.set_xlim(_number(first - pad * DAY), _number(last + 2 * pad * DAY))
    years = range(first.year, last.year + 2)
    ticks = [_number(datetime.date(year, 1, 1)) for year in years]
    halves = [_number(datetime.date(year, 7, 1)) for year in years]
    left, right = axes.get_xlim()
    named = [(tick, str(year)) for tick, year in zip(ticks, years, strict=True)]
    if (last - first).days < 550:  # few years: months tell more
        months = [(tick, f"Jul {year}") for tick, year in zip(halves, years, strict=True)]
        named = sorted([(tick, f"Jan {text}") for tick, text in named] + months)
    named = [(tick, text) for tick, text in named if left <= tick <= right]
    named = named or [(_number(first), str(first))]
    axes.set_xticks([tick for tick, _ in named], [text for _, text in named])
    axes.set_xticks([tick for tick in halves if left <= tick <= right], minor=True)
    for tick, _ in named:
        axes.axvline(tick, color=RULE_COLOUR, lw=0.5, zorder=0)


def organization_timeline(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """What the rows have of the events of one organization."""
    rows = data.frames["organization_events"].rows
    code, name, written = (rows[0][key] for key in ("organization", "name", "name_zh"))
    full = f"{f'the {name}' if name else code}{f' ({written})' if written else ''}"
    scope = data.frames["organization_events"].result.values["scope"]
    words = FigureTexts(
        f"{len(rows)} {phrases.plural('event', len(rows))} with {code} "
        f"{'is' if len(rows) == 1 else 'are'} {data.there}",
        f"Events that {full} convened or took part in, counted over scope `{scope}`",
    )
    sheet = FigureCanvas(width, words, footer, 0.75 + 0.36 * len(rows))
    axes = sheet.axes(0.2, 0.2, 0.36, 0.2)
    for place, row in enumerate(rows):
        x = _number(row["date_min"])
        hollow = row["role"] == "counterpart"
        axes.plot(x, place, "o", ms=6, mfc="white" if hollow else ATTESTED, mec=ATTESTED, mew=1)
        count = f"{row['interactions']} {phrases.plural('interaction', row['interactions'])}"
        text = f"{row['date_min']}, {row['forum'] or row['format']}: {count}"
        late = place >= len(rows) / 2
        axes.annotate("\n".join(fold(text, sheet.inner * 0.55, 7)), (x, place),
                      (-8 if late else 8, 0), textcoords="offset points", fontsize=7,
                      ha="right" if late else "left", va="center", bbox=PLATE)  # fmt: skip
    axes.set_ylim(len(rows) - 0.3, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _time(axes, [row["date_min"] for row in rows] + [row["date_max"] for row in rows])
    handles = [
        Line2D([], [], marker="o", ls="", ms=5, mfc=face, mec=ATTESTED, label=label)
        for face, label in ((ATTESTED, "convener"), ("white", "counterpart"))
    ]
    axes.legend(handles=handles, loc="lower left", ncols=2, borderaxespad=0,
                bbox_to_anchor=(0, 1.0))  # fmt: skip
    return sheet.figure
