"""What a map decides, checked: codes, columns that the sheet needs, and blanks that are left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from secdiplo import schema, toml
from secdiplo.errors import Problem, UsageError
from secdiplo.folder import MAX_NAME, taken_names
from secdiplo.importer import dates, spellings
from secdiplo.importer.mapping import DATES, Key, Mapping
from secdiplo.importer.spellings import BLANK, CLOSED, ORGANIZATION
from secdiplo.suggest import did_you_mean
from secdiplo.tables import SHEET

SAME_ROWS = ("refuse", "separate")
RESERVED = {*taken_names(), "record", "rowid"}
"""Names that a column cannot be carried through under."""


def problems(mapping: Mapping, data: dict[str, Any]) -> Iterator[Problem]:
    """Yield everything that is wrong or left open in a map.

    Parameters
    ----------
    mapping : Mapping
        The map.
    data : dict
        Its TOML, of which blanks are looked for.

    Yields
    ------
    Problem
        In no order, some perhaps twice.
    """
    yield from _blanks(mapping, data)
    for check in (_dataset, _formats, _columns, _codes, _values, _keep):
        yield from check(mapping)


def _blanks(mapping: Mapping, data: dict[str, Any]) -> Iterator[Problem]:
    """Find blanks: each waits for a human."""
    hints = {
        "date_format": "write `%d/%m/%Y` if the day stands first, `%m/%d/%Y` if the month does",
        "dataset": "write it",
        "columns": "name a column of the file, or remove the line",
        "defaults": "write the value of the rows that have none",
        "values": f"write a code, or `{BLANK}` for none",
        "codes": "write `label; parent`",
    }
    for section, hint in hints.items():
        for path in _blank_paths(data.get(section), section):
            near = ""
            if section == "values" and len(path) == 3:
                near = _near(mapping, path[1], path[2])
            yield mapping.problem(f"left to decide; {hint}{near}", *path)


def _blank_paths(value: Any, *path: str) -> Iterator[Key]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _blank_paths(inner, *path, key)
    elif (isinstance(value, str) and not value.strip()) or (value == [] and path[0] == "columns"):
        yield path


def _near(mapping: Mapping, column: str, value: str) -> str:
    if column != "counterpart" and column not in CLOSED:
        return ""
    near = mapping.names(column).suggest(value)
    return f" ({did_you_mean(near)})" if near else ""


def _dataset(mapping: Mapping) -> Iterator[Problem]:
    dataset = mapping.dataset
    version = dataset.get("version") or "1.0"
    if not re.fullmatch(r"\d+\.\d+", version):
        what = f"`{version}` is not a version; write it as `1.0`"
        yield mapping.problem(what, "dataset", "version")
    known = spellings.country_codes()
    for key, codes in (
        ("home", [dataset.get("home")]),
        ("not_foreign", dataset.get("not_foreign")),
    ):
        for code in codes or ():
            if code and code not in known:
                what = f"unknown country {schema.shown(code)}; {_country_hint(code)}"
                yield mapping.problem(what, "dataset", key)
    if dataset.get("annotations", "builtin") not in {"builtin", ""}:
        what = "`builtin` is the only one here; remove the line, and add your own to the folder"
        yield mapping.problem(what, "dataset", "annotations")
    scope = dataset.get("default_scope") or "all"
    if scope not in {"all", *mapping.scopes}:
        what = f"no scope `{scope}`; name one of [scopes], or `all`"
        yield mapping.problem(what, "dataset", "default_scope")
    if mapping.same_rows not in SAME_ROWS:
        what = f"`{mapping.same_rows}`; write `refuse` or `separate`"
        yield mapping.problem(what, "same_rows")


def _formats(mapping: Mapping) -> Iterator[Problem]:
    for name, written in mapping.date_format.items():
        try:
            if written:
                dates.check_format(written)
        except UsageError as error:
            key = ("date_format", name)
            yield mapping.problem(
                str(error), *(key if toml.has_line(mapping.text, *key) else key[:1])
            )


def _columns(mapping: Mapping) -> Iterator[Problem]:
    """Find columns that the sheet needs and that neither the file nor a default gives."""
    for column in SHEET.columns:
        needed = (column.required and column.name != "event_key") or column.name == "counterpart"
        if needed and column.name not in {*mapping.columns, *mapping.defaults}:
            what = "missing; name its column under [columns], or its value under [defaults]"
            yield mapping.problem(what, "columns", column.name)
    for name in DATES:
        if len(mapping.columns.get(name, ())) > 3:
            what = "more than three columns; give those of year, month and day"
            yield mapping.problem(what, "columns", name)


def _codes(mapping: Mapping) -> Iterator[Problem]:
    if not mapping.codes:
        return
    for name in ("agency", "rank"):
        if not mapping.codes.get(name):
            what = f"no codes under [codes.{name}]; agencies and ranks are made together"
            yield mapping.problem(what, "codes", name)
    agencies = mapping.codes.get("agency", {})
    for name, table in mapping.codes.items():
        for code, (_, parents) in table.items():
            if not code.strip() or ";" in code or ("," in code and name != "topic"):
                what = "a code is no list; write it without `;` and `,`"
                yield mapping.problem(what, "codes", name, code)
            for parent in parents.split("; ") if parents and name == "rank" else ():
                if parent not in agencies:
                    known = {agency: label for agency, (label, _) in agencies.items()}
                    what = f"unknown agency {schema.shown(parent)}; {schema.nearest(parent, known)}"
                    yield mapping.problem(what, "codes", name, code)


def _values(mapping: Mapping) -> Iterator[Problem]:
    """Find codes that are none, in [values] and [defaults]."""
    for column, table in mapping.values.items():
        for value, code in table.items():
            if code and code != BLANK and (what := _wrong(mapping, column, code)):
                yield mapping.problem(what, "values", column, value)
    for column, value in mapping.defaults.items():
        if value and (what := _wrong(mapping, column, value)):
            yield mapping.problem(what, "defaults", column)


def _wrong(mapping: Mapping, column: str, code: str) -> str:
    """Say what is wrong with a value that is to stand in the sheet; blank if nothing is."""
    if column == "counterpart":
        known = spellings.country_codes()
        acronym = code.removeprefix(ORGANIZATION) if code.startswith(ORGANIZATION) else ""
        if code not in known and not acronym.strip():
            near = _country_hint(code)
            hint = f"an organization is written `{ORGANIZATION}ACRONYM`"
            return f"unknown country {schema.shown(code)}; {near} {hint}"
    elif column in CLOSED:
        codes = mapping.names(column).codes
        if code not in codes:
            near = (
                _country_hint(code) if CLOSED[column] == "country" else schema.nearest(code, codes)
            )
            return f"unknown code {schema.shown(code)}; {near}"
    elif column in DATES and dates.read(code) != code:
        return f"{schema.shown(code)} is no date; write `2024-09-07`, `2024-09` or `2024`"
    elif column == "source_url" and not re.fullmatch(r"https?://[^\s/$.?#]\S*", code):
        return f"{schema.shown(code)} is not an http(s) address; give that of a page"
    return ""


def _country_hint(code: str) -> str:
    near = spellings.CountryNames().suggest(code)
    return did_you_mean(near) if near else "write an ISO 3166-1 alpha-3 code, such as `KEN`"


def _keep(mapping: Mapping) -> Iterator[Problem]:
    seen: set[str] = set()
    for name in mapping.keep:
        plain = name.casefold()
        if not name or '"' in name:
            yield mapping.problem("a name that is blank or has a quote; rename it", "keep")
        elif len(name) > MAX_NAME:
            what = f"`{name}` is over {MAX_NAME} letters; rename the column of the file"
            yield mapping.problem(what, "keep")
        elif plain in RESERVED:
            what = f"`{name}` is a column of the tables; map it under [columns], or leave it out"
            yield mapping.problem(what, "keep")
        elif plain in seen:
            yield mapping.problem(f"`{name}` twice; keep one", "keep")
        seen.add(plain)
