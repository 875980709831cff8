-- title: Multilateral and sideline events name a forum, unless imputed; bilateral ones do not
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: format, row_status
-- level: error
select
    row,
    'forum' as "column",
    forum as value,
    case
        when forum is null then 'a ' || format || ' event without a forum; name it'
        when format = 'bilateral'
            then 'a bilateral event with a forum; code it sideline, or blank the forum'
        else '{value} has no year; write `<series> <year>`'
    end as what
from rows
where (format = 'bilateral' and forum is not null)
    or (format <> 'bilateral' and forum is null and row_status in ('attested', 'synthetic'))
    or (forum is not null and not regexp_full_match(forum, '.+ [0-9]{4}'))
order by row
