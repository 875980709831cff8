"""Match the rows of two codings: which row of one coder is the same meeting as which of the other.

Rows match within a unit when they have the same counterpart. Where a coder has several rows with
one counterpart, the official decides, then the date, then how similar the names of the persons are.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from secdiplo.coding.codings import CodedRow, Codings
from secdiplo.text import unaccented


@dataclass(frozen=True)
class Matched:
    """The rows that two codings share, and those that only one of them has."""

    pairs: list[tuple[CodedRow, CodedRow]]
    only_first: list[CodedRow]
    only_second: list[CodedRow]


def match(codings: Codings) -> Matched:
    """Match the rows of two codings, unit by unit.

    Parameters
    ----------
    codings : Codings

    Returns
    -------
    Matched
        Each row occurs once. Rows without a counterpart match nothing.
    """
    pairs: list[tuple[CodedRow, CodedRow]] = []
    for unit in codings.units:
        first = [row for row in codings.first if row.unit == unit]
        second = [row for row in codings.second if row.unit == unit]
        pairs += pair_rows(first, second)
    used = {id(row) for pair in pairs for row in pair}
    return Matched(
        pairs,
        [row for row in codings.first if id(row) not in used],
        [row for row in codings.second if id(row) not in used],
    )


def align(codings: Mapping[str, Sequence[CodedRow]]) -> list[dict[str, CodedRow]]:
    """Match the rows of any number of codings, unit by unit.

    Parameters
    ----------
    codings : mapping of str to sequence of CodedRow
        The rows of each coder.

    Returns
    -------
    list of dict of str to CodedRow
        One entry per meeting: its row of each coder who has it. Rows are compared with those of
        the first coder who has the meeting, so for two coders the result is that of `match`.
    """
    units = sorted({row.unit for rows in codings.values() for row in rows})
    meetings: list[dict[str, CodedRow]] = []
    for unit in units:
        found: list[dict[str, CodedRow]] = []
        for coder, rows in codings.items():
            own = [row for row in rows if row.unit == unit]
            shown = [next(iter(meeting.values())) for meeting in found]
            place = {id(row): number for number, row in enumerate(shown)}
            taken = {id(other): place[id(row)] for row, other in pair_rows(shown, own)}
            for row in own:
                if id(row) in taken:
                    found[taken[id(row)]][coder] = row
                else:
                    found.append({coder: row})
        meetings += found
    return meetings


def pair_rows(
    first: Sequence[CodedRow], second: Sequence[CodedRow]
) -> list[tuple[CodedRow, CodedRow]]:
    """Pair the rows of one unit: the most similar first, each row at most once."""
    candidates = [
        (_likeness(a, b), -i, -j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if a.cells["counterpart"] and a.cells["counterpart"] == b.cells["counterpart"]
    ]
    taken: dict[int, int] = {}
    for _, i, j in sorted(candidates, reverse=True):
        if -i not in taken and -j not in taken.values():
            taken[-i] = -j
    return [(first[i], second[j]) for i, j in sorted(taken.items())]


def _likeness(first: CodedRow, second: CodedRow) -> tuple[bool, bool, float]:
    """Return how similar two rows with one counterpart are: official, date, person met."""
    a, b = first.cells, second.cells
    one, other = (unaccented(cells.get("counterpart_person", "")) for cells in (a, b))
    return (
        a.get("official", "") == b.get("official", ""),
        same_time(a.get("date", ""), b.get("date", "")),
        difflib.SequenceMatcher(None, one, other, autojunk=False).ratio(),
    )


def same_time(first: str, second: str) -> bool:
    """Return whether two dates are the same at the precision of the less precise one.

    Examples
    --------
    >>> same_time("2024-09", "2024-09-07"), same_time("2024-09", ""), same_time("2024", "2023-01")
    (True, False, False)
    """
    shorter = min(len(first), len(second))
    return shorter > 0 and first[:shorter] == second[:shorter]
