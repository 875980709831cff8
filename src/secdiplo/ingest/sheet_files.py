"""From the files of a sheet to a raw table: delimiter, header, shape of the rows.

The common case is fast: one pass over the bytes for their hash and encoding (`scan`), then DuckDB
reads the file. Only a file that either refuses is read again, record by record, to say where and
why. A sheet may be in several files, and each may be CSV (plain, gz, zst), Parquet or a workbook.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import DataError, Problem
from secdiplo.files import file_stamp, temporary_space
from secdiplo.ingest import header, parquet, scan, workbook
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS, ProblemCollector
from secdiplo.ingest.records import Lines, records
from secdiplo.ingest.workbook import WorkbookRows
from secdiplo.schema.cell_messages import MAX_CELL, TOO_LONG
from secdiplo.schema.tables import Column, Table, carrying
from secdiplo.sql.quoting import exactly, literal, quoted

if TYPE_CHECKING:
    import duckdb

MAX_FIELD = MAX_CELL  # bytes; the longest cell of the built-in sheets has under a thousand
BLANKS = (" ", "\t", "\r", "\n", "\u00a0", "\u3000")
CHANGED = "changed while it was read; run again when no program writes it"
LARGE_SHEET = 32 << 20  # bytes of text above which trimming costs less after loading than within it


@dataclass(frozen=True)
class SheetFile:
    """One file of a sheet.

    Attributes
    ----------
    path, label : Path, str
        Where it lies, and what messages call it.
    columns : tuple of str
        The header, which is on `header_line` (0 in a Parquet file, whose rows are its lines).
    sha256 : str
        The digest of the file.
    size, newlines : int
        Bytes and ends of lines of its text.
    before, rows : int
        The records of the parts before it, and its own.
    starts : Lines, sequence of int or None
        Where records start; None where every record is one line.
    stamp : tuple of int
        By which the file is known to be the same before and after it was read.
    is_long : bool
        Whether a line is so long that its records are looked at before DuckDB reads them, which
        drops one at the end of a file without a word.
    book : WorkbookRows or None
        The rows of a workbook.
    """

    path: Path
    label: str
    columns: tuple[str, ...]
    sha256: str
    size: int = 0
    newlines: int = 0
    header_line: int = 1
    before: int = 0
    rows: int = 0
    starts: Lines | Sequence[int] | None = None
    stamp: tuple[int, ...] = ()
    is_long: bool = False
    book: WorkbookRows | None = None

    @property
    def is_parquet(self) -> bool:
        """Whether it is Parquet, and not CSV."""
        return parquet.is_parquet(self.path)

    def line(self, row: int) -> int:
        """The line of a record, which is counted from 1 over all parts."""
        own = row - self.before
        return self.starts[own] if self.starts else self.header_line + own


@dataclass(frozen=True)
class SourceTable:
    """A sheet that was read.

    Attributes
    ----------
    table : Table
        The declaration, with the further columns that the sheet carries.
    parts : tuple of SheetFile
        Its files, in the order of their records.
    columns : tuple of str
        The columns that any of them has.
    broken : frozenset of int
        The records that could not be read; their row of the raw table is blank.
    checked : int or None
        How many records, the first, were checked before, where others are added to them.
    """

    table: Table
    parts: tuple[SheetFile, ...]
    columns: tuple[str, ...]
    broken: frozenset[int] = frozenset()
    checked: int | None = None

    @property
    def raw(self) -> str:
        """The name of the raw table: all text, trimmed, blanks as null, in the sheet's order."""
        return f"raw_{self.table.name}"

    @property
    def label(self) -> str:
        """What messages call the sheet as a whole."""
        return self.parts[0].label

    @property
    def header_line(self) -> int:
        """The line of the header of its first file."""
        return self.parts[0].header_line

    def file_and_line(self, row: int) -> tuple[str, int]:
        """The file and line of a record, which is counted from 1 over all parts."""
        part = next(part for part in reversed(self.parts) if row > part.before or not part.before)
        return part.label, part.line(row)


def read(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    files: Sequence[tuple[Path, str]],
    collector: ProblemCollector,
    extra: tuple[Column, ...] = (),
) -> SourceTable | None:
    """Read the files of one sheet into the raw table of its name.

    Parameters
    ----------
    con : DuckDB connection
        Where the raw table is made; ``rowid`` + 1 is the number of the record.
    table : Table
        The declaration of the sheet.
    files : sequence of (Path, str)
        Where they lie, and what messages call them.
    collector : ProblemCollector
        Takes the problems.
    extra : tuple of Column
        Columns beyond the declaration, which the sheet may have.

    Returns
    -------
    SourceTable or None
        None where the layout has errors, so that the cells cannot be checked. Records that
        are ragged or too long are left out and named in the sheet's `broken`.
    """
    names = tuple(column.name for column in extra)
    read = [_readable(table, path, label, names, collector) for path, label in files]
    parts = [part for part in read if part]
    if len(parts) < len(files):
        return None
    columns = tuple(dict.fromkeys(name for part in parts for name in part.columns))
    sheet = SourceTable(_carrying(table, columns, extra), (), columns)
    _create(con, sheet)
    broken: set[int] = set()
    before = 0
    for part in parts:
        bad = _loaded(con, sheet, part, collector)
        if bad is None:
            return None
        ((count,),) = con.execute(f"select count(*) from {sheet.raw}").fetchall()
        placed = replace(part, before=before, rows=count - before)
        if part.book:
            lines = [line for line, _ in part.book.rows]
            placed = replace(placed, starts=[part.header_line, *lines])
        elif not part.is_parquet and part.header_line + placed.rows != part.newlines:
            placed = replace(placed, starts=Lines(part.path))
        sheet = replace(sheet, parts=(*sheet.parts, placed))
        broken |= {before + row for row in bad}
        before = count
    if any(part.size > LARGE_SHEET or part.is_parquet or part.book for part in parts):
        collector.add(_tidy(con, sheet))
    if table.needed and not before:
        what = "no rows yet; add one row per event, official and counterpart"
        collector.add([Problem(sheet.label, max(sheet.header_line, 1), "1", what, "notice")])
    return replace(sheet, broken=frozenset(broken))


def _loaded(
    con: duckdb.DuckDBPyConnection, sheet: SourceTable, part: SheetFile, collector: ProblemCollector
) -> frozenset[int] | None:
    """Add a file to the raw table as `_load` does, unless it is another one by then."""
    bad = None
    try:
        bad = _load(con, sheet, part, collector)
    except OSError:
        if part.stamp == file_stamp(part.path):
            raise
    if part.stamp != file_stamp(part.path):
        collector.add([Problem(part.label, 1, "1", CHANGED)])
        return None
    return bad


def _readable(
    table: Table, path: Path, label: str, extra: tuple[str, ...], collector: ProblemCollector
) -> SheetFile | None:
    """A file before its rows are read, unless it goes away in the meantime."""
    try:
        return _part(table, path, label, extra, collector)
    except OSError:
        collector.add([Problem(label, 1, "1", CHANGED)])
        return None


def _part(
    table: Table, path: Path, label: str, extra: tuple[str, ...], collector: ProblemCollector
) -> SheetFile | None:
    """A file with its digest and header, before its rows are read."""
    stamp = file_stamp(path)
    if parquet.is_parquet(path):
        opened = parquet.opened(path, label)
        if isinstance(opened, Problem):
            collector.add([opened])
            return None
        sha256, names = opened
        if collector.add(header.name_problems(names, label, 1, table, extra)):
            return None
        return SheetFile(
            path, label, names, sha256, path.stat().st_size, header_line=0, stamp=stamp
        )
    if workbook.is_workbook(path):
        return _workbook_part(table, path, label, extra, collector)
    scanned = scan.scan(path, label, collector)
    if scanned is None:
        return None
    line, names, problems = header.read(path, label, table, extra)
    if collector.add(problems):
        return None
    return SheetFile(
        path,
        label,
        names,
        scanned.sha256,
        scanned.size,
        scanned.newlines,
        line,
        stamp=stamp,
        is_long=scanned.is_long,
    )


def _workbook_part(
    table: Table, path: Path, label: str, extra: tuple[str, ...], collector: ProblemCollector
) -> SheetFile | None:
    """A workbook with its digest, its header and all of its rows."""
    stamp, sha256 = file_stamp(path), scan.file_digest(path)
    try:
        book = workbook.read_workbook(path, label)
    except DataError as error:
        collector.add(error.problems)
        return None
    collector.located[label] = book.located
    collector.add(book.problems)
    if any(problem.level == "error" for problem in book.problems):
        return None
    names, line = book.columns, book.header_line
    if what := header.no_header(names, table):
        collector.add([Problem(label, line, "1", what)])
        return None
    if collector.add(header.name_problems(names, label, line, table, extra)):
        return None
    size = path.stat().st_size
    return SheetFile(path, label, names, sha256, size, header_line=line, stamp=stamp, book=book)


def _carrying(table: Table, header: tuple[str, ...], extra: tuple[Column, ...]) -> Table:
    """The declaration with the extra columns, and with schemes of regions, which are text."""
    known = {*table.by_name, *(column.name for column in extra)}
    names = [name for name in header if name not in known]
    more = (Column(name, "text", "Carried through.", optional=True) for name in names)
    return carrying(table, (*more, *extra))


def _create(con: duckdb.DuckDBPyConnection, sheet: SourceTable) -> None:
    """The empty raw table: the columns of the files, then the declared ones that none has."""
    absent = [c.name for c in sheet.table.sheet_columns if c.name not in sheet.columns]
    columns = ", ".join(f"{quoted(name)} varchar" for name in (*sheet.columns, *absent))
    con.execute(f"create or replace table {sheet.raw} ({columns})")


def _load(
    con: duckdb.DuckDBPyConnection, sheet: SourceTable, part: SheetFile, collector: ProblemCollector
) -> frozenset[int] | None:
    """Add a file to the raw table; the records that could not be read, or None where none could."""
    import duckdb

    if part.book:
        with _copied(part.book.rows) as copy:
            _insert(con, sheet, part, _csv(part, 0, "none"), copy)
        return frozenset()
    try:
        if not part.is_long:
            source = (
                parquet.source(con, part.path) if part.is_parquet else _csv(part, part.header_line)
            )
            _insert(con, sheet, part, source, part.path)
            return frozenset()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if part.is_parquet:
            collector.add([parquet.problem(part.label, error)])
            return None
    shape = Shape()
    collector.add(_shape_problems(part, shape))
    broken = shape.broken
    if not shape.readable or len(broken) > MAX_LISTED_PROBLEMS:
        return None
    with _without(part, broken) as copy:
        _insert(con, sheet, part, _csv(part, 1, "none"), copy)
    return frozenset(broken)


@contextmanager
def _without(part: SheetFile, broken: set[int]) -> Iterator[Path]:
    """Make a copy of a file with its header. Broken records are blank in it."""
    width = len(part.columns)
    rows = (
        (line, [""] * width if number in broken else cells[:width])
        for number, (line, cells) in enumerate(records(part.path))
    )
    with _copied(rows) as copy:
        yield copy


@contextmanager
def _copied(rows: Iterable[tuple[int, list[str]]]) -> Iterator[Path]:
    """A scratch CSV file of rows, which are given with their lines."""
    with temporary_space():
        folder = tempfile.TemporaryDirectory(prefix="secdiplo-")
    with folder as name:
        copy = Path(name) / "rows.csv"
        with temporary_space(), copy.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(cells for _, cells in rows)
        yield copy


def _csv(part: SheetFile, skip: int, packed: str | None = None) -> str:
    """SQL that reads the file `$path` below its header."""
    packed = packed or scan.compression(part.path) or "none"
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in part.columns)
    return (
        f"read_csv($path, auto_detect = false, header = false, skip = {skip}, delim = ',', "
        f"quote = '\"', escape = '\"', strict_mode = true, compression = {literal(packed)}, "
        f"columns = {{{types}}}, hive_partitioning = false)"
    )


def _insert(
    con: duckdb.DuckDBPyConnection, sheet: SourceTable, part: SheetFile, source: str, path: Path
) -> None:
    late = part.size > LARGE_SHEET or part.is_parquet  # trimmed by `_tidy`
    columns = ", ".join(f"{_trimmed(name, late)} as {quoted(name)}" for name in part.columns)
    con.execute(
        f"insert into {sheet.raw} by name select {columns} from {source}", {"path": exactly(path)}
    )


def _trimmed(name: str, late: bool) -> str:
    """SQL for a cell in composed Unicode (NFC), without blanks at its ends.

    Trimming is costly: of a large sheet only what starts with a blank is trimmed while it is
    loaded, which is where blank cells are found, and the rest where there is any (`_tidy`).
    """
    cell = quoted(name)
    trim = f"nullif(trim({cell}, {literal(''.join(BLANKS))}), '')"
    return (
        f"nfc_normalize(case when {cell} < '!' then {trim} else {cell} end)"
        if late
        else (f"nfc_normalize({trim})")
    )


def _tidy(con: duckdb.DuckDBPyConnection, sheet: SourceTable) -> Iterator[Problem]:
    """Trim the cells of a loaded sheet that have blanks at an end; name control characters."""
    names = sheet.columns
    edges, controls = {}, {}
    for name in names:
        cell = quoted(name)
        ends = [f"starts_with({cell}, {literal(blank)})" for blank in BLANKS[4:]]
        ends += [f"ends_with({cell}, {literal(blank)})" for blank in BLANKS]
        edges[name] = " or ".join(ends)
        controls[name] = f"regexp_matches({cell}, '[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]')"
    unscanned = any(part.is_parquet or part.book for part in sheet.parts)
    checked = names if unscanned else ()
    tests = [edges[name] for name in names] + [controls[name] for name in checked]
    wanted = ", ".join(f"bool_or({test})" for test in tests)
    found = con.execute(f"select {wanted} from {sheet.raw}").fetchone() or ()
    for name, has_any in zip(names, found, strict=False):
        if has_any:
            trim = f"nullif(trim({quoted(name)}, {literal(''.join(BLANKS))}), '')"
            con.execute(f"update {sheet.raw} set {quoted(name)} = {trim} where {edges[name]}")
    what = "a control character; remove it"
    for name, has_any in zip(checked, found[len(names) :], strict=False):
        if has_any:
            sql = f"select rowid + 1 from {sheet.raw} where {controls[name]} order by 1"
            for (row,) in con.execute(sql).fetchall():
                yield Problem(*sheet.file_and_line(row), name, what, kind="control characters")


@dataclass
class Shape:
    """Which records are ragged or too long, and whether all could be read."""

    broken: set[int] = field(default_factory=set)
    readable: bool = True


def _shape_problems(part: SheetFile, shape: Shape) -> Iterator[Problem]:
    """Ragged and oversized records with their lines, which go into `shape`."""
    width = len(part.columns)
    try:
        for number, (line, cells) in enumerate(records(part.path)):
            long = [place for place, cell in enumerate(cells) if len(cell.encode()) > MAX_FIELD]
            if len(cells) < width or any(cells[width:]):
                name = part.columns[min(len(cells), width) - 1]
                what = f"{len(cells)} cells but {width} columns; correct the commas or quotes"
            elif long:
                name, what = part.columns[min(long[0], width - 1)], TOO_LONG
            else:
                continue
            if len(shape.broken) <= MAX_LISTED_PROBLEMS:
                shape.broken.add(number)
            yield Problem(part.label, line, name, what, kind="records of another shape")
    except csv.Error as error:
        what, line = error.args
        shape.readable = False
        yield Problem(part.label, line, "1", what)
