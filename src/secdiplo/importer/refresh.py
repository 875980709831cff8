"""Bring a map up to date with its file, and list what a proposed map leaves doubtful."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem
from secdiplo.folder import toml
from secdiplo.importer.code_lists import CODED_COLUMNS
from secdiplo.importer.column_map import ColumnMap, read_draft
from secdiplo.importer.convert import REST
from secdiplo.importer.profile import ColumnMatch, FileProfile
from secdiplo.importer.proposal import NOTICE, look, write
from secdiplo.importer.readers import ReadOptions

PROPOSED = "proposed.toml"
"""The file of a map that is proposed and accepted at once, which nobody sees."""
NEW = "new"
"""The first word of the comment of each line that a refresh adds."""
PERHAPS_LINE = r"# (\w+) = (.*?)  # perhaps: (.*)"
Line = tuple[tuple[str, ...], str, str]
"""The table of a line, its key, and the line."""


def merged(written: ReadOptions, given: ReadOptions | None) -> ReadOptions:
    """Return the options of a map with those that are given instead."""
    changes = vars(given or ReadOptions())
    changes = {name: value for name, value in changes.items() if value not in {"", None}}
    return dataclasses.replace(written, **changes)


def refreshed(
    file: Path | str,
    map_path: Path | str,
    options: ReadOptions | None = None,
    *,
    fill: bool = False,
) -> str:
    """Return a map with what its file has and the map does not decide yet.

    Parameters
    ----------
    file : path
        The table.
    map_path : path
        The map. Every decision in it stays, with its comments.
    options : ReadOptions, optional
        How the file is read; what it sets counts for more than the map.
    fill : bool
        Whether a column of the file that is clear is filled in. Otherwise a new column is left
        to decide.

    Returns
    -------
    str
        The text of the map. Each added line has a comment that starts with ``new``.

    Raises
    ------
    UsageError, DataError
        As for `propose` and `read_map`; or the map is written in a way that no line can be
        added to.
    """
    mapping, data = read_draft(map_path)
    profile, options, first = look(file, merged(mapping.options, options))
    old = _without_lost_columns(mapping, profile)
    decided = _as_decided(profile, mapping)
    proposed = write(decided, options, first)
    added = list(_comments(mapping, proposed, fill))
    for table, key, line in _lines(proposed):
        if _is_decided(data, table, key) or not _is_wanted(mapping, table, key):
            continue
        if not fill and table[:1] == ("values",) and table[1] not in mapping.columns:
            continue  # of a column that is left to decide
        added.append((table, key, line if fill else _undecided(table, key, line)))
    text = _with_lines(old, added)
    try:
        kept = _keeps(data, tomllib.loads(text), mapping, profile)
    except tomllib.TOMLDecodeError:
        kept = False
    if not kept:
        what = "no line can be added to it; write its tables as `[values.counterpart]`"
        raise DataError([Problem(Path(map_path).name, 1, "1", what)])
    return text


def _comments(mapping: ColumnMap, proposed: str, fill: bool) -> Iterator[Line]:
    """Yield what a proposal says in comments and the map does not: notices and columns."""
    for line in proposed.split("\n"):
        if line.startswith(NOTICE) and line not in mapping.text:
            yield (), "", line
        elif match := re.match(r'#   ("(?:[^"\\]|\\.)*"): ', line):
            if not _knows(mapping, tomllib.loads(f"name = {match[1]}")["name"]):
                yield ("columns",), "", f"# {NEW}: a column that nothing is made of: {line[4:]}"
        elif fill and re.match(PERHAPS_LINE, line):
            yield ("columns",), "", line


# --- what the map decides -------------------------------------------------------------------


def _as_decided(profile: FileProfile, mapping: ColumnMap) -> FileProfile:
    """Return a profile with the columns that the map names, and those that it does not know."""
    sure, perhaps = (
        {
            target: match
            for target, match in matches.items()
            if target not in mapping.columns and not _knows(mapping, match.name)
        }
        for matches in (profile.sure, profile.perhaps)
    )
    wide, parts = {}, [] if "date" in mapping.columns else profile.parts
    for target, given in mapping.columns.items():
        names = [name for name in given if name in profile.columns]
        if target == "date" and len(names) > 1:
            parts = names
        elif names:
            sure[target] = ColumnMatch(target, names[0], 1.0, "as in the map")
            if len(names) > 1:
                wide[target] = names
    return dataclasses.replace(profile, sure=sure, perhaps=perhaps, parts=parts, wide=wide)


def _knows(mapping: ColumnMap, column: str) -> bool:
    """Return whether a map names a column of the file anywhere, be it in a comment."""
    return toml.text(column) in mapping.text or f"'{column}'" in mapping.text


def _is_decided(data: dict[str, Any], table: tuple[str, ...], key: str) -> bool:
    inner: Any = data
    for name in table:
        inner = inner.get(name) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        return False
    return key in inner or (table[:1] == ("values",) and REST in inner)


def _is_wanted(mapping: ColumnMap, table: tuple[str, ...], key: str) -> bool:
    """Return whether a line of a proposal is one that the map still needs."""
    if table[:1] == ("values",) and len(table) == 2:
        # The codes of the map, and its systems, say what these values are.
        is_coded = table[1] in CODED_COLUMNS or table[1] == "counterpart"
        is_code = is_coded and key in mapping.names(table[1]).codes
        return table[1] not in mapping.system and not is_code
    if table[:1] in {("dataset",), ("scopes",)}:
        return not mapping.dataset or key in {"home", "licence", "name", "title", "version"}
    if table == ("defaults",) and key == "format" and mapping.counts_format:
        return False
    if table == ("defaults",):
        return key not in mapping.columns or key == "forum"
    return not (table[:1] == ("codes",) and mapping.codes)


def _without_lost_columns(mapping: ColumnMap, profile: FileProfile) -> str:
    """Return the text of a map in which columns that the file lacks are left to decide."""
    lines = mapping.text.split("\n")
    for target, names in _lost(mapping, profile).items():
        shown = ", ".join(map(toml.text, names))
        match = profile.sure.get(target)
        perhaps = f"; perhaps {toml.text(match.name)}: {match.why}" if match else ""
        line = f'{target} = ""  # left to decide: the file no longer has {shown}{perhaps}'
        lines[toml.line_of(mapping.text, "columns", target) - 1] = toml.comment(line)
    return "\n".join(lines)


def _lost(mapping: ColumnMap, profile: FileProfile) -> dict[str, list[str]]:
    """Return the columns that a map names and the file lacks, by the column of the sheet."""
    lost = {
        target: [name for name in names if name and name not in profile.columns]
        for target, names in mapping.columns.items()
    }
    return {target: names for target, names in lost.items() if names}


def _keeps(
    old: dict[str, Any], new: dict[str, Any], mapping: ColumnMap, profile: FileProfile
) -> bool:
    """Return whether a refreshed map still has every decision of the old one."""
    lost = _lost(mapping, profile)

    def same(one: Any, other: Any, path: tuple[str, ...]) -> bool:
        if isinstance(one, dict) and isinstance(other, dict):
            return all(key in other and same(one[key], other[key], (*path, key)) for key in one)
        return one == other or (path[0] == "columns" and path[-1] in lost)

    return same(old, new, ())


# --- lines ----------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[Line]:
    """Yield each line of a map that sets a key, and those comments that are about columns."""
    table: tuple[str, ...] = ()
    for line in text.split("\n"):
        if line.startswith("["):
            table = _path(tomllib.loads(line))
        elif line and not line.startswith("#"):
            (key,) = tomllib.loads(line)
            yield table, key, line


def _path(data: Any) -> tuple[str, ...]:
    path: tuple[str, ...] = ()
    while isinstance(data, dict) and data:
        ((key, data),) = data.items()
        path += (key,)
    return path


def _undecided(table: tuple[str, ...], key: str, line: str) -> str:
    """Return the line of a new column as one that is left to decide, and mark a new line."""
    value, comment = _parts(line)
    if table == ("columns",) and value != '""':
        return f'{key} = ""  # {NEW}: left to decide: perhaps {value}: {comment}'
    name = toml.text(key) if table[:1] == ("values",) else toml.key(key)
    return f"{name} = {value}  # {NEW}" + (f": {comment}" if comment else "")


def _parts(line: str) -> tuple[str, str]:
    """Split a line of a proposal into its value and its comment."""
    match = re.fullmatch(
        r"""(?:"(?:[^"\\]|\\.)*"|[^"=]+?) = ((?:"(?:[^"\\]|\\.)*"|[^"#])*?)\s*(?:# (.*))?""", line
    )
    return (match[1], match[2] or "") if match else (line.partition(" = ")[2], "")


def _with_lines(text: str, added: list[Line]) -> str:
    """Return a map with lines added at the end of their tables, and new tables at its end."""
    lines = text.rstrip("\n").split("\n")
    ends: dict[tuple[str, ...], int] = {(): 0}
    table: tuple[str, ...] = ()
    is_gap = False
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*\[.*\]", line):
            with contextlib.suppress(tomllib.TOMLDecodeError):  # a line of a list
                table = _path(tomllib.loads(line))
        # A comment after a gap is about the table below it.
        if line.strip() and not (line.startswith("#") and (is_gap or table == ())):
            ends[table] = number
        is_gap = not line.strip() or (is_gap and line.startswith("#"))
    inserted: dict[int, list[str]] = {}
    fresh: dict[tuple[str, ...], list[str]] = {}
    for table, _, line in added:
        if table in ends:
            inserted.setdefault(ends[table], []).append(line)
        else:
            fresh.setdefault(table, []).append(line)
    made = list(inserted.get(0, []))
    for number, line in enumerate(lines, 1):
        made += [line, *inserted.get(number, [])]
    for table, more in fresh.items():
        made += ["", f"[{'.'.join(map(toml.key, table))}]", *more]
    return "\n".join(made) + "\n"


def placed(
    problems: Iterable[Problem], text: str, file: Path | str, written: Path | str | None
) -> list[Problem]:
    """Return problems of a map that was never written, at places that its user knows.

    Parameters
    ----------
    problems : iterable of Problem
        Those of the map, and others, which stay as they are.
    text : str
        The map: its user's own, with lines added.
    file : path
        The table that is imported.
    written : path, optional
        The map of its user.

    Returns
    -------
    list of Problem
        A problem of a line of the user's map is at that line. Another one names the table, and its
        key in full.
    """
    lines = text.split("\n")
    own = Path(written).read_text(encoding="utf-8-sig").split("\n") if written else []
    numbers: dict[int, int] = {}  # line of the map -> line of the user's map
    for number, line in enumerate(lines, 1):
        if len(numbers) < len(own) and line == own[len(numbers)]:
            numbers[number] = len(numbers) + 1
    table = ""
    tables = [table := line if line.startswith("[") else table for line in lines]

    def found(problem: Problem) -> Problem:
        if problem.file != PROPOSED:
            return problem
        if written and problem.line in numbers:
            place = numbers[problem.line]
            return dataclasses.replace(problem, file=Path(written).name, line=place)
        section = re.sub(r"\].*", "", tables[problem.line - 1].lstrip("["))
        key = ".".join(filter(None, (section, problem.column)))
        what = f"{problem.what} (in a map that you give with --map)"
        return dataclasses.replace(problem, file=Path(file).name, line=1, column=key, what=what)

    return [found(problem) for problem in problems]


# --- doubts ---------------------------------------------------------------------------------


def doubts(file: Path | str, text: str, decided: Path | str | None = None) -> list[Problem]:
    """List what a proposed map leaves to decide, and what makes its lines doubtful.

    Parameters
    ----------
    file : path
        The table.
    text : str
        The map.
    decided : path, optional
        The map of its user, whose values are not doubted.

    Returns
    -------
    list of Problem
        Blanks, columns that only may be one of the sheet, values that have a caution, and what
        the file shows beside its cells.
    """
    name = Path(file).name
    known = set(Path(decided).read_text(encoding="utf-8-sig").splitlines()) if decided else set()
    found = []
    for line in text.split("\n"):
        if line.startswith(NOTICE):
            what = line.removeprefix(NOTICE).strip()
            place, column, rest = what.split(":", 2)
            found.append(Problem(name, int(place), column, rest.strip()))
        elif match := re.match(PERHAPS_LINE, line):
            what = f"{match[2]} is perhaps {match[1]}: {match[3]}; map it, or write it in a map"
            found.append(Problem(name, 1, match[1], what))
        elif match := re.match(r"# \.\.\. and (.*)", line):
            found.append(Problem(name, 1, "date", f"{match[1]}; write them in a map"))
    for table, key, line in _lines(text):
        value, comment = _parts(line)
        where = ".".join((*table, key)) if table[:1] != ("values",) else table[-1]
        about = f"`{key}`: " if table[:1] == ("values",) else ""
        if '""' in value:
            found.append(Problem(name, 1, where, f"{about}{comment or 'left to decide'}"))
        elif about and comment and line not in known:
            found.append(Problem(name, 1, where, f"{about}{value}? {comment}"))
    return found
