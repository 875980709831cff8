"""The coder's workbook: what is in it, what comes back, what a spreadsheet may do to it."""

from __future__ import annotations

import csv
import datetime
import random
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import secdiplo as sd
from folders import bare_mini
from secdiplo.cli import main
from secdiplo.coding import form as forms
from secdiplo.coding.codings import read_coding
from secdiplo.errors import DataError, SecdiploError, UsageError
from secdiplo.ingest.workbook import read_workbook
from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.store import open_any

ROOT = Path(__file__).resolve().parent.parent
ROWS = "interactions"
EVENT_LEVEL = ("date", "date_end", "format", "mode", "forum", "host_country", "city", "confidence")


def run(*args: object):
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def csv_cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def page_cells(path: Path) -> list[list[str]]:
    """The cells of the coding sheet as openpyxl reads them, a blank as the empty text."""
    page = openpyxl.load_workbook(path)[ROWS]
    return [["" if value is None else value for value in row] for row in page.values]


def changed(path: Path, change, sheet: str = ROWS) -> Path:
    book = openpyxl.load_workbook(path)
    change(book[sheet])
    book.save(path)
    return path


def place(path: Path, line: int, column: str, sheet: str = ROWS) -> str:
    page = openpyxl.load_workbook(path)[sheet]
    names = [cell.value for cell in page[1]]
    return f"{sheet}!{page.cell(line, names.index(column) + 1).coordinate}"


def column_of(page, name: str) -> int:
    return [cell.value for cell in page[1]].index(name) + 1


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """The workbook of the built-in dataset."""
    return sd.workbook(None, tmp_path_factory.mktemp("book") / "coding.xlsx")


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A dataset folder without published values, which is built fast."""
    return bare_mini(tmp_path / "mini")


@pytest.fixture(scope="module")
def mini_file(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("mini")
    return sd.workbook(bare_mini(place / "mini"), place / "coding.xlsx")


@pytest.fixture
def mini_book(mini_file: Path, tmp_path: Path) -> Path:
    """The workbook of the mini dataset, which a test may spoil."""
    return Path(shutil.copy(mini_file, tmp_path / "coding.xlsx"))


def messages(path: Path, folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{path}:") for problem in sd.check(path, data=folder)]


# --- what is written ------------------------------------------------------------------------


def test_every_cell_of_the_built_in_sheet_comes_back(book: Path) -> None:
    wanted = csv_cells(ROOT / "data/curated/interactions.csv")
    assert page_cells(book) == wanted
    sheet = read_workbook(book)
    assert [list(sheet.columns), *(cells for _, cells in sheet.rows)] == wanted


def test_all_cells_are_text_and_none_is_a_formula(book: Path) -> None:
    page = openpyxl.load_workbook(book)[ROWS]
    cells = [cell for row in page.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    dates = page.column_dimensions[page.cell(1, column_of(page, "date")).column_letter]
    assert dates.number_format == "@"  # a day that is typed stays as it is typed
    assert page.freeze_panes == "A2"


def test_hostile_cells_come_back(mini: Path, tmp_path: Path) -> None:
    chance = random.Random(4)
    signs = ["=1+1", "@x", "+1", "-1", " ", "\t", "\n", "\r\n", '"', "'", "é", "中", "😀", "<a&b>"]
    signs += ["2024-09", "1e5", "007", "TRUE", "#N/A", "_x0041_"]
    sheet = mini / "curated/interactions.csv"
    header, *rows = csv_cells(sheet)
    for row in rows:
        for column in ("note", "counterpart_person", "city"):
            row[header.index(column)] = "".join(chance.choices(signs, k=chance.randint(1, 5)))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    found = read_workbook(sd.workbook(mini, tmp_path / "a.xlsx"))
    assert [cells for _, cells in found.rows] == rows


def test_closed_codes_have_lists_to_choose_from(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    page, lists = opened[ROWS], opened["lists"]
    offered = {}
    for rule in page.data_validations.dataValidation:
        column = page.cell(1, openpyxl.utils.cell.range_boundaries(str(rule.sqref))[0]).value
        cells = lists[rule.formula1.split("!")[1].replace("$", "")]
        offered[column] = (rule.errorStyle or "stop", [cell.value for (cell,) in cells])
    codes = csv_cells(ROOT / "data/codes.csv")[1:]
    for name in ("agency", "official_rank"):
        assert offered[name] == ("stop", [row[1] for row in codes if row[0] == name])
    for name in ("format", "mode", "counterpart_type", "confidence"):
        assert offered[name] == ("stop", list(LISTS[name]))
    countries = {row[0]: row[3] for row in csv_cells(ROOT / "data/reference/countries.csv")[1:]}
    assert set(offered["host_country"][1]) == set(countries)
    assert offered["counterpart"][0] == "information"  # an organization may be a new one
    assert {"KEN", "INTERPOL"} <= set(offered["counterpart"][1])
    assert "topic" not in offered  # a cell has several topics
    first = column_of(lists, "host_country")
    names = dict(lists.iter_rows(2, values_only=True, min_col=first, max_col=first + 1))
    assert names["KEN"] == countries["KEN"]


def test_headings_have_notes_from_the_declarations(book: Path) -> None:
    page = openpyxl.load_workbook(book)[ROWS]
    for cell in page[1]:
        column = CODING_SHEET.by_name[cell.value]
        assert column.meaning in cell.comment.text
        assert ("Needed." in cell.comment.text) == column.required
    fills = {cell.value: cell.fill.fgColor.rgb for cell in page[1]}
    needed = {name for name in fills if CODING_SHEET.by_name[name].required}
    assert len({fills[name] for name in needed}) == 1
    assert {fills[name] for name in needed}.isdisjoint(fills[n] for n in set(fills) - needed)
    assert "Example: 2024-09-07" in page.cell(1, column_of(page, "date")).comment.text


def test_cells_of_one_event_are_coloured_and_blanks_marked(book: Path) -> None:
    page = openpyxl.load_workbook(book)[ROWS]
    coloured = {}
    for area in page.conditional_formatting:
        name = page.cell(1, openpyxl.utils.cell.range_boundaries(str(area.sqref))[0]).value
        coloured[name] = coloured.get(name, 0) + len(area.rules)
    required = {column.name for column in CODING_SHEET.columns if column.required}
    assert set(coloured) == required | set(EVENT_LEVEL)
    for name, number in coloured.items():
        assert number == (name in required) + 2 * (name in EVENT_LEVEL)


def test_rules_and_codes_are_in_sheets_of_their_own(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames[0] == ROWS
    assert [row[0] for row in opened["columns"].values][1:] == page_cells(book)[0]
    text = "\n".join(str(row[0] or "") for row in opened["coding rules"].values)
    assert "## What counts as an event" in text
    assert "[[[cog" not in text


def test_an_empty_workbook_and_extra_columns(mini: Path, tmp_path: Path) -> None:
    settings = (mini / "dataset.toml").read_text(encoding="utf-8")
    more = '[extra_columns.weight]\ntype = "integer"\nlabel = "How many came."\nunit = "person"\n'
    (mini / "dataset.toml").write_text(f"{settings}\n{more}", encoding="utf-8")
    sheet = mini / "curated/interactions.csv"
    header, *rows = csv_cells(sheet)
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*header, "weight"], *([*row, "3"] for row in rows)])
    path = sd.workbook(mini, tmp_path / "empty.xlsx", empty=True)
    assert page_cells(path) == [[*header, "weight"]]
    page = openpyxl.load_workbook(path)[ROWS]
    assert "How many came." in page.cell(1, len(header) + 1).comment.text
    assert "no rows yet; add one row per event" in str(sd.check(path, data=mini)[0])
    full = sd.workbook(mini, tmp_path / "full.xlsx")
    changed(full, lambda page: page.cell(2, len(header) + 1, "many"))
    assert messages(full, mini) == [
        f"{place(full, 2, 'weight')}: `many` is not a whole number; correct it"
    ]
    result = run("import", full, "-o", tmp_path / "again")
    assert "weight" in (tmp_path / "again/dataset.toml").read_text(encoding="utf-8")
    assert result.exit_code == 1  # `many` is in it still


def test_a_sheet_with_errors_can_be_written(mini: Path, tmp_path: Path) -> None:
    sheet = mini / "curated/interactions.csv"
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(text.replace("in_person", "inperson"), encoding="utf-8")
    path = sd.workbook(mini, tmp_path / "a.xlsx")
    assert page_cells(path) == csv_cells(sheet)


def test_workbooks_of_tables_and_equal_bytes(mini: Path, tmp_path: Path) -> None:
    sd.build(mini, tmp_path / "tables")
    path = sd.workbook(tmp_path / "tables", tmp_path / "a.xlsx")
    wanted = csv_cells(mini / "curated/interactions.csv")
    found = page_cells(path)
    assert found[0] == wanted[0]
    assert sorted(found[1:]) == sorted(wanted[1:])
    again = sd.workbook(tmp_path / "tables", tmp_path / "b.xlsx")
    assert path.read_bytes() == again.read_bytes()


def test_what_is_refused(mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.xlsx"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists"):
        sd.workbook(mini, target)
    with pytest.raises(UsageError, match=r"end it with \.xlsx"):
        sd.workbook(mini, tmp_path / "a.csv")
    with pytest.raises(UsageError, match="no such folder"):
        sd.workbook(tmp_path / "none", tmp_path / "b.xlsx")
    assert target.read_text(encoding="utf-8") == "mine"
    sheet = mini / "curated/interactions.csv"
    header, *rows = csv_cells(sheet)
    rows[0][header.index("note")] = "x" * 32_768
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    with pytest.raises(SecdiploError, match=r"interactions, row 2: 32,768 letters"):
        sd.workbook(mini, tmp_path / "c.xlsx")
    assert not (tmp_path / "c.xlsx").exists()
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(SecdiploError, match="needs the library xlsxwriter"):
        sd.workbook(None, tmp_path / "d.xlsx")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_reads_every_cell(book: Path, tmp_path: Path) -> None:
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"]
    subprocess.run([*command, "--outdir", tmp_path, book], check=True, timeout=120)
    assert csv_cells(tmp_path / "coding.csv") == csv_cells(ROOT / "data/curated/interactions.csv")


# --- what comes back ------------------------------------------------------------------------


def test_a_folder_with_a_workbook_gives_the_same_tables(mini: Path, tmp_path: Path) -> None:
    sd.build(mini, tmp_path / "before")
    sd.workbook(mini, mini / "curated/interactions.xlsx")
    with pytest.raises(DataError, match="a second sheet of interactions"):
        sd.build(mini, tmp_path / "after")
    (mini / "curated/interactions.csv").unlink()
    manifest, _ = sd.build(mini, tmp_path / "after")
    for name in manifest["tables"]:
        one, other = (tmp_path / place / f"{name}.parquet" for place in ("before", "after"))
        assert one.read_bytes() == other.read_bytes(), name
    assert "curated/interactions.xlsx" in manifest["inputs"]


def test_rows_of_a_workbook_are_appended(mini: Path, mini_book: Path, tmp_path: Path) -> None:
    before, _ = sd.build(mini, tmp_path / "tables")
    after, _ = sd.append(tmp_path / "tables", mini_book)
    assert after["tables"]["participations"] == before["tables"]["participations"]


def test_import_knows_a_coders_workbook(book: Path, tmp_path: Path) -> None:
    result = run("import", book, "-o", tmp_path / "again")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'again'}: a dataset folder\n")
    for file in ("curated/interactions.csv", "codes.csv"):
        assert (tmp_path / "again" / file).read_bytes() == (ROOT / "data" / file).read_bytes()
    again = run("import", book, "-o", tmp_path / "again")
    assert (again.exit_code, "is not empty" in again.stderr) == (2, True)
    proposed = run("import", book, "--sheet", ROWS, "-o", tmp_path / "map.toml")
    assert proposed.exit_code == 0
    assert (tmp_path / "map.toml").is_file()


def test_moved_columns_and_spreadsheet_values_are_read(mini: Path, mini_book: Path) -> None:
    before = [cells for _, cells in read_workbook(mini_book).rows]
    names = list(read_workbook(mini_book).columns)

    def spoil(page) -> None:
        date = column_of(page, "date")
        for line in range(2, page.max_row + 1):
            cell = page.cell(line, date)
            if len(str(cell.value)) == 10:
                cell.value = datetime.datetime.fromisoformat(cell.value)
                cell.number_format = "dd/mm/yyyy"
        page.insert_rows(4, 2)  # blank rows in between
        page.move_range(f"A1:A{page.max_row}", cols=len(names))  # the first column comes last
        page.auto_filter.ref = "A1:C9"

    changed(mini_book, spoil)
    assert messages(mini_book, mini) == []
    sheet = read_workbook(mini_book)
    assert list(sheet.columns) == [*names[1:], names[0]]
    assert [[cells[-1], *cells[:-1]] for _, cells in sheet.rows] == before
    assert [line for line, _ in sheet.rows][:3] == [2, 3, 6]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime.date(2024, 9, 7), "dd.mm.yy", "2024-09-07"),
        (datetime.datetime(2024, 9, 1), "mmm-yy", "2024-09"),
        (datetime.datetime(2024, 1, 1), "yyyy", "2024"),
        (datetime.datetime(2024, 9, 7, 10, 30), "yyyy-mm-dd", "2024-09-07 10:30:00"),
        (2024, "General", "2024"),
        (2024.0, "0.00", "2024"),
        (True, "General", "true"),
        (1.5, "General", "1.5"),
    ],
)
def test_pasted_values_become_text(mini_book: Path, value, number_format: str, text: str) -> None:
    def paste(page) -> None:
        cell = page.cell(2, column_of(page, "date"))
        cell.value, cell.number_format = value, number_format

    sheet = read_workbook(changed(mini_book, paste))
    assert sheet.rows[0][1][sheet.columns.index("date")] == text


# --- problems have addresses ----------------------------------------------------------------


def test_problems_have_the_address_of_their_cell(mini: Path, mini_book: Path) -> None:
    def spoil(page) -> None:
        page.cell(3, column_of(page, "mode"), "in person")
        page.cell(4, column_of(page, "agency")).value = None
        page.cell(2, column_of(page, "date"), datetime.datetime(2024, 9, 7, 10))

    changed(mini_book, spoil)
    found = messages(mini_book, mini)
    assert (
        f"{place(mini_book, 3, 'mode')}: unknown code `in person`; did you mean `in_person`?"
        in found
    )
    assert f"{place(mini_book, 4, 'agency')}: blank; fill it in" in found
    assert f"{place(mini_book, 2, 'date')}: `2024-09-07 10:00:00` is not a date" in str(found)
    result = run("check", mini_book, "--data", mini)
    assert result.exit_code == 1
    assert f"{mini_book}:{place(mini_book, 3, 'mode')}: unknown code" in result.stderr


@pytest.mark.parametrize(
    ("spoil", "wanted"),
    [
        (lambda p: p.merge_cells("A2:A3"), "interactions!A2:A3: merged cells"),
        (lambda p: p.cell(1, 2, "dates"), "interactions!B1: unknown column `dates`; did you mean `date`"),
        (lambda p: p.cell(1, 2, "zzzz"), "interactions!1:1: column `date` is missing; add it"),
        (lambda p: p.cell(1, p.max_column + 1, "mine"), ": unknown column `mine`; remove it"),
        (lambda p: p.cell(2, p.max_column + 1, "lost"), ": a column without a name; name it"),
        (lambda p: p.cell(1, 2, "event_key"), "interactions!B1: column `event_key` twice; keep one"),
        (lambda p: p.cell(2, 2, "=A1"), "interactions!B2: a formula without a value"),
        (lambda p: p.delete_rows(1, p.max_row), "1: an empty sheet"),
        (lambda p: p.delete_rows(1), "interactions!A1: no header"),
        (lambda p: setattr(p, "title", "Sheet1"), "no sheet `interactions`"),
        (lambda p: p.cell(2, 5, "#REF!"), "interactions!E2: `#REF!` is an error of a spreadsheet"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_may_do(mini: Path, mini_book: Path, spoil, wanted: str) -> None:
    found = [p for p in sd.check(changed(mini_book, spoil), data=mini) if p.level == "error"]
    assert any(wanted in str(problem) for problem in found), list(map(str, found))


def test_hidden_rows_are_read_and_noticed(mini: Path, mini_book: Path) -> None:
    def hide(page) -> None:
        page.row_dimensions[3].hidden = True
        page.column_dimensions["C"].hidden = True

    found = sd.check(changed(mini_book, hide), data=mini)
    assert [(problem.level, problem.cell) for problem in found] == [
        ("notice", "interactions!C:C"),
        ("notice", "interactions!3:3"),
    ]


def test_two_rows_of_one_event_are_named_as_rows(mini: Path, mini_book: Path) -> None:
    def copy(page) -> None:
        for cell in page[2]:
            page.cell(page.max_row + (cell.column == 1), cell.column, cell.value)

    found = messages(changed(mini_book, copy), mini)
    assert len(found) == 1
    assert "as row 2; remove one of them" in found[0]


def test_files_that_are_no_workbook(mini: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    (problem,) = sd.check(path, data=mini)
    assert str(problem).startswith(f"{path}:1:1: not readable as an Excel workbook (.xlsx)")
    with pytest.raises(UsageError, match="is a file; name a dataset folder, or one coding"):
        sd.check(ROOT / "README.md", data=mini)
    with pytest.raises(UsageError, match="goes with a coding"):
        sd.check(mini, data=mini)


def test_lock_files_of_a_spreadsheet_program_are_no_sheets(mini: Path) -> None:
    (mini / "curated/~$interactions.xlsx").write_bytes(b"x")
    assert sd.check(mini) == []


def test_the_problems_of_a_workbook_as_a_file(mini: Path, mini_book: Path, tmp_path: Path) -> None:
    changed(mini_book, lambda page: page.cell(3, column_of(page, "mode"), "x"))
    sd.check(mini_book, data=mini, problems=tmp_path / "p.csv")
    header, row = csv_cells(tmp_path / "p.csv")
    assert dict(zip(header, row, strict=True)) | {"what": ""} == {
        "file": str(mini_book), "line": "3", "column": "mode", "level": "error", "what": "",
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed here")
def test_two_people_add_events_and_git_merges_them(tmp_path: Path) -> None:
    folder = sd.init(tmp_path / "data", home="KEN")
    sheet = folder / "curated/interactions.csv"
    header = sheet.read_text(encoding="utf-8").strip()
    names = header.split(",")

    def line(date: str) -> str:
        cells = {"event_key": f"{date}-x", "date": date}
        return ",".join(cells.get(name, "") for name in names)

    def save(*dates: str) -> None:  # sorted by date, with the line endings of Windows
        sheet.write_bytes("\r\n".join([header, *map(line, dates), ""]).encode())

    def git(*words: str) -> str:
        settings = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            ["git", *settings, *words], cwd=folder, check=True, capture_output=True
        )
        return done.stdout.decode()

    git("init", "-q", "-b", "main")
    save("2024-01", "2024-03", "2024-05")
    git("add", "-A")
    git("commit", "-qm", "start")
    git("switch", "-qc", "other")
    save("2024-01", "2024-02", "2024-03", "2024-05")
    git("commit", "-qam", "February")
    git("switch", "-q", "main")
    save("2024-01", "2024-03", "2024-04", "2024-05")
    git("commit", "-qam", "April")
    git("merge", "-q", "other")
    dates = [row[names.index("date")] for row in csv_cells(sheet)[1:]]
    assert dates == [f"2024-0{month}" for month in range(1, 6)]
    assert "\r" not in git("show", "HEAD:curated/interactions.csv")
    attributes = git("check-attr", "merge", "text", "--", "curated/interactions.xlsx")
    assert attributes.count("unset") == 2


# --- one function reads a coding ------------------------------------------------------------


def test_csv_and_workbook_give_one_coding(mini: Path, mini_book: Path) -> None:
    built, _ = open_any(mini)
    needed = ("counterpart",)
    one = read_coding(mini / "curated/interactions.csv", built, needed=needed)
    other = read_coding(mini_book, built, needed=needed)
    assert one.columns == other.columns
    assert [row for _, row in one.rows] == [row for _, row in other.rows]
    assert str(one.problem(2, "date", "x; y")).endswith("interactions.csv:2:date: x; y")
    assert str(other.problem(2, "date", "x; y")) == f"{mini_book}:interactions!B2: x; y"


def test_a_coding_is_checked_when_it_is_read(mini: Path, mini_book: Path, tmp_path: Path) -> None:
    built, _ = open_any(mini)
    changed(mini_book, lambda page: page.cell(3, column_of(page, "mode"), "x"))
    with pytest.raises(DataError) as error:
        read_coding(mini_book, built)
    assert "interactions!1:1: no column `unit`; add it" in str(error.value)
    with pytest.raises(DataError, match=rf"{place(mini_book, 3, 'mode')}: unknown code `x`"):
        read_coding(mini_book, built, needed=())
    with pytest.raises(UsageError, match="no such file; name a coding"):
        read_coding(tmp_path / "none.csv", built)


def test_the_form_of_built_tables_is_that_of_the_folder(mini: Path, tmp_path: Path) -> None:
    sd.build(mini, tmp_path / "tables")
    one, other = forms.form_of(mini), forms.form_of(tmp_path / "tables")
    assert sorted(one.codes) == sorted(other.codes)
    assert one.countries == other.countries
    assert (one.name, one.title, one.home) == (other.name, other.title, other.home)


# --- the units and the dataset of a workbook -----------------------------------------------------


def test_units_are_those_that_the_coder_was_given(mini: Path, tmp_path: Path) -> None:
    candidates = tmp_path / "c.csv"
    pages = "".join(f"https://example.org/{i}\n" for i in range(1, 5))
    candidates.write_text(f"source_url\n{pages}", encoding="utf-8")
    sd.assign(candidates, tmp_path / "out", coders=["A", "B"], overlap=1, data=mini)
    path = tmp_path / "out/A.xlsx"
    with (mini / "curated/interactions.csv").open(encoding="utf-8", newline="") as file:
        row = next(iter(csv.DictReader(file)))
    cells = [  # unit, page
        ("U001", "https://example.org/1"),
        ("u002", ""),
        ("", "https://example.org/3"),
        ("", ""),
        ("V9", "https://example.org/4"),
        ("U001", "https://example.org/2"),
    ]

    def fill(page) -> None:
        for line, (unit, url) in enumerate(cells, 2):
            given = {**row, "unit": unit, "source_url": url, "event_key": f"e{line}"}
            for name, cell in given.items():
                if name in {each.value for each in page[1]}:
                    page.cell(line, column_of(page, name), cell or None)

    changed(path, fill)
    url = column_of(openpyxl.load_workbook(path)[ROWS], "source_url")
    letter = openpyxl.utils.get_column_letter(url)
    found = [each for each in messages(path, mini) if "unit" in each]
    assert found == [
        "interactions!A3: unit `u002` is not in the sheet `candidates`; did you mean `U002`?",
        "interactions!A4: no unit; did you mean `U003`, the unit of this page?",
        "interactions!A5: no unit; units: U001, U002, U003, U004",
        "interactions!A6: unit `V9` is not in the sheet `candidates`; did you mean `U004`, the "
        "unit of this page?",
        f"interactions!{letter}7: notice: this is the page of unit `U002`, not of `U001`; check "
        "the unit",
    ]
    built, _ = open_any(mini)
    with pytest.raises(DataError) as error:
        read_coding(path, built, needed=())
    units = [each.cell for each in error.value.problems if each.column == "unit"]
    assert units == [f"interactions!A{line}" for line in (3, 4, 5, 6)]
    changed(path, lambda page: page.delete_cols(1))
    assert "interactions!1:1: no column `unit`; add it" in "\n".join(messages(path, mini))


def test_a_workbook_tells_its_dataset(mini: Path, mini_book: Path, tmp_path: Path) -> None:
    (problem,) = sd.check(mini_book)
    name = openpyxl.load_workbook(mini_book)["about"]["B2"].value
    assert str(problem).startswith(f"{mini_book}:about!B2: made for the dataset `{name}`, not for")
    result = run("check", mini_book)
    assert (result.exit_code, "select it with --data" in result.stderr) == (1, True)
    out = tmp_path / "with blank.xlsx"
    result = run("workbook", mini, "-o", out)
    assert f"check it with `secdiplo check '{out}' --data {mini}`" in result.stdout
    about = dict(openpyxl.load_workbook(out)["about"].values)
    assert "--data FOLDER" in about["check"] and f"`{name}`" in about["FOLDER"]
    changed(mini_book, lambda page: page.cell(2, 2).__setattr__("value", None), "about")
    assert messages(mini_book, mini) == []  # a workbook that does not tell is taken as it is


def test_the_unit_is_needed_where_units_were_given(mini: Path, tmp_path: Path) -> None:
    candidates = tmp_path / "c.csv"
    candidates.write_text("source_url\nhttps://example.org/1\n", encoding="utf-8")
    sd.assign(candidates, tmp_path / "out", coders=["A", "B"], data=mini)
    opened = openpyxl.load_workbook(tmp_path / "out/A.xlsx")
    rules = {row[0]: row[2] for row in opened["columns"].values}
    assert rules["unit"] == "every row"
    assert "Needed." in opened[ROWS]["A1"].comment.text
    assert "rules" not in opened.sheetnames
