-- title: Sources: the pages cited, with what is recorded of the best ones
with others as (
    select distinct source_id, url from further
),
best as (
    select
        source_id,
        any_value(source_url) as url,
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
    where source_id is not null
    group by source_id
)
select
    coalesce(b.source_id, f.source_id) as source_id,
    coalesce(b.url, f.url) as url,
    b.publisher,
    b.date,
    b.title,
    null as archive_url,
    null as language,
    b.inferred
from best as b
full join others as f on f.source_id = b.source_id
