"""Copies of a coding sheet that are altered by chance, with what was done to each event."""

from __future__ import annotations

import csv
import datetime
import shutil
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"


def copy_of_data(folder):
    """Copy the data without the tables that name its events."""
    shutil.copytree(DATA, folder)
    (folder / "curated" / "mentions.csv").unlink()
    (folder / "tables" / "mentions.json").unlink()
    for query in ("mentions_coded",):
        (folder / "queries" / f"{query}.sql").unlink()
    return folder


def sheet_rows(folder):
    with (folder / "curated" / "interactions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(folder, rows):
    path = folder / "curated" / "interactions.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def by_event(rows):
    """Return the rows of each event, by its key."""
    found = {}
    for row in rows:
        found.setdefault(row["event_key"], []).append(row)
    return found


def moved(date, days):
    """Move a day; a month or year stays as it is."""
    if len(date) != 10:
        return date
    return (datetime.date.fromisoformat(date) + datetime.timedelta(days)).isoformat()


def misspelt(text, chance):
    """Spell a name in another way: a letter doubled, dropped, or two swapped; or a name first."""
    if len(text) < 6:
        return text
    place = chance.randrange(1, len(text) - 2)
    kind = chance.randrange(4)
    if kind == 0:
        return text[:place] + text[place] + text[place:]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return " ".join(reversed(text.split(" ")))


def near_copy(rows, key, chance, most=2):
    """Code the rows of an event again: a day or two off, other spellings, another page."""
    days = chance.choice([d for d in range(-most, most + 1) if d])
    names = {}
    copies = []
    for row in rows:
        person = row["counterpart_person"]
        names.setdefault(person, misspelt(person, chance))
        copies.append({
            **row,
            "event_key": key,
            "date": moved(row["date"], days),
            "date_end": moved(row["date_end"], days),
            "counterpart_person": names[person],
            "source_url": f"https://example.org/{key}",
            "source_publisher": "",
            "source_title": "",
            "source_date": "",
            "note": "",
        })  # fmt: skip
    return copies
