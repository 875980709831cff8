-- title: An official's name is spelt in one way
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- turn: 3
-- over: whole
-- level: error
with spelt as (
    select official, min(row) as row, count(*) as times
    from rows
    where official is not null
    group by official
),
compared as (
    select
        *,
        first_value(official) over (
            partition by replace(strip_accents(normal_form(official)), ' ', '-')
            order by contains(official, '  '), times desc, row
        ) as other
    from spelt
)
select
    row,
    'official' as "column",
    official as value,
    other,
    '{value} is spelt {other} elsewhere; {respell}' as what
from compared
where official <> other
order by row
