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
from secdiplo.figures.lettering import fold
from secdiplo.figures.style import FAINT, INK, FigureCanvas, FigureTexts, bare, colours
from secdiplo.output.wording import counted

NAME_SIZE, REGION_SIZE = 6.2, 6.3  # sizes in points
NETWORK_LINE, REGION_GAP = 0.1, 0.06  # inches of a line of text, and before the name of a region


def officials_network(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw who met which country: officials on the left, countries on the right."""
    rows = [r for r in data.frames["official_counterparts"].rows if r["bilateral_meetings"]]
    regions = {r["country"]: r["region"] for r in data.frames["country_totals"].rows}
    officials = _totals(rows, "official")
    countries = _totals(rows, "country")
    names = {row["country"]: row["name"] or row["country"] for row in rows}
    words = FigureTexts(
        _finding(data, rows, officials, countries, names),
        "Bilateral meetings of named officials with countries, in brackets: their number; lines "
        "are wider for more meetings",
        (
            "A meeting of two officials counts for both. Meetings without a named official are "
            "left out.",
            data.regions("country_totals"),
        ),
    )
    order = sorted(countries, key=lambda c: (str(regions.get(c)), -countries[c], c))
    left, right = (1.35, 2.05) if width > 4.5 else (0.95, 1.32)
    texts: list[tuple[str, str, list[str]]] = []  # country, blank for a region; weight; lines
    for number, code in enumerate(order):
        region = str(regions.get(code) or "Other")
        if number == 0 or region != str(regions.get(order[number - 1]) or "Other"):
            texts.append(("", "bold", fold(region, right - 0.08, REGION_SIZE, bold=True)))
        label = f"{names[code]} ({countries[code]})"
        texts.append((code, "normal", fold(label, right - 0.08, NAME_SIZE)))
    own = sum(NETWORK_LINE * len(lines) + (0 if code else REGION_GAP) for code, _, lines in texts)
    people = {name: _official(name, rows, total, left) for name, total in officials.items()}
    tall = max(own, sum(NETWORK_LINE * (1.5 + text.count("\n")) for text in people.values()))
    present = {row["agency"] for row in rows}
    looks = {code: look for code, look in colours(data.agencies).items() if code in present}
    key = [
        Line2D(
            [],
            [],
            color=look[0],
            lw=2.5,
            solid_capstyle="butt",
            label=f"{code}: {data.label('agency', code)}",
        )
        for code, look in looks.items()
    ]
    sheet = FigureCanvas(width, words, footer, 0.1 + tall, key)
    axes = sheet.axes(0, 0, 0.1, 0.0)
    bare(axes)
    axes.set_xlim(0, sheet.inner)
    axes.set_ylim(tall, 0)
    ends = _countries(axes, texts, sheet.inner - right, tall / own)
    starts = _officials(axes, rows, people, ends, left, tall)
    for row in sorted(rows, key=lambda row: (row["bilateral_meetings"], row["official"])):
        _tie(axes, (left, starts[row["official"]]), (sheet.inner - right, ends[row["country"]]),
             row["bilateral_meetings"], looks[row["agency"]][0])  # fmt: skip
    return sheet.figure


def _finding(
    data: Inputs, rows: Sequence[Row], officials: dict[str, int], countries: dict[str, int],
    names: dict[str, str],
) -> str:  # fmt: skip
    """Return which official met the most countries, and which country the most officials."""
    ties: dict[str, set[str]] = {}
    for row in rows:
        ties.setdefault(row["official"], set()).add(row["country"])
    widest = max(sorted(ties), key=lambda official: len(ties[official]))
    text = (
        f"{data.status[0].upper()}{data.status[1:]} bilateral meetings: {widest} with "
        f"{len(ties[widest])} of {counted(len(countries), 'country')}"
    )
    met_by = {c: sum(c in mine for mine in ties.values()) for c in countries}
    most = max(met_by.values())
    shared = [names[c] for c in countries if met_by[c] == most]
    if most > 1:
        text += f"; {phrases.listed(shared)} with {most} of {len(officials)} officials"
    return text


def _totals(rows: Sequence[Row], column: str) -> dict[str, int]:
    """Return the meetings of each value of a column."""
    found: dict[str, int] = {}
    for row in rows:
        found[row[column]] = found.get(row[column], 0) + row["bilateral_meetings"]
    return found


def _countries(
    axes: Axes, texts: Sequence[tuple[str, str, list[str]]], x: float, stretch: float
) -> dict[str, float]:
    """Write the names of the countries under their regions; return the height of each."""
    ends: dict[str, float] = {}
    y = 0.0
    for code, weight, lines in texts:
        y += 0 if code else REGION_GAP
        middle = (y + NETWORK_LINE * len(lines) / 2) * stretch
        size, colour = (NAME_SIZE, INK) if code else (REGION_SIZE, FAINT)
        axes.text(x + 0.07, middle, "\n".join(lines), va="center", fontsize=size,
                  fontweight=weight, color=colour, linespacing=1.0)  # fmt: skip
        if code:
            ends[code] = middle
        y += NETWORK_LINE * len(lines)
    return ends


def _official(name: str, rows: Sequence[Row], total: int, room: float) -> str:
    """Return the name of an official, folded, and below it the agency and the meetings."""
    agencies = sorted({row["agency"] for row in rows if row["official"] == name})
    of = agencies[0] if len(agencies) == 1 else f"{len(agencies)} agencies"
    return "\n".join(
        [*fold(name, room - 0.07, NAME_SIZE), *fold(f"{of} ({total})", room - 0.07, NAME_SIZE)]
    )


def _officials(
    axes: Axes, rows: Sequence[Row], people: dict[str, str], ends: dict[str, float],
    x: float, tall: float,
) -> dict[str, float]:  # fmt: skip
    """Write the names of the officials, each near its countries; return the height of each."""
    middle = {}
    for official in people:
        mine = [row for row in rows if row["official"] == official]
        total = sum(row["bilateral_meetings"] for row in mine)
        middle[official] = sum(ends[r["country"]] * r["bilateral_meetings"] for r in mine) / total
    order = sorted(people, key=lambda official: (middle[official], official))
    lines = [1.5 + people[official].count("\n") for official in order]
    starts, above = {}, 0.0
    for official, own in zip(order, lines, strict=True):
        starts[official] = tall * (above + own / 2) / sum(lines)
        above += own
        axes.text(x - 0.07, starts[official], people[official], fontsize=NAME_SIZE, ha="right",
                  va="center", linespacing=1.1)  # fmt: skip
    return starts


def _tie(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], count: int, colour: str
) -> None:
    """Draw a curve from an official to a country."""
    bend = (end[0] - start[0]) * 0.5
    points = [start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end]
    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(
        PathPatch(path, fc="none", ec=colour, lw=0.55 * count**0.75 + 0.15, alpha=0.75,
                  capstyle="butt")
    )  # fmt: skip
