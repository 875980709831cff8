-- title: Participations in scope
-- param: scope (varchar, dataset): Named scope, which sets the period, agencies and ranks to count (see the table scopes).
-- param: start (date, null): First day to count, instead of the scope's own; YYYY, YYYY-MM or YYYY-MM-DD.
-- param: end (date, null): Last day to count, instead of the scope's own; YYYY, YYYY-MM or YYYY-MM-DD.
-- param: confidence (varchar, 'low', one of high|medium|low): Minimum confidence in an event; imputed events rank lowest.
-- filter: home (list): Home countries, by ISO 3166-1 alpha-3 code or name.
-- filter: agency (list): Codes of agencies (see the table codes).
-- filter: official (list): Officials of the home country, by name (see the table officials). Repeat the option for several, because names may contain commas.
-- filter: official_rank (list): Codes of official ranks (see the table codes).
-- filter: country (list): Counterpart countries, by ISO 3166-1 alpha-3 code or name.
-- filter: region (list): Regions of the counterpart countries, as named in the region scheme.
-- filter: scheme (varchar, dataset): Region scheme, which assigns countries to regions.
-- filter: format (list): Formats of events: bilateral, sideline or multilateral.
-- filter: mode (list): Modes of events, such as in_person or video.
-- filter: forum (list): Forum sessions, such as a series and a year, or a series for all of its sessions (see the table forums).
-- filter: topic (list): Codes of topics (see the table codes).
-- filter: min_sources (count): Minimum number of independent publishers per event; reposts do not count.
-- within: participations, events, interactions, interaction_topics
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
        -- filter agency: list_contains($agency, a.code)
        -- filter official_rank: list_contains($official_rank, r.code)
),

-- The next two steps are not materialized, so that conditions on them reach the files. Otherwise all
-- rows in scope would go through memory.
-- An event is in the window if it may have begun in it. Filters apply to participations: an event
-- counts if one of its participations passes them.
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
        -- Imputed events have no confidence and rank lowest.
        and (
            $confidence = 'low'
            or e.confidence = 'high'
            or e.confidence = $confidence
        )
        -- filter home: list_contains($home, e.home)
        -- filter official: list_contains($official, o.official)
        -- filter format: list_contains($format, e.format)
        -- filter mode: list_contains($mode, e.mode)
        -- Blanks are compared as texts: Spark drops rows with a blank from a negated `in`.
        -- filter forum: coalesce(e.forum_id, '') in (select f.forum_id from forums as f where list_contains($forum, f.forum_id) or list_contains($forum, f.series))
        -- filter country: coalesce(p.interaction_id, '') in (select i.interaction_id from interactions as i where i.counterpart_type = 'country' and list_contains($country, i.counterpart))
        -- filter region: coalesce(p.interaction_id, '') in (select i.interaction_id from interactions as i inner join country_regions as g on g.iso3 = i.counterpart where g.scheme = $scheme and list_contains($region, g.region) and i.counterpart_type = 'country')
        -- filter topic: p.participation_id in (select t.participation_id from interaction_topics as t where list_contains($topic, t.topic))
        -- filter min_sources: e.independent_sources >= $min_sources
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
