"""Reference tables: who and what the events refer to, and the other curated sheets."""

from __future__ import annotations

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
    Year,
    field,
)

NO_CODE = "The system has no code for the entity."


class Countries(TableModel, key=("iso3",), sheet="reference/countries.csv", group="reference"):
    """One row per country or territory, or one state that has ended."""

    iso3: Text = field(
        "The ISO 3166-1 alpha-3 code, of ended states that of ISO 3166-3; XKX is Kosovo.",
        required=True,
    )
    iso2: Text = field(
        "The ISO 3166 alpha-2 code; NA is Namibia, CS was given to two ended states.",
        required=True,
    )
    iso_numeric: Text = field("The ISO 3166 numeric code, three digits.", blank=NO_CODE)
    name: Text = field("The usual English short name.", required=True)
    aliases: ItemList = field(
        "Other names that are offered when a cell holds one.", blank="None recorded."
    )
    cow: Integer = field("The Correlates of War country code.", blank=NO_CODE)
    cow_from: Year = field(
        "The first year as a member of the state system (Correlates of War), of the last spell.",
        unit="year",
        blank="Never one.",
    )
    cow_to: Year = field(
        "The last year as a member of the state system (Correlates of War), of the last spell.",
        unit="year",
        blank="Still a member when the list was read, or never one.",
    )
    gw: Integer = field("The Gleditsch-Ward country code.", blank=NO_CODE)
    gw_from: Year = field(
        "The first year as a member of the state system (Gleditsch-Ward), of the last spell.",
        unit="year",
        blank="Never one.",
    )
    gw_to: Year = field(
        "The last year as a member of the state system (Gleditsch-Ward), of the last spell.",
        unit="year",
        blank="Still a member when the list was read, or never one.",
    )
    gw_microstate: Coded = field(
        "Whether the Gleditsch-Ward code is from the tentative list of microstates.",
        codes="yes",
        blank="It is not.",
    )
    vdem: Integer = field("The Varieties of Democracy country code.", blank=NO_CODE)
    state_from: Day = field(
        "The first day of an ended state, from which its code is valid.",
        blank="A country or territory of today.",
        optional=True,
    )
    state_to: Day = field(
        "The last day of an ended state, to which its code is valid.",
        blank="A country or territory of today.",
        optional=True,
    )
    successors: ItemList = field(
        "The codes of the states that came after an ended state, the largest first.",
        blank="A country or territory of today.",
        optional=True,
    )


class CountryRegions(TableModel, key=("scheme", "iso3"), group="reference"):
    """One row per country and region scheme."""

    scheme: Text = field(
        "The scheme: `un_m49` and its lower levels, or one of the dataset's own.", required=True
    )
    iso3: Text = field("The country.", required=True, ref="countries.iso3")
    region: Text = field("The region of the country in the scheme.", required=True)


class RegionsSheet(
    SheetModel, key=("scheme", "iso3"), sheet="reference/regions.csv", group="reference"
):
    """One row per country and region scheme of the dataset's own."""

    scheme: Text = field("The scheme; the first one is the default of queries.", required=True)
    iso3: Coded = field("The country.", required=True, codes="country")
    region: Text = field("The region of the country in the scheme.", required=True)


class Organizations(
    TableModel, key=("code",), sheet="reference/organizations.csv", group="reference"
):
    """One row per international organization."""

    code: Text = field("The acronym.", required=True)
    name: Text = field("The English name.", blank="Not in the folder's sheet.", optional=True)
    name_zh: Text = field(
        "The name in the script of the home country.", blank="Not recorded.", optional=True
    )
    kind: Text = field(
        "The kind: global, regional or police.", blank="Not recorded.", optional=True
    )


class NonstateActors(TableModel, key=("code",), sheet="reference/actors.csv", group="reference"):
    """One row per non-state actor: a rebel group, a company, a church."""

    code: Text = field("The code that the coding sheet uses.", required=True)
    name: Text = field("The English name.", blank="Not in the folder's sheet.", optional=True)
    country: Coded = field(
        "The country where the actor is based, by ISO 3166-1 alpha-3 code.",
        codes="country",
        ref="countries.iso3",
        blank="Several countries, or not recorded.",
        optional=True,
    )
    kind: Text = field(
        "The kind, such as rebel group, company or church.", blank="Not recorded.", optional=True
    )


class Publishers(TableModel, key=("host",), sheet="reference/publishers.csv", group="reference"):
    """One row per host name, with the publisher of its pages."""

    host: Text = field(
        "The host name of an address, without `www.`; it covers its subdomains, unless they have "
        "rows of their own.",
        required=True,
    )
    publisher: Text = field("Who publishes the pages.", required=True)
    country: Coded = field(
        "The country of the publisher, by ISO 3166-1 alpha-3 code.",
        codes="country",
        ref="countries.iso3",
        blank="International, or not known.",
        optional=True,
    )
    kind: Coded = field(
        "The kind of publisher. Pages of the kind `repost` are not independent sources.",
        required=True,
        codes="publisher_kind",
    )


class Officials(
    TableModel,
    key=("official_id", "agency", "official_rank"),
    sheet="reference/officials.csv",
    group="reference",
):
    """One row per official of the home country, agency and rank."""

    official_id: Text = field("The name in lower case with hyphens.", required=True, derived=True)
    official: Text = field("The name as in the sheet, family name first.", required=True)
    agency: Coded = field("The agency.", required=True, codes="agency")
    official_rank: Coded = field("The rank.", required=True, codes="official_rank")
    name_zh: Text = field("The name in the original script.", blank="Not recorded.", optional=True)
    tenure_start: PartialDate = field(
        "Since when the official held the rank.",
        blank="Not recorded; it says nothing about the tenure.",
        optional=True,
    )
    tenure_end: PartialDate = field(
        "Until when the official held the rank.",
        blank="Not recorded, or still in office.",
        optional=True,
    )
    source_url: Url = field(
        "The page that gives the tenure.", blank="No tenure is recorded.", optional=True
    )


class ForumSeries(TableModel, key=("series",), sheet="reference/forums.csv", group="reference"):
    """One row per series of multilateral events."""

    series: Text = field("The name of the series.", required=True)
    level: Coded = field(
        "Whether the series is global or regional.",
        codes="forum_level",
        blank="The series is not in the folder's sheet.",
        optional=True,
    )
    region: Text = field(
        "The region of a regional series, in the words of the first scheme of regions.",
        blank="The series is global, or not in the folder's sheet.",
        optional=True,
    )
    first_year: Year = field(
        "The year of the first session, where recorded.",
        unit="year",
        blank="Not recorded.",
        optional=True,
    )
    convener: Text = field("Who convenes it.", blank="Not recorded.", optional=True)
    note: Text = field("What else is known.", blank="Nothing to add.", optional=True)


class SessionsSheet(SheetModel, key=("forum",), sheet="reference/sessions.csv", group="reference"):
    """One row per forum session whose days a source gives."""

    forum: Text = field("The session, as `<series> <year>`.", required=True)
    start: PartialDate = field("The first day of the session.", required=True)
    end: PartialDate = field("The last day of the session.", required=True)
    source: Text = field("Where the days stand.", required=True)


class Forums(TableModel, key=("forum_id",), group="reference"):
    """One row per session of a forum series, usually one a year."""

    forum_id: Text = field("The session, as `<series> <year>`.", required=True)
    series: Text = field("The series.", required=True, ref="forum_series.series")
    year: Year = field("The year of the session.", required=True, unit="year")
    level: Coded = field(
        "Whether the series is global or regional.",
        codes="forum_level",
        blank="The series is not in the folder's sheet.",
    )
    region: Text = field("The region of a regional series.", blank="The series is global.")
    session_start: Day = field("The first day of the session.", blank="No day is known.")
    session_end: Day = field("The last day of the session.", blank="No day is known.")
    session_basis: Coded = field(
        "Where the days of the session come from.", codes="session_basis", blank="No day is known."
    )


class Exclusions(
    TableModel, key=("candidate", "date"), sheet="curated/exclusions.csv", group="reference"
):
    """One row per candidate event that was not included."""

    candidate: Text = field("What was left out.", required=True)
    date: PartialDate = field("When it took place.", blank="Not known.", optional=True)
    agency: Text = field("The agency, in scope or not.", blank="Not known.", optional=True)
    official: Text = field("The official of the home country.", blank="Not named.", optional=True)
    counterpart: ItemList = field("The foreign counterparts.", blank="Not named.", optional=True)
    reason: Text = field("Why it was left out.", required=True)
    source_url: Url = field(
        "The address of a page.", blank="No address is recorded.", optional=True
    )


class Decisions(TableModel, key=("decision_id",), sheet="curated/decisions.csv", group="reference"):
    """One row per decision on a difference between two codings."""

    decision_id: Text = field(
        "A label that is unique to the decision; `secdiplo adjudicate` makes it of the queue and a "
        "number.",
        required=True,
    )
    decided_on: Day = field("The day of the decision.", required=True)
    decided_by: Text = field("Who decided.", required=True)
    unit: Text = field(
        "What the coders were asked to code.", blank="The codings have no units of their own."
    )
    event_key: Text = field("The event, by its label in the coding.", blank="The event has none.")
    counterpart: Text = field("The counterpart of the row.", blank="The row names none.")
    column_name: Text = field(
        "The column of the coding sheet; `row` where only one coding has the row.", required=True
    )
    first_value: Text = field("The cell of the first coding.", blank="The cell was blank.")
    second_value: Text = field("The cell of the second coding.", blank="The cell was blank.")
    decision: Text = field(
        "The cell that was chosen, `(blank)` for a blank cell; of a row, `keep` or `drop`.",
        required=True,
    )
    why: Text = field("Why it was chosen.", blank="No reason was recorded.")


class Codes(TableModel, key=("list", "position"), group="reference"):
    """One row per code in a list of the toolkit or of the dataset."""

    list: Text = field("The list.", required=True)
    position: Integer = field("The place in the list, from 1.", required=True)
    code: Text = field("The code.", required=True)
    label: Text = field("A short name.", required=True)
    meaning: Text = field("What the code means.", required=True)
    parent: ItemList = field(
        "The codes that it belongs to: of a rank, the agencies that have it.",
        blank="It belongs to none, or fits all.",
    )


class CodesSheet(
    SheetModel,
    Codes,
    key=("list", "code"),
    sheet="codes.csv",
    needed=True,
    group="reference",
    without=("position",),
):
    """One row per code in a list of the dataset."""


class Scopes(TableModel, key=("scope", "agency", "official_rank"), group="reference"):
    """One row per scope, agency and rank that the scope includes."""

    scope: Text = field("The scope; `all` leaves nothing out.", required=True)
    title: Text = field("What the scope is.", required=True)
    start_date: Day = field("Its first day.", blank="It has no first day.")
    end_date: Day = field("Its last day.", blank="It has no last day.")
    agency: Coded = field("The agency that it includes.", codes="agency", blank="Every agency.")
    official_rank: Coded = field(
        "The rank that it includes.", codes="official_rank", blank="Every rank."
    )
