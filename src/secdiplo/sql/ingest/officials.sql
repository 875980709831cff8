-- title: Officials: those of the sheets, with the tenures that the reference sheet records
with named as (
    select distinct official_id, official, agency, official_rank
    from rows
    where official is not null
),
referred as (
    select slug(official) as official_id, *
    from raw_officials
)
select
    coalesce(n.official_id, r.official_id) as official_id,
    coalesce(n.official, r.official) as official,
    coalesce(n.agency, r.agency) as agency,
    coalesce(n.official_rank, r.official_rank) as official_rank,
    r.name_zh,
    r.tenure_start,
    r.tenure_end,
    r.source_url
from named as n
full join referred as r
    on r.official_id = n.official_id
    and r.agency = n.agency
    and r.official_rank = n.official_rank
