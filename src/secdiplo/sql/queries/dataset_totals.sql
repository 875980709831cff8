-- title: Totals of the dataset
-- source: Carnegie 2025, section New Data on China's Global Security Diplomacy
-- grain: One row is the whole scope.
-- unit: several: see the columns
-- uses: scoped
-- column: events (event): Events in scope.
-- column: interactions (interaction): Foreign counterparts in events, each once an event.
-- column: agency_interactions (agency_interaction): The same, counted anew for each agency.
-- column: participations (participation): Rows of the sheet in scope.
-- column: bilateral_meetings (bilateral_meeting): Bilateral and sideline events with a country.
-- column: bilateral_countries (country): Different countries in these meetings.
-- column: bilateral_organization_meetings (event): Such events with an organization.
-- column: countries (country): Different countries in events of any format.
-- column: organizations (organization): Different organizations in events of any format.
-- column: unnamed_counterpart_events (event): Events of which no row names a counterpart.
-- column: straddling_events (event): Events whose interval reaches over an edge of the window.
-- note: An event without a named counterpart counts as an event and as no interaction.
with contacts as (
    select
        s.event_id,
        s.interaction_id,
        s.agency,
        s.straddles,
        count(*) as participations
    from in_scope as s
    group by s.event_id, s.interaction_id, s.agency, s.straddles
),

met as (
    select
        c.event_id,
        c.interaction_id,
        c.straddles,
        count(*) as agencies,
        sum(c.participations) as participations
    from contacts as c
    group by c.event_id, c.interaction_id, c.straddles
),

-- An interaction belongs to one event, so that the events' counts of them add up.
held as (
    select
        m.event_id,
        m.straddles,
        count(m.interaction_id) as interactions,
        sum(case when m.interaction_id is not null then m.agencies end) as agency_interactions,
        sum(m.participations) as participations
    from met as m
    group by m.event_id, m.straddles
),

totals as (
    select
        count(*) as events,
        coalesce(sum(h.interactions), 0) as interactions,
        coalesce(sum(h.agency_interactions), 0) as agency_interactions,
        coalesce(sum(h.participations), 0) as participations,
        count(*) filter (where h.interactions = 0) as unnamed_counterpart_events,
        count(*) filter (where h.straddles) as straddling_events
    from held as h
),

counterparts as (
    select
        s.counterpart_type,
        s.counterpart,
        max(case when s.format in ('bilateral', 'sideline') then 1 else 0 end) as one_on_one
    from scoped as s
    where s.counterpart_type is not null
    group by s.counterpart_type, s.counterpart
),

named as (
    select
        count(*) filter (
            where c.counterpart_type = 'country' and c.one_on_one = 1
        ) as bilateral_countries,
        count(*) filter (where c.counterpart_type = 'country') as countries,
        count(*) filter (where c.counterpart_type = 'organization') as organizations
    from counterparts as c
),

meetings as (
    select distinct
        s.event_id,
        s.counterpart_type
    from scoped as s
    where s.format in ('bilateral', 'sideline') and s.counterpart_type is not null
),

one_on_one as (
    select
        count(*) filter (where m.counterpart_type = 'country') as with_countries,
        count(*) filter (where m.counterpart_type = 'organization') as with_organizations
    from meetings as m
)

select
    cast(t.events as integer) as events,
    cast(t.interactions as integer) as interactions,
    cast(t.agency_interactions as integer) as agency_interactions,
    cast(t.participations as integer) as participations,
    cast(o.with_countries as integer) as bilateral_meetings,
    cast(n.bilateral_countries as integer) as bilateral_countries,
    cast(o.with_organizations as integer) as bilateral_organization_meetings,
    cast(n.countries as integer) as countries,
    cast(n.organizations as integer) as organizations,
    cast(t.unnamed_counterpart_events as integer) as unnamed_counterpart_events,
    cast(t.straddling_events as integer) as straddling_events
from totals as t
cross join named as n
cross join one_on_one as o
order by events
