"""Extra columns of the coding sheet: the part `extra_columns` of dataset.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secdiplo.errors import Problem
from secdiplo.folder import toml
from secdiplo.schema.tables import CODING_SHEET, TABLES, Column
from secdiplo.suggest import hint
from secdiplo.text import character_name, difference, find_invisible, normal_form

COLUMN_KEYS = {"type": str, "label": str, "unit": str, "codes": str}
COLUMN_TYPES = {  # the type in dataset.toml: the kind of the column
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "list": "list",
}
WITH_CODES = ("string", "list")
WITH_UNITS = ("integer", "number")
MAX_NAME = 32  # letters of a column, so that every export format can carry it
UNLABELLED = "An extra column of the coding sheet; dataset.toml does not describe it."
BLANK = "The cell of the sheet is blank."


def declared(settings: Any) -> tuple[Column, ...]:
    """Return the extra columns of settings in which `problems_of` finds nothing wrong.

    Parameters
    ----------
    settings : list of str or dict
        Names of text columns, or a table of each column by its name.
    """
    if isinstance(settings, Mapping):
        return tuple(_column(name, body) for name, body in settings.items())
    return tuple(_column(name, {}) for name in settings)


def _column(name: str, body: Mapping[str, str]) -> Column:
    kind = COLUMN_TYPES[body.get("type", "string")]
    codes = body.get("codes", "")
    return Column(
        name,
        "code" if codes and kind == "text" else kind,
        body.get("label") or UNLABELLED,
        blank=BLANK,
        codes=codes,
        unit=body.get("unit", ""),
        optional=True,
    )


def problems_of(report: toml.Report, settings: Any) -> list[Problem]:
    """Return what is wrong with the names and the settings of extra columns."""
    path: toml.KeyPath = ("extra_columns",)
    if isinstance(settings, list):
        names = [name for name in settings if isinstance(name, str)]
        return _name_problems(report, dict.fromkeys(names, path), names)
    if not isinstance(settings, dict):
        return []  # said already
    problems = _name_problems(report, {name: (*path, name) for name in settings}, list(settings))
    for name, body in settings.items():
        if len(problems) < toml.MAX_PROBLEMS:
            problems += _body_problems(report, (*path, name), body)
    return problems


def _body_problems(report: toml.Report, path: toml.KeyPath, body: Any) -> list[Problem]:
    """Return what is wrong with the table of one column."""
    dotted = ".".join(path)
    if not isinstance(body, dict):
        return [report(path, f"`{dotted}` is not a table; write `[{dotted}]` and its keys below")]
    problems = toml.check_table(report, body, COLUMN_KEYS, path)
    stated = body.get("type", "string")
    if problems or not isinstance(stated, str):
        return problems
    if stated not in COLUMN_TYPES:
        remedy = hint(stated, COLUMN_TYPES) or f"write one of {', '.join(COLUMN_TYPES)}"
        return [report((*path, "type"), f"no type `{stated}`; {remedy}")]
    for key, types in (("codes", WITH_CODES), ("unit", WITH_UNITS)):
        if body.get(key) and stated not in types:
            what = f"a column of type `{stated}` has no {key}; drop the key, or write "
            problems.append(report((*path, key), f"{what}`{'` or `'.join(types)}` as its type"))
    return problems


def taken_names() -> set[str]:
    """Return the names that no further column of the coding sheet may have."""
    tables = ("events", "interactions", "participations", "sources")
    return {
        "row",
        *CODING_SHEET.by_name,
        *(name for table in tables for name in TABLES[table].by_name),
    }


def _name_problems(
    report: toml.Report, paths: Mapping[str, toml.KeyPath], names: list[str]
) -> list[Problem]:
    """Extra columns must have names of their own, whatever the case of their letters."""
    taken = {name: name for name in taken_names()}  # normal form -> name
    problems: list[Problem] = []
    for name in names:
        plain = normal_form(name)
        if len(problems) > toml.MAX_PROBLEMS:
            break
        if hidden := find_invisible(name):
            what = f"the invisible character {character_name(hidden)} in `{name}`; remove it"
        elif not plain or len(name) > MAX_NAME:
            what = f"`{name}` cannot name a column; give it 1 to {MAX_NAME} letters"
        elif plain in taken:
            unlike = difference(name, taken[plain])
            of = f": it is `{taken[plain]}`, {unlike}" if unlike else ""
            what = f"`{name}` is already in use{of}; drop it here, or rename yours"
        else:
            what = ""
        if what:
            problems.append(report(paths[name], what))
        taken.setdefault(plain, name)
    return problems
