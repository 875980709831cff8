"""Sheets in Parquet files: every column read as text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import Problem
from secdiplo.ingest import scan
from secdiplo.ingest.header import MAX_COLUMNS
from secdiplo.sql.quoting import exactly, quoted

if TYPE_CHECKING:
    import duckdb

MANY = 1_000_000  # rows: more than one a byte are a mistake or worse
WITHOUT_ZONE = {"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}
SIZES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
INTEGER_TYPES = {f"{sign}{size}" for sign in ("", "U") for size in SIZES}
# The types whose text is what a coder would have written.
PLAIN = {"VARCHAR", "FLOAT", "DOUBLE", "BOOLEAN", "DATE", "TIME", "UUID", '"NULL"'}
PLAIN |= INTEGER_TYPES | WITHOUT_ZONE
_PLAIN_OF_MANY = re.compile(r"DECIMAL\([^()]*\)|ENUM\(.*\)", re.DOTALL)  # and no list of them
BROKEN_NUMBERS = ("FLOAT", "DOUBLE", "DECIMAL")
# A folder named `city=Xiamen` is no column of its files.
PARQUET_SOURCE = "read_parquet($path, hive_partitioning = false)"


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by the end of its name."""
    return path.suffix.lower() == ".parquet"


def opened(path: Path, label: str) -> tuple[str, tuple[str, ...]] | Problem:
    """The digest and the columns of a Parquet file, or what is wrong with it."""
    import duckdb

    try:
        sha256 = scan.file_digest(path)
        with duckdb.connect() as con:
            con.execute("set memory_limit = '500MB'; set threads = 1")
            cursor = con.execute(f"select * from {PARQUET_SOURCE} limit 0", {"path": exactly(path)})
            columns = cursor.description or ()
            names = tuple(column[0] for column in columns)
            size = path.stat().st_size
            rows = con.execute(
                f"select count(*) from {PARQUET_SOURCE}", {"path": exactly(path)}
            ).fetchone()
            if rows and rows[0] > max(size, MANY):
                what = f"{rows[0]:,} rows in {size:,} bytes; provide the text itself"
                return Problem(label, 1, "1", what)
    except OSError as error:
        what = f"cannot be read ({error.strerror}); allow reading it"
        return Problem(label, 1, "1", what)
    except duckdb.Error as error:
        return problem(label, error)
    if len(names) > MAX_COLUMNS:
        what = f"{len(names):,} columns; a sheet has at most {MAX_COLUMNS:,}"
        return Problem(label, 1, "1", what)
    for name, kind, *_ in columns:
        if str(kind) not in PLAIN and not _PLAIN_OF_MANY.fullmatch(str(kind)):
            what = f"{kind} in Parquet, which is not text; write the column as text"
            if "TIME ZONE" in str(kind):
                what = "times with a time zone, which can change the day; write days"
            return Problem(label, 1, name, what)
    return sha256, names


def problem(label: str, error: Exception) -> Problem:
    """A file that DuckDB cannot read as Parquet."""
    reason = re.sub(r"\s+", " ", str(error).split("\n")[0])
    reason = re.sub(r"[^\s'\"]*/[^\s'\"]*", "the file", reason)[:160]
    return Problem(label, 1, "1", f"not readable as Parquet ({reason}); write it again")


def source(con: duckdb.DuckDBPyConnection, path: Path) -> str:
    """SQL that reads the file `$path` with every column as text, in its order.

    A timestamp at midnight is read as its day: pandas knows no other type for days. A number
    without decimals is read as a whole one, and what is not a number as a blank: pandas has both
    where cells of a column of whole numbers are blank.
    """
    cursor = con.execute(f"select * from {PARQUET_SOURCE} limit 0", {"path": exactly(path)})
    cells = ", ".join(
        f"{_text(*column[:2])} as {quoted(column[0])}" for column in cursor.description
    )
    return f"(select {cells} from {PARQUET_SOURCE})"


def _text(name: str, kind: object) -> str:
    column = quoted(name)
    if str(kind).startswith(BROKEN_NUMBERS):
        return f"nullif(regexp_replace({column}::varchar, '\\.0+$', ''), 'nan')"
    if str(kind) not in WITHOUT_ZONE:
        return f"{column}::varchar"
    at_midnight = f"{column} = date_trunc('day', {column})"
    return f"case when {at_midnight} then {column}::date::varchar else {column}::varchar end"
