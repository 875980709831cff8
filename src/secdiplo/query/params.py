"""Parameters of packaged queries: how a header declares one, and what value it has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secdiplo.errors import UsageError
from secdiplo.schema.plain_values import column_of, is_single, plain
from secdiplo.suggest import suggest

_PARAM = re.compile(r"(\w+) \((\w+), ([^,)]+?)(?:, one of ([\w|]+)|, codes of (\w+))?\): (.+)")
PARAM_TYPES = ("varchar", "integer", "count", "date", "boolean")
MAX_COUNT = 36_500  # of a `count`: a century of days


@dataclass(frozen=True)
class Param:
    """A parameter of a query: its type, default, allowed values (if closed) and meaning.

    ``codes`` names the list of which it takes codes, several of them separated by commas.
    """

    name: str
    type: str
    default: str
    choices: tuple[str, ...]
    meaning: str
    codes: str = ""


def declared(name: str, head: dict[str, list[str]]) -> dict[str, Param]:
    """The parameters that the header of a query or part declares, by name."""
    params = {}
    for line in head.get("param", []):
        found = _PARAM.fullmatch(line)
        if not found or found[2] not in PARAM_TYPES:
            raise UsageError(f"{name}.sql: param `{line}`; write `name (type, default): meaning`")
        choices = tuple(found[4].split("|")) if found[4] else ()
        params[found[1]] = Param(
            found[1], found[2], found[3].strip(), choices, found[6], found[5] or ""
        )
    return params


def bind(
    query: str, params: Sequence[Param], given: Mapping[str, Any], dataset: Mapping[str, Any]
) -> dict[str, Any]:
    """The value of every parameter: what is given, else its default.

    Parameters
    ----------
    query : str
        The name of the query, for messages.
    params : sequence of Param
        What it declares.
    given : mapping
        Values as Python objects or as text; a list stands for its items with commas.
    dataset : mapping
        The manifest's dataset, for the defaults that it sets.

    Returns
    -------
    dict

    Raises
    ------
    UsageError
        An unknown parameter, or a value that its type does not allow.
    """
    known = {param.name: param for param in params}
    for name in given:
        if name not in known:
            hint = suggest(name, list(known), "it has")
            raise UsageError(f"query `{query}` has no parameter `{name}`; {hint}")
    values = {
        name: _given(param, given[name]) if name in given else _default(query, param, dataset)
        for name, param in known.items()
    }
    start, end = values.get("start"), values.get("end")
    if start and end and start > end:
        raise UsageError(f"`start`, {start}, is after `end`, {end}; swap them")
    return values


def text(value: Any, between: str = ", ") -> str:
    """Return a value as text: the items of a list with commas."""
    return between.join(map(str, value)) if isinstance(value, tuple) else str(value)


def in_words(values: Mapping[str, Any]) -> str:
    """Return parameters for a reader; what includes every row is left out.

    Examples
    --------
    >>> in_words({"scope": "all", "country": ("KEN", "UGA"), "not_mode": ("call",), "end": None})
    'scope: all; country: KEN, UGA; mode other than: call'
    """
    given = {name: text(value) for name, value in values.items() if value is not None}
    if given.get("confidence") == "low":
        del given["confidence"]
    elif "confidence" in given:  # the minimum, not the only one
        given["confidence"] += " or better"
    found = []
    for name, value in given.items():
        words = name.removeprefix("not_").replace("_", " ")
        found.append(f"{words}{' other than' if name.startswith('not_') else ''}: {value}")
    return "; ".join(found)


def _given(param: Param, value: Any) -> Any:
    """A value that was given; a blank only where the query means something by it."""
    found = _value(param, value)
    empty = isinstance(value, str) and not value.strip()  # as of a shell variable that is not set
    if empty or (found is None and param.default != "null"):
        raise UsageError(f"`{param.name}` is blank; give a value, or leave the parameter out")
    return found


def _default(query: str, param: Param, dataset: Mapping[str, Any]) -> Any:
    if param.default == "null":
        return None
    if param.default == "dataset":
        if value := dataset.get(f"default_{param.name}"):
            return value
        raise UsageError(
            f"query `{query}` needs `{param.name}`, for which {dataset['name']} has no default; "
            f"give one, or set `default_{param.name}` in dataset.toml"
        )
    return _value(param, param.default.strip("'"))


def _value(param: Param, value: Any) -> Any:
    if is_single(value):
        given, value = value, plain(value)
        if value is None and given is not None:  # of a table; without it every row would count
            raise UsageError(f"`{param.name}` is a missing value; drop it, or give a value")
    if value is None or (isinstance(value, str) and value.lower() in {"", "null", "none"}):
        return None
    if param.type == "list":
        return _texts(param.name, value)
    if not is_single(value):
        value = ",".join(sorted(_texts(param.name, value)))
    text = str(value).strip()
    if param.type == "varchar" and "," in text:
        text = ",".join(item.strip() for item in text.split(","))
    if param.choices and text not in param.choices:
        raise UsageError(f"`{param.name}` is one of {', '.join(param.choices)}, not `{text}`")
    try:
        if param.type == "integer":
            return int(text)
        if param.type == "count":
            return _count(text)
        if param.type == "date":
            return _date(text, last=param.name in {"end", "as_of"})
        if param.type == "boolean":
            return {"true": True, "yes": True, "false": False, "no": False}[text.lower()]
    except (ValueError, KeyError):
        kind = {
            "integer": "a whole number",
            "count": f"a whole number from 0 to {MAX_COUNT}",
            "date": "a date such as 2024-09-07",
        }
        raise UsageError(
            f"`{param.name}` is {kind.get(param.type, 'true or false')}, not `{text}`"
        ) from None
    return text


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """Return one value or several as texts."""
    items = column_of(name, value)
    if None in items:
        raise UsageError(f"`{name}` has a missing value; drop it")
    texts = tuple(text for item in items if (text := str(item).strip()))
    if not texts:
        empty = "blank" if isinstance(value, str) else "an empty list"
        raise UsageError(f"`{name}` is {empty}; name at least one value, or leave it out")
    return texts


def _count(text: str) -> int:
    if not 0 <= int(text) <= MAX_COUNT:
        raise ValueError(text)
    return int(text)


def _date(text: str, last: bool) -> str:
    """A day in ISO 8601; of a month or year its first or last day."""
    import calendar
    import datetime

    midnight = r"[ T]00:00:00(?:Z|[+-]\d\d:\d\d)?"
    found = re.fullmatch(rf"(\d{{4}})(?:-(\d{{2}}))?(?:-(\d{{2}}))?(?:{midnight})?", text)
    if not found:
        raise ValueError(text)
    year = int(found[1])
    month = int(found[2] or (12 if last else 1))
    final = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    return datetime.date(year, month, int(found[3] or (final if last else 1))).isoformat()
