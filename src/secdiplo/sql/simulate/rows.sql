-- title: Synthetic rows: each event draws a shape of its size, a counterpart and a day
with placed as (
    select
        (range // $places) * $block + l.event as event,
        l.base,
        l.many,
        l.size,
        l.slot
    from range($rows)
    join layout as l on l.place = range % $places
),
drawn as (
    select
        event,
        base + drawn(event, $shape_salt, many) * size + slot as shape
    from placed
),
shaped as (
    select
        d.event,
        lpad(d.event::varchar, 9, '0') as label,
        s.* exclude (day),
        s.day + drawn(d.event, $day_salt, days)::int as day,
        partner_base + drawn(d.event, $partner_salt, partner_many) as partner
    from drawn as d
    join shape as s on s.id = d.shape
),
paged as (
    select *, 'https://example.org/synthetic/' || label || page as url from shaped
)
select
    'synthetic-' || label as event_key,
    left(day::varchar, date_letters) as date,
    left((day + lasts)::varchar, date_letters) as date_end,
    agency,
    official,
    official_rank,
    format,
    mode,
    forum,
    host_country,
    city,
    p.counterpart_type,
    p.counterpart,
    'Synthetic Person ' || event || person as counterpart_person,
    title as counterpart_office,
    topic,
    url as source_url,
    publisher as source_publisher,
    left((day + lag)::varchar, source_letters) as source_date,
    case when headed then 'Synthetic headline ' || event || page end as source_title,
    inferred,
    confidence,
    'synthetic row: made up, no source says so'
        || case when further > 0 then '; also: ' || url || '/also' else '' end
        || case when further > 1 then ' ' || url || '/also-too' else '' end as note,
    'synthetic' as row_status
from paged
join partner as p on p.id = partner
