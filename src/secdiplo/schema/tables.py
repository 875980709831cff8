"""Declarations of every table and sheet: columns, meaning, unit, codes, keys, references.

They are read from ``tables.json``, which `secdiplo.schema.generate` writes from the classes:
reading a dataset imports neither pandas nor Pandera.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from secdiplo.schema.declarations import SQL_TYPES, Column, Table
from secdiplo.schema.frictionless import (
    TABLES_JSON,
    from_core_schema,
    from_field,
    from_table_schema,
)
from secdiplo.sql.quoting import literal, quoted

__all__ = [
    "CODER_COLUMNS",
    "CODING_SHEET",
    "SHEETS",
    "SQL_TYPES",
    "TABLES",
    "Column",
    "Table",
    "carrying",
    "extra_columns",
    "sheets_of",
    "tables_of",
    "values_view",
]

_DECLARED = {
    place: {body["name"]: from_core_schema(body) for body in bodies}
    for place, bodies in json.loads(TABLES_JSON.read_bytes()).items()
}

TABLES: dict[str, Table] = _DECLARED["tables"]

SHEETS: dict[str, Table] = {
    name: table for name, table in {**_DECLARED["sheets"], **TABLES}.items() if table.sheet
}

CODING_SHEET = SHEETS["interactions_sheet"]

CODER_COLUMNS = (  # what the file of one coder may have beside the columns of the coding sheet
    Column("unit", "text", "What the coder was asked to code.", optional=True, example="U001"),
    Column("event_no", "text", "The number of the event in the unit.", optional=True, example="1"),
    Column("page_seen", "text", "The page that the coder read.", optional=True),
)


def tables_of(dataset: Mapping[str, Any]) -> dict[str, Table]:
    """The declarations of the tables of a dataset: those of the toolkit, then its own.

    Parameters
    ----------
    dataset : mapping
        What the manifest says of the dataset; its own tables are in ``tables``, and the further
        columns of its participations in ``extra_columns``.
    """
    own = (from_table_schema(body, own_sheet(body["name"])) for body in dataset["tables"])
    tables = {**TABLES, **{table.name: table for table in own}}
    if extra := extra_columns(dataset):
        tables["participations"] = carrying(tables["participations"], extra)
    return tables


def extra_columns(dataset: Mapping[str, Any]) -> tuple[Column, ...]:
    """The extra columns of the coding sheet of a dataset, of which the manifest says `dataset`."""
    return tuple(from_field(body, {}, "participations", {}) for body in dataset["extra_columns"])


def carrying(table: Table, extra: Iterable[Column]) -> Table:
    """The declaration of a table with the extra columns of a dataset after its own."""
    return replace(table, columns=(*table.columns, *extra))


NUMERIC = ("integer", "number")  # the kinds that have sums and means
VALUES_VIEW = "participation_values"


def values_view(extra: Sequence[Column]) -> str:
    """SQL of the view of all numeric extra columns: one row per participation and column."""
    rows = [
        f"select p.participation_id, {literal(column.name)} as extra_column, "
        f"{literal(column.unit)} as unit, cast(p.{quoted(column.name)} as double) as value "
        "from participations as p"
        for column in extra
        if column.kind in NUMERIC
    ]
    none = (
        "select p.participation_id, cast(null as varchar) as extra_column, "
        "cast(null as varchar) as unit, cast(null as double) as value "
        "from participations as p where false"
    )
    return " union all ".join(rows) or none


def sheets_of(own: Iterable[Table]) -> dict[str, Table]:
    """The declarations of the sheets of a dataset that declares some tables of its own."""
    return {**SHEETS, **{table.name: table for table in own}}


def own_sheet(name: str) -> str:
    """The file of a table that a dataset declares."""
    return f"curated/{name}.csv"
