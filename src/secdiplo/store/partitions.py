"""Partitions of the events of built tables, each small enough for the memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from secdiplo.schema.tables import Table
from secdiplo.sql.quoting import exactly, literal
from secdiplo.store.workspace import bytes_of

if TYPE_CHECKING:
    from secdiplo.store.opening import Built

ROWS_TABLE = "participations"  # the table that has the rows of the sheet


@dataclass(frozen=True)
class EventPartition:
    """The events of one year, or those of them whose keys lie from one on and before another.

    Attributes
    ----------
    year : int or None
        None where the tables do not lie by year.
    first, until : str or None
        Event keys; None where that side is open.
    """

    year: int | None
    first: str | None
    until: str | None

    def where(self, table: Table) -> str:
        """The condition on the rows of a table as SQL; empty where all are of these events."""
        both = ((">=", self.first), ("<", self.until))
        # A participation's key is that of its event, a number sign and a number. It lies between
        # the same keys of events as its event does, since these have no sign as low as that.
        for name in ("event_id", "participation_id"):
            if name in table.by_name:
                return " and ".join(f"{name} {sign} {literal(key)}" for sign, key in both if key)
        return ""


def make_partitions(built: Built, first: Any, last: Any, row: int) -> list[EventPartition]:
    """Divide the events between two days into partitions, in the order of their years and keys.

    Parameters
    ----------
    built : Built
    first, last : date or text or None
        The days; None where that side is open.
    row : int
        Bytes of memory that a row of the sheet takes.

    Returns
    -------
    list of Partition
        Empty where all events fit into the memory of the connection, and where the tables are
        held in a database and not in files.
    """
    if built.folder is None:
        return []
    files: dict[int | None, list[tuple[str, int]]] = defaultdict(list)
    for part in built.parts(ROWS_TABLE, first, last):
        files[part.get("year")].append((part["file"], part["rows"]))
    room = _memory(built)
    if sum(rows for year in files.values() for _, rows in year) * row <= room:
        return []
    found = []
    for year, those in sorted(files.items(), key=lambda item: item[0] or 0):
        keys = _keys(built, [file for file, _ in those], room // row)
        found += [EventPartition(year, *ends) for ends in pairwise([None, *keys, None])]
    return found


def _memory(built: Built) -> int:
    sql = "select current_setting('memory_limit')"
    ((text,),) = built.con.cursor().execute(sql).fetchall()
    return bytes_of(text)


def _keys(built: Built, files: list[str], most: int) -> list[str]:
    """Keys of events between which there are about so many rows: those that begin a row group.

    Tables are written in the order of their keys. If they were not, the partitions would
    be of unequal size, but nothing else.
    """
    listed = ", ".join(literal(exactly(built.folder / file)) for file in files if built.folder)
    sql = (
        "select stats_min_value, row_group_num_rows "
        f"from parquet_metadata([{listed}]) where path_in_schema = 'event_id' "
        "order by stats_min_value"
    )
    groups = built.con.cursor().execute(sql).fetchall()
    total = sum(rows for _, rows in groups)
    each = total / -(-total // max(most, 1))
    keys: list[str] = []
    passed = 0
    for key, rows in groups:
        if passed >= each * (len(keys) + 1) and key and min(key) > "#":
            keys.append(key)
        passed += rows
    return sorted(set(keys))
