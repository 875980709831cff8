"""The structural code lists: those that belong to the toolkit, not to one dataset.

Domain lists (agencies, ranks, topics) belong to a dataset's ``codes.csv``.
A list's order is meaningful where its meaning says so.
"""

from __future__ import annotations

LISTS: dict[str, dict[str, str]] = {
    "format": {
        "bilateral": "One foreign counterpart, arranged on its own.",
        "sideline": "One foreign counterpart, held in conjunction with a multilateral event.",
        "multilateral": "Several foreign parties in one meeting or conference; the source may name "
        "few of them or none.",
    },
    "mode": {
        "in_person": "The parties met in one place.",
        "video": "The parties met by video link.",
        "phone": "The parties spoke by telephone.",
    },
    "date_precision": {
        "day": "The day is known.",
        "month": "Only the month is known.",
        "year": "Only the year is known.",
        "period": "Only a period between two days is known.",
    },
    "counterpart_type": {
        "country": "A state or territory, by ISO 3166-1 alpha-3 code.",
        "organization": "An international organization, by its acronym.",
        "actor": "A non-state actor, such as a rebel group, a company or a church, by its code.",
    },
    "confidence": {
        "high": "Date, official, agency, format and counterpart are all printed in a source.",
        "medium": "One of them is inferred or blank.",
        "low": "Two or more are inferred, or the coder doubts the event itself.",
    },
    "row_status": {
        "attested": "A cited source says so.",
        "imputed": "Computed to complete published totals; no source says so.",
        "synthetic": "Invented rows that resemble a real dataset, for benchmarks and teaching; "
        "nothing of it took place.",
    },
    "source_role": {
        "primary": "The page that the coder chose as the best one.",
        "further": "A further page named in the coder's note.",
    },
    "forum_level": {
        "global": "Open to all regions of the world.",
        "regional": "Scoped to one region.",
    },
    "publisher_basis": {
        "recorded": "The coding sheet names the publisher.",
        "host": "Derived from the host name of the address.",
    },
    "session_basis": {
        "reference": "The days are in the folder's sheet of sessions, with a source.",
        "events": "The days are those of the dated multilateral events of the session.",
    },
    "relation": {
        "exact": "The number is printed as such.",
        "rounded": "The number is rounded; `low` and `high` bound it.",
        "approx": "The number is called approximate.",
        "approx_below": "The number is called almost or nearly so many.",
        "at_least": "The number is a minimum.",
        "at_most": "The number is a maximum.",
        "more_than": "The number is exceeded.",
        "scope": "The text says what is left out.",
    },
    "measure": {
        "count": "A number of things.",
        "distinct": "A number of different things.",
        "share": "A share of a base, in percent.",
        "rank": "A place in an order.",
        "date": "A year.",
        "scope": "What is left out.",
    },
    "yes": {"yes": "Yes; a blank is no."},
}
