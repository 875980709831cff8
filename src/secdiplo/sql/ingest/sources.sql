-- title: Sources: the pages cited, with what is recorded of the best ones
with best as (
    select
        source_url as url,
        any_value(source_publisher) as publisher,
        any_value(source_date) as date,
        any_value(source_title) as title,
        nullif(concat_ws(
            '; ',
            case when bool_or(contains(inferred, 'source_date')) then 'date' end,
            case when bool_or(contains(inferred, 'source_publisher')) then 'publisher' end,
            case when bool_or(contains(inferred, 'source_title')) then 'title' end
        ), '') as inferred
    from rows
    where source_url is not null
    group by source_url
),
cited as (
    select url, publisher, date, title, inferred from best
    union all
    select distinct f.url, null, null, null, null
    from further as f
    anti join best as b on b.url = f.url
)
select source_key(url) as source_id, *, null as archive_url, null as language
from cited
