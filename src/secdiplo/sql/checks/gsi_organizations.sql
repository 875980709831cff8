-- title: A supporting organization that the reference sheet lacks
-- sheet: gsi_support
-- needs: gsi_support
-- uses: organizations
-- level: notice
select
    min(g.rowid) + 1 as row,
    'counterpart' as "column",
    g.counterpart as value,
    'organization {value} is not in reference/organizations.csv; {nearest:organization}' as what
from raw_gsi_support as g
anti join raw_organizations as o on o.code = g.counterpart
where g.counterpart_type = 'organization' and g.counterpart is not null
group by g.counterpart
order by row
