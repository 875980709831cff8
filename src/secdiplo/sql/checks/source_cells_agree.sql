-- title: Publisher, date and title of one page agree wherever it is cited as the best one
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: source_url
-- turn: 3
-- over: whole
-- level: error
with digests as (
    select source_url, hash(source_publisher, source_date, source_title) as digest from rows
),
clashing as (
    select source_url from digests group by source_url having min(digest) <> max(digest)
),
long as (
    select r.row, r.source_url, cell."column", cell.value
    from rows as r
    semi join clashing as c on c.source_url = r.source_url,
    lateral (
        values
            ('source_publisher', r.source_publisher), ('source_date', r.source_date),
            ('source_title', r.source_title)
    ) as cell ("column", value)
),
counted as (
    select *, count(*) over (partition by source_url, "column", value) as times from long
),
compared as (
    select
        *,
        first_value(value) over (
            partition by source_url, "column" order by times desc, row
        ) as other
    from counted
)
select
    row,
    "column",
    value,
    other,
    case when value is null then 'a blank' else '{value}' end || ' differs from '
        || case when other is null then 'the blank' else '{other}' end
        || ' in other rows that cite the same page; {agree}' as what
from compared
where value is distinct from other
order by row, "column"
