"""The blocks of docs/how-to/export.md that say they are run are run, where their tool is installed."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import secdiplo as sd

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/how-to/export.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"^<!-- run: (\w+)(?: (\w+))? -->\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL
)
FENCES = re.findall(r"^```(r|python|sh|stata)\n", TEXT, re.MULTILINE)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder as the page has it: `exported`, made by the page's own command, and `mine`."""
    folder = tmp_path_factory.mktemp("use")
    command = re.search(r"^(secdiplo export -o exported --to parquet,.*)$", TEXT, re.MULTILINE)[1]
    subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=folder, check=True, capture_output=True
    )
    shutil.copytree(ROOT / "examples" / "suppressed", folder / "mine")
    return folder


def command_for(language, tool, code):
    if language == "r":
        if not shutil.which("Rscript"):
            pytest.skip("R is not installed")
        for package in re.findall(r"library\((\w+)\)", code):
            asked = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
            if subprocess.run(
                ["Rscript", "-e", asked], capture_output=True, check=False
            ).returncode:
                pytest.skip(f"R has no package {package}")
        return ["Rscript", "--vanilla", "-e", code]
    if language == "sh":
        if not shutil.which(tool):
            pytest.skip(f"the command {tool} is not installed")
        return ["sh", "-ec", code]
    if tool and importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("language", "tool", "code"), BLOCKS, ids=[f"{n}-{b[0]}" for n, b in enumerate(BLOCKS)]
)
def test_a_block_that_says_it_is_run_runs(place, language, tool, code):
    command = command_for(language, tool, code)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    last = done.stdout.split()[-1].strip('[]"')
    rows = sd.load().tables()["rows"]
    assert last in {str(rows["events"]), str(rows["participations"]), "True"}


def test_every_block_says_whether_it_is_run():
    marked = len(
        re.findall(r"^<!-- not run: .+ -->\n```(?:r|python|sh|stata)\n", TEXT, re.MULTILINE)
    )
    assert len(BLOCKS) + marked == len(FENCES)
    assert {language for language, _, _ in BLOCKS} == {"r", "python", "sh"}
