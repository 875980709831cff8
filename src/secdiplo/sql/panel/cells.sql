-- title: The cells of a panel
-- source: the scope of dataset.toml, and the lists of members of the state system
-- grain: One row per unit in one period.
-- unit: several: see the measures
-- uses: scoped
-- note: `{unit}` and the other names in braces are filled in by secdiplo.panel.
with raw_contacts as (
    -- One row per unit, counterpart and event, and per combination of the details that a measure
    -- needs; the other columns follow from these. `kept` marks the rows that can be in a cell; the
    -- others are only reported.
    select
        {keys_of_contacts},
        s.counterpart_type,
        s.counterpart,
        s.event_id,
        s.format as by_format,
        s.date_min,
        s.latest_start,
        coalesce({kept}, false) as kept,
        count(*) as participations{details}{values}
    from scoped as s
    {valued}
    group by all
),

-- A spell is one code; `since` and `until` bound the spells that follow each other without a gap.
spells as (
    {spells}
),

-- Of all days on which it can have taken place: do all lie in coverage, in the panel's days and in
-- membership, or some of them, or none?
placed as (
    select
        c.*,
        {period_of_date_min} as first_period,
        {period_of_latest_start} as last_period,
        first_period <> last_period as coarse,
        c.latest_start < $from or c.date_min > $to as beyond,
        c.date_min >= $first and c.latest_start <= $last and {member_throughout} as certain,
        {member_at_all} as possible
    from raw_contacts as c
),

contacts as not materialized (
    select * from placed where kept
),

-- `day_from` and `day_to` bound the days of a period that the panel asks for and covers; where it
-- covers none, those that it asks for.
periods as (
    select
        a.period_start,
        a.period_end,
        a.day_from <= $last and a.day_to >= $first as covered,
        case
            when a.day_from <= $last and a.day_to >= $first
                then greatest(a.day_from, cast($first as date))
            else a.day_from
        end as day_from,
        case
            when a.day_from <= $last and a.day_to >= $first
                then least(a.day_to, cast($last as date))
            else a.day_to
        end as day_to
    from (
        select
            cast(g.start as date) as period_start,
            cast(g.start + {step} - interval 1 day as date) as period_end,
            greatest(cast(g.start as date), cast($from as date)) as day_from,
            least(cast(g.start + {step} - interval 1 day as date), cast($to as date)) as day_to
        from generate_series({period_of_from}, cast($to as timestamp), {step}) as g(start)
    ) as a
),

units as (
    {units}
),

-- What falls into a period as a whole.
counted as (
    select
        {keys},
        first_period as period_start,
        count(*) as any_rows{counts}
    from contacts
    where certain and not coarse and date_min >= $from and latest_start <= $to
    group by all
),

-- What can have taken place in a period, or in another one, or on a day that the panel leaves out.
loose as (
    select distinct
        {keys},
        p.period_start,
        c.event_id
    from contacts as c
    inner join periods as p
        on p.covered and p.day_from <= c.latest_start and p.day_to >= c.date_min
    where
        (c.coarse or not c.certain or c.date_min < $from or c.latest_start > $to)
        and {member_then}
),

less_precise as (
    select
        {keys},
        period_start,
        count(*) as imprecise_dates
    from loose
    group by all
),

-- What had taken place for certain by the end of a period; what was over before the panel begins
-- stands in its first period.
arrived as (
    select
        {keys},
        greatest(last_period, {period_of_from}) as period_start,
        min(latest_start) as first_contact,
        max(latest_start) as last_contact{counts}
    from contacts
    where certain and latest_start <= $to
    group by all
),

members as (
    select
        s.iso3,
        p.period_start,
        arg_max(s.code, s.first_day) as code,
        bool_or(s.since <= p.day_from and s.until >= p.day_to) as throughout
    from spells as s
    inner join periods as p
        on s.first_day <= p.day_to and s.last_day >= p.day_from
    group by s.iso3, p.period_start
),

cells as (
    select
        u.*,
        p.period_start,
        p.period_end,
        p.day_to as known_to,
        m.code as member_code,
        coalesce(m.throughout, false) as throughout,
        case
            when {not_a_state} then 'not_a_state'
            when not p.covered then 'outside_coverage'
            when n.any_rows > 0 then 'observed'
            else 'zero'
        end as status,
        p.day_from > p.period_start or p.day_to < p.period_end as cut,
        coalesce(c.imprecise_dates, 0) as imprecise_dates{columns},
        min(a.first_contact) over so_far as first_contact,
        max(a.last_contact) over so_far as last_contact
    from units as u
    inner join periods as p on {existing}  -- a state that has ended has cells in its days only
    left join counted as n
        on {same_n} and n.period_start = p.period_start
    left join less_precise as c
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
    status,
    {inside} and ({partly}) as partial,
    case when {inside} then cast(imprecise_dates as integer) end as imprecise_dates{measures}
from cells
order by {order}, period_start
