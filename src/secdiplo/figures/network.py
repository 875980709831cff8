"""Officials and countries as a network of two levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from secdiplo.figures import phrases
from secdiplo.figures.inputs import Inputs, Row
from secdiplo.figures.style import FAINT, FigureCanvas, FigureTexts, bare, colours, cut

COUNTRY_HEIGHT = 0.128  # inches between two countries


def officials_network(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Who met which country: officials on the left, countries on the right."""
    rows = [r for r in data.frames["official_counterparts"].rows if r["bilateral_meetings"]]
    regions = {r["country"]: r["region"] for r in data.frames["country_totals"].rows}
    officials = _totals(rows, "official")
    countries = _totals(rows, "country")
    names = {row["country"]: row["name"] or row["country"] for row in rows}
    ties: dict[str, set[str]] = {}
    for row in rows:
        ties.setdefault(row["official"], set()).add(row["country"])
    widest = max(sorted(ties), key=lambda official: len(ties[official]))
    met_by = {c: sum(c in mine for mine in ties.values()) for c in countries}
    most = max(met_by.values())
    shared = [names[c] for c in countries if met_by[c] == most]
    words = FigureTexts(
        f"{widest} met {len(ties[widest])} of {len(countries)} countries; "
        f"{phrases.listed(shared)} met {phrases.counted(most, 'official')}"
        f"{' each' if len(shared) > 1 else ''}",
        "Bilateral meetings between named officials and countries: the width of a line grows with "
        "their number; in brackets the meetings of each that are drawn",
        ("A meeting of two officials counts for both. Officials whom no source names are left"
         " out.",),
    )  # fmt: skip
    order = sorted(countries, key=lambda c: (str(regions.get(c)), -countries[c], c))
    blocks = list(dict.fromkeys(regions.get(code) for code in order))
    lines = len(order) + 1.3 * len(blocks)
    sheet = FigureCanvas(width, words, footer, 0.3 + COUNTRY_HEIGHT * lines)
    axes = sheet.axes(0, 0, 0.1, 0.15)
    bare(axes)
    axes.set_xlim(0, sheet.inner)
    axes.set_ylim(COUNTRY_HEIGHT * lines, 0)
    left, right = (1.5, 1.85) if width > 4.5 else (1.12, 1.08)
    ends = _countries(axes, order, regions, names, countries, sheet.inner - right, right)
    starts = _officials(axes, rows, officials, ends, left, COUNTRY_HEIGHT * lines)
    present = {row["agency"] for row in rows}
    looks = {code: look for code, look in colours(data.agencies).items() if code in present}
    for row in sorted(rows, key=lambda row: (row["bilateral_meetings"], row["official"])):
        colour = looks[row["agency"]][0]
        _tie(axes, (left, starts[row["official"]]), (sheet.inner - right, ends[row["country"]]),
             row["bilateral_meetings"], colour)  # fmt: skip
    handles = [Line2D([], [], color=look[0], lw=2.5, label=a) for a, look in looks.items()]
    axes.legend(handles=handles, loc="lower left", ncols=1, borderaxespad=0)
    return sheet.figure


def _totals(rows: Sequence[Row], column: str) -> dict[str, int]:
    """The meetings of each value of a column."""
    found: dict[str, int] = {}
    for row in rows:
        found[row[column]] = found.get(row[column], 0) + row["bilateral_meetings"]
    return found


def _countries(
    axes: Axes, order: Sequence[str], regions: dict[str, Any], names: dict[str, str],
    totals: dict[str, int], x: float, room: float,
) -> dict[str, float]:  # fmt: skip
    """The names of the countries under their regions; the height of each."""
    ends: dict[str, float] = {}
    y, last = 0.0, object()
    for code in order:
        if regions.get(code) != last:
            last = regions.get(code)
            y += COUNTRY_HEIGHT * (1.3 if ends else 0.8)
            axes.text(x + 0.07, y - COUNTRY_HEIGHT * 0.1, cut(str(last or "Other"), room, 7.1),
                      fontsize=6.4, fontweight="bold", va="bottom", color=FAINT)  # fmt: skip
        y += COUNTRY_HEIGHT * 0.5
        text = f"{cut(names[code], room - 0.4, 6.4)} ({totals[code]})"
        axes.text(x + 0.07, y, text, fontsize=6.4, va="center")
        ends[code] = y
        y += COUNTRY_HEIGHT * 0.5
    return ends


def _officials(
    axes: Axes, rows: Sequence[Row], totals: dict[str, int], ends: dict[str, float],
    x: float, tall: float,
) -> dict[str, float]:  # fmt: skip
    """The names of the officials, each near the middle of its countries; the height of each."""
    middle = {}
    for official, total in totals.items():
        mine = [row for row in rows if row["official"] == official]
        middle[official] = sum(ends[r["country"]] * r["bilateral_meetings"] for r in mine) / total
    order = sorted(totals, key=lambda official: (middle[official], official))
    starts = {}
    for number, official in enumerate(order):
        y = tall * (number + 0.5) / len(order) * 0.88
        starts[official] = y
        agency = next(row["agency"] for row in rows if row["official"] == official)
        axes.text(x - 0.07, y, cut(official, x, 7), fontsize=7, ha="right", va="bottom")
        axes.text(x - 0.07, y + 0.02, f"{agency} ({totals[official]})", fontsize=6.2, ha="right",
                  va="top", color=FAINT)  # fmt: skip
    return starts


def _tie(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], count: int, colour: str
) -> None:
    """A curve from an official to a country."""
    bend = (end[0] - start[0]) * 0.5
    points = [start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end]
    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(
        PathPatch(path, fc="none", ec=colour, lw=0.55 * count**0.75 + 0.15, alpha=0.75,
                  capstyle="butt")
    )  # fmt: skip
