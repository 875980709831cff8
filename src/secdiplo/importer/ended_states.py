"""Compare the dates of a file with the days of states that have ended."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from secdiplo import countries
from secdiplo.importer import code_lists, dates
from secdiplo.importer.profile import FileProfile


class StateDays(NamedTuple):
    """The days of a state that has ended.

    Attributes
    ----------
    code : str
        Its code; blank if it has none.
    name, start, end : str
    """

    code: str
    name: str
    start: str
    end: str


@dataclass
class DatedRows:
    """How many rows are before, within and after the days of a state."""

    before: int = 0
    within: int = 0
    after: int = 0

    def add(self, date: str, days: StateDays) -> None:
        """Count a row; a month or year counts as within if a day of it is."""
        if date < days.start[: len(date)]:
            self.before += 1
        elif date > days.end[: len(date)]:
            self.after += 1
        else:
            self.within += 1


Dated = dict[tuple[str, StateDays], DatedRows]
"""A value of the file and a state -> its rows."""


def days_of(code: str) -> StateDays | None:
    """Return the days of a state that has ended; None for what has not."""
    country = countries.countries().get(code)
    if country is None or country.end is None or country.start is None:
        return None
    return StateDays(code, country.name, str(country.start), str(country.end))


def predecessors(code: str) -> list[str]:
    """Return the ended states that a state came after.

    Examples
    --------
    >>> predecessors("SCG")
    ['YUG']
    """
    return [iso3 for iso3, each in countries.countries().items() if code in each.successors]


def namesakes(value: str, code: str) -> list[StateDays]:
    """Return the ended states that a short name of a country of today may mean as well.

    Examples
    --------
    >>> [days.name for days in namesakes("Vietnam", "VNM")][:2]
    ['North Vietnam', 'Republic of Vietnam']
    >>> namesakes("Germany, Federal Republic of", "DEU"), namesakes("Peru", "PER")
    ([], [])
    """
    country = countries.countries().get(code)
    if country is None or country.ended:
        return []
    short = {code_lists.fold(name) for name in (country.name, *country.names.values())}
    if code_lists.fold(value) not in short:
        return []
    word = re.compile(rf"\b{re.escape(code_lists.fold(country.name))}\b")
    # A name in brackets is that of a part of the state.
    names = {days: code_lists.fold(re.sub(r"\(.*?\)", "", days.name)) for days in _former_states()}
    return [days for days, name in names.items() if word.search(name)]


@functools.cache
def _former_states() -> tuple[StateDays, ...]:
    """Return the ended states, first those that have a code."""
    found = [days for iso3 in countries.countries() if (days := days_of(iso3))]
    without: dict[int, StateDays] = {}
    for iso3, spell in countries.spells():
        if not iso3 and spell.end:
            days = StateDays("", spell.state, str(spell.start), str(spell.end))
            without.setdefault(spell.code, days)
    return (*found, *without.values())


# --- rows of a file -------------------------------------------------------------------------


def dated_rows(
    profile: FileProfile, target: str, wanted: Mapping[str, Iterable[StateDays]]
) -> Dated:
    """Count the rows of values before, within and after the days of states.

    Parameters
    ----------
    profile : FileProfile
        The file.
    target : str
        The column of countries.
    wanted : mapping
        A value of the file -> states.

    Returns
    -------
    dict
        Nothing is counted for rows whose date is blank or cannot be read.
    """
    found: Dated = {(value, days): DatedRows() for value, all_ in wanted.items() for days in all_}
    read = _date_reader(profile)
    if not found or read is None:
        return found
    items = profile.items(target)
    names = profile.wide.get(target, [profile.sure[target].name])
    places = [profile.source.columns.index(name) for name in names]
    for _, cells in profile.source.rows():
        for cell in [cells[place] for place in places]:
            for value in (item for item in items(cell) if item in wanted):
                if date := read(cells):
                    for days in wanted[value]:
                        found[value, days].add(date, days)
    return found


def _date_reader(profile: FileProfile) -> Callable[[Sequence[str]], str] | None:
    """Return what reads the first day of a row; None if the file has no column of dates."""
    columns = profile.source.columns
    if profile.parts:
        parts = [columns.index(name) for name in profile.parts]
        return lambda cells: dates.compose(*(cells[place] for place in parts)) or ""
    if "date" not in profile.sure:
        return None
    place = columns.index(profile.sure["date"].name)
    written, epoch = profile.date_format, profile.source.epoch

    def read(cells: Sequence[str]) -> str:
        text = cells[place]
        ends = dates.ends(text, written)
        return dates.read(text, written, epoch) or (ends[0] if ends else "")

    return read


def outside(dated: Dated, value: str, code: str) -> str:
    """Return the caution about rows outside the days of a state; blank if there are none."""
    days = days_of(code)
    rows = dated.get((value, days)) if days else None
    if not days or not rows or not rows.before + rows.after:
        return ""
    parts = [
        f"{_rows(number)} {word} {day}"
        for number, word, day in (
            (rows.before, "before", days.start),
            (rows.after, "after", days.end),
        )
        if number
    ]
    return f"{' and '.join(parts)}: decide them under [[corrections]]"


def other_states(dated: Dated, value: str, code: str) -> str:
    """Return the caution about rows of a time when another state had the same name."""
    parts = [
        f"{_rows(dated[value, days].within)} from {days.start} to {days.end}, when "
        f"{days.name} ({days.code or 'no ISO code'}) was a state"
        for days in namesakes(value, code)
        if (value, days) in dated and dated[value, days].within
    ]
    return "; ".join(parts)


def offered(dated: Dated, value: str, codes: Iterable[str]) -> list[str]:
    """Return the suggestions that fit the dates; an ended state gives way to an earlier one."""
    found: list[str] = []
    for code in codes:
        days = days_of(code)
        rows = dated.get((value, days)) if days else None
        if rows is None or rows.within or not (rows.before + rows.after):
            found.append(code)
        elif rows.before:
            found += [
                former
                for former in predecessors(code)
                if (known := days_of(former)) and (value, known) in dated
                and dated[value, known].within
            ]  # fmt: skip
    return list(dict.fromkeys(found))


def _rows(number: int) -> str:
    return f"{number:,} {'rows are' if number != 1 else 'row is'}"
