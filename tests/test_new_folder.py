"""`secdiplo init`: a new folder passes `check`, and nothing breaks on a dataset without rows."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.building import new_folder
from secdiplo.cli.main import main
from secdiplo.figures import catalogue
from secdiplo.query import packaged

NO_ROWS = (
    "curated/interactions.csv:1:1: notice: no rows yet; add one row per event, official and "
    "counterpart"
)
ROW = {
    "event_key": "one",
    "date": "2024-09-07",
    "agency": "MFA",
    "official_rank": "minister",
    "format": "bilateral",
    "mode": "in_person",
    "host_country": "UGA",
    "counterpart_type": "country",
    "counterpart": "UGA",
    "source_url": "https://example.org/1",
    "confidence": "high",
}


def run(*args):
    result = CliRunner().invoke(main, list(map(str, args)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return sd.init(tmp_path_factory.mktemp("new") / "my data", home="KEN")


@pytest.fixture
def loaded(empty):
    with pytest.warns(UserWarning, match="no rows yet"):
        return sd.load(empty)


def files(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


# --- what is written ------------------------------------------------------------------------


def test_a_new_folder_has_one_notice_and_every_part(empty):
    result = run("check", empty)
    assert (result.exit_code, result.stderr.splitlines()) == (0, [NO_ROWS])
    assert result.stdout == f"{empty}: no errors, 1 notice\n"
    assert files(empty) == {
        "README.md",
        ".gitattributes",
        "codes.csv",
        "dataset.toml",
        "curated/interactions.csv",
        "curated/agreements.csv",
        "tables/agreements.json",
        "queries/agreements_by_country.sql",
        ".github/workflows/check.yml",
    }


def test_the_settings_are_those_that_are_given(tmp_path):
    title = 'Ministers of "X" \\ 2024: äé'
    made = run("init", tmp_path / "a b", "--name", "mine", "--title", title, "--home", "Kenya")
    assert (made.exit_code, made.stderr) == (0, "")
    settings = tomllib.loads((tmp_path / "a b" / "dataset.toml").read_text(encoding="utf-8"))
    assert (settings["name"], settings["title"]) == ("mine", title)
    assert settings["home"] == {"country": "KEN", "not_foreign": []}
    assert f"# {title}\n" in (tmp_path / "a b" / "README.md").read_text(encoding="utf-8")
    assert run("check", tmp_path / "a b").exit_code == 0


def test_without_options_the_home_is_marked_and_told(tmp_path):
    made = run("init", tmp_path / "größe 2")
    text = (tmp_path / "größe 2" / "dataset.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["name"] == "gr_e_2"
    assert "CHANGE IT" in text
    assert "the home is FRA until you change it" in made.stderr
    assert run("check", tmp_path / "größe 2").exit_code == 0


def test_a_given_home_has_no_such_mark(empty):
    assert "CHANGE IT" not in (empty / "dataset.toml").read_text(encoding="utf-8")


def test_every_commented_setting_can_be_used(tmp_path):
    """Each line of dataset.toml that is a comment with a key is valid once its mark is gone."""
    folder = sd.init(tmp_path / "new", home="KEN")
    text = (folder / "dataset.toml").read_text(encoding="utf-8")
    used = re.sub(r"^# (?=\[|[a-z_.A-Z]+ = )", "", text, flags=re.M)
    for names_a_file in ("interactions", "annotations"):
        used = re.sub(rf"^{names_a_file} = ", "# ", used, flags=re.M)
    (folder / "dataset.toml").write_text(used, encoding="utf-8")
    settings = tomllib.loads(used)
    assert {"scopes", "references", "figures", "authors", "extra_columns"} <= set(settings)
    found = [str(problem) for problem in sd.check(folder)]
    assert [each for each in found if ": notice: " not in each] == []
    sheet = folder / "curated" / "interactions.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("\n", ",coder\n"), encoding="utf-8")
    assert [
        str(p) for p in sd.check(folder) if "no rows" not in p.what and "forum" not in p.what
    ] == []


def test_the_workflow_runs_check(empty):
    text = (empty / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert re.findall(r"^ +- run: (.*)$", text, flags=re.M) == [
        'pip install "secdiplo"',
        "secdiplo check .",
    ]


def test_the_folder_that_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init", ".", "--home", "KEN").exit_code == 0
    assert run("check", ".").exit_code == 0


def test_the_examples_work_with_rows(tmp_path):
    folder = sd.init(tmp_path / "new", home="KEN")
    sheet = folder / "curated" / "interactions.csv"
    names = sheet.read_text(encoding="utf-8").strip().split(",")
    with sheet.open("a", encoding="utf-8") as file:
        file.write(",".join(ROW.get(name, "") for name in names) + "\n")
    with (folder / "curated" / "agreements.csv").open("a", encoding="utf-8") as file:
        file.write(
            "one-a,one,UGA,treaty,https://example.org/2\none-b,one,UGA,,https://example.org/3\n"
        )
    assert [str(problem) for problem in sd.check(folder)] == []
    table = sd.load(folder).query("agreements_by_country")
    assert table.astype(str).values.tolist() == [["UGA", "2", "2024-09-07"]]


# --- what is refused ------------------------------------------------------------------------


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    result = run("init", tmp_path)
    assert (result.exit_code, files(tmp_path)) == (2, {"note.txt"})
    assert f"{tmp_path} exists and is not empty" in result.stderr
    assert run("init", tmp_path / "note.txt").exit_code == 2
    assert (tmp_path / "note.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--home", "Atlantis", "home: no country or organization `Atlantis`"),
        ("--home", "ASEAN", "home: `ASEAN` is an organization"),
        ("--home", "", "home: "),
        ("--name", "a/b", "`a/b` cannot name a dataset"),
        ("--name", "", "`` cannot name a dataset"),
        ("--title", " ", "the title is blank"),
        ("--title", "two\nlines", "control characters"),
    ],
)
def test_a_wrong_option_writes_nothing(tmp_path, option, value, message):
    result = run("init", tmp_path / "new", option, value)
    assert (result.exit_code, (tmp_path / "new").exists()) == (2, False)
    assert message in result.stderr


@pytest.mark.parametrize("exists", [True, False])
def test_a_failure_leaves_nothing(tmp_path, monkeypatch, exists):
    folder = tmp_path / "new"
    if exists:
        folder.mkdir()
    write = Path.write_text

    def failing(self, *args, **kwargs):
        if self.name == "dataset.toml":
            raise OSError(28, "No space left on device")
        return write(self, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", failing)
    with pytest.raises(sd.UsageError, match="cannot be written"):
        new_folder.init(folder)
    assert folder.exists() == exists
    assert not exists or files(folder) == set()


# --- a dataset without rows -----------------------------------------------------------------


def test_every_query_answers_on_no_rows(loaded):
    needs = {"forum_window"}
    for name in packaged.names():
        if name not in needs:
            assert loaded.query(name) is not None
    with pytest.raises(sd.UsageError, match="needs `forum`"):
        loaded.query("forum_window")


@pytest.mark.parametrize("figure", catalogue.FIGURES)
def test_every_figure_says_what_it_lacks(loaded, figure):
    with pytest.raises(sd.FigureError, match=r"has no |needs `"):
        loaded.plot(figure)


@pytest.mark.parametrize("unit", ["country", "dyad", "official", "agency"])
def test_panels_say_that_there_are_no_days(empty, unit):
    result = run("panel", "--data", empty, "--unit", unit)
    assert result.exit_code == 2
    assert "no days and no events; name one that has, or add events" in result.stderr


def test_a_scope_with_days_has_a_panel_of_zeros(tmp_path):
    folder = sd.init(tmp_path / "new", home="KEN")
    with (folder / "dataset.toml").open("a", encoding="utf-8") as file:
        file.write('[scopes.year]\ntitle = "2024"\nstart = "2024"\nend = "2024"\n')
    result = run("panel", "--data", folder, "--unit", "agency", "--format", "json")
    cells = json.loads(result.stdout)
    assert [(c["agency"], c["status"], c["events"]) for c in cells] == [
        ("MFA", "zero", 0),
        ("MOI", "zero", 0),
    ]
    result = run("panel", "--data", folder, "--unit", "official")
    assert "no event in the scope names an official; choose another unit" in result.stderr


def test_it_is_built_verified_exported_and_described(empty, tmp_path):
    tables = tmp_path / "tables"
    assert "0 events, 0 interactions" in run("build", empty, "-o", tables).stdout
    assert "all as written" in run("verify", tables).stdout
    for data in (empty, tables):
        out = tmp_path / f"{data.name}-out"
        assert run("export", "--data", data, "--to", "csv,dta,sqlite", "-o", out).exit_code == 0
    assert run("--data", empty, "codebook", "-o", tmp_path / "book").exit_code == 0
    assert run("report", "--data", empty, "-o", tmp_path / "explorer").exit_code == 0
    assert run("audit", "--data", empty).exit_code == 0
    assert run("reproduce", "--data", empty).exit_code == 0


def test_nothing_is_simulated_after_it(empty, tmp_path):
    result = run("simulate", "--data", empty, "--rows", "10", "-o", tmp_path / "made_up")
    assert (result.exit_code, (tmp_path / "made_up").exists()) == (2, False)
    assert "no dated rows to be like" in result.stderr


# --- notices before a command ---------------------------------------------------------------


def test_a_command_counts_the_notices_that_check_prints(empty):
    short = f"1 notice; `secdiplo check {empty}` prints it"
    for command in (["query", "dataset_totals"], ["tables"], ["cite"]):
        lines = run(*command, "--data", empty).stderr.splitlines()
        assert [line for line in lines if "notice" in line] == [short]


def test_several_notices_are_one_line(mini, make_bad):
    both, cell = make_bad["both"], make_bad["cell"]
    both(cell(5, "topic", "hunting"), cell(7, "topic", "fishing"))(mini)
    assert run("check", mini).stderr.count(": notice: ") == 2
    lines = run("query", "dataset_totals", "--data", mini).stderr.splitlines()
    assert f"2 notices; `secdiplo check {mini}` prints them" in lines
    assert not any("topic" in line for line in lines)
