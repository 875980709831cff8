-- title: Further pages: every address in the note of an attested or synthetic row after the first `also:`
with named as (
    select
        event_year,
        event_key,
        unnest(regexp_extract_all(
            substr(note, strpos(note, 'also:') + 5), 'https?://[^\s\pZ;]+'
        )) as address
    from rows
    where contains(note, 'also:') and row_status in ('attested', 'synthetic')
)
select distinct
    event_year,
    event_key,
    case
        when contains(address, '(') then rtrim(address, '.,')
        else rtrim(address, '.,)')
    end as url
from named
