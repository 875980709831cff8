-- title: Every event has a home country
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: home
-- level: error
select
    row,
    'home' as "column",
    home as value,
    'no home country; fill in the column `home`, or give `country` under [home] in dataset.toml'
        as what
from rows
where home is null
order by row
