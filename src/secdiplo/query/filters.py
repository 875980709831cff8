"""Filters that every query of participations takes: a clause is added only if a value is given.

A part of a query declares a filter in its header and marks where its condition belongs::

    -- filter: country (list): The countries met, by ISO 3166-1 alpha-3 code or name.
    ...
    where
        true
        -- filter country: list_contains($country, i.counterpart)

A list has a second filter, ``not_country``, for the rows to leave out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError
from secdiplo.query.params import Param
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.store import Built

SELECTING = ("scope", "start", "end", "confidence")
"""Parameters that select rows as filters do, but always have a value."""
NOT = "not_"
_DECLARED = re.compile(r"(\w+) \((list|count|varchar)(, dataset)?\): (.+)")
_CLAUSE = re.compile(r"^( *)-- filter (\w+): (.+)$", re.MULTILINE)


def declared(part: str, head: Mapping[str, Sequence[str]]) -> dict[str, Param]:
    """Return the filters that the header of a part declares, by name.

    Raises
    ------
    UsageError
        A filter is not declared as `name (list): meaning`.
    """
    filters = {}
    for line in head.get("filter", []):
        found = _DECLARED.fullmatch(line)
        if not found:
            raise UsageError(f"{part}.sql: filter `{line}`; write `name (list): meaning`")
        name, kind, default, meaning = found.groups()
        filters[name] = Param(name, kind, "dataset" if default else "null", (), meaning)
        if kind == "list":
            left_out = f"The same, but to leave out: see `{name}`."
            filters[NOT + name] = Param(NOT + name, kind, "null", (), left_out)
    return filters


def with_clauses(sql: str, values: Mapping[str, Any], own: Sequence[str] = ()) -> str:
    r"""Return a statement with the conditions of the filters that have a value, and no others.

    Parameters
    ----------
    sql : str
        The statement, in which comments mark the conditions.
    values : mapping of str to object
        The value of each filter; None if it is not given.
    own : sequence of str
        Parameters of the query that have the name of a filter and replace it.

    Examples
    --------
    >>> text = "where true\n    -- filter home: list_contains($home, e.home)"
    >>> print(with_clauses(text, {"not_home": ("CHN",)}))
    where true
        and coalesce(not list_contains($not_home, e.home), true)
    """

    def clauses(found: re.Match[str]) -> str:
        indent, name, condition = found.groups()
        lines = []
        if name not in own and values.get(name) is not None:
            lines.append(f"{indent}and {condition}")
        if values.get(NOT + name) is not None:
            other = condition.replace(f"${name}", f"${NOT}{name}")
            lines.append(f"{indent}and coalesce(not {other}, true)")
        return "\n".join(lines)

    return _CLAUSE.sub(clauses, sql)


LISTED = {
    "home": ("events", "select distinct home from events"),
    "agency": ("codes", "select code from codes where list = 'agency'"),
    "official": ("officials", "select distinct official from officials"),
    "official_rank": ("codes", "select code from codes where list = 'official_rank'"),
    "format": ("codes", "select code from codes where list = 'format'"),
    "mode": ("codes", "select code from codes where list = 'mode'"),
    "forum": ("forums", "select forum_id from forums union select series from forums"),
    "country": ("countries", "select iso3 from countries"),
    "region": (
        "country_regions",
        "select distinct region from country_regions where scheme = $scheme",
    ),
    "topic": (
        "codes interaction_topics",
        "select code from codes where list = 'topic' union select topic from interaction_topics",
    ),
}
"""The tables that have the values of a filter, and the statement that lists them."""


def checked(built: Built, values: Mapping[str, Any], filters: Sequence[Param]) -> dict[str, Any]:
    """Return the values of parameters, with each list as codes that the dataset has.

    Parameters
    ----------
    built : Built
    values : mapping of str to object
        The value of each parameter. One text may name several codes, separated by commas.
    filters : sequence of Param

    Raises
    ------
    UsageError
        The dataset does not have a value.
    """
    found = dict(values)
    by_region = any(found.get(name) is not None for name in ("region", "not_region"))
    if not by_region and "scheme" in {param.name for param in filters}:
        found["scheme"] = None  # a region scheme selects nothing
    for name in (param.name for param in filters if param.type == "list"):
        if found.get(name) is None:
            continue
        listed = name.removeprefix(NOT)
        tables, sql = LISTED[listed]
        built.need(tables.split())
        asked = {"scheme": values["scheme"]} if "$scheme" in sql else {}
        known = sorted(row[0] for row in built.con.cursor().execute(sql, asked).fetchall())
        items = [item for text in found[name] for item in _items(listed, text, known)]
        coded = {item if item in known else _code(listed, item, known) for item in items}
        found[name] = tuple(sorted(coded))
    return found


def _items(name: str, text: str, known: Sequence[str]) -> list[str]:
    """Split a text at its commas, unless it is one value that has some, as names have."""
    whole = text in known or name == "official"
    return [text] if whole else [item.strip() for item in text.split(",")]


def _code(name: str, item: str, known: Sequence[str]) -> str:
    """Return the code of a country by its name; nothing else has other names."""
    unknown = f"unknown {name} `{item}`"
    if name in {"country", "home"}:
        from secdiplo import countries

        country = countries.find(item)
        if isinstance(country, countries.Country):
            if country.iso3 in known:
                return country.iso3
            unknown += f" ({country.iso3})"
    raise UsageError(f"{unknown}; {suggest(item, known)}")
