"""Packaged queries: one SQL file each, with a header that says what it counts and from where.

A header is lines ``-- key: value``: title, source, grain, unit, uses (shared steps in
``sql/parts``), within, batches, bytes, first, param, column and note. The loader composes the
parts and the body; DuckDB itself says whether the declared parameters are those of the statement.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from secdiplo.engine import Run
from secdiplo.errors import UsageError
from secdiplo.folder import resources
from secdiplo.query import filters
from secdiplo.query.params import Param, declared
from secdiplo.schema.tables import TABLES, VALUES_VIEW, tables_of
from secdiplo.suggest import suggest

QUERY_UNITS = {
    "event": "One meeting, video meeting, call, dialogue or conference.",
    "interaction": "One foreign counterpart in one event, however many agencies took part.",
    "agency_interaction": "One foreign counterpart in one event, counted once per agency. Sums "
    "over agencies can exceed the number of interactions.",
    "participation": "One official and one foreign counterpart in one event: a row of the coding "
    "sheet.",
    "bilateral_meeting": "One event with one country, held on its own (`bilateral`) or on the "
    "sidelines of a conference (`sideline`).",
}

ALL_ROWS = "rows"
ROW_BYTES = 500  # bytes that joins and aggregates of a few columns take of a row, without any disk

_HEAD = re.compile(r"^-- (\w+): ?(.*)$")
_COLUMN = re.compile(r"(\w+)(?: \(([^)]+)\))?: (.+)")


@dataclass(frozen=True)
class ResultColumn:
    """A column of a result, with the unit of its numbers."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Query:
    """A packaged query.

    Attributes
    ----------
    name : str
        The stem of its file.
    title, source, grain, unit, note : str
        What it is, where its numbers come from or blank (see `source_of`), what one row is, and
        what is counted.
    params : tuple of Param
        Its own and those of the parts that it uses.
    filters : tuple of Param
        The filters of these parts; see `secdiplo.query.filters`.
    columns : tuple of ResultColumn
        In the order of the result.
    sql : str
        One SELECT statement.
    within : dict of str to tuple of str
        By the text of a step, the tables of which it reads only rows of events that can be in
        the window of the scope.
    batches : tuple of str
        Steps that may be computed in batches of events, since what follows adds up their
        rows; or `ALL_ROWS`, where this is so of the whole statement, of which the rows
        are in the order of the events' years and keys.
    row : int
        Bytes of memory that a row of the sheet takes while these steps are computed.
    first : tuple of str
        The columns that a table on a narrow screen shows before others, the most important first.
    runs : tuple of Run
        See `secdiplo.engine.Statement`.
    known : tuple of str
        The tables of the dataset.
    """

    name: str
    title: str
    source: str
    grain: str
    unit: str
    note: str
    params: tuple[Param, ...]
    columns: tuple[ResultColumn, ...]
    sql: str
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    batches: tuple[str, ...] = ()
    row: int = ROW_BYTES
    first: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    known: tuple[str, ...] = tuple(TABLES)
    filters: tuple[Param, ...] = ()

    @property
    def accepted(self) -> tuple[Param, ...]:
        """Every parameter that can be given."""
        return (*self.params, *self.filters)

    @property
    def own_params(self) -> tuple[Param, ...]:
        """The parameters that select no rows, and those of a query without filters."""
        selecting = filters.SELECTING if self.filters else ()
        return tuple(param for param in self.params if param.name not in selecting)

    def of_scope(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values that select rows, without those of what only this query has."""
        own = [param.name for param in self.own_params]
        return {name: value for name, value in values.items() if name not in own}

    def filtered(self, values: Mapping[str, Any]) -> Query:
        """Return the query with the conditions of the filters that have a value."""
        own = [param.name for param in self.params]
        within = {
            filters.with_clauses(step, values, own): tables for step, tables in self.within.items()
        }
        return replace(self, sql=filters.with_clauses(self.sql, values, own), within=within)

    @functools.cached_property
    def tables(self) -> tuple[str, ...]:
        """The built tables that the query reads."""
        sql = re.sub("--.*", "", self.sql)
        read = set(re.findall(r"\b(?:from|join)\s+(\w+)", sql))
        if VALUES_VIEW in read:
            read.add("participations")
        return tuple(name for name in self.known if name in read)

    def narrowed(self, source: Callable[[str], str | None]) -> str:
        """The statement with other sources for the tables of `within`.

        Parameters
        ----------
        source : function
            SQL that reads some rows of a table, by its name; None for all.
        """
        sql = self.sql
        for step, tables in self.within.items():
            narrow = step
            for name in tables:
                if some := source(name):
                    narrow = re.sub(rf"\b(from|join) {name} as\b", rf"\1 {some} as", narrow)
            sql = sql.replace(step, narrow)
        return sql


def source_of(query: Query, dataset: Mapping[str, Any]) -> str:
    """Return where the paper reports the numbers of a query; blank where nobody says."""
    return dataset["query_sources"].get(query.name) or query.source


def names(dataset: Mapping[str, Any] | None = None) -> list[str]:
    """The names of the packaged queries and those of a dataset, in alphabetical order."""
    packaged = {file.stem for file in resources.sql("queries").glob("*.sql")}
    return sorted(packaged.union(dataset["queries"] if dataset else ()))


def titles(dataset: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return the titles of these queries by name."""
    return {name: load(name, dataset).title for name in names(dataset)}


def load(name: str, dataset: Mapping[str, Any] | None = None) -> Query:
    """Read a query: a packaged one, or one that the folder of a dataset brings.

    Parameters
    ----------
    name : str
        The stem of its file.
    dataset : mapping, optional
        What the manifest says of the dataset.

    Returns
    -------
    Query

    Raises
    ------
    UsageError
        There is no query of that name; the nearest one is offered.
    """
    name = str(name)
    file = resources.sql("queries") / f"{name}.sql"
    if re.fullmatch(r"\w{1,99}", name) and file.is_file():
        return _packaged(file)
    if dataset and name in dataset["queries"]:
        found = parse(name, dataset["queries"][name])
        return replace(found, known=tuple(tables_of(dataset)))
    raise UsageError(f"no query `{name}`; {suggest(name, names(dataset))}")


@functools.cache
def _packaged(file: Path) -> Query:
    return parse(file.stem, file.read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Query:
    """Make a query of the text of its file, with the parts that it uses.

    Raises
    ------
    UsageError
        The header is not as it should be.
    """
    head, body = _split(name, text)
    steps: list[str] = []
    params: dict[str, Param] = {}
    within: dict[str, tuple[str, ...]] = {}
    found_filters: dict[str, Param] = {}
    for part in _list(head.get("uses", [])):
        part_head, part_body = _split(part, _part(part))
        steps.append(part_body.strip())
        if "within" in part_head:
            within[steps[-1]] = tuple(_list(part_head["within"]))
        params.update(declared(part, part_head))
        found_filters.update(filters.declared(part, part_head))
    params.update(declared(name, head))
    sql = body.strip().rstrip(";")
    if "within" in head:
        within[sql.removeprefix("with").lstrip()] = tuple(_list(head["within"]))
    if steps and sql.lower().startswith("with"):
        sql = "with " + ",\n\n".join(steps) + ",\n\n" + sql[4:].lstrip()
    elif steps:
        sql = "with " + ",\n\n".join(steps) + "\n\n" + sql
    columns = []
    for line in head.get("column", []):
        found = _COLUMN.fullmatch(line)
        if not found:
            raise UsageError(f"{name}.sql: column `{line}`; write `name (unit): meaning`")
        columns.append(ResultColumn(found[1], found[2] or "", found[3]))
    for column in set(_list(head.get("first", []))) - {column.name for column in columns}:
        raise UsageError(f"{name}.sql: first: no column `{column}`; name columns of the result")
    row = " ".join(head.get("bytes", [str(ROW_BYTES)]))
    if not re.fullmatch("[1-9][0-9]{0,8}", row):
        raise UsageError(f"{name}.sql: `{row}` bytes of a row; write a number such as {ROW_BYTES}")
    single = {key: " ".join(head.get(key, [])) for key in ("title", "source", "grain", "unit")}
    for key, value in single.items():
        if not value and key != "source":
            raise UsageError(f"{name}.sql: the header has no {key}; add `-- {key}: ...`")
    return Query(
        name,
        title=single["title"],
        source=single["source"],
        grain=single["grain"],
        unit=single["unit"],
        note=" ".join(head.get("note", [])),
        params=tuple(params.values()),
        columns=tuple(columns),
        sql=sql,
        within=within,
        batches=tuple(_list(head.get("batches", []))),
        row=int(row),
        first=tuple(_list(head.get("first", []))),
        filters=tuple(each for name, each in found_filters.items() if name not in params),
    )


def _part(name: str) -> str:
    file: Path = resources.sql("parts") / f"{name}.sql"
    if not re.fullmatch(r"\w{1,99}", name) or not file.is_file():
        raise UsageError(f"no part `{name}` in sql/parts")
    return file.read_text(encoding="utf-8")


def _split(name: str, text: str) -> tuple[dict[str, list[str]], str]:
    head: dict[str, list[str]] = {}
    lines = text.splitlines()
    place = 0
    for line in lines:
        found = _HEAD.match(line)
        if not found:
            break
        head.setdefault(found[1], []).append(found[2].strip())
        place += 1
    if not head:
        raise UsageError(f"{name}.sql: no header; start with `-- title: ...`")
    return head, "\n".join(lines[place:])


def _list(values: Sequence[str]) -> list[str]:
    return [item.strip() for value in values for item in value.split(",") if item.strip()]
