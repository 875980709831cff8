"""Which figures there are, which queries each is drawn from, and what it needs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from secdiplo.errors import UsageError
from secdiplo.suggest import suggest


@dataclass(frozen=True)
class Spec:
    """A figure.

    Attributes
    ----------
    name : str
    paper : str
        Its name in the paper, blank for one of our own.
    about : str
        What it shows.
    queries : tuple of (str, mapping)
        The queries that it is drawn from, and parameters that it gives them; the first one is
        the source that the figure names.
    drawn_by : str
        Module and function.
    lacks : str
        What a dataset does not have where there is nothing to draw.
    remedy : str
        What to do then.
    optional : tuple of str
        Queries that may be empty.
    compares : bool
        Whether every published value is recomputed for it.
    filled : (str, str), optional
        A query and a column that must not be zero in every row.
    open : tuple of str
        Parameters that the figure gives its queries and that a reader may give in their place.
    reads : tuple of str
        Parameters that the figure itself takes, and does not hand on to its queries.
    year_of : str
        The parameter that names the session of a forum whose year the figure is of.
    recomputes : tuple of str
        Queries by which published shares are recomputed for a note.
    """

    name: str
    paper: str
    about: str
    queries: tuple[tuple[str, Mapping[str, Any]], ...]
    drawn_by: str
    lacks: str
    remedy: str = "choose others, or add rows to curated/interactions.csv"
    optional: tuple[str, ...] = ()
    compares: bool = False
    filled: tuple[str, str] | None = None
    open: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    year_of: str = ""
    recomputes: tuple[str, ...] = ()

    @property
    def needed(self) -> list[str]:
        """The queries that must give rows."""
        return [name for name, _ in self.queries if name not in self.optional]


def _spec(name: str, paper: str, about: str, *queries: Any, **more: Any) -> Spec:
    pairs = tuple((query, {}) if isinstance(query, str) else query for query in queries)
    return Spec(name, paper, about, pairs, **more)


_ALL = (
    _spec(
        "outreach_by_half",
        "Figure 1",
        "Interactions and events per half-year by agency.",
        ("period_totals", {"by": "half"}),
        drawn_by="bars.outreach_by_half",
        lacks="events",
        filled=("period_totals", "interactions"),
    ),
    _spec(
        "interactions_map",
        "Figure 2",
        "World map of all interactions.",
        "country_totals",
        drawn_by="maps.interactions_map",
        lacks="interactions with countries",
    ),
    _spec(
        "bilateral_map",
        "Figure 3",
        "World map of bilateral meetings.",
        "country_totals",
        drawn_by="maps.bilateral_map",
        lacks="bilateral meetings with countries",
        filled=("country_totals", "bilateral_meetings"),
    ),
    _spec(
        "gsi_map",
        "Figure 4",
        "World map of documented supporters of the Global Security Initiative, beside the number "
        "claimed.",
        "gsi_supporters",
        drawn_by="maps.gsi_map",
        lacks="documented supporters of the Global Security Initiative",
        remedy="they stand in curated/gsi_support.csv",
    ),
    _spec(
        "forum_map",
        "Figure 5",
        "World map of documented participants of a forum, beside the number claimed.",
        "forum_attendees",
        reads=("forum",),
        drawn_by="maps.forum_map",
        lacks="documented participants of forums",
        remedy="they stand in curated/forum_participants.csv",
    ),
    _spec(
        "forum_window",
        "Figure 6",
        "Interactions by month of one year, with the window of a forum and its share.",
        ("period_totals", {"by": "month", "start": None, "end": None}),
        "forum_window",
        "forum_sessions",
        year_of="forum",
        recomputes=("forum_window",),
        drawn_by="bars.forum_window",
        lacks="interactions in the window of the forum",
        optional=("forum_sessions",),
        filled=("forum_window", "interactions"),
    ),
    _spec(
        "forum_timeline",
        "Figure 7",
        "Sessions of forums over time, by region.",
        "forum_sessions",
        drawn_by="timelines.forum_timeline",
        lacks="sessions of forums",
        remedy="name the forums in curated/interactions.csv and their series in "
        "reference/forums.csv",
    ),
    _spec(
        "organization_timeline",
        "Figure 8",
        "Events that one organization convened or took part in, the Lancang-Mekong centre by "
        "default.",
        ("organization_events", {"organization": "LMLECC", "scope": "all"}),
        open=("organization", "scope"),
        drawn_by="timelines.organization_timeline",
        lacks="events with the organization",
        remedy="give another one with the parameter `organization`",
    ),
    _spec(
        "bilateral_by_region",
        "Figure 9",
        "Bilateral meetings by region, standalone and sideline.",
        "bilateral_by_region",
        drawn_by="bars.bilateral_by_region",
        lacks="bilateral meetings with countries",
        filled=("bilateral_by_region", "total"),
    ),
    _spec(
        "country_ranking",
        "Table 2",
        "Countries met most, with the formats of the events.",
        "country_totals",
        drawn_by="rankings.country_ranking",
        lacks="bilateral meetings with countries",
        filled=("country_totals", "bilateral_meetings"),
    ),
    _spec(
        "official_ranking",
        "Table 3",
        "Countries that the two officials of the most meetings met most.",
        ("official_counterparts", {"top": 0}),
        drawn_by="rankings.official_ranking",
        lacks="bilateral meetings of named officials",
        filled=("official_counterparts", "bilateral_meetings"),
    ),
    _spec(
        "regional_shares",
        "",
        "The share of each region, beside the published shares.",
        "regional_shares",
        drawn_by="bars.regional_shares",
        lacks="bilateral meetings with countries",
        filled=("regional_shares", "meetings"),
    ),
    _spec(
        "claims_compared",
        "",
        "Every published value beside the attested one, with the bounds of the audit.",
        drawn_by="comparison.claims_compared",
        lacks="published values that can be recomputed",
        remedy="they stand in annotations/claims.csv",
        compares=True,
    ),
    _spec(
        "officials_network",
        "",
        "Officials and the countries they met, as a network of two levels.",
        ("official_counterparts", {"top": 0}),
        "country_totals",
        drawn_by="network.officials_network",
        lacks="bilateral meetings of named officials",
        filled=("official_counterparts", "bilateral_meetings"),
    ),
)
FIGURES: dict[str, Spec] = {spec.name: spec for spec in _ALL}


@functools.cache
def find(name: str) -> Spec:
    """A figure by its name, or by that of the paper.

    Raises
    ------
    UsageError
        There is none of that name; the nearest one is offered.

    Examples
    --------
    >>> find("figure_9").name
    'bilateral_by_region'
    """
    by_paper = {spec.paper.lower().replace(" ", "_"): spec for spec in _ALL if spec.paper}
    spec = FIGURES.get(str(name)) or by_paper.get(str(name).lower().replace(" ", "_"))
    if spec is None:
        raise UsageError(f"no figure `{name}`; {suggest(str(name), [*FIGURES, *by_paper])}")
    return spec
