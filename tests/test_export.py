"""Exports as a capability: where they go, what they refuse, the sheet, the actors, the bundle."""

from __future__ import annotations

import ast
import builtins
import csv
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import version
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import secdiplo as sd
from secdiplo import store
from secdiplo.cli import main
from secdiplo.errors import SecdiploError, StoreError, UsageError
from secdiplo.export import EXPORT_FORMATS, Exported, bundle, columnar, export, place, workbook
from secdiplo.export.names import MAX_STATA, STATA_RESERVED, for_stata, shortened
from secdiplo.output import workbook_cells
from secdiplo.output.csv_injection import STARTS, guarded, unguarded
from secdiplo.output.render import render
from secdiplo.schema.tables import CODING_SHEET, TABLES

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
FOLDERS = [
    ROOT / "data",
    DATA / "mini",
    DATA / "imputed",
    *sorted(file.parent for file in (ROOT / "examples").glob("*/dataset.toml")),
    *sorted(file.parent for file in (DATA / "good").glob("*/dataset.toml")),
]


def run(*args):
    return CliRunner().invoke(main, list(args))


def listing(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


# --- the sheet and the actors ---------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:.* notices on:UserWarning")
@pytest.mark.parametrize("source", FOLDERS, ids=lambda path: path.name)
def test_the_sheet_builds_the_same_tables_again(source, tmp_path):
    ds = sd.load(source)
    copy = Path(shutil.copytree(source, tmp_path / "copy"))
    ds.flat().to_csv(copy / "curated" / "interactions.csv", index=False)
    assert sd.load(copy)._built.manifest["tables"] == ds._built.manifest["tables"]


def test_the_sheet_is_the_coders_cell_by_cell():
    flat = sd.load().flat()
    kept = pd.read_csv(
        ROOT / CODING_SHEET.sheet.replace("curated", "data/curated"),
        dtype=str,
        keep_default_na=False,
    )
    assert flat.columns.tolist() == list(CODING_SHEET.by_name)
    assert flat[kept.columns].fillna("").astype(str).to_numpy().tolist() == kept.to_numpy().tolist()
    assert flat.attrs["unit"] == "participation"


def test_topics_written_twice_or_left_empty_keep_their_places(mini):
    sheet = mini / "curated" / "interactions.csv"
    frame = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    frame.loc[0, "topic"] = "counterterrorism; counterterrorism; ; GSI"
    frame.loc[1, "topic"] = "; GSI"
    frame.to_csv(sheet, index=False)
    ds = sd.load(mini)
    kept = dict(ds._built.manifest["tables"])
    ds.flat().to_csv(sheet, index=False)
    assert sd.load(mini)._built.manifest["tables"] == kept


def test_carried_columns_are_in_the_sheet_and_in_every_export(mini, tmp_path):
    settings = mini / "dataset.toml"
    settings.write_text(
        'extra_columns = ["coder"]\n' + settings.read_text(encoding="utf-8"), encoding="utf-8"
    )
    sheet = mini / "curated" / "interactions.csv"
    frame = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    frame["coder"] = [f"coder {number}" for number in range(len(frame))]
    frame.to_csv(sheet, index=False)
    ds = sd.load(mini)
    assert sorted(ds.flat()["coder"]) == sorted(frame["coder"])
    ds.export(tmp_path / "out", "csv")
    written = pd.read_csv(tmp_path / "out" / "participations.csv")
    assert sorted(written["coder"]) == sorted(frame["coder"])


def test_actors_agree_with_a_count_over_the_sheet():
    """Independently: sets over the coder's CSV, without the tables."""
    with (ROOT / "data" / "curated" / "interactions.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    found = set()
    for row in rows:
        event = row["event_key"]
        found.add((event, "home", "agency", row["agency"], ""))
        if row["official"]:
            slug = row["official"].lower().replace(" ", "-")
            found.add((event, "home", "official", slug, row["agency"]))
        if row["counterpart"]:
            found.add((event, "foreign", row["counterpart_type"], row["counterpart"], ""))
        if row["counterpart_person"]:
            found.add((event, "foreign", "person", row["counterpart_person"], row["counterpart"]))
    actors = sd.load().actors()
    actors["who"] = actors["code"].where(actors["kind"] != "person", actors["name"])
    columns = ["event_id", "side", "kind", "who", "part_of"]
    ours = list(actors[columns].fillna("").itertuples(index=False, name=None))
    assert len(ours) == len(set(ours))
    assert set(ours) == found
    assert actors.attrs["unit"] == "actor"
    assert set(actors.loc[actors["kind"] == "official", "role"]) <= set(
        sd.load().sql("select code from codes where list = 'official_rank'")["code"]
    )


def test_sheet_and_actors_come_as_arrow_too():
    ds = sd.load(DATA / "mini")
    assert ds.flat(as_="arrow").num_rows == ds.tables()["rows"]["participations"]
    assert ds.actors(as_="arrow").schema.metadata[b"unit"] == b"actor"


# --- where it goes --------------------------------------------------------------------------


@pytest.fixture
def ds():
    return sd.load(DATA / "mini")


def test_one_format_lies_in_the_folder_and_several_in_folders(ds, tmp_path):
    one = ds.export(tmp_path / "one", "csv")
    assert isinstance(one, Exported)
    assert {f.name for f in one.files} == {f"{name}.csv" for name in ds.tables().index} | {
        "export.json"
    }
    several = ds.export(tmp_path / "several", ["csv", "RDS"])
    assert {f.parent.name for f in several.files} == {"csv", "rds", "several"}
    assert all(file.is_file() for file in several.files)


def test_the_list_of_an_export_is_right(ds, tmp_path):
    ds.export(tmp_path / "out", "csv,dta")
    listed = json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))
    there = listing(tmp_path / "out")
    assert {entry["path"] for entry in listed["files"]} == set(there) - {"export.json"}
    for entry in listed["files"]:
        content = there[entry["path"]]
        assert (entry["bytes"], entry["sha256"]) == (
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
    assert (listed["dataset"], listed["formats"]) == ("mini", ["csv", "dta"])


def test_a_folder_that_is_not_empty_is_refused(ds, tmp_path):
    ds.export(tmp_path / "out", "csv")
    before = listing(tmp_path / "out")
    with pytest.raises(UsageError, match="not empty; name another folder"):
        ds.export(tmp_path / "out", "dta")
    assert listing(tmp_path / "out") == before
    ds.export(tmp_path / "out", "dta", force=True)
    assert {f.suffix for f in (tmp_path / "out").iterdir()} == {".dta", ".json"}
    (tmp_path / "empty").mkdir()
    ds.export(tmp_path / "empty", "csv")


def test_force_touches_no_file_of_anybody_else(ds, tmp_path):
    out = tmp_path / "out"
    ds.export(out, "csv,dta")
    (out / "csv" / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "mine").mkdir()
    (out / "mine" / "events.csv").write_text("mine", encoding="utf-8")
    ds.export(out, "csv,rds", force=True)
    assert (out / "csv" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (out / "mine" / "events.csv").read_text(encoding="utf-8") == "mine"
    assert not (out / "dta").exists()
    assert (out / "rds" / "events.rds").is_file()
    assert [f for f in tmp_path.iterdir() if f != out] == []


def test_force_does_not_replace_what_no_export_wrote(ds, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "events.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="was not written by an export"):
        ds.export(out, "csv", force=True)
    assert listing(out) == {"events.csv": b"mine"}


def test_a_link_to_a_folder_is_followed(ds, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    done = ds.export(tmp_path / "link", "csv")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "events.csv").is_file()
    assert all(file.is_file() for file in done.files)


def test_a_list_that_leads_out_of_the_folder_is_not_followed(ds, tmp_path):
    (tmp_path / "precious.txt").write_text("keep", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    listed = {"files": [{"path": "../precious.txt"}, {"path": str(tmp_path / "precious.txt")}]}
    (out / place.MARKER_FILE).write_text(json.dumps(listed), encoding="utf-8")
    (out / "other.txt").write_text("mine", encoding="utf-8")
    ds.export(out, "csv", force=True)
    assert (tmp_path / "precious.txt").read_text(encoding="utf-8") == "keep"


def test_nothing_is_left_of_an_export_that_fails(ds, tmp_path, monkeypatch):
    def fail(contents, folder):
        (folder / "half").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(columnar, "parquet", fail)
    out = tmp_path / "out"
    with pytest.raises(StoreError, match="No space left on device"):
        ds.export(out, "csv,parquet")
    assert list(tmp_path.iterdir()) == []
    ds.export(out, "csv")
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    before = listing(out)
    with pytest.raises(StoreError, match="No space left on device"):
        ds.export(out, "csv,parquet", force=True)
    assert listing(out) == before
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("where", [".", "curated", "out"])
def test_nothing_is_written_into_the_dataset_folder(mini, where):
    with pytest.raises(UsageError, match="contains or is in"):
        sd.load(mini).export(mini / where, "csv", force=True)


def test_a_file_in_the_place_of_the_folder_is_refused(ds, tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file; name a folder"):
        ds.export(tmp_path / "out", "csv", force=True)


def test_unknown_formats_are_named_with_the_nearest(ds, tmp_path):
    with pytest.raises(UsageError, match="no format `parqet`; did you mean `parquet`"):
        ds.export(tmp_path / "out", "csv,parqet")
    with pytest.raises(UsageError, match="no format is named"):
        ds.export(tmp_path / "out", [])
    assert not (tmp_path / "out").exists()


# --- the command ----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_takes_formats_in_every_way(tmp_path):
    data = str(DATA / "mini")
    for number, args in enumerate(
        (
            ["--to", "csv,dta"],
            ["--to", "csv", "--to", "dta"],
            ["--to", "csv", "dta"],
            ["--to", "CSV,DTA"],
        )
    ):
        out = tmp_path / str(number)
        done = run("export", "-o", str(out), *args, "--data", data)
        assert done.exit_code == 0, done.output
        assert {folder.name for folder in out.iterdir()} == {"csv", "dta", "export.json"}
    assert "files" in done.output


@pytest.mark.slow
def test_the_command_refuses_with_exit_code_2(tmp_path):
    data = str(DATA / "mini")
    assert run("export", "-o", str(tmp_path / "a"), "--to", "csv", "--data", data).exit_code == 0
    again = run("export", "-o", str(tmp_path / "a"), "--to", "csv", "--data", data)
    assert (again.exit_code, "not empty" in again.output) == (2, True)
    forced = run("export", "-o", str(tmp_path / "a"), "--to", "csv", "--force", "--data", data)
    assert forced.exit_code == 0
    unknown = run("export", "-o", str(tmp_path / "b"), "--to", "spss", "--data", data)
    assert (unknown.exit_code, "no format `spss`" in unknown.output) == (2, True)
    assert run("export", "-o", str(tmp_path / "b"), "--data", data).exit_code == 2


def test_the_command_says_what_was_left_out(tmp_path):
    done = run("export", "-o", str(tmp_path / "a"), "--to", "dataverse")
    assert "notice: dataverse: the dataset does not say datasetContactEmail" in done.output


def test_the_help_names_every_format():
    text = re.sub(r"\s+", " ", run("export", "--help").output)
    assert all(re.search(rf"\b{name}\b", text) for name in EXPORT_FORMATS)


def test_reading_a_dataset_stays_light():
    code = (
        "import sys\nfrom secdiplo.dataset import load\nload()\n"
        "print([m for m in ('pandas', 'pyarrow', 'xlsxwriter', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == []


def test_a_missing_library_is_named_with_its_extra(ds, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "xlsxwriter":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SecdiploError, match=r"pip install '\.\[exports\]'"):
        ds.export(tmp_path / "out", "csv,xlsx")
    assert not (tmp_path / "out").exists()


# --- cells and names ------------------------------------------------------------------------


@given(st.text(st.sampled_from("'=@+-\t\r\na1")))
def test_guarding_is_undone_to_the_letter(text):
    safe = guarded(text)
    assert unguarded(safe) == text
    assert not safe.startswith(STARTS)


def test_the_guard_is_that_of_printed_rows():
    cells = ["=1", "@a", "+1", "-1", "\tx", "plain", "'a", -1, None]
    printed = next(csv.reader([render(list("abcdefghi"), [cells], "csv").split("\n", 1)[1]]))
    assert printed[:5] == [guarded(cell) for cell in cells[:5]]
    assert guarded(-1) == -1
    assert guarded("'a") == "'a"


def test_no_text_of_the_built_in_dataset_needs_the_guard(tmp_path):
    sd.load().export(tmp_path / "out", "csv")
    for name in TABLES:
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert not any(cell.startswith("'") for row in csv.reader(file) for cell in row), name


@given(st.lists(st.text(min_size=1, max_size=45), min_size=1, max_size=20, unique=True))
def test_names_in_stata_are_allowed_and_distinct(names):
    found = for_stata(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    for theirs in found.values():
        assert re.fullmatch(r"[^\W\d]\w*", theirs)
        assert len(theirs) <= MAX_STATA
        assert theirs not in STATA_RESERVED


def test_long_names_that_collide_when_cut_stay_distinct():
    long = "a_name_of_a_column_that_is_longer_than_allowed"
    found = for_stata([f"{long}_1", f"{long}_2", long[:32]])
    assert list(found.values()) == [f"{long[:30]}_2", f"{long[:30]}_3", long[:32]]


def test_no_declared_column_is_renamed():
    for table in TABLES.values():
        assert for_stata(list(table.by_name)) == {name: name for name in table.by_name}


def test_labels_are_cut_between_words():
    text = "one two three"
    assert shortened(text, 13) == text
    assert shortened(text, 12) == "one two..."
    for table in TABLES.values():
        assert all(len(shortened(column.meaning, 80)) <= 80 for column in table.columns)


def carrying(mini, names):
    settings = mini / "dataset.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"extra_columns = {json.dumps(names)}\n{text}", encoding="utf-8")
    sheet = mini / "curated" / "interactions.csv"
    frame = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    for name in names:
        frame[name] = name
    frame.to_csv(sheet, index=False)
    return mini


def test_a_column_of_forty_letters_is_refused_by_the_check(mini):
    problems = sd.check(carrying(mini, ["x" * 40]))
    assert any("give it 1 to 32 letters" in problem.what for problem in problems)


def test_columns_that_stata_refuses_are_renamed_and_listed(mini, tmp_path):
    names = ["my column", "my-column", "if", "2nd"]
    done = sd.load(carrying(mini, names)).export(tmp_path / "out", "dta")
    listed = pd.read_csv(tmp_path / "out" / "names.csv")
    theirs = dict(zip(listed["column"], listed["name_in_stata"], strict=True))
    assert theirs == {
        "my column": "my_column",
        "my-column": "my_column_2",
        "if": "if_",
        "2nd": "_2nd",
    }
    assert sum("is named" in text for text in done.notices) == len(names)
    frame = pd.read_stata(tmp_path / "out" / "participations.dta")
    for ours, name in theirs.items():
        assert set(frame[name]) == {ours}


def memory(change):
    built, _ = store.open_folder(DATA / "mini")
    built.con.execute(change)
    return built


@pytest.mark.parametrize(
    ("cell", "what"),
    [("repeat('x', 32768)", "32,768 letters; a cell holds 32,767"), ("'a' || chr(7)", r"U\+0007")],
)
def test_a_cell_that_no_workbook_holds_is_named(tmp_path, cell, what):
    built = memory(f"update participations set note = {cell} where participation_id like '%#1'")
    with pytest.raises(
        SecdiploError, match=rf"participations\.note, row .*#1: .*{what}.*another format"
    ):
        export(built, tmp_path / "out", "xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_of_the_greatest_length_is_kept(tmp_path):
    built = memory("update participations set note = repeat('x', 32767)")
    export(built, tmp_path / "out", "xlsx")
    sheet = pd.read_excel(tmp_path / "out" / "mini.xlsx", sheet_name="participations")
    assert set(sheet["note"].str.len()) == {workbook_cells.EXCEL_MAX_CELL}


def test_too_many_rows_for_a_sheet_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "EXCEL_MAX_ROWS", 100)
    with pytest.raises(SecdiploError, match=r"countries: 261 rows; a sheet holds 100"):
        sd.load(DATA / "mini").export(tmp_path / "out", "xlsx")


def test_a_day_before_excels_days_is_text(tmp_path):
    built = memory("update events set date_min = date '1899-12-31'")
    export(built, tmp_path / "out", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "out" / "mini.xlsx")
    first, *rows = book["events"].iter_rows()
    names = [cell.value for cell in first]
    days = [row[names.index("date_min")] for row in rows]
    assert {(cell.value, cell.data_type) for cell in days} == {("1899-12-31", "s")}
    latest = [row[names.index("date_max")] for row in rows]
    assert {cell.data_type for cell in latest} == {"d"}
    first_day = memory("update events set date_min = date '1900-03-01'")
    export(first_day, tmp_path / "edge", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "edge" / "mini.xlsx")["events"]
    assert {row[names.index("date_min")].value for row in list(sheet.iter_rows())[1:]} == {
        datetime.datetime(1900, 3, 1)
    }
    export(built, tmp_path / "dta", "dta")
    assert set(pd.read_stata(tmp_path / "dta" / "events.dta")["date_min"].dt.date) == {
        datetime.date(1899, 12, 31)
    }


def test_a_code_out_of_its_list_is_refused_where_it_becomes_a_number(tmp_path):
    built = memory("update events set mode = 'pigeon'")
    for style in ("dta", "rds"):
        with pytest.raises(
            SecdiploError, match=r"events\.mode: `pigeon` is not in the list `mode`"
        ):
            export(built, tmp_path / "out", style)
    assert list(tmp_path.iterdir()) == []


def test_a_reference_that_rows_break_is_left_out_and_said(tmp_path):
    built = memory("update events set forum_id = 'Unknown 2030' where forum_id is not null")
    done = export(built, tmp_path / "out", "sqlite,duckdb,datapackage,croissant")
    stray = [text for text in done.notices if text.startswith("events.forum_id")]
    assert len(stray) == 1
    assert "no partner in forums" in stray[0]


def test_blanks_are_blank_and_namibia_is_namibia(tmp_path):
    sd.load().export(tmp_path / "out", "csv,parquet")
    frame = pd.read_csv(
        tmp_path / "out" / "csv" / "countries.csv", keep_default_na=False, dtype=str
    )
    assert frame.set_index("iso3").loc["NAM", "iso2"] == "NA"
    typed = pd.read_parquet(
        tmp_path / "out" / "parquet" / "countries.parquet", dtype_backend="numpy_nullable"
    )
    assert typed["cow"].dtype == "Int32"
    assert typed["cow"].isna().any()


@pytest.mark.slow
def test_everything_of_the_built_in_dataset_is_exported_at_once(tmp_path):
    done = sd.load().export(tmp_path / "out", "all")
    assert {f.relative_to(done.folder).parts[0] for f in done.files} == {
        *EXPORT_FORMATS,
        "export.json",
    }


# --- the bundle -----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_bundle_needs_the_folder(tmp_path):
    store.write_tables(DATA / "mini", tmp_path / "tables")
    with pytest.raises(UsageError, match="made from a dataset folder, and these are built tables"):
        sd.load(tmp_path / "tables").export(tmp_path / "out", "bundle")


@pytest.mark.slow
def test_a_bundle_is_not_made_of_a_folder_that_was_edited_since(mini, tmp_path):
    ds = sd.load(mini)
    sheet = mini / "curated" / "interactions.csv"
    sheet.write_text(
        sheet.read_text(encoding="utf-8").replace("Ajit Doval", "A. Doval"), encoding="utf-8"
    )
    with pytest.raises(UsageError, match="builds a table `participations`"):
        ds.export(tmp_path / "out", "bundle")
    assert not (tmp_path / "out").exists()


def test_the_bundle_asks_for_what_the_package_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(re.split(r"[<>=]", text)[0] for text in project["dependencies"]) == sorted(
        bundle.CORE
    )


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    out = tmp_path_factory.mktemp("bundle") / "package"
    sd.load().export(out, "bundle")
    return out


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A Python of its own that has the libraries of this one, but neither secdiplo nor a network."""
    place_ = tmp_path_factory.mktemp("clean") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place_], check=True)
    (site,) = place_.glob("lib/python*/site-packages")
    for home in {sysconfig.get_paths()[kind] for kind in ("purelib", "platlib")}:
        for entry in Path(home).iterdir():
            if (
                not entry.name.startswith(("secdiplo", "_editable", "__"))
                and entry.suffix != ".pth"
            ):
                (site / entry.name).symlink_to(entry)
    (site / "sitecustomize.py").write_text(
        "import socket\n"
        "def refuse(*args, **kwargs):\n"
        "    raise OSError('the test allows no network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n",
        encoding="utf-8",
    )
    return place_ / "bin" / "python"


def rerun(python, folder):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "LANG": "C.UTF-8"}
    command = [str(python), "run.py"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_bundle_lists_every_file_and_its_environment(packed):
    readme = (packed / "README.md").read_text(encoding="utf-8")
    with (packed / "files.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    there = listing(packed)
    assert set(there) == {*rows, "README.md", "files.csv", "export.json"}
    for name, row in rows.items():
        assert (int(row["bytes"]), row["sha256"]) == (
            len(there[name]),
            hashlib.sha256(there[name]).hexdigest(),
        )
        assert name in readme
        assert row["sha256"] in readme
        assert row["what"]
    for name, rows_ in sd.load().tables()["rows"].items():
        assert int(rows[f"csv/{name}.csv"]["rows"]) == rows_
        assert int(rows[f"tables/{name}.parquet"]["rows"]) == rows_
    for name in bundle.CORE:
        assert f"{name}=={version(name)}" in (packed / "requirements.txt").read_text(
            encoding="utf-8"
        )
    assert sd.load().cite().split("\n\n")[0] in readme
    assert (
        there["data/curated/interactions.csv"]
        == (ROOT / "data" / "curated" / "interactions.csv").read_bytes()
    )


@pytest.mark.slow
def test_the_bundle_reruns_offline_in_a_clean_environment(packed, clean):
    gone = subprocess.run(
        [clean, "-c", "import secdiplo"], capture_output=True, text=True, check=False
    )
    assert "ModuleNotFoundError" in gone.stderr
    before = listing(packed)
    done = rerun(clean, packed)
    assert done.returncode == 0, done.stdout + done.stderr
    for text in (
        "network: refused to this process",
        "versions: as in requirements.txt",
        "check and build: 0 differences",
        "results: 0 differences in numbers",
        "the package gives the delivered results",
        "offline",
    ):
        assert text in done.stdout
    after = listing(packed)
    assert set(after) == set(before)
    assert {name for name in before if before[name] != after[name]} <= {
        name for name in before if "/figures/" in name
    }


@pytest.mark.slow
def test_the_bundle_says_what_does_not_come_out(packed, clean, tmp_path):
    copy = Path(shutil.copytree(packed, tmp_path / "copy"))
    sheet = copy / "data" / "curated" / "interactions.csv"
    sheet.write_text(
        sheet.read_text(encoding="utf-8").replace("Ajit Doval", "A. Doval"), encoding="utf-8"
    )
    done = rerun(clean, copy)
    assert done.returncode == 1
    assert "data/curated/interactions.csv differs from files.csv" in done.stdout
    assert "tables: `participations` differs" in done.stdout
    assert "the results are NOT the same" in done.stdout


@pytest.mark.slow
def test_a_bundle_of_another_dataset_reruns_as_well(clean, tmp_path):
    done = sd.load(DATA / "mini").export(tmp_path / "package", "bundle")
    assert any(file.name == "claims.csv" and "data" in file.parts for file in done.files)
    again = rerun(clean, tmp_path / "package")
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.slow
def test_results_of_a_dataset_without_the_sessions_of_the_paper_say_what_is_left_out(tmp_path):
    from secdiplo.export import results

    built = sd.load(ROOT / "examples" / "suppressed")._built
    lacking = results.write(built, tmp_path)
    assert any(text.startswith("query `forum_window`: ") for text in lacking)
    assert (tmp_path / "queries" / "regional_shares.csv").is_file()
    assert not (tmp_path / "queries" / "forum_window.csv").exists()
