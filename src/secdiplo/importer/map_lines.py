"""Represent the lines of a proposed map, with what makes them doubtful."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from secdiplo.folder import toml

LineKind = Literal[
    "sure", "open", "doubt", "caution", "perhaps", "unused", "more", "notice", "group", "text"
]
NEW = "new"
"""The first word of the comment of each line that a refresh adds."""


@dataclass(frozen=True)
class MapLine:
    """One line of a proposed map.

    Attributes
    ----------
    kind : str
        ``sure``, ``open`` (left to decide), ``doubt`` (filled in, and perhaps wrong) or
        ``caution`` (filled in, and easily misunderstood) of a line that sets a key; ``perhaps``
        of one that is commented out; ``unused`` of a column that nothing is made of; ``notice``
        about the file; ``more`` of lines that are not listed; ``group`` about rows that seem to be
        of one meeting; else ``text``.
    table : tuple of str
        The table that the line is in.
    key : str
        The key; of ``unused`` the column of the file; of ``text`` blank.
    value : object
        The value of the key; of ``group`` the lines of the table.
    comment : str
        What is said about it; of ``text`` and ``more`` the line itself.
    line : int
        The line of the file at which the value occurs first; 0 if it is about no line.
    column : str
        The column of the file.
    """

    kind: LineKind = "text"
    table: tuple[str, ...] = ()
    key: str = ""
    value: Any = ""
    comment: str = ""
    line: int = 0
    column: str = ""

    @property
    def sets_key(self) -> bool:
        """Whether the line sets a key."""
        return self.kind in {"sure", "open", "doubt", "caution"}

    def __str__(self) -> str:
        if self.kind in {"text", "more"}:
            return self.comment
        if self.kind == "group":
            return str(self.value)
        if self.kind == "notice":
            return toml.comment(f"#   notice: {self.line}:{self.column}: {self.comment}")
        if self.kind == "unused":
            return toml.comment(f"#   {toml.text(self.key)}: {self.comment}")
        name = toml.text(self.key) if self.table[:1] == ("values",) else toml.key(self.key)
        start = "# " if self.kind == "perhaps" else ""
        end = f"  # {toml.comment(self.comment)}" if self.comment else ""
        return f"{start}{name} = {toml.text(self.value)}{end}"

    def added(self) -> MapLine:
        """Return the line as a refresh adds it: a column is left to decide."""
        if self.table == ("columns",) and self.kind != "perhaps" and self.value != "":
            why = f"left to decide: perhaps {toml.text(self.value)}: {self.comment}"
            return replace(self, kind="open", value="", comment=f"{NEW}: {why}")
        return replace(self, comment=f"{NEW}: {self.comment}" if self.comment else NEW)


def text_lines(*lines: str) -> list[MapLine]:
    """Return lines that set no key."""
    return [MapLine(comment=line) for line in lines]


def setting(table: tuple[str, ...], key: str, value: Any, comment: str = "") -> MapLine:
    """Return a line that sets a key, and is left to decide where its value is blank."""
    return MapLine("open" if is_open(value) else "sure", table, key, value, comment)


def is_open(value: Any) -> bool:
    """Return whether a value, or one in a table, is blank."""
    return value == "" or (isinstance(value, dict) and "" in value.values())


def rendered(sections: Iterable[list[MapLine]]) -> str:
    """Return the text of a map."""
    parts = ["\n".join(map(str, lines)) for lines in sections if lines]
    return "\n\n".join(parts) + "\n"
