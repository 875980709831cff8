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
from secdiplo.figures.lettering import fold, text_width
from secdiplo.figures.style import (
    ATTESTED,
    FAINT,
    LABEL_SIZE,
    RULE_COLOUR,
    SERIES,
    FigureCanvas,
    FigureTexts,
    width_inches,
)
from secdiplo.output.wording import counted, plural

DAY = datetime.timedelta(days=1)
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # so that no line runs through
SERIES_LINE = 0.1  # inches of a line of text
SERIES_SIZE, NUMBER_SIZE = 6.5, 6.2  # sizes in points


def forum_timeline(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw the sessions of forums over time, a line for each series, grouped by region."""
    rows = data.frames["forum_sessions"].rows
    series = list(dict.fromkeys((_region(row), row["series"]) for row in rows))
    words = _words_of_sessions(data, rows, len(series))
    room = 2.45 if width > 4.5 else 1.42
    names: list[tuple[str, str, list[str]]] = []
    for region in dict.fromkeys(region for region, _ in series):
        names.append((region, "", fold(region or "Region not stated", room - 0.1, 7, bold=True)))
        names += [
            (mine, name, fold(name, room - 0.2, SERIES_SIZE))
            for mine, name in series
            if mine == region
        ]
    heights = [max(0.24, 0.04 + SERIES_LINE * len(lines)) for _, _, lines in names]
    key = [
        _mark(f"disc: session {data.there}", ATTESTED),
        _mark(f"ring: only meetings beside it {data.there}, or day unknown", "white"),
    ]
    sheet = FigureCanvas(width, words, footer, 0.3 + sum(heights), key)
    axes = sheet.axes(room, 0.05, 0.3, 0.0)
    axes.set_ylim(sum(heights), 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _time(axes, [row["first_day"] for row in rows] + [row["last_day"] for row in rows])
    below = 0.0
    for (region, name, lines), height in zip(names, heights, strict=True):
        middle = below + height / 2
        axes.annotate("\n".join(lines), (0, middle), (-room * 72 + (7 if name else 0), 0),
                      xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                      fontsize=SERIES_SIZE if name else 7, linespacing=0.95,
                      fontweight="normal" if name else "bold")  # fmt: skip
        if name:
            axes.axhline(middle, color=RULE_COLOUR, lw=0.5, zorder=0)
            mine = [row for row in rows if (_region(row), row["series"]) == (region, name)]
            _sessions(axes, mine, middle)
        below += height
    return sheet.figure


def _words_of_sessions(data: Inputs, rows: Sequence[Row], series: int) -> FigureTexts:
    counts: dict[str, int] = {}
    for row in rows:
        counts[_region(row)] = counts.get(_region(row), 0) + 1
    regional = {region: n for region, n in counts.items() if region not in {"Global", ""}}
    best = [region for region, n in regional.items() if n == max(regional.values())]
    finding = f", most in {best[0]} ({regional[best[0]]})" if len(best) == 1 else ""
    return FigureTexts(
        f"{counted(len(rows), 'session')} of {series} forum series {data.there}{finding}",
        "Sessions of forums with an event in scope; larger discs for more interactions",
        (
            "Numbers, where there is room: interactions at the session + sideline meetings beside "
            "it. Bars: the period within which a session or its meetings took place. Participants "
            "who are only on a list are not counted.",
            *data.explain(*(row["series"] for row in rows)),
        ),
    )


def _region(row: Row) -> str:
    return "Global" if row["level"] == "global" else str(row["region"] or "")


def _mark(label: str, face: str) -> Line2D:
    return Line2D([], [], marker="o", ls="", ms=5, mfc=face, mec=ATTESTED, mew=0.9, label=label)


def _sessions(axes: Axes, rows: Sequence[Row], place: float) -> None:
    """Draw the sessions of one series; numbers are beside or above a disc, where there is room."""
    wide = width_inches(axes) * 72
    left, right = axes.get_xlim()
    marks = []
    for row in sorted(rows, key=lambda row: (row["first_day"], row["forum"])):
        middle = _number(row["first_day"] + (row["last_day"] - row["first_day"]) / 2)
        size = 3.2 + 1.1 * min(row["interactions"], 25) ** 0.5
        text = f"{row['interactions']}" + (f" + {row['sideline']}" if row["sideline"] else "")
        marks.append((row, middle, size, text, (middle - left) / (right - left) * wide))
    taken = above = 0.0  # where what is drawn on the line and above it ends, in points
    for number, (row, middle, size, text, at) in enumerate(marks):
        loose = row["basis"] == "around" or not row["events"]
        if row["last_day"] - row["first_day"] > 3 * DAY:
            days = [_number(row["first_day"]), _number(row["last_day"])]
            axes.plot(days, [place, place], color=SERIES[2], lw=3, solid_capstyle="butt", zorder=1)
        axes.plot(middle, place, "o", ms=size, mfc="white" if loose else ATTESTED, mec=ATTESTED,
                  mew=0.9, zorder=3)  # fmt: skip
        long = text_width(text, NUMBER_SIZE) * 72
        need = size / 2 + 3 + long
        after = marks[number + 1] if number + 1 < len(marks) else None
        limit = after[4] - after[2] / 2 - 2 if after else wide
        if at + need <= limit:
            shift, side, end = (size / 2 + 3, 0.0), "left", at + need
        elif at - need >= taken:
            shift, side, end = (-size / 2 - 3, 0.0), "right", at + size / 2
        elif at - long / 2 >= above:
            shift, side, end = (0.0, size / 2 + 4.5), "center", at + size / 2
            above = at + long / 2 + 3
        else:
            taken = at + size / 2 + 2
            continue
        taken = end + 2
        axes.annotate(text, (middle, place), shift, textcoords="offset points", ha=side,
                      va="center", fontsize=NUMBER_SIZE, color=FAINT, zorder=2,
                      bbox=PLATE)  # fmt: skip


def _number(day: datetime.date) -> float:
    """Return a day as matplotlib counts them."""
    return float(dates.date2num(day))  # type: ignore[no-untyped-call]


def _time(axes: Axes, days: Sequence[datetime.date]) -> None:
    """Make an axis of time with a little room on both sides, its years named."""
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
    named = named or [(_number(first), phrases.day(first))]
    apart = text_width(named[0][1], LABEL_SIZE) + 0.1
    every = -(-int(len(named) * apart / width_inches(axes) * 100) // 100)  # at least so many apart
    named = named[:: max(1, every)]
    axes.set_xticks([tick for tick, _ in named], [text for _, text in named])
    axes.set_xticks([tick for tick in halves if left <= tick <= right], minor=True)
    for tick, _ in named:
        axes.axvline(tick, color=RULE_COLOUR, lw=0.5, zorder=0)


def organization_timeline(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw the events of one organization over time."""
    rows = data.frames["organization_events"].rows
    code, name, written = (rows[0][key] for key in ("organization", "name", "name_zh"))
    full = f"{f'the {name}' if name else code}{f' ({written})' if written else ''}"
    words = FigureTexts(
        f"{len(rows)} {data.status} {plural('event', len(rows))} with {code}",
        f"Events that {full} convened or took part in",
        tuple(data.explain(*(row["forum"] or "" for row in rows))),
    )
    inner = width - 0.24
    first, last = min(row["date_min"] for row in rows), max(row["date_max"] for row in rows)
    late = {n for n, row in enumerate(rows) if row["date_min"] - first > (last - first) / 2}
    labels = [fold(_event(row, data), inner * 0.45, LABEL_SIZE) for row in rows]
    heights = [max(0.26, 0.1 + 0.11 * len(lines)) for lines in labels]
    key = [_mark("convener", ATTESTED), _mark("counterpart", "white")]
    sheet = FigureCanvas(width, words, footer, 0.3 + sum(heights), key)
    axes = sheet.axes(0.05, 0.05, 0.3, 0.0)
    axes.set_ylim(sum(heights), 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _time(axes, [first, last])
    below = 0.0
    for number, (row, lines, height) in enumerate(zip(rows, labels, heights, strict=True)):
        place = _number(row["date_min"]), below + height / 2
        face = "white" if row["role"] == "counterpart" else ATTESTED
        axes.plot(*place, "o", ms=6, mfc=face, mec=ATTESTED, mew=1)
        side = number in late
        axes.annotate("\n".join(lines), place, (-8 if side else 8, 0), va="center", bbox=PLATE,
                      textcoords="offset points", fontsize=LABEL_SIZE,
                      ha="right" if side else "left")  # fmt: skip
        below += height
    return sheet.figure


def _event(row: Row, data: Inputs) -> str:
    count = counted(row["interactions"], "interaction")
    days = phrases.day(row["date_min"])
    if row["date_max"] != row["date_min"]:
        days = phrases.span(row["date_min"], row["date_max"])
    return f"{days}, {row['forum'] or data.label('format', row['format'])}: {count}"
