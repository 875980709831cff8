"""The second engine: every packaged query and rule on Spark, cell by cell as on DuckDB."""

from __future__ import annotations

import importlib.util
import json
import os
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import secdiplo as sd
from secdiplo import query as queries
from secdiplo import store
from secdiplo.claims.reproduce import reproduce
from secdiplo.engine import open_engine
from secdiplo.folder import resources
from secdiplo.scale.spark_sql import REFUSED, to_spark
from secdiplo.schema.tables import TABLES
from secdiplo.store import integrity
from secdiplo.store.opening import declared_settings
from secdiplo.store.process_connection import ProcessConnection

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
BUILT_IN = declared_settings(None)
LACKING = [name for name in ("pyspark", "sqlglot") if importlib.util.find_spec(name) is None]
if not shutil.which("java"):
    LACKING.append("java")
spark = pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")
translated = pytest.mark.skipif("sqlglot" in LACKING, reason="not installed: sqlglot")

COMMON = [
    {},
    {"scope": "all", "confidence": "medium"},
    {"official_rank": "vice_minister,assistant_minister", "start": "2023", "end": "2024-09-10"},
    {"agency": "CPLC,MSS", "official": "Chen Yixin", "scope": "all"},
    {"min_sources": 2},
]
FILTERS = [
    {"region": ["Africa", "Southeast Asia"], "not_country": "VNM", "not_mode": "phone"},
    {
        "format": ["bilateral", "sideline"],
        "topic": "counterterrorism",
        "not_official_rank": "minister",
    },
    {"not_forum": "GPSCFL", "not_topic": "cybersecurity", "scope": "all"},
    {"forum": ["GPSCFL 2024", "SCO Security Council Secretaries Meeting"], "scope": "all"},
]
FORUMS = [{"forum": "GPSCFL 2024", "scope": "all"}, {"forum": "GPSCFL 2023", "scope": "all"}]
SETTINGS = {
    "agency_totals": COMMON,
    "bilateral_by_region": [*COMMON, {"scheme": "un_m49_intermediate", "scope": "all"}],
    "column_summary": [{}],  # test_extra_columns.py compares both engines on values
    "country_totals": [*COMMON, {"scheme": "un_m49_subregion", "scope": "all"}],
    "dataset_totals": [*COMMON, *FILTERS],
    "dialogue_attendance": [COMMON[0], COMMON[2], *FORUMS],
    "earliest_evidence": [{}],
    "format_totals": COMMON,
    "forum_attendance": [{}, {"forum": "GPSCFL 2024"}],
    "forum_attendees": [{}, {"forum": "GPSCFL 2024", "scheme": "un_m49"}],
    "forum_sessions": COMMON[:3],
    "forums_by_region": COMMON[:3],
    "forum_window": [COMMON[0], COMMON[2], *FORUMS, {"days": 30, "scope": "all"}],
    "gsi_supporters": [
        {},
        {"as_of": "2022-04-30"},
        {"as_of": "2025", "scheme": "un_m49"},
        {"wording": "support"},
    ],
    "mentions_coded": [{}],
    "nonstate_actor_totals": [{}],  # test_nonstate_actors.py compares both engines on values
    "official_counterparts": [{}, {"top": 0, "scope": "all"}, {"top": 1, **COMMON[2]}],
    "organization_events": [{}, {"organization": "SCO", "scope": "all"}],
    "organization_totals": COMMON[:3],
    "meeting_list": [{}, {"scope": "all", "scheme": "un_m49"}, COMMON[3]],
    "period_totals": [
        *COMMON,
        *({"by": by, "scope": "all"} for by in ("half", "year", "quarter", "month")),
    ],
    "regional_shares": [
        *COMMON,
        {"scheme": "un_m49", "scope": "all"},
        *({"unit": unit} for unit in ("interaction", "agency_interaction", "participation")),
    ],
    "seed_disagreements": [{}],
    "sideline_counts": COMMON,
    "topic_totals": [*COMMON[:3], *FILTERS],
    "training_pledges": [{}],
}
CASES = [
    pytest.param(where, name, params, id="-".join([where, name, *map(str, params.values())]))
    for where in ("built-in", "synthetic", "crowded")
    for name, settings in SETTINGS.items()
    for params in (settings if where == "crowded" else settings[:1])
    if where != "synthetic" or name not in BUILT_IN["queries"]  # it has none of its own
]


def of_a_module(path: str, name: str):
    return runpy.run_path(str(ROOT / path))[name]


def crowded(folder: Path) -> Path:
    """The crowded copy of the built-in folder, built."""
    of_a_module("tests/test_queries_numbers.py", "crowd")(folder / "data")
    shutil.copytree(ROOT / "seeds" / "annotations", folder / "seeds" / "annotations")
    sd.build(folder / "data", folder / "tables")
    return folder / "tables"


@pytest.fixture(scope="module", autouse=True)
def quick_java():
    """Java compiles for a short life: the same results sooner."""
    kept = os.environ.get("JDK_JAVA_OPTIONS")
    os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    yield
    os.environ.pop("JDK_JAVA_OPTIONS")
    if kept is not None:
        os.environ["JDK_JAVA_OPTIONS"] = kept


def on_both(folder: Path):
    built = store.open_tables(folder)
    other = open_engine("spark", "local[2]", built.folder, built.manifest)
    return built, replace(built, engine=other)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The built-in tables, synthetic and crowded ones, each on both engines."""
    folder = tmp_path_factory.mktemp("engines")
    sd.simulate(folder / "made_up", 2_000, seed=3)
    sd.build(folder / "made_up", folder / "synthetic")
    return {
        "built-in": on_both(resources.built()),
        "synthetic": on_both(folder / "synthetic"),
        "crowded": on_both(crowded(folder / "crowded")),
    }


def typed(rows):
    return [tuple((type(cell), cell) for cell in row) for row in rows]


# --- queries --------------------------------------------------------------------------------


@spark
@pytest.mark.parametrize(("where", "name", "params"), CASES)
def test_every_query_gives_the_same_cells_in_the_same_order(both, where, name, params):
    here, there = (queries.run(built, name, params) for built in both[where])
    assert there.columns == here.columns
    assert typed(there.rows) == typed(here.rows)


def test_every_query_is_compared_or_refused():
    assert set(SETTINGS) | set(REFUSED) == set(queries.names(BUILT_IN))
    assert not set(SETTINGS) & set(REFUSED)


@spark
def test_published_figures_are_found_alike():
    here, there = (reproduce(built) for built in on_both(resources.built()))
    assert there == here
    assert sum(finding.recomputed is not None for finding in there) > 50


@spark
def test_large_tables_are_planned_otherwise_and_give_the_same(monkeypatch):
    """Partitions, adaptive plans and compiled stages, which small tables do without."""
    monkeypatch.setattr("secdiplo.scale.spark.PARTITION_BYTES", 20_000)
    here, there = on_both(resources.built())
    for name in ("official_counterparts", "meeting_list", "regional_shares"):
        rows = [typed(queries.run(built, name, {"scope": "all"}).rows) for built in (here, there)]
        assert rows[0] == rows[1]


@spark
def test_shares_are_rounded_alike():
    """Every percentage of up to three hundred things, halves among them."""
    _, there = on_both(resources.built())
    share = "round(cast(100 as double) * m / n, 1)"
    pairs = [(m, n) for n in range(1, 301) for m in range(n + 1)]
    rows = duckdb.execute(
        f"select {share} from (select unnest($m) as m, unnest($n) as n)",
        {"m": [m for m, _ in pairs], "n": [n for _, n in pairs]},
    ).fetchall()
    frame = there.engine._session.createDataFrame(pairs, "m int, n int")
    assert [row[0] for row in frame.selectExpr(share).collect()] == [row[0] for row in rows]


@spark
def test_frames_and_arrow_have_the_types_of_duckdb():
    here, there = sd.load(), sd.load(engine="spark", master="local[2]")
    for name in ("meeting_list", "regional_shares", "training_pledges"):
        frame = there.query(name)
        pd.testing.assert_frame_equal(frame, here.query(name))
        assert frame.attrs == here.query(name).attrs
    table = there.query("forum_sessions", as_="arrow")
    assert table.equals(here.query("forum_sessions", as_="arrow"), check_metadata=True)


# --- translation ----------------------------------------------------------------------------

OUTSIDE = {
    "select len(list(e.city)) as n from events as e": "List|Length|ArraySize|ArrayAgg",
    "select quantile_cont(f.year, 0.5) as n from forums as f": "PercentileCont|decimal 0.5",
    "pivot events on format using count(*)": "Pivot",
    "select e.city from events as e, range(3) as t(y)": "function range|Range|GenerateSeries",
    "select string_agg(e.city, ';') as c from events as e": "in no order",
    "select 100.0 * f.year / 3 as n from forums as f": "not cast to double",
    "select round(f.year, 1) as n from forums as f": "not a quotient",
    "select f.year // 3 as n from forums as f": "IntDiv",
    "select f.year + 0.1 as n from forums as f": "decimal 0.1",
    "select date_diff('month', e.date_min, e.date_max) as n from events as e": "units of",
    "select extract(week from e.date_min) as n from events as e": "extracts week",
    "select cast(f.year as hugeint) as n from forums as f": "casts to",
    "select regexp_matches(e.city, 'x') as n from events as e": "RegexpLike",
    "select no_such_function(e.city) as n from events as e": "the function no_such_function()",
    "select columns('.*') from events": "Columns|function columns",
    "select unnest([1, 2]) as n": "Unnest|Explode|Array",
    "select lower(e.city) as n from events as e": "Lower",
}


@translated
@pytest.mark.parametrize("sql", list(OUTSIDE))
def test_what_is_outside_of_the_common_subset_is_refused_by_name(sql):
    with pytest.raises(sd.UsageError, match="`odd` does not run on Spark: .*--engine duckdb") as it:
        to_spark("odd", sql)
    assert any(word in str(it.value) for word in OUTSIDE[sql].split("|")), it.value


@translated
def test_a_query_that_is_listed_is_refused_with_its_reason(monkeypatch):
    monkeypatch.setitem(REFUSED, "listed", "its medians differ")
    with pytest.raises(sd.UsageError, match="`listed` does not run on Spark: its medians differ"):
        to_spark("listed", "select 1 as n")


@translated
def test_values_are_bound_not_spliced():
    for name in queries.names(BUILT_IN):
        query = queries.load(name, BUILT_IN)
        text = to_spark(name, query.sql)
        assert all(f":{param.name}" in text for param in query.params)
        assert "$" not in text


# --- whole tables ---------------------------------------------------------------------------


@spark
def test_whole_tables_hold_on_both(both):
    for where in ("synthetic", "crowded"):
        assert [integrity.check(built) for built in both[where]] == [[], []]


@pytest.fixture(scope="module")
def loose():
    """The built-in tables in memory, which a test may spoil and put back."""
    built = store.open_tables(resources.built())
    con = duckdb.connect()
    for name in built.tables:
        file = resources.built() / f"{name}.parquet"
        con.execute(f"create table {name} as from read_parquet('{file}')")
    return store.Built(ProcessConnection(con, "these tables"), built.manifest, None)


@pytest.mark.parametrize("rule", integrity.rules(), ids=lambda r: f"{r.table}-{r.name}")
def test_every_rule_can_be_broken(loose, rule):
    kind, names = rule.name.rstrip(")").split("(")
    column = names.split(", ")[-1]
    con = loose.con
    con.execute(f"create table kept as from {rule.table}")
    try:
        one = f'(select min(rowid) from {rule.table} where "{column}" is not null)'
        ((filled,),) = con.execute(f'select count("{column}") from {rule.table}').fetchall()
        if not filled and kind != "key":
            con.execute(f'insert into {rule.table} ("{column}") values (null)')
            one = f"(select max(rowid) from {rule.table})"
        ((rows,),) = con.execute(f"select count(*) from {rule.table}").fetchall()
        if kind == "key" and not rows:
            kinds = [column.kind for column in TABLES[rule.table].columns]
            texts = ", ".join("'2024-01-01'" if kind == "date" else "'x'" for kind in kinds)
            con.execute(f"insert into {rule.table} values ({texts})")
        if kind == "key":
            con.execute(f"insert into {rule.table} select * from {rule.table} limit 1")
        else:
            value = "null" if kind == "required" else "'no such'"
            number = TABLES[rule.table].by_name[column].sql_type != "VARCHAR"
            assert not (number and kind != "required")
            con.execute(f'update {rule.table} set "{column}" = {value} where rowid = {one}')
        found = {
            str(f.rule.name): f.rows for f in integrity.check(loose) if f.rule.table == rule.table
        }
    finally:
        con.execute(f"drop table {rule.table}")
        con.execute(f"alter table kept rename to {rule.table}")
    assert found[rule.name] == (2 if kind == "key" else 1)


def spoiled(folder: Path) -> Path:
    """A copy of the built-in tables of which each kind of rule is broken, of equal length."""
    shutil.copytree(resources.built(), folder)
    edits = {
        "interactions": "case when n <= 2 then 'no such' else event_id end as event_id, "
        "case when n = 3 then 'planet' else counterpart_type end as counterpart_type",
        "participations": "case when n = 1 then 'FBI' else agency end as agency, "
        "case when n = 2 then null else official_rank end as official_rank",
        "sources": "case when n <= 3 then 'src-same' else source_id end as source_id",
    }
    for name, edit in edits.items():
        old, new = folder / f"{name}.parquet", folder / f"{name}.new"
        duckdb.execute(
            f"copy (select * exclude (n) from (select * replace ({edit}) from (select *, "
            f"row_number() over () as n from read_parquet('{old}')))) to '{new}' (format parquet)"
        )
        new.rename(old)
    return folder


BROKEN = {
    "interactions: reference(event_id)": 2,
    "interactions: code(counterpart_type)": 1,
    "participations: code(agency)": 1,
    "participations: required(official_rank)": 1,
    "sources: key(source_id)": 3,
}


@spark
def test_broken_tables_are_told_alike(tmp_path):
    here, there = map(integrity.check, on_both(spoiled(tmp_path / "tables")))
    assert there == here
    found = {f"{f.rule.table}: {f.rule.name}": f.rows for f in here}
    assert BROKEN.items() <= found.items()


def test_the_command_says_what_is_broken(tmp_path):
    done = run("verify", str(spoiled(tmp_path / "tables")), check=False)
    assert done.returncode == 1
    for text in BROKEN:
        assert text in done.stderr
    assert "rules are broken" in done.stderr
    assert run("verify").stdout.endswith(f"{len(integrity.rules())} rules hold\n")


# --- files ----------------------------------------------------------------------------------


@spark
def test_a_table_may_lie_in_several_files_below_a_year(tmp_path):
    """Whatever the name of the folder; the year of a path is no column of the table."""
    folder = tmp_path / "tables [of] {one}, *two?"
    shutil.copytree(resources.built(), folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "events.parquet").unlink()
    listed = []
    for year in (2022, 2023, 2024, 2025):
        file = f"events/event_year={year}/part-0.parquet"
        (folder / file).parent.mkdir(parents=True)
        where = f"greatest(2022, least(2025, year(date_min))) = {year}"
        events = duckdb.from_parquet(str(resources.built() / "events.parquet"))
        events.filter(where).write_parquet(str(folder / file))
        listed.append({"file": file})
    manifest["tables"]["events"]["parts"] = listed
    engine = open_engine("spark", None, folder, manifest)
    built = store.open_tables(resources.built())
    query, values = queries.prepare(built, "meeting_list", {"scope": "all"})
    columns, rows = engine.fetch(query, queries.used(query, values))
    expected = queries.run(built, "meeting_list", {"scope": "all"})
    assert (columns, rows) == (expected.columns, expected.rows)


@spark
def test_a_damaged_file_is_a_message(tmp_path):
    folder = tmp_path / "tables"
    shutil.copytree(resources.built(), folder)
    _, there = on_both(folder)
    there.need(there.tables)
    (folder / "pledges.parquet").write_bytes(b"PAR1 not a table PAR1")
    with pytest.raises(sd.StoreError, match="Spark cannot read the tables") as it:
        queries.run(there, "training_pledges", {})
    assert "\n" not in str(it.value)


# --- calls ----------------------------------------------------------------------------------


def run(*args: str, check=True, cwd=None, env=None, before="pass"):
    code = (
        f"import sys; {before}; from secdiplo.cli import run; sys.argv[1:] = {list(args)!r}; run()"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=check,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )


@spark
def test_the_command_prints_the_same_and_nothing_else(tmp_path):
    args = ("query", "regional_shares", "--format", "csv")
    done = run(*args, "--engine", "spark", "--master", "local[2]", cwd=tmp_path)
    assert done.stdout == run(*args).stdout
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["query", "agency_totals", "--master", "local"], "--master needs --engine spark"),
        (["query", "agency_totals", "--engine", "flink"], "'flink' is not one of"),
        (["query", "agency_totals", "--draws", "--engine", "spark"], "--draws runs on DuckDB"),
        (["verify", "a", "--data", "b"], "name one folder"),
        (["verify", "", "--engine", "spark"], "name one folder"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(args, said):
    done = run(*args, check=False)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("name", ["pyspark", "sqlglot"])
def test_without_the_extra_it_says_what_to_install(name):
    done = run(
        "reproduce", "--engine", "spark", before=f"sys.modules['{name}'] = None", check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install '.[scale]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif("pyspark" in LACKING, reason="not installed: pyspark")
def test_without_java_it_says_so(tmp_path):
    env = {"PATH": str(tmp_path), "JAVA_HOME": ""}
    done = run("query", "agency_totals", "--engine", "spark", env=env, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Java 17 or later" in done.stderr
    assert "Traceback" not in done.stderr


@spark
def test_a_master_that_is_none_is_a_message(tmp_path):
    done = run("query", "agency_totals", "--engine", "spark", "--master", "nowhere", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Spark does not start with master nowhere (" in done.stderr
    assert "Traceback" not in done.stderr


@spark
def test_one_process_has_one_master():
    sd.load(engine="spark", master="local[2]")
    with pytest.raises(sd.UsageError, match=r"runs in this process with master local\[2\]"):
        sd.load(engine="spark", master="local[1]")


def test_an_engine_is_one_of_a_few():
    with pytest.raises(sd.UsageError, match="one of duckdb, spark"):
        sd.load(engine="flink")
    with pytest.raises(sd.UsageError, match="a master needs the engine spark"):
        sd.load(master="local")
    assert (
        sd.load(engine="duckdb").query("dataset_totals").equals(sd.load().query("dataset_totals"))
    )


def test_spark_reads_built_tables_alone():
    with pytest.raises(sd.UsageError, match="run `secdiplo build FOLDER -o OUT`"):
        sd.load("tests/data/mini", engine="spark")
