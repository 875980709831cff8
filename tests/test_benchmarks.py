"""The competitors of the benchmark give the same cells as ours; nothing here is timed."""

import subprocess
import sys
from pathlib import Path

import pytest

import secdiplo as sd

pytestmark = pytest.mark.slow

SCALE = Path(__file__).resolve().parent.parent / "benchmarks" / "scale"
sys.path.insert(0, str(SCALE))
import compare  # noqa: E402
import layout  # noqa: E402

sys.path.remove(str(SCALE))
TASKS = (*layout.QUERIES, layout.PANEL)


def script(name, *args):
    command = [sys.executable, str(SCALE / name), *map(str, args)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=SCALE)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A synthetic sheet of 2,000 rows, its tables, and what we answer."""
    place = tmp_path_factory.mktemp("scale")
    layout.synthetic(place / "sheet", 2_000)
    sd.build(place / "sheet", place / "tables")
    script("ours.py", "spells", place / "tables", place / "spells.parquet")
    return place


@pytest.fixture(scope="module")
def answer(place):
    """Our answer to a task, asked once."""

    def ask(task, scope):
        out = place / f"{task}.{scope}.csv"
        if not out.exists():
            script("ours.py", task, place / "tables", scope, out)
        return out

    return ask


@pytest.mark.parametrize("engine", ["bare", "pandas"])
def test_builds_are_equal(place, engine):
    script(f"{engine}_build.py", place / "sheet", place / engine)
    assert compare.same_tables(place / "tables", place / engine) > 2_000


@pytest.mark.parametrize("scope", ["default", "all"])
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_answers_are_equal(place, answer, engine, task, scope):
    out = place / f"{engine}.csv"
    args = [task, place / "tables", scope, out, place / "spells.parquet"]
    script(f"{engine}_query.py", *args)
    assert compare.same_rows(answer(task, scope), out) > 0


@pytest.mark.parametrize("task", TASKS)
def test_bare_answers_are_equal(place, answer, task):
    script("ours.py", "spec", task, place / "tables", "all", place / "spec.json")
    script("bare.py", place / "spec.json", place / "bare.csv", "1GB")
    assert compare.same_rows(answer(task, "all"), place / "bare.csv") > 0


def test_another_cell_is_an_error(place, answer):
    ours = answer("country_totals", "all")
    wrong = place / "wrong.csv"
    lines = ours.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = lines[5].split(",")
    cells[-2] = str(int(cells[-2]) + 1)
    lines[5] = ",".join(cells)
    wrong.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(compare.WrongError, match="row 5 is"):
        compare.same_rows(ours, wrong)
    wrong.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(compare.WrongError):
        compare.same_rows(ours, wrong)
