-- title: Totals by organization
-- grain: One row per organization that was met.
-- unit: event
-- uses: scoped
-- batches: counted
-- column: organization: The organization's acronym.
-- column: name: Its name; blank if the dataset does not record one.
-- column: bilateral (event): Standalone meetings.
-- column: sideline (event): Meetings on the sidelines of a multilateral event.
-- column: multilateral (event): Multilateral events in which the organization is named.
-- column: meetings (event): Bilateral and sideline meetings.
-- column: interactions (interaction): Events of any format with the organization.
-- column: rank (rank): Rank by bilateral and sideline meetings; ties share the lowest rank number.
-- note: These meetings are not counted as bilateral_meeting, which is for countries only.
with counted as (
    select
        s.counterpart,
        count(distinct s.event_id) filter (where s.format = 'bilateral') as bilateral,
        count(distinct s.event_id) filter (where s.format = 'sideline') as sideline,
        count(distinct s.event_id) filter (where s.format = 'multilateral') as multilateral,
        count(distinct s.interaction_id) as interactions
    from scoped as s
    where s.counterpart_type = 'organization'
    group by s.counterpart
),

totals as (
    select
        c.counterpart,
        sum(c.bilateral) as bilateral,
        sum(c.sideline) as sideline,
        sum(c.multilateral) as multilateral,
        sum(c.interactions) as interactions
    from counted as c
    group by c.counterpart
)

select
    t.counterpart as organization,
    o.name,
    cast(t.bilateral as integer) as bilateral,
    cast(t.sideline as integer) as sideline,
    cast(t.multilateral as integer) as multilateral,
    cast(t.bilateral + t.sideline as integer) as meetings,
    cast(t.interactions as integer) as interactions,
    cast(rank() over (order by t.bilateral + t.sideline desc) as integer) as rank
from totals as t
left join organizations as o
    on o.code = t.counterpart
order by rank, t.interactions desc, t.counterpart
