"""Files that a dataset folder adds, such as a query, read within bounds and within the folder."""

from __future__ import annotations

import re
from pathlib import Path

from secdiplo.errors import DataError, Problem

OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")  # of a table, field, query or figure


def read_text(file: Path, folder: Path, limit: int, remedy: str) -> str:
    """Read the text of a file of a folder's own.

    Parameters
    ----------
    file, folder : Path
        The file, and the dataset folder.
    limit : int
        The most bytes that are read.
    remedy : str
        What to do about a larger file.

    Returns
    -------
    str

    Raises
    ------
    DataError
        The file is a link out of the folder, too large, or not UTF-8.
    """

    def refusal(what: str) -> DataError:
        return DataError([Problem(f"{file.parent.name}/{file.name}", 1, "1", what)])

    if not lies_in(file, folder.resolve()):
        raise refusal("a link to a place outside the folder; copy the file")
    try:
        with file.open("rb") as opened:
            raw = opened.read(limit + 1)
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise refusal("cannot be read as UTF-8; save the file as UTF-8") from None
    if len(raw) > limit:
        raise refusal(f"over {limit:,} bytes; {remedy}")
    return text


def lies_in(file: Path, folder: Path) -> bool:
    """Return whether a file, through all links, is in a folder; a loop of links is in none."""
    try:
        return file.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):
        return False
