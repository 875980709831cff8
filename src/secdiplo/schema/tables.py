"""Declarations of every table and sheet: columns, meaning, unit, codes, keys, references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from secdiplo.schema.claims import SEED_TABLES
from secdiplo.schema.declarations import SQL_TYPES, Column, Table
from secdiplo.schema.events import CODING_SHEET, EVENT_TABLES
from secdiplo.schema.frictionless import from_table_schema
from secdiplo.schema.reference import CODES_SHEET, REFERENCE_TABLES, SESSIONS_SHEET

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

TABLES: dict[str, Table] = {
    table.name: table for table in (*EVENT_TABLES, *REFERENCE_TABLES, *SEED_TABLES)
}

SHEETS: dict[str, Table] = {
    table.name: table
    for table in (CODING_SHEET, SESSIONS_SHEET, CODES_SHEET, *TABLES.values())
    if table.sheet
}


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
