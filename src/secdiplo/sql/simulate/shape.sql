-- title: The rows of a sheet as shapes of synthetic ones: years moved, names and pages numbered
with sheet as (
    select
        *,
        row_number() over () as line,
        first_day(date) as day,
        left(date, 4)::int as year
    from read_csv($sheet, all_varchar = true, header = true, hive_partitioning = false)
),
sized as (
    select
        *,
        count(*) over (partition by event_key) as size,
        row_number() over (
            partition by event_key
            order by agency, official, counterpart_type, counterpart, counterpart_person
        ) - 1 as slot,
        dense_rank() over (partition by event_key order by counterpart_person) as person,
        dense_rank() over (partition by event_key order by source_url) as page,
        dense_rank() over (order by official nulls last) as official_number,
        dense_rank() over (order by counterpart_office nulls last) as title_number,
        dense_rank() over (order by source_publisher nulls last) as publisher_number
    from sheet
),
known as (
    select min(year) as first, max(year) - min(year) + 1 as many from sheet
),
-- A year repeats the year of the sheet that lies whole rounds of its years away.
years as (
    select unnest(range($first, $last + 1)) as target
),
moved as (
    select
        s.*,
        y.target,
        make_date(y.target, month(s.day), 1) as month_start,
        day(last_day(make_date(y.target, month(s.day), 1))) as month_days,
        -- Alone among the formats, bilateral meetings hang on no session, so any day will do.
        s.format = 'bilateral' and strlen(s.date) = 10 as free
    from sized as s, known as k
    join years as y
        on (y.target - k.first) % k.many + case when y.target < k.first
            and (y.target - k.first) % k.many <> 0 then k.many else 0 end = s.year - k.first
),
-- Where one counterpart is met at home or from afar, others of the same kind could have been.
kinds as (
    select
        *,
        case
            when format = 'multilateral' or coalesce(host_country, $home) <> $home
                then 'own/' || target || '/' || line
            else 'any/' || agency || '/' || format
        end as kind
    from moved
),
ordered as (
    select
        *,
        row_number() over (order by size, target, event_key, slot) - 1 as id,
        row_number() over (order by kind, target, line) - 1 as partner_id
    from kinds
)
select
    id,
    partner_id,
    min(partner_id) over (partition by kind) as partner_base,
    count(*) over (partition by kind) as partner_many,
    min(id) over (partition by size) as base,
    count(*) over (partition by size) // size as many,
    size,
    slot,
    month_start + case when free then 0 else least(day(day), month_days) - 1 end::int as day,
    case when free then month_days else 1 end as days,
    strlen(date) as date_letters,
    coalesce(final_day(source_date) - day, 0)::int as lag,
    case when source_date is null then null else strlen(source_date) end as source_letters,
    case when date_end is not null then (final_day(date_end) - day)::int end as lasts,
    agency,
    case when official is not null then 'Synthetic Official ' || official_number end as official,
    official_rank,
    format,
    mode,
    left(forum, length(forum) - 4) || target as forum,
    host_country,
    city,
    counterpart_type,
    counterpart,
    case when counterpart_person is not null then '-' || person end as person,
    case when counterpart_office is not null then 'Synthetic Title ' || title_number end as title,
    topic,
    case when page > 1 then '-' || page else '' end as page,
    case
        when source_publisher is not null then 'Synthetic Publisher ' || publisher_number
    end as publisher,
    source_title is not null as headed,
    inferred,
    confidence,
    case
        when contains(note, 'also:') then len(regexp_extract_all(
            substr(note, strpos(note, 'also:') + 5), 'https?://'
        ))
        else 0
    end as further
from ordered
order by id
