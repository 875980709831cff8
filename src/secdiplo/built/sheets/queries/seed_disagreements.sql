-- title: Published values on which the source texts disagree
-- source: All seeds
-- grain: One row is one claim in one question.
-- unit: claim
-- column: disagreement_id: The question's identifier.
-- column: question: On what the seeds disagree.
-- column: seed: The short name of the seed.
-- column: claim_id: The claim's identifier.
-- column: value (stated_unit): What the seed says.
-- column: unit: Of what.
-- column: quote: The words of the source text.
-- column: stance: Whether the claim is preferred, not preferred, or nothing decides.
-- column: reason: Why.
select
    d.disagreement_id,
    d.question,
    s.name as seed,
    d.claim_id,
    d.value,
    c.unit,
    c.quote,
    d.stance,
    d.reason
from disagreements as d
inner join claims as c
    on c.claim_id = d.claim_id
inner join seeds as s
    on s.seed_file = c.seed_file
order by d.disagreement_id, d.claim_id
