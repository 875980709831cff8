"""Curated sheets and seed annotations in, checked tables out, on a DuckDB connection.

The way of the data: bytes -> raw table of text (`layout`) -> verdicts on cells (`secdiplo.schema`)
-> staged rows with their dates (``sql/ingest/rows.sql``) -> rules over rows (``sql/checks``)
-> tables (``sql/ingest/<table>.sql``). Every problem is found before anything is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo import folder as folders
from secdiplo.errors import DataError, Problem
from secdiplo.folder import Folder
from secdiplo.ingest import layout, rules
from secdiplo.ingest.layout import Sheet
from secdiplo.tables import SHEETS

if TYPE_CHECKING:
    import duckdb

__all__ = ["Ingested", "ingest"]


@dataclass(frozen=True)
class Ingested:
    """What was read.

    Attributes
    ----------
    folder : Folder
        The dataset folder.
    sheets : dict of str to Sheet
        The sheets that the folder has.
    notices : list of Problem
        Unknown values of open lists: the dataset is valid, its reference cells are blank.
    """

    folder: Folder
    sheets: dict[str, Sheet] = field(default_factory=dict)
    notices: list[Problem] = field(default_factory=list)


def ingest(
    con: duckdb.DuckDBPyConnection, path: Path | str, *, make: bool = True
) -> Ingested:
    """Read a dataset folder, check all of it, and make its tables on the connection.

    Parameters
    ----------
    con : DuckDB connection
        An empty database; it ends up with one table for each of `secdiplo.tables.TABLES`.
    path : path
        The dataset folder.
    make : bool
        Whether to make the tables; a mere check stops before.

    Returns
    -------
    Ingested

    Raises
    ------
    DataError
        With every error of every file, in the order of file and line.
    """
    folder = folders.read(path)
    sheets, problems = _read_sheets(con, folder)
    broken = {problem.file for problem in problems}
    codes = rules.code_lists(con, folder, sheets)
    problems += rules.settings(folder, codes)
    for sheet in sheets.values():
        problems += rules.cells(con, sheet, codes)
    rules.stage(con, folder, sheets)
    found = rules.rows(con, sheets, codes, skip=broken)
    problems += [problem for problem in found if problem.level == "error"]
    if problems:
        raise DataError(_in_order(problems))
    if make:
        rules.make_tables(con, folder)
    return Ingested(folder, sheets, _in_order([p for p in found if p.level == "notice"]))


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(set(problems), key=lambda p: (p.file, p.line, p.column, p.what))


def _read_sheets(
    con: duckdb.DuckDBPyConnection, folder: Folder
) -> tuple[dict[str, Sheet], list[Problem]]:
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for table in SHEETS.values():
        if table.name == "mentions" and not folder.owns_annotations:
            continue
        path, label = folder.sheet(table.sheet)
        if not path.exists():
            if table.needed:
                what = f"no such file; every dataset folder has a {table.sheet}"
                problems.append(Problem(label, 1, "1", what))
            continue
        extra = folder.extra_columns if table.name == "interactions_sheet" else ()
        sheet, found = layout.read(con, table, path, label, extra)
        problems += found
        if sheet:
            sheets[table.name] = sheet
    return sheets, problems
