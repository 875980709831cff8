"""The codebook as rows: one a column, for a sheet of a workbook or a file beside the data."""

from __future__ import annotations

from secdiplo.export.contents import Contents

CODEBOOK_COLUMNS = (
    "table",
    "column",
    "kind",
    "meaning",
    "unit",
    "codes",
    "refers_to",
    "required",
    "blank_means",
    "in_key",
)


def rows(contents: Contents) -> list[tuple[str | None, ...]]:
    """One row a column of every table, in their order; a blank is None."""
    return [
        (
            name,
            column.name,
            column.kind,
            column.meaning,
            column.unit or None,
            column.codes or None,
            column.ref or None,
            "yes" if column.required else None,
            column.blank or None,
            "yes" if column.name in table.key else None,
        )
        for name, table in contents.tables.items()
        for column in table.columns
    ]
