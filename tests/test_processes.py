"""A dataset in threads, in forked and spawned processes, and in pickles."""

import asyncio
import gc
import os
import pickle
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import secdiplo as sd
from secdiplo.audit.bounds import AttestedError
from secdiplo.errors import Problem, Problems
from secdiplo.folder import resources
from secdiplo.store import open_folder, write_tables

MINI = Path("tests/data/mini").resolve()
CAN_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
WORKERS = """
import multiprocessing, sys
import secdiplo as sd
ds = sd.load()
before = ds.query("country_totals", as_="arrow")

def inherited(name):
    return len(ds.table(name, as_="arrow"))

def given(dataset):
    return len(dataset.table("events", as_="arrow"))

def fails(name):
    sd.countries.find(name)

if __name__ == "__main__":
    folder = sd.load({mini!r})
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        print(pool.map(inherited, ["events", "interactions"]), pool.map(given, [ds, folder]))
        try:
            pool.map(fails, ["Atlantis"])
        except sd.CountryError as error:
            print(error.text)
    print(before == ds.query("country_totals", as_="arrow"))
"""


def rows(path, name):
    """The number of rows of a sheet or table, counted by another library."""
    import pyarrow.parquet

    return pyarrow.parquet.read_metadata(path / f"{name}.parquet").num_rows


@pytest.mark.parametrize(
    "method",
    [pytest.param("fork", marks=CAN_FORK), "spawn", pytest.param("forkserver", marks=CAN_FORK)],
)
def test_a_worker_uses_the_dataset_however_it_is_started(method, tmp_path):
    """The parent has used both already; an error of a worker comes back as what it was."""
    script = tmp_path / "workers.py"
    script.write_text(WORKERS.format(mini=str(MINI)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), method], capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    events, interactions = (rows(resources.built(), name) for name in ("events", "interactions"))
    lines = [f"{[events, interactions]} {[events, 5]}", "Atlantis", "True"]
    assert (done.stdout.splitlines(), done.stderr) == (lines, "")


def in_fork(work):
    """Run a function in a forked process that ends as a program ends; return what it returns."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)  # a process that hangs is ended
        try:
            answer = repr(work())
        except sd.SecdiploError as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(write, answer.encode())
        gc.collect()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        answer = pipe.read()
    assert os.waitpid(pid, 0)[1] == 0
    return answer


@CAN_FORK
def test_a_folder_that_has_changed_is_not_read_in_a_forked_process(mini):
    ds = sd.load(mini)
    assert in_fork(lambda: len(ds.table("events"))) == str(len(ds.table("events")))
    sheet = mini / "curated" / "interactions.csv"
    lines = sheet.read_text(encoding="utf-8").splitlines(keepends=True)
    sheet.write_text("".join(lines[:-1]), encoding="utf-8")
    assert "has changed since it was opened" in in_fork(lambda: len(ds.table("events")))
    with pytest.raises(sd.StoreError, match="its content is"):
        pickle.loads(pickle.dumps(ds))


@CAN_FORK
def test_a_comparison_says_in_which_process_it_can_be_used():
    found = sd.diff(None, None)
    assert "can be used only in the process that opened it" in in_fork(lambda: found.frame("rows"))
    assert len(found.frame("rows")) == 0


@CAN_FORK
def test_a_forked_process_ends_without_a_crash_and_keeps_the_scratch_files(tmp_path):
    """Also where it gives the dataset up, or ends as a program and not as a worker."""
    script = tmp_path / "fork.py"
    script.write_text(
        "import gc, os, signal, sys\n"
        "import secdiplo as sd\n"
        f"ds = sd.load({str(MINI)!r}, memory='200MB')\n"
        "folder = ds._built.connection._scratch.name\n"
        "for kept in (True, False):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        signal.alarm(60)\n"
        "        if not kept:\n"
        "            del ds\n"
        "            gc.collect()\n"
        "        sys.exit(0)\n"
        "    print(os.waitpid(pid, 0)[1], os.path.isdir(folder))\n"
        "print(len(ds.table('events', as_='arrow')))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)}, timeout=120,
    )  # fmt: skip
    assert done.stdout == "0 True\n0 True\n5\n"  # DuckDB may report what was left open
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["fork.py"]


def test_a_dataset_pickles_by_its_place(mini, tmp_path, monkeypatch):
    write_tables(mini, tmp_path / "built")
    monkeypatch.chdir(tmp_path)
    opened = [sd.load(), sd.load("mini"), sd.load("built", threads=1)]
    texts = [pickle.dumps(each) for each in opened]
    monkeypatch.chdir("/")
    for ds, text in zip(opened, texts, strict=True):
        again = pickle.loads(text)
        assert len(text) < 1_000
        assert again.table("events").equals(ds.table("events"))
        assert again.table("events").attrs == ds.table("events").attrs
    shutil.rmtree(mini)
    with pytest.raises(sd.UsageError, match="no such folder"):
        pickle.loads(texts[1])


def test_what_cannot_be_pickled_says_so():
    built, _ = open_folder(MINI)
    with pytest.raises(sd.UsageError, match="only a dataset that `load` opened can be pickled"):
        pickle.dumps(sd.Dataset(built))
    with pytest.raises(sd.UsageError, match="only in the process that opened it"):
        pickle.dumps(sd.diff(None, None))


def test_a_dataset_of_a_folder_is_the_same_after_a_change_of_folder(monkeypatch):
    """Among its files is the second coding, which is read when it is asked for."""
    monkeypatch.chdir(resources.shipped("data").parent)
    ds = sd.load("data")
    monkeypatch.chdir("/")
    assert ds.sources().equals(sd.load().sources())
    assert ds.reliability(resamples=9).frame().equals(sd.load().reliability(resamples=9).frame())


def test_errors_pickle_as_they_are():
    problems = Problems(
        [Problem("a.csv", 2, "date", "wrong; correct it")], {("a", "b", "c", "error"): 3}
    )
    found = sd.countries.CountryError("no country", "Atlantis", [])
    for error in (sd.DataError(problems), sd.UsageError("text"), AttestedError("text"), found):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
    assert pickle.loads(pickle.dumps(sd.DataError(problems))).problems.more == problems.more


def test_threads_and_tasks_get_their_own_rows():
    """Each asks for another year, and none gets the rows of another; the views are new to all."""
    ds, alone = sd.load(), sd.load()
    years = [str(year) for year in (2022, 2023, 2024, 2025)] * 6

    def ask(year):
        return ds.query("country_totals", start=year, end=year)

    expected = {year: alone.query("country_totals", start=year, end=year) for year in set(years)}
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(ask, years))

    async def gathered():
        return await asyncio.gather(*(asyncio.to_thread(ask, year) for year in years))

    for found in (frames, asyncio.run(gathered())):
        assert all(f.equals(expected[y]) for f, y in zip(found, years, strict=True))


# --- the command line ---------------------------------------------------------------------------

ROWS = ("query", "meeting_list", "--format", "csv")
COMMAND = [sys.executable, "-m", "secdiplo"]
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="as systems like Linux do it")


def ended(*args, stdout=subprocess.PIPE, shell="", **options):
    """Run a command, or a line of a shell in which "$@" is the command."""
    line = ["sh", "-c", shell, "sh"] if shell else []
    done = subprocess.run(
        [*line, *COMMAND, *args], stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=120,
        **options,
    )  # fmt: skip
    return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()


@ON_LINUX
@pytest.mark.parametrize("args", [("--help",), ("query", "--help"), ROWS], ids=" ".join)
def test_a_full_disk_under_the_output_is_one_line(args):
    with open("/dev/full", "w") as full:
        code, _, said = ended(*args, stdout=full)
    what = "the output cannot be written (No space left on device); write it elsewhere"
    assert (code, said) == (1, f"Error: {what}\n")


@ON_LINUX
@pytest.mark.parametrize("args", [("--help",), ROWS], ids=" ".join)
def test_a_closed_pipe_is_silent(args):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as pipe:
        assert ended(*args, stdout=pipe) == (141, "", "")


@ON_LINUX
def test_a_folder_that_was_deleted_is_a_message(tmp_path):
    inside = str(tmp_path / "gone")
    shell = f'mkdir {inside}; cd {inside}; rmdir {inside}; "$@"'
    said = "Error: the folder that you are in was deleted; go to another one\n"
    assert ended("tables", shell=shell) == (2, "", said)
    assert ended("query", "country_totals", "-o", "a.csv", shell=shell) == (2, "", said)
    assert ended("--version", shell=shell)[0] == 0


@ON_LINUX
def test_streams_that_are_closed_take_no_file(tmp_path):
    """Else the first file that is opened has the number of a stream, and gets its messages."""
    out = tmp_path / "rows.csv"
    args = ("query", "country_totals", "-o", str(out))
    assert ended(*args, shell='"$@" >&- 2>&-') == (0, "", "")
    assert out.read_bytes().startswith(b"country,name,region,")
    assert ended("check", "nothing", shell='"$@" 2>&-') == (2, "", "")


@ON_LINUX
def test_names_and_statements_are_read_and_written_as_they_are(tmp_path):
    """A name that is no UTF-8, and a statement in UTF-8 where the code page is another."""
    out = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    sql = "select 'é 王' as a"
    done = subprocess.run(
        [*COMMAND, "sql", "-f", "-", "-o", out], input=sql.encode(), capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, out + b": 1 row\n", b"")
    with open(out, encoding="utf-8") as file:
        assert file.read() == "a\né 王\n"
