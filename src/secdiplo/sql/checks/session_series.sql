-- title: A series of sessions that the reference sheet lacks
-- sheet: sessions_sheet
-- needs: sessions_sheet
-- uses: forum_series
-- level: notice
with named as (
    select left(forum, length(forum) - 5) as series, min(rowid) + 1 as row
    from raw_sessions_sheet
    where regexp_full_match(forum, '.+ [0-9]{4}')
    group by series
)
select
    n.row,
    'forum' as "column",
    n.series as value,
    'forum series {value} is not in reference/forums.csv; {nearest:series}' as what
from named as n
anti join raw_forum_series as s on s.series = n.series
order by n.row
