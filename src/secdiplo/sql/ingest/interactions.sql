-- title: Interactions: distinct counterparts of an event
select
    interaction_id,
    any_value(event_key) as event_id,
    any_value(counterpart_type) as counterpart_type,
    any_value(counterpart) as counterpart,
    min(row_status) as row_status
from rows
where interaction_id is not null
group by interaction_id
