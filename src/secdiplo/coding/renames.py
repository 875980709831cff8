"""Columns and codes that have another name in a later version of a dataset.

A dataset declares them in the ``changes`` of its dataset.toml, in words that name the old and the
new one: ``renamed: From `old`.`` of a column, ``recoded: `old` is now `new`.`` of a code. The
toolkit knows the names that its own version 1 gave to columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from secdiplo.schema.history import CHANGE, Changes
from secdiplo.suggest import present_name

OLD_NAME = re.compile(r"\b[Ff]rom `([^`]+)`")
BECAME = re.compile(r"`([^`]+)` (?:is|was|are) (?:now|merged into|renamed to|recoded to) `([^`]+)`")
RENAME_COLUMNS = ("table", "column", "kind", "old", "new", "basis", "cells")
DECLARED, BY_TOOLKIT, LIKELY = "declared", "toolkit", "likely"


@dataclass(frozen=True)
class Rename:
    """A column or code with another name.

    Attributes
    ----------
    table, column : str
        Where it is, by the names of the later version.
    kind : str
        ``column`` or ``code``.
    old, new : str
        Both names.
    basis : str
        ``declared`` in the later version; by the ``toolkit``; or ``likely``, from the cells.
    cells : int or None
        How many cells of the old version have the code; None of a column.
    """

    table: str
    column: str
    kind: str
    old: str
    new: str
    basis: str
    cells: int | None = None

    def row(self) -> tuple[Any, ...]:
        """Return the cells of `RENAME_COLUMNS`."""
        return tuple(getattr(self, name) for name in RENAME_COLUMNS)


def declared_renames(changes: Changes, after: str, until: str) -> list[Rename]:
    """Return the columns and codes that a dataset says were renamed.

    Parameters
    ----------
    changes : mapping
        By version, the changes of each variable.
    after, until : str
        The old version and the new one. Changes after the old version count, up to the new one.

    Returns
    -------
    list of Rename

    Examples
    --------
    >>> words = {"events.city": "renamed: From `town`."}
    >>> [(each.kind, each.old, each.new) for each in declared_renames({"2.0": words}, "1.1", "2.0")]
    [('column', 'town', 'city')]
    """
    found = []
    for version in sorted(changes, key=_number):
        if not _number(after) < _number(version) <= _number(until):
            continue
        for variable, words in changes[version].items():
            table, _, column = variable.partition(".")
            change = CHANGE.fullmatch(words)
            if not change:
                continue
            if change[1] == "renamed" and (former := OLD_NAME.search(change[2])):
                found.append(Rename(table, column, "column", former[1], column, DECLARED))
            for old, new in BECAME.findall(change[2]):
                found.append(Rename(table, column, "code", old, new, DECLARED))
    return found


def _number(version: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in version.split(".")]


def renamed_columns(
    table: str, have: Iterable[str], known: Iterable[str], declared: Iterable[Rename]
) -> list[Rename]:
    """Return the columns of an old table that a new one has under other names.

    Parameters
    ----------
    table : str
    have, known : iterable of str
        The columns of the old table, and those of the new one.
    declared : iterable of Rename
        What the new version declares; a column of the coding sheet may be declared by the table
        that it becomes.

    Returns
    -------
    list of Rename
    """
    old, new = list(have), list(known)
    open_names = {name for name in new if name not in old}
    found = []
    for name in (name for name in old if name not in new):
        said = [r for r in declared if r.kind == "column" and r.old == name and r.new in open_names]
        mine = [r for r in said if r.table == table] or said
        if mine:
            found.append(Rename(table, mine[0].new, "column", name, mine[0].new, DECLARED))
        elif (present := present_name(name, open_names)) is not None:
            found.append(Rename(table, present, "column", name, present, BY_TOOLKIT))
    return found


def recodes(table: str, declared: Iterable[Rename]) -> Mapping[str, dict[str, str]]:
    """Return the codes of a table that were renamed: by column, the old and the new one."""
    found: dict[str, dict[str, str]] = {}
    for each in declared:
        if each.kind == "code" and each.table == table:
            found.setdefault(each.column, {})[each.old] = each.new
    return found
