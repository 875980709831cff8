-- title: A text is described by its length and the digest of its bytes
-- sheet: seeds
-- needs: seeds
-- level: error
select
    rowid + 1 as row,
    case when number_of(length) < 1 then 'length' else 'sha256' end as "column",
    case when number_of(length) < 1 then length else sha256 end as value,
    case
        when number_of(length) < 1 then '{value} is not a length; count the code points'
        else '{value} is not a SHA-256 digest; write its 64 digits from 0 to f in small letters'
    end as what
from raw_seeds
where number_of(length) < 1 or not regexp_full_match(sha256, '[0-9a-f]{64}')
order by row
