"""Rules over cells, rows and sheets, and the tables made when all of them hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from secdiplo import resources, schema
from secdiplo.codes import LISTS
from secdiplo.errors import Problem
from secdiplo.folder import Folder
from secdiplo.ingest import layout
from secdiplo.ingest.layout import MAX_LISTED, Sheet
from secdiplo.sqltext import literal, quoted
from secdiplo.tables import SHEETS, TABLES, Table

if TYPE_CHECKING:
    import duckdb

SMALL = 100_000  # rows up to which every cell goes through the Pandera model

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
"""


def code_lists(
    con: duckdb.DuckDBPyConnection, folder: Folder, sheets: Mapping[str, Sheet]
) -> dict[str, dict[str, str]]:
    """The dataset's code lists, with those that other sheets hold: country, organization, …"""
    lists: dict[str, dict[str, str]] = {"agency": {}, "rank": {}, "topic": {}}
    sources = {
        "codes_sheet": "select list, code, label from {raw} where list is not null order by rowid",
        "countries": "select 'country', iso3, concat_ws('; ', name, iso2, aliases) from {raw}",
        "organizations": "select 'organization', code, name from {raw} order by code",
        "forum_series": "select 'series', series, note from {raw} order by series",
        "seeds": "select 'seed', seed_file, name from {raw} order by seed_file",
        "claims": "select 'claim', claim_id, '' from {raw} order by claim_id",
    }
    for name, query in sources.items():
        if name in sheets:
            for kind, code, label in con.execute(query.format(raw=sheets[name].raw)).fetchall():
                if code is not None:
                    lists.setdefault(kind, {})[code] = label or ""
    if "countries" not in sheets:
        lists["country"] = {}
    lists["column"] = {column.name: "" for column in SHEETS["interactions_sheet"].columns}
    return lists


def settings(folder: Folder, codes: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    """Codes that dataset.toml names and the folder does not have."""
    problems = []

    def check(kind: str, code: str, key: str) -> None:
        if codes.get(kind) and code not in codes[kind]:
            what = f"unknown {kind} `{code}`; {schema.nearest(code, codes[kind])}"
            problems.append(Problem("dataset.toml", 1, key, what))

    check("country", folder.home, "home.country")
    for code in folder.not_foreign:
        check("country", code, "home.not_foreign")
    for scope in folder.scopes:
        for agency, ranks in scope.ranks.items():
            check("agency", agency, f"scopes.{scope.name}.ranks")
            for rank in ranks:
                check("rank", rank, f"scopes.{scope.name}.ranks.{agency}")
    return problems


def cells(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, codes: Mapping[str, Mapping[str, str]]
) -> list[Problem]:
    """Verdicts of the sheet's Pandera model on its cells.

    A small sheet is validated whole; of a large one, the rows that the SQL form flags.
    """
    (count,) = con.execute(f"select count(*) from {sheet.raw}").fetchone() or (0,)
    if count <= SMALL:
        chosen = f"select rowid + 1 as record, * from {sheet.raw} order by record"
    else:
        flagged = schema.flags(sheet.table, sheet.raw, codes)
        chosen = (
            f"with flagged as (select distinct row from ({flagged}) order by row limit {MAX_LISTED})"
            f" select rowid + 1 as record, * from {sheet.raw} where rowid + 1 in (from flagged) "
            "order by record"
        )
    frame = con.execute(chosen).df().set_index("record")
    if frame.empty:
        return []
    return _problems(sheet, schema.bad_cells(sheet.table, frame, codes))


def _problems(
    sheet: Sheet, found: Iterable[tuple[int, str, str]], level: str = "error"
) -> list[Problem]:
    found = list(found)
    places = layout.lines(sheet.path, {row for row, _, _ in found}) if found else {}
    return [
        Problem(sheet.label, places.get(row, row + 1), name, what, level)
        for row, name, what in found
    ]


def stage(
    con: duckdb.DuckDBPyConnection, folder: Folder, sheets: Mapping[str, Sheet]
) -> None:
    """Make empty raw tables for absent sheets, the settings as tables, and the staged rows."""
    con.execute(MACROS)
    for table in SHEETS.values():
        if table.name not in sheets:
            _empty(con, table, folder)
    _settings_tables(con, folder)
    con.execute(f"create or replace table rows as {_sql('ingest', 'rows')}")
    con.execute(f"create or replace table further as {_sql('ingest', 'further')}")


def _empty(con: duckdb.DuckDBPyConnection, table: Table, folder: Folder) -> None:
    names = [column.name for column in table.sheet_columns]
    if table.name == "interactions_sheet":
        names += folder.extra_columns
    columns = ", ".join(f'"{name}" varchar' for name in names)
    con.execute(f"create table raw_{table.name} ({columns})")


def _settings_tables(con: duckdb.DuckDBPyConnection, folder: Folder) -> None:
    con.execute("create or replace table home (country varchar, not_foreign varchar[])")
    con.execute("insert into home values (?, ?)", [folder.home, list(folder.not_foreign)])
    con.execute(
        "create or replace table stage_scopes (scope varchar, title varchar, start_date varchar, "
        "end_date varchar, agency varchar, official_rank varchar)"
    )
    rows: list[tuple[str | None, ...]] = [("all", "Every row.", None, None, None, None)]
    for scope in folder.scopes:
        pairs = [(a, r) for a, ranks in scope.ranks.items() for r in ranks] or [(None, None)]
        rows += [
            (scope.name, scope.title, scope.start or None, scope.end or None, agency, rank)
            for agency, rank in pairs
        ]
    con.executemany("insert into stage_scopes values (?, ?, ?, ?, ?, ?)", rows)
    con.execute("create or replace table stage_codes (list varchar, code varchar, meaning varchar)")
    con.executemany(
        "insert into stage_codes values (?, ?, ?)",
        [(name, code, text) for name, items in LISTS.items() for code, text in items.items()],
    )


def _sql(kind: str, name: str) -> str:
    return (resources.sql(kind) / f"{name}.sql").read_text(encoding="utf-8")


def rows(
    con: duckdb.DuckDBPyConnection,
    sheets: Mapping[str, Sheet],
    codes: Mapping[str, Mapping[str, str]],
    skip: set[str],
) -> list[Problem]:
    """Run every check of ``sql/checks`` whose sheet was read; each returns offenders.

    A check returns (row, column, value, what). ``{value}`` in what stands for the value and
    ``{nearest:LIST}`` for the nearest code of a list.
    """
    problems: list[Problem] = []
    for sheet in sheets.values():
        problems += _key_problems(con, sheet)
    for file in sorted(resources.sql("checks").glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        head = dict(re.findall(r"^-- (\w+): (.*)$", text, re.MULTILINE))
        wanted = [name.strip() for name in head["needs"].split(",")]
        if any(name not in sheets for name in wanted):
            continue
        sheet = sheets[head["sheet"]]
        found = con.execute(text).fetchmany(MAX_LISTED)
        worded = [(row, name, _worded(what, value, codes)) for row, name, value, what in found]
        problems += _problems(sheet, worded, head["level"])
    return problems


def _worded(what: str, value: Any, codes: Mapping[str, Mapping[str, str]]) -> str:
    text = what.replace("{value}", schema.shown(value))
    return re.sub(
        r"\{nearest:(\w+)\}", lambda m: schema.nearest(str(value), codes.get(m[1], {})), text
    )


def _key_problems(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> list[Problem]:
    """Rows whose key stands in an earlier row too."""
    key = [name for name in sheet.table.key if name in sheet.columns]
    if sheet.table.name == "forum_participants":
        key = ["forum", "year", "counterpart_type", "counterpart", "counterpart_name"]
    if sheet.table.name == "officials":
        key = ["official", "agency", "official_rank"]
    columns = ", ".join(f'"{name}"' for name in key)
    found = con.execute(
        f"select rowid + 1 as row, first from (select rowid, min(rowid) over (partition by "
        f"{columns}) + 1 as first from {sheet.raw}) where rowid + 1 > first order by row"
    ).fetchmany(MAX_LISTED)
    first_lines = layout.lines(sheet.path, {first for _, first in found}) if found else {}
    what = "the same " + " + ".join(key) + " as line {}; remove one of them, or tell them apart"
    return _problems(
        sheet, ((row, key[0], what.format(first_lines.get(first, 0))) for row, first in found)
    )


def make_tables(con: duckdb.DuckDBPyConnection, folder: Folder) -> None:
    """Make every built table from the raw ones."""
    for name, table in TABLES.items():
        file = resources.sql("ingest") / f"{name}.sql"
        if name == "country_regions":
            query = _regions(con)
        else:
            query = file.read_text(encoding="utf-8") if file.exists() else _plain(table)
        columns = [
            f'cast("{column.name}" as {column.sql_type}) as "{column.name}"'
            for column in table.columns
        ]
        if name == "participations":
            columns += [f'"{extra}"' for extra in folder.extra_columns]
        con.execute(f"create or replace table {name} as select {', '.join(columns)} from ({query})")


def _regions(con: duckdb.DuckDBPyConnection) -> str:
    """One row a country and scheme, from the columns `region_<scheme>` of the countries."""
    names = [row[0] for row in con.execute("describe raw_countries").fetchall()]
    parts = [
        f"select {literal(name[7:])} as scheme, iso3, {quoted(name)} as region "
        f"from raw_countries where {quoted(name)} is not null"
        for name in names
        if name.startswith("region_")
    ]
    return " union all ".join(parts or ["select null as scheme, null as iso3, null as region"])


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
