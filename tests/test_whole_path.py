"""From pages to a release on real rows: candidates, two workbooks, agreement, decisions, results.

Ann's rows are those of the coding sheet, and Ben's those of the second coding of the same pages.
Every difference but one is decided for Ann, so that the new version differs in known cells.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import openpyxl
import pytest

import secdiplo as sd
from secdiplo.folder import resources

DATA = Path(__file__).resolve().parents[1] / "data"
SHEET = Path("curated/interactions.csv")
UNITS = ("U01", "U03", "U05", "U06", "U07", "U44")
WHO = {"decided_by": "Cy", "decided_on": "2026-01-02", "why": "as the page prints it"}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def fill(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows into a coder's workbook below the headings, as a person would."""
    book = openpyxl.load_workbook(path)
    sheet = book["interactions"]
    names = [cell.value for cell in sheet[1]]
    for line, row in enumerate(rows, 2):
        for name, cell in row.items():
            if cell and name in names:
                sheet.cell(line, names.index(name) + 1).value = cell
    book.save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A copy of the dataset folder, with its claims."""
    place = tmp_path_factory.mktemp("path")
    shutil.copytree(resources.shipped("seeds"), place / "seeds")
    return Path(shutil.copytree(DATA, place / "data"))


def test_from_candidates_to_what_changed(folder: Path, tmp_path: Path) -> None:
    sheet = read(folder / SHEET)
    units = {row["unit"]: row for row in read(DATA / "reliability/units.csv")}
    keys = {units[unit]["event_key"]: unit for unit in UNITS}
    first = [{**row, "unit": keys[row["event_key"]]} for row in sheet if row["event_key"] in keys]
    second = [row for row in read(DATA / "reliability/coder2.csv") if row["unit"] in UNITS]
    for row in second:
        row["event_key"] = f"{row['unit']}-{row['event_no']}"
        row["topic"] = row["topic"].replace("drug control", "counternarcotics")
        row["source_url"] = row["page_seen"]

    write(tmp_path / "candidates.csv", [
        {"unit": unit, "source_url": units[unit]["source_url"]} for unit in UNITS
    ])  # fmt: skip
    coders = tmp_path / "coders"
    done = sd.assign(
        tmp_path / "candidates.csv", coders, coders=["Ann", "Ben"], overlap="100%", data=folder
    )
    assert {row["unit"] for row in read(coders / "assignment.csv")} == set(UNITS), done
    fill(coders / "Ann.xlsx", first)
    fill(coders / "Ben.xlsx", second)
    files = [coders / "Ann.xlsx", coders / "Ben.xlsx"]
    for file in files:
        assert [str(p) for p in sd.check(file, data=folder) if p.level == "error"] == []

    ds = sd.load(folder)
    agreement = ds.compare_coders(*files, resamples=0).frame().set_index("column")
    matched = {row["counterpart"] for row in first} & {row["counterpart"] for row in second}
    assert agreement.loc["agency", "agreement"] == 1
    assert agreement["meetings"].max() >= len(matched)

    queue = tmp_path / "queue.xlsx"
    differences = sd.adjudicate(*files, queue, data=folder)
    chosen = next(each for each in differences if each.column == "city" and each.second_value)
    book = openpyxl.load_workbook(queue)
    page = book["queue"]
    names = [cell.value for cell in page[1]]
    for line, each in enumerate(differences, 2):
        if each.column == "row":
            decision = "keep" if each.first_value != "(no such row)" else "drop"
        else:
            value = each.second_value if each is chosen else each.first_value
            decision = value or "(blank)"
        for name, cell in {"decision": decision, **WHO}.items():
            page.cell(line, names.index(name) + 1).value = cell
    book.save(queue)
    applied = sd.apply_decisions(queue, tmp_path / "merged.csv", data=folder)
    assert applied.logged == len(differences)

    merged = read(tmp_path / "merged.csv")
    assert len(merged) == len(first)
    wanted = [name for name in sheet[0] if name != "note"]  # notes of both coders are joined
    for row in merged:
        (before,) = [
            old
            for old in first
            if all(old[name] == row[name] for name in ("event_key", "counterpart", "official"))
            and old["counterpart_person"] == row["counterpart_person"]
        ]
        odd = {name for name in wanted if row.get(name, "") != before[name]}
        assert odd <= ({"city"} if before["unit"] == chosen.unit else set())

    rest = [row for row in sheet if row["event_key"] not in keys]
    new = [{name: row.get(name, "") for name in sheet[0]} for row in merged]
    write(folder / SHEET, rest + new)
    assert [str(p) for p in sd.check(folder) if p.level == "error"] == []
    sd.build(folder, tmp_path / "tables")
    changed = sd.diff(None, tmp_path / "tables")
    cells = changed.frame("cells")
    assert set(cells["column"]) <= {"city", "note", "decisions"}
    city = cells[cells["column"] == "city"]
    assert set(city["old"].fillna("")) == {chosen.first_value}
    assert set(city["new"]) == {chosen.second_value}
    assert changed.frame("claims").empty
    assert changed.frame("totals")["change"].eq(0).all()

    released = sd.load(tmp_path / "tables")
    assert len(released.table("decisions")) == len(differences)
    estimates = released.coverage().frame()
    assert estimates.equals(sd.load().coverage().frame())  # the same events, and the same sources
