-- title: Events with an organization
-- grain: One row per event in scope that an organization takes part in or convenes.
-- unit: event
-- uses: scoped
-- batches: counted
-- param: organization (varchar, 'INTERPOL'): The organization's acronym.
-- first: date_min, organization, role, interactions, format, forum, name
-- column: organization: The organization's acronym.
-- column: name: Its name; blank if the dataset does not record one.
-- column: name_zh: Its name in the script of the home country.
-- column: event_id: The event.
-- column: date_min: The first day on which the event can have begun.
-- column: date_max: The last day on which the event can have ended.
-- column: date_precision: Precision of the date.
-- column: format: The format of the event.
-- column: forum: The forum session at which, or beside which, it was held.
-- column: role: counterpart, convener (of the series of the session), or both.
-- column: interactions (interaction): Foreign counterparts in the event.
-- note: The convener comes from reference/forums.csv.
with met as (
    select distinct s.event_id
    from scoped as s
    where s.counterpart_type = 'organization' and s.counterpart = $organization
),

convened as (
    select distinct s.event_id
    from in_scope as s
    inner join forums as f
        on f.forum_id = s.forum_id
    inner join forum_series as g
        on g.series = f.series
    where g.convener = $organization
),

involved as (
    select
        coalesce(m.event_id, c.event_id) as event_id,
        case
            when m.event_id is null then 'convener'
            when c.event_id is null then 'counterpart'
            else 'both'
        end as role
    from met as m
    full outer join convened as c
        on c.event_id = m.event_id
),

counted as (
    select
        s.event_id,
        s.date_min,
        s.date_max,
        s.date_precision,
        s.format,
        s.forum_id,
        i.role,
        count(distinct s.interaction_id) as interactions
    from in_scope as s
    inner join involved as i
        on i.event_id = s.event_id
    group by
        s.event_id,
        s.date_min,
        s.date_max,
        s.date_precision,
        s.format,
        s.forum_id,
        i.role
)

select
    $organization as organization,
    o.name,
    o.name_zh,
    n.event_id,
    n.date_min,
    n.date_max,
    n.date_precision,
    n.format,
    n.forum_id as forum,
    n.role,
    cast(n.interactions as integer) as interactions
from counted as n
left join organizations as o
    on o.code = $organization
order by n.date_min, n.event_id
