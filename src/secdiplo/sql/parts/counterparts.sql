-- title: The names of countries, organizations and non-state actors
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
    union all
    select
        'actor' as counterpart_type,
        a.code as counterpart,
        a.name
    from nonstate_actors as a
)
