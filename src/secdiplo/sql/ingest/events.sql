-- title: Events: the cells that all rows of an event share, and the union of what was inferred
with marks as (
    select distinct event_key, unnest(string_split(inferred, '; ')) as mark
    from rows
    where inferred is not null
),
inferred_cells as (
    select event_key, string_agg(mark, '; ' order by mark) as inferred
    from marks
    group by event_key
),
shared as (
    select
        event_key,
        any_value(date) as date,
        any_value(date_end) as date_end,
        any_value(date_min) as date_min,
        any_value(date_max) as date_max,
        any_value(date_precision) as date_precision,
        any_value(format) as format,
        any_value(mode) as mode,
        any_value(forum) as forum_id,
        any_value(host_country) as host_country,
        any_value(city) as city,
        any_value(confidence) as confidence,
        min(row_status) as row_status
    from rows
    group by event_key
)
select s.event_key as event_id, s.* exclude (event_key), i.inferred
from shared as s
left join inferred_cells as i on i.event_key = s.event_key
