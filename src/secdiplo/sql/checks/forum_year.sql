-- title: The year of a session is one in which the event can have taken place
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: date, date_end, forum
-- level: notice
select
    row,
    'forum' as "column",
    forum as value,
    date,
    'the session {value} and the date {date} are in different years; correct one if it is a slip'
        as what
from rows
where regexp_full_match(forum, '.+ [0-9]{4}')
    and row_status in ('attested', 'synthetic')
    and (number_of(right(forum, 4)) < year(date_min) or number_of(right(forum, 4)) > year(date_max))
order by row
