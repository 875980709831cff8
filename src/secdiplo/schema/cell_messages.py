"""What a verdict on a cell says: what is wrong, what to do, and the nearest code."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from secdiplo.schema.declarations import YEARS, Column
from secdiplo.schema.tables import SHEETS
from secdiplo.suggest import MAX_OFFERED, closest, did_you_mean, renamed
from secdiplo.text import character_name, find_invisible, normal_form, plain_form

MAX_CELL = 100_000
TOO_LONG = f"a cell of over {MAX_CELL:,} bytes; shorten it, or close its quote"
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
BLANK_WORDS = {"na", "n/a", "#n/a", "nan", "null", "none", "-", "--", "?"}
MAX_CODES_LISTED = 12
SHEETS_OF = {
    "country": "reference/countries.csv",
    "organization": "reference/organizations.csv",
    "nonstate_actor": "reference/actors.csv",
    "series": "reference/forums.csv",
    "agency": "codes.csv",
    "official_rank": "codes.csv",
    "topic": "codes.csv",
}
HINTS = {
    "date": "write `2024-09-07`, `2024-09` or `2024`",
    "url": "give the address of a page, with https://",
    "year": "write four digits",
}
ASKED = {  # what a column must hold, by its kind
    "text": "text",
    "code": "a code",
    "list": "text, its items separated by `; `",
    "partial_date": "a date such as 2024-09-07, 2024-09 or 2024",
    "url": "an http(s) address",
    "date": "a day",
    "year": "a year of four digits",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
LIMIT_WORDS = {
    "pattern": "is not written as the pattern `{}` asks",
    "minLength": "has fewer than {} characters",
    "maxLength": "has more than {} characters",
    "minimum": "is less than {}",
    "maximum": "is more than {}",
}
OPEN = {"organization", "nonstate_actor", "series", "topic"}


def explain(column: Column, value: str | None, verdict: str, closed: Mapping[str, str]) -> str:
    """What is wrong with a cell and what to do, in one line.

    Parameters
    ----------
    column, value, verdict : Column, str or None, str
        The declaration, the cell, and the first rule that it breaks.
    closed : mapping
        The codes that the cell may hold and their names, where its list is closed.
    """
    if verdict in {"required", "long"}:
        return "blank; fill it in" if verdict == "required" else TOO_LONG
    cell, value = shown(value), value or ""
    if verdict == "invisible":
        hidden = find_invisible(value) or ""
        place = value.find(hidden) + 1
        return f"the invisible character {character_name(hidden)} at place {place}; remove it"
    if verdict == "formula" and value in ERRORS:
        return f"{cell} is an error of a spreadsheet; correct the cell there, or blank it"
    if verdict == "formula":
        return f"{cell} looks like a spreadsheet formula; write plain text"
    if verdict == "items":
        bad = next(item for item in value.split("; ") if item not in closed)
        return f"unknown item {shown(bad)}; {nearest(bad, closed, column.codes)}"
    if verdict in LIMIT_WORDS:
        return f"{cell} {LIMIT_WORDS[verdict].format(dict(column.limits)[verdict])}; correct it"
    if not column.required and normal_form(value) in BLANK_WORDS:
        return f"{cell} is not a value; {_blank_hint(value, closed)}"
    if verdict == "code":
        return f"unknown code {cell}; {nearest(value, closed, column.codes)}"
    kinds = {
        "date": "a date",
        "url": "an http(s) address",
        "whole": "a whole number",
        "year": "a year",
        "number": "a number",
        "boolean": "true or false",
    }
    plain = plain_form(value)
    if plain != value:
        return f"{cell} is not written in plain digits and hyphens; write `{plain}`"
    if column.kind == "date" and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return f"{cell} is not a full day; write it as `2024-09-07`"
    if (
        verdict == "date"
        and PARTIAL_DATE.fullmatch(value)
        and not YEARS[0] <= value[:4] <= YEARS[1]
    ):
        return f"{cell} is not between {YEARS[0]} and {YEARS[1]}; correct the year"
    if verdict == "date" and PARTIAL_DATE.fullmatch(value):
        return f"{cell} is not in the calendar; correct the day or the month"
    return f"{cell} is not {kinds[verdict]}; {HINTS.get(verdict, 'correct it')}"


def _blank_hint(value: str, known: Mapping[str, str]) -> str:
    """Leave it blank, unless it is a code in one of its spellings, as NA is of Namibia."""
    code = _spellings(known).get(normal_form(value))
    name = known[code].split(";")[0] if code else ""
    return "leave the cell blank" + (f", or write `{code}` for {name}" if code else "")


def shown(value: str | None) -> str:
    """A value for a message: quoted, on one line, cut short."""
    text = re.sub(r"[\t\r\n]+", " ", str(value))
    return "`" + (text if len(text) <= 60 else text[:57] + "...") + "`"


def _spellings(known: Mapping[str, str]) -> dict[str, str]:
    """Return the normal form of every name of every code, and the code."""
    found = {normal_form(name): code for code, names in known.items() for name in names.split(";")}
    found.update({normal_form(code): code for code in known})
    return found


def nearest(value: str, known: Mapping[str, str], kind: str = "") -> str:
    """The nearest known code, by its own spelling or by one of its names, or where to find one.

    Parameters
    ----------
    value : str
        The text of the cell.
    known : mapping
        code -> its label and other names.
    kind : str
        The name of the list, by which the sheet of its codes is known.
    """
    if now := renamed(value, known):
        return now
    plain = normal_form(value)
    if kind == "country" and plain in BLANK_WORDS:
        return _blank_hint(plain, known)
    spellings = _spellings(known)
    if kind == "country" and (meant := _of_inverted(value, spellings)):
        return did_you_mean(meant)
    if near := [plain] if plain in spellings else closest(plain, spellings):
        return did_you_mean((spellings[name] for name in near), word=value)
    if kind == "topic" and "," in value:
        return f"separate topics with `; `, or add it there ({_listed(known)})"
    if kind in OPEN:
        return f"add it there{_header_hint(kind, known)}, or correct it"
    if kind == "country" and len(known) > MAX_CODES_LISTED:
        return "use an ISO 3166-1 alpha-3 code (`secdiplo country NAME` looks it up)"
    if kind in SHEETS_OF and len(known) > MAX_CODES_LISTED:
        return f"use a code from {SHEETS_OF[kind]}"
    return _listed(known)


def _listed(known: Iterable[str]) -> str:
    """Return the first known codes."""
    codes = list(known)
    more = ", ..." if len(codes) > MAX_CODES_LISTED else ""
    return "known: " + ", ".join(codes[:MAX_CODES_LISTED]) + more


def _header_hint(kind: str, known: Collection[str]) -> str:
    """Return the header of a reference sheet that is missing or empty, or ""."""
    sheet = next((sheet for sheet in SHEETS.values() if sheet.sheet == SHEETS_OF[kind]), None)
    if known or sheet is None or sheet.needed:
        return ""
    return f" (header: `{','.join(column.name for column in sheet.sheet_columns)}`)"


def _of_inverted(name: str, spellings: Mapping[str, str]) -> list[str]:
    """Return the codes that a name with a comma may mean: "X, Y of" for "Y of X", else any X."""
    before, after = (part.strip() for part in normal_form(name).partition(",")[::2])
    if not before or not after:
        return []
    if whole := spellings.get(f"{after} {before}"):
        return [whole]
    meant = {
        code: None
        for spelling, code in spellings.items()
        if spelling == after or f" {before} " in f" {spelling} "
    }
    return list(meant) if len(meant) <= MAX_OFFERED else []
