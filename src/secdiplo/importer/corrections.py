"""Read the corrections of a map: what a person decides about single rows of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from secdiplo.errors import Problem
from secdiplo.folder import toml
from secdiplo.importer.code_lists import BLANK_LABEL
from secdiplo.importer.readers.source import clean
from secdiplo.schema.tables import CODING_SHEET

CORRECTION_KEYS: dict[str, type | tuple[type, ...]] = {"where": dict, "set": dict, "why": str}
SETTABLE = tuple(name for name in CODING_SHEET.by_name if name != "event_key")
"""Columns of the sheet that a map can give a value."""
_HEAD = re.compile(r"\s*\[\[\s*corrections\s*\]\]")


@dataclass(frozen=True)
class RowCorrection:
    """What some rows of a file have in the sheet.

    Attributes
    ----------
    where : dict
        Column of the file -> the cells of these rows; all columns count.
    values : dict
        Column of the sheet -> its value.
    why : str
        The reason, which goes into the note.
    line : int
        The line of the map.
    """

    where: dict[str, tuple[str, ...]]
    values: dict[str, str]
    why: str
    line: int


def cells(written: Any) -> tuple[str, ...]:
    """Return the cells that a rule is about; `(blank)` is a blank cell."""
    listed = [written] if isinstance(written, str) else written
    return tuple("" if value == BLANK_LABEL else clean(value) for value in listed)


def corrections(written: list[dict[str, Any]], text: str) -> tuple[RowCorrection, ...]:
    """Return the corrections of a map, whose types were checked."""
    lines = _lines(text, len(written))
    return tuple(
        RowCorrection(
            {clean(name): cells(value) for name, value in each.get("where", {}).items()},
            {
                name: "" if value == BLANK_LABEL else clean(value)
                for name, value in each.get("set", {}).items()
            },
            clean(each.get("why", "")),
            line,
        )
        for each, line in zip(written, lines, strict=True)
    )


def _lines(text: str, number: int) -> list[int]:
    """Return the line at which each correction starts."""
    heads = [n for n, line in enumerate(text.split("\n"), 1) if _HEAD.match(line)]
    return heads if len(heads) == number else [toml.line_of(text, "corrections")] * number


def type_problems(file: str, written: Any, text: str) -> Iterator[Problem]:
    """Find unknown keys, values of another type, and corrections that are about no row."""
    if not isinstance(written, list) or not all(isinstance(each, dict) for each in written):
        what = "`corrections` is not a list of tables; write each one as [[corrections]]"
        yield Problem(file, toml.line_of(text, "corrections"), "corrections", what)
        return
    for each, line in zip(written, _lines(text, len(written)), strict=True):

        def report(path: tuple[str, ...], what: str, line: int = line) -> Problem:
            return Problem(file, line, clean(path[-1]), what)

        path = ("corrections",)
        found = toml.check_table(report, each, CORRECTION_KEYS, path, needed=("where", "set"))
        yield from found
        if found:
            continue
        for name, kinds in (
            ("where", dict.fromkeys(each["where"], (str, list))),
            ("set", dict.fromkeys(SETTABLE, str)),
        ):
            yield from toml.check_table(report, each[name], kinds, (*path, name))
            if not each[name]:
                yield report((*path, name), f"`{name}` does not name a column; name one")
        for name, value in each["where"].items():
            if value in ("", []):
                what = f"left to decide; write the cells, or `{BLANK_LABEL}` for a blank one"
                yield report((*path, name), what)
