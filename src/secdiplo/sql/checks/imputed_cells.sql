-- title: An imputed row names no source and no person; only an imputed row has a period
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: row_status
-- turn: 1
-- level: error
with chosen as (
    select *
    from rows
    where row_status = 'imputed' or period_start is not null or period_end is not null
),
cells as (
    select c.row, c.row_status, cell."column", cell.value
    from chosen as c,
    lateral (
        values
            ('imputed', 'counterpart_person', c.counterpart_person),
            ('imputed', 'counterpart_office', c.counterpart_office),
            ('imputed', 'topic', c.topic), ('imputed', 'source_url', c.source_url),
            ('imputed', 'source_publisher', c.source_publisher),
            ('imputed', 'source_date', c.source_date), ('imputed', 'source_title', c.source_title),
            ('imputed', 'inferred', c.inferred),
            ('attested', 'date_min', c.period_start), ('attested', 'date_max', c.period_end),
            ('synthetic', 'date_min', c.period_start), ('synthetic', 'date_max', c.period_end)
    ) as cell (row_status, "column", value)
    where cell.row_status = c.row_status and cell.value is not null
)
select
    row,
    "column",
    value,
    case
        when row_status = 'attested'
            then '{value} in an attested row; blank it, or write `imputed` in row_status'
        when row_status = 'synthetic' then '{value} in a synthetic row, which has a date; blank it'
        else '{value} in an imputed row, which has no source; blank it'
    end as what
from cells
order by row, "column"
