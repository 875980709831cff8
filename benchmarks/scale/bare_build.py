"""The floor: bare DuckDB SQL that applies the same rules and writes the same event tables.

It counts the rows that break a rule and stops on any. Left out, beside the package: the lines and
messages of problems, the digests of files and tables, the search for control characters, the
sheets of reference beyond what the event tables take from them (the folder has no publishers), and the rules of imputed rows,
which it refuses.
Usage: python bare_build.py FOLDER OUT [MEMORY]
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from pathlib import Path

import duckdb

BLANKS = ("' '", "e'\\t'", "e'\\r'", "e'\\n'", "'\u00a0'", "'\u3000'")
TEXT = (
    "event_key date date_end agency official official_rank format mode forum host_country city "
    "counterpart_type counterpart counterpart_person counterpart_office topic source_url "
    "source_publisher source_date source_title inferred confidence note"
).split()
DATES = ("date", "date_end", "source_date")
CODES = ("agency", "official_rank", "format", "mode", "host_country", "counterpart_type")
PLAIN = tuple(n for n in TEXT if n not in (*DATES, *CODES, "source_url", "confidence"))
ERRORS = "('#DIV/0!', '#N/A', '#NAME?', '#NULL!', '#NUM!', '#REF!', '#VALUE!')"
KEY = "event_key, agency, official, counterpart_type, counterpart, counterpart_person"
MACROS = """
create macro first_of(s) as case strlen(s) when 10 then try_cast(s as date)
    when 7 then try_cast(s || '-01' as date) when 4 then try_cast(s || '-01-01' as date) end;
create macro last_of(s) as case strlen(s) when 10 then try_cast(s as date)
    when 7 then last_day(try_cast(s || '-01' as date))
    when 4 then try_cast(s || '-12-31' as date) end;
create macro precise(s) as case strlen(s) when 10 then 'day' when 7 then 'month' else 'year' end;
create macro slug(s) as lower(replace(s, ' ', '-'));
create macro host(s) as rtrim(lower(regexp_extract(s,
    '^https?://(?:[^/?#@]*@)?(?i:www\\.)?([^/:?#]+)', 1)), '.');
create macro digest(s) as 'src-' || left(sha256(s), 16);
create macro tidy(s) as case when contains(s, ';')
    then regexp_replace(s, '\\s*;\\s*', '; ', 'g') else s end;
"""


def cell(name: str) -> str:
    """A cell without blanks at its ends, in composed Unicode."""
    edges = [f"{name} < '!'", f"starts_with({name}, '\u00a0')", f"starts_with({name}, '\u3000')"]
    edges += [f"ends_with({name}, {blank})" for blank in BLANKS]
    trim = f"nullif(trim({name}, e' \\t\\r\\n\u00a0\u3000'), '')"
    found = f"nfc_normalize(case when {' or '.join(edges)} then {trim} else {name} end)"
    return f"tidy({found}) as {name}" if name in ("topic", "inferred") else f"{found} as {name}"


def bad_date(name: str) -> str:
    pad = f"case strlen({name}) when 10 then '' when 7 then '-01' when 4 then '-01-01' else 'x' end"
    return (
        f"({name} is not null and (try_cast({name} || {pad} as date)::varchar is distinct from "
        f"{name} || {pad} or left({name}, 4) not between '1816' and '2100'))"
    )


def bad_cells() -> str:
    formula = " or ".join(
        f"({n} >= '=' and {n} < '>') or ({n} >= '@' and {n} < 'A') or ((({n} >= '+' and {n} < ',') "
        f"or ({n} >= '-' and {n} < '.')) and regexp_matches({n}, '[|(!]')) or strlen({n}) > 100000 "
        f"or (strlen({n}) <> length({n}) and regexp_matches({n}, '\\p{{Cf}}'))"
        for n in TEXT
    )
    return f"""
        event_key is null or date is null or source_url is null
        or {formula}
        or {" or ".join(f"{n} in {ERRORS}" for n in PLAIN)}
        or {" or ".join(bad_date(n) for n in DATES)}
        or coalesce(agency not in (select code from codes where list = 'agency'), true)
        or coalesce(official_rank not in (select code from codes where list = 'official_rank'), true)
        or coalesce(format not in ('bilateral', 'sideline', 'multilateral'), true)
        or coalesce(mode not in ('in_person', 'video', 'phone'), true)
        or coalesce(confidence not in ('high', 'medium', 'low'), true)
        or row_status not in ('attested', 'synthetic')
        or counterpart_type not in ('country', 'organization')
        or host_country not in (select iso3 from country)
        or not regexp_full_match(source_url, 'https?://[^\\s\\pZ\\x{{85}}/$.?#][^\\s\\pZ\\x{{85}}]*')
    """


BAD_ROWS = """
    (format = 'bilateral') <> (forum is null)
    or not regexp_full_match(forum, '.+ [0-9]{4}')
    or (mode in ('video', 'phone') and (host_country is not null or city is not null))
    or ((counterpart is null) <> (counterpart_type is null)
        and not (counterpart is null and format = 'multilateral'))
    or (counterpart_type = 'country' and counterpart in ('CHN', 'HKG', 'MAC'))
    or (counterpart_type = 'country' and counterpart not in (select iso3 from country))
    or last_of(date_end) < first_of(date)
    or (last_of(source_date) < first_of(date) and not list_has_any(
        string_split(coalesce(inferred, ''), '; '), ['date', 'source_date']))
"""


def rules() -> list[str]:
    """Statements that count what breaks a rule; a notice counts for nothing but is looked for."""
    names = ", ".join(f"'{n}'" for n in TEXT)
    return [
        f"select count(*) from raw where {bad_cells()}",
        f"select count(*) from raw where {BAD_ROWS}",
        "select count(*) from (select event_key from (select event_key, hash(date, date_end, "
        "format, mode, forum, host_country, city, confidence) as h from raw) group by event_key "
        "having min(h) <> max(h))",
        "select count(*) from (select source_url from (select source_url, hash(source_publisher, "
        "source_date, source_title) as h from raw) group by source_url having min(h) <> max(h))",
        "select count(*) from (select event_key from (select event_key, hash(counterpart_type, "
        "counterpart) as h, counterpart from raw where format <> 'multilateral') group by "
        "event_key having min(h) <> max(h) or count(counterpart) = 0)",
        f"select count(*) from (select {KEY} from raw where hash({KEY}) in (select h from (select "
        f"hash({KEY}) as h from raw) group by h having count(*) > 1) group by {KEY} "
        "having count(*) > 1)",
        "select count(*) from raw join codes on list = 'official_rank' and code = official_rank where parent "
        "is not null and not list_contains(string_split(tidy(parent), '; '), agency)",
        "select count(*) from (select unnest(string_split(cell, '; ')) as item from (select "
        f"distinct inferred as cell from raw where inferred is not null)) where item not in ({names})",
        "select count(*) from (select regexp_replace(lower(strip_accents(official)), "
        "'[\\s\\x{00A0}-]+', '-', 'g') as id from (select distinct official from raw where official "
        "is not null) group by id having count(*) > 1)",
        # The notices: topics, series and organizations that no sheet has, one meeting coded twice,
        # sessions of another year.
        "select 0 * count(*) from (select unnest(string_split(cell, '; ')) as item from (select "
        "distinct topic as cell from raw where topic is not null)) where item not in (select code "
        "from codes where list = 'topic')",
        "select 0 * count(*) from (select distinct forum from raw) where left(forum, "
        "length(forum) - 5) not in (select series from series)",
        "select 0 * count(*) from (select distinct counterpart from raw where counterpart_type = "
        "'organization') where counterpart not in (select code from organization)",
        "select 0 * count(*) from (select h from (select event_key, hash(date, date_end, agency, "
        "official, format, forum, counterpart_type, counterpart, counterpart_person) as h from raw "
        "where row_status = 'attested' and strlen(date) = 10 and official is not null and counterpart is not null) group by h "
        "having min(event_key) <> max(event_key))",
        "select 0 * count(*) from raw where forum is not null and try_cast(right(forum, 4) as "
        "integer) not between year(first_of(date)) and year(last_of(coalesce(date_end, date)))",
    ]


def main(folder: Path, out: Path, memory: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute(f"set temp_directory = '{scratch}'; set memory_limit = '{memory}'")
        settings = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
        con.execute("set variable home = $home", {"home": settings["home"]["country"]})
        con.execute(MACROS)
        sheet = folder / "curated" / "interactions.csv"
        with sheet.open(encoding="utf-8") as file:
            names = next(file).strip().split(",")
        types = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        status = "row_status" if "row_status" in names else "null"
        con.execute(
            f"create table raw as select {', '.join(map(cell, TEXT))}, "
            f"coalesce({status}, 'attested') as row_status from read_csv('{sheet}', auto_detect = false, header = false, "
            "skip = 1, delim = ',', quote = '\"', escape = '\"', strict_mode = true, "
            f"columns = {{{types}}})"
        )
        for name, file in (
            ("country", "reference/countries.csv"),
            ("series", "reference/forums.csv"),
            ("organization", "reference/organizations.csv"),
            ("official", "reference/officials.csv"),
            ("session", "reference/sessions.csv"),
            ("codes", "codes.csv"),
        ):
            there = (folder / file).is_file()
            source = f"read_csv('{folder / file}', all_varchar = true)"
            columns = ", ".join(f"null::varchar as {column}" for column in ABSENT[name].split())
            con.execute(
                f"create table {name} as "
                + (f"from {source}" if there else f"select {columns} where false")
            )
        for rule in rules():
            if con.execute(rule).fetchone() != (0,):
                sys.exit(f"violated: {rule[:100]}")
        con.execute(f"create table number as {NUMBER}; create table further as {FURTHER}")
        for name, (query, order) in TABLES.items():
            con.execute(
                f"copy (select * from ({query}) order by {order}) to '{out}/{name}.parquet' "
                "(format parquet, compression zstd)"
            )


ABSENT = {  # the columns of a sheet that a folder need not have
    "country": "iso3",
    "series": "series level region",
    "organization": "code name name_zh kind",
    "official": "official agency official_rank name_zh tenure_start tenure_end source_url",
    "session": 'forum "start" "end"',
    "codes": "list code parent",
}
IDENT = """
    case when counterpart_type = 'organization' then event_key || '/org:' || counterpart
        else event_key || '/' || counterpart end as interaction_id
"""
NUMBER = """
    select rowid as row, event_key || '#' || row_number() over (partition by event_key
        order by agency, official, counterpart_type, counterpart, counterpart_person)
        as participation_id
    from raw
"""
FURTHER = """
    select distinct event_key as event_id, case when contains(a, '(') then rtrim(a, '.,')
        else rtrim(a, '.,)') end as url
    from (select event_key, unnest(regexp_extract_all(substr(note, strpos(note, 'also:') + 5),
        'https?://[^\\s\\pZ;]+')) as a from raw where contains(note, 'also:'))
"""
TABLES = {
    "events": (
        """
        select event_key as event_id, any_value(date) as date, any_value(date_end) as date_end,
            first_of(any_value(date)) as date_min,
            last_of(coalesce(any_value(date_end), any_value(date))) as date_max,
            precise(case when strlen(any_value(date_end)) < strlen(any_value(date))
                then any_value(date_end) else any_value(date) end) as date_precision,
            last_of(any_value(date)) as latest_start, getvariable('home') as home,
            any_value(format) as format, any_value(mode) as mode, any_value(forum) as forum_id,
            any_value(host_country) as host_country, any_value(city) as city,
            any_value(i.inferred) as inferred, any_value(confidence) as confidence,
            coalesce(any_value(p.sources), 0)::integer as independent_sources,
            min(row_status) as row_status
        from raw left join (
            select event_key, count(*) as sources from (
                select distinct event_key, host(url) from (
                    select event_key, source_url as url from raw
                    union all select event_id, url from further)) group by event_key
            ) as p using (event_key) left join (
            select event_key, string_agg(mark, '; ' order by mark) as inferred from (
                select distinct event_key, mark from raw join (
                    select cell, unnest(string_split(cell, '; ')) as mark
                    from (select distinct inferred as cell from raw where inferred is not null)
                ) on cell = raw.inferred where mark <> '') group by event_key
            ) as i using (event_key)
        group by event_key
        """,
        "event_id",
    ),
    "interactions": (
        f"""
        select interaction_id, any_value(event_key) as event_id,
            any_value(counterpart_type) as counterpart_type, any_value(counterpart) as counterpart,
            min(row_status) as row_status
        from (select *, {IDENT} from raw) where interaction_id is not null group by interaction_id
        """,
        "interaction_id",
    ),
    "participations": (
        f"""
        select participation_id, event_key as event_id, {IDENT}, agency,
            slug(official) as official_id, official_rank, counterpart_person, counterpart_office,
            digest(source_url) as source_id, inferred, note, row_status
        from raw join number on number.row = raw.rowid
        """,
        "participation_id",
    ),
    "interaction_topics": (
        f"""
        select participation_id, {IDENT}, position::integer as position, item as topic
        from raw join number on number.row = raw.rowid join (
            select cell, item, min(place) as position from (
                select cell, unnest(string_split(cell, '; ')) as item,
                    generate_subscripts(string_split(cell, '; '), 1) as place
                from (select distinct topic as cell from raw where topic is not null))
            where item <> '' group by cell, item) on cell = raw.topic
        """,
        "participation_id, topic",
    ),
    "sources": (
        """
        select digest(url) as source_id, url, coalesce(publisher, host(url)) as publisher,
            case when publisher is null then 'host' else 'recorded' end as publisher_basis,
            null::varchar as publisher_country, null::varchar as publisher_kind, date, title,
            null::varchar as archive_url, null::varchar as language, inferred
        from (
            select source_url as url, any_value(source_publisher) as publisher,
                any_value(source_date) as date, any_value(source_title) as title,
                nullif(concat_ws('; ',
                    case when bool_or(contains(inferred, 'source_date')) then 'date' end,
                    case when bool_or(contains(inferred, 'source_publisher')) then 'publisher' end,
                    case when bool_or(contains(inferred, 'source_title')) then 'title' end), '')
                    as inferred
            from raw group by source_url
            union all
            select distinct url, null, null, null, null from further
            anti join raw on source_url = url)
        """,
        "source_id",
    ),
    "event_sources": (
        """
        select event_id, digest(url) as source_id, role from (
            select distinct event_key as event_id, source_url as url, 'primary' as role from raw
            union all
            select event_id, url, 'further' from further
            anti join raw on event_key = event_id and source_url = url)
        """,
        "event_id, source_id",
    ),
    "officials": (
        """
        select coalesce(n.id, slug(r.official)) as official_id,
            coalesce(n.official, r.official) as official, coalesce(n.agency, r.agency) as agency,
            coalesce(n.official_rank, r.official_rank) as official_rank, r.name_zh,
            r.tenure_start, r.tenure_end, r.source_url
        from (select distinct slug(official) as id, official, agency, official_rank
            from raw where official is not null) as n
        full join official as r on slug(r.official) = n.id and r.agency = n.agency
            and r.official_rank = n.official_rank
        """,
        "official_id, agency, official_rank",
    ),
    "forums": (
        """
        select n.forum as forum_id, left(n.forum, length(n.forum) - 5) as series,
            right(n.forum, 4)::integer as year, s.level, s.region,
            coalesce(first_of(r.start), d.first_day) as session_start,
            coalesce(last_of(r."end"), d.final_day) as session_end,
            case when r.forum is not null then 'reference' when d.forum is not null then 'events'
                end as session_basis
        from (select forum from raw where forum is not null union select forum from session) as n
        left join series as s on s.series = left(n.forum, length(n.forum) - 5)
        left join session as r on r.forum = n.forum
        left join (select forum, min(first_of(date)) as first_day,
                max(last_of(coalesce(date_end, date))) as final_day
            from raw where format = 'multilateral' and strlen(date) = 10
                and coalesce(strlen(date_end), 10) = 10 group by forum) as d on d.forum = n.forum
        """,
        "forum_id",
    ),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "1GB")
