"""The command line as its users meet it: output, messages and exit codes."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

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
        (["sql", "drop table events"], "only one SELECT is allowed, not DROP"),
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


@pytest.mark.parametrize("name", list(sd.load().queries().index))
def test_every_query_fits_eighty_columns(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    from secdiplo.output.screen import width

    result = run("query", name)
    assert result.exit_code == 0
    assert max(map(width, [*result.stdout.splitlines(), *result.stderr.splitlines()])) <= 80


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


# --- help, exit codes and completion ---------------------------------------------------------

GROUPED = sys.modules["secdiplo.cli.main"].GROUPS
WITHOUT_DATA = {("init",), ("import",), ("country",)}


def lines_of_help(*args):
    return run(*args, "--help").stdout.splitlines()


def widest_line_of_help(*args, width):
    """The longest line in a terminal of some width; a runner of click always has 80 columns."""
    command = [sys.executable, "-m", "secdiplo", *args, "--help"]
    env = {**os.environ, "COLUMNS": str(width)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return max(map(len, done.stdout.splitlines()))


def test_every_command_is_in_one_group_of_the_help():
    names = [name for group in GROUPED.values() for name in group]
    assert len(names) == len(set(names)) == 34
    lines = lines_of_help()
    places = [lines.index(f"{title}:") for title in GROUPED]
    assert places == sorted(places)
    for place, group in zip(places, GROUPED.values(), strict=True):
        listed = [line.split()[0] for line in lines[place + 1 : place + 1 + len(group)]]
        assert listed == list(group)


def test_summaries_are_short_and_never_cut():
    for line in lines_of_help():
        found = re.match(r"  ([a-z]+) {2,}(.+)", line)
        if found and found[1] in main.list_commands(None):
            assert len(found[2]) < 60 and not found[2].endswith(("...", "…"))
            text = main.get_command(None, found[1]).help.replace("\n", " ")
            assert text.startswith(f"{found[2]}. ") or text.strip() == f"{found[2]}."


@pytest.mark.parametrize("path", sorted(leaves()), ids=" ".join)
def test_every_help_has_an_example_that_is_whole(path):
    lines = [line.strip() for line in lines_of_help(*path)]
    examples = [line.removeprefix("Example: ") for line in lines]
    assert any(line.startswith(f"secdiplo {' '.join(path)}") for line in examples)


@pytest.mark.parametrize("path", sorted(set(leaves()) - WITHOUT_DATA), ids=" ".join)
def test_data_goes_after_every_command_that_reads_data(path):
    assert any(line.lstrip().startswith("--data") for line in lines_of_help(*path))


def test_help_uses_the_width_of_the_terminal():
    assert 130 < widest_line_of_help("panel", width=140) <= 140
    assert widest_line_of_help("tables", width=60) <= 60
    assert 100 < widest_line_of_help("query", "meeting_list", width=120) <= 120


@pytest.fixture
def broken(monkeypatch):
    def fail(*_, **__):
        raise KeyError("what nobody\nexpected")

    monkeypatch.setattr(store, "open_any", fail)


def test_the_unexpected_is_one_line_and_exit_code_three(broken):
    result = run("tables")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.count("\n") == 1 and "unexpected KeyError" in result.stderr
    assert "--debug" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("args", "env"),
    [
        (["--debug", "tables"], {}),
        (["tables", "--debug"], {}),
        (["tables"], {"SECDIPLO_DEBUG": "1"}),
    ],
)
def test_debug_shows_the_traceback(args, env, broken):
    result = CliRunner(env=env).invoke(main, args)
    assert result.exit_code == 3
    assert "Traceback" in result.stderr and "open_any" in result.stderr
    assert CliRunner(env={"SECDIPLO_DEBUG": "0"}).invoke(main, ["tables"]).stderr.count("\n") == 1


def test_debug_changes_nothing_else():
    assert run("seeds", "verify", "--texts", "nowhere", "--debug").exit_code == 2
    assert run("--debug", "query", "nothing").stderr.count("\n") == 1
    assert "--debug" not in run("tables", "--help").stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("secdiplo ta", {"table", "tables"}),
        ("secdiplo query country_t", {"country_totals"}),
        ("secdiplo table event", {"events", "event_sources"}),
    ],
)
def test_a_shell_completes_commands_queries_and_tables(words, expected):
    env = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    env = {**os.environ, **env, "_SECDIPLO_COMPLETE": "bash_complete"}
    code = "import sys; from secdiplo.cli import main; main(prog_name='secdiplo')"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert {line.removeprefix("plain,") for line in done.stdout.split()} == expected


def test_the_lines_for_completion_in_the_docs_are_those_of_click():
    text = Path("docs/reference/commands.md").read_text(encoding="utf-8")
    for shell in ("bash", "zsh", "fish"):
        code = "from secdiplo.cli import main; main(prog_name='secdiplo')"
        env = {**os.environ, "_SECDIPLO_COMPLETE": f"{shell}_source"}
        assert f"_SECDIPLO_COMPLETE={shell}_source secdiplo" in text
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert done.returncode == 0 and "_secdiplo_completion" in done.stdout


# --- codebook, export, country ---------------------------------------------------------------


def test_the_codebook_prints_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listed = run("codebook")
    assert listed.stdout.split()[:2] == ["table", "columns"]
    assert {line.split()[0] for line in listed.stdout.splitlines()[2:]} == set(
        sd.load().tables().index
    )
    text = run("codebook", "events").stdout
    for name in sd.load().table("events").columns:
        assert f"\n  {name} (" in text
    assert "sideline  " in text and max(map(len, text.splitlines())) <= 80
    one = run("codebook", "events.format").stdout
    assert "format (code)" in one and "event_id (" not in one
    rows = json.loads(run("codebook", "events", "--format", "json").stdout)
    assert [row["variable"] for row in rows] == list(sd.load().table("events").columns)
    assert list(tmp_path.iterdir()) == []


def test_the_codebook_of_another_dataset():
    shown = run("codebook", "events", "--data", MINI)
    assert shown.exit_code == 0 and "5 rows have a value" in shown.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["event"], "did you mean `events`"),
        (["events.formt"], "did you mean `format`"),
        (["events", "-o", "x"], "leave it out"),
        (["events", "--check"], "leave it out"),
    ],
)
def test_a_codebook_that_cannot_be_is_refused(args, words):
    result = run("codebook", *args)
    assert (result.exit_code, result.stdout) == (2, "") and words in result.stderr


@pytest.mark.parametrize(
    "args", [["csv"], ["--to", "csv"], ["csv", "--to", "json"], ["parquet,csv"], []], ids=" ".join
)
def test_formats_of_an_export_are_arguments_or_options(args, tmp_path):
    result = run("export", *args, "-o", tmp_path / "out", "--data", MINI)
    if "json" in args:
        assert result.exit_code == 2 and "json" in result.stderr
    elif args:
        assert result.exit_code == 0
        assert list((tmp_path / "out").rglob("events.csv"))
    else:
        assert (
            result.exit_code == 2 and "name a format, as in `secdiplo export csv" in result.stderr
        )


@pytest.mark.parametrize(
    "args",
    [
        ["Hong Kong", "--to", "cow"],
        ["NA", "--to", "cow"],
        ["255", "--system", "cow"],
        ["345", "--system", "cow"],
        ["Germany", "--to", "iso3", "--on", "2000-01-01"],
        ["Germany", "--on", "2000-01-01"],
        ["Atlantis", "--missing", "null"],
        *(["--system", "cow", "260", "--to", to] for to in ("gw", "cow")),
    ],
    ids=" ".join,
)
def test_country_speaks_of_options(args):
    said = run("country", *args).stderr
    assert not re.search(r"`missing`|`null`|`on`|system=|on=|missing=", said)


def test_no_suggestion_for_what_is_not_near():
    assert "did you mean" not in run("country", "Atlantis").stderr
    assert "did you mean" not in run("panel", "--measure", "visits").stderr


def test_a_choice_is_listed_once():
    with pytest.raises(sd.UsageError) as caught:
        sd.load().panel(freq="week")
    assert str(caught.value) == "`freq` is one of year, half, quarter, month, not `week`"
    with pytest.raises(sd.UsageError, match="did you mean `year`"):
        sd.load().panel(freq="yaer")


def test_a_home_may_be_given_by_name():
    ds = sd.load("tests/data/mini")
    assert len(ds.query("country_totals", home="China")) == len(ds.query("country_totals"))
    with pytest.raises(sd.UsageError, match=r"unknown home `Germany` \(DEU\)"):
        ds.query("country_totals", home="Germany")


def test_the_former_name_of_a_column_is_known():
    result = run("query", "organization_totals", "--columns", "bilateral_meetings")
    assert result.exit_code == 2 and "it is now `meetings`" in result.stderr
