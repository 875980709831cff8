"""Propose the lines of [values]: exact codes filled in, doubtful ones left to decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from secdiplo import countries
from secdiplo.importer import code_lists, dates, ended_states
from secdiplo.importer.code_lists import BLANK_LABEL, CODED_COLUMNS, OTHER_COUNTERPARTS
from secdiplo.importer.column_map import COUNTRY_COLUMNS, DATE_COLUMNS
from secdiplo.importer.ended_states import Dated, StateDays, predecessors
from secdiplo.importer.map_lines import MapLine, text_lines
from secdiplo.importer.profile import (
    DERIVED,
    FileColumn,
    FileProfile,
    names_two_days,
)
from secdiplo.importer.value_rules import TWO_ENDS, escaped
from secdiplo.output.wording import counted
from secdiplo.suggest import did_you_mean, ranked

MAX_DATES = 20  # texts that are not dates; each gets a line
Finder = Callable[[str], str | None]
Suggester = Callable[[str], list[str]]
Finders = tuple[Finder, Suggester, Mapping[str, str]]


def value_lines(profile: FileProfile, target: str) -> list[MapLine]:
    """Return the lines for one column's values: exact codes, and blanks for doubtful ones.

    Parameters
    ----------
    profile : FileProfile
        What was found out about the file.
    target : str
        The column of the sheet.

    Returns
    -------
    list of MapLine
        The lines of its table; none where its values stay as they are, or where the lines of
        another column count.
    """
    column = profile.column(target)
    if column is None or _shares_lines(profile, target):
        return []
    if target in {"official", "forum", "topic"}:
        return _open_values(profile, target, column)
    if target in DATE_COLUMNS:
        return _date_values(profile, target, column)
    if target not in CODED_COLUMNS and target != "counterpart":
        return []
    if target in COUNTRY_COLUMNS and code_systems(column):
        return []
    return _coded_values(profile, target, column)


def _shares_lines(profile: FileProfile, target: str) -> bool:
    """Return whether the lines of the counterpart count for a column of countries too."""
    sure, wide = profile.sure, profile.wide
    same = "counterpart" in sure and sure[target].name == sure["counterpart"].name
    twins = target in COUNTRY_COLUMNS and target != "counterpart"
    return twins and same and wide.get(target) == wide.get("counterpart")


def _coded_values(profile: FileProfile, target: str, column: FileColumn) -> list[MapLine]:
    """Return the lines of a column of codes."""
    find, suggest, codes = finders(profile, target, column)
    rows_of = _rows_by_value(profile, target, column)
    found = {value: find(value) for value in rows_of}
    near = {value: [] if code else suggest(value) for value, code in found.items()}
    dated: Dated = {}
    if target in COUNTRY_COLUMNS:
        wanted = {value: _states(value, found[value], near[value]) for value in rows_of}
        wanted = {value: days for value, days in wanted.items() if days}
        dated = ended_states.dated_rows(profile, target, wanted)
    lines, exact = [], 0
    for value, (count, line) in rows_of.items():
        code = found[value]
        if code == value and value in codes:
            exact += 1
            continue
        made = MapLine("sure", ("values", target), escaped(value), code, "", line, column.name)
        if code:
            lines.append(_cautious(made, value, code, target, dated))
        else:
            offered = ended_states.offered(dated, value, near[value])
            doubt = did_you_mean(offered, '"') if offered else _no_code(target, codes)
            why = countries.why_refused(value) if target in COUNTRY_COLUMNS else ""
            comment = f"{doubt} ({counted(count, 'row')})" + (f". {why}" if why else "")
            lines.append(replace(made, kind="open", value="", comment=comment))
    if not lines:
        return text_lines(f"# [values.{target}]: every value is a code already")
    title = f"[values.{target}]"
    return [*text_lines(f"{title}  # {exact} more are codes already" if exact else title), *lines]


def _states(value: str, code: str | None, near: list[str]) -> list[StateDays]:
    """Return the ended states whose days matter for a value."""
    codes = [code] if code else [*near, *(p for each in near for p in predecessors(each))]
    found = [days for each in codes if (days := ended_states.days_of(each))]
    return [*found, *(ended_states.namesakes(value, code) if code else ())]


def _cautious(line: MapLine, value: str, code: str, target: str, dated: Dated) -> MapLine:
    """Return the line of a known name, with what could be wrong about it."""
    if target not in COUNTRY_COLUMNS:
        return line
    if doubt := ended_states.outside(dated, value, code):
        return replace(line, kind="doubt", comment=doubt)
    other = ended_states.other_states(dated, value, code)
    caution = "; ".join(filter(None, (countries.note(value), other)))
    return replace(line, kind="caution" if caution else "sure", comment=caution)


def _date_values(profile: FileProfile, target: str, column: FileColumn) -> list[MapLine]:
    """Return the cells of a column of dates that are not read, or can be two months."""
    if target == "date" and profile.parts:
        return []
    lines = []
    for value, count in sorted(column.values.items(), key=lambda item: (-item[1], item[0])):
        if dates.read(value, epoch=profile.source.epoch) or dates.ambiguous(value):
            continue
        if names_two_days(value) and target in TWO_ENDS:
            continue
        readings = dates.fraction(value)
        doubt = f"a number that can be {readings}" if readings else "cannot be read as a date"
        comment = f"left to decide: {doubt} ({counted(count, 'row')})"
        key, line = escaped(value), column.lines[value]
        lines.append(MapLine("open", ("values", target), key, "", comment, line, column.name))
    if not lines:
        return []
    more = len(lines) - MAX_DATES
    rest = f"# ... and {more:,} other texts that cannot be read as dates"
    title = f"[values.{target}]  # other dates are read as they are"
    shown = [*text_lines(title), *lines[:MAX_DATES]]
    if more > 0:
        shown.append(MapLine("more", ("values", target), target, comment=rest))
    return shown


def _rows_by_value(
    profile: FileProfile, target: str, column: FileColumn
) -> dict[str, tuple[int, int]]:
    """Return the values of a column that are mapped, the most frequent first.

    Each has the number of its rows, and its first line.
    """
    counts: dict[str, int] = {}
    lines: dict[str, int] = {}
    items = profile.items(target)
    for value, count in column.values.items():
        for item in items(value):
            counts[item] = counts.get(item, 0) + count
            lines[item] = min(lines.get(item, column.lines[value]), column.lines[value])
    if target in COUNTRY_COLUMNS:  # the letters of Namibia are for a human, even if `missing`
        counts |= {m: n for m, n in column.markers.items() if m in code_lists.AMBIGUOUS_CODES}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {value: (count, lines.get(value, 0)) for value, count in ordered}


def finders(profile: FileProfile, target: str, column: FileColumn) -> Finders:
    """Return how values of a column are found and suggested, and the codes."""
    official, short = profile.sure.get("official"), code_lists.iso2()
    if target in DERIVED and not profile.built_in:
        return no_code_found, _no_codes, {}
    known = code_lists.names_of(target)
    if target in COUNTRY_COLUMNS and _has_cow_letters(column):
        return no_code_found, _of_letters, known.codes
    if target in DERIVED and official and official.name == column.name:
        return (lambda value: _of_official(value, target)), _no_codes, known.codes
    if target in COUNTRY_COLUMNS and all(
        v in short or v in code_lists.AMBIGUOUS_CODES for v in column.values
    ):
        return short.get, known.suggest, known.codes
    return known.find, known.suggest, known.codes


def _has_cow_letters(column: FileColumn) -> bool:
    """Return whether a column has letters of Correlates of War, some of which look like ISO's."""
    letters = [value for value in column.values if re.fullmatch("[A-Z]{3}", value)]
    named = re.search(code_lists.SYSTEM_NAMES["cowc"], code_lists.fold(column.name)) is not None
    return bool(letters) and (named or bool(code_lists.cow_letters(letters)))


def _of_letters(value: str) -> list[str]:
    """Suggest what letters mean in Correlates of War and in ISO 3166-1."""
    found = [code_lists.cow_meaning(value), value]
    exact = [code for code in found if code in code_lists.country_codes()]
    return list(dict.fromkeys(exact)) or code_lists.names_of("counterpart").suggest(value)


def no_code_found(value: str) -> None:
    """Find nothing."""


def _no_codes(value: str) -> list[str]:
    """Suggest nothing."""
    return []


def _of_official(value: str, target: str) -> str | None:
    """Look up the agency or rank of an official, if the reference sheet has just one."""
    official = code_lists.officials().find(value)
    rows = code_lists.reference("reference/officials.csv")
    found = {row[target] for row in rows if row["official"] == official}
    return found.pop() if len(found) == 1 else None


def _no_code(target: str, codes: Mapping[str, str]) -> str:
    if not codes:
        return f"left to decide: a code of yours, under [codes.{CODED_COLUMNS[target]}]"
    if target == "counterpart":
        others = ", ".join(f'"{prefix}CODE"' for prefix in OTHER_COUNTERPARTS)
        return f'left to decide: an ISO3 code, {others} or "{BLANK_LABEL}"'
    if target in COUNTRY_COLUMNS:
        return f'left to decide: an ISO3 code or "{BLANK_LABEL}"'
    known = ", ".join(list(codes)[:8]) + (", ..." if len(codes) > 8 else "")
    return f"left to decide: {known}"


def _open_values(profile: FileProfile, target: str, column: FileColumn) -> list[MapLine]:
    """Return values of an open list: they stay as they are unless a line says otherwise."""
    if not profile.built_in:
        return []
    known = {
        "official": code_lists.officials(),
        "forum": code_lists.series(),
        "topic": code_lists.builtin("topic"),
    }[target]
    divided = profile.items(target)
    items = dict.fromkeys(
        item.strip()
        for value in column.values
        for part in (value.split(";") if target == "topic" else [value])
        for item in divided(part)
    )
    lines = []
    for value in items:
        year = re.search(r" (\d{4})$", value) if target == "forum" else None
        bare = value[: year.start()] if year else value
        code = known.find(bare)
        near = code or next(iter(known.suggest(bare)), None) or _reordered(bare, known.codes)
        if not near or near == bare:
            continue
        full = near + (year[0] if year else "")
        line = MapLine("sure", ("values", target), escaped(value), full)
        if not code:
            line = MapLine(comment=f"# {line}  # perhaps; else it stays as it is")
        lines.append(line)
    if not lines:
        return []
    return [*text_lines(f"[values.{target}]  # other values stay as they are"), *lines]


def _reordered(value: str, known: dict[str, str]) -> str | None:
    """Find a name with its parts in another order, or a similar spelling."""
    parts = {" ".join(sorted(code_lists.fold(name).split())): name for name in known}
    near = ranked(" ".join(sorted(code_lists.fold(value).split())), parts)
    return parts[near[0][1]] if near and near[0][0] >= 0.9 else None


def code_systems(column: FileColumn) -> list[str]:
    """Return the systems other than ISO and names that every value of a column fits."""
    letters = code_lists.letter_systems(column.values, column.name)
    return code_lists.systems_of(column.values) or letters
