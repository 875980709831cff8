"""From the bytes of a sheet to a raw table: encoding, delimiter, header, shape of the rows.

The common case is fast: one pass over the bytes for their hash and encoding, then DuckDB reads
the file. Only a file that either refuses is read again, record by record, to say where and why.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import Problem
from secdiplo.schema.words import LONG, MAX_CELL
from secdiplo.sqltext import literal, quoted
from secdiplo.tables import Column, Table

if TYPE_CHECKING:
    import duckdb

CHUNK = 1 << 20
MAX_FIELD = MAX_CELL  # bytes; the longest cell of the built-in sheets has under a thousand
MAX_LISTED = 1_000  # problems of one sheet that are listed one by one
CONTROL = bytes(sorted({*range(32), 127} - {9, 10, 13}))
BLANKS = (" ", "\t", "\r", "\n", "\u00a0", "\u3000")
MAX_RECORD = 1 << 24  # bytes of one record, within which an oversized cell is still named
BOMS = {  # the mark of UTF-32 starts with that of UTF-16
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


@dataclass(frozen=True)
class Sheet:
    """A sheet that was read: where it lies, how messages call it, and its digest.

    Attributes
    ----------
    table : Table
        The declaration, with the further columns that the sheet carries.
    columns : tuple of str
        The header, which stands on `header_line`.
    broken : frozenset of int
        The records that could not be read; their row of the raw table is blank.
    """

    table: Table
    path: Path
    label: str
    columns: tuple[str, ...]
    sha256: str
    header_line: int = 1
    broken: frozenset[int] = frozenset()

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
        None where the layout has errors, so that nothing can be said of the cells. Records that
        are ragged or too long are left out and named in the sheet's `broken`.
    """
    digest, problems = _bytes(path, label)
    if problems:
        return None, problems
    line, header, problems = _header(path, label, table, extra)
    if problems:
        return None, problems
    sheet = Sheet(_carrying(table, header, extra), path, label, header, digest, line)
    broken, problems = _load(con, sheet)
    if broken is None:
        return None, problems
    rows = con.execute(f"select count(*) from {sheet.raw}").fetchone()
    if table.needed and rows == (0,):
        what = "a header and no rows; add rows, or the right file"
        problems.append(Problem(label, line, "1", what))
    return replace(sheet, broken=broken), problems


def _carrying(table: Table, header: tuple[str, ...], extra: tuple[str, ...]) -> Table:
    """The declaration with the columns that are carried through as text."""
    names = [name for name in dict.fromkeys((*header, *extra)) if name not in table.by_name]
    more = (Column(name, "text", "Carried through.", optional=True) for name in names)
    return replace(table, columns=(*table.columns, *more))


def _bytes(path: Path, label: str) -> tuple[str, list[Problem]]:
    """The digest of the file, and whether it is UTF-8 text without control characters."""
    try:
        return _scanned(path, label)
    except OSError as error:
        what = f"cannot be read ({error.strerror}); allow reading it"
        return "", [Problem(label, 1, "1", what)]


def _scanned(path: Path, label: str) -> tuple[str, list[Problem]]:
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
        return "", [Problem(label, 1, "1", "an empty file; write the header and the rows")]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "", _encoding_problems(path, label)
    return digest.hexdigest(), []


def _encoding_problems(path: Path, label: str) -> list[Problem]:
    """The first byte that is not UTF-8; the whole file has one encoding, so one message."""
    first, others = None, 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                others += first is not None
                first = first or (number, error.start + 1, line[error.start])
    line_number, place, byte = first or (1, 1, 0)
    more = f", nor are bytes of {others:,} more line{'s' * (others != 1)}" if others else ""
    what = f"byte 0x{byte:02X} is not UTF-8{more} (Latin-1 or the like?); save the file as UTF-8"
    return [Problem(label, line_number, str(place), what)]


def _control_problems(path: Path, label: str) -> list[Problem]:
    problems = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            bad = [place for place, byte in enumerate(line) if byte in CONTROL]
            if line.count(0) > len(line) / 3:
                what = (
                    "NUL bytes between the letters (UTF-16 without a mark?); save the file as UTF-8"
                )
                return [Problem(label, number, str(bad[0] + 1), what)]
            if bad:
                name = "a NUL byte" if line[bad[0]] == 0 else f"control byte 0x{line[bad[0]]:02X}"
                what = f"{name}; remove it"
                problems.append(Problem(label, number, str(bad[0] + 1), what))
            if len(problems) == MAX_LISTED:
                break
    return problems


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line of the record's start, cells) of a CSV file; blank lines are no records.

    Raises
    ------
    csv.Error
        A record that cannot be read: what is wrong with it, and the line on which it starts.
    """
    csv.field_size_limit(MAX_RECORD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        start = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise csv.Error(_reason(str(error)), start) from None
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield start, cells
            start = reader.line_num + 1


def _reason(error: str) -> str:
    """What the CSV reader found, in words that say what to do."""
    if "field larger" in error:
        return LONG
    if "end of data" in error:
        return "a quote is opened in this record and not closed; close it, or double it"
    return (
        "a quoted cell does not end at a comma; close its quote there, and double the quotes inside"
    )


def _header(
    path: Path, label: str, table: Table, extra: tuple[str, ...]
) -> tuple[int, tuple[str, ...], list[Problem]]:
    """The line of the header, its names, and what is wrong with them."""

    def one(line: int, what: str) -> tuple[int, tuple[str, ...], list[Problem]]:
        return line, (), [Problem(label, line, "1", what)]

    try:
        line, cells = next(records(path))
    except StopIteration:
        return one(1, "only blank lines; write the header and the rows")
    except csv.Error as error:
        return one(error.args[1], error.args[0])
    names = tuple(cell.strip() for cell in cells)
    if len(names) == 1 or sum(";" in name or "\t" in name for name in names) > len(names) / 2:
        for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if mark in cells[0]:
                return one(line, f"the cells are separated by {word}; save the sheet with commas")
    known = [column.name for column in table.sheet_columns]
    if not {_folded(name) for name in names} & set(known):
        listed = ", ".join(known[:3])
        what = f"no header: this line names none of the columns ({listed}, ...); write their names"
        return one(line, f"{what} above the rows")
    return line, names, _name_problems(names, label, line, table, extra)


def _folded(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def _name_problems(
    names: tuple[str, ...], label: str, line: int, table: Table, extra: tuple[str, ...]
) -> list[Problem]:
    """Columns that are named twice, not known, misspelt, without a name or missing."""
    columns = table.sheet_columns
    known = {column.name for column in columns} | set(extra)
    missing = [c.name for c in columns if c.name not in names and not c.optional]
    optional = [c.name for c in columns if c.name not in names and c.optional]
    folded = [name.casefold() for name in names]
    problems = []
    for place, name in enumerate(names, 1):
        if not name:
            what = "a column without a name; name it, or remove it"
        elif folded.index(name.casefold()) < place - 1:
            what = f"column `{name}` twice; keep one"
        elif name in known or _region(table, name):
            continue
        else:
            near = difflib.get_close_matches(_folded(name), [*missing, *optional], 1, 0.7)
            missing = [other for other in missing if other not in near]
            hint = f"did you mean `{near[0]}`?" if near else _unknown_hint(table)
            what = f"unknown column `{name}`; {hint}"
        problems.append(Problem(label, line, str(place), what))
    for name in missing:
        problems.append(Problem(label, line, name, f"column `{name}` is missing; add it"))
    return problems


def _region(table: Table, name: str) -> bool:
    """Whether a column of the countries is one of its named schemes of regions."""
    return table.name == "countries" and name.startswith("region_") and len(name) > 7


def _unknown_hint(table: Table) -> str:
    if table.name == "interactions_sheet":
        return "remove it, or list it under extra_columns in dataset.toml"
    return "remove it"


def _load(
    con: duckdb.DuckDBPyConnection, sheet: Sheet
) -> tuple[frozenset[int] | None, list[Problem]]:
    """Fill the raw table; the records that could not be read, or None where none could."""
    import duckdb

    try:
        _copy_in(con, sheet, sheet.path, sheet.header_line)
        return frozenset(), []
    except duckdb.Error:
        broken, problems = _shape_problems(sheet)
    if broken is None:
        return None, problems
    width = len(sheet.columns)
    with tempfile.NamedTemporaryFile(
        "w", suffix=".csv", encoding="utf-8", newline="", delete=False
    ) as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, (_, cells) in enumerate(records(sheet.path)):
            writer.writerow([""] * width if number in broken else cells[:width])
    try:
        _copy_in(con, sheet, Path(file.name), 1)
    finally:
        Path(file.name).unlink()
    return broken, problems


def _copy_in(con: duckdb.DuckDBPyConnection, sheet: Sheet, path: Path, skip: int) -> None:
    large = path.stat().st_size > CHUNK
    columns = ", ".join(f"{_trimmed(name, large)} as {quoted(name)}" for name in sheet.columns)
    absent = [c.name for c in sheet.table.sheet_columns if c.name not in sheet.columns]
    columns += "".join(f", cast(null as varchar) as {quoted(name)}" for name in absent)
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in sheet.columns)
    con.execute(f"drop table if exists {sheet.raw}")
    con.execute(
        f"create table {sheet.raw} as select {columns} from read_csv($path, auto_detect = false, "
        f"header = false, skip = {skip}, delim = ',', quote = '\"', escape = '\"', "
        f"strict_mode = true, columns = {{{types}}})",
        {"path": str(path)},
    )


def _trimmed(name: str, large: bool) -> str:
    """SQL for a cell in composed Unicode (NFC), without blanks at its ends.

    In a large sheet the costly trim runs only where there are any; in a small one, planning
    that would cost more than it saves.
    """
    cell = quoted(name)
    trim = f"nullif(trim({cell}, {literal(''.join(BLANKS))}), '')"
    if not large:
        return f"nfc_normalize({trim})"
    edges = [f"{cell} < '!'"]
    edges += [f"starts_with({cell}, {literal(blank)})" for blank in BLANKS[4:]]
    edges += [f"ends_with({cell}, {literal(blank)})" for blank in BLANKS]
    return f"nfc_normalize(case when {' or '.join(edges)} then {trim} else {cell} end)"


def _shape_problems(sheet: Sheet) -> tuple[frozenset[int] | None, list[Problem]]:
    """Ragged and oversized records with their lines; None where the rest cannot be read."""
    problems: list[Problem] = []
    broken = set()
    width = len(sheet.columns)
    try:
        for number, (line, cells) in enumerate(records(sheet.path)):
            long = [place for place, cell in enumerate(cells) if len(cell.encode()) > MAX_FIELD]
            if len(cells) < width or any(cells[width:]):
                name = sheet.columns[min(len(cells), width) - 1]
                what = f"{len(cells)} cells where the header has {width}; mend the commas or quotes"
            elif long:
                name, what = sheet.columns[min(long[0], width - 1)], LONG
            else:
                continue
            broken.add(number)
            problems.append(Problem(sheet.label, line, name, what))
            if len(problems) == MAX_LISTED:
                return None, problems
    except csv.Error as error:
        what, line = error.args
        return None, [*problems, Problem(sheet.label, line, "1", what)]
    return frozenset(broken), problems


def lines(path: Path, wanted: set[int]) -> dict[int, int]:
    """The lines on which records start: record number, from 1 below the header, to line."""
    found: dict[int, int] = {}
    for number, (line, _) in enumerate(records(path)):
        if number in wanted:
            found[number] = line
            if len(found) == len(wanted):
                break
    return found
