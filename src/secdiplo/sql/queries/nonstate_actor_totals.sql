-- title: Totals by non-state actor
-- grain: One row per non-state actor that was met.
-- unit: event
-- uses: scoped
-- batches: counted
-- column: actor: The actor's code.
-- column: name: Its name; blank if the dataset does not record one.
-- column: country: The country where it is based; blank if none is recorded.
-- column: kind: Its kind.
-- column: bilateral (event): Standalone meetings.
-- column: sideline (event): Meetings on the sidelines of a multilateral event.
-- column: multilateral (event): Multilateral events in which the actor is named.
-- column: interactions (interaction): Events of any format with the actor.
-- note: These meetings are not counted as bilateral_meeting, which is for countries only.
with counted as (
    select
        s.counterpart,
        count(distinct s.event_id) filter (where s.format = 'bilateral') as bilateral,
        count(distinct s.event_id) filter (where s.format = 'sideline') as sideline,
        count(distinct s.event_id) filter (where s.format = 'multilateral') as multilateral,
        count(distinct s.interaction_id) as interactions
    from scoped as s
    where s.counterpart_type = 'actor'
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
    t.counterpart as actor,
    a.name,
    a.country,
    a.kind,
    cast(t.bilateral as integer) as bilateral,
    cast(t.sideline as integer) as sideline,
    cast(t.multilateral as integer) as multilateral,
    cast(t.interactions as integer) as interactions
from totals as t
left join nonstate_actors as a
    on a.code = t.counterpart
order by t.bilateral + t.sideline desc, t.interactions desc, t.counterpart
