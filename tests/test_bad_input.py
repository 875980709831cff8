"""Every defect gets its message, at its place, once; nothing is written.

The folders of tests/data/bad and tests/data/good are made by tests/data/make_bad.py.
"""

from __future__ import annotations

import filecmp
import functools
import json
import os
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo import store
from secdiplo.cli import main
from secdiplo.folder import resources
from secdiplo.ingest import validator

DATA = Path(__file__).resolve().parent / "data"
BAD = DATA / "bad"
GOOD = DATA / "good"
MAKER = runpy.run_path(str(DATA / "make_bad.py"))
LARGE = [case for case in MAKER["CASES"] if not case.committed]


def folders(where):
    return sorted(path.name for path in where.iterdir())


def lines_of(result):
    """The lines on stderr: the problems, without the line that counts them."""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    lines = result.stderr.splitlines()
    return lines[:-1] if lines and lines[-1][0].isdigit() else lines


def run(*args):
    return CliRunner().invoke(main, list(args))


def has_errors(lines):
    return any(": notice: " not in line for line in lines)


# --- the folders ----------------------------------------------------------------------------


@functools.cache
def checked(name):
    """Check a bad folder once: what is printed, the exit code, and the checks that found rows."""
    found = set()
    add_problems = validator.Validator._add_problems

    def noting(self, check, sheet, names, rows):
        found.update([check.name] if rows else [])
        add_problems(self, check, sheet, names, rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(BAD)
        patch.setattr(validator.Validator, "_add_problems", noting)
        result = run("check", name)
    return lines_of(result), result.exit_code, found


def mostly_slow(names, every):
    """Mark all but some of the names as slow, so that the everyday run takes a part of them."""
    return [
        name if place % every == 0 else pytest.param(name, marks=pytest.mark.slow)
        for place, name in enumerate(names)
    ]


@pytest.mark.parametrize("name", mostly_slow(folders(BAD), 3))
def test_check_prints_the_expected_problems(name):
    expected = (BAD / name / "expected.txt").read_text(encoding="utf-8").splitlines()
    lines, code, _ = checked(name)
    assert lines == expected
    assert code == has_errors(expected)


@pytest.mark.parametrize("name", folders(BAD)[::12])  # build finds problems as check does
def test_build_prints_the_same_and_writes_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(BAD)
    expected = (BAD / name / "expected.txt").read_text(encoding="utf-8").splitlines()
    result = run("build", name, "-o", str(tmp_path / "out"))
    assert lines_of(result) == expected
    assert result.exit_code == has_errors(expected)
    assert (list(tmp_path.iterdir()) == []) == has_errors(expected)


@pytest.mark.parametrize("case", LARGE, ids=lambda case: case.name)
def test_a_cell_that_is_too_long(case, tmp_path):
    MAKER["make"](case.edit, tmp_path / case.name)
    assert "\n".join(map(str, sd.check(tmp_path / case.name))) == case.expected


def test_the_folders_are_those_of_the_maker(tmp_path):
    def files(top):
        return {
            path.relative_to(top).as_posix(): path.read_bytes()
            for path in top.rglob("*")
            if path.is_file()
        }

    MAKER["make_all"](tmp_path)
    for kind in ("bad", "good", "imputed"):
        assert files(tmp_path / kind) == files(DATA / kind)


@pytest.mark.slow
def test_every_check_has_a_folder():
    found = {check for name in folders(BAD) for check in checked(name)[2]}
    made = {"repeated", "spelt", "reference", "open_reference", "session", "actor"}
    assert made <= found
    assert found - made == {file.stem for file in resources.sql("checks").glob("*.sql")}


@pytest.mark.parametrize(
    "name", [name for name in folders(BAD) if name.startswith(("claim_", "share_"))]
)
def test_a_defect_of_a_figure_is_said_before_an_audit(name, monkeypatch):
    monkeypatch.chdir(BAD)
    result = run("audit", "--data", name)
    assert result.exit_code == 1
    expected = (BAD / name / "expected.txt").read_text(encoding="utf-8").splitlines()
    if not has_errors(expected):  # notices are only counted
        number, them = len(expected), "it" if len(expected) == 1 else "them"
        what = f"{number} notice{'s' * (number > 1)}; `secdiplo check {name}` prints {them}"
        expected = [what]
    assert set(expected) <= set(result.stderr.splitlines())


@pytest.mark.parametrize("name", folders(BAD))
def test_messages_have_a_place_a_reason_and_a_remedy(name):
    for line in (BAD / name / "expected.txt").read_text(encoding="utf-8").splitlines():
        place, _, what = line.partition(": ")
        file, number, column = place.split(":")
        assert file and column and int(number) > 0
        reason, _, remedy = what.partition("; ")
        assert reason and remedy, line
        assert not line.endswith(".")


# --- what is accepted -----------------------------------------------------------------------


@pytest.mark.parametrize("name", folders(GOOD))
def test_what_only_looks_different_becomes_the_same_tables(name, tmp_path, make_bad):
    make_bad["make"](lambda _: None, tmp_path / "plain")
    plain, _ = sd.build(tmp_path / "plain", tmp_path / "a")
    other, notices = sd.build(GOOD / name, tmp_path / "b")
    assert notices == []
    assert other["tables"] == plain["tables"]
    for table in plain["tables"]:
        assert filecmp.cmp(
            tmp_path / "a" / f"{table}.parquet", tmp_path / "b" / f"{table}.parquet", shallow=False
        )


def test_mini_has_five_events_and_no_problems():
    result = run("check", str(DATA / "mini"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("mini: no errors, no notices\n")
    assert sd.load(DATA / "mini").tables()["rows"]["events"] == 5


# --- links, and what the file system does -----------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "place"),
    [
        ("codes.csv", "codes.csv"),
        ("curated/interactions.csv", "curated/interactions.csv"),
        ("curated", "curated"),
        ("annotations", "annotations"),
        ("annotations/claims.csv", "annotations/claims.csv"),
        ("dataset.toml", "dataset.toml"),
    ],
)
def test_a_link_out_of_the_folder_is_refused(mini, tmp_path, inside, place):
    outside = tmp_path / "outside"
    (mini / inside).rename(outside)
    os.symlink(outside, mini / inside)
    expected = f"{place}:1:1: a link to a place outside the folder; copy the file"
    assert [str(problem) for problem in sd.check(mini)] == [expected]


def test_a_link_in_a_folder_of_annotations_of_another_name(mini, tmp_path):
    toml = (mini / "dataset.toml").read_text(encoding="utf-8")
    (mini / "dataset.toml").write_text('annotations = "seeds"\n' + toml, encoding="utf-8")
    (mini / "annotations").rename(mini / "seeds")
    assert sd.check(mini) == []
    (mini / "seeds" / "claims.csv").rename(tmp_path / "claims.csv")
    os.symlink(tmp_path / "claims.csv", mini / "seeds" / "claims.csv")
    expected = "seeds/claims.csv:1:1: a link to a place outside the folder; copy the file"
    assert [str(problem) for problem in sd.check(mini)] == [expected]


def test_a_link_within_the_folder_is_accepted(mini):
    (mini / "curated" / "interactions.csv").rename(mini / "sheet.csv")
    os.symlink(mini / "sheet.csv", mini / "curated" / "interactions.csv")
    assert sd.check(mini) == []


def test_no_folder(tmp_path):
    for command in (["check"], ["build", "-o", str(tmp_path / "out")], ["verify"], ["tables"]):
        place = ["--data"] if command == ["tables"] else []
        result = run(*command, *place, str(tmp_path / "nowhere"))
        assert result.exit_code == 2
        assert "folder" in result.stderr
        assert "nowhere" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_file_in_place_of_a_folder(tmp_path):
    (tmp_path / "sheet.txt").write_text("x\n", encoding="utf-8")
    for command in (["check"], ["tables", "--data"]):
        result = run(*command, str(tmp_path / "sheet.txt"))
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: {tmp_path / 'sheet.txt'} is a file; name ")


def test_large_settings_are_not_read(mini):
    (mini / "dataset.toml").write_text("#" * 1_000_001, encoding="utf-8")
    assert [str(problem) for problem in sd.check(mini)] == [
        "dataset.toml:1:1: over a megabyte; it holds settings, the rows belong in the sheets"
    ]


@pytest.mark.parametrize("name", ["dataset.toml", "codes.csv", "curated/interactions.csv"])
def test_a_file_that_may_not_be_read(mini, monkeypatch, name):
    opened = Path.open

    def refusing(self, *args, **kwargs):
        if self == mini / name:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refusing)
    expected = f"{name}:1:1: cannot be read (Permission denied); allow reading it"
    assert [str(problem) for problem in sd.check(mini)] == [expected]


# --- many problems --------------------------------------------------------------------------


def test_no_more_than_a_thousand_problems_are_printed(mini, make_bad):
    sheet = mini / "curated" / "interactions.csv"
    rows = make_bad["rows_of"](sheet)
    many = [[f"event {n}", *rows[4][1:3], "MPX", *rows[4][4:]] for n in range(1500)]
    make_bad["save"](sheet, make_bad["as_csv"]([rows[0], *many]))
    result = run("check", str(mini))
    lines = result.stderr.splitlines()
    assert lines[0].endswith(":2:agency: unknown code `MPX`; did you mean `MPS`?")
    assert lines[1000].startswith("... and ")
    total = int(lines[1000].split()[2].replace(",", ""))
    counted = [int(line.split()[0].replace(",", "")) for line in lines[1001:-2]]
    assert sum(counted) == total
    assert lines[-1] == f"{1000 + total:,} errors, no notices"
    assert result.exit_code == 1


def test_errors_and_notices_are_told_together(mini, make_bad):
    both, cell = make_bad["both"], make_bad["cell"]
    both(cell(5, "agency", "MPX"), cell(7, "topic", "fishing"))(mini)
    result = run("check", str(mini))
    assert result.stderr.splitlines()[-1] == "1 error, 1 notice"
    with pytest.raises(sd.DataError) as caught:
        sd.load(mini)
    assert [problem.level for problem in caught.value.problems] == ["error", "notice"]


def test_a_sheet_that_cannot_be_read_gives_no_notices_about_others(mini, make_bad):
    make_bad["separated"](";", "reference/forums.csv")(mini)
    assert [str(problem) for problem in sd.check(mini)] == [
        "reference/forums.csv:1:1: the cells are separated by semicolons; save the sheet with "
        "commas"
    ]


def test_bad_countries_of_the_folder_do_not_spoil_the_sheet(mini, make_bad):
    shipped = resources.shipped("data") / "reference" / "countries.csv"
    raw = shipped.read_bytes().replace(b"ABW,AW,533,Aruba", b",AW,533,Aruba")
    (mini / "reference" / "countries.csv").write_bytes(raw)
    assert [str(problem) for problem in sd.check(mini)] == [
        "reference/countries.csv:2:iso3: blank; fill it in"
    ]


def test_the_manifest_names_no_table_of_a_bad_folder(tmp_path):
    with pytest.raises(sd.DataError):
        store.write_tables(BAD / "unknown_agency", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore:3 notices")
def test_json_and_messages_do_not_mix():
    folder = str(BAD / "open_organization")
    result = run("query", "dataset_totals", "--data", folder, "--format", "json")
    assert json.loads(result.stdout)[0]["events"] == 5
