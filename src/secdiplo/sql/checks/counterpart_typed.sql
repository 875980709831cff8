-- title: A counterpart has a type, and a type has a counterpart
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: counterpart, counterpart_type, format
-- level: error
select
    row,
    case when counterpart is null then 'counterpart' else 'counterpart_type' end as "column",
    counterpart as value,
    case
        when counterpart is null then case counterpart_type when 'country' then 'a ' else 'an ' end || counterpart_type || ' that is not named; give its code'
        else 'a counterpart without its type; write `country`, `organization` or `actor`'
    end as what
from rows
where (counterpart is null) <> (counterpart_type is null)
    and not (counterpart is null and format = 'multilateral')
order by row
