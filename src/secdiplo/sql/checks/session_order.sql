-- title: A session does not end before it starts
-- sheet: sessions_sheet
-- needs: sessions_sheet
-- reads: start
-- level: error
select
    rowid + 1 as row,
    'end' as "column",
    "end" as value,
    start as other,
    '{value} is before the start, {other}; swap or correct them' as what
from raw_sessions_sheet
where final_day("end") < first_day(start)
order by row
