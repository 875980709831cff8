"""Parquet and CSV: one file a table."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from secdiplo.export.contents import Contents
from secdiplo.output.csv_injection import guarded

# The csv module leaves a lone carriage return unquoted, which readers take for the end of a row.
QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def parquet(contents: Contents, folder: Path) -> None:
    """Write ``<table>.parquet``; meanings, units and codes are in the metadata of each field."""
    import pyarrow
    import pyarrow.parquet

    for name, table in contents.tables.items():
        rows = contents.arrow(name)
        fields = []
        for column, kind in zip(table.columns, rows.schema.types, strict=True):
            about = {"description": column.meaning, "unit": column.unit, "blank": column.blank}
            about |= {"codes": column.codes, "references": column.ref}
            fields.append(
                pyarrow.field(
                    column.name, kind, metadata={key: text for key, text in about.items() if text}
                )
            )
        dataset = contents.built.dataset
        columns = {c.name: {"meaning": c.meaning, "unit": c.unit} for c in table.columns}
        metadata = {
            "secdiplo:table": name,
            "secdiplo:grain": table.grain,
            "secdiplo:unit": table.unit,
            "secdiplo:key": ", ".join(table.key),
            "secdiplo:dataset": dataset["name"],
            "secdiplo:version": dataset["version"],
            "secdiplo:licence": dataset["licence"],
            "secdiplo:columns": json.dumps(columns, ensure_ascii=False),
        }
        schema = pyarrow.schema(fields, metadata=metadata)
        pyarrow.parquet.write_table(
            pyarrow.Table.from_arrays(rows.columns, schema=schema),
            folder / f"{name}.parquet",
            compression="zstd",
        )


def csv_files(contents: Contents, folder: Path) -> None:
    """Write ``<table>.csv``: UTF-8, LF, blanks empty, dates in ISO 8601, formulas guarded."""
    for name, table in contents.tables.items():
        header = [column.name for column in table.columns]
        write_csv(folder / f"{name}.csv", header, contents.rows(name))


def write_csv(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV whose texts no spreadsheet takes for a formula."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        for row in itertools.chain([header], rows):
            opened.write(",".join(map(_text, row)) + "\n")


def _text(cell: Any) -> str:
    """Return a cell as the file has it; one with a line break of any kind is quoted."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    text = str(guarded(cell))
    if QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
