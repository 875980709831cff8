"""The digest of a table's content, which no layout of files or order of rows changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo.sql.quoting import quoted

if TYPE_CHECKING:
    import duckdb

DIGITS = 12  # of the digest of a dataset: enough to tell versions apart, and short enough to read


@dataclass(frozen=True)
class Content:
    """What is summed over the rows of a table or of a part of it; parts can be added.

    Attributes
    ----------
    columns : str
        Names and types of the columns.
    rows, low, high : int
        The number of rows, and the sums of the halves of their digests.
    """

    columns: str
    rows: int
    low: int
    high: int

    def __add__(self, other: Content) -> Content:
        return Content(
            self.columns, self.rows + other.rows, self.low + other.low, self.high + other.high
        )

    @property
    def digest(self) -> str:
        """The digest of the content."""
        text = f"{self.columns}\n{self.rows} {self.low} {self.high}"
        return hashlib.sha256(text.encode()).hexdigest()


def content(con: duckdb.DuckDBPyConnection, relation: str) -> Content:
    """Sum up the rows of a relation.

    Notes
    -----
    A row is the text of its cells joined by U+001F, a null being U+001E: control characters
    are in no cell. Each row is digested with MD5, read as a number (little end first), and the
    low and high halves of these numbers are summed over the rows. The digest of the table is
    the SHA-256 of its column names and types, the number of rows and both sums.
    """
    columns = [
        (row[0], row[1]) for row in con.execute(f"describe select * from {relation}").fetchall()
    ]
    cells = ", ".join(f"coalesce({quoted(column)}::varchar, chr(30))" for column, _ in columns)
    half = 2**64
    ((rows, low, high),) = con.execute(
        f"select count(*), sum((digest & {half - 1}::uhugeint)::hugeint)::varchar, "
        "sum((digest >> 64)::hugeint)::varchar "
        f"from (select md5_number(concat_ws(chr(31), {cells})) as digest from {relation})"
    ).fetchall()
    names = ",".join(f"{column} {kind}" for column, kind in columns)
    return Content(names, rows, int(low or 0), int(high or 0))


def content_hash(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    """The digest of the content of a relation."""
    return content(con, relation).digest


def tables_digest(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the digest of a whole dataset: what tells two versions with one number apart.

    Parameters
    ----------
    tables : mapping
        What a manifest has about each table, with the digest of its ``content``.

    Returns
    -------
    str
        The first `DIGITS` hexadecimal digits of a SHA-256 over the names of the tables and the
        digests of their contents. Neither the order of rows nor the layout of files changes it.

    Examples
    --------
    >>> tables_digest({"events": {"content": "ab"}, "codes": {"content": "cd"}})
    '88ba085c527d'
    """
    lines = [f"{name} {tables[name]['content']}\n" for name in sorted(tables)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:DIGITS]


def total(parts: Iterable[Content]) -> Content:
    """Return the content of a table that is in parts."""
    first, *others = parts
    for part in others:
        first += part
    return first
