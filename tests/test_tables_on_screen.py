"""Tables on a screen: one line per row, nothing that is printed is broken or lost in silence."""

import datetime
import os
import pty
import re
import select
import subprocess
import sys
import unicodedata

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo import query as queries
from secdiplo.cli import main
from secdiplo.output.render import table
from secdiplo.output.screen import cut, width
from secdiplo.query.packaged import parse

WIDTHS = (60, 80, 100, 140)
NOTE = re.compile(r"^… \+(\d+) columns? \(--columns\): (.*); --wide prints all$")
NAMES = ["id", "when", "what", "number", "who"]
ROWS = [
    ("2024-05-09-mps-liu-haitao-eth", datetime.date(2024, 5, 9), "a long text " * 9, 1234567, "王小洪部长"),
    ("2024-05-22-mps-wang-xiaohong-bdi", datetime.date(2024, 5, 22), "short", 7, "Wang"),
]  # fmt: skip


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def columns_on_screen(text):
    """How many columns a terminal gives to a line: counted without the toolkit."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(bool(unicodedata.combining(c)) for c in text)


def by_column(rule, line):
    """The cells of a line, by the places of the dashes of the rule."""
    spread = "".join(  # one letter for each column of the screen
        c + "\0" * (columns_on_screen(c) - 1) for c in unicodedata.normalize("NFC", line)
    )
    spans = [m.span() for m in re.finditer("-+", rule)]
    return [spread[start:end].replace("\0", "").strip() for start, end in spans]


def parts(text):
    """The heads, rows and the columns that the note names, of a printed table."""
    head, rule, *rest = text.splitlines()
    place = next((n for n, line in enumerate(rest) if line.startswith("… +")), len(rest))
    note = " ".join(rest[place:])
    named = []
    if note:
        number, listed = NOTE.match(note).groups()
        named = listed.split(", ")
        assert int(number) == len(named)
    return by_column(rule, head), [by_column(rule, line) for line in rest[:place]], named


def plain(cell):
    """A cell as a reader sees it, made without the toolkit."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return unicodedata.normalize("NFC", " ".join(str(cell).split()))


def check(text, names, rows, room):
    """One line per row, no wider than the screen; what may not be cut is whole."""
    assert max(map(columns_on_screen, text.splitlines())) <= room
    heads, printed, named = parts(text)
    shown = [head for head in heads if head != "…"]
    assert shown + named != [] and sorted(shown + named) == sorted(names)
    assert [name for name in names if name in shown] == shown
    assert len(printed) == len(rows)
    for line, row in zip(printed, rows, strict=True):
        cells = {h: c for h, c in zip(heads, line, strict=True) if h != "…"}
        for name, cell in cells.items():
            value = row[names.index(name)]
            if isinstance(value, float):
                assert float(cell) == pytest.approx(value, abs=0.006)
            elif cell.endswith("…"):
                assert isinstance(value, str) and plain(value).startswith(cell[:-1])
                assert " " in plain(value) or not value.isascii() or value.startswith("http")
                assert not name.endswith("_id")
            else:
                assert cell == plain(value)


@pytest.fixture(scope="module")
def built():
    found = sd.load()._built
    found.need(found.tables)
    return found


RESULTS = [*(f"query {name}" for name in sd.load().queries().index), *(f"table {name}" for name in sd.load().tables().index)]  # fmt: skip


@pytest.mark.parametrize("what", RESULTS)
def test_every_query_and_table_fits_every_screen(what, built):
    kind, name = what.split()
    read = queries.run(built, name, {}) if kind == "query" else queries.read_rows(built, name, {})
    rows = read.rows if kind == "query" else [row for batch in read.batches for row in batch]
    for room in WIDTHS:
        if len(rows) == 1:
            continue  # a single row is a list: below
        check(table(read.columns, rows, room), list(read.columns), rows, room)


@pytest.mark.parametrize("room", range(12, 120, 9))
def test_a_made_up_table_fits(room):
    text = table(NAMES, ROWS, room)
    if room >= 45:  # the longest identifier is 32 wide
        check(text, NAMES, ROWS, room)
    assert max(map(columns_on_screen, text.splitlines())) <= room


def test_text_is_cut_before_a_column_is_left_out():
    heads, rows, named = parts(table(NAMES, ROWS, 92))
    assert named == [] and heads == NAMES
    assert rows[0][2].endswith("…") and rows[0][4] == "王小洪部长"


def test_columns_are_left_out_of_the_middle():
    names = [f"column_{n}" for n in range(9)]
    heads, _, named = parts(table(names, [list(range(9)), list(range(9))], 50))
    place = heads.index("…")
    assert heads[:place] == names[:place] and heads[place + 1 :] == names[-len(heads) + place + 1 :]
    assert named == names[place : len(names) - (len(heads) - place - 1)]
    assert 0 < place < len(heads) - 1


def test_spare_columns_are_left_out_first():
    names = ["country", "year", "name", "events"]
    rows = [("FJI", 2024, "Fiji", 3), ("RUS", 2024, "Russia", 5)]
    heads, _, named = parts(table(names, rows, 24, spare=("name", "year")))
    assert (heads, named) == (["country", "year", "events"], ["name"])


def test_columns_that_are_asked_for_are_never_left_out():
    lines = table(NAMES, ROWS, 40, every_column=True).splitlines()
    assert lines[0].split() == NAMES and len(lines) == 4


def test_wide_prints_everything():
    lines = table(NAMES, ROWS, 40, wide=True).splitlines()
    assert ("a long text " * 9).strip() in lines[2] and len(lines) == 4


def test_a_single_wide_row_is_a_list():
    lines = table(NAMES, ROWS[:1], 50).splitlines()
    assert lines[0].split() == ["measure", "value"]
    assert lines[2:] == [
        "id       2024-05-09-mps-liu-haitao-eth",
        "when     2024-05-09",
        "what     a long text a long text a long text a lo…",
        "number   1234567",
        "who      王小洪部长",
    ]
    assert max(map(columns_on_screen, lines)) <= 50
    whole = table(NAMES, ROWS[:1], 34).splitlines()
    assert "2024-05-09-mps-liu-haitao-eth" in whole[3]  # on a line of its own


def test_a_list_of_one_row_looks_like_a_row():
    heads, _, named = parts(table(NAMES, ROWS[:1], 50, listed=True))
    assert heads[0] != "measure" and [name for name in heads if name != "…"] == [
        name for name in NAMES if name not in named
    ]


@pytest.mark.parametrize(("room", "shown"), [(60, 4), (80, 5), (100, 6)])
def test_a_query_names_the_columns_to_show_first(room, shown):
    first = ["date", "official", "counterpart", "name", "counterpart_person", "source_url"]
    for limit in ("1", "3"):
        words = ["query", "meeting_list", "--region", "Africa", "--limit", limit]
        result = CliRunner().invoke(main, words, env={"COLUMNS": str(room)})
        assert result.stdout.splitlines()[0].split() == first[:shown]


def test_a_column_to_show_first_is_one_of_the_result():
    text = (
        "-- title: A\n-- grain: One row.\n-- unit: event\n-- first: x\n-- column: n: B.\nselect 1"
    )
    with pytest.raises(sd.UsageError, match="no column `x`"):
        parse("made_up", text)


def test_a_cell_with_control_characters_stays_one_line():
    assert table(["a", "b"], [("x\ny\x1b[31m", "1"), ("z", "2")], 60).count("\n") == 4


def test_wide_characters_count_two():
    assert (width("王小洪"), width("é"), width("e\u0301")) == (6, 1, 1)
    assert (cut("王小洪部长", 7), cut("王小洪部长", 6), cut("abc", 3)) == (
        "王小洪…",
        "王小…",
        "abc",
    )


# --- options ---------------------------------------------------------------------------------


def test_limit_and_columns():
    done = run("query", "country_totals", "--limit", "3", "--columns", "rank, name")
    assert done.stdout.splitlines()[0].split() == ["rank", "name"]
    assert len(done.stdout.splitlines()) == 5
    total = len(sd.load().query("country_totals"))
    assert f"3 of {total} rows; --limit 0 prints all" in done.stderr
    lines = run(
        "query", "country_totals", "--limit", "3", "--format", "csv", "--columns", "rank"
    ).stdout
    assert lines.splitlines()[0] == "rank" and len(lines.splitlines()) == 4
    assert "--limit" not in run("query", "country_totals", "--limit", "0").stderr


@pytest.mark.parametrize(
    "command", [["query", "country_totals"], ["tables"], ["sql", "select 1 as name"]]
)
def test_an_unknown_column_is_refused_with_a_suggestion(command):
    done = run(*command, "--columns", "nmae")
    assert done.exit_code == 2 and done.stdout == ""
    assert "no column `nmae`" in done.stderr
    assert "did you mean" in done.stderr or "columns: " in done.stderr


def test_a_column_whose_name_has_a_comma_can_be_asked_for():
    done = run("sql", "select concat('a', 'b'), 2 as n", "--columns", "concat('a', 'b')")
    assert done.stdout.split()[-1] == "ab"


def test_nothing_found_is_said():
    done = run("query", "country_totals", "--region", "Africa", "--country", "FJI")
    assert done.stdout.startswith("country") and "No rows." in done.stderr
    assert "No rows" not in run("sql", "select 1 as a where false", "--format", "csv").stderr


def test_a_query_of_extra_columns_says_that_there_are_none():
    said = " ".join(run("query", "column_summary").stderr.split())
    assert said.startswith("No rows: the coding sheet of") and "no numeric extra column" in said


@pytest.mark.parametrize("way", ["argument", "file", "stdin", "dash"])
def test_a_statement_comes_from_anywhere(way, tmp_path):
    file = tmp_path / "one.sql"
    file.write_text("select 41 + 1 as n", encoding="utf-8-sig")
    text = "select 41 + 1 as n"
    args = {"argument": [text], "file": ["-f", str(file)], "stdin": [], "dash": ["-"]}[way]
    done = CliRunner().invoke(main, ["sql", *args, "--format", "csv"], input=text)
    assert (done.exit_code, done.stdout) == (0, "n\n42\n")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["-f", "none.sql"], "none.sql: No such file"),
        (["select 1", "-f", "x.sql"], "not both"),
        (["-"], "no statement"),
    ],
)
def test_a_statement_that_is_not_there_is_said(args, words):
    done = CliRunner().invoke(main, ["sql", *args], input=" \n")
    assert done.exit_code in {1, 2} and words in done.stderr and done.stdout == ""


# --- a terminal ------------------------------------------------------------------------------


def on_a_terminal(*args, **environment):
    """What a command prints where stdout is a terminal."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
    env.update(COLUMNS="120", TERM="xterm", **environment)
    done = subprocess.Popen(
        [sys.executable, "-m", "secdiplo", *args], stdout=theirs, stderr=subprocess.PIPE, env=env
    )
    os.close(theirs)
    out = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            out += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not out:
            break
    os.close(ours)
    error = done.stderr.read().decode()
    done.stderr.close()
    assert done.wait(60) == 0, error
    return out.decode().replace("\r\n", "\n"), error


def test_a_terminal_gets_forty_rows_in_colour():
    out, error = on_a_terminal("panel")
    lines = out.splitlines()
    assert len([line for line in lines if re.match("[A-Z]{3} ", line)]) == 40
    assert re.search(r"40 of [\d,]+ rows; --limit 0 prints all", error)
    assert "\x1b[2mzero\x1b[0m" in out
    bare = re.sub(r"\x1b\[\d*m", "", lines[2])
    assert bare.index("zero") == lines[0].index("status")  # colour takes no room


def test_no_colour_where_it_is_not_wanted():
    assert "\x1b" not in on_a_terminal("panel", NO_COLOR="1")[0]
    assert "\x1b" not in on_a_terminal("panel", NO_COLOR="1", FORCE_COLOR="1")[0]
    assert "\x1b" not in run("panel").stdout
    for style in ("csv", "json", "markdown"):
        done = CliRunner(env={"FORCE_COLOR": "1"}).invoke(main, ["panel", "--format", style])
        assert done.exit_code == 0 and "\x1b" not in done.stdout


def test_colour_can_be_forced(tmp_path):
    env = {"FORCE_COLOR": "1"}
    assert "\x1b[2mzero" in CliRunner(env=env).invoke(main, ["panel"]).stdout
    file = tmp_path / "p.md"
    assert CliRunner(env=env).invoke(main, ["panel", "-o", str(file)]).exit_code == 0
    assert "\x1b" not in file.read_text(encoding="utf-8")
