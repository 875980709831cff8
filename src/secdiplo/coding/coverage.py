"""How many events there are in all, estimated from the overlap of independent lists.

A list is a kind of publisher: the events that at least one of its pages reports. Matched datasets
are two lists in the same way. The estimates are in `secdiplo.coding.capture`.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from secdiplo.claims.model import DATASET, FILTERS
from secdiplo.coding import result_tables
from secdiplo.coding.periods import period_of
from secdiplo.errors import UsageError
from secdiplo.query.table_rows import read_rows
from secdiplo.schema.plain_values import pandas_frame
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.coding.capture import Estimate, History, LogLinear
    from secdiplo.store import Built

COPIES = "repost"  # pages that copy others are no list of their own
FEWEST_IN_LIST = 5  # events; a smaller list is left out
FEWEST_IN_BOTH = 7  # events in two lists; with fewer, Chapman's estimate is biased (Robson, Regier)
DISTRUST = "do not trust this"
MOST_LISTS = 8
CLOSE = 2.0  # difference of the criterion up to which two models fit about as well
GROUPINGS = ("year", "half", "format")
CRITERIA = ("bic", "aic")
ESTIMATES = (
    "group",
    "method",
    "lists",
    "model",
    "known",
    "seen",
    "overlap",
    "estimate",
    "low",
    "high",
    "published",
    "note",
)
OVERLAPS = ("group", "first", "second", "first_events", "second_events", "both")
MODELS = ("group", "model", "estimate", "aic", "bic", "deviance", "free")
EVERY = "all"
ASSUMPTIONS = (
    "The estimates assume that the set of events is closed, that events are matched without "
    "error, that the lists find events independently of each other (log-linear models relax "
    "this for pairs of lists), and that within a list every event is equally likely to be found. "
    "If lists copy each other or prefer the same events, estimates are too low; if one list "
    "avoids what the other reports, they are too high."
)


@dataclass(frozen=True)
class Member:
    """An event as the lists have it.

    Attributes
    ----------
    group : str or None
        The group that it is counted in; None if its date is too imprecise.
    lists : frozenset of str
        The lists that it is in.
    publishers : int
        The number of its different publishers, without those that copy others.
    """

    group: str | None
    lists: frozenset[str]
    publishers: int = 0


Events = dict[str, Member]


@dataclass(frozen=True)
class Coverage:
    """How many events there are, estimated from the overlap of lists.

    Attributes
    ----------
    lists : tuple of str
        The lists.
    estimates : list of tuple
        One row per group and method; columns `ESTIMATES`.
    histories : list of tuple
        One row per group and capture history: group, 1 or 0 for each list, events.
    overlaps : list of tuple
        One row per group and pair of lists; columns `OVERLAPS`.
    models : list of tuple
        One row per group and log-linear model, the best first; columns `MODELS`.
    notices : list of str
        What was left out.
    """

    lists: tuple[str, ...]
    estimates: list[tuple[Any, ...]]
    histories: list[tuple[Any, ...]]
    overlaps: list[tuple[Any, ...]]
    models: list[tuple[Any, ...]]
    notices: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Return one paragraph: what was left out, and what the estimates assume."""
        return " ".join([*self.notices, ASSUMPTIONS])

    def __repr__(self) -> str:
        names = ", ".join(self.lists)
        return f"<Coverage: {len(self.estimates)} estimates from {names}. See frame().>"

    def table(self, name: str = "estimates") -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Return the columns and rows of one of the tables; the names are those of `frame`."""
        tables = {
            "estimates": (ESTIMATES, self.estimates),
            "histories": (("group", *self.lists, "events"), self.histories),
            "overlaps": (OVERLAPS, self.overlaps),
            "models": (MODELS, self.models),
        }
        result_tables.check_name(name, tables)
        return tables[name]

    def frame(self, name: str = "estimates") -> pd.DataFrame:
        """Return one of the tables as a DataFrame.

        Parameters
        ----------
        name : {"estimates", "histories", "overlaps", "models"}

        Returns
        -------
        DataFrame
            ``attrs`` contains the summary with the assumptions.

        Raises
        ------
        UsageError
            There is no such table.
        """
        return result_tables.frame_of(*self.table(name), self.summary())


def coverage(
    built: Built,
    by: str | None = None,
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    links: pd.DataFrame | None = None,
    criterion: str = "bic",
    level: float = 0.95,
    filters: Mapping[str, Any] | None = None,
) -> Coverage:
    """Estimate how many events there are: `Dataset.coverage`."""
    _check_call(by, criterion, level)
    given = dict(filters or {})
    rows = _event_rows(built, given)
    if links is not None:
        if lists:
            raise UsageError("`links` has two lists of its own; leave `lists` out")
        events, names, notices = _linked(rows, by, links)
    else:
        events, names, notices = _listed(built, rows, by, lists)
    groups = sorted({event.group for event in events.values() if event.group is not None})
    imprecise = sum(event.group is None for event in events.values())
    if imprecise:
        notices.append(f"Events too imprecisely dated for a {by}: {imprecise}.")
    result = Coverage(names, [], [], [], [], notices)
    for group in groups:
        members = [event for event in events.values() if event.group == group]
        _add_group(result, group, members, _published(built, given, by, group), criterion, level)
    weak = sum(DISTRUST in (row[-1] or "") for row in result.estimates)
    if weak:
        number = "1 estimate" if weak == 1 else f"{weak} estimates"
        less = f"fewer than {FEWEST_IN_BOTH} events are in two lists"
        notices.append(f"Do not trust {number}, because {less}: see the column note.")
    for group, number in {row[0]: row[-2] for row in result.estimates if row[-2]}.items():
        notices.append(f"Published number of events ({group}): {number:.0f}.")
    return result


def _check_call(by: str | None, criterion: str, level: float) -> None:
    if by is not None and by not in GROUPINGS:
        raise UsageError(f"`by` is {', '.join(GROUPINGS)} or nothing, not `{by}`")
    if criterion not in CRITERIA:
        raise UsageError(f"`criterion` is {' or '.join(CRITERIA)}, not `{criterion}`")
    if not 0.5 <= level < 1:
        raise UsageError(f"`level` is from 0.5 to less than 1, such as 0.95, not {level}")


# --- the lists ------------------------------------------------------------------------------


def _event_rows(built: Built, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attested events that pass the filters, in the default scope."""
    asked = {"scope": built.dataset["default_scope"] or "all", **given}
    found = read_rows(built, "events", asked)
    rows = [dict(zip(found.columns, row, strict=True)) for batch in found.batches for row in batch]
    return [row for row in rows if row["row_status"] == "attested"]


def _group(row: Mapping[str, Any], by: str | None) -> str | None:
    if by is None:
        return EVERY
    if by == "format":
        return str(row["format"] or "")
    first, last = (period_of(str(row[name] or ""), by) for name in ("date_min", "latest_start"))
    return first if first == last else None


def _listed(
    built: Built,
    rows: Sequence[Mapping[str, Any]],
    by: str | None,
    lists: Mapping[str, Sequence[str]] | None,
) -> tuple[Events, tuple[str, ...], list[str]]:
    """Return the lists that report each event: kinds of publishers, or groups of them."""
    kinds, declared = _publisher_kinds(built)
    chosen = _chosen(lists, declared)
    names_of: dict[str, set[str]] = {}
    for name, members in chosen.items():
        for kind in members:
            names_of.setdefault(kind, set()).add(name)
    found = {
        row["event_id"]: {
            name for kind in kinds.get(row["event_id"], ()) for name in names_of.get(kind, ())
        }
        for row in rows
    }
    sizes = Counter(name for names in found.values() for name in names)
    small = [name for name in chosen if sizes[name] < FEWEST_IN_LIST]
    names = tuple(name for name in chosen if name not in small)
    notices = [
        f"Left out, with fewer than {FEWEST_IN_LIST} events: {name} ({sizes[name]})."
        for name in small
    ]
    if len(names) < 2:
        what = f"fewer than two lists of sources with {FEWEST_IN_LIST} events or more"
        if lists or not any(row["independent_sources"] for row in rows):
            remedy = "fill in `kind` in reference/publishers.csv, or name other lists"
            raise UsageError(f"{what}; {remedy}")
        names = ()  # the number of publishers needs no kinds
        notices = [
            f"No estimate from kinds of publishers: there are {what}. Fill in `kind` in "
            "reference/publishers.csv."
        ]
    if len(names) > MOST_LISTS:
        raise UsageError(f"{len(names)} lists; merge them to {MOST_LISTS} or fewer with --lists")
    events: Events = {
        row["event_id"]: Member(
            _group(row, by),
            frozenset(found[row["event_id"]] & set(names)),
            int(row["independent_sources"] or 0),
        )
        for row in rows
    }
    alone = sum(not event.lists for event in events.values())
    if alone and names:
        notices.append(f"Known events without a source in these lists: {alone}.")
    return events, names, notices


def _publisher_kinds(built: Built) -> tuple[dict[str, set[str]], list[str]]:
    """Return the kinds of publishers of each event, and all kinds that the dataset declares."""
    built.need(["event_sources", "sources", "codes"])
    statement = (
        "select distinct e.event_id, s.publisher_kind from event_sources as e "
        "join sources as s using (source_id) where s.publisher_kind is not null"
    )
    cursor = built.con.cursor()
    kinds: dict[str, set[str]] = {}
    for event, kind in cursor.execute(statement).fetchall():
        kinds.setdefault(event, set()).add(kind)
    listed = "select code from codes where list = 'publisher_kind' order by code"
    return kinds, [code for (code,) in cursor.execute(listed).fetchall()]


def _chosen(
    lists: Mapping[str, Sequence[str]] | None, declared: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return the kinds of each list; one list per declared kind, except copies, by default."""
    if not lists:
        return {kind: (kind,) for kind in declared if kind != COPIES}
    chosen: dict[str, tuple[str, ...]] = {}
    seen: dict[str, str] = {}
    for name, members in lists.items():
        kinds = (members,) if isinstance(members, str) else tuple(members)
        for kind in kinds:
            if kind not in declared:
                raise UsageError(f"no kind of publisher `{kind}`; {suggest(kind, declared)}")
            if kind in seen:
                what = f"`{kind}` is in the lists {seen[kind]} and {name}"
                raise UsageError(f"{what}; lists share no kind: remove it from one")
            seen[kind] = name
        chosen[name] = kinds
    if len(chosen) < 2:
        raise UsageError("one list; an estimate needs two or more")
    return chosen


def _linked(
    rows: Sequence[Mapping[str, Any]], by: str | None, links: pd.DataFrame
) -> tuple[Events, tuple[str, ...], list[str]]:
    """Return two lists: this dataset, and the one that it was matched with."""
    links = pandas_frame("links", links)
    for name in ("event_key", "other_event_key"):
        if name not in links.columns:
            raise UsageError(f"`links` has no column `{name}`; add it")
    if by:
        raise UsageError("`by` needs the dates of both datasets; leave it out with `links`")
    own = {str(row["event_id"]) for row in rows}
    pairs = links[["event_key", "other_event_key"]].astype(object).fillna("").astype(str)
    every = {key for key in pairs["event_key"] if key}
    others = {other for other in pairs["other_event_key"] if other}
    sure = pairs[links["status"] != "doubtful"] if "status" in links.columns else pairs
    matched = {key for key, other in sure.itertuples(index=False) if key and other}
    paired = {other for key, other in sure.itertuples(index=False) if key and other}
    outside = matched - own
    notices = [f"Links of events outside the filters, left out: {len(outside)}."] * bool(outside)
    unknown = every - own
    if every and unknown == every:
        raise UsageError("no `event_key` of `links` is an event of the dataset; check the keys")
    names = ("this", "other")
    events: Events = {
        key: Member(EVERY, frozenset(names if key in matched else names[:1])) for key in own
    }
    alone = sorted(others - paired)
    events.update({f"other:{key}": Member(EVERY, frozenset(names[1:])) for key in alone})
    statuses = set(links["status"]) if "status" in links.columns else set()
    if not alone and "only_first" not in statuses:
        notices.append(
            "No row of the links has a blank `event_key`, so the other dataset is taken to have no "
            "event that this one lacks. If it has some, write the links with `secdiplo match OTHER "
            "--show all -o FILE`."
        )
    return events, names, notices


# --- the published total --------------------------------------------------------------------


def _published(built: Built, given: Mapping[str, Any], by: str | None, group: str) -> float | None:
    """Return the published number of events of a group, where a claim has exactly that."""
    if given or "claims" not in built.tables:
        return None
    built.need(["claims", "scopes"])
    cursor = built.con.cursor()
    scope = [built.dataset["default_scope"]]
    statement = "select min(start_date), max(end_date) from scopes where scope = ?"
    dates = cursor.execute(statement, scope).fetchall()
    whole = "..".join(str(date)[:7] for date in dates[0]) if dates and all(dates[0]) else ""
    blank = [name for name in FILTERS if not (by == "format" and name == "format")]
    tests = " and ".join(f'"{name}" is null' for name in blank)
    rows = cursor.execute(
        f"select value, period, format from claims where unit = 'events' and measure = 'count' "
        f"and relation = 'exact' and scope = '{DATASET}' and {tests} order by claim_id"
    ).fetchall()
    for value, period, form in rows:
        in_time = period == group if by in ("year", "half") else period in (None, whole)
        if in_time and form == (group if by == "format" else None):
            return float(value)
    return None


# --- the estimates --------------------------------------------------------------------------


@dataclass
class _Group:
    """One group of events, and its rows of the tables."""

    name: str
    lists: tuple[str, ...]
    known: int
    seen: int
    published: float | None
    histories: Counter[History]
    rows: list[tuple[Any, ...]]

    def add(
        self, method: str, lists: Iterable[str], model: str, overlap: int,
        found: Estimate | None, note: str,
    ) -> None:  # fmt: skip
        """Add the row of one method."""
        numbers = [None] * 3 if found is None else [found.number, found.low, found.high]
        head = (self.name, method, "; ".join(lists), model, self.known, self.seen, overlap)
        self.rows.append((*head, *map(_rounded, numbers), self.published, note or None))

    @property
    def overlap(self) -> int:
        """How many events are in two lists or more."""
        return sum(number for history, number in self.histories.items() if sum(history) > 1)


def _add_group(
    result: Coverage,
    name: str,
    members: Sequence[Member],
    published: float | None,
    criterion: str,
    level: float,
) -> None:
    """Add the rows of one group to the tables."""
    counts = Counter(tuple(int(each in event.lists) for each in result.lists) for event in members)
    for history in sorted(counts, reverse=True):
        result.histories.append((name, *history, counts[history]))
    sizes = {each: sum(each in event.lists for event in members) for each in result.lists}
    both = {
        pair: sum(event.lists.issuperset(pair) for event in members)
        for pair in itertools.combinations(result.lists, 2)
    }
    for (first, second), number in both.items():
        result.overlaps.append((name, first, second, sizes[first], sizes[second], number))
    used = tuple(each for each in result.lists if sizes[each] >= FEWEST_IN_LIST)
    seen = sum(bool(event.lists or (not result.lists and event.publishers)) for event in members)
    histories = _histories(members, used)
    group = _Group(name, used, len(members), seen, published, histories, result.estimates)
    if result.lists and len(used) < 2:
        what = f"no estimate: fewer than two lists with {FEWEST_IN_LIST} events or more"
        group.add("none", used, "", 0, None, what)
    if len(used) > 2:
        _add_log_linear(result, group, criterion, level)
        _add_bound(group, level)
    for pair, number in both.items():
        if set(pair) <= set(used):
            _add_chapman(group, pair, (sizes[pair[0]], sizes[pair[1]], number), level)
    _add_publishers(group, members, level)


def _add_chapman(
    group: _Group, pair: tuple[str, str], numbers: tuple[int, int, int], level: float
) -> None:
    """Add the estimate from two lists."""
    from secdiplo.coding import capture

    both = numbers[-1]
    found = capture.chapman(*numbers, level) if both else None
    note = _few(both) if both else "no estimate: no event is in both lists"
    group.add("chapman", pair, "", both, found, note)


def _add_bound(group: _Group, level: float) -> None:
    """Add Chao's lower bound from three lists or more, which allows that they differ in size."""
    from secdiplo.coding import capture

    model = capture.fit(group.histories, most=2)
    found = capture.profile_interval(group.histories, model, level) if model else None
    note = _few(group.overlap) if found else "no estimate: the lists overlap too little"
    group.add("chao", group.lists, "lower bound", group.overlap, found, note)


def _add_publishers(group: _Group, members: Sequence[Member], level: float) -> None:
    """Add Chao's estimate from the number of publishers of each event."""
    from secdiplo.coding import capture

    shares = Counter(event.publishers for event in members if event.publishers)
    several = sum(number for publishers, number in shares.items() if publishers > 1)
    if not shares:
        return
    found = capture.chao(shares[1], shares[2], shares.total(), None, level) if several else None
    note = _few(several) if several else "no estimate: no event has two publishers"
    group.add("chao", ("every publisher",), "by number of publishers", several, found, note)


def _add_log_linear(result: Coverage, group: _Group, criterion: str, level: float) -> None:
    """Add the estimate of the best log-linear model, and what every model estimates."""
    from secdiplo.coding import capture

    found = capture.models(group.histories, criterion) if group.overlap else []
    if not found:
        what = "no estimate: the lists overlap too little for a log-linear model"
        group.add("loglinear", group.lists, "", group.overlap, None, what)
        return
    for model in found:
        cells = [_rounded(x) for x in (model.number, model.aic, model.bic, model.deviance)]
        result.models.append((group.name, _named(model, group.lists), *cells, model.free))
    best = found[0]
    estimate = capture.profile_interval(group.histories, best, level)
    close = [m for m in found if getattr(m, criterion) - getattr(best, criterion) <= CLOSE]
    numbers = [model.number for model in close]
    notes = [_few(group.overlap)] if _few(group.overlap) else []
    if len(close) > 1:
        notes.append(
            f"{len(close)} models fit about as well: {min(numbers):.0f} to {max(numbers):.0f}"
        )
    if math.isinf(estimate.high):
        notes.append("nothing bounds the estimate from above")
    group.add(
        "loglinear", group.lists, _named(best, group.lists), group.overlap, estimate,
        "; ".join(notes),
    )  # fmt: skip


def _histories(members: Iterable[Member], used: Sequence[str]) -> Counter[History]:
    """Return how many events have each history, without those that are in no list."""
    counts = Counter(tuple(int(name in event.lists) for name in used) for event in members)
    counts.pop((0,) * len(used), None)
    return counts


def _named(model: LogLinear, used: Sequence[str]) -> str:
    pairs = [f"{used[a]} with {used[b]}" for a, b in model.pairs]
    return "; ".join(pairs) or "independent"


def _few(overlap: int) -> str:
    if overlap >= FEWEST_IN_BOTH:
        return ""
    number = f"{overlap} event{'s are' if overlap != 1 else ' is'} in two lists"
    return f"{DISTRUST}: only {number}"


def _rounded(number: float | None) -> float | None:
    if number is None or math.isinf(number):
        return None
    return round(number, 1) + 0.0
