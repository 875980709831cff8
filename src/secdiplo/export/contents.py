"""What every format is made from: the declared tables of a dataset, their rows and code lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import Column, Table
from secdiplo.sql.quoting import quoted

if TYPE_CHECKING:
    import pyarrow

    from secdiplo.store import Built

EXPORT_BATCH = 10_000  # rows that are held at once


@dataclass(frozen=True)
class Code:
    """One code: its short label, and what it means."""

    label: str
    meaning: str


@dataclass(frozen=True)
class KeyReference:
    """Columns of a table whose values are in another table."""

    columns: tuple[str, ...]
    table: str
    others: tuple[str, ...]
    whole: bool = True
    """Whether each row fills all of the columns or none."""


@dataclass(frozen=True)
class Contents:
    """A dataset as the formats take it.

    Attributes
    ----------
    built : Built
        The open tables.
    source : Path or None
        The dataset folder that they were made from, where there is one.
    tables : dict of str to Table
        Every declaration.
    lists : dict of str to (dict of str to Code)
        Every code list, of the toolkit and of the dataset, in its order.
    notices : list of str
        What a user should hear: what had to be renamed, or is left to be filled in.
    """

    built: Built
    source: Path | None
    tables: dict[str, Table]
    lists: dict[str, dict[str, Code]]
    notices: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the dataset as a file can have it."""
        plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in self.built.dataset["name"])
        return plain.lstrip(".") or "dataset"

    @property
    def label(self) -> str:
        """The name and version of the dataset."""
        return f"{self.built.dataset['name']} {self.built.dataset['version']}"

    def count(self, name: str) -> int:
        """The number of rows of a table."""
        rows: int = self.built.manifest["tables"][name]["rows"]
        return rows

    def statement(self, name: str) -> str:
        """The SQL that gives a table's rows, sorted by its key."""
        table = self.tables[name]
        columns = ", ".join(quoted(column.name) for column in table.columns)
        order = ", ".join(quoted(column) for column in table.key)
        return f"select {columns} from {quoted(name)} order by {order}"

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, sorted by its key; a blank is None."""
        cursor = self.built.con.cursor().execute(self.statement(name))
        while rows := cursor.fetchmany(EXPORT_BATCH):
            yield from rows

    def arrow(self, name: str) -> pyarrow.Table:
        """The rows of a table as Arrow, sorted by its key."""
        return self.built.con.cursor().sql(self.statement(name)).to_arrow_table()

    def closed(self, column: Column) -> dict[str, Code] | None:
        """The codes of a column whose list is closed and short; None for any other column.

        Countries are left out: their codes are the key of a table of its own.
        """
        if column.kind != "code" or column.open_codes or column.codes == "country":
            return None
        return self.lists.get(column.codes) or None

    def unique(self, name: str) -> bool:
        """Whether no part of a table's key can be blank, as a primary key asks."""
        table = self.tables[name]
        return all(table.by_name[column].required for column in table.key)

    def any_value(self, name: str, column: str) -> bool:
        """Return whether any row of a table has a value in a column."""
        return self._counted(f"{quoted(name)} where {quoted(column)} is not null") > 0

    def references(self, name: str) -> list[KeyReference]:
        """The references of a table that all of its rows keep.

        A list that is open may hold values that its reference table lacks: then the table is
        exported without that reference, and a notice says so.
        """
        kept = []
        for reference in _declared(self.tables[name], self.tables):
            stray = self._stray(name, reference)
            if not stray:
                kept.append(replace(reference, whole=not self._partial(name, reference)))
                continue
            columns = ", ".join(reference.columns)
            text = (
                f"{name}.{columns}: {stray} rows have no partner in {reference.table}; "
                "exported without that reference"
            )
            if text not in self.notices:
                self.notices.append(text)
        return kept

    def _stray(self, name: str, reference: KeyReference) -> int:
        """Rows whose cells are all filled and have no partner."""
        pairs = zip(reference.columns, reference.others, strict=True)
        match = " and ".join(f"o.{quoted(other)} = t.{quoted(ours)}" for ours, other in pairs)
        filled = " and ".join(f"t.{quoted(column)} is not null" for column in reference.columns)
        partner = f"select 1 from {quoted(reference.table)} as o where {match}"
        return self._counted(f"{quoted(name)} as t where {filled} and not exists ({partner})")

    def _partial(self, name: str, reference: KeyReference) -> int:
        """Rows that fill some of the columns and leave others blank."""
        filled = [f"{quoted(column)} is not null" for column in reference.columns]
        some, every = " or ".join(filled), " and ".join(filled)
        return self._counted(f"{quoted(name)} where ({some}) and not ({every})")

    def _counted(self, rows: str) -> int:
        found = self.built.con.cursor().execute(f"select count(*) from {rows}").fetchone()
        return int(found[0]) if found else 0


def _declared(table: Table, tables: Mapping[str, Table]) -> list[KeyReference]:
    """The references of a table to others that are exported."""
    found = [KeyReference(*reference) for reference in table.every_reference]
    return [reference for reference in found if reference.table in tables]


def gather(built: Built, source: Path | None = None) -> Contents:
    """The contents of an open dataset."""
    built.need(built.tables)
    return Contents(built, source, dict(built.tables), code_lists(built))


def code_lists(built: Built) -> dict[str, dict[str, Code]]:
    """Return every code list, of the toolkit and of the dataset, in its order."""
    built.need(["codes"])
    cursor = built.con.cursor().execute(
        "select list, code, label, meaning from codes order by list, position"
    )
    lists: dict[str, dict[str, Code]] = {}
    for name, code, label, meaning in cursor.fetchall():
        lists.setdefault(name, {})[code] = Code(label, meaning)
    for name, items in LISTS.items():  # tables of an earlier toolkit may lack a list
        lists.setdefault(name, {code: Code(code, text) for code, text in items.items()})
    return lists
