-- title: The ways to read a figure give one value for each column that they name
-- sheet: claims
-- needs: claims
-- level: error
with given as (
    select
        rowid + 1 as row,
        readings,
        contains(readings, ':') as has_colon,
        list_transform(string_split(split_part(readings, ':', 1), '&'), lambda x: trim(x)) as names,
        list_transform(
            string_split(substr(readings, strpos(readings, ':') + 1), '|'), lambda x: trim(x)
        ) as options
    from raw_claims
    where readings is not null
),
options as (
    select *, unnest(options) as option
    from given
    where has_colon
),
names as (
    select *, unnest(names) as name
    from given
    where has_colon
),
found as (
    select row, readings as value, '{value} names no column; write `column: value | value`' as what
    from given
    where not has_colon
    union all
    select
        row,
        name,
        '{value} is no column to read in several ways; known: agency, official, rank, format, '
        || 'counterpart_type, region, counterpart, forum, season, period'
    from names
    where name not in (
        'agency', 'official', 'rank', 'format', 'counterpart_type', 'region', 'counterpart',
        'forum', 'season', 'period'
    )
    union all
    select
        row,
        option,
        'reading {value} has not one value for each of ' || array_to_string(names, ', ')
        || '; write `column: value | value`'
    from options
    where len(string_split(option, '&')) <> len(names)
        or list_bool_or(list_transform(string_split(option, '&'), lambda x: trim(x) = ''))
)
select row, 'readings' as "column", value, what
from found
order by row, value
