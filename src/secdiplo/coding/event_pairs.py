"""Compare events in pairs: which may be the same meeting, field by field, with a score.

`secdiplo duplicates` compares the events of one dataset with each other, `secdiplo match` those of
two datasets. Only pairs in a block are compared: the same home country, a common counterpart (or
none in both), and days that are at most so many apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError
from secdiplo.schema.plain_values import plain
from secdiplo.store import connected
from secdiplo.text import unaccented

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from secdiplo.store import Built

WEIGHTS = {  # how much each field counts; a field that one event lacks counts for nothing
    "date": 3.0,
    "counterpart": 3.0,
    "official": 3.0,
    "agency": 1.0,
    "person": 5.0,
    "forum": 3.0,
    "format": 2.0,
    "mode": 0.5,
    "place": 1.0,
    "source": 1.0,
    "title": 0.5,
}
TEXT_FIELDS = ("official", "person", "title", "place")  # compared by their spelling
CODED_FIELDS = ("agency", "forum", "format", "mode", "source")  # compared as they are
LIKE = 0.8  # the similarity from which two texts agree
OVERLAPPING = 0.7  # of days that overlap, where an event has several or its day is not known
DIFFERENT = 0.5  # the similarity up to which two texts have nothing in common
MAX_DAYS = 366
MAX_PAIRS = 2_000_000  # that are compared at once
MAX_SPELT = 60  # candidates of an event whose spellings are compared
MAX_CANDIDATES = 20  # the most similar events that an event may be linked to
COMPARED = (*CODED_FIELDS, *TEXT_FIELDS)
PAIR_TABLES = ("events", "interactions", "participations", "officials", "sources", "forums")

_EVENTS = """
with listed as (
    select
        p.event_id,
        string_agg(distinct p.agency, '; ' order by p.agency) as agency,
        string_agg(distinct o.official, '; ' order by o.official) as official,
        string_agg(distinct p.counterpart_person, '; ' order by p.counterpart_person) as person,
        string_agg(distinct s.url, '; ' order by s.url) as source,
        string_agg(distinct s.title, '; ' order by s.title) as title
    from participations as p
    left join (select distinct official_id, official from officials) as o using (official_id)
    left join sources as s using (source_id)
    group by p.event_id
)
select
    e.event_id, e.home, e.date_min, e.date_max, e.latest_start,
    e.date_precision = 'day' as exact_day, coalesce(e.date, e.date_min::varchar) as date,
    e.forum_id as forum, e.format, e.mode, coalesce(e.city, e.host_country) as place,
    l.agency, l.official, l.person, l.source, l.title
from events as e
left join listed as l using (event_id)
order by e.event_id
"""
_COUNTERPARTS = """
select e.event_id, coalesce(i.counterpart_type || ':' || i.counterpart, '') as counterpart
from events as e
left join interactions as i using (event_id)
"""


@dataclass(frozen=True)
class EventRows:
    """The events of a dataset as they are compared.

    Attributes
    ----------
    events : DataFrame
        One row per event, by event_id; lists of agencies, officials, persons, pages and titles as
        text.
    counterparts : DataFrame
        One row per event and counterpart; a blank counterpart of an event without any.
    """

    events: pd.DataFrame
    counterparts: pd.DataFrame


@dataclass(frozen=True)
class ComparedField:
    """The texts of one field of two sets of events.

    Attributes
    ----------
    first, other : array of int
        The text of each event, by its place in `known`; -1 is a blank.
    known : list of str
        Each different text; the items of a list are separated by semicolons.
    spellings : tuple of array
        Of a field that is compared by its letters: these texts without accents, and with their
        words sorted.
    """

    first: Any
    other: Any
    known: list[str]
    spellings: tuple[Any, ...]


def event_rows(built: Built) -> EventRows:
    """Read the events of open tables as they are compared."""
    built.need(PAIR_TABLES)
    con = built.con.cursor()
    events = con.execute(_EVENTS).df()
    counterparts = con.execute(_COUNTERPARTS).df()
    return EventRows(events, counterparts)


def checked_days(days: object) -> int:
    """Return a number of days; raise an error unless it is a whole number from 0 to a year."""
    days = plain(days)
    if type(days) is not int or not 0 <= days <= MAX_DAYS:
        raise UsageError(f"`days` is a whole number from 0 to {MAX_DAYS}, not `{days}`")
    return days


def checked_score(name: str, score: object) -> float:
    """Return a score; raise an error unless it is a number from 0 to 1."""
    score = plain(score)
    if not isinstance(score, int | float) or isinstance(score, bool) or not 0 <= score <= 1:
        raise UsageError(f"`{name}` is a number from 0 to 1, not `{score}`")
    return float(score)


def event_pairs(
    first: EventRows, second: EventRows | None, days: int, floor: float = 0.0
) -> pd.DataFrame:
    """Compare the events of two datasets, or of one with each other, within blocks.

    Parameters
    ----------
    first, second : EventRows
        Without the second one, each pair of events of the first is compared once.
    days : int
        The most days between two events of a block.
    floor : float
        Pairs with a lower score are left out, but the best of an event of the first side.

    Returns
    -------
    DataFrame
        One row per pair, by its keys: one, other (places in the events of each side), gap (days
        between them), a column from 0 to 1 for each field of `WEIGHTS`, missing where an event
        lacks it, and score (their weighted mean). An event has its `MAX_CANDIDATES` best pairs.
    """
    import numpy as np
    import pandas as pd

    other = first if second is None else second
    fields = {
        name: _compared_field(name, first.events[name], other.events[name]) for name in COMPARED
    }
    found = []
    with connected() as con:
        chunks = _blocks(con, first, other, days)
        for low, high in chunks:
            pairs = _blocked(con, low, high, days, same=second is None)
            pairs["date"] = _dates(pairs, first.events, other.events, days)
            codes = _paired(pairs, fields)
            pairs, codes = _likeliest(pairs, codes)
            _score(pairs, codes, fields)
            best = _rank(pairs, "one", pairs["score"])
            kept = (best == 0) | ((best < MAX_CANDIDATES) & (pairs["score"] >= floor).to_numpy())
            found.append(pairs[kept].astype(dict.fromkeys(WEIGHTS, np.float32)))
    every = pd.concat(found, ignore_index=True)
    every = every[_rank(every, "other", every["score"]) < MAX_CANDIDATES]
    ordered: pd.DataFrame = every.sort_values(["one", "other"], ignore_index=True)
    return ordered


def _paired(pairs: pd.DataFrame, fields: Mapping[str, ComparedField]) -> dict[str, tuple[Any, Any]]:
    """Return the texts of each field for the events of each pair, by their places."""
    one, two = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    return {name: (field.first[one], field.other[two]) for name, field in fields.items()}


def _likeliest(
    pairs: pd.DataFrame, codes: dict[str, tuple[Any, Any]]
) -> tuple[pd.DataFrame, dict[str, tuple[Any, Any]]]:
    """Leave out pairs of events that have many, by the fields that are equal to the letter."""
    import numpy as np

    counts = np.bincount(pairs["one"]) if len(pairs) else np.zeros(1)
    if counts.max() <= MAX_SPELT:
        return pairs, codes
    rough = WEIGHTS["date"] * pairs["date"].to_numpy()
    rough += WEIGHTS["counterpart"] * np.nan_to_num(pairs["counterpart"].to_numpy())
    for name, (mine, theirs) in codes.items():
        rough += WEIGHTS[name] * ((mine == theirs) & (mine >= 0))
    kept = _rank(pairs, "one", rough) < MAX_SPELT
    fewer = {name: (mine[kept], theirs[kept]) for name, (mine, theirs) in codes.items()}
    return pairs[kept].reset_index(drop=True), fewer


def _rank(pairs: pd.DataFrame, side: str, scores: Any) -> Any:
    """Return the rank of each pair among those of an event of one side, from 0, by its score.

    Ties are broken by a number that looks random, so that events with many equal candidates do not
    all keep the same ones.
    """
    import numpy as np

    groups = pairs[side].to_numpy()
    mixed = (pairs["one"].to_numpy() * 7919 + pairs["other"].to_numpy() * 104_729) % 1_000_003
    order = np.lexsort((mixed, -np.asarray(scores), groups))
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else order
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return rank


def _score(
    pairs: pd.DataFrame,
    codes: Mapping[str, tuple[Any, Any]],
    fields: Mapping[str, ComparedField],
) -> None:
    """Compare the fields of each pair, and add the score."""
    import numpy as np

    for name, (mine, theirs) in codes.items():
        pairs[name] = _agreement(mine, theirs, fields[name])
    total, weight = np.zeros(len(pairs)), np.zeros(len(pairs))
    for name, each in WEIGHTS.items():
        cells = pairs[name].to_numpy(dtype=float)
        known = ~np.isnan(cells)
        total[known] += each * cells[known]
        weight[known] += each
    pairs["score"] = np.round(total / np.maximum(weight, 1e-9), 3)


def _blocks(
    con: duckdb.DuckDBPyConnection, first: EventRows, other: EventRows, days: int
) -> list[tuple[int, int]]:
    """Register both sides, and return ranges of events of the first one with few pairs each."""
    for name, side in (("a", first), ("b", other)):
        con.register(f"events_{name}", side.events[["event_id", "home", "date_min", "date_max"]])
        con.register(f"met_{name}", side.counterparts)
        con.execute(
            f"create temp table {name} as with e as (select row_number() over () - 1 as place, * "
            f"from events_{name}) select place, home, counterpart, date_min::date as low, "
            f"date_max::date as high, count(*) over (partition by place) as met "
            f"from e join met_{name} using (event_id)"
        )
        con.execute(
            f"create temp table days_{name} as select home, counterpart, low, high, count(*) as n "
            f"from {name} group by all"
        )
    sums = con.execute(
        f"with near as (select a.home, a.counterpart, a.low, a.high, sum(b.n) as n from days_a "
        f"as a join days_b as b using (home, counterpart) where a.low <= b.high + {days} "
        f"and b.low <= a.high + {days} group by all) "
        "select place, sum(n)::bigint from a join near using (home, counterpart, low, high) "
        "group by place order by place"
    ).fetchall()
    ranges, start, total = [], 0, 0
    for place, number in sums:
        if total and total + number > MAX_PAIRS:
            ranges.append((start, place))
            start, total = place, 0
        total += number
    return [*ranges, (start, len(first.events))]


def _blocked(
    con: duckdb.DuckDBPyConnection, first: int, until: int, days: int, *, same: bool
) -> pd.DataFrame:
    """Return pairs of a block, with the share of counterparts that they have in common."""
    once = "and a.place < b.place" if same else ""
    pairs: pd.DataFrame = con.execute(
        "with found as (select a.place as one, b.place as other, a.counterpart, a.met as met_a, "
        "b.met as met_b, "
        "greatest(0, date_diff('day', b.high, a.low), date_diff('day', a.high, b.low)) as gap "
        "from a join b using (home, counterpart) "
        f"where a.place >= {first} and a.place < {until} "
        f"and a.low <= b.high + {days} and b.low <= a.high + {days} {once}) "
        "select one, other, any_value(gap) as gap, case when min(counterpart) = '' then null "
        "else count(*) / (any_value(met_a) + any_value(met_b) - count(*)) end as counterpart "
        "from found group by one, other order by one, other"
    ).df()
    return pairs


def _dates(pairs: pd.DataFrame, first: pd.DataFrame, other: pd.DataFrame, days: int) -> Any:
    """Return how near the first days are: 1 for the same day, less for each day between."""
    import numpy as np

    one, two = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    starts = [side["date_min"].to_numpy("datetime64[D]") for side in (first, other)]
    apart = np.abs((starts[0][one] - starts[1][two]).astype(float))
    near = np.maximum(1 - apart / (days + 2), 0)
    overlapping = np.where(pairs["gap"].to_numpy() == 0, OVERLAPPING, 0.0)
    exact = first["exact_day"].to_numpy(bool)[one] & other["exact_day"].to_numpy(bool)[two]
    return np.where(exact, np.maximum(near, overlapping), overlapping)


def _compared_field(name: str, first: pd.Series, other: pd.Series) -> ComparedField:
    """Return the texts of a field of both sides, each different one once."""
    import numpy as np
    import pandas as pd

    codes, known = pd.factorize(pd.concat([first, other], ignore_index=True))
    texts = [str(text) for text in known]
    spelt = [unaccented(text) for text in texts] if name in TEXT_FIELDS else []
    spellings = (spelt, [" ".join(sorted(text.split())) for text in spelt]) if spelt else ()
    return ComparedField(
        codes[: len(first)].astype(np.int64),
        codes[len(first) :].astype(np.int64),
        texts,
        tuple(np.array(each, dtype=object) for each in spellings),
    )


def _agreement(one: Any, other: Any, field: ComparedField) -> Any:
    """Return 1 for equal texts, NaN for blanks, else what two lists or spellings have in common."""
    import numpy as np

    found = np.where(one == other, 1.0, 0.0)
    found[(one < 0) | (other < 0)] = np.nan
    unlike = np.flatnonzero(found == 0)
    low, high = np.minimum(one[unlike], other[unlike]), np.maximum(one[unlike], other[unlike])
    each, back = np.unique(low * len(field.known) + high, return_inverse=True)
    if not len(each):
        return found
    low, high = each // len(field.known), each % len(field.known)
    alike = _spelling(low, high, field.spellings)
    listed = np.array(["; " in text for text in field.known])
    for place in np.flatnonzero(listed[low] | listed[high]):
        a, b = (set(field.known[side[place]].split("; ")) for side in (low, high))
        alike[place] = max(alike[place], len(a & b) / min(len(a), len(b)))
    found[unlike] = alike[back]
    return found


def _spelling(low: Any, high: Any, spellings: tuple[Any, ...]) -> Any:
    """Return how similar the spellings of pairs of texts are, in any order of their words."""
    import numpy as np
    from rapidfuzz import fuzz, process

    scores = np.zeros(len(low))
    for texts in spellings:
        found = process.cpdist(texts[low], texts[high], scorer=fuzz.ratio, dtype=np.float32)
        scores = np.maximum(scores, (found / 100 - DIFFERENT) / (1 - DIFFERENT))
    return scores


def agreement_in_words(pairs: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return for each pair the fields that agree and those that differ, as lists in words.

    Dates agree only on the same day, though a day apart has a high score.
    """
    names = [name for name in WEIGHTS if name in pairs]
    cells = {name: pairs[name].tolist() for name in names}
    agree, differ = [], []
    least = {"date": 1.0}
    for place in range(len(pairs)):
        known = [(name, cells[name][place]) for name in names]
        agree.append(", ".join(name for name, value in known if value >= least.get(name, LIKE)))
        differ.append(", ".join(name for name, value in known if value < least.get(name, LIKE)))
    return agree, differ
