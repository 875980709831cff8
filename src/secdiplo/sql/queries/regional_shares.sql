-- title: Regional shares
-- grain: One row per region of the scheme.
-- unit: bilateral_meeting
-- uses: scoped, regions
-- batches: met
-- param: unit (varchar, 'bilateral_meeting', one of bilateral_meeting|interaction|agency_interaction|participation): What is counted.
-- column: region: The region.
-- column: meetings (bilateral_meeting, or `unit`): Meetings, or other units, with countries of the region.
-- column: share_percent (percent): Share of all counted units.
-- column: rank (rank): Rank by the count; ties share the lowest rank number.
-- note: Only units with a country are counted, since organizations and non-state actors have no region.
-- note: Regions without meetings are listed too.
with counted as (
    select distinct
        r.region,
        case $unit
            when 'bilateral_meeting' then s.event_id
            when 'interaction' then s.interaction_id
            when 'agency_interaction' then s.agency || '/' || s.interaction_id
            when 'participation' then s.participation_id
        end as unit_id
    from scoped as s
    inner join regions as r
        on r.iso3 = s.counterpart
    where
        s.counterpart_type = 'country'
        and ($unit <> 'bilateral_meeting' or s.format in ('bilateral', 'sideline'))
),

met as (
    select
        c.region,
        count(c.unit_id) as meetings
    from counted as c
    group by c.region
),

scheme_regions as (
    select r.region
    from regions as r
    where not r.ended
    union
    select m.region
    from met as m
),

totals as (
    select
        g.region,
        coalesce(sum(m.meetings), 0) as meetings
    from scheme_regions as g
    left join met as m
        on m.region = g.region
    group by g.region
)

select
    t.region,
    cast(t.meetings as integer) as meetings,
    round(
        cast(100 as double) * t.meetings / nullif(sum(t.meetings) over (), 0),
        1
    ) as share_percent,
    cast(rank() over (order by t.meetings desc) as integer) as rank
from totals as t
order by t.meetings desc, t.region
