"""What the columns of a panel mean, as files for other tools label them."""

from __future__ import annotations

from collections.abc import Sequence

from secdiplo.panel.measures import CONTACT_DATES, STATISTICS, Measure
from secdiplo.query import ResultColumn

PANEL_COLUMNS = {
    "home": "The home country, by ISO 3166-1 alpha-3 code.",
    "home_cow": "The Correlates of War number of the home country.",
    "home_gw": "The Gleditsch-Ward number of the home country.",
    "agency": "The agency.",
    "country": "The country, by ISO 3166-1 alpha-3 code.",
    "cow": "The Correlates of War number of the country.",
    "gw": "The Gleditsch-Ward number of the country.",
    "name": "The name of the country.",
    "official_id": "The identifier of the official.",
    "official": "The name of the official.",
    "period": "The period: a year, half year, quarter or month.",
    "year": "The year of the period.",
    "period_start": "The first day of the period.",
    "period_end": "The last day of the period.",
    "status": "observed, zero, outside_coverage or not_a_state.",
    "partial": "Whether only a part of the period is in coverage, in membership, or asked for.",
    "imprecise_dates": "Number of events whose dates are too imprecise for the period.",
}


def described(measures: Sequence[Measure]) -> list[ResultColumn]:
    """Return the columns of a panel of these measures, each with its unit and meaning."""
    found = [ResultColumn(name, "", meaning) for name, meaning in PANEL_COLUMNS.items()]
    return found + [ResultColumn(each.name, each.unit, _meaning(each)) for each in measures]


def _meaning(measure: Measure) -> str:
    """Return what a measure is, as a sentence."""
    if measure.name in CONTACT_DATES:
        return CONTACT_DATES[measure.name].replace("`", "")
    if measure.column:
        return f"{measure.column.name}: {STATISTICS[measure.statistic][0]}"
    words = f"Number of {measure.base.replace('_', ' ')}"
    words += f" of {measure.by.replace('_', ' ')} {measure.code}" if measure.by else ""
    return f"{words}, up to the end of the period." if measure.cumulative else f"{words}."
