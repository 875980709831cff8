"""The rows of a table, all or those that belong to the participations that pass filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from secdiplo.engine.duck import ROW_BATCH
from secdiplo.errors import UsageError
from secdiplo.query.packaged import Query, parse
from secdiplo.query.running import Streamed, used, with_values
from secdiplo.schema.declarations import Table
from secdiplo.sql.quoting import quoted
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.store import Built

BY_ID = ("participation_id", "interaction_id", "event_id")
"""Columns by which rows belong to participations: the first that a table has decides."""
OFFICIAL = ("official_id", "agency", "official_rank")
SCOPE = "all"
HEADER = """-- title: The rows of a table
-- grain: {grain}
-- unit: {unit}
-- uses: scoped
"""


def read_rows(built: Built, name: str, filters: Mapping[str, Any]) -> Streamed:
    """Read the rows of a table.

    Parameters
    ----------
    built : Built
    name : str
        See `Dataset.tables`.
    filters : mapping
        The filters of queries. They select participations, and the rows that belong to these: by
        participation, interaction or event; sources by their events; officials by name, agency
        and rank. The scope is ``all`` if none is given.

    Returns
    -------
    Streamed
        Sorted by the key of the table.

    Raises
    ------
    UsageError
        There is no such table, filter or value, or the table takes no filters.
    """
    query, values = rows_query(built, name, filters)
    cursor = built.con.cursor().execute(query.sql, used(query, values))
    columns = tuple(column[0] for column in cursor.description or ())
    return Streamed(columns, iter(lambda: cursor.fetchmany(ROW_BATCH), []), query, values)


def rows_query(built: Built, name: str, filters: Mapping[str, Any]) -> tuple[Query, dict[str, Any]]:
    """Return the statement that `read_rows` runs, and the values of its parameters."""
    tables = built.tables
    if name not in tables:
        raise UsageError(f"no table `{name}`; {suggest(str(name), list(tables))}")
    table = tables[name]
    head = HEADER.format(grain=table.grain, unit=table.unit or "row")
    order = ", ".join(f"t.{quoted(column)}" for column in table.key)
    rows = f"select t.* from {quoted(name)} as t{{}} order by {order}"
    if not filters:
        built.need([name])
        return parse(name, head.replace("-- uses: scoped\n", "") + rows.format("")), {}
    query = parse(name, head + rows.format(f" where {_condition(table)}"))
    for given in filters:
        known = [param.name for param in query.accepted]
        if given not in known:
            raise UsageError(f"no filter `{given}`; {suggest(given, known, 'filters')}")
    built.need([name])
    return with_values(built, query, {"scope": SCOPE, **filters})


def _condition(table: Table) -> str:
    """Return the condition by which rows belong to the participations that pass, in SQL."""
    names = table.by_name
    for column in BY_ID:
        if column in names:
            return f"t.{column} in (select s.{column} from scoped as s)"
    if table.name == "sources":
        return (
            "t.source_id in (select e.source_id from event_sources as e "
            "where e.event_id in (select s.event_id from scoped as s))"
        )
    if table.name == "officials":
        equal = " and ".join(f"s.{column} = t.{column}" for column in OFFICIAL)
        return f"exists (select 1 from scoped as s where {equal})"
    raise UsageError(
        f"table `{table.name}` has no filters, because its rows do not belong to events; "
        "leave them out"
    )
