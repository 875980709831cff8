"""Write workbooks: an empty one, and texts that a cell can contain."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import SecdiploError

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

EXCEL_MAX_CELL = 32_767  # code units of UTF-16
EXCEL_MAX_ROWS = 1_048_576  # with the header
FIXED_TIME = datetime.datetime(2000, 1, 1)  # equal data make equal bytes
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def new_workbook(file: Path, title: str, subject: str = "") -> Workbook:
    """Return an empty workbook in which no text is taken for anything else.

    Raises
    ------
    SecdiploError
        xlsxwriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        what = "xlsx needs the library xlsxwriter; pip install '.[exports]'"
        raise SecdiploError(what) from None
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": title, "subject": subject, "created": FIXED_TIME})
    return book


def checked_cell(text: str, where: str, remedy: str = "export another format than xlsx") -> str:
    """Return a text that a cell can contain whole.

    Raises
    ------
    SecdiploError
        It is too long, or has a character that no workbook can contain.
    """
    units = len(text) if len(text) * 2 <= EXCEL_MAX_CELL else len(text.encode("utf-16-le")) // 2
    if units > EXCEL_MAX_CELL:
        what = f"{units:,} letters; a cell holds {EXCEL_MAX_CELL:,}"
        raise SecdiploError(f"{where}: {what}; {remedy}")
    if bad := FORBIDDEN.search(text):
        what = f"the character U+{ord(bad[0]):04X}, which no workbook can hold"
        raise SecdiploError(f"{where}: {what}; remove it, or {remedy}")
    return text
