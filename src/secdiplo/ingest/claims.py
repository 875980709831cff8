"""Check the claims of a dataset folder with the parser of `secdiplo.claims`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

from secdiplo.claims.domains import EARLIEST, LATEST, OTHER_REGION, Domains, Session
from secdiplo.claims.model import ClaimProblem
from secdiplo.claims.parse import check, named_values
from secdiplo.ingest.invalid_cells import WHOLE_RECORD

if TYPE_CHECKING:
    import duckdb

CLOSED_SHEETS = {"codes_sheet", "countries"}  # without them no code is known to be wrong
OPEN_SHEETS = {
    "interactions_sheet",
    "organizations",
    "nonstate_actors",
    "officials",
    "countries",
    "sessions_sheet",
}

Codes = Mapping[str, Mapping[str, str]]


def claim_problems(
    con: duckdb.DuckDBPyConnection,
    codes: Codes,
    unsound: Set[str],
    invalid: Set[tuple[int, str]],
) -> Iterator[tuple[int, ClaimProblem]]:
    """Yield what is wrong with each claim, by the number of its record.

    Parameters
    ----------
    con : DuckDB connection
        With the staged sheets.
    codes : mapping
        Codes and their names, by list.
    unsound : set of str
        The sheets that could not be read or have an invalid key.
    invalid : set of (int, str)
        The cells of the claims that are known to be invalid, by record and column.
    """
    cursor = con.execute("select rowid + 1, * from raw_claims order by rowid")
    names = [column[0] for column in cursor.description or ()][1:]
    rows = {number: dict(zip(names, cells, strict=True)) for number, *cells in cursor.fetchall()}
    domains = staged_domains(con, codes, unsound, list(rows.values()))
    by_id = {row["claim_id"]: row for row in rows.values() if row["claim_id"] is not None}
    for number, row in rows.items():
        for problem in check(row, by_id, domains):
            cells = {(number, name) for name in (WHOLE_RECORD, problem.column, *problem.reads)}
            if not cells & invalid:
                yield number, problem


def staged_domains(
    con: duckdb.DuckDBPyConnection,
    codes: Codes,
    unsound: Set[str],
    rows: list[dict[str, Any]],
) -> Domains:
    """Read the values of each dimension from the staged sheets, whatever the scope."""

    def column(sql: str) -> tuple[str, ...]:
        return tuple(str(value) for (value,) in con.execute(sql).fetchall() if value is not None)

    unchecked = {"forum"}  # that no sheet names a forum matters to the audit only
    if CLOSED_SHEETS & unsound:
        unchecked |= {"agency", "official_rank", "region", "counterpart"}
    if OPEN_SHEETS & unsound:
        unchecked |= {"official", "counterpart", "forum_window"}
    ((home, not_foreign),) = con.execute("from home").fetchall()
    countries = column("select iso3 from raw_countries order by iso3")
    own = tuple(code for code in countries if code == home or code in not_foreign)
    schemes = column(
        "select column_name from (describe raw_countries) where starts_with(column_name, 'region_')"
    )
    regions = {OTHER_REGION}.union(
        column("select distinct region from raw_regions_sheet"),
        *(column(f'select distinct "{scheme}" from raw_countries') for scheme in schemes),
    )
    if not any(named_values(row, "region") & regions for row in rows):
        unchecked.add("region")  # all claims are about the regions of another scheme
    ranks = tuple(codes.get("official_rank", ()))
    sessions = _sessions(con)
    return Domains(
        window=(EARLIEST, LATEST),
        ranks=dict.fromkeys(codes.get("agency", ()), ranks),
        officials={
            name: set()
            for name in column(
                "select official from rows union select official from raw_officials order by 1"
            )
        },
        regions=dict.fromkeys((code for code in countries if code not in own), OTHER_REGION),
        states=frozenset(),
        organizations=column(
            "select code from raw_organizations union select counterpart from rows "
            "where counterpart_type = 'organization' order by 1"
        ),
        actors=column(
            "select code from raw_nonstate_actors union select counterpart from rows "
            "where counterpart_type = 'actor' order by 1"
        ),
        sessions=sessions,
        scope="",
        names=codes,
        more={
            "own": own,
            "region": tuple(sorted(regions)),
        },
        unchecked=frozenset(unchecked),
    )


def _sessions(con: duckdb.DuckDBPyConnection) -> dict[str, Session]:
    """Return every session of which days are known."""
    found = con.execute(
        "with named as (select forum, "
        f"coalesce(first_day(start), date '{EARLIEST}') as start, "
        f"coalesce(final_day(\"end\"), first_day(start), date '{EARLIEST}') as last "
        "from raw_sessions_sheet "
        "union all select forum, date_min, date_max from rows "
        "where format = 'multilateral' and date_precision = 'day') "
        "select forum, min(start), max(last) from named where forum is not null "
        "group by forum order by forum"
    )
    return {
        forum: Session(forum, forum[:-5], None, (start, last) if start and last else None)
        for forum, start, last in found.fetchall()
    }
