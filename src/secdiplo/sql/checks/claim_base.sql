-- title: A share or rank says of what, in a way that can be counted
-- sheet: claims
-- needs: claims
-- reads: measure
-- level: error
with testable as (
    select rowid + 1 as row, *
    from raw_claims
    where not_testable is null
),
pairs as (
    select row, trim(unnest(string_split(base_filter, ';'))) as pair
    from testable
),
found as (
    select
        row,
        'base' as "column",
        base as value,
        case
            when base is null
                then 'a share without its base; name a claim, or what it is taken over'
            else 'base {value} is no claim, and there is no base_filter; name a claim, or give one'
        end as what
    from testable
    where measure = 'share'
        and (base is null or base_filter is null)
        and (base is null or base not in (select claim_id from raw_claims where claim_id is not null))
    union all
    select row, 'base_unit', base_unit, 'blank beside a base_filter; say what the base counts'
    from testable
    where measure = 'share'
        and base_filter is not null
        and base_unit is null
        and base not in (select claim_id from raw_claims where claim_id is not null)
    union all
    select row, 'numerator', numerator, 'unknown claim {value}; {nearest:claim}'
    from testable
    where numerator is not null
        and measure = 'share'
        and numerator not in (select claim_id from raw_claims where claim_id is not null)
    union all
    select t.row, cell."column", cell.claim, 'claim {value} counts ' || c.unit
        || ', which is no unit of a share; name another'
    from testable as t,
        lateral (values ('base', t.base), ('numerator', t.numerator)) as cell ("column", claim)
    join raw_claims as c on c.claim_id = cell.claim
    where t.measure = 'share'
        and c.unit not in (
            'events', 'interactions', 'agency_interactions', 'countries', 'organizations'
        )
    union all
    select row, 'measure', measure, 'a rank of nothing; name the region, counterpart or agency '
        || 'that it is of'
    from testable
    where measure = 'rank'
        and coalesce(counterpart, region, forum, official, rank, agency, format) is null
    union all
    select
        row,
        'base_filter',
        pair,
        case
            when not contains(pair, '=') then '{value} is not of the form key=value; write it so'
            when trim(split_part(pair, '=', 2)) = '' then '{value} has no value; give one'
            else '{value} restricts nothing that is known; known: agency, agencies, official, '
                || 'rank, format, counterpart_type, region, counterpart, forum, season, period, year'
        end
    from pairs
    where pair <> ''
        and not regexp_full_match(
            pair,
            '(agency|agencies|official|rank|format|counterpart_type|region|counterpart|forum|season'
            || '|period|year)\s*=\s*[^\s].*'
        )
)
select * from found
order by row, "column", value
