"""The claims of open tables that constrain events and interactions, and the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from secdiplo import query as queries
from secdiplo.claims.domains import EARLIEST, LATEST, OTHER_REGION, Days, Domains, Session
from secdiplo.claims.filters import period
from secdiplo.claims.model import CLAIM_UNITS, DATASET, MEASURES, Claim
from secdiplo.claims.parse import parse
from secdiplo.claims.reproduce import claim_rows
from secdiplo.errors import DataError, Problem, UsageError

if TYPE_CHECKING:
    from secdiplo.store import Built

SHEET = "annotations/claims.csv"
NO_CLAIMS = "no published value counts events or interactions"  # of a set without any


@dataclass(frozen=True)
class ClaimSet:
    """The claims that are constraints, and those that are not, with the reason.

    Attributes
    ----------
    domains : Domains
    claims : tuple of Claim
        By claim id.
    others : tuple of (mapping, str)
        Rows of other claims, each with the reason why it is no constraint.
    """

    domains: Domains
    claims: tuple[Claim, ...]
    others: tuple[tuple[Mapping[str, Any], str], ...] = ()
    by_id: dict[str, Claim] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {claim.id: claim for claim in self.claims})


def read_claims(built: Built) -> ClaimSet:
    """Read the claims of open tables.

    Parameters
    ----------
    built : Built

    Returns
    -------
    ClaimSet

    Raises
    ------
    DataError
        A claim cannot be read as a constraint; every problem of every claim is listed.
    """
    rows = {row["claim_id"]: row for row in claim_rows(built)}
    domains = _widened(read_domains(built), built, list(rows.values()))
    claims, others, problems = [], [], []
    lines = _lines(built)
    for claim_id, row in sorted(rows.items()):
        reason = _why_no_constraint(row, built.dataset)
        if reason:
            others.append((row, reason))
            continue
        claim = parse(row, rows, domains)
        if isinstance(claim, Claim):
            claims.append(claim)
        else:
            at = SHEET, lines[claim_id]
            problems += [Problem(*at, one.column, f"{claim_id}: {one.what}") for one in claim]
    if problems:
        raise DataError(problems)
    return ClaimSet(domains, tuple(claims), tuple(others))


def _lines(built: Built) -> dict[str, int]:
    """Return the line of each claim in its sheet; of built tables, its place in the table."""
    table = "claims" if built.folder else "raw_claims"
    order = "row_number() over (order by claim_id)" if built.folder else "rowid + 1"
    found = built.con.cursor().execute(f"select claim_id, {order} + 1 from {table}")
    return dict(found.fetchall())


def _why_no_constraint(row: Mapping[str, Any], dataset: Mapping[str, Any]) -> str:
    """Return why a claim is no constraint on events and interactions; blank if it is one."""
    if row["not_testable"]:
        return str(row["not_testable"])
    if row["measure"] not in MEASURES:
        return "It is a date or a scope, not a count."
    if row["query"]:
        try:
            tables = queries.load(row["query"], dataset).tables
        except UsageError as error:
            return str(error)
        if "participations" not in tables:
            return "It counts rows of other sheets than that of interactions."
    if row["measure"] in {"count", "distinct"} and row["unit"] not in CLAIM_UNITS:
        return "" if row["scope"] == DATASET else f"It counts {row['unit']}, not meetings."
    return ""


# --- domains of built tables ----------------------------------------------------------------


def read_domains(built: Built) -> Domains:
    """Read the values of each dimension from open tables, within the default scope."""
    tables = "codes country_regions countries events forums nonstate_actors officials "
    built.need([*tables.split(), "organizations", "scopes"])
    con = built.con.cursor()

    def rows(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
        return con.execute(sql, params or []).fetchall()

    scope, home = built.dataset["default_scope"], built.dataset["home"]
    officials: dict[str, set[tuple[str, str]]] = {}
    for official, agency, rank in rows("select official, agency, official_rank from officials"):
        officials.setdefault(official, set()).add((agency, rank))
    own = {home, *built.dataset.get("not_foreign", ())}
    window = _window(rows, scope)
    countries = rows(  # ended states, such as SUN, only if they were there in the window
        "select c.iso3, coalesce(r.region, $2), c.cow is not null, c.name "
        "from countries as c "
        "left join country_regions as r on r.iso3 = c.iso3 and r.scheme = $1 "
        "where c.state_to is null or (c.state_to >= $3 and c.state_from <= $4) order by 1",
        [built.dataset["default_scheme"], OTHER_REGION, *window],
    )
    foreign = [row for row in countries if row[0] not in own]
    names: dict[str, dict[str, str]] = {"country": {row[0]: row[3] or "" for row in countries}}
    for kind, code, label in rows("select list, code, label from codes order by list, position"):
        names.setdefault(kind, {})[code] = label or ""
    forums = "select forum_id, series, year, session_start, session_end from forums order by 1"
    return Domains(
        window=window,
        ranks=_ranks(rows, scope),
        officials=officials,
        regions={row[0]: row[1] for row in foreign},
        states=frozenset(row[0] for row in foreign if row[2]),
        organizations=tuple(r[0] for r in rows("select code from organizations order by code")),
        actors=tuple(r[0] for r in rows("select code from nonstate_actors order by code")),
        sessions={
            forum: Session(forum, series, year, (start, end) if start and end else None)
            for forum, series, year, start, end in rows(forums)
        },
        scope=scope,
        names=names,
    )


def _window(rows: Any, scope: str) -> Days:
    ((start, end),) = rows(
        "select min(start_date), max(end_date) from scopes where scope = $1", [scope]
    )
    ((first, last),) = rows("select min(date_min), max(date_max) from events")
    return start or first or EARLIEST, end or last or LATEST


def _ranks(rows: Any, scope: str) -> dict[str, tuple[str, ...]]:
    """Return the ranks of each agency: those of the scope, or all that its codes give it."""
    taken = rows("select agency, official_rank from scopes where scope = $1", [scope])
    agencies = [
        row[0] for row in rows("select code from codes where list = 'agency' order by position")
    ]
    codes = rows("select code, parent from codes where list = 'official_rank' order by position")
    found = {}
    for agency in agencies:
        fits = [rank for rank, parent in codes if not parent or agency in parent.split("; ")]
        chosen = [
            rank
            for rank in fits
            if any((a is None or a == agency) and (r is None or r == rank) for a, r in taken)
        ]
        if chosen:
            found[agency] = tuple(chosen)
    return found


def _widened(domains: Domains, built: Built, rows: Sequence[Mapping[str, Any]]) -> Domains:
    """Widen a window without bounds so that it includes every period of the claims."""
    edges = built.con.cursor().execute(
        "select count(start_date), count(end_date) from scopes where scope = $1", [domains.scope]
    )
    starts, ends = edges.fetchone() or (0, 0)
    first, last = domains.window
    for row in rows:
        if row["period"] and not _why_no_constraint(row, built.dataset):
            try:
                start, end = period(row["period"])
            except UsageError:
                continue  # reported with its claim
            first = first if starts else min(first, start)
            last = last if ends else max(last, end)
    return replace(domains, window=(first, last))
