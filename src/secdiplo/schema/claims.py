"""Tables of the source texts: what is published, with the place where it is stated."""

from __future__ import annotations

from secdiplo.schema.table_model import (
    Coded,
    Integer,
    ItemList,
    Number,
    PartialDate,
    TableModel,
    Text,
    Url,
    field,
)

ANY = "The claim is not restricted in this."


class Seeds(TableModel, key=("seed_file",), sheet="manifest.csv", group="seeds"):
    """One row per source text. The texts themselves are not included."""

    seed_file: Text = field("The name of the text's file.", required=True)
    name: Text = field("A short name.", required=True)
    title: Text = field("The title.", blank="Not seen.")
    author: Text = field("The author or authors.", blank="Not seen.")
    publisher: Text = field("The publisher.", blank="Not seen.")
    date: PartialDate = field("The day of publication.", blank="Not seen.")
    url: Url = field("The address.", blank="Not recorded.")
    language: Text = field("The language (ISO 639-1).", blank="Not recorded.")
    length: Integer = field("The length of the text.", required=True, unit="code point")
    sha256: Text = field("The SHA-256 digest of the text's bytes.", required=True)
    note: Text = field("What else is known.", blank="Nothing to add.")


class Claims(TableModel, key=("claim_id",), sheet="claims.csv", group="seeds"):
    """One row per value that a source text publishes."""

    claim_id: Text = field("The identifier of the claim.", required=True)
    group: Text = field("The subject of the claim.", required=True)
    value: Number = field("The value as published, in its unit.", required=True)
    low: Number = field("The smallest value that the words admit.", blank="As the value.")
    high: Number = field("The largest value that they admit.", blank="As the value.")
    relation: Coded = field("How the value bounds what it counts.", required=True, codes="relation")
    unit: Text = field("What is counted.", required=True)
    measure: Coded = field("What kind of value it is.", required=True, codes="measure")
    scope: Text = field("What the value is taken over.", required=True)
    period: Text = field("The period, `from..to` or one date.", blank=ANY)
    period_inferred: Coded = field("Whether it is inferred.", codes="yes", blank="No.")
    agency: ItemList = field("The agencies.", blank=ANY)
    official: Text = field("The official of the home country.", blank=ANY)
    official_rank: ItemList = field("The ranks.", blank=ANY)
    format: Text = field("The formats, separated by `+`.", blank=ANY)
    counterpart_type: Text = field("The type of the counterpart.", blank=ANY)
    region: Text = field("The region of the counterpart.", blank=ANY)
    counterpart: Text = field("The counterpart.", blank=ANY)
    forum: Text = field("The session or series.", blank=ANY)
    forum_window: Text = field("The days around a session of a forum.", blank=ANY)
    numerator: Text = field("The claim that a share is of.", blank="Not a share of one.")
    base: Text = field("The base of a share.", blank="Not a share.")
    base_unit: Text = field("The unit of the base.", blank="Not a share.")
    base_filter: ItemList = field("What the base is taken over.", blank="Not a share.")
    interpretations: Text = field("How it can be read: `name: one | other`.", blank="Only one way.")
    seed_file: Text = field("The text.", required=True, ref="seeds.seed_file")
    start: Integer = field(
        "The first code point of the quote in the text, from 0.", required=True, unit="code point"
    )
    end: Integer = field(
        "The code point after the last one of the quote.", required=True, unit="code point"
    )
    quote: Text = field("The few words of the text between these offsets.", required=True)
    note: Text = field("What else is to be said.", blank="Nothing to add.")
    section: Text = field("Where in its source text the value is.", required=True)
    query: Text = field(
        "The query that recomputes it.", blank="Nothing recomputes it: see not_testable."
    )
    params: ItemList = field(
        "The parameters of the query, `name=value`.", blank="The query's defaults."
    )
    row: ItemList = field("The conditions on the query's rows, `column=value`.", blank="All rows.")
    column: Text = field(
        "The column that is added up over these rows, `#rows` for their number; one for each "
        "interpretation, separated by ` | `.",
        blank="Nothing recomputes it.",
    )
    base_query: Text = field(
        "Of the base of a share: the query that recomputes it.",
        blank="The cell is the share itself, or no share.",
    )
    base_params: ItemList = field(
        "Of the base of a share: the parameters of the query, `name=value`.",
        blank="The cell is the share itself, or no share.",
    )
    base_row: ItemList = field(
        "Of the base of a share: the conditions on the query's rows, `column=value`.",
        blank="The cell is the share itself, or no share.",
    )
    base_column: Text = field(
        "Of the base of a share: the column that is added up over these rows, `#rows` for their "
        "number; one for each interpretation, separated by ` | `.",
        blank="The cell is the share itself, or no share.",
    )
    not_testable: Text = field("Why no table can recompute it.", blank="A query recomputes it.")
