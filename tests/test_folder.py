"""dataset.toml: what it says, what it may leave out, and where its problems stand."""

from __future__ import annotations

from pathlib import Path

import pytest

import secdiplo as sd
from folders import without_tables
from secdiplo.folder import reading as folder
from secdiplo.folder import resources, toml
from secdiplo.schema.tables import SHEETS

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "data" / "mini"
SMALLEST = """name = "x"
title = "X"
version = "2.10"
licence = "CC0"
home = { country = "FRA" }
"""


def written(path, text):
    path.mkdir(exist_ok=True)
    (path / "dataset.toml").write_text(text, encoding="utf-8")
    return path


def problems(path):
    with pytest.raises(sd.DataError) as caught:
        folder.read(path)
    return [str(problem) for problem in caught.value.problems]


def test_what_mini_says():
    found = folder.read(MINI)
    assert (found.name, found.version, found.licence) == ("mini", "1.0", "CC-BY-4.0")
    assert (found.home, found.not_foreign) == ("CHN", ("HKG", "MAC"))
    assert found.exhaustive is False
    assert found.default_scope == "example"
    (scope,) = found.scopes
    assert (scope.name, scope.start, scope.end) == ("example", "2022-06", "2025-06")
    assert scope.ranks["MSS"] == ["minister", "other"]
    assert found.annotations == MINI / "annotations"


def test_what_the_built_in_dataset_says():
    found = folder.read(ROOT / "data")
    assert found.annotations == resources.shipped("seeds")
    assert [scope.name for scope in found.scopes] == ["carnegie2025"]


def test_what_may_be_left_out(tmp_path):
    found = folder.read(written(tmp_path / "x", SMALLEST))
    assert found.exhaustive is False
    assert found.scopes == ()
    assert found.default_scope == "all"
    assert found.citation == ""
    assert found.extra_columns == ()
    assert found.annotations is None
    assert found.not_foreign == ()


def test_the_first_scope_is_the_default(tmp_path):
    text = SMALLEST + '[scopes.b]\nstart = "2020"\n[scopes.a]\n'
    found = folder.read(written(tmp_path / "x", text))
    assert found.default_scope == "b"
    assert found.scopes[0].title == "b"
    assert found.scopes[1].ranks == {}


def test_a_byte_order_mark_and_windows_lines_are_accepted(tmp_path):
    (tmp_path / "dataset.toml").write_bytes(
        b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode()
    )
    assert folder.read(tmp_path).version == "2.10"


def test_a_dataset_takes_the_shipped_annotations(mini):
    without_tables(mini)
    toml = mini / "dataset.toml"
    toml.write_text('annotations = "builtin"\n' + toml.read_text(encoding="utf-8"), "utf-8")
    found = folder.read(mini)
    assert found.annotations == resources.shipped("seeds")
    ds = sd.load(mini)
    assert ds.tables()["rows"]["claims"] == sd.load().tables()["rows"]["claims"]
    assert "mentions" not in ds.tables().index


def test_where_the_sheets_lie():
    found = folder.read(MINI)
    for table in SHEETS.values():
        path, label = found.sheet(table.sheet)
        if table.name == "countries":
            assert label == "(secdiplo)/reference/countries.csv"
            assert path == resources.shipped("data") / "reference" / "countries.csv"
        else:
            assert path == MINI / label
            assert path.is_file() == (
                table.name not in {"publishers", "nonstate_actors", "decisions"}
            ), label


def test_where_the_shipped_annotations_lie():
    found = folder.read(ROOT / "data")
    assert found.sheet("manifest.csv")[1] == "seeds/manifest.csv"
    assert found.sheet("claims.csv")[1] == "annotations/claims.csv"
    for name in ("manifest.csv", "claims.csv"):
        assert found.sheet(name)[0].is_file()


def test_countries_of_the_folder_come_before_the_shipped_ones(mini):
    (mini / "reference" / "regions.csv").unlink()
    (mini / "reference" / "countries.csv").write_text(
        "iso3,iso2,iso_numeric,name,aliases,region_mine,cow,cow_from,cow_to,gw,gw_from,gw_to,"
        "gw_microstate,vdem\n"
        + "".join(
            f"{c},{c[:2]},,{c},,Somewhere,,,,,,,,\n"
            for c in ("CHN", "IND", "RUS", "MMR", "FJI", "HKG", "MAC", "CUB", "NIC", "NRU", "STP")
        ),
        encoding="utf-8",
    )
    ds = sd.load(mini)
    assert len(ds.table("countries")) == 11
    assert set(ds.table("country_regions")["scheme"]) == {"mine"}


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("name", 1),
        ("home", 3),
        ("home.country", 4),
        ("scopes.a", 6),
        ("scopes.a.start", 7),
        ("scopes.a.ranks.MPS", 8),
        ("scopes.b.start", 13),
        ("scopes.b.ranks.MPS", 15),
        ("scopes.b.ranks.CPLC", 14),
        ("scopes.b.end", 12),
        ("scopes.quoted name.end", 17),
        ("nowhere", 1),
    ],
)
def test_the_line_of_a_key(key, line):
    text = (
        'name = "x"  # name\n'  # 1
        "\n"
        "[home]\n"
        'country = "CHN"\n'
        "\n"  # 5
        "[scopes.a]\n"
        'start = "2020"\n'
        'ranks.MPS = ["minister",\n'
        '  "other",\n'
        "]\n"  # 10
        "# start\n"
        "[scopes.b]\n"
        ' start = "2021"\n'
        "[scopes.b.ranks]\n"
        'MPS = ["minister"]\n'  # 15
        '[scopes."quoted name"]\n'
        'end = "2020"\n'
    )
    assert toml.line_of(text, key) == line


def test_every_problem_at_once(tmp_path):
    text = (
        SMALLEST.replace('"2.10"', '"2"') + 'colour = "red"\n[scopes.a]\nstart = "x"\nranks = 3\n'
    )
    assert problems(written(tmp_path / "x", text)) == [
        "dataset.toml:3:version: `2` is not a version; write it as `1.0`",
        "dataset.toml:6:colour: unknown key `colour`; known: name, title, version, first_version, "
        "changes, licence, citation, authors, year, contact, keywords, modelled_on, query_sources, abbreviations, "
        "region_schemes, figures, references, exhaustive, annotations, default_scope, default_forum, home, defaults, scopes, extra_columns, "
        "interactions",
        "dataset.toml:8:scopes.a.start: `x` is not a date; write `2022-06-01`, `2022-06` or `2022`",
        "dataset.toml:9:scopes.a.ranks: `scopes.a.ranks` is not a table; write it as one",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('scopes = "all"', "`scopes` is not a table; write it as one"),
        ('scopes.a = "all"', "`scopes.a` is not a table; write it as one"),
        ("extra_columns = [1]", '`extra_columns` is not a list of texts; write `["a", "b"]`'),
        ('extra_columns = "a"', '`extra_columns` is not a list of texts; write `["a", "b"]`'),
        ("annotations = 3", "`annotations` is not text; put it in quotes"),
        ("exhaustive = 1", "`exhaustive` is not true or false; write one, without quotes"),
        ('default_scope = "a"', "no scope `a`; name one of [scopes], or `all`"),
        (
            f'extra_columns = ["{"x" * 33}"]',
            f"`{'x' * 33}` cannot name a column; give it 1 to 32 letters",
        ),
    ],
)
def test_a_key_of_another_kind(tmp_path, text, what):
    (found,) = problems(written(tmp_path / "x", SMALLEST + text + "\n"))
    assert found.split(": ", 1)[1] == what
    assert found.split(":")[1] == ("6" if "home" not in text else "5")


def test_a_file_that_nests_too_deeply_is_refused(tmp_path):
    (found,) = problems(written(tmp_path / "x", "x = " + "[" * 50_000))
    assert "not valid TOML" in found


@pytest.mark.parametrize("value", ["..", "../x", "a/../../x", "/tmp", "a/.."])
def test_a_path_that_leaves_the_folder(tmp_path, value):
    (tmp_path / "x" / "a").mkdir(parents=True)
    (found,) = problems(written(tmp_path / "x", SMALLEST + f'annotations = "{value}"\n'))
    assert found == f"dataset.toml:6:annotations: `{value}` is outside the folder; keep it inside"
