-- title: A series of forums with participants that the reference sheet lacks
-- sheet: forum_participants
-- needs: forum_participants
-- uses: forum_series
-- level: notice
select
    min(p.rowid) + 1 as row,
    'forum' as "column",
    p.forum as value,
    'forum series {value} is not in reference/forums.csv; {nearest:series}' as what
from raw_forum_participants as p
anti join raw_forum_series as s on s.series = p.forum
where p.forum is not null
group by p.forum
order by row
