-- title: A state that has ended is coded within its days
-- sheet: interactions_sheet
-- needs: interactions_sheet, countries
-- reads: counterpart_type, date
-- level: error
select
    r.row,
    'counterpart' as "column",
    r.counterpart as value,
    c.state_from as first,
    c.state_to as last,
    string_split(c.successors, '; ')[1] as successor,
    case
        when r.date_min > try_cast(c.state_to as date) and c.successors is not null
            then '{value} was a state from {first} to {last}; use the code of the day, such as {successor}, or fix the date'
        else '{value} was a state from {first} to {last}; use the code of the day, or fix the date'
    end as what
from rows as r
inner join raw_countries as c on c.iso3 = r.counterpart
where r.counterpart_type = 'country'
    and (r.date_min > try_cast(c.state_to as date) or r.date_max < try_cast(c.state_from as date))
order by r.row
