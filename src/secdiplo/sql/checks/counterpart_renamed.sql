-- title: A state that only changed its name has one code
-- sheet: interactions_sheet
-- needs: interactions_sheet, countries
-- reads: counterpart_type
-- level: notice
select
    min(r.row) as row,
    'counterpart' as "column",
    r.counterpart as value,
    t.iso3 as today,
    '{value} is the former code of {today}; use {today} in every row, or queries count two countries'
        as what
from rows as r
inner join raw_countries as c on c.iso3 = r.counterpart and c.state_to is not null
inner join raw_countries as t on t.iso3 = c.successors and t.cow = c.cow
where r.counterpart_type = 'country'
group by r.counterpart, t.iso3
order by 1
