-- title: The rows of the sheet with their days, identifiers and number within the event
with tidy as (
    select
        rowid + 1 as row,
        * replace (
            regexp_replace(topic, '\s*;\s*', '; ', 'g') as topic,
            regexp_replace(inferred, '\s*;\s*', '; ', 'g') as inferred,
            coalesce(row_status, 'attested') as row_status
        )
    from raw_interactions_sheet
)
select
    *,
    first_day(date) as date_min,
    final_day(coalesce(date_end, date)) as date_max,
    case
        when strlen(date_end) < strlen(date) then precision_of(date_end)
        else precision_of(date)
    end as date_precision,
    lower(regexp_replace(official, '\s+', '-', 'g')) as official_id,
    case
        when counterpart_type = 'organization' then event_key || '/org:' || counterpart
        else event_key || '/' || counterpart
    end as interaction_id,
    'src-' || left(sha256(source_url), 16) as source_id,
    event_key || '#' || row_number() over (
        partition by event_key
        order by
            agency, official_rank, official, counterpart_type, counterpart, counterpart_name,
            counterpart_title, topic, source_url, note
    ) as participation_id
from tidy
