"""The ledger of published figures: what each counts, in what unit, and how it bounds it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from secdiplo import claims
from secdiplo import query as queries
from secdiplo.audit.filters import COLUMNS, Filter, parse, period
from secdiplo.audit.space import Space, space_of
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.store import Built

UNITS = {  # the unit of a claim -> what is counted
    "events": "event",
    "interactions": "interaction",
    "agency_interactions": "agency_interaction",
    "countries": "country",
    "organizations": "organization",
}
RANKED = ("counterpart", "region", "forum", "official", "rank", "agency", "format")
SHEET = "annotations/claims.csv"
NO_FIGURES = "no published figure counts events or interactions"  # of a ledger without any
DATASET = "dataset"  # the scope of a figure that is taken over the dataset itself


@dataclass(frozen=True)
class Part:
    """A count that a figure speaks of: of another figure, or of its own."""

    unit: str
    filter: Filter | None = None
    figure: str = ""


@dataclass(frozen=True)
class Figure:
    """A published figure as a constraint.

    Attributes
    ----------
    claim : mapping
        The row of ``claims``.
    kind : str
        ``count``, ``share`` or ``rank``.
    unit : str
        What is counted: one of the values of `UNITS`.
    low, high : Fraction or None
        What the words admit, ends taken in; None where nothing bounds it.
    readings : tuple of Filter
        What is counted, in each way to read it.
    labels : tuple of str
        The ways to read it; one blank label where there is only one.
    numerator, base : Part or None
        Of a share.
    over : str
        Of a rank: the dimension whose values are ranked.
    """

    claim: Mapping[str, Any]
    kind: str
    unit: str
    low: Fraction | None
    high: Fraction | None
    readings: tuple[Filter, ...]
    labels: tuple[str, ...] = ("",)
    numerator: Part | None = None
    base: Part | None = None
    over: str = ""

    @property
    def id(self) -> str:
        """The identifier of the claim."""
        return str(self.claim["claim_id"])


@dataclass(frozen=True)
class Ledger:
    """The figures that are constraints, and those that are not, with the reason.

    Attributes
    ----------
    space : Space
    figures : tuple of Figure
        By claim id.
    outside : tuple of (mapping, str)
        Other claims, each with why it is no constraint.
    """

    space: Space
    figures: tuple[Figure, ...]
    outside: tuple[tuple[Mapping[str, Any], str], ...] = ()
    by_id: dict[str, Figure] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {figure.id: figure for figure in self.figures})


def read(built: Built) -> Ledger:
    """Make the ledger of open tables.

    Parameters
    ----------
    built : Built

    Returns
    -------
    Ledger

    Raises
    ------
    DataError
        A figure cannot be read as a constraint; every such figure is named.
    """
    rows = claims.rows(built)
    space = _widened(space_of(built), built, rows)
    figures, outside, problems = [], [], []
    known = {row["claim_id"]: row for row in rows}
    lines = _lines(built)
    for row in sorted(rows, key=lambda row: row["claim_id"]):
        reason = _why_outside(row)
        if reason:
            outside.append((row, reason))
            continue
        try:
            figures.append(_figure(row, known, space))
        except UsageError as error:
            problems.append(Problem(SHEET, lines[row["claim_id"]], row["claim_id"], str(error)))
    if problems:
        raise DataError(problems)
    return Ledger(space, tuple(figures), tuple(outside))


def _lines(built: Built) -> dict[str, int]:
    """The record of each claim in its sheet, the header being 1; of built tables in the table."""
    table = "claims" if built.folder else "raw_claims"
    order = "row_number() over (order by claim_id)" if built.folder else "rowid + 1"
    found = built.con.cursor().execute(f"select claim_id, {order} + 1 from {table}")
    return dict(found.fetchall())


def _widened(space: Space, built: Built, rows: Sequence[Mapping[str, Any]]) -> Space:
    """Without a scope that bounds the days, the window holds every period of the figures."""
    edges = built.con.cursor().execute(
        "select count(start_date), count(end_date) from scopes where scope = $1", [space.scope]
    )
    starts, ends = edges.fetchone() or (0, 0)
    first, last = space.window
    for row in rows:
        if row["period"] and not _why_outside(row):
            try:
                start, end = period(row["period"])
            except UsageError:
                continue  # said of its figure
            first = first if starts else min(first, start)
            last = last if ends else max(last, end)
    return replace(space, window=(first, last))


def _why_outside(row: Mapping[str, Any]) -> str:
    """Why a claim is no constraint on events and interactions; blank where it is one."""
    if row["not_testable"]:
        return str(row["not_testable"])
    if row["measure"] in {"date", "scope"}:
        return "It is a date or a scope, not a count."
    if row["query"]:
        try:
            tables = queries.load(row["query"]).tables
        except UsageError as error:
            return str(error)
        if "participations" not in tables:
            return "It counts rows of other sheets than that of interactions."
    if row["measure"] in {"count", "distinct"} and row["unit"] not in UNITS:
        return "" if row["scope"] == DATASET else f"It counts {row['unit']}, not meetings."
    return ""


def _figure(row: Mapping[str, Any], known: Mapping[str, Any], space: Space) -> Figure:
    kind = {"distinct": "count"}.get(row["measure"], row["measure"])
    low, high = _interval(row, kind)
    labels, cells = _readings(row)
    filters = tuple(parse(cell, space) for cell in cells)
    if kind == "share":
        return _share(row, known, space, (low, high), filters, labels)
    if kind == "rank":
        unit = _unit(row["base_unit"] or "events", "base_unit")
        asked = [name for name in RANKED if row[name]]
        if not asked:
            raise UsageError("a rank of nothing; name the region, counterpart or agency it is of")
        return Figure(row, kind, unit, low, high, filters, labels, over=asked[0])
    return Figure(row, "count", _unit(row["unit"], "unit"), low, high, filters, labels)


def _unit(text: str | None, column: str) -> str:
    if text not in UNITS:
        raise UsageError(f"unknown {column} `{text}`; {suggest(str(text), list(UNITS))}")
    return UNITS[str(text)]


def _share(
    row: Mapping[str, Any],
    known: Mapping[str, Any],
    space: Space,
    ends: tuple[Fraction | None, Fraction | None],
    filters: tuple[Filter, ...],
    labels: tuple[str, ...],
) -> Figure:
    if row["unit"] != "percent":
        raise UsageError(f"a share in `{row['unit']}`; give it in percent")
    if not row["base"]:
        raise UsageError("a share without its base; name a claim, or what it is taken over")
    if row["base"] in known:
        other = known[row["base"]]
        base = Part(_unit(other["unit"], "unit"), figure=row["base"])
    elif row["base_filter"]:
        base = Part(
            _unit(row["base_unit"], "base_unit"),
            parse(claims.pairs(row["base_filter"]), space),
        )
    else:
        what = f"base `{row['base']}` is no claim, and there is no base_filter; give one"
        raise UsageError(what)
    numerator = Part(base.unit if not row["base_unit"] else _unit(row["base_unit"], "base_unit"))
    if row["numerator"]:
        if row["numerator"] not in known:
            raise UsageError(f"unknown numerator `{row['numerator']}`; name a claim")
        unit = _unit(known[row["numerator"]]["unit"], "unit")
        numerator = Part(unit, figure=row["numerator"])
    return Figure(row, "share", base.unit, *ends, filters, labels, numerator, base)


def _interval(row: Mapping[str, Any], kind: str) -> tuple[Fraction | None, Fraction | None]:
    """What the words admit: whole numbers for counts and ranks."""
    for name in ("value", "low", "high"):
        number = row[name]
        if number is None:
            continue
        if number < 0:
            raise UsageError(f"{name} {number:g} is negative; a count or share is not")
        if kind != "share" and name == "value" and number != int(number):
            raise UsageError(f"{name} {number:g} is not whole; a count is")
    if row["low"] is not None and row["high"] is not None and row["low"] > row["high"]:
        what = f"the interval {row['low']:g} to {row['high']:g} is upside down; swap its ends"
        raise UsageError(what)
    low, high = claims.interval(row)
    ends = [None if math.isinf(end) else Fraction(str(end)) for end in (low, high)]
    if kind == "share":
        least = Fraction(0) if ends[0] is None else ends[0]
        return least, Fraction(100) if ends[1] is None else ends[1]
    first = 0 if ends[0] is None else math.ceil(ends[0])
    if row["relation"] == "more_than":
        first = math.floor(Fraction(str(row["value"]))) + 1
    last = None if ends[1] is None else math.floor(ends[1])
    if last is not None and last < first:
        raise UsageError("no whole number lies in its interval; mend low and high")
    return Fraction(first), None if last is None else Fraction(last)


def _readings(
    row: Mapping[str, Any],
) -> tuple[tuple[str, ...], list[dict[str, str | None]]]:
    """The ways to read a figure: ``format: bilateral | any``, or of several columns with ``&``."""
    plain = {name: row[name] for name in COLUMNS}
    text = row["readings"]
    if not text:
        return ("",), [plain]
    head, colon, options = text.partition(":")
    names = [name.strip() for name in head.split("&")]
    for name in names:
        if name not in COLUMNS:
            raise UsageError(f"readings of `{name}`; {suggest(name, COLUMNS)}")
    labels, cells = [], []
    for option in options.split("|"):
        values = [value.strip() for value in option.split("&")]
        if not colon or len(values) != len(names) or not all(values):
            what = f"reading `{option.strip()}` has not one value for each of {', '.join(names)}"
            raise UsageError(f"{what}; write `column: value | value`")
        given = dict(zip(names, values, strict=True))
        cells.append({**plain, **given})
        labels.append(", ".join(f"{name}={value}" for name, value in given.items()))
    return tuple(labels), cells


def admitted(low: Fraction, high: Fraction, base: int, most: int) -> list[int]:
    """The numerators that a share in percent admits of a base, up to some number."""
    first = math.ceil(low * base / 100)
    last = min(math.floor(high * base / 100), most)
    return list(range(max(first, 0), last + 1))


def compressed(numbers: Sequence[int]) -> str:
    """Whole numbers in order as text, runs as ``29 to 31``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs)
