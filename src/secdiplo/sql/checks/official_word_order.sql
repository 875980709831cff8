-- title: Two officials whose names have the same words in another order
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- turn: 3
-- over: whole
-- level: notice
with named as (
    select
        official,
        min(row) as row,
        count(*) as times,
        list_sort(string_split(replace(strip_accents(normal_form(official)), ',', ''), ' ')) as words
    from rows
    where official is not null
    group by official
),
compared as (
    select *, first_value(official) over common as other, first_value(row) over common as first
    from named
    window common as (partition by words order by times desc, row)
)
select
    row,
    'official' as "column",
    official as value,
    other,
    first,
    '{value} has the same words as {other} in {first:place}; use one order if this is one person' as what
from compared
where replace(strip_accents(normal_form(official)), ' ', '-')
    <> replace(strip_accents(normal_form(other)), ' ', '-')
order by row
