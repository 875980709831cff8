-- title: Sources: the pages cited, what is recorded of the best ones, and the publisher of every one
with best as (
    select
        source_url as url,
        any_value(source_publisher) as publisher,
        any_value(source_date) as date,
        any_value(source_title) as title,
        bool_or(contains(inferred, 'source_date')) as date_inferred,
        bool_or(contains(inferred, 'source_publisher')) as publisher_inferred,
        bool_or(contains(inferred, 'source_title')) as title_inferred
    from rows
    where source_url is not null
    group by source_url
),
cited as (
    from best
    union all by name
    select distinct f.url
    from further as f
    anti join best as b on b.url = f.url
)
select
    source_key(c.url) as source_id,
    c.url,
    coalesce(c.publisher, h.publisher) as publisher,
    case when c.publisher is null then 'host' else 'recorded' end as publisher_basis,
    h.country as publisher_country,
    h.kind as publisher_kind,
    c.date,
    c.title,
    nullif(concat_ws(
        '; ',
        case when c.date_inferred then 'date' end,
        case when c.publisher_inferred then 'publisher' end,
        case when c.title_inferred then 'title' end
    ), '') as inferred,
    null as archive_url,
    null as language
from cited as c
left join hosts as h on h.host = host_of(c.url)
