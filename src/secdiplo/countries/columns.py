"""Whole columns of names or codes to entities and to codes of another system."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from secdiplo.countries import sheets
from secdiplo.countries.finding import CountryError, find, look_up
from secdiplo.countries.sheets import Entity, Organization
from secdiplo.errors import UsageError
from secdiplo.params import nearest

MISSING = ("raise", "null")
SHOWN = 10


def find_all(
    values: Iterable[Any],
    *,
    system: str | None = None,
    on: datetime.date | str | None = None,
    missing: str = "raise",
) -> list[Entity | None]:
    """Find the entity of every value; each different value is looked up once.

    Parameters
    ----------
    values : iterable
        Texts, or codes with their `system`; a blank, None or not-a-number gives None.
    system, on
        As of `find`.
    missing : {"raise", "null"}
        What a value does that names nothing for certain.

    Returns
    -------
    list of Country, Organization or None
        As long as `values`.

    Raises
    ------
    CountryError
        At least one value names nothing; every different one of them is said, up to ten.

    Examples
    --------
    >>> from secdiplo import countries
    >>> [str(found) for found in countries.find_all(["Niger", "Nigeria", "SCO"])]
    ['Niger (NER)', 'Nigeria (NGA)', 'Shanghai Cooperation Organisation (SCO)']
    """
    if missing not in MISSING:
        raise UsageError(f"`missing` is one of {', '.join(MISSING)}, not `{missing}`")
    found: dict[Any, Entity | None] = {}
    lost: list[Any] = []
    listed = list(values)
    for value in listed:
        if value in found:
            continue
        found[value] = None
        text = _text(value)
        if not text:
            continue
        if system is None and on is None:
            found[value] = look_up(text)
        else:
            try:
                found[value] = find(text, system=system, on=on)
            except CountryError:
                found[value] = None
        if found[value] is None:
            lost.append(text)
    if lost and missing == "raise":
        raise _joined(lost, system, on)
    return [found[value] for value in listed]


def _text(value: Any) -> str:
    """A cell as text; blank for what stands for no value, whole for a whole float."""
    if value is None or value != value or type(value).__name__ in {"NAType", "NaTType"}:  # noqa: PLR0124
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _joined(lost: list[Any], system: str | None, on: datetime.date | str | None) -> CountryError:
    """One error for several values."""
    errors = []
    for text in lost[:SHOWN]:
        try:
            find(text, system=system, on=on)
        except CountryError as error:
            errors.append(error)
    lines = [str(error) for error in errors]
    if len(lost) > SHOWN:
        lines.append(
            f"... and {len(lost) - SHOWN:,} more values; with `missing` as `null` they stay blank"
        )
    return CountryError("\n".join(lines), str(lost[0]), errors[0].suggestions)


def convert(
    values: Iterable[Any],
    *,
    to: str,
    system: str | None = None,
    on: datetime.date | str | None = None,
    missing: str = "raise",
) -> Any:
    """Convert a column of names or codes.

    Parameters
    ----------
    values : iterable or pandas.Series
        As of `find_all`.
    to : str
        One of `targets`: iso3, iso2, numeric, name, cow, gw, vdem, name_fr, region_un_m49, ...
    system : str, optional
        The system of the values, where they are codes of digits.
    on : date or str, optional
        The day for which codes of ``cow`` or ``gw`` are read and given; without it the present
        ones.
    missing : {"raise", "null"}
        What a value does that names nothing for certain, or has no such code.

    Returns
    -------
    list or pandas.Series
        A Series for a Series, with its index.

    Raises
    ------
    CountryError
        A value names nothing for certain, or has no code in the system on that day.
    UsageError
        `to` or another argument is unknown.

    Examples
    --------
    >>> from secdiplo import countries
    >>> countries.convert(["Burma", "Swaziland", None], to="iso3")
    ['MMR', 'SWZ', None]
    >>> countries.convert(["Germany", "Palestine"], to="cow", on="1980-01-01", missing="null")
    [260, None]
    """
    if to not in sheets.targets():
        hint = nearest(to, sheets.targets())
        raise UsageError(f"nothing to convert to is called `{to}`; {hint}")
    reads_dated = system in sheets.MEMBERSHIPS
    listed = list(values)
    found = find_all(listed, system=system, on=on if reads_dated else None, missing=missing)
    if on is not None and to not in sheets.MEMBERSHIPS and not reads_dated:
        raise UsageError("`on` goes with cow and gw; leave it out")
    codes = {entity: _target(entity, to, on) for entity in set(found) if entity is not None}
    bare = sorted(str(entity) for entity, code in codes.items() if code is None)
    if bare and missing == "raise":
        when = f" on {on}" if on is not None else ""
        more = f" and {len(bare) - SHOWN} more" if len(bare) > SHOWN else ""
        what = f"no {to} code{when} for {', '.join(bare[:SHOWN])}{more}"
        raise CountryError(f"{what}; with `missing` as `null` they stay blank", bare[0], [])
    out = [codes[entity] if entity is not None else None for entity in found]
    return _like(values, out, to)


def _target(entity: Entity, to: str, on: datetime.date | str | None) -> Any:
    """What is asked of an entity; None where it has none."""
    if isinstance(entity, Organization):
        return {"name": entity.name, "name_en": entity.name, "name_zh": entity.name_zh}.get(to)
    if to in sheets.MEMBERSHIPS:
        return entity.code(to, on)
    if to.startswith("region_"):
        return entity.regions.get(to.removeprefix("region_"))
    if to.startswith("name_"):
        return entity.name_in(to.removeprefix("name_"))
    return getattr(entity, to)


def _like(values: Any, out: list[Any], to: str) -> Any:
    """A list, or a Series for a Series."""
    if not type(values).__module__.startswith("pandas"):
        return out
    import pandas as pd

    kind = "Int64" if to in {"cow", "gw", "vdem"} else "str"
    index, name = getattr(values, "index", None), getattr(values, "name", None)
    return pd.Series(out, index=index, name=name, dtype=kind)
