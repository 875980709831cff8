"""Published values beside recomputed ones, with what all published values together admit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from secdiplo.claims.reproduce import ClaimResult
from secdiplo.claims.status import STATUSES
from secdiplo.figures import phrases
from secdiplo.figures.inputs import Inputs
from secdiplo.figures.lettering import fold, text_width
from secdiplo.figures.style import (
    ATTESTED,
    FAINT,
    INK,
    PUBLISHED,
    RULE_COLOUR,
    SERIES,
    FigureCanvas,
    FigureTexts,
    whole_numbers,
    width_inches,
)

CLAIM_LINE, CLAIM_GAP = 0.088, 0.035  # inches of a line of text, and between two rows
PANEL_HEAD, PANEL_FOOT = 0.22, 0.32  # inches above and below the rows of a panel
CLAIM_SIZE = 6.2  # of the texts of a row, in points
STATUS_WIDTH = 0.6  # inches of the column of statuses
PANELS = {
    "count": "Counts (logarithmic above 1)",
    "percent": "Shares in percent",
    "rank": "Ranks (1 is the first)",
    "year": "Years",
}
MEANINGS = {
    "reproduced": "the recomputed value equals the published one",
    "consistent": "fewer, or first attested later, than published",
    "exceeded": "more than published",
    "differs": "another share or rank",
    "contradicted": "no additional data could resolve the difference",
}


def claims_compared(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw every published value that the tables can recompute, beside what they give."""
    tested = [finding for finding in data.findings if finding.recomputed is not None]
    rest = len(data.findings) - len(tested)
    counts = {s: sum(f.status == s for f in tested) for s in STATUSES}
    words = FigureTexts(
        f"Of {len(tested)} published values that the tables can recompute, "
        f"{counts['reproduced']} are reproduced",
        f"Published value / value of the {data.status} rows, in the unit of the published value: "
        + ", ".join(f"{n} {status}" for status, n in counts.items() if n),
        (
            f"{'; '.join(f'{s}: {MEANINGS[s]}' for s, n in counts.items() if n).capitalize()}.",
            "Admitted: the least and the greatest value that all published values together allow, "
            "where the audit has bounds.",
            *([f"{rest} more published values cannot be recomputed from these tables."]
              if rest else []),
        ),
    )  # fmt: skip
    panels = [_Panel(unit, tested, width - 0.24) for unit in PANELS]
    panels = [panel for panel in panels if panel.members]
    tall, top = sum(panel.height for panel in panels), 0.0
    sheet = FigureCanvas(width, words, footer, tall, _key(data.status))
    for panel in panels:
        panel.draw(
            sheet.axes(
                panel.names, STATUS_WIDTH, tall - top - panel.height + PANEL_FOOT, top + PANEL_HEAD
            )
        )
        top += panel.height
    return sheet.figure


def _key(status: str) -> list[Line2D]:
    diamond: dict[str, Any] = {"marker": "D", "mfc": "white", "mec": PUBLISHED, "mew": 1.2, "ms": 5}
    return [
        Line2D([], [], ls="", label="published", **diamond),
        Line2D([], [], marker="o", ls="", color=ATTESTED, ms=4, label=status),
        Line2D([], [], color=SERIES[2], lw=3, label="admitted"),
    ]


class _Panel:
    """The published values of one kind, a row each."""

    def __init__(self, unit: str, tested: Sequence[ClaimResult], wide: float) -> None:
        known = set(PANELS)
        self.unit = unit
        self.members = [f for f in tested if f.claim["unit"] == unit] or (
            [f for f in tested if f.claim["unit"] not in known] if unit == "count" else []
        )
        self.numbers = [
            f"{phrases.number(f.claim, f.claim['value'])} / {phrases.number(f.claim, f.recomputed)}"
            for f in self.members
        ]
        numbers = max((text_width(text, CLAIM_SIZE) for text in self.numbers), default=0.0) + 0.16
        self.names = wide - STATUS_WIDTH - max(0.7, wide * 0.28)
        self.quotes = [
            fold(f"{f.claim['claim_id']}: “{f.claim['quote']}”", self.names - numbers, CLAIM_SIZE)
            for f in self.members
        ]
        self.heights = [CLAIM_GAP + CLAIM_LINE * len(lines) for lines in self.quotes]
        self.height = PANEL_HEAD + PANEL_FOOT + sum(self.heights)

    def draw(self, axes: Axes) -> None:
        """Draw the rows from the top down."""
        if self.unit == "count":
            axes.set_xscale("symlog", linthresh=1, linscale=0.35)
        axes.set_ylim(sum(self.heights), 0)
        places, below = [], 0.0
        for height in self.heights:
            places.append(below + height / 2)
            below += height
        axes.hlines(places, 0, 1, transform=axes.get_yaxis_transform(), colors=RULE_COLOUR, lw=0.4,
                    zorder=0)  # fmt: skip
        for place, finding, lines, numbers in zip(
            places, self.members, self.quotes, self.numbers, strict=True
        ):
            self._bounds(axes, place, finding)
            for text, across, shift, side, colour in (
                ("\n".join(lines), 0, -self.names * 72, "left", INK),
                (numbers, 0, -5, "right", INK),
                (finding.status.replace("_", " "), 1, 5, "left", FAINT),
            ):
                axes.annotate(text, (across, place), (shift, 0), fontsize=CLAIM_SIZE, ha=side,
                              va="center", xycoords=("axes fraction", "data"), linespacing=0.95,
                              textcoords="offset points", color=colour)  # fmt: skip
        published = [finding.claim["value"] for finding in self.members]
        found = [finding.recomputed or 0.0 for finding in self.members]
        axes.plot(published, places, "D", mfc="white", mec=PUBLISHED, mew=1.1, ms=4.6, zorder=2,
                  clip_on=False)  # fmt: skip
        axes.plot(found, places, "o", color=ATTESTED, ms=3, zorder=3, clip_on=False)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        left = -self.names / width_inches(axes)
        axes.set_title(PANELS[self.unit], x=left, fontsize=7.5, pad=4)
        self._scale(axes, max(published))

    def _bounds(self, axes: Axes, place: float, finding: ClaimResult) -> None:
        if finding.lower is None or self.unit == "year":
            return
        upper = finding.upper
        if upper is None:
            upper = max(finding.claim["value"], finding.lower) * 2
        axes.plot([finding.lower, upper], [place, place], color=SERIES[2], lw=3, zorder=1,
                  solid_capstyle="butt", marker="|", ms=5, mec=SERIES[2])  # fmt: skip

    def _scale(self, axes: Axes, top: float) -> None:
        few = width_inches(axes) < 1.2
        if self.unit == "count":
            axes.set_xlim(-0.3, top * 2)
            tens = [10**n for n in range(1, 7) if 10**n <= top]
            ticks = [0, *(tens[::2] if few else [1, *tens])]
            axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
            axes.set_xticks([], minor=True)
        elif self.unit == "percent":
            axes.margins(x=0.08)
            axes.set_xlim(0, None)
        else:
            whole_numbers(axes.xaxis, 2 if few else "auto")
            axes.margins(x=0.15)
