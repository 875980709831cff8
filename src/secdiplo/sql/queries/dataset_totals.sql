-- title: Totals of the dataset
-- grain: A single row for the whole scope.
-- unit: several: see the columns
-- uses: scoped
-- batches: counted, counterparts
-- column: events (event): Events in scope.
-- column: interactions (interaction): Foreign counterparts, counted once per event.
-- column: agency_interactions (agency_interaction): Foreign counterparts, counted once per event and agency.
-- column: participations (participation): Rows of the coding sheet in scope.
-- column: bilateral_meetings (bilateral_meeting): Bilateral and sideline events with a country.
-- column: bilateral_countries (country): Different countries in these meetings.
-- column: bilateral_organization_meetings (event): Bilateral and sideline events with an organization.
-- column: countries (country): Different countries in events of any format.
-- column: organizations (organization): Different organizations in events of any format.
-- column: unnamed_counterpart_events (event): Events without a named counterpart.
-- column: straddling_events (event): Events with dates too imprecise to tell whether they are inside the period.
-- note: An event without a named counterpart counts as an event but not as an interaction.
-- note: Meetings with non-state actors count only as events and interactions; see `nonstate_actor_totals`.
with contacts as (
    select
        s.event_id,
        s.interaction_id,
        s.agency,
        count(*) as participations,
        max(case when s.straddles then 1 else 0 end) as straddles,
        max(
            case
                when s.format not in ('bilateral', 'sideline') then 0
                when s.counterpart_type = 'country' then 1
                when s.counterpart_type = 'organization' then 2
                else 0
            end
        ) as alone_with
    from scoped as s
    group by s.event_id, s.interaction_id, s.agency
),

met as (
    select
        c.event_id,
        c.interaction_id,
        count(*) as agencies,
        sum(c.participations) as participations,
        max(c.straddles) as straddles,
        max(c.alone_with) as alone_with
    from contacts as c
    group by c.event_id, c.interaction_id
),

-- An interaction belongs to one event, so that the events' counts of them add up.
held as (
    select
        m.event_id,
        count(m.interaction_id) as interactions,
        sum(case when m.interaction_id is not null then m.agencies end) as agency_interactions,
        sum(m.participations) as participations,
        max(m.straddles) as straddles,
        max(case when m.alone_with = 1 then 1 else 0 end) as with_country,
        max(case when m.alone_with = 2 then 1 else 0 end) as with_organization
    from met as m
    group by m.event_id
),

counted as (
    select
        count(*) as events,
        sum(h.interactions) as interactions,
        sum(h.agency_interactions) as agency_interactions,
        sum(h.participations) as participations,
        sum(h.with_country) as bilateral_meetings,
        sum(h.with_organization) as bilateral_organization_meetings,
        count(*) filter (where h.interactions = 0) as unnamed_counterpart_events,
        sum(h.straddles) as straddling_events
    from held as h
),

totals as (
    select
        sum(c.events) as events,
        coalesce(sum(c.interactions), 0) as interactions,
        coalesce(sum(c.agency_interactions), 0) as agency_interactions,
        coalesce(sum(c.participations), 0) as participations,
        coalesce(sum(c.bilateral_meetings), 0) as bilateral_meetings,
        coalesce(sum(c.bilateral_organization_meetings), 0) as bilateral_organization_meetings,
        sum(c.unnamed_counterpart_events) as unnamed_counterpart_events,
        coalesce(sum(c.straddling_events), 0) as straddling_events
    from counted as c
),

counterparts as (
    select
        s.counterpart_type,
        s.counterpart,
        max(case when s.format in ('bilateral', 'sideline') then 1 else 0 end) as alone
    from scoped as s
    where s.counterpart_type is not null
    group by s.counterpart_type, s.counterpart
),

named as (
    select
        count(distinct c.counterpart) filter (
            where c.counterpart_type = 'country' and c.alone = 1
        ) as bilateral_countries,
        count(distinct c.counterpart) filter (
            where c.counterpart_type = 'country'
        ) as countries,
        count(distinct c.counterpart) filter (
            where c.counterpart_type = 'organization'
        ) as organizations
    from counterparts as c
)

select
    cast(t.events as integer) as events,
    cast(t.interactions as integer) as interactions,
    cast(t.agency_interactions as integer) as agency_interactions,
    cast(t.participations as integer) as participations,
    cast(t.bilateral_meetings as integer) as bilateral_meetings,
    cast(n.bilateral_countries as integer) as bilateral_countries,
    cast(t.bilateral_organization_meetings as integer) as bilateral_organization_meetings,
    cast(n.countries as integer) as countries,
    cast(n.organizations as integer) as organizations,
    cast(t.unnamed_counterpart_events as integer) as unnamed_counterpart_events,
    cast(t.straddling_events as integer) as straddling_events
from totals as t
cross join named as n
order by events
