-- title: What was inferred are columns of the sheet
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- level: error
with cells as (
    select distinct inferred as cell from rows where inferred is not null
),
items as (
    select cell, unnest(string_split(cell, '; ')) as item from cells
),
unknown as (
    select cell, item
    from items
    where item not in (
        select name from pragma_table_info('raw_interactions_sheet')
    )
)
select
    r.row,
    'inferred' as "column",
    u.item as value,
    '{value} is not a column of the sheet; {nearest:column}' as what
from rows as r
join unknown as u on u.cell = r.inferred
order by r.row, u.item
