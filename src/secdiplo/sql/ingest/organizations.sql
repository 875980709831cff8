-- title: Organizations: those of the reference sheet and those that only other sheets name
with named as (
    select distinct counterpart as code from rows where counterpart_type = 'organization'
    union
    select name from named_elsewhere where kind = 'organizations'
)
select coalesce(r.code, n.code) as code, r.name, r.name_zh, r.kind
from raw_organizations as r
full join named as n on n.code = r.code
where coalesce(r.code, n.code) is not null
