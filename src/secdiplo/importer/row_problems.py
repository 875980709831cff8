"""Collect what is wrong with the rows of a file: each cause once, with the number of its rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from secdiplo import schema
from secdiplo.errors import Problem
from secdiplo.importer.column_map import ColumnMap
from secdiplo.importer.readers.source import Source
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS, ProblemCollector

OPEN_VALUE = "a value that the map does not decide, or that contradicts another"
SAME_ROW = "a row that equals another in every cell"


@dataclass
class _Cause:
    """Where a cause is first, what it says, and in how many rows it is."""

    line: int
    text: str
    what: str
    count: int = 0


class RowProblems:
    """What is wrong with the rows of a file.

    Parameters
    ----------
    source : Source
        The file.
    mapping : ColumnMap
        The map.
    every : bool
        Whether every cause is listed. Otherwise those after the first thousand of a column are
        only counted.
    """

    def __init__(self, source: Source, mapping: ColumnMap, every: bool) -> None:
        self._source = source
        self._mapping = mapping
        self._limit = None if every else MAX_LISTED_PROBLEMS
        self._causes: dict[str, dict[tuple[str, str], _Cause]] = {}
        self._further: dict[str, set[bytes]] = {}
        self._alike: list[Problem] = []
        self._alike_further = 0

    def note(
        self,
        name: str,
        given: str,
        line: int,
        what: str,
        *,
        together: bool = False,
        about: str = "",
    ) -> None:
        """Note a value that is not accepted.

        Parameters
        ----------
        name : str
            The column of the sheet.
        given : str
            The value.
        line : int
            The line of the file.
        what : str
            What is wrong and what to do.
        together : bool
            Whether all values of this problem, and of `about`, are one cause.
        about : str
            What tells causes apart that are counted together.
        """
        causes = self._causes.setdefault(name, {})
        key = (about if together else given, what)
        if key in causes or self._limit is None or len(causes) < self._limit:
            text = given if together else schema.shown(given)
            causes.setdefault(key, _Cause(line, text, what)).count += 1
        else:
            digest = hashlib.blake2b("\0".join(key).encode(), digest_size=8).digest()
            self._further.setdefault(name, set()).add(digest)

    def note_same(self, line: int, first: int) -> None:
        """Note a row that equals an earlier one in every cell."""
        if self._limit is not None and len(self._alike) >= self._limit:
            self._alike_further += 1
            return
        what = (
            f"the same as line {first} in every cell; remove one, or, if these are two "
            'meetings, write same_rows = "separate" in the map'
        )
        name = self._source.path.name
        self._alike.append(Problem(name, line, self._source.columns[0], what, kind=SAME_ROW))

    def report(self, collector: ProblemCollector) -> None:
        """Add everything that was noted, and the number of what is not listed."""
        file = self._source.path.name
        collector.add(self._alike)
        collector.count(file, self._source.columns[0], SAME_ROW, "error", self._alike_further)
        for name, causes in self._causes.items():
            kept = self._mapping.keep.get(name, name)
            column = " + ".join(self._mapping.columns.get(name, (kept,)))
            for cause in causes.values():
                many = f"{cause.count:,} row{'s' * (cause.count != 1)}"
                text = f"{cause.text} ({many}) {cause.what}"
                collector.add([Problem(file, cause.line, column, text, kind=OPEN_VALUE)])
            further = len(self._further.get(name, ()))
            collector.count(file, column, OPEN_VALUE, "error", further)
