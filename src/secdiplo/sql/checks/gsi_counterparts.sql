-- title: A supporter is a foreign country of the countries sheet
-- sheet: gsi_support
-- needs: gsi_support, countries
-- level: error
select
    g.rowid + 1 as row,
    'counterpart' as "column",
    g.counterpart as value,
    'unknown country {value}; {nearest:country}' as what
from raw_gsi_support as g
anti join raw_countries as c on c.iso3 = g.counterpart
where g.counterpart_type = 'country' and g.counterpart is not null
order by row
