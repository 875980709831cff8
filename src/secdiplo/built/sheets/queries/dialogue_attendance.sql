-- title: Attendance of a dialogue and meetings on its sidelines
-- source: Carnegie 2025, section China's Bilateral Security Diplomacy, the Pacific case of 2024
-- grain: One row per counterpart that attended the session or was met on its sidelines.
-- unit: event
-- uses: scoped, counterparts
-- param: forum (varchar, 'China-PIC Ministerial Dialogue 2024'): The session.
-- column: counterpart_type: Whether the counterpart is a country or an organization.
-- column: counterpart: Its code.
-- column: name: Its name.
-- column: attended (flag): 1 if a row of the coding sheet or a list of participants has it at the session, else 0.
-- column: meetings (event): Meetings with it in scope on the sidelines of the session.
-- column: highest_rank: The rank of the most senior official of the home country in these meetings.
-- note: Scope and filters apply to the meetings, not to the attendance.
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

present as (
    select
        a.counterpart_type,
        a.counterpart
    from attendees as a
    where a.forum_id = $forum
),

met as (
    select
        s.counterpart_type,
        s.counterpart,
        count(distinct s.event_id) as meetings,
        min(r.position) as rank_position
    from scoped as s
    inner join codes as r
        on r.list = 'official_rank' and r.code = s.official_rank
    where
        s.forum_id = $forum
        and s.format in ('bilateral', 'sideline')
        and s.counterpart is not null
    group by s.counterpart_type, s.counterpart
),

named as (
    select
        p.counterpart_type,
        p.counterpart
    from present as p
    union
    select
        m.counterpart_type,
        m.counterpart
    from met as m
)

select
    n.counterpart_type,
    n.counterpart,
    c.name,
    cast(case when p.counterpart is null then 0 else 1 end as integer) as attended,
    cast(coalesce(m.meetings, 0) as integer) as meetings,
    r.code as highest_rank
from named as n
left join counterparts as c
    on c.counterpart_type = n.counterpart_type and c.counterpart = n.counterpart
left join present as p
    on p.counterpart_type = n.counterpart_type and p.counterpart = n.counterpart
left join met as m
    on m.counterpart_type = n.counterpart_type and m.counterpart = n.counterpart
left join codes as r
    on r.list = 'official_rank' and r.position = m.rank_position
order by n.counterpart_type, attended desc, meetings desc, n.counterpart
