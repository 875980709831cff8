"""Counts to be bounded: a unit with conditions, or a grid of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

from secdiplo.audit.counts import CountSpec
from secdiplo.claims.claim_set import ClaimSet
from secdiplo.claims.domains import FORMATS, Domains
from secdiplo.claims.filters import ANOTHER, KEYS, Filter, parse
from secdiplo.errors import UsageError
from secdiplo.schema.plain_values import column_of
from secdiplo.suggest import suggest

BOUND_UNITS = ("event", "interaction", "agency_interaction", "bilateral_meeting", "country")
GRIDS = (
    "agency", "agencies", "official", "official_rank", "format", "counterpart_type", "region",
    "counterpart", "forum", "year",
)  # fmt: skip
MAX_CELLS = 2_000


def conditions(where: Mapping[str, object]) -> dict[str, str]:
    """Return conditions as text: numbers as such, lists separated by commas.

    Raises
    ------
    UsageError
        A value is none of these.
    """
    found = {}
    for name, value in where.items():
        items = column_of(name, value)
        if not items or not all(isinstance(i, str | int) for i in items):
            raise UsageError(f"`{name}` is restricted by a text or a list, not by `{value!r}`")
        found[str(name)] = ",".join(str(item) for item in items)
    return found


def count_spec(unit: str, where: Mapping[str, str], domains: Domains) -> CountSpec | None:
    """Return a count by its unit and conditions; None if its definition excludes everything.

    Raises
    ------
    UsageError
        An unknown unit, dimension or value.
    """
    if unit not in BOUND_UNITS:
        raise UsageError(f"unknown unit `{unit}`; {suggest(str(unit), BOUND_UNITS)}")
    if unit != "bilateral_meeting":
        return CountSpec(unit, parse(where, domains))
    found = parse(where, domains)
    formats = [f for f in FORMATS[:2] if _accepts(found, "format", f)]
    if not formats or not _accepts(found, "counterpart_type", "country"):
        return None
    more = {"format": "+".join(formats), "counterpart_type": "country"}
    return CountSpec("event", parse({**where, **more}, domains))


def _accepts(filter_: Filter, name: str, value: str) -> bool:
    condition = filter_.conditions.get(name)
    return condition is None or condition.accepts(value)


def grid_cells(
    claim_set: ClaimSet, where: Mapping[str, str], by: Sequence[str]
) -> list[dict[str, str]]:
    """Return the cells of a grid.

    Raises
    ------
    UsageError
        An unknown dimension, one that is also restricted, or too many cells.
    """
    for name in by:
        if name not in GRIDS:
            hint = suggest(name, GRIDS)
            raise UsageError(
                f"no grid by `{name}`; {hint}"
                if name not in KEYS
                else f"no grid by `{name}`; restrict it with --where"
            )
        if name in where:
            raise UsageError(f"`{name}` is both restricted and a dimension of the grid; drop one")
    if len(set(by)) < len(by):
        raise UsageError("a dimension is in the grid twice; drop one")
    values = [list(_values(claim_set, name)) for name in by]
    count = math.prod(len(listed) for listed in values)
    if count > MAX_CELLS:
        raise UsageError(f"a grid of {count:,} cells, more than {MAX_CELLS:,}; leave one out")
    return [dict(zip(by, cell, strict=True)) for cell in itertools.product(*values)]


def _values(claim_set: ClaimSet, name: str) -> Iterable[str]:
    domains = claim_set.domains
    if name == "agencies":
        agencies = list(domains.ranks)
        sizes = range(1, len(agencies) + 1)
        return ["+".join(c) for n in sizes for c in itertools.combinations(agencies, n)]
    if name == "year":
        return [str(year) for year in range(domains.window[0].year, domains.window[1].year + 1)]
    if name == "official":
        named = {
            value
            for claim in claim_set.claims
            for interpretation in claim.interpretations
            if "official" in interpretation.conditions
            for value in interpretation.conditions["official"].values
        }
        return [*sorted(named), ANOTHER]
    if name == "forum":
        return list(domains.sessions)
    return domains.known[name]
