-- title: The earliest attested year of the initiative and of each forum
-- source: All source texts, where they date the initiative and the forums
-- grain: One row for the Global Security Initiative and one per series with any evidence.
-- unit: year
-- column: subject: GSI, or the series.
-- column: first_year (year): The earliest year with an attested row.
-- column: evidence: The table and the row.
-- note: All attested rows are used, whatever the scope. Earlier evidence may exist outside the dataset.
-- note: A statement of support counts for the last year in which it can have been made.
with found as (
    select
        'GSI' as subject,
        cast(extract(year from g.date_max) as integer) as found_year,
        g.date_max as found_day,
        'gsi_support: ' || g.counterpart_type || ' ' || g.counterpart as evidence
    from gsi_support as g
    union all
    select
        f.series as subject,
        cast(f.year as integer) as found_year,
        e.date_max as found_day,
        'events: ' || e.event_id as evidence
    from events as e
    inner join forums as f
        on f.forum_id = e.forum_id
    where e.format = 'multilateral' and e.row_status = 'attested'
    union all
    select
        f.series as subject,
        cast(f.year as integer) as found_year,
        cast(null as date) as found_day,
        'forum_participants: ' || p.participant_id as evidence
    from forum_participants as p
    inner join forums as f
        on f.forum_id = p.forum_id
),

ordered as (
    select
        f.subject,
        f.found_year,
        f.evidence,
        row_number() over (
            partition by f.subject
            order by f.found_year, f.found_day nulls last, f.evidence
        ) as place
    from found as f
)

select
    o.subject,
    o.found_year as first_year,
    o.evidence
from ordered as o
where o.place = 1
order by o.subject
