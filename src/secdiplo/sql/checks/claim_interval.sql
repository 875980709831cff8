-- title: The interval of a figure runs upwards and holds numbers that can be counted
-- sheet: claims
-- needs: claims
-- reads: value, low, high, measure, relation
-- level: error
with numbers as (
    select
        rowid + 1 as row,
        measure,
        relation,
        value as published,
        low,
        high,
        try_cast(value as double) as middle,
        try_cast(low as double) as least,
        try_cast(high as double) as most
    from raw_claims
    where measure in ('count', 'distinct', 'share', 'rank')
),
found as (
    select
        n.row,
        cell."column",
        cell.value,
        '{value} is negative; a count, share or rank is not' as what
    from numbers as n,
        lateral (
            values ('value', n.published, n.middle), ('low', n.low, n.least), ('high', n.high, n.most)
        ) as cell ("column", value, number)
    where cell.number < 0
    union all
    select row, 'value', published, '{value} is not whole; mend it, or its measure'
    from numbers
    where measure <> 'share' and middle <> floor(middle)
    union all
    select row, 'high', high, 'the interval from ' || low || ' to ' || high
        || ' is upside down; swap its ends'
    from numbers
    where least > most
    union all
    select row, 'high', high, 'no whole number lies from ' || coalesce(low, published) || ' to '
        || coalesce(high, published) || '; mend low or high'
    from numbers
    where measure <> 'share'
        and relation not in ('at_least', 'at_most', 'more_than')
        and coalesce(least, most) is not null
        and ceil(coalesce(least, middle)) > floor(coalesce(most, middle))
        and not coalesce(least > most, false)
)
select * from found
order by row, "column"
