"""Parquet and CSV: one file a table."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from secdiplo.export.contents import Contents
from secdiplo.export.guard import guarded


def parquet(contents: Contents, folder: Path) -> None:
    """Write ``<table>.parquet``; meanings, units and codes stand in the metadata of each field."""
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
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow([guarded(name) for name in header])
        writer.writerows([[guarded(_text(cell)) for cell in row] for row in rows])


def _text(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, datetime.date) else cell
