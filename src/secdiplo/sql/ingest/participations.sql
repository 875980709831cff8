-- title: Participations: the rows of the sheet
select r.event_key as event_id, n.participation_id, source_key(r.source_url) as source_id, r.*
from rows as r
join numbers as n on n.row = r.row
