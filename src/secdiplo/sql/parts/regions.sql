-- title: The region of every country in one scheme
-- param: scheme (varchar, dataset): The scheme of regions.
regions as (
    select
        c.iso3,
        coalesce(r.region, 'Not in the scheme') as region,
        c.state_to is not null as ended
    from countries as c
    left join country_regions as r
        on r.iso3 = c.iso3 and r.scheme = $scheme
)
