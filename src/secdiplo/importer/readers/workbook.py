"""Read Excel workbooks, with the precision at which their cells show a date.

A month that a spreadsheet stores as its first day stays a month.
"""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from secdiplo import schema
from secdiplo.errors import SecdiploError, UsageError
from secdiplo.importer.readers.source import (
    FileNotices,
    Record,
    Source,
    broken,
    make_source,
    reason,
)
from secdiplo.importer.readers.values import guarded, plain, quiet
from secdiplo.ingest.workbook import check_size, shown_length
from secdiplo.suggest import suggest

XLSX = "an Excel workbook (.xlsx)"
SHOWN_CELLS = 3  # of those that are merged, as examples


def chosen_sheet(path: Path, sheet: str, visible: dict[str, bool], notices: FileNotices) -> str:
    """Return the sheet to read: the one that is named, or the first visible one.

    Raises
    ------
    UsageError
        There is no sheet of that name.
    DataError
        There is no sheet at all.
    """
    names = sorted(visible, key=lambda name: not visible[name])
    if not names:
        raise broken(path, "a workbook without a sheet; save the sheet as CSV")
    if sheet and sheet not in names:
        raise UsageError(f"{path}: no sheet `{sheet}`; {suggest(sheet, names)}")
    chosen = sheet or names[0]
    if not visible[chosen]:
        notices.add(f"sheet `{chosen}` is hidden; check that it is the one to read")
    return chosen


def workbook(path: Path, sheet: str, has_header: bool = True) -> Source:
    """Open one sheet of a workbook; the first visible one if none is named."""
    try:
        import openpyxl
    except ImportError:
        hint = "pip install '.[excel]', or save the sheet as CSV"
        raise UsageError(f"{path}: reading .xlsx needs openpyxl; {hint}") from None
    notices = FileNotices(path)
    try:
        check_size(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        visible = {page.title: page.sheet_state == "visible" for page in book.worksheets}
        epoch = book.epoch.date()
        chosen = chosen_sheet(path, sheet, visible, notices)
        _notice_layout(book[chosen], notices)
        book.close()
    except SecdiploError:
        raise
    except Exception as error:
        what = f"not readable as {XLSX} ({reason(error)})"
        raise broken(path, f"{what}; it may be cut off: get it again") from None
    return sheet_source(
        path,
        lambda: guarded(path, XLSX, _excel_records(path, chosen)),
        chosen,
        visible,
        has_header=has_header,
        epoch=epoch,
        notices=notices,
    )


def sheet_source(
    path: Path,
    records: Callable[[], Iterator[Record]],
    chosen: str,
    visible: dict[str, bool],
    **more: Any,
) -> Source:
    """Make the source of one sheet of several; the others follow it, hidden ones last."""
    rest = [name for name in sorted(visible, key=lambda n: not visible[n]) if name != chosen]
    return make_source(
        path,
        records,
        ragged=True,
        sheets=(chosen, *rest),
        hidden=tuple(name for name in rest if not visible[name]),
        **more,
    )


def xml_events(path: Path, xml: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the starts and ends of the elements of an XML file.

    Raises
    ------
    DataError
        It declares entities, which no spreadsheet does, and which can grow without bound.
    """
    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    is_first = True
    while part := xml.read(1 << 16):
        if is_first and b"<!DOCTYPE" in part:
            raise broken(
                path, "a spreadsheet with a DOCTYPE, which no spreadsheet has; get it again"
            )
        is_first = False
        parser.feed(part)
        yield from parser.read_events()
    parser.close()


def _notice_layout(page: Any, notices: FileNotices) -> None:
    """Note the merged cells, hidden rows and hidden columns of a sheet."""
    merged: list[str] = []
    rows: list[int] = []
    columns: list[str] = []
    with page._get_source() as xml:
        for event, element in xml_events(notices.path, xml):
            if event == "start":
                continue
            name = element.tag.rpartition("}")[2]
            if name == "mergeCell":
                merged.append(element.get("ref", ""))
            elif name == "row" and element.get("hidden") in {"1", "true"}:
                rows.append(int(element.get("r", 0)))
            elif name == "col" and element.get("hidden") in {"1", "true"}:
                columns.append(f"{element.get('min')} to {element.get('max')}")
            if name in {"row", "mergeCell", "col"}:
                element.clear()
    notice_layout(notices, merged, rows, columns)


def notice_layout(
    notices: FileNotices, merged: list[str], rows: list[int], columns: list[str]
) -> None:
    """Note what a person sees in a sheet, and its cells do not tell.

    Parameters
    ----------
    notices : FileNotices
    merged : list of str
        Ranges of merged cells.
    rows : list of int
        Hidden rows.
    columns : list of str
        Hidden columns.
    """
    if merged:
        shown = ", ".join(merged[:SHOWN_CELLS]) + (", ..." if len(merged) > SHOWN_CELLS else "")
        many = f"{len(merged):,} range{'s' * (len(merged) != 1)} of merged cells ({shown})"
        what = "only the first cell of each has its value; unmerge them and fill the others"
        notices.add(f"{many}: {what}")
    if rows:
        many = f"{len(rows):,} hidden row{'s' * (len(rows) != 1)}, the first at line {rows[0]}"
        notices.add(f"{many}: they are read; delete them if they are not data", rows[0])
    if columns:
        notices.add(f"hidden columns (number {', '.join(columns[:5])}): they are read as others")


def _excel_records(path: Path, sheet: str) -> Iterator[Record]:
    """Read a sheet twice at once: the values that were last computed, and the formulas.

    No formula is evaluated. One whose value the workbook does not hold would read as a blank,
    which nobody would notice.
    """
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        books = [
            openpyxl.load_workbook(path, read_only=True, data_only=computed, keep_links=False)
            for computed in (True, False)
        ]
    try:
        sheets = [book[sheet] for book in books]
        for each in sheets:
            each.reset_dimensions()  # what a file says of its size can be anything
        pairs = quiet(zip(*(each.iter_rows() for each in sheets), strict=True))
        for line, (values, formulas) in enumerate(pairs, 1):
            yield (
                line,
                [
                    _excel_text(path, line, place, value, formula)
                    for place, (value, formula) in enumerate(zip(values, formulas, strict=True), 1)
                ],
            )
    finally:
        for book in books:
            book.close()


def _excel_text(path: Path, line: int, place: int, cell: Any, formula: Any) -> str:
    value = cell.value
    if value is None:
        if isinstance(formula.value, str) and formula.value.startswith("="):
            what = "a formula whose value the workbook lacks; save it in a spreadsheet program"
            raise broken(path, what, line, str(place))
        return ""
    if cell.data_type == "e":
        what = f"the error value {schema.shown(value)}; correct the formula, or blank the cell"
        raise broken(path, what, line, str(place))
    text = plain(value, path, line, str(place))
    if isinstance(value, datetime.date):
        return text[: shown_length(cell.number_format)] or text
    return text
