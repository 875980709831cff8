"""Tables by year, sheets in several files and forms, rows added: always the same dataset."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo import query as queries
from secdiplo import store
from secdiplo.cli import main
from secdiplo.errors import DataError, StoreError, UsageError
from secdiplo.ingest import sheet_files, staging
from secdiplo.schema.tables import TABLES
from secdiplo.store import append, verify, workspace, writing
from secdiplo.store.append import append_rows

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "data" / "mini"


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def sheet_rows(folder):
    with (folder / "curated" / "interactions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def save_rows(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def save_zst(path, rows):
    save_rows(path.with_suffix(""), rows)
    with pa.OSFile(str(path), "wb") as raw, pa.CompressedOutputStream(raw, "zstd") as out:
        out.write(path.with_suffix("").read_bytes())
    path.with_suffix("").unlink()


def save_parquet(path, rows):
    columns = {
        name: pa.array([row[place] or None for row in rows[1:]], pa.string())
        for place, name in enumerate(rows[0])
    }
    pq.write_table(pa.table(columns), path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The real sheet under another name (the shipped annotations are of the real one alone)."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    shutil.copytree(ROOT / "data", folder)
    # Of its tables, this one refers to events, of which some tests take a part.
    for file in ("tables/mentions.json", "curated/mentions.csv", "queries/mentions_coded.sql"):
        (folder / file).unlink()
    text = (folder / "dataset.toml").read_text(encoding="utf-8")
    (folder / "dataset.toml").write_text(
        text.replace('name = "china_internal_security"', 'name = "other"'), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def plain(whole, tmp_path_factory):
    out = tmp_path_factory.mktemp("plain") / "tables"
    store.write_tables(whole, out)
    return out


@pytest.fixture(scope="module")
def by_year(whole, tmp_path_factory):
    """The same dataset as if it had more rows than one file of a table takes."""
    out = tmp_path_factory.mktemp("years") / "tables"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "PARTED", 100)
        patch.setattr(staging, "MAX_STAGED", 0)
        store.write_tables(whole, out)
    return out


# --- tables by year -----------------------------------------------------------------------------


def test_tables_by_year_have_the_same_content(plain, by_year):
    one, many = manifest_of(plain)["tables"], manifest_of(by_year)["tables"]
    for name in TABLES:
        assert {key: many[name][key] for key in ("rows", "content")} == one[name], name
    assert {name for name in TABLES if "parts" in many[name]} == set(staging.DATED)


def test_a_file_a_year_holds_the_events_that_begin_in_it(by_year):
    years = {}
    for part in manifest_of(by_year)["tables"]["events"]["parts"]:
        table = pq.read_table(by_year / part["file"], partitioning=None)
        assert table.num_rows == part["rows"]
        starts = table.column("date_min").to_pylist()
        assert {day.year for day in starts} == {part["year"]}
        assert min(starts).isoformat() == part["first"]
        assert max(table.column("date_max").to_pylist()).isoformat() == part["last"]
        years[part["year"]] = set(table.column("event_id").to_pylist())
    for name in ("participations", "interactions", "event_sources"):
        for part in manifest_of(by_year)["tables"][name]["parts"]:
            table = pq.read_table(by_year / part["file"], partitioning=None)
            assert set(table.column("event_id").to_pylist()) <= years[part["year"]], name


def test_foreign_readers_read_tables_by_year(by_year, plain):
    import polars as pl

    found = pl.scan_parquet(by_year / "participations", hive_partitioning=True).collect()
    assert found.height == manifest_of(plain)["tables"]["participations"]["rows"]
    assert "event_year" in found.columns
    with duckdb.connect() as con:
        counted = con.execute(
            f"select event_year, count(*) from '{by_year}/events/*/*.parquet' group by 1 order by 1"
        ).fetchall()
    parts = manifest_of(by_year)["tables"]["events"]["parts"]
    assert counted == [(part["year"], part["rows"]) for part in parts]


SETTINGS = [
    {},
    {"scope": "all"},
    {"start": "2024-01-01", "end": "2024-12-31"},
    {"scope": "all", "end": "2023-03-31"},
    {"scope": "all", "start": "2025-03-01"},
    {"scope": "all", "start": "1999-01-01", "end": "1999-12-31"},
]


@pytest.mark.parametrize("name", queries.names())
def test_every_query_gives_the_same_over_tables_by_year(plain, by_year, name):
    one, many = store.open_tables(plain), store.open_tables(by_year)
    known = {param.name for param in queries.load(name).params}
    for given in SETTINGS:
        if not given.keys() <= known:
            continue
        needed = {"organization": "INTERPOL"} if "organization" in known else {}
        expected = queries.run(one, name, {**given, **needed})
        found = queries.run(many, name, {**given, **needed})
        assert (found.columns, found.rows) == (expected.columns, expected.rows), given


def test_a_window_leaves_files_of_other_years_unread(by_year):
    built = store.open_tables(by_year)
    query, _ = queries.prepare(
        built, "country_totals", {"scope": "all", "start": "2024-02-01", "end": "2024-12-31"}
    )
    assert "event_year=2024" in query.sql
    assert "event_year=2025" not in query.sql
    assert "event_year=2022" not in query.sql
    query, _ = queries.prepare(built, "country_totals", {"scope": "all"})
    assert "event_year" not in query.sql


def test_an_event_over_two_years_is_found_in_the_year_of_its_first_day(
    tmp_path, mini, make_bad, monkeypatch
):
    monkeypatch.setattr(writing, "PARTED", 1)
    cell = make_bad["cell"]
    for row in (2, 3, 4):
        cell(row, "date", "2023-12-30")(mini)
        cell(row, "date_end", "2024-01-02")(mini)
        cell(row, "source_date", "2024-01-02")(mini)
    store.write_tables(mini, tmp_path / "tables")
    built = store.open_tables(tmp_path / "tables")
    for day, events in (("2023-12-30", 1), ("2024-01-01", 0)):
        given = {"scope": "all", "start": day, "end": day}
        assert queries.run(built, "dataset_totals", given).rows[0][0] == events


def test_a_manifest_cannot_lead_out_of_the_folder(by_year, tmp_path):
    folder = shutil.copytree(by_year, tmp_path / "copy")
    manifest = manifest_of(folder)
    manifest["tables"]["events"]["parts"][0]["file"] = "../../secret.parquet"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StoreError, match="names files that a build does not write"):
        sd.load(folder)


# --- sheets in several files and forms ----------------------------------------------------------


@pytest.mark.parametrize("form", [".csv.gz", ".csv.zst", ".parquet"])
@pytest.mark.parametrize("late", [False, True], ids=["small", "large"])
def test_a_sheet_of_another_form_gives_the_same_tables(
    whole, plain, tmp_path, form, late, monkeypatch
):
    if late:
        monkeypatch.setattr(sheet_files, "LARGE_SHEET", 0)
        monkeypatch.setattr(workspace, "SPILL", 0)
    folder = shutil.copytree(whole, tmp_path / "data")
    rows = sheet_rows(folder)
    (folder / "curated" / "interactions.csv").unlink()
    save = {".csv.gz": save_rows, ".csv.zst": save_zst, ".parquet": save_parquet}[form]
    save(folder / "curated" / f"interactions{form}", rows)
    manifest, notices = store.write_tables(folder, tmp_path / "out")
    assert notices == []
    assert manifest["tables"] == manifest_of(plain)["tables"]
    assert f"curated/interactions{form}" in manifest["inputs"]


@pytest.fixture
def split(whole, tmp_path):
    """The real sheet in three files of three forms, named by a pattern."""
    folder = shutil.copytree(whole, tmp_path / "split")
    header, *rows = sheet_rows(folder)
    (folder / "curated" / "interactions.csv").unlink()
    save_rows(folder / "curated" / "rows-1.csv", [header, *rows[:100]])
    save_rows(folder / "curated" / "rows-2.csv.gz", [header, *rows[100:200]])
    save_parquet(folder / "curated" / "rows-3.parquet", [header, *rows[200:]])
    text = (folder / "dataset.toml").read_text(encoding="utf-8")
    (folder / "dataset.toml").write_text(
        'interactions = "curated/rows-*"\n' + text, encoding="utf-8"
    )
    return folder


def test_a_sheet_in_several_files_gives_the_same_tables(split, plain, tmp_path):
    manifest, notices = store.write_tables(split, tmp_path / "out")
    assert notices == []
    assert manifest["tables"] == manifest_of(plain)["tables"]


def test_problems_name_the_file_and_line_among_several(split):
    header, *rows = sheet_rows_of_gz(split / "curated" / "rows-2.csv.gz")
    place = header.index("agency")
    rows[4][place] = "MPX"
    save_rows(split / "curated" / "rows-2.csv.gz", [header, *rows])
    table = pq.read_table(split / "curated" / "rows-3.parquet")
    ranks = table.column("official_rank").to_pylist()
    ranks[6] = "czar"
    table = table.set_column(
        table.schema.get_field_index("official_rank"), "official_rank", pa.array(ranks)
    )
    pq.write_table(table, split / "curated" / "rows-3.parquet")
    found = [str(problem) for problem in sd.check(split)]
    assert found[0].startswith("curated/rows-2.csv.gz:6:agency: unknown code `MPX`")
    assert found[1].startswith("curated/rows-3.parquet:7:official_rank: unknown code `czar`")
    assert len(found) == 2


def sheet_rows_of_gz(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_key_in_two_files_names_both(split):
    header, *rows = sheet_rows_of_gz(split / "curated" / "rows-2.csv.gz")
    first = list(csv.reader((split / "curated" / "rows-1.csv").open(encoding="utf-8", newline="")))
    save_rows(split / "curated" / "rows-2.csv.gz", [header, *rows, first[3]])
    found = [str(problem) for problem in sd.check(split)]
    assert len(found) == 1
    assert found[0].startswith("curated/rows-2.csv.gz:102:event_key: the same event_key + agency")
    assert "as line 4 of curated/rows-1.csv; remove one" in found[0]


def test_two_sheets_under_the_usual_names_are_one_too_many(mini):
    save_rows(mini / "curated" / "interactions.csv.gz", sheet_rows(mini))
    (problem,) = sd.check(mini)
    assert str(problem).startswith(
        "curated/interactions.csv.gz:1:1: a second sheet of interactions beside "
        "curated/interactions.csv; keep one"
    )


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("../other/*.csv", "is outside the folder; keep it inside"),
        ("/etc/passwd", "is outside the folder; keep it inside"),
        ("", "is outside the folder; keep it inside"),
        ("curated/nothing-*.csv", "no file `curated/nothing-*.csv` in the folder"),
        ("dataset.toml", "has no supported extension"),
    ],
)
def test_a_pattern_that_names_no_sheets(mini, value, what):
    toml = mini / "dataset.toml"
    toml.write_text(f'interactions = "{value}"\n' + toml.read_text("utf-8"), encoding="utf-8")
    (problem,) = sd.check(mini)
    assert what in problem.what
    assert (problem.file, problem.line, problem.column) == ("dataset.toml", 1, "interactions")


def test_a_sheet_beside_those_that_are_named_is_not_left_out_in_silence(split):
    shutil.copyfile(MINI / "curated" / "interactions.csv", split / "curated" / "interactions.csv")
    (problem,) = sd.check(split)
    assert str(problem) == (
        "curated/interactions.csv:1:1: not named by `interactions` of dataset.toml; "
        "name it too, or move it away"
    )


def test_a_list_of_sheets_is_told_how_to_be_one_pattern(split):
    toml = split / "dataset.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace('"curated/rows-*"', '["a.csv", "b.csv"]'), encoding="utf-8")
    (problem,) = sd.check(split)
    assert problem.what == "`interactions` is a list; give one pattern, `curated/*.csv`"


def test_cells_of_a_large_sheet_are_trimmed_like_those_of_a_small(mini, tmp_path, monkeypatch):
    expected, _ = store.write_tables(mini, tmp_path / "a")
    header, *rows = sheet_rows(mini)
    place = header.index("source_title")
    for row, mark in zip(rows, ("\u00a0", "\t", " ", "\u3000", "\n", "  "), strict=False):
        row[place] = f"{mark}{row[place]}{mark}"
    save_rows(mini / "curated" / "interactions.csv", [header, *rows])
    monkeypatch.setattr(sheet_files, "LARGE_SHEET", 0)
    found, _ = store.write_tables(mini, tmp_path / "b")
    assert found["tables"] == expected["tables"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_days_that_a_parquet_file_holds_as_timestamps_are_days(mini, unit, tmp_path):
    header, *rows = sheet_rows(mini)
    days = ("date", "date_end", "source_date")
    full = [r for r in rows if all(len(r[header.index(name)]) in (0, 10) for name in days)]
    assert len(full) > 3
    sheet = mini / "curated" / "interactions.csv"
    save_rows(sheet, [header, *full])
    expected, _ = store.write_tables(mini, tmp_path / "a")
    frame = pd.read_csv(sheet, dtype=str, parse_dates=["date", "date_end", "source_date"])
    for name in days:
        frame[name] = frame[name].astype(f"datetime64[{unit}]")
    sheet.unlink()
    frame.to_parquet(sheet.with_suffix(".parquet"))
    found, _ = store.write_tables(mini, tmp_path / "b")
    assert found["tables"] == expected["tables"]
    frame.loc[1, "date"] += pd.Timedelta(hours=9)
    frame.to_parquet(sheet.with_suffix(".parquet"))
    assert f"2:date: `{frame.loc[1, 'date']}` is not a date" in str(sd.check(mini)[0])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (pa.array([b"Bogot\xe1"] * 2, pa.binary()), "BLOB in Parquet, which is not text"),
        (pa.array([["a", "b"]] * 2), "VARCHAR[] in Parquet, which is not text"),
        (pa.array([{"a": 1}] * 2), "STRUCT(a BIGINT) in Parquet, which is not text"),
        (pa.array([0] * 2, pa.timestamp("us", "Asia/Shanghai")), "times with a time zone"),
        (pa.array([1, 2]), ""),
        (pa.array(["x", "y"]).dictionary_encode(), ""),
        (pa.array([None, None], pa.null()), ""),
        (pa.array([1.5, None]), ""),
        (pa.array([True, None]), ""),
    ],
)
def test_columns_of_parquet_that_are_no_text_are_refused(mini, values, said):
    header, *rows = sheet_rows(mini)
    sheet = mini / "curated" / "interactions.parquet"
    save_parquet(sheet, [header, *rows[:2]])
    (mini / "curated" / "interactions.csv").unlink()
    table = pq.read_table(sheet)
    place = header.index("note")
    pq.write_table(table.set_column(place, "note", values), sheet)
    found = [str(problem) for problem in sd.check(mini) if problem.column == "note"]
    assert len(found) == bool(said), found
    if said:
        assert found[0].startswith(f"curated/interactions.parquet:1:note: {said}")


def test_control_characters_in_parquet_are_named(mini):
    rows = sheet_rows(mini)
    rows[2][rows[0].index("note")] = "a \x07 bell"
    save_parquet(mini / "curated" / "interactions.parquet", rows)
    (mini / "curated" / "interactions.csv").unlink()
    assert [str(problem) for problem in sd.check(mini)] == [
        "curated/interactions.parquet:2:note: a control character; remove it"
    ]


# --- many problems ------------------------------------------------------------------------------


@pytest.fixture
def many_bad(mini):
    header, *rows = sheet_rows(mini)
    wrong = [list(rows[0]) for _ in range(3000)]
    for number, row in enumerate(wrong):
        row[header.index("event_key")] = f"event {number}"
        row[header.index("agency")] = "MPX"
        if number % 2:
            row[header.index("official_rank")] = "czar"
    save_rows(mini / "curated" / "interactions.csv", [header, *wrong])
    return mini


def test_problems_beyond_a_thousand_are_counted_by_kind(many_bad):
    found = sd.check(many_bad)
    assert found.number("error") == 3000 + 1500
    assert sum(problem.column == "agency" for problem in found) == 1000
    result = CliRunner().invoke(main, ["check", str(many_bad)])
    lines = result.stderr.splitlines()
    assert result.exit_code == 1
    assert lines[1000] == "... and 3,500 more problems:"
    assert lines[-1] == "4,500 errors, no notices"
    assert all(len(line) < 100 for line in lines[1000:])


def test_all_problems_go_into_a_file(many_bad, tmp_path):
    out = tmp_path / "problems.csv"
    result = CliRunner().invoke(main, ["check", str(many_bad), "--problems", str(out)])
    assert result.exit_code == 1
    with out.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["file", "line", "column", "level", "what"]
    assert len(rows) == 4500
    assert [int(row[1]) for row in rows] == sorted(int(row[1]) for row in rows)
    assert {row[2] for row in rows} == {"agency", "official_rank"}
    assert sum(row[2] == "agency" for row in rows) == 3000


def test_a_valid_folder_has_an_empty_file_of_problems(tmp_path):
    out = tmp_path / "problems.csv"
    result = CliRunner().invoke(main, ["check", str(MINI), "--problems", str(out)])
    assert result.exit_code == 0
    assert out.read_text(encoding="utf-8") == "file,line,column,level,what\n"


# --- rows added to built tables -----------------------------------------------------------------


@pytest.mark.parametrize("parted", [100, 10**6], ids=["by year", "one file"])
@pytest.mark.parametrize(("cut", "overlap"), [(250, 10), (300, 300), (1, 0)])
def test_rows_added_give_the_tables_of_a_build_of_all(
    whole, plain, tmp_path, monkeypatch, parted, cut, overlap
):
    monkeypatch.setattr(writing, "PARTED", parted)
    header, *rows = sheet_rows(whole)
    part = shutil.copytree(whole, tmp_path / "part")
    first = [list(row) for row in rows[:cut]]
    for row in first[cut - overlap :]:  # to be replaced: another title of the person, no topic
        row[header.index("counterpart_office")] = "to be corrected"
        row[header.index("topic")] = ""
    save_rows(part / "curated" / "interactions.csv", [header, *first])
    store.write_tables(part, tmp_path / "tables")
    save_rows(tmp_path / "new.csv", [header, *rows[cut - overlap :]])
    manifest, notices = append_rows(tmp_path / "tables", [tmp_path / "new.csv"])
    assert notices == []
    expected = manifest_of(plain)["tables"]
    for name in TABLES:
        body = manifest["tables"][name]
        assert {key: body[key] for key in ("rows", "content")} == expected[name], name
    result = CliRunner().invoke(main, ["verify", str(tmp_path / "tables")])
    assert result.exit_code == 0, result.stderr


def test_years_without_new_rows_keep_their_files(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "PARTED", 100)
    header, *rows = sheet_rows(whole)
    part = shutil.copytree(whole, tmp_path / "part")
    of_2023 = [row for row in rows if row[header.index("date")].startswith("2023")]
    save_rows(
        part / "curated" / "interactions.csv", [header, *(r for r in rows if r not in of_2023[:2])]
    )
    store.write_tables(part, tmp_path / "tables")
    places = {
        file.relative_to(tmp_path / "tables"): file.stat().st_ino
        for file in (tmp_path / "tables").rglob("event_year=*/*.parquet")
    }
    save_rows(tmp_path / "new.csv", [header, *of_2023[:2]])
    append_rows(tmp_path / "tables", [tmp_path / "new.csv"])
    same = {
        file: (tmp_path / "tables" / file).stat().st_ino == place for file, place in places.items()
    }
    assert {file.parts[1] for file, kept in same.items() if not kept} == {"event_year=2023"}


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("agency", "MPX", "new.csv:2:agency: unknown code `MPX`"),
        ("source_title", "Another", "new.csv:2:source_title: `Another` differs from"),
        ("format", "multilateral", "differs from"),
    ],
)
def test_new_rows_are_held_against_the_old(whole, plain, tmp_path, column, value, what):
    tables = shutil.copytree(plain, tmp_path / "tables")
    header, *rows = sheet_rows(whole)
    many = next(
        row
        for row in rows
        if row[header.index("format")] == "bilateral"
        and sum(other[0] == row[0] for other in rows) > 1
    )
    row = list(many)
    row[header.index("counterpart_person")] = "Somebody Else"
    row[header.index(column)] = value
    save_rows(tmp_path / "new.csv", [header, row])
    before = manifest_of(tables)
    with pytest.raises(DataError, match=what.replace("(", r"\(")):
        append_rows(tables, [tmp_path / "new.csv"])
    assert manifest_of(tables) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv", "tables"]


def test_what_cannot_be_added(plain, tmp_path):
    tables = shutil.copytree(plain, tmp_path / "tables")
    with pytest.raises(UsageError, match="no such file"):
        append_rows(tables, [tmp_path / "nothing.csv"])
    with pytest.raises(UsageError, match="no sheet of new rows"):
        append_rows(tables, [])
    (tmp_path / "new.xlsx").write_bytes(b"x")
    with pytest.raises(DataError, match="not readable as an Excel workbook"):
        append_rows(tables, [tmp_path / "new.xlsx"])
    (tmp_path / "new.txt").write_bytes(b"x")
    with pytest.raises(UsageError, match="no supported extension"):
        append_rows(tables, [tmp_path / "new.txt"])
    with pytest.raises(UsageError, match="is a folder; name its sheet"):
        append_rows(tables, tmp_path)
    with pytest.raises(UsageError, match="given by the paths of sheets"):
        append_rows(tables, None)
    with pytest.raises(UsageError, match="no such folder"):
        append_rows(tmp_path / "nowhere", [tmp_path / "new.xlsx"])
    with pytest.raises(StoreError, match="no built tables here"):
        append_rows(tmp_path, [tmp_path / "new.xlsx"])
    shutil.rmtree(tables / "sheets")
    save_rows(tmp_path / "new.csv", [["event_key"]])
    with pytest.raises(StoreError, match="the sheets behind them are missing"):
        append_rows(tables, [tmp_path / "new.csv"])


# --- bounds -------------------------------------------------------------------------------------


def test_bounds_of_memory_and_threads_reach_duckdb(plain):
    built = store.open_tables(plain, memory="300MB", threads=1)
    ((memory, threads),) = built.con.execute(
        "select current_setting('memory_limit'), current_setting('threads')"
    ).fetchall()
    assert threads == 1
    assert memory.startswith("286")  # MiB
    for bad in ("lots", "-1GB", "2", 2, "1 GB; drop table x"):
        with pytest.raises(UsageError, match="is not an amount of memory"):
            store.open_tables(plain, memory=bad)
    for few in ("1MB", "0GB", "49.9mb", "40MiB"):
        with pytest.raises(UsageError, match="too little memory; give 50MB"):
            store.open_tables(plain, memory=few)
    for bad in (0, 1.5, "2", True):
        with pytest.raises(UsageError, match="cannot work"):
            store.open_tables(plain, threads=bad)


COMMANDS = [
    ["query", "dataset_totals"],
    ["reproduce"],
    ["sql", "select * from participations order by note"],
    ["verify"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_too_little_memory_is_a_message(command, by_year, whole, monkeypatch):
    monkeypatch.setattr(workspace, "MIN_MEMORY", 0)
    said = set()
    for data in (by_year, whole):
        for memory in ("400KB", "1MB", "3MB", "10MB"):
            if command[0] == "verify" and data == whole:
                continue
            args = [*command, "--data", str(data), "--memory", memory]
            result = CliRunner().invoke(main, args)
            assert result.exception is None or isinstance(result.exception, SystemExit)
            said.add(result.exit_code)
            if result.exit_code:
                assert "more memory or scratch space is needed" in result.stderr
                assert "Possible solutions" not in result.stderr
    assert 1 in said
    assert said <= {0, 1}


@pytest.mark.parametrize("unit", ["country", "dyad", "official", "agency"])
def test_a_panel_of_kept_contacts_is_that_of_one_statement(plain, unit, monkeypatch):
    from secdiplo.panel import statement as panels

    def made(**given):
        built = store.open_tables(plain)
        panel = panels.prepare(built, unit=unit, freq="quarter", **given)
        return panel.attrs, built.con.cursor().execute(panel.sql, panel.params).fetchall()

    settings = [{}, {"start": "2023-02-01"}, {"given": {"scope": "all", "agency": "MPS"}}]
    kept = [made(**given) for given in settings]
    monkeypatch.setattr(panels, "_gathered", lambda built, sql, values: sql)
    assert [made(**given) for given in settings] == kept


def test_it_is_said_how_many_rows_were_added_and_replaced(plain, whole, tmp_path):
    tables = shutil.copytree(plain, tmp_path / "tables")
    header, *rows = sheet_rows(whole)
    extra = list(rows[5])
    extra[header.index("counterpart_person")] = "Somebody Else"
    save_rows(tmp_path / "new.csv", [header, *rows[:3], extra])
    result = CliRunner().invoke(
        main,
        ["build", "--append-to", str(tables), str(tmp_path / "new.csv"), "-o", str(tmp_path / "o")],
    )
    assert result.stdout.endswith("(1 row added, 3 replaced)\n"), result.stderr
    assert manifest_of(tmp_path / "o")["appended"] == {"added": 1, "replaced": 3}
    again, _ = append_rows(tmp_path / "o", tmp_path / "new.csv")
    assert again["appended"] == {"added": 0, "replaced": 4}
    assert "new.csv" in again["inputs"]
    save_rows(tmp_path / "new.csv", [header, *rows[:2]])
    third, _ = append_rows(tmp_path / "o", tmp_path / "new.csv")
    assert {"new.csv", "new.csv (2)"} <= set(third["inputs"])


def test_synthetic_rows_are_not_added_to_attested_ones(plain, tmp_path):
    tables = shutil.copytree(plain, tmp_path / "tables")
    sd.simulate(tmp_path / "made_up", 300, seed=1)
    with pytest.raises(DataError, match="synthetic"):
        append_rows(tables, tmp_path / "made_up" / "curated" / "interactions.csv")


def test_a_list_of_problems_overwrites_nothing_else(mini, tmp_path):
    sheet = mini / "curated" / "interactions.csv"
    before = sheet.read_bytes()
    for file in (sheet, mini / "dataset.toml"):
        result = CliRunner().invoke(main, ["check", str(mini), "--problems", str(file)])
        assert result.exit_code == 2
        assert "is not a list of problems; name another file" in result.stderr
    assert sheet.read_bytes() == before
    target = tmp_path / "problems.csv"
    for _ in range(2):
        assert (
            CliRunner().invoke(main, ["check", str(mini), "--problems", str(target)]).exit_code == 0
        )
    result = CliRunner().invoke(
        main,
        ["build", str(mini), "-o", str(tmp_path / "t"), "--problems", str(tmp_path / "t" / "p")],
    )
    assert "is in the folder of the tables" in result.stderr


def test_rows_added_replace_nothing_but_built_tables(plain, whole, tmp_path):
    header, *rows = sheet_rows(whole)
    save_rows(tmp_path / "new.csv", [header, rows[0]])
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError, match=r"contains other files \(thesis.docx\); name an empty"):
        append_rows(plain, tmp_path / "new.csv", other)
    assert (other / "thesis.docx").read_text(encoding="utf-8") == "years of work"
    with pytest.raises(UsageError, match="is a file"):
        append_rows(plain, tmp_path / "new.csv", tmp_path / "new.csv")
    with pytest.raises(UsageError, match="is in the folder of the tables"):
        append_rows(plain, tmp_path / "new.csv", tmp_path / "o", problems=tmp_path / "o" / "p.csv")


def test_damage_in_a_file_that_is_taken_over_is_still_found(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "PARTED", 100)
    header, *rows = sheet_rows(whole)
    store.write_tables(whole, tmp_path / "tables")
    of_2023 = next(row for row in rows if row[header.index("date")].startswith("2023"))
    file = tmp_path / "tables" / "events" / "event_year=2024" / "part-0.parquet"
    raw = bytearray(file.read_bytes())
    raw[raw.index(b"secdiplo:grain")] ^= 1  # in what the file says of itself: the rows are whole
    file.write_bytes(raw)
    save_rows(tmp_path / "new.csv", [header, of_2023])
    with pytest.raises(
        StoreError, match=r"part-0.parquet: the content differs from what was written"
    ):
        append_rows(tmp_path / "tables", tmp_path / "new.csv", tmp_path / "out")
    monkeypatch.setattr(append, "_refuse_damaged", lambda former: None)  # it comes a little later
    append_rows(tmp_path / "tables", tmp_path / "new.csv", tmp_path / "out")
    found, _ = verify.tables(tmp_path / "out")
    assert [damage.file for damage in found] == ["events/event_year=2024/part-0.parquet"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_name_with_brackets_is_that_of_one_file(whole, plain, tmp_path, form):
    """DuckDB takes brackets for a pattern, by which another file may go."""
    header, *rows = sheet_rows(whole)
    save = save_rows if form == "csv" else save_parquet
    tables = {}
    for name, some in (("rows [2]", rows[:40]), ("rows 2", rows[:10])):
        folder = tmp_path / name
        shutil.copytree(whole, folder)
        (folder / "curated/interactions.csv").unlink()
        save(folder / f"curated/interactions.{form}", [header, *some])
        tables[name] = tmp_path / f"tables of {name}"
    # The other tables are there before, so that a pattern would find their files.
    for name in ("rows 2", "rows [2]"):
        sd.build(tmp_path / name, tables[name])
    read = sd.load(tables["rows [2]"]).table("participations")
    assert len(read) == manifest_of(tables["rows [2]"])["tables"]["participations"]["rows"] == 40
    assert verify.tables(tables["rows [2]"])[0] == []
    new = tmp_path / "new"
    new.mkdir()
    save(new / f"more [1].{form}", [header, *rows[40:60]])
    save(new / f"more 1.{form}", [header, *rows[60:65]])
    manifest, _ = append_rows(tables["rows [2]"], [new / f"more [1].{form}"])
    assert manifest["appended"]["added"] == 20


def test_a_sheet_of_new_rows_is_named_once(whole, plain):
    sheet = whole / "curated/interactions.csv"
    with pytest.raises(UsageError, match="is named twice"):
        append_rows(plain, [sheet, sheet])


def test_a_pipe_is_not_waited_for(plain, tmp_path):
    tables = tmp_path / "tables"
    shutil.copytree(plain, tables)
    (tables / "events.parquet").unlink()
    os.mkfifo(tables / "events.parquet")
    assert [str(each) for each in verify.tables(tables)[0]] == ["events.parquet: missing"]
    os.mkfifo(tmp_path / "new.csv")
    with pytest.raises(UsageError, match="is a pipe or device"):
        append_rows(plain, [tmp_path / "new.csv"])
