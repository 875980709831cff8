"""Say why a file and its map do not go together: columns, rules and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from secdiplo import countries, schema
from secdiplo.errors import Problem
from secdiplo.folder import toml
from secdiplo.importer import code_lists, dates
from secdiplo.importer.code_lists import CODED_COLUMNS
from secdiplo.importer.column_map import COUNTRY_COLUMNS, ColumnMap, Key
from secdiplo.importer.readers.source import NESTED, Source
from secdiplo.suggest import did_you_mean, suggest


def nothing_left(mapping: ColumnMap) -> Problem:
    """Return the problem of rules that leave out every row."""
    section = "filter" if mapping.filter else "drop"
    return mapping.problem("the rules leave out every row; change their values", section)


def lacking(source: Source, mapping: ColumnMap) -> list[Problem]:
    """Find columns that the map names and the file does not have."""
    asked: list[tuple[Key, tuple[str, ...]]] = [
        (("columns", name), given) for name, given in mapping.columns.items()
    ]
    asked += [(("keep", name), (column,)) for name, column in mapping.keep.items()]
    asked += [(("filter", column), (column,)) for column in mapping.filter]
    asked += [(("drop", column), (column,)) for column in mapping.drop]
    if "event_key" not in mapping.columns:
        asked.append((("group", "by"), mapping.group_by))
    problems = []
    for key, names in asked:
        has_place = key[0] == "columns" or toml.has_line(mapping.text, *key)
        place = key if has_place else key[:1]
        problems += [mapping.problem(what, *place) for what in _absent(source, names)]
    for each in mapping.corrections:
        file = mapping.path.name
        found = _absent(source, each.where)
        problems += [Problem(file, each.line, "where", what) for what in found]
    return sorted(problems)


def _absent(source: Source, names: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with columns that a file does not have."""
    for name in names:
        if name in source.left_out:
            yield f"{schema.shown(name)} of {source.path.name} {NESTED}"
        elif name not in source.columns:
            hint = suggest(name, source.columns, "it has")
            yield f"{source.path.name} has no column {schema.shown(name)}; {hint}"


def why_unknown(mapping: ColumnMap, name: str, given: str) -> str:
    """Return why a value is not accepted, and what to do."""
    if given in code_lists.MISSING_MARKERS:
        is_code = name in COUNTRY_COLUMNS and given in code_lists.AMBIGUOUS_CODES
        other = "NAM" if is_code else given
        return (
            "marks a missing value in many files; write it in `missing`, or as "
            f"`{toml.key(given)} = {toml.text(other)}` under [values.{name}]"
        )
    if system := mapping.system.get(name):
        return f"is not the {system} code of one country; write the ISO3 code under [values.{name}]"
    where = f"write it under [values.{name}]"
    if name == "counterpart" or name in CODED_COLUMNS:
        names = mapping.names(name)
        is_country = name in COUNTRY_COLUMNS
        why = countries.why_refused(given).rstrip(".") if is_country else ""
        what = f"has no mapping ({why})" if why else "has no mapping"
        if near := names.suggest(given):
            return f"{what}; {did_you_mean(near, word=given)} {where}"
        if name == "counterpart":
            return f"{what}; an ISO3 code, `org:CODE` or `actor:CODE`? {where}"
        if is_country:
            return f"{what}; an ISO3 code? {where}"
        nearest = schema.nearest(given, names.codes)
        return f"{what}; {nearest}{'' if nearest.endswith('?') else ';'} {where}"
    is_open = dates.ambiguous(given) or dates.two_ends_ambiguous(given)
    if is_open and not mapping.date_format.get(name):
        return "can be day or month first; say which by date_format in the map"
    if name == "date" and not mapping.names_both_ends and dates.ends(given):
        column = toml.text(mapping.columns["date"][0])
        return f"names two days; write date_end = {column} under [columns] as well"
    if readings := dates.fraction(given):
        return f"is a number that can be {readings}; {where}"
    return f"cannot be read as a date; {where} as `2024-09-07`, `2024-09` or `2024`"
