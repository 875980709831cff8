"""Databases: SQLite, which Datasette opens, and DuckDB; with keys, references and comments."""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from secdiplo.export import about
from secdiplo.export.contents import Contents, KeyReference
from secdiplo.schema.tables import Column, Table
from secdiplo.sql.quoting import literal, quoted

SQLITE_TYPES = {"VARCHAR": "TEXT", "DATE": "DATE", "INTEGER": "INTEGER", "DOUBLE": "REAL"}
# What DuckDB 1.1 can read as well; the default format of a release is for it and later ones.
STORAGE = "v1.0.0"
BLOCK, LARGE_BLOCK = 16_384, 262_144  # bytes; the large one is DuckDB's own choice
INDEXED_ROWS = 100_000  # rows, below which most columns would not fill one large block


def in_order(contents: Contents) -> dict[str, list[KeyReference]]:
    """The tables, each after those that it refers to, with the references that hold."""
    waiting = {name: contents.references(name) for name in contents.tables}
    ordered: dict[str, list[KeyReference]] = {}
    while waiting:
        ready = [
            name
            for name, references in waiting.items()
            if all(r.table in ordered or r.table == name for r in references)
        ]
        ordered |= {name: waiting.pop(name) for name in ready or list(waiting)}
    return ordered


def _constraints(contents: Contents, name: str, references: list[KeyReference]) -> list[str]:
    def listed(columns: tuple[str, ...]) -> str:
        return ", ".join(map(quoted, columns))

    kind = "primary key" if contents.unique(name) else "unique"
    return [f"{kind} ({listed(contents.tables[name].key)})"] + [
        f"foreign key ({listed(r.columns)}) references {quoted(r.table)} ({listed(r.others)})"
        for r in references
    ]


def _indexed(
    contents: Contents, name: str, references: list[KeyReference]
) -> list[tuple[str, ...]]:
    """Columns by which rows are looked up: references, dates and codes, but not the key."""
    table = contents.tables[name]
    found = [r.columns for r in references]
    found += [
        (column.name,)
        for column in table.columns
        if column.kind == "date" or (column.codes and column.kind == "code")
    ]
    return [columns for columns in dict.fromkeys(found) if columns != table.key]


# --- SQLite ---------------------------------------------------------------------------------


def sqlite(contents: Contents, folder: Path) -> None:
    """Write ``<dataset>.sqlite``, and ``metadata.json`` for Datasette."""
    file = folder / f"{contents.name}.sqlite"
    ordered = in_order(contents)
    with closing(sqlite3.connect(file, isolation_level=None)) as con:
        con.execute("pragma page_size = 4096")
        con.execute("begin")
        for name, references in ordered.items():
            con.execute(_sqlite_table(contents, name, references))
            marks = ", ".join("?" * len(contents.tables[name].columns))
            con.executemany(f"insert into {quoted(name)} values ({marks})", _plain(contents, name))
            for columns in _indexed(contents, name, references):
                index = quoted("_".join((name, *columns)))
                listed = ", ".join(map(quoted, columns))
                con.execute(f"create index {index} on {quoted(name)} ({listed})")
        con.execute("commit")
        con.execute("analyze")
        con.execute("vacuum")
    text = json.dumps(_datasette(contents), indent=2, ensure_ascii=False) + "\n"
    (folder / "metadata.json").write_text(text, encoding="utf-8")


def _sqlite_table(contents: Contents, name: str, references: list[KeyReference]) -> str:
    """The statement that makes a table; SQLite keeps the comments in it."""
    table = contents.tables[name]
    lines = []
    for column in table.columns:
        needed = " not null" if column.required else ""
        kind = SQLITE_TYPES.get(column.sql_type, column.sql_type)
        lines.append((f"{quoted(column.name)} {kind}{needed}", _comment(column)))
    lines += [(text, "") for text in _constraints(contents, name, references)]
    body = ""
    for place, (text, comment) in enumerate(lines, 1):
        mark = "," if place < len(lines) else ""
        body += f"  {text}{mark}" + (f" -- {comment}" if comment else "") + "\n"
    return f"create table {quoted(name)} ( -- {table.grain}\n{body})"


def _comment(column: Column) -> str:
    unit = f" Unit: {column.unit}." if column.unit else ""
    blank = f" Blank: {column.blank}" if column.blank else ""
    return f"{column.meaning}{unit}{blank}"


def _plain(contents: Contents, name: str) -> Iterator[tuple[Any, ...]]:
    for row in contents.rows(name):
        yield tuple(c.isoformat() if isinstance(c, datetime.date) else c for c in row)


def _datasette(contents: Contents) -> dict[str, Any]:
    """What Datasette shows beside the rows: titles, meanings, units, licence and source."""
    dataset = contents.built.dataset
    licence = about.licence(dataset["licence"])
    tables = {
        name: {
            "title": name,
            "description": _described(table),
            "columns": {column.name: _comment(column) for column in table.columns},
            "facets": [c.name for c in table.columns if contents.closed(c) is not None],
        }
        for name, table in contents.tables.items()
    }
    shared = {
        "title": dataset["title"],
        "description": f"{contents.label}. {dataset['citation']}".strip(),
        "license": licence["title"],
        "source": dataset["citation"] or dataset["title"],
    }
    if "path" in licence:
        shared["license_url"] = licence["path"]
    return {**shared, "databases": {contents.name: {**shared, "tables": tables}}}


def _described(table: Table) -> str:
    unit = f" Unit: {table.unit}." if table.unit else ""
    return f"{table.grain} Key: {', '.join(table.key)}.{unit}"


# --- DuckDB ---------------------------------------------------------------------------------


def duckdb_file(contents: Contents, folder: Path) -> None:
    """Write ``<dataset>.duckdb``."""
    import duckdb

    file = folder / f"{contents.name}.duckdb"
    with duckdb.connect() as con:
        rows = sum(contents.count(name) for name in contents.tables)
        block = BLOCK if rows < INDEXED_ROWS else LARGE_BLOCK
        options = f"storage_version {literal(STORAGE)}, block_size {block}"
        con.execute(f"attach {literal(str(file))} as target ({options})")
        con.execute("use target")
        for name, references in in_order(contents).items():
            table = contents.tables[name]
            columns = [
                f"{quoted(c.name)} {c.sql_type}" + (" not null" if c.required else "")
                for c in table.columns
            ]
            body = ", ".join([*columns, *_constraints(contents, name, references)])
            con.execute(f"create table {quoted(name)} ({body})")
            con.register("incoming", contents.arrow(name))
            con.execute(f"insert into {quoted(name)} select * from incoming")
            con.unregister("incoming")
            con.execute(f"comment on table {quoted(name)} is {literal(_described(table))}")
            for column in table.columns:
                place = f"{quoted(name)}.{quoted(column.name)}"
                con.execute(f"comment on column {place} is {literal(_comment(column))}")
        con.execute("use memory")
        con.execute("detach target")
