-- title: Sums and means of the extra columns
-- grain: One row per numeric extra column and group of participations.
-- unit: participation
-- uses: scoped
-- param: by (varchar, 'all', one of all|home|agency|official_rank|format|mode|forum|counterpart|country|year|month): How to group the participations.
-- param: extra_column (varchar, null): The extra column to summarize; by default, all numeric ones.
-- column: extra_column: The extra column, as dataset.toml declares it.
-- column: value_unit: The unit of its values.
-- column: group_name: The code of the group; `all` for the whole scope; blank if it is not recorded, or if the counterpart is not a country.
-- column: participations (participation): Rows of the coding sheet in scope.
-- column: missing (participation): Participations without a value.
-- column: total (value): Sum of the values; blank if there are none.
-- column: mean (value): Mean of the values; blank if there are none.
-- column: minimum (value): The smallest value.
-- column: maximum (value): The largest value.
-- note: Each participation counts once. If a value describes an event, write it in one row of the event: otherwise a sum counts it several times.
-- note: Year and month are those of the first day; dates that are too imprecise are in the group `imprecise date`.
with grouped as (
    select
        s.participation_id,
        case $by
            when 'home' then s.home
            when 'agency' then s.agency
            when 'official_rank' then s.official_rank
            when 'format' then s.format
            when 'mode' then s.mode
            when 'forum' then s.forum_id
            when 'counterpart' then s.counterpart
            when 'country' then case when s.counterpart_type = 'country' then s.counterpart end
            when 'year' then case
                when extract(year from s.date_min) = extract(year from s.latest_start)
                    then cast(extract(year from s.date_min) as varchar)
                else 'imprecise date'
            end
            when 'month' then case
                when
                    extract(year from s.date_min) = extract(year from s.latest_start)
                    and extract(month from s.date_min) = extract(month from s.latest_start)
                    then cast(extract(year from s.date_min) as varchar) || '-'
                        || lpad(cast(extract(month from s.date_min) as varchar), 2, '0')
                else 'imprecise date'
            end
            else 'all'
        end as group_name
    from scoped as s
),

summed as (
    select
        v.extra_column,
        v.unit,
        g.group_name,
        count(*) as participations,
        count(v.value) as filled,
        -- Decimals add up to the same total in any order.
        cast(sum(cast(v.value as decimal(25, 10))) as double) as total,
        min(v.value) as minimum,
        max(v.value) as maximum
    from grouped as g
    inner join participation_values as v
        on v.participation_id = g.participation_id
    where $extra_column is null or v.extra_column = $extra_column
    group by v.extra_column, v.unit, g.group_name
)

select
    s.extra_column,
    s.unit as value_unit,
    s.group_name,
    cast(s.participations as integer) as participations,
    cast(s.participations - s.filled as integer) as missing,
    s.total,
    cast(s.total as double) / nullif(s.filled, 0) as mean,
    s.minimum,
    s.maximum
from summed as s
order by s.extra_column, s.group_name
