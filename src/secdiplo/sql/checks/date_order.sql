-- title: An event does not end before it starts
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- level: error
select
    row,
    'date_end' as "column",
    date_end as value,
    '{value} is before the start, ' || date || '; swap or mend them' as what
from rows
where date_end is not null and final_day(date_end) < date_min
order by row
