"""Write the typed values of a file as text: no needless decimals, ISO dates, blanks."""

from __future__ import annotations

import datetime
import decimal
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from secdiplo.errors import SecdiploError
from secdiplo.importer.readers.source import (
    FileNotices,
    Record,
    broken,
    clean,
    reason,
)


def plain(value: Any, path: Path, line: int, column: str) -> str:
    """Write a typed value as text.

    Parameters
    ----------
    value : object
        A value as a library reads it.
    path, line, column
        Where it is, for a problem.

    Returns
    -------
    str
        Blank for a missing value. A date is ISO 8601; a time in a zone has its offset, so that
        its date is that of the zone.

    Raises
    ------
    DataError
        The value is bytes that are no text.
    """
    if value is None or value != value:  # noqa: PLR0124 - as is every missing number or time
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "; ".join(plain(item, path, line, column) for item in value)
    if isinstance(value, decimal.Decimal):
        value = format(value, "f").rstrip("0").rstrip(".") if value % 1 else int(value)
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    elif isinstance(value, datetime.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        is_day = midnight and value.tzinfo is None
        value = value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    elif isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            raise broken(path, "bytes that are not text; store text", line, column) from None
    return str(value)


def plains(path: Path, line: int, names: list[str], values: tuple[Any, ...]) -> list[str]:
    """Write the values of a row as text."""
    return [plain(v, path, line, name) for v, name in zip(values, names, strict=True)]


def quiet(rows: Iterator[Any], refuse: type[Warning] | None = None) -> Iterator[Any]:
    """Iterate without a library's warnings, and without changing them for anybody else.

    A warning to refuse is raised.
    """
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if refuse:
                warnings.simplefilter("error", refuse)
            try:
                row = next(rows)
            except StopIteration:
                return
        yield row


def guarded(path: Path, name: str, records: Iterator[Record]) -> Iterator[Record]:
    """Iterate over what a library reads, and report what it raises on a damaged file."""
    try:
        yield from records
    except SecdiploError:
        raise
    except Exception as error:
        what = f"not readable as {name} ({reason(error)})"
        raise broken(path, f"{what}; it may be cut off: get it again") from None


def short(value: float) -> float:
    """Return a number of single precision as it is written: 2024.1, not 2024.0999755859375."""
    import numpy as np

    return float(str(np.float32(value)))


def clear_labels(
    sets: Mapping[str, Mapping[Any, str]], notices: FileNotices
) -> dict[str, dict[Any, str]]:
    """Return the labels of each column; those that are of two numbers are a notice.

    Parameters
    ----------
    sets : mapping
        Column -> number -> label.
    notices : FileNotices
        Where a column is noted whose labels do not tell its numbers apart.

    Returns
    -------
    dict
        The columns that are read as labels. The others are read as numbers.
    """
    clear = {}
    for column, labels in sets.items():
        texts = [clean(text) for text in labels.values()]
        twice = next((text for text in texts if texts.count(text) > 1), None)
        if twice is None:
            clear[column] = dict(zip(labels, texts, strict=True))
        else:
            what = f"`{twice}` is the label of two numbers, so the numbers are read; map them"
            notices.add(what, 1, column)
    return clear


def labelled(
    value: Any, labels: Mapping[Any, str], notices: FileNotices, line: int, column: str
) -> Any:
    """Return the label of a value, or the value itself if it has none."""
    if value is None or value != value or not labels:  # noqa: PLR0124 - missing
        return value
    if value not in labels:
        notices.count("has no label, as other numbers have", line, column, f"`{value:g}`")
        return value
    return labels[value]
