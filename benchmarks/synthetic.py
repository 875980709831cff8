"""A synthetic sheet of any size, for benchmarks only: valid, seeded, and named as synthetic."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
HEADER = (
    "event_key,date,date_end,agency,official,official_rank,format,mode,forum,host_country,city,"
    "counterpart_type,counterpart,counterpart_name,counterpart_title,topic,source_url,"
    "source_publisher,source_date,source_title,inferred,confidence,note"
)


def make(folder: Path, rows: int, seed: int = 7) -> Path:
    """Write a dataset folder of `rows` rows; the same arguments give the same bytes.

    A third of the events are multilateral with five counterparts, the others have one.
    """
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "curated").mkdir(parents=True)
    shutil.copytree(ROOT / "data" / "reference", folder / "reference")
    shutil.copy(ROOT / "data" / "codes.csv", folder / "codes.csv")
    settings = (ROOT / "data" / "dataset.toml").read_text(encoding="utf-8")
    settings = settings.replace('name = "secdiplo"', 'name = "synthetic"')
    settings = settings.replace('annotations = "builtin"\n', "")
    settings = settings.replace(
        "title = \"China's internal", "title = \"SYNTHETIC, like China's", 1
    )
    (folder / "dataset.toml").write_text(settings, encoding="utf-8")
    con = duckdb.connect()
    con.execute("set threads = 1; set enable_progress_bar = false")
    con.execute(COUNTRIES, {"countries": str(ROOT / "data" / "reference" / "countries.csv")})
    (countries,) = con.execute("select count(*) from country").fetchone() or (0,)
    con.execute(SHEET, {"rows": rows, "seed": seed, "countries": countries})
    con.execute(
        f"copy (select {HEADER} from sheet order by event_key, counterpart) "
        f"to '{folder / 'curated' / 'interactions.csv'}' (header, delimiter ',')"
    )
    return folder


COUNTRIES = """
create table country as
select row_number() over (order by iso3) - 1 as n, iso3
from read_csv($countries, all_varchar = true) where iso3 not in ('CHN', 'HKG', 'MAC')
"""

SHEET = """
create table sheet as
with placed as (
    select range as place, range // 7 as block, range % 7 as slot from range($rows)
),
events as (
    select *, block * 7 + case when slot < 5 then 0 else slot end as event,
        slot < 5 as many, hash(block * 7 + case when slot < 5 then 0 else slot end + $seed) as h
    from placed
)
select
    'synthetic-' || lpad(event::varchar, 9, '0') as event_key,
    case when h % 10 = 0 then strftime(day, '%Y-%m') else strftime(day, '%Y-%m-%d') end as date,
    null as date_end,
    agency,
    case when h % 20 > 0 then 'Official ' || (h % 400) || ' of ' || agency || ' ' || rank end
        as official,
    rank as official_rank,
    case when many then 'multilateral' when h % 3 = 0 then 'sideline' else 'bilateral' end
        as format,
    case when h % 12 = 0 then 'video' else 'in_person' end as mode,
    case when many or h % 3 = 0 then 'GPSCFL ' || year(day) end as forum,
    case when h % 12 > 0 then 'CHN' end as host_country,
    case when h % 12 > 0 and h % 5 > 0 then 'City ' || (h % 90) end as city,
    'country' as counterpart_type,
    c.iso3 as counterpart,
    case when h % 3 > 0 then 'Person ' || event end as counterpart_name,
    case when h % 3 > 0 then 'Minister of Internal Affairs' end as counterpart_title,
    (['counterterrorism', 'cross-border crime; training', 'telecom fraud; cybersecurity; GSI',
        'other'])[1 + (h % 4)::int] as topic,
    'https://example.org/synthetic/' || event as source_url,
    'Synthetic publisher ' || (h % 50) as source_publisher,
    strftime(last_day(day) + 1, '%Y-%m-%d') as source_date,
    'A synthetic headline about a synthetic meeting, number ' || event as source_title,
    case when h % 6 = 0 then 'city; source_title' when h % 6 = 1 then 'date' end as inferred,
    (['high', 'medium', 'low'])[1 + (h % 3)::int] as confidence,
    'synthetic row' || case when h % 2 = 0 then
        '; a remark of the length that coders write, to no purpose but size; also: '
        || 'https://example.org/further/' || event || ' and https://example.net/more/' || event
        else '' end as note
from (
    select *, date '2020-01-01' + (h % 2000)::int as day,
        case when h % 8 = 0 then 'CPLC' when h % 8 = 1 then 'MSS' else 'MPS' end as agency,
        case when h % 8 = 0 then 'cplc_secretary' when h % 5 = 0 then 'vice_minister'
            else 'minister' end as rank
    from events
)
join country as c on c.n = (h + slot * 37) % $countries
"""
