-- title: Which pages are cited for which event
with best as (
    select distinct event_key, source_url as url from rows where source_url is not null
),
cited as (
    select event_key, url, 'primary' as role from best
    union all
    select f.event_key, f.url, 'further'
    from further as f
    anti join best as b on b.event_key = f.event_key and b.url = f.url
)
select event_key as event_id, source_key(url) as source_id, role
from cited
