"""What coders need to know of a dataset: the columns of its coding sheet, its codes, its rules."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import DataError, Problem
from secdiplo.files import csv_rows
from secdiplo.folder import reading, resources
from secdiplo.folder.reading import Folder
from secdiplo.ingest import parquet, workbook
from secdiplo.ingest.records import records
from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import CODING_SHEET, Column, extra_columns
from secdiplo.sql.quoting import exactly
from secdiplo.store import MANIFEST, coding_sheet, open_tables

if TYPE_CHECKING:
    from secdiplo.store import Built

RULES_FILE = "curated/CODING.md"
CODE_COLUMNS = ("list", "code", "label", "meaning", "parent")
Cells = list[list[str]]


@dataclass(frozen=True)
class CodingForm:
    """What the workbook of a coder is made of.

    Attributes
    ----------
    name, title, version, home : str
        Of the dataset.
    extra : tuple of Column
        Its extra columns of the coding sheet.
    codes : tuple of tuple
        Its codes, as codes.csv has them: `CODE_COLUMNS`.
    countries, others : dict of str to str
        The codes and names of countries, and of organizations and non-state actors.
    officials : tuple of str
        Officials whose spelling is known.
    rules : str
        The text of its coding rules, in Markdown; blank if it has none.
    """

    name: str
    title: str
    version: str
    home: str
    extra: tuple[Column, ...]
    codes: tuple[tuple[str, ...], ...]
    countries: dict[str, str]
    others: dict[str, str]
    officials: tuple[str, ...]
    rules: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of an empty coding sheet: those that few datasets need are left out."""
        return (*(column for column in CODING_SHEET.columns if not column.optional), *self.extra)

    @property
    def by_name(self) -> dict[str, Column]:
        """Every column that the coding sheet can have."""
        return {column.name: column for column in (*CODING_SHEET.columns, *self.extra)}

    def choices(self, column: Column) -> dict[str, str]:
        """Return the codes that a cell may be chosen from and their names; empty if there are none.

        The list of a column without codes of its own is a help, and other cells are right too.
        """
        if column.kind == "list":  # a cell may have several codes
            return {}
        if column.name == "counterpart":
            return {**self.countries, **self.others}
        if column.name == "official":
            return dict.fromkeys(self.officials, "")
        if column.codes == "country":
            return self.countries
        if column.kind == "boolean":
            return {"true": "", "false": ""}
        return self.listed(column.codes)

    def listed(self, name: str) -> dict[str, str]:
        """Return the codes of a list and their names."""
        if name in LISTS:
            return LISTS[name]
        return {code: label for kind, code, label, *_ in self.codes if kind == name}

    def is_closed(self, column: Column) -> bool:
        """Return whether a cell must be one of the choices."""
        closed = column.kind == "boolean" or (column.codes and not column.open_codes)
        return bool(closed) and column.kind != "list"


def form_of(data: Path | str | None) -> CodingForm:
    """Read what coders need to know of a dataset; the coding sheet of a folder may have errors.

    Parameters
    ----------
    data : path, optional
        A dataset folder or built tables; the folder of the built-in dataset by default.

    Raises
    ------
    DataError
        The settings or the codes cannot be read.
    UsageError
        There is no such folder.
    """
    if data is not None and (Path(data) / MANIFEST).is_file():
        return _form_of_built(open_tables(data))
    settings = reading.read(resources.shipped("data") if data is None else data)

    def rows(sheet: str, needed: Sequence[str]) -> list[dict[str, str]]:
        path, label = settings.sheet(sheet)
        return [row for _, row in csv_rows(path, needed, label)] if path.is_file() else []

    codes = rows("codes.csv", CODE_COLUMNS[:4])
    countries = rows("reference/countries.csv", ("iso3", "name"))
    others = [
        *rows("reference/organizations.csv", ("code", "name")),
        *rows("reference/actors.csv", ("code", "name")),
    ]
    officials = rows("reference/officials.csv", ("official",))
    rules = settings.path / RULES_FILE
    return CodingForm(
        settings.name,
        settings.title,
        settings.version,
        settings.home,
        settings.extra_columns,
        tuple(tuple(row.get(name, "") for name in CODE_COLUMNS) for row in codes),
        _sorted_countries((row["iso3"], row["name"], row.get("state_to", "")) for row in countries),
        {row["code"]: row["name"] for row in others if row["code"]},
        tuple(sorted({row["official"] for row in officials} - {""})),
        _plain_rules(rules.read_text(encoding="utf-8", errors="replace"))
        if rules.is_file()
        else "",
    )


def _form_of_built(built: Built) -> CodingForm:
    """Return what coders need to know of a dataset without a folder, from its built tables."""
    built.need(["codes", "countries", "organizations", "nonstate_actors", "officials"])

    def rows(sql: str) -> list[tuple[str, ...]]:
        found = built.con.cursor().execute(sql).fetchall()
        return [tuple("" if cell is None else str(cell) for cell in row) for row in found]

    listed = ", ".join(CODE_COLUMNS)
    codes = rows(f"select {listed} from codes order by list, position")
    others = "select code, name from organizations union all select code, name from nonstate_actors"
    dataset = built.dataset
    return CodingForm(
        dataset["name"],
        dataset["title"],
        dataset["version"],
        dataset["home"],
        extra_columns(dataset),
        tuple(row for row in codes if row[0] not in LISTS),
        _sorted_countries(rows("select iso3, name, state_to from countries")),
        {row[0]: row[1] for row in rows(f"select code, name from ({others}) order by code")},
        tuple(name for (name,) in rows("select distinct official from officials order by 1")),
    )


def _sorted_countries(rows: object) -> dict[str, str]:
    """Return codes and names, the states that have ended last."""
    known = sorted((bool(ended), code, name) for code, name, ended in rows)  # type: ignore[attr-defined]
    return {code: name for _, code, name in known if code}


def _plain_rules(text: str) -> str:
    """Return Markdown without the comments that readers of it do not see."""
    return re.sub(r"<!--.*?-->\n?", "", text, flags=re.S).strip()


def sheet_cells(data: Path | str | None) -> tuple[list[str], Cells]:
    """Read the coding sheet of a dataset folder character by character, even if it has errors.

    Built tables give their own sheet.

    Returns
    -------
    (list of str, list of list of str)
        The header and the rows, in their order. A sheet in several files has the columns of all.

    Raises
    ------
    DataError
        There is no sheet, or it cannot be read.
    """
    if data is not None and (Path(data) / MANIFEST).is_file():
        return _built_cells(open_tables(data))
    settings = reading.read(resources.shipped("data") if data is None else data)
    parts = [_file_cells(path, label) for path, label in _files(settings)]
    header = list(dict.fromkeys(name for names, _ in parts for name in names))
    rows = []
    for names, cells in parts:
        places = [names.index(name) if name in names else -1 for name in header]
        rows += [[row[place] if place >= 0 else "" for place in places] for row in cells]
    return header, rows


def _files(settings: Folder) -> list[tuple[Path, str]]:
    files = settings.files(CODING_SHEET.sheet)
    missing = [
        Problem(label, 1, "1", "no such file; add it, every dataset folder has one")
        for path, label in files
        if not path.is_file()
    ]
    if missing:
        raise DataError(missing)
    return files


def _file_cells(path: Path, label: str) -> tuple[list[str], Cells]:
    if workbook.is_workbook(path):
        sheet = workbook.read_workbook(path, label)
        if any(problem.level == "error" for problem in sheet.problems):
            raise DataError(sheet.problems)
        return list(sheet.columns), [cells for _, cells in sheet.rows]
    if parquet.is_parquet(path):
        return _parquet_cells(path)
    line = 1
    try:
        found = []
        for line, cells in records(path):
            found.append(cells)
            if len(cells) != len(found[0]):
                what = f"{len(cells)} cells where the header has {len(found[0])}"
                raise DataError(
                    [Problem(label, line, "1", f"{what}; correct the commas or quotes")]
                )
    except UnicodeDecodeError:
        raise DataError([Problem(label, line, "1", "not UTF-8; save the file as UTF-8")]) from None
    except csv.Error as error:
        raise DataError([Problem(label, error.args[1], "1", error.args[0])]) from None
    if not found:
        raise DataError([Problem(label, 1, "1", "an empty file; write the header and the rows")])
    return [name.strip() for name in found[0]], found[1:]


def _parquet_cells(path: Path) -> tuple[list[str], Cells]:
    import duckdb

    with duckdb.connect() as con:
        found = con.execute(f"select * from {parquet.source(con, path)}", {"path": exactly(path)})
        names = [column[0] for column in found.description or ()]
        rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]
    return names, rows


def _built_cells(built: Built) -> tuple[list[str], Cells]:
    """Make the coding sheet from built tables; columns that few datasets need only if filled."""
    built.need(coding_sheet.SHEET_TABLES)
    extra = extra_columns(built.dataset)
    found = built.con.cursor().execute(coding_sheet.statement(extra))
    names = [column[0] for column in found.description or ()]
    rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]
    usual = {"home": built.dataset["home"], "row_status": "attested"}
    kept = [
        place
        for place, name in enumerate(names)
        if not (name in CODING_SHEET.by_name and CODING_SHEET.by_name[name].optional)
        or any(row[place] not in {"", usual.get(name, "")} for row in rows)
    ]
    return [names[place] for place in kept], [[row[place] for place in kept] for row in rows]
