"""The exceptions that users meet, and the problems a dataset can have; nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with an input, and what to do about it.

    Attributes
    ----------
    file : str
        The file, relative to the dataset folder where it lies inside it.
    line : int
        The line of the file, counted from 1; a record over several lines stands at its first. 0 if
        the problem is about no one line.
    column : str
        The name of the column, or its number where the problem is one of layout.
    what : str
        What is wrong and what to do, in the form ``what; what to do``.
    level : str
        ``error`` (the dataset cannot be built) or ``notice`` (it can).
    kind : str
        The rule behind it, by which problems that are too many to list are counted.
    cell : str
        In a workbook, the sheet and the cell, as ``interactions!H12``; the message names it in
        place of line and column.
    """

    file: str
    line: int
    column: str
    what: str
    level: str = "error"
    kind: str = field(default="", compare=False, repr=False)
    cell: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        mark = "notice: " if self.level == "notice" else ""
        line = f":{self.line}" if self.line else ""
        place = f":{self.cell}" if self.cell else f"{line}:{self.column}"
        return f"{self.file}{place}: {mark}{self.what}"


class Problems(list[Problem]):
    """Problems in the order of file and line, and how many more there are.

    Attributes
    ----------
    more : dict
        Of what was found and not listed: (file, column, kind, level) to how many.
    """

    def __init__(
        self,
        listed: Iterable[Problem] = (),
        more: Mapping[tuple[str, str, str, str], int] | None = None,
    ) -> None:
        super().__init__(listed)
        self.more = dict(more or {})

    def number(self, level: str) -> int:
        """How many there are of a level, listed or not."""
        unlisted = sum(number for key, number in self.more.items() if key[3] == level)
        return unlisted + sum(problem.level == level for problem in self)


class SecdiploError(Exception):
    """Base of every error that the toolkit raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle without calling the class again: its parameters are not ``args``.

        A pool of processes that cannot read the error of a worker waits for ever.
        """
        return _unpickled, (type(self), self.args, dict(self.__dict__))


def _unpickled(
    kind: type[SecdiploError], args: tuple[object, ...], state: Mapping[str, object]
) -> SecdiploError:
    """Return an error as it was pickled."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UsageError(SecdiploError):
    """A call or command that cannot be understood: unknown name, parameter or value."""


class FigureError(UsageError):
    """A figure that the dataset has nothing for; the message says what is missing."""


class DataError(SecdiploError):
    """Inputs that have problems; ``problems`` holds every one of them.

    Parameters
    ----------
    problems : list of Problem
        What was found, in the order of file and line; after a thousand of a kind, the others are
        counted in its ``more``.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = problems if isinstance(problems, Problems) else Problems(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(SecdiploError):
    """Built tables that are missing, truncated, of another schema or number of rows."""
