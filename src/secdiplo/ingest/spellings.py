"""Names that differ only by their normal form: one name is spelt in one way in all sheets.

A name is a text by which rows are told apart or joined: of an event, an official, a session, an
organization, a city, and the key of every sheet. Ordinary text (notes, titles, quotes) is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.schema.declarations import ACTOR_TABLES
from secdiplo.schema.tables import SHEETS, Table
from secdiplo.sql.quoting import literal, quoted
from secdiplo.text import define_normal_form

if TYPE_CHECKING:
    import duckdb

ITEMS = r"string_split(regexp_replace(topic, '\s*;\s*', ';', 'g'), ';')"
ROWS = "interactions_sheet"
MEETING = "hash(event_key, agency, official, counterpart_type, counterpart)"
MAX_KEPT = 100_000  # rows up to which the names are kept while they are compared


@dataclass(frozen=True)
class NameColumn:
    """A column of names of one kind.

    Attributes
    ----------
    sheet, column : str
        Where they are.
    value : str
        SQL for the name in a cell; the cell itself where it is blank.
    where : str
        SQL for the rows that have one.
    within : str
        SQL for what a name belongs to, such as the list of a code.
    """

    sheet: str
    column: str
    value: str = ""
    where: str = "true"
    within: str = "0::ubigint"

    @property
    def names(self) -> str:
        """SQL: the row, what the name belongs to, and the name."""
        value, source = self.value or quoted(self.column), f"raw_{self.sheet}"
        if "unnest" in value:  # the cells of a list repeat: each different one is split once
            source = f"(select min(rowid) as rowid, {self.column} from {source} group by 2)"
        return (
            f"select row, within, value from (select rowid + 1 as row, {self.within} as within, "
            f"{value} as value from {source} where {self.where}) where value <> ''"
        )


def _series(sheet: str, column: str = "forum") -> NameColumn:
    value = f"regexp_extract({quoted(column)}, '^(.+) [0-9]{{4}}$', 1)"
    return NameColumn(sheet, column, value)


def _of_type(
    named: str, sheet: str, kind: str = "counterpart_type", column: str = "counterpart"
) -> NameColumn:
    """Return the counterparts of one type."""
    return NameColumn(sheet, column, where=f"{quoted(kind)} = {literal(named)}")


KINDS: dict[str, tuple[NameColumn, ...]] = {
    "event": (NameColumn(ROWS, "event_key"),),
    "official": (NameColumn("officials", "official"), NameColumn(ROWS, "official")),
    "session": (NameColumn("sessions_sheet", "forum"), NameColumn(ROWS, "forum")),
    "series": (
        NameColumn("forum_series", "series"),
        _series("sessions_sheet"),
        _series(ROWS),
    ),
    "organization": (
        NameColumn("organizations", "code"),
        _of_type("organization", ROWS),
    ),
    "nonstate_actor": (
        NameColumn("nonstate_actors", "code"),
        _of_type("actor", ROWS),
    ),
    "topic": (
        NameColumn("codes_sheet", "code", where="list = 'topic'"),
        NameColumn(ROWS, "topic", f"unnest({ITEMS})"),
    ),
    "city": (NameColumn(ROWS, "city"),),
    "code": (NameColumn("codes_sheet", "code", within="hash(list)"),),
    "person": (
        NameColumn(
            ROWS,
            "counterpart_person",
            where=f"{MEETING} in (select {MEETING} from raw_{ROWS} group by 1 having count(*) > 1)",
            within=MEETING,
        ),
    ),
}
"""The columns of each kind of name, those of reference sheets first."""

REFERRED_KINDS = {
    "events": "event",
    "organizations": "organization",
    "nonstate_actors": "nonstate_actor",
    "forum_series": "series",
    "forums": "session",
}


def kinds(own: Iterable[Table]) -> dict[str, tuple[NameColumn, ...]]:
    """The columns of each kind of name, with those of the tables that a dataset declares."""
    tables = tuple(own)
    found = dict(KINDS)
    for table in tables:
        for ours, other, _ in table.every_reference:
            if other in ACTOR_TABLES:
                found["organization"] += (_of_type("organization", table.name, *ours),)
                found["nonstate_actor"] += (_of_type("actor", table.name, *ours),)
            if other in REFERRED_KINDS:
                found[REFERRED_KINDS[other]] += (NameColumn(table.name, ours[0]),)
            if other == "forums":
                found["series"] += (_series(table.name, ours[0]),)
    return found | _keys(tables, found)


def _keys(
    tables: Iterable[Table], known: Mapping[str, tuple[NameColumn, ...]]
) -> dict[str, tuple[NameColumn, ...]]:
    """Return the keys of sheets that are one column of text."""
    named = {(each.sheet, each.column) for columns in known.values() for each in columns}
    keys = {table.name: _key(table) for table in tables}
    return {
        name: (NameColumn(name, key),)
        for name, key in keys.items()
        if key and (name, key) not in named
    }


def _key(table: Table) -> str:
    column = table.by_name.get(table.key[0])
    alone = len(table.key) == 1 and column is not None and not column.derived
    return table.key[0] if alone else ""


KINDS |= _keys(SHEETS.values(), KINDS)


def alike(con: duckdb.DuckDBPyConnection, own: Iterable[Table]) -> set[str]:
    """Return the kinds of which two names differ only by their normal form.

    Defines ``normal_form`` for the names of all raw tables.
    """
    found_in = kinds(own)
    parts = [
        f"select {number}::usmallint as kind, within, value from ({each.names})"
        for number, columns in enumerate(found_in.values())
        for each in columns
    ]
    ((count,),) = con.execute(f"select count(*) from raw_{ROWS}").fetchall()
    stored = "table" if count <= MAX_KEPT else "view"
    con.execute(
        f"create or replace {stored} all_names as select distinct * from "
        f"({' union all '.join(parts)})"
    )
    define_normal_form(con, "select value from all_names")
    found = con.execute(
        "select distinct kind from (select kind from all_names "
        "group by kind, hash(within, normal_form(value)) having count(*) > 1)"
    ).fetchall()
    con.execute(f"drop {stored} all_names")
    listed = list(found_in)
    return {listed[number] for (number,) in found}


def statement(
    columns: tuple[NameColumn, ...], place: int, sheets: Mapping[str, SourceTable]
) -> str:
    """Return SQL for the names of one column that are spelt in another way elsewhere.

    Parameters
    ----------
    columns : tuple of NameColumn
        All that hold such names.
    place : int
        Which of them.
    sheets : mapping
        The sheets that were read, for what messages call them.

    Returns
    -------
    str
        It returns (row, column, value, other, what) for the first row of each such name. The
        spelling to keep is one without doubled spaces, then that with the fewest characters beyond
        ASCII, then that of the first column, then that of the most rows.
    """
    names = " union all ".join(
        f"select {number} as place, * from ({each.names})" for number, each in enumerate(columns)
    )
    mine = columns[place].sheet
    elsewhere = " ".join(
        f"when {number} then {literal('in ' + sheets[each.sheet].label)}"
        for number, each in enumerate(columns)
        if each.sheet in sheets and each.sheet != mine
    )
    where = f"case first_place {elsewhere} else 'elsewhere' end" if elsewhere else "'elsewhere'"
    return (
        "with names as (select place, within, value, min(row) as row, count(*) as times "
        f"from ({names}) group by place, within, value), "
        "formed as materialized "
        "(select *, hash(within, normal_form(value)) as digest from names), "
        "alike as (select digest from formed group by digest having min(value) <> max(value)), "
        "compared as (select *, first_value(value) over best as other, "
        "first_value(place) over best as first_place "
        "from formed semi join alike on alike.digest = formed.digest "
        "window best as (partition by digest "
        "order by contains(value, '  '), strlen(value) - length(value), place, times desc, row)) "
        f'select row, {literal(columns[place].column)} as "column", value, other, '
        f"'{{value}} is spelt {{other}} ' || {where} || '; {{respell}}' as what "
        f"from compared where place = {place} and value <> other order by row"
    )
