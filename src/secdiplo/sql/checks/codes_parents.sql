-- title: The parents of a rank are agencies
-- sheet: codes_sheet
-- needs: codes_sheet
-- reads: list, code, parent
-- scope: sheet
-- level: error
with parents as (
    select
        rowid + 1 as row,
        unnest(string_split(regexp_replace(parent, '\s*;\s*', ';', 'g'), ';')) as item
    from raw_codes_sheet
    where list = 'official_rank' and parent is not null
)
select
    row,
    'parent' as "column",
    item as value,
    'unknown agency {value}; {nearest:agency}' as what
from parents
where item not in (
    select code from raw_codes_sheet where list = 'agency' and code is not null
)
order by row, item
