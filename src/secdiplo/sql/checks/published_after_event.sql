-- title: An event is not later than the publication of its source, unless a date is inferred
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: date, inferred
-- level: error
select
    row,
    'source_date' as "column",
    source_date as value,
    date as other,
    'published {value}, before the event of {other}; correct a date, or name it in inferred' as what
from rows
where final_day(source_date) < date_min
    and not list_has_any(
        string_split(coalesce(inferred, ''), '; '), ['date', 'source_date']
    )
order by row
