-- title: The period of a figure is one date, or runs from one date to a later one
-- sheet: claims
-- needs: claims
-- level: error
with said as (
    select rowid + 1 as row, 'period' as "column", period as cell
    from raw_claims
    union all
    select
        rowid + 1,
        'base_filter',
        unnest(regexp_extract_all(base_filter, '(?:^|;)\s*(?:period|year)\s*=([^;]*)', 1))
    from raw_claims
),
periods as (
    select row, "column", trim(unnest(string_split_regex(cell, '[;,]'))) as value
    from said
),
edges as (
    select
        *,
        trim(split_part(value, '..', 1)) as start,
        trim(case when contains(value, '..') then split_part(value, '..', 2) else value end) as "end"
    from periods
),
days as (
    select
        *,
        case when regexp_full_match(start, '[0-9-]+') then first_day(start) end as first,
        case when regexp_full_match("end", '[0-9-]+') then final_day("end") end as last
    from edges
)
select
    row,
    "column",
    value,
    case
        when first is null or last is null
            then '{value} is no period; write `2024`, `2024-09`, `2024-09-07` or '
                || '`2022-06..2025-06`'
        else '{value} ends before it starts; swap its ends'
    end as what
from days
where first is null or last is null or last < first
order by row, "column", value
