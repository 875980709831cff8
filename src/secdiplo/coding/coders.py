"""How far several coders agree: which meetings each of them found, and how they coded them."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.coding import result_tables
from secdiplo.coding.assignment import ASSIGNMENT_FILE, read_assignment
from secdiplo.coding.codings import UNITS_FILE, CodedRow, CodingFile, read, read_coding
from secdiplo.coding.matching import align
from secdiplo.coding.periods import PERIODS, period_of
from secdiplo.coding.reliability import (
    AGREEMENT,
    FOLDER,
    NO_ALPHA,
    NOT_COMPARED,
    cell_value,
    check_resamples,
    column_agreement,
)
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built

CODING_SUFFIXES = (".csv", ".xlsx")
MEETINGS = ("unit", "counterpart", "official", "date", "coders", "found_by", "missed_by")
RECALL = ("coder", "against", "found", "of", "recall")
RESTS = ("coder", "column", "pairs", "agreement", "alpha_without")
CONFUSION = ("column", "first_coder", "second_coder", "first", "second", "number")
CODER_DIFFERENCES = (
    "unit",
    "counterpart",
    "column",
    "first_coder",
    "second_coder",
    "first",
    "second",
    "first_source",
    "second_source",
)
DRIFT = ("period", *AGREEMENT)
UNION = "all coders"

Meeting = dict[str, CodedRow]


@dataclass(frozen=True)
class CoderComparison:
    """How far several coders agree.

    Attributes
    ----------
    coders : tuple of str
        The names of the coders.
    units : int
        Units that two or more of them coded.
    rows : dict of str to int
        Rows of each coder in these units.
    meetings : list of dict of str to CodedRow
        The rows of all coders, matched: one entry per meeting.
    columns : tuple of str
        The columns that are compared.
    by : str
        The length of a period; blank for no comparison over time.
    resamples, seed : int
        Of the intervals of alpha.
    given : dict of str to frozenset of str, or None
        The units that each coder was given; None for every unit.
    left_out : int
        Units that were left out, because only one coder was given them.
    assumed : tuple of str
        Coders whose files do not list their units, and who are assumed to have coded all.
    """

    coders: tuple[str, ...]
    units: int
    rows: dict[str, int]
    meetings: list[Meeting]
    columns: tuple[str, ...]
    by: str = ""
    resamples: int = 1_000
    seed: int = 1
    given: dict[str, frozenset[str] | None] = field(default_factory=dict)
    left_out: int = 0
    assumed: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def summary(self) -> str:
        """Return a few lines: how many coders, units and meetings, and who found how many."""
        every = sum(len(meeting) == len(self.coders) for meeting in self.meetings)
        found = ", ".join(f"{row[0]} {row[2]}" for row in self._recall() if row[1] == UNION)
        parts = [
            f"{len(self.coders)} coders coded {self.units} units. They found "
            f"{len(self.meetings)} meetings; all coders found {every} of them. Found by each: "
            f"{found}."
        ]
        if self.left_out:
            number = f"{self.left_out} unit{'s were' if self.left_out != 1 else ' was'} left out"
            parts.append(f"{number}, because only one coder was given {_them(self.left_out)}.")
        if self.assumed:
            parts.append(
                "Assumed to have coded all units, because their files do not list their units: "
                f"{', '.join(self.assumed)}."
            )
        return " ".join([*parts, NO_ALPHA])

    def __repr__(self) -> str:
        return f"<CoderComparison: {self.summary()} See frame().>"

    def table(
        self, name: str = "agreement", column: str | None = None
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Return the columns and rows of one of the tables; the names are those of `frame`."""
        tables: dict[str, tuple[tuple[str, ...], Callable[[], list[tuple[Any, ...]]]]] = {
            "agreement": (AGREEMENT, self._agreement),
            "meetings": (MEETINGS, self._meetings),
            "unmatched": (MEETINGS, self._unmatched),
            "recall": (RECALL, self._recall),
            "coders": (RESTS, self._rests),
            "confusion": (CONFUSION, functools.partial(self._confusion, column)),
            "differences": (CODER_DIFFERENCES, functools.partial(self._differences, column)),
            "drift": (DRIFT, self._drift),
        }
        result_tables.check_name(name, tables)
        if column is not None and column not in self.columns:
            what = suggest(column, self.columns, "columns")
            raise UsageError(f"no column `{column}` that the coders have; {what}")
        if column is not None and name not in ("confusion", "differences"):
            raise UsageError("`column` is for the tables confusion and differences; leave it out")
        columns, rows = tables[name]
        return columns, rows()

    def frame(self, name: str = "agreement", column: str | None = None) -> pd.DataFrame:
        """Return one of the tables as a DataFrame.

        Parameters
        ----------
        name : str
            agreement (per column: alpha over all coders, with its interval), meetings (who found
            which), unmatched (those that not all found), recall (of each coder, against all and
            against each other coder), coders (each coder against the rest), confusion, differences
            (with both values and sources) or drift (agreement by period).
        column : str, optional
            Only this column, of confusion or differences.

        Returns
        -------
        DataFrame
            ``attrs`` contains the summary.

        Raises
        ------
        UsageError
            There is no such table or column, or drift was asked for without `by`.
        """
        return result_tables.frame_of(*self.table(name, column), self.summary())

    # --- who found what ---------------------------------------------------------------------

    def _was_given(self, coder: str, unit: str) -> bool:
        units = self.given.get(coder)
        return units is None or unit in units

    def _meetings(self) -> list[tuple[Any, ...]]:
        rows = []
        for meeting in self.meetings:
            cells = next(iter(meeting.values())).cells
            unit = _unit_of(meeting)
            known = [cells.get(name) or None for name in ("counterpart", "official", "date")]
            missed = [c for c in self.coders if c not in meeting and self._was_given(c, unit)]
            found = "; ".join(coder for coder in self.coders if coder in meeting)
            rows.append((unit, *known, len(meeting), found, "; ".join(missed) or None))
        return rows

    def _unmatched(self) -> list[tuple[Any, ...]]:
        return [row for row in self._meetings() if row[-1]]

    def _recall(self) -> list[tuple[Any, ...]]:
        """Return how many meetings of all coders, and of each other one, a coder found.

        Only meetings in units that the coder was given count.
        """
        rows = []
        for coder in self.coders:
            known = [m for m in self.meetings if self._was_given(coder, _unit_of(m))]
            for other in (UNION, *(each for each in self.coders if each != coder)):
                of = [m for m in known if other == UNION or other in m]
                found = sum(coder in meeting for meeting in of)
                share = round(found / len(of), 3) if of else None
                rows.append((coder, other, found, len(of), share))
        return rows

    # --- how they coded it ------------------------------------------------------------------

    def _values(
        self, column: str, meetings: Iterable[Meeting], coders: Sequence[str]
    ) -> list[tuple[Hashable | None, ...]]:
        """Return the value of each coder in each meeting; None of who does not have it."""
        return [
            tuple(
                cell_value(meeting[coder], column)
                if coder in meeting and column in meeting[coder].cells
                else None
                for coder in coders
            )
            for meeting in meetings
        ]

    def _agreement(self) -> list[tuple[Any, ...]]:
        if "agreement" not in self.kept:
            self.kept["agreement"] = self._agreement_in(self.meetings)
        rows: list[tuple[Any, ...]] = self.kept["agreement"]
        return rows

    def _agreement_in(self, meetings: Sequence[Meeting]) -> list[tuple[Any, ...]]:
        return [
            row
            for column in self.columns
            for row in column_agreement(
                self._values(column, meetings, self.coders), column, self.resamples, self.seed
            )
        ]

    def _drift(self) -> list[tuple[Any, ...]]:
        if not self.by:
            raise UsageError(f"drift needs the length of a period: `by`, {', '.join(PERIODS)}")
        periods: dict[str, list[Meeting]] = {}
        for meeting in self.meetings:
            dates = (row.cells.get("date", "") for row in meeting.values())
            found = next((period for date in dates if (period := period_of(date, self.by))), None)
            if found:
                periods.setdefault(found, []).append(meeting)
        return [
            (period, *row)
            for period, meetings in sorted(periods.items())
            for row in self._agreement_in(meetings)
        ]

    def _rests(self) -> list[tuple[Any, ...]]:
        """Return each coder against the others: equal pairs, and alpha of the others alone."""
        rows = []
        for coder, column in itertools.product(self.coders, self.columns):
            others = [each for each in self.coders if each != coder]
            own = self._values(column, self.meetings, [coder])
            rest = self._values(column, self.meetings, others)
            equal = [
                mine == theirs
                for (mine,), values in zip(own, rest, strict=True)
                for theirs in values
                if mine is not None and theirs is not None
            ]
            alone = column_agreement(rest, column, 0, self.seed) if len(others) > 1 else []
            alpha = alone[0][4] if alone else None
            if equal:
                share = round(sum(equal) / len(equal), 3)
                rows.append((coder, column, len(equal), share, alpha))
        return rows

    def _pairs(self) -> Iterable[tuple[str, str, CodedRow, CodedRow]]:
        for meeting in self.meetings:
            for first, second in itertools.combinations(self.coders, 2):
                if first in meeting and second in meeting:
                    yield first, second, meeting[first], meeting[second]

    def _confusion(self, column: str | None) -> list[tuple[Any, ...]]:
        """Return how often two coders gave a pair of codes; items of lists one by one."""
        coded = [name for name in self.columns if CODING_SHEET.by_name[name].codes]
        counts: Counter[tuple[str, ...]] = Counter()
        for name in [column] if column else coded:
            for first, second, mine, theirs in self._pairs():
                if name in mine.cells and name in theirs.cells:
                    for values in _crossed(cell_value(mine, name), cell_value(theirs, name)):
                        counts[(name, first, second, *values)] += 1
        order = {name: place for place, name in enumerate(self.columns)}
        return [
            (*key[:3], *(value or None for value in key[3:]), number)
            for key, number in sorted(
                counts.items(),
                key=lambda each: (order[each[0][0]], each[0][1:3], -each[1], each[0]),
            )
        ]

    def _differences(self, column: str | None) -> list[tuple[Any, ...]]:
        rows = []
        for first, second, mine, theirs in self._pairs():
            for name in [column] if column else self.columns:
                if name not in mine.cells or name not in theirs.cells:
                    continue
                if cell_value(mine, name) == cell_value(theirs, name):
                    continue
                values = [row.cells.get(name) or None for row in (mine, theirs)]
                pages = [
                    row.cells.get("page_seen") or row.cells.get("source_url") or None
                    for row in (mine, theirs)
                ]
                head = (mine.unit, mine.cells.get("counterpart") or None, name, first, second)
                rows.append((*head, *values, *pages))
        return rows


def _unit_of(meeting: Meeting) -> str:
    return next(iter(meeting.values())).unit


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def _crossed(first: Hashable, second: Hashable) -> list[tuple[str, str]]:
    """Return the pairs of values of two cells: of lists, each item that one or both have."""
    if not isinstance(first, frozenset) or not isinstance(second, frozenset):
        return [(str(first), str(second))]
    both = [(item, item) for item in sorted(first & second)]
    alone = [(item, "") for item in sorted(first - second)]
    return [*both, *alone, *(("", item) for item in sorted(second - first))]


# --- reading --------------------------------------------------------------------------------


def compare_coders(
    built: Built,
    codings: Sequence[Path | str] | Path | None,
    *,
    by: str | None = None,
    resamples: int = 1_000,
    seed: int = 1,
) -> CoderComparison:
    """Compare the codings of several coders: `Dataset.compare_coders`.

    Instead of files, `codings` may be the dataset folder: its coding sheet and second coding.
    """
    check_resamples(resamples, seed)
    if by and by not in PERIODS:
        raise UsageError(f"`by` is {', '.join(PERIODS)} or nothing, not `{by}`")
    if codings is None:
        what = "built tables without their dataset folder have no second coding"
        raise UsageError(f"{what}; load the folder, or name the files of the coders")
    if isinstance(codings, Path):
        both = read(built, codings / FOLDER)
        found = [
            _CoderFile("first", both.first, frozenset(both.units)),
            _CoderFile("second", both.second, frozenset(both.units)),
        ]
    else:
        found = _read(built, *_files([Path(path) for path in codings]))
    units, left_out = _compared_units(found)
    rows = {each.coder: [row for row in each.rows if row.unit in units] for each in found}
    headers = [set(each.rows[0].cells) for each in found if each.rows]
    shared = Counter(name for names in headers for name in names)
    columns = tuple(
        column.name
        for column in CODING_SHEET.columns
        if shared[column.name] > 1 and column.name not in (*NOT_COMPARED, "note")
    )
    meetings = align(rows)
    if not any(len(meeting) > 1 for meeting in meetings):
        what = "no unit and counterpart that two coders have; check the column `unit`"
        raise DataError([Problem(", ".join(rows), 0, "counterpart", what)])
    return CoderComparison(
        tuple(rows),
        len(units),
        {coder: len(listed) for coder, listed in rows.items()},
        meetings,
        columns,
        by or "",
        resamples,
        seed,
        {each.coder: each.given for each in found},
        left_out,
        tuple(each.coder for each in found if each.given is None),
    )


@dataclass(frozen=True)
class _CoderFile:
    """The rows of one coder, and the units that the coder was given; None for every unit."""

    coder: str
    rows: list[CodedRow]
    given: frozenset[str] | None


def _compared_units(found: Sequence[_CoderFile]) -> tuple[frozenset[str], int]:
    """Return the units that two coders or more were given, and the number of the other ones.

    Raises
    ------
    DataError
        No unit was given to two coders.
    """
    every = {row.unit for each in found for row in each.rows}
    every |= {unit for each in found for unit in each.given or ()}
    units = frozenset(
        unit
        for unit in every
        if sum(each.given is None or unit in each.given for each in found) > 1
    )
    if not units:
        what = "each unit was given to only one coder; assign units with an overlap to compare"
        raise DataError([Problem(", ".join(each.coder for each in found), 0, "unit", what)])
    return units, len(every) - len(units)


def _files(given: Sequence[Path]) -> tuple[list[Path], dict[str, frozenset[str]]]:
    """Return the files to read, and who was given which units as `assign` recorded it.

    The files are those given, or every coding of a folder.
    """
    if len(given) == 1 and given[0].is_dir():
        found = sorted(
            path
            for path in given[0].iterdir()
            if path.suffix.lower() in CODING_SUFFIXES
            and path.name not in (UNITS_FILE, ASSIGNMENT_FILE)
            and not path.name.startswith((".", "~$"))
        )
        if len(found) < 2:
            what = f"{given[0]}: fewer than two codings (.csv or .xlsx)"
            raise UsageError(f"{what}; put the file of each coder there")
        return found, read_assignment(given[0] / ASSIGNMENT_FILE)
    if len(given) < 2:
        raise UsageError("one coding; name the files of two coders or more, or their folder")
    return list(given), {}


def _read(
    built: Built, files: Sequence[Path], assigned: Mapping[str, frozenset[str]]
) -> list[_CoderFile]:
    """Return the rows of each coder, who is named as the file."""
    names = [path.stem for path in files]
    if len(set(names)) < len(names):  # the same name in several folders
        names = [f"{path.parent.name}/{path.stem}" for path in files]
    if len(set(names)) < len(names):
        raise UsageError("two codings have the same name; rename one of the files")
    found: list[_CoderFile] = []
    problems: list[Problem] = []
    for name, path in zip(names, files, strict=True):
        try:
            coding = read_coding(path, built, needed=("counterpart",))
        except DataError as error:
            problems += error.problems
            continue
        given = assigned.get(name) if coding.units is None else frozenset(coding.units)
        problems += _unit_problems(coding, given)
        rows = [
            CodedRow(row.get("unit") or row.get("event_key", ""), row.get("event_key", ""), row)
            for _, row in coding.rows
        ]
        found.append(_CoderFile(name, rows, given))
    if problems:
        raise DataError(sorted(problems))
    return found


def _unit_problems(coding: CodingFile, given: frozenset[str] | None) -> list[Problem]:
    """Return what is wrong with the units of a coding: no column, blanks, others, or no rows."""
    if not coding.rows and given is None:
        return [coding.problem(1, "unit", "no rows; add what the coder coded")]
    if coding.rows and not {"unit", "event_key"} & set(coding.columns):
        what = "no column `unit` or `event_key`, by which rows of coders are matched; add one"
        return [coding.problem(1, "unit", what)]
    problems = []
    for line, row in coding.rows:
        unit = row.get("unit") or row.get("event_key")
        if not unit:
            what = "no unit; write what the coder was asked to code"
            problems.append(coding.problem(line, "unit", what))
        elif given is not None and unit not in given:
            what = f"{ASSIGNMENT_FILE} does not give unit `{unit}` to this coder"
            remedy = suggest(unit, sorted(given), "units")
            problems.append(coding.problem(line, "unit", f"{what}; {remedy}"))
    return problems
