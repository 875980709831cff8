-- title: A participant's country is one of the countries sheet
-- sheet: forum_participants
-- needs: forum_participants, countries
-- reads: counterpart_type
-- level: error
select
    p.rowid + 1 as row,
    'counterpart' as "column",
    p.counterpart as value,
    'unknown country {value}; {nearest:country}' as what
from raw_forum_participants as p
anti join raw_countries as c on c.iso3 = p.counterpart
where p.counterpart_type = 'country' and p.counterpart is not null
order by row
