"""Rankings of countries as tables with bars, for all officials and official by official."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from secdiplo.figures import phrases
from secdiplo.figures.inputs import Inputs, Row
from secdiplo.figures.lettering import fold
from secdiplo.figures.style import (
    FAINT,
    HATCHES,
    LABEL_SIZE,
    SERIES,
    FigureCanvas,
    FigureTexts,
    label_column,
    label_ends,
    label_rows,
    samples,
    whole_numbers,
    width_inches,
)
from secdiplo.output.wording import counted

MAX_COUNTRIES = 15
PLACES = 10
RANK_WIDTH = 0.3  # inches of the column of ranks
TIES = "Countries with equal counts share a rank."
FORMAT_LABELS = {"bilateral": "standalone", "sideline": "sideline", "multilateral": "multilateral"}


def country_ranking(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw the countries met most: bilateral meetings, and multilateral events beside them."""
    met = [row for row in data.frames["country_totals"].rows if row["bilateral_meetings"]]
    rows = met[:MAX_COUNTRIES]
    last = rows[-1]["bilateral_meetings"]
    alike = sum(row["bilateral_meetings"] == last for row in met[MAX_COUNTRIES:])
    fewer = len(data.frames["country_totals"].rows) - len(rows) - alike
    rest = [f"{alike} have as many as the last one shown"] if alike else []
    rest += [f"{fewer} have fewer or none"] if fewer else []
    found = phrases.most(met, "name", "bilateral_meetings")
    used = [name for name in FORMAT_LABELS if any(row[name] for row in rows)]
    several = "multilateral" in used
    aside = "sideline" in used
    counted = "Bilateral meetings by country"
    counted += " (in brackets: standalone + on the sidelines of a forum)" if aside else ""
    counted += ", and multilateral events in which the country is named" if several else ""
    words = FigureTexts(
        f"Most {data.status} bilateral meetings: {found}",
        counted,
        (f"{TIES} Of the other countries, {' and '.join(rest)}." if rest else TIES,),
    )
    looks = {FORMAT_LABELS[name]: (SERIES[n], HATCHES[n]) for n, name in enumerate(FORMAT_LABELS)}
    key = samples({FORMAT_LABELS[name]: looks[FORMAT_LABELS[name]] for name in used})
    labels, names, row_height = label_column(
        [row["name"] or row["country"] for row in rows], 1.75 if width > 4.5 else 1.15
    )
    sheet = FigureCanvas(
        width, words, footer, 0.68 + row_height * len(rows), key if len(used) > 1 else []
    )
    names += RANK_WIDTH
    room = sheet.inner - names - 0.1
    part = room * 0.3 if several else 0.0
    axes = sheet.axes(names, part + 0.1 if several else 0.0, 0.5, 0.18)
    base = [0] * len(rows)
    for name in ("bilateral", "sideline"):
        base = _bars(axes, rows, name, looks[FORMAT_LABELS[name]], base)
    label_ends(axes, base, [
        f"{row['bilateral_meetings']:,}"
        + (f"  ({row['bilateral']} + {row['sideline']})" if aside else "")
        for row in rows
    ])  # fmt: skip
    _ranked(axes, rows, labels, names)
    axes.set_xlabel("bilateral meetings")
    if several:
        beside = sheet.axes(names + room - part + 0.1, 0.0, 0.5, 0.18)
        ends = _bars(beside, rows, "multilateral", looks["multilateral"], [0] * len(rows))
        label_ends(beside, ends, [f"{row['multilateral']:,}" for row in rows])
        label_rows(beside, [""] * len(rows))
        whole_numbers(beside.xaxis)
        beside.set_xlabel("multilateral events" if width > 4.5 else "multilateral")
    return sheet.figure


def _bars(
    axes: Axes, rows: Sequence[Row], column: str, look: tuple[str, str], base: Sequence[int]
) -> list[int]:
    """Draw one column as bars after others; return where they end."""
    counts = [row[column] for row in rows]
    axes.barh(range(len(rows)), counts, 0.72, base, color=look[0], hatch=look[1],
              edgecolor="white", lw=0.5)  # fmt: skip
    return [have + more for have, more in zip(base, counts, strict=True)]


def _ranked(axes: Axes, rows: Sequence[Row], labels: Sequence[str], room: float) -> None:
    """Write the rank and the name of each row to the left of its bar."""
    label_rows(axes, labels)
    whole_numbers(axes.xaxis)
    for place, row in enumerate(rows):
        axes.annotate(f"{row['rank']}.", (0, place), (-room * 72 + 15, 0), ha="right", va="center",
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      fontsize=LABEL_SIZE, color=FAINT)  # fmt: skip
    axes.annotate("Rank", (0, 1), (-room * 72, 2), xycoords="axes fraction", va="bottom",
                  textcoords="offset points", fontsize=6.3, color=FAINT)  # fmt: skip


def official_ranking(data: Inputs, width: float, footer: Sequence[str]) -> Any:
    """Draw the countries that the two officials of the most meetings met most, side by side."""
    rows = [r for r in data.frames["official_counterparts"].rows if r["bilateral_meetings"]]
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        who = row["official"], row["agency"]
        counts[who] = counts.get(who, 0) + row["bilateral_meetings"]
    chosen = sorted(counts, key=lambda who: (-counts[who], who))[:2]
    mine = {who: [r for r in rows if (r["official"], r["agency"]) == who] for who in chosen}
    lists = [
        [r for r in mine[who] if r["rank"] <= PLACES][:MAX_COUNTRIES] for who in chosen
    ]  # fmt: skip
    found = [
        f"{who[0]} with {phrases.most(mine[who], 'name', 'bilateral_meetings')}" for who in chosen
    ]
    words = FigureTexts(
        f"Most {data.status} bilateral meetings: {', '.join(found)}",
        "Bilateral meetings by country of "
        + ("the two officials with most of them" if len(chosen) > 1 else "the official"),
        (
            f"{TIES} At most {MAX_COUNTRIES} countries of the first {PLACES} ranks are shown.",
            *data.explain(*(agency for _, agency in chosen)),
        ),
    )
    beside = width > 4.5
    inner = (width - 0.24 - 0.2) / 2 if beside else width - 0.24
    names, room, row_height = label_column(
        [row["name"] or row["country"] for part in lists for row in part], 1.3
    )
    titles = [
        "\n".join(fold(f"{who[0]}, {who[1]}: {counted(counts[who], 'meeting')}", inner,
                       7.5, bold=True))
        for who in chosen
    ]  # fmt: skip
    head = 0.26 + 0.13 * (1 + max(title.count("\n") for title in titles))
    foot, labels = 0.5, iter(names)
    talls = [head + foot + row_height * len(part) for part in lists]
    whole = max(talls) if beside else sum(talls)
    sheet = FigureCanvas(width, words, footer, whole)
    top = max(row["bilateral_meetings"] for part in lists for row in part)
    for number, part in enumerate(lists):
        left = (inner + 0.2) * number if beside else 0.0
        above = 0.0 if beside else sum(talls[:number])
        axes = sheet.axes(
            left + room + RANK_WIDTH,
            sheet.inner - left - inner,
            whole - above - talls[number] + foot,
            above + head,
        )
        ends = _bars(axes, part, "bilateral_meetings", (SERIES[number], HATCHES[number]),
                     [0] * len(part))  # fmt: skip
        label_ends(axes, ends, [f"{end:,}" for end in ends])
        axes.set_xlim(0, max(axes.get_xlim()[1], top * 1.12))
        _ranked(axes, part, [next(labels) for _ in part], room + RANK_WIDTH)
        axes.set_xlabel("bilateral meetings")
        axes.set_title(titles[number], x=-(room + RANK_WIDTH) / width_inches(axes), pad=13)
    return sheet.figure
