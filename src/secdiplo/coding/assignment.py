"""Assign units to coders: a workbook for each, and a random overlap that all of them code."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from secdiplo import schema
from secdiplo.coding.coder_workbook import CANDIDATES_SHEET, write_workbook
from secdiplo.coding.form import Cells, CodingForm, form_of
from secdiplo.coding.sources import same_page
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.files import csv_rows, replacing
from secdiplo.ingest.workbook import is_workbook, located, read_workbook, rows_by_name
from secdiplo.schema.plain_values import plain
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.text import normal_form

ASSIGNMENT_FILE = "assignment.csv"
ASSIGNMENT_COLUMNS = ("unit", "coder", "overlap")
CODER_NAME = re.compile(r"\w(?:[\w. -]{0,38}\w)?")  # also the name of a file, on every system
RESERVED_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
UNIT_NAME = re.compile(r"\w[\w.-]{0,39}")
MAX_CODERS = 100


@dataclass(frozen=True)
class Assignment:
    """Who codes what.

    Attributes
    ----------
    units : tuple of str
        All units, in the order of the candidates.
    overlap : frozenset of str
        Those that every coder codes.
    units_of : dict of str to tuple of str
        The units of each coder, in the order of the candidates.
    notices : tuple of Problem
        Candidates with the same page.
    dataset : str
        The name of the dataset whose codes the workbooks have.
    """

    units: tuple[str, ...]
    overlap: frozenset[str]
    units_of: dict[str, tuple[str, ...]]
    notices: tuple[Problem, ...] = ()
    dataset: str = ""

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """One row per unit and coder: columns `ASSIGNMENT_COLUMNS`."""
        return [
            (unit, coder, "true" if unit in self.overlap else "false")
            for unit in self.units
            for coder, mine in self.units_of.items()
            if unit in set(mine)
        ]


def assign(
    candidates: Path | str,
    out: Path | str,
    *,
    coders: Sequence[str],
    overlap: float | str = 0.2,
    seed: int = 1,
    data: Path | str | None = None,
) -> Assignment:
    """Assign candidates to coders and write a workbook for each of them.

    Parameters
    ----------
    candidates : path
        A CSV file or workbook with a column ``source_url`` and one row per unit. A column
        ``unit`` names the units; without it they are called U001 and so on. Other columns are
        passed on to the coders.
    out : path
        The folder to write, which must not exist or be empty: ``<coder>.xlsx`` for each coder and
        ``assignment.csv`` (unit, coder, overlap), which no coder should see.
    coders : sequence of str
        The names of two coders or more, which are also those of their files.
    overlap : float or str
        The share of units that all coders code: ``0.2`` or ``"20%"``.
    seed : int
        Of the random choice.
    data : path, optional
        The dataset folder with the codes and columns of the workbooks. The default is the
        built-in dataset.

    Returns
    -------
    Assignment

    Raises
    ------
    DataError
        The candidates cannot be read, or have blank or repeated units or addresses that are none.
    UsageError
        A name, share, seed or folder is not accepted.
    """
    names = _coder_names(coders)
    share = overlap_share(overlap)
    if not isinstance(plain(seed), int) or seed < 0:
        raise UsageError(f"`{seed}` is not a seed; give a whole number from 0")
    form = form_of(data)
    header, rows, notices = read_candidates(Path(candidates))
    target = Path(out)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} exists and is not empty; name a new folder")
    made = draw([row[0] for row in rows], names, share, seed)
    made = replace(made, notices=tuple(notices), dataset=form.name)
    with replacing(target) as folder:
        for coder in names:
            mine = set(made.units_of[coder])
            _write_coder(form, folder / f"{coder}.xlsx", header, [r for r in rows if r[0] in mine])
        with (folder / ASSIGNMENT_FILE).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(ASSIGNMENT_COLUMNS)
            writer.writerows(made.rows)
    return made


def _write_coder(form: CodingForm, target: Path, header: Sequence[str], rows: Cells) -> None:
    columns = ["unit", *(column.name for column in form.columns if column.name != "unit")]
    write_workbook(form, target, columns, [], (header, rows))


def draw(units: Sequence[str], coders: Sequence[str], share: float, seed: int) -> Assignment:
    """Draw the overlap at random and deal the other units, so that shares differ by one at most.

    Examples
    --------
    >>> made = draw(["U1", "U2", "U3", "U4", "U5"], ["A", "B"], 0.2, seed=1)
    >>> len(made.overlap), sorted(map(len, made.units_of.values()))
    (1, [3, 3])
    """
    import numpy as np

    order = [units[place] for place in np.random.default_rng(seed).permutation(len(units))]
    number = min(len(units), max(int(share * len(units) + 0.5), 1 if share else 0))
    common = set(order[:number])
    dealt = {unit: coders[i % len(coders)] for i, unit in enumerate(order[number:])}
    # In the order of the candidates: no position tells which units the others code too.
    mine = {
        coder: tuple(unit for unit in units if unit in common or dealt.get(unit) == coder)
        for coder in coders
    }
    return Assignment(tuple(units), frozenset(common), mine)


def _coder_names(coders: Sequence[str]) -> list[str]:
    if isinstance(coders, str) or not all(isinstance(name, str) for name in coders):
        raise UsageError('coders are given as a list of names, as ["Ann", "Ben"]')
    names = [unicodedata.normalize("NFC", name.strip()) for name in coders]
    if not 2 <= len(names) <= MAX_CODERS:
        given = "only 1 coder" if len(names) == 1 else f"{len(names)} coders"
        raise UsageError(f"{given} given; name 2 to {MAX_CODERS}, separated by commas")
    seen: dict[str, str] = {}
    for name in names:
        if not CODER_NAME.fullmatch(name) or RESERVED_NAMES.fullmatch(name):
            what = "cannot name a file on every system; use letters, digits, `_` and `-`"
            raise UsageError(f"coder `{name}` {what}")
        if (other := seen.setdefault(normal_form(name), name)) != name or names.count(name) > 1:
            what = "differ only in case" if other != name else "are the same"
            raise UsageError(f"`{other}` and `{name}` {what}; use distinct names")
    return names


def read_assignment(path: Path) -> dict[str, frozenset[str]]:
    """Return the units of each coder as `assign` recorded them; empty if there is no such file.

    Raises
    ------
    DataError
        The file has no column `unit` or `coder`, or cannot be read.
    """
    units: dict[str, set[str]] = {}
    if path.is_file():
        for _, row in csv_rows(path, ASSIGNMENT_COLUMNS[:2], str(path)):
            units.setdefault(row["coder"].strip(), set()).add(row["unit"].strip())
    return {coder: frozenset(mine) for coder, mine in units.items()}


def overlap_share(given: float | str) -> float:
    """Return a share from 0 to 1.

    Raises
    ------
    UsageError
        It is none.

    Examples
    --------
    >>> overlap_share("20%"), overlap_share(0.5)
    (0.2, 0.5)
    """
    text = str(given).strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1 or isinstance(given, bool):
        raise UsageError(f"`{given}` is not a share of the units; write `20%` or `0.2`")
    return share


def read_candidates(path: Path) -> tuple[list[str], Cells, list[Problem]]:
    """Read candidates, and name the units where they have no names.

    Returns
    -------
    (list of str, list of list of str, list of Problem)
        The header and the rows; the unit comes first, then the address. Notices of rows with the
        same page.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name a CSV file or workbook with `source_url`")
    label, sheet = str(path), None
    if is_workbook(path):
        sheet = read_workbook(path, label, CANDIDATES_SHEET)
        if any(problem.level == "error" for problem in sheet.problems):
            raise DataError(sheet.problems)
        found, columns = rows_by_name(sheet), list(sheet.columns)
    else:
        found = csv_rows(path, ("source_url",), label)
        columns = list(found[0][1]) if found else ["source_url"]
    problems = _column_problems(label, columns)
    if not problems and not found:
        problems = [Problem(label, 1, "source_url", "no candidates; add one row per unit")]
    if not problems:
        width = max(3, len(str(len(found))))
        for number, (_, row) in enumerate(found, 1):
            row.setdefault("unit", f"U{number:0{width}}")
        problems = _candidate_problems(label, found)
    if problems:
        raise DataError(located(problems, sheet) if sheet else problems)
    others = [name for name in columns if name not in {"unit", "source_url"}]
    header = ["unit", "source_url", *others]
    notices = _repeated_pages(label, found)
    return (
        header,
        [[row[name].strip() for name in header] for _, row in found],
        located(notices, sheet) if sheet else notices,
    )


def _repeated_pages(label: str, rows: Sequence[tuple[int, dict[str, str]]]) -> list[Problem]:
    """Return a notice for each page that is there before, whatever the form of its address."""
    notices, seen = [], dict[str, tuple[int, str]]()
    for line, row in rows:
        first, unit = seen.setdefault(same_page(row["source_url"].strip()), (line, row["unit"]))
        if first != line:
            what = f"`{row['unit']}` has the same page as `{unit}` in line {first}"
            what += "; keep one of them, unless both are meant"
            notices.append(Problem(label, line, "source_url", what, "notice"))
    return notices


def _column_problems(label: str, columns: Sequence[str]) -> list[Problem]:
    problems = []
    for name in columns:
        if not name or columns.count(name) > 1:
            what = "a column without a name, or with the name of another one; name it"
            problems.append(Problem(label, 1, name or "1", what))
        elif name in ASSIGNMENT_COLUMNS[1:]:
            what = f"a column `{name}` may tell coders who else codes a unit; remove or rename it"
            problems.append(Problem(label, 1, name, what))
    if "source_url" not in columns:
        problems.append(Problem(label, 1, "source_url", "no column `source_url`; add it"))
    return problems


def _candidate_problems(label: str, rows: Sequence[tuple[int, dict[str, str]]]) -> list[Problem]:
    url = CODING_SHEET.by_name["source_url"]
    rule = schema.cell_rule(url, {})
    problems, seen = [], dict[str, int]()
    for line, row in rows:
        unit, address = row["unit"].strip(), row["source_url"].strip()
        if not UNIT_NAME.fullmatch(unit):
            what = f"`{unit}` is not the name of a unit; use letters, digits, `_`, `.` and `-`"
            problems.append(Problem(label, line, "unit", what))
        elif (first := seen.setdefault(normal_form(unit), line)) != line:
            what = f"unit `{unit}` is in line {first} too; give each unit a name of its own"
            problems.append(Problem(label, line, "unit", what))
        if verdict := rule(address or None):
            what = schema.explain_cell(url, address, verdict, {})
            problems.append(Problem(label, line, "source_url", what))
    return problems
