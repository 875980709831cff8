-- title: A session is a series and its year
-- sheet: sessions_sheet
-- needs: sessions_sheet
-- level: error
select
    rowid + 1 as row,
    'forum' as "column",
    forum as value,
    '{value} has no year; write `<series> <year>`' as what
from raw_sessions_sheet
where not regexp_full_match(forum, '.+ [0-9]{4}')
order by row
