-- title: A topic that codes.csv lacks
-- sheet: interactions_sheet
-- needs: interactions_sheet, codes_sheet
-- level: notice
with items as (
    select distinct topic, min(row) as row from rows where topic is not null group by topic
),
split as (
    select unnest(string_split(topic, '; ')) as item, row from items
),
firsts as (
    select item, min(row) as row from split where item <> '' group by item
)
select
    f.row,
    'topic' as "column",
    f.item as value,
    'topic {value} is not in codes.csv; {nearest:topic}' as what
from firsts as f
anti join raw_codes_sheet as c on c.list = 'topic' and c.code = f.item
order by f.row
