"""How far two codings of the same events agree, column by column."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.coding import codings, result_tables
from secdiplo.coding.codings import CodedRow
from secdiplo.coding.matching import Matched, match, same_time
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.schema.plain_values import plain
from secdiplo.schema.tables import CODING_SHEET

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built

FOLDER = "reliability"
MAX_RESAMPLES = 1_000_000
# What a second coder is shown, or what is about a coding and not about the event.
NOT_COMPARED = ("source_url", "source_publisher", "source_date", "source_title", "event_key")
MATCHED_BY = "counterpart"  # two rows are compared if they have the same one
NO_ALPHA = f"Rows are matched by `{MATCHED_BY}`, so it has no alpha."
AGREEMENT = ("column", "distance", "meetings", "agreement", "alpha", "low", "high", "mean_distance")
UNMATCHED = (
    "unit",
    "event_key",
    "coder",
    "date",
    "official",
    "counterpart",
    "counterpart_person",
    "why",
)
ELSEWHERE = "coded as another event"
DIFFERENCES = ("unit", "event_key", "counterpart", "column", "first", "second")


@dataclass(frozen=True)
class Reliability:
    """How far two codings agree.

    Attributes
    ----------
    units : int
        Events that the second coder was asked to code.
    matched_units : int
        Those of them in which a row of one coder matches one of the other.
    matched : int
        Meetings that both coders have, as a pair of matched rows: what the measures are computed
        over.
    agreement : list of tuple
        One row per column and distance; columns `AGREEMENT`.
    unmatched : list of tuple
        One row per row that only one coder has; columns `UNMATCHED`.
    differences : list of tuple
        One row per cell that differs between matched rows; columns `DIFFERENCES`.
    """

    units: int
    matched_units: int
    matched: int
    agreement: list[tuple[Any, ...]]
    unmatched: list[tuple[Any, ...]]
    differences: list[tuple[Any, ...]]

    def summary(self) -> str:
        """Return one line: how many units and rows were compared."""
        first = sum(row[2] == "first" for row in self.unmatched)
        reasons = [row[-1] for row in self.unmatched if row[2] == "second"]
        elsewhere = sum(reason == ELSEWHERE for reason in reasons)
        return (
            f"{self.units} events were drawn, and both coders found {self.matched_units} of them, "
            f"with {self.matched} meetings in common. {first} rows are only in the first coding. "
            f"{len(reasons)} are only in the second; the first coding has {elsewhere} of these "
            f"under other events. {NO_ALPHA}"
        )

    def __repr__(self) -> str:
        return f"<Reliability: {self.summary()} See frame().>"

    def frame(self, name: str = "agreement") -> pd.DataFrame:
        """Return one of the tables as a DataFrame.

        Parameters
        ----------
        name : {"agreement", "unmatched", "differences"}

        Returns
        -------
        DataFrame
            ``attrs`` contains the summary.

        Raises
        ------
        UsageError
            There is no such table.
        """
        return result_tables.frame_of(*self.table(name), self.summary())

    def table(self, name: str = "agreement") -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Return the columns and rows of one of the tables; the names are those of `frame`."""
        tables = {
            "agreement": (AGREEMENT, self.agreement),
            "unmatched": (UNMATCHED, self.unmatched),
            "differences": (DIFFERENCES, self.differences),
        }
        result_tables.check_name(name, tables)
        return tables[name]


def reliability(
    built: Built,
    source: Path | None,
    second: Path | str | None = None,
    *,
    resamples: int = 1_000,
    seed: int = 1,
) -> Reliability:
    """Compare the coding sheet with a second coding of some of its events.

    Parameters
    ----------
    built : Built
        The open dataset.
    source : Path or None
        Its dataset folder.
    second : path, optional
        The folder of the second coding; ``reliability`` in the dataset folder by default.
    resamples : int
        Bootstrap samples for the intervals of alpha.
    seed : int
        Of these samples.

    Returns
    -------
    Reliability

    Raises
    ------
    UsageError
        There is no second coding, or the number of samples is negative or too large.
    DataError
        Unknown units or columns, or no row that both coders have.
    """
    check_resamples(resamples, seed)
    if second is not None and not isinstance(second, str | Path):
        raise UsageError(f"a second coding is given by the path of its folder, not by `{second}`")
    folder = Path(second) if second is not None else source and source / FOLDER
    if folder is None:
        what = "built tables without their dataset folder have no second coding"
        raise UsageError(f"{what}; load the folder, or name the folder of the second coding")
    both = codings.read(built, folder)
    found = match(both)
    if not found.pairs:
        what = "no event and counterpart that both coders have; check the units"
        raise DataError([Problem(f"{folder.name}/{codings.SECOND}", 1, "counterpart", what)])
    columns = [name for name in both.columns if name not in NOT_COMPARED]
    return Reliability(
        len(both.units),
        len({first.unit for first, _ in found.pairs}),
        len(found.pairs),
        [
            row
            for name in columns
            for row in column_agreement(_values(found, name), name, resamples, seed)
        ],
        _unmatched(found, both.sheet),
        _differences(found, columns),
    )


def check_resamples(resamples: int, seed: int) -> None:
    """Raise an error unless the number of samples and the seed are whole and in bounds."""
    if not isinstance(plain(resamples), int) or not isinstance(plain(seed), int):
        raise UsageError("`resamples` and `seed` are whole numbers; correct them")
    if not 0 <= resamples <= MAX_RESAMPLES or seed < 0:
        what = f"`resamples` is a whole number from 0 to {MAX_RESAMPLES}, `seed` from 0"
        raise UsageError(f"{what}; correct it")


def column_agreement(
    cells: Sequence[Sequence[Hashable | None]], column: str, resamples: int, seed: int
) -> list[tuple[Any, ...]]:
    """Return the measures of one column: nominal or of sets, and of dates also in days.

    Parameters
    ----------
    cells : sequence of sequence
        For each unit the value of each coder, as `cell_value` gives it; None of who has none.
    column : str
        A column of the coding sheet.
    resamples, seed : int
        Of the intervals.

    Returns
    -------
    list of tuple
        Columns `AGREEMENT`. The column that rows are matched by has no alpha: it is 1 by
        construction.
    """
    from secdiplo.coding import agreement as measures

    kind = CODING_SHEET.by_name[column].kind
    measure = functools.partial(measures.agreement, resamples=resamples, seed=seed)
    results: list[tuple[str, measures.Agreement]] = []
    if kind == "list":
        results.append(("masi", measure(cells, measures.masi)))
    else:
        results.append(("nominal", measure(cells)))
    if kind == "partial_date":
        numbers: list[Sequence[Hashable | None]] = [
            [None if cell is None else measures.middle_day(str(cell)) for cell in unit]
            for unit in cells
        ]
        by_day = measure(numbers, measures.squared_days, measures.days)
        results.append(("days", by_day))
    return [
        (
            column,
            distance,
            it.units,
            _rounded(it.share),
            *map(_rounded, [None] * 3 if column == MATCHED_BY else [it.alpha, it.low, it.high]),
            _rounded(it.distance),
        )
        for distance, it in results
        if it.units
    ]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3) + 0.0


def _values(found: Matched, column: str) -> list[tuple[Hashable, ...]]:
    return [tuple(cell_value(row, column) for row in pair) for pair in found.pairs]


def cell_value(row: CodedRow, column: str) -> Hashable:
    """Return a cell for comparison: a list as a set, other text without blanks around it."""
    cell = row.cells.get(column, "")
    if CODING_SHEET.by_name[column].kind == "list":
        return frozenset(item.strip() for item in cell.split(";") if item.strip())
    return cell


def _unmatched(found: Matched, sheet: Sequence[dict[str, str]]) -> list[tuple[Any, ...]]:
    rows = []
    for coder, members in (("first", found.only_first), ("second", found.only_second)):
        for row in members:
            why = "not in the second coding" if coder == "first" else _why(row, sheet)
            cells = [row.cells.get(name) or None for name in UNMATCHED[3:-1]]
            rows.append((row.unit, row.event_key, coder, *cells, why))
    return sorted(rows, key=lambda row: tuple(str(cell or "") for cell in row))


def _why(row: CodedRow, sheet: Sequence[dict[str, str]]) -> str:
    """Return why a row of the second coder has no partner in its unit."""
    cells = row.cells
    if not cells["counterpart"]:
        return "no counterpart"
    for other in sheet:
        alike = all(other[name] == cells.get(name, "") for name in ("counterpart", "official"))
        if alike and same_time(other["date"], cells.get("date", "")):
            return ELSEWHERE
    return "not in the coding sheet"


def _differences(found: Matched, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    return [
        (
            first.unit, first.event_key, first.cells["counterpart"], column,
            first.cells.get(column) or None, second.cells.get(column) or None,
        )
        for first, second in found.pairs
        for column in columns
        if cell_value(first, column) != cell_value(second, column)
    ]  # fmt: skip
