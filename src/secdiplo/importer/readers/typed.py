"""Read files of typed values: Excel workbooks, Parquet and Stata data.

A date becomes ISO 8601 at the precision that the file itself gives it, so that a month that a
spreadsheet holds as its first day stays a month.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secdiplo import schema
from secdiplo.errors import SecdiploError, UsageError
from secdiplo.importer.readers.source import Record, Source, broken, clean, make_source, reason
from secdiplo.suggest import suggest

MAX_UNPACKED = 2 << 30
SOURCE_BATCH = 5_000  # rows of a columnar file that are held at once
FILE_TYPE_NAMES = {
    "xlsx": "an Excel workbook (.xlsx)",
    "xls": "an old or protected Excel workbook",
    "parquet": "Parquet (.parquet)",
    "dta": "Stata data (.dta)",
}


def _plain(value: Any, path: Path, line: int, column: str) -> str:
    """Write a typed value as text: no needless decimals, ISO dates, missing values blank."""
    if value is None or value != value:  # noqa: PLR0124 - as is every missing number or time
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "; ".join(_plain(item, path, line, column) for item in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    elif isinstance(value, datetime.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        value = value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    elif isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            raise broken(path, "bytes that are not text; store text", line, column) from None
    return clean(str(value))


def _quiet(rows: Iterator[Any]) -> Iterator[Any]:
    """Iterate without a library's warnings, and without changing them for anybody else."""
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                row = next(rows)
            except StopIteration:
                return
        yield row


def _guarded(path: Path, kind: str, records: Iterator[Record]) -> Iterator[Record]:
    """Iterate over what a library reads, and report what it raises on a damaged file."""
    try:
        yield from records
    except SecdiploError:
        raise
    except Exception as error:
        what = f"not readable as {FILE_TYPE_NAMES[kind]} ({reason(error)})"
        raise broken(path, f"{what}; it may be cut off: get it anew") from None


# --- workbooks ------------------------------------------------------------------------------


def workbook(path: Path, sheet: str, has_header: bool = True) -> Source:
    """Open one sheet of a workbook; the first visible one if none is named."""
    try:
        import openpyxl
    except ImportError:
        hint = "pip install 'secdiplo[excel]', or save the sheet as CSV"
        raise UsageError(f"{path}: reading .xlsx needs openpyxl; {hint}") from None
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise UsageError(f"{path}: over 2 GiB when unpacked; save the sheet as CSV")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        # A sheet that nobody sees is read only if it is named.
        ordered = sorted(book.worksheets, key=lambda found: found.sheet_state != "visible")
        names = [found.title for found in ordered]
        epoch = book.epoch.date()
        book.close()
    except SecdiploError:
        raise
    except Exception as error:
        what = f"not readable as {FILE_TYPE_NAMES['xlsx']} ({reason(error)})"
        raise broken(path, f"{what}; it may be cut off: get it anew") from None
    if not names:
        raise broken(path, "a workbook without a sheet; save the sheet as CSV")
    if sheet and sheet not in names:
        raise UsageError(f"{path}: no sheet `{sheet}`; {suggest(sheet, names)}")
    chosen = sheet or names[0]
    rest = [name for name in names if name != chosen]
    return make_source(
        path,
        lambda: _guarded(path, "xlsx", _excel_records(path, chosen)),
        ragged=True,
        has_header=has_header,
        sheets=(chosen, *rest),
        epoch=epoch,
    )


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
        pairs = _quiet(zip(*(each.iter_rows() for each in sheets), strict=True))
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
        what = f"the error value {schema.shown(value)}; mend the formula, or blank the cell"
        raise broken(path, what, line, str(place))
    text = _plain(value, path, line, str(place))
    if isinstance(value, datetime.date):
        return text[: _shown_length(cell.number_format)] or text
    return text


def _shown_length(number_format: str) -> int | None:
    """Return how many characters of an ISO date a cell displays: `Sep-24` is a month, not a day."""
    shown = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", number_format.lower())
    if "d" in shown or "y" not in shown:
        return None
    return 7 if "m" in shown else 4


# --- Parquet and Stata ----------------------------------------------------------------------


def parquet(path: Path) -> Source:
    """Open a Parquet file."""

    def records() -> Iterator[Record]:
        import pyarrow.parquet

        with pyarrow.parquet.ParquetFile(path) as file:
            names = [clean(name) for name in file.schema_arrow.names]
            yield 1, names
            line = 1
            for batch in file.iter_batches(SOURCE_BATCH):
                columns = [column.to_pylist() for column in batch.columns]
                for values in zip(*columns, strict=True):
                    line += 1
                    yield line, _plains(path, line, names, values)

    return make_source(path, lambda: _guarded(path, "parquet", records()))


def _plains(path: Path, line: int, names: list[str], values: tuple[Any, ...]) -> list[str]:
    return [_plain(v, path, line, name) for v, name in zip(values, names, strict=True)]


def stata(path: Path) -> Source:
    """Open Stata data; labelled numbers are read as their labels."""

    def records() -> Iterator[Record]:
        with _open_stata(path, iterator=True) as reader:
            labels = reader.value_labels()
        # A label that stands for two numbers cannot be told apart: then the numbers are read.
        clear = all(len(set(texts.values())) == len(texts) for texts in labels.values())
        with _open_stata(path, chunksize=SOURCE_BATCH, convert_categoricals=clear) as reader:
            line = 1
            periods = _periods(reader)
            for chunk in _quiet(iter(reader)):
                names = [clean(str(name)) for name in chunk.columns]
                if line == 1:
                    yield 1, names
                for values in chunk.itertuples(index=False, name=None):
                    line += 1
                    texts = _plains(path, line, names, values)
                    yield line, [_in_period(t, p) for t, p in zip(texts, periods, strict=True)]

    return make_source(path, lambda: _guarded(path, "dta", records()))


def _open_stata(path: Path, **options: Any) -> Any:
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader: Any = pd.read_stata(path, **options)
        reader.variable_labels()  # reads the head of the file, where its formats stand
        return reader


def _periods(reader: Any) -> list[str]:
    """Return the letter of each variable's display format: `m` for `%tm`, a month, and so on.

    The reader turns every period into its first day; only the format says how fine it is.
    """
    formats = [str(item) for item in reader._fmtlist]
    return [found[1] if (found := re.match(r"%-?t([wmqhy])", text)) else "" for text in formats]


def _in_period(text: str, period: str) -> str:
    if not text or not period:
        return text
    if period == "m":
        return text[:7]
    month = int(text[5:7])
    named = {"q": f" Q{(month + 2) // 3}", "h": f" H{(month + 5) // 6}", "w": f" week of {text}"}
    return text[:4] + named.get(period, "")
