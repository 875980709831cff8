"""Every block of code on a page of the docs runs, or says why it does not.

Pages of the tutorials run when the site is built. `tests/test_docs_use.py` runs the export page, and
the tests of the importer run the examples of its page.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import matplotlib as mpl
import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.cli import main

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    str(page.relative_to(DOCS))
    for page in DOCS.rglob("*.md")
    if "tutorials" not in page.parts and page.name not in {"export.md", "import.md", "commands.md"}
)
BLOCK = re.compile(r"(<!-- not run: [^\n]+ -->\n+)?^( *)```(\w*)\n(.*?)^ *```$", re.M | re.S)


def blocks(page: str) -> list[tuple[str, str]]:
    """Return the language and text of the blocks of a page that are to be run."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = []
    for marked, indent, language, code in BLOCK.findall(text):
        code = re.sub(rf"^{indent}", "", code, flags=re.M)
        is_shell = language == "" and re.search(r"^(\$ )?secdiplo ", code, re.M)
        if not marked and (language == "python" or is_shell) and ">>>" not in code:
            found.append((language or "shell", code))
    return found


def commands(code: str) -> list[str]:
    """Return the commands of a block of the shell; lines after `$ ` show their output."""
    lines = code.replace("\\\n", " ").splitlines()
    if any(line.startswith("$ ") for line in lines):  # with their output; some show an error
        answers = [*lines[1:], ""]
        pairs = zip(lines, answers, strict=True)
        return [
            line[2:]
            for line, answer in pairs
            if line.startswith("$ secdiplo ") and not answer.startswith("Error")
        ]
    return [line for line in lines if line.startswith("secdiplo ")]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Make a folder with what the pages assume: the repository's data, a dataset and its tables."""
    folder = tmp_path_factory.mktemp("docs")
    for name in ("data", "examples", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "examples" / "us_state_guests", folder / "my_dataset")
    shutil.copytree(ROOT / "examples" / "us_state_guests", folder / "their_dataset")
    sd.build(folder / "my_dataset", folder / "tables")
    sheet = (folder / "my_dataset" / "curated" / "interactions.csv").read_text(encoding="utf-8")
    (folder / "new_rows.csv").write_text("".join(sheet.splitlines(True)[:3]), encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)])
def test_the_blocks_of_a_page_run(page, place, tmp_path, monkeypatch):
    tmp_path = shutil.copytree(place, tmp_path / "work")
    if any("secdiplo init my_dataset" in code for _, code in blocks(page)):
        shutil.rmtree(tmp_path / "my_dataset")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    names: dict[str, object] = {"__name__": "page"}
    with mpl.rc_context():
        for language, code in blocks(page):
            if language == "python":
                exec(compile(code, page, "exec"), names)
                continue
            for command in commands(code):
                words = shlex.split(command, comments=True)[1:]
                result = CliRunner().invoke(main, words)
                assert result.exit_code == 0, f"{command}\n{result.output}"


def test_pages_have_blocks_that_run():
    assert sum(len(blocks(page)) for page in PAGES) > 40
