-- title: A non-state actor that the reference sheet lacks
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: counterpart_type
-- uses: nonstate_actors
-- level: notice
select
    min(r.row) as row,
    'counterpart' as "column",
    r.counterpart as value,
    case
        when contains(r.counterpart, ';') then '{value} contains several names; write one row per counterpart'
        else 'actor {value} is not in reference/actors.csv; {nearest:nonstate_actor}'
    end as what
from rows as r
anti join raw_nonstate_actors as a on a.code = r.counterpart
where r.counterpart_type = 'actor' and r.counterpart is not null
group by r.counterpart
order by row
