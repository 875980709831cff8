-- title: Events with an organization
-- source: Carnegie 2025, section Interpol, and Figure 8 of another organization
-- grain: One row is one event in scope that an organization takes part in or convenes.
-- unit: event
-- uses: scoped
-- param: organization (varchar, 'INTERPOL'): The organization's acronym.
-- column: organization: The organization's acronym.
-- column: name: Its name; blank where the folder's sheet has none.
-- column: name_zh: Its Chinese name, likewise.
-- column: event_id: The event.
-- column: date_min: The first day on which the event can have begun.
-- column: date_max: The last day on which it can have ended.
-- column: date_precision: How finely it is dated.
-- column: format: The format of the event.
-- column: forum: The session at which or beside which it was held.
-- column: role: counterpart, convener (of the series of the session), or both.
-- column: interactions (interaction): Foreign counterparts in the event.
-- note: The convener is that of the sheet of forums.
with contacts as (
    select distinct
        s.event_id,
        s.forum_id,
        s.interaction_id,
        s.counterpart_type = 'organization' and s.counterpart = $organization as is_met
    from scoped as s
),

involved as (
    select
        c.event_id,
        c.forum_id,
        max(case when c.is_met then 1 else 0 end) as met,
        count(c.interaction_id) as interactions
    from contacts as c
    group by c.event_id, c.forum_id
)

select
    $organization as organization,
    o.name,
    o.name_zh,
    e.event_id,
    e.date_min,
    e.date_max,
    e.date_precision,
    e.format,
    e.forum_id as forum,
    case
        when i.met = 0 then 'convener'
        when g.convener = $organization then 'both'
        else 'counterpart'
    end as role,
    cast(i.interactions as integer) as interactions
from involved as i
inner join events as e
    on e.event_id = i.event_id
left join forums as f
    on f.forum_id = i.forum_id
left join forum_series as g
    on g.series = f.series
left join organizations as o
    on o.code = $organization
where i.met = 1 or g.convener = $organization
order by e.date_min, e.event_id
