"""Reference tables: who and what the events refer to, and the other curated sheets."""

from __future__ import annotations

from secdiplo.schema.declarations import Column, Table

NO_CODE = "The system has no code for the entity."
MEMBER = "a member of the state system"

COUNTRIES = Table(
    name="countries",
    grain="One row is one country or territory.",
    key=("iso3",),
    sheet="reference/countries.csv",
    group="reference",
    columns=(
        Column("iso3", "text", "The ISO 3166-1 alpha-3 code; XKX is Kosovo.", required=True),
        Column("iso2", "text", "The ISO 3166-1 alpha-2 code; NA is Namibia.", required=True),
        Column("iso_numeric", "text", "The ISO 3166-1 numeric code, three digits.", blank=NO_CODE),
        Column("name", "text", "The usual English short name.", required=True),
        Column(
            "aliases",
            "list",
            "Other names that are offered when a cell holds one.",
            blank="None recorded.",
        ),
        Column("cow", "integer", "The Correlates of War country code.", blank=NO_CODE),
        Column(
            "cow_from",
            "year",
            f"The first year as {MEMBER} (Correlates of War), of the last spell.",
            unit="year",
            blank="Never one.",
        ),
        Column(
            "cow_to",
            "year",
            f"The last year as {MEMBER} (Correlates of War), of the last spell.",
            unit="year",
            blank="Still a member when the list was read, or never one.",
        ),
        Column("gw", "integer", "The Gleditsch-Ward country code.", blank=NO_CODE),
        Column(
            "gw_from",
            "year",
            f"The first year as {MEMBER} (Gleditsch-Ward), of the last spell.",
            unit="year",
            blank="Never one.",
        ),
        Column(
            "gw_to",
            "year",
            f"The last year as {MEMBER} (Gleditsch-Ward), of the last spell.",
            unit="year",
            blank="Still a member when the list was read, or never one.",
        ),
        Column(
            "gw_microstate",
            "code",
            "Whether the Gleditsch-Ward code is from the tentative list of microstates.",
            codes="yes",
            blank="It is not.",
        ),
        Column("vdem", "integer", "The Varieties of Democracy country code.", blank=NO_CODE),
    ),
)

COUNTRY_REGIONS = Table(
    name="country_regions",
    grain="One row is one country in one scheme of regions.",
    key=("scheme", "iso3"),
    group="reference",
    columns=(
        Column(
            "scheme",
            "text",
            "The scheme: `un_m49` and its finer levels, or one of the dataset's own.",
            required=True,
        ),
        Column("iso3", "text", "The country.", required=True, ref="countries.iso3"),
        Column("region", "text", "The region of the country in the scheme.", required=True),
    ),
)

ORGANIZATIONS = Table(
    name="organizations",
    grain="One row is one international organization.",
    key=("code",),
    sheet="reference/organizations.csv",
    group="reference",
    columns=(
        Column("code", "text", "The acronym.", required=True),
        Column("name", "text", "The English name.", blank="Not in the folder's sheet."),
        Column(
            "name_zh", "text", "The name in the script of the home country.", blank="Not recorded."
        ),
        Column("kind", "text", "The kind: global, regional or police.", blank="Not recorded."),
    ),
)

PUBLISHERS = Table(
    name="publishers",
    grain="One row is one host name and the publisher of its pages.",
    key=("host",),
    sheet="reference/publishers.csv",
    group="reference",
    columns=(
        Column(
            "host",
            "text",
            "The host name of an address, without `www.`; it covers its subdomains, unless they "
            "have rows of their own.",
            required=True,
        ),
        Column("publisher", "text", "Who publishes the pages.", required=True),
        Column(
            "country",
            "code",
            "The country of the publisher, by ISO 3166-1 alpha-3 code.",
            codes="country",
            ref="countries.iso3",
            blank="International, or not known.",
        ),
        Column(
            "kind",
            "code",
            "The kind of publisher. Pages of the kind `repost` are not independent sources.",
            required=True,
            codes="publisher_kind",
        ),
    ),
)

OFFICIALS = Table(
    name="officials",
    grain="One row is one official of the home country in one rank of one agency.",
    key=("official_id", "agency", "official_rank"),
    sheet="reference/officials.csv",
    group="reference",
    columns=(
        Column(
            "official_id",
            "text",
            "The name in lower case with hyphens.",
            required=True,
            derived=True,
        ),
        Column("official", "text", "The name as in the sheet, family name first.", required=True),
        Column("agency", "code", "The agency.", required=True, codes="agency"),
        Column("official_rank", "code", "The rank.", required=True, codes="official_rank"),
        Column("name_zh", "text", "The name in the original script.", blank="Not recorded."),
        Column(
            "tenure_start",
            "partial_date",
            "Since when the official held the rank.",
            blank="Not recorded; it says nothing about the tenure.",
        ),
        Column(
            "tenure_end",
            "partial_date",
            "Until when the official held the rank.",
            blank="Not recorded, or still in office.",
        ),
        Column(
            "source_url",
            "url",
            "The page that gives the tenure.",
            blank="No tenure is recorded.",
        ),
    ),
)

FORUM_SERIES = Table(
    name="forum_series",
    grain="One row is one series of multilateral events.",
    key=("series",),
    sheet="reference/forums.csv",
    group="reference",
    columns=(
        Column("series", "text", "The name of the series.", required=True),
        Column(
            "level",
            "code",
            "Whether the series is global or regional.",
            codes="forum_level",
            blank="The series is not in the folder's sheet.",
        ),
        Column(
            "region",
            "text",
            "The region of a regional series, in the words of the first scheme of regions.",
            blank="The series is global, or not in the folder's sheet.",
        ),
        Column(
            "first_year",
            "year",
            "The year of the first session, where recorded.",
            unit="year",
            blank="Not recorded.",
        ),
        Column("convener", "text", "Who convenes it.", blank="Not recorded."),
        Column("note", "text", "What else is known.", blank="Nothing to add."),
    ),
)

SESSIONS_SHEET = Table(
    name="sessions_sheet",
    grain="One row is one session of a series whose days a source gives.",
    key=("forum",),
    sheet="reference/sessions.csv",
    group="reference",
    columns=(
        Column("forum", "text", "The session, as `<series> <year>`.", required=True),
        Column("start", "partial_date", "The first day of the session.", required=True),
        Column("end", "partial_date", "The last day of the session.", required=True),
        Column("source", "text", "Where the days stand.", required=True),
    ),
)

FORUMS = Table(
    name="forums",
    grain="One row is one session of a series: a multilateral event in one year.",
    key=("forum_id",),
    group="reference",
    columns=(
        Column("forum_id", "text", "The session, as `<series> <year>`.", required=True),
        Column("series", "text", "The series.", required=True, ref="forum_series.series"),
        Column("year", "year", "The year of the session.", required=True, unit="year"),
        Column(
            "level",
            "code",
            "Whether the series is global or regional.",
            codes="forum_level",
            blank="The series is not in the folder's sheet.",
        ),
        Column("region", "text", "The region of a regional series.", blank="The series is global."),
        Column(
            "session_start",
            "date",
            "The first day of the session.",
            blank="No day is known.",
        ),
        Column("session_end", "date", "The last day of the session.", blank="No day is known."),
        Column(
            "session_basis",
            "code",
            "Where the days of the session come from.",
            codes="session_basis",
            blank="No day is known.",
        ),
    ),
)

EXCLUSIONS = Table(
    name="exclusions",
    grain="One row is one candidate that was left out.",
    key=("candidate", "date"),
    sheet="curated/exclusions.csv",
    group="reference",
    columns=(
        Column("candidate", "text", "What was left out.", required=True),
        Column("date", "partial_date", "When it took place.", blank="Not known."),
        Column("agency", "text", "The agency, in scope or not.", blank="Not known."),
        Column("official", "text", "The official of the home country.", blank="Not named."),
        Column("counterpart", "list", "The foreign counterparts.", blank="Not named."),
        Column("reason", "text", "Why it was left out.", required=True),
        Column("source_url", "url", "The address of a page.", blank="No address is recorded."),
    ),
)

CODES = Table(
    name="codes",
    grain="One row is one code of one list, of the toolkit or of the dataset.",
    key=("list", "position"),
    group="reference",
    columns=(
        Column("list", "text", "The list.", required=True),
        Column("position", "integer", "The place in the list, from 1.", required=True),
        Column("code", "text", "The code.", required=True),
        Column("label", "text", "A short name.", required=True),
        Column("meaning", "text", "What the code means.", required=True),
        Column(
            "parent",
            "list",
            "The codes that it belongs to: of a rank, the agencies that have it.",
            blank="It belongs to none, or fits all.",
        ),
    ),
)

CODES_SHEET = Table(
    name="codes_sheet",
    grain="One row is one code of one list of the dataset.",
    key=("list", "code"),
    sheet="codes.csv",
    needed=True,
    group="reference",
    columns=tuple(column for column in CODES.columns if column.name != "position"),
)

SCOPES = Table(
    name="scopes",
    grain="One row is one rank of one agency that a named scope takes in.",
    key=("scope", "agency", "official_rank"),
    group="reference",
    columns=(
        Column("scope", "text", "The scope; `all` leaves nothing out.", required=True),
        Column("title", "text", "What the scope is.", required=True),
        Column("start_date", "date", "Its first day.", blank="It has no first day."),
        Column("end_date", "date", "Its last day.", blank="It has no last day."),
        Column("agency", "code", "The agency taken in.", codes="agency", blank="Every agency."),
        Column(
            "official_rank",
            "code",
            "The rank taken in.",
            codes="official_rank",
            blank="Every rank.",
        ),
    ),
)

REFERENCE_TABLES = (
    COUNTRIES,
    COUNTRY_REGIONS,
    ORGANIZATIONS,
    PUBLISHERS,
    OFFICIALS,
    FORUM_SERIES,
    FORUMS,
    EXCLUSIONS,
    CODES,
    SCOPES,
)
