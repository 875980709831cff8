"""What a map says: how the columns and values of a file become those of the sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo import toml
from secdiplo.errors import Problem
from secdiplo.importer import spellings
from secdiplo.importer.records import clean
from secdiplo.importer.spellings import CLOSED, Names
from secdiplo.tables import SHEET

Key = tuple[str, ...]
DATES = tuple(column.name for column in SHEET.columns if column.kind in {"partial_date", "date"})


@dataclass(frozen=True)
class Mapping:
    """What a map says.

    Attributes
    ----------
    path : Path
        The file of the map.
    dataset, scopes : dict
        What goes into dataset.toml.
    columns : dict
        Column of the sheet -> columns of the file: the first that is not blank counts; of a
        date they are its year, month and day.
    defaults : dict
        Column of the sheet -> the value of its blank cells.
    values : dict
        Column of the sheet -> value of the file -> value of the sheet.
    codes : dict
        List -> code -> (label, parent), for a dataset with agencies and ranks of its own.
    date_format : dict
        Column of the sheet -> the format of its dates in figures.
    keep : tuple of str
        Further columns of the file that are carried through.
    sheet : str
        The sheet of a workbook; blank for the first.
    same_rows : str
        What rows that are alike in every cell are: ``refuse`` or ``separate`` events.
    text : str
        The text of its file, for the lines of problems.
    """

    path: Path
    dataset: dict[str, Any] = field(default_factory=dict)
    scopes: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    date_format: dict[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    sheet: str = ""
    same_rows: str = "refuse"
    text: str = field(default="", repr=False)

    def problem(self, what: str, *key: str) -> Problem:
        """Make a problem of one key, at its line or that of the table where it should stand."""
        line = toml.line_of(self.text, *key)
        return Problem(self.path.name, line, clean(key[-1]), what)

    def names(self, column: str) -> Names:
        """Return the names of the codes of a column: those of the map where it makes them."""
        name = CLOSED.get(column, "country")
        if self.codes and name in spellings.DOMAIN:
            made = self.codes.get(name, {})
            return spellings.given({code: label for code, (label, _) in made.items()})
        return spellings.names_of(column)
