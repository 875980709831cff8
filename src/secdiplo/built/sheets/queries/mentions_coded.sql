-- title: Events mentioned in the source texts, and whether they are coded
-- source: All source texts
-- grain: One row per event that a source text mentions.
-- unit: mention
-- column: mention_id: The mention's identifier.
-- column: seed: Short name of the source text.
-- column: date: The date that the source text gives.
-- column: quote: The words of the source text.
-- column: event_id: The coded event; blank if it is not coded.
-- column: status: coded or not_coded.
-- column: note: Why it is not coded, or other remarks.
-- note: An event mentioned in several places is listed once for each of them.
select
    m.mention_id,
    s.name as seed,
    m.date,
    m.quote,
    m.event_id,
    case when m.event_id is null then 'not_coded' else 'coded' end as status,
    m.note
from mentions as m
inner join seeds as s
    on s.seed_file = m.seed_file
order by m.mention_id
