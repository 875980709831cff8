-- title: All meetings, row by row
-- source: The coding sheet
-- grain: One row per official and counterpart in each event.
-- unit: participation
-- uses: scoped, regions, counterparts
-- within: interaction_topics, event_sources
-- batches: rows
-- bytes: 4000
-- first: date, official, counterpart, name, counterpart_person, source_url
-- column: participation_id: Identifier of the row.
-- column: event_id: The event.
-- column: interaction_id: The interaction; blank if no counterpart is named.
-- column: date: The first day as coded, as precisely as it is known; blank for imputed events.
-- column: date_end: The last day of an event of several days, as coded.
-- column: date_min: The first day on which the event can have begun.
-- column: date_max: The last day on which the event can have ended.
-- column: date_precision: Precision of the date.
-- column: format: The format of the event.
-- column: mode: Mode of the event, such as in_person.
-- column: forum: The forum session at which, or beside which, they met.
-- column: host_country: Country where they met.
-- column: city: City where they met.
-- column: agency: The agency.
-- column: official: The official of the home country; blank if the source names nobody.
-- column: official_rank: The official's rank.
-- column: counterpart_type: Whether the counterpart is a country, an organization or a non-state actor.
-- column: counterpart: Its code.
-- column: name: Its name.
-- column: region: The region of a country in the scheme; blank for other counterparts.
-- column: counterpart_person: Name of the person met, as in the source.
-- column: counterpart_office: Office of the person met, as in the source.
-- column: topics: Topics of the talks, in the order of the coding sheet.
-- column: inferred: Columns whose value the coder inferred, because no source page states it.
-- column: confidence: Confidence of the coder in the event.
-- column: note: Doubts and decisions of the coder.
-- column: source_url: Addresses of the source pages of the event, separated by blanks.
-- column: row_status: attested, imputed or synthetic.
-- note: Rows are sorted by year and event key.
-- note: To count events or interactions, count distinct event_id or interaction_id.
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
