-- title: Sideline meetings by forum and rank
-- grain: One row per forum session and official rank.
-- unit: event
-- uses: scoped
-- batches: meetings
-- column: forum: The forum session on whose sidelines the meetings were held.
-- column: official_rank: The rank of the most senior official of the home country in the meeting.
-- column: meetings (event): Sideline meetings.
-- column: country_meetings (bilateral_meeting): Sideline meetings with a country.
-- note: Only officials in scope are considered. If you filter by rank, the most senior of these ranks counts.
with meetings as (
    select
        s.event_id,
        s.forum_id,
        min(r.position) as rank_position,
        max(case when s.counterpart_type = 'country' then 1 else 0 end) as with_country
    from scoped as s
    inner join codes as r
        on r.list = 'official_rank' and r.code = s.official_rank
    where s.format = 'sideline'
    group by s.event_id, s.forum_id
)

select
    m.forum_id as forum,
    r.code as official_rank,
    cast(count(m.event_id) as integer) as meetings,
    cast(sum(m.with_country) as integer) as country_meetings
from meetings as m
inner join codes as r
    on r.list = 'official_rank' and r.position = m.rank_position
group by m.forum_id, r.code, r.position
order by m.forum_id, r.position
