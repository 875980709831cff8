-- title: Participations in scope
-- param: scope (varchar, dataset): The named scope: its window of days, its agencies and ranks.
-- param: start (date, null): The first day of the window, in place of the scope's.
-- param: end (date, null): The last day of the window, in place of the scope's.
-- param: home (varchar, null): The home countries to include, by ISO 3166-1 alpha-3 code, separated by commas.
-- param: agency (varchar, null): The agencies to include, separated by commas.
-- param: official_rank (varchar, null): The official ranks to include, separated by commas.
-- param: official (varchar, null): The official of the home country, by the name in the sheet.
-- param: confidence (varchar, 'low', one of high|medium|low): Minimum confidence in an event; imputed events rank lowest.
-- param: min_sources (count, null): Minimum number of different publishers of an event's sources, without reposts.
-- within: participations, events, interactions
scope_window as (
    select
        coalesce(cast($start as date), min(s.start_date)) as first_day,
        coalesce(cast($end as date), max(s.end_date)) as last_day
    from scopes as s
    where s.scope = $scope
),

-- The pairs of agency and rank that the scope and the parameters include: both lists are closed.
scope_pairs as (
    select distinct
        a.code as agency,
        r.code as official_rank
    from codes as a
    inner join codes as r
        on r.list = 'official_rank'
    inner join scopes as s
        on
            s.scope = $scope
            and (s.agency is null or s.agency = a.code)
            and (s.official_rank is null or s.official_rank = r.code)
    where
        a.list = 'agency'
        and ($agency is null or strpos(',' || $agency || ',', ',' || a.code || ',') > 0)
        and ($official_rank is null or strpos(',' || $official_rank || ',', ',' || r.code || ',') > 0)
),

-- The next two are worked out anew where they are used, so that what is asked of them is asked of the
-- files: kept, all rows in scope would go through memory.
-- An event is in the window when it can have begun in it; agency, rank and official apply to
-- participations, so that an event counts when one of its participations is taken in.
in_scope as not materialized (
    select
        p.participation_id,
        p.event_id,
        p.interaction_id,
        p.agency,
        p.official_id,
        o.official,
        p.official_rank,
        p.counterpart_person,
        p.counterpart_office,
        p.inferred,
        p.note,
        p.row_status,
        e.home,
        e.format,
        e.mode,
        e.forum_id,
        e.host_country,
        e.city,
        e.date,
        e.date_end,
        e.date_min,
        e.date_max,
        e.date_precision,
        e.latest_start,
        e.confidence,
        coalesce(e.date_min < w.first_day, false) or coalesce(e.latest_start > w.last_day, false)
            as straddles
    from participations as p
    inner join scope_pairs as t
        on t.agency = p.agency and t.official_rank = p.official_rank
    inner join events as e
        on e.event_id = p.event_id
    cross join scope_window as w
    left join officials as o
        on
            o.official_id = p.official_id
            and o.agency = p.agency
            and o.official_rank = p.official_rank
    where
        (w.first_day is null or e.latest_start >= w.first_day)
        and (w.last_day is null or e.date_min <= w.last_day)
        -- Imputed events have no confidence, which is the least.
        and (
            $confidence = 'low'
            or e.confidence = 'high'
            or e.confidence = $confidence
        )
        and ($home is null or strpos(',' || $home || ',', ',' || e.home || ',') > 0)
        and ($official is null or o.official = $official)
        and e.independent_sources >= coalesce(cast($min_sources as integer), 0)
),

-- With the counterpart, for which the largest of the tables must be read once more.
scoped as not materialized (
    select
        s.*,
        i.counterpart_type,
        i.counterpart
    from in_scope as s
    left join interactions as i
        on i.interaction_id = s.interaction_id
)
