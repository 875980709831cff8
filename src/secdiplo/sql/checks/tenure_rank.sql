-- title: The rank of a tenure is one of those that the agency has
-- sheet: officials
-- needs: officials, codes_sheet
-- reads: agency
-- level: error
select
    o.rowid + 1 as row,
    'official_rank' as "column",
    o.official_rank as value,
    o.agency,
    c.parent,
    'rank {value} does not belong to {agency}; it belongs to {parent}' as what
from raw_officials as o
join raw_codes_sheet as c on c.list = 'official_rank' and c.code = o.official_rank
where c.parent is not null
    and not list_contains(string_split(regexp_replace(c.parent, '\s*;\s*', ';', 'g'), ';'), o.agency)
order by row
