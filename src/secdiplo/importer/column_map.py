"""Read and check a column map: how columns and values of a file become those of the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo import schema
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.folder import extra_columns, toml
from secdiplo.folder.extra_columns import MAX_NAME, taken_names
from secdiplo.folder.reading import (
    NEEDED_KEYS,
    SETTINGS_KEYS,
    scope_problems,
    value_problems,
)
from secdiplo.importer import code_lists, dates
from secdiplo.importer.code_lists import (
    BLANK_LABEL,
    CODED_COLUMNS,
    MAP_SYSTEMS,
    CodeNames,
)
from secdiplo.importer.readers.source import ReadOptions, clean
from secdiplo.importer.several import SPLIT_COLUMNS
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.suggest import did_you_mean, hint
from secdiplo.text import normal_form

Key = tuple[str, ...]
DATE_COLUMNS = tuple(
    column.name for column in CODING_SHEET.columns if column.kind in {"partial_date", "date"}
)

COUNTRY_COLUMNS = ("home", "host_country", "counterpart")


@dataclass(frozen=True)
class ColumnMap:
    """What a map says.

    Attributes
    ----------
    path : Path
        The file of the map.
    dataset, scopes : dict
        What goes into dataset.toml.
    columns : dict
        Column of the sheet -> columns of the file. Several columns of a date are its year, month
        and day; those of a column in `several.SPLIT_COLUMNS` all count; of other columns only one
        may be filled in a row.
    defaults : dict
        Column of the sheet -> the value of its blank cells.
    values : dict
        Column of the sheet -> value of the file -> value of the sheet.
    codes : dict
        List -> code -> (label, parent), for a dataset with agencies and ranks of its own.
    date_format : dict
        Column of the sheet -> the format of its dates in figures.
    typed_dates : dict
        Column of the sheet -> what its typed dates are: ``keep``, or ``swap`` where a spreadsheet
        took the day for the month.
    time_zone : str
        The zone in which a time in UTC has its day.
    split : dict
        Column of the sheet -> what separates several values in one cell.
    system : dict
        Column of countries -> the system of its codes, such as ``cow``.
    missing : frozenset of str
        Cells of the file that are blank, unless [values] has a line for them.
    keep : dict
        Name of a further column -> the column of the file that is carried through.
    filter, drop : dict
        Column of the file -> the values of the rows that are kept, or left out.
    options : ReadOptions
        How the file is read: its sheet, encoding, delimiter and header.
    group_by : tuple of str
        Columns of the file whose values the rows of one event share: those of [group], or of
        ``event_key`` if they are several or there is a [group].
    is_grouped : bool
        Whether there is a [group]: all counterparts of such rows are in one event.
    counts_format : bool
        Whether the number of counterparts gives the format of an event.
    extra_columns : dict
        Name of a column of `keep` -> its type, label, unit and codes, as in dataset.toml.
    domestic : str
        What to do with a row whose counterpart is its home country: ``refuse`` or ``drop`` it.
    same_rows : str
        What rows that are alike in every cell are: ``refuse`` or ``separate`` events.
    text : str
        The text of its file, for the lines of problems.
    """

    path: Path
    dataset: dict[str, Any] = field(default_factory=dict)
    scopes: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    date_format: dict[str, str] = field(default_factory=dict)
    typed_dates: dict[str, str] = field(default_factory=dict)
    time_zone: str = ""
    split: dict[str, tuple[str, ...]] = field(default_factory=dict)
    system: dict[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    keep: dict[str, str] = field(default_factory=dict)
    filter: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drop: dict[str, tuple[str, ...]] = field(default_factory=dict)
    options: ReadOptions = field(default_factory=ReadOptions)
    group_by: tuple[str, ...] = ()
    is_grouped: bool = False
    counts_format: bool = False
    extra_columns: dict[str, Any] = field(default_factory=dict)
    domestic: str = "refuse"
    same_rows: str = "refuse"
    text: str = field(default="", repr=False)

    def problem(self, what: str, *key: str) -> Problem:
        """Return the problem of one key, at its line or that of its table."""
        line = toml.line_of(self.text, *key)
        return Problem(self.path.name, line, clean(key[-1]), what)

    def is_listed(self, column: str, value: str) -> bool:
        """Return whether [values] has a line for a value of a column."""
        return value in self.values.get(column, {})

    @property
    def names_both_ends(self) -> bool:
        """Whether one column names both ends of an event, as in "April 8-9, 2015"."""
        return self.columns.get("date") == self.columns.get("date_end")

    def names(self, column: str) -> CodeNames:
        """Return the names of the codes of a column, including those that the map defines."""
        name = CODED_COLUMNS.get(column, "country")
        if self.codes and name in code_lists.ASKED_LISTS:
            made = self.codes.get(name, {})
            return code_lists.given({code: label for code, (label, _) in made.items()})
        return code_lists.names_of(column)


MAX_MAP = 10_000_000
MAP_KEYS: dict[str, type | tuple[type, ...]] = {
    "sheet": str,
    "encoding": str,
    "delimiter": str,
    "header": (bool, str),
    "date_format": (str, dict),
    "typed_dates": (str, dict),
    "time_zone": str,
    "split": (str, list, dict),
    "system": (str, dict),
    "missing": list,
    "domestic": str,
    "same_rows": str,
    "keep": (list, dict),
    "filter": dict,
    "drop": dict,
    "group": dict,
    "dataset": dict,
    "scopes": dict,
    "columns": dict,
    "defaults": dict,
    "values": dict,
    "codes": dict,
    "extra_columns": dict,
}
GROUP_KEYS: dict[str, type | tuple[type, ...]] = {"by": (str, list), "format": str}
COUNT = "count"
"""The value of `format` under [group]: the number of counterparts gives it."""
DATASET_KEYS: dict[str, type | tuple[type, ...]] = {
    **{
        key: kind
        for key, kind in SETTINGS_KEYS.items()
        if kind is not dict and key not in {"extra_columns", "interactions"}
    },
    "home": str,  # here a code, and in dataset.toml a table
    "not_foreign": list,
}


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


def read_draft(path: Path | str) -> tuple[ColumnMap, dict[str, Any]]:
    """Read a map that may have blanks to decide; return it and its TOML.

    Raises
    ------
    UsageError
        There is no such file.
    DataError
        Unknown keys, or values of another type.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such map; `secdiplo import FILE -o {path}` proposes one")
    text, data = toml.read(path, MAX_MAP, "over ten megabytes; this is no map")
    draft = ColumnMap(path, text=text)
    problems = list(_table_problems(draft, data))
    if problems:
        raise DataError(sorted(problems))
    return _made(draft, data), data


def _table_problems(draft: ColumnMap, data: dict[str, Any]) -> Iterator[Problem]:
    """Check the keys and types of a map and of the tables within it."""

    def report(path: Key, what: str) -> Problem:
        return draft.problem(what, *path)

    yield from toml.check_table(report, data, MAP_KEYS)
    rest = [name for name in CODING_SHEET.by_name if name != "event_key"]
    known: dict[str, dict[str, Any]] = {
        "columns": dict.fromkeys(CODING_SHEET.by_name, (str, list)),
        "defaults": dict.fromkeys(rest, str),
        "values": dict.fromkeys(rest, dict),
        "date_format": dict.fromkeys(DATE_COLUMNS, str),
        "typed_dates": dict.fromkeys(DATE_COLUMNS, str),
        "split": dict.fromkeys(SPLIT_COLUMNS, (str, list)),
        "system": dict.fromkeys(COUNTRY_COLUMNS, str),
        "codes": dict.fromkeys(code_lists.ASKED_LISTS, dict),
        "group": GROUP_KEYS,
    }
    tables = {name: table for name, table in data.items() if isinstance(table, dict)}
    if isinstance(dataset := data.get("dataset", {}), dict):
        yield from toml.check_table(report, dataset, DATASET_KEYS, ("dataset",), filled=False)
    for section, keys in known.items():
        yield from toml.check_table(report, tables.get(section, {}), keys, (section,))
    for section in ("filter", "drop"):
        rules = dict.fromkeys(tables.get(section, {}), (str, list))
        yield from toml.check_table(report, tables.get(section, {}), rules, (section,))
    if "keep" in tables:
        yield from toml.check_table(
            report, tables["keep"], dict.fromkeys(tables["keep"], str), ("keep",)
        )
    for section in ("values", "codes"):
        for name, table in tables.get(section, {}).items():
            if isinstance(table, dict):
                texts = dict.fromkeys(table, str)
                yield from toml.check_table(report, table, texts, (section, name))
    for name, scope in tables.get("scopes", {}).items():
        yield from scope_problems(report, name, scope)


def _made(draft: ColumnMap, data: dict[str, Any]) -> ColumnMap:
    columns = data.get("columns", {})
    group = data.get("group", {})
    codes = {
        name: {code: _label_and_parent(text) for code, text in table.items()}
        for name, table in data.get("codes", {}).items()
    }
    return ColumnMap(
        path=draft.path,
        dataset=data.get("dataset", {}),
        scopes=data.get("scopes", {}),
        columns={
            name: tuple(clean(item) for item in ([given] if isinstance(given, str) else given))
            for name, given in columns.items()
        },
        defaults={name: clean(value) for name, value in data.get("defaults", {}).items()},
        values={
            name: {clean(value): clean(code) for value, code in table.items()}
            for name, table in data.get("values", {}).items()
        },
        codes=codes,
        date_format=_by_date_column(data.get("date_format", {})),
        typed_dates=_by_date_column(data.get("typed_dates", {})),
        time_zone=data.get("time_zone", ""),
        system=_systems(data.get("system", {}), columns),
        missing=frozenset(clean(item) for item in data.get("missing", ()) if isinstance(item, str)),
        split=_separators(data.get("split", {}), columns),
        keep=_kept(data.get("keep", [])),
        filter=_rules(data.get("filter", {})),
        drop=_rules(data.get("drop", {})),
        options=ReadOptions(
            sheet=data.get("sheet", ""),
            encoding=data.get("encoding", ""),
            delimiter=data.get("delimiter", ""),
            header=given if isinstance(given := data.get("header"), bool) else None,
        ),
        group_by=_group_by(group.get("by", ()), columns.get("event_key", ()), "group" in data),
        is_grouped="group" in data,
        counts_format=group.get("format") == COUNT,
        extra_columns=data.get("extra_columns", {}),
        domestic=data.get("domestic", "refuse"),
        same_rows=data.get("same_rows", "refuse"),
        text=draft.text,
    )


def _by_date_column(written: str | dict[str, str]) -> dict[str, str]:
    """Return the setting of each column of dates; one that is written alone is that of all."""
    return dict.fromkeys(DATE_COLUMNS, written) if isinstance(written, str) else written


def _group_by(
    written: str | list[str], event_key: str | list[str], is_grouped: bool
) -> tuple[str, ...]:
    """Return the columns whose values the rows of one event share."""
    named = [written] if isinstance(written, str) else written
    keys = [event_key] if isinstance(event_key, str) else event_key
    return tuple(map(clean, named or (keys if is_grouped or len(keys) > 1 else ())))


def _separators(written: Any, columns: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the separators of each column; one that is written alone is that of all columns."""
    if not isinstance(written, dict):
        written = {name: written for name in SPLIT_COLUMNS if name in columns}
    return {
        name: (given,) if isinstance(given, str) else tuple(given)
        for name, given in written.items()
    }


def _systems(written: str | dict[str, str], columns: dict[str, Any]) -> dict[str, str]:
    """Return the system of each column of countries; one that is written alone is that of all."""
    if isinstance(written, str):
        written = {name: written for name in COUNTRY_COLUMNS if name in columns}
    return {name: system.strip().lower() for name, system in written.items()}


def _kept(written: list[str] | dict[str, str]) -> dict[str, str]:
    """Return the columns that are carried through; a list keeps their names."""
    pairs = written.items() if isinstance(written, dict) else [(name, name) for name in written]
    return {clean(name): clean(column) for name, column in pairs}


def _rules(written: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the values of each column of a rule; `(blank)` is a blank cell."""
    listed = {clean(k): [v] if isinstance(v, str) else v for k, v in written.items()}
    return {
        column: tuple("" if value == BLANK_LABEL else clean(value) for value in values)
        for column, values in listed.items()
    }


def _label_and_parent(text: str) -> tuple[str, str]:
    """Split `Label; PARENT; PARENT`."""
    label, *parents = (part.strip() for part in text.split(";"))
    return label, "; ".join(part for part in parents if part)


SAME_ROWS = ("refuse", "separate")
DOMESTIC_ROWS = ("refuse", "drop")
TYPED_DATES = ("keep", "swap")
RESERVED_COLUMNS = {*taken_names(), "record", "rowid"}
"""Names that a column cannot be carried through under."""


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
            near = ""
            if section == "values" and len(path) == 3:
                near = _near(mapping, path[1], path[2])
            yield mapping.problem(f"left to decide; {remedy}{near}", *path)


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
                what = f"unknown country {schema.shown(code)}; {_country_hint(code)}"
                yield mapping.problem(what, "dataset", key)
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
                what = "a code is no list; write it without `;` and `,`"
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
            near = _country_hint(code)
            hint = "an organization is written `org:ACRONYM`, a non-state actor `actor:CODE`"
            return f"unknown country {schema.shown(code)}; {near} {hint}"
    elif column in CODED_COLUMNS:
        codes = mapping.names(column).codes
        if code not in codes:
            near = (
                _country_hint(code)
                if CODED_COLUMNS[column] == "country"
                else schema.nearest(code, codes)
            )
            return f"unknown code {schema.shown(code)}; {near}"
    elif column in DATE_COLUMNS and dates.read(code) != code:
        return f"{schema.shown(code)} is no date; write `2024-09-07`, `2024-09` or `2024`"
    elif column == "source_url" and not re.fullmatch(r"https?://[^\s/$.?#]\S*", code):
        return f"{schema.shown(code)} is not an http(s) address; give that of a page"
    return ""


def _country_hint(code: str) -> str:
    near = code_lists.CountryNames().suggest(code)
    return (
        did_you_mean(near, word=code) if near else "write an ISO 3166-1 alpha-3 code, such as `KEN`"
    )


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
