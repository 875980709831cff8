"""Built tables: the same bytes each time, written whole or not at all, refused when damaged."""

from __future__ import annotations

import datetime
import filecmp
import hashlib
import json
import os
import random
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo import files, store
from secdiplo.cli import main
from secdiplo.errors import StoreError, UsageError
from secdiplo.folder import resources
from secdiplo.schema.tables import TABLES
from secdiplo.store import writing

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"
MINI = DATA / "mini"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A build of the built-in sheets, made for these tests."""
    out = tmp_path_factory.mktemp("fresh") / "tables"
    sd.build(ROOT / "data", out)
    return out


@pytest.fixture
def built(tmp_path):
    """A build of the mini dataset that a test may spoil."""
    store.write_tables(MINI, tmp_path / "built")
    return tmp_path / "built"


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def digests(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).digest()
        for file in files
    }


# --- the same input gives the same tables -----------------------------------------------------


def test_a_table_for_which_memory_lacks_beside_another_is_written_alone(
    built, tmp_path, monkeypatch
):
    write, tried = writing.write, []

    def scarce(con, table, *rest):
        tried.append(table.name)
        if table.name == "events" and tried.count(table.name) == 1:
            raise duckdb.OutOfMemoryException("failed to pin block")
        write(con, table, *rest)

    monkeypatch.setattr(writing, "write", scarce)
    store.write_tables(MINI, tmp_path / "again")
    assert tried.count("events") == 2
    assert digests(tmp_path / "again") == digests(built)


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(fresh, tmp_path):
    sd.build(ROOT / "data", tmp_path / "again")
    assert digests(tmp_path / "again") == digests(fresh)


def test_the_committed_tables_are_those_of_the_sheets(fresh):
    committed, built = manifest_of(resources.built()), manifest_of(fresh)
    assert committed["files"].keys() == built["files"].keys()
    for manifest in (committed, built):  # digests of bytes, which another release writes otherwise
        del manifest["files"], manifest["digest"]
    assert committed == built
    for name in TABLES:
        ours, theirs = (folder / f"{name}.parquet" for folder in (resources.built(), fresh))
        assert pq.read_table(ours).equals(pq.read_table(theirs), check_metadata=True), name
        if len({pq.read_metadata(file).created_by for file in (ours, theirs)}) == 1:
            # Parquet names the release of DuckDB that wrote it; of one release, bytes agree too
            assert filecmp.cmp(ours, theirs, shallow=False), name


def test_the_inputs_are_those_on_disk():
    inputs = manifest_of(resources.built())["inputs"]
    places = {"seeds/manifest.csv": ROOT / "seeds" / "manifest.csv"}
    for label, digest in inputs.items():
        top = ROOT / "seeds" if label.startswith("annotations/") else ROOT / "data"
        file = places.get(label, top / label)
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest, label
    sheets = {
        f"{part}/{f.name}"
        for part in ("curated", "reference")
        for f in (ROOT / "data" / part).glob("*.csv")
    }
    annotated = {f"annotations/{f.name}" for f in (ROOT / "seeds" / "annotations").glob("*.csv")}
    assert set(inputs) == sheets | annotated | {"codes.csv", "seeds/manifest.csv"}


@pytest.mark.slow
def test_the_order_of_rows_and_columns_and_the_name_of_the_folder_do_not_matter(
    mini, tmp_path, make_bad
):
    plain, _ = store.write_tables(MINI, tmp_path / "plain")
    shuffle = random.Random(2).shuffle

    def mixed(rows):
        order = list(range(len(rows[0])))
        shuffle(order)
        body = rows[1:]
        shuffle(body)
        rows[:] = [[row[place] for place in order] for row in [rows[0], *body]]

    lists = ("codes.csv", "countries.csv")  # their order says something, or is shipped
    for file in mini.rglob("*.csv"):
        if file.name not in lists:
            make_bad["on_rows"](file.relative_to(mini).as_posix(), mixed)(mini)
    other, _ = store.write_tables(mini.rename(tmp_path / "another name"), tmp_path / "other")
    assert other["tables"] == plain["tables"]
    assert other["inputs"] != plain["inputs"]


@pytest.mark.slow
def test_another_cell_gives_another_hash_of_its_table_alone(mini, tmp_path, make_bad):
    plain, _ = store.write_tables(MINI, tmp_path / "plain")
    make_bad["cell"](7, "city", "Xiamen")(mini)
    other, _ = store.write_tables(mini, tmp_path / "other")
    assert {n for n in TABLES if plain["tables"][n] != other["tables"][n]} == {"events"}


# --- the hash of the content ------------------------------------------------------------------


def as_text(value):
    """A value as DuckDB writes it as text."""
    if value is None:
        return "\x1e"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def plain_hash(file):
    """The digest of a table by hashlib alone, from what the store's docstring says."""
    table = pq.read_table(file)
    with duckdb.connect() as con:
        kinds = con.execute(f"describe from read_parquet('{file}')").fetchall()
    low = high = 0
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        text = "\x1f".join(map(as_text, row))
        number = int.from_bytes(hashlib.md5(text.encode()).digest(), "little")
        low += number & (2**64 - 1)
        high += number >> 64
    names = ",".join(f"{name} {kind}" for name, kind, *_ in kinds)
    return hashlib.sha256(f"{names}\n{table.num_rows} {low} {high}".encode()).hexdigest()


@pytest.mark.parametrize("name", TABLES)
def test_the_content_hash_by_another_way(fresh, name):
    described = manifest_of(fresh)["tables"][name]
    assert described["content"] == plain_hash(fresh / f"{name}.parquet")
    assert described["rows"] == pq.read_metadata(fresh / f"{name}.parquet").num_rows


def test_the_content_hash_tells_cells_from_each_other():
    with duckdb.connect() as con:
        found = set()
        rows = ["('a', 'b')", "('ab', null)", "(null, 'ab')", "('', 'ab')", "('ab', '')"]
        rows += ["('a', 'b'), ('a', 'b')", "('b', 'a')"]
        for values in rows:
            con.execute(f"create or replace table t as from (values {values}) as v (x, y)")
            found.add(store.content_hash(con, "t"))
        assert len(found) == len(rows)
        con.execute("create or replace table t as from (values ('b', 'a')) as v (x, z)")
        assert store.content_hash(con, "t") not in found


def test_a_folder_in_memory_has_the_hashes_of_its_build(fresh):
    in_memory, _ = store.open_folder(ROOT / "data")
    built = manifest_of(fresh)
    assert built.pop("intervals").keys() >= {"P01", "P36"}
    assert len(built.pop("files")) > len(TABLES)
    assert len(built.pop("digest")) == len(built.pop("intervals_of")) == 64
    assert in_memory.manifest == built


# --- the files --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_parquet_says_what_it_holds(fresh, name):
    schema = pq.read_schema(fresh / f"{name}.parquet")
    table = TABLES[name]
    about = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    assert about["secdiplo:table"] == name
    assert about["secdiplo:grain"] == table.grain
    assert about["secdiplo:unit"] == table.unit
    assert about["secdiplo:dataset"] == "china_internal_security"
    assert about["secdiplo:version"] == manifest_of(fresh)["dataset"]["version"]
    assert json.loads(about["secdiplo:columns"]) == {
        column.name: {"meaning": column.meaning, "unit": column.unit} for column in table.columns
    }
    assert schema.names == list(table.by_name)
    metadata = pq.read_metadata(fresh / f"{name}.parquet")
    if metadata.num_row_groups:
        assert metadata.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_sorted_by_their_key(fresh, name):
    rows = pq.read_table(fresh / f"{name}.parquet", columns=list(TABLES[name].key)).to_pylist()
    keys = [tuple((v is None, "" if v is None else v) for v in row.values()) for row in rows]
    encoded = [
        tuple((none, v.encode() if isinstance(v, str) else v) for none, v in key) for key in keys
    ]
    assert encoded == sorted(encoded)
    assert len(set(encoded)) == len(encoded)


def test_the_manifest_says_what_was_built(fresh):
    manifest = manifest_of(fresh)
    assert set(manifest["dataset"]) == {*store.DATASET_FIELDS, "not_foreign"}
    declared = {file.stem for file in (MINI / "tables").glob("*.json")}
    assert set(manifest["tables"]) == {*TABLES, *declared}
    assert {file.name for file in fresh.iterdir()} == {
        "manifest.json",
        "sheets",
        *(f"{name}.parquet" for name in (*TABLES, *declared)),
    }
    assert (fresh.stat().st_mode & 0o777) == 0o755


@pytest.mark.slow
def test_titles_with_quotes_are_kept(mini, tmp_path):
    toml = mini / "dataset.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace('"mini"', '"it\'s"'), encoding="utf-8")
    store.write_tables(mini, tmp_path / "it's here")
    ds = sd.load(tmp_path / "it's here")
    assert ds.name == "it's"
    assert len(ds.table("events")) == 5


# --- where the tables go ----------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, "{}", "[1]", "not json", '{"tables": {"events": {}}}'])
def test_a_folder_with_other_files_is_left_alone(tmp_path, content):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "thesis.docx").write_text("years of work", encoding="utf-8")
    if content is not None:
        (out / "manifest.json").write_text(content, encoding="utf-8")
    before = digests(out)
    with pytest.raises(UsageError, match=r"contains other files \(\w+\.\w+\); name an empty"):
        sd.build(MINI, out)
    assert digests(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_foreign_manifest_alone_is_left_alone(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"contains other files \(manifest.json\)"):
        sd.build(MINI, tmp_path)


def test_the_dataset_itself_is_no_target(mini):
    for out in (mini, mini.parent):
        with pytest.raises(UsageError, match="contains the dataset folder"):
            sd.build(mini, out)
    assert sd.check(mini) == []


def test_a_file_is_no_target(tmp_path):
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        sd.build(MINI, tmp_path / "out")


@pytest.mark.slow
def test_an_empty_or_new_folder_is_a_target(tmp_path):
    (tmp_path / "empty").mkdir()
    store.write_tables(MINI, tmp_path / "empty")
    store.write_tables(MINI, tmp_path / "new" / "and" / "deep")
    assert digests(tmp_path / "empty") == digests(tmp_path / "new" / "and" / "deep")


def test_built_tables_are_replaced_as_a_whole(built):
    before = digests(built)
    store.write_tables(DATA / "bad" / "open_topic", built)
    tables = {f"{name}.parquet" for name in TABLES}
    assert digests(built).keys() & before.keys() >= tables
    assert digests(built) != before
    assert [file.name for file in built.parent.iterdir()] == ["built"]


def test_bad_data_leave_the_former_tables(built):
    before = digests(built)
    with pytest.raises(sd.DataError):
        sd.build(DATA / "bad" / "unknown_agency", built)
    assert digests(built) == before
    assert [file.name for file in built.parent.iterdir()] == ["built"]


def no_space(*_, **__):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("call", ["fsync", "write_text", "rename"])
@pytest.mark.slow
def test_a_full_disk_changes_nothing(tmp_path, monkeypatch, call, there):
    out = tmp_path / "out"
    if there:
        store.write_tables(MINI, out)
    before = digests(out) if there else {}
    rename = Path.rename
    if call == "fsync":
        monkeypatch.setattr(os, "fsync", no_space)
    elif call == "write_text":
        monkeypatch.setattr(Path, "write_text", no_space)
    else:
        monkeypatch.setattr(
            Path,
            "rename",
            lambda self, to: (
                no_space()
                if self.name.startswith(".out.") and to == out and "former" not in self.name
                else rename(self, to)
            ),
        )
        monkeypatch.setattr(files, "_exchange", lambda *_: False)
    result = CliRunner().invoke(main, ["build", str(DATA / "bad" / "open_topic"), "-o", str(out)])
    monkeypatch.undo()
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {out}: cannot be written (No space left on device); nothing was changed\n"
    )
    assert (digests(out) if there else {}) == before
    assert [file.name for file in tmp_path.iterdir()] == ["out"] * there


def test_what_duckdb_cannot_write_changes_nothing(tmp_path, monkeypatch):
    def failing(con, name, target, dataset):
        con.execute(f"copy (select 1) to '{target}/no/such/folder.parquet' (format parquet)")

    monkeypatch.setattr(writing, "write", failing)
    with pytest.raises(StoreError, match="cannot be written"):
        sd.build(MINI, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


# --- damaged tables ---------------------------------------------------------------------------


def spoilt(file, how):
    raw = file.read_bytes()
    if how == "truncated":
        file.write_bytes(raw[: len(raw) // 2])
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "text":
        file.write_text("event_id,date\n", encoding="utf-8")
    elif how == "missing":
        file.unlink()
    elif how == "another":
        shutil.copyfile(file.with_name("interactions.parquet"), file)
    elif how == "fewer":
        with duckdb.connect() as con:
            con.execute(f"create table t as select * exclude (city) from '{file}'")
            con.execute(f"copy t to '{file}' (format parquet)")
    elif how == "typed":
        with duckdb.connect() as con:
            con.execute(
                f"create table t as select * replace (date_min::varchar as date_min) from '{file}'"
            )
            con.execute(f"copy t to '{file}' (format parquet)")
    elif how == "pages":
        middle = len(raw) // 3
        file.write_bytes(raw[:4] + bytes(middle) + raw[4 + middle :])


HOW = ["truncated", "empty", "text", "missing", "another", "fewer", "typed", "pages"]


@pytest.mark.parametrize("how", HOW)
def test_a_damaged_table_is_named(built, how):
    spoilt(built / "events.parquet", how)
    ds = sd.load(built)
    with pytest.raises(StoreError, match=r"events\.parquet: .+; build the tables again"):
        ds.table("events")
    with pytest.raises(StoreError, match=r"events\.parquet"):
        ds.query("dataset_totals")
    assert len(ds.table("interactions")) == 6


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    "command",
    [
        ["query", "dataset_totals"],
        ["reproduce"],
        ["sql", "select count(*), min(city), min(date) from events"],
    ],
    ids=lambda command: command[0],
)
def test_a_damaged_table_gives_a_message_and_no_traceback(built, how, command):
    spoilt(built / "events.parquet", how)
    result = CliRunner().invoke(main, [*command, "--data", str(built)])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "events.parquet" in result.stderr
    assert isinstance(result.exception, SystemExit)


@pytest.mark.slow
def test_damage_within_the_pages_gives_a_message(built):
    """A file whose footer is whole: DuckDB meets the damage only when it reads the rows."""
    file = built / "events.parquet"
    raw = file.read_bytes()
    with duckdb.connect() as con:
        (start,) = con.execute(
            f"select min(data_page_offset) from parquet_metadata('{file}') where "
            "path_in_schema = 'event_id'"
        ).fetchone()
    file.write_bytes(raw[: start + 4] + bytes(40) + raw[start + 44 :])
    for command in (["query", "dataset_totals"], ["reproduce"], ["sql", "select * from events"]):
        result = CliRunner().invoke(main, [*command, "--data", str(built)])
        assert isinstance(result.exception, SystemExit)
        assert result.exit_code in (1, 2)
        assert result.stderr


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "not readable"),
        ("{", "not readable"),
        ("[]", "not readable"),
        ('{"format": 3}', "not readable"),
        ('{"format": 3, "tables": {}, "dataset": {}}', "another version of the toolkit"),
        ('{"format": 4, "tables": {}, "dataset": {}}', "another version of the toolkit"),
    ],
)
def test_a_broken_manifest_is_named(built, content, what):
    (built / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=rf"manifest\.json: {what}|by {what}"):
        sd.load(built)


@pytest.mark.parametrize("number", [1, 2])
def test_tables_of_an_earlier_version_name_the_command_that_rebuilds_them(built, number):
    (built / "manifest.json").write_text(f'{{"format": {number}}}', encoding="utf-8")
    with pytest.raises(StoreError) as error:
        sd.load(built)
    assert "built by an earlier version" in str(error.value)
    assert str(error.value).endswith(f"run `secdiplo build FOLDER -o {built}` again")


def test_a_manifest_without_the_dataset_is_named(built):
    manifest = manifest_of(built)
    del manifest["dataset"]["exhaustive"]
    (built / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StoreError, match=r"manifest\.json: written by another version"):
        sd.load(built)


def test_no_tables_at_all(tmp_path):
    with pytest.raises(StoreError, match="no built tables here"):
        store.open_tables(tmp_path)
    with pytest.raises(sd.SecdiploError, match="no such folder"):
        sd.load(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="neither a dataset folder"):
        sd.load(tmp_path)
