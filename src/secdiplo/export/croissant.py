"""Croissant 1.1: JSON-LD by which tools of machine learning load the tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from secdiplo.export import about, columnar, place
from secdiplo.export.contents import Contents
from secdiplo.export.names import for_stata
from secdiplo.schema.tables import Column

VERSION = "http://mlcommons.org/croissant/1.1"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
CROISSANT_TYPES = {
    "date": "sc:Date",
    "year": "sc:Integer",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "url": "sc:URL",
}
FILES = {"parquet": "application/x-parquet", "csv": "text/csv"}


def croissant(contents: Contents, folder: Path) -> None:
    """Write ``croissant.json`` with ``<table>.csv`` and ``<table>.parquet`` of every table.

    The record sets read the Parquet files, whose cells have types; the CSV files are listed.
    """
    columnar.csv_files(contents, folder)
    columnar.parquet(contents, folder)
    text = json.dumps(metadata(contents, folder), indent=2, ensure_ascii=False) + "\n"
    (folder / "croissant.json").write_text(text, encoding="utf-8")


def metadata(contents: Contents, folder: Path) -> dict[str, Any]:
    """Return the JSON-LD of the files in a folder."""
    dataset = contents.built.dataset
    licence = about.licence(dataset["licence"])
    body: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": VERSION,
        "name": contents.name,
        "alternateName": dataset["title"],
        "description": about.described(contents),
        # A tool wants a version of three parts; data have two.
        "version": f"{dataset['version']}.0",
        "license": licence.get("path", licence["name"]),
        "citeAs": dataset["citation"] or f"{dataset['title']}, version {dataset['version']}.",
        "keywords": about.keywords(contents),
        "isLiveDataset": False,
    }
    if makers := about.makers(contents):
        body["creator"] = [{"@type": "sc:Organization", "name": name} for name in makers]
    if covered := about.covered(contents):
        body["temporalCoverage"] = "/".join(covered)
    body["distribution"] = [
        _file(folder / f"{name}.{ending}", kind, contents.tables[name].grain)
        for name in contents.tables
        for ending, kind in FILES.items()
    ]
    body["recordSet"] = [_record_set(contents, name) for name in contents.tables]
    return body


def _file(file: Path, kind: str, meaning: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "description": meaning,
        "contentUrl": file.name,
        "contentSize": f"{file.stat().st_size} B",
        "encodingFormat": kind,
        "sha256": place.digest(file),
    }


def _record_set(contents: Contents, name: str) -> dict[str, Any]:
    table = contents.tables[name]
    single = {r.columns[0]: r for r in contents.references(name) if len(r.columns) == 1}
    body: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": table.grain,
        "field": [],
    }
    if contents.unique(name):
        body["key"] = [{"@id": f"{name}/{column}"} for column in table.key]
    # An @id holds no blanks: the names that Stata takes hold none either, and stay distinct.
    ids = for_stata(list(table.by_name))
    for column in table.columns:
        field = _field(name, ids[column.name], column)
        if column.name in single and contents.any_value(name, column.name):
            other = single[column.name]
            # To the column of a file: readers do not join a record set that refers on itself, nor
            # a column without any value, which they read as numbers.
            field["references"] = {
                "fileObject": {"@id": f"{other.table}.parquet"},
                "extract": {"column": other.others[0]},
            }
        body["field"].append(field)
    return body


def _field(table: str, name: str, column: Column) -> dict[str, Any]:
    blank = f" Blank: {column.blank}" if column.blank else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{name}",
        "name": column.name,
        "description": f"{column.meaning}{blank}",
        "dataType": CROISSANT_TYPES.get(column.kind, "sc:Text"),
        "source": {
            "fileObject": {"@id": f"{table}.parquet"},
            "extract": {"column": column.name},
        },
    }
