"""Find pairs of events of one dataset that may be the same meeting, coded twice."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.coding.event_pairs import (
    LIKE,
    WEIGHTS,
    EventRows,
    checked_days,
    checked_score,
    event_pairs,
    event_rows,
)
from secdiplo.coding.pair_decisions import read_not_duplicates

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.engine.frames import ResultFrame
    from secdiplo.store import Built

DAYS = 7
MIN_SCORE = 0.75
DUPLICATE_COLUMNS = (
    "event_key_1",
    "event_key_2",
    "score",
    "reasons",
    "date_1",
    "date_2",
    "official_1",
    "official_2",
    "counterpart_person_1",
    "counterpart_person_2",
    "source_url_1",
    "source_url_2",
)
NOUNS = {
    "counterpart": "counterpart",
    "official": "official",
    "agency": "agency",
    "person": "person met",
    "forum": "forum",
    "format": "format",
    "mode": "mode",
    "place": "place",
    "source": "source page",
    "title": "title of the page",
}


def duplicates(
    built: Built, source: Path | None, days: int = DAYS, min_score: float = MIN_SCORE
) -> ResultFrame:
    """Find pairs of events that may be one: `Dataset.duplicates`.

    Parameters
    ----------
    built : Built
        The open dataset.
    source : Path or None
        Its dataset folder, which has the decisions.
    days : int
        The most days between the events of a pair.
    min_score : float
        Pairs with a lower score are not listed.

    Returns
    -------
    DataFrame
        See `Dataset.duplicates`.
    """
    from secdiplo.engine.frames import described

    rows = event_rows(built)
    decided = read_not_duplicates(source, rows.events["event_id"])
    floor = checked_score("min_score", min_score)
    pairs = event_pairs(rows, None, checked_days(days), floor)
    pairs = pairs[pairs["score"] >= floor]
    frame = _listed(rows, pairs)
    known = [
        tuple(sorted(keys)) not in decided
        for keys in zip(frame["event_key_1"], frame["event_key_2"], strict=True)
    ]
    found = frame[known].reset_index(drop=True)
    number = len(found)
    summary = (
        f"{number} pair{'s' * (number != 1)} of events may be the same meeting; "
        f"{len(decided)} were decided to be different."
    )
    about = {
        "title": "Events that may be duplicates",
        "grain": "One row per pair of events.",
        "dataset": f"{built.dataset['name']} {built.dataset['version']}",
        "content": built.content,
        "summary": summary,
    }
    return described(found, about)


def _listed(rows: EventRows, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with what a coder needs to decide, the most similar first."""
    import pandas as pd

    names = ("date", "official", "person", "source")
    sides = [rows.events.iloc[pairs[side]].reset_index(drop=True) for side in ("one", "other")]
    cells: dict[str, Any] = {
        "event_key_1": sides[0]["event_id"],
        "event_key_2": sides[1]["event_id"],
        "score": pairs["score"].to_numpy(),
        "reasons": reasons(pairs),
    }
    columns = DUPLICATE_COLUMNS[4:]
    for name, place in zip(names, range(0, len(columns), 2), strict=True):
        for side in (0, 1):
            cells[columns[place + side]] = sides[side][name]
    frame = pd.DataFrame(cells, columns=list(DUPLICATE_COLUMNS))
    order = ["score", "event_key_1", "event_key_2"]
    return frame.sort_values(order, ascending=[False, True, True], ignore_index=True)


def reasons(pairs: pd.DataFrame) -> list[str]:
    """Explain in words why the events of each pair may be the same, and what differs."""
    cells = {name: pairs[name].tolist() for name in WEIGHTS}
    found = []
    for place, gap in enumerate(pairs["gap"].tolist()):
        days = "days overlap" if gap == 0 else f"{gap} day{'s' * (gap != 1)} apart"
        same: list[str] = []
        alike: list[str] = []
        other: list[str] = []
        for name, noun in NOUNS.items():
            value = cells[name][place]
            if isnan(value):  # one of the events lacks it
                continue
            (same if value == 1 else alike if value >= LIKE else other).append(noun)
        date = "same day" if cells["date"][place] == 1 else days
        parts = [date, *(f"{word} {', '.join(nouns)}" for word, nouns in (
            ("same", same), ("similar", alike), ("but different", other)) if nouns)]  # fmt: skip
        found.append("; ".join(parts))
    return found
