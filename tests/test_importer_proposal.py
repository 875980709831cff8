"""Proposals and refreshed maps: columns in use, rules for rows, ended states, and meetings."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from secdiplo import importer
from secdiplo.errors import DataError
from secdiplo.importer import ended_states, meetings
from secdiplo.importer.ended_states import DatedRows, StateDays

FACTS = """\
[dataset]
name = "small"
title = "Small"
version = "1.0"
licence = "CC0"
home = "USA"

[defaults]
agency = "A"
official_rank = "leader"
format = "bilateral"
mode = "in_person"
confidence = "high"
source_url = "https://example.org/data"

[codes.agency]
A = "Agency"

[codes.official_rank]
leader = "Leader"
"""
TABLE = "date,leader,country\n2024-01-02,Ann Example,France\n2024-01-03,Bob Example,Spain\n"


@pytest.fixture
def folder(tmp_path: Path):
    def write(table: str = TABLE, mapping: str = FACTS) -> tuple[Path, Path]:
        (tmp_path / "a.csv").write_text(table, encoding="utf-8")
        (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
        return tmp_path / "a.csv", tmp_path / "map.toml"

    return write


def accepted(file: Path, path: Path) -> tuple[importer.ImportResult, list[list[str]]]:
    out = file.parent / "out"
    result = importer.accept(file, out, map_path=path, replace=True)
    sheet = (out / "curated/interactions.csv").read_text(encoding="utf-8").splitlines()
    return result, [line.split(",") for line in sheet]


def doubts(file: Path, path: Path) -> list[str]:
    with pytest.raises(DataError) as error:
        importer.accept(file, file.parent / "out", map_path=path)
    return [str(problem) for problem in error.value.problems]


def value_lines(proposal: str, column: str = "counterpart") -> dict[str, str]:
    """The lines of a table of values: key -> the line after it."""
    section = proposal.partition(f"\n[values.{column}]")[2].partition("\n[")[0]
    lines = [line.partition(" = ") for line in section.splitlines() if line.startswith('"')]
    return {key.strip('"'): rest for key, _, rest in lines}


# --- which columns of the file are used -----------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        '\n[values.official_rank]\n"leader" = "leader"\n',
        '\n# A remark about the "leader" of a country\n',
        '\n[codes.topic]\nleader = "leader"\n',
        "",
    ],
)
def test_a_text_of_the_map_hides_no_column(folder, more: str) -> None:
    """Only [columns], keep, and lines left commented out say that a column is decided."""
    file, path = folder(mapping=FACTS + more)
    _, sheet = accepted(file, path)
    place = sheet[0].index("official")
    assert [row[place] for row in sheet[1:]] == ["Ann Example", "Bob Example"]
    text = importer.refreshed(file, path)
    assert tomllib.loads(text)["columns"]["official"] == ""
    assert 'official = ""  # new: left to decide: perhaps "leader"' in text


@pytest.mark.parametrize(
    "more",
    [
        '\n[columns]\nnote = "leader"\n',
        '\n[columns]\nnote = ["leader", "remark"]\n',
        '\n[columns]\n# official = "leader"\n',
        "\n[columns]\n#official = 'leader'  # it is somebody else\n",
    ],
)
def test_a_column_that_is_decided_is_not_asked_for(folder, more: str) -> None:
    table = TABLE.replace("country", "country,remark", 1).replace("France", "France,x")
    file, path = folder(table.replace("Spain", "Spain,y"), FACTS + more)
    text = importer.refreshed(file, path)
    assert "official" not in tomllib.loads(text)["columns"]
    assert 'nothing is made of: "leader"' not in text


def test_a_kept_column_is_decided(folder) -> None:
    file, path = folder(mapping='keep = ["leader"]\n' + FACTS)
    assert "official" not in tomllib.loads(importer.refreshed(file, path))["columns"]


@pytest.mark.parametrize(
    "rule",
    [
        '\n[group]\nby = ["date", "leader"]\n',
        '\n[drop]\ncountry = "Nowhere"\ndate = "2000"\n',
        '\n[filter]\ncountry = ["France", "Spain"]\n',
        '\n[[corrections]]\nwhere = { country = "Spain", date = "2024-01-03" }\n'
        'set = { city = "Rome" }\n',
    ],
)
def test_a_rule_about_a_column_leaves_it_to_be_mapped(folder, rule: str) -> None:
    file, path = folder(mapping=FACTS + rule)
    result, sheet = accepted(file, path)
    assert (result.summary.written, "2024-01-02" in sheet[1], "FRA" in sheet[1]) == (2, True, True)


def test_a_column_of_a_rule_is_not_one_that_nothing_is_made_of(folder) -> None:
    table = TABLE.replace("leader", "leader,status,stage", 1).replace("Example,", "Example,x,y,")
    file, path = folder(table, FACTS + '\n[filter]\nstatus = "x"\n')
    text = importer.refreshed(file, path)
    assert '# new: a column that nothing is made of: "stage": "y"' in text
    assert 'nothing is made of: "status"' not in text
    path.write_text(text)
    assert importer.refreshed(file, path) == text


# --- rows that the rules leave out ----------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        '\n[drop]\nstatus = "planned"\n',
        '\n[filter]\nstatus = ["held", "(blank)"]\n',
        '\n[drop]\ncountry = ["Atlantis", "Zorgon"]\n',
    ],
)
def test_values_of_rows_that_are_left_out_are_not_asked_for(folder, rule: str) -> None:
    table = (
        "date,country,status\n2024-01-02,France,held\nsome day,Atlantis,planned\n"
        "2024-01-04,Zorgon,planned\n2024-01-05,Spain,\n"
    )
    file, path = folder(table, FACTS + rule)
    result, _ = accepted(file, path)
    assert (result.summary.read, result.summary.written) == (4, 2)
    text = importer.refreshed(file, path)
    assert "Atlantis" not in value_lines(text) and "some day" not in text
    full = importer.refreshed(
        file, folder(table, FACTS + '\n[columns]\ncounterpart = "country"\n')[1]
    )
    assert {"Atlantis", "Zorgon"} <= set(value_lines(full))


def test_markers_are_blank_before_the_rules_apply(folder) -> None:
    table = "date,country,status\n2024-01-02,France,held\n2024-01-03,Atlantis,n/a\n"
    file, path = folder(table, 'missing = ["n/a"]\n' + FACTS + '\n[drop]\nstatus = "(blank)"\n')
    assert accepted(file, path)[0].summary.written == 1


@pytest.mark.parametrize("dropped", ["(blank)", "NA"])
@pytest.mark.parametrize(("line", "written"), [("", 1), ("(blank)", 1), ("NAM", 2)])
def test_a_marker_is_a_blank_cell_unless_its_line_has_a_code(
    folder, dropped: str, line: str, written: int
) -> None:
    table = "date,country\n2024-01-02,France\n2024-01-03,NA\n2024-01-04,\n"
    mapping = 'missing = ["NA"]\n' + FACTS + f'\n[drop]\ncountry = ["{dropped}", "(blank)"]\n'
    if written == 2 and dropped == "NA":
        written = 1  # it is named itself
    lines = f'NA = "{line}"\n' if line else ""
    values = f'\n[values.counterpart]\nFrance = "FRA"\n{lines}'
    columns = '\n[columns]\ndate = "date"\ncounterpart = "country"\n'
    file, path = folder(table, mapping + columns + values)
    summary = importer.import_file(file, path, file.parent / "out").summary
    assert (summary.read, summary.written) == (3, written)
    assert f"{3 - written} row" in summary.lines()[1]


def test_rules_that_leave_out_every_row_are_named(folder) -> None:
    file, path = folder(mapping=FACTS + '\n[filter]\ncountry = "Peru"\n')
    line = path.read_text().split("\n").index("[filter]") + 1
    assert doubts(file, path) == [
        f"map.toml:{line}:filter: the rules leave out every row; change their values"
    ]


def test_a_value_that_a_pattern_decides_is_not_asked_for(folder) -> None:
    table = "date,country\n2024-01-02,The north of it\n2024-01-03,Atlantis\n"
    mapping = FACTS + '\n[columns]\ndate = "date"\ncounterpart = "country"\n'
    file, path = folder(table, mapping + '\n[values.counterpart]\n"*north*" = "NOR"\n')
    assert set(value_lines(importer.refreshed(file, path))) == {"*north*", "Atlantis"}


# --- countries ------------------------------------------------------------------------------


def test_a_host_offers_a_code_and_not_the_whole_list(folder) -> None:
    table = "date,country,host country\n2024-01-02,France,Atlantis\n2024-01-03,Spain,Spain\n"
    file, _ = folder(table + "2024-01-04,Italy,Italy\n")
    line = value_lines(importer.propose(file), "host_country")["Atlantis"]
    assert line == '""  # left to decide: an ISO3 code or "(blank)" (1 row)'


def test_columns_of_one_column_have_one_table(folder) -> None:
    mapping = FACTS + '\n[columns]\ndate = "date"\n'
    mapping += 'counterpart = "country"\nhost_country = "country"\n'
    file, path = folder(TABLE.replace("Spain", "Atlantis"), mapping)
    values = tomllib.loads(importer.refreshed(file, path))["values"]
    assert values == {"counterpart": {"Atlantis": "", "France": "FRA"}}


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("Afghanistan (Interim Authority)", '"AFG"'),
        ("France (Provisional Government)", '"FRA"'),
        ("Czechoslovakia (government-in-exile)", '"CSK"'),
        ("Denmark (Greenland)", '"DNK"'),
        ("United Kingdom (Wales)", '"GBR"'),
        ("Wales (United Kingdom)", '"GBR"'),
    ],
)
def test_of_a_name_with_brackets_the_country_that_it_names_is_offered(
    folder, name: str, offered: str
) -> None:
    file, _ = folder(f"date,country\n1943-01-02,{name}\n1943-01-02,Peru\n1943-01-02,Chile\n")
    line = value_lines(importer.propose(file))[name]
    assert line.startswith(f'""  # did you mean {offered}? (1 row)')


def test_an_explanation_of_a_name_is_a_comment(folder) -> None:
    file, _ = folder("date,country\n1980-01-02,Yemen Arab Republic\n1980-01-02,Peru\n")
    found = value_lines(importer.propose(file))
    assert found["Yemen Arab Republic"].startswith('""  # did you mean "YEM"? (1 row). It ended in')
    assert found["Peru"] == '"PER"'


DATED = """\
date,country
1991-12-26,U.S.S.R.
1991-12-27,U.S.S.R.
1992,U.S.S.R.
1991,U.S.S.R.
1991-12,U.S.S.R.
1992-01,U.S.S.R.
1989-03-04,Yugoslavia
1917-01-01,Yugoslavia
2003-02-04,Yugoslavia
1980-05-06,Czechoslovakia
2020-01-01,Peru
"""


def test_rows_outside_the_days_of_a_state_are_counted(folder) -> None:
    file, path = folder(DATED)
    found = value_lines(importer.propose(file))
    assert (
        found["U.S.S.R."]
        == '"SUN"  # 3 rows are after 1991-12-26: decide them under [[corrections]]'
    )
    assert found["Yugoslavia"] == (
        '"YUG"  # 1 row is before 1918-12-01 and 1 row is after 2003-02-03: decide them under '
        "[[corrections]]"
    )
    assert found["Czechoslovakia"] == '"CSK"'
    assert doubts(file, path) == [
        "a.csv:2:country: `U.S.S.R.` is perhaps not `SUN`: 3 rows are after 1991-12-26: decide them "
        "under [[corrections]]; a line under [values.counterpart] of a map decides it",
        "a.csv:8:country: `Yugoslavia` is perhaps not `YUG`: 1 row is before 1918-12-01 and 1 row is "
        "after 2003-02-03: decide them under [[corrections]]; a line under [values.counterpart] of a "
        "map decides it",
    ]


def test_a_line_and_corrections_decide_such_rows(folder) -> None:
    mapping = FACTS + '\n[values.counterpart]\n"U.S.S.R." = "SUN"\n\n[[corrections]]\n'
    mapping += (
        'where = { country = "U.S.S.R.", date = "1991-12-27" }\nset = { counterpart = "RUS" }\n'
    )
    file, path = folder("\n".join(DATED.split("\n")[:3]), mapping)
    _, sheet = accepted(file, path)
    place = sheet[0].index("counterpart")
    assert [row[place] for row in sheet[1:]] == ["SUN", "RUS"]


@pytest.mark.parametrize(
    ("date", "code"),
    [("1999-06-01", "YUG"), ("2004-06-01", "SCG"), ("2003", "SCG"), ("", "SCG")],
)
def test_an_ended_state_is_offered_for_its_days_only(folder, date: str, code: str) -> None:
    table = f"date,country\n{date},Serbia-Montenegro (Kosovo)\n2020-01-01,Peru\n2020-01-02,Chad\n"
    line = value_lines(importer.propose(folder(table)[0]))["Serbia-Montenegro (Kosovo)"]
    assert line == f'""  # did you mean "{code}"? (1 row)'


@pytest.mark.parametrize(
    ("dates", "number"),
    [
        ("4/25/1999", 1),  # the column says that the month is first
        ("April 25, 1999", 1),
        ("April 25-27, 1999", 1),
        ("not known", 0),
    ],
)
def test_dates_are_read_as_the_column_is_written(folder, dates: str, number: int) -> None:
    table = f'date,country\n"{dates}",U.S.S.R.\n"1/30/1990",U.S.S.R.\n"1/31/1990",Peru\n'
    line = value_lines(importer.propose(folder(table)[0]))["U.S.S.R."]
    assert ("1 row is after 1991-12-26" in line) == bool(number)


def test_year_month_and_day_are_read_too(folder) -> None:
    table = "year,month,day,country\n1992,1,27,U.S.S.R.\n1990,1,27,U.S.S.R.\n2000,,,Peru\n"
    line = value_lines(importer.propose(folder(table)[0]))["U.S.S.R."]
    assert line.startswith('"SUN"  # 1 row is after 1991-12-26')


def test_values_of_split_cells_are_dated_too(folder) -> None:
    table = "date,country\n1999-01-02,Peru; U.S.S.R.\n1999-01-03,Peru; Chad\n1999-01-04,Chad\n"
    line = value_lines(importer.propose(folder(table)[0]))["U.S.S.R."]
    assert line.startswith('"SUN"  # 1 row is after 1991-12-26')


@pytest.mark.parametrize("split", ["'/'", "{counterpart = '/', agency = ['/']}"])
def test_a_refresh_divides_cells_as_the_map_says(folder, split: str) -> None:
    """No name here is known on both sides of a mark, so the cells alone do not show it."""
    table = "date,who,country\n2024-01-02,A/B,France/Narnia\n1999-01-02,A,U.S.S.R./Narnia\n"
    mapping = f"split = {split}\n" + FACTS.replace('agency = "A"\n', "", 1)
    mapping += '\n[columns]\ncounterpart = "country"\nagency = "who"\n'
    file, path = folder(table, mapping)
    text = importer.refreshed(file, path)
    assert tomllib.loads(text)["split"] == tomllib.loads(f"a = {split}")["a"]
    found = value_lines(text)
    assert list(found) == ["Narnia", "France", "U.S.S.R."]
    assert found["France"] == '"FRA"  # new'
    assert "1 row is after 1991-12-26" in found["U.S.S.R."]
    assert list(value_lines(text, "agency")) == ["B"]  # A is a code of the map


def test_a_short_name_that_two_states_had_is_a_caution(folder) -> None:
    table = "date,country\n1957-05-08,Vietnam\n1996-05-08,Vietnam\n1980-01-01,Serbia\n1980,Peru\n"
    file, path = folder(table)
    found = value_lines(importer.propose(file))
    assert found["Vietnam"] == (
        '"VNM"  # 1 row is from 1945-09-02 to 1976-07-01, when North Vietnam (VDR) was a state; 1 row '
        "is from 1954-06-04 to 1975-04-30, when Republic of Vietnam (no ISO code) was a state"
    )
    assert found["Serbia"] == '"SRB"'
    result, _ = accepted(file, path)  # it is an exact name, so this is a notice
    (notice,) = map(str, result.summary.notices)
    assert notice.startswith("a.csv:2:country: notice: `Vietnam` is read as `VNM`. 1 row is from")


def test_months_and_years_are_within_the_days_that_they_touch() -> None:
    days = StateDays("SCG", "", "2003-02-04", "2006-06-04")
    rows = DatedRows()
    for date in ("2003", "2003-02", "2003-02-03", "2003-02-04", "2006-06-04", "2006-06-05", "2007"):
        rows.add(date, days)
    assert (rows.before, rows.within, rows.after) == (1, 4, 2)


def test_former_states_of_a_name() -> None:
    found = {
        value: [days.name for days in ended_states.namesakes(value, code)]
        for value, code in [("Serbia", "SRB"), ("China", "CHN"), ("越南", "VNM"), ("Guinea", "GIN")]
    }
    assert found.pop("越南")[:2] == ["North Vietnam", "Republic of Vietnam"]
    assert found == {"Serbia": ["Serbia and Montenegro"], "China": [], "Guinea": []}
    assert ended_states.predecessors("PER") == []


# --- rows of one meeting --------------------------------------------------------------------

MEETINGS = """\
date,title,country,event name
2024-01-02,Summit,France,x
2024-01-02,Summit,Spain,x
2024-01-02,Summit,France,x
2024-01-03,Summit,Peru,x
2024-01-04,Talks,Chad,x
2024-01-04,Talks,Chad,x
2024-01-05,Gala,Peru,x
2024-01-05,Gala,Chad,y
"""


def meeting_table(title: str) -> str:
    return MEETINGS.replace("title", title).replace(",event name", ",id")


@pytest.mark.parametrize("title", ["forum", "note", "headline"])
def test_rows_of_one_meeting_are_counted_and_grouping_is_proposed(folder, title: str) -> None:
    """Five rows: three of the summit and two of the gala; the talks name one country."""
    file, _ = folder(meeting_table(title))
    text = importer.propose(file)
    assert f'# 5 rows seem to be of 2 meetings: equal in "date" and "{title}",' in text
    assert "group" not in tomllib.loads(text)
    block = text[text.index("# [group]") :].split("\n\n")[0].replace("# ", "")
    assert tomllib.loads(block) == {"group": {"by": ["date", title], "format": "count"}}


def test_the_proposed_group_can_be_used_as_it_is(folder) -> None:
    file, path = folder(meeting_table("forum"), FACTS.replace('format = "bilateral"\n', ""))
    text = importer.propose(file)
    block = text[text.index("# [group]") :].split("\n\n")[0].replace("# ", "")
    path.write_text(path.read_text() + "\n" + block + '\n[columns]\nforum = "forum"\n')
    result, sheet = accepted(file, path)
    assert result.summary.number("grouped") == 7
    assert len({row[0] for row in sheet[1:]}) == 4


def test_a_free_text_that_nothing_is_made_of_is_looked_at(folder) -> None:
    text = "The ministers of several countries met and talked about many things"
    rows = [f"2024-01-02,{text},{country}" for country in ("France", "Spain")]
    rows += [f"2024-01-0{n},{text} {n},Peru" for n in range(3, 6)]
    file, _ = folder("\n".join(["date,words,country", *rows, ""]))
    assert 'of 1 meeting: equal in "date" and "words",' in importer.propose(file)


def test_meetings_that_the_file_tells_apart_are_not_looked_for(folder) -> None:
    numbered = "event id,date,forum,country\n" + "".join(
        f"{n // 2},2024-01-0{n // 2 + 1},Summit,{name}\n"
        for n, name in enumerate(["France", "Spain", "Peru", "Chad"])
    )
    assert "seem to be of" not in importer.propose(folder(numbered)[0])
    alone = "date,forum,country\n2024-01-02,Summit,France\n2024-01-03,Summit,Spain\n"
    assert "seem to be of" not in importer.propose(folder(alone)[0])


def test_rows_of_one_meeting_are_a_notice_unless_the_map_groups(folder) -> None:
    mapping = FACTS.replace('"bilateral"', '"multilateral"')
    file, path = folder(meeting_table("forum"), 'same_rows = "separate"\n' + mapping)
    table = meeting_table("forum").replace("Summit,France", "Summit,Italy", 1)
    table = table.replace("Talks,Chad", "Talks,Kenya", 1)
    file.write_text(table)
    result, _ = accepted(file, path)
    (notice,) = [str(each) for each in result.summary.notices if each.column == "group"]
    assert notice == (
        'a.csv:group: notice: 7 rows seem to be of 3 meetings: equal in "date" and "forum"; [group] '
        "in a map makes one event of each"
    )
    path.write_text(path.read_text() + '\n[group]\nby = ["date", "forum"]\n')
    result, _ = accepted(file, path)
    assert [each for each in result.summary.notices if each.column == "group"] == []


def test_many_meetings_need_bounded_memory(folder, monkeypatch) -> None:
    monkeypatch.setattr(meetings, "MAX_MEETINGS", 2)
    table = "date,forum,country\n" + "".join(
        f"2024-01-{n:02},F,{name}\n" for n in range(1, 10) for name in ("France", "Spain")
    )
    assert "# 4 rows seem to be of 2 meetings" in importer.propose(folder(table)[0])


# --- keys of groups -------------------------------------------------------------------------


def test_keys_of_groups_are_short_and_their_own(folder) -> None:
    long = "The ministers of several countries met in the capital and talked about many things"
    mapping = FACTS.replace('format = "bilateral"\n', 'forum = "F"\n')
    mapping += '\n[group]\nby = ["date", "text"]\nformat = "count"\n'
    mapping += '\n[columns]\ndate = "date"\ncounterpart = "country"\n'
    rows = [f"2024-01-02,{long} {n},FRA" for n in (1, 2)] + [f"2024-01-02,{long} 1,KEN"]
    rows += ["2024-01-02,short,FRA", "2024-01-02,Short!,FRA"]
    file, path = folder("\n".join(["date,text,country", *rows, ""]), mapping)
    importer.run(file, path, file.parent / "made")
    sheet = (file.parent / "made/curated/interactions.csv").read_text().splitlines()
    keys = [line.split(",")[0] for line in sheet[1:]]
    assert [keys[0] == key for key in keys] == [True, False, True, False, False]
    assert keys[3:] == ["2024-01-02-short", "2024-01-02-short-2"]
    assert {len(key) for key in keys[:3]} == {60}
    assert all(
        key.startswith("2024-01-02-the-ministers-of-several-countries-met-i-") for key in keys[:3]
    )
    # The same text has the same key in another file.
    file.write_text("\n".join(["date,text,country", rows[1], ""]))
    importer.run(file, path, file.parent / "other")
    again = (file.parent / "other/curated/interactions.csv").read_text().splitlines()
    assert again[1].split(",")[0] == keys[1]
