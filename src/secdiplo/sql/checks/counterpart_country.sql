-- title: A country is one of the countries sheet
-- sheet: interactions_sheet
-- needs: interactions_sheet, countries
-- reads: counterpart_type
-- level: error
select
    r.row,
    'counterpart' as "column",
    r.counterpart as value,
    case
        when contains(r.counterpart, ';') then '{value} contains several names; write one row per counterpart'
        else 'unknown country {value}; {nearest:country}'
    end as what
from rows as r
anti join raw_countries as c on c.iso3 = r.counterpart
where r.counterpart_type = 'country' and r.counterpart is not null
order by r.row
