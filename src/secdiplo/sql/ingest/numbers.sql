-- title: The number of every row within its event, by its key and not by its place in the sheet
select
    row,
    event_key || '#' || row_number() over (
        partition by event_key
        order by agency, official, counterpart_type, counterpart, counterpart_person
    ) as participation_id
from rows
