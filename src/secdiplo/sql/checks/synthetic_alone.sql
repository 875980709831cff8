-- title: Synthetic rows share no sheet with attested or imputed ones
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: row_status
-- scope: sheet
-- turn: 1
-- over: whole
-- level: error
with counted as (
    select
        count(*) filter (where row_status = 'synthetic') as made_up,
        count(*) filter (where row_status <> 'synthetic') as others,
        min(row) filter (where row_status = 'synthetic') as first_made_up,
        arg_min(row_status, row) filter (where row_status <> 'synthetic') as status,
        min(row) filter (where row_status <> 'synthetic') as first_other
    from rows
)
select
    case when made_up <= others then first_made_up else first_other end as row,
    'row_status' as "column",
    case when made_up <= others then 'synthetic' else status end as value,
    '{value} in a sheet whose rows are ' || case when made_up <= others then 'not' else 'synthetic' end
        || ' (' || made_up || ' synthetic, ' || others || ' others); give synthetic rows a folder '
        || 'of their own' as what
from counted
where made_up > 0 and others > 0
order by row
