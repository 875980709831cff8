-- title: The event-level cells of one event's rows agree
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: event_key
-- scope: event
-- turn: 1
-- level: error
with digests as (
    select
        event_key,
        hash(
            date, date_end, home, format, mode, forum, host_country, city, confidence, period_start,
            period_end
        ) as digest
    from rows
),
clashing as (
    select event_key from digests group by event_key having min(digest) <> max(digest)
),
long as (
    select r.row, r.event_key, cell."column", cell.value
    from rows as r
    semi join clashing as c on c.event_key = r.event_key,
    lateral (
        values
            ('date', r.date), ('date_end', r.date_end), ('home', r.home),
            ('format', r.format), ('mode', r.mode),
            ('forum', r.forum), ('host_country', r.host_country), ('city', r.city),
            ('confidence', r.confidence), ('date_min', r.period_start), ('date_max', r.period_end)
    ) as cell ("column", value)
),
counted as (
    select *, count(*) over (partition by event_key, "column", value) as times from long
),
compared as (
    select
        *,
        first_value(value) over (
            partition by event_key, "column" order by times desc, row
        ) as other
    from counted
)
select
    row,
    "column",
    value,
    other,
    event_key,
    case when value is null then 'a blank' else '{value}' end || ' differs from '
        || case when other is null then 'the blank' else '{other}' end
        || ' in other rows of the event {event_key}; {agree}' as what
from compared
where value is distinct from other
order by row, "column"
