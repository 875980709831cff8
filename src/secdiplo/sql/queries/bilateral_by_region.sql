-- title: Bilateral meetings by region
-- grain: One row per region of the scheme.
-- unit: bilateral_meeting
-- uses: scoped, regions
-- batches: totals
-- column: region: The region.
-- column: standalone (bilateral_meeting): Standalone meetings.
-- column: sideline (bilateral_meeting): Meetings on the sidelines of a multilateral event.
-- column: total (bilateral_meeting): Standalone and sideline meetings.
-- note: Regions without meetings are listed too.
with meetings as (
    select distinct
        r.region,
        s.event_id,
        s.format
    from scoped as s
    inner join regions as r
        on r.iso3 = s.counterpart
    where s.counterpart_type = 'country' and s.format in ('bilateral', 'sideline')
),

totals as (
    select
        m.region,
        count(*) filter (where m.format = 'bilateral') as standalone,
        count(*) filter (where m.format = 'sideline') as sideline,
        count(*) as meetings
    from meetings as m
    group by m.region
),

scheme_regions as (
    select r.region
    from regions as r
    where not r.ended
    union
    select t.region
    from totals as t
)

select
    g.region,
    cast(coalesce(sum(t.standalone), 0) as integer) as standalone,
    cast(coalesce(sum(t.sideline), 0) as integer) as sideline,
    cast(coalesce(sum(t.meetings), 0) as integer) as total
from scheme_regions as g
left join totals as t
    on t.region = g.region
group by g.region
order by total desc, g.region
