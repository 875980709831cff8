-- title: A code stands in a list that the toolkit knows
-- sheet: codes_sheet
-- needs: codes_sheet
-- level: error
select
    rowid + 1 as row,
    'list' as "column",
    list as value,
    'unknown list {value}; {nearest:list}' as what
from raw_codes_sheet
where list not in ('agency', 'official_rank', 'topic', 'publisher_kind')
    and list not in (from stage_lists)
order by row
