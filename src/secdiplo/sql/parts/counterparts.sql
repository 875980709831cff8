-- title: The names of countries and organizations
counterparts as (
    select
        'country' as counterpart_type,
        c.iso3 as counterpart,
        c.name
    from countries as c
    union all
    select
        'organization' as counterpart_type,
        o.code as counterpart,
        o.name
    from organizations as o
)
