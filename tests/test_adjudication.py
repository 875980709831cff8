"""Assigning units to coders, and deciding on what differs between two codings."""

from __future__ import annotations

import csv
import datetime
import shutil
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import secdiplo as sd
from folders import bare_mini
from secdiplo.cli import main
from secdiplo.coding import assignment
from secdiplo.errors import DataError, UsageError

BASE = {
    "date": "2024-05-01",
    "agency": "MPS",
    "official": "Doe Jo",
    "official_rank": "minister",
    "format": "bilateral",
    "mode": "in_person",
    "city": "",
    "counterpart_type": "country",
    "counterpart": "KEN",
    "topic": "counterterrorism; other",
    "source_url": "https://example.org/1",
    "confidence": "high",
}
FIRST = [
    {**BASE, "unit": "U1", "event_key": "a1", "note": "one"},
    {**BASE, "unit": "U2", "event_key": "a2", "counterpart": "UGA"},
    {**BASE, "unit": "U3", "event_key": "a3", "counterpart": "TZA"},
    {**BASE, "unit": "U4", "event_key": "a4", "counterpart": "FRA"},
]
SECOND = [
    # another day and way, a city, the topics in another order, and one more country
    {**BASE, "unit": "U1", "event_key": "b1", "date": "2024-05-02", "mode": "video",
     "city": "Nairobi", "topic": "other; counterterrorism", "note": "two"},
    {**BASE, "unit": "U1", "event_key": "b1", "date": "2024-05-02", "counterpart": "ETH"},
    {**BASE, "unit": "U3", "event_key": "b3", "counterpart": "TZA"},
]  # fmt: skip
WHO = {"decided_by": "Cy", "decided_on": "2026-01-02"}
# What differs, told from the rows above: the number in the queue, the column, both values.
WANTED = [
    ("U1", "KEN", "date", "2024-05-01", "2024-05-02"),
    ("U1", "KEN", "mode", "in_person", "video"),
    ("U1", "KEN", "city", "", "Nairobi"),
    ("U1", "ETH", "row", "(no such row)", "2024-05-02, Doe Jo"),
    ("U2", "UGA", "row", "2024-05-01, Doe Jo", "(no such row)"),
    ("U4", "FRA", "row", "2024-05-01, Doe Jo", "(no such row)"),
]


def run(*args: object):
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def fill(path: Path, sheet: str, rows: dict[int, dict[str, object]]) -> None:
    """Write cells into a workbook, by the row of the spreadsheet."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    names = [cell.value for cell in page[1]]
    for line, cells in rows.items():
        for name, value in cells.items():
            page.cell(line, names.index(name) + 1).value = value
    book.save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A dataset folder that tests copy."""
    return bare_mini(tmp_path_factory.mktemp("data") / "mini")


@pytest.fixture(scope="module")
def tables(folder: Path) -> Path:
    sd.build(folder, folder.parent / "tables")
    return folder.parent / "tables"


@pytest.fixture
def data(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "mini"))


@pytest.fixture(scope="module")
def made(folder: Path, tmp_path_factory) -> Path:
    """A folder with the two codings above and their queue, which tests copy."""
    place = tmp_path_factory.mktemp("queue")
    first, second = write(place / "a.csv", FIRST), write(place / "b.csv", SECOND)
    sd.adjudicate(first, second, place / "queue.xlsx", data=folder)
    return place


@pytest.fixture
def queue(made: Path, tmp_path: Path) -> Path:
    """The queue of the two codings; difference n is in row n + 1."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "queue.xlsx"


DECISIONS = ("2024-05-02", "video", "(blank)", "keep", "drop", "keep")


def decide(queue: Path, decisions=DECISIONS) -> None:
    rows = {
        line: {"decision": decision, **WHO}
        for line, decision in enumerate(decisions, 2)
        if decision
    }
    fill(queue, "queue", rows)


# --- assignment -----------------------------------------------------------------------------


@pytest.mark.parametrize(("coders", "share", "number"), [(2, "20%", 8), (3, 0.5, 20), (5, 0, 0)])
def test_units_are_dealt_evenly_with_an_overlap(coders: int, share, number: int) -> None:
    units = [f"U{i}" for i in range(40)]
    names = [f"C{i}" for i in range(coders)]
    made = assignment.draw(units, names, assignment.overlap_share(share), seed=3)
    count = Counter(unit for mine in made.units_of.values() for unit in mine)
    assert sorted(unit for unit, times in count.items() if times == coders) == sorted(made.overlap)
    assert len(made.overlap) == number
    assert set(count) == set(units)
    assert set(count.values()) <= {1, coders}
    sizes = [len(mine) for mine in made.units_of.values()]
    assert max(sizes) - min(sizes) <= 1
    again = assignment.draw(units, names, assignment.overlap_share(share), seed=3)
    assert made == again
    if number:
        assert made.overlap != assignment.draw(units, names, 0.5, seed=4).overlap


def test_workbooks_are_blind_and_the_log_tells(data: Path, tmp_path: Path) -> None:
    urls = [f"https://example.org/{i}" for i in range(7)]
    candidates = write(
        tmp_path / "c.csv",
        [{"headline": f"=H{i}", "source_url": url} for i, url in enumerate(urls)],
    )
    result = run("assign", candidates, "--coders", "Ann, Ben", "--overlap", "30%", "-o",
                 tmp_path / "out", "--data", data)  # fmt: skip
    assert (result.exit_code, result.stderr) == (0, "")
    log = rows_of(tmp_path / "out/assignment.csv")
    assert [row["unit"] for row in log if row["coder"] == "Ann"] == sorted(
        row["unit"] for row in log if row["coder"] == "Ann"
    )
    common = {row["unit"] for row in log if row["overlap"] == "true"}
    assert len(common) == 2  # 30 percent of 7
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "Ann.xlsx", "Ben.xlsx", "assignment.csv",
    }  # fmt: skip
    for coder in ("Ann", "Ben"):
        book = openpyxl.load_workbook(tmp_path / f"out/{coder}.xlsx")
        header, *rows = book["candidates"].values
        assert header == ("unit", "source_url", "headline")
        mine = [row["unit"] for row in log if row["coder"] == coder]
        assert [row[0] for row in rows] == mine
        assert all(
            row[1:] == (urls[int(row[0][1:]) - 1], f"=H{int(row[0][1:]) - 1}") for row in rows
        )
        assert {cell.data_type for row in book["candidates"] for cell in row} == {"s"}
        assert [cell.value for cell in book["interactions"][1]][:2] == ["unit", "event_key"]
        assert book["interactions"].max_row == 1
        texts = [str(v) for page in book for row in page.values for v in row if v is not None]
        other = {"Ann": "Ben", "Ben": "Ann"}[coder]
        assert not [text for text in texts if "overlap" in text or other in text.split()]
        assert sd.check(tmp_path / f"out/{coder}.xlsx", data=data)[0].level == "notice"


@pytest.mark.parametrize(
    ("coders", "what"),
    [
        (["Ann"], "only 1 coder given; name 2 to 100"),
        (["Ann", "ann"], "`Ann` and `ann` differ only in case; use distinct names"),
        (["Ann", "Ann"], "`Ann` and `Ann` are the same; use distinct names"),
        (["Zoë", "Zoe\u0308"], "are the same; use distinct names"),
        (["Ann", "../Ben"], "cannot name a file"),
        (["Ann", "CON"], "cannot name a file"),
        (["Ann", "Ben."], "cannot name a file"),
        (["Ann", ""], "cannot name a file"),
        (["Ann", "a" * 41], "cannot name a file"),
        ("Ann,Ben", "given as a list"),
    ],
)
def test_names_of_coders(tmp_path: Path, coders, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        sd.assign(tmp_path / "c.csv", tmp_path / "out", coders=coders)


@pytest.mark.parametrize("share", ["20", "-1%", "nan", "x", 1.5, True])
def test_shares_that_are_none(share) -> None:
    with pytest.raises(UsageError, match="is not a share of the units"):
        assignment.overlap_share(share)


def test_candidates_that_are_wrong(data: Path, tmp_path: Path) -> None:
    def problems(rows: list[dict[str, str]]) -> list[str]:
        path = write(tmp_path / "c.csv", rows)
        with pytest.raises(DataError) as error:
            sd.assign(path, tmp_path / "out", coders=["A", "B"], data=data)
        assert not (tmp_path / "out").exists()
        return [str(each).removeprefix(f"{path}:") for each in error.value.problems]

    url = "https://example.org/1"
    assert problems([{"url": url}])[0].startswith("1:source_url: no column `source_url`")
    assert problems([{"source_url": url, "overlap": ""}])[0].startswith("1:overlap: a column")
    assert problems([{"source_url": "x", "unit": "a b"}, {"source_url": "", "unit": "c"}]) == [
        "2:unit: `a b` is not the name of a unit; use letters, digits, `_`, `.` and `-`",
        "2:source_url: `x` is not an http(s) address; give the address of a page, with https://",
        "3:source_url: blank; fill it in",
    ]
    twice = [{"source_url": url, "unit": "a"}, {"source_url": url, "unit": "A"}]
    assert problems(twice) == [
        "3:unit: unit `A` is in line 2 too; give each unit a name of its own"
    ]
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").touch()
    with pytest.raises(UsageError, match="is not empty"):
        sd.assign(
            write(tmp_path / "c.csv", [{"source_url": url}]), tmp_path / "out", coders=["A", "B"]
        )


# --- the queue ------------------------------------------------------------------------------


def test_the_queue_has_one_row_per_difference(queue: Path) -> None:
    book = openpyxl.load_workbook(queue)
    header, *rows = book["queue"].values
    found = [dict(zip(header, row, strict=True)) for row in rows]
    names = ("unit", "counterpart", "column", "first_value", "second_value")
    shown = [tuple("" if row[n] == "(blank)" else row[n] for n in names) for row in found]
    assert shown == WANTED
    assert {row["first_source"] for row in found[:3]} == {BASE["source_url"]}
    assert found[3]["first_source"] is None
    assert all(row[name] is None for row in found for name in ("decision", "decided_by", "why"))
    lists = {str(rule.sqref): rule for rule in book["queue"].data_validations.dataValidation}
    place = openpyxl.utils.get_column_letter(header.index("decision") + 1)
    mode = lists[f"{place}3"].formula1.split("!")[1].replace("$", "")
    assert [c.value for (c,) in book["lists"][mode]] == ["in_person", "video", "phone"]
    row = lists[f"{place}5"].formula1.split("!")[1].replace("$", "")
    assert [c.value for (c,) in book["lists"][row]] == ["keep", "drop"]
    city = lists[f"{place}4"].formula1.removeprefix("=").replace("$", "")
    assert [c.value for c in book["queue"][city][0]] == ["(blank)", "Nairobi", None]


def test_decisions_are_applied_and_logged(queue: Path, data: Path, tmp_path: Path) -> None:
    decide(queue)
    fill(queue, "queue", {2: {"decided_on": datetime.date(2026, 1, 2), "why": "dated page"}})
    result = run("adjudicate", "--apply", queue, "-o", tmp_path / "m.csv", "--data", data)
    assert (result.exit_code, result.stderr) == (0, "")
    merged = rows_of(tmp_path / "m.csv")
    kept = [(r["event_key"], r["counterpart"], r["date"], r["mode"], r.get("city")) for r in merged]
    assert kept == [  # sorted by date, then by event; U2 is dropped
        ("a3", "TZA", "2024-05-01", "in_person", ""),
        ("a4", "FRA", "2024-05-01", "in_person", ""),
        ("a1", "ETH", "2024-05-02", "in_person", ""),  # with the first coder's label
        ("a1", "KEN", "2024-05-02", "video", ""),
    ]
    assert {r["topic"] for r in merged} == {BASE["topic"]}
    assert merged[3]["note"] == "one; two"
    assert "unit" not in merged[0]
    log = rows_of(data / "curated/decisions.csv")
    assert [
        (r["unit"], r["counterpart"], r["column_name"], r["first_value"], r["second_value"])
        for r in log
    ] == WANTED
    assert [r["decision"] for r in log] == list(DECISIONS)
    assert {(r["decided_by"], r["decided_on"]) for r in log} == {("Cy", "2026-01-02")}
    assert log[0]["why"] == "dated page"
    assert sd.check(data) == []
    assert sd.load(data)["decisions"]["decision_id"].is_unique
    before = (data / "curated/decisions.csv").read_bytes()
    again = sd.apply_decisions(queue, tmp_path / "again.csv", data=data)
    assert again.logged == 0
    assert (data / "curated/decisions.csv").read_bytes() == before
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "m.csv").read_bytes()
    with pytest.raises(UsageError, match="exists; name another file"):
        sd.apply_decisions(queue, tmp_path / "m.csv", data=data)


def test_an_unfinished_queue(queue: Path, data: Path, tmp_path: Path) -> None:
    decide(queue, DECISIONS[:4])
    with pytest.raises(DataError) as error:
        sd.apply_decisions(queue, tmp_path / "m.csv", data=data)
    assert [str(each) for each in error.value.problems] == [
        f"{queue}:queue!K{line}: not decided; choose a value, or skip undecided units with "
        "--partial (partial=True)"
        for line in (6, 7)
    ]
    assert not (tmp_path / "m.csv").exists()
    assert not (data / "curated/decisions.csv").exists()
    done = sd.apply_decisions(queue, tmp_path / "m.csv", data=data, partial=True)
    assert (done.logged, done.open_units) == (4, ("U2", "U4"))
    assert {row["counterpart"] for row in done.rows} == {"KEN", "ETH", "TZA"}
    decide(queue)
    done = sd.apply_decisions(queue, tmp_path / "m.csv", data=data, force=True)
    assert (done.logged, done.open_units, len(done.rows)) == (2, (), 4)
    assert len(rows_of(data / "curated/decisions.csv")) == 6
    fill(queue, "queue", {3: {"decision": "phone"}})
    with pytest.raises(DataError, match=r"queue!K3: decisions.csv has another decision on this"):
        sd.apply_decisions(queue, tmp_path / "n.csv", data=data)


def refused(queue: Path, data: Path, tmp_path: Path) -> list[str]:
    """Return why a queue is refused, without its path; nothing is written."""
    with pytest.raises(DataError) as error:
        sd.apply_decisions(queue, tmp_path / "m.csv", data=data)
    assert not (tmp_path / "m.csv").exists()
    assert not (data / "curated/decisions.csv").exists()
    return [str(each).removeprefix(f"{queue}:") for each in error.value.problems]


def test_every_wrong_decision_is_named(queue: Path, data: Path, tmp_path: Path) -> None:
    decide(queue, ("2024-5-2", "vidio", "=1+1 ", "yes", "drop", "keep"))
    fill(
        queue, "queue", {5: {"decided_by": None}, 6: {"decided_on": "2026-01"}, 7: {"why": "@all"}}
    )
    wanted = [
        "queue!K2: `2024-5-2` is not a date; write `2024-09-07`, `2024-09` or `2024`",
        "queue!K3: unknown code `vidio`; did you mean `video`?",
        "queue!K4: a formula without a value",
        "queue!K5: `yes` is not keep or drop; choose",
        "queue!L5: blank; fill it in",
        "queue!M6: `2026-01` is not a full day; write it as `2024-09-07`",
        "queue!N7: `@all` looks like a spreadsheet formula; write plain text",
    ]
    (formula,) = refused(queue, data, tmp_path)  # without its value, no cell is certain
    assert formula.startswith(wanted.pop(2))
    fill(queue, "queue", {3: {"decision": "(blank)"}, 4: {"decision": "Nairobi"}})
    wanted[1] = "queue!K3: blank; fill it in"
    assert refused(queue, data, tmp_path) == wanted


def test_other_cells_of_the_queue_are_not_to_change(
    queue: Path, data: Path, tmp_path: Path
) -> None:
    decide(queue)
    fill(queue, "queue", {2: {"first_value": "2024"}, 4: {"no": 9}, 5: {"no": 2}})
    assert refused(queue, data, tmp_path) == [
        "queue!H2: was `2024-05-01`; only decision, decided_by, decided_on, why are to change",
        "queue!A4: `9` is not the number of a difference, or is there twice",
        "queue!A5: `2` is not the number of a difference, or is there twice",
        "queue!A1: 2 rows of the queue are missing, the first is no. 3; put them back, or "
        "create the queue again",
    ]


def test_other_versions_of_the_codings_are_refused(queue: Path, data: Path, tmp_path: Path) -> None:
    decide(queue)
    write(tmp_path / "b.csv", [{**SECOND[0], "city": "Mombasa"}, *SECOND[1:]])
    with pytest.raises(DataError, match=r"made from!C3: .*b\.csv was changed since the queue"):
        sd.apply_decisions(queue, tmp_path / "m.csv", data=data)
    # the same cells in another order of columns, elsewhere
    reordered = [dict(reversed(row.items())) for row in SECOND]
    moved = write(tmp_path / "moved.csv", reordered)
    (tmp_path / "b.csv").unlink()
    with pytest.raises(UsageError, match="name the two codings that the queue was made from"):
        sd.apply_decisions(queue, tmp_path / "m.csv", data=data)
    done = sd.apply_decisions(
        queue, tmp_path / "m.csv", data=data, codings=[tmp_path / "a.csv", moved]
    )
    assert len(done.rows) == 4


def test_units_that_one_coder_was_given_need_no_decision(
    data: Path, tables: Path, tmp_path: Path
) -> None:
    urls = [{"unit": f"U{i}", "source_url": f"https://example.org/{i}"} for i in range(1, 5)]
    made = sd.assign(
        write(tmp_path / "c.csv", urls), tmp_path / "out", coders=["A", "B"], overlap=0.5, data=data
    )
    for coder, mine in made.units_of.items():
        rows = {line: {**BASE, "unit": unit, "event_key": f"{coder}{unit}"}
                for line, unit in enumerate(mine, 2)}  # fmt: skip
        fill(tmp_path / f"out/{coder}.xlsx", "interactions", rows)
    paths = (tmp_path / "out/A.xlsx", tmp_path / "out/B.xlsx")
    assert sd.adjudicate(*paths, tmp_path / "q.xlsx", data=tables) == []
    done = sd.apply_decisions(tmp_path / "q.xlsx", tmp_path / "m.csv", data=data)
    assert (len(done.rows), done.logged) == (4, 0)
    fill(paths[1], "interactions", {3: {"mode": "x"}})
    with pytest.raises(DataError, match=r"B\.xlsx:interactions!I3: unknown code `x`"):
        sd.adjudicate(*paths, tmp_path / "r.xlsx", data=tables)
    fill(paths[1], "interactions", {2: {"unit": "U9"}, 3: {"mode": "video"}})
    with pytest.raises(DataError, match=r"B\.xlsx:interactions!A2: unit `U9` is not in the sheet"):
        sd.adjudicate(*paths, tmp_path / "r.xlsx", data=tables)
    fill(paths[1], "interactions", {2: {"unit": None}})
    with pytest.raises(DataError, match=r"B\.xlsx:interactions!A2: no unit; did you mean `U1`"):
        sd.adjudicate(*paths, tmp_path / "r.xlsx", data=tables)


def test_calls_that_are_wrong(data: Path, tables: Path, tmp_path: Path) -> None:
    one = write(tmp_path / "a.csv", FIRST)
    with pytest.raises(UsageError, match="are one file"):
        sd.adjudicate(one, one, tmp_path / "q.xlsx", data=tables)
    with pytest.raises(UsageError, match="no such file; name a coding"):
        sd.adjudicate(one, tmp_path / "none.csv", tmp_path / "q.xlsx", data=tables)
    for args, what in [
        (["adjudicate", one, "-o", tmp_path / "q.xlsx"], "name two codings"),
        (["adjudicate", one, one, "--partial", "-o", "q.xlsx"], "--partial goes with --apply"),
        (["adjudicate", "--apply", "q.xlsx", "-o", "m.csv"], "add --data"),
        (["adjudicate", "--apply", "q.xlsx", "-o", "m.csv", "--data", data], "no such queue"),
        (["adjudicate", "--apply", "q.xlsx", "-o", "m.txt", "--data", data], "end its name with"),
        (["workbook", data, "--data", data, "-o", "a.xlsx"], "name one folder"),
    ]:
        result = run(*args)
        assert (result.exit_code, what in result.stderr) == (2, True), result.stderr
    assert list(tmp_path.glob("*.xlsx")) == []


def test_candidates_with_the_same_page_get_a_notice(data: Path, tmp_path: Path) -> None:
    urls = ["https://example.org/1", "https://example.org/2", "http://www.example.org/1/"]
    candidates = write(tmp_path / "c.csv", [{"source_url": url} for url in urls])
    result = run("assign", candidates, "--coders", "A,B", "-o", tmp_path / "o", "--data", data)
    assert result.exit_code == 0
    assert result.stderr == (
        f"{candidates}:4:source_url: notice: `U003` has the same page as `U001` in line 2; keep "
        "one of them, unless both are meant\n"
    )
    name = openpyxl.load_workbook(tmp_path / "o/A.xlsx")["about"]["B2"].value
    assert f"codes of the dataset `{name}`" in result.stdout
    candidates.write_text("source_url;headline\nhttps://example.org/1;x\n", encoding="utf-8")
    with pytest.raises(DataError, match="separated by semicolons: save the file with commas"):
        sd.assign(candidates, tmp_path / "p", coders=["A", "B"], data=data)


def test_a_row_without_a_decision_is_undecided(queue: Path, data: Path, tmp_path: Path) -> None:
    """The other cells may be filled in before."""
    decide(queue)
    fill(queue, "queue", {6: {"decision": None}})
    with pytest.raises(DataError, match=r"queue!K6: not decided; choose a value, or skip"):
        sd.apply_decisions(queue, tmp_path / "m.csv", data=data)
    done = sd.apply_decisions(queue, tmp_path / "m.csv", data=data, partial=True)
    assert (done.logged, done.open_units) == (5, ("U2",))
    log = rows_of(data / "curated/decisions.csv")
    assert [row["decision"] for row in log if row["column_name"] == "city"] == ["(blank)"]


def test_a_queue_of_another_dataset_is_refused(data: Path, tmp_path: Path) -> None:
    urls = [{"source_url": f"https://example.org/{i}"} for i in range(2)]
    candidates = write(tmp_path / "c.csv", urls)
    sd.assign(candidates, tmp_path / "out", coders=["A", "B"], overlap=1, data=data)
    paths = (tmp_path / "out/A.xlsx", tmp_path / "out/B.xlsx")
    with pytest.raises(DataError) as error:
        sd.adjudicate(*paths, tmp_path / "q.xlsx")
    assert [each.cell for each in error.value.problems] == ["about!B2", "about!B2"]
    assert not (tmp_path / "q.xlsx").exists()
