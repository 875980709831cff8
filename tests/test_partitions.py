"""Queries on large tables give the same rows whatever the partitions of the events."""

from __future__ import annotations

import itertools
import runpy
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import secdiplo as sd
from secdiplo import query as queries
from secdiplo import store
from secdiplo.folder import resources
from secdiplo.ingest import staging
from secdiplo.query import batches
from secdiplo.schema.tables import TABLES
from secdiplo.store import partitions, writing
from secdiplo.store.partitions import EventPartition
from secdiplo.store.process_connection import ProcessConnection

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
OTHERS = runpy.run_path(str(ROOT / "tests" / "test_engines.py"))
GROUP = 32  # rows of a row group
ROOM = 500 * 80  # bytes: that many for 80 rows of the sheet, or for 10 of those that are wide


def regrouped(folder: Path) -> Path:
    """The same tables in row groups as small as those of large tables are beside their files."""
    for name in staging.DATED:
        for file in [folder / f"{name}.parquet", *folder.glob(f"{name}/*/*.parquet")]:
            if file.is_file():
                table = pq.read_table(file, partitioning=None)
                pq.write_table(table, file, row_group_size=GROUP)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The crowded copy of the built-in sheet, in one file a table and in one a year."""
    folder = tmp_path_factory.mktemp("partitions")
    plain = OTHERS["crowded"](folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "PARTED", 100)
        store.write_tables(folder / "data", folder / "years")
    return {"plain": regrouped(plain), "by year": regrouped(folder / "years")}


@pytest.fixture
def scarce(monkeypatch):
    monkeypatch.setattr(partitions, "_memory", lambda built: ROOM)


CASES = [
    pytest.param(where, name, params, id="-".join([where, name, *map(str, params.values())]))
    for where in ("plain", "by year")
    for name, settings in OTHERS["SETTINGS"].items()
    for params in settings
]


@pytest.mark.parametrize(("where", "name", "params"), CASES)
def test_every_query_gives_the_same_in_batches(folders, where, name, params, monkeypatch):
    built = store.open_tables(folders[where])
    expected = queries.run(built, name, params)
    assert expected.query.runs == ()
    monkeypatch.setattr(partitions, "_memory", lambda built: ROOM)
    found = queries.run(built, name, params)
    assert (found.columns, found.rows) == (expected.columns, expected.rows)
    if found.query.batches == ("rows",):  # in the order of years, which one file does not have
        assert len(found.query.runs) > 3 or (where == "plain" and not found.query.runs)
    elif found.query.batches:
        (run,) = found.query.runs
        assert len(run.before) > 3 * len(found.query.batches)
    streamed = queries.stream(built, name, params)
    assert streamed.columns == expected.columns
    assert list(itertools.chain.from_iterable(streamed.batches)) == expected.rows


@pytest.mark.parametrize("name", ["meeting_list", "dataset_totals", "official_counterparts"])
@pytest.mark.parametrize("where", ["plain", "by year"])
def test_frames_and_arrow_tables_are_the_same_too(folders, where, name, monkeypatch):
    ds = sd.load(folders[where])
    frame, table = ds.query(name, scope="all"), ds.query(name, scope="all", as_="arrow")
    monkeypatch.setattr(partitions, "_memory", lambda built: ROOM)
    assert ds.query(name, scope="all").equals(frame)
    assert ds.query(name, scope="all", as_="arrow").equals(table)


def test_threads_do_not_meet_in_their_shares(folders, scarce):
    from concurrent.futures import ThreadPoolExecutor

    ds = sd.load(folders["by year"])
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda _: ds.query("country_totals"), range(16)))
    assert all(frame.equals(frames[0]) for frame in frames)


@pytest.mark.parametrize("where", ["plain", "by year"])
def test_every_row_lies_in_one_share(folders, where, scarce):
    built = store.open_tables(folders[where])
    found = partitions.make_partitions(built, None, None, 500)
    assert len(found) >= 5
    for name in staging.DATED:
        built.need([name])
        key = ", ".join(TABLES[name].key)
        every = built.con.execute(f"select {key} from {name}").fetchall()
        held = [
            built.con.execute(f"select {key} from {built.source(name, None, None, one)}").fetchall()
            for one in found
        ]
        assert sorted(itertools.chain.from_iterable(held)) == sorted(every), name
        if "participation_id" in TABLES[name].by_name:  # rows of one event stay together
            place = TABLES[name].key.index("participation_id")
            events = [{row[place].rpartition("#")[0] for row in rows} for rows in held]
            assert sum(map(len, events)) == len(set().union(*events)), name


def test_a_share_holds_about_as_many_rows_as_there_is_memory_for(folders, scarce):
    built = store.open_tables(folders["by year"])
    for partition in partitions.make_partitions(built, None, None, 500):
        source = built.source("participations", None, None, partition)
        ((rows,),) = built.con.execute(f"select count(*) from {source}").fetchall()
        assert 0 < rows <= 80 + GROUP


def test_years_outside_the_window_have_no_shares(folders, scarce):
    built = store.open_tables(folders["by year"])
    found = partitions.make_partitions(built, "2024-02-01", "2024-12-31", 500)
    assert {partition.year for partition in found} == {2024}
    query, _ = queries.prepare(
        built, "agency_totals", {"scope": "all", "start": "2024-02-01", "end": "2024-12-31"}
    )
    assert all("event_year=2024" in sql for run in query.runs for sql in run.before)
    assert not any("event_year=2023" in sql for run in query.runs for sql in run.before)


def test_what_fits_into_memory_is_one_statement():
    built = store.open_tables(resources.built())
    assert partitions.make_partitions(built, None, None, 500) == []
    assert queries.prepare(built, "agency_totals", {})[0].runs == ()


def test_a_dataset_folder_is_one_statement(scarce):
    ds = sd.load("tests/data/mini")
    assert ds.query("agency_totals").shape[0] > 0
    assert partitions.make_partitions(ds._built, None, None, 500) == []


def test_keys_with_signs_below_the_number_sign_begin_no_share():
    """A participation's key, `a#1`, must lie between the keys between which its event lies."""
    partition = EventPartition(None, "a", "b")
    assert partition.where(TABLES["events"]) == "event_id >= 'a' and event_id < 'b'"
    assert "participation_id < 'b'" in partition.where(TABLES["interaction_topics"])
    assert partition.where(TABLES["countries"]) == ""
    assert EventPartition(None, None, "it's").where(TABLES["events"]) == "event_id < 'it''s'"


@pytest.mark.parametrize("key", ["a b", "a!", 'a"', "a#2"])
def test_such_a_key_is_passed_over(tmp_path, key):
    table = pq.read_table(resources.built() / "participations.parquet").slice(0, 3)
    keys = [["a"], [key], ["b"]]
    rows = [table.slice(n, 1).set_column(1, "event_id", [keys[n]]) for n in range(3)]
    with pq.ParquetWriter(tmp_path / "participations.parquet", rows[0].schema) as writer:
        for one in rows:
            writer.write_table(one)
    connection = ProcessConnection(duckdb.connect(), "the test")
    built = replace(store.open_tables(resources.built()), connection=connection, folder=tmp_path)
    assert partitions._keys(built, ["participations.parquet"], 1) == ["b"]


@pytest.mark.parametrize("name", queries.names())
def test_the_steps_are_there_and_every_count_of_events_has_some(name):
    query = queries.load(name)
    for step in set(query.batches) - {"rows"}:
        first, last = batches.span(query.sql, step)
        assert query.sql[first:last].strip().startswith("select")
    # The first reads few events, and the second counts rows of the sheet.
    counts = "in_scope" in query.sql and name not in {"dialogue_attendance", "column_summary"}
    assert bool(query.batches) == counts


def test_a_step_that_is_not_there_is_refused():
    with pytest.raises(sd.UsageError, match="no step `totals`"):
        batches.span("with one as (\n    select 1\n)\n\nselect * from one", "totals")
