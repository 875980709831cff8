-- title: A mention's anchor lies inside its text and is as long as its offsets say
-- sheet: mentions
-- needs: mentions, seeds
-- level: error
select
    m.rowid + 1 as row,
    case when s.seed_file is null then 'seed_file' else 'end' end as "column",
    case when s.seed_file is null then m.seed_file else m."end" end as value,
    case
        when s.seed_file is null then 'unknown text {value}; {nearest:seed}'
        when number_of(m."end") > number_of(s.length)
            then 'the anchor ends at {value}, outside the text of ' || s.length || ' code points; '
                || 'mend the offsets'
        else 'the anchor has ' || length(m.anchor) || ' code points, its offsets span '
            || (number_of(m."end") - number_of(m.start)) || '; mend the offsets'
    end as what
from raw_mentions as m
left join raw_seeds as s on s.seed_file = m.seed_file
where s.seed_file is null
    or number_of(m."end") > number_of(s.length)
    or number_of(m."end") - number_of(m.start) <> length(m.anchor)
order by row
