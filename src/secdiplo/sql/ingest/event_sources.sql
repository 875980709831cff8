-- title: Which pages are cited for which event
with cited as (
    select event_key as event_id, source_id, 'primary' as role
    from rows
    where source_id is not null
    union all
    select event_key, source_id, 'further' from further
)
select event_id, source_id, max(role) as role
from cited
group by event_id, source_id
