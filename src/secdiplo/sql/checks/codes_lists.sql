-- title: A list is not one of the toolkit, nor a slip for one that is used
-- sheet: codes_sheet
-- needs: codes_sheet
-- level: error
with known as (
    select unnest(['agency', 'official_rank', 'topic', 'publisher_kind']) as name
    union
    select list from stage_lists
)
select
    rowid + 1 as row,
    'list' as "column",
    list as value,
    'unknown list {value}; {nearest:list}' as what
from raw_codes_sheet
where list not in (select name from known)
    and (
        list = 'country'
        or list in (select list from stage_codes)
        or exists (select 1 from known where jaro_winkler_similarity(lower(list), name) > 0.8)
    )
order by row
