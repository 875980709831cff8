-- title: The rows of the sheet with their days and identifiers
with tidy as (
    select
        rowid + 1 as row,
        * replace (
            case
                when contains(topic, ';') then regexp_replace(topic, '\s*;\s*', '; ', 'g')
                else topic
            end as topic,
            case
                when contains(inferred, ';') then regexp_replace(inferred, '\s*;\s*', '; ', 'g')
                else inferred
            end as inferred,
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
    slug(official) as official_id,
    case
        when counterpart_type = 'organization' then event_key || '/org:' || counterpart
        else event_key || '/' || counterpart
    end as interaction_id
from tidy
