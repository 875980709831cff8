-- title: Agreements by country
-- grain: One row per country that signed an agreement.
-- unit: row
-- param: least (count, 1): The minimum number of agreements.
-- column: country: The code of the country.
-- column: agreements: Number of agreements that it signed.
-- column: first_signed: The first day on which it may have signed one.
-- note: This query is an example. Change it, or delete the file.
select
    a.country,
    count(*) as agreements,
    min(e.date_min) as first_signed
from agreements as a
join events as e on e.event_id = a.event_id
group by a.country
having count(*) >= $least
order by agreements desc, a.country
