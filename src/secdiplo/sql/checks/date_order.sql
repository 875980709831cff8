-- title: An event does not end before it starts
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: date, date_end
-- level: error
select
    row,
    'date_end' as "column",
    date_end as value,
    date as other,
    '{value} is before the start, {other}; swap or mend them' as what
from rows
where date_end is not null and final_day(date_end) < date_min
order by row
