"""The text of dataset.toml: read within bounds, and the lines on which its keys stand."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem

MAX_TOML = 1_000_000
MAX_DOTS = 100  # on one line


def read(file: Path) -> tuple[str, dict[str, Any]]:
    """The text of a file of settings, and what it holds.

    Raises
    ------
    DataError
        It cannot be read, is too large or too deep, or no TOML.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_TOML + 1)
    except OSError as error:
        what = f"cannot be read ({error.strerror}); allow reading it"
        raise DataError([Problem("dataset.toml", 1, "1", what)]) from None
    if len(raw) > MAX_TOML:
        what = "over a megabyte; it holds settings, the rows belong in the sheets"
        raise DataError([Problem("dataset.toml", 1, "1", what)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = "not UTF-8; save the file as UTF-8"
        raise DataError([Problem("dataset.toml", line, "1", what)]) from None
    deep = next((n for n, line in enumerate(text.split("\n"), 1) if line.count(".") > MAX_DOTS), 0)
    if deep:  # the parser takes the square of their number
        what = f"a line of more than {MAX_DOTS} dots; write shorter ones"
        raise DataError([Problem("dataset.toml", deep, "1", what)])
    try:
        return text, tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        where = place.groups() if place else (str(text.count("\n") + 1), "1")
        reason = re.sub(r"\s*\(at .*\)$", "", str(error)).lower()
        reason = reason.replace(r"illegal character '\n'", "a quote is not closed on its line")
        what = f"not valid TOML: {reason}; mend the line"
        raise DataError([Problem("dataset.toml", int(where[0]), where[1], what)]) from None


def line_of(text: str, key: str) -> int:
    """The line on which a dotted key stands, or the nearest table or key above it; else 1."""
    wanted = tuple(key.split("."))
    lines = _lines(text)
    for depth in range(len(wanted), 0, -1):
        if wanted[:depth] in lines:
            return lines[wanted[:depth]]
    return 1


@functools.lru_cache(maxsize=4)
def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The first line of every table and key."""
    head: tuple[str, ...] = ()
    found: dict[tuple[str, ...], int] = {}
    for number, content in enumerate(text.splitlines(), 1):
        if table := re.match(r"\s*\[+([^\]]*)", content):
            here = head = _parts(table[1])
        elif pair := re.match(r"\s*([^=#]+?)\s*=", content):
            here = head + _parts(pair[1])
        else:
            continue
        found.setdefault(here, number)
    return found


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip(" \t\"'") for part in name.split("."))
