-- title: A tenure does not end before it starts
-- sheet: officials
-- needs: officials
-- reads: tenure_start
-- level: error
select
    rowid + 1 as row,
    'tenure_end' as "column",
    tenure_end as value,
    tenure_start as other,
    '{value} is before the start, {other}; swap or correct them' as what
from raw_officials
where final_day(tenure_end) < first_day(tenure_start)
order by row
