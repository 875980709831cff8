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
-- Distinct in one step and counted in the next, so that both can go to disk.
publishers_cited as (
    select distinct c.event_key, h.publisher
    from (
        select event_key, source_url as url from rows where source_url is not null
        union all
        select event_key, url from further
    ) as c
    join hosts as h on h.host = host_of(c.url)
    where h.kind is distinct from 'repost'
),
independent as (
    select event_key, count(*) as sources from publishers_cited group by event_key
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
    r.latest_start,
    r.home,
    r.format,
    r.mode,
    r.forum as forum_id,
    r.host_country,
    r.city,
    i.inferred,
    r.confidence,
    coalesce(s.sources, 0) as independent_sources,
    f.row_status
from rows as r
join firsts as f on f.row = r.row
left join inferred_cells as i on i.event_key = r.event_key
left join independent as s on s.event_key = r.event_key
