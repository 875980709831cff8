-- title: Topics: the items of the topic cell, each once, in their order
with cells as (
    select distinct topic as cell from rows where topic is not null
),
split as (
    select
        cell,
        unnest(string_split(cell, '; ')) as item,
        generate_subscripts(string_split(cell, '; '), 1) as place
    from cells
),
items as (
    select cell, item, min(place) as position from split where item <> '' group by cell, item
)
select n.participation_id, r.interaction_id, i.position, i.item as topic
from rows as r
join numbers as n on n.row = r.row
join items as i on i.cell = r.topic
