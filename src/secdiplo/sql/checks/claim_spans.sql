-- title: A claim's anchor lies inside its text and is as long as its offsets say
-- sheet: claims
-- needs: claims, seeds
-- level: error
select
    c.rowid + 1 as row,
    case when s.seed_file is null then 'seed_file' else 'end' end as "column",
    case when s.seed_file is null then c.seed_file else c."end" end as value,
    case
        when s.seed_file is null then 'unknown text {value}; {nearest:seed}'
        when number_of(c."end") > number_of(s.length)
            then 'the anchor ends at {value}, outside the text of ' || s.length || ' code points; '
                || 'mend the offsets'
        else 'the anchor has ' || length(c.anchor) || ' code points, its offsets span '
            || (number_of(c."end") - number_of(c.start)) || '; mend the offsets'
    end as what
from raw_claims as c
left join raw_seeds as s on s.seed_file = c.seed_file
where s.seed_file is null
    or number_of(c."end") > number_of(s.length)
    or number_of(c."end") - number_of(c.start) <> length(c.anchor)
order by row
