-- title: Further pages: every address in a note after the first `also:`
with named as (
    select
        event_key,
        unnest(regexp_extract_all(
            substr(note, strpos(note, 'also:') + 5), 'https?://[^\s;]+'
        )) as address
    from rows
    where contains(note, 'also:')
),
trimmed as (
    select
        event_key,
        case
            when contains(address, '(') then rtrim(address, '.,')
            else rtrim(address, '.,)')
        end as url
    from named
)
select distinct event_key, url, 'src-' || left(sha256(url), 16) as source_id
from trimmed
