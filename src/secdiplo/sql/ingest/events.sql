-- title: Events: the cells that all rows of an event share, and the union of what was inferred
with cells as (
    select distinct inferred as cell from rows where inferred is not null
),
split as (
    select cell, unnest(string_split(cell, '; ')) as mark from cells
),
marks as (
    select distinct r.event_key, s.mark
    from rows as r
    join split as s on s.cell = r.inferred
    where s.mark <> ''
),
inferred_cells as (
    select event_key, string_agg(mark, '; ' order by mark) as inferred
    from marks
    group by event_key
),
firsts as (
    select event_key, min(row) as row, min(row_status) as row_status
    from rows
    group by event_key
)
select
    r.event_key as event_id,
    r.date,
    r.date_end,
    r.date_min,
    r.date_max,
    r.date_precision,
    r.format,
    r.mode,
    r.forum as forum_id,
    r.host_country,
    r.city,
    i.inferred,
    r.confidence,
    f.row_status
from rows as r
join firsts as f on f.row = r.row
left join inferred_cells as i on i.event_key = r.event_key
