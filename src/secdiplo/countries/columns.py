"""Convert columns of names or codes to entities, or to codes of another system."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from secdiplo.countries import sheets
from secdiplo.countries.finding import CountryError, Suggestion, find
from secdiplo.countries.index import look_up
from secdiplo.countries.sheets import Entity, Organization
from secdiplo.errors import UsageError
from secdiplo.schema.plain_values import column_of, is_single, plain_text
from secdiplo.suggest import suggest

MISSING_CHOICES = ("raise", "null")
MAX_EXAMPLES = 10
NAMIBIA = "NA"
"""The ISO code of Namibia, and what R writes for a missing value."""
Days = datetime.date | str | Iterable[Any] | None


def find_all(
    values: Iterable[Any],
    *,
    system: str | None = None,
    on: Days = None,
    missing: str = "raise",
) -> list[Entity | None]:
    """Find the entity of every value; each different value is looked up once.

    Parameters
    ----------
    values : iterable
        Texts, or codes with their `system`; a blank, None or not-a-number gives None.
    system
        As of `find`.
    on : date, str or iterable of them, optional
        As of `find`; one day, or one for each value.
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
    system = system.lower() if system else system
    if missing not in MISSING_CHOICES:
        raise UsageError(f"`missing` is one of {', '.join(MISSING_CHOICES)}, not `{missing}`")
    if is_single(values):
        raise UsageError(f"`{values}` is one value, not a column; give a list, or call `find`")
    found: dict[Any, Entity | None] = {}
    lost: list[tuple[str, Any]] = []
    texts = _texts(values)
    pairs = list(zip(texts, _days(on, len(texts)), strict=True))
    for pair in pairs:
        if pair in found:
            continue
        found[pair] = None
        text = pair[0]
        if not text:
            continue
        if system is None and on is None:
            found[pair] = look_up(text) if text != NAMIBIA else None
        else:
            found[pair] = _sought(text, system, pair[1], on)
        if found[pair] is None:
            lost.append((text, pair[1]))
    if lost and missing == "raise":
        raise _joined(lost, system, on)
    return [found[pair] for pair in pairs]


def _days(on: Days, length: int) -> list[Any]:
    """Return a day for each of so many values."""
    if on is None:
        return [None] * length
    if is_single(on):
        day: Any = on
        return [sheets.day(day)] * length
    days = [day or None for day in column_of("on", on)]
    if len(days) != length:
        raise UsageError(f"`on` has {len(days):,} days for {length:,} values; give one each")
    return days


def _sought(text: str, system: str | None, day: Any, on: Days) -> Entity | None:
    """Return what `find` finds, or None."""
    try:
        return _strict(text, system, day, on)
    except CountryError:
        return None


def _strict(text: str, system: str | None, day: Any, on: Days) -> Entity:
    """Return what `find` finds; refuse NA, which may be missing, and a row without its day."""
    if system is None and text == NAMIBIA:
        what = "`NA` is the ISO code of Namibia and the missing value of R"
        namibia = sheets.countries()["NAM"]
        near = [Suggestion(namibia, NAMIBIA, 1.0)]
        raise CountryError(f'{what}; give system="iso2", or blank it', text, near)
    if on is not None and day is None:
        raise CountryError(f"`{text}` has a blank for its day; fill in `on`", text, [])
    return find(text, system=system, on=day)


def _texts(values: Iterable[Any]) -> list[str]:
    """Return a column as texts; blank for a missing value."""
    return [plain_text(value) for value in column_of("values", values)]


def _joined(lost: list[tuple[str, Any]], system: str | None, on: Days) -> CountryError:
    """Return one error for several values."""
    errors = []
    for text, day in lost[:MAX_EXAMPLES]:
        try:
            _strict(text, system, day, on)
        except CountryError as error:
            errors.append(error)
    lines = [str(error) for error in errors]
    if len(lost) > MAX_EXAMPLES:
        lines.append(
            f"... and {len(lost) - MAX_EXAMPLES:,} more values; "
            "with `missing` as `null` they stay blank"
        )
    return CountryError("\n".join(lines), lost[0][0], errors[0].suggestions)


def convert(
    values: Iterable[Any] | str | int,
    *,
    to: str,
    system: str | None = None,
    on: Days = None,
    missing: str = "raise",
) -> Any:
    """Convert a column of names or codes.

    Parameters
    ----------
    values : iterable, pandas.Series, str or int
        As of `find_all`; or one text or code.
    to : str
        One of `targets`: iso3, iso2, numeric, name, cow, gw, vdem, cowc, fips, ioc, name_fr,
        region_un_m49, ...
    system : str, optional
        The system of the values, where they are codes of digits.
    on : date, str or iterable of them, optional
        The day for which codes of ``cow`` or ``gw`` are read and given, or one for each value;
        without it the present ones, and a code that has been of several states is refused.
    missing : {"raise", "null"}
        What a value does that names nothing for certain, or has no such code.

    Returns
    -------
    list, pandas.Series, or one value
        A Series for a Series, with its index; one value for one text or code.

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
    >>> countries.convert([345, 345], to="name", system="cow",
    ...                   on=["1995-12-31", "2010-12-31"])
    ['Yugoslavia', 'Serbia']
    """
    if is_single(values):
        return convert([values], to=to, system=system, on=on, missing=missing)[0]
    to, system = to.lower(), system.lower() if system else system
    if to not in sheets.targets():
        hint = suggest(to, sheets.targets())
        raise UsageError(f"cannot convert to `{to}`; {hint}")
    column: Any = values
    return _like(values, _converted(_texts(column), to, system, on, missing), to)


def _converted(listed: list[str], to: str, system: str | None, on: Days, missing: str) -> list[Any]:
    """Return the codes of values that are listed, in their order."""
    reads_dated = system in sheets.MEMBERSHIPS
    found = find_all(listed, system=system, on=on if reads_dated else None, missing=missing)
    if on is not None and to not in sheets.MEMBERSHIPS and not reads_dated:
        raise UsageError("`on` goes with cow and gw; leave it out")
    pairs = list(zip(found, _days(on, len(listed)), strict=True))
    codes = {(entity, day): _target(entity, to, day, on) for entity, day in set(pairs) if entity}
    bare = [pair for pair, code in codes.items() if code is None]
    if bare and missing == "raise":
        raise _codeless(bare, to)
    return [codes[entity, day] if entity is not None else None for entity, day in pairs]


def _codeless(bare: list[tuple[Any, Any]], to: str) -> CountryError:
    """Return the error for entities that have no such code."""
    single = len({day for _, day in bare}) == 1
    when = f" on {bare[0][1]}" if single and bare[0][1] is not None else ""
    said = sorted(f"{entity}" if single else f"{entity} on {day}" for entity, day in bare)
    more = f" and {len(said) - MAX_EXAMPLES} more" if len(said) > MAX_EXAMPLES else ""
    what = f"no {to} code{when} for {', '.join(said[:MAX_EXAMPLES])}{more}"
    return CountryError(f"{what}; with `missing` as `null` they stay blank", said[0], [])


def _target(entity: Entity, to: str, day: Any, on: Days) -> Any:
    """Return the code of an entity; None if it has none, or if its day is blank."""
    if isinstance(entity, Organization):
        return {"name": entity.name, "name_en": entity.name, "name_zh": entity.name_zh}.get(to)
    if to in sheets.MEMBERSHIPS:
        return entity.code(to, day) if on is None or day is not None else None
    if to in sheets.LETTER_SYSTEMS:
        return entity.letters.get(to)
    if to.startswith("region_"):
        return entity.regions.get(to.removeprefix("region_"))
    if to.startswith("name_"):
        return entity.name_in(to.removeprefix("name_"))
    return getattr(entity, to)


def _like(values: Any, out: list[Any], to: str) -> Any:
    """Return a list, or a Series for a Series."""
    if not type(values).__module__.startswith("pandas"):
        return out
    import pandas as pd

    kind = "Int64" if to in {"cow", "gw", "vdem"} else "str"
    index, name = getattr(values, "index", None), getattr(values, "name", None)
    return pd.Series(out, index=index, name=name, dtype=kind)
