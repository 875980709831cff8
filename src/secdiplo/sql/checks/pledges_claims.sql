-- title: The claim of each row of pledges is in the claims table
-- sheet: pledges
-- needs: pledges, claims
-- level: error
select
    p.rowid + 1 as row,
    'claim_id' as "column",
    p.claim_id as value,
    'unknown claim {value}; {nearest:claim}' as what
from raw_pledges as p
where p.claim_id is not null and p.claim_id not in (select claim_id from raw_claims)
order by row
