"""Cells of the coding sheet that are blank or have no column, filled as dataset.toml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from secdiplo import schema
from secdiplo.errors import Problem
from secdiplo.folder.reading import Folder
from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.schema.tables import CODING_SHEET, Table
from secdiplo.sql.quoting import literal, quoted

if TYPE_CHECKING:
    import duckdb

FOLLOWING = ("event_key", "counterpart_type")  # without these columns, each row tells their cells


def may_lack(table: Table, defaults: Mapping[str, str]) -> Table:
    """Return the declaration of the coding sheet with every column optional that can be absent.

    Needed are `date`, `counterpart`, and what dataset.toml gives no default for.
    """
    spared = {*FOLLOWING, *defaults}
    columns = tuple(
        replace(column, optional=_is_optional(table, column.name) or column.name in spared)
        for column in table.columns
    )
    return replace(table, columns=columns)


def _is_optional(table: Table, name: str) -> bool:
    column = table.by_name[name]
    return column.optional or (not column.required and name != "counterpart")


def problems(
    con: duckdb.DuckDBPyConnection, folder: Folder, sheets: Mapping[str, SourceTable]
) -> list[Problem]:
    """Find defaults that no cell of their column could be, and a home that nothing names.

    Without the sheet of codes, no code of a dataset is known to be wrong.
    """
    codes: dict[str, dict[str, str]] = {}
    if folder.defaults and "codes_sheet" in sheets:
        listed = con.execute("select list, code, label from raw_codes_sheet where list is not null")
        for name, code, label in listed.fetchall():
            codes.setdefault(name, {})[code] = label or ""
    found = []
    if not folder.home and "home" not in sheets[CODING_SHEET.name].columns:
        what = "`home.country` is missing; add it, or name the home of each row in a column `home`"
        found.append(Problem("dataset.toml", 1, "home.country", what))
    for name, value in folder.defaults.items():
        column = CODING_SHEET.by_name[name]
        verdict = schema.cell_rule(column, codes)(value)
        if verdict:
            what = schema.explain_cell(column, value, verdict, codes)
            key = f"defaults.{name}"
            found.append(Problem("dataset.toml", folder.line_of(key), key, what))
    return found


def fill(con: duckdb.DuckDBPyConnection, folder: Folder, sheet: SourceTable) -> None:
    """Fill the raw rows: with the defaults, and with what follows from the row itself.

    A sheet without `counterpart_type` names countries, and one without `event_key` has an event
    in each row. Empty rows stay empty, and imputed rows have no source to be filled in.
    """
    raw = sheet.raw
    is_empty = f"coalesce({', '.join(map(quoted, sheet.columns))}) is null"
    chosen = f"not ({is_empty}) and row_status is distinct from 'imputed'"
    # The rows are chosen before any is filled, since a filled row is not empty.
    if folder.defaults:
        cells = ", ".join(
            f"{quoted(name)} = coalesce({quoted(name)}, {literal(value)})"
            for name, value in folder.defaults.items()
        )
        con.execute(f"update {raw} set {cells} where {chosen}")
    if "counterpart_type" not in {*sheet.columns, *folder.defaults}:
        con.execute(f"update {raw} set counterpart_type = 'country' where counterpart is not null")
    if "event_key" not in sheet.columns:
        con.execute(
            f"update {raw} set event_key = k.key from (select place, base || case when n > 1 then "
            "'-' || n else '' end as key from (select place, base, row_number() over (partition "
            "by base order by place) as n from (select rowid as place, lower(concat_ws('-', date, "
            f"home, counterpart)) as base from {raw} where not ({is_empty})))) as k "
            f"where {raw}.rowid = k.place"
        )
