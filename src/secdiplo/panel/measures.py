"""What a panel can measure: declared once, for the SQL, the messages and the docs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from secdiplo.errors import UsageError
from secdiplo.schema.tables import NUMERIC, Column
from secdiplo.sql.quoting import literal, quoted
from secdiplo.suggest import suggest

BASES = {
    "events": ("event", "count(distinct event_id)", ""),
    "interactions": ("interaction", "count(distinct interaction_id)", ""),
    "agency_interactions": (
        "agency_interaction",
        "count(distinct by_agency || '/' || interaction_id)",
        "",
    ),
    "participations": ("participation", "sum(participations)", ""),
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
_SUM = "cast(sum(cast({value} as decimal(25, 10))) as double)"  # the same in any order
STATISTICS = {
    "sum": ("The sum of the values; missing if no row has a value.", _SUM),
    "mean": ("The mean of the values.", f"{_SUM} / nullif(count({{value}}), 0)"),
    "min": ("The smallest value.", "min({value})"),
    "max": ("The largest value.", "max({value})"),
    "missing": ("The number of rows without a value.", "count(*) - count({value})"),
}
"""Of a numeric extra column over participations: what it is, and the aggregate."""
BY = ("format", "official_rank", "agency")
DETAILS = {
    "by_agency": "s.agency",
    "by_official_rank": "s.official_rank",
    "interaction_id": "s.interaction_id",
    "participation_id": "s.participation_id",
}
"""Columns that contacts have only if a measure tells their values apart."""
DEFAULT = ("events", "interactions", "bilateral_meetings")


@dataclass(frozen=True)
class Measure:
    """One measure of a panel.

    Attributes
    ----------
    name : str
        The column: a base or date; with `_` and a code, that part of it; with `cumulative_` in
        front, all so far. Or a key of `STATISTICS`, `_` and an extra column.
    base : str
        A key of `BASES`, blank for a date or statistic.
    by, code : str
        Of what it is a part: a format, rank or agency.
    cumulative : bool
    statistic : str
        A key of `STATISTICS`.
    column : Column, optional
        The extra column that the statistic is of.
    """

    name: str
    base: str = ""
    by: str = ""
    code: str = ""
    cumulative: bool = False
    statistic: str = ""
    column: Column | None = None

    @property
    def unit(self) -> str:
        """What is counted."""
        if self.base:
            return BASES[self.base][0]
        if self.column:
            of = self.column.unit or "value"
            return "participation" if self.statistic == "missing" else f"{of} (participation)"
        return "day" if self.name.startswith("days") else ""

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number."""
        if self.column:
            whole = self.column.kind == "integer" and self.statistic != "mean"
            return whole or self.statistic == "missing"
        return bool(self.base) or self.name == "days_since_contact"

    @property
    def needs(self) -> set[str]:
        """The columns that its rows must tell apart: names of `DETAILS`."""
        if self.column:
            return {"participation_id"}
        needed = {f"by_{self.by}"} & DETAILS.keys()
        if self.base in {"interactions", "agency_interactions"}:
            needed.add("interaction_id")
        return needed | ({"by_agency"} if self.base == "agency_interactions" else set())

    def aggregate(self, single: bool = False) -> str:
        """The count or statistic in SQL over rows of contacts.

        Parameters
        ----------
        single : bool
            Whether a unit has one row per event, so that nothing must be made distinct.
        """
        if self.column:
            return STATISTICS[self.statistic][1].format(value=value_name(self.column))
        _, count, over = BASES[self.base]
        if single and self.base != "participations":
            count = "count(*)"
        parts = [over] if over else []
        if self.by:
            parts.append(f"by_{self.by} = {literal(self.code)}")
        return f"{count} filter (where {' and '.join(parts)})" if parts else count


def value_name(column: Column) -> str:
    """Return the name that an extra column has among the contacts, in SQL."""
    return quoted(f"value_{column.name}")


def parse(
    names: Sequence[str], codes: dict[str, list[str]], extra: Sequence[Column] = ()
) -> list[Measure]:
    """Read the measures that are asked for.

    Parameters
    ----------
    names : sequence of str
        Such as ``events``, ``events_bilateral``, ``interactions_MPS``, ``cumulative_events``,
        ``last_contact``, ``mean_`` and an extra column; none gives `DEFAULT`.
    codes : dict
        The codes of each list in `BY`.
    extra : sequence of Column
        The extra columns of the dataset, of which the numeric ones have statistics.

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
    for column in extra:
        if column.kind in NUMERIC:
            for statistic in STATISTICS:
                name = f"{statistic}_{column.name}"
                known.setdefault(name, Measure(name, statistic=statistic, column=column))
    found: dict[str, Measure] = {}
    for name in names or DEFAULT:
        if name not in known:
            raise UsageError(f"no measure `{name}`; {suggest(name, list(known))}")
        found[name] = known[name]
    return list(found.values())


def details(measures: Sequence[Measure], single: bool) -> dict[str, str]:
    """Return the columns of `DETAILS` that the rows of contacts need.

    Rows that are `single` only repeat the agency of their unit.
    """
    needed = set().union(*(measure.needs for measure in measures))
    if single:
        needed &= {"by_agency"}
    return {name: column for name, column in DETAILS.items() if name in needed}


def has_single_rows(measures: Sequence[Measure], keys: Sequence[str]) -> bool:
    """Return whether the contacts of a unit have one row per event: no measure needs more detail.

    A country has one interaction in an event.
    """
    needed = set().union(*(measure.needs for measure in measures)) - {"interaction_id"}
    return "country" in keys and needed <= ({"by_agency"} if "agency" in keys else set())


def counts(measures: Sequence[Measure], cumulative: bool, single: bool) -> str:
    """The aggregates of one period or of all so far, each behind a comma."""
    return "".join(
        f",\n        {measure.aggregate(single)} as {quoted(measure.name)}"
        for measure in measures
        if (measure.base or measure.column) and measure.cumulative == cumulative
    )


def columns(measures: Sequence[Measure]) -> str:
    """The counts of the cells, zero where there is nothing, and their statistics.

    Nothing has no sum: only the rows without a value are counted as zero.
    """
    lines = []
    for measure in measures:
        name = quoted(measure.name)
        if measure.base and measure.cumulative:
            lines.append(f"coalesce(sum(a.{name}) over so_far, 0) as {name}")
        elif measure.column and measure.statistic != "missing":
            lines.append(f"n.{name}")
        elif measure.base or measure.column:
            lines.append(f"coalesce(n.{name}, 0) as {name}")
    return "".join(f",\n        {line}" for line in lines)


def shown(measures: Sequence[Measure], inside: str) -> str:
    """The measures of the result, null outside coverage and membership, each behind a comma."""
    lines = []
    for measure in measures:
        name = quoted(measure.name)
        value = f"cast({name} as {'integer' if measure.base else 'bigint'})"
        value = value if measure.is_whole else name
        if measure.name == "days_since_contact":
            value = "cast(known_to - least(last_contact, known_to) as integer)"
            given = f"{inside} and last_contact is not null"  # `least` would pass a blank over
            lines.append(f"case when {given} then {value} end as {name}")
            continue
        lines.append(f"case when {inside} then {value} end as {name}")
    return "".join(f",\n    {line}" for line in lines)
