-- title: Officials, organizations and sessions of a figure of the dataset that no sheet names
-- sheet: claims
-- needs: claims
-- uses: interactions_sheet, organizations, officials, countries, sessions_sheet
-- reads: counterpart_type
-- level: notice
with constraints as (
    select rowid + 1 as row, *
    from raw_claims
    where not_testable is null
        and measure in ('count', 'distinct', 'share', 'rank')
        and (scope = 'dataset' or (measure in ('share', 'rank') and base is not null))
),
items as (
    select row, 'official' as "column", trim(unnest(string_split(ltrim(official, '!'), ';'))) as item
    from constraints
    union all
    select
        row,
        'counterpart',
        trim(unnest(string_split_regex(ltrim(counterpart, '!'), '[;,]')))
    from constraints
    where counterpart_type is distinct from 'country'
    union all
    select row, 'season', trim(regexp_replace(season, ':[^:]*$', ''))
    from constraints
),
known ("column", item) as (
    select 'official', official from rows
    union
    select 'official', official from raw_officials
    union
    select 'official', 'another'
    union
    select 'counterpart', code from raw_organizations
    union
    select 'counterpart', counterpart from rows
    union
    select 'counterpart', iso3 from raw_countries
    union
    select 'season', forum from raw_sessions_sheet
    union
    select 'season', forum from rows where format = 'multilateral' and date_precision = 'day'
)
select
    i.row,
    i."column",
    i.item as value,
    case i."column"
        when 'season' then 'the days of the session {value} are not known; give them in '
            || 'reference/sessions.csv, or mend its name'
        when 'official' then 'no sheet names the official {value}; add a row, or mend the name'
        else 'organization {value} is not in reference/organizations.csv; {nearest:organization}'
    end as what
from items as i
anti join known as k on k."column" = i."column" and k.item = i.item
where i.item <> ''
order by i.row, i."column"
