-- title: A state that has ended is coded within its days
-- sheet: interactions_sheet
-- needs: interactions_sheet, countries
-- reads: counterpart_type, date
-- level: error
select
    r.row,
    cell."column",
    cell.value,
    c.state_from as first,
    c.state_to as last,
    string_split(c.successors, '; ')[1] as successor,
    case
        when r.date_min > try_cast(c.state_to as date) and c.successors is not null
            then '{value} was a state from {first} to {last}; use the code of the day, such as {successor}, or fix the date'
        else '{value} was a state from {first} to {last}; use the code of the day, or fix the date'
    end as what
from rows as r, lateral (
    values
        ('home', r.home), ('host_country', r.host_country),
        ('counterpart', case when r.counterpart_type = 'country' then r.counterpart end)
) as cell ("column", value)
inner join raw_countries as c on c.iso3 = cell.value
where r.date_min > try_cast(c.state_to as date) or r.date_max < try_cast(c.state_from as date)
order by r.row, cell."column"
