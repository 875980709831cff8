"""The names of a sheet's columns: found, and held against the declaration."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from secdiplo.errors import Problem
from secdiplo.ingest.records import records
from secdiplo.schema.tables import Table
from secdiplo.suggest import closest, hint
from secdiplo.text import difference, normal_form

MAX_COLUMNS = 1_000


def read(
    path: Path, label: str, table: Table, extra: tuple[str, ...]
) -> tuple[int, tuple[str, ...], list[Problem]]:
    """The line of the header, its names, and what is wrong with them."""

    def one(line: int, what: str) -> tuple[int, tuple[str, ...], list[Problem]]:
        return line, (), [Problem(label, line, "1", what)]

    try:
        line, cells = next(records(path))
    except StopIteration:
        return one(1, "only blank lines; write the header and the rows")
    except csv.Error as error:
        return one(error.args[1], error.args[0])
    if len(cells) > MAX_COLUMNS:
        return one(line, f"{len(cells):,} columns; a sheet has at most {MAX_COLUMNS:,}")
    names = tuple(cell.strip() for cell in cells)
    if len(names) == 1 or sum(";" in name or "\t" in name for name in names) > len(names) / 2:
        for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if mark in cells[0]:
                return one(line, f"the cells are separated by {word}; save the sheet with commas")
    if what := no_header(names, table):
        return one(line, what)
    return line, names, name_problems(names, label, line, table, extra)


def no_header(names: tuple[str, ...], table: Table) -> str:
    """Return what is wrong with a header that names no column of the table at all; else ""."""
    known = [column.name for column in table.sheet_columns]
    if {_folded(name) for name in names} & set(known):
        return ""
    listed = ", ".join(known[:3])
    what = f"no header: this line names none of the columns ({listed}, ...); write their names"
    return f"{what} above the rows"


def _folded(name: str) -> str:
    return re.sub(r"[ -]+", "_", normal_form(name))


def name_problems(
    names: tuple[str, ...], label: str, line: int, table: Table, extra: tuple[str, ...]
) -> list[Problem]:
    """Columns that are named twice, not known, misspelt, without a name or missing."""
    columns = table.sheet_columns
    known = {column.name for column in columns} | set(extra)
    missing = [c.name for c in columns if c.name not in names and not c.optional]
    optional = [c.name for c in columns if c.name not in names and c.optional]
    folded = [normal_form(name) for name in names]
    further = {normal_form(name): name for name in extra if name not in names}
    problems = []
    for place, name in enumerate(names, 1):
        if not name:
            what = "a column without a name; name it, or remove it"
        elif (kept := _kept(folded[place - 1], folded, names, known)) != place - 1:
            unlike = difference(name, names[kept])
            what = f"column `{name}` twice; keep " + (
                f"`{names[kept]}`, {unlike}" if unlike else "one"
            )
        elif name in known or _region(table, name):
            continue
        else:
            mine = further.get(folded[place - 1])
            choices = [mine] if mine else [*missing, *optional]
            given = name if mine or folded[place - 1] in choices else _folded(name)
            missing = [other for other in missing if other not in closest(given, choices)]
            what = f"unknown column `{name}`; {hint(given, choices) or _unknown_hint(table)}"
        problems.append(Problem(label, line, str(place), what))
    for name in missing:
        problems.append(Problem(label, line, name, f"column `{name}` is missing; add it"))
    return problems


def _kept(form: str, forms: list[str], names: tuple[str, ...], known: set[str]) -> int:
    """Return the place of the column to keep of those with one normal form: a known one."""
    same = [place for place, other in enumerate(forms) if other == form]
    return next((place for place in same if names[place] in known), same[0])


def _region(table: Table, name: str) -> bool:
    """Whether a column of the countries is one of its named schemes of regions."""
    return table.name == "countries" and name.startswith("region_") and len(name) > 7


def _unknown_hint(table: Table) -> str:
    if table.name == "interactions_sheet":
        return "remove it, or list it under extra_columns in dataset.toml"
    return "remove it"
