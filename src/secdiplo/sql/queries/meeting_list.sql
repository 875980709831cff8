-- title: The people met, row by row
-- source: The curated sheet
-- grain: One row is one row of the sheet in scope: an official and a counterpart in one event.
-- unit: participation
-- uses: scoped, regions, counterparts
-- within: interaction_topics, event_sources
-- batches: rows
-- bytes: 4000
-- column: participation_id: The row's identifier.
-- column: event_id: The event.
-- column: interaction_id: The interaction; blank where no counterpart is named.
-- column: date: The first day as coded, at the precision that is known; blank for imputed events.
-- column: date_end: The last day of an event of several days, as coded.
-- column: date_min: The first day on which the event can have begun.
-- column: date_max: The last day on which it can have ended.
-- column: date_precision: How finely it is dated.
-- column: format: The format of the event.
-- column: mode: How the parties met.
-- column: forum: The session at which or beside which they met.
-- column: host_country: Where they met.
-- column: city: The city.
-- column: agency: The agency.
-- column: official: The official of the home country; blank where the source names nobody.
-- column: official_rank: The official's rank.
-- column: counterpart_type: Whether the counterpart is a country, an organization or a non-state actor.
-- column: counterpart: Its code.
-- column: name: Its name.
-- column: region: The region of a country in the scheme; blank for other counterparts.
-- column: counterpart_person: The person met, as printed.
-- column: counterpart_office: The office of the person met, as printed.
-- column: topics: The topics of the talks, in the order of the sheet.
-- column: inferred: The columns whose value no cited page prints.
-- column: confidence: The coder's confidence in the event.
-- column: note: The coder's doubts and decisions.
-- column: source_url: The page that the event is coded from; several addresses with blanks between them.
-- column: row_status: attested, imputed or synthetic.
-- note: The rows are in the order of the years and the keys of the events.
-- note: Rows are neither events nor interactions: count distinct event_id or interaction_id.
with talked as (
    select
        t.participation_id,
        string_agg(t.topic, '; ' order by t.position) as topics
    from interaction_topics as t
    group by t.participation_id
),

cited as (
    select
        c.event_id,
        string_agg(u.url, ' ' order by u.url) as source_url
    from event_sources as c
    inner join sources as u
        on u.source_id = c.source_id
    where c.role = 'primary'
    group by c.event_id
)

select
    s.participation_id,
    s.event_id,
    s.interaction_id,
    s.date,
    s.date_end,
    s.date_min,
    s.date_max,
    s.date_precision,
    s.format,
    s.mode,
    s.forum_id as forum,
    s.host_country,
    s.city,
    s.agency,
    s.official,
    s.official_rank,
    s.counterpart_type,
    s.counterpart,
    c.name,
    r.region,
    s.counterpart_person,
    s.counterpart_office,
    t.topics,
    s.inferred,
    s.confidence,
    s.note,
    d.source_url,
    s.row_status
from scoped as s
left join talked as t
    on t.participation_id = s.participation_id
left join cited as d
    on d.event_id = s.event_id
left join counterparts as c
    on c.counterpart_type = s.counterpart_type and c.counterpart = s.counterpart
left join regions as r
    on s.counterpart_type = 'country' and r.iso3 = s.counterpart
order by extract(year from s.date_min), s.event_id, s.participation_id
