-- title: Forums by region
-- source: Carnegie 2025, section China's Regional Security Diplomacy and Figure 7
-- grain: One row per series of multilateral events.
-- unit: event
-- uses: scoped
-- batches: attended, counted
-- column: level: Whether the series is global or regional; blank if the sheet does not record it.
-- column: region: The region of a regional series.
-- column: series: The series.
-- column: sessions (session): Sessions with an event in scope or a documented participant.
-- column: first_year (year): Year of the first of these sessions.
-- column: last_year (year): Year of the last of these sessions.
-- column: events (event): Multilateral events in scope at these sessions.
-- column: interactions (interaction): Foreign counterparts in these events.
-- note: Documented participants count if the year of the session overlaps the period of the scope.
-- note: A sideline meeting counts for the session on whose sidelines it was held.
with attended as (
    select distinct s.forum_id
    from in_scope as s
    where s.forum_id is not null
),

held as (
    select a.forum_id
    from attended as a
    union
    select p.forum_id
    from forum_participants as p
    inner join forums as f
        on f.forum_id = p.forum_id
    cross join scope_window as w
    where
        (w.first_day is null or f.year >= year(w.first_day))
        and (w.last_day is null or f.year <= year(w.last_day))
),

sessions as (
    select
        f.series,
        count(h.forum_id) as sessions,
        min(f.year) as first_year,
        max(f.year) as last_year
    from held as h
    inner join forums as f
        on f.forum_id = h.forum_id
    group by f.series
),

counted as (
    select
        f.series,
        count(distinct s.event_id) as events,
        count(distinct s.interaction_id) as interactions
    from in_scope as s
    inner join forums as f
        on f.forum_id = s.forum_id
    where s.format = 'multilateral'
    group by f.series
),

meetings as (
    select
        c.series,
        sum(c.events) as events,
        sum(c.interactions) as interactions
    from counted as c
    group by c.series
)

select
    g.level,
    g.region,
    g.series,
    cast(coalesce(s.sessions, 0) as integer) as sessions,
    cast(s.first_year as integer) as first_year,
    cast(s.last_year as integer) as last_year,
    cast(coalesce(m.events, 0) as integer) as events,
    cast(coalesce(m.interactions, 0) as integer) as interactions
from forum_series as g
left join sessions as s
    on s.series = g.series
left join meetings as m
    on m.series = g.series
order by g.level nulls last, g.region nulls last, g.series
