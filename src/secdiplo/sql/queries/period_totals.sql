-- title: Totals by period and agency
-- source: Carnegie 2025, Figure 1
-- grain: One row is one period and one agency.
-- unit: agency_interaction
-- uses: scoped
-- param: by (varchar, 'half', one of half|year|quarter|month): The length of a period.
-- column: period: The period, or `dated less finely` for events known only to a longer one.
-- column: agency: The agency.
-- column: events (event): Events of the agency that fall into the period as a whole.
-- column: interactions (agency_interaction): Foreign counterparts in these events.
-- note: An event of several agencies counts for each.
with attended as (
    -- An interaction belongs to one event, so that the events' counts of them add up.

    select
        s.event_id,
        s.agency,
        min(s.date_min) as date_min,
        min(s.date_max) as date_max,
        count(distinct s.interaction_id) as interactions
    from scoped as s
    group by s.event_id, s.agency
),

edges as (
    select
        a.agency,
        a.interactions,
        extract(year from a.date_min) as first_year,
        extract(month from a.date_min) as first_month,
        extract(year from a.date_max) as last_year,
        extract(month from a.date_max) as last_month,
        case $by when 'year' then 12 when 'half' then 6 when 'quarter' then 3 else 1 end as months
    from attended as a
),

numbered as (
    select
        e.agency,
        e.interactions,
        e.months,
        case
            when
                e.first_year = e.last_year
                and floor((e.first_month - 1) / e.months) = floor((e.last_month - 1) / e.months)
                then e.first_year
        end as year,
        cast(floor((e.first_month - 1) / e.months) + 1 as integer) as place
    from edges as e
),

totals as (
    select
        n.agency,
        n.months,
        n.year,
        case when n.year is not null then n.place end as place,
        count(*) as events,
        sum(n.interactions) as interactions
    from numbered as n
    group by n.agency, n.months, n.year, case when n.year is not null then n.place end
)

select
    case
        when t.year is null then 'dated less finely'
        else cast(t.year as varchar)
            || case t.months
                when 12 then ''
                when 6 then '-H' || cast(t.place as varchar)
                when 3 then '-Q' || cast(t.place as varchar)
                else '-' || lpad(cast(t.place as varchar), 2, '0')
            end
    end as period,
    t.agency,
    cast(t.events as integer) as events,
    cast(t.interactions as integer) as interactions
from totals as t
order by period, t.agency
