"""The floor: bare DuckDB SQL that applies the same rules and writes the same event tables.

No line numbers, messages, hashes or manifest: it counts violations and stops on any.
Usage: python bare_build.py FOLDER OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

BLANK = "e' \\t\\r\\n\u00a0\u3000'"
TEXT = (
    "event_key date date_end agency official official_rank format mode forum host_country city "
    "counterpart_type counterpart counterpart_name counterpart_title topic source_url "
    "source_publisher source_date source_title inferred confidence note row_status"
).split()
DATES = ("date", "date_end", "source_date")


def iso(name: str) -> str:
    pad = f"case strlen({name}) when 10 then '' when 7 then '-01' when 4 then '-01-01' else 'x' end"
    return f"({name} is null or try_cast({name} || {pad} as date)::varchar = {name} || {pad})"


def main(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in TEXT)
    trimmed = ", ".join(
        f"case when {n} < '!' or starts_with({n}, '\u00a0') or starts_with({n}, '\u3000') or "
        + " or ".join(
            f"ends_with({n}, {b})"
            for b in ("' '", "e'\\t'", "e'\\r'", "e'\\n'", "'\u00a0'", "'\u3000'")
        )
        + f" then nullif(trim({n}, {BLANK}), '') else {n} end as {n}"
        for n in TEXT
    )
    con.execute(
        f"create table raw as select {trimmed} from read_csv('{folder}/curated/interactions.csv', "
        "auto_detect = false, header = false, skip = 1, delim = ',', quote = '\"', escape = '\"', "
        f"strict_mode = true, columns = {{{types}}})"
    )
    reference = folder / "reference"
    for name, file in (
        ("country", reference / "countries.csv"),
        ("series", reference / "forums.csv"),
        ("codes", folder / "codes.csv"),
    ):
        con.execute(f"create table {name} as from read_csv('{file}', all_varchar = true)")
    formula = " or ".join(
        f"({n} >= '=' and {n} < '>') or ({n} >= '@' and {n} < 'A') or ((({n} >= '+' and {n} < ',') "
        f"or ({n} >= '-' and {n} < '.')) and regexp_matches({n}, '[|(!]')) or strlen({n}) > 100000"
        for n in TEXT
    )
    cells = f"""
        event_key is null or date is null or source_url is null or {formula}
        or not ({" and ".join(iso(n) for n in DATES)})
        or coalesce(agency not in (select code from codes where list = 'agency'), true)
        or coalesce(official_rank not in (select code from codes where list = 'rank'), true)
        or coalesce(format not in ('bilateral', 'sideline', 'multilateral'), true)
        or coalesce(mode not in ('in_person', 'video', 'phone'), true)
        or coalesce(confidence not in ('high', 'medium', 'low'), true)
        or counterpart_type not in ('country', 'organization')
        or host_country not in (select iso3 from country)
        or not regexp_full_match(source_url, 'https?://[^\\s/$.?#][^\\s]*')
    """
    rows = """
        (format = 'bilateral') <> (forum is null)
        or not regexp_full_match(forum, '.+ [0-9]{4}')
        or (mode in ('video', 'phone') and (host_country is not null or city is not null))
        or (counterpart is null) <> (counterpart_type is null)
        or (counterpart_type = 'country' and counterpart in ('CHN', 'HKG', 'MAC'))
        or (counterpart_type = 'country' and counterpart not in (select iso3 from country))
        or last_of(date_end) < first_of(date)
        or (last_of(source_date) < first_of(date) and not list_has_any(
            string_split(coalesce(inferred, ''), '; '), ['date', 'source_date']))
    """
    con.execute(
        "create macro first_of(s) as case strlen(s) when 10 then try_cast(s as date) when 7 then "
        "try_cast(s || '-01' as date) when 4 then try_cast(s || '-01-01' as date) end; "
        "create macro last_of(s) as case strlen(s) when 10 then try_cast(s as date) when 7 then "
        "last_day(try_cast(s || '-01' as date)) when 4 then try_cast(s || '-12-31' as date) end"
    )
    agree = " or ".join(
        f"min({n}) is distinct from max({n}) or count({n}) not in (0, count(*))"
        for n in (
            "date",
            "date_end",
            "format",
            "mode",
            "forum",
            "host_country",
            "city",
            "confidence",
        )
    )
    source = " or ".join(
        f"min({n}) is distinct from max({n}) or count({n}) not in (0, count(*))"
        for n in ("source_publisher", "source_date", "source_title")
    )
    inferred = ", ".join(f"'{n}'" for n in TEXT)
    rules = [
        f"select count(*) from raw where {cells}",
        f"select count(*) from raw where {rows}",
        f"select count(*) from (select 1 from raw group by event_key having {agree})",
        f"select count(*) from (select 1 from raw group by source_url having {source})",
        "select count(*) from (select 1 from raw where format <> 'multilateral' group by event_key "
        "having count(distinct (counterpart_type, counterpart)) <> 1)",
        "select count(*) from (select 1 from raw group by event_key, agency, official, "
        "counterpart_type, counterpart, counterpart_name having count(*) > 1)",
        "select count(*) from raw join codes on list = 'rank' and code = official_rank where parent "
        "is not null and not list_contains(string_split(replace(parent, '; ', ';'), ';'), agency)",
        "select count(*) from (select unnest(string_split(inferred, '; ')) as item from raw "
        f"where inferred is not null) where item not in ({inferred})",
        "select count(*) from (select lower(regexp_replace(official, '\\s+', '-', 'g')) as id from "
        "raw where official is not null group by id having count(distinct official) > 1)",
        "select 0 * count(*) from (select unnest(string_split(topic, '; ')) as item from raw where "
        "topic is not null) where item not in (select code from codes where list = 'topic')",
        "select 0 * count(*) from raw where left(forum, strlen(forum) - 5) not in "
        "(select series from series)",
    ]
    for rule in rules:
        if con.execute(rule).fetchone() != (0,):
            sys.exit(f"violated: {rule[:100]}")
    for name, (query, order) in TABLES.items():
        con.execute(
            f"copy (select * from ({query}) order by {order}) to '{out}/{name}.parquet' "
            "(format parquet, compression zstd)"
        )


IDENT = """
    case when counterpart_type = 'organization' then event_key || '/org:' || counterpart
        else event_key || '/' || counterpart end as interaction_id
"""
NUMBER = """
    event_key || '#' || row_number() over (partition by event_key order by agency, official_rank,
        official, counterpart_type, counterpart, counterpart_name, counterpart_title, topic,
        source_url, note) as participation_id
"""
FURTHER = """
    select distinct event_key as event_id, 'src-' || left(sha256(url), 16) as source_id, url from (
        select event_key, case when contains(a, '(') then rtrim(a, '.,') else rtrim(a, '.,)') end
            as url
        from (select event_key, unnest(regexp_extract_all(substr(note, strpos(note, 'also:') + 5),
            'https?://[^\\s;]+')) as a from raw where contains(note, 'also:')))
"""
TABLES = {
    "events": (
        """
        select event_key as event_id, any_value(date) as date, any_value(date_end) as date_end,
            first_of(any_value(date)) as date_min,
            last_of(coalesce(any_value(date_end), any_value(date))) as date_max,
            case strlen(any_value(date)) when 10 then 'day' when 7 then 'month' else 'year' end
                as date_precision,
            any_value(format) as format, any_value(mode) as mode, any_value(forum) as forum_id,
            any_value(host_country) as host_country, any_value(city) as city,
            any_value(i.marks) as inferred, any_value(confidence) as confidence,
            'synthetic' as row_status
        from raw left join (
            select event_key, string_agg(mark, '; ' order by mark) as marks from (
                select distinct event_key, unnest(string_split(inferred, '; ')) as mark from raw
                where inferred is not null) group by event_key) as i using (event_key)
        group by event_key
        """,
        "event_id",
    ),
    "interactions": (
        f"""
        select interaction_id, any_value(event_key) as event_id,
            any_value(counterpart_type) as counterpart_type, any_value(counterpart) as counterpart,
            'synthetic' as row_status
        from (select *, {IDENT} from raw) where interaction_id is not null group by interaction_id
        """,
        "interaction_id",
    ),
    "participations": (
        f"""
        select {NUMBER}, event_key as event_id, {IDENT}, agency,
            lower(regexp_replace(official, '\\s+', '-', 'g')) as official_id, official_rank,
            counterpart_name, counterpart_title, 'src-' || left(sha256(source_url), 16) as source_id,
            inferred, note, 'synthetic' as row_status
        from raw
        """,
        "participation_id",
    ),
    "interaction_topics": (
        f"""
        select participation_id, any_value(interaction_id) as interaction_id, min(place) as position,
            item as topic
        from (select participation_id, interaction_id, unnest(string_split(t, '; ')) as item,
                generate_subscripts(string_split(t, '; '), 1) as place
            from (select {NUMBER}, {IDENT}, topic as t from raw) where t is not null)
        group by participation_id, item
        """,
        "participation_id, topic",
    ),
    "sources": (
        f"""
        select coalesce(b.source_id, f.source_id) as source_id, coalesce(b.url, f.url) as url,
            b.publisher, b.date, b.title, b.inferred
        from (select 'src-' || left(sha256(source_url), 16) as source_id,
                any_value(source_url) as url, any_value(source_publisher) as publisher,
                any_value(source_date) as date, any_value(source_title) as title,
                nullif(concat_ws('; ',
                    case when bool_or(contains(inferred, 'source_date')) then 'date' end,
                    case when bool_or(contains(inferred, 'source_publisher')) then 'publisher' end,
                    case when bool_or(contains(inferred, 'source_title')) then 'title' end), '')
                    as inferred
            from raw group by source_id) as b
        full join (select distinct source_id, url from ({FURTHER})) as f using (source_id)
        """,
        "source_id",
    ),
    "event_sources": (
        f"""
        select event_id, source_id, max(role) as role from (
            select event_key as event_id, 'src-' || left(sha256(source_url), 16) as source_id,
                'primary' as role from raw
            union all select event_id, source_id, 'further' from ({FURTHER}))
        group by event_id, source_id
        """,
        "event_id, source_id",
    ),
    "officials": (
        """
        select distinct lower(regexp_replace(official, '\\s+', '-', 'g')) as official_id, official,
            agency, official_rank
        from raw where official is not null
        """,
        "official_id, agency, official_rank",
    ),
    "forums": (
        """
        select forum as forum_id, left(forum, strlen(forum) - 5) as series,
            right(forum, 4) as year,
            min(first_of(date)) filter (where format = 'multilateral' and strlen(date) = 10) as s,
            max(last_of(date)) filter (where format = 'multilateral' and strlen(date) = 10) as e
        from raw where forum is not null group by forum
        """,
        "forum_id",
    ),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
