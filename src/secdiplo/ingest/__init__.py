"""Curated sheets and seed annotations in, checked tables out, on a DuckDB connection.

The way of the data: bytes -> raw table of text (`layout`) -> staged rows with their dates
(``sql/ingest/rows.sql``) -> verdicts on cells (`secdiplo.schema`) and rules over rows
(``sql/checks``), one sheet after the other (`judge`) -> tables (``sql/ingest/<table>.sql``).
Every problem is found before anything is refused.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo import folder as folders
from secdiplo import schema
from secdiplo.errors import DataError, Problem
from secdiplo.folder import Folder
from secdiplo.ingest import layout, rules
from secdiplo.ingest.judge import Judge, settings
from secdiplo.ingest.layout import Sheet
from secdiplo.tables import SHEETS

if TYPE_CHECKING:
    import duckdb

__all__ = ["Ingested", "ingest"]

REFERS = {"claims": "seeds", "mentions": "seeds", "pledges": "claims", "disagreements": "claims"}


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


def ingest(con: duckdb.DuckDBPyConnection, path: Path | str, *, make: str = "table") -> Ingested:
    """Read a dataset folder, check all of it, and make its tables on the connection.

    Parameters
    ----------
    con : DuckDB connection
        An empty database; it ends up with one table for each of `secdiplo.tables.TABLES`.
    path : path
        The dataset folder.
    make : str
        What to make of the tables: ``table``, ``view`` (for writing each out once), or nothing,
        where the folder is only checked.

    Returns
    -------
    Ingested

    Raises
    ------
    DataError
        With every error and notice of every file, in the order of file and line.
    """
    folder = folders.read(path)
    # Pandera takes as long to import as the rest of a small check: let both go on at once.
    warming = threading.Thread(target=schema.warm_up)
    warming.start()
    try:
        sheets, lost, problems = _read_sheets(con, folder)
        rules.stage(con, folder, sheets)
    finally:
        warming.join()
    judge = Judge(con, sheets, lost)
    problems += judge.all()
    problems = _in_order(problems + settings(folder, judge.codes))
    if any(problem.level == "error" for problem in problems):
        raise DataError(problems)
    if make:
        rules.make_tables(con, folder, make)
    return Ingested(folder, sheets, problems)


def _in_order(problems: list[Problem]) -> list[Problem]:
    def place(problem: Problem) -> tuple[str, int, int, str, str]:
        column = problem.column
        number = int(column) if column.isdecimal() else 0
        return problem.file, problem.line, number, column, problem.what

    return sorted(set(problems), key=place)


def _read_sheets(
    con: duckdb.DuckDBPyConnection, folder: Folder
) -> tuple[dict[str, Sheet], set[str], list[Problem]]:
    """The sheets that were read, the names of those that could not be, and the problems."""
    sheets: dict[str, Sheet] = {}
    lost: set[str] = set()
    problems: list[Problem] = []
    for table in SHEETS.values():
        if table.name == "mentions" and not folder.owns_annotations:
            continue
        path, label = folder.sheet(table.sheet)
        if not path.is_file():
            if path.exists():
                what = "not a file; put the sheet there, or take it away"
            elif table.needed:
                what = "no such file; add it, every dataset folder has one"
            else:
                continue
            lost.add(table.name)
            problems.append(Problem(label, 1, "1", what))
            continue
        extra = folder.extra_columns if table.name == "interactions_sheet" else ()
        sheet, found = layout.read(con, table, path, label, extra)
        problems += found
        if sheet:
            sheets[table.name] = sheet
        else:
            lost.add(table.name)
    return sheets, lost, problems + _missing(folder, sheets, lost) + _unknown(folder)


def _unknown(folder: Folder) -> list[Problem]:
    """Files that look like sheets and are none, so that nobody reads them."""
    known = {table.sheet: "" for table in SHEETS.values() if "/" in table.sheet}
    problems = []
    for place in ("curated", "reference"):
        for file in sorted((folder.path / place).glob("*.csv")):
            name = f"{place}/{file.name}"
            if name not in known:
                what = f"no sheet of this name is read; {schema.nearest(name, known)}"
                problems.append(Problem(name, 1, "1", what, "notice"))
    return problems


def _missing(folder: Folder, sheets: dict[str, Sheet], lost: set[str]) -> list[Problem]:
    """Sheets that another one refers to and that are not there."""
    problems = []
    for name, wanted in REFERS.items():
        if name in sheets and wanted not in sheets and wanted not in lost:
            lost.add(wanted)
            _, label = folder.sheet(SHEETS[wanted].sheet)
            what = f"no such file; add it, {sheets[name].label} refers to it"
            problems.append(Problem(label, 1, "1", what))
    return problems
