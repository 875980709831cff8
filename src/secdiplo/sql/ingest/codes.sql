-- title: Code lists of the toolkit and of the dataset
with listed as (
    select list, code, code as label, meaning, null as parent, 1 as origin, rowid as place
    from stage_codes
    union all
    select list, code, label, meaning, parent, 2, rowid
    from raw_codes_sheet
)
select
    list,
    row_number() over (partition by list order by origin, place) as position,
    code,
    label,
    meaning,
    parent
from listed
