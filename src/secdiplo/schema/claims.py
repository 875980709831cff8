"""Tables of the seed texts: what is published, with the place where it stands."""

from __future__ import annotations

from secdiplo.schema.declarations import Column, Table

SPAN_COLUMNS = (
    Column("seed_file", "text", "The text.", required=True, ref="seeds.seed_file"),
    Column(
        "start",
        "integer",
        "The first code point of the quote in the text, from 0.",
        required=True,
        unit="code point",
    ),
    Column(
        "end",
        "integer",
        "The code point after the last one of the quote.",
        required=True,
        unit="code point",
    ),
    Column("quote", "text", "The few words of the text between these offsets.", required=True),
)

SEEDS = Table(
    name="seeds",
    grain="One row is one source text, which the project describes but does not carry.",
    key=("seed_file",),
    sheet="manifest.csv",
    group="seeds",
    columns=(
        Column("seed_file", "text", "The name of the text's file.", required=True),
        Column("name", "text", "A short name.", required=True),
        Column("title", "text", "The title.", blank="Not seen."),
        Column("author", "text", "The author or authors.", blank="Not seen."),
        Column("publisher", "text", "The publisher.", blank="Not seen."),
        Column("date", "partial_date", "The day of publication.", blank="Not seen."),
        Column("url", "url", "The address.", blank="Not recorded."),
        Column("language", "text", "The language (ISO 639-1).", blank="Not recorded."),
        Column("length", "integer", "The length of the text.", required=True, unit="code point"),
        Column("sha256", "text", "The SHA-256 digest of the text's bytes.", required=True),
        Column("note", "text", "What else is known.", blank="Nothing to add."),
    ),
)

CELL = (
    ("query", "text", "The query that recomputes it.", "Nothing recomputes it: see not_testable."),
    ("params", "list", "The parameters of the query, `name=value`.", "The query's defaults."),
    ("row", "list", "The conditions on the query's rows, `column=value`.", "All rows."),
    (
        "column",
        "text",
        "The column that is added up over these rows, `#rows` for their number; one for each "
        "interpretation, separated by ` | `.",
        "Nothing recomputes it.",
    ),
)

ANY = "The claim is not restricted in this."

CLAIMS = Table(
    name="claims",
    grain="One row is one value that a source text publishes.",
    key=("claim_id",),
    sheet="claims.csv",
    group="seeds",
    columns=(
        Column("claim_id", "text", "The identifier of the claim.", required=True),
        Column("group", "text", "The subject of the claim.", required=True),
        Column("value", "number", "The value as published, in its unit.", required=True),
        Column("low", "number", "The least value that the words admit.", blank="As the value."),
        Column("high", "number", "The greatest value that they admit.", blank="As the value."),
        Column(
            "relation",
            "code",
            "How the value bounds what it counts.",
            required=True,
            codes="relation",
        ),
        Column("unit", "text", "What is counted.", required=True),
        Column("measure", "code", "What kind of value it is.", required=True, codes="measure"),
        Column("scope", "text", "What the value is taken over.", required=True),
        Column("period", "text", "The period, `from..to` or one date.", blank=ANY),
        Column("period_inferred", "code", "Whether it is inferred.", codes="yes", blank="No."),
        Column("agency", "list", "The agencies.", blank=ANY),
        Column("official", "text", "The official of the home country.", blank=ANY),
        Column("official_rank", "list", "The ranks.", blank=ANY),
        Column("format", "text", "The formats, separated by `+`.", blank=ANY),
        Column("counterpart_type", "text", "The type of the counterpart.", blank=ANY),
        Column("region", "text", "The region of the counterpart.", blank=ANY),
        Column("counterpart", "text", "The counterpart.", blank=ANY),
        Column("forum", "text", "The session or series.", blank=ANY),
        Column("forum_window", "text", "The days around a session of a forum.", blank=ANY),
        Column("numerator", "text", "The claim that a share is of.", blank="Not a share of one."),
        Column("base", "text", "The base of a share.", blank="Not a share."),
        Column("base_unit", "text", "The unit of the base.", blank="Not a share."),
        Column("base_filter", "list", "What the base is taken over.", blank="Not a share."),
        Column(
            "interpretations",
            "text",
            "How it can be read: `name: one | other`.",
            blank="Only one way.",
        ),
        *SPAN_COLUMNS,
        Column("note", "text", "What else is to be said.", blank="Nothing to add."),
        Column(
            "section",
            "text",
            "Where in its source text the value is.",
            required=True,
        ),
        *(Column(name, kind, meaning, blank=blank) for name, kind, meaning, blank in CELL),
        *(
            Column(
                f"base_{name}",
                kind,
                f"Of the base of a share: {meaning[0].lower()}{meaning[1:]}",
                blank="The cell is the share itself, or no share.",
            )
            for name, kind, meaning, _ in CELL
        ),
        Column(
            "not_testable",
            "text",
            "Why no table at hand can recompute it.",
            blank="A query recomputes it.",
        ),
    ),
)

SEED_TABLES = (SEEDS, CLAIMS)
