"""Declarations of every table and sheet: columns, meaning, unit, codes, keys, references."""

from __future__ import annotations

from secdiplo.schema.claims import SEED_TABLES
from secdiplo.schema.declarations import SQL_TYPES, Column, Table
from secdiplo.schema.events import CODING_SHEET, EVENT_TABLES
from secdiplo.schema.reference import CODES_SHEET, REFERENCE_TABLES, SESSIONS_SHEET

__all__ = ["CODING_SHEET", "SHEETS", "SQL_TYPES", "TABLES", "Column", "Table"]

TABLES: dict[str, Table] = {
    table.name: table for table in (*EVENT_TABLES, *REFERENCE_TABLES, *SEED_TABLES)
}

SHEETS: dict[str, Table] = {
    table.name: table
    for table in (CODING_SHEET, SESSIONS_SHEET, CODES_SHEET, *TABLES.values())
    if table.sheet
}
