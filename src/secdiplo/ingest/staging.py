"""The rows staged for the checks, and the tables made when all checks hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from secdiplo.folder import resources
from secdiplo.folder.own_tables import named_lists
from secdiplo.folder.reading import Folder
from secdiplo.ingest.references import named_elsewhere
from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import (
    TABLES,
    VALUES_VIEW,
    Table,
    carrying,
    sheets_of,
    values_view,
)
from secdiplo.sql.hosts import host_of
from secdiplo.sql.quoting import literal, quoted

if TYPE_CHECKING:
    import duckdb

MAX_STAGED = 100_000  # rows up to which staging them costs less than it saves
DATED = (  # tables whose rows belong to one event each, and so to the year in which it begins
    "participations",
    "interactions",
    "events",
    "interaction_topics",
    "event_sources",
)

MACROS = """
create or replace macro first_day(s) as case strlen(s)
    when 10 then try_cast(s as date)
    when 7 then try_cast(s || '-01' as date)
    when 4 then try_cast(s || '-01-01' as date) end;
create or replace macro final_day(s) as case strlen(s)
    when 10 then try_cast(s as date)
    when 7 then last_day(try_cast(s || '-01' as date))
    when 4 then try_cast(s || '-12-31' as date) end;
create or replace macro precision_of(s) as case strlen(s)
    when 10 then 'day' when 7 then 'month' when 4 then 'year' end;
create or replace macro number_of(s) as try_cast(s as integer);
create or replace macro slug(s) as lower(replace(s, ' ', '-'));
create or replace macro host_of(s) as HOST_OF;
create or replace macro source_key(s) as 'src-' || left(sha256(s), 16);
""".replace("HOST_OF", host_of("s"))


def stage(
    con: duckdb.DuckDBPyConnection, folder: Folder, sheets: Mapping[str, SourceTable]
) -> None:
    """Make empty raw tables for absent sheets, the settings as tables, and the staged rows."""
    con.execute(MACROS)
    own = {table.name: table for table in folder.tables}
    for table in sheets_of(folder.tables).values():
        if table.name not in sheets:
            _empty(con, table, folder)
    _settings_tables(con, folder)
    con.execute(f"create or replace view named_elsewhere as {named_elsewhere(own)}")
    # Each check plans the rows anew where they are a view: worth it only for many of them.
    ((count,),) = con.execute("select count(*) from raw_interactions_sheet").fetchall()
    kind = "table" if count <= MAX_STAGED else "view"
    con.execute(f"create or replace {kind} all_rows as {_sql('ingest', 'rows')}")
    con.execute("create table if not exists touched (event_key varchar)")
    con.execute(f"create or replace view rows as from all_rows where ({ONE_YEAR}) and ({TOUCHED})")


ONE_YEAR = "getvariable('event_year') is null or event_year = getvariable('event_year')"


TOUCHED = "getvariable('touched') is null or event_key in (select event_key from touched)"


def only_touched(con: duckdb.DuckDBPyConnection, yes: bool) -> None:
    """Let ``rows`` be those of events that new rows have touched, or all."""
    con.execute(f"set variable touched = {'true' if yes else 'null'}")


def restrict_to_year(con: duckdb.DuckDBPyConnection, year: int | None) -> None:
    """Let ``rows`` be those whose event begins in a year, or all: of this connection alone."""
    con.execute(f"set variable event_year = {'null' if year is None else int(year)}")


def number_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Number the rows within their events."""
    con.execute(f"create or replace table numbers as {_sql('ingest', 'numbers')}")


def _empty(con: duckdb.DuckDBPyConnection, table: Table, folder: Folder) -> None:
    names = [column.name for column in table.sheet_columns]
    if table.name == "interactions_sheet":
        names += [column.name for column in folder.extra_columns]
    columns = ", ".join(f"{quoted(name)} varchar" for name in names)
    con.execute(f"create or replace table raw_{table.name} ({columns})")


def _settings_tables(con: duckdb.DuckDBPyConnection, folder: Folder) -> None:
    con.execute("create or replace table home (country varchar, not_foreign varchar[])")
    con.execute("insert into home values (?, ?)", [folder.home or None, list(folder.not_foreign)])
    con.execute(
        "create or replace table stage_scopes (scope varchar, title varchar, start_date varchar, "
        "end_date varchar, agency varchar, official_rank varchar)"
    )
    rows: list[tuple[str | None, ...]] = [("all", "Every row.", None, None, None, None)]
    for scope in folder.scopes:
        pairs: list[tuple[str | None, str | None]]
        pairs = [(a, r) for a, ranks in scope.ranks.items() for r in ranks]
        rows += [
            (scope.name, scope.title, scope.start or None, scope.end or None, agency, rank)
            for agency, rank in pairs or [(None, None)]
        ]
    _insert(con, "stage_scopes", rows)
    lists: dict[str, Mapping[str, str]] = {**LISTS}
    for table in folder.tables:
        lists.update(table.lists)
    con.execute("create or replace table stage_codes (list varchar, code varchar, meaning varchar)")
    _insert(
        con,
        "stage_codes",
        [(name, code, text) for name, items in lists.items() for code, text in items.items()],
    )
    con.execute("create or replace table stage_lists (list varchar)")
    _insert(
        con,
        "stage_lists",
        [(name,) for name in sorted(named_lists(folder.tables, folder.extra_columns))],
    )
    if folder.table_problems:  # any list may be one that a declaration names that cannot be read
        con.execute("insert into stage_lists select distinct list from raw_codes_sheet")


def _insert(
    con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[str | None, ...]]
) -> None:
    """Insert rows of text in one statement: one a row takes ten times as long."""
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    con.execute(f"insert into {table} select {', '.join(['unnest(?)'] * len(columns))}", columns)


def _sql(kind: str, name: str) -> str:
    return (resources.sql(kind) / f"{name}.sql").read_text(encoding="utf-8")


def make_tables(con: duckdb.DuckDBPyConnection, folder: Folder, kind: str) -> None:
    """Make every built table from the raw ones: as a table, or as a view to be written out."""
    con.execute(f"create or replace table all_further as {_sql('ingest', 'further')}")
    con.execute(f"create or replace view further as from all_further where {ONE_YEAR}")
    con.execute(f"create or replace table hosts as {_sql('ingest', 'hosts')}")
    con.execute("create or replace table numbers (row bigint, participation_id varchar)")
    if kind == "table":
        number_rows(con)
    tables = {**TABLES, **{table.name: table for table in folder.tables}}
    tables["participations"] = carrying(TABLES["participations"], folder.extra_columns)
    for name, table in tables.items():
        file = resources.sql("ingest") / f"{name}.sql"
        if name == "country_regions":
            query = _regions(con)
        else:
            query = file.read_text(encoding="utf-8") if file.exists() else _plain(table)
        columns = [
            f"cast({quoted(column.name)} as {column.sql_type}) as {quoted(column.name)}"
            for column in table.columns
        ]
        con.execute(
            f"create or replace {kind} {name} as select {', '.join(columns)} from ({query})"
        )
    con.execute(f"create or replace view {VALUES_VIEW} as {values_view(folder.extra_columns)}")


def _regions(con: duckdb.DuckDBPyConnection) -> str:
    """One row a country and scheme: of the sheet of regions, and of the countries' columns.

    A scheme of that sheet goes before a column `region_<scheme>` of the same name.
    """
    names = [row[0] for row in con.execute("describe raw_countries").fetchall()]
    parts = [
        f"select {literal(name[7:])} as scheme, iso3, {quoted(name)} as region "
        f"from raw_countries where {quoted(name)} is not null "
        f"and {literal(name[7:])} not in (select scheme from raw_regions_sheet)"
        for name in names
        if name.startswith("region_")
    ]
    return " union all ".join(["select scheme, iso3, region from raw_regions_sheet", *parts])


def _plain(table: Table) -> str:
    """A table that is its sheet, with the days of its date where it has one."""
    columns = [f'"{column.name}"' for column in table.sheet_columns]
    if "date_min" in table.by_name:
        columns += [
            "first_day(date) as date_min",
            "final_day(date) as date_max",
            "precision_of(date) as date_precision",
        ]
    return f"select {', '.join(columns)} from raw_{table.name}"
