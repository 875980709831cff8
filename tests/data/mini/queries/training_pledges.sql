-- title: Statements of training pledged and done
-- source: All seeds
-- grain: One row is one published number of trainees in one source text; claims of the same pledge share a group.
-- unit: statement
-- column: pledge_group: The pledge.
-- column: pledge_id: The statement of it.
-- column: seed: The short name of the seed.
-- column: kind: Whether the source reports a promise or a deed.
-- column: who: Who promised it or did it, by the source.
-- column: quantity (stated_unit): How many, as published.
-- column: relation: How the published value bounds it.
-- column: unit: Of what.
-- column: recipients: Whom it is for.
-- column: start: From when.
-- column: end: To when.
-- column: occasion: Where it was said.
-- column: quote: The words of the source text.
-- note: Quantities of one group are the same pledge told again and must not be added up.
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
