"""A workbook for Excel: a README, the codebook, and one typed sheet a table."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import cite
from secdiplo import query as queries
from secdiplo.errors import SecdiploError
from secdiplo.export import variables
from secdiplo.export.contents import Contents
from secdiplo.output.workbook_cells import EXCEL_MAX_ROWS, checked_cell, new_workbook

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

EXCEL_MAX_COLUMNS = 16_384
MAX_COLUMN_WIDTH = 60
FIRST_DAY = datetime.date(1900, 3, 1)
"""Excel takes 1900 for a leap year and has no earlier years: days before are written as text."""
README, CODEBOOK, ABOUT = "README", "codebook", "about"


def xlsx(contents: Contents, folder: Path) -> None:
    """Write ``<dataset>.xlsx``.

    Raises
    ------
    SecdiploError
        xlsxwriter is not installed, or a cell or table is beyond what a workbook can hold.
    """
    for name, table in contents.tables.items():
        if contents.count(name) >= EXCEL_MAX_ROWS or len(table.columns) > EXCEL_MAX_COLUMNS:
            what = f"{name}: {contents.count(name):,} rows; a sheet holds {EXCEL_MAX_ROWS:,}"
            raise SecdiploError(f"{what} with the header; export another format than xlsx")
    with _book(contents, folder / f"{contents.name}.xlsx") as book:
        writer = _Writer(book)
        writer.sheet(README, ("what", "text"), _readme(contents))
        writer.sheet(CODEBOOK, variables.CODEBOOK_COLUMNS, variables.rows(contents))
        for name, table in contents.tables.items():
            header = [column.name for column in table.columns]
            writer.sheet(name, header, contents.rows(name), table.key)


def xlsx_file(contents: Contents, name: str, file: Path, about: Sequence[tuple[str, str]]) -> None:
    """Write one table as the first sheet of a workbook, and what it is as the second."""
    header = [column.name for column in contents.tables[name].columns]
    if contents.count(name) >= EXCEL_MAX_ROWS or len(header) > EXCEL_MAX_COLUMNS:
        what = f"{contents.count(name):,} rows; a sheet has at most {EXCEL_MAX_ROWS:,}"
        raise SecdiploError(f"{what} with the header; choose another format than xlsx")
    with _book(contents, file) as book:
        writer = _Writer(book)
        writer.sheet(
            re.sub(r"[\[\]:*?/\\']", "_", name)[:31] or "rows", header, contents.rows(name)
        )
        writer.sheet(ABOUT, ("what", "text"), about)


def _book(contents: Contents, file: Path) -> Workbook:
    """Return an empty workbook of a dataset."""
    return new_workbook(file, contents.built.dataset["title"], contents.label)


def _readme(contents: Contents) -> list[tuple[str, str]]:
    dataset = contents.built.dataset
    claims = "Claims" if dataset["exhaustive"] else "Does not claim"
    rows = [
        ("dataset", dataset["name"]),
        ("title", dataset["title"]),
        ("version", dataset["version"]),
        ("licence", dataset["licence"]),
        ("exhaustive", f"{claims} to hold every interaction in its scope."),
        ("status of rows", f"{queries.basis(contents.built).capitalize()}; see row_status."),
        ("made with", f"secdiplo {contents.built.manifest['toolkit']}"),
    ]
    rows += [("cite", text) for text in cite.text(contents.built).split("\n\n")]
    rows += [(f"unit: {unit}", meaning) for unit, meaning in queries.QUERY_UNITS.items()]
    rows += [
        (f"sheet: {name}", f"{table.grain} {contents.count(name):,} rows.")
        for name, table in contents.tables.items()
    ]
    rows += [
        ("sheet: codebook", "One row per column of one sheet: its meaning, unit and codes."),
        ("partial dates", "A date known to the month or year is text, as 2024-09 or 2024."),
        ("early dates", "A day before 1 March 1900 is text: Excel has no such days."),
        ("formulas", "No cell is a formula: a text that looks like one is kept as text."),
    ]
    return rows


class _Writer:
    """Writes sheets whose cells have the type of their values."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.plain = book.add_format({"valign": "top", "num_format": "@"})
        self.number = book.add_format({"valign": "top"})

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[Any]],
        key: Sequence[str] = (),
    ) -> None:
        """One sheet: a header that stays in sight, a filter, and widths that fit."""
        sheet = self.book.add_worksheet(name)
        widths = [len(text) + 4 for text in header]
        for place, text in enumerate(header):
            sheet.write_string(0, place, checked_cell(text, f"{name}, header"), self.bold)
        last = 0
        for last, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if cell is None:
                    continue
                where = f"{name}.{header[place]}, row {_row_name(header, row, key) or last}"
                widths[place] = max(widths[place], self._cell(sheet, last, place, cell, where))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(width, MAX_COLUMN_WIDTH))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(header) - 1)

    def _cell(self, sheet: Any, row: int, place: int, cell: Any, where: str) -> int:
        """Write one cell; return the width that it asks for."""
        if isinstance(cell, bool):
            sheet.write_boolean(row, place, cell, self.number)
        elif isinstance(cell, datetime.date):
            if cell < FIRST_DAY:
                sheet.write_string(row, place, cell.isoformat(), self.plain)
            else:
                sheet.write_datetime(row, place, cell, self.day)
            return 11
        elif isinstance(cell, int | float):
            sheet.write_number(row, place, cell, self.number)
        else:
            sheet.write_string(row, place, checked_cell(cell, where), self.plain)
        return len(str(cell)) + 1


def _row_name(header: Sequence[str], row: Sequence[Any], key: Sequence[str]) -> str:
    return ", ".join(str(row[header.index(name)]) for name in key)
