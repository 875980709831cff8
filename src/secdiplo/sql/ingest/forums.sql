-- title: Sessions: one row a series and year, with the days that are known
with named as (
    select forum as forum_id from rows where forum is not null
    union
    select name from named_elsewhere where kind = 'forums' and name is not null
    union
    select forum from raw_sessions_sheet
),
dated as (
    select forum as forum_id, min(date_min) as first_date, max(date_max) as final_date
    from rows
    where format = 'multilateral' and date_precision = 'day'
    group by forum
)
select
    n.forum_id,
    s.series,
    right(n.forum_id, 4) as year,
    s.level,
    s.region,
    coalesce(first_day(r.start), d.first_date) as session_start,
    coalesce(final_day(r."end"), d.final_date) as session_end,
    case when r.forum is not null then 'reference' when d.forum_id is not null then 'events' end
        as session_basis
from named as n
join forum_series as s on s.series = left(n.forum_id, length(n.forum_id) - 5)
left join raw_sessions_sheet as r on r.forum = n.forum_id
left join dated as d on d.forum_id = n.forum_id
