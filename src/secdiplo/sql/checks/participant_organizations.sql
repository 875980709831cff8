-- title: A participating organization that the reference sheet lacks
-- sheet: forum_participants
-- needs: forum_participants
-- uses: organizations
-- level: notice
select
    min(p.rowid) + 1 as row,
    'counterpart' as "column",
    p.counterpart as value,
    'organization {value} is not in reference/organizations.csv; {nearest:organization}' as what
from raw_forum_participants as p
anti join raw_organizations as o on o.code = p.counterpart
where p.counterpart_type = 'organization' and p.counterpart is not null
group by p.counterpart
order by row
