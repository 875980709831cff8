"""MAP.toml read: its text, keys and types; what it decides is checked in `decisions`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secdiplo import toml
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.folder import scope_problems
from secdiplo.importer import decisions, spellings
from secdiplo.importer.mapping import DATES, Key, Mapping
from secdiplo.importer.records import clean
from secdiplo.tables import SHEET

MAX_MAP = 10_000_000
KEYS: dict[str, type | tuple[type, ...]] = {
    "sheet": str,
    "date_format": (str, dict),
    "same_rows": str,
    "keep": list,
    "dataset": dict,
    "scopes": dict,
    "columns": dict,
    "defaults": dict,
    "values": dict,
    "codes": dict,
}
DATASET: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": str,
    "version": str,
    "licence": str,
    "citation": str,
    "complete": bool,
    "annotations": str,
    "default_scope": str,
    "home": str,
    "not_foreign": list,
}
NEEDED = ("name", "title", "version", "licence", "home")


def read_map(path: Path | str) -> Mapping:
    """Read and check a map.

    Parameters
    ----------
    path : path
        The TOML file.

    Returns
    -------
    Mapping

    Raises
    ------
    UsageError
        There is no such file.
    DataError
        With every problem at once: unknown keys, columns that the sheet needs, values that are
        no codes, blanks that are left to decide.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such map; `secdiplo import FILE -o {path}` proposes one")
    text, data = toml.read(path, MAX_MAP, "over ten megabytes; this is no map")
    draft = Mapping(path, text=text)
    problems = list(_table_problems(draft, data))
    if problems:
        raise DataError(sorted(problems))
    mapping = _made(draft, data)
    problems = sorted(set(decisions.problems(mapping, data)))
    if problems:
        raise DataError(problems)
    return mapping


def _table_problems(draft: Mapping, data: dict[str, Any]) -> Iterator[Problem]:
    """Check the keys and types of a map and of the tables within it."""

    def report(path: Key, what: str) -> Problem:
        return draft.problem(what, *path)

    yield from toml.check_table(report, data, KEYS)
    rest = [name for name in SHEET.by_name if name != "event_key"]
    known: dict[str, dict[str, Any]] = {
        "columns": dict.fromkeys(SHEET.by_name, (str, list)),
        "defaults": dict.fromkeys(rest, str),
        "values": dict.fromkeys(rest, dict),
        "date_format": dict.fromkeys(DATES, str),
        "codes": dict.fromkeys(spellings.DOMAIN, dict),
    }
    tables = {name: table for name, table in data.items() if isinstance(table, dict)}
    if isinstance(dataset := data.get("dataset", {}), dict):
        yield from toml.check_table(
            report, dataset, DATASET, ("dataset",), needed=NEEDED, filled=False
        )
    for section, keys in known.items():
        yield from toml.check_table(report, tables.get(section, {}), keys, (section,))
    for section in ("values", "codes"):
        for name, table in tables.get(section, {}).items():
            if isinstance(table, dict):
                texts = dict.fromkeys(table, str)
                yield from toml.check_table(report, table, texts, (section, name))
    for name, scope in tables.get("scopes", {}).items():
        yield from scope_problems(report, name, scope)


def _made(draft: Mapping, data: dict[str, Any]) -> Mapping:
    columns = data.get("columns", {})
    written = data.get("date_format", {})
    codes = {
        name: {code: _label_and_parent(text) for code, text in table.items()}
        for name, table in data.get("codes", {}).items()
    }
    return Mapping(
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
        date_format=dict.fromkeys(DATES, written) if isinstance(written, str) else written,
        keep=tuple(clean(name) for name in data.get("keep", ())),
        sheet=data.get("sheet", ""),
        same_rows=data.get("same_rows", "refuse"),
        text=draft.text,
    )


def _label_and_parent(text: str) -> tuple[str, str]:
    """Take `Label; PARENT; PARENT` apart."""
    label, *parents = (part.strip() for part in text.split(";"))
    return label, "; ".join(part for part in parents if part)
