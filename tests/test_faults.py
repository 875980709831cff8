"""What a run leaves behind that is killed, finds no room, or meets another one.

The long form: ``SECDIPLO_FAULTS=50 pytest tests/test_faults.py`` kills as many builds of each kind.
"""

from __future__ import annotations

import csv
import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import secdiplo as sd
from folders import bare_mini
from secdiplo import files, store
from secdiplo.cli import main
from secdiplo.errors import DataError, StoreError, UsageError
from secdiplo.folder import resources
from secdiplo.ingest import sheet_files
from secdiplo.store import manifest as manifests
from secdiplo.store import verify, writing
from secdiplo.store.append import append_rows

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "data" / "mini"
KILLS = int(os.environ.get("SECDIPLO_FAULTS", "4"))
SHEET = "curated/interactions.csv"


def rows_of(folder):
    with (folder / SHEET).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def save_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def bare(target):
    """The mini dataset without its annotations, which is built in no time."""
    return bare_mini(target)


def other_city(folder, city):
    rows = rows_of(folder)
    place = rows[0].index("city")
    for row in rows[1:]:
        row[place] = city if row[place] else ""
    save_rows(folder / SHEET, rows)


def contents(tables):
    manifest = json.loads((tables / "manifest.json").read_text(encoding="utf-8"))
    return {name: body["content"] for name, body in manifest["tables"].items()}


def whole(tables):
    """The contents of tables after every file and row of them was compared."""
    damage, _ = verify.tables(tables)
    assert damage == []
    dataset = sd.load(tables)
    assert len(dataset.table("participations")) == dataset.tables()["rows"]["participations"]
    return contents(tables)


def beside(tables):
    return sorted(path.name for path in tables.parent.iterdir() if path != tables)


def digests(tables):
    """Every file and what it holds."""
    return {file: file.read_bytes() for file in tables.rglob("*") if file.is_file()}


def command(*args):
    return [sys.executable, "-m", "secdiplo", *map(str, args)]


def one_line(result):
    """The message of a command that failed: one line, and no traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.stderr.strip().splitlines()
    return line


# --- killed -----------------------------------------------------------------------------------


def killed(args, after):
    """Run a command and kill it so many seconds after it began to write."""
    run = subprocess.Popen(command(*args), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    run.send_signal(signal.SIGKILL)
    return run.wait()


def seconds(args):
    start = time.monotonic()
    subprocess.run(command(*args), check=True, capture_output=True)
    return time.monotonic() - start


@pytest.mark.parametrize("kind", ["build", "append"])
def test_a_killed_run_leaves_the_tables_of_before_or_its_own(kind, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    tables, spare = home / "tables", tmp_path / "spare"
    folder = bare(tmp_path / "data")
    more = tmp_path / "more.csv"
    rows = rows_of(folder)
    rows[4][rows[0].index("note")] = "read again"
    save_rows(more, [rows[0], rows[4]])

    def run():
        return (
            ["build", "--append-to", tables, more]
            if kind == "append"
            else ["build", folder, "-o", tables]
        )

    store.write_tables(folder, tables)
    before = contents(tables)
    shutil.copytree(tables, spare)
    if kind == "build":
        other_city(folder, "Xiamen")
    full = min(seconds(run()), seconds(run()))  # the first may have to compile the modules
    after = whole(tables)
    assert after != before
    chance = random.Random(f"kill {kind}")
    ends = set()
    for number in range(KILLS):  # a moment by chance in each part of the run and a little later
        shutil.rmtree(tables)
        shutil.copytree(spare, tables)
        killed(run(), (number + chance.random()) / KILLS * 1.1 * full)
        found = whole(tables)
        assert found in (before, after)
        ends.add(found == after)
        if kind == "build":
            store.write_tables(folder, tables)
        else:
            append_rows(tables, [more])
        assert whole(tables) == after
        assert beside(home) == ["data", "more.csv", "spare"]
        assert beside(tables) == []
    assert False in ends


STAGES = ["keep_sheets", "digests", "save", "_put", "exchanged"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_that_dies_at_a_stage_of_its_end(stage, tmp_path):
    """The last steps are too short to be met by chance."""
    home = tmp_path / "home"
    home.mkdir()
    folder = bare(tmp_path / "data")
    tables = home / "tables"
    store.write_tables(folder, tables)
    before = contents(tables)
    other_city(folder, "Xiamen")
    code = (
        "import os, signal, sys\n"
        "from secdiplo import files, store\n"
        "from secdiplo.store import target\n"
        f"stage = {stage!r}\n"
        "def die(*args): os.kill(os.getpid(), signal.SIGKILL)\n"
        "if stage == 'exchanged':\n"
        "    put = files._put\n"
        "    files._put = lambda *args: (put(*args), die())\n"
        "else:\n"
        "    place = files if stage == '_put' else target\n"
        "    setattr(place, stage, die)\n"
        "store.write_tables(sys.argv[1], sys.argv[2])\n"
    )
    run = subprocess.run([sys.executable, "-c", code, folder, tables], check=False)
    assert run.returncode == -signal.SIGKILL
    assert beside(tables) != []
    assert (whole(tables) == before) == (stage != "exchanged")
    store.write_tables(folder, tables)
    assert whole(tables) != before
    assert beside(tables) == []


def test_tables_that_a_killed_run_had_moved_aside_come_back(tmp_path, monkeypatch):
    """Where the system cannot exchange folders, there is a moment without a name."""
    folder = bare(tmp_path / "data")
    home = tmp_path / "home"
    store.write_tables(folder, home / "tables")
    before = contents(home / "tables")
    (home / "tables").rename(home / ".tables.secdiplo-x.former")
    (folder / "codes.csv").unlink()  # nothing is built of that
    with pytest.raises(DataError):
        store.write_tables(folder, home / "tables")
    assert whole(home / "tables") == before
    assert beside(home / "tables") == []


# --- no room ----------------------------------------------------------------------------------


@contextmanager
def mounted(place, *options):
    """A file system of its own at a folder, if this system lets the test mount one."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, place], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()[:100]}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)


def small_disk(place, size):
    return mounted(place, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A folder of sixty thousand rows."""
    folder = tmp_path_factory.mktemp("made_up") / "data"
    subprocess.run(
        command("simulate", "--rows", 60_000, "-o", folder), check=True, capture_output=True
    )
    return folder


def test_a_target_on_a_full_disk(made_up, tmp_path):
    with small_disk(tmp_path / "disk", "1200k") as disk:
        store.write_tables(bare(tmp_path / "data"), disk / "tables")
        before = digests(disk / "tables")
        result = CliRunner().invoke(main, ["build", str(made_up), "-o", str(disk / "tables")])
        assert result.exit_code == 1
        assert "tables: cannot be written (No space left on device); nothing was chan" in one_line(
            result
        )
        assert digests(disk / "tables") == before
        assert beside(disk / "tables") == []


@pytest.mark.parametrize("room", ["1m", "3m"])
def test_a_scratch_disk_that_is_full(room, made_up, tmp_path, monkeypatch):
    monkeypatch.setattr("secdiplo.store.workspace.SPILL", 1)
    target = tmp_path / "home" / "tables"
    store.write_tables(bare(tmp_path / "data"), target)
    before = digests(target)
    with small_disk(tmp_path / "disk", room) as disk:
        monkeypatch.setenv("TMPDIR", str(disk))
        monkeypatch.setattr("tempfile.tempdir", None)
        result = CliRunner().invoke(main, ["check", str(made_up), "--memory", "60MB"])
        assert result.exit_code == 1
        assert "TMPDIR" in one_line(result)
        assert list(disk.iterdir()) == []
    assert digests(target) == before


def test_problems_that_find_no_room(tmp_path, monkeypatch):
    """Every problem goes through a scratch file, and from there to where it is wanted."""
    folder = bare(tmp_path / "data")
    rows = rows_of(folder)
    save_rows(folder / SHEET, [rows[0], *[["x" * 200] * len(rows[0]) for _ in range(150)]])
    with small_disk(tmp_path / "disk", "100k") as disk:
        wanted = ["check", str(folder), "--problems"]
        result = CliRunner().invoke(main, [*wanted, str(disk / "problems.csv")])
        assert result.exit_code == 1
        assert "No space left on device" in one_line(result)
        assert list(disk.iterdir()) == []
        monkeypatch.setenv("TMPDIR", str(disk))
        monkeypatch.setattr("tempfile.tempdir", None)
        result = CliRunner().invoke(main, [*wanted, str(tmp_path / "problems.csv")])
        assert result.exit_code == 1
        assert "TMPDIR" in one_line(result)
        assert list(disk.iterdir()) == []
        assert not (tmp_path / "problems.csv").exists()


def test_broken_rows_that_find_no_room(tmp_path, monkeypatch):
    """A sheet with a ragged row is written out again without it."""
    folder = bare(tmp_path / "data")
    rows = rows_of(folder)
    save_rows(folder / SHEET, [rows[0], *[rows[1]] * 3_000, ["short"]])
    with small_disk(tmp_path / "disk", "100k") as disk:
        monkeypatch.setenv("TMPDIR", str(disk))
        monkeypatch.setattr("tempfile.tempdir", None)
        result = CliRunner().invoke(main, ["check", str(folder)])
        assert result.exit_code == 1
        assert "TMPDIR" in one_line(result)
        assert list(disk.iterdir()) == []


def test_no_place_for_scratch_files(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    result = CliRunner().invoke(main, ["check", str(MINI)])
    assert result.exit_code == 1
    assert "TMPDIR" in one_line(result)


# --- folders that cannot be written -----------------------------------------------------------


def test_a_target_on_a_disk_that_only_reads(tmp_path):
    folder = bare(tmp_path / "data")
    (tmp_path / "plain").mkdir()
    store.write_tables(folder, tmp_path / "plain" / "tables")
    before = contents(tmp_path / "plain" / "tables")
    with mounted(tmp_path / "bound", "--bind", "-o", "ro", tmp_path / "plain") as place:
        for name in ("tables", "new", "new/deeper"):
            result = CliRunner().invoke(main, ["build", str(folder), "-o", str(place / name)])
            assert result.exit_code == 2
            assert "cannot be written (Read-only file system); choose another" in result.stderr
        assert whole(place / "tables") == before
        args = ["check", str(folder), "--problems", str(place / "problems.csv")]
        result = CliRunner().invoke(main, args)
        assert result.exit_code == 2
        assert "cannot be written (Read-only file system)" in result.stderr
    assert beside(tmp_path / "plain" / "tables") == []


@contextmanager
def as_nobody():
    """As a user whom permissions bind."""
    try:
        os.seteuid(65534)
    except (PermissionError, AttributeError):
        yield  # no root, who is bound anyway
        return
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_target_in_a_folder_of_somebody_else(tmp_path):
    folder = bare(tmp_path / "data")
    home = tmp_path / "home"
    store.write_tables(folder, home / "tables")
    before = digests(home / "tables")
    for path in (*tmp_path.parents, tmp_path, home):
        if path.owner() == "root" and path.parts[1:2] == ("tmp",):
            path.chmod(0o755)
    home.chmod(0o555)
    with as_nobody(), pytest.raises(UsageError, match="cannot be written .Permission denied."):
        store.write_tables(folder, home / "tables")
    home.chmod(0o755)
    assert digests(home / "tables") == before
    assert beside(home / "tables") == []


# --- two at once ------------------------------------------------------------------------------


def test_of_two_runs_at_once_one_writes(tmp_path):
    folders = [bare(tmp_path / name) for name in ("one", "two")]
    other_city(folders[1], "Xiamen")
    target = tmp_path / "home" / "tables"
    runs = [
        subprocess.Popen(
            command("build", folder, "-o", target), stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for folder in (*folders, *folders)
    ]
    said = [run.communicate(timeout=120)[1].decode() for run in runs]
    codes = [run.returncode for run in runs]
    assert set(codes) <= {0, 1}
    assert 0 in codes
    for code, text in zip(codes, said, strict=True):
        assert code == 0 or "another run is writing it; wait until it is done" in text
    whole(target)
    assert beside(target) == []


def test_a_run_waits_for_nobody_and_says_who_writes(tmp_path):
    folder = bare(tmp_path / "data")
    target = tmp_path / "home" / "tables"
    store.write_tables(folder, target)
    before = digests(target)
    with (target.parent / ".tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = CliRunner().invoke(main, ["build", str(folder), "-o", str(target)])
        assert result.exit_code == 1
        assert one_line(result) == (
            f"Error: {target}: another run is writing it; wait until it is done"
        )
        with pytest.raises(StoreError, match="another run"):
            append_rows(target, [folder / SHEET])
    assert digests(target) == before
    store.write_tables(folder, target)
    assert beside(target) == []


def test_rows_are_not_added_to_tables_that_were_replaced_meanwhile(tmp_path, monkeypatch):
    folder = bare(tmp_path / "data")
    tables, out = tmp_path / "a" / "tables", tmp_path / "b" / "tables"
    store.write_tables(folder, tables)
    other_city(folder, "Xiamen")
    joined = store.append._joined

    def slow(*args):
        found = joined(*args)
        store.write_tables(folder, tables)
        return found

    monkeypatch.setattr(store.append, "_joined", slow)
    with pytest.raises(StoreError, match="the tables were replaced after"):
        append_rows(tables, [folder / SHEET], out)
    assert list(out.parent.iterdir()) == []
    whole(tables)


# --- inputs that change while they are read ---------------------------------------------------


@pytest.mark.parametrize("how", ["appended", "replaced", "cut", "removed"])
def test_an_input_that_changes_while_it_is_read(how, tmp_path, monkeypatch):
    folder = bare(tmp_path / "data")
    target = tmp_path / "home" / "tables"
    store.write_tables(folder, target)
    before = digests(target)
    sheet = folder / SHEET
    create = sheet_files._create

    def changing(con, read):
        create(con, read)
        if read.table.name != "interactions_sheet":
            return
        text = sheet.read_bytes()
        if how == "appended":
            with sheet.open("ab") as file:
                file.write(text.splitlines(keepends=True)[-1])
        elif how == "replaced":
            sheet.with_suffix(".new").write_bytes(text)
            sheet.with_suffix(".new").replace(sheet)
        elif how == "cut":
            sheet.write_bytes(text[: len(text) // 2])
        else:
            sheet.unlink()

    monkeypatch.setattr(sheet_files, "_create", changing)
    result = CliRunner().invoke(main, ["build", str(folder), "-o", str(target)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"{SHEET}:1:1: changed while it was read; run again" in result.stderr
    assert digests(target) == before
    assert beside(target) == []


# --- readers while tables are replaced --------------------------------------------------------


def test_a_reader_never_mixes_tables_of_two_builds(tmp_path):
    folder = bare(tmp_path / "data")
    tables = tmp_path / "tables"
    store.write_tables(folder, tables)
    reader, fresh = sd.load(tables), sd.load(tables)
    old = reader.table("events")["city"].dropna().unique()
    other_city(folder, "Xiamen")
    store.write_tables(folder, tables)
    said = "the tables were replaced after they were opened; open them again"
    for one in (reader, fresh):
        for read in (
            lambda one=one: one.table("events"),
            lambda one=one: one.table("participations", as_="arrow"),
            lambda one=one: one.query("format_totals"),
            lambda one=one: one.sql("select * from events"),
            lambda one=one: one.reproduce(),
            lambda one=one: len(one.tables()) and one.cite() and one.table("codes"),
        ):
            with pytest.raises(StoreError, match=said):
                read()
    new = sd.load(tables).table("events")["city"].dropna().unique()
    assert list(new) == ["Xiamen"] != list(old)


def test_readers_beside_builds(tmp_path):
    """Each sees the tables of one build, or is told that there are others by now."""
    folders = [bare(tmp_path / name) for name in ("one", "two")]
    other_city(folders[1], "Xiamen")
    tables = tmp_path / "tables"
    spare = [tmp_path / "spare0", tmp_path / "spare1"]
    for folder, out in zip(folders, spare, strict=True):
        store.write_tables(folder, out)
    store.write_tables(folders[0], tables)
    wanted = [set(sd.load(out).table("events")["city"].dropna()) for out in spare]
    stop = threading.Event()

    def exchange():
        for place in range(10_000):
            if stop.is_set():
                return
            with files.replacing(tables) as fresh:
                shutil.copytree(spare[place % 2], fresh, dirs_exist_ok=True)

    writer = threading.Thread(target=exchange)
    writer.start()
    seen, refused = 0, 0
    try:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            try:
                dataset = sd.load(tables)
                joined = dataset.sql(
                    "select distinct e.city, count(*) over () as n from events as e "
                    "join participations as p using (event_id)"
                )
                cities = set(joined["city"].dropna())
                assert cities == set(dataset.table("events")["city"].dropna())
                assert cities in wanted
                seen += 1
            except StoreError as error:
                assert "open them again" in str(error) or "no built tables" in str(error)
                refused += 1
    finally:
        stop.set()
        writer.join()
    assert seen + refused > 5


# --- verify -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Tables with all their kinds of files: by year, with sheets and annotations."""
    folder = tmp_path_factory.mktemp("verified") / "tables"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "PARTED", 3)
        store.write_tables(MINI, folder)
    return folder


def names_of(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@contextmanager
def spoilt(file, change):
    before = file.read_bytes()
    file.write_bytes(change(before))
    try:
        yield
    finally:
        file.write_bytes(before)


def flip(chance):
    def change(data):
        place = chance.randrange(len(data) * 8)
        spoilt = bytearray(data)
        spoilt[place // 8] ^= 1 << place % 8
        return bytes(spoilt)

    return change


def said_of(folder):
    """What verify says, as its command does."""
    result = CliRunner().invoke(main, ["verify", str(folder)])
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    return result.stderr


def damaged_files(folder):
    """The files that verify names, without the rules, which take most of the time."""
    return {damage.file for damage in verify.tables(folder)[0]}


def names_and_tellers(folder):
    """The files, and who is asked: the command for one of a kind, the quicker function for others."""
    kinds = set()
    for name in names_of(folder):
        kind = (Path(name).parts[0], Path(name).suffix) if "/" in name else name
        yield name, damaged_files if kind in kinds else said_of
        kinds.add(kind)


def test_verify_finds_a_flipped_bit_in_every_file(built):
    chance = random.Random(6)
    times = max(1, KILLS // 10)
    for name, say in names_and_tellers(built):
        for _ in range(times * (20 if name == "manifest.json" else 1)):
            with spoilt(built / name, flip(chance)):
                assert name in say(built), name
    assert verify.tables(built)[0] == []


def test_verify_finds_files_that_are_missing_added_or_cut(built):
    for name, say in names_and_tellers(built):
        if name != "manifest.json":
            with spoilt(built / name, lambda data: data[:-1]):
                assert name in damaged_files(built)
        file = built / name
        file.rename(built.parent / "away")
        assert name in say(built) or name == "manifest.json"
        (built.parent / "away").rename(file)
    for name in ("more.txt", "sheets/more.csv", ".hidden", "events/event_year=2023/part-1.parquet"):
        (built / name).write_bytes(b"x")
        assert f"{name}: not written by this build" in said_of(built)
        (built / name).unlink()
    assert verify.tables(built)[0] == []


def test_verify_sees_links_and_empty_folders_in_place_of_files(built):
    name = "codes.parquet"
    file = built / name
    file.rename(built.parent / "away")
    file.symlink_to(built.parent / "away")
    assert name in said_of(built) or "lies outside" in said_of(built)
    file.unlink()
    file.mkdir()
    assert name in said_of(built)
    file.rmdir()
    (built.parent / "away").rename(file)
    (built / "dangling").symlink_to(built / "nothing")
    assert "dangling" in said_of(built)
    (built / "dangling").unlink()


@pytest.mark.parametrize("name", ["organizations", "events"])
def test_verify_finds_another_table_whose_digests_of_files_were_mended(name, built, tmp_path):
    folder = Path(shutil.copytree(built, tmp_path / "tables"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    file = folder / manifests.files_of(name, manifest)[0]
    table = pq.read_table(file, partitioning=None)
    pq.write_table(table.slice(1), file)
    manifest["files"] = writing.digests(folder, {})
    del manifest["files"]["manifest.json"]
    manifests.save(folder, manifest)
    assert "the rows of the table differ from what was written" in said_of(folder)
    assert f"{name}: " in said_of(folder)


def test_verify_finds_a_flipped_bit_in_what_comes_with_the_toolkit(tmp_path, monkeypatch):
    for top in verify.SHIPPED:
        shutil.copytree(resources.shipped(top), tmp_path / top)
    monkeypatch.setattr(resources, "shipped", lambda top: tmp_path / top)
    assert verify.shipped()[0] == []
    chance = random.Random(7)
    for name, file in [*verify._shipped_files(), ("schema/SHA256SUMS", verify._sums())]:
        with spoilt(file, flip(chance)):
            found = verify.shipped()[0]
            assert found, name
            assert name == "schema/SHA256SUMS" or name in {each.file for each in found}
    for name in ("data/more.csv", "seeds/x/y.txt", "schema/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
        assert name in {each.file for each in verify.shipped()[0]}
        (tmp_path / name).unlink()
    some = next(verify._shipped_files())[0]
    (tmp_path / some).unlink()
    assert [str(each) for each in verify.shipped()[0]] == [f"{some}: missing"]


def test_every_table_is_looked_at(built):
    assert {name.split("/")[0].removesuffix(".parquet") for name in names_of(built)} == {
        *sd.load(built).tables().index,
        "manifest.json",
        "sheets",
    }


def test_damaged_tables_are_not_built_upon(built, tmp_path):
    """They would be given digests of their own, and pass for what was written."""
    chance = random.Random(8)
    new = tmp_path / "new.csv"
    shutil.copyfile(MINI / SHEET, new)
    for name in names_of(built):
        with spoilt(built / name, flip(chance)):
            before = digests(built)
            result = CliRunner().invoke(main, ["build", "--append-to", str(built), str(new)])
            assert isinstance(result.exception, SystemExit), result.exception
            assert result.exit_code == 1
            assert name in one_line(result)
            assert "build" in one_line(result)
            assert digests(built) == before
    assert beside(built) == []


def test_files_that_a_system_leaves_are_no_damage(built, tmp_path):
    tables = shutil.copytree(built, tmp_path / "tables")
    for name in files.LITTER:
        (tables / name).write_bytes(b"x")
        (tables / "events" / name).parent.mkdir(exist_ok=True)
        (tables / "events" / name).write_bytes(b"x")
    assert verify.tables(tables)[0] == []
    store.write_tables(bare(tmp_path / "data"), tables)
    assert not set(files.LITTER) & {file.name for file in tables.rglob("*")}


@pytest.mark.parametrize("below", ["", "sheets"])
def test_the_folder_that_one_is_in_is_not_put_away(below, built, tmp_path, monkeypatch):
    tables = shutil.copytree(built, tmp_path / "tables")
    monkeypatch.chdir(tables / below)
    with pytest.raises(UsageError, match="is the working folder"):
        store.write_tables(MINI, tables)
    assert contents(tables) == contents(built)
