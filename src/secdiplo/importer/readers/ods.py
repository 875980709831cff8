"""Read OpenDocument spreadsheets, with the precision at which their cells show a date.

The file is read as a stream. The libraries for it give values without what the cells show, and
without what is merged or hidden.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo import schema
from secdiplo.errors import SecdiploError
from secdiplo.importer.readers.source import (
    MAX_SOURCE_COLUMNS,
    FileNotices,
    Record,
    Source,
    broken,
    reason,
)
from secdiplo.importer.readers.values import guarded
from secdiplo.importer.readers.workbook import (
    chosen_sheet,
    notice_layout,
    sheet_source,
    xml_events,
)
from secdiplo.ingest.workbook import check_size

ODS = "an OpenDocument spreadsheet (.ods)"
MAX_SHEET_ROWS = 1 << 20
HIDDEN = {"collapse", "filter"}


@dataclass
class _Styles:
    """What the styles of a file say: how dates are shown, and which tables are shown."""

    lengths: dict[str, int | None] = field(default_factory=dict)
    dates: dict[str, int | None] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def add(self, element: Any) -> None:
        name = _attribute(element, "name")
        if _tag(element) == "date-style":
            parts = {_tag(part) for part in element}
            is_day = "day" in parts or "day-of-week" in parts
            shown = None if is_day else 7 if "month" in parts else 4 if "year" in parts else None
            self.dates[name] = shown
        elif _tag(element) == "style":
            self.lengths[name] = self.dates.get(_attribute(element, "data-style-name"))
            if any(_attribute(part, "display") == "false" for part in element):
                self.hidden.add(name)


def ods(path: Path, sheet: str, has_header: bool = True) -> Source:
    """Open one sheet of an OpenDocument file; the first visible one if none is named."""
    notices = FileNotices(path)
    try:
        check_size(path)
        styles, visible = _overview(path)
        chosen = chosen_sheet(path, sheet, visible, notices)
        notice_layout(notices, *_layout(path, chosen))
    except SecdiploError:
        raise
    except Exception as error:
        what = f"not readable as {ODS} ({reason(error)})"
        raise broken(path, f"{what}; it may be cut off: get it again") from None
    return sheet_source(
        path,
        lambda: guarded(path, ODS, _records(path, chosen, styles)),
        chosen,
        visible,
        has_header=has_header,
        notices=notices,
    )


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Any, name: str) -> str:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def _events(path: Path, member: str = "content.xml") -> Iterator[tuple[str, Any]]:
    with zipfile.ZipFile(path) as archive, archive.open(member) as xml:
        yield from xml_events(path, xml)


def _overview(path: Path) -> tuple[_Styles, dict[str, bool]]:
    """Return the styles, and each sheet with whether it is visible."""
    styles, visible = _Styles(), {}
    with zipfile.ZipFile(path) as archive:
        members = [name for name in ("styles.xml", "content.xml") if name in archive.namelist()]
    for member in members:
        for event, element in _events(path, member):
            if event == "start" and _tag(element) == "table" and _attribute(element, "name"):
                is_hidden = _attribute(element, "style-name") in styles.hidden
                visible[_attribute(element, "name")] = not is_hidden
            elif event == "end" and _tag(element) in {"date-style", "style"}:
                styles.add(element)
            elif event == "end" and _tag(element) == "table-row":
                element.clear()
    return styles, visible


def _rows(path: Path, sheet: str) -> Iterator[tuple[str, Any]]:
    """Yield the columns and rows of one sheet as elements."""
    depth = 0  # a table in a cell is no sheet
    here = False
    for event, element in _events(path):
        name = _tag(element)
        if name == "table":
            depth += 1 if event == "start" else -1
            if depth == 1 and event == "start":
                here = _attribute(element, "name") == sheet
            elif depth == 0:
                element.clear()
        elif event == "end" and depth == 1 and name in {"table-row", "table-column"}:
            if here:
                yield name, element
            element.clear()


def _times(element: Any, kind: str) -> int:
    written = _attribute(element, f"number-{kind}-repeated")
    return int(written) if re.fullmatch(r"\d{1,9}", written) else 1


def _layout(path: Path, sheet: str) -> tuple[list[str], list[int], list[str]]:
    """Return the merged cells, the hidden rows and the hidden columns of a sheet."""
    merged, rows, columns, line, place = [], [], [], 1, 1
    for name, element in _rows(path, sheet):
        is_hidden = _attribute(element, "visibility") in HIDDEN
        if name == "table-column":
            times = _times(element, "columns")
            if is_hidden and place + times <= MAX_SOURCE_COLUMNS:
                columns.append(str(place) if times == 1 else f"{place} to {place + times - 1}")
            place += times
            continue
        cells = list(element)
        for cell in cells:
            spans = [_attribute(cell, f"number-{kind}-spanned") for kind in ("rows", "columns")]
            if any(span not in {"", "1"} for span in spans):
                merged.append(f"line {line}")
        if is_hidden and any(_attribute(cell, "value-type") for cell in cells):
            rows.append(line)
        line += _times(element, "rows")
    return merged, rows, columns


def _records(path: Path, sheet: str, styles: _Styles) -> Iterator[Record]:
    line = 1
    defaults: list[str] = []  # the style of the cells of a column that name none
    for name, element in _rows(path, sheet):
        if name == "table-column":
            room = MAX_SOURCE_COLUMNS + 1 - len(defaults)
            style = _attribute(element, "default-cell-style-name")
            defaults += [style] * min(_times(element, "columns"), room)
            continue
        times = _times(element, "rows")
        cells = _cells(path, line, element, styles, defaults)
        if any(cells):
            if line + times > MAX_SHEET_ROWS + 1:
                what = f"over {MAX_SHEET_ROWS:,} rows; a sheet cannot have more: get the file again"
                raise broken(path, what, line)
            for number in range(times):
                yield line + number, list(cells)
        line += times


def _cells(path: Path, line: int, row: Any, styles: _Styles, defaults: list[str]) -> list[str]:
    """Return the texts of a row, without the blank cells that end it."""
    texts: list[str] = []
    for cell in row:
        if _tag(cell) not in {"table-cell", "covered-table-cell"}:
            continue
        style = _attribute(cell, "style-name") or (
            defaults[len(texts)] if len(texts) < len(defaults) else ""
        )
        text = _text(path, line, len(texts) + 1, cell, styles.lengths.get(style))
        # One more than may be: then the header says that they are too many.
        texts += [text] * min(_times(cell, "columns"), MAX_SOURCE_COLUMNS + 1 - len(texts))
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(path: Path, line: int, place: int, cell: Any, length: int | None) -> str:
    kind = _attribute(cell, "value-type")
    # A comment in a cell is no text of it.
    shown = "\n".join(_flat(part) for part in cell if _tag(part) in {"p", "h"})
    if kind in {"float", "percentage", "currency"}:
        value = float(_attribute(cell, "value") or "nan")
        whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else _attribute(cell, "value")
    if kind == "boolean":
        return _attribute(cell, "boolean-value")
    if kind == "date":
        day, _, moment = _attribute(cell, "date-value").partition("T")
        if length:
            return day[:length]
        return f"{day} {moment}" if moment.strip("0:.") else day
    if re.match(r"#(REF|N/A|VALUE|NAME|DIV/0|NUM|NULL)[!?]?$|Err:\d+$", shown.strip()):
        what = f"the error value {schema.shown(shown)}; correct the formula, or blank the cell"
        raise broken(path, what, line, str(place))
    return shown


def _flat(element: Any) -> str:
    """Return the text of a paragraph; blanks and line breaks in it are elements."""
    blank = " " if _tag(element) in {"s", "tab", "line-break"} else ""
    inner = "".join(_flat(part) + (part.tail or "") for part in element)
    return blank + (element.text or "") + inner
