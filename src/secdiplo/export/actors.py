"""One row per actor per event: agencies and officials at home, whom they met abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secdiplo.query.frames import read_as
from secdiplo.schema.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.query.frames import As
    from secdiplo.store import Built

SIDES = {
    "home": "The home country: the dataset describes its diplomacy.",
    "foreign": "The counterpart.",
}
ACTOR_KINDS = {
    "agency": "An agency of the home country.",
    "official": "A named official of the home country.",
    "country": "A foreign country.",
    "organization": "An international organization.",
    "actor": "A foreign non-state actor.",
    "person": "A named person who was met; the name is as printed in the source.",
}

ACTORS = Table(
    name="actors",
    grain="One row per actor in one event, however many rows of the sheet name it.",
    key=("event_id", "side", "kind", "code", "name", "part_of"),
    unit="actor",
    columns=(
        Column("event_id", "text", "The event.", required=True, ref="events.event_id"),
        Column("side", "code", "The side of the actor: home or foreign.", required=True),
        Column(
            "kind",
            "code",
            "What the actor is: agency, official, country, organization, actor (a non-state one) "
            "or person.",
            required=True,
        ),
        Column(
            "code",
            "text",
            "The code of an agency, official (official_id), country (ISO 3166-1 alpha-3), "
            "organization or non-state actor.",
            blank="The actor is a person who was met; such persons have no code.",
        ),
        Column(
            "name",
            "text",
            "The name; for an agency or a country, the label of its code.",
            blank="No reference table has a name for the code.",
        ),
        Column(
            "role",
            "list",
            "The rank of an official, or the office of a person as printed.",
            blank="The actor is not a person, or no office is given.",
        ),
        Column(
            "part_of",
            "text",
            "The agency of an official, the country of a non-state actor, or the counterpart of a "
            "person.",
            blank="The actor belongs to nothing that is recorded.",
        ),
        Column(
            "row_status",
            "code",
            "Attested if any row that names the actor is attested.",
            required=True,
            codes="row_status",
        ),
    ),
)

ACTORS_TABLES = (
    "events",
    "interactions",
    "participations",
    "officials",
    "countries",
    "organizations",
    "nonstate_actors",
    "codes",
)

STATEMENT = """
with labels as (
    select code, label from codes where list = 'agency'
),
named as (
    select
        p.event_id, 'home' as side, 'agency' as kind, p.agency as code, l.label as name,
        null as role, null as part_of, p.row_status
    from participations as p
    left join labels as l on l.code = p.agency
    union all
    select
        p.event_id, 'home', 'official', p.official_id, o.official, p.official_rank, p.agency,
        p.row_status
    from participations as p
    left join officials as o
        on o.official_id = p.official_id
        and o.agency = p.agency
        and o.official_rank = p.official_rank
    where p.official_id is not null
    union all
    select
        i.event_id, 'foreign', i.counterpart_type, i.counterpart,
        coalesce(c.name, g.name, a.name), null, a.country, i.row_status
    from interactions as i
    left join countries as c on i.counterpart_type = 'country' and c.iso3 = i.counterpart
    left join organizations as g
        on i.counterpart_type = 'organization' and g.code = i.counterpart
    left join nonstate_actors as a
        on i.counterpart_type = 'actor' and a.code = i.counterpart
    union all
    select
        p.event_id, 'foreign', 'person', null, p.counterpart_person, p.counterpart_office,
        i.counterpart, p.row_status
    from participations as p
    left join interactions as i on i.interaction_id = p.interaction_id
    where p.counterpart_person is not null
)
select
    event_id,
    side,
    kind,
    code,
    name,
    string_agg(distinct role, '; ' order by role) as role,
    part_of,
    min(row_status) as row_status
from named
group by event_id, side, kind, code, name, part_of
order by event_id, side desc, kind, code, name, part_of
"""


def read_actors(built: Built, as_: As) -> pd.DataFrame:
    """Return one row per actor per event: `Dataset.actors`."""
    return read_as(built, ACTORS, STATEMENT, ACTORS_TABLES, as_)
