"""Every block of code on a page of the docs runs, or says why it does not.

Pages of the tutorials run when the site is built. `tests/test_docs_use.py` runs the export page.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import matplotlib as mpl
import pytest
from click.testing import CliRunner

from secdiplo.cli import main

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    str(page.relative_to(DOCS))
    for page in DOCS.rglob("*.md")
    if "tutorials" not in page.parts and page.name not in {"export.md", "commands.md"}
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
    if any(line.startswith("$ ") for line in lines):
        return [line[2:] for line in lines if line.startswith("$ secdiplo ")]
    return [line for line in lines if line.startswith("secdiplo ")]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)])
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch):
    for name in ("data", "examples", "seeds"):
        shutil.copytree(ROOT / name, tmp_path / name)
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
