"""What the dimensions of a dataset can be: its agencies, officials, countries, forums and days."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secdiplo.store import Built

FORMATS = ("bilateral", "sideline", "multilateral")
SEASON_DAYS = 7  # before and after a session: the default of the query `forum_window`
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)

Days = tuple[datetime.date, datetime.date]
"""A first and a last day, both taken in."""


@dataclass(frozen=True)
class Session:
    """A session of a forum: its series, its year, and its days where they are known."""

    forum: str
    series: str
    year: int | None
    days: Days | None

    def phases(self) -> dict[str, Days]:
        """The days before, during and after it that make up its season."""
        if self.days is None:
            return {}
        first, last = self.days
        day, week = datetime.timedelta(days=1), datetime.timedelta(days=SEASON_DAYS)
        return {
            "before": (first - week, first - day),
            "during": (first, last),
            "after": (last + day, last + week),
        }


@dataclass(frozen=True)
class Space:
    """The values that every dimension of a dataset can have, within its default scope.

    Attributes
    ----------
    window : (date, date)
        The days of the scope; without a scope, those between which events are attested.
    ranks : dict of str to tuple of str
        The ranks of each agency that the scope takes in, the most senior first.
    officials : dict of str to set of (str, str)
        The agencies and ranks of each official.
    regions : dict of str to str
        The region of every foreign country in the default scheme.
    states : frozenset of str
        Those of them that the Correlates of War list as states.
    organizations : tuple of str
    sessions : dict of str to Session
    scope : str
    """

    window: Days
    ranks: dict[str, tuple[str, ...]]
    officials: dict[str, set[tuple[str, str]]]
    regions: dict[str, str]
    states: frozenset[str]
    organizations: tuple[str, ...]
    sessions: dict[str, Session]
    scope: str

    @cached_property
    def known(self) -> dict[str, tuple[str, ...]]:
        """The values of each dimension that has a closed list."""
        ranks = dict.fromkeys(rank for ranks in self.ranks.values() for rank in ranks)
        return {
            "agency": tuple(self.ranks),
            "rank": tuple(ranks),
            "official": tuple(sorted(self.officials)),
            "format": FORMATS,
            "counterpart_type": ("country", "organization"),
            "region": tuple(sorted(set(self.regions.values()))),
            "counterpart": (*self.regions, *self.organizations),
            "forum": (*self.sessions, *sorted({s.series for s in self.sessions.values()})),
        }


def space_of(built: Built) -> Space:
    """Read the dimensions of open tables.

    Parameters
    ----------
    built : Built

    Returns
    -------
    Space
    """
    tables = "codes country_regions countries events forums officials organizations scopes"
    built.need(tables.split())
    con = built.con.cursor()

    def rows(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
        return con.execute(sql, params or []).fetchall()

    scope, home = built.dataset["default_scope"], built.dataset["home"]
    officials: dict[str, set[tuple[str, str]]] = {}
    for official, agency, rank in rows("select official, agency, official_rank from officials"):
        officials.setdefault(official, set()).add((agency, rank))
    own = {home, *built.dataset.get("not_foreign", ())}
    countries = rows(
        "select c.iso3, coalesce(r.region, 'Not in the scheme'), c.cow is not null "
        "from countries as c "
        "left join country_regions as r on r.iso3 = c.iso3 and r.scheme = $1 order by 1",
        [built.dataset["default_scheme"]],
    )
    foreign = [row for row in countries if row[0] not in own]
    forums = "select forum_id, series, year, session_start, session_end from forums order by 1"
    return Space(
        window=_window(rows, scope),
        ranks=_ranks(rows, scope),
        officials=officials,
        regions={iso3: region for iso3, region, _ in foreign},
        states=frozenset(iso3 for iso3, _, state in foreign if state),
        organizations=tuple(r[0] for r in rows("select code from organizations order by code")),
        sessions={
            forum: Session(forum, series, year, (start, end) if start and end else None)
            for forum, series, year, start, end in rows(forums)
        },
        scope=scope,
    )


def _window(rows: Any, scope: str) -> Days:
    ((start, end),) = rows(
        "select min(start_date), max(end_date) from scopes where scope = $1", [scope]
    )
    ((first, last),) = rows("select min(date_min), max(date_max) from events")
    return start or first or EARLIEST, end or last or LATEST


def _ranks(rows: Any, scope: str) -> dict[str, tuple[str, ...]]:
    """The ranks of each agency: those of the scope, or all that its codes give it."""
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
