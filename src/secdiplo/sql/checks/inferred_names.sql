-- title: What was inferred are columns of the sheet
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- level: error
with items as (
    select row, unnest(string_split(inferred, '; ')) as item from rows where inferred is not null
)
select
    row,
    'inferred' as "column",
    item as value,
    '{value} is no column of the sheet; {nearest:column}' as what
from items
where item not in (
    select column_name from information_schema.columns
    where table_name = 'raw_interactions_sheet'
)
order by row, item
