"""What was found out about a file: the base of a proposed map."""

from __future__ import annotations

from dataclasses import dataclass

from secdiplo.importer import columns, spellings
from secdiplo.importer.columns import SURE, Column, Match
from secdiplo.importer.records import Source, broken

DERIVED = ("agency", "official_rank")
"""Columns that the reference sheet of officials gives where the file does not."""


@dataclass(frozen=True)
class Plan:
    """What was found out about a file.

    Attributes
    ----------
    source : Source
        The file.
    columns : dict
        Its columns by name.
    rows : int
        The number of its rows.
    sure, perhaps : dict
        Column of the sheet -> the column of the file that is, or may be, it.
    parts : list of str
        The columns of year, month and day where no other is the date.
    paper : bool
        Whether most agencies or officials are those of the built-in dataset.
    """

    source: Source
    columns: dict[str, Column]
    rows: int
    sure: dict[str, Match]
    perhaps: dict[str, Match]
    parts: list[str]
    paper: bool

    def column(self, target: str) -> Column | None:
        """Give the column of the file that is one of the sheet."""
        return self.columns[self.sure[target].name] if target in self.sure else None

    def blanks(self, target: str) -> int:
        """Count the rows that have no value in a column of the sheet."""
        column = self.column(target)
        return self.rows - column.filled if column else self.rows

    def taken(self) -> set[str]:
        """Give the columns of the file that something is made of."""
        return {match.name for match in self.sure.values()} | set(self.parts)


def make_plan(source: Source) -> Plan:
    """Find out what the columns of a file are.

    Raises
    ------
    DataError
        The file has no rows.
    """
    found, rows = columns.survey(source)
    if not rows:
        raise broken(source.path, "a header and no rows; give the file that has the rows")
    by_name = {column.name: column for column in found}
    matches = columns.match(found)
    sure = {match.target: match for match in matches if match.score >= SURE}
    perhaps = {match.target: match for match in matches if match.score < SURE}
    parts = [] if "date" in sure else columns.date_parts(found)
    paper = _of_the_paper(by_name, sure)
    if paper and "official" in sure:
        name = sure["official"].name
        why = "no column says it: from the reference sheet of officials, see [values]"
        for target in DERIVED:
            sure.setdefault(target, Match(target, name, 1.0, why))
    return Plan(source, by_name, rows, sure, perhaps, parts, paper)


def _of_the_paper(by_name: dict[str, Column], sure: dict[str, Match]) -> bool:
    """Whether a file is like the paper's: by its officials, for others too have an `MPS`."""
    if "official" in sure:
        return by_name[sure["official"].name].share(spellings.officials().find) >= 0.5
    if "agency" not in sure:
        return False
    column, known = by_name[sure["agency"].name], spellings.builtin("agency")
    different = {known.find(value) for value in column.values} - {None}
    return len(different) > 1 and column.share(known.find) >= 0.5
