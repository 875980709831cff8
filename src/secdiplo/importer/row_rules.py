"""Apply the rules of a map to whole rows: markers of missing values, [drop] and [filter]."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from secdiplo.errors import DataError, Problem
from secdiplo.folder import toml
from secdiplo.importer.code_lists import BLANK_LABEL
from secdiplo.importer.column_map import ColumnMap
from secdiplo.importer.corrections import RowCorrection
from secdiplo.importer.messages import nothing_left
from secdiplo.importer.readers.source import Record, Source
from secdiplo.importer.summary import ImportSummary
from secdiplo.schema import shown

RULES = {"filter": "filtered", "drop": "dropped"}
"""The tables of rules, and the change that each makes."""
MAX_UNMET = 3  # lines of a map that fit no row


@dataclass
class CellCondition:
    """A condition on the cells of one column.

    Attributes
    ----------
    place : int
        The place of the column.
    column : str
        Its name.
    values : tuple of str
        The cells that meet it; ``*`` is any cell that is not blank.
    section : str
        The table of the map.
    blanks : set of str
        Cells that are blank by the map, such as ``NA``.
    found : set of str
        Those of `values` that some row had.
    """

    place: int
    column: str
    values: tuple[str, ...]
    section: str
    blanks: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)

    def fits(self, record: Sequence[str]) -> bool:
        """Return whether a row meets the condition."""
        cell = record[self.place]
        is_blank = not cell or cell in self.blanks
        value = next((v for v in (cell, "" if is_blank else "*") if v in self.values), None)
        if value is None:
            return False
        self.found.add(value)
        return True


class RowRules:
    """The rules of a map that are about whole rows of a file.

    Parameters
    ----------
    mapping : ColumnMap
        The map.
    columns : sequence of str
        The columns of the file. A rule about another one does nothing.
    """

    def __init__(self, mapping: ColumnMap, columns: Sequence[str]) -> None:
        self._mapping = mapping
        self._columns = columns
        self._rules = [
            each
            for section in RULES
            for each in self._conditions(getattr(mapping, section), section)
            if each.values
        ]
        self._corrections = [
            (number, each, self._conditions(each.where, "corrections"))
            for number, each in enumerate(mapping.corrections)
            if set(each.where) <= set(columns)
        ]
        self._fitting: set[int] = set()  # numbers of the corrections that some row meets
        self._missing = [set(mapping.missing) for _ in columns]
        for name, given in mapping.columns.items():
            for column in given:  # a line under [values] counts for more
                if column in columns:
                    self._missing[columns.index(column)] -= set(mapping.values.get(name, ()))

    def _conditions(
        self, rules: Mapping[str, tuple[str, ...]], section: str
    ) -> list[CellCondition]:
        """Return the conditions of a table of the map on the columns that the file has."""
        made: dict[str, set[str]] = {}  # column of the file -> markers that have a code
        for name, given in self._mapping.columns.items():
            lines = self._mapping.values.get(name, {}).items()
            for column in given:
                coded = {value for value, code in lines if code != BLANK_LABEL}
                made[column] = made.get(column, set()) | coded
        return [
            CellCondition(
                self._columns.index(name), name, values, section,
                {*self._mapping.missing} - made.get(name, set()),
            )
            for name, values in rules.items()
            if name in self._columns
        ]  # fmt: skip

    def without_markers(self, record: list[str], summary: ImportSummary | None = None) -> list[str]:
        """Return the cells of a row with markers of missing values made blank."""
        if not self._mapping.missing:
            return record
        made = list(record)
        for place, (cell, missing) in enumerate(zip(record, self._missing, strict=True)):
            if cell in missing:
                made[place] = ""
                if summary:
                    summary.add("missing", self._columns[place], cell)
        return made

    def is_dropped(self, record: list[str], summary: ImportSummary | None = None) -> bool:
        """Return whether a rule leaves a row out; the first one that does is counted.

        The cells are those of the file: a rule can name a marker, or `(blank)` for all of them.
        """
        dropping = [each for each in self._rules if each.fits(record) == (each.section == "drop")]
        if dropping and summary:
            first = dropping[0]
            summary.add(RULES[first.section], first.column, record[first.place])
        return bool(dropping)

    def corrected(self, record: list[str]) -> tuple[dict[str, str], list[str]]:
        """Return what the corrections of a row set, and why; a later one counts for more."""
        values: dict[str, str] = {}
        reasons = []
        for number, each, wanted in self._corrections:
            if all(condition.fits(record) for condition in wanted):
                self._fitting.add(number)
                values |= each.values
                reasons += [each.why] if each.why else []
        return values, reasons

    def notices(self) -> Iterator[Problem]:
        """Yield the rules and corrections that no row meets, once all rows were seen."""
        for each in self._rules:
            if unmet := [value for value in each.values if value not in each.found]:
                what = f"[{each.section}]: {fit_no_row(unmet, 'value')}"
                yield notice(self._mapping.problem(what, each.section, each.column))
        for number, correction in enumerate(self._mapping.corrections):
            if number not in self._fitting:
                yield _unmet(self._mapping, correction)


def _unmet(mapping: ColumnMap, correction: RowCorrection) -> Problem:
    pairs = [f"{toml.key(name)} = {values[0]}" for name, values in correction.where.items()]
    what = f"this correction fits no row: {', '.join(pairs)}; compare it with the file"
    return Problem(mapping.path.name, correction.line, "corrections", what, "notice")


def fit_no_row(lines: Sequence[str], thing: str) -> str:
    """Return the message about lines or values of a map that fit no row."""
    listed = ", ".join(shown(line or "(blank)") for line in lines[:MAX_UNMET])
    more = ", ..." if len(lines) > MAX_UNMET else ""
    one = len(lines) == 1
    many = f"{len(lines):,} {thing}{' fits' if one else 's fit'} no row"
    them = "it" if one else "them"
    return f"{many}: {listed}{more}; correct {them}, or remove {them}"


def notice(problem: Problem) -> Problem:
    """Return a problem as one that stops nothing."""
    return dataclasses.replace(problem, level="notice")


def passing(source: Source, mapping: ColumnMap) -> Source:
    """Return a file without the rows that the rules of a map leave out."""
    if not mapping.filter and not mapping.drop:
        return source

    def rows() -> Iterator[Record]:
        rules = RowRules(mapping, source.columns)
        dropped = passed = 0
        for line, record in source.rows():
            if rules.is_dropped(record):
                dropped += 1
            else:
                passed += 1
                yield line, record
        if dropped and not passed:
            raise DataError([nothing_left(mapping)])

    return dataclasses.replace(source, rows=rows)
