-- title: Documented attendees of forum sessions
-- source: Carnegie 2025, section The Global Public Security Cooperation Forum and Figure 5
-- grain: One row per session and country or organization documented at it.
-- unit: country_or_organization
-- uses: regions, counterparts
-- param: forum (varchar, null): The session; null lists all.
-- column: forum: The session.
-- column: series: The series of the forum.
-- column: counterpart_type: Whether it is a country or an organization.
-- column: counterpart: Its code.
-- column: name: Its name.
-- column: region: The region of a country in the scheme; blank for an organization.
-- column: persons (person): Different persons from it named in the lists of participants.
-- note: Both recorded participants and counterparts in multilateral events of the session count.
-- note: The records are far from complete.
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

people as (
    select
        p.forum_id,
        p.counterpart_type,
        p.counterpart,
        count(distinct p.counterpart_person) as persons
    from forum_participants as p
    group by p.forum_id, p.counterpart_type, p.counterpart
)

select
    a.forum_id as forum,
    f.series,
    a.counterpart_type,
    a.counterpart,
    c.name,
    r.region,
    cast(coalesce(p.persons, 0) as integer) as persons
from attendees as a
inner join forums as f
    on f.forum_id = a.forum_id
left join counterparts as c
    on c.counterpart_type = a.counterpart_type and c.counterpart = a.counterpart
left join regions as r
    on a.counterpart_type = 'country' and r.iso3 = a.counterpart
left join people as p
    on
        p.forum_id = a.forum_id
        and p.counterpart_type = a.counterpart_type
        and p.counterpart = a.counterpart
where $forum is null or a.forum_id = $forum
order by a.forum_id, a.counterpart_type, a.counterpart
