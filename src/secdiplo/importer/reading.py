"""MAP.toml read: its text, keys and types; what it decides is checked in `decisions`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.importer import decisions, spellings
from secdiplo.importer.mapping import DATES, Key, Mapping
from secdiplo.importer.records import clean
from secdiplo.suggest import suggest
from secdiplo.tables import SHEET

MAX_MAP = 10_000_000
KEYS: dict[str, tuple[type, ...]] = {
    "sheet": (str,),
    "date_format": (str, dict),
    "same_rows": (str,),
    "keep": (list,),
    "dataset": (dict,),
    "scopes": (dict,),
    "columns": (dict,),
    "defaults": (dict,),
    "values": (dict,),
    "codes": (dict,),
}
DATASET: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "title": (str,),
    "version": (str,),
    "licence": (str,),
    "citation": (str,),
    "complete": (bool,),
    "annotations": (str,),
    "default_scope": (str,),
    "home": (str,),
    "not_foreign": (list,),
}
KINDS = {str: "text", bool: "true or false", dict: "a table", list: "a list"}


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
    text, data = _parse(path)
    draft = Mapping(path, places=_places(text))
    problems = [*_types(draft, data, KEYS), *_tables(draft, data)]
    if problems:
        raise DataError(sorted(problems))
    mapping = _made(draft, data)
    problems = sorted(set(decisions.problems(mapping, data)))
    if problems:
        raise DataError(problems)
    return mapping


def _parse(path: Path) -> tuple[str, dict[str, Any]]:
    if path.stat().st_size > MAX_MAP:
        raise DataError([Problem(path.name, 1, "1", "over ten megabytes; this is no map")])
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); choose another") from None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = "not UTF-8; save the map as UTF-8"
        raise DataError([Problem(path.name, line, "1", what)]) from None
    except (ValueError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), place[2]) if place else (1, "1")
        reason = re.sub(r"\s*\(at .*\)$", "", str(error)).lower()
        what = f"not valid TOML: {reason}; mend the line"
        raise DataError([Problem(path.name, line, column, what)]) from None


def _places(text: str) -> dict[Key, int]:
    """Find the line of every table and key that stands at the start of one."""
    places: dict[Key, int] = {}
    table: Key = ()
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*(\[[^\[].*\])", line)
        key = re.match(r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+|\s*\.\s*)+?)\s*=""", line)
        try:
            if head:
                table = _path(tomllib.loads(line))
                places.setdefault(table, number)
            elif key:
                places.setdefault(table + _path(tomllib.loads(f"{key[1]} = 0")), number)
        except tomllib.TOMLDecodeError:
            continue
    return places


def _path(data: Any) -> Key:
    path: Key = ()
    while isinstance(data, dict) and data:
        ((key, data),) = data.items()
        path += (clean(key),)
    return path


# --- shape ----------------------------------------------------------------------------------


def _types(
    draft: Mapping, data: dict[str, Any], known: dict[str, tuple[type, ...]], *table: str
) -> Iterator[Problem]:
    """Keys that are not known, and values of another type."""
    for key, value in data.items():
        place = (*table, key)
        if key not in known:
            hint = suggest(key, list(known))
            yield draft.problem(f"unknown key `{'.'.join(place)}`; {hint}", *place)
        elif not isinstance(value, known[key]):
            yield draft.problem(f"not {KINDS[known[key][0]]}; mend it", *place)
        elif isinstance(value, list) and not all(isinstance(item, str) for item in value):
            yield draft.problem("not a list of texts; mend it", *place)


def _tables(draft: Mapping, data: dict[str, Any]) -> Iterator[Problem]:
    """Check the keys and types within the tables of a map."""
    rest = [name for name in SHEET.by_name if name != "event_key"]
    known: dict[str, dict[str, tuple[type, ...]]] = {
        "dataset": DATASET,
        "columns": dict.fromkeys(SHEET.by_name, (str, list)),
        "defaults": dict.fromkeys(rest, (str,)),
        "values": dict.fromkeys(rest, (dict,)),
        "date_format": dict.fromkeys(DATES, (str,)),
        "codes": dict.fromkeys(spellings.DOMAIN, (dict,)),
    }
    for section, names in known.items():
        table = data.get(section, {})
        if isinstance(table, dict):
            yield from _types(draft, table, names, section)
    for section in ("values", "codes"):
        tables_of = data.get(section, {})
        for name, table in tables_of.items() if isinstance(tables_of, dict) else ():
            if isinstance(table, dict):
                yield from _types(draft, table, dict.fromkeys(table, (str,)), section, name)
    yield from _scopes(draft, data.get("scopes", {}), "scopes")


def _scopes(draft: Mapping, value: Any, *path: str) -> Iterator[Problem]:
    """Check that a scope is texts, lists of texts and tables: a date stands in quotes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _scopes(draft, inner, *path, key)
    elif isinstance(value, list) and len(path) > 2:
        if not all(isinstance(item, str) for item in value):
            yield draft.problem("not a list of texts; mend it", *path)
    elif len(path) < 3:
        yield draft.problem("not a table; mend it", *path)
    elif not isinstance(value, str):
        yield draft.problem("not a text; put it in quotation marks", *path)


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
        places=draft.places,
    )


def _label_and_parent(text: str) -> tuple[str, str]:
    """Take `Label; PARENT; PARENT` apart."""
    label, *parents = (part.strip() for part in text.split(";"))
    return label, "; ".join(part for part in parents if part)
