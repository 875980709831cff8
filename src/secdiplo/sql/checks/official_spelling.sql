-- title: An official's name is spelt in one way
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- level: error
with spelt as (
    select official_id, official, min(row) as row
    from rows
    where official is not null
    group by official_id, official
),
compared as (
    select
        *,
        first_value(official) over (partition by official_id order by row) as first_spelling
    from spelt
)
select
    row,
    'official' as "column",
    official as value,
    '{value} is also spelt `' || first_spelling || '`; choose one' as what
from compared
where official <> first_spelling
order by row
