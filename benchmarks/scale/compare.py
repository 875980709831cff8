"""Whether a competitor's result is ours, cell by cell: a wrong one has no time."""

from __future__ import annotations

import csv
from itertools import zip_longest
from pathlib import Path

import layout


class WrongError(Exception):
    """A competitor gives other cells."""


def same_rows(ours: Path, theirs: Path) -> int:
    """Compare two CSV files, numbers by their value; the number of rows.

    Raises
    ------
    WrongError
        At the first cell that differs.
    """
    count = -1
    with (
        ours.open(newline="", encoding="utf-8") as a,
        theirs.open(newline="", encoding="utf-8") as b,
    ):
        for left, right in zip_longest(csv.reader(a), csv.reader(b)):
            count += 1
            if left != right and not _alike(left, right):
                raise WrongError(f"{theirs.name}: row {count} is {right}, not {left}")
    return count


def _alike(left: list[str] | None, right: list[str] | None) -> bool:
    if left is None or right is None or len(left) != len(right):
        return False
    return all(x == y or _value(x) == _value(y) for x, y in zip(left, right, strict=True))


def _value(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        plain = cell.removesuffix(" 00:00:00").removesuffix("T00:00:00.000000")
        return {"True": "true", "False": "false"}.get(plain, plain)


def same_tables(ours: Path, theirs: Path) -> int:
    """Compare the event tables of two builds; the number of rows in them.

    Raises
    ------
    WrongError
        A table has other columns or other cells.
    """
    import duckdb

    total = 0
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false; set memory_limit = '2GB'")
        for name in layout.EVENT_TABLES:
            mine = f"read_parquet({layout.files(ours, name)!r}, hive_partitioning = false)"
            other = f"read_parquet('{theirs}/{name}.parquet')"
            types = {r[0]: r[1] for r in con.execute(f"describe from {mine}").fetchall()}
            found = [r[0] for r in con.execute(f"describe from {other}").fetchall()]
            if sorted(found) != sorted(types):
                raise WrongError(f"{theirs.name}/{name}: columns {sorted(set(found) ^ set(types))}")
            sums = [_sums(con, relation, types) for relation in (mine, other)]
            if sums[0] != sums[1]:
                odd = [
                    c for c, x, y in zip(types, sums[0][1:], sums[1][1:], strict=False) if x != y
                ]
                raise WrongError(f"{theirs.name}/{name}: other cells ({', '.join(odd) or 'rows'})")
            total += sums[0][0]
    return total


def _sums(con, relation: str, types: dict[str, str]) -> tuple:
    """Rows, a sum of digests for each column, and one over whole rows, whatever their order."""
    cells = [f'cast("{name}" as {kind})' for name, kind in types.items()]
    sums = [f"sum(hash({cell})::hugeint)" for cell in cells]
    sums.append(f"sum(hash({', '.join(cells)})::hugeint)")
    return con.execute(f"select count(*), {', '.join(sums)} from {relation}").fetchone()
