"""The rules of single cells, from the declaration of each column: in SQL and in Python.

`flags` gives the verdicts as SQL for sheets of any size, `cell_rule` gives the same verdicts in
Python. `frame_rules` makes Pandera models from the latter; `cell_messages` puts a verdict into
words. A test compares all forms on generated cells.

Verdicts, the first that applies: ``required``, ``long``, ``invisible`` (a character that nobody
sees), ``formula``, ``code``, ``date``, ``url``, ``whole`` (a whole number), ``year``, ``number``,
``boolean``, ``items`` (an item of a list); then the limits that a declaration sets, by their names.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from secdiplo.schema.cell_messages import (
    ERRORS,
    MAX_CELL,
    PARTIAL_DATE,
    explain,
)
from secdiplo.schema.codes import LISTS
from secdiplo.schema.declarations import YEARS, Column, Table
from secdiplo.sql.quoting import literal, quoted
from secdiplo.text import SQL_INVISIBLE, find_invisible

CodeLists = Mapping[str, Mapping[str, str]]
"""Of each list: code -> its label and other names, separated by ``"; "``."""


def closed_codes(column: Column, codes: CodeLists) -> Mapping[str, str] | None:
    """The codes that a cell must hold one of, or None where its list is open or it has none."""
    if not column.codes or column.open_codes:
        return None
    return LISTS.get(column.codes, codes.get(column.codes))


# --- the SQL form ---------------------------------------------------------------------------


FORMULA = r"\A(?:[=@]|(?s:[+\-].*[|(!]))"
SQL_BLANKS = r"\s\pZ\x{0B}\x{1C}-\x{1F}\x{85}"  # what Python means by \s, in the words of DuckDB


def _sql_kind(column: Column, name: str, codes: CodeLists) -> list[tuple[str, str]]:
    closed = closed_codes(column, codes)
    if closed is not None and column.kind == "list":
        rest = f"string_split({name}, '; ')"
        wanted = "[" + ", ".join(map(literal, closed)) + "]"
        return [("items", f"not list_has_all({wanted}::varchar[], {rest})")]
    if closed is not None:
        wanted = ", ".join(map(literal, closed)) or "''"
        return [("code", f"{name} not in ({wanted})")]
    if column.kind in {"partial_date", "date"}:
        pads = "when 10 then '' when 7 then '-01' when 4 then '-01-01' else 'x'"
        if column.kind == "date":
            pads = "when 10 then '' else 'x'"
        iso = f"{name} || case strlen({name}) {pads} end"
        years = f"left({name}, 4) not between '{YEARS[0]}' and '{YEARS[1]}'"
        return [("date", f"try_cast({iso} as date)::varchar is distinct from {iso} or {years}")]
    if column.kind == "url":
        return [
            (
                "url",
                f"not regexp_full_match({name}, 'https?://[^{SQL_BLANKS}/$.?#][^{SQL_BLANKS}]*')",
            )
        ]
    if column.kind == "year":
        return [("year", f"not regexp_full_match({name}, '[0-9]{{4}}')")]
    if column.kind == "integer":
        return [("whole", f"not regexp_full_match({name}, '-?[0-9]{{1,9}}')")]
    if column.kind == "number":
        return [("number", f"not regexp_full_match({name}, '-?[0-9]{{1,15}}(\\.[0-9]{{1,10}})?')")]
    if column.kind == "boolean":
        return [("boolean", f"{name} not in ('true', 'false')")]
    return []


def _sql_limits(column: Column, name: str) -> list[tuple[str, str]]:
    """The limits that a declaration sets, each with the test that a cell breaks it."""
    value = name if column.kind == "date" else f"try_cast({name} as double)"
    tests = {
        "pattern": "not regexp_full_match({cell}, {limit})",
        "minLength": "length({cell}) < {limit}",
        "maxLength": "length({cell}) > {limit}",
        "minimum": "{value} < {limit}",
        "maximum": "{value} > {limit}",
    }
    found = []
    for rule, limit in column.limits:
        if rule in tests:
            written = literal(limit) if isinstance(limit, str) else repr(limit)
            found.append((rule, tests[rule].format(cell=name, value=value, limit=written)))
    return found


def _sql_invisible(name: str) -> str:
    """Whether a cell has a character that nobody sees; ASCII, which most are, is not searched."""
    return (
        f"(strlen({name}) <> length({name}) and regexp_matches({name}, {literal(SQL_INVISIBLE)}))"
    )


def _sql_formula(name: str, errors: bool) -> str:
    """Whether a spreadsheet would read a cell as a formula, or as an error of its own.

    The order of characters settles it for most cells, so that few are searched.
    """
    starts = f"({name} < '0' or ({name} >= '=' and {name} < 'A'))"
    pattern = FORMULA + (f"|\\A(?:{'|'.join(map(re.escape, ERRORS))})\\z" if errors else "")
    return f"({starts} and regexp_matches({name}, {literal(pattern)}))"


def verdict_sql(column: Column, codes: CodeLists) -> str:
    """A SQL expression: the first verdict on a cell of the raw table, or null."""
    name = quoted(column.name)
    cases = [f"when {name} is null then {literal('required') if column.required else 'null'}"]
    cases.append(f"when strlen({name}) > {MAX_CELL} then 'long'")
    if column.kind not in {"integer", "number", "year"}:
        errors = column.kind in {"text", "list"}
        cases.append(f"when {_sql_invisible(name)} then 'invisible'")
        cases.append(f"when {_sql_formula(name, errors)} then 'formula'")
    tests = _sql_kind(column, name, codes) + _sql_limits(column, name)
    cases += [f"when {test} then '{rule}'" for rule, test in tests]
    return f"case {' '.join(cases)} end"


def suspect_sql(column: Column, codes: CodeLists) -> str:
    """A SQL test that finds every cell with a verdict, in less work than the verdicts take.

    A code, day, number or boolean that is right needs no other test. It may find a cell that has
    no verdict: then the verdicts are computed in vain.
    """
    name = quoted(column.name)
    closed = closed_codes(column, codes)
    if closed is not None:  # a code that is itself wrong is none here
        rule = cell_rule(replace(column, codes="", kind="text"), {})
        codes = {column.codes: {code: "" for code in closed if code and not rule(code)}}
    tests = [test for _, test in _sql_kind(column, name, codes) + _sql_limits(column, name)]
    if column.required:
        tests.append(f"{name} is null")
    if column.kind in {"list", "text", "code", "url"} and (closed is None or column.kind == "list"):
        tests.append(f"strlen({name}) > {MAX_CELL}")
        tests.append(_sql_invisible(name))
        tests.append(_sql_formula(name, errors=True))
    return " or ".join(f"({test})" for test in tests)


def suspects(table: Table, raw: str, codes: CodeLists, where: str = "true") -> str:
    """SQL that returns a row where any cell of a raw table may have a verdict."""
    tests = " or ".join(
        f"({test})" for column in table.sheet_columns if (test := suspect_sql(column, codes))
    )
    return f"select 1 from {raw} where ({where}) and ({tests}) limit 1"


def flags(table: Table, raw: str, codes: CodeLists, where: str = "true") -> str:
    """SQL that returns (row, column, value, verdict) for every bad cell of rows of a raw table."""
    columns = table.sheet_columns
    names = [f'"v{place}"' for place in range(len(columns))]
    verdicts = ", ".join(
        f"{verdict_sql(column, codes)} as {name}"
        for column, name in zip(columns, names, strict=True)
    )
    parts = [
        f'select row, {literal(column.name)} as "column", value{place} as value, {name} as verdict '
        f"from invalid where {name} is not null"
        for place, (column, name) in enumerate(zip(columns, names, strict=True))
    ]
    values = ", ".join(
        f"{quoted(column.name)} as value{place}" for place, column in enumerate(columns)
    )
    any_bad = f"coalesce({', '.join(names)}) is not null"
    return (
        f"with verdicts as (select rowid + 1 as row, {values}, {verdicts} from {raw} "
        f"where {where}), "
        f"invalid as materialized (select * from verdicts where {any_bad}) "
        + " union all ".join(parts)
        + " order by 1, 2"
    )


# --- the same rules in Python ----------------------------------------------------------------


BOUNDS = ("minimum", "maximum")
PATTERNS = {
    "url": ("url", re.compile(r"https?://[^\s/$.?#][^\s]*")),
    "integer": ("whole", re.compile(r"-?[0-9]{1,9}")),
    "year": ("year", re.compile(r"[0-9]{4}")),
    "number": ("number", re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")),
    "boolean": ("boolean", re.compile("true|false")),
}
SQL_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t\n\f\r"}
"""What DuckDB means by \\d, \\w and \\s, in the words of Python."""


def is_date(text: str) -> bool:
    """Whether a text is a day, month or year in ISO 8601 that exists."""
    found = PARTIAL_DATE.fullmatch(text)
    if not found:
        return False
    try:
        datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return YEARS[0] <= found[1] <= YEARS[1]


def cell_rule(column: Column, codes: CodeLists) -> Callable[[str | None], str | None]:
    """The rules of a column as a function: a cell to its first verdict, None where it is fine."""
    closed = closed_codes(column, codes)
    numeric = column.kind in {"integer", "number", "year"}
    rule, pattern = PATTERNS.get(column.kind, ("", None))

    def verdict(cell: str | None) -> str | None:
        if cell is None:
            return "required" if column.required else None
        if len(cell) * 4 > MAX_CELL and len(cell.encode()) > MAX_CELL:
            return "long"
        if not numeric and not cell.isascii() and find_invisible(cell):
            return "invisible"
        if not numeric and (cell[0] in "=@" or (cell[0] in "+-" and set(cell) & set("|(!"))):
            return "formula"
        if column.kind in {"text", "list"} and cell in ERRORS:
            return "formula"
        if closed is not None and column.kind == "list":
            broken = "" if all(item in closed for item in cell.split("; ")) else "items"
        elif closed is not None:
            broken = "" if cell in closed else "code"
        elif column.kind in {"partial_date", "date"}:
            whole = column.kind == "partial_date" or len(cell) == 10
            broken = "" if whole and is_date(cell) else "date"
        else:
            broken = rule if pattern and not pattern.fullmatch(cell) else ""
        return broken or broken_limit(column, cell)

    return verdict


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of a declaration, compiled to match what it matches in DuckDB."""
    written, inside = "", False
    for part in re.findall(r"\\.|\[\^?\]?|[^\\]", pattern, re.DOTALL):
        letters = SQL_CLASSES.get(part[1:].lower(), "") if part[0] == "\\" else ""
        if part[0] in "[]":  # a class such as [^]x], and the end of one
            inside = part != "]" and not (inside and part[-1] == "]")
        if letters and inside:
            written += letters if part[1].islower() else part
        elif letters:
            written += f"[{letters}]" if part[1].islower() else f"[^{letters}]"
        else:
            written += part
    return re.compile(written)


def broken_limit(column: Column, cell: str) -> str | None:
    """The first limit of a declaration that a cell breaks."""
    for rule, limit in column.limits:
        value: Any = float(cell) if isinstance(limit, int | float) and rule in BOUNDS else cell
        size = len(cell)
        if (
            (rule == "pattern" and not _compiled(limit).fullmatch(cell))
            or (rule == "minLength" and size < limit)
            or (rule == "maxLength" and size > limit)
            or (rule == "minimum" and value < limit)
            or (rule == "maximum" and value > limit)
        ):
            return rule
    return None


def explain_cell(column: Column, value: str | None, verdict: str, codes: CodeLists) -> str:
    """Return what is wrong with a cell and what to do, in one line."""
    return explain(column, value, verdict, closed_codes(column, codes) or {})
