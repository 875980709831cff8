"""From the bytes of a sheet to a raw table: encoding, delimiter, header, shape of the rows.

The common case is fast: one pass over the bytes for their hash and encoding, then DuckDB reads
the file. Only a file that either refuses is read again, record by record, to say where and why.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import Problem
from secdiplo.sqltext import literal, quoted
from secdiplo.tables import Table

if TYPE_CHECKING:
    import duckdb

CHUNK = 1 << 20
MAX_FIELD = 100_000  # characters; the longest cell of the built-in sheets has under a thousand
MAX_LISTED = 1_000  # problems of one sheet that are listed one by one
CONTROL = bytes(sorted({*range(32), 127} - {9, 10, 13}))
BLANKS = " \\t\\r\\n\u00a0\u3000"
BOMS = {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    codecs.BOM_UTF32_BE: "UTF-32",
}


@dataclass(frozen=True)
class Sheet:
    """A sheet that was read: where it lies, how messages call it, and its digest."""

    table: Table
    path: Path
    label: str
    columns: tuple[str, ...]
    sha256: str

    @property
    def raw(self) -> str:
        """The name of the raw table: all text, trimmed, blanks as null, in the sheet's order."""
        return f"raw_{self.table.name}"


def read(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    path: Path,
    label: str,
    extra: tuple[str, ...] = (),
) -> tuple[Sheet | None, list[Problem]]:
    """Read one sheet into the raw table of its name.

    Parameters
    ----------
    con : DuckDB connection
        Where the raw table is made; ``rowid`` + 1 is the number of the record.
    table : Table
        The declaration of the sheet.
    path, label : Path, str
        Where it lies, and what messages call it.
    extra : tuple of str
        Columns beyond the declaration that are carried through as text.

    Returns
    -------
    (Sheet or None, list of Problem)
        None where the layout has errors, so that nothing further can be said of the cells.
    """
    digest, problems = _bytes(path, label)
    if problems:
        return None, problems
    header, problems = _header(path, label, table, extra)
    if problems:
        return None, problems
    sheet = Sheet(table, path, label, header, digest)
    problems = _load(con, sheet, extra)
    if problems:
        return None, problems
    rows = con.execute(f"select count(*) from {sheet.raw}").fetchone()
    if table.needed and rows == (0,):
        return None, [Problem(label, 1, "1", "a header and no rows; add rows, or the right file")]
    return sheet, []


def _bytes(path: Path, label: str) -> tuple[str, list[Problem]]:
    """The digest of the file, and whether it is UTF-8 text without control characters."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    seen = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if not seen:
                for bom, name in BOMS.items():
                    if chunk.startswith(bom):
                        return "", [Problem(label, 1, "1", f"{name}; save the file as UTF-8")]
            digest.update(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return "", _encoding_problems(path, label)
            if len(chunk.translate(None, CONTROL)) != len(chunk):
                return "", _control_problems(path, label)
            seen += len(chunk)
    if not seen:
        return "", [Problem(label, 1, "1", "an empty file; a sheet has at least a header")]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "", _encoding_problems(path, label)
    return digest.hexdigest(), []


def _encoding_problems(path: Path, label: str) -> list[Problem]:
    problems = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = f"0x{line[error.start]:02X}"
                what = f"byte {byte} is not UTF-8 (Latin-1 or the like?); save the file as UTF-8"
                problems.append(Problem(label, number, str(error.start + 1), what))
            if len(problems) == MAX_LISTED:
                break
    return problems


def _control_problems(path: Path, label: str) -> list[Problem]:
    problems = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            bad = [place for place, byte in enumerate(line) if byte in CONTROL]
            if bad:
                name = "a NUL byte" if line[bad[0]] == 0 else f"control byte 0x{line[bad[0]]:02X}"
                hint = " (UTF-16 without a mark?)" if line[bad[0]] == 0 and len(bad) > 2 else ""
                what = f"{name}{hint}; remove it or save the file as UTF-8 text"
                problems.append(Problem(label, number, str(bad[0] + 1), what))
            if len(problems) == MAX_LISTED:
                break
    return problems


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line of the record's start, cells) of a CSV file; blank lines are no records.

    Raises
    ------
    csv.Error
        A field over the limit, or a quote that is not closed: its text, and the line on which
        the record starts.
    """
    csv.field_size_limit(MAX_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        start = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise csv.Error(str(error), start) from None
            if cells:
                yield start, cells
            start = reader.line_num + 1


def _header(
    path: Path, label: str, table: Table, extra: tuple[str, ...]
) -> tuple[tuple[str, ...], list[Problem]]:
    try:
        _, cells = next(records(path))
    except StopIteration:
        return (), [Problem(label, 1, "1", "only blank lines; a sheet has at least a header")]
    except csv.Error as error:
        return (), [Problem(label, 1, "1", f"the header cannot be read ({error.args[0]}); mend it")]
    names = tuple(cell.strip() for cell in cells)
    if len(names) == 1 or sum(";" in name or "\t" in name for name in names) > len(names) / 2:
        for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if mark in cells[0]:
                what = f"the cells are separated by {word}; save the sheet with commas"
                return (), [Problem(label, 1, "1", what)]
    known = [column.name for column in table.sheet_columns] + list(extra)
    optional = {column.name for column in table.sheet_columns if column.optional} | set(extra)
    problems = []
    missing = [name for name in known if name not in names and name not in optional]
    for place, name in enumerate(names, 1):
        if names.index(name) < place - 1:
            problems.append(Problem(label, 1, str(place), f"column `{name}` twice; keep one"))
        elif name not in known and not _region(table, name):
            near = difflib.get_close_matches(name, missing, 1, 0.7)
            if near:
                missing.remove(near[0])
            hint = f"did you mean `{near[0]}`?" if near else _unknown_hint(table)
            shown = f"unknown column `{name}`" if name else "a column without a name"
            problems.append(Problem(label, 1, str(place), f"{shown}; {hint}"))
    for name in missing:
        problems.append(Problem(label, 1, name, f"column `{name}` is missing; add it"))
    return names, problems


def _region(table: Table, name: str) -> bool:
    """Whether a column of the countries is one of its named schemes of regions."""
    return table.name == "countries" and name.startswith("region_") and len(name) > 7


def _unknown_hint(table: Table) -> str:
    if table.name == "interactions_sheet":
        return "remove it, or list it under extra_columns in dataset.toml"
    return "remove it"


def _load(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, extra: tuple[str, ...]
) -> list[Problem]:
    import duckdb

    try:
        _copy_in(con, sheet, sheet.path, extra)
        return []
    except duckdb.Error:
        problems = _shape_problems(sheet)
        if problems:
            return problems
    with tempfile.NamedTemporaryFile(
        "w", suffix=".csv", encoding="utf-8", newline="", delete=False
    ) as file:
        csv.writer(file, lineterminator="\n").writerows(c for _, c in records(sheet.path))
    try:
        _copy_in(con, sheet, Path(file.name), extra)
    finally:
        Path(file.name).unlink()
    return []


def _copy_in(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, path: Path, extra: tuple[str, ...]
) -> None:
    columns = ", ".join(
        f"nullif(trim({quoted(name)}, e'{BLANKS}'), '') as {quoted(name)}"
        for name in sheet.columns
    )
    absent = [
        column.name for column in sheet.table.sheet_columns if column.name not in sheet.columns
    ] + [name for name in extra if name not in sheet.columns]
    columns += "".join(f", cast(null as varchar) as {quoted(name)}" for name in absent)
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in sheet.columns)
    con.execute(f"drop table if exists {sheet.raw}")
    con.execute(
        f"create table {sheet.raw} as select {columns} from read_csv($path, auto_detect = false, "
        f"header = false, skip = 1, delim = ',', quote = '\"', escape = '\"', "
        f"strict_mode = true, columns = {{{types}}})",
        {"path": str(path)},
    )


def _shape_problems(sheet: Sheet) -> list[Problem]:
    """Ragged records, quotes that are not closed and oversized fields, with their lines."""
    problems = []
    width = len(sheet.columns)
    try:
        for line, cells in records(sheet.path):
            if len(cells) != width:
                last_column = sheet.columns[min(len(cells), width) - 1]
                what = f"{len(cells)} cells where the header has {width}; mend the commas or quotes"
                problems.append(Problem(sheet.label, line, last_column, what))
            if len(problems) == MAX_LISTED:
                break
    except csv.Error as error:
        reason, line = error.args
        if "field larger" in reason:
            what = f"a cell of over {MAX_FIELD:,} characters; shorten it, or close its quote"
        elif "end of data" in reason:
            what = "a quote is opened in this record and not closed; close it, or double it"
        else:
            what = f"the record cannot be read ({reason}); mend its quotes"
        problems.append(Problem(sheet.label, line, "1", what))
    return problems


def lines(path: Path, wanted: set[int]) -> dict[int, int]:
    """The lines on which records start: record number, from 1 below the header, to line."""
    found: dict[int, int] = {}
    for number, (line, _) in enumerate(records(path)):
        if number in wanted:
            found[number] = line
            if len(found) == len(wanted):
                break
    return found
