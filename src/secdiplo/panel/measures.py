"""What a panel can measure: declared once, for the SQL, the messages and the docs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from secdiplo.errors import UsageError
from secdiplo.sql.quoting import literal, quoted
from secdiplo.suggest import suggest

BASES = {
    "events": ("event", "count(distinct event_id)", ""),
    "interactions": ("interaction", "count(distinct interaction_id)", ""),
    "agency_interactions": ("agency_interaction", "count(distinct agency_interaction_id)", ""),
    "participations": ("participation", "count(participation_id)", ""),
    "bilateral_meetings": (
        "bilateral_meeting",
        "count(distinct event_id)",
        "by_format in ('bilateral', 'sideline') and counterpart_type = 'country'",
    ),
}
"""Counts: name -> unit, aggregate, and what it is taken over."""
CONTACT_DATES = {
    "first_contact": "The last day on which the first contact so far can have taken place.",
    "last_contact": "The last day on which the latest contact so far can have taken place.",
    "days_since_contact": "Days from `last_contact` to the end of the period, or of coverage.",
}
CUMULATIVE = "cumulative_"
BY = ("format", "official_rank", "agency")
DEFAULT = ("events", "interactions", "bilateral_meetings")


@dataclass(frozen=True)
class Measure:
    """One measure of a panel.

    Attributes
    ----------
    name : str
        The column: a base or date; with `_` and a code, that part of it; with `cumulative_` in
        front, all so far.
    base : str
        A key of `BASES`, blank for a date.
    by, code : str
        Of what it is a part: a format, rank or agency.
    cumulative : bool
    """

    name: str
    base: str = ""
    by: str = ""
    code: str = ""
    cumulative: bool = False

    @property
    def unit(self) -> str:
        """What is counted."""
        if self.base:
            return BASES[self.base][0]
        return "day" if self.name.startswith("days") else ""

    def aggregate(self) -> str:
        """The count in SQL over rows of contacts."""
        _, count, over = BASES[self.base]
        parts = [over] if over else []
        if self.by:
            parts.append(f"by_{self.by} = {literal(self.code)}")
        return f"{count} filter (where {' and '.join(parts)})" if parts else count


def parse(names: Sequence[str], codes: dict[str, list[str]]) -> list[Measure]:
    """Read the measures that are asked for.

    Parameters
    ----------
    names : sequence of str
        Such as ``events``, ``events_bilateral``, ``interactions_MPS``, ``cumulative_events``,
        ``last_contact``; none gives `DEFAULT`.
    codes : dict
        The codes of each list in `BY`.

    Returns
    -------
    list of Measure

    Raises
    ------
    UsageError
        A name is unknown; the nearest one is offered.

    Examples
    --------
    >>> parse(["events_bilateral"], {"format": ["bilateral"]})[0].aggregate()
    "count(distinct event_id) filter (where by_format = 'bilateral')"
    """
    known = {name: Measure(name) for name in CONTACT_DATES}
    for base in BASES:
        known[base] = Measure(base, base)
        for by in BY:
            for code in codes.get(by, ()):
                known.setdefault(f"{base}_{code}", Measure(f"{base}_{code}", base, by, code))
    for name, measure in list(known.items()):
        if measure.base:
            whole = CUMULATIVE + name
            known[whole] = Measure(whole, measure.base, measure.by, measure.code, True)
    found: dict[str, Measure] = {}
    for name in names or DEFAULT:
        if name not in known:
            raise UsageError(f"no measure `{name}`; {suggest(name, list(known))}")
        found[name] = known[name]
    return list(found.values())


def counts(measures: Sequence[Measure], cumulative: bool) -> str:
    """The aggregates of one kind, each behind a comma."""
    return "".join(
        f",\n        {measure.aggregate()} as {quoted(measure.name)}"
        for measure in measures
        if measure.base and measure.cumulative == cumulative
    )


def columns(measures: Sequence[Measure]) -> str:
    """The counts of the cells, zero where there is nothing, each behind a comma."""
    lines = []
    for measure in measures:
        name = quoted(measure.name)
        if measure.base and measure.cumulative:
            lines.append(f"coalesce(sum(a.{name}) over so_far, 0) as {name}")
        elif measure.base:
            lines.append(f"coalesce(n.{name}, 0) as {name}")
    return "".join(f",\n        {line}" for line in lines)


def shown(measures: Sequence[Measure], inside: str) -> str:
    """The measures of the result, null outside coverage and membership, each behind a comma."""
    lines = []
    for measure in measures:
        name = quoted(measure.name)
        value = f"cast({name} as integer)" if measure.base else name
        if measure.name == "days_since_contact":
            value = "cast(known_to - least(last_contact, known_to) as integer)"
            given = f"{inside} and last_contact is not null"  # `least` would pass a blank over
            lines.append(f"case when {given} then {value} end as {name}")
            continue
        lines.append(f"case when {inside} then {value} end as {name}")
    return "".join(f",\n    {line}" for line in lines)
