"""Everything that a dataset's tables give, as files: every query, every figure, every claim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo import figures
from secdiplo import query as queries
from secdiplo.audit import intervals
from secdiplo.claims.reproduce import RESULT_COLUMNS, reproduce
from secdiplo.errors import UsageError
from secdiplo.export.columnar import write_csv

if TYPE_CHECKING:
    from secdiplo.store import Built

REPRODUCED = "reproduce.csv"
DRAWN = "svg"  # the quickest to draw, and sharp at any size


def write(built: Built, folder: Path) -> list[str]:
    """Compute all results of open tables anew.

    Parameters
    ----------
    built : Built
    folder : Path
        Gets ``reproduce.csv``, ``queries/<query>.csv`` and ``figures/<figure>.svg``.

    Returns
    -------
    list of str
        The queries and figures that the dataset has nothing for, and what each lacks.
    """
    (folder / "queries").mkdir(parents=True)
    findings = reproduce(built, intervals.stored_or_computed(built))
    write_csv(folder / REPRODUCED, RESULT_COLUMNS, [finding.row() for finding in findings])
    without = []
    for name in queries.names(built.dataset):
        try:
            result = queries.run(built, name, {})
        except UsageError as error:  # the session that the query takes by default is another's
            without.append(f"query `{name}`: {error}")
            continue
        write_csv(folder / "queries" / f"{name}.csv", result.columns, result.rows)
    _, lacking = figures.draw_all(built, folder / "figures", DRAWN)
    return without + lacking
