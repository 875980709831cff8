"""Queries on large tables: some steps in batches of events, the rest on their results.

DuckDB writes to disk what an aggregate or a join does not hold in memory, but not always enough
of it where several stand one after the other: on a hundred million rows it then ends for want of
memory. What a query counts belongs to one event each, so that its steps can be computed in
batches of events that need no disk.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from secdiplo.engine import Run
from secdiplo.errors import UsageError
from secdiplo.query.packaged import ALL_ROWS, Query

if TYPE_CHECKING:
    from secdiplo.store import Built
    from secdiplo.store.partitions import EventPartition


def runs(built: Built, query: Query, window: tuple[Any, Any]) -> tuple[Run, ...]:
    """How a query is run on large tables within the memory that there is.

    Parameters
    ----------
    built : Built
    query : Query
    window : (date or None, date or None)
        The days of the scope.

    Returns
    -------
    tuple of Run
        Empty where one statement will do.
    """
    if not query.batches:
        return ()
    from secdiplo.store.partitions import make_partitions

    found = make_partitions(built, *window, query.row)
    if not found or (query.batches == (ALL_ROWS,) and found[0].year is None):
        return ()
    texts = [
        query.narrowed(functools.partial(_source, built, window, partition)) for partition in found
    ]
    if query.batches == (ALL_ROWS,):
        return tuple(Run((), text) for text in texts)
    rest, before = query.sql, []
    for step in query.batches:
        table = f"batch_{step}"
        first, last = span(query.sql, step)
        rest = rest.replace(query.sql[first:last], f"    select * from {table}\n")
        for number, text in enumerate(texts):
            some = f"{text[: span(text, step)[1]]})\n\nselect * from {step}"
            into = f"insert into {table}" if number else f"create temp table {table} as"
            before.append(f"{into}\n{some}")
    return (Run(tuple(before), rest),)


def _source(
    built: Built, window: tuple[Any, Any], partition: EventPartition, name: str
) -> str | None:
    return built.source(name, *window, partition)


def span(sql: str, step: str) -> tuple[int, int]:
    r"""Where the text of a step begins and ends within its brackets.

    Raises
    ------
    UsageError
        There is no such step.

    Examples
    --------
    >>> sql = "with one as (\n    select 1\n)\n\nfrom one"
    >>> sql[slice(*span(sql, "one"))]
    '    select 1\n'
    """
    found = re.search(
        rf"^(?:with )?{step} as (?:not materialized )?\(\n(.*?)^\)", sql, re.DOTALL | re.MULTILINE
    )
    if not found:
        raise UsageError(f"a query has no step `{step}`; name one that it has")
    return found.start(1), found.end(1)
