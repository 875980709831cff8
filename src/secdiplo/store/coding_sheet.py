"""The coder's sheet, made again from the built tables."""

from __future__ import annotations

from collections.abc import Sequence

from secdiplo.schema.tables import CODING_SHEET, Column
from secdiplo.sql.quoting import quoted

SHEET_TABLES = (
    "events",
    "interactions",
    "participations",
    "interaction_topics",
    "sources",
    "officials",
)

# A topic's place counts the items of the cell before it, those written twice or left empty too:
# each empty place is filled with the topic before it, which the build reads as the same places.
_SHEET = """
with placed as (
    select
        participation_id,
        topic,
        position,
        lead(position) over (partition by participation_id order by position) - position as times,
        position - 1 as before
    from interaction_topics
),
topics as (
    select
        participation_id,
        case when min(before) > 0 then repeat('; ', min(before)) else '' end
            || string_agg(
                repeat(topic || '; ', coalesce(times, 1) - 1) || topic, '; ' order by position
            ) as topic
    from placed
    group by participation_id
)
select {columns}
from participations as p
join events as e on e.event_id = p.event_id
left join interactions as i on i.interaction_id = p.interaction_id
left join officials as o
    on o.official_id = p.official_id
    and o.agency = p.agency
    and o.official_rank = p.official_rank
left join sources as s on s.source_id = p.source_id
left join topics as t on t.participation_id = p.participation_id
"""

FROM = {  # column of the sheet: the built cell that it becomes
    "event_key": "e.event_id",
    "date": "e.date",
    "date_end": "e.date_end",
    "home": "e.home",
    "agency": "p.agency",
    "official": "o.official",
    "official_rank": "p.official_rank",
    "format": "e.format",
    "mode": "e.mode",
    "forum": "e.forum_id",
    "host_country": "e.host_country",
    "city": "e.city",
    "counterpart_type": "i.counterpart_type",
    "counterpart": "i.counterpart",
    "counterpart_person": "p.counterpart_person",
    "counterpart_office": "p.counterpart_office",
    "topic": "t.topic",
    "source_url": "s.url",
    "source_publisher": "case when s.publisher_basis = 'recorded' then s.publisher end",
    "source_date": "s.date",
    "source_title": "s.title",
    "inferred": "p.inferred",
    "confidence": "e.confidence",
    "note": "p.note",
    "row_status": "p.row_status",
    # Of an event with a date these are derived; only an imputed one has them in the sheet.
    "date_min": "case when e.date is null then e.date_min end",
    "date_max": "case when e.date is null then e.date_max end",
}


def statement(extra: Sequence[Column] = (), ordered: bool = True) -> str:
    """The SQL of the sheet over the tables `SHEET_TABLES`.

    Parameters
    ----------
    extra : sequence of Column
        The extra columns of the dataset, which become text again.
    ordered : bool
        Whether the rows are sorted as coders keep them.
    """
    columns = [f"{FROM[column.name]} as {quoted(column.name)}" for column in CODING_SHEET.columns]
    columns += [f"{_cell(column)} as {quoted(column.name)}" for column in extra]
    order = [f"coalesce({FROM[name]}, '')" for name in CODING_SHEET.key]
    sql = _SHEET.format(columns=", ".join(columns))
    if ordered:
        sql += f"order by {', '.join([*order, 'p.participation_id'])}\n"
    return sql


def _cell(column: Column) -> str:
    """Return the SQL of the cell that an extra column has in the sheet."""
    text = f"p.{quoted(column.name)}::varchar"
    if column.kind != "number":
        return text
    # A sheet has no exponents, and no decimals of a whole number.
    plain = f"p.{quoted(column.name)}::decimal(25, 10)::varchar"
    plain = f"case when contains({text}, 'e') then rtrim({plain}, '0') else {text} end"
    return f"regexp_replace({plain}, '[.]0?$', '')"
