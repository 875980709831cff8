-- title: A series of forums that the reference sheet lacks
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- uses: forum_series
-- level: notice
with named as (
    select left(forum, length(forum) - 5) as series, min(row) as row
    from rows
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
