-- title: Topics: the items of the topic cell, each once, in their order
with items as (
    select
        participation_id,
        interaction_id,
        unnest(string_split(topic, '; ')) as item,
        generate_subscripts(string_split(topic, '; '), 1) as place
    from rows
    where topic is not null
)
select participation_id, interaction_id, min(place) as position, item as topic
from items
where item <> ''
group by participation_id, interaction_id, item
