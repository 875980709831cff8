-- title: A rank is one of those that the agency has
-- sheet: interactions_sheet
-- needs: interactions_sheet, codes_sheet
-- reads: agency
-- level: error
select
    r.row,
    'official_rank' as "column",
    r.official_rank as value,
    r.agency,
    c.parent,
    'rank {value} does not belong to {agency}; it belongs to {parent}' as what
from rows as r
join raw_codes_sheet as c on c.list = 'official_rank' and c.code = r.official_rank
where c.parent is not null
    and not list_contains(string_split(regexp_replace(c.parent, '\s*;\s*', ';', 'g'), ';'), r.agency)
order by r.row
