-- title: Totals by format
-- grain: One row per format.
-- unit: interaction
-- uses: scoped
-- batches: totals
-- column: format: The format.
-- column: events (event): Events of the format.
-- column: interactions (interaction): Foreign counterparts in these events.
-- column: country_interactions (interaction): Interactions with countries.
-- column: organization_interactions (interaction): Interactions with organizations.
-- note: The other interactions are with non-state actors.
with contacts as (
    select distinct
        s.format,
        s.event_id,
        s.interaction_id,
        s.counterpart_type
    from scoped as s
),

-- An interaction belongs to one event, so that the events' counts of them add up.
held as (
    select
        c.format,
        c.event_id,
        count(c.interaction_id) as interactions,
        count(*) filter (where c.counterpart_type = 'country') as with_countries,
        count(*) filter (where c.counterpart_type = 'organization') as with_organizations
    from contacts as c
    group by c.format, c.event_id
),

totals as (
    select
        h.format,
        count(*) as events,
        sum(h.interactions) as interactions,
        sum(h.with_countries) as with_countries,
        sum(h.with_organizations) as with_organizations
    from held as h
    group by h.format
)

select
    f.code as format,
    cast(coalesce(sum(t.events), 0) as integer) as events,
    cast(coalesce(sum(t.interactions), 0) as integer) as interactions,
    cast(coalesce(sum(t.with_countries), 0) as integer) as country_interactions,
    cast(coalesce(sum(t.with_organizations), 0) as integer) as organization_interactions
from codes as f
left join totals as t
    on t.format = f.code
where f.list = 'format'
group by f.code, f.position
order by f.position
