-- title: Totals by period and agency
-- grain: One row per period and agency.
-- unit: agency_interaction
-- uses: scoped
-- batches: totals
-- param: by (varchar, 'half', one of half|year|quarter|month): The length of a period.
-- column: period: The period, or `imprecise date` for events whose dates are too imprecise.
-- column: agency: The agency.
-- column: events (event): Events of the agency that are certainly in the period.
-- column: interactions (agency_interaction): Foreign counterparts in these events.
-- note: An event with several agencies counts once for each.
with contacts as (
    select distinct
        s.event_id,
        s.agency,
        s.interaction_id,
        s.date_min,
        s.latest_start
    from in_scope as s
),

-- An interaction belongs to one event, so that the events' counts of them add up.
attended as (
    select
        c.event_id,
        c.agency,
        c.date_min,
        c.latest_start,
        count(c.interaction_id) as interactions
    from contacts as c
    group by c.event_id, c.agency, c.date_min, c.latest_start
),

placed as (
    select
        a.agency,
        a.interactions,
        extract(year from a.date_min) as first_year,
        extract(year from a.latest_start) as last_year,
        case $by
            when 'year' then 1
            when 'half' then case when extract(month from a.date_min) <= 6 then 1 else 2 end
            when 'quarter' then extract(quarter from a.date_min)
            else extract(month from a.date_min)
        end as first_place,
        case $by
            when 'year' then 1
            when 'half' then case when extract(month from a.latest_start) <= 6 then 1 else 2 end
            when 'quarter' then extract(quarter from a.latest_start)
            else extract(month from a.latest_start)
        end as last_place
    from attended as a
),

totals as (
    select
        p.agency,
        p.first_year as year,
        p.first_place as place,
        p.first_year = p.last_year and p.first_place = p.last_place as within,
        count(*) as events,
        sum(p.interactions) as interactions
    from placed as p
    group by
        p.agency,
        p.first_year,
        p.first_place,
        p.first_year = p.last_year and p.first_place = p.last_place
),

labelled as (
    select
        case
            when not t.within then 'imprecise date'
            else cast(t.year as varchar)
                || case $by
                    when 'year' then ''
                    when 'half' then '-H' || cast(t.place as varchar)
                    when 'quarter' then '-Q' || cast(t.place as varchar)
                    else '-' || lpad(cast(t.place as varchar), 2, '0')
                end
        end as period,
        t.agency,
        t.events,
        t.interactions
    from totals as t
)

select
    l.period,
    l.agency,
    cast(sum(l.events) as integer) as events,
    cast(sum(l.interactions) as integer) as interactions
from labelled as l
group by l.period, l.agency
order by l.period, l.agency
