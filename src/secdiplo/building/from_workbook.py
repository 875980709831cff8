"""Make a dataset folder from a coder's workbook, which needs no map."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from secdiplo.building.new_folder import write_folder
from secdiplo.coding.coder_workbook import ABOUT_SHEET, CODES_SHEET
from secdiplo.coding.form import CODE_COLUMNS
from secdiplo.errors import DataError, Problem, SecdiploError, UsageError
from secdiplo.folder import toml
from secdiplo.folder.extra_columns import COLUMN_TYPES
from secdiplo.folder.reading import CODING_SHEET_FILE
from secdiplo.ingest.header import name_problems
from secdiplo.ingest.workbook import (
    ROWS_SHEET,
    WorkbookRows,
    is_workbook,
    located,
    read_workbook,
    rows_by_name,
    sheet_names,
)
from secdiplo.schema.tables import CODING_SHEET

EXAMPLES = ("agreements.csv", "agreements.json", "agreements_by_country.sql")
EXTRA_KEY = "extra_columns."


def is_coder_workbook(path: Path | str) -> bool:
    """Return whether a file is a workbook that `secdiplo workbook` wrote, by its sheets."""
    path = Path(path)
    try:
        names = sheet_names(path) if path.is_file() and is_workbook(path) else []
    except SecdiploError:
        return False
    return {ROWS_SHEET, CODES_SHEET, ABOUT_SHEET} <= set(names)


def import_workbook(path: Path | str, out: Path | str) -> Path:
    """Write a dataset folder with the rows, codes and extra columns of a coder's workbook.

    Parameters
    ----------
    path : path
        A workbook that `secdiplo workbook` wrote.
    out : path
        The folder to write. It may exist if it is empty.

    Returns
    -------
    Path
        The folder, which is not checked yet.

    Raises
    ------
    DataError
        The sheet has merged cells, or unknown columns. Nothing is written.
    UsageError
        The folder is not empty, or the file is not such a workbook.
    """
    path, folder = Path(path), Path(out)
    if not is_coder_workbook(path):
        raise UsageError(
            f"{path}: not a workbook that `secdiplo workbook` wrote; import it by a map"
        )
    sheet = read_workbook(path, str(path))
    about = {row["what"]: row["text"] for row in _rows(path, ABOUT_SHEET, ("what", "text"))}
    codes = _rows(path, CODES_SHEET, CODE_COLUMNS)
    extra = {
        key.removeprefix(EXTRA_KEY): _facts(path, text)
        for key, text in about.items()
        if key.startswith(EXTRA_KEY)
    }
    problems = [problem for problem in sheet.problems if problem.level == "error"]
    if not problems:
        problems = name_problems(
            sheet.columns, sheet.label, sheet.header_line, CODING_SHEET, tuple(extra)
        )
    if problems:
        raise DataError(located(problems, sheet))
    home = about.get("home", "").strip()

    def changed(texts: dict[str, str]) -> dict[str, str]:
        kept = {file: text for file, text in texts.items() if Path(file).name not in EXAMPLES}
        kept[CODING_SHEET_FILE] = _csv(sheet.columns, (cells for _, cells in sheet.rows))
        kept["codes.csv"] = _csv(CODE_COLUMNS, ([row[n] for n in CODE_COLUMNS] for row in codes))
        kept["dataset.toml"] = _settings(kept["dataset.toml"], home, extra)
        return kept

    return write_folder(
        folder,
        name=about.get("dataset") or None,
        title=about.get("title") or None,
        home=home or None,
        changed=changed,
    )


def _rows(path: Path, sheet: str, columns: Sequence[str]) -> list[dict[str, str]]:
    page: WorkbookRows = read_workbook(path, str(path), sheet, only=False)
    missing = [name for name in columns if name not in page.columns]
    if missing:
        what = f"no column `{missing[0]}`; write the workbook anew, or import it by a map"
        raise DataError([page.located(Problem(page.label, page.header_line, missing[0], what))])
    return [row for _, row in rows_by_name(page)]


def _facts(path: Path, text: str) -> dict[str, str]:
    """Return the declaration of an extra column."""
    try:
        facts: dict[str, Any] = json.loads(text)
        return {key: str(facts.get(key, "")) for key in ("kind", "label", "unit", "codes")}
    except (ValueError, AttributeError):
        what = f"the sheet `{ABOUT_SHEET}` was changed; write the workbook anew"
        raise DataError([Problem(str(path), 1, "1", what)]) from None


def _settings(text: str, home: str, extra: dict[str, dict[str, str]]) -> str:
    """Return the settings of the folder: without a home that nobody named, with extra columns."""
    if not home:
        text = re.sub(r"\[home\]\n(?:.+\n)*\n", "", text)
    types = {kind: name for name, kind in COLUMN_TYPES.items()} | {"code": "string"}
    lines = []
    for name, facts in extra.items():
        given = {
            "type": types.get(facts["kind"], "string"),
            **{key: facts[key] for key in ("label", "unit", "codes") if facts[key]},
        }
        pairs = (f"{key} = {toml.text(value)}" for key, value in given.items())
        lines += ["", f"[extra_columns.{toml.key(name)}]", *pairs]
    return text + "".join(f"{line}\n" for line in lines)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
