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
with involved as (
    select
        s.event_id,
        s.date_min,
        s.date_max,
        s.date_precision,
        s.format,
        s.forum_id,
        max(
            case
                when s.counterpart_type = 'organization' and s.counterpart = $organization then 1
                else 0
            end
        ) as met,
        max(case when g.convener = $organization then 1 else 0 end) as convened,
        count(distinct s.interaction_id) as interactions
    from scoped as s
    left join forums as f
        on f.forum_id = s.forum_id
    left join forum_series as g
        on g.series = f.series
    group by s.event_id, s.date_min, s.date_max, s.date_precision, s.format, s.forum_id
)

select
    $organization as organization,
    o.name,
    o.name_zh,
    i.event_id,
    i.date_min,
    i.date_max,
    i.date_precision,
    i.format,
    i.forum_id as forum,
    case
        when i.met = 0 then 'convener'
        when i.convened = 0 then 'counterpart'
        else 'both'
    end as role,
    cast(i.interactions as integer) as interactions
from involved as i
left join organizations as o
    on o.code = $organization
where i.met = 1 or i.convened = 1
order by i.date_min, i.event_id
