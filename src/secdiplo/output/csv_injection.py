"""Cells that a spreadsheet would take for a formula: kept from running, and got back."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")

STARTS = ("=", "@", "+", "-", "\t", "\r")
APOSTROPHE = "'"
MAY_BE_FORMULA = frozenset((*STARTS, APOSTROPHE))
"""The first characters of every text that `guarded` changes, and of some others."""
# Apostrophes before the sign are part of the rule, so that a cell that has one already does not
# come back without it.
_RISKY = re.compile(r"'*[=@+\-\t\r]")
_GUARDED = re.compile(r"'+[=@+\-\t\r]")

RULE = (
    "Text that begins with =, @, +, -, a tab or a carriage return gets an apostrophe in front, so "
    "that no spreadsheet runs it as a formula. If the text already has apostrophes in front of "
    "such a character, it gets one more. To undo this, remove one apostrophe from every text that "
    "begins with apostrophes and one of these characters."
)


def guarded(cell: Cell) -> Cell | str:
    """Return a cell of a CSV file that no spreadsheet takes for a formula.

    Parameters
    ----------
    cell : any
        Only a text can be changed; a negative number is no text.

    Returns
    -------
    any
        The text with an apostrophe before it, where it needs one; else the cell itself.

    Examples
    --------
    >>> guarded("=1+1"), guarded("plain"), guarded(-1)
    ("'=1+1", 'plain', -1)
    """
    return APOSTROPHE + cell if isinstance(cell, str) and _RISKY.match(cell) else cell


def unguarded(cell: Cell) -> Cell | str:
    """Return what a cell was before `guarded`.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if isinstance(cell, str) and _GUARDED.match(cell) else cell
