"""Declarations of every table and sheet: columns, meaning, unit, codes, keys, references.

They are read from ``tables.json``, which `secdiplo.schema.generate` writes from the classes:
reading a dataset imports neither pandas nor Pandera.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from secdiplo.schema.declarations import SQL_TYPES, Column, Table
from secdiplo.schema.frictionless import TABLES_JSON, from_core_schema, from_table_schema

__all__ = [
    "CODING_SHEET",
    "SHEETS",
    "SQL_TYPES",
    "TABLES",
    "Column",
    "Table",
    "sheets_of",
    "tables_of",
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


def tables_of(dataset: Mapping[str, Any]) -> dict[str, Table]:
    """The declarations of the tables of a dataset: those of the toolkit, then its own.

    Parameters
    ----------
    dataset : mapping
        What the manifest says of the dataset; its own tables stand in ``tables``.
    """
    own = (from_table_schema(body, own_sheet(body["name"])) for body in dataset["tables"])
    return {**TABLES, **{table.name: table for table in own}}


def sheets_of(own: Iterable[Table]) -> dict[str, Table]:
    """The declarations of the sheets of a dataset that declares some tables of its own."""
    return {**SHEETS, **{table.name: table for table in own}}


def own_sheet(name: str) -> str:
    """The file of a table that a dataset declares."""
    return f"curated/{name}.csv"
