"""Read a column map: how columns and values of a file become those of the sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.folder import toml
from secdiplo.folder.reading import SETTINGS_KEYS, scope_problems
from secdiplo.importer import code_lists
from secdiplo.importer.code_lists import CODED_COLUMNS, CodeNames
from secdiplo.importer.corrections import SETTABLE, RowCorrection, cells, corrections, type_problems
from secdiplo.importer.readers.source import ReadOptions, clean
from secdiplo.importer.several import SPLIT_COLUMNS
from secdiplo.schema.tables import CODING_SHEET, NUMERIC

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
    decimal : str
        The mark before the decimals of kept numbers: a point, or a comma.
    filter, drop : dict
        Column of the file -> the values of the rows that are kept, or left out.
    corrections : tuple of RowCorrection
        What single rows have in the sheet.
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
    decimal: str = "."
    filter: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drop: dict[str, tuple[str, ...]] = field(default_factory=dict)
    corrections: tuple[RowCorrection, ...] = ()
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

    @property
    def used_columns(self) -> set[str]:
        """The columns of the file that the map names for rows, events or columns of the sheet."""
        names = {name for given in self.columns.values() for name in given}
        names |= {*self.keep.values(), *self.filter, *self.drop, *self.group_by}
        return names | {name for each in self.corrections for name in each.where}

    def twins(self, column: str) -> list[str]:
        """Return the other columns of countries that are made of the same columns of the file."""
        given = self.columns.get(column)
        return [
            other
            for other in COUNTRY_COLUMNS
            if other != column and given and self.columns.get(other) == given
        ]

    @property
    def numbers(self) -> list[str]:
        """The kept columns of numbers."""
        found = self.extra_columns.items()
        return [n for n, body in found if isinstance(body, dict) and body.get("type") in NUMERIC]

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
    "decimal": str,
    "filter": dict,
    "drop": dict,
    "corrections": list,
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
    text, data = toml.read(path, MAX_MAP, "over ten megabytes; this is not a map")
    draft = ColumnMap(path, text=text)
    problems = list(_table_problems(draft, data))
    if problems:
        raise DataError(sorted(problems))
    return _made(draft, data), data


def _table_problems(draft: ColumnMap, data: dict[str, Any]) -> Iterator[Problem]:
    """Check the keys and types of a map and of the tables within it."""

    def report(path: Key, what: str) -> Problem:
        return draft.problem(what, *path)

    rest = {name: value for name, value in data.items() if name != "corrections"}
    yield from toml.check_table(report, rest, MAP_KEYS)
    yield from type_problems(draft.path.name, data.get("corrections", []), draft.text)
    known: dict[str, dict[str, Any]] = {
        "columns": dict.fromkeys(CODING_SHEET.by_name, (str, list)),
        "defaults": dict.fromkeys(SETTABLE, str),
        "values": dict.fromkeys(SETTABLE, dict),
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
        split=separators_of(data.get("split", {}), columns),
        keep=_kept(data.get("keep", [])),
        decimal=data.get("decimal", "."),
        filter=_rules(data.get("filter", {})),
        drop=_rules(data.get("drop", {})),
        corrections=corrections(data.get("corrections", []), draft.text),
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


def separators_of(written: Any, columns: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the separators of each column; one that is written alone is that of all columns."""
    if isinstance(written, dict):
        return {name: _listed(given) for name, given in written.items()}
    found = {name: _listed(written) for name in SPLIT_COLUMNS if name in columns}
    if "official" in found:  # "Smith, John" is one person
        found["official"] = tuple(mark for mark in found["official"] if str(mark).strip() != ",")
    return found


def _listed(written: str | list[str]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)


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
    """Return the values of each column of a rule."""
    return {clean(column): cells(values) for column, values in written.items()}


def _label_and_parent(text: str) -> tuple[str, str]:
    """Split `Label; PARENT; PARENT`."""
    label, *parents = (part.strip() for part in text.split(";"))
    return label, "; ".join(part for part in parents if part)
