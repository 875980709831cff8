-- title: Meetings around a forum session
-- grain: One row per phase around the session, and one for its year.
-- unit: interaction
-- uses: scoped
-- batches: phased
-- param: forum (varchar, dataset): The session.
-- param: days (count, 7): Number of days before and after the session in the window.
-- column: phase: before, during or after the session; window (all three); month_only; year.
-- column: events (event): Events of the phase.
-- column: interactions (interaction): Foreign counterparts in these events.
-- column: bilateral (event): Standalone events.
-- column: sideline (event): Events on the sidelines of any multilateral event.
-- column: multilateral (event): Multilateral events.
-- column: bilateral_meetings (bilateral_meeting): Bilateral and sideline events with a country.
-- column: one_on_one (event): Bilateral and sideline events with any counterpart.
-- column: share_percent (percent): Share of the interactions of the year.
-- note: An event dated to the day counts in the phase of its first day. An event with an imprecise
-- note: date, or imputed within a period, counts in a phase if all its possible days are in it.
-- note: If its possible days are all in the window but in more than one phase, it counts in the window only.
-- note: Other events that may have taken place in the window count in month_only instead.
-- note: The year includes every event that may have taken place in it.
-- note: If the days of the session are not known, every phase except the year is blank.
with the_session as (
    select
        f.year,
        f.session_start,
        f.session_end
    from forums as f
    where f.forum_id = $forum
),

phases as (
    select 'before' as phase, 1 as position
    union all
    select 'during' as phase, 2 as position
    union all
    select 'after' as phase, 3 as position
    union all
    select 'window' as phase, 4 as position
    union all
    select 'month_only' as phase, 5 as position
    union all
    select 'year' as phase, 6 as position
),

known_phases as (
    select
        p.phase,
        p.position,
        case
            when t.session_start is not null or (p.phase = 'year' and t.year is not null) then 0
        end as nothing
    from phases as p
    left join the_session as t
        on true
),

contacts as (
    select distinct
        s.event_id,
        s.interaction_id,
        s.counterpart_type,
        s.format,
        s.date_min,
        s.latest_start,
        s.date_precision
    from scoped as s
),

-- An interaction belongs to one event, so that the events' counts of them add up. An event is placed
-- by the days on which it can have begun.
held as (
    select
        c.event_id,
        c.format,
        c.date_min,
        c.latest_start,
        c.date_precision,
        count(c.interaction_id) as interactions,
        count(*) filter (where c.counterpart_type = 'country') as with_countries
    from contacts as c
    group by c.event_id, c.format, c.date_min, c.latest_start, c.date_precision
),

placed as (
    select
        s.format,
        s.interactions,
        s.with_countries,
        case
            when s.date_min >= t.session_start and s.latest_start <= t.session_end
                then 'during'
            when
                date_diff('day', s.date_min, t.session_start) <= $days
                and s.latest_start < t.session_start
                then 'before'
            when
                s.date_min > t.session_end
                and date_diff('day', t.session_end, s.latest_start) <= $days
                then 'after'
            when
                date_diff('day', s.date_min, t.session_start) <= $days
                and date_diff('day', t.session_end, s.latest_start) <= $days
                then 'within'
            when
                s.date_precision <> 'day'
                and date_diff('day', s.latest_start, t.session_start) <= $days
                and date_diff('day', t.session_end, s.date_min) <= $days
                then 'month_only'
        end as phase,
        extract(year from s.date_min) <= t.year and extract(year from s.latest_start) >= t.year
            as in_year
    from held as s
    cross join the_session as t
),

counted as (
    select p.phase, p.format, p.interactions, p.with_countries
    from placed as p
    where p.phase is not null
    union all
    select 'window' as phase, p.format, p.interactions, p.with_countries
    from placed as p
    where p.phase in ('before', 'during', 'after', 'within')
    union all
    select 'year' as phase, p.format, p.interactions, p.with_countries
    from placed as p
    where p.in_year
),

phased as (
    select
        c.phase,
        count(*) as events,
        sum(c.interactions) as interactions,
        count(*) filter (where c.format = 'bilateral') as bilateral,
        count(*) filter (where c.format = 'sideline') as sideline,
        count(*) filter (where c.format = 'multilateral') as multilateral,
        count(*) filter (
            where c.format in ('bilateral', 'sideline') and c.with_countries > 0
        ) as bilateral_meetings,
        count(*) filter (
            where c.format in ('bilateral', 'sideline') and c.interactions > 0
        ) as one_on_one
    from counted as c
    group by c.phase
),

totals as (
    select
        p.phase,
        sum(p.events) as events,
        sum(p.interactions) as interactions,
        sum(p.bilateral) as bilateral,
        sum(p.sideline) as sideline,
        sum(p.multilateral) as multilateral,
        sum(p.bilateral_meetings) as bilateral_meetings,
        sum(p.one_on_one) as one_on_one
    from phased as p
    group by p.phase
)

select
    k.phase,
    cast(coalesce(t.events, k.nothing) as integer) as events,
    cast(coalesce(t.interactions, k.nothing) as integer) as interactions,
    cast(coalesce(t.bilateral, k.nothing) as integer) as bilateral,
    cast(coalesce(t.sideline, k.nothing) as integer) as sideline,
    cast(coalesce(t.multilateral, k.nothing) as integer) as multilateral,
    cast(coalesce(t.bilateral_meetings, k.nothing) as integer) as bilateral_meetings,
    cast(coalesce(t.one_on_one, k.nothing) as integer) as one_on_one,
    round(
        cast(100 as double) * coalesce(t.interactions, k.nothing)
        / nullif(max(case when k.phase = 'year' then t.interactions end) over (), 0),
        1
    ) as share_percent
from known_phases as k
left join totals as t
    on t.phase = k.phase
order by k.position
