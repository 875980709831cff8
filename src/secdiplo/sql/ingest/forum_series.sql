-- title: Series of forums: those of the reference sheet and those that only other sheets name
with named as (
    select distinct left(forum, length(forum) - 5) as series from rows where forum is not null
    union
    select name from named_elsewhere where kind = 'forum_series'
    union
    select distinct left(name, length(name) - 5) from named_elsewhere where kind = 'forums'
    union
    select distinct left(forum, length(forum) - 5) from raw_sessions_sheet
)
select
    coalesce(r.series, n.series) as series,
    r.level,
    r.region,
    r.first_year,
    r.convener,
    r.note
from raw_forum_series as r
full join named as n on n.series = r.series
where coalesce(r.series, n.series) is not null
