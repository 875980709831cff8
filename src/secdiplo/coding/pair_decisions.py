"""Decisions of coders about pairs of events, kept in a CSV file of the dataset folder."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.files import csv_rows, written_whole
from secdiplo.output.csv_injection import unguarded
from secdiplo.output.render import csv_batches
from secdiplo.suggest import hint

YES, NO = "yes", "no"
REMARKS = ("decided_by", "decided_on", "why")
NOT_DUPLICATES = ("event_key_1", "event_key_2", *REMARKS)
LINKS = ("event_key", "other_event_key", "decision", *REMARKS)
NOT_DUPLICATES_FILE, LINKS_FILE = "curated/not_duplicates.csv", "curated/links.csv"

Pair = tuple[str, str]


def read_not_duplicates(source: Path | None, keys: Iterable[str]) -> set[Pair]:
    """Read the pairs of events that were found to be no duplicates.

    Parameters
    ----------
    source : Path or None
        The dataset folder; there are no decisions without it, or without the file.
    keys : iterable of str
        The keys of its events.

    Returns
    -------
    set of (str, str)
        Each pair in alphabetical order.

    Raises
    ------
    DataError
        Unknown keys, a pair of one event with itself, a pair twice, or an invalid date.
    """
    known = set(keys)
    problems: list[Problem] = []
    seen: dict[Pair, int] = {}
    for line, row in _rows(source, NOT_DUPLICATES_FILE, NOT_DUPLICATES):
        pair = (row["event_key_1"], row["event_key_2"])
        for name, key in zip(NOT_DUPLICATES[:2], pair, strict=True):
            problems += _unknown(NOT_DUPLICATES_FILE, line, name, key, known)
        if pair[0] == pair[1]:
            what = f"`{pair[0]}` twice; name two events, or remove the row"
            problems.append(Problem(NOT_DUPLICATES_FILE, line, "event_key_2", what))
        pair = (min(pair), max(pair))
        problems += _twice(NOT_DUPLICATES_FILE, line, "event_key_1", pair, seen)
        problems += _bad_date(NOT_DUPLICATES_FILE, line, row["decided_on"])
    if problems:
        raise DataError(sorted(problems))
    return set(seen)


def read_links(
    source: Path | None, keys: Iterable[str], other_keys: Iterable[str]
) -> dict[Pair, str]:
    """Read the decisions about links between the events of two datasets.

    Parameters
    ----------
    source : Path or None
        The dataset folder; there are no decisions without it, or without the file.
    keys, other_keys : iterable of str
        The keys of its events, and of those of the other dataset.

    Returns
    -------
    dict of (str, str) to str
        ``yes`` or ``no``; blank for a pair that waits in the queue. Links to events that the
        other dataset does not have are left out: they may be about a third one.

    Raises
    ------
    DataError
        Unknown keys, a pair twice, an event that is linked twice, or a wrong decision or date.
    """
    known, others = set(keys), set(other_keys)
    problems: list[Problem] = []
    seen: dict[Pair, int] = {}
    linked: dict[tuple[int, str], int] = {}
    found: dict[Pair, str] = {}
    for line, row in _rows(source, LINKS_FILE, LINKS):
        pair, decision = (row["event_key"], row["other_event_key"]), row["decision"]
        problems += _unknown(LINKS_FILE, line, "event_key", pair[0], known)
        problems += _twice(LINKS_FILE, line, "event_key", pair, seen)
        problems += _bad_date(LINKS_FILE, line, row["decided_on"])
        if decision not in {YES, NO, ""}:
            what = f"`{decision}` is not a decision; write yes or no, or leave it blank"
            problems.append(Problem(LINKS_FILE, line, "decision", what))
        if pair[1] not in others:
            continue
        for side, name in enumerate(("event_key", "other_event_key")):
            earlier = linked.setdefault((side, pair[side]), line) if decision == YES else line
            if earlier != line:
                what = f"`{pair[side]}` is linked in line {earlier} too; keep one of them"
                problems.append(Problem(LINKS_FILE, line, name, what))
        found[pair] = decision
    if problems:
        raise DataError(sorted(problems))
    return found


def problems(source: Path, keys: Iterable[str]) -> list[Problem]:
    """Find what is wrong with both files of decisions, whatever the other dataset of the links.

    Parameters
    ----------
    source : Path
        The dataset folder.
    keys : iterable of str
        The keys of its events.

    Returns
    -------
    list of Problem
        Those that `read_not_duplicates` and `read_links` raise.
    """
    known = set(keys)
    found: list[Problem] = []
    for read in (read_not_duplicates, partial(read_links, other_keys=())):
        try:
            read(source, known)
        except DataError as error:
            found += error.problems
    return found


def queue_links(source: Path | None, pairs: Iterable[Pair]) -> int:
    """Add pairs to ``curated/links.csv`` with a blank decision, unless they are there.

    Parameters
    ----------
    source : Path or None
        The dataset folder.
    pairs : iterable of (str, str)
        The keys of the events of each pair.

    Returns
    -------
    int
        How many pairs were added.

    Raises
    ------
    UsageError
        There is no dataset folder.
    DataError
        The file cannot be read.
    """
    if source is None:
        raise UsageError("built tables have no queue; name the dataset folder to keep decisions")
    file = source / LINKS_FILE
    rows = _rows(source, LINKS_FILE, LINKS)
    known = {(row["event_key"], row["other_event_key"]) for _, row in rows}
    new = [pair for pair in dict.fromkeys(pairs) if pair not in known]
    if not new:
        return 0
    before = file.read_text(encoding="utf-8-sig") if file.exists() else ",".join(LINKS) + "\n"
    header = next(csv.reader([before.partition("\n")[0]]))
    cells = [dict(zip(LINKS, pair, strict=False)) for pair in new]
    added = csv_batches(header, [[[row.get(name) for name in header] for row in cells]])
    next(added)  # the header, which the file has
    file.parent.mkdir(exist_ok=True)
    with written_whole(file) as fresh:
        gap = "" if before.endswith("\n") else "\n"
        fresh.write_text(before + gap + "".join(added), encoding="utf-8", newline="\n")
    return len(new)


def _rows(
    source: Path | None, name: str, columns: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a file of decisions, if there is one, with cells as they were entered."""
    if source is None or not (source / name).is_file():
        return []
    rows = csv_rows(source / name, columns)
    return [
        (line, {key: str(unguarded(cell.strip())) for key, cell in row.items()})
        for line, row in rows
    ]


def _unknown(file: str, line: int, column: str, key: str, known: set[str]) -> list[Problem]:
    if key in known:
        return []
    near = hint(key, known) or "correct it, or remove the row"
    return [Problem(file, line, column, f"`{key}` is not an event of the dataset; {near}")]


def _twice(file: str, line: int, column: str, pair: Pair, seen: dict[Pair, int]) -> list[Problem]:
    """Return a problem if a pair has another row; remember its line otherwise."""
    earlier = seen.setdefault(pair, line)
    if earlier == line:
        return []
    what = f"`{pair[0]}` and `{pair[1]}` are in line {earlier} too; remove one of the rows"
    return [Problem(file, line, column, what)]


def _bad_date(file: str, line: int, date: str) -> list[Problem]:
    """Return a problem if a date is neither blank nor a day."""
    try:
        if date:
            datetime.date.fromisoformat(date)
    except ValueError:
        what = f"`{date}` is not a valid date; write it as 2026-01-31, or leave it blank"
        return [Problem(file, line, "decided_on", what)]
    return []
