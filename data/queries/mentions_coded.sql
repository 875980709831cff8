-- title: Events that the seeds name, and whether they are coded
-- source: All seeds
-- grain: One row is one event that a seed names.
-- unit: mention
-- column: mention_id: The mention's identifier.
-- column: seed: The short name of the seed.
-- column: date: The date that the seed gives, at the precision that is known.
-- column: quote: The words of the source text.
-- column: event_id: The event that it is, where the sheet has it.
-- column: status: coded or not_coded.
-- column: note: Why it is not coded, or what else is to be said.
-- note: The same event named in several places is listed once for each.
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
