"""Check a column map: what is left to decide, and what contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secdiplo import countries, schema
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.folder import extra_columns, toml
from secdiplo.folder.extra_columns import MAX_NAME, taken_names
from secdiplo.folder.reading import NEEDED_KEYS, value_problems
from secdiplo.importer import code_lists, dates
from secdiplo.importer.code_lists import BLANK_LABEL, CODED_COLUMNS, MAP_SYSTEMS
from secdiplo.importer.column_map import (
    COUNT,
    DATASET_KEYS,
    DATE_COLUMNS,
    ColumnMap,
    Key,
    read_draft,
)
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.suggest import did_you_mean, hint
from secdiplo.text import normal_form

SAME_ROWS = ("refuse", "separate")
DOMESTIC_ROWS = ("refuse", "drop")
TYPED_DATES = ("keep", "swap")
DECIMAL_MARKS = (".", ",")
RESERVED_COLUMNS = {*taken_names(), "record", "rowid"}
"""Names that a column cannot be carried through under."""


def read_map(path: Path | str) -> ColumnMap:
    """Read and check a map.

    Parameters
    ----------
    path : path
        The TOML file.

    Returns
    -------
    ColumnMap

    Raises
    ------
    UsageError
        There is no such file.
    DataError
        With every problem at once: unknown keys, columns that the sheet needs, values that are
        no codes, blanks that are left to decide.
    """
    mapping, data = read_draft(path)
    problems = sorted(set(_decisions(mapping, data)))
    if problems:
        raise DataError(problems)
    return mapping


def _decisions(mapping: ColumnMap, data: dict[str, Any]) -> Iterator[Problem]:
    """Yield everything that is wrong or left open in a map.

    Parameters
    ----------
    mapping : ColumnMap
        The map.
    data : dict
        Its TOML, of which blanks are looked for.

    Yields
    ------
    Problem
        In no order, some perhaps twice.
    """
    yield from _blanks(mapping, data)
    header = data.get("header", True)
    if isinstance(header, str) and header.strip():
        yield mapping.problem(f"`{header}`; write true or false, without quotes", "header")
    for check in (_dataset, _formats, _splits, _systems_known, _columns, _codes, _values, _keep):
        yield from check(mapping)
    yield from _group(mapping, data.get("group"))
    for each in mapping.corrections:
        for column, value in each.values.items():
            if value and (what := _wrong(mapping, column, value)):
                yield Problem(mapping.path.name, each.line, column, what)


def _blanks(mapping: ColumnMap, data: dict[str, Any]) -> Iterator[Problem]:
    """Find blanks that are left for a human to decide."""
    hints = {
        "header": "write false if the first row is data, or true if it names the columns",
        "date_format": "write `%d/%m/%Y` if the day stands first, `%m/%d/%Y` if the month does",
        "typed_dates": "write `keep`, or `swap` if day and month of the typed dates are swapped",
        "time_zone": "write the zone of the place, such as `Asia/Shanghai`, or `UTC`",
        "dataset": "write it",
        "split": "write what separates the values of a cell, such as `;`, or remove the line",
        "system": f"write one of {', '.join(MAP_SYSTEMS)}, or remove the line",
        "columns": "name a column of the file, or remove the line",
        "defaults": "write the value of the rows that have none",
        "keep": "write the column of the file that it is",
        "filter": f"write the values of the rows to keep; `{BLANK_LABEL}` is a blank cell",
        "drop": f"write the values of the rows to leave out; `{BLANK_LABEL}` is a blank cell",
        "group": "name the columns whose values the rows of one event share, or remove the line",
        "values": f"write a code, or `{BLANK_LABEL}` for none",
        "codes": "write `label; parent`",
    }
    for section, remedy in hints.items():
        for path in _blank_paths(data.get(section), section):
            near, asked = "", remedy
            if section == "values" and len(path) == 3:
                near = _near(mapping, path[1], path[2])
            if section == "values" and path[1] in DATE_COLUMNS:
                asked = f"write a date such as `2024-09-07`, or `{BLANK_LABEL}` for none"
            yield mapping.problem(f"left to decide; {asked}{near}", *path)


def _blank_paths(value: Any, *path: str) -> Iterator[Key]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _blank_paths(inner, *path, key)
    elif (isinstance(value, str) and not value.strip()) or (
        value == [] and path[0] in {"columns", "split", "filter", "drop", "group"}
    ):
        yield path


def _near(mapping: ColumnMap, column: str, value: str) -> str:
    if column != "counterpart" and column not in CODED_COLUMNS:
        return ""
    near = mapping.names(column).suggest(value)
    return f" ({did_you_mean(near, word=value)})" if near else ""


def _dataset(mapping: ColumnMap) -> Iterator[Problem]:
    dataset = mapping.dataset

    def report(path: Key, what: str) -> Problem:
        return mapping.problem(what, *path)

    yield from toml.check_table(
        report, dataset, DATASET_KEYS, ("dataset",), needed=NEEDED_KEYS, filled=False
    )
    if "home" not in {*dataset, *mapping.columns, *mapping.defaults}:
        what = "`dataset.home` is missing; add it, or name a column with the home of each row"
        yield mapping.problem(what, "dataset", "home")
    yield from value_problems(report, dataset, mapping.scopes, ("dataset",))
    known = code_lists.country_codes()
    for key, codes in (
        ("home", [dataset.get("home")]),
        ("not_foreign", dataset.get("not_foreign")),
    ):
        for code in codes or ():
            if code and code not in known:
                yield mapping.problem(_unknown_country(code), "dataset", key)
    if dataset.get("annotations", "builtin") not in {"builtin", ""}:
        what = "`builtin` is the only one here; remove the line, and add your own to the folder"
        yield mapping.problem(what, "dataset", "annotations")
    if mapping.domestic not in DOMESTIC_ROWS:
        yield mapping.problem(f"`{mapping.domestic}`; write `refuse` or `drop`", "domestic")
    if mapping.same_rows not in SAME_ROWS:
        what = f"`{mapping.same_rows}`; write `refuse` or `separate`"
        yield mapping.problem(what, "same_rows")


def _formats(mapping: ColumnMap) -> Iterator[Problem]:
    for name, written in mapping.date_format.items():
        try:
            if written:
                dates.check_format(written)
        except UsageError as error:
            key = ("date_format", name)
            yield mapping.problem(
                str(error), *(key if toml.has_line(mapping.text, *key) else key[:1])
            )

    for name, choice in mapping.typed_dates.items():
        key = ("typed_dates", name)
        if choice and choice not in TYPED_DATES:
            yield mapping.problem(
                f"`{choice}`; write `keep` or `swap`",
                *(key if toml.has_line(mapping.text, *key) else key[:1]),
            )
    if mapping.decimal not in DECIMAL_MARKS:
        yield mapping.problem(f"`{mapping.decimal}`; write `.` or `,`", "decimal")
    elif mapping.decimal == "," and not mapping.numbers:
        what = "no kept column is a number; write its type under [extra_columns], or remove it"
        yield mapping.problem(what, "decimal")
    try:
        if mapping.time_zone:
            dates.check_zone(mapping.time_zone)
    except UsageError as error:
        yield mapping.problem(str(error), "time_zone")


def _splits(mapping: ColumnMap) -> Iterator[Problem]:
    """Find separators without a column, and those that separate nothing."""
    for name, separators in mapping.split.items():
        key = ("split", name) if toml.has_line(mapping.text, "split", name) else ("split",)
        if not all(isinstance(mark, str) and mark.strip() for mark in separators):
            if separators and separators != ("",):
                yield mapping.problem("a separator that is blank; write one such as `;`", *key)
        elif name not in mapping.columns:
            what = f"`{name}` has no column to split; name it under [columns]"
            yield mapping.problem(what, *key)


def _systems_known(mapping: ColumnMap) -> Iterator[Problem]:
    for name, system in mapping.system.items():
        key = ("system", name) if toml.has_line(mapping.text, "system", name) else ("system",)
        if system and system not in MAP_SYSTEMS:
            hint = schema.nearest(system, dict.fromkeys(MAP_SYSTEMS, ""))
            yield mapping.problem(f"unknown system {schema.shown(system)}; {hint}", *key)
        elif name not in mapping.columns:
            what = f"`{name}` has no column of codes; name it under [columns]"
            yield mapping.problem(what, *key)


def _columns(mapping: ColumnMap) -> Iterator[Problem]:
    """Find required columns that neither the file nor a default gives."""
    for column in CODING_SHEET.columns:
        needed = (column.required and column.name != "event_key") or column.name == "counterpart"
        counted = column.name == "format" and mapping.counts_format
        if needed and not counted and column.name not in {*mapping.columns, *mapping.defaults}:
            what = "missing; name its column under [columns], or its value under [defaults]"
            yield mapping.problem(what, "columns", column.name)
    for name in DATE_COLUMNS:
        if len(mapping.columns.get(name, ())) > 3:
            what = "more than three columns; give those of year, month and day"
            yield mapping.problem(what, "columns", name)


def _group(mapping: ColumnMap, given: dict[str, Any] | None) -> Iterator[Problem]:
    """Find rules for groups that name nothing, or contradict the rest of the map."""
    if given is None:
        return
    if "by" in given and "event_key" in mapping.columns:
        what = "rows are grouped by event_key already; remove it from [columns], or this line"
        yield mapping.problem(what, "group", "by")
    if given.get("format", COUNT) not in {COUNT, ""}:
        meaning = "an event with several counterparts is multilateral"
        what = f"`{given['format']}`; write `{COUNT}`: {meaning}"
        yield mapping.problem(what, "group", "format")
    elif mapping.counts_format and "format" in mapping.defaults:
        what = "every blank has this value, so nothing is counted; remove it here or under [group]"
        yield mapping.problem(what, "defaults", "format")
    if not mapping.group_by and not {"by", "format"} & set(given):
        what = 'nothing to group by; name columns, as in `by = ["date", "title"]`'
        yield mapping.problem(what, "group")


def _codes(mapping: ColumnMap) -> Iterator[Problem]:
    if not mapping.codes:
        return
    for name in ("agency", "official_rank"):
        if not mapping.codes.get(name):
            what = f"no codes under [codes.{name}]; agencies and ranks are made together"
            yield mapping.problem(what, "codes", name)
    agencies = mapping.codes.get("agency", {})
    for name, table in mapping.codes.items():
        for code, (_, parents) in table.items():
            if not code.strip() or ";" in code or ("," in code and name != "topic"):
                what = "a code is not a list; write it without `;` and `,`"
                yield mapping.problem(what, "codes", name, code)
            for parent in parents.split("; ") if parents and name == "official_rank" else ():
                if parent not in agencies:
                    known = {agency: label for agency, (label, _) in agencies.items()}
                    what = f"unknown agency {schema.shown(parent)}; {schema.nearest(parent, known)}"
                    yield mapping.problem(what, "codes", name, code)


def _values(mapping: ColumnMap) -> Iterator[Problem]:
    """Find unknown codes in [values] and [defaults]."""
    for column, table in mapping.values.items():
        for value, code in table.items():
            if code and code != BLANK_LABEL and (what := _wrong(mapping, column, code)):
                yield mapping.problem(what, "values", column, value)
    for column, value in mapping.defaults.items():
        if value and (what := _wrong(mapping, column, value)):
            yield mapping.problem(what, "defaults", column)


def _wrong(mapping: ColumnMap, column: str, code: str) -> str:
    """Return what is wrong with a value for the sheet; blank if nothing is."""
    if column == "counterpart":
        known = code_lists.country_codes()
        kind, bare = code_lists.typed(code)
        if code not in known and (kind == "country" or not bare.strip()):
            what = _unknown_country(code)
            mark = "" if what.endswith("?") else ";"
            hint = "an organization is written `org:ACRONYM`, a non-state actor `actor:CODE`"
            return f"{what}{mark} {hint}"
    elif column in CODED_COLUMNS:
        codes = mapping.names(column).codes
        if code not in codes and CODED_COLUMNS[column] == "country":
            return _unknown_country(code)
        if code not in codes:
            return f"unknown code {schema.shown(code)}; {schema.nearest(code, codes)}"
    elif column in DATE_COLUMNS and dates.read(code) != code:
        return f"{schema.shown(code)} is not a date; write `2024-09-07`, `2024-09` or `2024`"
    elif column == "source_url" and not re.fullmatch(r"https?://[^\s/$.?#]\S*", code):
        return f"{schema.shown(code)} is not an http(s) address; give that of a page"
    return ""


def _unknown_country(code: str) -> str:
    """Return why a code is of no country, and what to write."""
    why = countries.why_refused(code).rstrip(".")
    near = code_lists.CountryNames().suggest(code)
    remedy = "write an ISO 3166-1 alpha-3 code, such as `KEN`"
    if near:
        remedy = did_you_mean(near, word=code)
    elif why:
        remedy = f"write the code of a country, or `{BLANK_LABEL}` for none"
    return f"unknown country {schema.shown(code)}{f' ({why})' if why else ''}; {remedy}"


def _keep(mapping: ColumnMap) -> Iterator[Problem]:
    """Find names under which a column cannot be carried through."""
    seen: set[str] = set()
    for name, column in mapping.keep.items():
        plain = normal_form(name)
        key = ("keep", name) if toml.has_line(mapping.text, "keep", name) else ("keep",)
        rename = f"rename it, as in `keep = {{ other = {toml.text(column)} }}`"
        if not name or '"' in name:
            yield mapping.problem(f"a name that is blank or has a quote; {rename}", *key)
        elif len(name) > MAX_NAME:
            yield mapping.problem(f"`{name}` is over {MAX_NAME} letters; {rename}", *key)
        elif plain in RESERVED_COLUMNS:
            what = f"`{name}` is a column of the tables; map it under [columns], or {rename}"
            yield mapping.problem(what, *key)
        elif plain in seen:
            yield mapping.problem(f"`{name}` twice; keep one", *key)
        seen.add(plain)

    def report(path: Key, what: str) -> Problem:
        return mapping.problem(what, *path)

    yield from extra_columns.problems_of(report, mapping.extra_columns)
    for name in mapping.extra_columns:
        if name not in mapping.keep:
            what = f"`{name}` is not kept; {hint(name, mapping.keep) or 'add it to `keep`'}"
            yield mapping.problem(what, "extra_columns", name)
