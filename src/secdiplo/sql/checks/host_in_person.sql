-- title: Only a meeting in person has a host country or a city
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: mode, host_country, city
-- level: error
select
    row,
    case when host_country is not null then 'host_country' else 'city' end as "column",
    coalesce(host_country, city) as value,
    'a ' || mode || ' event with a place, {value}; blank it, or code it `in_person`' as what
from rows
where mode in ('video', 'phone') and (host_country is not null or city is not null)
order by row
