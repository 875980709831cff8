"""Rankings of countries as tables with bars, for all officials and official by official."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from secdiplo.figures import phrases
from secdiplo.figures.inputs import Inputs, Row
from secdiplo.figures.style import (
    HATCHES,
    RULE_COLOUR,
    SERIES,
    FigureCanvas,
    FigureTexts,
    cut,
    legend_above,
    whole_numbers,
)

MAX_COUNTRIES = 15
PLACES = 10
NAMES_WIDTH = 1.45  # inches for the names of countries
MEETING_FORMATS = ("bilateral", "sideline", "multilateral")


def country_ranking(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """The countries met most, with the formats of the events."""
    frame = data.frames["country_totals"]
    met = [row for row in frame.rows if row["bilateral_meetings"]]
    rows = met[:MAX_COUNTRIES]
    last = rows[-1]["bilateral_meetings"]
    alike = sum(row["bilateral_meetings"] == last for row in met[MAX_COUNTRIES:])
    fewer = len(frame.rows) - len(rows) - alike
    rest = [f"{alike} have as many as the last one shown"] if alike else []
    rest += [f"{fewer} fewer or none"] if fewer else []
    words = FigureTexts(
        phrases.leaders(rows, "name", "bilateral_meetings", "bilateral meeting"),
        "Countries by bilateral meetings (standalone + sideline), and multilateral events in which "
        "they are named",
        (f"Of the other countries {', '.join(rest)}.",) if rest else (),
    )
    sheet = FigureCanvas(width, words, footer, 0.79 + 0.2 * len(rows))
    names = 1.75 if width > 4.5 else 1.3
    axes = sheet.axes(names, 0.0, 0.48, 0.24)
    base = [0] * len(rows)
    for number, kind in enumerate(MEETING_FORMATS):
        counts = [row[kind] for row in rows]
        axes.barh(range(len(rows)), counts, 0.72, base, color=SERIES[number],
                  hatch=HATCHES[number], edgecolor="white", lw=0.5)  # fmt: skip
        base = [have + more for have, more in zip(base, counts, strict=True)]
    for place, (row, end) in enumerate(zip(rows, base, strict=True)):
        text = f"{row['bilateral']} + {row['sideline']} = {row['bilateral_meetings']}"
        text += f"; {row['multilateral']}" if row["multilateral"] else ""
        axes.annotate(text, (end, place), (3, 0), textcoords="offset points", va="center",
                      fontsize=6.6)  # fmt: skip
    axes.set_xlim(0, max(base) * (1.3 if width > 4.5 else 1.75))
    _ranked(axes, rows, names)
    axes.set_xlabel("events")
    handles = [
        Patch(facecolor=SERIES[n], hatch=HATCHES[n], edgecolor="white", label=text)
        for n, text in enumerate(("standalone", "sideline", "multilateral"))
    ]
    legend_above(axes, names if width < 4.5 else 0, handles=handles)
    return sheet.figure


def _ranked(axes: Axes, rows: Sequence[Row], room: float) -> None:
    """Rows with place and name on the left, from the first place down."""
    axes.set_yticks(
        range(len(rows)),
        [f"{cut(row['name'] or row['country'], room - 0.35, 7)}  {row['rank']}" for row in rows],
    )
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.spines["left"].set_color(RULE_COLOUR)
    whole_numbers(axes.xaxis)


def official_ranking(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """The countries that the two officials of the most meetings met most, side by side."""
    rows = [r for r in data.frames["official_counterparts"].rows if r["bilateral_meetings"]]
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        who = row["official"], row["agency"]
        counts[who] = counts.get(who, 0) + row["bilateral_meetings"]
    chosen = sorted(counts, key=lambda who: (-counts[who], who))[:2]
    lists = [
        [r for r in rows if (r["official"], r["agency"]) == who and r["rank"] <= PLACES][
            :MAX_COUNTRIES
        ]
        for who in chosen
    ]
    parts = []
    for who, mine in zip(chosen, lists, strict=True):
        first = phrases.listed([row["name"] for row in mine if row["rank"] == 1])
        parts.append(f"of {cut(who[0], 2, 7)} with {first} ({mine[0]['bilateral_meetings']})")
    words = FigureTexts(
        f"Most meetings: {', '.join(parts)}",
        "Bilateral meetings of each official by country; equal counts share the least place",
        (
            "The two officials with the most bilateral meetings; in brackets how many with all "
            f"countries. At most {MAX_COUNTRIES} countries of the first {PLACES} places of each.",
        ),
    )
    top = max(row["bilateral_meetings"] for mine in lists for row in mine)
    boxes, height = _boxes([len(mine) for mine in lists], width)
    sheet = FigureCanvas(width, words, footer, height)
    for number, (who, mine) in enumerate(zip(chosen, lists, strict=True)):
        left, right, bottom, above = boxes[number]
        axes = sheet.axes(left + NAMES_WIDTH, right, bottom, above)
        numbers = [row["bilateral_meetings"] for row in mine]
        axes.barh(range(len(mine)), numbers, 0.7, color=SERIES[number], hatch=HATCHES[number],
                  edgecolor="white", lw=0.5)  # fmt: skip
        for place, count in enumerate(numbers):
            axes.annotate(str(count), (count, place), (2, 0), textcoords="offset points",
                          va="center", fontsize=7)  # fmt: skip
        _ranked(axes, mine, NAMES_WIDTH)
        axes.set_xlim(0, top * 1.12)
        axes.set_xlabel("bilateral meetings")
        room = sheet.inner - left - right
        name = cut(who[0], room - 0.9, 8.2)
        axes.set_title(f"{name}, {who[1]} ({counts[who]})",
                       x=-NAMES_WIDTH / (sheet.inner - left - NAMES_WIDTH - right))  # fmt: skip
    return sheet.figure


def _boxes(
    lengths: Sequence[int], width: float
) -> tuple[list[tuple[float, float, float, float]], float]:
    """Where the lists stand, as margins in inches, and their height: beside or below another."""
    row, head, foot = 0.19, 0.24, 0.52
    inner = width - 0.24
    talls = [head + foot + row * length for length in lengths]
    if width > 4.5:
        tall, half = max(talls), inner / len(lengths)
        return [
            (half * n, half * (len(lengths) - 1 - n) + 0.12, tall - own + foot, head)
            for n, own in enumerate(talls)
        ], tall
    whole = sum(talls)
    above = [sum(talls[:n]) for n in range(len(talls))]
    return [
        (0.0, 0.12, whole - high - own + foot, high + head)
        for high, own in zip(above, talls, strict=True)
    ], whole
