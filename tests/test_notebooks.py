"""Every notebook runs from top to bottom in a kernel, and its kept outputs are those of the run."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


@pytest.fixture(scope="module")
def runner():
    pytest.importorskip("nbclient", reason="nbclient runs the notebooks")
    pytest.importorskip("ipykernel", reason="ipykernel is the kernel of the notebooks")
    return runpy.run_path(str(ROOT / "notebooks" / "run.py"))


@pytest.mark.filterwarnings("default")  # of the libraries that run it
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_gives_the_outputs_that_it_keeps(runner, path):
    held = json.loads(path.read_text(encoding="utf-8"))
    fresh = runner["executed"](path)
    for (source, kept), (_, found) in zip(runner["said"](held), runner["said"](fresh), strict=True):
        assert found == kept, source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_outputs_without_errors_or_paths_of_a_machine(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert outputs
    assert not [output for output in outputs if output["output_type"] == "error"]
    texts = json.dumps([output.get("text") or output.get("data", {}).get("text/plain")
                        for output in outputs])  # fmt: skip
    assert str(ROOT) not in texts and "/tmp/" not in texts


def test_every_figure_and_table_of_the_paper_is_in_the_second():
    text = (ROOT / "notebooks" / "02_reproduce_the_paper.ipynb").read_text(encoding="utf-8")
    for name in [*(f"figure_{n}" for n in range(1, 10)), "table_2", "table_3"]:
        assert f'ds.plot(\\"{name}\\")' in text
