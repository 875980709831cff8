"""Figures that a dataset folder brings: checked against the queries that they are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from secdiplo import query as queries
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.figures.catalogue import FIGURE_KINDS, FIGURES
from secdiplo.folder import reading
from secdiplo.store.opening import declared_settings
from secdiplo.suggest import suggest


def problems(path: Path | str) -> list[Problem]:
    """Find figures of a dataset folder that their queries cannot be drawn as.

    Parameters
    ----------
    path : path
        The dataset folder.

    Returns
    -------
    list of Problem
        Columns that a figure needs and its query does not have, and unknown parameters. Nothing
        where the settings or a query have problems of their own, which others report.
    """
    try:
        folder = reading.read(path)
        dataset = declared_settings(path)
    except DataError:
        return []
    found: list[Problem] = []
    for settings in folder.figures:
        if settings["name"] not in FIGURES:
            found += _of_figure(folder, settings, dataset)
    return found


def _of_figure(
    folder: reading.Folder, settings: Mapping[str, Any], dataset: Mapping[str, Any]
) -> Iterator[Problem]:
    try:
        query = queries.load(settings["query"], dataset)
    except UsageError:
        return

    def at(key: str, what: str) -> Problem:
        dotted = f"figures.{settings['name']}.{key}"
        return Problem("dataset.toml", folder.line_of(dotted), dotted, what)

    known = [column.name for column in query.columns]
    kind = FIGURE_KINDS[settings["kind"]]
    if missing := [name for name in kind.columns if name not in known]:
        what = f"the query `{query.name}` has no column {', '.join(missing)}; name another query"
        yield at("query", what)
    column = settings.get("colour_by")
    if column and column not in known:
        what = f"the query `{query.name}` has no column `{column}`; {suggest(column, known)}"
        yield at("colour_by", what)
    params = sorted({param.name for param in query.params}.union(kind.reads))
    for name in settings.get("parameters", {}):
        if name not in params:
            what = f"the query `{query.name}` has no parameter `{name}`; {suggest(name, params)}"
            yield at(f"parameters.{name}", what)
