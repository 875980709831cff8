-- title: Totals by agency
-- grain: One row per agency.
-- unit: agency_interaction
-- uses: scoped
-- batches: totals
-- column: agency: The agency.
-- column: events (event): Events in which the agency took part.
-- column: interactions (agency_interaction): Foreign counterparts in these events.
-- column: participations (participation): Rows of the coding sheet.
-- note: An event with several agencies counts once for each, so sums over agencies can exceed the totals.
with contacts as (
    select
        s.agency,
        s.event_id,
        s.interaction_id,
        count(*) as participations
    from in_scope as s
    group by s.agency, s.event_id, s.interaction_id
),

-- An interaction belongs to one event, so that the events' counts of them add up.
attended as (
    select
        c.agency,
        c.event_id,
        count(c.interaction_id) as interactions,
        sum(c.participations) as participations
    from contacts as c
    group by c.agency, c.event_id
),

totals as (
    select
        a.agency,
        count(*) as events,
        sum(a.interactions) as interactions,
        sum(a.participations) as participations
    from attended as a
    group by a.agency
)

select
    t.agency,
    cast(sum(t.events) as integer) as events,
    cast(sum(t.interactions) as integer) as interactions,
    cast(sum(t.participations) as integer) as participations
from totals as t
group by t.agency
order by events desc, t.agency
