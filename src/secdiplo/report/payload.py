"""Collect what the page shows: the rows, the labels of their codes, and the published values.

Rows are those of the packaged queries, so that the page counts as they do. A column is stored as
a list of its values and the place of each cell in that list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from secdiplo import __version__, cite
from secdiplo import query as queries
from secdiplo.audit import intervals
from secdiplo.claims.reproduce import RESULT_COLUMNS, ClaimResult, reproduce
from secdiplo.claims.reproduce import summary as summarize
from secdiplo.claims.status import MARKS, tidy
from secdiplo.errors import UsageError
from secdiplo.figures import basemap
from secdiplo.report import shapes
from secdiplo.schema.declarations import ACTOR_TABLES
from secdiplo.schema.tables import Table
from secdiplo.sql.quoting import quoted

if TYPE_CHECKING:
    from secdiplo.store import Built

ROWS_QUERY = "meeting_list"
TOTALS_QUERY = "dataset_totals"


IN_LISTS = ("agency", "official_rank", "format", "mode", "region", "topic", "home")
ONE_EACH = ("country", "official", "forum", "confidence", "start", "end")
"""The filters of the page: some take several values, others one."""


def collect(
    built: Built, scope: str | None = None, filters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return everything that the page shows, as plain values.

    Parameters
    ----------
    built : Built
    scope : str, optional
        The scope that the page starts with; the dataset's default without it.
    filters : mapping, optional
        The filters that are set when the page opens. A reader can change them.

    Returns
    -------
    dict

    Raises
    ------
    UsageError
        There is no such scope, filter or value, or the page cannot have it as its first view.
    """
    given = {**(filters or {}), **({"scope": scope} if scope else {})}
    values = queries.prepare(built, TOTALS_QUERY, given)[1]
    chosen = values["scope"]
    findings = reproduce(built, intervals.stored_or_computed(built))
    return {
        "about": _about(built, chosen) | {"start_filters": _start_filters(filters or {}, values)},
        "codes": _codes(built),
        "scopes": _scopes(built),
        "countries": _countries(built),
        "organizations": _pairs(built, "organizations", ("code", "name")),
        "regions": _regions(built),
        "officials": _table(
            built,
            "officials",
            "official, agency, official_rank, name_zh, tenure_start, tenure_end",
            "official, agency, official_rank",
        ),
        "forums": _forums(built),
        "rows": _rows(built),
        "sources": _sources(built),
        "links": _links(built),
        "records": _records(built),
        "published": _published(findings),
        "claims": _claims(built, findings),
        "map": shapes.drawn(),
    }


def _start_filters(given: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return the filters of the first view, as the address of the page has them."""
    parts = []
    for name in given:
        items = values[name] if isinstance(values[name], list | tuple) else [values[name]]
        if name not in (*IN_LISTS, *ONE_EACH):
            raise UsageError(f"the explorer has no filter `{name}`; leave it out")
        if name in ONE_EACH and len(items) > 1:
            raise UsageError(f"the explorer shows one {name} at a time; name one")
        parts.append(f"{name}={','.join(quote(str(item), safe='') for item in items)}")
    return "&".join(parts)


def embedded(content: dict[str, Any]) -> str:
    """Return a payload as JSON that is safe in a script element, whatever its cells contain."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _fetch(built: Built, sql: str, tables: Sequence[str]) -> list[list[Any]]:
    built.need(tables)
    return [[_plain(cell) for cell in row] for row in built.con.cursor().execute(sql).fetchall()]


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)


def _table(built: Built, table: str, columns: str, order: str) -> list[list[Any]]:
    return _fetch(built, f"select {columns} from {table} order by {order}", [table])


def _pairs(built: Built, table: str, columns: tuple[str, str]) -> dict[str, Any]:
    return {row[0]: row[1] for row in _table(built, table, ", ".join(columns), columns[0])}


def _about(built: Built, scope: str) -> dict[str, Any]:
    dataset = built.dataset
    (counts,) = _fetch(
        built,
        "select count(*), count(*) filter (where row_status = 'imputed') from participations",
        ["participations"],
    )
    keys = (
        "name", "title", "version", "licence", "exhaustive", "home", "not_foreign", "default_scope"
    )  # fmt: skip
    return {
        **{key: dataset[key] for key in keys},
        "scheme": dataset["default_scheme"],
        "start_scope": scope,
        "toolkit": __version__,
        "citation": cite.text(built),
        "basis": queries.basis(built),
        "rows": counts[0],
        "imputed": counts[1],
        "synthetic": queries.is_synthetic(built),
        "units": queries.QUERY_UNITS,
        "convention": basemap.CONVENTION,
    }


def _codes(built: Built) -> dict[str, list[list[Any]]]:
    """Return the codes of each list in their order: code, label, meaning."""
    found: dict[str, list[list[Any]]] = {}
    for name, *rest in _table(built, "codes", "list, code, label, meaning", "list, position, code"):
        found.setdefault(name, []).append(rest)
    return found


def _scopes(built: Built) -> dict[str, dict[str, Any]]:
    columns = "scope, title, start_date, end_date, agency, official_rank"
    found: dict[str, dict[str, Any]] = {}
    for name, title, start, end, agency, rank in _table(
        built, "scopes", columns, "scope, agency, official_rank"
    ):
        scope = found.setdefault(name, {"title": title, "start": start, "end": end, "pairs": []})
        scope["start"] = min(filter(None, [scope["start"], start]), default=None)
        scope["end"] = max(filter(None, [scope["end"], end]), default=None)
        scope["pairs"].append([agency, rank])
    return found


def _countries(built: Built) -> dict[str, dict[str, Any]]:
    columns = "iso3, name, iso2, iso_numeric, cow, gw"
    there = "state_to is null or iso3 in (select counterpart from interactions)"
    rows = _fetch(
        built,
        f"select {columns} from countries where {there} order by iso3",
        ["countries", "interactions"],
    )
    found = {row[0]: {"name": row[1], "codes": row[2:], "regions": {}} for row in rows}
    for scheme, iso3, region in _table(
        built, "country_regions", "scheme, iso3, region", "scheme, iso3"
    ):
        if iso3 in found:
            found[iso3]["regions"][scheme] = region
    return found


def _regions(built: Built) -> list[str]:
    """Return the regions of the default scheme, also those without rows."""
    result = queries.run(built, "regional_shares", {"scope": "all"})
    return sorted(row[0] for row in result.rows)


def _forums(built: Built) -> dict[str, list[Any]]:
    rows = _table(built, "forums", "forum_id, series, year, level, region", "forum_id")
    return {row[0]: row[1:] for row in rows}


def _rows(built: Built) -> dict[str, Any]:
    """Return every row of the query, whatever the scope, column by column.

    `home` and `latest_start` are added: periods select events by the latter.
    """
    result = queries.run(built, ROWS_QUERY, {"scope": "all"})
    columns = {
        name: _coded([_plain(row[place]) for row in result.rows])
        for place, name in enumerate(result.columns)
    }
    event = result.columns.index("event_id")
    for name in ("home", "latest_start"):
        cells = _pairs(built, "events", ("event_id", name))
        columns[name] = _coded([cells[row[event]] for row in result.rows])
    return {"query": ROWS_QUERY, "columns": list(result.columns), "data": columns}


def _coded(cells: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the values of a column in the order of their first cell, and each cell's place."""
    places: dict[Any, int] = {}
    cells_as = [places.setdefault(cell, len(places)) for cell in cells]
    return {"values": list(places), "cells": cells_as}


def _sources(built: Built) -> list[list[Any]]:
    columns = "url, publisher, date, title, archive_url, language, inferred"
    return _table(built, "sources", columns, "source_id")


def _links(built: Built) -> dict[str, list[list[Any]]]:
    """Return the sources of each event: the place of each in the list, and its role."""
    places = {row[0]: place for place, row in enumerate(
        _table(built, "sources", "source_id", "source_id")
    )}  # fmt: skip
    found: dict[str, list[list[Any]]] = {}
    order = "event_id, case role when 'primary' then 0 else 1 end, source_id"
    for event, source, role in _table(built, "event_sources", "event_id, source_id, role", order):
        if source in places:
            found.setdefault(event, []).append([places[source], role])
    return found


def _records(built: Built) -> list[dict[str, Any]]:
    """Return the rows on countries of the dataset's own tables, by country."""
    found = []
    for name, table in built.tables.items():
        country = _country_of(table)
        if table.group != "own" or not country:
            continue
        code, where = country
        hidden = {code, "counterpart_type", *(table.key if len(table.key) == 1 else ())}
        shown = [c for c in table.columns if c.name not in hidden and not c.derived]
        columns = ", ".join(quoted(column.name) for column in shown)
        order = ", ".join(map(quoted, table.key))
        sql = f"select {quoted(code)}, {columns} from {name} where {where} order by {order}"
        rows: dict[str, list[list[Any]]] = {}
        for iso3, *cells in _fetch(built, sql, [name]):
            rows.setdefault(iso3, []).append(cells)
        found.append(
            {
                "title": table.title or name,
                "columns": [[column.name, column.kind] for column in shown],
                "rows": rows,
            }
        )
    return found


def _country_of(table: Table) -> tuple[str, str] | None:
    """Return the column of a table that names a country, and SQL for the rows that have one."""
    for ours, other, _ in table.references:
        if other in ACTOR_TABLES:
            return ours[1], f"{quoted(ours[0])} = 'country'"
    for column in table.columns:
        if column.ref == "countries.iso3" or (column.codes == "country" and column.kind == "code"):
            return column.name, f"{quoted(column.name)} is not null"
    return None


def _published(findings: Sequence[ClaimResult]) -> dict[str, list[Any]]:
    """Return the published totals of the whole scope, by the column that recomputes them.

    An exact value goes before one that is only a bound of the total.
    """
    found: dict[str, list[Any]] = {}
    whole = [f for f in findings if f.query == TOTALS_QUERY and not f.claim["params"]]
    for finding in sorted(whole, key=lambda f: f.claim["relation"] != "exact"):
        claim = finding.claim
        if claim["row"] or claim["base_query"]:
            continue
        mark = MARKS.get(claim["relation"], "")
        shown = f"{mark}{tidy(claim['value'])}"
        found.setdefault(claim["column"], [shown, claim["claim_id"], claim["section"]])
    return found


def _claims(built: Built, findings: Sequence[ClaimResult]) -> dict[str, Any]:
    """Return the claims as the command ``reproduce`` prints them, and their source texts."""
    texts = {
        row[0]: row[1:]
        for row in _table(
            built, "seeds", "seed_file, name, title, publisher, date, url, author", "name"
        )
    }
    rows = []
    for finding in findings:
        row = dict(zip(RESULT_COLUMNS, finding.row(), strict=True))
        row["mark"] = MARKS.get(str(row["relation"]), "")
        row["text"] = texts.get(finding.claim["seed_file"], [None])[0]
        rows.append(row)
    summary = summarize(findings) if findings else ""
    return {"rows": rows, "texts": list(texts.values()), "summary": summary}
