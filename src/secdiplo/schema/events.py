"""The flat sheet of interactions and the tables that it becomes."""

from __future__ import annotations

from secdiplo.schema.declarations import Column, Table

ROW_STATUS = Column(
    "row_status",
    "code",
    "Whether a source says so, or the row was computed to complete published totals, or made up.",
    required=True,
    codes="row_status",
    derived=True,
)


def dates(what: str) -> tuple[Column, ...]:
    """Columns that are derived from a date written at its precision."""
    return (
        Column("date_min", "date", f"The first day on which {what}.", required=True, derived=True),
        Column("date_max", "date", f"The last day on which {what}.", required=True, derived=True),
        Column(
            "date_precision",
            "code",
            "How finely the date is known; no count by month or day takes a coarser one for it.",
            required=True,
            codes="date_precision",
            derived=True,
        ),
    )


CODING_SHEET = Table(
    name="interactions_sheet",
    grain="One row is one event x official x foreign counterpart, as coders keep it.",
    key=(
        "event_key",
        "agency",
        "official",
        "counterpart_type",
        "counterpart",
        "counterpart_person",
    ),
    sheet="curated/interactions.csv",
    needed=True,
    unit="participation",
    columns=(
        Column("event_key", "text", "A label that is unique to the event.", required=True),
        Column(
            "date",
            "partial_date",
            "The day the meeting took place.",
            required=True,
            imputed=False,
        ),
        Column(
            "date_end",
            "partial_date",
            "The last day of an event of several days.",
            blank="The event took one day, or its end is not known.",
        ),
        Column("agency", "code", "The agency of the home country.", required=True, codes="agency"),
        Column(
            "official",
            "text",
            "The official of the home country, family name first.",
            blank="The source names nobody.",
        ),
        Column(
            "official_rank",
            "code",
            "The rank of that official.",
            required=True,
            codes="official_rank",
        ),
        Column("format", "code", "The format of the event.", required=True, codes="format"),
        Column("mode", "code", "How the parties met.", required=True, imputed=False, codes="mode"),
        Column(
            "forum",
            "text",
            "The multilateral event, as `<series> <year>`.",
            blank="The event is bilateral and stands on its own, or the row is imputed.",
        ),
        Column(
            "host_country",
            "code",
            "Where the parties met.",
            codes="country",
            blank="The parties did not meet in one place, or the place is unknown.",
        ),
        Column(
            "city",
            "text",
            "The city where the parties met.",
            blank="The parties did not meet in one place, or the city is unknown.",
        ),
        Column(
            "counterpart_type",
            "code",
            "What the counterpart is.",
            imputed=True,
            codes="counterpart_type",
            blank="A multilateral source names no counterpart.",
        ),
        Column(
            "counterpart",
            "text",
            "The country's ISO 3166-1 alpha-3 code, or an acronym.",
            imputed=True,
            blank="A multilateral source names no counterpart.",
        ),
        Column(
            "counterpart_person",
            "text",
            "The person met, as printed.",
            blank="The source names nobody.",
        ),
        Column(
            "counterpart_office",
            "text",
            "The office of the person met, as printed.",
            blank="The source gives no office.",
        ),
        Column(
            "topic",
            "list",
            "The topics of the talks.",
            codes="topic",
            open_codes=True,
            blank="The source names no topic.",
        ),
        Column("source_url", "url", "The address of the best page.", required=True, imputed=False),
        Column("source_publisher", "text", "Who published the page.", blank="Not recorded."),
        Column(
            "source_date",
            "partial_date",
            "When the page was published.",
            blank="The page shows no date, or none was recorded.",
        ),
        Column(
            "source_title", "text", "The headline of the page.", blank="Not seen or not recorded."
        ),
        Column(
            "inferred",
            "list",
            "The columns whose value no cited page prints.",
            blank="Every value is printed on a cited page.",
        ),
        Column(
            "confidence",
            "code",
            "The coder's confidence.",
            required=True,
            imputed=False,
            codes="confidence",
        ),
        Column(
            "note",
            "text",
            "The coder's doubts and decisions, and further addresses.",
            blank="The coder had nothing to add.",
        ),
        Column(
            "row_status",
            "code",
            "Attested unless it says otherwise.",
            blank="The row is attested.",
            codes="row_status",
            optional=True,
        ),
        Column(
            "date_min",
            "date",
            "Only of imputed rows: the first day of the period within which the event is imputed.",
            blank="The row is attested, or imputed in an event that has a date.",
            optional=True,
        ),
        Column(
            "date_max",
            "date",
            "Only of imputed rows: the last day of that period.",
            blank="The row is attested, or imputed in an event that has a date.",
            optional=True,
        ),
    ),
)

EVENTS = Table(
    name="events",
    grain="One row is one event: a meeting, video meeting, call, dialogue or conference.",
    key=("event_id",),
    unit="event",
    columns=(
        Column("event_id", "text", "The label that is unique to the event.", required=True),
        Column(
            "date",
            "partial_date",
            "The first day of the event as coded, at the precision that is known.",
            blank="The event is imputed and has only a period.",
        ),
        Column(
            "date_end",
            "partial_date",
            "The last day of an event of several days as coded.",
            blank="The event took one day, or its end is not known.",
        ),
        *dates("the event can have taken place"),
        Column("format", "code", "The format of the event.", required=True, codes="format"),
        Column("mode", "code", "How the parties met.", codes="mode", blank="The event is imputed."),
        Column(
            "forum_id",
            "text",
            "The multilateral event that this one is, or beside which it was held.",
            ref="forums.forum_id",
            blank="The event stood on its own, or is imputed.",
        ),
        Column(
            "host_country",
            "code",
            "The country in which the parties met, by ISO 3166-1 alpha-3 code.",
            codes="country",
            ref="countries.iso3",
            blank="The parties did not meet in one place, or the place is unknown.",
        ),
        Column(
            "city",
            "text",
            "The city in which the parties met.",
            blank="The parties did not meet in one place, or the city is unknown.",
        ),
        Column(
            "inferred",
            "list",
            "The columns of the event's rows whose value no cited page prints: their union.",
            blank="Every value is printed on a cited page.",
        ),
        Column(
            "confidence",
            "code",
            "The coder's confidence in the event.",
            codes="confidence",
            blank="The event is imputed.",
        ),
        Column(
            "independent_sources",
            "integer",
            "The number of different publishers of the cited pages, without reposts. A host that "
            "is not in `publishers` counts as a publisher of its own. Agency copy and outlets of "
            "one owner are not recognized: several publishers may share one report.",
            required=True,
            unit="publisher",
        ),
        ROW_STATUS,
    ),
)

INTERACTIONS = Table(
    name="interactions",
    grain="One row is one foreign counterpart in one event, however many agencies took part.",
    key=("interaction_id",),
    unit="interaction",
    columns=(
        Column(
            "interaction_id",
            "text",
            "The event and the counterpart, `<event_id>/<counterpart>`; an organization's "
            "acronym stands behind `org:`.",
            required=True,
        ),
        Column("event_id", "text", "The event.", required=True, ref="events.event_id"),
        Column(
            "counterpart_type",
            "code",
            "Whether the counterpart is a country or an organization.",
            required=True,
            codes="counterpart_type",
        ),
        Column(
            "counterpart",
            "text",
            "The counterpart: an ISO 3166-1 alpha-3 code or an organization's acronym.",
            required=True,
        ),
        ROW_STATUS,
    ),
)

PARTICIPATIONS = Table(
    name="participations",
    grain="One row is one row of the sheet: an official of the home country and a counterpart.",
    key=("participation_id",),
    unit="participation",
    references=(
        (
            ("official_id", "agency", "official_rank"),
            "officials",
            ("official_id", "agency", "official_rank"),
        ),
    ),
    columns=(
        Column(
            "participation_id",
            "text",
            "The event and a number within it, `<event_id>#<n>`, in the order of the row's cells.",
            required=True,
        ),
        Column("event_id", "text", "The event.", required=True, ref="events.event_id"),
        Column(
            "interaction_id",
            "text",
            "The interaction that the row belongs to.",
            ref="interactions.interaction_id",
            blank="The source names no counterpart: an event, but no countable interaction.",
        ),
        Column("agency", "code", "The agency of the home country.", required=True, codes="agency"),
        Column(
            "official_id",
            "text",
            "The official of the home country.",
            blank="The source names nobody, or the row is imputed.",
        ),
        Column(
            "official_rank",
            "code",
            "The rank of that official at the time.",
            required=True,
            codes="official_rank",
        ),
        Column(
            "counterpart_person",
            "text",
            "The person met, as the source prints the name.",
            blank="The source names nobody, or the row is imputed.",
        ),
        Column(
            "counterpart_office",
            "text",
            "The office of the person met, as the source prints it.",
            blank="The source gives no office, or the row is imputed.",
        ),
        Column(
            "source_id",
            "text",
            "The best page for the row.",
            ref="sources.source_id",
            blank="The row is imputed.",
        ),
        Column(
            "inferred",
            "list",
            "The columns of the row whose value no cited page prints.",
            blank="Every value is printed on a cited page.",
        ),
        Column(
            "note",
            "text",
            "The coder's doubts and decisions, and further addresses after `also:`.",
            blank="The coder had nothing to add.",
        ),
        ROW_STATUS,
    ),
)

INTERACTION_TOPICS = Table(
    name="interaction_topics",
    grain="One row is one topic of one row of the sheet.",
    key=("participation_id", "topic"),
    columns=(
        Column(
            "participation_id",
            "text",
            "The row of the sheet.",
            required=True,
            ref="participations.participation_id",
        ),
        Column(
            "interaction_id",
            "text",
            "The interaction that the row belongs to.",
            ref="interactions.interaction_id",
            blank="The source names no counterpart.",
        ),
        Column("position", "integer", "The place of the topic in the cell, from 1.", required=True),
        Column(
            "topic",
            "code",
            "The topic of the talks.",
            required=True,
            codes="topic",
            open_codes=True,
        ),
    ),
)

SOURCES = Table(
    name="sources",
    grain="One row is one page that the coders cite for an event.",
    key=("source_id",),
    columns=(
        Column(
            "source_id",
            "text",
            "`src-` and the first sixteen digits of the address's sha256.",
            required=True,
        ),
        Column("url", "url", "The address of the page.", required=True),
        Column(
            "publisher",
            "text",
            "Who published the page, as recorded; otherwise derived from the host name.",
            required=True,
        ),
        Column(
            "publisher_basis",
            "code",
            "Where the name of the publisher comes from.",
            required=True,
            codes="publisher_basis",
        ),
        Column(
            "publisher_country",
            "code",
            "The country of the publisher, by the host name.",
            codes="country",
            ref="countries.iso3",
            blank="International, not known, or the host is not listed in `publishers`.",
        ),
        Column(
            "publisher_kind",
            "code",
            "The kind of publisher, by the host name.",
            codes="publisher_kind",
            blank="The host is not listed in `publishers`.",
        ),
        Column(
            "date",
            "partial_date",
            "When the page was published, at the precision that is known.",
            blank="The page shows no date, or none was recorded.",
        ),
        Column("title", "text", "The headline of the page.", blank="Not seen or not recorded."),
        Column("archive_url", "url", "The address of an archived copy.", blank="None recorded."),
        Column("language", "text", "The language of the page (ISO 639-1).", blank="Not recorded."),
        Column(
            "inferred",
            "list",
            "Those of publisher, date and title that the page does not print.",
            blank="What is given is printed on the page.",
        ),
    ),
)

EVENT_SOURCES = Table(
    name="event_sources",
    grain="One row is one page that is cited for one event.",
    key=("event_id", "source_id"),
    columns=(
        Column("event_id", "text", "The event.", required=True, ref="events.event_id"),
        Column("source_id", "text", "The page.", required=True, ref="sources.source_id"),
        Column(
            "role",
            "code",
            "Whether the page is the best one for a row of the event or a further one.",
            required=True,
            codes="source_role",
        ),
    ),
)

EVENT_TABLES = (
    EVENTS,
    INTERACTIONS,
    PARTICIPATIONS,
    INTERACTION_TOPICS,
    SOURCES,
    EVENT_SOURCES,
)
