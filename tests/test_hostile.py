"""Folders and statements made to do harm: refused in little time and memory, with a message.

Each folder is checked by a process of its own, which says how much memory it has taken.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import secdiplo as sd
from folders import bare_mini
from secdiplo import store
from secdiplo.errors import SecdiploError, UsageError
from secdiplo.store import verify

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "data" / "mini"
SHEET = "curated/interactions.csv"
SECONDS = 10 * float(os.environ.get("SECDIPLO_SLOWER", "1"))
MEMORY = 600 << 10  # KB
GB = 1 << 30

CHILD = """
import re, sys
from pathlib import Path
from secdiplo.cli import main
try:
    main(sys.argv[1:], standalone_mode=True)
finally:
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    print("PEAK", peak[1] if peak else 0, file=sys.stderr)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
]


@pytest.fixture
def folder(tmp_path):
    return bare_mini(tmp_path / "set")


def checked(folder, *more, code=1):
    """What a command says of a folder: in bounded time and memory, without a traceback."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *(more or ("check", str(folder)))],
        capture_output=True,
        text=True,
        timeout=6 * SECONDS,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # of the work, not of waiting for others
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    *lines, peak = done.stderr.splitlines()
    said = "\n".join(lines)
    assert "Traceback" not in said, said[-2000:]
    assert done.returncode == code, said[:2000]
    assert peak.startswith("PEAK "), said
    assert int(peak.split()[1]) < MEMORY, peak
    assert spent < SECONDS, spent
    return said


def toml(folder, *lines, top=True):
    file = folder / "dataset.toml"
    text = file.read_text(encoding="utf-8")
    more = "\n".join(lines)
    file.write_text(f"{more}\n{text}" if top else f"{text}\n{more}\n", encoding="utf-8")


def sheet_as(folder, suffix):
    """The path of the coder's sheet in another form, the usual one being taken away."""
    (folder / SHEET).unlink()
    return folder / SHEET.replace(".csv", suffix)


def sparse(path, size, start=b""):
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


def header():
    return (MINI / SHEET).read_bytes().split(b"\n")[0] + b"\n"


def row():
    return (MINI / SHEET).read_bytes().split(b"\n")[1] + b"\n"


# --- what lies elsewhere ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["codes.csv", SHEET, "reference/forums.csv", "dataset.toml", "curated", "reference"]
)
def test_links_out_of_the_folder(name, folder, tmp_path):
    outside = tmp_path / "outside"
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    said = checked(folder)
    assert f"{name}:1:1: a link to a place outside the folder; copy the file" in said


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin", "/proc/self/environ", "/etc/passwd"])
def test_links_to_devices(target, folder):
    (folder / SHEET).unlink()
    (folder / SHEET).symlink_to(target)
    assert f"{SHEET}:1:1: a link to a place outside the folder" in checked(folder)


def test_a_link_in_a_loop(folder):
    (folder / SHEET).unlink()
    (folder / SHEET).symlink_to("interactions.csv")
    assert SHEET in checked(folder)


@pytest.mark.parametrize("name", ["codes.csv", SHEET, "reference/forums.csv", "dataset.toml"])
def test_a_pipe_in_place_of_a_file(name, folder):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert f"{name}:1:1: " in checked(folder)


@pytest.mark.parametrize(
    "pattern",
    [
        "/etc/*.csv",
        "../*.csv",
        "curated/../../*.csv",
        "curated/**x/*.csv",
        "a\\u0000b",
        "x" * 5000,
        "**/" * 300 + "*.csv",
        "[",
        ".",
        "curated",
        "~/*.csv",
        "curated/{a,b}.csv",
        "curated/out/*.csv",
    ],
)
def test_patterns_of_sheets(pattern, folder, tmp_path):
    deep = folder
    for _ in range(15):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    shutil.copy(folder / SHEET, tmp_path / "outside" / "a.csv")
    (folder / "curated" / "out").symlink_to(tmp_path / "outside")
    toml(folder, f'interactions = "{pattern}"')
    assert checked(folder)


@pytest.mark.parametrize(
    "value", ["/etc", "../..", "x" * 5000, "a\\u0000b", "curated/../..", "annotations/../../x"]
)
def test_annotations_elsewhere(value, folder):
    toml(folder, f'annotations = "{value}"')
    assert "annotations" in checked(folder)


# --- settings ---------------------------------------------------------------------------------

SETTINGS = {
    "arrays": "x = " + "[" * 10_000 + "]" * 10_000,
    "tables": "x = " + "{a = " * 10_000 + "1" + "}" * 10_000,
    "brackets": "[" * 10_000 + "a" + "]" * 10_000,
    "dots": "a" + ".b" * 10_000 + " = 1",
    "many dots": "a" + ".b" * 450_000 + " = 1",
    "lines of dots": "\n".join(f"k{n}" + ".b" * 190 + " = 1" for n in range(2_000)),
    "dots of a table": "[a" + ".b" * 10_000 + "]",
    "digits": "x = " + "9" * 100_000,
    "keys": "\n".join(f"k{n} = 1" for n in range(80_000)),
    "scopes": "\n".join(f"[scopes.s{n}]\nstart = 'x'" for n in range(30_000)),
    "kinds": "\n".join(f"[scopes.s{n}]\nstart = 1" for n in range(30_000)),
    "names": "extra_columns = [" + ", ".join(f"'c{n}', 'C{n}'" for n in range(40_000)) + "]",
    "text": "x = '''" + "a\n" * 490_000 + "'''",
    "comments": "#\n" * 490_000,
    "quotes": 'x = "' + '\\"' * 490_000 + '"',
    "dates": "x = [" + "1979-05-27T07:32:00Z, " * 40_000 + "]",
    "large": "x = '" + "a" * 2_000_000 + "'",
    "unicode": "x = '" + "\u202e\U0001f600" * 1000 + "'",
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_that_are_too_much(kind, folder):
    toml(folder, SETTINGS[kind], top=not SETTINGS[kind].startswith("["))
    said = checked(folder, code=0) if kind == "comments" else checked(folder)
    assert len(said) < 3_000_000
    assert kind == "comments" or "dataset.toml:" in said


# --- bytes that are too many --------------------------------------------------------------------


@pytest.mark.parametrize("name", [SHEET, "codes.csv", "dataset.toml", "reference/forums.csv"])
def test_ten_gigabytes_of_nothing(name, folder):
    start = (folder / name).read_bytes()
    sparse(folder / name, 10 * GB)
    assert f"{name}:1:1: " in checked(folder)
    sparse(folder / name, 10 * GB, start)
    assert name in checked(folder)


@pytest.mark.parametrize("byte", [b"\xff", b"\x01"])
def test_gigabytes_after_one_bad_byte(byte, folder):
    sparse(folder / SHEET, 4 * GB, header() + row() + byte)
    assert f"{SHEET}:3:{1 if byte > bytes([127]) else 2}: " in checked(folder)


def gz_of(path, chunk, times, level=9):
    """A gz file of one member repeated."""
    path.write_bytes(gzip.compress(chunk, level, mtime=0) * times)


def zst_of(path, chunks):
    with pa.OSFile(str(path), "wb") as raw, pa.CompressedOutputStream(raw, "zstd") as out:
        for chunk in chunks:
            out.write(chunk)


def test_ten_gigabytes_of_zeros_as_gz(folder):
    gz_of(sheet_as(folder, ".csv.gz"), b"\0" * (64 << 20), 160)
    assert "interactions.csv.gz:1:1: " in checked(folder)


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_gigabytes_of_rows_that_look_well(kind, folder):
    path = sheet_as(folder, f".csv.{kind}")
    rows = (b"," * header().count(b",") + b"\n") * 700_000
    if kind == "gz":
        first = gzip.compress(header(), mtime=0)
        path.write_bytes(first + gzip.compress(rows, 9, mtime=0) * 160)
    else:
        zst_of(path, [header(), *[rows] * 130])
    assert "times its size; provide the uncompressed text" in checked(folder)


def test_a_line_of_a_gigabyte(folder):
    path = sheet_as(folder, ".csv.zst")
    chunk = b"abcdefgh" * (1 << 17)
    zst_of(path, [chunk] * 1000)
    assert "interactions.csv.zst:1:1: " in checked(folder)


@pytest.mark.parametrize("where", ["header", "row", "quoted"])
@pytest.mark.parametrize("size", [100, 400])
def test_a_cell_of_hundreds_of_megabytes(where, size, folder):
    with (folder / SHEET).open("wb") as file:
        if where != "header":
            file.write(header() + row())
        if where == "quoted":
            file.write(b'"')
        for _ in range(size):
            file.write(b"x" * (1 << 20) if where != "quoted" else (b"x" * 1023 + b"\n") * 1024)
        file.write(b'"\n' if where == "quoted" else b"\n")
    assert SHEET in checked(folder)


def test_a_record_of_many_large_cells(folder):
    with (folder / SHEET).open("wb") as file:
        file.write(header() + row())
        for _ in range(60):
            file.write(b"x" * (10 << 20) + b",")
        file.write(b"\n")
    assert f"{SHEET}:3:" in checked(folder)


def test_a_header_of_a_hundred_thousand_columns(folder):
    (folder / SHEET).write_text(",".join(f"c{n}" for n in range(100_000)) + "\n", encoding="utf-8")
    assert "100,000 columns; a sheet has at most 1,000" in checked(folder)


def gz_header(flags, more=b""):
    return b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\x02\xff" + more


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b",
        gz_header(0),
        gz_header(0xFF),
        gz_header(4, b"\xff\xff"),
        gz_header(8, b"a" * 60_000_000),
        gz_header(16, b"a" * 60_000_000),
        gzip.compress(b"x\n")[:-4] + b"\xff\xff\xff\xff",
        gzip.compress(b"x\n")[:-8] + b"\0\0\0\0\xff\xff\xff\x7f",
        gz_header(0) + zlib.compress(b"x"),
    ],
    ids=range(10),
)
def test_headers_of_gz_that_claim_anything(data, folder):
    sheet_as(folder, ".csv.gz").write_bytes(data)
    assert "interactions.csv.gz:1:1: " in checked(folder)


def test_gigabytes_of_zeros_after_gz(folder):
    text = (folder / SHEET).read_bytes()
    sparse(sheet_as(folder, ".csv.gz"), 4 * GB, gzip.compress(text))
    assert "interactions.csv.gz:1:1: " in checked(folder)


# --- Parquet ------------------------------------------------------------------------------------


def parquet_of(path, rows, **columns):
    names = header().decode().strip().split(",")
    table = pa.table({n: pa.array([columns.get(n)], pa.string()) for n in names})
    table = table.take(pa.array([0] * min(rows, 1_000_000), pa.int32()))
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(max(1, rows // 1_000_000)):
            writer.write_table(table)


def varint(number):
    out = bytearray()
    while True:
        out.append(number & 127 | (128 if number > 127 else 0))
        number >>= 7
        if not number:
            return bytes(out)


def test_a_parquet_file_that_claims_very_many_rows(folder):
    path = sheet_as(folder, ".parquet")
    parquet_of(path, 77_777, event_key="x")
    data, claimed = path.read_bytes(), varint(77_777 * 2)
    assert data.count(claimed) >= 2
    start = int.from_bytes(data[-8:-4], "little")
    foot = data[len(data) - 8 - start : -8].replace(claimed, varint(2 * 10**15))
    body = data[: len(data) - 8 - start]
    path.write_bytes(body + foot + len(foot).to_bytes(4, "little") + b"PAR1")
    assert "interactions.parquet:1:1: " in checked(folder)


def test_a_parquet_file_of_few_bytes_and_many_rows(folder):
    path = sheet_as(folder, ".parquet")
    parquet_of(path, 60_000_000, event_key="x", note="y")
    assert "interactions.parquet:1:1: " in checked(folder)


def test_a_parquet_file_of_thousands_of_columns(folder):
    path = sheet_as(folder, ".parquet")
    pq.write_table(pa.table({f"c{n}": ["x"] for n in range(5_000)}), path)
    assert "5,000 columns; a sheet has at most 1,000" in checked(folder)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\xff" * 100 + b"PAR1", b"PAR1" * 1000])
def test_bytes_that_are_no_parquet(data, folder):
    sheet_as(folder, ".parquet").write_bytes(data)
    assert "interactions.parquet:1:1: not readable as Parquet" in checked(folder)


# --- very many of everything ------------------------------------------------------------------


def test_fifty_thousand_files(folder):
    for n in range(50_000):
        (folder / "curated" / f"f{n}.csv").touch()
    said = checked(folder, code=0)
    assert "no sheet of this name is read" in said
    assert len(said.splitlines()) < 2_000
    toml(folder, 'interactions = "curated/*.csv"')
    assert "more than 10,000 files; join them" in checked(folder)


def test_a_hundred_thousand_problems_of_each_kind(folder):
    names = header().decode().strip().split(",")
    with (folder / SHEET).open("w", encoding="utf-8") as file:
        file.write(header().decode())
        for n in range(100_001):
            bad = {"event_key": f"E {n}", "date": f"x{n}", "date_end": "2024-02-30"}
            bad |= {"source_url": "javascript:x", "inferred": "<b>", "source_date": "\u202e"}
            file.write(",".join(bad.get(name, "") for name in names) + "\n")
    said = checked(folder)
    assert "more problems:" in said
    assert len(said.splitlines()) < 1_200


def test_a_hundred_thousand_broken_rows(folder):
    (folder / SHEET).write_bytes(header() + b"a,b\n" * 100_000)
    said = checked(folder)
    assert "100,000" in said or "99,000" in said


# --- names from data --------------------------------------------------------------------------

ODD = ['a"b', "a'b", "a;drop table events;--", "a b", "$1", "ü", "a\\b", "{x}", "select", "a\tc"]


def test_names_of_columns_schemes_and_datasets_are_only_names(folder, tmp_path):
    toml(folder, f"extra_columns = {json.dumps(ODD)}")
    file = folder / SHEET
    lines = file.read_text(encoding="utf-8").splitlines()
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in ODD)
    lines = [f"{lines[0]},{quoted}", *(f"{line}{',x' * len(ODD)}" for line in lines[1:])]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    countries = (ROOT / "data" / "reference" / "countries.csv").read_text(encoding="utf-8")
    names = [f"region_{name}" for name in ODD]
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    first, *others = countries.splitlines()
    text = "\n".join([f"{first},{quoted}", *(f"{line}{',here' * len(ODD)}" for line in others)])
    (folder / "reference" / "countries.csv").write_text(text + "\n", encoding="utf-8")
    text = (folder / "dataset.toml").read_text(encoding="utf-8")
    name = "x' || (select 1) || '\\\"; drop table events; --"
    (folder / "dataset.toml").write_text(text.replace('"mini"', f'"{name}"'), encoding="utf-8")
    store.write_tables(folder, tmp_path / "tables")
    assert verify.tables(tmp_path / "tables")[0] == []
    dataset = sd.load(tmp_path / "tables")
    assert set(ODD) < set(dataset.table("participations").columns)
    for scheme in ODD:
        shares = dataset.query("regional_shares", scheme=scheme, scope="all")
        assert set(shares["region"]) == {"here"}
    export = dataset.export(tmp_path / "export", "csv") if hasattr(dataset, "export") else None
    assert export is None or (tmp_path / "export").is_dir()


@pytest.mark.parametrize("name", ["scope", "scheme", "agency", "official_rank", "official"])
def test_values_of_parameters_are_only_values(name):
    dataset = sd.load(MINI)
    for value in [*ODD, "' or 1=1 --", "\0", "x" * 100_000]:
        with pytest.raises(UsageError):
            dataset.query("regional_shares", **{name: value})


# --- statements -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    out = tmp_path_factory.mktemp("sql") / "tables"
    store.write_tables(MINI, out)
    return out


HOSTILE = """
from read_text('/etc/passwd')
from read_text('{tables}/../../../../../../../../etc/passwd')
from read_blob('/etc/passwd')
from read_csv('/etc/passwd')
from sniff_csv('/etc/passwd')
from read_json('/etc/passwd')
from read_parquet('{outside}')
from parquet_metadata('{outside}')
from parquet_kv_metadata('{outside}')
from glob('/etc/*')
from '/etc/passwd'
from '{outside}'
from "{outside}"
from 'https://example.org/a.parquet'
from 's3://example/a.parquet'
from read_duckdb('/tmp/none.db')
select * from events union all select * from read_csv('/etc/passwd')
select (select content from read_text('/etc/passwd'))
from query('from read_text(''/etc/passwd'')')
from query_table('/etc/passwd')
select getenv('HOME')
select * from duckdb_secrets()
from duckdb_extensions()
from enable_logging(storage = 'file', storage_path = '{home}/logs')
from enable_profiling()
explain analyze from read_text('/etc/passwd')
explain analyze copy (select 1) to '{tables}/events.parquet'
explain copy (select 1) to '{tables}/events.parquet'
EXPLAIN/**/ANALYZE copy (select 1) to '{tables}/events.parquet'
explain /* a */ analyze copy (select 1) to '{tables}/events.parquet'
explain -- a
explain (analyze, format json) copy (select 1) to '{tables}/events.parquet'
explain analyze create table q as select 1
explain analyze create macro m() as 1
explain analyze drop view events
explain analyze prepare p as select 1
explain analyze call enable_logging()
explain analyze with t as (copy (select 1) to '{tables}/events.parquet') from t
explain with t as (copy (select 1) to '{tables}/events.parquet') from t
with t as (copy (select 1) to '{tables}/events.parquet') select * from t
/* a */ with t as materialized (copy (select 1) to '{tables}/x.csv') from t
with a as (select 1), t as (copy (from a) to '{tables}/x.csv') from t union all from t
with t as (insert into codes select * from codes returning code) from t
with t as (delete from codes returning code) from t
with t as (update codes set code = 'x' returning code) from t
from query('with t as (copy (select 1) to ''{tables}/x.csv'') from t')
copy events to '{tables}/x.csv'
copy events to '{home}/x.csv'
copy (select 1) to '{tables}/events.parquet' (format parquet)
copy codes from '/etc/passwd'
export database '{home}/x'
import database '{home}/x'
attach '{home}/x.db'
attach ':memory:' as other
detach memory
use memory
install httpfs
load httpfs
load '{home}/x.duckdb_extension'
set threads = 1
set enable_external_access = true
set lock_configuration = false
set global allowed_directories = ['/']
reset enable_external_access
set variable x = 1
pragma enable_profiling
pragma database_list
call pragma_version()
call enable_logging()
checkpoint
vacuum
analyze
begin
commit
rollback
prepare p as select 1
execute p
deallocate p
create table q as select 1
create or replace view events as select 1
create or replace macro count(x) as 1
create temp table events as select 1
create secret (type s3)
create schema q
create sequence q
create type q as enum ('x')
drop view events
drop table if exists codes
alter view events rename to other
comment on view events is 'x'
insert into codes select * from codes
update codes set code = 'x'
delete from codes
truncate codes
merge into codes using codes as c on true when matched then delete
select 1; select 2
select 1; drop view events
; drop view events
select 1 -- ;
\\; copy events to '{tables}/x.csv'
"""


def statements(tables, tmp_path):
    outside = tmp_path / "outside.parquet"
    pq.write_table(pa.table({"a": [1]}), outside)
    for line in HOSTILE.strip().splitlines():
        yield line.replace("\\;", "select 1;").format(tables=tables, outside=outside, home=tmp_path)


def test_statements_that_reach_out_are_refused(tables, tmp_path):
    found = list(statements(tables, tmp_path))
    for form in (tables, MINI):
        dataset = sd.load(form)
        codes = dataset.sql("select count(*) as n from codes")["n"].item()
        for statement in found:
            if statement == "select 1 -- ;":
                assert len(dataset.sql(statement)) == 1
                continue
            for as_ in ("pandas", "arrow"):
                with pytest.raises(UsageError):
                    dataset.sql(statement, as_=as_)
        assert dataset.sql("select count(*) as n from codes")["n"].item() == codes
        assert dataset.sql("select count(*) as n from events")["n"].item() == 5
    assert verify.tables(tables)[0] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside.parquet"]


def test_objects_of_python_are_no_tables(tables):
    secret = pa.table({"a": [1]})
    with pytest.raises(UsageError):
        sd.load(tables).sql("from secret")
    with pytest.raises(UsageError):
        sd.load(MINI).sql("from secret", as_="arrow")
    assert secret.num_rows == 1


@pytest.mark.parametrize(
    "statement",
    [
        "explain select * from events",
        "explain analyze select * from events",
        "explain (analyze, format json) from events",
        "show tables",
        "describe events",
        "summarize events",
        "with recursive r as (select 1 as a union all select a + 1 from r where a < 3) from r",
        "values (1)",
        "table events",
        "(select 1) union (select 2) order by 1;",
        'select \'"type":"COPY_QUERY_NODE"\'',
        'select 1 as """type"":""COPY_QUERY_NODE"""',
    ],
)
def test_statements_that_read_are_run(statement, tables):
    assert len(sd.load(tables).sql(statement))


def test_unsafe_statements_may_reach_out(tables, tmp_path):
    dataset = sd.load(tables)
    assert len(dataset.sql("from read_text('/etc/hostname')", unsafe=True)) == 1
    dataset.sql(f"copy events to '{tmp_path}/events.csv'", unsafe=True, as_="arrow")
    assert (tmp_path / "events.csv").is_file()
    with pytest.raises(UsageError):
        dataset.sql("select 1; select 2", unsafe=True)
    with pytest.raises(SecdiploError):
        dataset.sql("from read_text('/etc/hostname')")


@pytest.mark.parametrize(
    "name", ["x=1", "city=Xiamen", "a[1]", "a*", "q'uote", "{a,b}", "new\nline"]
)
def test_names_of_folders_are_only_names(name, tmp_path):
    place = tmp_path / name
    place.mkdir()
    folder = shutil.copytree(MINI, place / "set")
    store.write_tables(folder, place / "tables")
    cities = [sd.load(MINI).table("events")["city"].dropna().tolist()]
    cities += [
        sd.load(place / form).table("events")["city"].dropna().tolist()
        for form in ("set", "tables")
    ]
    assert cities[0] == cities[1] == cities[2]
    assert verify.tables(place / "tables")[0] == []
