-- title: What a figure of the dataset is restricted to is known
-- sheet: claims
-- needs: claims, codes_sheet, countries
-- level: error
with constraints as (
    select rowid + 1 as row, *
    from raw_claims
    where not_testable is null
        and measure in ('count', 'distinct', 'share', 'rank')
        and (scope = 'dataset' or (measure in ('share', 'rank') and base is not null))
),
options as (
    select
        row,
        counterpart_type,
        string_split(split_part(readings, ':', 1), '&') as names,
        unnest(string_split(substr(readings, strpos(readings, ':') + 1), '|')) as option
    from constraints
    where contains(readings, ':')
),
pairs as (
    select row, counterpart_type, unnest(string_split(base_filter, ';')) as pair
    from constraints
),
said as (
    select c.row, d.name as "column", c.counterpart_type, d.name, d.cell
    from constraints as c,
        lateral (
            values ('agency', c.agency), ('rank', c.rank), ('format', c.format),
                ('counterpart_type', c.counterpart_type), ('region', c.region),
                ('counterpart', c.counterpart), ('season', c.season)
        ) as d (name, cell)
    union all
    select row, 'readings', counterpart_type, trim(unnest(names)),
        trim(unnest(string_split(option, '&')))
    from options
    where len(names) = len(string_split(option, '&'))
    union all
    select row, 'base_filter', counterpart_type, trim(split_part(pair, '=', 1)),
        trim(substr(pair, strpos(pair, '=') + 1))
    from pairs
    where contains(pair, '=')
),
-- A value after ! is left out; a name may itself hold what separates others. Of a season only the
-- phases are of a closed list.
bare as (
    select row, "column", counterpart_type, name, trim(ltrim(cell, '!')) as cell
    from said
    where cell is not null
),
items as (
    select *, trim(unnest(case
        when name in ('format', 'agencies') then string_split_regex(cell, '[;,+]')
        when name = 'season' then []
        else string_split_regex(cell, '[;,]')
    end)) as item
    from bare
    union all
    select * replace ('phase' as name), trim(unnest(string_split(
        regexp_extract(cell, ':([^:]*)$', 1), '+'
    )))
    from bare
    where name = 'season' and contains(cell, ':')
),
known (name, code) as (
    select list, code from raw_codes_sheet where list = 'agency'
    union all
    select 'rank', code from raw_codes_sheet where list = 'official_rank'
    union all
    select 'agencies', code from raw_codes_sheet where list = 'agency'
    union all
    values ('agencies', 'joint'), ('format', 'bilateral'), ('format', 'sideline'),
        ('format', 'multilateral'), ('counterpart_type', 'country'),
        ('counterpart_type', 'organization'), ('region', 'Not in the scheme'),
        ('phase', 'before'), ('phase', 'during'), ('phase', 'after')
    union all
    select distinct 'region', region
    from (
        unpivot (select null::varchar as region_, * from raw_countries)
        on columns('^region_') into name scheme value region
    )
    union all
    select 'counterpart', c.iso3
    from raw_countries as c, home as h
    where c.iso3 <> h.country and not list_contains(h.not_foreign, c.iso3)
),
unknown as (
    select i.*
    from items as i
    anti join known as k on k.name = i.name and k.code in (i.item, i.cell)
    where i.item <> ''
        and not (i.name = 'format' and i.cell = 'any')
        and (i.name <> 'counterpart' or i.counterpart_type = 'country')
        and i.name in (
            'agency', 'agencies', 'rank', 'format', 'counterpart_type', 'region', 'counterpart',
            'phase'
        )
        -- Figures none of whose regions is known were taken over other regions than the folder's.
        and (i.name <> 'region' or exists (
            select 1
            from items as other
            join known as own on own.name = 'region' and own.code in (other.item, other.cell)
            where other.name = 'region'
        ))
),
nearest as (
    select i.row, i."column", i.name, i.item,
        arg_max(k.code, jaro_winkler_similarity(k.code, i.item)) as near
    from unknown as i
    join known as k on k.name = i.name
    group by all
)
select distinct
    u.row,
    u."column",
    u.item as value,
    n.near,
    case u.name
        when 'agency' then 'unknown agency {value}; {nearest:agency}'
        when 'agencies' then 'unknown agency {value}; {nearest:agency}'
        when 'rank' then 'unknown rank {value}; {nearest:rank}'
        when 'format'
            then 'unknown format {value}; known: bilateral, sideline, multilateral, any'
        when 'counterpart_type' then 'unknown type {value}; known: country, organization'
        when 'phase' then 'unknown phase {value}; known: before, during, after'
        when 'counterpart' then case
            when u.item in (select iso3 from raw_countries)
                then 'country {value} is not foreign; name another'
            else 'unknown country {value}; {nearest:country}'
        end
        else 'unknown region {value}; did you mean {near}?'
    end as what
from unknown as u
left join nearest as n
    on n.row = u.row and n."column" = u."column" and n.name = u.name and n.item = u.item
order by u.row, u."column", value
