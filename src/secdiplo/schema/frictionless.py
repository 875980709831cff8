"""Declarations as Frictionless Table Schemas (version 2), and back.

Beside what the standard has, a field may say ``kind`` (what a text holds), ``codes`` (the name of
its code list), ``unit``, ``blank`` (what a blank means), ``derived`` and ``optional``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from secdiplo.schema.codes import LISTS
from secdiplo.schema.declarations import Column, Table

TABLES_JSON = Path(__file__).with_name("tables.json")  # of the toolkit's own tables
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
FLAGS = {"derived": "derived", "optional": "optional", "open_codes": "openCodes"}
TEXT_KINDS = ("code", "list", "partial_date")  # that the type and format of a field do not tell
LIMITS = ("unique", "pattern", "minLength", "maxLength", "minimum", "maximum")
NO_LIMITS = {"required", "enum"}  # constraints that a column has in other ways


def to_table_schema(table: Table, codes: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
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
        are in `unit` and `blank` of a field.
    """
    keys = [
        {"fields": list(ours), "reference": {"resource": other, "fields": list(theirs)}}
        for ours, other, theirs in table.every_reference
    ]
    schema: dict[str, Any] = {
        "$schema": TABLE_SCHEMA,
        "name": table.name,
        **({"title": table.title} if table.title else {}),
        "description": table.grain,
        "fields": [to_field(column, {**table.lists, **codes}) for column in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if keys:
        schema["foreignKeys"] = keys
    if table.unique:
        schema["uniqueKeys"] = [list(names) for names in table.unique]
    if table.unit:
        schema["unit"] = table.unit
    return schema


def to_field(column: Column, codes: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the field of a Table Schema that declares a column."""
    field: dict[str, Any] = {
        "name": column.name,
        "type": FRICTIONLESS_TYPES[column.kind],
        "description": column.meaning,
    }
    if column.kind == "url":
        field["format"] = "uri"
    if column.kind in TEXT_KINDS:
        field["kind"] = column.kind
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.kind == "partial_date":
        constraints["pattern"] = DATE_PATTERN
    constraints.update(column.limits)
    closed = codes.get(column.codes) or LISTS.get(column.codes)
    if closed and not column.open_codes and column.kind == "code" and column.codes != "country":
        constraints["enum"] = list(closed)
    if constraints:
        field["constraints"] = constraints
    texts = {"codes": column.codes, "unit": column.unit, "blank": column.blank}
    field.update({key: text for key, text in texts.items() if text})
    field.update({key: True for name, key in FLAGS.items() if getattr(column, name)})
    if column.imputed is not None:
        field["imputed"] = column.imputed
    if column.example is not None:
        field["example"] = column.example
    return field


def from_table_schema(body: Mapping[str, Any], sheet: str = "") -> Table:
    """The declaration of a Table Schema that is known to be right.

    Parameters
    ----------
    body : mapping
        As `to_table_schema` makes it, or a file of the folder ``tables`` of a dataset that
        `secdiplo.folder.own_tables` finds nothing wrong with.
    sheet : str
        The file that the rows are read from.

    Returns
    -------
    Table
    """
    name = str(body["name"])
    lists: dict[str, dict[str, str]] = {}
    single: dict[str, str] = {}
    references = []
    for key in body.get("foreignKeys", ()):
        ours = names_of(key["fields"])
        theirs = names_of(key["reference"]["fields"])
        other = key["reference"]["resource"] or name
        if len(ours) == 1 and ours[0] not in single:
            single[ours[0]] = f"{other}.{theirs[0]}"
        else:
            references.append((ours, other, theirs))
    return Table(
        name,
        grain=body.get("description") or body["title"],
        key=names_of(body["primaryKey"]),
        columns=tuple(from_field(field, single, name, lists) for field in body["fields"]),
        sheet=sheet,
        unit=body.get("unit", ""),
        references=tuple(references),
        group="own",
        title=body.get("title", ""),
        unique=tuple(names_of(names) for names in body.get("uniqueKeys", ())),
        lists=lists,
    )


def to_core_schema(table: Table) -> dict[str, Any]:
    """Return the Table Schema of a table or sheet of the toolkit, with what only these have."""
    own = {"sheet": table.sheet, "needed": table.needed, "group": table.group}
    return {**to_table_schema(table, {}), **own}


def from_core_schema(body: Mapping[str, Any]) -> Table:
    """Return the declaration that `to_core_schema` wrote."""
    table = from_table_schema(body, body["sheet"])
    return replace(table, needed=body["needed"], group=body["group"])


def names_of(names: str | list[str]) -> tuple[str, ...]:
    """The names of a key, which may be one text."""
    return (names,) if isinstance(names, str) else tuple(names)


def from_field(
    field: Mapping[str, Any],
    references: Mapping[str, str],
    table: str,
    lists: dict[str, dict[str, str]],
) -> Column:
    """The column of a field; a list of codes in it goes into `lists`."""
    constraints = field.get("constraints", {})
    kind, codes = kind_of(field), field.get("codes", "")
    if not codes and (listed := codes_within(field)):
        codes = f"{table}.{field['name']}"
        lists[codes] = listed
    limits: tuple[tuple[str, Any], ...] = ()
    if constraints.keys() - NO_LIMITS:
        limits = tuple((name, constraints[name]) for name in LIMITS if name in constraints)
    if kind == "partial_date":  # its pattern is that of the kind
        limits = tuple(limit for limit in limits if limit[0] != "pattern")
    return Column(
        field["name"],
        kind,
        field.get("description") or field.get("title") or f"{field['name']}.",
        required=bool(constraints.get("required")),
        blank=field.get("blank", ""),
        codes=codes,
        unit=field.get("unit", ""),
        ref=references.get(field["name"], ""),
        limits=limits,
        imputed=field.get("imputed"),
        example=field.get("example"),
        derived=bool(field.get("derived")),
        optional=bool(field.get("optional")),
        open_codes=bool(field.get("openCodes")),
    )


def kind_of(field: Mapping[str, Any]) -> str:
    """What a field holds; blank where no column can hold its type."""
    stated = field.get("type", "string")
    if stated == "list":
        return "list"
    if stated != "string":
        return str(stated) if FRICTIONLESS_TYPES.get(stated) == stated else ""
    if "kind" in field:
        return str(field["kind"]) if field["kind"] in ("text", *TEXT_KINDS) else ""
    if field.get("codes") or codes_within(field):
        return "code"
    return "url" if field.get("format") == "uri" else "text"


def codes_within(field: Mapping[str, Any]) -> dict[str, str]:
    """The codes that a field lists itself, with what each means."""
    found: dict[str, str] = {}
    for item in field.get("categories", ()):
        if isinstance(item, Mapping):
            found[str(item["value"])] = str(item.get("label") or item["value"])
        else:
            found[str(item)] = str(item)
    return found or {str(code): str(code) for code in field.get("constraints", {}).get("enum", ())}
