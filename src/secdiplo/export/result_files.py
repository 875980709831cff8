"""One result as a file with types and labels: the rows of a query, table or panel."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.export import rdata, stata, workbook
from secdiplo.export.contents import Code, Contents, code_lists
from secdiplo.files import written_whole
from secdiplo.output.render import check_names, text
from secdiplo.schema.tables import Column, Table

if TYPE_CHECKING:
    import pyarrow

    from secdiplo.query import ResultColumn
    from secdiplo.store import Built

MAX_R_INTEGER = 2**31 - 1
MAX_WHOLE_DOUBLE = 2**53  # up to which every whole number is one of floating point


@dataclass(frozen=True)
class ResultContents(Contents):
    """A result, as the writers of exports take the tables of a dataset.

    Attributes
    ----------
    cells : sequence of tuple
        Its rows.
    """

    cells: Sequence[tuple[Any, ...]] = field(default=())

    def count(self, name: str) -> int:
        """Return the number of rows."""
        return len(self.cells)

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        """Return the rows in their order."""
        return iter(self.cells)


def write(
    built: Built,
    target: Path,
    rows: pyarrow.Table,
    columns: Mapping[str, Column | ResultColumn],
) -> list[str]:
    """Write a result whole, or not at all.

    Parameters
    ----------
    built : Built
        The tables that it comes from.
    target : Path
        Ends in .parquet, .xlsx, .dta or .rds; replaced if it exists.
    rows : pyarrow.Table
        Its metadata describe the result, as those of `secdiplo.query.frames` do.
    columns : mapping
        What is known of its columns, by their names.

    Returns
    -------
    list of str
        What had to be changed, such as names that Stata does not allow.

    Raises
    ------
    UsageError
        Two columns have the same name.
    SecdiploError
        The format cannot contain the rows, or its library is not installed.
    """
    check_names(rows.column_names)
    about = {key.decode(): value.decode() for key, value in (rows.schema.metadata or {}).items()}
    ending = target.suffix.lower()
    with written_whole(target) as fresh:
        if ending == ".parquet":
            _write_parquet(fresh, rows, columns, about)
        else:
            return _write_typed(built, fresh, ending, rows, columns, about)
    return []


def _write_parquet(
    file: Path,
    rows: pyarrow.Table,
    columns: Mapping[str, Column | ResultColumn],
    about: Mapping[str, str],
) -> None:
    """Write Parquet; the meaning and unit of a column are metadata of its field."""
    import pyarrow
    import pyarrow.parquet

    arrays, fields = [], []
    for name, array in zip(rows.column_names, rows.columns, strict=True):
        plain = array
        if pyarrow.types.is_decimal(array.type):
            cells = _cells(array)
            plain = pyarrow.array(cells, None if any(c is not None for c in cells) else "float64")
        known = columns.get(name)
        notes = {"description": known.meaning, "unit": known.unit} if known else {}
        arrays.append(plain)
        filled = {key: value for key, value in notes.items() if value}
        fields.append(pyarrow.field(name, plain.type, metadata=filled))
    metadata = {f"secdiplo:{key}": value for key, value in about.items()}
    table = pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields, metadata=metadata))
    pyarrow.parquet.write_table(table, file, compression="zstd")


def _write_typed(
    built: Built,
    file: Path,
    ending: str,
    rows: pyarrow.Table,
    columns: Mapping[str, Column | ResultColumn],
    about: Mapping[str, str],
) -> list[str]:
    """Write a file for Stata, R or Excel with the writers of the exports."""
    name = about.get("query") or about.get("table") or "rows"
    declared, cells = [], []
    for column, array in zip(rows.column_names, rows.columns, strict=True):
        kind, typed = _typed(array, finite=ending != ".rds")
        declared.append(_declared(column, kind, columns.get(column)))
        cells.append(typed)
    table = Table(
        name,
        about.get("grain", "One row of the result of a statement."),
        (),
        tuple(declared),
        unit=about.get("unit", ""),
    )
    lists: dict[str, dict[str, Code]] = code_lists(built)
    contents = ResultContents(
        built, None, {name: table}, lists, cells=list(zip(*cells, strict=True))
    )
    if ending == ".rds":
        rdata.rds_file(contents, name, file)
    elif ending == ".xlsx":
        workbook.xlsx_file(contents, name, file, _described(contents, table, about))
    else:
        renamed = stata.dta_file(contents, name, file)
        return [f"column {ours} is named {theirs} in Stata" for _, ours, theirs in renamed]
    return []


def _declared(name: str, kind: str, known: Column | ResultColumn | None) -> Column:
    """Return the declaration of a column of a result."""
    if isinstance(known, Column):
        return replace(known, kind=kind) if known.kind == "integer" else known  # kind may be wider
    if known is None:
        return Column(name, kind, "")
    return Column(name, kind, known.meaning, unit=known.unit)


def _described(contents: Contents, table: Table, about: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what the second sheet of a workbook tells: the result, and its columns."""
    lines = [("dataset", contents.label), *about.items()]
    lines += [("licence", str(contents.built.dataset["licence"] or ""))]
    for column in table.columns:
        unit = f" Unit: {column.unit}." if column.unit else ""
        lines.append((f"column {column.name}", f"{column.meaning}{unit}".strip()))
    return [(key, value) for key, value in dict(lines).items() if value]


# --- cells ----------------------------------------------------------------------------------


def _cells(array: Any) -> list[Any]:
    """Return the cells of a column; decimals as whole numbers or numbers of floating point."""
    import pyarrow

    cells: list[Any] = array.to_pylist()
    if not pyarrow.types.is_decimal(array.type):
        return cells
    if all(cell is None or cell == int(cell) for cell in cells):
        return [None if cell is None else int(cell) for cell in cells]
    return [None if cell is None else float(cell) for cell in cells]


def _typed(array: Any, *, finite: bool) -> tuple[str, list[Any]]:
    """Return the kind of a column, and its cells as values of that kind.

    Whole numbers that are too large for a type become the next larger one: a number of floating
    point, then text. Where `finite`, numbers that are not are blank.
    """
    import pyarrow

    types, cells = pyarrow.types, _cells(array)
    filled = [cell for cell in cells if cell is not None]
    if types.is_boolean(array.type):
        return "boolean", cells
    if filled and all(isinstance(cell, int) for cell in filled):
        most = max(map(abs, filled))
        if most <= MAX_R_INTEGER:
            return "integer", cells
        if most <= MAX_WHOLE_DOUBLE:
            return "number", [None if cell is None else float(cell) for cell in cells]
    elif types.is_integer(array.type):
        return "integer", cells
    elif types.is_floating(array.type) or types.is_decimal(array.type):
        return "number", [_number(cell, finite) for cell in cells]
    elif types.is_date(array.type):
        return "date", cells
    elif types.is_timestamp(array.type) and all(_is_day(cell) for cell in filled):
        return "date", [None if cell is None else cell.date() for cell in cells]
    return "text", [cell if cell is None or isinstance(cell, str) else text(cell) for cell in cells]


def _number(cell: float | None, finite: bool) -> float | None:
    if cell is None or (finite and not abs(cell) < MAX_NUMBER):
        return None
    return cell


MAX_NUMBER = 8.9e307  # of Stata; no comparison with what is not a number is true


def _is_day(cell: datetime.datetime) -> bool:
    """Whether a time is midnight without a time zone, and so a day."""
    return cell.tzinfo is None and cell.time() == datetime.time()
