-- title: Bilateral and sideline events name exactly one foreign counterpart
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- level: error
with events as (
    select event_key, min(row) as row, count(distinct interaction_id) as counterparts
    from rows
    where format in ('bilateral', 'sideline')
    group by event_key
)
select
    row,
    'counterpart' as "column",
    event_key as value,
    case
        when counterparts = 0 then 'a bilateral or sideline event without a counterpart; name it'
        else 'a bilateral or sideline event with ' || counterparts
            || ' counterparts; split it, or code it multilateral'
    end as what
from events
where counterparts <> 1
order by row
