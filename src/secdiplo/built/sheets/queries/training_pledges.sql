-- title: Published numbers of trainees, pledged and trained
-- source: All source texts
-- grain: One row per published number of trainees and source text; claims about the same pledge share a group.
-- unit: statement
-- column: pledge_group: The pledge.
-- column: pledge_id: The statement of the pledge.
-- column: seed: Short name of the source text.
-- column: kind: Whether the source reports a promise or completed training.
-- column: who: Who promised or trained, according to the source.
-- column: quantity (stated_unit): How many, as published.
-- column: relation: How the published value bounds the quantity.
-- column: unit: Unit of the value.
-- column: recipients: Who is to be trained.
-- column: start: Start of the training.
-- column: end: End of the training.
-- column: occasion: Occasion of the statement.
-- column: quote: The words of the source text.
-- note: Quantities in one group repeat the same pledge, so do not add them up.
select
    p.pledge_group,
    p.pledge_id,
    s.name as seed,
    p.kind,
    p.who,
    p.quantity,
    p.relation,
    p.unit,
    p.recipients,
    p."start",
    p."end",
    p.occasion,
    c.quote
from pledges as p
inner join claims as c
    on c.claim_id = p.claim_id
inner join seeds as s
    on s.seed_file = c.seed_file
order by p.pledge_group, p.pledge_id
