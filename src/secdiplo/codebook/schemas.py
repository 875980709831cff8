"""The declarations of tables as Frictionless Table Schemas (version 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
FRICTIONLESS_TYPES = {
    "text": "string",
    "code": "string",
    "list": "string",
    "partial_date": "string",
    "url": "string",
    "date": "date",
    "year": "year",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
DATE_PATTERN = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"


def table_schema(table: Table, codes: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The Frictionless Table Schema (v2) of a table.

    Parameters
    ----------
    table : Table
    codes : mapping
        The dataset's own code lists.

    Returns
    -------
    dict
        fields, primaryKey, foreignKeys and missingValues; units and the meaning of a blank
        stand in `unit` and `blank` of a field.
    """
    keys = [
        {
            "fields": [column.name],
            "reference": {
                "resource": column.ref.split(".")[0],
                "fields": [column.ref.split(".")[1]],
            },
        }
        for column in table.columns
        if column.ref
    ] + [
        {"fields": list(ours), "reference": {"resource": other, "fields": list(theirs)}}
        for ours, other, theirs in table.references
    ]
    schema: dict[str, Any] = {
        "$schema": TABLE_SCHEMA,
        "name": table.name,
        "description": table.grain,
        "fields": [_field(column, codes) for column in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if keys:
        schema["foreignKeys"] = keys
    if table.unit:
        schema["unit"] = table.unit
    return schema


def _field(column: Column, codes: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": FRICTIONLESS_TYPES[column.kind],
        "description": column.meaning,
    }
    if column.kind == "url":
        field["format"] = "uri"
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.kind == "partial_date":
        constraints["pattern"] = DATE_PATTERN
    closed = codes.get(column.codes) or LISTS.get(column.codes)
    if closed and not column.open_codes and column.kind == "code" and column.codes != "country":
        constraints["enum"] = list(closed)
    if constraints:
        field["constraints"] = constraints
    if column.unit:
        field["unit"] = column.unit
    if column.blank:
        field["blank"] = column.blank
    return field
