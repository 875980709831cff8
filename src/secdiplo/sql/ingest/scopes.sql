-- title: Named scopes with their days
select
    scope,
    title,
    first_day(start_date) as start_date,
    final_day(end_date) as end_date,
    agency,
    official_rank
from stage_scopes
