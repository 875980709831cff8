"""Packaged queries: one SQL file each, with a header that says what it counts and from where.

A header is lines ``-- key: value``: title, source, grain, unit, uses (shared steps in
``sql/parts``), param, column and note. The loader composes the parts and the body; DuckDB
itself says whether the declared parameters are those of the statement.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import resources
from secdiplo.errors import UsageError
from secdiplo.params import Param, bind, declared, nearest
from secdiplo.tables import TABLES

if TYPE_CHECKING:
    from secdiplo.engine import Engine
    from secdiplo.store import Built

UNITS = {
    "event": "One meeting, video meeting, call, dialogue or conference.",
    "interaction": "One foreign counterpart in one event, however many agencies took part.",
    "agency_interaction": "One counterpart in one event for one agency; sums over agencies can "
    "exceed the interactions.",
    "participation": "One row of the sheet: one official and one counterpart in one event.",
    "bilateral_meeting": "One event of format bilateral or sideline with a country.",
}

_HEAD = re.compile(r"^-- (\w+): ?(.*)$")
_COLUMN = re.compile(r"(\w+)(?: \(([^)]+)\))?: (.+)")
_EXPLAIN = re.compile(
    r"\s*explain\s+(?:analy[sz]e\s+)?(?:\(\s*(?:analy[sz]e|format)\b[^()]*\)\s*)?", re.IGNORECASE
)
_NODE = re.compile(r'"type":"(\w+)_NODE"')  # of a statement that DuckDB writes as JSON
_READING = {"SELECT", "SET_OPERATION", "RECURSIVE_CTE", "CTE"}


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
        What it is, where the paper has it, what one row is, and what is counted.
    params : tuple of Param
        Its own and those of the parts that it uses.
    columns : tuple of ResultColumn
        In the order of the result.
    sql : str
        One SELECT statement.
    within : dict of str to tuple of str
        By the text of a step, the tables of which it reads only rows of events that can lie in
        the window of the scope.
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

    @functools.cached_property
    def tables(self) -> tuple[str, ...]:
        """The built tables that the query reads."""
        return tuple(name for name in TABLES if re.search(rf"\b(from|join)\s+{name}\b", self.sql))


def names() -> list[str]:
    """The names of the packaged queries, in alphabetical order."""
    return sorted(file.stem for file in resources.sql("queries").glob("*.sql"))


@functools.cache
def load(name: str) -> Query:
    """Read a packaged query.

    Parameters
    ----------
    name : str
        The stem of its file.

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
    if not re.fullmatch(r"\w{1,99}", name) or not file.is_file():
        raise UsageError(f"no query `{name}`; {nearest(name, names())}")
    return parse(name, file.read_text(encoding="utf-8"))


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
    for part in _list(head.get("uses", [])):
        part_head, part_body = _split(part, _part(part))
        steps.append(part_body.strip())
        if "within" in part_head:
            within[steps[-1]] = tuple(_list(part_head["within"]))
        params.update(declared(part, part_head))
    params.update(declared(name, head))
    sql = body.strip().rstrip(";")
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
    single = {key: " ".join(head.get(key, [])) for key in ("title", "source", "grain", "unit")}
    for key, value in single.items():
        if not value:
            raise UsageError(f"{name}.sql: the header has no {key}; add `-- {key}: ...`")
    return Query(
        name,
        note=" ".join(head.get("note", [])),
        params=tuple(params.values()),
        columns=tuple(columns),
        sql=sql,
        within=within,
        **single,
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


# --- running --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """The rows of a query, with what they count.

    Attributes
    ----------
    columns : tuple of str
    rows : list of tuple
    query : Query
    values : dict
        The value of every parameter.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    query: Query
    values: dict[str, Any]


@dataclass(frozen=True)
class Streamed:
    """The rows of a query some thousands at a time; otherwise as `Result`."""

    columns: tuple[str, ...]
    batches: Iterator[list[tuple[Any, ...]]]
    query: Query
    values: dict[str, Any]


def prepare(built: Built, name: str, given: Mapping[str, Any]) -> tuple[Query, dict[str, Any]]:
    """Load a query, bind its parameters, and have its tables at hand.

    Parameters
    ----------
    built : Built
    name : str
    given : mapping
        The parameters.

    Returns
    -------
    (Query, dict)
        The query, its unit being the one asked for, and the value of every parameter.

    Raises
    ------
    UsageError
        An unknown query, parameter, or value that the dataset does not have.
    """
    query = load(name)
    values = bind(name, query.params, given, built.dataset)
    if values.get("unit"):
        query = replace(query, unit=values["unit"])
    built.need(query.tables)
    # Of the defaults, only a session can be one that the dataset does not have.
    check_values(built, values, given.keys() | {"forum"})
    return _pruned(built, query, _window(built, values)), values


def _pruned(built: Built, query: Query, window: tuple[Any, Any]) -> Query:
    """The query without the files of years that its window leaves out, where tables lie by year."""
    if built.engine is not None:  # another engine finds the files itself
        return query
    sql = query.sql
    for step, tables in query.within.items():
        narrow = step
        for name in tables:
            source = built.source(name, *window)
            if source:
                narrow = re.sub(rf"\b(from|join) {name} as\b", rf"\1 {source} as", narrow)
        sql = sql.replace(step, narrow)
    return query if sql == query.sql else replace(query, sql=sql)


def _window(built: Built, values: Mapping[str, Any]) -> tuple[Any, Any]:
    """The first and last day of the scope, or None where an edge is open.

    A window that a given edge and the scope's other edge leave empty is refused: events that are
    dated coarsely overlap even such a window, so that counts over it would not be zero.
    """
    start, end = values.get("start"), values.get("end")
    if not values.get("scope") or (start is not None and end is not None):
        return start, end
    built.need(["scopes"])
    sql = "select min(start_date)::varchar, max(end_date)::varchar from scopes where scope = $1"
    ((first, last),) = built.con.cursor().execute(sql, [values["scope"]]).fetchall()
    scope = f"scope `{values['scope']}`"
    if start is not None and last is not None and start > last:
        what = f"`start`, {start}, is after the end of {scope}, {last}"
        raise UsageError(f"{what}; give `end` too, or another scope")
    if end is not None and first is not None and end < first:
        what = f"`end`, {end}, is before the start of {scope}, {first}"
        raise UsageError(f"{what}; give `start` too, or another scope")
    return first if start is None else start, last if end is None else end


KNOWN = {
    "scope": ("scopes", "select distinct scope from scopes"),
    "scheme": ("country_regions", "select distinct scheme from country_regions"),
    "agency": ("codes", "select code from codes where list = 'agency'"),
    "rank": ("codes", "select code from codes where list = 'rank'"),
    "official": ("officials", "select distinct official from officials"),
    "forum": ("forums", "select forum_id from forums"),
    "organization": (
        "organizations interactions forum_series",
        "select code from organizations union select counterpart from interactions "
        "where counterpart_type = 'organization' "
        "union select convener from forum_series where convener is not null",
    ),
}


def check_values(built: Built, values: Mapping[str, Any], which: Set[str]) -> None:
    """Refuse a scope, scheme, agency, rank, official or forum that the dataset does not have."""
    for name in sorted(KNOWN.keys() & which):
        if values.get(name) is None:
            continue
        tables, sql = KNOWN[name]
        built.need(tables.split())
        known = sorted(row[0] for row in built.con.cursor().execute(sql).fetchall())
        several = name in {"agency", "rank"}
        for item in str(values[name]).split(",") if several else [str(values[name])]:
            if item not in known:
                raise UsageError(f"unknown {name} `{item}`; {nearest(item, known)}")


def run(built: Built, name: str, given: Mapping[str, Any]) -> Result:
    """Run a query and fetch its rows; the parameters are those of `prepare`.

    Returns
    -------
    Result

    Raises
    ------
    UsageError
        An unknown query, parameter or value.
    StoreError
        A table cannot be read.
    """
    query, values = prepare(built, name, given)
    columns, rows = engine_of(built).fetch(query, used(query, values))
    return Result(columns, rows, query, values)


def stream(built: Built, name: str, given: Mapping[str, Any]) -> Streamed:
    """Run a query whose rows may be too many to hold; parameters and errors are those of `run`.

    Returns
    -------
    Streamed
    """
    query, values = prepare(built, name, given)
    columns, batches = engine_of(built).stream(query, used(query, values))
    return Streamed(columns, batches, query, values)


def engine_of(built: Built) -> Engine:
    """What runs packaged statements on these tables."""
    from secdiplo.engine.duck import DuckEngine

    return built.engine or DuckEngine(built.con, built.need, built.folder)


def used(query: Query, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that the statement names: DuckDB refuses others."""
    return used_in(query.sql, values)


def used_in(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a statement names."""
    return {name: values[name] for name in values if re.search(rf"\${name}\b", sql)}


def basis(built: Built) -> str:
    """Whether a number counted on these tables rests on attested rows alone, and how far not.

    Synthetic rows are said to be that and nothing else: `check` lets no others beside them.
    """

    def counts(table: str) -> dict[str, int]:
        built.need([table])
        sql = f"select row_status, count(*) from {table} group by row_status"
        return dict(built.con.cursor().execute(sql).fetchall())

    kinds = set(counts("participations"))
    if "synthetic" in kinds:
        return "synthetic rows (made up, no evidence of anything)"
    if "imputed" not in kinds:
        return "attested rows"
    found, held = counts("interactions"), counts("events")
    few, interactions = found.get("imputed", 0), sum(found.values())
    fewer, events = held.get("imputed", 0), sum(held.values())
    imputed = f"{few} imputed of {interactions} interactions, {fewer} of {events} events"
    return f"attested and imputed rows ({imputed})"


def is_synthetic(built: Built) -> bool:
    """Whether the tables hold synthetic rows, which are evidence of nothing."""
    built.need(["participations"])
    sql = "select count(*) from (from participations where row_status = 'synthetic' limit 1)"
    return built.con.cursor().execute(sql).fetchone() == (1,)


def said(error: Exception) -> str:
    """The words of a DuckDB error without its excerpt of the statement and its advice."""
    text = str(error).split("\n\n", maxsplit=1)[0]
    return text.split("\nPossible solutions", maxsplit=1)[0].strip()


def check_statement(built: Built, statement: str, *, unsafe: bool = False) -> None:
    """Refuse anything but one SELECT, or but one statement, and have every table at hand.

    Raises
    ------
    UsageError
        It does not parse, or it is not one reading statement.
    """
    import duckdb

    try:
        kinds = _kinds(built, statement)
        if len(kinds) == 1 and not unsafe:
            kinds = _within(built, statement, kinds[0])
    except duckdb.Error as error:
        raise UsageError(said(error)) from None
    except (TypeError, UnicodeError):  # DuckDB takes nothing but UTF-8 text
        raise UsageError("a statement is UTF-8 text; mend it") from None
    if len(kinds) != 1 or (kinds != ["SELECT"] and not unsafe):
        raise UsageError(f"one SELECT is run, not {' + '.join(kinds) or 'nothing'}")
    built.need(TABLES)


def _kinds(built: Built, statement: str) -> list[str]:
    return [found.type.name for found in built.con.extract_statements(statement)]


def _within(built: Built, statement: str, kind: str) -> list[str]:
    """What running a statement would do: SELECT alone where it reads and does nothing else.

    EXPLAIN ANALYZE runs what it explains. A WITH may hold COPY, INSERT, UPDATE or DELETE.
    """
    if kind == "EXPLAIN" and (found := _EXPLAIN.match(statement)):
        statement = statement[found.end() :]
        if _kinds(built, statement) != ["SELECT"]:
            return [kind]
    elif kind not in {"SELECT", "RELATION"}:
        return [kind]
    sql = "select json_serialize_sql($1::varchar)"
    ((tree,),) = built.con.cursor().execute(sql, [statement]).fetchall()
    nodes = set(_NODE.findall(tree))  # a quote within a text of the tree has a backslash before it
    others = sorted(node.removesuffix("_QUERY") for node in nodes - _READING)
    return others or (["SELECT"] if nodes else ["a statement of another kind"])
