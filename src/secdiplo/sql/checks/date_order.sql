-- title: An event does not end before it starts, nor does its period
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: date, date_end, date_min, date_max
-- level: error
select
    row,
    case when date is null then 'date_max' else 'date_end' end as "column",
    case when date is null then period_end else date_end end as value,
    coalesce(date, period_start) as other,
    '{value} is before the start, {other}; swap or correct them' as what
from rows
where (date_end is not null and final_day(date_end) < date_min)
    or (date is null and period_end < period_start)
order by row
