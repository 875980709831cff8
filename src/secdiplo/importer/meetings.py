"""Find out whether several rows of a file seem to be of one meeting."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from secdiplo.importer.profile import FileProfile, is_free_text

MAX_MEETINGS = 200_000  # different meetings that are told apart; further ones are not looked at
MAX_TEXTS = 5  # columns of texts that are compared
TITLES = ("forum", "source_title", "note")
"""Columns of the sheet whose text is the same in all rows of a meeting."""


@dataclass
class RepeatedMeetings:
    """Rows that are equal in some columns, and name different counterparts.

    Attributes
    ----------
    columns : list of str
        The columns of the file: those of the date, and a text.
    rows, meetings : int
        The number of such rows, and of groups of them.
    """

    columns: list[str]
    rows: int = 0
    meetings: int = 0
    _found: dict[bytes, tuple[bytes, int]] = field(default_factory=dict, repr=False)

    def add(self, key: list[str], counterpart: str) -> None:
        """Count a row; a group counts from its second counterpart on."""
        digest, other = _digest("\0".join(key)), _digest(counterpart)
        if digest not in self._found and len(self._found) >= MAX_MEETINGS:
            return
        first, size = self._found.get(digest, (other, 0))
        if first == b"":  # the group has several already
            self.rows += 1
        elif first != other:
            self.meetings += 1
            self.rows += size + 1
            first = b""
        self._found[digest] = (first, size + 1)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def repeated_meetings(profile: FileProfile) -> RepeatedMeetings | None:
    """Find the text that tells meetings apart best, if some rows share a meeting.

    Returns
    -------
    RepeatedMeetings or None
        None if no rows do, or if the file numbers its events.
    """
    dates = profile.parts or ([profile.sure["date"].name] if "date" in profile.sure else [])
    if not dates or "counterpart" not in profile.sure or "event_key" in profile.sure:
        return None
    mapped = [profile.sure[target].name for target in TITLES if target in profile.sure]
    free = [n for n, c in profile.columns.items() if n not in profile.taken() and is_free_text(c)]
    texts = list(dict.fromkeys((*mapped, *free)))[:MAX_TEXTS]
    found = [RepeatedMeetings([*dates, name]) for name in texts]
    index = {name: place for place, name in enumerate(profile.source.columns)}
    counterparts = profile.wide.get("counterpart", [profile.sure["counterpart"].name])
    places = [[index[name] for name in each.columns] for each in found]
    for _, cells in profile.source.rows() if found else ():
        counterpart = "\0".join(cells[index[name]] for name in counterparts)
        for each, of_key in zip(found, places, strict=True):
            key = [cells[place] for place in of_key]
            if all(key) and counterpart.strip("\0"):
                each.add(key, counterpart)
    best = max(found, key=lambda each: each.rows, default=None)
    return best if best and best.rows else None
