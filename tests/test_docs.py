"""The docs say what there is: commands, tables, queries, public names, versions."""

import doctest
import importlib
import json
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest

import secdiplo as sd
from secdiplo import codebook
from secdiplo import query as queries
from secdiplo.cli import main
from secdiplo.schema.tables import tables_of
from secdiplo.store.opening import declared_settings

ROOT = Path(__file__).resolve().parent.parent
BUILT_IN = declared_settings(None)
DOCS = "\n".join(
    file.read_text(encoding="utf-8")
    for file in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "schema/codebook.md"]
)


@pytest.mark.parametrize("name", [*main.list_commands(None), "seeds verify"])
def test_every_command_is_mentioned(name):
    assert f"secdiplo {name}" in DOCS


@pytest.mark.parametrize("name", [*tables_of(BUILT_IN), *queries.names(BUILT_IN)])
def test_every_table_and_query_is_mentioned(name):
    assert re.search(rf"\b{name}\b", DOCS)


@pytest.mark.parametrize("name", sorted(set(sd.__all__) - {"__version__"}))
def test_every_public_name_is_mentioned_and_documented(name):
    assert re.search(rf"\b{name}\b", DOCS)
    assert getattr(sd, name).__doc__


def modules():
    for info in pkgutil.walk_packages(sd.__path__, "secdiplo."):
        if not info.name.endswith("__main__"):
            yield info.name


def costly(name):
    """Mark the modules whose examples build the explorer or audit the built-in data."""
    heavy = {"secdiplo.dataset", "secdiplo.report"}
    return pytest.param(name, marks=pytest.mark.slow) if name in heavy else name


@pytest.mark.parametrize("name", [costly(name) for name in sorted(["secdiplo", *modules()])])
def test_examples_in_docstrings_run(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    module = importlib.import_module(name)
    assert module.__doc__
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def test_schema_files_are_current():
    wanted = codebook.files(sd.load()._built, ROOT / "data")
    assert codebook.stale(ROOT / "schema", wanted) == []


def test_table_schemas_agree_with_the_built_tables():
    ds = sd.load()
    for name in ds.tables().index:
        schema = json.loads((ROOT / "schema" / f"{name}.json").read_text(encoding="utf-8"))
        assert [field["name"] for field in schema["fields"]] == ds.table(name).columns.tolist()
        for key in schema.get("foreignKeys", []):
            other = key["reference"]["resource"]
            if other in {"counterparts", "actors"}:  # countries and organizations together
                continue
            theirs = json.loads((ROOT / "schema" / f"{other}.json").read_text(encoding="utf-8"))
            names = {field["name"] for field in theirs["fields"]}
            assert set(key["reference"]["fields"]) <= names


def test_one_version_everywhere():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == sd.__version__
    assert f'version: "{sd.__version__}"' in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    settings = tomllib.loads((ROOT / "data" / "dataset.toml").read_text(encoding="utf-8"))
    assert settings["version"] == sd.load().version
    assert f"(version {settings['version']})" in changelog


def test_the_recipes_name_files_that_exist():
    text = (ROOT / "justfile").read_text(encoding="utf-8")
    for path in re.findall(r"\b(?:benchmarks|docs|src|tests)/[\w/.]+\w", text):
        assert (ROOT / path).exists(), path


def test_the_picture_of_the_readme_is_current():
    from PIL import Image

    with Image.open(ROOT / "docs" / "regional_shares.png") as picture:
        assert picture.text["Description"] == sd.load().plot("regional_shares").described


def test_no_sentence_of_the_seeds_is_in_the_project():
    """Anchors are a few words, never sentences."""
    ds = sd.load()
    for table in ("claims", "mentions"):
        assert ds.table(table)["quote"].str.len().max() <= 100
