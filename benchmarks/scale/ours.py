"""Our side in one process: a query or the panel, clocked after the imports.

Usage: python ours.py TASK TABLES SCOPE OUT          (a query's name, or panel)
       python ours.py spec TASK TABLES SCOPE OUT     (the statement for bare.py, as JSON)
       python ours.py spells TABLES OUT              (who is a state and when, as Parquet)
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import layout


def given_of(tables: Path, name: str, scope: str) -> dict:
    """The parameters of a query: a scope in place of the dataset's, where it has one."""
    from secdiplo import query as queries

    known = {param.name for param in queries.load(name).params}
    given = dict(layout.GIVEN.get(name, {}))
    return given | ({"scope": scope} if scope != "default" and "scope" in known else {})


def query(name: str, tables: Path, scope: str, out: Path) -> float:
    import duckdb  # noqa: F401

    from secdiplo import query as queries
    from secdiplo import store
    from secdiplo.output import render

    given = given_of(tables, name, scope)
    start = time.perf_counter()
    result = queries.run(store.open_tables(tables), name, given)
    out.write_text(render.render(result.columns, result.rows, "csv"), encoding="utf-8")
    return time.perf_counter() - start


def panel(tables: Path, scope: str, out: Path) -> float:
    import pandas  # noqa: F401

    import secdiplo as sd

    start = time.perf_counter()
    frame = sd.load(tables).panel(
        "dyad", "month", "cow", measures=layout.MEASURES, scope=layout.scope_of(tables, scope)
    )
    frame.to_csv(out, index=False)
    return time.perf_counter() - start


def spec(task: str, tables: Path, scope: str, out: Path) -> None:
    """Write the views, the statement and the parameters that we would run."""
    from secdiplo import query as queries
    from secdiplo import store

    built = store.open_tables(tables)
    if task == layout.PANEL:
        from secdiplo.panel import statement

        statement._gathered = lambda _, sql, __: sql  # one statement, without tables of its own
        made = statement.prepare(
            built,
            unit="dyad",
            freq="month",
            codes="cow",
            measures=layout.MEASURES,
            given={"scope": layout.scope_of(tables, scope)},
        )
        sql, values = made.sql, made.params
    else:
        found, values = queries.prepare(built, task, given_of(tables, task, scope))
        sql, values = found.sql, queries.used(found, values)
    listed = "select sql from duckdb_views() where not internal "
    # A view of values reads the table of participations, which is itself a view.
    listed += "order by view_name = 'participation_values', view_name"
    views = [row[0] for row in built.con.cursor().execute(listed).fetchall()]
    text = json.dumps({"views": views, "sql": sql, "values": values}, default=_day)
    out.write_text(text, encoding="utf-8")


def _day(value: object) -> dict:
    return {"day": str(value)}


def spells(tables: Path, out: Path) -> None:
    import duckdb

    from secdiplo.panel import membership

    duckdb.sql(membership.spells("cow")).write_parquet(str(out))


def main(args: list[str]) -> None:
    if args[0] == "spec":
        spec(args[1], Path(args[2]), args[3], Path(args[4]))
    elif args[0] == "spells":
        spells(Path(args[1]), Path(args[2]))
    else:
        task, tables, scope, out = args[0], Path(args[1]), args[2], Path(args[3])
        work = panel if task == layout.PANEL else lambda *rest: query(task, *rest)
        Path(f"{out}.seconds").write_text(str(work(tables, scope, out)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
