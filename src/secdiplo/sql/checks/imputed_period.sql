-- title: An event that no source attests has a period in place of a date
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: date, date_end, row_status
-- scope: event
-- level: error
with imputed as (
    select distinct event_key from rows where row_status = 'imputed'
),
attested as (
    select distinct r.event_key
    from rows as r
    semi join imputed as i on i.event_key = r.event_key
    where r.row_status = 'attested'
),
cells as (
    select r.row, r.event_key, cell."column", cell.value, cell.wanted
    from rows as r
    anti join attested as a on a.event_key = r.event_key,
    lateral (
        values
            ('date', r.date, false), ('date_end', r.date_end, false),
            ('date_min', r.period_start, true), ('date_max', r.period_end, true)
    ) as cell ("column", value, wanted)
    where r.row_status = 'imputed'
        and case
            when cell.wanted then r.date is null and cell.value is null
            else cell.value is not null
        end
)
select
    row,
    "column",
    value,
    event_key,
    case
        when wanted
            then 'blank in an imputed event; give the ' || case "column"
                when 'date_min' then 'first' else 'last' end || ' day of its period'
        else '{value}, but no row of the event {event_key} is attested; blank it, and give the '
            || 'period in date_min and date_max'
    end as what
from cells
order by row, "column"
