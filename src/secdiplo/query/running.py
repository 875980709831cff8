"""Running a packaged query on open tables: its parameters bound, its files and rows found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError
from secdiplo.query import filters
from secdiplo.query.batches import runs
from secdiplo.query.packaged import Query, load
from secdiplo.query.params import bind
from secdiplo.schema.tables import VALUES_VIEW
from secdiplo.sql.quoting import bound
from secdiplo.store.opening import engine_of
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.store import Built


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
    """Load a query, bind its parameters, and open its tables.

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
    return with_values(built, load(name, built.dataset), given)


def with_values(
    built: Built, query: Query, given: Mapping[str, Any]
) -> tuple[Query, dict[str, Any]]:
    """Bind the parameters of a query, as `prepare` does, and open its tables."""
    values = bind(query.name, query.accepted, given, built.dataset)
    if values.get("unit"):
        query = replace(query, unit=values["unit"])
    values = filters.checked(built, values, query.filters)
    query = query.filtered(values)
    built.need(query.tables)
    # Of the defaults, only a session can be one that the dataset does not have.
    own = {param.name for param in query.params}
    check_values(built, values, (given.keys() | {"forum"}) & own)
    _check_codes(built, query, values)
    window = _window(built, values)
    if built.engine is not None:  # another engine finds the files, and its memory, itself
        return query, values
    # Where tables lie by year, the files of years that the window leaves out are not read.
    sql = query.narrowed(lambda name: built.source(name, *window))
    return replace(query, sql=sql, runs=runs(built, query, window)), values


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
    "extra_column": (
        "participations",
        f"select distinct extra_column from {VALUES_VIEW}",
    ),
    "forum": ("forums", "select forum_id from forums"),
    "organization": (
        "organizations interactions forum_series",
        "select code from organizations union select counterpart from interactions "
        "where counterpart_type = 'organization' "
        "union select convener from forum_series where convener is not null",
    ),
}


def check_values(built: Built, values: Mapping[str, Any], which: Set[str]) -> None:
    """Refuse a value of the parameters in `KNOWN` that the dataset does not have."""
    for name in sorted(KNOWN.keys() & which):
        if values.get(name) is None:
            continue
        tables, sql = KNOWN[name]
        built.need(tables.split())
        known = sorted(row[0] for row in built.con.cursor().execute(sql).fetchall())
        value = str(values[name])
        if value not in known:
            raise UsageError(f"unknown {name} `{value}`; {suggest(value, known)}")


def _check_codes(built: Built, query: Query, values: Mapping[str, Any]) -> None:
    """Refuse a code that the list of a parameter does not have."""
    for param in query.params:
        if not param.codes or values[param.name] is None:
            continue
        built.need(["codes"])
        sql = "select code from codes where list = $1 order by position"
        rows = built.con.cursor().execute(sql, [param.codes]).fetchall()
        known = [code for (code,) in rows]
        for item in str(values[param.name]).split(","):
            if item not in known:
                raise UsageError(f"unknown {param.name} `{item}`; {suggest(item, known)}")


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


def used(query: Query, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that the statement names: DuckDB refuses others."""
    return bound(query.sql, values)
