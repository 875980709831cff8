-- title: Totals by topic
-- source: The coders' reading of the readouts; the paper prints no such table
-- grain: One row is one topic of the talks.
-- unit: event
-- uses: scoped
-- column: topic: The topic.
-- column: events (event): Events in scope in which it was talked about.
-- column: interactions (interaction): Foreign counterparts with whom it was talked about.
-- note: An event has several topics or none, so that sums differ from the dataset's totals.
with talked as (
    -- An interaction belongs to one event, so that the events' counts of them add up.

    select
        t.topic,
        s.event_id,
        count(distinct s.interaction_id) as interactions
    from scoped as s
    inner join interaction_topics as t
        on t.participation_id = s.participation_id
    group by t.topic, s.event_id
)

select
    k.topic,
    cast(count(*) as integer) as events,
    cast(sum(k.interactions) as integer) as interactions
from talked as k
group by k.topic
order by events desc, k.topic
