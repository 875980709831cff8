"""What a coder's workbook tells besides its rows: the dataset that it was made for, and its units.

`secdiplo.coding.coder_workbook` writes both, into the sheets `about` and `candidates`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from secdiplo.coding.coder_workbook import ABOUT_SHEET, CANDIDATES_SHEET
from secdiplo.errors import Problem
from secdiplo.ingest.workbook import read_sheets, rows_by_name
from secdiplo.suggest import suggest

Units = Mapping[str, str]
Rows = Iterable[tuple[int, Mapping[str, str]]]
MakeProblem = Callable[[int, str, str, str], Problem]


@dataclass(frozen=True)
class WorkbookFacts:
    """What a workbook tells besides its rows.

    Attributes
    ----------
    dataset : str
        The name of the dataset that it was made for; blank if it does not tell.
    dataset_cell : str
        The address of that name.
    units : mapping of str to str, or None
        The units that the coder was given, and the addresses of their pages; None if it does not
        list them.
    """

    dataset: str = ""
    dataset_cell: str = ""
    units: Units | None = None


def workbook_facts(path: Path, label: str) -> WorkbookFacts:
    """Read what a workbook tells besides its rows.

    Raises
    ------
    DataError
        The file is not a workbook.
    UsageError
        openpyxl is not installed.
    """
    sheets = read_sheets(path, label, (ABOUT_SHEET, CANDIDATES_SHEET))
    name, cell, units = "", "", None
    if (about := sheets.get(ABOUT_SHEET)) and {"what", "text"} <= set(about.columns):
        for line, row in rows_by_name(about):
            if row["what"].strip() == "dataset" and not name:
                name = row["text"].strip()
                cell = about.located(Problem(label, line, "text", "")).cell
    if (listed := sheets.get(CANDIDATES_SHEET)) and "unit" in listed.columns:
        rows = [row for _, row in rows_by_name(listed)]
        units = {
            unit: row.get("source_url", "").strip() for row in rows if (unit := row["unit"].strip())
        }
    return WorkbookFacts(name, cell, units)


def other_dataset(facts: WorkbookFacts, label: str, selected: str) -> list[Problem]:
    """Return the problem of a workbook that was made for another dataset than the selected one."""
    if not facts.dataset or facts.dataset == selected:
        return []
    what = (
        f"made for the dataset `{facts.dataset}`, not for `{selected}`; select it with --data "
        "(data=), or correct the name here if you renamed the dataset"
    )
    return [Problem(label, 1, "dataset", what, cell=facts.dataset_cell)]


def unit_problems(
    columns: Iterable[str], rows: Rows, units: Units, make: MakeProblem
) -> list[Problem]:
    """Compare the units of a coding with those that the coder was given.

    Parameters
    ----------
    columns : iterable of str
        The columns of the coding.
    rows : iterable of (int, mapping of str to str)
        Its rows, each with its line.
    units : mapping of str to str
        The units that the coder was given, and the addresses of their pages.
    make : callable
        Makes a problem of line, column, text and level.

    Returns
    -------
    list of Problem
        An error for each unknown or blank unit, and a notice for each page of another unit.
    """
    if "unit" not in columns:
        what = (
            f"no column `unit`; add it, with a unit of the sheet `{CANDIDATES_SHEET}` in each row"
        )
        return [make(1, "unit", what, "error")]
    unit_of: dict[str, str] = {}
    for unit, address in units.items():
        unit_of.setdefault(address, unit)
    problems = []
    for line, row in rows:
        unit, address = row["unit"].strip(), row.get("source_url", "").strip()
        page_of = unit_of.get(address, "") if address else ""
        if not unit or unit not in units:
            what = f"unit `{unit}` is not in the sheet `{CANDIDATES_SHEET}`" if unit else "no unit"
            remedy = suggest(unit, list(units), "units")
            if page_of:
                remedy = f"did you mean `{page_of}`, the unit of this page?"
            problems.append(make(line, "unit", f"{what}; {remedy}", "error"))
        elif page_of and units[unit] != address:
            what = f"this is the page of unit `{page_of}`, not of `{unit}`; check the unit"
            problems.append(make(line, "source_url", what, "notice"))
    return problems
