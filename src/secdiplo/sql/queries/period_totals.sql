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
with edges as (
    select
        s.event_id,
        s.date_min as edge
    from scoped as s
    union
    select
        s.event_id,
        s.date_max as edge
    from scoped as s
),

labels as (
    select
        e.event_id,
        cast(extract(year from e.edge) as varchar)
        || case $by
            when 'year' then ''
            when 'half' then case when extract(month from e.edge) <= 6 then '-H1' else '-H2' end
            when 'quarter' then '-Q' || cast(extract(quarter from e.edge) as varchar)
            when 'month' then '-' || lpad(cast(extract(month from e.edge) as varchar), 2, '0')
        end as label
    from edges as e
),

periods as (
    select
        l.event_id,
        case when min(l.label) = max(l.label) then min(l.label) else 'dated less finely' end
            as period
    from labels as l
    group by l.event_id
)

select
    p.period,
    s.agency,
    cast(count(distinct s.event_id) as integer) as events,
    cast(count(distinct s.interaction_id) as integer) as interactions
from scoped as s
inner join periods as p
    on p.event_id = s.event_id
group by p.period, s.agency
order by p.period, s.agency
