-- title: The counterpart is foreign
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: counterpart_type
-- level: error
select
    r.row,
    'counterpart' as "column",
    r.counterpart as value,
    r.home as other,
    '{value} is not foreign to {other}; correct the code, or leave the row out' as what
from rows as r, home as h
where r.counterpart_type = 'country'
    and (
        r.counterpart = r.home
        or (r.home = h.country and list_contains(h.not_foreign, r.counterpart))
    )
order by r.row
