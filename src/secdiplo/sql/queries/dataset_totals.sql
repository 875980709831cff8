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
select
    cast(count(distinct s.event_id) as integer) as events,
    cast(count(distinct s.interaction_id) as integer) as interactions,
    cast(count(distinct s.agency || '/' || s.interaction_id) as integer) as agency_interactions,
    cast(count(s.participation_id) as integer) as participations,
    cast(count(distinct s.event_id) filter (
        where s.format in ('bilateral', 'sideline') and s.counterpart_type = 'country'
    ) as integer) as bilateral_meetings,
    cast(count(distinct s.counterpart) filter (
        where s.format in ('bilateral', 'sideline') and s.counterpart_type = 'country'
    ) as integer) as bilateral_countries,
    cast(count(distinct s.event_id) filter (
        where s.format in ('bilateral', 'sideline') and s.counterpart_type = 'organization'
    ) as integer) as bilateral_organization_meetings,
    cast(count(distinct s.counterpart) filter (
        where s.counterpart_type = 'country'
    ) as integer) as countries,
    cast(count(distinct s.counterpart) filter (
        where s.counterpart_type = 'organization'
    ) as integer) as organizations,
    cast(count(distinct s.event_id) - count(distinct s.event_id) filter (
        where s.interaction_id is not null
    ) as integer) as unnamed_counterpart_events,
    cast(count(distinct s.event_id) filter (
        where s.straddles
    ) as integer) as straddling_events
from scoped as s
order by events
