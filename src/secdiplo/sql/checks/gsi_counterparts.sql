-- title: A country that supports is a foreign one of the countries sheet
-- sheet: gsi_support
-- needs: gsi_support, countries
-- reads: counterpart_type
-- level: error
select
    g.rowid + 1 as row,
    'counterpart' as "column",
    g.counterpart as value,
    h.country as other,
    case
        when c.iso3 is null then 'unknown country {value}; {nearest:country}'
        else '{value} is not foreign to {other}; mend the code, or leave the row out'
    end as what
from raw_gsi_support as g
cross join home as h
left join raw_countries as c on c.iso3 = g.counterpart
where g.counterpart_type = 'country'
    and g.counterpart is not null
    and (
        c.iso3 is null
        or g.counterpart = h.country
        or list_contains(h.not_foreign, g.counterpart)
    )
order by row
