"""Values and columns of NumPy, pandas, Polars and Arrow as plain Python values.

Parameters, codes and days are given as any of these. None of the libraries is imported: a value
is known by what it can do.
"""

from __future__ import annotations

import datetime
import operator
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from secdiplo.errors import UsageError

MISSING_TYPES = {"NAType", "NaTType"}  # of pandas
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?")  # as NumPy writes a day


def plain(value: Any) -> Any:
    """Return one value as plain Python has it.

    Parameters
    ----------
    value : object
        A value, or a scalar of another library.

    Returns
    -------
    object
        None for a missing value (NaN, ``pd.NA``, ``pd.NaT``, a null of Arrow), a whole number for
        a number without decimals, a date for a midnight; else the value.

    Examples
    --------
    >>> from decimal import Decimal
    >>> plain(2024.0), plain(Decimal("3.50")), plain(float("nan"))
    (2024, Decimal('3.50'), None)
    >>> plain(datetime.datetime(2024, 9, 7))
    datetime.date(2024, 9, 7)
    """
    if hasattr(value, "as_py"):  # of Arrow
        value = value.as_py()
    elif getattr(value, "ndim", None) == 0 and hasattr(value, "dtype"):  # of NumPy
        value = _moment(str(value)) if value.dtype.kind in "mM" else value.item()
    if value is None or type(value).__name__ in MISSING_TYPES:
        return None
    if isinstance(value, float | Decimal):
        if value != value:  # noqa: PLR0124
            return None
        return int(value) if _is_whole(value) else value
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date()
    return value


def _moment(text: str) -> str | None:
    """Return a moment of NumPy as text, without the midnight of a day."""
    found = _MIDNIGHT.fullmatch(text)
    return None if text == "NaT" else found[1] if found else text


def _is_whole(value: float | Decimal) -> bool:
    try:
        return value == int(value)
    except (OverflowError, ValueError):  # infinite
        return False


def is_integer(value: Any) -> bool:
    """Whether something is an integer of Python or NumPy; ``2.0`` and ``True`` are not.

    Examples
    --------
    >>> is_integer(2), is_integer(2.0), is_integer(True), is_integer("2")
    (True, False, False, False)
    """
    try:
        operator.index(value)
    except TypeError:
        return False
    return not isinstance(value, bool)


def plain_text(value: Any) -> str:
    """Return one value as trimmed text; a missing one as an empty text.

    Examples
    --------
    >>> plain_text(255.0), plain_text(None), plain_text(" Peru ")
    ('255', '', 'Peru')
    """
    if type(value) is str:
        return value.strip()
    given = plain(value)
    return "" if given is None else str(given).strip()


def is_single(value: Any) -> bool:
    """Whether something is one value, and not a list or column of some.

    Examples
    --------
    >>> is_single("KEN"), is_single(3), is_single(["KEN"])
    (True, True, False)
    """
    if isinstance(value, str | bytes) or hasattr(value, "as_py"):
        return True
    if hasattr(value, "columns"):  # a table
        return False
    return getattr(value, "ndim", None) == 0 or not isinstance(value, Iterable)


def column_of(name: str, values: Any) -> list[Any]:
    """Return the plain values of a list or column, or of one value.

    Parameters
    ----------
    name : str
        What messages call it.
    values : object
        One value, a list, or a column or array of another library.

    Raises
    ------
    UsageError
        It is a table, or its values are lists.

    Examples
    --------
    >>> column_of("country", ["KEN", None]), column_of("country", "KEN")
    (['KEN', None], ['KEN'])
    """
    if is_single(values):
        return [plain(values)]
    if hasattr(values, "columns") or getattr(values, "ndim", 1) > 1:
        raise UsageError(f"`{name}` is a table; give one column of it")
    found = [plain(value) for value in values]
    if not all(map(is_single, found)):
        raise UsageError(f"`{name}` has lists in it; give single values")
    return found


def pandas_frame(name: str, frame: Any) -> Any:
    """Return a table of pandas, Polars or Arrow as a DataFrame of pandas.

    Parameters
    ----------
    name : str
        What messages call it.
    frame : object

    Raises
    ------
    UsageError
        It is no table, or two of its columns have one name.
    """
    if not hasattr(frame, "columns"):
        raise UsageError(f"`{name}` is not a table; give a DataFrame")
    found = frame.to_pandas() if hasattr(frame, "to_pandas") else frame
    names = [str(column) for column in found.columns]
    for column in names:
        if names.count(column) > 1:
            raise UsageError(f"`{name}` has two columns `{column}`; rename one of them")
    return found
