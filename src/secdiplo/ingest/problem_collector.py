"""What is found in a dataset folder: the first problems of each kind, and a count of the others."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

from secdiplo.errors import DataError, Problem, Problems, UsageError
from secdiplo.files import ScratchFolder, temporary_space, written_whole
from secdiplo.output.csv_injection import guarded
from secdiplo.sql.quoting import exactly, literal

MAX_LISTED_PROBLEMS = 1_000  # problems of one kind that are listed one by one
PROBLEM_COLUMNS = ("file", "line", "column", "level", "what")


class ProblemCollector:
    """Collects problems in bounded memory.

    Parameters
    ----------
    every : bool
        Whether all are wanted, for a file, and not only the first of each kind.

    Attributes
    ----------
    place : callable
        Returns a problem at the place that its reader knows, where the file that is checked is
        made from another one.
    located : dict of str to callable
        By the label of a workbook: what adds the address of the cell to its problems.
    wanted : callable
        Whether a problem is taken at all.
    """

    def __init__(self, every: bool = False) -> None:
        self.every = every
        self.place: Callable[[Problem], Problem] = lambda problem: problem
        self.located: dict[str, Callable[[Problem], Problem]] = {}
        self.wanted: Callable[[Problem], bool] = lambda _: True
        self._listed: dict[Problem, None] = {}
        self._kinds: Counter[tuple[str, str, str, str]] = Counter()
        self._more: Counter[tuple[str, str, str, str]] = Counter()
        self._scratch: ScratchFolder | None = None
        self._spool: IO[str] | None = None
        if every:
            self._scratch = ScratchFolder()
            self._rows = Path(self._scratch.name) / "problems.csv"
            with temporary_space():
                self._spool = self._rows.open("w", encoding="utf-8", newline="")

    def add(self, problems: Iterable[Problem]) -> int:
        """Take problems one by one; how many they were."""
        number = 0
        for problem in map(self._placed, problems):
            number += 1
            if problem in self._listed or not self.wanted(problem):
                continue
            key = (problem.file, problem.column, problem.kind, problem.level)
            if self._kinds[key] < MAX_LISTED_PROBLEMS:
                self._listed[problem] = None
                self._kinds[key] += 1
            else:
                self._more[key] += 1
            if self._spool:
                cells = (problem.file, problem.line, problem.column, problem.level, problem.what)
                with temporary_space():
                    csv.writer(self._spool, lineterminator="\n").writerow(map(guarded, cells))
        return number

    def _placed(self, problem: Problem) -> Problem:
        located = self.located.get(problem.file)
        return self.place(located(problem) if located else problem)

    def count(self, file: str, column: str, kind: str, level: str, number: int) -> None:
        """Take note of problems that were counted and not looked at one by one."""
        if number:
            known = self.place(Problem(file, 0, column, kind, level, kind))
            if not self.wanted(known):
                return
            self._more[known.file, known.column, kind, level] += number

    @property
    def any_error(self) -> bool:
        """Whether anything forbids to build the dataset."""
        return any(key[3] == "error" for key in (*self._kinds, *self._more))

    def problems(self) -> Problems:
        """What was found, in the order of file and line."""
        return Problems(sorted(self._listed, key=_sort_key), self._more)

    def save(self, target: Path) -> None:
        """Write every problem as CSV, in the order of file and line.

        Raises
        ------
        StoreError
            The file cannot be written.
        """
        import duckdb

        if self._spool is None or self._scratch is None:
            return
        with temporary_space():
            self._spool.close()
        kinds = ("BIGINT" if name == "line" else "VARCHAR" for name in PROBLEM_COLUMNS)
        types = ", ".join(
            f"{literal(name)}: '{kind}'" for name, kind in zip(PROBLEM_COLUMNS, kinds, strict=True)
        )
        with written_whole(target) as fresh, duckdb.connect() as con:
            con.execute(
                f"set memory_limit = '500MB'; set temp_directory = {literal(self._scratch.name)}"
            )
            con.execute(
                f"copy (select distinct * from read_csv({literal(exactly(self._rows))}, "
                "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                f"columns = {{{types}}}, hive_partitioning = false) "
                'order by file, line, "column", what) '
                f"to {literal(str(fresh))} (format csv, header)"
            )

    def close(self) -> None:
        """Take the scratch files away."""
        if self._spool and self._scratch:
            with suppress(OSError):  # what could not be written is not wanted any more
                self._spool.close()
            self._scratch.cleanup()


def _sort_key(problem: Problem) -> tuple[str, int, int, str, str]:
    column = problem.column
    number = int(column) if column.isdecimal() else 0
    return problem.file, problem.line, number, column, problem.what


def _refuse_other(target: Path) -> None:
    """Refuse to write over a file that is no list of problems: it may be a sheet."""
    if not os.path.lexists(target):
        return
    wanted = ",".join(PROBLEM_COLUMNS)
    with suppress(OSError), target.open("rb") as file:
        if file.readline(len(wanted) + 2).strip() == wanted.encode():
            return
    raise UsageError(f"{target} exists and is not a list of problems; name another file")


@contextmanager
def collected(problems: Path | str | None) -> Iterator[ProblemCollector]:
    """What takes problems, and writes them to a file, if there is one, with or without errors.

    Raises
    ------
    UsageError
        The file is there and is no list of problems, so that it may be anything.
    """
    if problems is not None:
        _refuse_other(Path(problems))
    with closing(ProblemCollector(every=problems is not None)) as found:
        try:
            yield found
        except DataError:
            if problems is not None:
                found.save(Path(problems))
            raise
        if problems is not None:
            found.save(Path(problems))
