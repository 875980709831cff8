"""The coding sheet and the tables that it becomes."""

from __future__ import annotations

from typing import Any

from secdiplo.schema.table_model import (
    Coded,
    Day,
    Integer,
    ItemList,
    PartialDate,
    SheetModel,
    TableModel,
    Text,
    Url,
    field,
)


def status_of_row() -> Any:
    """Declare the column that tells apart what a source attests and what was computed."""
    return field(
        "Whether a source says so, or the row was computed to complete published totals, or made "
        "up.",
        required=True,
        codes="row_status",
        derived=True,
    )


class CodingSheet(
    SheetModel,
    key=(
        "event_key",
        "agency",
        "official",
        "counterpart_type",
        "counterpart",
        "counterpart_person",
    ),
    name="interactions_sheet",
    sheet="curated/interactions.csv",
    needed=True,
    unit="participation",
):
    """One row per event, official and foreign counterpart, as coders enter it."""

    event_key: Text = field(
        "A label that is unique to the event.", required=True, example="2024-09-07-mfa-dupont-ken"
    )
    date: PartialDate = field(
        "The day the meeting took place.", required=True, imputed=False, example="2024-09-07"
    )
    date_end: PartialDate = field(
        "The last day of an event of several days.",
        blank="The event took one day, or its end is not known.",
        example="2024-09-08",
    )
    home: Coded = field(
        "The home country of the event, where it is not that of dataset.toml.",
        codes="country",
        optional=True,
        blank="The home country of the dataset.",
        example="FRA",
    )
    agency: Coded = field("The agency of the home country.", required=True, codes="agency")
    official: Text = field(
        "The official of the home country, family name first.",
        blank="The source names nobody.",
        example="Dupont Marie",
    )
    official_rank: Coded = field("The rank of that official.", required=True, codes="official_rank")
    format: Coded = field("The format of the event.", required=True, codes="format")
    mode: Coded = field("How the parties met.", required=True, imputed=False, codes="mode")
    forum: Text = field(
        "The multilateral event, as `<series> <year>`.",
        blank="The event is bilateral and not part of a forum, or the row is imputed.",
        example="Police Chiefs 2024",
    )
    host_country: Coded = field(
        "Where the parties met.",
        codes="country",
        blank="The parties did not meet in one place, or the place is unknown.",
        example="KEN",
    )
    city: Text = field(
        "The city where the parties met.",
        blank="The parties did not meet in one place, or the city is unknown.",
        example="Nairobi",
    )
    counterpart_type: Coded = field(
        "What the counterpart is.",
        imputed=True,
        codes="counterpart_type",
        blank="A multilateral source names no counterpart.",
    )
    counterpart: Text = field(
        "The country's ISO 3166-1 alpha-3 code, an organization's acronym, or an actor's code.",
        imputed=True,
        blank="A multilateral source names no counterpart.",
        example="KEN",
    )
    counterpart_person: Text = field(
        "The person met, as printed.",
        blank="The source names nobody.",
        example="Jane Otieno",
    )
    counterpart_office: Text = field(
        "The office of the person met, as printed.",
        blank="The source gives no office.",
        example="Minister of the Interior",
    )
    topic: ItemList = field(
        "The topics of the talks.",
        codes="topic",
        open_codes=True,
        blank="The source names no topic.",
    )
    source_url: Url = field(
        "The address of the best page.",
        required=True,
        imputed=False,
        example="https://example.org/meeting",
    )
    source_publisher: Text = field(
        "Who published the page.", blank="Not recorded.", example="Ministry of the Interior"
    )
    source_date: PartialDate = field(
        "When the page was published.",
        blank="The page shows no date, or none was recorded.",
        example="2024-09",
    )
    source_title: Text = field(
        "The headline of the page.",
        blank="Not seen or not recorded.",
        example="Ministers meet in Nairobi",
    )
    inferred: ItemList = field(
        "The columns whose value no cited page prints.",
        blank="Every value is printed on a cited page.",
        example="city; official_rank",
    )
    confidence: Coded = field(
        "The coder's confidence.", required=True, imputed=False, codes="confidence"
    )
    note: Text = field(
        "The coder's doubts and decisions, and further addresses.",
        blank="The coder had nothing to add.",
        example="two pages differ on the day; also: https://example.org/other",
    )
    row_status: Coded = field(
        "Attested unless it says otherwise.",
        codes="row_status",
        optional=True,
        blank="The row is attested.",
    )
    date_min: Day = field(
        "For imputed rows only: first day of the period in which the event was imputed.",
        optional=True,
        blank="The row is attested, or imputed in an event that has a date.",
        example="2024-01-01",
    )
    date_max: Day = field(
        "For imputed rows only: last day of that period.",
        optional=True,
        blank="The row is attested, or imputed in an event that has a date.",
        example="2024-12-31",
    )


class Events(TableModel, key=("event_id",), unit="event"):
    """One row per event: a meeting, video meeting, call, dialogue or conference."""

    event_id: Text = field("The label that is unique to the event.", required=True)
    date: PartialDate = field(
        "The first day of the event as coded, at the precision that is known.",
        blank="The event is imputed and has only a period.",
    )
    date_end: PartialDate = field(
        "The last day of an event of several days as coded.",
        blank="The event took one day, or its end is not known.",
    )
    date_min: Day = field(
        "The first day on which the event can have taken place.", required=True, derived=True
    )
    date_max: Day = field(
        "The last day on which the event can have taken place.", required=True, derived=True
    )
    date_precision: Coded = field(
        "How precisely the date is known. Counts by month need at least the month.",
        required=True,
        codes="date_precision",
        derived=True,
    )
    latest_start: Day = field(
        "The last day on which the event can have begun. Counts by period go by the first day of "
        "an event: it is in a period if `date_min` and this day are both in it.",
        required=True,
        derived=True,
    )
    home: Coded = field(
        "The home country: the one whose officials took part. A dyad goes from it to the "
        "counterpart.",
        required=True,
        codes="country",
        ref="countries.iso3",
    )
    format: Coded = field("The format of the event.", required=True, codes="format")
    mode: Coded = field("How the parties met.", codes="mode", blank="The event is imputed.")
    forum_id: Text = field(
        "The multilateral event that this one is, or beside which it was held.",
        ref="forums.forum_id",
        blank="The event was not part of a forum, or is imputed.",
    )
    host_country: Coded = field(
        "The country in which the parties met, by ISO 3166-1 alpha-3 code.",
        codes="country",
        ref="countries.iso3",
        blank="The parties did not meet in one place, or the place is unknown.",
    )
    city: Text = field(
        "The city in which the parties met.",
        blank="The parties did not meet in one place, or the city is unknown.",
    )
    inferred: ItemList = field(
        "The columns of the event's rows whose value no cited page prints: their union.",
        blank="Every value is printed on a cited page.",
    )
    confidence: Coded = field(
        "The coder's confidence in the event.", codes="confidence", blank="The event is imputed."
    )
    independent_sources: Integer = field(
        "The number of different publishers of the cited pages, without reposts. A host that is "
        "not in `publishers` counts as a publisher of its own. Agency copy and outlets of one "
        "owner are not recognized: several publishers may share one report.",
        required=True,
        unit="publisher",
    )
    row_status: Coded = status_of_row()


class Interactions(TableModel, key=("interaction_id",), unit="interaction"):
    """One row per foreign counterpart in each event, however many agencies took part."""

    interaction_id: Text = field(
        "The event and the counterpart, `<event_id>/<counterpart>`; an organization's acronym "
        "follows `org:`, and a non-state actor's code `actor:`.",
        required=True,
    )
    event_id: Text = field("The event.", required=True, ref="events.event_id")
    counterpart_type: Coded = field(
        "Whether the counterpart is a country, an organization or a non-state actor.",
        required=True,
        codes="counterpart_type",
    )
    counterpart: Text = field(
        "The counterpart: an ISO 3166-1 alpha-3 code, an organization's acronym or the code of a "
        "non-state actor.",
        required=True,
    )
    row_status: Coded = status_of_row()


class Participations(
    TableModel,
    key=("participation_id",),
    unit="participation",
    references=(
        (
            ("official_id", "agency", "official_rank"),
            "officials",
            ("official_id", "agency", "official_rank"),
        ),
    ),
):
    """One row per official of the home country and counterpart in each event."""

    participation_id: Text = field(
        "The event and a number within it, `<event_id>#<n>`, in the order of the row's cells.",
        required=True,
    )
    event_id: Text = field("The event.", required=True, ref="events.event_id")
    interaction_id: Text = field(
        "The interaction that the row belongs to.",
        ref="interactions.interaction_id",
        blank="The source names no counterpart: an event, but no countable interaction.",
    )
    agency: Coded = field("The agency of the home country.", required=True, codes="agency")
    official_id: Text = field(
        "The official of the home country.", blank="The source names nobody, or the row is imputed."
    )
    official_rank: Coded = field(
        "The rank of that official at the time.", required=True, codes="official_rank"
    )
    counterpart_person: Text = field(
        "The person met, as the source prints the name.",
        blank="The source names nobody, or the row is imputed.",
    )
    counterpart_office: Text = field(
        "The office of the person met, as the source prints it.",
        blank="The source gives no office, or the row is imputed.",
    )
    source_id: Text = field(
        "The best page for the row.", ref="sources.source_id", blank="The row is imputed."
    )
    inferred: ItemList = field(
        "The columns of the row whose value no cited page prints.",
        blank="Every value is printed on a cited page.",
    )
    note: Text = field(
        "The coder's doubts and decisions, and further addresses after `also:`.",
        blank="The coder had nothing to add.",
    )
    row_status: Coded = status_of_row()


class InteractionTopics(TableModel, key=("participation_id", "topic")):
    """One row per topic of each participation."""

    participation_id: Text = field(
        "The row of the sheet.", required=True, ref="participations.participation_id"
    )
    interaction_id: Text = field(
        "The interaction that the row belongs to.",
        ref="interactions.interaction_id",
        blank="The source names no counterpart.",
    )
    position: Integer = field("The place of the topic in the cell, from 1.", required=True)
    topic: Coded = field("The topic of the talks.", required=True, codes="topic", open_codes=True)


class Sources(TableModel, key=("source_id",)):
    """One row per page that the coders cite for an event."""

    source_id: Text = field(
        "`src-` and the first sixteen digits of the address's sha256.", required=True
    )
    url: Url = field("The address of the page.", required=True)
    publisher: Text = field(
        "Who published the page, as recorded; otherwise derived from the host name.", required=True
    )
    publisher_basis: Coded = field(
        "Where the name of the publisher comes from.", required=True, codes="publisher_basis"
    )
    publisher_country: Coded = field(
        "The country of the publisher, by the host name.",
        codes="country",
        ref="countries.iso3",
        blank="International, not known, or the host is not listed in `publishers`.",
    )
    publisher_kind: Coded = field(
        "The kind of publisher, by the host name.",
        codes="publisher_kind",
        blank="The host is not listed in `publishers`.",
    )
    date: PartialDate = field(
        "When the page was published, at the precision that is known.",
        blank="The page shows no date, or none was recorded.",
    )
    title: Text = field("The headline of the page.", blank="Not seen or not recorded.")
    archive_url: Url = field("The address of an archived copy.", blank="None recorded.")
    language: Text = field("The language of the page (ISO 639-1).", blank="Not recorded.")
    inferred: ItemList = field(
        "Those of publisher, date and title that the page does not print.",
        blank="What is given is printed on the page.",
    )


class EventSources(TableModel, key=("event_id", "source_id")):
    """One row per event and page cited for it."""

    event_id: Text = field("The event.", required=True, ref="events.event_id")
    source_id: Text = field("The page.", required=True, ref="sources.source_id")
    role: Coded = field(
        "Whether the page is the best one for a row of the event or a further one.",
        required=True,
        codes="source_role",
    )
