"""Open a file of rows, whatever its kind: text, a workbook, or the data of a program."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path

from secdiplo.errors import UsageError
from secdiplo.importer.readers import columnar, ods, text, workbook
from secdiplo.importer.readers.contents import DELIMITED_KINDS, kind_of, unpacked
from secdiplo.importer.readers.json_lines import json_lines
from secdiplo.importer.readers.source import FileNotices, ReadOptions, Source

__all__ = ["FileNotices", "ReadOptions", "Source", "open_source"]

MAX_BYTES = 2 << 30
WITH_ENCODING = {"text", "tab", "dta", "sav", "r"}
WITH_SHEETS = {"xlsx", "ods", "r"}
WITHOUT_HEADER = {"parquet", "dta", "sav", "r", "jsonl"}


def open_source(path: Path | str, sheet: str = "", options: ReadOptions | None = None) -> Source:
    """Open a file of rows and read its header.

    Parameters
    ----------
    path : path
        The file; its ending says what it is. It may be compressed, as in `theirs.csv.gz`.
    sheet : str
        The sheet of a workbook, or the data frame of an R file; the first one that is visible
        if blank.
    options : ReadOptions, optional
        The sheet, encoding, delimiter and header.

    Returns
    -------
    Source

    Raises
    ------
    UsageError
        No such file, a kind or size that is not read, or no such sheet.
    DataError
        The file is damaged, or is something else than its name says.
    """
    path = Path(path)
    options = options or ReadOptions(sheet)
    if not path.is_file():
        what = "a folder; name the file in it" if path.is_dir() else "no such file; name a CSV, "
        kinds = "" if path.is_dir() else "TSV, JSON lines, xlsx, ods, dta, sav, R or Parquet file"
        raise UsageError(f"{path}: {what}{kinds}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: over 2 GiB; split it, or leave out columns")
        target, folder = unpacked(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); choose another") from None
    try:
        source = _opened(target, str(path), options)
    except UsageError as error:
        _remove(folder)
        raise UsageError(str(error).replace(str(target), str(path))) from None
    except BaseException:
        _remove(folder)
        raise
    if folder:
        weakref.finalize(source, _remove, folder)
    return source


def _remove(folder: Path | None) -> None:
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(path: Path, name: str, options: ReadOptions) -> Source:
    """Open an unpacked file by the reader of its kind."""
    try:
        kind = kind_of(path, name)
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}); choose another") from None
    if options.sheet and kind not in WITH_SHEETS:
        raise UsageError(f"{name} has no sheets; remove `sheet` from the map")
    if options.encoding and kind not in WITH_ENCODING:
        raise UsageError(f"{name} is not a text file; remove `encoding`")
    if options.delimiter and kind != "text":
        raise UsageError(f"{name} has no delimiter to choose; remove `delimiter`")
    if options.header is False and kind in WITHOUT_HEADER:
        raise UsageError(f"{name} names its columns itself; remove `header`")
    if options.encoding:
        text.check_encoding(options.encoding)
    has_header = options.header is not False
    if kind in DELIMITED_KINDS:
        readers = {"text": text.delimited, "tab": text.tab}
        return readers[kind](path, options) if kind in readers else json_lines(path)
    if kind in {"xlsx", "ods"}:
        book = workbook.workbook if kind == "xlsx" else ods.ods
        return book(path, options.sheet, has_header)
    if kind == "r":
        return columnar.r_data(path, options.sheet, options.encoding)
    if kind == "parquet":
        return columnar.parquet(path)
    return (columnar.stata if kind == "dta" else columnar.spss)(path, options.encoding)
