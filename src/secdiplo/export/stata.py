"""Stata's dta, version 118: one file a table.

The format holds what a codebook says: variable labels, value labels and notes. It is written
here, to the byte, because a file must not hold the time at which it was made and has to carry
the whole meaning of a column as a note, which no library writes.

A column with a closed list of codes becomes a labelled whole number, so that ``tab``, ``i.`` and
the order of the list work. The label of a value is the code itself: ``decode`` gives back the
column, and conditions read ``format == "bilateral":format``.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo.errors import SecdiploError
from secdiplo.export.columnar import write_csv
from secdiplo.export.contents import Code, Contents
from secdiplo.export.names import for_stata, shortened
from secdiplo.schema.tables import Column, Table

MAX_LABEL = 80  # letters of a variable's label
MAX_FIXED = 244  # bytes of a text that is held in its row; longer ones are strL
MAX_NOTE = 67_784  # bytes
STATA_EPOCH = datetime.date(1960, 1, 1)
STRL, DOUBLE, LONG, INT, BYTE = 32768, 65526, 65528, 65529, 65530
PACK = {DOUBLE: "d", LONG: "i", INT: "h", BYTE: "b"}
STATA_MISSING = {DOUBLE: struct.unpack("<d", b"\0" * 6 + b"\xe0\x7f")[0], LONG: 2_147_483_621}
STATA_MISSING |= {INT: 32_741, BYTE: 101}
CODED = "Coded columns are whole numbers whose value labels are the codes; decode gives them back."
MAX_BYTE = 100  # the greatest value of a byte


@dataclass
class StataVariable:
    """One column as Stata has it: type, display format, and how a cell becomes its value."""

    column: Column
    name: str
    type: int
    format: str
    value: Callable[[Any], Any]
    codes: dict[str, Code] = field(default_factory=dict)


def dta(contents: Contents, folder: Path) -> None:
    """Write ``<table>.dta``, and ``names.csv`` where a column had to be renamed."""
    renamed: list[tuple[str, str, str]] = []
    for name in contents.tables:
        renamed += dta_file(contents, name, folder / f"{name}.dta")
    if renamed:
        write_csv(folder / "names.csv", ("table", "column", "name_in_stata"), renamed)
        contents.notices.extend(
            f"dta: {table}.{column} is named {name} there; names.csv lists it"
            for table, column, name in renamed
        )


def dta_file(contents: Contents, name: str, file: Path) -> list[tuple[str, str, str]]:
    """Write one table; return its name, a column and the name of that in Stata, if they differ."""
    table, rows = contents.tables[name], list(contents.rows(name))
    variables = _variables(contents, table, rows)
    _write(file, contents, table, variables, rows)
    return [(name, v.column.name, v.name) for v in variables if v.name != v.column.name]


def _variables(
    contents: Contents, table: Table, rows: Sequence[tuple[Any, ...]]
) -> list[StataVariable]:
    names = for_stata([column.name for column in table.columns])
    return [
        _variable(contents, table, column, names[column.name], [row[place] for row in rows])
        for place, column in enumerate(table.columns)
    ]


def _variable(
    contents: Contents, table: Table, column: Column, name: str, cells: Sequence[Any]
) -> StataVariable:
    def refuse(what: str) -> SecdiploError:
        return SecdiploError(f"{table.name}.{column.name}: {what}; export another format than dta")

    codes = contents.closed(column)
    if codes is not None:
        numbers = {code: number for number, code in enumerate(codes, 1)}
        strange = sorted({cell for cell in cells if cell is not None} - set(numbers))
        if strange:
            raise refuse(f"`{strange[0]}` is not in the list `{column.codes}`")
        kind = BYTE if len(numbers) <= MAX_BYTE else LONG
        return StataVariable(column, name, kind, "%12.0g", numbers.get, codes)
    if column.kind == "date":
        return StataVariable(column, name, LONG, "%td", lambda day: (day - STATA_EPOCH).days)
    if column.kind in {"integer", "year"}:
        wide = any(cell is not None and abs(cell) > STATA_MISSING[LONG] - 1 for cell in cells)
        kind, form = (DOUBLE, "%20.0g") if wide else (LONG, "%12.0g")
        return StataVariable(column, name, kind, form, lambda number: number)
    if column.kind == "number":
        return StataVariable(column, name, DOUBLE, "%10.0g", float)
    if column.kind == "boolean":
        return StataVariable(column, name, BYTE, "%8.0g", int)
    if any(cell is not None and "\0" in cell for cell in cells):
        raise refuse("a NUL in a text, which ends it there")
    longest = max((len(cell.encode()) for cell in cells if cell is not None), default=1)
    if longest > MAX_FIXED:
        return StataVariable(column, name, STRL, "%-40s", str.encode)
    return StataVariable(
        column, name, max(1, longest), f"%-{min(40, max(9, longest))}s", str.encode
    )


# --- the file -------------------------------------------------------------------------------


def _write(
    file: Path,
    contents: Contents,
    table: Table,
    variables: Sequence[StataVariable],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    data, long_texts = _data(variables, rows)
    label = shortened(f"{contents.label}: {table.grain}", MAX_LABEL).encode()
    header = (
        b"<release>118</release><byteorder>LSF</byteorder>"
        + b"<K>%b</K><N>%b</N>" % (struct.pack("<H", len(variables)), struct.pack("<Q", len(rows)))
        + b"<label>%b%b</label>" % (struct.pack("<H", len(label)), label)
        + b"<timestamp>\0</timestamp>"  # when it was made is left out: equal data, equal bytes
    )
    labelled = {v.column.codes: v.codes for v in variables if v.codes}
    parts = [
        ("variable_types", struct.pack(f"<{len(variables)}H", *(v.type for v in variables))),
        ("varnames", b"".join(_text(v.name, 129) for v in variables)),
        ("sortlist", b"\0\0" * (len(variables) + 1)),
        ("formats", b"".join(_text(v.format, 57) for v in variables)),
        (
            "value_label_names",
            b"".join(_text(v.column.codes if v.codes else "", 129) for v in variables),
        ),
        (
            "variable_labels",
            b"".join(_text(shortened(v.column.meaning, MAX_LABEL), 321) for v in variables),
        ),
        ("characteristics", _characteristics(contents, table, variables)),
        ("data", data),
        ("strls", long_texts),
        ("value_labels", b"".join(_value_label(*item) for item in labelled.items())),
    ]
    file.write_bytes(_assembled(header, parts))


def _assembled(header: bytes, parts: Sequence[tuple[str, bytes]]) -> bytes:
    """The sections one after the other, with the map of where each starts."""
    head = b"<stata_dta><header>%b</header>" % header
    places = [0, len(head)]
    body = b""
    start = len(head) + len(b"<map></map>") + 14 * 8
    for name, content in parts:
        places.append(start + len(body))
        tag = name.encode()
        body += b"<%b>%b</%b>" % (tag, content, tag)
    places += [start + len(body), start + len(body) + len(b"</stata_dta>")]
    return b"%b<map>%b</map>%b</stata_dta>" % (head, struct.pack("<14Q", *places), body)


def _text(text: str, room: int) -> bytes:
    """A text in a field of fixed width, which a NUL ends."""
    return text.encode().ljust(room, b"\0")


def _data(
    variables: Sequence[StataVariable], rows: Iterable[tuple[Any, ...]]
) -> tuple[bytes, bytes]:
    """The rows, and the long texts that they point to."""
    record = struct.Struct("<" + "".join(_packed(v.type) for v in variables))
    seen: dict[bytes, bytes] = {b"": b"\0" * 8}
    out, long_texts = bytearray(), bytearray()
    for number, row in enumerate(rows, 1):
        cells: list[Any] = []
        for place, (variable, cell) in enumerate(zip(variables, row, strict=True), 1):
            if variable.type in PACK:
                missing = STATA_MISSING[variable.type]
                cells.append(missing if cell is None else variable.value(cell))
                continue
            text = b"" if cell is None else variable.value(cell)
            if variable.type != STRL:
                cells.append(text)
                continue
            if text not in seen:  # a text that several cells hold is kept once
                seen[text] = struct.pack("<H", place) + struct.pack("<Q", number)[:6]
                size = len(text) + 1
                long_texts += b"GSO" + struct.pack("<IQBI", place, number, 130, size) + text + b"\0"
            cells.append(seen[text])
        out += record.pack(*cells)
    return bytes(out), bytes(long_texts)


def _packed(kind: int) -> str:
    return "8s" if kind == STRL else PACK.get(kind, f"{kind}s")


def _value_label(name: str, codes: dict[str, Code]) -> bytes:
    texts = [code.encode() + b"\0" for code in codes]
    starts = [sum(map(len, texts[:place])) for place in range(len(texts))]
    size = len(texts)
    table = struct.pack("<2i", size, sum(map(len, texts)))
    table += struct.pack(f"<{size}i", *starts) + struct.pack(f"<{size}i", *range(1, size + 1))
    table += b"".join(texts)
    length = struct.pack("<i", len(table))
    return b"<lbl>%b%b\0\0\0%b</lbl>" % (length, _text(name, 129), table)


def _characteristics(contents: Contents, table: Table, variables: Sequence[StataVariable]) -> bytes:
    """Notes: what the table is, and the whole meaning of each column, which a label may cut."""
    dataset = contents.built.dataset
    key = f" Key: {', '.join(table.key)}." if table.key else ""
    about = [
        f"{dataset['title']}. {contents.label}. {table.grain}{key}",
        f"Licence: {dataset['licence']}. {dataset['citation']}".strip(),
    ]
    if any(variable.codes for variable in variables):
        about.append(CODED)
    out = _notes("_dta", about)
    for variable in variables:
        out += _notes(variable.name, [_meaning(variable.column, variable.codes)])
        if variable.name != variable.column.name:
            out += _characteristic(variable.name, "column", variable.column.name)
    return out


def _meaning(column: Column, codes: dict[str, Code]) -> str:
    parts = [
        column.meaning,
        f"Unit: {column.unit}." if column.unit else "",
        f"Blank: {column.blank}" if column.blank else "",
        f"Refers to {column.ref}." if column.ref else "",
    ]
    parts += [f"{code}: {item.meaning}" for code, item in codes.items()]
    return " ".join(filter(None, parts))


def _notes(variable: str, notes: Sequence[str]) -> bytes:
    out = _characteristic(variable, "note0", str(len(notes)))
    for number, note in enumerate(notes, 1):
        out += _characteristic(variable, f"note{number}", note)
    return out


def _characteristic(variable: str, name: str, text: str) -> bytes:
    content = text.encode()[:MAX_NOTE].decode(errors="ignore").encode()
    body = _text(variable, 129) + _text(name, 129) + content + b"\0"
    return b"<ch>%b%b</ch>" % (struct.pack("<I", len(body)), body)
