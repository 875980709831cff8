"""Link the events of two datasets of one subject: each event to one of the other, or to none.

`secdiplo.coding.matching` pairs the rows of two codings of the same events, for reliability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.coding import result_tables
from secdiplo.coding.event_pairs import (
    EventRows,
    agreement_in_words,
    checked_days,
    checked_score,
    event_pairs,
    event_rows,
)
from secdiplo.coding.pair_decisions import NO, YES, Pair, queue_links, read_links
from secdiplo.output.wording import counted_are

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built

LINK_DAYS = 3
LINKED_FROM, DOUBTFUL_FROM = 0.7, 0.5  # scores of pairs that are linked, and of those to decide
DENSE_CELLS = 1_000_000  # of a block whose scores are held as a whole matrix
LINK_COLUMNS = ("event_key", "other_event_key", "score", "status", "agree", "differ")
ONLY_COLUMNS = ("event_key", "date", "official", "counterpart_person", "nearest", "score")
ALL_COLUMNS = ("event_key", "other_event_key", "status")
MATCH_FRAMES = ("links", "doubtful", "only_first", "only_second", "all")


@dataclass(frozen=True)
class EventLinks:
    """Which events of two datasets are the same.

    Attributes
    ----------
    links : DataFrame
        One row per linked or doubtful pair: event_key, other_event_key, score (0 to 1), status
        (``linked``; ``decided`` by a coder; ``doubtful``), agree and differ (fields, in words).
    only_first, only_second : DataFrame
        One row per event without a link: event_key, date, official, counterpart_person, and the
        nearest event of the other dataset with its score.
    source : Path or None
        The dataset folder of the first one, which keeps the decisions.
    """

    links: pd.DataFrame
    only_first: pd.DataFrame
    only_second: pd.DataFrame
    source: Path | None = None

    @property
    def summary(self) -> str:
        """One line: how many events are linked, doubtful, or only in one dataset."""
        counts = self.links["status"].value_counts()
        linked, decided, doubtful = (
            int(counts.get(name, 0)) for name in ("linked", "decided", "doubtful")
        )
        by_hand = f" ({decided} by decision)" if decided else ""
        return (
            f"{counted_are(linked + decided, 'event')} linked{by_hand}; "
            f"{counted_are(doubtful, 'pair')} doubtful. "
            f"{counted_are(len(self.only_first), 'event')} only in the first dataset and "
            f"{len(self.only_second):,} only in the second (including doubtful pairs)."
        )

    def __repr__(self) -> str:
        return f"<EventLinks: {self.summary} See frame().>"

    def _repr_html_(self) -> str:
        import html

        table = self.links.head(20).to_html(index=False)
        return f"<p>{html.escape(self.summary)}</p>{table}"

    def frame(self, name: str = "links") -> pd.DataFrame:
        """Return one of the tables as a DataFrame.

        Parameters
        ----------
        name : {"links", "doubtful", "only_first", "only_second", "all"}

        Returns
        -------
        DataFrame
            ``doubtful`` has the rows of ``links`` that a coder is to decide. ``all`` has every
            event of both datasets, as `Dataset.coverage` needs them: event_key, other_event_key
            (one of them missing for an event without a link) and status. ``attrs`` contains the
            summary.

        Raises
        ------
        UsageError
            There is no such table.
        """
        result_tables.check_name(name, MATCH_FRAMES)
        if name == "doubtful":
            doubtful = self.links["status"] == "doubtful"
            found = self.links[doubtful].reset_index(drop=True)
        elif name == "all":
            found = self._every_event()
        else:
            found = getattr(self, name).copy()
        found.attrs["summary"] = self.summary
        return found

    def _every_event(self) -> pd.DataFrame:
        """Return the links and then the events of either dataset without one."""
        import pandas as pd

        first = self.only_first[["event_key"]].assign(status="only_first")
        second = self.only_second[["event_key"]].assign(status="only_second")
        second = second.rename(columns={"event_key": "other_event_key"})
        done = self.links[self.links["status"] != "doubtful"]
        every = [
            frame.reindex(columns=ALL_COLUMNS).astype(object) for frame in (done, first, second)
        ]
        return pd.concat(every, ignore_index=True)

    def queue(self) -> int:
        """Add the doubtful pairs to ``curated/links.csv``, where a coder decides them.

        Returns
        -------
        int
            How many pairs were added; those that are there already are not added again.

        Raises
        ------
        UsageError
            The first dataset has no folder.
        """
        doubtful = self.frame("doubtful")
        pairs = zip(doubtful["event_key"], doubtful["other_event_key"], strict=True)
        return queue_links(self.source, pairs)


def match_events(
    first: Built,
    second: Built,
    source: Path | None = None,
    *,
    days: int = LINK_DAYS,
    linked_from: float = LINKED_FROM,
    doubtful_from: float = DOUBTFUL_FROM,
) -> EventLinks:
    """Link the events of two open datasets: `secdiplo.match`.

    Parameters
    ----------
    first, second : Built
    source : Path, optional
        The dataset folder of the first one, which has the decisions.
    days : int
        The most days between two linked events.
    linked_from, doubtful_from : float
        From which score a pair is linked, and from which it is doubtful.

    Returns
    -------
    EventLinks
    """
    checked_days(days)
    linked_from = checked_score("linked_from", linked_from)
    doubtful_from = min(checked_score("doubtful_from", doubtful_from), linked_from)
    one, other = event_rows(first), event_rows(second)
    decisions = read_links(source, one.events["event_id"], other.events["event_id"])
    pairs = event_pairs(one, other, days, doubtful_from)
    pairs = _undecided(pairs[pairs["score"] > 0], one, other, decisions)
    chosen = pairs[pairs["score"] >= doubtful_from].reset_index(drop=True)
    chosen = chosen[_assigned(chosen)].reset_index(drop=True)
    links = _links(chosen, one, other, linked_from)
    links = _with_decided(links, decisions)
    done = links[links["status"] != "doubtful"]
    return EventLinks(
        links,
        _only(one, other, pairs, "one", set(done["event_key"])),
        _only(other, one, pairs, "other", set(done["other_event_key"])),
        source,
    )


def _undecided(
    pairs: pd.DataFrame, one: EventRows, other: EventRows, decisions: Mapping[Pair, str]
) -> pd.DataFrame:
    """Leave out the events that a coder has linked, and the pairs that are decided not to be."""
    import pandas as pd

    places = [
        {key: place for place, key in enumerate(side.events["event_id"])} for side in (one, other)
    ]
    yes = [pair for pair, decision in decisions.items() if decision == YES]
    no = {(places[0][a], places[1][b]) for (a, b), decision in decisions.items() if decision == NO}
    taken = [{places[side][pair[side]] for pair in yes} for side in (0, 1)]
    gone = pairs["one"].isin(taken[0]) | pairs["other"].isin(taken[1])
    if no:
        listed = zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True)
        gone |= pd.Series([pair in no for pair in listed], index=pairs.index, dtype=bool)
    return pairs[~gone].reset_index(drop=True)


def _assigned(pairs: pd.DataFrame) -> Any:
    """Return which pairs belong to the assignment of events one to one with the largest score.

    The pairs are edges of a graph; each connected part of it is solved on its own, exactly.
    """
    import numpy as np
    from scipy.sparse import coo_array  # type: ignore[import-untyped,unused-ignore]
    from scipy.sparse.csgraph import (  # type: ignore[import-untyped,unused-ignore]
        connected_components,
    )

    chosen = np.zeros(len(pairs), dtype=bool)
    if not len(pairs):
        return chosen
    one, rows = np.unique(pairs["one"].to_numpy(), return_inverse=True)
    other, columns = np.unique(pairs["other"].to_numpy(), return_inverse=True)
    score = pairs["score"].to_numpy(dtype=float)
    size = len(one) + len(other)
    graph = coo_array((np.ones(len(pairs)), (rows, columns + len(one))), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    part = part[rows]
    order = np.argsort(part, kind="stable")
    edges = np.flatnonzero(np.diff(part[order])) + 1
    for places in np.split(order, edges):
        if len(places) == 1:
            chosen[places] = True
        else:
            chosen[places] = _best(rows[places], columns[places], score[places])
    return chosen


def _best(rows: Any, columns: Any, score: Any) -> Any:
    """Return which edges of a connected part are in its best assignment."""
    import numpy as np
    from scipy.optimize import (  # type: ignore[import-untyped,unused-ignore]
        linear_sum_assignment,
    )
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    one, row = np.unique(rows, return_inverse=True)
    other, column = np.unique(columns, return_inverse=True)
    if len(one) * len(other) <= DENSE_CELLS:
        matrix = np.zeros((len(one), len(other)))
        matrix[row, column] = score
        partner = np.full(len(one), -1)
        found = linear_sum_assignment(matrix, maximize=True)
        partner[found[0]] = found[1]
        return partner[row] == column
    # Each event of the first side may also stay alone, for next to nothing.
    alone = np.arange(len(one))
    scores = np.concatenate([score, np.full(len(one), 1e-9)])
    places = (np.concatenate([row, alone]), np.concatenate([column, len(other) + alone]))
    matrix = coo_array((scores, places), shape=(len(one), len(other) + len(one))).tocsr()
    found = min_weight_full_bipartite_matching(matrix, maximize=True)
    partner = np.full(len(one), -1)
    partner[found[0]] = found[1]
    return partner[row] == column


def _links(
    chosen: pd.DataFrame, one: EventRows, other: EventRows, linked_from: float
) -> pd.DataFrame:
    """Return the pairs of the assignment by the keys of their events."""
    import numpy as np
    import pandas as pd

    agree, differ = agreement_in_words(chosen)
    cells = {
        "event_key": one.events["event_id"].to_numpy()[chosen["one"]],
        "other_event_key": other.events["event_id"].to_numpy()[chosen["other"]],
        "score": chosen["score"].to_numpy(dtype=float),
        "status": np.where(chosen["score"] >= linked_from, "linked", "doubtful"),
        "agree": agree,
        "differ": differ,
    }
    frame = pd.DataFrame(cells, columns=list(LINK_COLUMNS))
    return frame.sort_values("event_key", ignore_index=True)


def _with_decided(links: pd.DataFrame, decisions: Mapping[Pair, str]) -> pd.DataFrame:
    """Add the pairs that a coder has linked."""
    import pandas as pd

    yes = [(*pair, 1.0, "decided", "", "") for pair, given in decisions.items() if given == YES]
    if not yes:
        return links
    both = pd.concat([links, pd.DataFrame(yes, columns=list(LINK_COLUMNS))])
    return both.sort_values("event_key", ignore_index=True)


def _only(
    rows: EventRows, others: EventRows, pairs: pd.DataFrame, side: str, done: set[str]
) -> pd.DataFrame:
    """Return the events without a link, with the nearest event of the other dataset."""
    import pandas as pd

    across = "other" if side == "one" else "one"
    best = pairs.sort_values(["score", across], ascending=[False, True], kind="stable")
    best = best.drop_duplicates(side).set_index(side)
    left = rows.events[~rows.events["event_id"].isin(done)]
    near = best.reindex(left.index)
    keys = others.events["event_id"]
    names = near[across].map(keys)
    cells = {
        "event_key": left["event_id"],
        "date": left["date"],
        "official": left["official"],
        "counterpart_person": left["person"],
        "nearest": names,
        "score": near["score"],
    }
    return pd.DataFrame(cells, columns=list(ONLY_COLUMNS)).reset_index(drop=True)
