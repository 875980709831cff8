-- title: Totals by format
-- source: Carnegie 2025, section China's Bilateral Security Diplomacy
-- grain: One row is one format.
-- unit: interaction
-- uses: scoped
-- column: format: The format.
-- column: events (event): Events of the format.
-- column: interactions (interaction): Foreign counterparts in these events.
-- column: country_interactions (interaction): Those of them that are countries.
-- column: organization_interactions (interaction): Those that are organizations.
select
    f.code as format,
    cast(count(distinct s.event_id) as integer) as events,
    cast(count(distinct s.interaction_id) as integer) as interactions,
    cast(count(distinct s.interaction_id) filter (
        where s.counterpart_type = 'country'
    ) as integer) as country_interactions,
    cast(count(distinct s.interaction_id) filter (
        where s.counterpart_type = 'organization'
    ) as integer) as organization_interactions
from codes as f
left join scoped as s
    on s.format = f.code
where f.list = 'format'
group by f.code, f.position
order by f.position
