"""Read a row of the claims table into a claim: the only parser, of `check` and of the audit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from secdiplo.claims.domains import Domains
from secdiplo.claims.filters import FILTER_COLUMNS, KEYS, Filter, ValueProblem, read_filter
from secdiplo.claims.model import (
    CLAIM_UNITS,
    DATASET,
    MEASURES,
    RANKED,
    Claim,
    ClaimProblem,
    CountRef,
)
from secdiplo.claims.status import interval
from secdiplo.schema.cell_messages import nearest, shown
from secdiplo.suggest import suggest

NUMBERS = ("value", "low", "high")
OF_COUNTS = ("share", "rank")  # measures that compare counts
FORM = "write `column: value | value`"

Row = Mapping[str, Any]


def parse(row: Row, rows: Mapping[str, Row], domains: Domains) -> Claim | list[ClaimProblem]:
    """Read a claim as a constraint on counts.

    Parameters
    ----------
    row : mapping
        A row of the claims table with a measure of `MEASURES`.
    rows : mapping of str to mapping
        All rows by claim id.
    domains : Domains

    Returns
    -------
    Claim or list of ClaimProblem
        What is wrong, if it cannot be read.
    """
    parser = _Parser(row, rows, domains)
    claim = parser.claim()
    return claim if claim and not parser.problems else parser.problems


def check(row: Row, rows: Mapping[str, Row], domains: Domains) -> list[ClaimProblem]:
    """Return everything that is wrong with a row of the claims table.

    The values of its conditions are only checked if the claim is about the dataset, or a share or
    rank of counts in it.

    Parameters
    ----------
    row, rows, domains
        As for `parse`; numbers may be text.

    Returns
    -------
    list of ClaimProblem
    """
    parser = _Parser(row, rows, domains)
    parser.recipe()
    parser.times()
    parser.interpretations()
    if row["measure"] in MEASURES:
        parser.interval()
        if row["not_testable"] is None:
            in_dataset = row["scope"] == DATASET or (row["base"] and row["measure"] in OF_COUNTS)
            parser.claim() if in_dataset else parser.counts()
    return list(dict.fromkeys(parser.problems))


def named_values(row: Row, name: str) -> set[str]:
    """Return every value that a claim names in one dimension, in any of its columns.

    Lists are returned whole and item by item, since a name may contain a comma.

    Examples
    --------
    >>> row = {"region": "Africa", "interpretations": None, "base_filter": "region=Asia, Europe"}
    >>> sorted(named_values(row, "region"))
    ['Africa', 'Asia', 'Asia, Europe', 'Europe']
    """
    cells = [row[name] or ""]
    cells += [pair.partition("=")[2] for pair in _items(row["base_filter"]) if _key(pair) == name]
    names, options = _options(row["interpretations"])
    cells += [
        value
        for option in options
        for key, value in zip(names, option, strict=False)
        if key == name
    ]
    return {
        item.strip()
        for cell in cells
        for item in (cell.removeprefix("!"), *re.split("[;,]", cell.removeprefix("!")))
        if item.strip()
    }


class _Parser:
    """Reads one claim and collects its problems."""

    def __init__(self, row: Row, rows: Mapping[str, Row], domains: Domains) -> None:
        self.row, self.rows, self.domains = row, rows, domains
        self.problems: list[ClaimProblem] = []

    def add(self, column: str, what: str, *reads: str, level: str = "error") -> None:
        """Report a problem in a column, which also rests on other columns."""
        self.problems.append(ClaimProblem(column, what, level, reads))

    # --- the parts of a claim ---------------------------------------------------------------

    def recipe(self) -> None:
        """Check that a claim has either a query or the reason why none recomputes it."""
        query, reason = self.row["query"], self.row["not_testable"]
        reads = ("query", "column", "not_testable")
        if query is None and reason is None:
            self.add("not_testable", "neither a query nor a reason; give one", *reads)
        elif query is not None and reason is not None:
            what = "both a query and a reason why there is none; drop one"
            self.add("column", what, *reads)
        elif query is not None and self.row["column"] is None:
            self.add("column", "a query without the column to read; name it", *reads)

    def times(self) -> None:
        """Check the periods, which every claim may have."""
        self._filter({"period": self.row["period"]})
        for pair in _items(self.row["base_filter"]):
            name, equals, value = pair.partition("=")
            if name.strip() in {"period", "year"} and equals and value.strip():
                _, problems = read_filter({name.strip(): value}, self.domains)
                self._add_all(problems, {name.strip(): "base_filter"})

    def interval(self) -> tuple[Fraction | None, Fraction | None]:
        """Return what the words admit: whole numbers for counts and ranks."""
        row, count = self.row, len(self.problems)
        numbers = {name: _number(row[name]) for name in NUMBERS}
        value, low, high = numbers.values()
        texts = {name: _written(row[name]) for name in NUMBERS}
        reads = (*NUMBERS, "measure", "relation")
        for name, number in numbers.items():
            if number is not None and number < 0:
                what = f"`{texts[name]}` is negative; a count, share or rank is not"
                self.add(name, what, *reads)
        is_share = row["measure"] == "share"
        if value is None:
            return None, None
        if not is_share and not value.is_integer():
            what = f"`{texts['value']}` is not a whole number; correct it or its measure"
            self.add("value", what, *reads)
        if low is not None and high is not None and low > high:
            what = f"the interval from {texts['low']} to {texts['high']} is upside down"
            self.add("high", f"{what}; swap its ends", *reads)
        if len(self.problems) > count:
            return None, None
        ends = interval({**numbers, "relation": row["relation"]})
        least, most = (None if math.isinf(end) else Fraction(str(end)) for end in ends)
        if is_share:
            return least or Fraction(0), Fraction(100) if most is None else most
        first = 0 if least is None else math.ceil(least)
        if row["relation"] == "more_than":
            first = math.floor(Fraction(str(value))) + 1
        last = None if most is None else math.floor(most)
        if last is not None and last < first:
            ends_ = f"{texts['low'] or texts['value']} to {texts['high'] or texts['value']}"
            what = f"there is no whole number from {ends_}; correct low or high"
            self.add("high", what, *reads)
        return Fraction(first), None if last is None else Fraction(last)

    def interpretations(self) -> list[dict[str, str]]:
        """Return the conditions that each interpretation changes: nothing if there is only one.

        In the sheet: ``format: bilateral | any``, or several columns with ``&``.
        """
        text = self.row["interpretations"]
        if text is None:
            return [{}]
        if ":" not in text:
            self.add("interpretations", f"{shown(text)} does not name a column; {FORM}")
            return []
        names, options = _options(text)
        unknown = [name for name in names if name not in FILTER_COLUMNS]
        for name in unknown:
            what = f"`{name}` is not a column with several interpretations; "
            self.add("interpretations", what + suggest(name, FILTER_COLUMNS))
        found = []
        for option in options:
            if len(option) != len(names) or not all(option):
                what = f"interpretation `{' & '.join(option)}` has not one value for each of "
                self.add("interpretations", f"{what}{', '.join(names)}; {FORM}")
            elif not unknown:
                found.append(dict(zip(names, option, strict=True)))
        return found

    def counts(self) -> tuple[str, CountRef | None, CountRef | None, str]:
        """Return the unit, of a share the numerator and base, of a rank what is ranked."""
        row, measure = self.row, self.row["measure"]
        base_filter = self._base_filter()
        if measure in OF_COUNTS:
            wanted = "percent" if measure == "share" else "rank"
            if row["unit"] != wanted and (measure == "share" or row["scope"] == DATASET):
                what = f"a {measure} in {shown(row['unit'])}; write `{wanted}`"
                self.add("unit", what, "measure", "scope")
            own = self._unit("base_unit", row["base_unit"] or "events")
            if measure == "share":
                return self._share(own if row["base_unit"] else "", base_filter)
            asked = [name for name in RANKED if row[name]]
            if not asked:
                what = "a rank without a subject; name the ranked region, counterpart or agency"
                self.add("measure", what)
            return own, None, None, asked[0] if asked else ""
        is_known = row["scope"] != DATASET and row["unit"] not in CLAIM_UNITS
        return "" if is_known else self._unit("unit", row["unit"]), None, None, ""

    def claim(self) -> Claim | None:
        """Return the claim, or None if it cannot be read."""
        low, high = self.interval()
        plain = {name: self.row[name] for name in FILTER_COLUMNS}
        self._filter(plain)
        changes = self.interpretations()
        filters = tuple(self._filter({**plain, **change}, change) for change in changes)
        labels = tuple(", ".join(f"{k}={v}" for k, v in change.items()) for change in changes)
        unit, numerator, base, over = self.counts()
        if self.problems:
            return None
        kind = self.row["measure"] if self.row["measure"] != "distinct" else "count"
        return Claim(self.row, kind, unit, low, high, filters, labels, numerator, base, over)

    # --- shares -----------------------------------------------------------------------------

    def _share(
        self, own: str, base_filter: Filter | None
    ) -> tuple[str, CountRef | None, CountRef | None, str]:
        row = self.row
        base = None
        if row["base"] is None:
            what = "a share without its base; name a claim, or what it is taken over"
            self.add("base", what, "measure")
        elif row["base"] in self.rows:
            base = CountRef(self._unit_of("base"), claim_id=row["base"])
        elif base_filter is None:
            what = f"base {shown(row['base'])} is not a claim, and there is no base_filter; "
            self.add("base", f"{what}name a claim, or give one", "measure")
        elif row["base_unit"] is None:
            what = "blank beside a base_filter; say what the base counts"
            self.add("base_unit", what, "measure")
        else:
            base = CountRef(own, base_filter)
        numerator = CountRef(own or (base.unit if base else ""))
        if row["numerator"] is not None:
            if row["numerator"] in self.rows:
                numerator = CountRef(self._unit_of("numerator"), claim_id=row["numerator"])
            else:
                names = dict.fromkeys(self.rows, "")
                what = f"unknown claim {shown(row['numerator'])}; "
                self.add("numerator", what + nearest(row["numerator"], names, "claim"), "measure")
        return base.unit if base else "", numerator, base, ""

    def _unit_of(self, column: str) -> str:
        """Return what the claim counts that a share refers to."""
        unit = self.rows[self.row[column]]["unit"]
        if unit not in CLAIM_UNITS:
            what = f"claim {shown(self.row[column])} counts {unit}, which is not a unit of a share"
            self.add(column, f"{what}; name another", "measure")
        return CLAIM_UNITS.get(unit, "")

    def _unit(self, column: str, unit: str | None) -> str:
        if unit not in CLAIM_UNITS:
            what = f"unknown unit {shown(unit)}; known: {', '.join(CLAIM_UNITS)}"
            self.add(column, what, "measure", "scope")
        return CLAIM_UNITS.get(str(unit), "")

    def _base_filter(self) -> Filter | None:
        """Return the conditions of the base; problems of their form are reported first."""
        if self.row["base_filter"] is None:
            return None
        count, cells = len(self.problems), {}
        for pair in _items(self.row["base_filter"]):
            value = pair.partition("=")[2].strip()
            if "=" not in pair:
                what = f"{shown(pair)} is not in the form key=value; rewrite it"
            elif not value:
                what = f"{shown(pair)} has no value; give one"
            elif _key(pair) not in KEYS:
                what = f"{shown(pair)} is not a known restriction; {suggest(_key(pair), KEYS)}"
            else:
                cells[_key(pair)] = value
                continue
            self.add("base_filter", what, "measure")
        if len(self.problems) > count:
            return Filter({})
        found, problems = read_filter(cells, self.domains, self.row["counterpart_type"])
        self._add_all(problems, dict.fromkeys(cells, "base_filter"))
        return found

    def _filter(self, cells: Mapping[str, str | None], changed: Iterable[str] = ()) -> Filter:
        """Read conditions, some of which an interpretation changes."""
        found, problems = read_filter(cells, self.domains)
        self._add_all(problems, dict.fromkeys(changed, "interpretations"))
        return found

    def _add_all(self, problems: Sequence[ValueProblem], columns: Mapping[str, str]) -> None:
        """Report problems of conditions in the columns in which these are written."""
        for problem in problems:
            reads = ("counterpart_type",) if problem.level == "notice" else ()
            column = columns.get(problem.name, problem.name)
            self.add(column, problem.what, *reads, level=problem.level)


def _items(text: str | None) -> list[str]:
    return list(filter(None, (item.strip() for item in (text or "").split(";"))))


def _key(pair: str) -> str:
    return pair.partition("=")[0].strip()


def _options(text: str | None) -> tuple[list[str], list[list[str]]]:
    """Return the columns and the values of each interpretation."""
    head, _, options = (text or "").partition(":")
    names = [name.strip() for name in head.split("&")]
    values = [[v.strip() for v in option.split("&")] for option in options.split("|")]
    return names, values


def _number(cell: Any) -> float | None:
    """Return a number, which a sheet has as text; None if it is blank or none."""
    try:
        return None if cell is None else float(cell)
    except ValueError:
        return None


def _written(cell: Any) -> str:
    """Return a number as it is written."""
    return "" if cell is None else cell if isinstance(cell, str) else f"{cell:g}"
