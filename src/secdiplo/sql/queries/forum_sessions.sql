-- title: Forum sessions
-- grain: One row per session with an event in scope.
-- unit: event
-- uses: scoped
-- batches: counted
-- column: level: Whether the series is global or regional; blank if the sheet does not record it.
-- column: region: The region of a regional series.
-- column: series: The series.
-- column: forum: The session.
-- column: first_day: Its first day, or that of its first event if the days of the session are not known.
-- column: last_day: Its last day, or that of its last event.
-- column: basis: Where the days come from: reference (recorded), events (its dated multilateral events), around (other events).
-- column: events (event): Multilateral events in scope at the session.
-- column: interactions (interaction): Foreign counterparts in these events.
-- column: sideline (event): Meetings in scope on its sidelines.
-- note: If the basis is `around`, the session took place within these days, not on all of them.
with counted as (
    select
        s.forum_id,
        min(s.date_min) as first_day,
        max(s.date_max) as last_day,
        count(distinct case when s.format = 'multilateral' then s.event_id end) as events,
        count(distinct case when s.format = 'multilateral' then s.interaction_id end)
            as interactions,
        count(distinct case when s.format = 'sideline' then s.event_id end) as sideline
    from in_scope as s
    where s.forum_id is not null and s.format in ('multilateral', 'sideline')
    group by s.forum_id
),

held as (
    select
        c.forum_id,
        min(c.first_day) as first_day,
        max(c.last_day) as last_day,
        sum(c.events) as events,
        sum(c.interactions) as interactions,
        sum(c.sideline) as sideline
    from counted as c
    group by c.forum_id
)

select
    f.level,
    f.region,
    f.series,
    f.forum_id as forum,
    coalesce(f.session_start, h.first_day) as first_day,
    coalesce(f.session_end, h.last_day) as last_day,
    coalesce(f.session_basis, 'around') as basis,
    cast(h.events as integer) as events,
    cast(h.interactions as integer) as interactions,
    cast(h.sideline as integer) as sideline
from held as h
inner join forums as f
    on f.forum_id = h.forum_id
order by f.level nulls last, f.region nulls last, f.series, first_day, f.forum_id
