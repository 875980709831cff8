-- title: The cells of a panel
-- source: the scope of dataset.toml, and the lists of members of the state system
-- grain: One row is one unit in one period.
-- unit: several: see the measures
-- uses: scoped
-- note: `{unit}` and the other names in braces are filled in by secdiplo.panel.
with contacts as (
    select
        {keys_of_contacts},
        s.participation_id,
        s.event_id,
        s.interaction_id,
        s.agency || '/' || s.interaction_id as agency_interaction_id,
        s.agency as by_agency,
        s.official_rank as by_rank,
        s.format as by_format,
        s.counterpart_type,
        s.date_min,
        s.date_max,
        {period_of_date_min} as first_period,
        {period_of_date_max} as last_period
    from scoped as s
    where {kept}
),

periods as (
    select
        cast(g.start as date) as period_start,
        cast(g.start + {step} - interval 1 day as date) as period_end
    from generate_series({period_of_from}, cast($to as timestamp), {step}) as g(start)
),

spells as (
    {spells}
),

units as (
    {units}
),

-- What falls into a period as a whole.
counted as (
    select
        {keys},
        first_period as period_start,
        count(distinct event_id) as any_events{counts}
    from contacts
    where first_period = last_period
    group by all
),

-- What can have taken place in a period or in another one.
coarser as (
    select
        {keys},
        p.period_start,
        count(distinct c.event_id) as less_finely_dated
    from contacts as c
    inner join periods as p
        on p.period_start <= c.date_max and p.period_end >= c.date_min
    where c.first_period <> c.last_period
    group by all
),

-- What had taken place for certain by the end of a period; what was over before the panel begins
-- stands in its first period.
arrived as (
    select
        {keys},
        greatest(last_period, {period_of_from}) as period_start,
        min(date_max) as first_contact,
        max(date_max) as last_contact{counts}
    from contacts
    group by all
),

members as (
    select
        s.iso3,
        p.period_start,
        arg_max(s.code, s.first_day) as code,
        bool_or(s.first_day <= p.period_start and s.last_day >= p.period_end) as throughout
    from spells as s
    inner join periods as p
        on s.first_day <= p.period_end and s.last_day >= p.period_start
    group by s.iso3, p.period_start
),

cells as (
    select
        u.*,
        p.period_start,
        p.period_end,
        least(p.period_end, cast($last as date)) as known_to,
        m.code as member_code,
        coalesce(m.throughout, false) as throughout,
        case
            when {not_a_state} then 'not_a_state'
            when p.period_end < $first or p.period_start > $last then 'outside_coverage'
            when n.any_events > 0 then 'observed'
            else 'zero'
        end as cell_state,
        p.period_start < $first or p.period_end > $last as cut,
        coalesce(c.less_finely_dated, 0) as less_finely_dated{columns},
        min(a.first_contact) over so_far as first_contact,
        max(a.last_contact) over so_far as last_contact
    from units as u
    cross join periods as p
    left join counted as n
        on {same_n} and n.period_start = p.period_start
    left join coarser as c
        on {same_c} and c.period_start = p.period_start
    left join arrived as a
        on {same_a} and a.period_start = p.period_start
    left join members as m
        on {same_m} and m.period_start = p.period_start
    window so_far as (partition by {keys_of_units} order by p.period_start)
)

select
    {shown},
    {label} as period,
    cast(extract(year from period_start) as integer) as year,
    period_start,
    period_end,
    cell_state,
    {inside} and ({partly}) as partial,
    case when {inside} then cast(less_finely_dated as integer) end as less_finely_dated{measures}
from cells
order by {order}, period_start
