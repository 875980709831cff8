"""The command line as its users meet it: output, messages and exit codes."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo import files, store
from secdiplo.cli import main, output
from secdiplo.errors import Problems
from secdiplo.output.csv_injection import unguarded
from secdiplo.output.render import render

MINI = "tests/data/mini"


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def leaves(group=main, path=()):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "commands"):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii", "cp936", "utf-8"])
def test_a_pipe_gets_every_letter_whatever_the_code_page(encoding, tmp_path):
    """Letters that code pages lack, and a quotation mark that Latin-1 lacks."""
    command = [sys.executable, "-m", "secdiplo", "sql", "--format", "csv", "select 'từ 王 ’' as a"]
    env = dict(os.environ, PYTHONIOENCODING=encoding)
    with (tmp_path / "out.csv").open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=env, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    written = (tmp_path / "out.csv").read_bytes().replace(b"\r\n", b"\n")
    assert written.decode("utf-8") == "a\ntừ 王 ’\n"


def test_a_terminal_of_another_encoding_shows_escapes(monkeypatch):
    class Terminal(io.TextIOWrapper):
        def isatty(self):
            return True

    raw = io.BytesIO()
    stream = Terminal(raw, encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", stream)
    sys.modules["secdiplo.cli.main"]._write_every_letter()
    stream.write("é 王\n")
    stream.flush()
    assert raw.getvalue() == b"\xe9 \\u738b\n"


@pytest.mark.parametrize("path", sorted(leaves()), ids=" ".join)
def test_every_command_has_help_with_an_example(path):
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert "secdiplo" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_json_is_a_list_of_objects_keyed_by_column():
    rows = json.loads(run("query", "regional_shares", "--format", "json").stdout)
    assert list(rows[0]) == ["region", "meetings", "share_percent", "rank"]


def test_the_formats_agree():
    as_json = json.loads(run("query", "format_totals", "--format", "json").stdout)
    as_csv = list(
        csv.DictReader(io.StringIO(run("query", "format_totals", "--format", "csv").stdout))
    )
    assert [{k: str(v) for k, v in row.items()} for row in as_json] == as_csv
    markdown = run("query", "format_totals", "--format", "markdown").stdout.splitlines()
    assert len(markdown) == len(as_json) + 2


@pytest.mark.parametrize("place", ["before", "after"])
def test_data_goes_before_and_after_the_command(place):
    args = ["--data", MINI, "tables"] if place == "before" else ["tables", "--data", MINI]
    rows = json.loads(run(*args, "--format", "json").stdout)
    assert {row["table"]: row["rows"] for row in rows}["events"] == 5


def test_data_to_stdout_messages_to_stderr():
    result = run("query", "agency_totals")
    assert result.stdout.startswith("agency")
    assert "Unit: agency_interaction" in result.stderr


def test_reproduce_lists_every_claim_with_the_agreed_columns():
    rows = json.loads(run("reproduce", "--format", "json").stdout)
    assert list(rows[0])[:12] == [
        "claim_id", "section", "quote", "published", "relation", "unit", "recomputed", "difference",
        "status", "query", "lower", "upper",
    ]  # fmt: skip
    with open("seeds/annotations/claims.csv", encoding="utf-8", newline="") as file:
        given = {row["claim_id"]: row for row in csv.DictReader(file)}
    assert {row["claim_id"] for row in rows} == set(given)
    for row in rows:
        assert row["quote"] == given[row["claim_id"]]["quote"]
        assert row["published"] == float(given[row["claim_id"]]["value"])
        assert (row["status"] == "not_testable") == (row["recomputed"] is None) or row["query"]
        assert row["status"] != "not_testable" or row["note"]


def test_strict_exits_one_when_a_claim_is_contradicted():
    rows = json.loads(run("reproduce", "--format", "json").stdout)
    contradicted = any(row["status"] == "contradicted" for row in rows)
    assert contradicted
    assert run("reproduce", "--strict", "--format", "json").exit_code == 1
    assert run("reproduce", "--format", "json").exit_code == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["query", "regional_share"], "did you mean `regional_shares`?"),
        (["query", "regional_shares", "-p", "sheme=carnegie2025"], "did you mean `scheme`?"),
        (["query", "regional_shares", "-p", "scheme=un_m4"], "did you mean `un_m49`?"),
        (["query", "regional_shares", "-p", "start=2024-02-30"], "`start` is a date"),
        (["query", "regional_shares", "-p", "agency=MSP"], "did you mean"),
        (["query", "regional_shares", "-p", "scheme"], "key=value"),
        (["query", "official_counterparts", "-p", "top=ten"], "a whole number"),
        (["query", "regional_shares", "--format", "html"], "no format `html`"),
        (["reprodce"], "did you mean `reproduce`?"),
        (["REPRODUCE"], "did you mean `reproduce`?"),
        (["query", "regional_shares", "-p", "scope="], "`scope` is blank"),
        (["query", "regional_shares", "-p", "agency="], "`agency` is blank"),
        (["query", "regional_shares", "-p", "official= "], "`official` is blank"),
        (["query", "forum_window", "-p", "days=-3"], "from 0 to"),
        (["query", "agency_totals", "-p", "start=2025", "-p", "end=2023"], "is after `end`"),
        (["query", "agency_totals", "-p", "agency=MPS", "-p", "agency=MSS"], "-p agency twice"),
        (["--data", "nowhere", "tables"], "nowhere: no such folder"),
        (["--data", "", "tables"], "--data is blank"),
        (["check", ""], "name one folder"),
        (["check", MINI, "--data", "data"], "name one folder"),
        (["import", "data/curated/exclusions.csv", "-o", "no/such/map.toml"], "no such folder"),
        (["sql", "drop table events"], "one SELECT is run, not DROP"),
        (["sql", "select * from evens"], "Did you mean"),
        (["sql", "selec 1"], "syntax error"),
        (["build", "-o", "README.md"], "is a file"),
        (["build", "data", "-o", "."], "name another folder"),
        (["seeds", "verify", "--texts", "nowhere"], "no such folder"),
    ],
)
def test_a_wrong_call_exits_two_and_says_what_to_do(args, words):
    result = run(*args)
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_a_wrong_value_is_one_line_without_the_usage_of_another_command():
    result = run("query", "regional_shares", "-p", "scope=nowhere")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("option", ["--by", "--top"])
def test_a_parameter_that_is_given_as_an_option_says_how_it_is_given(option):
    result = run("query", "country_totals", option, "2024")
    assert result.exit_code == 2
    assert f"no option {option}; parameters are given as -p name=value" in result.stderr
    assert "No such option" in run("tables", option, "2024").stderr


def test_numbers_that_are_not_finite_are_not_blank_in_text():
    asked = "select 'inf'::double a, '-inf'::double b, 'nan'::double c, null d, 1.5 e, 2.0 f"
    assert run("sql", asked, "--format", "csv").stdout.splitlines()[1] == "inf,-inf,nan,,1.5,2.0"
    assert run("sql", asked).stdout.splitlines()[-1].split() == ["inf", "-inf", "nan", "1.5", "2.0"]
    (row,) = json.loads(run("sql", asked, "--format", "json").stdout)
    assert list(row.values()) == [None, None, None, None, 1.5, 2]


def test_all_that_are_equally_near_are_offered():
    result = run("query", "agency_totals", "-p", "agency=MPSS")
    assert result.exit_code == 2
    assert "did you mean `MPS` or `MSS`?" in result.stderr


def test_problems_that_are_written_are_counted(tmp_path):
    folder = shutil.copytree(MINI, tmp_path / "mini")
    sheet = folder / "curated" / "interactions.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("MPS", "MPX"), encoding="utf-8")
    for command in (["check"], ["build", "-o", tmp_path / "out"]):
        result = run(*command, folder, "--problems", tmp_path / "p.csv")
        written = len((tmp_path / "p.csv").read_text(encoding="utf-8").splitlines()) - 1
        assert result.exit_code == 1
        *_, said, counted = result.stderr.splitlines()
        assert said == f"{tmp_path / 'p.csv'}: {written} problems"
        assert counted == f"{written} errors, no notices"


def test_an_interrupted_command_ends_as_shells_expect(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "check", interrupted)
    result = run("check", MINI)
    assert (result.exit_code, result.stderr) == (130, "Interrupted\n")


def test_long_work_says_that_it_goes_on_where_there_is_no_terminal(monkeypatch):
    monkeypatch.setattr(output, "MINUTE", 0.001)
    monkeypatch.setattr(store, "check", lambda *_, **__: time.sleep(0.2) or Problems())
    result = run("check", MINI)
    assert result.stderr.startswith(f"Checking {MINI}: 0 min\n")


def test_data_that_cannot_be_opened_exit_one():
    result = run("--data", "docs", "tables")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "docs: neither a dataset folder" in result.stderr


@pytest.mark.slow
def test_check_and_build_and_query_a_folder(tmp_path):
    assert run("check", MINI).exit_code == 0
    out = tmp_path / "tables"
    assert run("build", MINI, "-o", out).exit_code == 0
    direct = run("--data", MINI, "query", "country_totals", "--format", "json").stdout
    built = run("--data", out, "query", "country_totals", "--format", "json").stdout
    assert json.loads(direct) == json.loads(built) != []


def test_the_help_of_a_query_says_what_it_counts():
    text = run("query", "regional_shares", "--help").stdout
    for word in ("Unit: bilateral_meeting", "scheme", "share_percent", "Default"):
        assert word in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    "args", [["tables"], ["queries"], ["reproduce"], ["query", "dataset_totals"]], ids=" ".join
)
def test_tables_fit_eighty_columns(args, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    from secdiplo.output.screen import width

    assert max(map(width, run(*args).stdout.splitlines())) <= 80


@pytest.mark.parametrize("name", list(sd.load().queries()))
def test_every_query_fits_eighty_columns(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    from secdiplo.output.screen import width

    result = run("query", name)
    assert result.exit_code == 0
    assert max(map(width, result.stdout.splitlines())) <= 80


def test_cite_names_the_authors_first():
    text = run("cite").stdout
    assert text.index("Greitens") < text.index("secdiplo developers")


@pytest.mark.slow
def test_codebook_check_finds_a_stale_file(tmp_path):
    assert run("codebook", "-o", tmp_path).exit_code == 0
    assert run("codebook", "--check", "-o", tmp_path).exit_code == 0
    (tmp_path / "events.json").write_text("{}")
    result = run("codebook", "--check", "-o", tmp_path)
    assert result.exit_code == 1
    assert "events.json: stale" in result.stderr


def test_an_argument_that_is_no_text_is_refused():
    result = run("sql", "select '\udcff'")
    assert result.exit_code == 2
    assert "a statement is UTF-8 text" in result.stderr
    with pytest.raises(sd.UsageError, match="UTF-8 text"):
        sd.load().sql(None)


def test_numbers_that_two_decimals_would_make_nothing_of_keep_their_digits():
    asked = "select unnest([0.004, 12.5, -0.0012345, 3e300, 0.0])::double as x"
    shown = run("sql", asked).stdout.split()[2:]
    assert shown == ["0.004", "12.5", "-0.001234", "3e+300", "0"]
    assert run("sql", "select unnest([12.5, 3e300])::double as x").stdout.split()[2:] == [
        "12.5",
        "3e+300",
    ]


def test_want_of_memory_for_the_rows_is_a_message():
    with pytest.raises(sd.SecdiploError, match="ask for fewer"), files.enough_memory("it"):
        raise MemoryError


def test_csv_of_a_statement_is_written_while_rows_come():
    shown = run("sql", "select range as n from range(25000)", "--format", "csv").stdout.split()
    assert shown == ["n", *map(str, range(25_000))]
    assert run("sql", "select 1 as n where false", "--format", "csv").stdout == "n\n"


def test_a_cell_with_an_apostrophe_and_one_without_differ_in_csv():
    """The guard against formulas can be undone."""
    cells = ["=1", "'=1", "''=1", "-1", "@x", "'x", "x", "\t=1"]
    printed = render(("a",), [(cell,) for cell in cells], "csv")
    found = [row[0] for row in csv.reader(printed.splitlines()[1:])]
    assert len(set(found)) == len(cells)
    assert [unguarded(cell) for cell in found] == cells
