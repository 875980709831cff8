"""Results as files, read back with readers that others wrote; and the rows of a table."""

import csv
import datetime
import json
import subprocess
import sys

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.cli import main
from secdiplo.export import workbook
from secdiplo.files import written_whole

ENDINGS = ("csv", "parquet", "json", "md", "xlsx", "dta", "rds")
HOSTILE = """
select * from (values
    (1::integer, 2.5::double, date '2024-02-29', true, 'a', 10000000000::bigint, null::date),
    (null, null, null, null, null, null, null),
    (-3, 1e300, date '1899-12-31', false, '=1+1 "王" ' || chr(10) || 'x', 9007199254740993, null)
) as t(whole, broken, day, truth, "text", large, no_day)
"""
WHOLE = [1, None, -3]
DAYS = ["2024-02-29", None, "1899-12-31"]
TEXTS = ["a", None, '=1+1 "王" \nx']


def run(*args, **more):
    return CliRunner().invoke(main, [str(arg) for arg in args], **more)


@pytest.fixture(scope="module")
def ds():
    return sd.load()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    for ending in ENDINGS:
        done = run("sql", HOSTILE, "-o", folder / f"r.{ending}")
        assert done.exit_code == 0, done.stderr
        assert done.stdout == f"{folder / f'r.{ending}'}: 3 rows\n"
    return folder


def test_csv_and_json_and_markdown(written):
    with (written / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["whole"] for row in rows] == ["1", "", "-3"]
    assert [row["day"] for row in rows] == ["2024-02-29", "", "1899-12-31"]
    assert rows[2]["text"] == "'" + TEXTS[2]  # guarded against spreadsheets
    rows = json.loads((written / "r.json").read_text(encoding="utf-8"))
    assert [row["whole"] for row in rows] == WHOLE and [row["day"] for row in rows] == DAYS
    assert rows[2]["large"] == 9007199254740993 and rows[2]["text"] == TEXTS[2]
    assert len((written / "r.md").read_text(encoding="utf-8").splitlines()) == 5


def test_parquet(written):
    table = pq.read_table(written / "r.parquet")
    assert [str(field.type) for field in table.schema] == [
        "int32", "double", "date32[day]", "bool", "string", "int64", "date32[day]",
    ]  # fmt: skip
    assert table["whole"].to_pylist() == WHOLE and table["text"].to_pylist() == TEXTS


def test_stata(written):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame, meta = pyreadstat.read_dta(written / "r.dta")
    assert frame["whole"].tolist()[::2] == [1, -3] and pd.isna(frame["whole"][1])
    assert [None if pd.isna(day) else day.isoformat() for day in frame["day"]] == DAYS
    assert meta.original_variable_types["no_day"] == "%td" and frame["no_day"].isna().all()
    assert frame["large"].tolist() == ["10000000000", "", "9007199254740993"]  # too large for Stata
    assert pd.read_stata(written / "r.dta")["day"][0] == pd.Timestamp("2024-02-29")


def test_r(written):
    pyreadr = pytest.importorskip("pyreadr")
    frame = pyreadr.read_r(str(written / "r.rds"))[None]
    assert frame["whole"].tolist()[::2] == [1, -3] and pd.isna(frame["whole"][1])
    assert [None if pd.isna(day) else str(day)[:10] for day in frame["day"]] == DAYS
    assert frame["text"].tolist()[2] == TEXTS[2]


def test_excel(written):
    book = openpyxl.load_workbook(written / "r.xlsx")
    assert book.sheetnames == ["rows", "about"]
    header, *rows = book["rows"].iter_rows(values_only=True)
    assert header == ("whole", "broken", "day", "truth", "text", "large", "no_day")
    assert [row[0] for row in rows] == WHOLE
    assert rows[0][2] == datetime.datetime(2024, 2, 29) and rows[2][2] == "1899-12-31"
    assert rows[2][4] == TEXTS[2]


def test_the_same_call_gives_the_same_bytes(written, tmp_path):
    for ending in ENDINGS:
        again = tmp_path / f"r.{ending}"
        assert run("sql", HOSTILE, "-o", again).exit_code == 0
        assert again.read_bytes() == (written / again.name).read_bytes(), ending


COMMANDS = [
    ("query", "country_totals", "--country", "THA,VNM"),
    ("query", "meeting_list", "--country", "THA"),
    ("table", "events", "--country", "THA"),
    ("panel", "--unit", "agency"),
    ("sql", "select event_id, date_min, latest_start from events order by 1"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_every_format_has_the_rows_of_the_screen(command, tmp_path):
    shown = json.loads(run(*command, "--format", "json").stdout)
    readers = {
        "csv": lambda file: pd.read_csv(file, keep_default_na=False),
        "json": pd.read_json,
        "parquet": pd.read_parquet,
        "xlsx": pd.read_excel,
        "dta": pd.read_stata,
    }
    for ending, read in readers.items():
        file = tmp_path / f"r.{ending}"
        assert run(*command, "-o", file).exit_code == 0
        frame = read(file)
        assert len(frame) == len(shown), ending
        assert frame.columns.tolist() == list(shown[0]), ending
        first = next(iter(shown[0]))
        assert frame[first].astype(str).tolist() == [str(row[first]) for row in shown], ending


def test_the_comparison_with_published_values_is_a_file(tmp_path):
    done = run("reproduce", "-o", tmp_path / "r.dta")
    assert done.exit_code == 0 and done.stdout == f"{tmp_path / 'r.dta'}: 114 rows\n"
    frame = pd.read_stata(tmp_path / "r.dta").set_index("claim_id")
    shown = json.loads(run("reproduce", "--format", "json").stdout)
    assert frame["status"].to_dict() == {row["claim_id"]: row["status"] for row in shown}
    assert frame.loc["P01", "published"] == 321


def test_dates_and_labels_of_a_table(tmp_path, ds):
    pyreadstat = pytest.importorskip("pyreadstat")
    pyreadr = pytest.importorskip("pyreadr")
    wanted = ds.table("events", country="THA")
    assert run("table", "events", "--country", "THA", "-o", tmp_path / "e.dta").exit_code == 0
    frame, meta = pyreadstat.read_dta(tmp_path / "e.dta", apply_value_formats=True)
    assert meta.column_names_to_labels["format"] == "The format of the event."
    assert frame["format"].astype(str).tolist() == wanted["format"].tolist()  # by its value labels
    assert [str(day) for day in frame["date_min"]] == [str(d)[:10] for d in wanted["date_min"]]
    assert run("table", "events", "--country", "THA", "-o", tmp_path / "e.rds").exit_code == 0
    frame = pyreadr.read_r(str(tmp_path / "e.rds"))[None]
    assert [str(day)[:10] for day in frame["date_min"]] == [str(d)[:10] for d in wanted["date_min"]]


def test_the_meaning_of_a_column_is_its_label(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    assert run("query", "country_totals", "-o", tmp_path / "c.dta").exit_code == 0
    _, meta = pyreadstat.read_dta(tmp_path / "c.dta")
    assert (
        meta.column_names_to_labels["sideline"]
        == "Meetings on the sidelines of a multilateral event."
    )
    assert run("query", "country_totals", "-o", tmp_path / "c.parquet").exit_code == 0
    schema = pq.read_schema(tmp_path / "c.parquet")
    assert schema.field("sideline").metadata == {
        b"description": b"Meetings on the sidelines of a multilateral event.",
        b"unit": b"event",
    }
    assert schema.metadata[b"secdiplo:unit"] == b"bilateral_meeting"
    assert run("panel", "-o", tmp_path / "p.dta").exit_code == 0
    _, meta = pyreadstat.read_dta(tmp_path / "p.dta")
    assert all(meta.column_labels)
    assert meta.original_variable_types["period_start"] == "%td"
    assert run("query", "country_totals", "-o", tmp_path / "c.xlsx").exit_code == 0
    about = dict(openpyxl.load_workbook(tmp_path / "c.xlsx")["about"].iter_rows(values_only=True))
    assert about["unit"] == "bilateral_meeting"
    assert (
        about["column sideline"]
        == "Meetings on the sidelines of a multilateral event. Unit: event."
    )


def test_columns_and_limit_hold_for_files(tmp_path):
    for ending in ("csv", "dta"):
        file = tmp_path / f"c.{ending}"
        done = run("query", "country_totals", "--columns", "name,rank", "--limit", "2", "-o", file)
        assert done.exit_code == 0 and "2 of " in done.stderr
        frame = pd.read_csv(file) if ending == "csv" else pd.read_stata(file)
        assert frame.shape == (2, 2) and frame.columns.tolist() == ["name", "rank"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["-o", "x.sas"], "the extension is not one of .csv, .parquet"),
        (["-o", "none/x.csv"], "not a file in an existing folder"),
        (["-o", "."], "the extension is not one of"),
        (["-o", "there.csv"], "there.csv exists; name another file, or replace it with --force"),
        (
            ["-o", "x.csv", "--format", "json"],
            "its extension sets the format; leave out --format json",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused(args, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.csv").write_text("mine")
    for command in COMMANDS:
        done = run(*command, *args)
        assert done.exit_code == 2 and words in done.stderr and done.stdout == ""
    assert [file.name for file in tmp_path.iterdir()] == ["there.csv"]
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert run(*COMMANDS[0], "--force", "-o", "there.csv").exit_code == 0
    assert (tmp_path / "there.csv").read_text().startswith("country,")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_written_whole_or_not_at_all(ending, tmp_path, monkeypatch):
    def failing(target):
        with written_whole(target) as fresh:
            yield fresh
            raise OSError(28, "No space left on device")

    from contextlib import contextmanager

    monkeypatch.setattr("secdiplo.files.written_whole", contextmanager(failing))
    monkeypatch.setattr("secdiplo.export.result_files.written_whole", contextmanager(failing))
    file = tmp_path / f"r.{ending}"
    file.write_bytes(b"before")
    done = run("sql", HOSTILE, "-o", file, "--force")
    assert done.exit_code == 1 and "No space left on device" in done.stderr
    assert file.read_bytes() == b"before" and len(list(tmp_path.iterdir())) == 1


def test_what_an_extra_needs_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    done = run("query", "agency_totals", "-o", tmp_path / "a.xlsx")
    assert done.exit_code == 1 and done.stderr.count("\n") == 1
    assert "pip install '.[exports]'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_two_columns_of_one_name_are_refused(tmp_path):
    """A reader of CSV, JSON or a file would keep one; a screen, and pandas, have both."""
    statement = "select 1 as a, null::varchar as a, true as b"
    for ending in ("csv", "json", "parquet", "xlsx", "dta", "rds"):
        done = run("sql", statement, "-o", tmp_path / f"a.{ending}")
        assert done.exit_code == 2 and "two columns `a`" in done.stderr
    assert list(tmp_path.iterdir()) == []
    for style in ("csv", "json"):
        done = run("sql", statement, "--format", style)
        assert (done.exit_code, done.stdout) == (2, "") and "two columns `a`" in done.stderr
    assert "| a | a | b |" in run("sql", statement, "--format", "markdown").stdout
    frame = sd.load().sql(statement)
    assert frame.columns.tolist() == ["a", "a_1", "b"]
    assert [str(kind) for kind in frame.dtypes] == ["int32", "str", "bool"]
    assert run("sql", "select 1 as a, 2 as a", "--format", "json").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_names_that_stata_does_not_allow_are_said(tmp_path):
    done = run("sql", 'select 1 as "a b", 2 as "in"', "-o", tmp_path / "a.dta")
    assert "column a b is named a_b in Stata" in done.stderr
    assert pd.read_stata(tmp_path / "a.dta").columns.tolist() == ["a_b", "in_"]


def test_types_that_a_format_lacks_become_the_next_best(tmp_path):
    asked = (
        "select sum(n)::hugeint as total, 0.25::decimal(5, 2) as share, [1, 2] as items, "
        "time '12:30' as clock, timestamp '2024-01-02' as day, timestamp '2024-01-02 03:04' as at, "
        "'nan'::double as odd, null as nothing from range(4) as r(n)"
    )
    assert run("sql", asked, "-o", tmp_path / "a.dta").exit_code == 0
    (row,) = pd.read_stata(tmp_path / "a.dta").to_dict("records")
    assert (row["total"], row["share"], row["items"]) == (6, 0.25, "[1, 2]")
    assert row["day"] == pd.Timestamp("2024-01-02") and row["at"] == "2024-01-02T03:04:00"
    assert pd.isna(row["odd"]) and row["nothing"] == "" and row["clock"].startswith("12:30")
    assert run("sql", asked, "-o", tmp_path / "a.parquet").exit_code == 0
    (row,) = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert (row["total"], row["share"], row["items"]) == (6, 0.25, [1, 2])


def test_a_sheet_that_is_too_long_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "EXCEL_MAX_ROWS", 3)
    done = run("sql", HOSTILE, "-o", tmp_path / "a.xlsx")
    assert done.exit_code == 1 and "choose another format than xlsx" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_text_files_import_nothing_heavy(tmp_path):
    for ending in ("csv", "json", "md"):
        file = str(tmp_path / f"a.{ending}")
        code = (
            "import sys\nfrom secdiplo.cli import main\n"
            f"main(['query', 'country_totals', '-o', {file!r}], standalone_mode=False)\n"
            "print([m for m in ('pandas', 'pyarrow', 'numpy') if m in sys.modules])"
        )
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


# --- the rows of a table ---------------------------------------------------------------------

FILTERS = [
    {"country": "THA,VNM"},
    {"not_country": "THA"},
    {"agency": "MSS"},
    {"start": "2024", "format": "sideline"},
    {"topic": "counternarcotics", "scope": "carnegie2025"},
    {"official_rank": "vice_minister", "region": "Africa"},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_filters_select_what_belongs_to_the_participations(ds, filters):
    passed = ds.query("meeting_list", **{"scope": "all", **filters})
    ids = set(passed["participation_id"])
    whole = ds.table("participations")
    ours = whole[whole["participation_id"].isin(ids)]
    assert 0 < len(ours) < len(whole)
    sources = ds.table("event_sources")
    of_events = sources[sources["event_id"].isin(ours["event_id"])]
    officials = ["official_id", "agency", "official_rank"]
    expected = {
        ("participations", "participation_id"): ids,
        ("events", "event_id"): set(ours["event_id"]),
        ("interactions", "interaction_id"): set(ours["interaction_id"].dropna()),
        ("interaction_topics", "participation_id"): ids
        & set(ds.table("interaction_topics")["participation_id"]),
        ("event_sources", "event_id"): set(of_events["event_id"]),
        ("sources", "source_id"): set(of_events["source_id"]),
        ("mentions", "event_id"): set(ours["event_id"]) & set(ds.table("mentions")["event_id"]),
    }
    for (name, column), wanted in expected.items():
        rows = ds.table(name, as_="arrow", **filters).to_pylist()
        assert {row[column] for row in rows} == wanted, name
        whole = ds.table(name, as_="arrow").to_pylist()
        assert rows == [row for row in whole if row[column] in wanted]
    found = set(ds.table("officials", **filters)[officials].itertuples(index=False, name=None))
    assert found == set(ours[officials].dropna().itertuples(index=False, name=None))


def test_the_scope_of_a_table_is_all(ds):
    assert len(ds.table("events", scope="all")) == len(ds.table("events"))
    frame = ds.table("events", country="Thailand")
    assert frame.attrs["scope"] == "scope: all; country: THA"
    assert len(frame) > 0 and len(ds.table("events", scope="carnegie2025")) < len(
        ds.table("events")
    )


@pytest.mark.parametrize("name", ["countries", "claims", "codes", "gsi_support"])
def test_other_tables_take_no_filters(ds, name):
    with pytest.raises(sd.UsageError, match=f"table `{name}` has no filters"):
        ds.table(name, country="THA")
    assert len(ds.table(name)) == ds.tables()["rows"][name]


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"contry": "THA"}, "no filter `contry`; did you mean `country`"),
        ({"country": "Thialand"}, "did you mean"),
        ({"agency": "MSP"}, "did you mean"),
    ],
)
def test_a_filter_that_is_wrong_is_refused(ds, filters, words):
    with pytest.raises(sd.UsageError, match=words):
        ds.table("events", **filters)


def test_the_command_prints_the_same_rows(ds):
    shown = json.loads(run("table", "events", "--country", "THA", "--format", "json").stdout)
    assert [row["event_id"] for row in shown] == ds.table("events", country="THA")[
        "event_id"
    ].tolist()
    both = json.loads(run("table", "events", "--format", "sideline", "--format", "json").stdout)
    assert {row["format"] for row in both} == {"sideline"}
    done = run("table", "event")
    assert done.exit_code == 2 and "did you mean `events`" in done.stderr
