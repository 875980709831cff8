"""Compare two versions of a dataset: rows, cells, names, and what it does to the results."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import query as queries
from secdiplo.claims.overview import published
from secdiplo.claims.reproduce import ClaimResult, reproduce
from secdiplo.claims.status import tidy
from secdiplo.coding import result_tables
from secdiplo.coding.renames import RENAME_COLUMNS, declared_renames
from secdiplo.coding.row_changes import CELL_CHANGES, ROW_CHANGES, TABLE_CHANGES, Comparison
from secdiplo.coding.versions import Version, open_versions
from secdiplo.errors import UsageError
from secdiplo.files import ScratchFolder
from secdiplo.schema.plain_values import pandas_frame
from secdiplo.store import DATASET_FIELDS, connected
from secdiplo.store.process_connection import ProcessConnection
from secdiplo.store.workspace import limit

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built

TOTAL_QUERIES = (
    "dataset_totals", "agency_totals", "format_totals", "regional_shares", "period_totals",
    "topic_totals",
)  # fmt: skip
CLAIM_CHANGES = (
    "claim_id", "quote", "published", "unit", "old", "new", "old_status", "new_status",
)  # fmt: skip
TOTAL_CHANGES = ("query", "group", "measure", "unit", "old", "new", "change")
SETTING_CHANGES = ("setting", "old", "new")
DIFF_FRAMES = {
    "tables": TABLE_CHANGES,
    "rows": ROW_CHANGES,
    "cells": CELL_CHANGES,
    "renames": RENAME_COLUMNS,
    "claims": CLAIM_CHANGES,
    "totals": TOTAL_CHANGES,
    "settings": SETTING_CHANGES,
}
STORED = {"rows": "row_changes", "cells": "cell_changes"}  # too many rows to hold: on disk
LINKED = ("linked", "decided")  # statuses of links that count
NOT_SETTINGS = ("version", "changes", "citation", "year")  # that differ between any versions
MAX_SETTING = 200  # characters of a setting that are shown
BATCH_ROWS = 10_000
NAMES_DIFFER = (
    "the names of the datasets differ (`{}` and `{}`); to compare two versions of one dataset, "
    "name both: `secdiplo diff OLD NEW`"
)
COMPARING_MEMORY, RESTING_MEMORY = "800MB", "200MB"  # of the database of the comparison


@dataclass(frozen=True)
class DatasetDiff:
    """What differs between two versions of a dataset.

    Attributes
    ----------
    old, new : str
        Name, version and content digest of each.
    notes : tuple of str
        What was done to read them.
    newer : Built
        The tables of the new version.
    """

    old: str
    new: str
    notes: tuple[str, ...]
    newer: Built
    held: Mapping[str, list[tuple[Any, ...]]]
    stored: ProcessConnection
    scratch: tuple[Any, ...]

    def __bool__(self) -> bool:
        return self.differs

    @property
    def differs(self) -> bool:
        """Whether any row, name, claim or setting differs."""
        moved = any(row[3] or row[4] or row[5] for row in self.held["tables"])
        codes = any(row[2] == "column" or row[6] for row in self.held["renames"])
        return moved or codes or bool(self.held["claims"]) or bool(self.held["settings"])

    @property
    def summary(self) -> str:
        """What differs, in a few lines."""
        from secdiplo.engine.frames import ShownText

        return ShownText("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        lines = [f"{self.old} -> {self.new}", *self.notes]
        if not self.differs:
            return [*lines, "Nothing differs."]
        by_name = {row[0]: row for row in self.held["tables"]}
        for name in ("events", "participations"):
            _, old, new, added, removed, changed, cells = by_name[name]
            lines.append(
                f"{name}: {old:,} -> {new:,}; {added:,} added, {removed:,} removed, "
                f"{changed:,} changed ({cells:,} cells)"
            )
        others = [row[0] for row in self.held["tables"] if row[0] not in lines and any(row[3:6])]
        others = [name for name in others if name not in {"events", "participations"}]
        if others:
            lines.append(f"other tables that differ: {', '.join(others)}")
        if self.held["renames"]:
            lines.append(f"renamed columns and codes: {len(self.held['renames'])}")
        claims = self.held["claims"]
        moved, status = (sum(row[n] != row[n + 1] for row in claims) for n in (4, 6))
        if claims:
            lines.append(
                f"published values: {moved} recomputed value{'s' * (moved != 1)} and "
                f"{status} status{'es' * (status != 1)} differ"
            )
        moved = sum(bool(row[6]) for row in self.held["totals"])
        lines.append(f"totals and shares: {moved} differ")
        if self.held["settings"]:
            names = ", ".join(row[0] for row in self.held["settings"])
            lines.append(f"settings that differ: {names}")
        return lines

    def __repr__(self) -> str:
        first, *others = self._lines()
        return "\n".join([f"<DatasetDiff {first}", *(f" {line}" for line in others)]) + ">"

    def _repr_html_(self) -> str:
        changed = self.frame("tables")
        changed = changed[(changed[["added", "removed", "changed"]] > 0).any(axis=1)]
        text = html.escape("\n".join(self._lines()))
        return f"<pre>{text}</pre>{changed.to_html(index=False)}"

    def frame(self, name: str = "tables") -> pd.DataFrame:
        """Return one of the tables as a DataFrame.

        Parameters
        ----------
        name : {"tables", "rows", "cells", "renames", "claims", "totals", "settings"}

        Returns
        -------
        DataFrame
            ``tables``: one row per table, with the number of rows in both versions and of those
            added, removed and changed. ``rows``: one row per such row (table, change, key).
            ``cells``: one row per cell that differs in a changed row (table, key, column, old,
            new). ``renames``: columns and codes with other names, and whether that is declared or
            likely. ``claims``: published values whose recomputed value or status differs.
            ``totals``: every total and share before and after, in ``unit``. ``settings``: what
            differs in dataset.toml. ``attrs`` contains the summary.

        Raises
        ------
        UsageError
            There is no such table.
        """
        columns, batches = self.batches(name)
        rows = [row for batch in batches for row in batch]
        return result_tables.frame_of(columns, rows, str(self.summary))

    def batches(self, name: str) -> tuple[tuple[str, ...], Iterator[Sequence[tuple[Any, ...]]]]:
        """Return the columns of one of the tables, and its rows some thousands at a time."""
        result_tables.check_name(name, DIFF_FRAMES)
        if name not in STORED:
            return DIFF_FRAMES[name], iter([self.held[name]])
        return DIFF_FRAMES[name], self._stored(STORED[name])

    def _stored(self, table: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        cursor = self.stored.con.cursor().execute(f"from {table} order by all")
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield rows


def diff_versions(
    old: Path | str | None,
    new: Path | str | None,
    *,
    links: pd.DataFrame | None = None,
    memory: str | None = None,
    threads: int | None = None,
) -> DatasetDiff:
    """Compare two versions of a dataset: `secdiplo.diff`.

    Parameters
    ----------
    old, new : path or None
        Dataset folders or built tables; None or ``built-in`` for the built-in dataset.
    links : DataFrame, optional
        Pairs of events that are the same, by the columns event_key, other_event_key and status.
    memory, threads : optional
        Bounds of the work.

    Returns
    -------
    DatasetDiff
    """
    before, after = open_versions(old, new, memory, threads)
    changes = after.built.dataset["changes"]
    versions = [str(side.built.dataset["version"]) for side in (before, after)]
    scratch = ScratchFolder()
    con = connected(Path(scratch.name) / "diff.db")
    con.execute(f"set temp_directory = '{scratch.name}'; set preserve_insertion_order = false")
    limit(con, memory or COMPARING_MEMORY, threads)
    comparison = Comparison(con, before, after, declared_renames(changes, *versions))
    if links is not None:
        _register(comparison, links)
    comparison.run()
    limit(con, RESTING_MEMORY)  # what is found is on disk; the queries need the room
    renames = [*comparison.renames, *comparison.count_recoded()]
    held = {
        "tables": comparison.tables,
        "renames": [each.row() for each in dict.fromkeys(renames)],
        "claims": _claims(before, after),
        "totals": _totals(before, after),
        "settings": [] if before.notes else _settings(before, after),
    }
    notes = (*before.notes, *after.notes)
    names = [side.built.dataset["name"] for side in (before, after)]
    if names[0] != names[1] and links is None:
        notes = (NAMES_DIFFER.format(*names), *notes)
    return DatasetDiff(
        before.label, after.label, notes, after.built, held,
        ProcessConnection(con, "this comparison"), (scratch, before.scratch, after.scratch),
    )  # fmt: skip


def _register(comparison: Comparison, links: pd.DataFrame) -> None:
    """Put the links that count into a table of the comparison."""
    links = pandas_frame("links", links)
    missing = {"event_key", "other_event_key"} - set(links.columns)
    if missing:
        what = f"`links` has no column {', '.join(sorted(missing))}"
        raise UsageError(f"{what}; give the frame of `secdiplo.match`, or of its file")
    counted = links
    if "status" in links.columns:
        counted = links[links["status"].isin(LINKED)]
    pairs = counted[["event_key", "other_event_key"]].dropna().astype(str)
    for name in pairs.columns:
        twice = pairs[name][pairs[name].duplicated()]
        if len(twice):
            raise UsageError(f"`links` names `{twice.iloc[0]}` twice in {name}; keep one link")
    con = comparison.con
    con.execute("create table links (event_key varchar, other_event_key varchar)")
    if len(pairs):
        con.execute(
            "insert into links select unnest($1), unnest($2)",
            [pairs["event_key"].tolist(), pairs["other_event_key"].tolist()],
        )
    comparison.links = True


# --- what it does to the results --------------------------------------------------------------


def _claims(old: Version, new: Version) -> list[tuple[Any, ...]]:
    """Return the claims whose recomputed value or status differs, in the order of the new ones."""
    found = [
        {each.claim["claim_id"]: each for each in reproduce(side.built)} for side in (old, new)
    ]
    rows = []
    for claim_id in dict.fromkeys([*found[1], *found[0]]):
        before, after = found[0].get(claim_id), found[1].get(claim_id)
        claim = (after or before).claim  # type: ignore[union-attr]
        cells = (*_result(before), *_result(after))
        if cells[:2] != cells[2:]:
            rows.append(
                (claim_id, claim["quote"], published(claim), claim["unit"], cells[0], cells[2],
                 cells[1], cells[3])
            )  # fmt: skip
    return rows


def _result(found: ClaimResult | None) -> tuple[Any, str]:
    return ("", "no such claim") if found is None else (tidy(found.recomputed), found.status)


def _totals(old: Version, new: Version) -> list[tuple[Any, ...]]:
    """Return the totals and shares of the general queries on both versions."""
    rows = []
    for name in TOTAL_QUERIES:
        before, after = (_numbers(side, name) for side in (old, new))
        for key in dict.fromkeys([*after, *before]):
            old_value, new_value = before.get(key), after.get(key)
            change = round((new_value or 0) - (old_value or 0), 2)
            rows.append((name, *key, old_value, new_value, change))
    return rows


def _numbers(side: Version, name: str) -> dict[tuple[str, str, str], float]:
    """Return the numbers of a query by group, measure and unit."""
    try:
        result = queries.run(side.built, name, {})
    except UsageError:  # a dataset without a scope or region scheme that the query needs
        return {}
    found = {}
    for row in result.rows:
        cells = dict(zip(result.columns, row, strict=True))
        groups = [str(cells[c.name]) for c in result.query.columns if not c.unit]
        for column in result.query.columns:
            if column.unit and column.unit != "rank" and cells[column.name] is not None:
                unit = result.query.unit if "asked for" in column.unit else column.unit
                number = cells[column.name]
                counted = isinstance(number, int)
                found[", ".join(groups), column.name, unit] = number if counted else float(number)
    return found


def _settings(old: Version, new: Version) -> list[tuple[Any, ...]]:
    """Return the settings that differ, cut to what is readable."""
    rows = []
    for name in DATASET_FIELDS:
        if name in NOT_SETTINGS:
            continue
        cells = [str(side.built.dataset[name]) for side in (old, new)]
        if cells[0] != cells[1]:
            rows.append((name, *(cell[:MAX_SETTING] for cell in cells)))
    return rows
