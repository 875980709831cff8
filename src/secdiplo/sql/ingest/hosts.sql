-- title: The publisher of every host name that is cited: the longest name in the sheet that covers it
with named as (
    select distinct host_of(source_url) as host
    from raw_interactions_sheet
    where source_url is not null
    union
    select host_of(url) from all_further
),
known as (
    select n.host, arg_max(p, strlen(p.host)) as row
    from named as n
    left join raw_publishers as p
        on p.host = n.host or ends_with(n.host, '.' || p.host)
    group by n.host
)
select
    host,
    coalesce(row.publisher, host) as publisher,
    row.country as country,
    row.kind as kind
from known
