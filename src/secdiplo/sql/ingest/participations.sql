-- title: Participations: the rows of the sheet
select event_key as event_id, * from rows
