"""Bring a map up to date with its file, and list what a proposed map leaves doubtful."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem
from secdiplo.folder import toml
from secdiplo.importer.code_lists import CODED_COLUMNS
from secdiplo.importer.column_map import ColumnMap, read_draft, separators_of
from secdiplo.importer.map_lines import NEW, MapLine, rendered
from secdiplo.importer.profile import ColumnMatch, FileProfile
from secdiplo.importer.proposal import look, proposed
from secdiplo.importer.readers import ReadOptions
from secdiplo.importer.value_rules import ValueRules, unescaped
from secdiplo.schema import shown
from secdiplo.schema.tables import CODING_SHEET

PROPOSED = "proposed.toml"
"""The file of a map that is proposed and accepted at once, which nobody sees."""
UNUSED = "a column that nothing is made of: "
_LISTED = re.compile(rf'# (?:  |{NEW}: {UNUSED})("(?:[^"\\]|\\.)*"): ')


@dataclass(frozen=True)
class MapDraft:
    """A map that was proposed, or brought up to date.

    Attributes
    ----------
    text : str
        The map.
    added : list of MapLine
        The lines that nobody has decided on.
    """

    text: str
    added: list[MapLine]


def merged(written: ReadOptions, given: ReadOptions | None) -> ReadOptions:
    """Return the options of a map with those that are given instead."""
    changes = vars(given or ReadOptions())
    changes = {name: value for name, value in changes.items() if value not in {"", None}}
    return dataclasses.replace(written, **changes)


def refreshed(file: Path | str, map_path: Path | str, options: ReadOptions | None = None) -> str:
    """Return a map with what its file has and the map does not decide yet.

    Parameters
    ----------
    file : path
        The table.
    map_path : path
        The map. Every decision in it stays, with its comments.
    options : ReadOptions, optional
        How the file is read; these options take precedence over the map.

    Returns
    -------
    str
        The text of the map. Each added line has a comment that starts with ``new``. A new column
        is left to decide.

    Raises
    ------
    UsageError, DataError
        As for `propose` and `read_map`; or the map is written in a way that no line can be
        added to.
    """
    return _draft(file, map_path, options, fill=False).text


def drafted(file: Path | str, map_path: Path | str | None, options: ReadOptions | None) -> MapDraft:
    """Return the map that is proposed for a file, with the decisions of a map if there is one.

    A column that is clear is filled in. The arguments and errors are those of `refreshed`.
    """
    if map_path is not None:
        return _draft(file, map_path, options, fill=True)
    sections = proposed(*look(file, options or ReadOptions()))
    return MapDraft(rendered(sections), [line for lines in sections for line in lines])


def _draft(
    file: Path | str, map_path: Path | str, options: ReadOptions | None, fill: bool
) -> MapDraft:
    mapping, data = read_draft(map_path)
    profile, options, first = look(file, merged(mapping.options, options), mapping)
    decided = _as_decided(profile, mapping)
    if "split" in data:
        mapping = dataclasses.replace(mapping, split=separators_of(data["split"], decided.sure))
    rules = ValueRules(mapping, profile.source.epoch)
    if "split" in data:
        decided = dataclasses.replace(decided, map_items=rules.items)
    sections = proposed(decided, options, first)
    lines = [line for section in sections for line in section]
    added = [*_comments(mapping, lines, _asked(profile, mapping), fill)]
    for line in lines:
        if not line.sets_key or _is_decided(data, rules, line) or not _is_wanted(mapping, line):
            continue
        if not fill and line.table[:1] == ("values",) and line.table[1] not in mapping.columns:
            continue  # of a column that is left to decide
        added.append(line if fill else line.added())
    text = _with_lines(_without_lost_columns(mapping, profile), added)
    try:
        kept = _keeps(data, tomllib.loads(text), mapping, profile)
    except tomllib.TOMLDecodeError:
        kept = False
    if not kept:
        what = "no line can be added to it; write its tables as `[values.counterpart]`"
        raise DataError([Problem(Path(map_path).name, 1, "1", what)])
    return MapDraft(text, added)


def _comments(
    mapping: ColumnMap, lines: list[MapLine], asked: set[str], fill: bool
) -> Iterator[MapLine]:
    """Yield what a proposal has in comments and the map does not: notices and columns."""
    written = mapping.text.split("\n")
    known = mapping.used_columns | _left_alone(mapping) | _listed(written) | asked
    for line in lines:
        if line.kind == "notice" and str(line) not in written:
            yield line
        elif line.kind == "unused" and line.key not in known:
            comment = f"# {NEW}: {UNUSED}{str(line)[4:]}"
            yield MapLine(table=("columns",), comment=comment)
        elif (fill and line.kind in {"perhaps", "more"}) or (
            fill and line.kind == "group" and not mapping.is_grouped
        ):
            yield line


# --- what the map decides -------------------------------------------------------------------


def _as_decided(profile: FileProfile, mapping: ColumnMap) -> FileProfile:
    """Return a profile with the columns that the map names, and those that it does not know."""
    mapped = {name for given in mapping.columns.values() for name in given}
    decided = mapped | {*mapping.keep.values()} | _left_alone(mapping)
    sure, perhaps = (
        {
            target: match
            for target, match in matches.items()
            if target not in mapping.columns and match.name not in decided
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
    written = mapping.date_format.get("date", profile.date_format)
    return dataclasses.replace(
        profile, sure=sure, perhaps=perhaps, parts=parts, wide=wide, date_format=written
    )


def _asked(profile: FileProfile, mapping: ColumnMap) -> set[str]:
    """Return the columns that fit those that the map leaves to decide."""
    matches = (profile.perhaps | profile.sure).values()
    return {each.name for each in matches if mapping.columns.get(each.target) == ("",)}


def _left_alone(mapping: ColumnMap) -> set[str]:
    """Return the columns in lines such as `# city = "town"`, which a person left commented out."""
    found: set[str] = set()
    table: tuple[str, ...] = ()
    for line in mapping.text.split("\n"):
        table = _table_of(line) or table
        if table == ("columns",) and (match := re.match(r"#+\s*(\w+\s*=.*)", line)):
            with contextlib.suppress(tomllib.TOMLDecodeError):
                for target, given in tomllib.loads(match[1]).items():
                    names = [given] if isinstance(given, str) else given
                    if target in CODING_SHEET.by_name and isinstance(names, list):
                        found.update(name for name in names if isinstance(name, str))
    return found


def _listed(lines: list[str]) -> set[str]:
    """Return the columns that a map lists as those that nothing is made of."""
    found = [match[1] for line in lines if (match := _LISTED.match(line))]
    return {tomllib.loads(f"name = {text}")["name"] for text in found}


def _is_decided(data: dict[str, Any], rules: ValueRules, line: MapLine) -> bool:
    if line.table[:1] == ("values",):
        return rules.has_line(line.table[1], unescaped(line.key))
    inner: Any = data
    for name in line.table:
        inner = inner.get(name) if isinstance(inner, dict) else None
    return isinstance(inner, dict) and line.key in inner


def _is_wanted(mapping: ColumnMap, line: MapLine) -> bool:
    """Return whether a line of a proposal is one that the map still needs."""
    table, key = line.table, line.key
    if table[:1] == ("values",):
        # The codes of the map, and its systems, say what these values are.
        is_coded = table[1] in CODED_COLUMNS or table[1] == "counterpart"
        is_code = is_coded and unescaped(key) in mapping.names(table[1]).codes
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


def _table_of(line: str) -> tuple[str, ...]:
    """Return the table that a line of a map starts; empty if it starts none."""
    path: tuple[str, ...] = ()
    if re.match(r"\s*\[.*\]", line):
        with contextlib.suppress(tomllib.TOMLDecodeError):  # a line of a list
            data: Any = tomllib.loads(line)
            while isinstance(data, dict) and data:
                ((key, data),) = data.items()
                path += (key,)
    return path


def _with_lines(text: str, added: list[MapLine]) -> str:
    """Return a map with lines added at the end of their tables, and new tables at its end."""
    lines = text.rstrip("\n").split("\n")
    ends: dict[tuple[str, ...], int] = {(): 0}
    table: tuple[str, ...] = ()
    is_gap = False
    for number, line in enumerate(lines, 1):
        table = _table_of(line) or table
        # A comment after a gap is about the table below it.
        if line.strip() and not (line.startswith("#") and (is_gap or table == ())):
            ends[table] = number
        is_gap = not line.strip() or (is_gap and line.startswith("#"))
    inserted: dict[int, list[str]] = {}
    fresh: dict[tuple[str, ...], list[str]] = {}
    for each in added:
        if each.kind not in {"group", "more"}:  # which are said, and not written
            known = each.table in ends
            places = inserted.setdefault(ends[each.table], []) if known else None
            (fresh.setdefault(each.table, []) if places is None else places).append(str(each))
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
        return dataclasses.replace(problem, file=Path(file).name, line=0, column=key, what=what)

    return [found(problem) for problem in problems]


# --- doubts ---------------------------------------------------------------------------------


def doubts(lines: Iterable[MapLine], file: Path | str) -> list[Problem]:
    """List what proposed lines leave to decide, and what makes them doubtful.

    Parameters
    ----------
    lines : iterable of MapLine
        Lines that nobody has decided on.
    file : path
        The table.

    Returns
    -------
    list of Problem
        Errors: blanks, columns that only may be one of the sheet, states at a time when they were
        none, and what the file shows beside its cells. Notices: cautions about names of
        countries, and rows that seem to be of one meeting.
    """
    name = Path(file).name
    found = [problem for line in lines if (problem := _doubt(line, name))]
    return list(dict.fromkeys(found))


def _doubt(line: MapLine, file: str) -> Problem | None:
    is_value = line.table[:1] == ("values",)
    value = shown(unescaped(line.key))
    rule = f"a line under [{'.'.join(line.table)}] of a map decides it"
    if line.kind == "notice":
        return Problem(file, line.line, line.column, line.comment)
    if line.kind == "perhaps":
        why = line.comment.removeprefix("perhaps: ")
        what = f"is perhaps {line.key}: {why}; name it under [columns] of a map, or in `keep`"
        return Problem(file, 0, str(line.value), what)
    if line.kind == "more":
        return Problem(file, 0, line.key, f"{line.comment.removeprefix('# ... and ')}; {rule}")
    if line.kind == "group":
        what = f"{line.comment}; [group] in a map makes one event of each"
        return Problem(file, 0, "group", what, "notice")
    if line.kind == "open" and is_value:
        return Problem(file, line.line, line.column, f"{value}: {line.comment.rstrip('.')}; {rule}")
    if line.kind == "open":
        where = ".".join((*line.table, line.key))
        return Problem(file, 0, where, f"{line.comment or 'left to decide'}; write it in a map")
    if line.kind == "doubt":
        what = f"{value} is perhaps not `{line.value}`: {line.comment}; {rule}"
        return Problem(file, line.line, line.column, what)
    if line.kind == "caution":
        what = f"{value} is read as `{line.value}`. {line.comment}"
        return Problem(file, line.line, line.column, what, "notice")
    return None
