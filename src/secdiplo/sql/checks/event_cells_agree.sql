-- title: The event-level cells of one event's rows agree
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- level: error
with clashing as (
    select event_key
    from rows
    group by event_key
    having min(date) is distinct from max(date) or count(date) not in (0, count(*))
        or min(date_end) is distinct from max(date_end) or count(date_end) not in (0, count(*))
        or min(format) is distinct from max(format)
        or min(mode) is distinct from max(mode)
        or min(forum) is distinct from max(forum) or count(forum) not in (0, count(*))
        or min(host_country) is distinct from max(host_country)
        or count(host_country) not in (0, count(*))
        or min(city) is distinct from max(city) or count(city) not in (0, count(*))
        or min(confidence) is distinct from max(confidence)
        or min(row_status) is distinct from max(row_status)
),
long as (
    select r.row, r.event_key, cell."column", cell.value
    from rows as r
    semi join clashing as c on c.event_key = r.event_key,
    lateral (
        values
            ('date', r.date), ('date_end', r.date_end), ('format', r.format), ('mode', r.mode),
            ('forum', r.forum), ('host_country', r.host_country), ('city', r.city),
            ('confidence', r.confidence), ('row_status', r.row_status)
    ) as cell ("column", value)
),
compared as (
    select
        *,
        first_value(value) over (partition by event_key, "column" order by row) as first_cell,
        min(row) over (partition by event_key) as first_row
    from long
)
select
    row,
    "column",
    value,
    coalesce('{value}', 'blank') || ' differs from `' || coalesce(first_cell, '')
        || '` in the first row of event ' || event_key || '; make the rows agree' as what
from compared
where value is distinct from first_cell
order by row, "column"
