"""Rows of a file that are one event: grouping by columns, and keys from several columns."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from secdiplo import importer, store
from secdiplo.cli.main import main
from secdiplo.errors import DataError
from secdiplo.importer import read_map

MAP = """\
[dataset]
name = "small"
title = "Small"
version = "1.0"
licence = "CC0"
home = "CHN"

[columns]
date = "when"
city = "town"
counterpart = "country"
forum = "title"

[defaults]
agency = "MPS"
official_rank = "minister"
mode = "in_person"
confidence = "high"
source_url = "https://example.org/data"
"""
GROUP = '\n[group]\nby = ["when", "title"]\nformat = "count"\n'
# One meeting in three rows that are not next to each other, two of one counterpart, two alone.
TABLE = """\
when,title,town,country,person
2024-09-07,Police Summit,Nairobi,KEN,Ann
2024-09-08,Visit,Kampala,UGA,
2024-09-07,Police Summit,Nairobi,UGA,
2024-09-09,Talks,Lomé,TGO,Bob
2024-09-09,Talks,Lomé,TGO,Cem
2024-09-07,Police Summit,Nairobi,FRA,
2024-09-07,Visit,Paris,FRA,
"""
KEYS = [
    "2024-09-07-police-summit",
    "2024-09-08-visit",
    "2024-09-07-police-summit",
    "2024-09-09-talks",
    "2024-09-07-police-summit",
    "2024-09-07-visit",
]


@pytest.fixture
def made(tmp_path):
    """Import a table by a map; return the result, and the rows of the sheet."""

    def run(table=TABLE, mapping=MAP + GROUP):
        (tmp_path / "theirs.csv").write_text(table, encoding="utf-8")
        (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
        result = importer.import_file(
            tmp_path / "theirs.csv", tmp_path / "map.toml", tmp_path / "out", replace=True
        )
        assert [str(p) for p in result.problems if p.level == "error"] == []
        with (tmp_path / "out" / "curated" / "interactions.csv").open(encoding="utf-8") as file:
            return result, list(csv.DictReader(file))

    return run


@pytest.fixture
def refused(made):
    """Import what is refused, and return the problems."""

    def run(*args):
        with pytest.raises(DataError) as error:
            made(*args)
        return [str(problem) for problem in error.value.problems]

    return run


def cells(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


# --- [group] --------------------------------------------------------------------------------


def test_rows_of_one_meeting_are_one_event(made, tmp_path):
    result, rows = made()
    assert [row["event_key"] for row in rows] == KEYS
    assert cells(rows, "counterpart", "format", "forum") == [
        ("KEN", "multilateral", "Police Summit 2024"),
        ("UGA", "bilateral", ""),
        ("UGA", "multilateral", "Police Summit 2024"),
        ("TGO", "bilateral", ""),
        ("FRA", "multilateral", "Police Summit 2024"),
        ("FRA", "bilateral", ""),
    ]
    assert result.summary.lines()[:4] == [
        "7 rows read, 6 rows written",
        "5 rows grouped into 2 events",
        "1 row merged with one of the same event that is equal",
        "7 rows given a format by the number of counterparts",
    ]
    built = store.open_folder(tmp_path / "out")[0]
    assert built.con.execute("select count(*) from events").fetchone() == (len(set(KEYS)),)


def test_a_counted_format_is_named_as_inferred(made):
    _, rows = made()
    assert all("format" in row["inferred"].split("; ") for row in rows)


def test_the_report_lists_each_group(made, tmp_path):
    result, _ = made()
    result.summary.write(tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8") as file:
        lines = list(csv.reader(file))
    assert [line for line in lines if line[0] in {"grouped", "counted", "merged"}] == [
        ["counted", "format", "", "bilateral", "4"],
        ["counted", "format", "", "multilateral", "3"],
        ["grouped", "when + title", "2024-09-07; Police Summit", "2024-09-07-police-summit", "3"],
        ["grouped", "when + title", "2024-09-09; Talks", "2024-09-09-talks", "2"],
        ["merged", "event_key", "2024-09-09-talks", "", "1"],
    ]


def test_a_date_written_in_two_ways_is_one_date(made):
    table = TABLE.replace(
        "2024-09-07,Police Summit,Nairobi,UGA", "7/9/2024,Police Summit,Nairobi,UGA"
    )
    _, rows = made(table, 'date_format = "%d/%m/%Y"\n' + MAP + GROUP)
    assert [row["event_key"] for row in rows] == KEYS


def test_labels_that_look_alike_are_two_events(made):
    table = "when,title,town,country,person\n2024,a b,X,KEN,\n2024,a-b,X,UGA,\n2024,a b,X,FRA,\n"
    _, rows = made(table)
    assert cells(rows, "event_key", "format") == [
        ("2024-a-b", "multilateral"),
        ("2024-a-b-2", "bilateral"),
        ("2024-a-b", "multilateral"),
    ]


def test_a_row_with_a_blank_in_a_column_is_not_grouped(made):
    table = "when,title,town,country,person\n2024-09-07,,X,KEN,\n2024-09-07,,Y,UGA,\n"
    _, rows = made(table)
    assert cells(rows, "event_key", "format") == [
        ("2024-09-07-mps-unnamed-ken", "bilateral"),
        ("2024-09-07-mps-unnamed-uga", "bilateral"),
    ]


def test_dropped_rows_do_not_count(made):
    """A counterpart in a row that a rule drops does not make an event multilateral."""
    table = "when,title,town,country,person\n2024,T,X,KEN,\n2024,T,X,UGA,planned\n"
    result, rows = made(table, MAP + GROUP + '\n[drop]\nperson = "planned"\n')
    assert cells(rows, "counterpart", "format") == [("KEN", "bilateral")]
    assert "1 row dropped by [drop] person" in result.summary.lines()
    assert result.summary.number("grouped") == 0


def test_several_counterparts_in_a_cell_count_too(made):
    table = 'when,title,town,country,person\n2024-09-07,T,X,"KEN; UGA",\n2024-09-08,T,X,FRA,\n'
    mapping = 'split = { counterpart = ";" }\n' + MAP
    for group in (GROUP, '\n[group]\nformat = "count"\n'):
        _, rows = made(table, mapping + group)
        assert cells(rows, "counterpart", "format") == [
            ("KEN", "multilateral"),
            ("UGA", "multilateral"),
            ("FRA", "bilateral"),
        ]
        assert [rows[0]["event_key"] == row["event_key"] for row in rows] == [True, True, False]


def test_an_event_key_of_the_file_can_be_counted(made):
    table = "when,id,title,town,country\n2024,A/1,T,X,KEN\n2024,A/2,T,X,UGA\n2024,A/1,T,X,FRA\n"
    mapping = (
        MAP.replace("[columns]", '[columns]\nevent_key = "id"') + '\n[group]\nformat = "count"\n'
    )
    _, rows = made(table, mapping)
    assert cells(rows, "event_key", "format") == [
        ("A/1", "multilateral"),
        ("A/2", "bilateral"),
        ("A/1", "multilateral"),
    ]


def test_a_format_of_the_file_counts_for_more(made):
    table = "when,title,town,country,kind\n2024,T,X,KEN,sideline\n2024,U,X,UGA,\n"
    mapping = MAP.replace("[columns]", '[columns]\nformat = "kind"') + GROUP
    _, rows = made(table, mapping)
    assert [row["format"] for row in rows] == ["sideline", "bilateral"]


def test_two_persons_of_one_country_are_one_counterpart(made):
    mapping = MAP.replace("[columns]", '[columns]\ncounterpart_person = "person"')
    table = "\n".join(line for line in TABLE.splitlines() if "Visit" not in line) + "\n"
    _, rows = made(table, mapping + GROUP)
    assert cells(rows, "counterpart", "counterpart_person", "format")[2:4] == [
        ("TGO", "Bob", "bilateral"),
        ("TGO", "Cem", "bilateral"),
    ]


# --- rows that disagree ---------------------------------------------------------------------


def test_cells_of_an_event_that_differ_are_problems_at_their_rows(refused):
    table = TABLE.replace("Summit,Nairobi,UGA", "Summit,Mombasa,UGA")
    table = table.replace("Summit,Nairobi,FRA", "Summit,,FRA").replace(
        "Lomé,TGO,Cem", "Kara,TGO,Cem"
    )
    what = (
        "(1 row) in one event, whose rows must agree; group by this column too, or correct the rows "
        "of the file"
    )
    assert refused(table) == [
        f"theirs.csv:4:town: `Mombasa` where line 2 has `Nairobi` {what}",
        f"theirs.csv:6:town: `Kara` where line 5 has `Lomé` {what}",
        f"theirs.csv:7:town: a blank where line 2 has `Nairobi` {what}",
    ]


def test_many_rows_that_differ_alike_are_one_message(refused):
    lines = [f"2024,T,{'X' if n else 'Y'},KEN,p{n}" for n in range(500)]
    table = "when,title,town,country,person\n" + "\n".join(lines) + "\n"
    (found,) = refused(table)
    assert found.startswith("theirs.csv:3:town: `X` where line 2 has `Y` (499 rows) in one event")


def test_a_bilateral_event_with_several_counterparts_is_refused(refused):
    mapping = MAP.replace("[defaults]", '[defaults]\nformat = "bilateral"').replace(
        'forum = "title"\n', ""
    )
    (found,) = refused(TABLE, mapping + GROUP.replace('format = "count"\n', ""))
    assert found.startswith(
        "theirs.csv:2:format: `bilateral` (3 rows) is the format of an event with several "
        "counterparts; code it multilateral, or write"
    )


# --- event_key from several columns ---------------------------------------------------------


def test_a_key_from_several_columns(made):
    mapping = MAP.replace("[columns]", '[columns]\nevent_key = ["when", "town"]')
    mapping = mapping.replace("[defaults]", '[defaults]\nformat = "bilateral"')
    table = "when,title,town,country\n2024-09-07,a,Lomé,TGO\n2024-09-08,b,Lomé,TGO\n2024-09-07,a,Lomé,TGO\n"
    _, rows = made(table.replace("2024-09-07,a,Lomé,TGO\n", "2024-09-07,a,,TGO\n", 1), mapping)
    assert [row["event_key"] for row in rows] == [
        "2024-09-07-mps-unnamed-tgo",  # no town
        "2024-09-08-lome",
        "2024-09-07-lome",
    ]


def test_cells_of_one_key_must_agree(refused):
    mapping = MAP.replace("[columns]", '[columns]\nevent_key = ["when", "title"]\nformat = "kind"')
    table = "when,title,town,country,kind\n2024,T,X,KEN,multilateral\n2024,T,Y,UGA,multilateral\n"
    (found,) = refused(table, mapping)
    assert found.startswith("theirs.csv:3:town: `Y` where line 2 has `X` (1 row) in one event")


# --- the map --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ('by = ["when", "titel"]', "by: theirs.csv has no column `titel`; did you mean `title`?"),
        ('by = ""', "by: left to decide; name the columns whose values the rows of one event"),
        ("by = []", "by: left to decide; name the columns whose values the rows of one event"),
        ("by = [1]", "by: "),
        ('column = "when"', "column: unknown key"),
        ('format = "number"', "format: `number`; write `count`: an event with several"),
        ("", "group: nothing to group by; name columns"),
        ('by = "when"\nformat = ""', "format: "),
    ],
)
def test_a_wrong_group_is_refused_at_its_line(refused, group, message):
    mapping = MAP.replace("[defaults]", '[defaults]\nformat = "bilateral"')
    found = refused(TABLE, mapping + f"\n[group]\n{group}\n")
    line = mapping.count("\n") + (2 if message.startswith("group: ") else 3)
    line += message.startswith("format: ") and group.count("\n")
    assert found[0].startswith(f"map.toml:{line}:{message}")
    assert len(found) == 1


def test_rules_that_contradict_each_other(refused):
    mapping = MAP.replace("[defaults]", '[defaults]\nformat = "bilateral"') + GROUP
    (found,) = refused(TABLE, mapping)
    assert ":format: every blank has this value, so nothing is counted" in found
    mapping = MAP.replace("[columns]", '[columns]\nevent_key = "title"') + GROUP
    (found,) = refused(TABLE, mapping)
    assert ":by: rows are grouped by event_key already" in found


def test_a_refresh_keeps_the_group(made, tmp_path):
    made()
    (tmp_path / "theirs.csv").write_text(TABLE.replace("UGA", "Peru"), encoding="utf-8")
    result = CliRunner().invoke(
        main, ["import", f"{tmp_path}/theirs.csv", "--map", f"{tmp_path}/map.toml", "--refresh"]
    )
    assert result.exit_code == 0
    mapping = read_map(tmp_path / "map.toml")
    assert (mapping.group_by, mapping.counts_format) == (("when", "title"), True)
    assert mapping.values["counterpart"]["Peru"] == "PER"


def test_the_command_tells_how_many_were_grouped(tmp_path):
    Path(tmp_path / "theirs.csv").write_text(TABLE, encoding="utf-8")
    Path(tmp_path / "map.toml").write_text(MAP + GROUP, encoding="utf-8")
    args = ["import", "theirs.csv", "--map", "map.toml", "-o", "out", "--report", "r.csv"]
    args = [
        f"{tmp_path}/{a}" if a in {"theirs.csv", "map.toml", "out", "r.csv"} else a for a in args
    ]
    result = CliRunner().invoke(main, args)
    assert "5 rows grouped into 2 events\n" in result.stdout
    assert ",3\n" in (tmp_path / "r.csv").read_text(encoding="utf-8")
