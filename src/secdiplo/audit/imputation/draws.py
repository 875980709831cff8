"""Queries over the draws of an imputation: the minimum and maximum of every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from secdiplo import query as queries
from secdiplo import store
from secdiplo.errors import UsageError
from secdiplo.store.opening import declared_settings

RECORD = "imputation.json"
DRAWS = "draws"


def over_draws(
    folder: Path | str, name: str, given: Mapping[str, Any]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]], int]:
    """Run a query on every draw of an imputation.

    Parameters
    ----------
    folder : path
        What `secdiplo.audit.imputation.writing.impute` wrote, with draws.
    name : str
        A packaged query.
    given : mapping
        Its parameters.

    Returns
    -------
    (tuple of str, list of tuple, int)
        Columns, rows and the number of draws. Columns without a unit identify a row; every other
        one becomes ``<column>_lower`` and ``<column>_upper``. A count is 0 in a draw that has no
        such row.

    Raises
    ------
    UsageError
        There are no draws; or an unknown query, parameter or value.
    """
    folders = sorted(path.parent for path in (Path(folder) / DRAWS).glob(f"*/{RECORD}"))
    if not folders:
        raise UsageError(f"{folder}: no draws here; make some with `secdiplo impute --draws`")
    query = queries.load(name, declared_settings(folders[0]))
    names = [column.name for column in query.columns if not column.unit]
    numbers = [column for column in query.columns if column.unit]
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for place, path in enumerate(folders):
        built, _ = store.open_folder(path)
        result = queries.run(built, name, given)
        for row in result.rows:
            cells = dict(zip(result.columns, row, strict=True))
            key = tuple(cells[column] for column in names)
            found.setdefault(key, [{} for _ in folders])[place] = cells
    columns = [*names, *(f"{n.name}_{end}" for n in numbers for end in ("lower", "upper"))]
    rows = [
        (*key, *(end for number in numbers for end in _ends(number, draws)))
        for key, draws in found.items()
    ]
    return tuple(columns), rows, len(folders)


def _ends(column: queries.ResultColumn, draws: Sequence[Mapping[str, Any]]) -> tuple[Any, Any]:
    """Return the minimum and maximum; None where a draw has no value and 0 is not one."""
    counted = column.unit not in {"percent", "rank", "year"}
    values = [draw.get(column.name, 0 if counted else None) for draw in draws]
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if known else (None, None)
