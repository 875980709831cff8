"""Apply the decisions of a queue: the merged sheet, and the log of decisions of the dataset."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from secdiplo import schema
from secdiplo.coding.adjudication import (
    BLANK_MARK,
    DECIDED,
    DROP_ROW,
    FIXED,
    KEEP_ROW,
    ORIGIN_SHEET,
    QUEUE_COLUMNS,
    QUEUE_SHEET,
    ROW,
    CodingComparison,
    CodingDifference,
    MatchedRow,
    compare,
)
from secdiplo.coding.codings import code_lists_of
from secdiplo.coding.form import CodingForm, form_of
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.files import csv_rows, refuse_existing, written_whole
from secdiplo.ingest.workbook import WorkbookRows, is_workbook, read_workbook, rows_by_name
from secdiplo.schema.tables import CODING_SHEET, TABLES
from secdiplo.store import Built, open_any

NOT_DECIDED = "not decided; choose a value, or skip undecided units with --partial (partial=True)"
DECISIONS = TABLES["decisions"]
QueueRows = dict[int, tuple[int, dict[str, str]]]


@dataclass(frozen=True)
class AppliedDecisions:
    """What applying a queue has done.

    Attributes
    ----------
    path : Path
        The merged sheet.
    rows : list of dict
        Its rows.
    logged : int
        The decisions that were added to the log; those that it had already are not counted.
    open_units : tuple of str
        The units that were left out, because a difference in them is not decided yet.
    """

    path: Path
    rows: list[dict[str, str]]
    logged: int
    open_units: tuple[str, ...] = ()


@dataclass
class _Decided:
    """The decisions of a queue that are right, by the number of the difference."""

    value: dict[int, str] = field(default_factory=dict)
    row: dict[int, dict[str, str]] = field(default_factory=dict)


def apply_decisions(
    queue: Path | str,
    out: Path | str,
    *,
    data: Path | str,
    codings: Sequence[Path | str] = (),
    partial: bool = False,
    force: bool = False,
) -> AppliedDecisions:
    """Write the merged sheet of an adjudicated queue, and log its decisions in the dataset folder.

    Parameters
    ----------
    queue : path
        What `adjudicate` wrote, with its decisions.
    out : path
        The merged sheet to write (.csv): the columns of the coding sheet, sorted by date and key.
    data : path
        The dataset folder; every decision is added to its ``curated/decisions.csv``, once.
    codings : sequence of path
        The two codings, where they are no longer where the queue expects them.
    partial : bool
        Whether a queue with open differences is applied without the units that have one.
    force : bool
        Whether a file of that name is replaced.

    Returns
    -------
    AppliedDecisions

    Raises
    ------
    DataError
        The queue is unfinished, was made from other versions of the codings or changed in another
        place than its decisions, or a decision is not a value of the column. Nothing is written.
    UsageError
        A file or folder does not exist, or `out` does.
    """
    queue, target, folder = Path(queue), Path(out), Path(data)
    _refuse(queue, target, folder, force)
    built, form = open_any(folder)[0], form_of(folder)
    origin = _origin(queue)
    paths = _codings(queue, origin, codings)
    found = compare(*paths, built)
    _refuse_other_versions(queue, origin, found, paths)
    page = read_workbook(queue, str(queue), QUEUE_SHEET, only=False)
    rows = _queue_rows(page, found.differences)
    decided = _decided(page, rows, found.differences, form, built, partial)
    merged, open_units = _merged(found, decided.value)
    log = folder / DECISIONS.sheet
    text, number = _log_text(log, page, found, decided, set(open_units))
    log.parent.mkdir(exist_ok=True)
    with written_whole(target) as fresh:
        fresh.write_text(_csv_text(found.columns, merged), encoding="utf-8", newline="")
        if number:  # first the log: a second run adds nothing twice
            with written_whole(log) as fresh_log:
                fresh_log.write_text(text, encoding="utf-8", newline="")
    return AppliedDecisions(target, merged, number, open_units)


def _refuse(queue: Path, target: Path, folder: Path, force: bool) -> None:
    """Refuse files and folders that are not there, and a target that is."""
    if target.suffix.lower() != ".csv":
        raise UsageError(f"{target}: the merged sheet is a CSV file; end its name with .csv")
    refuse_existing(target, force)
    if not (folder / "dataset.toml").is_file():
        what = "not a dataset folder; name the one that is to have the log of decisions"
        raise UsageError(f"{folder}: {what}")
    if not queue.is_file() or not is_workbook(queue):
        raise UsageError(f"{queue}: no such queue; name the workbook that adjudicate wrote")


def _origin(queue: Path) -> list[dict[str, str]]:
    """Return what the queue says of the two codings: coding, file, digest."""
    page = read_workbook(queue, str(queue), ORIGIN_SHEET, only=False)
    rows = [row for _, row in rows_by_name(page)]
    if len(rows) != 2 or not all({"file", "digest"} <= set(row) for row in rows):
        what = f"the sheet `{ORIGIN_SHEET}` was changed; create the queue again"
        raise DataError([Problem(str(queue), 1, "1", what)])
    return rows


def _codings(
    queue: Path, origin: Sequence[Mapping[str, str]], given: Sequence[Path | str]
) -> tuple[Path, Path]:
    if given and len(given) != 2:
        raise UsageError("a queue has two codings; name both, in the order of before, or neither")
    first, second = [Path(path) for path in given] or [queue.parent / row["file"] for row in origin]
    for path in (first, second):
        if not path.is_file():
            what = "no such file; name the two codings that the queue was made from"
            raise UsageError(f"{path}: {what}")
    return first, second


def _refuse_other_versions(
    queue: Path,
    origin: Sequence[Mapping[str, str]],
    found: CodingComparison,
    paths: Sequence[Path],
) -> None:
    what = (
        "was changed since the queue was made; create the queue again, or restore the original file"
    )
    problems = [
        Problem(str(queue), line, "digest", f"{path} {what}", cell=f"{ORIGIN_SHEET}!C{line}")
        for line, (row, now, path) in enumerate(zip(origin, found.digests, paths, strict=True), 2)
        if row["digest"] != now
    ]
    if problems:
        raise DataError(problems)


# --- reading the queue ----------------------------------------------------------------------


def _queue_rows(page: WorkbookRows, differences: Sequence[CodingDifference]) -> QueueRows:
    """Return the rows of a queue by number, if only their decisions were changed."""
    problems = list(page.problems)
    missing = [name for name in QUEUE_COLUMNS if name not in page.columns and name != "or_blank"]
    for name in missing:
        problems.append(Problem(page.label, page.header_line, name, f"no column `{name}`; add it"))
    problems = [problem for problem in problems if problem.level == "error"]
    if problems:
        raise DataError([page.located(problem) for problem in problems])
    expected = {str(each.no): each for each in differences}
    rows: QueueRows = {}

    def add(line: int, name: str, what: str) -> None:
        problems.append(page.located(Problem(page.label, line, name, what)))

    for line, cells in rows_by_name(page):
        row = {name: cell.strip() for name, cell in cells.items()}
        each = expected.get(row["no"])
        if each is None or each.no in rows:
            add(line, "no", f"`{row['no']}` is not the number of a difference, or is there twice")
            continue
        rows[each.no] = line, row
        wanted = each.cells()
        for name in FIXED:
            if row[name] != wanted[name].strip():
                what = f"was {schema.shown(wanted[name])}; only {', '.join(DECIDED)} are to change"
                add(line, name, what)
    lost = [number for number, each in expected.items() if each.no not in rows]
    if lost:
        what = f"{len(lost)} rows of the queue are missing, the first is no. {lost[0]}"
        add(page.header_line, "no", f"{what}; put them back, or create the queue again")
    if problems:
        raise DataError(problems)
    return rows


def _decided(
    page: WorkbookRows,
    rows: QueueRows,
    differences: Sequence[CodingDifference],
    form: CodingForm,
    built: Built,
    partial: bool,
) -> _Decided:
    """Return the decisions; every one that is missing or no value of its column is a problem."""
    found, problems = _Decided(), []
    codes = code_lists_of(built)
    facts = {name: schema.cell_rule(DECISIONS.by_name[name], codes) for name in DECIDED[1:]}
    for each in differences:
        line, row = rows[each.no]
        if not row["decision"]:  # whatever the other cells have
            if not partial:
                problems.append(page.located(Problem(page.label, line, "decision", NOT_DECIDED)))
            continue
        wrong = {"decision": _wrong_decision(each, row["decision"], form, codes)}
        for name, rule in facts.items():
            verdict = rule(row[name] or None)
            column = DECISIONS.by_name[name]
            wrong[name] = schema.explain_cell(column, row[name], verdict, codes) if verdict else ""
        problems += [
            page.located(Problem(page.label, line, name, what))
            for name, what in wrong.items()
            if what
        ]
        found.value[each.no] = row["decision"]
        found.row[each.no] = row
    if problems:
        raise DataError(problems)
    return found


def _wrong_decision(
    each: CodingDifference, decision: str, form: CodingForm, codes: schema.CodeLists
) -> str:
    """Return what is wrong with a decision; blank if nothing is."""
    if each.column == ROW:
        return (
            ""
            if decision in {KEEP_ROW, DROP_ROW}
            else f"`{decision}` is not {KEEP_ROW} or {DROP_ROW}; choose"
        )
    column = form.by_name[each.column]
    value = None if decision == BLANK_MARK else decision
    verdict = schema.cell_rule(column, codes)(value)
    return schema.explain_cell(column, value, verdict, codes) if verdict else ""


# --- writing --------------------------------------------------------------------------------


def _merged(
    found: CodingComparison, decided: Mapping[int, str]
) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """Return the merged rows, and the units that have an open difference and are left out."""
    is_open = {
        row.unit: None
        for row in found.rows
        if any(each.no not in decided for each in row.differences)
    }
    rows = [
        {name: cells.get(name, "") for name in found.columns}
        for row in found.rows
        if row.unit not in is_open and (cells := _settled(row, decided)) is not None
    ]
    rows.sort(key=lambda row: tuple(row.get(name, "") for name in ("date", *CODING_SHEET.key)))
    return rows, tuple(is_open)


def _settled(row: MatchedRow, decided: Mapping[int, str]) -> dict[str, str] | None:
    """Return the cells of a row by the decisions on it; None if it is dropped."""
    cells = dict(row.cells)
    for each in row.differences:
        if each.column != ROW:
            cells[each.column] = "" if decided[each.no] == BLANK_MARK else decided[each.no]
        elif decided[each.no] == DROP_ROW:
            return None
    return cells


def _log_text(
    log: Path,
    page: WorkbookRows,
    found: CodingComparison,
    decided: _Decided,
    open_units: set[str],
) -> tuple[str, int]:
    """Return the text of the log with the new decisions at its end, and how many these are."""
    names = [column.name for column in DECISIONS.sheet_columns]
    before, known = "", dict[str, dict[str, str]]()
    if log.exists():
        known = {row["decision_id"]: row for _, row in csv_rows(log, names)}
        before = log.read_bytes().decode("utf-8")
    mark = hashlib.sha256("".join(found.digests).encode()).hexdigest()[:8]
    unit_of = {each.no: row.unit for row in found.rows for each in row.differences}
    new, problems = [], []
    for each in found.differences:
        if each.no not in decided.row or unit_of[each.no] in open_units:
            continue
        row = _log_row(f"{mark}-{each.no}", each, decided.row[each.no], decided.value[each.no])
        former = known.get(row["decision_id"])
        if former is None:
            new.append(row)
        elif any(former[name].strip() != row[name] for name in ("decision", "decided_by", "why")):
            what = f"{log.name} has another decision on this; correct it there, or here"
            line = _line(page, each)
            problems.append(page.located(Problem(page.label, line, "decision", what)))
    if problems:
        raise DataError(problems)
    header = before.partition("\n")[0]
    ending = "\r\n" if header.endswith("\r") else "\n"
    if not before:
        return _csv_text(names, new), len(new)
    order = next(csv.reader([header.lstrip("\ufeff").strip()]))
    rows = _csv_text(order, new, ending, with_header=False)
    return before + ("" if before.endswith("\n") else ending) + rows, len(new)


def _line(page: WorkbookRows, each: CodingDifference) -> int:
    return next(line for line, row in rows_by_name(page) if row["no"].strip() == str(each.no))


def _log_row(
    label: str, each: CodingDifference, row: Mapping[str, str], value: str
) -> dict[str, str]:
    return {
        "decision_id": label,
        "decided_on": row["decided_on"],
        "decided_by": row["decided_by"],
        "unit": each.unit,
        "event_key": each.event_key,
        "counterpart": each.counterpart,
        "column_name": each.column,
        "first_value": each.first_value,
        "second_value": each.second_value,
        "decision": value,
        "why": row["why"],
    }


def _csv_text(
    names: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    ending: str = "\n",
    *,
    with_header: bool = True,
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending)
    if with_header:
        writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return text.getvalue()
