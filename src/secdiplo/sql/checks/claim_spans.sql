-- title: A claim's quote is inside its text and as long as its offsets
-- sheet: claims
-- needs: claims, seeds
-- reads: seed_file, start, end, quote
-- level: error
select
    a.rowid + 1 as row,
    case when s.seed_file is null then 'seed_file' else 'end' end as "column",
    case when s.seed_file is null then a.seed_file else a."end" end as value,
    a.start as first,
    s.length as size,
    length(a.quote) as letters,
    case
        when s.seed_file is null then 'unknown text {value}; {nearest:seed}'
        when number_of(a.start) < 0 or number_of(a."end") <= number_of(a.start)
            then 'offsets {first} to {value} do not run forward from 0; correct them'
        when number_of(a."end") > number_of(s.length)
            then 'the quote ends at {value}, outside of the text of {size} code points; '
                || 'correct the offsets'
        else 'the quote has {letters} code points, its offsets {first} to {value} span '
            || (number_of(a."end") - number_of(a.start)) || '; correct one of them'
    end as what
from raw_claims as a
left join raw_seeds as s on s.seed_file = a.seed_file
where s.seed_file is null
    or number_of(a.start) < 0
    or number_of(a."end") > number_of(s.length)
    or number_of(a."end") - number_of(a.start) <> length(a.quote)
order by row
