-- title: A claim has either a query that recomputes it or the reason why none does
-- sheet: claims
-- needs: claims
-- reads: query, column, not_testable
-- level: error
select
    rowid + 1 as row,
    case when query is null then 'not_testable' else 'column' end as "column",
    query as value,
    case
        when query is null then 'neither a query nor a reason; give one'
        when not_testable is not null then 'both a query and a reason why there is none; drop one'
        else 'a query without the column to read; name it'
    end as what
from raw_claims
where (query is null) = (not_testable is null)
    or (query is not null and "column" is null)
order by row
