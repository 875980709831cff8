"""A Data Package (version 2): a descriptor of CSV files, beside Parquet files of the same rows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from secdiplo.export import about, columnar, place
from secdiplo.export.contents import Contents
from secdiplo.output import csv_injection
from secdiplo.schema.frictionless import to_table_schema

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"}
NOT_RESOURCES = (
    "The Parquet files contain the same rows as the CSV files. They are not resources: the "
    "validators of Data Packages do not count their bytes, and read whole numbers as others where "
    "cells are blank."
)


def datapackage(contents: Contents, folder: Path) -> None:
    """Write ``datapackage.json`` with ``<table>.csv`` and ``<table>.parquet`` of every table.

    The resources are the CSV files. The description explains why the others are not listed.
    The date is left out, so that equal data make equal bytes; the version of
    the dataset says what it is.
    """
    columnar.csv_files(contents, folder)
    columnar.parquet(contents, folder)
    text = json.dumps(descriptor(contents, folder), indent=2, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def descriptor(contents: Contents, folder: Path) -> dict[str, Any]:
    """Return the descriptor of the CSV files in a folder."""
    dataset = contents.built.dataset
    licence = about.licence(dataset["licence"])
    licence["name"] = re.sub(r"[^-A-Za-z0-9._]+", "-", licence["name"])
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": re.sub(r"[^a-z0-9._-]+", "-", contents.name.casefold()),
        "title": dataset["title"],
        "description": f"{about.described(contents)} {NOT_RESOURCES}",
        "version": dataset["version"],
        "keywords": about.keywords(contents),
        "licenses": [licence],
        "citation": dataset["citation"],
        "csvFormulas": csv_injection.RULE,
    }
    if makers := about.makers(contents):
        package["contributors"] = [{"title": name, "roles": ["creator"]} for name in makers]
    if sources := about.sources(contents):
        package["sources"] = sources
    package["resources"] = [_resource(contents, folder, name) for name in contents.tables]
    return package


def _resource(contents: Contents, folder: Path, name: str) -> dict[str, Any]:
    table = contents.tables[name]
    file = folder / f"{name}.csv"
    return {
        "name": name,
        "type": "table",
        "path": file.name,
        "title": name,
        "description": table.grain,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": DIALECT,
        "bytes": file.stat().st_size,
        "hash": f"sha256:{place.digest(file)}",
        "schema": _schema(contents, name),
    }


def _schema(contents: Contents, name: str) -> dict[str, Any]:
    """The table's schema as ``schema/<table>.json`` has it, made exact for these rows."""
    table = contents.tables[name]
    labels = {
        listed: {code: item.label for code, item in items.items()}
        for listed, items in contents.lists.items()
    }
    schema = to_table_schema(table, labels)
    for column, field in zip(table.columns, schema["fields"], strict=True):
        field["name"] = csv_injection.guarded(column.name)  # as the header of the file has it
        codes = contents.closed(column)
        if codes is not None:
            field["categories"] = [
                {"value": code, "label": item.label if item.label != code else item.meaning}
                for code, item in codes.items()
            ]
    if not contents.unique(name):  # a primary key must not be blank, and a part of this one can
        schema.setdefault("uniqueKeys", []).append(schema.pop("primaryKey"))
    schema.pop("foreignKeys", None)
    # A reader of packages may take a row that fills only a part of a key for a broken one: such
    # a key stands under a name of its own.
    keys: dict[str, list[dict[str, Any]]] = {}
    for reference in contents.references(name):
        other = {"resource": reference.table, "fields": list(reference.others)}
        place_of = "foreignKeys" if reference.whole else "foreignKeysWhereFilled"
        entry = {"fields": list(reference.columns), "reference": other}
        keys.setdefault(place_of, []).append(entry)
    return schema | keys
