"""Where an import writes: files of the user stay, and every problem is counted and placed."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secdiplo import importer, store
from secdiplo.cli.main import main
from secdiplo.errors import DataError, UsageError

FACTS = """\
[dataset]
name = "small"
title = "Small"
version = "1.0"
licence = "CC0"
home = "USA"

[defaults]
agency = "A"
official_rank = "r"
format = "bilateral"
mode = "in_person"
confidence = "high"
source_url = "https://example.org/data"

[codes.agency]
A = "Agency"

[codes.official_rank]
r = "Rank"
"""
MAP = FACTS + '\n[columns]\ndate = "date"\ncounterpart = "country"\n'
TABLE = "date,country\n2024-01-02,FRA\n2024-01-03,KEN\n"
OWN = {
    "NOTES.txt": "mine",
    ".hidden": "mine",
    "reference/forums.csv": "series,level,region,first_year,convener,note\nOurs,,,,,\n",
    "curated/remarks.txt": "mine",
    "annotations/deep/er/a.txt": "mine",
    "queries/mine.sql": "mine",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes | str]:
    """Every file and link in a folder, with its content."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[name] = "empty"
    return found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that was imported, with files of its user."""
    write(tmp_path, {"a.csv": TABLE, "map.toml": MAP})
    importer.run(tmp_path / "a.csv", tmp_path / "map.toml", tmp_path / "out")
    write(tmp_path / "out", OWN)
    (tmp_path / "out" / "tables").mkdir()
    (tmp_path / "out" / "link").symlink_to("NOTES.txt")
    return tmp_path / "out"


def command(out: Path, *more: str, table: str = TABLE, mapping: str = MAP) -> Result:
    folder = out.parent
    write(folder, {"a.csv": table, "map.toml": mapping})
    args = ["import", f"{folder}/a.csv", "--map", f"{folder}/map.toml", "-o", str(out)]
    return CliRunner().invoke(main, [*args, *more])


# --- --force --------------------------------------------------------------------------------


def test_what_an_import_does_not_write_stays(out: Path) -> None:
    before = contents(out)
    result = command(out, "--force", table=TABLE.replace("KEN", "PER"))
    after = contents(out)
    changed = {name for name in before if after.get(name) != before[name]}
    assert (changed, set(after)) == ({"curated/interactions.csv"}, set(before))
    lines = result.output.splitlines()
    assert (
        "kept in the folder: .hidden, NOTES.txt, annotations/, curated/remarks.txt, link, queries/, "
        "reference/forums.csv, tables/"
    ) in lines
    assert (
        "replaced with other content: curated/interactions.csv; earlier edits by hand in them are "
        "gone"
    ) in lines
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []


def test_edits_by_hand_of_the_settings_and_codes_are_named(out: Path) -> None:
    for name in ("dataset.toml", "codes.csv"):
        (out / name).write_text((out / name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    result = command(out, "--force")
    assert "replaced with other content: codes.csv, dataset.toml; earlier edits" in result.output
    again = command(out, "--force")
    assert "replaced" not in again.output


@pytest.mark.parametrize(
    ("table", "mapping", "accept"),
    [
        (TABLE.replace("KEN", "Atlantis"), MAP, False),  # a value that is left to decide
        (TABLE, MAP.replace('"A"', '"B"', 1), False),  # a map that is wrong
        (TABLE.replace("KEN", "SUN"), MAP, True),  # a folder with an error
        (TABLE.replace("2024-01-03", "x"), MAP, True),
        ("", MAP, False),
    ],
)
def test_a_failing_import_leaves_the_folder_as_it_was(
    out: Path, table: str, mapping: str, accept: bool
) -> None:
    before = contents(out)
    more = ["--accept"] if accept else []
    result = command(out, "--force", *more, table=table, mapping=mapping)
    assert (result.exit_code, contents(out)) == (1, before)
    assert f"{out}: nothing was written" in result.output


def test_kept_files_are_checked_with_the_folder(out: Path) -> None:
    """The user's own list of forums: the notice about a forum goes away."""
    mapping = MAP.replace('"bilateral"', '"multilateral"').replace(
        "[defaults]", '[defaults]\nforum = "Ours"'
    )
    (out / "queries" / "mine.sql").unlink()
    result = command(out, "--force", mapping=mapping)
    assert (result.exit_code, "forum series" in result.output) == (0, False)
    (out / "reference" / "forums.csv").unlink()
    assert "forum series `Ours` is not in" in command(out, "--force", mapping=mapping).output


def test_the_reference_sheets_of_a_copy_are_replaced_and_the_others_kept(out: Path) -> None:
    from secdiplo.folder import resources

    mapping = MAP.replace("[defaults]", 'annotations = "builtin"\n\n[defaults]')
    result = command(out, "--force", mapping=mapping)
    shipped = resources.shipped("data") / "reference" / "forums.csv"
    assert (out / "reference" / "forums.csv").read_bytes() == shipped.read_bytes()
    assert (
        "curated/interactions.csv" not in result.output.partition("replaced with")[2].split(";")[0]
    )
    assert "reference/forums.csv; earlier edits by hand" in result.output


def test_a_link_to_a_folder_stays_a_link(out: Path) -> None:
    (out.parent / "other").symlink_to(out)
    before = contents(out)
    importer.run(out.parent / "a.csv", out.parent / "map.toml", out.parent / "other", replace=True)
    assert (os.readlink(out.parent / "other"), contents(out)) == (str(out), before)


def test_a_linked_part_of_a_folder_is_not_written_through(out: Path) -> None:
    (out / "curated").rename(out.parent / "elsewhere")
    (out / "curated").symlink_to(out.parent / "elsewhere")
    before = contents(out.parent / "elsewhere")
    with pytest.raises(UsageError, match="curated is a link or a file; make it a folder"):
        importer.run(out.parent / "a.csv", out.parent / "map.toml", out, replace=True)
    assert contents(out.parent / "elsewhere") == before


def test_a_kept_file_can_be_changed_without_changing_another(out: Path) -> None:
    """While both folders exist, their files are the same ones."""
    copy = (out / "NOTES.txt").read_text()
    command(out, "--force")
    assert (out / "NOTES.txt").stat().st_nlink == 1
    assert (out / "NOTES.txt").read_text() == copy


# --- numbers of problems --------------------------------------------------------------------


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def many(count: int, country: str, date: str = "2024-01-02") -> str:
    return "date,country,n\n" + "".join(f"{date},{country.format(n)},{n}\n" for n in range(count))


def test_errors_of_the_folder_are_counted_beyond_a_thousand(tmp_path: Path) -> None:
    listed = tmp_path / "problems.csv"
    for more in ([], ["--problems", str(listed)]):
        result = command(tmp_path / f"out{len(more)}", *more, table=many(1_001, "SUN"))
        assert result.exit_code == 1
        assert "written, with 1,001 errors; correct" in result.output
        assert "... and 1 more problem:\n" in result.output
    assert ("--problems FILE of check, build and import" in result.output) is False
    errors = [row for row in rows_of(listed) if row["level"] == "error"]
    assert [int(row["line"]) for row in errors] == [*range(2, 1_003)]


def test_values_of_the_file_are_counted_beyond_a_thousand(tmp_path: Path) -> None:
    listed = tmp_path / "problems.csv"
    table = many(1_200, "Land {}") + "2024-01-02,Land 1100,x\n"
    result = command(tmp_path / "out", table=table)
    assert "... and 200 more problems:" in result.output
    assert "out: nothing was written, 1,200 errors, no notices" in result.output
    assert "--problems FILE of check, build and import writes every one" in result.output
    command(tmp_path / "out", "--problems", str(listed), table=table)
    found = {row["what"].partition(" has no")[0]: row["line"] for row in rows_of(listed)}
    assert len(found) == 1_200
    assert found["`Land 1100` (2 rows)"] == "1102"


def test_problems_of_a_map_and_notices_are_listed_too(tmp_path: Path) -> None:
    listed = tmp_path / "problems.csv"
    command(tmp_path / "out", "--problems", str(listed), mapping=MAP.replace('"high"', '"hihg"'))
    assert [row["file"] for row in rows_of(listed)] == ["map.toml"]
    mapping = MAP + '\n[values.counterpart]\nOz = "PER"\n'
    result = command(tmp_path / "out", "--problems", str(listed), mapping=mapping)
    assert result.exit_code == 0
    assert [
        "[values.counterpart]: 1 line fits no row" in row["what"] for row in rows_of(listed)
    ] == [True]
    (tmp_path / "sheet.csv").write_text("a,b\n")
    result = command(tmp_path / "new", "--problems", f"{tmp_path}/sheet.csv")
    assert (result.exit_code, (tmp_path / "sheet.csv").read_text()) == (2, "a,b\n")


# --- places of an accepted import -----------------------------------------------------------


def accepted(tmp_path: Path, table: str, mapping: str = FACTS) -> list[str]:
    """What an accepted import is refused for."""
    write(tmp_path, {"a.csv": table, "facts.toml": mapping})
    with pytest.raises(DataError) as error:
        importer.accept(tmp_path / "a.csv", tmp_path / "out", map_path=tmp_path / "facts.toml")
    assert not (tmp_path / "out").exists()
    return [str(problem) for problem in error.value.problems]


def test_errors_of_the_final_check_are_at_lines_of_the_file(tmp_path: Path) -> None:
    """A dropped row and a split one move the lines of the sheet."""
    table = (
        "date,ctry\n2024-01-01,gone\n2024-01-02,FRA; KEN\n2024-01-03,PER\n"
        "1999-01-04,SCG\n2024-01-05,USA\n"
    )
    mapping = 'split = ";"\n' + FACTS + '\n[columns]\ncounterpart = "ctry"\n'
    mapping += '\n[drop]\nctry = "gone"\n'
    ended, home = accepted(tmp_path, table, mapping)
    assert ended.startswith(
        "a.csv:5:ctry: `SCG` was a state from `2003-02-04` to `2006-06-04`; use"
    )
    assert home.startswith("a.csv:6:ctry: ")


def test_other_lines_that_a_message_names_are_those_of_the_file(tmp_path: Path) -> None:
    table = "id,date,country,note\n1,2024-01-01,PER,x\n2,2024-01-02,FRA,Ab\n2,2024-01-02,FRA,Cd\n"
    mapping = FACTS + '\n[drop]\nid = "1"\n\n[columns]\nevent_key = "id"\n'
    (found,) = accepted(tmp_path, table, mapping)
    assert found.startswith("a.csv:4:")
    assert "as line 3; remove one of them" in found


def test_problems_of_the_settings_name_no_line_of_the_file(tmp_path: Path) -> None:
    found = accepted(tmp_path, TABLE, FACTS.replace('"CC0"', '"CC0"\ndefault_scope = "none"'))
    assert all(not line.startswith("dataset.toml") for line in found)


def test_all_problems_of_an_accepted_map_are_told_at_once(tmp_path: Path) -> None:
    table = "date,country\n2024-01-02,Atlantis\n2024-01-03,France\n2024-01-04,Spain\n"
    found = accepted(tmp_path, table, FACTS.replace('"high"', '"hihg"'))
    assert [line.partition(": ")[0] for line in found] == [
        "a.csv:2:country",
        "facts.toml:13:confidence",
    ]


# --- cautions -------------------------------------------------------------------------------


def test_cautions_about_exact_names_are_notices(tmp_path: Path) -> None:
    names = ["Ireland", "Sudan", "Georgia", "Dominica", "Ireland", "France"]
    table = "date,country\n" + "".join(f"2024-01-0{n},{name}\n" for n, name in enumerate(names, 1))
    write(tmp_path, {"a.csv": table, "facts.toml": FACTS})
    args = [f"{tmp_path}/a.csv", "--map", f"{tmp_path}/facts.toml", "-o", f"{tmp_path}/out"]
    result = CliRunner().invoke(main, ["import", *args, "--accept"])
    assert result.exit_code == 0
    lines = [line for line in result.output.splitlines() if "notice" in line]
    assert lines == [
        "a.csv:2:country: notice: `Ireland` is read as `IRL`. The state; not the island or Northern "
        "Ireland.",
        "a.csv:5:country: notice: `Dominica` is read as `DMA`. Not the Dominican Republic.",
        "a.csv:4:country: notice: `Georgia` is read as `GEO`. Taken for the country; a state of the "
        "United States has the same name.",
        "a.csv:3:country: notice: `Sudan` is read as `SDN`. What is left since South Sudan went its "
        "own way in 2011.",
    ]
    assert store.check(tmp_path / "out") == []


def test_a_host_of_the_same_column_is_not_asked_for_again(tmp_path: Path) -> None:
    table = "date,country\n2024-01-02,Atlantis\n2024-01-03,Georgia\n"
    mapping = FACTS + '\n[columns]\ncounterpart = "country"\nhost_country = "country"\n'
    (problem,) = accepted(tmp_path, table, mapping)
    assert problem.startswith("a.csv:2:country: `Atlantis`: left to decide: an ISO3 code")
    assert problem.endswith("; a line under [values.counterpart] of a map decides it")


def test_an_accepted_import_says_that_nothing_was_written(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": TABLE.replace("KEN", "Atlantis"), "facts.toml": FACTS})
    args = [f"{tmp_path}/a.csv", "--map", f"{tmp_path}/facts.toml", "-o", f"{tmp_path}/out"]
    result = CliRunner().invoke(main, ["import", *args, "--accept"])
    assert result.exit_code == 1
    assert result.output.endswith("out: nothing was written, 1 error, no notices\n")
