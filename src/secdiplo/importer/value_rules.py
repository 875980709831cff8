"""Convert single values of a file by the rules of a map: lines, patterns, codes, dates.

A value is looked for in this order: its own line under [values]; the codes of the column, or the
dates that can be read; the patterns in the order of the map; and `*`, which is every other value.
A column of countries that has no line for a value uses the lines of another one that is made of
the same columns of the file.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from secdiplo.countries import LAST_DAY as MEMBERSHIPS
from secdiplo.countries import CountryError
from secdiplo.errors import Problem
from secdiplo.importer import code_lists, dates
from secdiplo.importer.code_lists import BLANK_LABEL, CODED_COLUMNS, OTHER_COUNTERPARTS
from secdiplo.importer.column_map import COUNTRY_COLUMNS, DATE_COLUMNS, ColumnMap
from secdiplo.importer.row_rules import fit_no_row, notice
from secdiplo.importer.several import split_all
from secdiplo.schema.tables import CODING_SHEET

REST = "*"
"""The value under [values] that stands for all values without a line."""
TWO_ENDS = ("date", "date_end")
_STAR = re.compile(r"(?<!\\)\*")


class ConvertedValue(NamedTuple):
    """A value of the sheet, and the rule that made it.

    Attributes
    ----------
    text : str or None
        None if the map does not define it.
    rule : str
        ``value`` by a line of its own, a code or a date; ``pattern``; or ``rest``.
    """

    text: str | None
    rule: str = "value"


def escaped(value: str) -> str:
    r"""Write a value of a file as a key of [values], in which `*` is any text.

    Examples
    --------
    >>> escaped("Kosovo*")
    'Kosovo\\*'
    """
    return value.replace("*", r"\*")


def unescaped(key: str) -> str:
    r"""Return the value that a key of [values] stands for.

    Examples
    --------
    >>> unescaped(r"Kosovo\*")
    'Kosovo*'
    """
    return key.replace(r"\*", "*")


def is_pattern(key: str) -> bool:
    """Return whether a key of [values] fits parts of texts."""
    return key != REST and _STAR.search(key) is not None


def matches(pattern: str, text: str) -> bool:
    r"""Return whether a text fits a pattern, in which `*` is any text; the case is ignored.

    Examples
    --------
    >>> matches("*phone*", "By Telephone"), matches("phone*", "By phone")
    (True, False)
    >>> matches("a*b*a", "aba"), matches("a*a", "a"), matches(r"5\* *", "5* hotel")
    (True, False, True)
    """
    first, *between, last = (unescaped(part) for part in _STAR.split(pattern.casefold()))
    text = text.casefold()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for part in between:
        place = text.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True


def decimal_point(text: str, is_text: bool) -> str | None:
    """Write a number that has a decimal comma with a decimal point.

    Parameters
    ----------
    text : str
        The cell.
    is_text : bool
        Whether a person wrote it; a program writes numbers with a point.

    Returns
    -------
    str or None
        None for a number that already has a decimal point. What is no number stays as it is.

    Examples
    --------
    >>> decimal_point("1.234,5", True), decimal_point("1.234", True), decimal_point("12.5", True)
    ('1234.5', '1234', None)
    >>> decimal_point("1,5", False), decimal_point("1.234", False), decimal_point("n/a", True)
    ('1.5', '1.234', 'n/a')
    """
    if not is_text and "," not in text:
        return text
    whole = re.fullmatch(r"([+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+))(?:,(\d+))?", text, re.ASCII)
    if whole is None:
        return None if re.fullmatch(r"[+-]?\d*\.\d+", text, re.ASCII) else text
    return ".".join(filter(None, (re.sub("[. ]", "", whole[1]), whole[2])))


@dataclass
class _ValueLines:
    """The lines of one table under [values]."""

    written: dict[str, str]
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.patterns = [key for key in self.written if is_pattern(key)]
        self.exact = {unescaped(key): key for key in self.written if key != REST}

    def of(self, value: str) -> str | None:
        """Return what a value's own line says."""
        return self._use(self.exact[value]) if value in self.exact else None

    def by_pattern(self, value: str) -> str | None:
        """Return what the first pattern says that a value fits."""
        fitting = next((key for key in self.patterns if matches(key, value)), None)
        return None if fitting is None else self._use(fitting)

    def rest(self) -> str | None:
        """Return what the line for all other values says."""
        return self._use(REST) if REST in self.written else None

    def _use(self, key: str) -> str:
        self.used.add(key)
        code = self.written[key]
        return "" if code == BLANK_LABEL else code


class ValueRules:
    """The rules of a map by which values become those of the sheet, and which were used.

    Parameters
    ----------
    mapping : ColumnMap
        The map.
    epoch : date
        Day 0 of dates that are numbers.
    """

    def __init__(self, mapping: ColumnMap, epoch: datetime.date) -> None:
        self._mapping = mapping
        self._epoch = epoch
        self._lines = {name: _ValueLines(table) for name, table in mapping.values.items()}
        self._tables = {name: self._tables_of(name) for name in CODING_SHEET.by_name}
        self._known = {name: mapping.names(name).codes for name in CODED_COLUMNS}
        self._known["counterpart"] = code_lists.country_codes()
        self._agencies = mapping.names("agency")
        self._cache: dict[tuple[str, str, str], ConvertedValue] = {}
        self._items: dict[tuple[str, str], list[str]] = {}

    def _tables_of(self, name: str) -> list[_ValueLines]:
        """Return the lines for a column, then those of columns of the same cells."""
        names = [name]
        if name in COUNTRY_COLUMNS and name in self._mapping.columns:
            names += self._mapping.twins(name)
        return [self._lines[each] for each in names if each in self._lines]

    def has_line(self, name: str, value: str) -> bool:
        """Return whether the map decides a value by a line, a pattern or `*`."""
        return any(
            value in lines.exact
            or REST in lines.written
            or any(matches(key, value) for key in lines.patterns)
            for lines in self._tables[name]
        )

    def convert(self, name: str, given: str, day: str = "", kind: str = "") -> ConvertedValue:
        """Convert a value of a column.

        Parameters
        ----------
        name : str
            The column of the sheet.
        given : str
            The text of the file, not blank.
        day : str
            The day of the row, for codes of states.
        kind : str
            The type of the counterpart, if the row gives it.

        Returns
        -------
        ConvertedValue
            A counterpart is written as in a map, such as ``org:EU``.
        """
        extra = day if self._mapping.system.get(name) in MEMBERSHIPS else ""
        key = (name, given, extra or kind)
        if key not in self._cache:
            self._cache[key] = self._converted(name, given, extra, kind)
        return self._cache[key]

    def _converted(self, name: str, given: str, day: str, kind: str) -> ConvertedValue:
        tables = self._tables[name]
        for lines in tables:
            if self._is_of(name, code := lines.of(given)):
                return ConvertedValue(code)
        found = self._as_it_is(name, given, day, kind)
        if CODING_SHEET.by_name[name].kind == "list":  # patterns are for each of its items
            return ConvertedValue(found)
        stays = name in self._known or name in DATE_COLUMNS
        # What marks a missing value is for `missing` to decide.
        if given in code_lists.MISSING_MARKERS or (found is not None and stays):
            return ConvertedValue(found)
        for lines in tables:
            if self._is_of(name, code := lines.by_pattern(given)):
                return ConvertedValue(code, "pattern")
        for lines in tables:
            if self._is_of(name, code := lines.rest()):
                return ConvertedValue(code, "rest")
        return ConvertedValue(found)

    def _is_of(self, name: str, code: str | None) -> bool:
        """Return whether a line says something that a column can have: a host is a country."""
        if name == "counterpart" or name not in COUNTRY_COLUMNS:
            return code is not None
        return code == "" or code in self._known[name]

    def _as_it_is(self, name: str, given: str, day: str, kind: str) -> str | None:
        """Return the value of a cell that has no line under [values]."""
        if name == "counterpart" and kind in OTHER_COUNTERPARTS.values():
            return code_lists.written(kind, given)
        if name in self._mapping.system:
            return self._by_system(name, given, day)
        if name in self._known:
            return given if given in self._known[name] else None
        if name in DATE_COLUMNS:
            return self._date(name, given)
        if CODING_SHEET.by_name[name].kind == "list":
            return self._list(name, given)
        return None if given in code_lists.MISSING_MARKERS and name != "note" else given

    def _by_system(self, name: str, given: str, day: str) -> str | None:
        """Return the country of a code in the system that the map names."""
        found = None
        if given not in code_lists.AMBIGUOUS_CODES:
            with contextlib.suppress(CountryError):
                found = code_lists.by_system(given, self._mapping.system[name], day)
        return found.iso3 if found else None

    def _date(self, name: str, given: str) -> str | None:
        mapping = self._mapping
        written = mapping.date_format.get(name, "")
        if mapping.typed_dates.get(name) == "swap":
            given = dates.swapped(given)
        found = dates.read(given, written, self._epoch, mapping.time_zone)
        if found is None and mapping.names_both_ends and name in TWO_ENDS:
            ends = dates.ends(given, written)
            return ends[name == "date_end"] if ends else None
        return found

    def _list(self, name: str, given: str) -> str:
        """Return a list of which each item is converted by its own line, pattern or `*`."""
        found = []
        for item in [item for part in given.split(";") for item in self.items(name, part)]:
            lines = self._lines.get(name, _ValueLines({}))
            for made in (lines.of(item), lines.by_pattern(item), lines.rest(), item):
                if made is not None:
                    found.append(made)
                    break
        return "; ".join(filter(None, found))

    def compose(self, name: str, parts: list[str]) -> tuple[str, str | None]:
        """Return the text of a date in several columns, and the date."""
        given = "-".join(filter(None, parts))
        if not given:
            return "", ""
        for lines in self._tables[name]:
            if (found := lines.of(given)) is not None:
                return given, found
        return given, dates.compose(*parts)

    def items(self, name: str, cell: str) -> list[str]:
        """Return the values of a cell, which are separated as the map says; each once."""
        return list(dict.fromkeys(self.all_items(name, cell)))

    def all_items(self, name: str, cell: str) -> list[str]:
        """Return the values of a cell; one that it has twice is there twice."""
        if (name, cell) not in self._items:

            def whole(text: str) -> bool:
                if name == "counterpart" and code_lists.is_whole_name(text):
                    return True
                known = name == "agency" and self._agencies.find(text) is not None
                return known or any(text in lines.exact for lines in self._tables[name])

            self._items[name, cell] = split_all(cell, self._mapping.split.get(name, ()), whole)
        return self._items[name, cell]

    # --- what was seen ----------------------------------------------------------------------

    def undecided_dates(self, name: str) -> list[str]:
        """Return the different dates of a column that have no line under [values]."""
        listed = {key for lines in self._tables[name] for key in lines.exact}
        return [cell for column, cell, _ in self._cache if column == name and cell not in listed]

    def notices(self) -> Iterator[Problem]:
        """Yield the lines under [values] that no row needed, once all rows were converted."""
        for name, lines in self._lines.items():
            if unused := [key for key in lines.written if key not in {*lines.used, REST}]:
                what = f"[values.{name}]: {fit_no_row(unused, 'line')}"
                yield notice(self._mapping.problem(what, "values", name))
