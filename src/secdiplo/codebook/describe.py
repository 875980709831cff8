"""What one query, table or figure is, as text for a terminal or a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from secdiplo import query as packaged
from secdiplo.errors import UsageError
from secdiplo.figures.catalogue import Spec, available
from secdiplo.output.render import folded
from secdiplo.output.screen import prose_width
from secdiplo.query.filters import NOT
from secdiplo.schema.plain_values import plain_text
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.engine.frames import ResultFrame
    from secdiplo.query import Query
    from secdiplo.query.params import Param
    from secdiplo.schema.tables import Table
    from secdiplo.store import Built


def text_of(built: Built, name: str) -> str:
    """Describe a query, table or figure of a dataset: `Dataset.describe`.

    Raises
    ------
    UsageError
        Nothing has that name.
    """
    name, dataset, found = plain_text(name), built.dataset, []
    if name in packaged.names(dataset):
        query = packaged.load(name, dataset)
        found.append(query_text(query, packaged.source_of(query, dataset)) + _example(query))
    if name in built.tables:
        found.append(_table_text(built.tables[name]))
    drawn = available(dataset)
    if name in drawn:
        found.append(_figure_text(built, drawn[name]))
    if not found:
        known = [*packaged.names(dataset), *built.tables, *drawn]
        raise UsageError(f"no query, table or figure `{name}`; {suggest(name, known)}")
    return "\n\n".join(found)


def tables(built: Built) -> ResultFrame:
    """List the tables of a dataset: `Dataset.tables`."""
    counts = built.manifest["tables"]
    rows = [(name, counts[name]["rows"], t.unit, t.grain) for name, t in built.tables.items()]
    return _listed(built, ("table", "rows", "unit", "grain"), rows)


def queries(built: Built) -> ResultFrame:
    """List the queries that a dataset can be asked: `Dataset.queries`."""
    found = [packaged.load(name, built.dataset) for name in packaged.names(built.dataset)]
    rows = [
        (query.name, query.title, query.unit, query.grain, _names(query.own_params))
        for query in found
    ]
    return _listed(built, ("query", "title", "unit", "grain", "parameters"), rows)


def figures(built: Built) -> ResultFrame:
    """List the figures that can be drawn of a dataset: `Dataset.figures`."""
    rows = [
        (spec.name, spec.paper, spec.about, ", ".join(name for name, _ in spec.queries))
        for spec in available(built.dataset).values()
    ]
    return _listed(built, ("figure", "paper", "about", "queries"), rows)


def _names(params: Iterable[Param]) -> str:
    return ", ".join(param.name for param in params)


def _listed(built: Built, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> ResultFrame:
    import pandas as pd

    from secdiplo.engine.frames import described

    frame = pd.DataFrame(rows, columns=list(columns)).set_index(columns[0])
    return described(frame, {"dataset": f"{built.dataset['name']} {built.dataset['version']}"})


def query_text(query: Query, source: str) -> str:
    """Describe a query: what it counts, its columns, parameters and filters."""
    lines = [textwrap.fill(f"{query.name}: {query.title}", prose_width()), ""]
    lines += [textwrap.fill(query.grain, prose_width())]
    lines += [f"Unit: {query.unit}"]
    lines += [textwrap.fill(f"After: {source}", prose_width())] if source else []
    if query.note:
        lines += ["", textwrap.fill(query.note, prose_width())]
    lines += ["", "Columns:"]
    for column in query.columns:
        unit = f" ({column.unit})" if column.unit else ""
        lines.append(folded(f"{column.name}{unit}  {column.meaning}"))
    if query.own_params:
        lines += ["", "Parameters (-p name=value, or name=value in Python):"]
        lines += _params(query.own_params)
    if query.filters:
        names = [p.name for p in query.accepted if p not in query.own_params]
        listed = ", ".join(name for name in names if not name.startswith(NOT))
        lines += [
            "",
            textwrap.fill(f"Filters (--name value, or name=value): {listed}.", prose_width()),
        ]
    return "\n".join(lines)


def _params(params: Iterable[Param]) -> list[str]:
    lines = []
    for param in params:
        choices = f" One of {', '.join(param.choices)}." if param.choices else ""
        choices += f" Codes of the list `{param.codes}`." if param.codes else ""
        value = {"dataset": "that of the dataset"}.get(param.default, param.default.strip("'"))
        default = "" if param.default == "null" else f" Default: {value}."
        lines.append(folded(f"{param.name}  {param.meaning}{choices}{default}"))
    return lines


def _example(query: Query) -> str:
    """Return an example call in Python and on the command line."""
    given, option = ('start="2024"', "--start 2024") if query.filters else ("", "")
    call = f'ds.query("{query.name}"{", " * bool(given)}{given})'
    return f"\n\nExample:\n  {call}\n  secdiplo query {query.name} {option}".rstrip()


def _table_text(table: Table) -> str:
    """Describe a table: what one row is, its key and its columns."""
    lines = [f"{table.name}: a table", "", textwrap.fill(table.grain, prose_width())]
    lines += [f"Unit: {table.unit}", f"Key: {', '.join(table.key)}", "", "Columns:"]
    for column in table.columns:
        unit = f" ({column.unit})" if column.unit else ""
        lines.append(folded(f"{column.name}{unit}  {column.meaning}"))
    lines += ["", "Example:", f'  ds["{table.name}"]']
    return "\n".join(lines)


def _figure_text(built: Built, spec: Spec) -> str:
    """Describe a figure: what it shows, and the queries whose parameters it takes."""
    lines = [f"{spec.name}: a figure", "", textwrap.fill(spec.about, prose_width())]
    lines += [f"In the paper: {spec.paper}"] if spec.paper else []
    names = [name for name, _ in spec.queries]
    if names:
        lines += [textwrap.fill(f"Drawn from: {', '.join(names)}", prose_width())]
        params = {
            p.name: p for name in names for p in packaged.load(name, built.dataset).own_params
        }
        if params:
            lines += ["", "Parameters:", *_params(params.values())]
    lines += ["", "Example:", f'  ds.plot("{spec.name}")']
    return "\n".join(lines)
