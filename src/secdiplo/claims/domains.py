"""The values that each dimension of a dataset can have: agencies, officials, countries, forums."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from secdiplo.schema.declarations import YEARS

OTHER_REGION = "Not in the scheme"  # of countries that the scheme leaves out
FORMATS = ("bilateral", "sideline", "multilateral")
WINDOW_DAYS = 7  # before and after a session: the default of the query `forum_window`
EARLIEST = datetime.date(int(YEARS[0]), 1, 1)
LATEST = datetime.date(int(YEARS[1]), 12, 31)

Days = tuple[datetime.date, datetime.date]
"""A first and a last day, both included."""


@dataclass(frozen=True)
class Session:
    """A session of a forum: its series, its year, and its days if they are known."""

    forum: str
    series: str
    year: int | None
    days: Days | None

    def phases(self) -> dict[str, Days]:
        """Return the days before, during and after the session."""
        if self.days is None:
            return {}
        first, last = self.days
        day, week = datetime.timedelta(days=1), datetime.timedelta(days=WINDOW_DAYS)
        return {
            "before": (first - week, first - day),
            "during": (first, last),
            "after": (last + day, last + week),
        }


@dataclass(frozen=True)
class Domains:
    """The values that each dimension of a dataset can have.

    Attributes
    ----------
    window : (date, date)
        The days of the scope; without a scope, the days between which events are attested.
    ranks : dict of str to tuple of str
        The ranks of each agency that the scope includes, the most senior first.
    officials : dict of str to set of (str, str)
        The agencies and ranks of each official.
    regions : dict of str to str
        The region of every foreign country in the default scheme.
    states : frozenset of str
        The countries that the Correlates of War project lists as states.
    organizations : tuple of str
    actors : tuple of str
        The non-state actors that the dataset names. Without any, no claim can refer to one, and
        no interaction is taken to be with one.
    sessions : dict of str to Session
    scope : str
    names : dict of str to dict of str to str
        Codes and their names by list (``agency``, ``country``), from which messages suggest one.
    more : dict of str to tuple of str
        Further values that a claim may name, by dimension: regions of other schemes, and countries
        that are not foreign (``own``), which it may not.
    unchecked : frozenset of str
        Dimensions whose values are not known, so that every value is accepted.
    """

    window: Days
    ranks: dict[str, tuple[str, ...]]
    officials: dict[str, set[tuple[str, str]]]
    regions: dict[str, str]
    states: frozenset[str]
    organizations: tuple[str, ...]
    sessions: dict[str, Session]
    scope: str
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unchecked: frozenset[str] = frozenset()
    actors: tuple[str, ...] = ()

    @cached_property
    def known(self) -> dict[str, tuple[str, ...]]:
        """The values of each dimension that has a closed list."""
        ranks = dict.fromkeys(rank for ranks in self.ranks.values() for rank in ranks)
        values = {
            "agency": tuple(self.ranks),
            "official_rank": tuple(ranks),
            "official": tuple(sorted(self.officials)),
            "format": FORMATS,
            "counterpart_type": ("country", "organization", *(("actor",) if self.actors else ())),
            "region": tuple(sorted(set(self.regions.values()))),
            "counterpart": (*self.regions, *self.organizations, *self.actors),
            "forum": (*self.sessions, *sorted({s.series for s in self.sessions.values()})),
        }
        return {name: (*known, *self.more.get(name, ())) for name, known in values.items()}
