"""Published values beside attested ones, with what all published values together admit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from secdiplo.claims.reproduce import ClaimResult
from secdiplo.claims.status import STATUSES, tidy
from secdiplo.figures.inputs import Inputs
from secdiplo.figures.style import (
    ATTESTED,
    FAINT,
    INK,
    PUBLISHED,
    RULE_COLOUR,
    SERIES,
    FigureCanvas,
    FigureTexts,
    cut,
    whole_numbers,
    width_inches,
)

ROW_HEIGHT = 0.145  # inches
PANELS = (("percent", "percent"), ("rank", "place"), ("year", "year"))


def claims_compared(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Every published value that the tables can recompute, beside what they give."""
    tested = [finding for finding in data.findings if finding.recomputed is not None]
    rest = sorted(f.claim["claim_id"] for f in data.findings if f.recomputed is None)
    counts = {s: sum(f.status == s for f in tested) for s in STATUSES}
    parts = [f"{status} {n}" for status, n in counts.items() if n]
    beside = ", beside the words they stand in" if width > 4.5 else ""
    words = FigureTexts(
        f"Of {len(tested)} published values that the tables can recompute, "
        f"{counts['reproduced']} are reproduced",
        f"Each published value and the {data.status} one in its own unit{beside}: "
        f"{', '.join(parts)}",
        (
            "Admitted: the least and greatest value that all published values together admit, "
            "where the audit has a bound. Fewer attested than published are expected "
            "of a sheet that does not claim to be exhaustive.",
            *([f"Published only, since no table at hand can recompute them ({len(rest)}): "
               f"{', '.join(rest)}."] if rest else []),
        ),
    )  # fmt: skip
    groups: dict[str, list[ClaimResult]] = {"count": []}
    for unit, _ in PANELS:
        groups[unit] = [finding for finding in tested if finding.claim["unit"] == unit]
    known = {unit for unit, _ in PANELS}
    groups["count"] = [finding for finding in tested if finding.claim["unit"] not in known]
    groups = {unit: members for unit, members in groups.items() if members}
    gap, head = 0.42, 0.2
    tall = sum(len(members) * ROW_HEIGHT + gap + head for members in groups.values())
    sheet = FigureCanvas(width, words, footer, tall + 0.25)
    names = {True: 2.6, False: 1.45}[width > 4.5]
    top = 0.3
    _legend(sheet, data.status)
    for unit, members in groups.items():
        own = len(members) * ROW_HEIGHT
        bottom = sheet.room - top - head - own
        axes = sheet.axes(names, 0.78, bottom, top + head)
        _panel(axes, unit, members, names)
        top += own + gap + head
    return sheet.figure


def _legend(sheet: FigureCanvas, status: str) -> None:
    handles = [
        Line2D([], [], marker="D", ls="", mfc="white", mec=PUBLISHED, mew=1.2, ms=5,
               label="published"),
        Line2D([], [], marker="o", ls="", color=ATTESTED, ms=4, label=f"{status} (derived)"),
        Line2D([], [], color=SERIES[2], lw=3, label="admitted"),
    ]  # fmt: skip
    place = (sheet.bottom + sheet.room) / sheet.height
    sheet.figure.legend(handles=handles, loc="upper left", ncols=3, borderaxespad=0,
                        bbox_to_anchor=(0.12 / sheet.width, place), columnspacing=1.2,
                        handletextpad=0.5)  # fmt: skip


def _panel(axes: Axes, unit: str, members: Sequence[ClaimResult], names: float) -> None:
    """One panel of figures of the same kind, a line each."""
    texts = {"count": "Counts (logarithmic above 1)", "percent": "Shares", "rank": "Ranks",
             "year": "Years"}  # fmt: skip
    if unit == "count":
        axes.set_xscale("symlog", linthresh=1, linscale=0.35)
    places = range(len(members))
    axes.hlines(
        places, 0, 1, transform=axes.get_yaxis_transform(), colors=RULE_COLOUR, lw=0.4, zorder=0
    )
    for place, finding in enumerate(members):
        if finding.lower is not None and unit != "year":
            upper = finding.upper
            if upper is None:
                upper = max(finding.claim["value"], finding.lower) * 2
            axes.plot([finding.lower, upper], [place, place], color=SERIES[2], lw=3, zorder=1,
                      solid_capstyle="butt", marker="|", ms=5, mec=SERIES[2])  # fmt: skip
        words, numbers = _name(finding, names)
        for text, across, shift, side, colour in (
            (words, 0, -names * 72, "left", INK),
            (numbers, 0, -5, "right", INK),
            (finding.status.replace("_", " "), 1, 4, "left", FAINT),
        ):
            axes.annotate(text, (across, place), (shift, 0), fontsize=6.2, ha=side, va="center",
                          xycoords=("axes fraction", "data"), textcoords="offset points",
                          color=colour)  # fmt: skip
    published = [finding.claim["value"] for finding in members]
    found = [finding.recomputed or 0.0 for finding in members]
    axes.plot(published, places, "D", mfc="white", mec=PUBLISHED, mew=1.1, ms=4.6, zorder=2)
    axes.plot(found, places, "o", color=ATTESTED, ms=3, zorder=3)
    axes.set_yticks([])
    axes.set_ylim(len(members) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.set_title(texts[unit], x=-names / width_inches(axes), fontsize=7.5, pad=4)
    if unit == "count":
        top = max(finding.claim["value"] for finding in members)
        axes.set_xlim(-0.3, top * 1.5)
        ticks = [0, 1, *(10**n for n in range(1, 7) if 10**n <= top)]
        axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        axes.set_xticks([], minor=True)
    elif unit == "percent":
        axes.set_xlim(0, None)
    else:
        whole_numbers(axes.xaxis)
        axes.margins(x=0.15)


def _name(finding: ClaimResult, room: float) -> tuple[str, str]:
    """A claim in one line: its id and as many words of it as fit, then both figures."""
    claim = finding.claim
    words = claim["quote"] if room > 2 else str(claim["unit"]).replace("_", " ")
    numbers = f"{tidy(claim['value'])} / {tidy(finding.recomputed)}"
    space = room - 0.2 - len(numbers) * 0.05
    return cut(f"{claim['claim_id']}  {words}", space, 6.2), numbers
