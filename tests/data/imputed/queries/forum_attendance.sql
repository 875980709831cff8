-- title: Documented attendance of forum sessions
-- source: Carnegie 2025, section The Global Public Security Cooperation Forum and Figure 5
-- grain: One row per session with a documented attendee.
-- unit: country_or_organization
-- param: forum (varchar, null): The session; null lists all.
-- column: forum: The session.
-- column: countries (country): Different countries documented at the session.
-- column: organizations (organization): Different organizations documented at the session.
-- column: entities (country_or_organization): Countries and organizations together.
-- column: persons (person): Different persons who are named, with their country or organization.
-- column: ministers_or_above (person): Persons at the level of a minister or above.
-- note: Both recorded participants and counterparts in multilateral events of the session count.
-- note: The records are far from complete, so the counts are minimums.
with attendees as (
    -- Every row counts, whatever the scope.
    select
        f.forum_id,
        f.counterpart_type,
        f.counterpart
    from forum_participants as f
    union
    select
        e.forum_id,
        i.counterpart_type,
        i.counterpart
    from interactions as i
    inner join events as e
        on e.event_id = i.event_id
    where
        e.format = 'multilateral'
        and e.forum_id is not null
),

entities as (
    select
        a.forum_id,
        count(*) filter (where a.counterpart_type = 'country') as countries,
        count(*) filter (where a.counterpart_type = 'organization') as organizations,
        count(*) as entities
    from attendees as a
    where $forum is null or a.forum_id = $forum
    group by a.forum_id
),

people as (
    select
        p.forum_id,
        p.counterpart_type,
        p.counterpart,
        p.counterpart_person,
        min(v.position) as level_position
    from forum_participants as p
    inner join codes as v
        on v.list = 'participant_level' and v.code = p.level
    where p.counterpart_person is not null
    group by p.forum_id, p.counterpart_type, p.counterpart, p.counterpart_person
),

persons as (
    select
        p.forum_id,
        count(*) as persons,
        count(*) filter (where p.level_position <= minister.position) as ministers_or_above
    from people as p
    inner join codes as minister
        on minister.list = 'participant_level' and minister.code = 'minister'
    group by p.forum_id
)

select
    e.forum_id as forum,
    cast(e.countries as integer) as countries,
    cast(e.organizations as integer) as organizations,
    cast(e.entities as integer) as entities,
    cast(coalesce(p.persons, 0) as integer) as persons,
    cast(coalesce(p.ministers_or_above, 0) as integer) as ministers_or_above
from entities as e
left join persons as p
    on p.forum_id = e.forum_id
order by e.forum_id
