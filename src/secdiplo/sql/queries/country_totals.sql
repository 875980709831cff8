-- title: Totals by country
-- grain: One row per country that was met.
-- unit: bilateral_meeting
-- uses: scoped, regions
-- batches: counted
-- column: country: The country's code.
-- column: name: The country.
-- column: region: Its region in the region scheme.
-- column: bilateral (event): Standalone meetings.
-- column: sideline (event): Meetings on the sidelines of a multilateral event.
-- column: multilateral (event): Multilateral events in which the country is named.
-- column: bilateral_meetings (bilateral_meeting): Bilateral and sideline meetings.
-- column: interactions (interaction): Events of any format with the country.
-- column: rank (rank): Rank by bilateral meetings; ties share the lowest rank number.
with met as (
    -- An interaction is one event with one counterpart: to count interactions is to count events.

    select distinct
        s.interaction_id,
        s.counterpart,
        s.format
    from scoped as s
    where s.counterpart_type = 'country'
),

counted as (
    select
        m.counterpart,
        count(*) filter (where m.format = 'bilateral') as bilateral,
        count(*) filter (where m.format = 'sideline') as sideline,
        count(*) filter (where m.format = 'multilateral') as multilateral,
        count(*) as interactions
    from met as m
    group by m.counterpart
),

totals as (
    select
        c.counterpart,
        sum(c.bilateral) as bilateral,
        sum(c.sideline) as sideline,
        sum(c.multilateral) as multilateral,
        sum(c.interactions) as interactions
    from counted as c
    group by c.counterpart
)

select
    t.counterpart as country,
    c.name,
    r.region,
    cast(t.bilateral as integer) as bilateral,
    cast(t.sideline as integer) as sideline,
    cast(t.multilateral as integer) as multilateral,
    cast(t.bilateral + t.sideline as integer) as bilateral_meetings,
    cast(t.interactions as integer) as interactions,
    cast(rank() over (order by t.bilateral + t.sideline desc) as integer) as rank
from totals as t
inner join countries as c
    on c.iso3 = t.counterpart
inner join regions as r
    on r.iso3 = t.counterpart
order by rank, t.interactions desc, t.counterpart
