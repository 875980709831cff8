-- title: Totals by topic
-- grain: One row per topic of the talks.
-- unit: event
-- uses: scoped
-- within: interaction_topics
-- batches: totals
-- column: topic: The topic.
-- column: events (event): Events in scope in which the topic was discussed.
-- column: interactions (interaction): Foreign counterparts with whom it was discussed.
-- note: An event can have several topics or none, so sums over topics differ from the totals.
with contacts as (
    select distinct
        t.topic,
        s.event_id,
        s.interaction_id
    from in_scope as s
    inner join interaction_topics as t
        on t.participation_id = s.participation_id
),

-- An interaction belongs to one event, so that the events' counts of them add up.
talked as (
    select
        c.topic,
        c.event_id,
        count(c.interaction_id) as interactions
    from contacts as c
    group by c.topic, c.event_id
),

totals as (
    select
        k.topic,
        count(*) as events,
        sum(k.interactions) as interactions
    from talked as k
    group by k.topic
)

select
    t.topic,
    cast(sum(t.events) as integer) as events,
    cast(sum(t.interactions) as integer) as interactions
from totals as t
group by t.topic
order by events desc, t.topic
