"""Find the several values that one row of a file has for one column of the sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from secdiplo.importer.summary import ImportSummary

SPLIT_COLUMNS = (
    "counterpart",
    "counterpart_person",
    "counterpart_office",
    "agency",
    "official",
    "official_rank",
    "topic",
    "source_url",
)
"""Columns of the sheet for which a cell or several columns of the file may give several values."""
PAIRED_COLUMNS = ("counterpart_person", "counterpart_office")
"""Columns about a counterpart: several of them go with as many counterparts, in this order."""
OF_OFFICIALS = ("agency", "official_rank")
"""Columns about an official: one goes with all officials of a row, or each with its own."""
ALSO = "also: "
"""What stands in the note before further addresses."""
_ADDRESS = re.compile(r"https?://[^\s;,|]\S*?(?=[;,|]*(?:\s|$))")


def split(text: str, separators: Sequence[str], known: Callable[[str], object]) -> list[str]:
    """Split a cell at its separators; a part that is known stays whole.

    Parameters
    ----------
    text : str
        The cell.
    separators : sequence of str
        Texts between two values. The first one is tried first.
    known : callable
        Return whether a text is one value, such as `Trinidad and Tobago`.

    Returns
    -------
    list of str
        Parts that are not blank, each once.

    Examples
    --------
    >>> split("Chad, Trinidad and Tobago and Peru", (",", " and "), lambda _: False)
    ['Chad', 'Trinidad', 'Tobago', 'Peru']
    >>> split("Chad; Trinidad and Tobago", (";", " and "), lambda text: text.startswith("T"))
    ['Chad', 'Trinidad and Tobago']
    """
    return list(dict.fromkeys(split_all(text, separators, known)))


def split_all(text: str, separators: Sequence[str], known: Callable[[str], object]) -> list[str]:
    """Split a cell as `split` does, and keep a part as often as the cell has it.

    Two officials can have the same rank, so that the second rank is no repetition.

    Examples
    --------
    >>> split_all("Minister; Minister", (";",), lambda _: False)
    ['Minister', 'Minister']
    """
    text = text.strip()
    if not text:
        return []
    if not separators or known(text):
        return [text]
    first, *rest = separators
    # A list that ends in "x, y, and z" leaves the word of the last separator at the start.
    bare = [part for part in f" {text} ".split(first) if part.strip()]
    return [item for part in bare for item in _rest(part, rest, known)]


def _rest(part: str, rest: list[str], known: Callable[[str], object]) -> list[str]:
    for separator in rest:
        if part.startswith(separator):
            part = part.removeprefix(separator)
    return split_all(part, rest, known)


def addresses(cells: Iterable[str], separators: Sequence[str]) -> tuple[str, str]:
    """Return the first address of some cells, and everything else that they contain.

    A separator counts only before another address, because addresses may contain it. Without
    one, a mark or a space before another address separates them.

    Examples
    --------
    >>> addresses(["https://a.org/1;x, News; https://b.org/2"], [";"])
    ('https://a.org/1;x', 'News; https://b.org/2')
    """
    marks = "|".join(map(re.escape, separators)) or r"[;,|]"
    gap = re.compile(rf"\s*(?:{marks})\s*(?=https?://)|\s+(?=https?://)")
    cells = [cell for cell in cells if cell]
    parts = [part for cell in cells for part in gap.split(cell) if part]
    if not parts:
        return "", ""
    first, *more = dict.fromkeys(parts)
    found = _ADDRESS.search(first) if separators or len(parts) > len(cells) else None
    if found:
        left = (first[: found.start()] + first[found.end() :]).strip(" ;,|")
        return found[0], "; ".join(part for part in (left, *more) if part)
    return first, "; ".join(more)


def several_addresses(cell: str) -> bool:
    """Return whether a cell contains more than one address."""
    return len(re.findall(r"(?:^|[\s;,|])https?://", cell)) > 1


def without_home(
    home: str, counterparts: list[dict[str, str]], summary: ImportSummary
) -> list[dict[str, str]]:
    """Leave out the home country itself, and count the row; none may be left."""
    if not home:  # a blank counterpart is not the home country
        return counterparts
    found = [each for each in counterparts if each["counterpart"] != home]
    if len(found) < len(counterparts):
        summary.add("domestic", "counterpart", home)
    return found
