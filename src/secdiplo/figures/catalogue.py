"""Which figures there are, which queries each is drawn from, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from secdiplo.errors import UsageError
from secdiplo.suggest import suggest


@dataclass(frozen=True)
class Spec:
    """A figure.

    Attributes
    ----------
    name : str
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
        Parameters for which the dataset may set a default, and a reader another value.
    asks : tuple of str
        Those of the open parameters for which the toolkit has no default.
    reads : tuple of str
        Parameters that the figure itself takes, and does not pass to its queries.
    year_of : str
        The parameter that names the session of a forum whose year the figure is of.
    recomputes : tuple of str
        Queries by which published shares are recomputed for a note.
    paper : str
        Its name in the paper that the dataset follows; blank if it has none.
    note : str
        A line of notes that the dataset adds if it has published values.
    defaults : mapping
        The dataset's defaults of open parameters.
    own : mapping
        The dataset's settings of a figure of its own: the keys of its kind.
    """

    name: str
    about: str
    queries: tuple[tuple[str, Mapping[str, Any]], ...]
    drawn_by: str
    lacks: str
    remedy: str = "choose others, or add rows to curated/interactions.csv"
    optional: tuple[str, ...] = ()
    compares: bool = False
    filled: tuple[str, str] | None = None
    open: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    year_of: str = ""
    recomputes: tuple[str, ...] = ()
    paper: str = ""
    note: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needed(self) -> list[str]:
        """The queries that must give rows."""
        return [name for name, _ in self.queries if name not in self.optional]


@dataclass(frozen=True)
class FigureKind:
    """A kind of figure that a dataset can have of its own.

    Attributes
    ----------
    drawn_by : str
        Module and function.
    columns : tuple of str
        Columns that its query must have.
    keys : tuple of str
        Its settings beyond those of every figure.
    reads : tuple of str
        See `Spec.reads`.
    """

    drawn_by: str
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


FIGURE_KINDS = {
    "map": FigureKind(
        "maps.own_map", ("counterpart_type", "counterpart"), ("finding", "colour_by", "legend")
    ),
    "session_map": FigureKind(
        "maps.session_map",
        ("forum", "series", "counterpart_type", "counterpart"),
        ("published",),
        reads=("forum",),
    ),
}


def _spec(name: str, about: str, *queries: Any, **more: Any) -> Spec:
    pairs = tuple((query, {}) if isinstance(query, str) else query for query in queries)
    return Spec(name, about, pairs, **more)


_ALL = (
    _spec(
        "outreach_by_half",
        "Interactions and events per half-year by agency.",
        ("period_totals", {"by": "half"}),
        drawn_by="bars.outreach_by_half",
        lacks="events",
        filled=("period_totals", "interactions"),
    ),
    _spec(
        "interactions_map",
        "World map of all interactions.",
        "country_totals",
        drawn_by="maps.interactions_map",
        lacks="interactions with countries",
    ),
    _spec(
        "bilateral_map",
        "World map of bilateral meetings.",
        "country_totals",
        drawn_by="maps.bilateral_map",
        lacks="bilateral meetings with countries",
        filled=("country_totals", "bilateral_meetings"),
    ),
    _spec(
        "forum_window",
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
        "Sessions of forums over time, by region.",
        "forum_sessions",
        drawn_by="timelines.forum_timeline",
        lacks="sessions of forums",
        remedy="name the forums in curated/interactions.csv and their series in "
        "reference/forums.csv",
    ),
    _spec(
        "organization_timeline",
        "Events that one organization convened or took part in.",
        ("organization_events", {"scope": "all"}),
        open=("organization", "scope"),
        asks=("organization",),
        drawn_by="timelines.organization_timeline",
        lacks="events with the organization",
        remedy="give another one with the parameter `organization`",
    ),
    _spec(
        "bilateral_by_region",
        "Bilateral meetings by region, standalone and sideline.",
        "bilateral_by_region",
        drawn_by="bars.bilateral_by_region",
        lacks="bilateral meetings with countries",
        filled=("bilateral_by_region", "total"),
    ),
    _spec(
        "country_ranking",
        "Countries met most, with the formats of the events.",
        "country_totals",
        drawn_by="rankings.country_ranking",
        lacks="bilateral meetings with countries",
        filled=("country_totals", "bilateral_meetings"),
    ),
    _spec(
        "official_ranking",
        "Countries that the two officials of the most meetings met most.",
        ("official_counterparts", {"top": 0}),
        drawn_by="rankings.official_ranking",
        lacks="bilateral meetings of named officials",
        filled=("official_counterparts", "bilateral_meetings"),
    ),
    _spec(
        "regional_shares",
        "The share of each region, beside the published shares.",
        "regional_shares",
        drawn_by="bars.regional_shares",
        lacks="bilateral meetings with countries",
        filled=("regional_shares", "meetings"),
    ),
    _spec(
        "claims_compared",
        "Every published value beside the attested one, with the bounds of the audit.",
        drawn_by="comparison.claims_compared",
        lacks="published values that can be recomputed",
        remedy="add them to annotations/claims.csv",
        compares=True,
    ),
    _spec(
        "officials_network",
        "Officials and the countries they met, as a network of two levels.",
        ("official_counterparts", {"top": 0}),
        "country_totals",
        drawn_by="network.officials_network",
        lacks="bilateral meetings of named officials",
        filled=("official_counterparts", "bilateral_meetings"),
    ),
)
FIGURES: dict[str, Spec] = {spec.name: spec for spec in _ALL}
"""The figures of the toolkit, which every dataset has."""


def available(dataset: Mapping[str, Any] | None = None) -> dict[str, Spec]:
    """Return the figures that a dataset has: those of the toolkit, and those of its own.

    Parameters
    ----------
    dataset : mapping, optional
        What the manifest says of the dataset.

    Returns
    -------
    dict of str to Spec
        Figures with settings in the dataset first, in the order of the settings.
    """
    found: dict[str, Spec] = {}
    for settings in dataset["figures"] if dataset else ():
        name = settings["name"]
        if name in FIGURES:
            found[name] = replace(FIGURES[name], **_given(settings))
        elif settings.get("kind") in FIGURE_KINDS:
            found[name] = _own(settings)
    return {**found, **{name: spec for name, spec in FIGURES.items() if name not in found}}


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a dataset can set of any figure."""
    return {
        "paper": settings.get("paper", ""),
        "note": settings.get("note", ""),
        "defaults": settings.get("parameters", {}),
    }


def _own(settings: Mapping[str, Any]) -> Spec:
    """Return a figure of the dataset's own."""
    kind = FIGURE_KINDS[settings["kind"]]
    query = settings["query"]
    return Spec(
        settings["name"],
        settings["title"],
        ((query, {}),),
        kind.drawn_by,
        lacks=settings.get("lacks") or f"rows in the query `{query}`",
        remedy=settings.get("remedy") or "choose others, or add the rows that it counts",
        reads=kind.reads,
        own=settings,
        **_given(settings),
    )


def columns(settings: Mapping[str, Any]) -> list[str]:
    """Return the columns that the query of a dataset's own figure must have."""
    further = [settings["colour_by"]] if settings.get("colour_by") else []
    return [*FIGURE_KINDS[settings["kind"]].columns, *further]


def find(name: str, dataset: Mapping[str, Any] | None = None) -> Spec:
    """Return a figure by its name, or by its name in the paper that the dataset follows.

    Raises
    ------
    UsageError
        There is none of that name; the nearest one is offered.

    Examples
    --------
    >>> find("regional_shares").queries
    (('regional_shares', {}),)
    """
    known = available(dataset)
    by_paper = {paper_key(spec.paper): spec for spec in known.values() if spec.paper}
    spec = known.get(str(name)) or by_paper.get(paper_key(str(name)))
    if spec is None:
        raise UsageError(f"no figure `{name}`; {suggest(str(name), [*known, *by_paper])}")
    return spec


def paper_key(paper: str) -> str:
    """Return the name of a figure in a paper as a command takes it.

    Examples
    --------
    >>> paper_key("Figure 9")
    'figure_9'
    """
    return "_".join(paper.lower().split())
