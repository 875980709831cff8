"""Text and names as parts of a SQL statement, where no parameter can stand, and parameters."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def literal(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def exactly(path: Path | str) -> str:
    """A path as DuckDB reads it: of one file, whatever signs of a pattern its name has.

    Examples
    --------
    >>> exactly("rows [2].csv")
    'rows [[]2].csv'
    """
    return glob.escape(str(path))


def quoted(name: str) -> str:
    """A name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def bound(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a statement names: DuckDB refuses others.

    Examples
    --------
    >>> bound("select $day", {"day": "2024-05-01", "days": 7})
    {'day': '2024-05-01'}
    """
    return {name: values[name] for name in values if re.search(rf"\${name}\b", sql)}
