"""R: one data frame a file (rds), or all of them in one (RData).

Both are R's own serialization (version 2, which R reads since 1.4), written here because the
library that writes data frames from Python drops the labels of columns. Coded columns are
factors whose levels are the codes in the order of their list; dates are of class Date; ``label``
of a column holds its meaning, as the packages haven and labelled have it.
"""

from __future__ import annotations

import datetime
import gzip
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from secdiplo.errors import SecdiploError
from secdiplo.export.contents import Contents
from secdiplo.schema.tables import Column, Table

SYMBOL, PAIR, CHAR, LOGICAL, INTEGER, REAL, STRING, LIST, NIL = 1, 2, 9, 10, 13, 14, 16, 19, 254
OBJECT, ATTRIBUTES, TAG = 1 << 8, 1 << 9, 1 << 10
UTF8, ASCII = 1 << 15, 1 << 18  # how the letters of a text are coded
RDATA_HEADER = b"X\n" + struct.pack(">3i", 2, 0x030500, 0x020300)
NA_INTEGER = -(2**31)
NA_REAL = bytes.fromhex("7ff00000000007a2")
R_EPOCH = datetime.date(1970, 1, 1)


def rds(contents: Contents, folder: Path) -> None:
    """Write ``<table>.rds``."""
    for name in contents.tables:
        rds_file(contents, name, folder / f"{name}.rds")


def rds_file(contents: Contents, name: str, file: Path) -> None:
    """Write one table."""
    _save(file, RDATA_HEADER + _frame(contents, name))


def rdata(contents: Contents, folder: Path) -> None:
    """Write ``<dataset>.RData``, which holds a data frame for each table."""
    frames = {name: _frame(contents, name) for name in contents.tables}
    _save(folder / f"{contents.name}.RData", b"RDX2\n" + RDATA_HEADER + _pairs(frames))


def _save(file: Path, content: bytes) -> None:
    file.write_bytes(gzip.compress(content, 6, mtime=0))


# --- R's values -----------------------------------------------------------------------------


def _int(number: int) -> bytes:
    return struct.pack(">i", number)


def _char(text: str | None) -> bytes:
    if text is None:
        return _int(CHAR) + _int(-1)
    content = text.encode()
    coding = ASCII if text.isascii() else UTF8
    return _int(CHAR | coding) + _int(len(content)) + content


def _pairs(items: Mapping[str, bytes]) -> bytes:
    """A pairlist: attributes of a value, or the objects of a file."""
    out = b""
    for name, value in items.items():
        out += _int(PAIR | TAG) + _int(SYMBOL) + _char(name) + value
    return out + _int(NIL)


def _vector(
    kind: int, body: bytes, length: int, attributes: Mapping[str, bytes] | None = None
) -> bytes:
    about = attributes or {}
    flags = kind | (ATTRIBUTES if about else 0) | (OBJECT if "class" in about else 0)
    return _int(flags) + _int(length) + body + (_pairs(about) if about else b"")


def _strings(texts: Sequence[str | None], attributes: Mapping[str, bytes] | None = None) -> bytes:
    return _vector(STRING, b"".join(map(_char, texts)), len(texts), attributes)


def _integers(
    numbers: Sequence[int | None],
    attributes: Mapping[str, bytes] | None = None,
    kind: int = INTEGER,
) -> bytes:
    filled = [NA_INTEGER if number is None else int(number) for number in numbers]
    return _vector(kind, struct.pack(f">{len(filled)}i", *filled), len(filled), attributes)


def _reals(numbers: Sequence[float | None], attributes: Mapping[str, bytes]) -> bytes:
    body = b"".join(NA_REAL if n is None else struct.pack(">d", n) for n in numbers)
    return _vector(REAL, body, len(numbers), attributes)


# --- a table --------------------------------------------------------------------------------


def _frame(contents: Contents, name: str) -> bytes:
    table = contents.tables[name]
    rows = list(contents.rows(name))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    body = b"".join(
        _column(contents, table, column, cells)
        for column, cells in zip(table.columns, columns, strict=True)
    )
    dataset = contents.built.dataset
    attributes = {
        "names": _strings([column.name for column in table.columns]),
        "class": _strings(["data.frame"]),
        "row.names": _integers([None, -len(rows)]),
        "label": _strings([table.grain]),
        "key": _strings(table.key),
        "unit": _strings([table.unit]),
        "dataset": _strings([contents.label]),
        "licence": _strings([dataset["licence"]]),
        "citation": _strings([dataset["citation"]]),
    }
    return _vector(LIST, body, len(table.columns), attributes)


def _column(contents: Contents, table: Table, column: Column, cells: Sequence[Any]) -> bytes:
    about = {"label": _strings([column.meaning])}
    if column.unit:
        about["unit"] = _strings([column.unit])
    codes = contents.closed(column)
    if codes is not None:
        places: dict[str | None, int | None] = {code: n for n, code in enumerate(codes, 1)}
        places[None] = None
        strange = [cell for cell in cells if cell not in places]
        if strange:
            where = f"{table.name}.{column.name}: `{strange[0]}`"
            raise SecdiploError(f"{where} is not in the list `{column.codes}`; build them again")
        names = {"names": _strings(list(codes))}
        about["meanings"] = _strings([code.meaning for code in codes.values()], names)
        about |= {"levels": _strings(list(codes)), "class": _strings(["factor"])}
        return _integers([places[cell] for cell in cells], about)
    return _WRITERS.get(column.kind, _strings)(cells, about)


def _dates(cells: Sequence[Any], about: Mapping[str, bytes]) -> bytes:
    days = [None if day is None else float((day - R_EPOCH).days) for day in cells]
    return _reals(days, {**about, "class": _strings(["Date"])})


def _truths(cells: Sequence[Any], about: Mapping[str, bytes]) -> bytes:
    return _integers(cells, about, LOGICAL)


_WRITERS: dict[str, Callable[[Sequence[Any], Mapping[str, bytes]], bytes]] = {
    "date": _dates,
    "integer": _integers,
    "year": _integers,
    "number": _reals,
    "boolean": _truths,
}
