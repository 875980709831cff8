-- title: Bilateral and sideline events name exactly one foreign counterpart
-- sheet: interactions_sheet
-- needs: interactions_sheet
-- reads: event_key, format, counterpart_type, counterpart
-- scope: event
-- turn: 3
-- level: error
select
    min(row) as row,
    'counterpart' as "column",
    min(counterpart) as value,
    max(counterpart) as other,
    case
        when count(interaction_id) = 0
            then 'a ' || min(format) || ' event without a counterpart; name it'
        else 'a ' || min(format) || ' event with several counterparts, {value} and {other}; '
            || 'split it, or code it multilateral'
    end as what
from rows
where format in ('bilateral', 'sideline')
group by event_key
having count(interaction_id) = 0 or min(interaction_id) <> max(interaction_id)
order by row
