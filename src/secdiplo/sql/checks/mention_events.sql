-- title: A mention's event is one of the sheet
-- sheet: mentions
-- needs: mentions, interactions_sheet
-- level: error
select
    m.rowid + 1 as row,
    'event_id' as "column",
    m.event_id as value,
    'no event {value} in the sheet; mend the label, or blank it' as what
from raw_mentions as m
where m.event_id is not null and m.event_id not in (select event_key from rows)
order by row
