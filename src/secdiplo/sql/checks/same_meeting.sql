-- title: Two attested events that agree in day, officials, format, forum, counterpart and person
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: event_key, date, agency, official, format, forum, counterpart, counterpart_person
-- scope: event
-- over: whole
-- level: notice
with digests as (
    select
        row,
        event_key,
        hash(
            date, date_end, home, agency, official, format, forum, counterpart_type, counterpart,
            counterpart_person
        ) as digest
    from rows
    where strlen(date) = 10
        and official is not null
        and counterpart is not null
        and row_status = 'attested'
),
repeated as (
    select digest from digests group by digest having min(event_key) <> max(event_key)
),
suspects as (
    select
        d.row,
        d.event_key,
        first_value(d.event_key) over (partition by d.digest order by d.row) as other
    from digests as d
    semi join repeated as r on r.digest = d.digest
)
select
    row,
    'event_key' as "column",
    event_key as value,
    other,
    'the same day, official, format and counterpart as event {other}; one meeting coded twice?'
        as what
from suspects
where event_key <> other
order by row
