-- title: The rows of the sheet with their days and identifiers
with tidy as (
    select
        rowid + 1 as row,
        date_min as period_start,
        date_max as period_end,
        number_of(left(coalesce(date, date_min), 4)) as event_year,
        * exclude (date_min, date_max) replace (
            case
                when contains(topic, ';') then regexp_replace(topic, '\s*;\s*', '; ', 'g')
                else topic
            end as topic,
            case
                when contains(inferred, ';') then regexp_replace(inferred, '\s*;\s*', '; ', 'g')
                else inferred
            end as inferred,
            coalesce(home, (select h.country from home as h)) as home,
            coalesce(row_status, 'attested') as row_status
        )
    from raw_interactions_sheet
)
select
    *,
    -- Only an event that no source attests has a period in place of a date.
    coalesce(first_day(date), first_day(period_start)) as date_min,
    coalesce(final_day(coalesce(date_end, date)), final_day(period_end)) as date_max,
    -- By periods, an event of several days counts on its first day.
    coalesce(final_day(date), final_day(period_end)) as latest_start,
    case
        when date is null then 'period'
        when strlen(date_end) < strlen(date) then precision_of(date_end)
        else precision_of(date)
    end as date_precision,
    slug(official) as official_id,
    case
        when counterpart_type = 'organization' then event_key || '/org:' || counterpart
        when counterpart_type = 'actor' then event_key || '/actor:' || counterpart
        else event_key || '/' || counterpart
    end as interaction_id
from tidy
