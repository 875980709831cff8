-- title: An organization that the reference sheet lacks
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: counterpart_type
-- uses: organizations
-- level: notice
select
    min(r.row) as row,
    'counterpart' as "column",
    r.counterpart as value,
    case
        when contains(r.counterpart, ';') then '{value} contains several names; write one row per counterpart'
        else 'organization {value} is not in reference/organizations.csv; {nearest:organization}'
    end as what
from rows as r
anti join raw_organizations as o on o.code = r.counterpart
where r.counterpart_type = 'organization' and r.counterpart is not null
group by r.counterpart
order by row
