"""Pandera models of frames, made from the declarations of tables and sheets.

A built table has typed columns: text, whole numbers, numbers, days, true or false. How pandas
stores them does not matter: NumPy, Arrow, nullable and categorical columns give the same verdicts.
A sheet has cells of text.
"""

from __future__ import annotations

import datetime
import math
import numbers
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pandas as pd

from secdiplo.errors import UsageError
from secdiplo.schema.cell_messages import ASKED
from secdiplo.schema.cell_rules import CodeLists, broken_limit, cell_rule, closed_codes
from secdiplo.schema.declarations import Column, Table
from secdiplo.schema.pandera_import import pa

MAX_CODES_NAMED = 12


def model(table: Table | str, codes: CodeLists | None = None) -> pa.DataFrameSchema:
    """Return the Pandera model of a table, which checks a pandas DataFrame.

    Parameters
    ----------
    table : Table or str
        The name of a table or sheet of the toolkit, or a declaration.
    codes : mapping, optional
        The code lists of a dataset (agencies, ranks, countries, topics); without them only the
        lists of the toolkit are checked. `Dataset.model` fills them in.

    Returns
    -------
    pandera.DataFrameSchema
        Its ``validate`` checks the types of the columns, required cells, codes and the key. Of a
        sheet that is no table, such as ``interactions_sheet``, it expects cells of text. Tables of
        Polars and Arrow are given as ``frame.to_pandas()``.

    Raises
    ------
    UsageError
        There is no table of that name.

    Examples
    --------
    >>> list(model("event_sources").columns)
    ['event_id', 'source_id', 'role']
    """
    from secdiplo.schema.tables import SHEETS, TABLES
    from secdiplo.suggest import suggest

    if isinstance(table, str):
        known = {**TABLES, **SHEETS}
        if table not in known:
            raise UsageError(f"no table `{table}`; {suggest(table, list(known))}")
        table = known[table]
    only_sheet = table.name in SHEETS and table.name not in TABLES
    return (sheet_model if only_sheet else built_model)(table, codes or {})


def column_facts(column: Column) -> dict[str, Any]:
    """Return what a declaration says of a column beside its name and meaning: Pandera metadata."""
    return {
        field.name: getattr(column, field.name)
        for field in fields(column)
        if field.name not in {"name", "meaning"}
    }


def _asked(column: Column, codes: CodeLists) -> str:
    """What the cells of a column must be, in words: the error of its check."""
    closed = closed_codes(column, codes)
    asked = ASKED[column.kind]
    if closed is not None and len(closed) <= MAX_CODES_NAMED:
        asked += f" of {', '.join(closed)}"
    elif closed is not None:
        asked += f" of the list {column.codes}"
    limits = (f"{name} {limit}" for name, limit in column.limits if name != "unique")
    return "; ".join([asked, *limits])


def _verdicts(values: pd.Series[Any], rule: Callable[[Any], str | None]) -> pd.Series[Any]:
    """Return the verdict of a rule on every value; a value that is missing is given as None."""
    known: dict[Any, str | None] = {}
    found = []
    for value, missing in zip(values.tolist(), values.isna().tolist(), strict=True):
        given = None if missing else value
        try:  # cells of one event repeat: each different one is checked once
            key = type(given), given
            if key not in known:
                known[key] = rule(given)
            found.append(known[key])
        except TypeError:  # a list or mapping has no hash
            found.append(rule(given))
    return pd.Series(found, index=values.index, dtype="object")


# --- sheets: cells of text ------------------------------------------------------------------


def verdicts(column: Column, cells: pd.Series[Any], codes: CodeLists) -> pd.Series[Any]:
    """Return the first verdict on every cell of a sheet, missing where it is fine.

    Parameters
    ----------
    column : Column
        The declaration.
    cells : Series of str or missing
        The trimmed cells; a blank is missing or an empty text.
    codes : mapping
        The dataset's code lists.

    Returns
    -------
    Series of str
        Aligned with `cells`. Beside the verdicts of `cell_rules` there is ``type``: not text.
    """
    rule = cell_rule(column, codes)

    def verdict(value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return rule(value or None)
        return "type"

    return _verdicts(cells, verdict)


def sheet_column(column: Column, codes: CodeLists) -> pa.Column:
    """Return the Pandera column of a column of a sheet."""
    check = pa.Check(
        lambda cells: verdicts(column, cells, codes).isna(),
        name=column.kind,
        error=_asked(column, codes) + (", never blank" if column.required else ""),
        ignore_na=False,
    )
    return pa.Column(
        None,
        check,
        nullable=True,  # the check knows which blanks are errors
        required=not column.optional,
        title=column.name,
        description=column.meaning,
        metadata=column_facts(column),
        name=column.name,
    )


def sheet_model(
    table: Table, codes: CodeLists | None = None, *, imputed: bool = False
) -> pa.DataFrameSchema:
    """Return the Pandera model of a sheet: cells of text, blanks missing.

    Parameters
    ----------
    table : Table
        The declaration of a sheet, or of a table that is read from one.
    codes : mapping, optional
        The dataset's code lists.
    imputed : bool
        Whether the rows are imputed ones, which have some rules of their own.

    Returns
    -------
    pandera.DataFrameSchema
    """
    declared = table.of_imputed if imputed else table
    columns = {column.name: sheet_column(column, codes or {}) for column in declared.sheet_columns}
    return pa.DataFrameSchema(
        columns,
        unique=list(table.key) if set(table.key) <= set(columns) else None,
        name=table.name,
        description=table.grain,
    )


# --- built tables: typed columns ------------------------------------------------------------


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _day(value: Any) -> str | None:
    if isinstance(value, datetime.datetime):  # also a pandas Timestamp
        midnight = value.time() == datetime.time() and not getattr(value, "nanosecond", 0)
        return value.date().isoformat() if midnight else None
    return value.isoformat() if isinstance(value, datetime.date) else None


def _number(value: Any) -> str | None:
    is_number = isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool)
    return repr(float(value)) if is_number and math.isfinite(value) else None


def _whole(value: Any) -> str | None:
    return str(int(value)) if _number(value) and value == int(value) else None


def _flag(value: Any) -> str | None:
    return str(value).lower() if str(value) in {"True", "False"} and value in (0, 1) else None


CELL_OF: Mapping[str, Callable[[Any], str | None]] = {
    "VARCHAR": _text,
    "DATE": _day,
    "INTEGER": _whole,
    "DOUBLE": _number,
    "BOOLEAN": _flag,
}
"""By the type of a column: a value as the cell of a sheet has it, None if it has another type."""


def _typed_rule(column: Column, codes: CodeLists) -> Callable[[Any], str | None]:
    """Return the rule for the values of a built column: its type, then the rules of its cells."""
    rule, cell_of = cell_rule(column, codes), CELL_OF[column.sql_type]

    def verdict(value: Any) -> str | None:
        if value is None:
            return None
        cell = cell_of(value)
        if cell is None:
            return "type"
        # A number may have more digits than a person writes into a sheet.
        return broken_limit(column, cell) if column.kind == "number" else rule(cell)

    return verdict


def built_column(column: Column, codes: CodeLists) -> pa.Column:
    """Return the Pandera column of a column of a built table."""
    rule = _typed_rule(column, codes)
    checks = [
        pa.Check(
            lambda values: _verdicts(values, rule).isna(),
            name=column.kind,
            error=_asked(column, codes),
        )
    ]
    if dict(column.limits).get("unique"):
        checks.append(
            pa.Check(
                lambda values: ~values.duplicated(keep=False),
                name="unique",
                error=f"a {column.name} of its own in each row",
            )
        )
    return pa.Column(
        None,
        checks,
        nullable=not column.required,
        title=column.name,
        description=column.meaning,
        metadata=column_facts(column),
        name=column.name,
    )


def built_model(table: Table, codes: CodeLists) -> pa.DataFrameSchema:
    """Return the Pandera model of a built table: typed columns and unique keys."""
    return pa.DataFrameSchema(
        {column.name: built_column(column, codes) for column in table.columns},
        checks=list(_unique_checks(table)),
        unique=list(table.key),
        name=table.name,
        description=table.grain,
    )


def _unique_checks(table: Table) -> Iterable[pa.Check]:
    """Yield a check for each further set of columns that no two rows share."""
    for names in table.unique:

        def is_unique(frame: pd.DataFrame, names: tuple[str, ...] = names) -> pd.Series[Any]:
            return frame[names[0]].isna() | ~frame.duplicated(list(names), keep=False)

        yield pa.Check(
            is_unique, name="unique", error=f"no two rows with the same {', '.join(names)}"
        )
