-- title: Totals by agency
-- source: Carnegie 2025, section New Data on China's Global Security Diplomacy
-- grain: One row is one agency.
-- unit: agency_interaction
-- uses: scoped
-- column: agency: The agency.
-- column: events (event): Events in which the agency took part.
-- column: interactions (agency_interaction): Foreign counterparts in these events.
-- column: participations (participation): Rows of the sheet.
-- note: An event of several agencies counts for each, so that sums can exceed the dataset's totals.
select
    s.agency,
    cast(count(distinct s.event_id) as integer) as events,
    cast(count(distinct s.interaction_id) as integer) as interactions,
    cast(count(s.participation_id) as integer) as participations
from scoped as s
group by s.agency
order by events desc, s.agency
