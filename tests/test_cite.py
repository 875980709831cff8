"""References: whole, in an order, and readable by the programs they are for."""

from __future__ import annotations

import re

import pytest

import secdiplo as sd
from secdiplo.cite import references, styles


@pytest.fixture(scope="module")
def ds():
    return sd.load()


def test_apa_has_everything_with_the_authors_first(ds):
    text = ds.cite()
    order = [
        "Greitens, S. C., Kardon, I., & Waltz, C. (2025). A New World Cop",
        "China's Internal Security Diplomacy Dataset (Version 1.0) [Data set]. https://doi.org/",
        f"independent replication (Version {ds.version}) [Data set]",
        "Kwok, W. Y. (2024)",
        f"(Version {sd.__version__}) [Computer software]",
        "State System Membership List (Version 2024)",
        "Gleditsch, K. S., & Ward, M. D. (1999)",
        "Natural Earth",
        "Droid Sans Fallback",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_bibtex_reads_as_entries_with_unique_keys(ds):
    text = ds.cite("bibtex")
    entries = re.findall(r"^@(\w+)\{(\w+),\n(.*?)\n\}$", text, re.MULTILINE | re.DOTALL)
    assert len(entries) == len(references.of_dataset(ds._built)) == text.count("\n@") + 1
    assert len({key for _, key, _ in entries}) == len(entries)
    for _, _, body in entries:
        for line in body.split(",\n"):
            assert re.fullmatch(r"  \w+ = \{.*\}", line), line
            assert line.count("{") == line.count("}")


def test_bibtex_parses_with_a_foreign_reader(ds):
    parser = pytest.importorskip("bibtexparser", reason="bibtexparser reads the entries")
    found = parser.loads(ds.cite("bibtex")) if hasattr(parser, "loads") else None
    if found is None:
        found = parser.parse_string(ds.cite("bibtex"))
        assert not found.failed_blocks
    assert len(found.entries) >= 14


def test_cff_reads_as_yaml(ds):
    yaml = pytest.importorskip("yaml", reason="PyYAML reads the file")
    data = yaml.safe_load(ds.cite("cff"))
    assert data["cff-version"] == "1.2.0" and data["type"] == "dataset"
    assert data["version"] == ds.version and data["license"] == "CC-BY-4.0"
    assert data["references"][0]["authors"][0]["family-names"] == "Greitens"
    assert data["references"][1]["doi"] == "10.7910/DVN/DBZIUW"
    for reference in data["references"]:
        assert reference["title"] and reference["authors"] and reference["type"]


def test_special_characters_are_escaped():
    odd = references.Reference("k", "misc", "A & B: 100% of $x_1$ {y} #2 ~ \\", "this",
                               (('O"Neil', "Ann-Marie"),), "2020", note="it: 'quoted'")  # fmt: skip
    assert r"A \& B: 100\% of \$x\_1\$ \{y\} \#2" in styles.bibtex([odd])
    yaml = pytest.importorskip("yaml", reason="PyYAML reads the file")
    data = yaml.safe_load(styles.cff([], odd, ""))
    assert data["title"] == odd.title
    assert data["authors"][0]["family-names"] == 'O"Neil'
    assert "O\"Neil, A. M. (2020)." in styles.apa([odd])  # fmt: skip


def test_a_dataset_of_ones_own_is_cited_by_its_own_words():
    mini = sd.load("tests/data/mini")
    text = mini.cite()
    assert "[Rows of the built-in dataset of secdiplo" in text
    assert "A New World Cop" not in text.split("Texts whose")[0]


def test_an_unknown_style_is_refused(ds):
    with pytest.raises(sd.UsageError, match="did you mean `bibtex`"):
        ds.cite("bibtext")


def test_a_name_with_blanks_gives_a_key_without(mini):
    path = mini / "dataset.toml"
    text = path.read_text(encoding="utf-8").replace('name = "mini"', 'name = "my police"')
    path.write_text(text, encoding="utf-8")
    ds = sd.load(mini)
    assert "@dataset{my_police_data," in ds.cite("bibtex")
    assert "Cite as: Rows of the built-in dataset" in ds.cite("cff")
