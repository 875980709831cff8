-- title: Guests who came more than once
-- grain: One row per person and the country that the person represented.
-- unit: event
-- param: visits (count, 2): The minimum number of visits.
-- column: counterpart_person: The guest's name as the source spells it.
-- column: country: The code of the country.
-- column: visits (event): Number of visits by that person.
-- column: first_visit: The first day of the first visit.
-- note: A person whose name is spelled in two ways counts as two.
select
    p.counterpart_person,
    i.counterpart as country,
    count(distinct p.event_id) as visits,
    min(e.date_min) as first_visit
from participations as p
join interactions as i on i.interaction_id = p.interaction_id
join events as e on e.event_id = p.event_id
where p.counterpart_person is not null and i.counterpart_type = 'country'
group by p.counterpart_person, i.counterpart
having count(distinct p.event_id) >= $visits
order by visits desc, country, p.counterpart_person
