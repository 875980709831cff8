-- title: Publisher, date and title of one page agree wherever it is cited as the best one
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- level: error
with clashing as (
    select source_url
    from rows
    group by source_url
    having count(*) > 1 and (
        min(source_publisher) is distinct from max(source_publisher)
        or count(source_publisher) not in (0, count(*))
        or min(source_date) is distinct from max(source_date)
        or count(source_date) not in (0, count(*))
        or min(source_title) is distinct from max(source_title)
        or count(source_title) not in (0, count(*))
    )
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
compared as (
    select
        *,
        first_value(value) over (partition by source_url, "column" order by row) as first_cell
    from long
)
select
    row,
    "column",
    value,
    '{value} differs from `' || coalesce(first_cell, '')
        || '` where the same page was cited first; make the rows agree' as what
from compared
where value is distinct from first_cell
order by row, "column"
