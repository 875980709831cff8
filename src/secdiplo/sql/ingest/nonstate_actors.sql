-- title: Non-state actors: those of the reference sheet and those that only other sheets name
with named as (
    select distinct counterpart as code from rows where counterpart_type = 'actor'
    union
    select name from named_elsewhere where kind = 'nonstate_actors'
)
select coalesce(r.code, n.code) as code, r.name, r.country, r.kind
from raw_nonstate_actors as r
full join named as n on n.code = r.code
where coalesce(r.code, n.code) is not null
