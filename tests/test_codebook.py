"""The codebook: what it says of each variable, beside the sheets and the declarations."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

import secdiplo as sd
from secdiplo import codebook
from secdiplo.cli import describe
from secdiplo.codebook import pages, variables
from secdiplo.folder import resources
from secdiplo.schema import generate
from secdiplo.schema.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def files():
    return codebook.files(sd.load()._built, ROOT / "data")


@pytest.fixture(scope="module")
def sheet():
    with (ROOT / "data/curated/interactions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_every_variable_has_a_row_with_all_that_is_asked(files):
    found = {(row["table"], row["variable"]): row for row in rows(files["codebook.csv"])}
    assert set(found) == {
        (t.name, c.name) for t in sd.load()._built.tables.values() for c in t.columns
    }
    for row in found.values():
        for name in ("label", "type", "missing_rule", "source", "since_version"):
            assert row[name], row
        assert int(row["rows_with_value"]) == 0 or row["example"]


def test_counts_are_those_of_the_sheet(files, sheet):
    found = {
        (row["table"], row["variable"], row["code"]): int(row["rows"])
        for row in rows(files["codebook_values.csv"])
    }
    for agency, count in Counter(row["agency"] for row in sheet).items():
        assert found["participations", "agency", agency] == count
    formats = {row["event_key"]: row["format"] for row in sheet}
    for name, count in Counter(formats.values()).items():
        assert found["events", "format", name] == count
    topics = Counter(topic for row in sheet for topic in row["topic"].split("; ") if topic)
    for topic, count in topics.items():
        assert found["interaction_topics", "topic", topic] == count
    blank = {(r["table"], r["variable"]): int(r["rows_blank"]) for r in rows(files["codebook.csv"])}
    assert blank["participations", "counterpart_person"] == sum(
        not row["counterpart_person"] for row in sheet
    )


def test_coding_rules_are_those_of_the_coders(files):
    rules = {(row["table"], row["variable"]): row["coding_rule"]
             for row in rows(files["codebook.csv"])}  # fmt: skip
    text = (ROOT / "data/curated/CODING.md").read_text(encoding="utf-8")
    for name in ("format", "city", "mode", "confidence", "date"):
        assert rules["events", name] and rules["events", name] in text
    assert rules["participations", "counterpart_person"] in text
    assert rules["events", "date_min"] == "" == rules["claims", "value"]


def test_the_page_holds_every_variable_and_code_and_asks_no_host(files):
    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.ids, self.tags, self.text, self.links = [], [], [], []

        def handle_starttag(self, tag, attrs):
            values = dict(attrs)
            self.tags.append(tag)
            self.ids += [values["id"]] if "id" in values else []
            self.links += [values[name] for name in ("href", "src") if name in values]

        def handle_data(self, data):
            self.text.append(data)

    reader = Reader()
    reader.feed(files["codebook.html"])
    for table in TABLES.values():
        assert table.name in reader.ids
        assert {f"{table.name}.{column.name}" for column in table.columns} <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))
    assert all(link.startswith("#") for link in reader.links)
    assert not {"script", "link", "img", "iframe"} & set(reader.tags)
    assert "Ministry of Public Security" in " ".join(reader.text)


def test_cells_never_become_markup(mini):
    path = mini / "codes.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Ministry of Public Security", "<script>x</script>", 1), "utf-8")
    made = codebook.files(sd.load(mini)._built, mini)
    assert "&lt;script&gt;x&lt;/script&gt;" in made["codebook.html"]
    assert "<script" not in made["codebook.html"]


def test_the_defaults_of_a_folder_are_named(mini, files):
    with (mini / "dataset.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[defaults]\nconfidence = "high"\nofficial_rank = "minister"\n')
    made = codebook.files(sd.load(mini)._built, mini)
    said = "Where a cell of the sheet is blank, the default of dataset.toml counts: "
    assert said + "`confidence` is `high`, `official_rank` is `minister`." in made["codebook.md"]
    assert said + "<code>confidence</code> is <code>high</code>, " in made["codebook.html"]
    assert said not in files["codebook.md"] + files["codebook.html"]


def test_without_written_rules_there_are_none(tmp_path):
    assert variables.coding_rules(None) == {} == variables.coding_rules(tmp_path)


def test_changes_name_variables_and_versions_that_exist():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = set(re.findall(r"^### Data \(version (\S+)\)", changelog, re.MULTILINE))
    built = sd.load()._built
    assert built.dataset["first_version"] in versions
    assert set(built.dataset["changes"]) <= versions
    for changes in built.dataset["changes"].values():
        for variable, what in changes.items():
            table, column = variable.split(".")
            assert what.startswith("removed") or column in built.tables[table].by_name


def test_a_changed_variable_says_so(files):
    found = {(row["table"], row["variable"]): row for row in rows(files["codebook.csv"])}
    assert found["countries", "cow_from"]["changes"].startswith("1.1: recoded.")
    assert found["events", "format"]["changes"] == ""
    for (table, name), row in found.items():
        new = table in {"publishers", "nonstate_actors", "decisions"} or name in {
            "independent_sources", "wording", "publisher_basis", "publisher_country",
            "publisher_kind",
        }  # fmt: skip
        assert row["since_version"] == ("2.0" if new else "1.0")


def test_a_change_of_the_declarations_is_stale(tmp_path, monkeypatch):
    shipped = resources.shipped("schema")
    assert describe._stale_declarations(shipped, write=False) == []
    monkeypatch.setattr(generate, "TABLES_JSON", tmp_path / "tables.json")
    assert describe._stale_declarations(tmp_path, write=True) == []  # the schema of a user
    assert describe._stale_declarations(shipped, write=False) == ["tables.json"]
    assert describe._stale_declarations(shipped, write=True) == ["tables.json"]
    assert describe._stale_declarations(shipped, write=False) == []


def test_the_columns_are_declared(files):
    assert files["codebook.csv"].splitlines()[0] == ",".join(pages.VARIABLES)
    assert files["codebook_values.csv"].splitlines()[0] == ",".join(pages.VALUES)
