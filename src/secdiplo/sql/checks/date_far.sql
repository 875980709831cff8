-- title: An event is not dated years after all sources, or after all other events
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: date
-- scope: sheet
-- over: whole
-- level: notice
with dated as (
    select row, date, try_cast(substr(date, 1, 4) as integer) as year from rows
),
newest as (
    select max(try_cast(substr(source_date, 1, 4) as integer)) + 5 as year from rows
),
gaps as (
    select year, year - lag(year) over (order by year) as gap
    from (select distinct year from dated where year is not null)
),
late as (
    select quantile_disc(year, 0.75) as year from dated where year is not null
),
isolated as (
    select min(g.year) - 1 as year from gaps as g, late where g.gap >= 10 and g.year > late.year
),
far as (
    select d.row, d.date
    from dated as d, newest, isolated
    where d.year > coalesce(newest.year, isolated.year)
)
select
    min(row) as row,
    'date' as "column",
    arg_min(date, row) as value,
    '{value} is years after ' ||
        case when (select year from newest) is null then 'the other dates' else 'all sources' end
        || case when count(*) > 1 then ' (' || count(*) || ' rows)' else '' end
        || '; correct the year if it is wrong' as what
from far
having count(*) > 0
