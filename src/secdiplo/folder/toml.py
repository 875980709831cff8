"""Read TOML files within bounds, check their keys and types, and write values."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem
from secdiplo.suggest import closest, hint

MAX_DOTS = 100  # outside quotes, on one line
MAX_PROBLEMS = 1_000  # of one file
TOML_TYPES = {
    str: "text; put it in quotes",
    bool: "true or false; write one, without quotes",
    dict: "a table; write it as one",
    list: 'a list of texts; write `["a", "b"]`',
}
KeyPath = tuple[str, ...]
Report = Callable[[KeyPath, str], Problem]
"""Make the problem of a key, from its path and what is wrong."""


def read(file: Path, limit: int, too_large: str) -> tuple[str, dict[str, Any]]:
    """Read a TOML file.

    Parameters
    ----------
    file : Path
    limit : int
        The most bytes that are read.
    too_large : str
        What is wrong with a larger file, and what to do.

    Returns
    -------
    (str, dict)
        Its text and its content.

    Raises
    ------
    DataError
        It cannot be read, is too large or too deep, or is not TOML.
    """

    def refusal(what: str, line: int = 1, column: str = "1") -> DataError:
        return DataError([Problem(file.name, line, column, what)])

    try:
        with file.open("rb") as opened:
            raw = opened.read(limit + 1)
    except OSError as error:
        raise refusal(f"cannot be read ({error.strerror}); allow reading it") from None
    if len(raw) > limit:
        raise refusal(too_large)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise refusal("not UTF-8; save the file as UTF-8", line) from None
    for number, content in enumerate(text.split("\n"), 1):
        # The parser needs the square of the number of dots in a key.
        if content.count(".") > MAX_DOTS and _bare(content).count(".") > MAX_DOTS:
            raise refusal(f"a line of more than {MAX_DOTS} dots; write shorter ones", number)
    try:
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        number, column = (int(place[1]), place[2]) if place else (text.count("\n") + 1, "1")
        reason = re.sub(r"\s*\(at .*\)$", "", str(error)).lower()
        reason = reason.replace(r"illegal character '\n'", "a quote is not closed on its line")
        raise refusal(f"not valid TOML: {reason}; correct the line", number, column) from None


def _bare(line: str) -> str:
    """Return a line without quoted texts and its comment."""
    return re.sub(r""""(?:[^"\\]|\\.)*"|'[^']*'|#.*""", "", line)


# --- places ---------------------------------------------------------------------------------


def line_of(content: str, *path: str) -> int:
    """Return the line of a key, or of the nearest table or key above it; else 1.

    Parameters
    ----------
    content : str
        The text of the file.
    *path : str
        The tables and the key; or one dotted key.
    """
    lines = _lines(content)
    for length in range(len(path), 0, -1):
        if (line := lines.get(_joined(path[:length]))) is not None:
            return line
    if len(path) == 1 and "." in path[0]:
        return line_of(content, *path[0].split("."))
    return 1


def has_line(content: str, *path: str) -> bool:
    """Return whether a key has a line of its own."""
    return _joined(path) in _lines(content)


def _joined(path: KeyPath) -> str:
    return ".".join(" ".join(part.split()) for part in path)


@functools.lru_cache(maxsize=4)
def _lines(content: str) -> dict[str, int]:
    """Return the first line of every table and key that begins one."""
    table: KeyPath = ()
    found: dict[str, int] = {}
    for number, line in enumerate(content.splitlines(), 1):
        head = re.match(r"\s*(\[.*\])", line)
        pair = re.match(r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'=#])+?)\s*=""", line)
        try:
            if head:
                here = table = _keys(tomllib.loads(line))
            elif pair:
                here = table + _keys(tomllib.loads(f"{pair[1]} = 0"))
            else:
                continue
        except tomllib.TOMLDecodeError:
            continue
        found.setdefault(_joined(here), number)
    return found


def _keys(data: Any) -> KeyPath:
    path: KeyPath = ()
    while isinstance(data, dict) and data:
        ((key, data),) = data.items()
        path += (key,)
    return path


# --- keys and types -------------------------------------------------------------------------


def check_table(
    report: Report,
    data: Mapping[str, Any],
    known: Mapping[str, type | tuple[type, ...]],
    path: KeyPath = (),
    *,
    needed: Collection[str] = (),
    filled: bool = True,
    one_text: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Check the keys and types of a table.

    Parameters
    ----------
    report : callable
        Make the problem of a key.
    data : mapping
        The table.
    known : mapping
        Key -> its type, or several.
    path : tuple of str
        Where the table is.
    needed : collection of str
        The keys that have to be there.
    filled : bool
        Whether they must not be empty.
    one_text : mapping, optional
        Key -> what to write instead of a list.

    Returns
    -------
    list of Problem
        Keys that are unknown, missing or empty, and values of another type.
    """
    problems: list[Problem] = []
    missing = [key for key in needed if key not in data]
    for key, value in data.items():
        if len(problems) > MAX_PROBLEMS:
            break
        place = (*path, key)
        dotted = ".".join(place)
        kind = known.get(key)
        if kind is None:
            unused = [name for name in known if name not in data]
            missing = [name for name in missing if name not in closest(key, unused)]
            remedy = hint(key, unused) or "known: " + ", ".join(known)
            what = f"unknown key `{dotted}`; {remedy}"
        else:
            what = _mistyped(dotted, value, kind, (one_text or {}).get(key, "give one text"))
            if not what and filled and key in needed and value == "":
                what = f"`{dotted}` is empty; fill it in"
        if what:
            problems.append(report(place, what))
    for key in missing:
        place = (*path, key)
        problems.append(report(place, f"`{'.'.join(place)}` is missing; add it"))
    return problems


def _mistyped(dotted: str, value: Any, kind: type | tuple[type, ...], one_text: str) -> str:
    """Return what is wrong with the type of a value; blank if nothing is."""
    if isinstance(value, list) and kind is str:
        return f"`{dotted}` is a list; {one_text}"
    if not isinstance(value, kind):
        return f"`{dotted}` is not {TOML_TYPES[kind if isinstance(kind, type) else kind[0]]}"
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        return f"`{dotted}` is not {TOML_TYPES[list]}"
    return ""


# --- writing --------------------------------------------------------------------------------


def text(value: Any) -> str:
    r"""Write a text, truth value, list or table as TOML on one line.

    Examples
    --------
    >>> print(text('a "b"'), text(["x"]), text(True), text({"State": ["minister"]}))
    "a \"b\"" ["x"] true { State = ["minister"] }
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        pairs = ", ".join(f"{key(name)} = {text(inner)}" for name, inner in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(item) for item in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """Write a key, quoted where it has to be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)


def comment(words: str) -> str:
    """Make a text fit for a comment: on one line, without control characters."""
    return "".join(char if char.isprintable() else " " for char in words)
