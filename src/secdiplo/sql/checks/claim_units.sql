-- title: A figure of the dataset counts something that the sheet can hold
-- sheet: claims
-- needs: claims
-- reads: measure, scope
-- level: error
with testable as (
    select rowid + 1 as row, *
    from raw_claims
    where not_testable is null and measure in ('count', 'distinct', 'share', 'rank')
),
cells as (
    select
        row,
        'unit' as "column",
        unit as value,
        case measure when 'share' then 'percent' when 'rank' then 'rank' else 'count' end as kind
    from testable
    where scope = 'dataset' or measure = 'share'
    union all
    select row, 'base_unit', base_unit, 'count'
    from testable
    where measure in ('share', 'rank') and base_unit is not null
),
counted as (
    select unnest([
        'events', 'interactions', 'agency_interactions', 'countries', 'organizations'
    ]) as unit
)
select
    row,
    "column",
    value,
    case kind
        when 'percent' then 'a share in {value}; write `percent`'
        when 'rank' then 'a rank in {value}; write `rank`'
        else 'unknown unit {value}; known: events, interactions, agency_interactions, countries, '
            || 'organizations'
    end as what
from cells
where case kind when 'count' then value not in (from counted) else value <> kind end
order by row, "column"
