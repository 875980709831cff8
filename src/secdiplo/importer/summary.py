"""Summarize an import: which rows and cells of the file became something else."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from secdiplo.errors import Problem, UsageError
from secdiplo.output.csv_injection import guarded
from secdiplo.output.wording import counted

MAX_NAMES = 20  # files that are listed
REPORT_COLUMNS = ("change", "column", "in_file", "written", "count")


@dataclass
class ImportSummary:
    """What an import did to the rows and cells of a file.

    Attributes
    ----------
    read, written : int
        Rows of the file, and rows of the sheet.
    changes : Counter
        (change, column, text in the file, text written) -> number of rows or cells.
    notices : list of Problem
        What the file has that its cells alone do not show, such as merged cells.
    kept, replaced : list of str
        Files that were in the folder and stay; and those that now have another content.
    """

    read: int = 0
    written: int = 0
    changes: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    notices: list[Problem] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    def add(self, change: str, column: str, given: str, written: str = "", count: int = 1) -> None:
        """Count a change."""
        self.changes[change, column, given, written] += count

    def number(self, change: str) -> int:
        """Return how many rows or cells have one kind of change."""
        return sum(count for key, count in self.changes.items() if key[0] == change)

    def lines(self) -> list[str]:
        """Return the summary as lines of text."""
        found = [f"{counted(self.read, 'row')} read, {counted(self.written, 'row')} written"]
        for change, section in (("filtered", "filter"), ("dropped", "drop")):
            for column, count in sorted(self._by_column(change).items()):
                found.append(f"{counted(count, 'row')} dropped by [{section}] {column}")
        if domestic := self.number("domestic"):
            found.append(f"{counted(domestic, 'row')} dropped: the counterpart is the home country")
        if events := sum(key[0] == "grouped" for key in self.changes):
            rows = counted(self.number("grouped"), "row")
            found.append(f"{rows} grouped into {counted(events, 'event')}")
        found += [
            f"{counted(count, thing)} {text}"
            for change, thing, text in (
                ("split", "row", "split into several"),
                ("merged", "row", "merged with one of the same event that is equal"),
                ("counted", "row", "given a format by the number of counterparts"),
                ("missing", "cell", "blank by `missing`"),
                ("value", "cell", "changed"),
                ("pattern", "cell", "changed by a pattern"),
                ("rest", "cell", 'changed by "*"'),
                ("correction", "cell", "set by [[corrections]]"),
                ("default", "blank cell", "filled with a default"),
                ("note", "text", "moved into the note"),
            )
            if (count := self.number(change))
        ]
        for column, count in sorted(self._by_column("white space").items()):
            found.append(f"white space made uniform in {counted(count, 'cell')} of {column}")
        if self.kept:
            found.append(f"kept in the folder: {_listed(self.kept)}")
        if self.replaced:
            edits = "earlier edits by hand in them are gone"
            found.append(f"replaced with other content: {_listed(self.replaced)}; {edits}")
        return found

    def _by_column(self, change: str) -> Counter[str]:
        """Return how many rows or cells of each column have one kind of change."""
        found: Counter[str] = Counter()
        for (kind, column, _, _), count in self.changes.items():
            if kind == change:
                found[column] += count
        return found

    def write(self, path: Path | str) -> None:
        """Write every change, with its number of rows or cells, as CSV."""
        try:
            with Path(path).open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(REPORT_COLUMNS)
                for key, count in sorted(self.changes.items()):
                    if count:
                        writer.writerow((*map(guarded, key), count))
        except OSError as error:
            what = f"{path} cannot be written ({error.strerror}); choose another"
            raise UsageError(what) from None


def _listed(names: list[str]) -> str:
    """List names, and count those that are too many to list."""
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more:,} more" if more > 0 else "")
