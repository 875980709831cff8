"""Make one event of several rows of a file: those that have the same values in some columns."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from secdiplo.importer.column_map import ColumnMap
from secdiplo.importer.summary import ImportSummary
from secdiplo.text import slug

AGREEING = (
    "date",
    "date_end",
    "home",
    "format",
    "mode",
    "forum",
    "host_country",
    "city",
    "confidence",
)
"""Columns of the sheet in which all rows of an event must agree."""
DIFFERS = (
    "in one event, whose rows must agree; group by this column too, or correct the rows of the file"
)
ONE_COUNTERPART = ("bilateral", "sideline")
NOT_MULTILATERAL = (
    "is the format of an event with several counterparts; code it multilateral, or write "
    '`format = "count"` under [group] and remove the format'
)
MAX_KEY = 60  # characters of a label that is made of columns
Group = tuple[str, ...]
"""The values that the rows of one event share."""


@dataclass
class EventGroups:
    """The events that the rows of a file make, by the values of some columns.

    Attributes
    ----------
    mapping : ColumnMap
        The map, which names the columns.
    index : mapping
        Column of the file -> its place in a row.
    labels : dict
        Group -> the label of its event.
    counterparts : dict
        Group -> its different counterparts, at most two of them.
    sizes : Counter
        Group -> number of rows of the file.
    """

    mapping: ColumnMap
    index: Mapping[str, int]
    labels: dict[Group, str] = field(default_factory=dict)
    counterparts: dict[Group, set[tuple[str, str]]] = field(default_factory=dict)
    sizes: Counter[Group] = field(default_factory=Counter)
    _seen: set[bytes] = field(default_factory=set)
    _taken: set[str] = field(default_factory=set)
    _first: dict[Group, tuple[int, Group]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A date may be written in two ways, and a part of a date is no date.
        dates = self.mapping.columns.get("date", ())
        date = dates[0] if len(dates) == 1 else None
        self.places = [None if name == date else self.index[name] for name in self.mapping.group_by]

    def of(self, record: list[str], date: str) -> Group | None:
        """Return the group of a row; None if it has a blank in one of the columns."""
        found = tuple(date if place is None else record[place] for place in self.places)
        return found if found and all(found) else None

    def survey(self, group: Group | None, rows: Iterable[Mapping[str, str]]) -> None:
        """Note the counterparts of a row of the file, before its event is written."""
        if group is None:
            return
        found = self.counterparts.setdefault(group, set())
        for row in rows:
            if row["counterpart"] and len(found) < 2:
                found.add((row["counterpart_type"], row["counterpart"]))

    def has_several(self, group: Group | None, rows: Iterable[Mapping[str, str]]) -> bool:
        """Return whether the event of a row of the file has several counterparts."""
        if group is not None and group in self.counterparts:
            return len(self.counterparts[group]) > 1
        return len({(r["counterpart_type"], r["counterpart"]) for r in rows}) > 1

    def label(self, group: Group) -> str:
        """Return the label of the event of a group; two groups never have the same."""
        if group not in self.labels:
            is_label = len(group) == 1 and "event_key" in self.mapping.columns
            base = label = group[0] if is_label else _short("-".join(map(slug, group)))
            number = 1
            while label in self._taken:
                number += 1
                label = f"{base if is_label else base[: MAX_KEY - 6]}-{number}"
            self._taken.add(label)
            self.labels[group] = label
        return self.labels[group]

    def differences(
        self, group: Group, line: int, cells: Mapping[str, str]
    ) -> Iterator[tuple[str, str, str, int]]:
        """Yield what a row says of its event otherwise than the first row of the event.

        Yields
        ------
        (str, str, str, int)
            The column of the sheet, the two values, and the line of the first row.
        """
        self.sizes[group] += 1
        found = tuple(cells.get(name, "") for name in AGREEING)
        first, others = self._first.setdefault(group, (line, found))
        for name, value, other in zip(AGREEING, found, others, strict=True):
            if value != other:
                yield name, value, other, first

    def is_repeated(self, row: Mapping[str, str]) -> bool:
        """Return whether an equal row of the same event was written before."""
        digest = hashlib.blake2b("\0".join(row.values()).encode(), digest_size=16).digest()
        is_there = digest in self._seen
        self._seen.add(digest)
        return is_there

    def count(self, summary: ImportSummary) -> None:
        """Count the rows that became one event with others."""
        columns = " + ".join(self.mapping.group_by)
        for group, size in self.sizes.items():
            if size > 1:
                summary.add("grouped", columns, "; ".join(group), self.labels[group], size)


def _short(label: str) -> str:
    """Return a label cut to its length, with a digest of all of it so that it stays its own."""
    if len(label) <= MAX_KEY:
        return label
    digest = hashlib.blake2b(label.encode(), digest_size=4).hexdigest()
    return f"{label[: MAX_KEY - len(digest) - 1].rstrip('-')}-{digest}"
