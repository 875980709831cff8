-- title: Published values on which the source texts disagree
-- source: All source texts
-- grain: One row per claim and question.
-- unit: claim
-- column: disagreement_id: The question's identifier.
-- column: question: What the source texts disagree on.
-- column: seed: Short name of the source text.
-- column: claim_id: The claim's identifier.
-- column: value (stated_unit): The value that the source text gives.
-- column: unit: Unit of the value.
-- column: quote: The words of the source text.
-- column: stance: Whether the claim is preferred, not preferred, or undecided.
-- column: reason: Reason for the preference.
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
