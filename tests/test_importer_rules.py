"""Rules of a map: corrections, patterns, shared lines, white space, and what fits no row."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from secdiplo import importer
from secdiplo.errors import DataError
from secdiplo.importer.value_rules import escaped, matches, unescaped

MAP = """\
[dataset]
name = "small"
title = "Small"
version = "1.0"
licence = "CC0"
home = "USA"

[columns]
date = "when"
counterpart = "country"

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
s = "Other rank"
"""
FRANCE = '\n[values.counterpart]\nFrance = "FRA"\n'


class Made:
    """What an import made: its rows, its summary, its notices and its report."""

    def __init__(self, folder: Path, result: importer.ImportResult) -> None:
        self.summary = result.summary
        self.errors = [str(each) for each in result.problems if each.level == "error"]
        self.notices = [str(each) for each in result.summary.notices]
        with (folder / "out/curated/interactions.csv").open(encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.summary.write(folder / "report.csv")
        with (folder / "report.csv").open(encoding="utf-8", newline="") as file:
            self.report = [tuple(row) for row in csv.reader(file)][1:]

    def cells(self, *names: str) -> list[tuple[str, ...]]:
        return [tuple(row[name] for name in names) for row in self.rows]

    def changes(self, *columns: str) -> list[tuple[str, ...]]:
        return [row for row in self.report if row[1] in columns and row[0] != "default"]


@pytest.fixture
def made(tmp_path: Path):
    def run(table: str, mapping: str) -> Made:
        (tmp_path / "a.csv").write_bytes(table.encode())
        (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
        result = importer.import_file(
            tmp_path / "a.csv", tmp_path / "map.toml", tmp_path / "out", replace=True
        )
        return Made(tmp_path, result)

    return run


@pytest.fixture
def refused(made):
    def run(table: str, mapping: str) -> list[str]:
        with pytest.raises(DataError) as error:
            made(table, mapping)
        return [str(problem) for problem in error.value.problems]

    return run


def mapped(**columns: str) -> str:
    """The map with further columns of the file."""
    lines = "".join(f'{target} = "{name}"\n' for target, name in columns.items())
    return MAP.replace("\n[defaults]", lines + "\n[defaults]")


# --- [[corrections]] ------------------------------------------------------------------------

SOVIET = """\
when,country,text
"January 3, 1990",U.S.S.R.,One
"January 27-29, 1992",U.S.S.R.,Two
"February 1-3, 1992",U.S.S.R.,
"""
CORRECTION = """
[[corrections]]  # after its end
where = { country = "U.S.S.R.", when = ["January 27-29, 1992", "February 1-3, 1992"] }
set = { counterpart = "RUS", city = "Moscow" }
why = "the union had ended"
"""


def test_a_correction_decides_single_rows(made) -> None:
    mapping = mapped(date_end="when", note="text") + '\n[values.counterpart]\n"U.S.S.R." = "SUN"\n'
    found = made(SOVIET, mapping + CORRECTION)
    assert found.cells("counterpart", "city", "note", "date_end") == [
        ("SUN", "", "One", ""),
        ("RUS", "Moscow", "Two; the union had ended", "1992-01-29"),
        ("RUS", "Moscow", "the union had ended", "1992-02-03"),
    ]
    assert found.rows[1]["event_key"] == "1992-01-27-a-unnamed-rus"
    assert found.errors == []
    assert "6 cells set by [[corrections]]" in found.summary.lines()
    assert found.changes("counterpart", "city", "note") == [
        ("correction", "city", "", "Moscow", "2"),
        ("correction", "counterpart", "U.S.S.R.", "RUS", "2"),
        ("correction", "note", "", "the union had ended", "2"),
        ("value", "counterpart", "U.S.S.R.", "SUN", "1"),
    ]


def test_a_corrected_cell_needs_no_line_and_can_be_blank(made) -> None:
    """The value and the date of the file are never looked at."""
    table = "when,end,country,rank\nlong ago,1990-01-09,Nowhere,x\n1990-01-02,1990-01-04,France,x\n"
    mapping = mapped(date_end="end", official_rank="rank") + FRANCE + "\n[values.official_rank]\n"
    mapping += '"x" = "r"\n'
    mapping += '\n[[corrections]]\nwhere = { country = "Nowhere" }\n'
    mapping += 'set = { counterpart = "org:EU", date = "1990-01", date_end = "(blank)" }\n'
    mapping += '\n[[corrections]]\nwhere = { rank = "x", when = "1990-01-02" }\n'
    mapping += 'set = { official_rank = "s", date_end = "" }\n'
    found = made(table, mapping)
    names = ("date", "date_end", "counterpart_type", "counterpart", "official_rank")
    assert found.cells(*names) == [
        ("1990-01", "", "organization", "EU", "r"),
        ("1990-01-02", "", "country", "FRA", "s"),
    ]
    assert ("correction", "date_end", "1990-01-04", "", "1") in found.report


def test_corrections_come_before_groups_are_compared(made) -> None:
    """One wrong end date in a meeting, and a country that makes it multilateral."""
    table = (
        "when,end,country,title\n"
        "2024-01-02,2024-01-03,FRA,Summit\n2024-01-02,2024-01-04,KEN,Summit\n"
    )
    mapping = mapped(date_end="end", forum="title").replace('format = "bilateral"\n', "")
    mapping += '\n[group]\nby = ["when", "title"]\nformat = "count"\n'
    with pytest.raises(DataError, match="in one event, whose rows must agree"):
        made(table, mapping)
    fix = '\n[[corrections]]\nwhere = { country = "KEN" }\nset = { date_end = "2024-01-03" }\n'
    found = made(table, mapping + fix)
    assert {row["format"] for row in found.rows} == {"multilateral"}
    both = fix.replace("set = {", 'set = { counterpart = "FRA",')
    found = made(table, mapping + both)
    assert (len(found.rows), found.rows[0]["format"]) == (1, "bilateral")


def test_a_correction_of_several_counterparts_makes_one(made) -> None:
    table = "when,country,person\n2024-01-02,FRA; KEN,Ann; Bob\n2024-01-03,FRA; KEN,Ann; Bob\n"
    mapping = 'split = ";"\n' + mapped(counterpart_person="person")
    fix = '\n[[corrections]]\nwhere = { when = "2024-01-02" }\nset = { counterpart = "PER" }\n'
    found = made(table, mapping + fix)
    assert found.cells("counterpart", "counterpart_person") == [
        ("PER", "Ann; Bob"),
        ("FRA", "Ann"),
        ("KEN", "Bob"),
    ]
    assert ("correction", "counterpart", "FRA; KEN", "PER", "1") in found.report


def test_the_later_of_two_corrections_counts(made) -> None:
    fix = '\n[[corrections]]\nwhere = {{ country = "FRA" }}\nset = {{ city = "{}" }}\n'
    found = made("when,country\n2024-01-02,FRA\n", MAP + fix.format("Nice") + fix.format("Lyon"))
    assert found.cells("city") == [("Lyon",)]


def test_a_correction_or_rule_that_fits_no_row_is_a_notice(made) -> None:
    table = "when,country,kind\n2024-01-02,FRA,visit\n2024-01-03,KEN,gone\n"
    mapping = MAP + '\n[drop]\nkind = ["gone", "goen", "(blank)"]\n'
    mapping += '\n[filter]\ncountry = ["FRA", "KEN", "PER"]\n'
    mapping += '\n[[corrections]]\nwhere = { country = "KEN" }\nset = { city = "Nairobi" }\n'
    found = made(table, mapping)

    def line(start: str) -> int:
        return next(n for n, each in enumerate(mapping.split("\n"), 1) if each.startswith(start))

    assert found.notices == [
        f"map.toml:{line('country = [')}:country: notice: [filter]: 1 value fits no row: `PER`; "
        "correct it, or remove it",
        f"map.toml:{line('kind = [')}:kind: notice: [drop]: 2 values fit no row: `goen`, "
        "`(blank)`; correct them, or remove them",
        f"map.toml:{line('[[')}:corrections: notice: this correction fits no row: country = KEN; "
        "compare it with the file",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'where = { contry = "x" }\nset = { city = "x" }',
            "where: a.csv has no column `contry`; did",
        ),
        ('where = { country = "x" }', "set: `corrections.set` is missing; add it"),
        ("set = { city = 'x' }", "where: `corrections.where` is missing; add it"),
        ('where = { country = "" }\nset = { city = "x" }', "country: left to decide; write the"),
        ("where = {}\nset = { city = 'x' }", "where: `where` does not name a column; name one"),
        (
            'where = { country = 3 }\nset = { city = "x" }',
            "country: `corrections.where.country` is",
        ),
        (
            'where = { country = "x" }\nset = { cty = "x" }',
            "cty: unknown key `corrections.set.cty`",
        ),
        ('where = { country = "x" }\nset = { event_key = "x" }', "event_key: unknown key"),
        (
            'where = { country = "x" }\nset = { counterpart = "FRX" }',
            "counterpart: unknown country",
        ),
        (
            'where = { country = "x" }\nset = { date = "May 3" }',
            "date: `May 3` is not a date; write",
        ),
        ('where = { country = "x" }\nset = { mode = "walk" }', "mode: unknown code `walk`"),
        ('where = { country = "x" }\nset = { city = "x" }\nwhat = "x"', "what: unknown key"),
    ],
)
def test_a_wrong_correction_is_refused_at_its_line(refused, text: str, message: str) -> None:
    table = "when,country\n2024-01-02,FRA\n"
    good = '\n[[corrections]]\nwhere = { country = "FRA" }\nset = { city = "x" }\n'
    found = refused(table, MAP + good + f"\n[[corrections]]\n{text}\n")
    line = (MAP + good).count("\n") + 2
    assert found[0].startswith(f"map.toml:{line}:{message}")
    assert len(found) == 1


@pytest.mark.parametrize(
    "written", ['corrections = "x"', "corrections = [1]", "[corrections]\na = 1"]
)
def test_corrections_that_are_no_tables_are_refused(refused, written: str) -> None:
    text = f"{written}\n{MAP}" if written.startswith("c") else f"{MAP}\n{written}\n"
    (found,) = refused("when,country\n2024-01-02,FRA\n", text)
    assert "`corrections` is not a list of tables; write each one as [[corrections]]" in found


# --- patterns -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("*phone*", ["By TELEPHONE", "phone", "phones"], ["pho ne", ""]),
        ("visit*", ["Visit", "visit to"], ["a visit"]),
        ("*visit", ["a Visit"], ["visits"]),
        ("a*b*c", ["abc", "A-B-B-C"], ["acb", "ab", "abcd"]),
        ("ab*ba", ["abba", "ab ba"], ["aba"]),
        ("*STRASSE*", ["Straße 5"], ["Strand"]),
        (r"5\* *", ["5* hotel"], ["5 hotel", "55* hotel"]),
        ("a.c*", ["a.cd"], ["abcd"]),
    ],
)
def test_a_pattern_fits_parts_of_texts(pattern, fitting, others) -> None:
    assert [text for text in (*fitting, *others) if matches(pattern, text)] == fitting


def test_many_asterisks_are_matched_in_no_time() -> None:
    assert not matches("*a" * 2_000 + "*b", "a" * 30_000)


def test_exact_lines_then_codes_then_patterns_then_the_rest(made) -> None:
    table = "when,country,how,who\n" + "".join(
        f"2024-01-0{n},FRA,{how},{who}\n"
        for n, (how, who) in enumerate(
            [
                ("By phone", "Dr Ann"),  # its own line
                ("by phone or video", "Ann"),  # the first pattern that fits
                ("video", "N.N."),  # a code, which a pattern fits too
                ("a video link", "Bob"),
                ("letter", "dr Bob"),
            ],
            1,
        )
    )
    mapping = mapped(mode="how", official="who").replace('mode = "in_person"\n', "")
    mapping += '\n[values.mode]\n"*" = "in_person"\n"*phone*" = "phone"\n"*video*" = "in_person"\n'
    mapping += '"By phone" = "video"\n\n[values.official]\n"Dr *" = "(blank)"\n"*N.*" = "Nobody"\n'
    found = made(table, mapping)
    assert found.cells("mode", "official") == [
        ("video", ""),
        ("phone", "Ann"),
        ("video", "Nobody"),
        ("in_person", "Bob"),
        ("in_person", ""),
    ]
    assert found.changes("mode", "official") == [
        ("pattern", "mode", "a video link", "in_person", "1"),
        ("pattern", "mode", "by phone or video", "phone", "1"),
        ("pattern", "official", "Dr Ann", "", "1"),
        ("pattern", "official", "N.N.", "Nobody", "1"),
        ("pattern", "official", "dr Bob", "", "1"),
        ("rest", "mode", "letter", "in_person", "1"),
        ("value", "mode", "By phone", "video", "1"),
    ]
    assert "5 cells changed by a pattern" in found.summary.lines()


def test_patterns_are_for_the_items_of_a_list(made) -> None:
    table = "when,country,about\n2024-01-02,FRA,Drug trade; Borders; x\n"
    mapping = mapped(topic="about") + '\n[values.topic]\n"*drug*" = "drugs"\nx = "(blank)"\n'
    assert made(table, mapping).cells("topic") == [("drugs; Borders",)]


def test_a_country_is_found_by_a_pattern_and_a_code_is_no_part_of_a_text(made) -> None:
    table = "when,country\n2024-01-02,Fed. Rep. of Germany (west)\n2024-01-03,FIN\n"
    mapping = MAP + '\n[values.counterpart]\n"*germany*" = "DEU"\n"*in*" = "PER"\n'
    assert made(table, mapping).cells("counterpart") == [("DEU",), ("FIN",)]


def test_an_asterisk_of_the_file_can_be_meant(made, tmp_path: Path) -> None:
    assert (escaped("Kosovo*"), unescaped(escaped("a*b*"))) == (r"Kosovo\*", "a*b*")
    table = "when,country\n2024-01-02,Land*\n2024-01-03,Landy\n"
    mapping = MAP + '\n[values.counterpart]\n\'Land\\*\' = "FRA"\n"L*" = "KEN"\n'
    assert made(table, mapping).cells("counterpart") == [("FRA",), ("KEN",)]
    (tmp_path / "b.csv").write_text("date,country\n2024-01-02,Land*\n2024-01-03,Kenya\n")
    assert r'"Land\\*" = ""' in importer.propose(tmp_path / "b.csv")


def test_a_marker_of_a_missing_value_fits_no_pattern(refused) -> None:
    mapping = MAP + '\n[values.counterpart]\n"*A*" = "FRA"\n'
    (found,) = refused("when,country\n2024-01-02,N/A\n", mapping)
    assert "`N/A` (1 row) marks a missing value in many files" in found


# --- one column of the file, mapped twice ---------------------------------------------------


def test_a_second_column_of_countries_uses_the_lines_of_the_first(made, refused) -> None:
    table = "when,country\n" + "".join(
        f"2024-01-0{n},{name}\n"
        for n, name in enumerate(["France", "Greenland (Denmark)", "Nowhere", "The north"], 1)
    )
    mapping = mapped(host_country="country") + FRANCE
    mapping += '"Greenland (Denmark)" = "DNK"\nNowhere = "(blank)"\n"*north*" = "NOR"\n'
    found = made(table, mapping + '\n[values.host_country]\n"Greenland (Denmark)" = "GRL"\n')
    assert found.cells("counterpart", "host_country") == [
        ("FRA", "FRA"),
        ("DNK", "GRL"),
        ("", ""),
        ("NOR", "NOR"),
    ]
    assert found.notices == []  # each line was needed
    other = mapped(host_country="place") + FRANCE
    (problem,) = refused("when,country,place\n2024-01-01,France,France\n", other)
    assert problem.startswith("a.csv:2:place: `France` (1 row) has no mapping; did you mean `FRA`?")


def test_an_organization_is_no_host(refused) -> None:
    table = "when,country\n2024-01-01,The union\n"
    mapping = mapped(host_country="country") + '\n[values.counterpart]\n"The union" = "org:EU"\n'
    (problem,) = refused(table, mapping)
    assert "write it under [values.host_country]" in problem


def test_the_rest_of_the_first_column_counts_last(made) -> None:
    table = "when,country\n2024-01-01,France\n2024-01-02,Nowhere\n"
    mapping = mapped(host_country="country") + FRANCE + '"*" = "KEN"\n'
    found = made(table, mapping + '\n[values.host_country]\n"*" = "PER"\n')
    assert found.cells("counterpart", "host_country") == [("FRA", "FRA"), ("KEN", "PER")]


# --- nothing is lost in silence -------------------------------------------------------------


def test_white_space_that_is_made_uniform_is_counted(made) -> None:
    table = (
        "when,country,text,unused\n"
        ' 2024-01-02,FRA,"One\r\ntwo",a  b\n'
        "2024-01-03,FRA,One\u00a0two,a\n"
        "2024-01-04,FRA, One\u2003two ,a\n"
        '2024-01-05,FRA,"One\r\ntwo",a\n'
        "2024-01-06,FRA,One two,a\n"
        "2024-01-07,FRA,   ,a\n"
    )
    found = made(table, mapped(note="text"))
    assert {row["note"] for row in found.rows} == {"One two", ""}
    lines = [line for line in found.summary.lines() if "white space" in line]
    assert lines == [
        "white space made uniform in 5 cells of text",
        "white space made uniform in 1 cell of when",
    ]
    assert [row for row in found.report if row[0] == "white space"] == [
        ("white space", "text", "   ", "", "1"),
        ("white space", "text", " One\u2003two ", "One two", "1"),
        ("white space", "text", "One\r\ntwo", "One two", "2"),
        ("white space", "text", "One\u00a0two", "One two", "1"),
        ("white space", "when", " 2024-01-02", "2024-01-02", "1"),
    ]


@pytest.mark.parametrize("suffix", [".xlsx", ".dta", ".parquet", ".jsonl", ".tab", ".ods"])
def test_white_space_is_counted_in_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    import pandas as pd

    frame = pd.DataFrame({"when": ["2024-01-02"] * 2, "text": ["a  b", "a b"], "c": ["x", "y"]})
    file = tmp_path / f"a{suffix}"
    if suffix == ".xlsx":
        frame.to_excel(file, index=False)
    elif suffix == ".dta":
        frame.to_stata(file, write_index=False)
    elif suffix == ".parquet":
        frame.to_parquet(file)
    elif suffix == ".jsonl":
        frame.to_json(file, orient="records", lines=True)
    elif suffix == ".ods":
        frame.to_excel(file, index=False, engine=pytest.importorskip("odf") and "odf")
    else:
        file.write_text('when\ttext\tc\n2024-01-02\t"a\\n b"\tx\n2024-01-02\t"a b"\ty\n')
    from secdiplo.importer.readers import open_source

    source = open_source(file)
    for _ in range(2):  # it is not counted twice
        assert [cells[1] for _, cells in source.rows()] == ["a b", "a b"]
        assert [sum(texts.values()) for texts in source.notices.spaced.values()] == [1]
        assert list(source.notices.spaced) == [1]


def test_so_many_texts_are_listed_and_the_others_counted(made, monkeypatch) -> None:
    from secdiplo.importer.readers import source

    monkeypatch.setattr(source, "MAX_SPACED", 3)
    table = "when,country,text\n" + "".join(f"2024-01-02,FRA,{n}  x\n" for n in range(8))
    found = made(table, mapped(note="text"))
    assert "white space made uniform in 8 cells of text" in found.summary.lines()
    assert ("white space", "text", "(other than 3 listed texts)", "", "5") in found.report


def test_an_old_stata_file_keeps_letters_whose_bytes_look_like_white_space(tmp_path: Path) -> None:
    """The second byte of `à` in UTF-8 is a no-break space in Latin-1."""
    import pandas as pd

    from secdiplo.importer.readers import ReadOptions, open_source

    raw = "à Paris".encode().decode("latin-1")
    frame = pd.DataFrame({"when": ["2024"], "text": [raw]})
    frame.to_stata(tmp_path / "a.dta", write_index=False, version=114)
    source = open_source(tmp_path / "a.dta", options=ReadOptions(encoding="utf-8"))
    assert [cells for _, cells in source.rows()] == [["2024", "à Paris"]]


def test_the_report_has_what_is_written(made) -> None:
    table = "when,end,country\n2024-01-02,2024-01-02,FRA\n2024-01-03,2024-01-05,FRA\n"
    found = made(table, mapped(date_end="end"))
    assert found.cells("date_end") == [("",), ("2024-01-05",)]
    assert found.changes("date", "date_end") == [("value", "date_end", "2024-01-02", "", "1")]
    table = 'when,country\n"April 10, 1990",FRA\n"April 11-12, 1990",FRA\n'
    found = made(table, mapped(date_end="when"))
    assert found.changes("date_end") == [
        ("value", "date_end", "April 11-12, 1990", "1990-04-12", "1")
    ]


def test_a_forum_is_reported_as_it_is_written(made) -> None:
    table = "when,country,title,kind\n2024-01-02,FRA,Summit,multilateral\n2024-01-03,FRA,Talk,bilateral\n"
    mapping = mapped(forum="title", format="kind").replace('format = "bilateral"\n', "")
    found = made(table, mapping)
    assert found.cells("forum", "note") == [("Summit 2024", ""), ("", "forum: Talk")]
    assert found.changes("forum", "note") == [
        ("note", "forum", "Talk", "", "1"),
        ("value", "forum", "Summit", "Summit 2024", "1"),
    ]


def test_a_text_that_the_rest_removes_is_reported(made) -> None:
    table = (
        "when,country,title,kind\n2024-01-02,FRA,Gala,multilateral\n2024-01-03,FRA,Talk,bilateral\n"
    )
    mapping = mapped(forum="title", format="kind").replace(
        'format = "bilateral"\n', 'forum = "F"\n'
    )
    found = made(table, mapping + '\n[values.forum]\n"*" = "(blank)"\n')
    assert found.cells("forum", "note") == [("F 2024", ""), ("", "")]
    assert [row for row in found.report if row[1] == "forum"] == [
        ("rest", "forum", "Gala", "F 2024", "1"),
        ("rest", "forum", "Talk", "", "1"),
    ]


def test_a_forum_that_is_the_note_is_not_written_twice(made) -> None:
    table = "when,country,text\n2024-01-02,FRA,State visit\n2024-01-03,FRA,Gala\n"
    mapping = mapped(forum="text", note="text") + '\n[values.forum]\nGala = "Ball"\n'
    found = made(table, mapping)
    assert found.cells("forum", "note") == [("", "State visit"), ("", "Gala; forum: Ball")]
    assert "1 text moved into the note" in found.summary.lines()


# --- values that become blank ---------------------------------------------------------------


@pytest.mark.parametrize(
    "lines", ['unknown = "(blank)"', '"*" = "(blank)"', '"unkn*" = "(blank)"', '"U*" = "(blank)"']
)
def test_one_of_several_counterparts_that_is_blanked_is_no_counterpart(made, lines: str) -> None:
    table = "when,one,two,who,whom\n2024-01-02,France,unknown,Ann,Bob\n2024-01-03,unknown,,Cem,\n"
    mapping = MAP.replace('counterpart = "country"', 'counterpart = ["one", "two"]')
    mapping = mapping.replace("\n[defaults]", 'counterpart_person = ["who", "whom"]\n\n[defaults]')
    found = made(table, mapping + FRANCE + lines + "\n")
    assert found.cells("counterpart", "counterpart_person") == [("FRA", "Ann"), ("", "Cem")]
    rule = "value" if lines.startswith("u") else "rest" if lines.startswith('"*"') else "pattern"
    assert (rule, "counterpart", "unknown", "", "2") in found.report
    assert (rule, "counterpart_person", "Bob", "", "1") in found.report


@pytest.mark.parametrize("lines", ['unknown = "(blank)"', '"*" = "(blank)"'])
def test_a_counterpart_that_is_blanked_has_the_default(made, lines: str) -> None:
    mapping = MAP.replace("[defaults]", '[defaults]\ncounterpart = "org:EU"') + FRANCE + lines
    found = made("when,country\n2024-01-02,unknown\n2024-01-03,France\n", mapping)
    assert found.cells("counterpart_type", "counterpart") == [
        ("organization", "EU"),
        ("country", "FRA"),
    ]
    assert ("counterpart" in found.rows[0]["inferred"], found.rows[1]["inferred"]) == (
        True,
        "agency; official_rank; format; mode",
    )


# --- lines that fit no row ------------------------------------------------------------------


def test_lines_that_no_row_has_are_one_notice_a_table(made) -> None:
    mapping = mapped(mode="how") + FRANCE
    mapping += (
        'Freedonia = "PER"\nSylvania = "PER"\nRuritania = "PER"\nZenda = "PER"\n"*x*" = "PER"\n'
    )
    mapping += '"*" = "KEN"\n\n[values.mode]\ncall = "phone"\nzoom = "video"\n'
    found = made("when,country,how\n2024-01-02,France,call\n2024-01-03,Oz,\n", mapping)
    line = mapping.split("\n").index("[values.counterpart]") + 1
    other = mapping.split("\n").index("[values.mode]") + 1
    assert found.notices == [
        f"map.toml:{line}:counterpart: notice: [values.counterpart]: 5 lines fit no row: "
        "`Freedonia`, `Sylvania`, `Ruritania`, ...; correct them, or remove them",
        f"map.toml:{other}:mode: notice: [values.mode]: 1 line fits no row: `zoom`; correct it, or "
        "remove it",
    ]


def test_a_rule_is_one_line_of_the_summary(made) -> None:
    table = "when,country,sender\n" + "".join(f"2024-01-02,FRA,s{n}\n" for n in range(50))
    found = made(table, MAP + '\n[filter]\nsender = ["s1", "s2", "s3"]\n\n[drop]\nsender = "s2"\n')
    assert found.summary.lines()[:3] == [
        "50 rows read, 2 rows written",
        "47 rows dropped by [filter] sender",
        "1 row dropped by [drop] sender",
    ]
    assert ("filtered", "sender", "s49", "", "1") in found.report
    assert ("dropped", "sender", "s2", "", "1") in found.report


# --- messages -------------------------------------------------------------------------------


def test_a_code_of_what_is_no_state_says_so(refused) -> None:
    table = "when,country\n2024-01-02,x\n"
    mapping = mapped(host_country="country") + '\n[values.counterpart]\nx = "ATA"\n'
    mapping += '\n[values.host_country]\nx = "NHB"\n'
    counterpart, host = refused(table, mapping)
    assert counterpart.endswith(
        "unknown country `ATA` (The code of ISO 3166-1 for Antarctica, which is no state and cannot "
        "be a counterpart); write the code of a country, or `(blank)` for none; an organization is "
        "written `org:ACRONYM`, a non-state actor `actor:CODE`"
    )
    assert "(The code of ISO 3166-3 for the New Hebrides, to 1980, which was no state)" in host
    assert host.endswith("; did you mean `VUT`?")


def test_a_hint_ends_before_the_next_one(refused) -> None:
    mapping = MAP + '\n[values.counterpart]\nx = "QQQ"\ny = "FRX"\n'
    one, other = refused("when,country\n2024-01-02,x\n", mapping)
    assert "such as `KEN`; an organization is written" in one
    assert "did you mean `DEU`? an organization is written" in other


def test_a_date_that_is_left_to_decide_asks_for_a_date(refused) -> None:
    mapping = MAP + '\n[values.date]\n"May 3\u20132, 2021" = ""\n'
    (found,) = refused("when,country\n2024-01-02,FRA\n", mapping)
    assert found.endswith(
        "left to decide; write a date such as `2024-09-07`, or `(blank)` for none"
    )


def test_a_date_format_counts_for_every_mark():
    from secdiplo.importer import dates

    assert dates.decide(["05.04.2019", "25/4/2019", "7.4.2019"]) == "%d.%m.%Y"
    assert [dates.read(cell, "%d/%m/%Y") for cell in ("05.04.2019", "5-4-2019", "5/4/2019")] == [
        "2019-04-05"
    ] * 3
    assert dates.read("05.04.19", "%d/%m/%Y") is None


def test_a_row_without_home_and_counterpart_is_not_domestic():
    from secdiplo.importer.several import without_home
    from secdiplo.importer.summary import ImportSummary

    blank = [{"counterpart": ""}]
    assert without_home("", blank, ImportSummary()) == blank
    assert without_home("USA", [{"counterpart": "USA"}], ImportSummary()) == []


def test_a_numeric_column_of_a_divided_row_is_a_notice(made) -> None:
    mapping = (
        'split = ";"\nkeep = ["cost"]\n'
        + MAP
        + '\n[extra_columns.cost]\ntype = "integer"\nlabel = "Cost"\n'
    )
    found = made("when,country,cost\n2024-01-02,FRA; KEN,10\n2024-01-03,PER,5\n", mapping)
    assert [row["cost"] for row in found.rows] == ["10", "10", "5"]
    assert [n for n in found.notices if "1 rows became several" in n or "1 row became" in n]
    found = made("when,country,cost\n2024-01-02,FRA,10\n", mapping)
    assert not [n for n in found.notices if "became several" in n]


# --- kept numbers ---------------------------------------------------------------------------

COST = '\n[extra_columns.cost]\ntype = "number"\n'


def test_kept_numbers_with_a_decimal_comma(made) -> None:
    cells = ("1,5", "-0,25", "1.234,5", "12.345", "7", "1 000 000,1", "")
    table = "when;country;Kosten;text\n" + "".join(
        f"2024-01-0{day};FRA;{cell};{cell}\n" for day, cell in enumerate(cells, 1)
    )
    mapping = 'decimal = ","\nkeep = { cost = "Kosten", words = "text" }\n' + MAP
    found = made(table, mapping + COST + '[extra_columns.words]\ntype = "string"\n')
    assert found.errors == []
    numbers = ["1.5", "-0.25", "1234.5", "12345", "7", "1000000.1", ""]
    assert [row["cost"] for row in found.rows] == numbers
    assert [row["words"] for row in found.rows] == list(cells)
    assert ("value", "cost", "1.234,5", "1234.5", "1") in found.report


def test_a_decimal_point_beside_decimal_commas_is_refused(refused) -> None:
    table = "when;country;Kosten\n2024-01-02;FRA;1,5\n2024-01-03;FRA;12.5\n"
    mapping = 'decimal = ","\nkeep = { cost = "Kosten" }\n' + MAP + COST
    assert refused(table, mapping) == [
        "a.csv:3:Kosten: `12.5` (1 row) has a decimal point, and the map says "
        '`decimal = ","`; write one mark in the file'
    ]


@pytest.mark.parametrize(
    ("mark", "keep", "message"),
    [
        (";", COST, "`;`; write `.` or `,`"),
        (",", "", "no kept column is a number; write its type under [extra_columns], or remove it"),
    ],
)
def test_a_wrong_decimal_mark_is_refused(refused, mark: str, keep: str, message: str) -> None:
    mapping = f'decimal = "{mark}"\nkeep = ["cost"]\n' + MAP + keep
    table = "when;country;cost\n2024-01-02;FRA;1,5\n"
    assert refused(table, mapping) == [f"map.toml:1:decimal: {message}"]


def test_numbers_of_a_program_keep_their_point(tmp_path: Path) -> None:
    lines = [{"when": "2024-01-02", "country": "FRA", "cost": cost} for cost in (1.234, "2,5")]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "map.toml").write_text('decimal = ","\nkeep = ["cost"]\n' + MAP + COST)
    importer.run(tmp_path / "a.jsonl", tmp_path / "map.toml", tmp_path / "out")
    with (tmp_path / "out/curated/interactions.csv").open(newline="") as file:
        assert [row["cost"] for row in csv.DictReader(file)] == ["1.234", "2.5"]


def test_a_proposal_mentions_a_decimal_comma(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("when;country;Kosten\n2024-01-02;FRA;1,5\n2024-01-03;KEN;2,5\n")
    line = '# decimal = ","  # if "Kosten", as in "1,5", is kept as a number'
    assert line in importer.propose(tmp_path / "a.csv").splitlines()
