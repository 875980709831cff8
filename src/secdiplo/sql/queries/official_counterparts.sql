-- title: Countries that each official met most
-- grain: One row per official, agency and country.
-- unit: bilateral_meeting
-- uses: scoped
-- batches: counted
-- param: top (count, 10): List countries down to this rank; 0 lists all.
-- column: official: The official of the home country.
-- column: agency: The agency.
-- column: country: The country's code.
-- column: name: The country.
-- column: bilateral_meetings (bilateral_meeting): Bilateral and sideline meetings.
-- column: interactions (interaction): Events of any format with the country.
-- column: rank (rank): Rank by bilateral meetings among the countries that the official met.
-- note: Countries with equal counts share the lowest rank number, so the list can be longer than `top`.
-- note: Officials whom the sources do not name are not listed.
with met as (
    -- An interaction is one event with one counterpart: to count interactions is to count events.

    select distinct
        s.official_id,
        s.agency,
        s.interaction_id,
        s.official,
        s.counterpart,
        s.format
    from scoped as s
    where s.counterpart_type = 'country' and s.official is not null
),

counted as (
    select
        m.official_id,
        m.official,
        m.agency,
        m.counterpart,
        count(*) filter (where m.format in ('bilateral', 'sideline')) as bilateral_meetings,
        count(*) as interactions
    from met as m
    group by m.official_id, m.official, m.agency, m.counterpart
),

totals as (
    select
        c.official_id,
        c.official,
        c.agency,
        c.counterpart,
        sum(c.bilateral_meetings) as bilateral_meetings,
        sum(c.interactions) as interactions
    from counted as c
    group by c.official_id, c.official, c.agency, c.counterpart
),

ranked as (
    select
        t.official_id,
        t.official,
        t.agency,
        t.counterpart,
        t.bilateral_meetings,
        t.interactions,
        rank() over (
            partition by t.official_id, t.agency
            order by t.bilateral_meetings desc
        ) as place
    from totals as t
)

select
    r.official,
    r.agency,
    r.counterpart as country,
    c.name,
    cast(r.bilateral_meetings as integer) as bilateral_meetings,
    cast(r.interactions as integer) as interactions,
    cast(r.place as integer) as rank
from ranked as r
inner join countries as c
    on c.iso3 = r.counterpart
where $top = 0 or r.place <= $top
order by r.official, r.agency, r.place, r.interactions desc, r.counterpart
