"""Compare annotations with the source texts: first the digests, then every quote at its offsets.

The texts belong to other people and are not part of the project. Whoever has them can check that
each published value and each named event is where the annotations say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from secdiplo.errors import Problem, UsageError
from secdiplo.files import csv_rows
from secdiplo.folder import own_tables, resources

SPAN = ("seed_file", "start", "end", "quote")
DESCRIBED = ("seed_file", "length", "sha256")
MAX_TEXT = 50_000_000


def verify_quotes(texts: Path | str, seeds: Path | str | None = None) -> tuple[list[Problem], int]:
    """Check every offset of the annotations against the texts.

    Parameters
    ----------
    texts : path
        The folder that holds the text files of the manifest.
    seeds : path, optional
        The folder of manifest.csv and the annotations; the shipped one by default. Tables of
        the dataset folder in which it lies are checked too, where they quote the texts.

    Returns
    -------
    (list of Problem, int)
        Every failure, and how many quotes were compared.

    Raises
    ------
    UsageError
        A folder is not there.
    """
    folder = Path(seeds) if seeds else resources.shipped("seeds")
    if not Path(texts).is_dir():
        raise UsageError(f"{texts}: no such folder; name the one that holds the texts")
    if not (folder / "manifest.csv").is_file():
        raise UsageError(f"{folder}: no manifest.csv here")
    problems: list[Problem] = []
    known: dict[str, str | None] = {}
    for line, row in csv_rows(folder / "manifest.csv", DESCRIBED):
        text, what = _text(Path(texts) / Path(row["seed_file"]).name, row)
        known[row["seed_file"]] = text
        if what:
            problems.append(Problem("manifest.csv", line, what[0], what[1]))
    compared = 0
    place = folder / "annotations" if (folder / "annotations").is_dir() else folder
    for sheet in _quoting(place, folder):
        for line, row in csv_rows(sheet, SPAN):
            found = _span(sheet.name, line, row, known)
            compared += known.get(row["seed_file"]) is not None
            problems += found
    return problems, compared


def _quoting(place: Path, seeds: Path) -> Iterator[Path]:
    """Yield the sheets that quote the texts: claims, then tables of the dataset itself."""
    if (place / "claims.csv").is_file():
        yield place / "claims.csv"
    dataset = resources.shipped("data") if seeds == resources.shipped("seeds") else seeds.parent
    if not (dataset / "dataset.toml").is_file():
        return
    for table in own_tables.read(dataset)[0]:
        if table.by_name.keys() >= set(SPAN) and (dataset / table.sheet).is_file():
            yield dataset / table.sheet


def _text(path: Path, row: dict[str, str]) -> tuple[str | None, tuple[str, str] | None]:
    """The text, or None with the column and words of what is wrong with it."""
    if not path.is_file():
        return None, ("seed_file", f"no text `{path.name}` in the folder; add it")
    if path.stat().st_size > MAX_TEXT:
        return None, (
            "length",
            f"`{path.name}` is over {MAX_TEXT:,} bytes; replace it with the text that is meant",
        )
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if digest != row["sha256"]:
        what = f"`{path.name}` has sha256 {digest[:12]}..., not {row['sha256'][:12]}...; "
        return None, (
            "sha256",
            what + "another version of the text; get the one that the manifest describes",
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None, ("seed_file", f"`{path.name}` is not UTF-8; annotate a text that is")
    if str(len(text)) != row["length"]:
        return text, ("length", f"the text has {len(text)} code points; correct the manifest")
    return text, None


def _span(name: str, line: int, row: dict[str, str], known: dict[str, str | None]) -> list[Problem]:
    if row["seed_file"] not in known:
        return [Problem(name, line, "seed_file", f"`{row['seed_file']}` is not in the manifest")]
    text = known[row["seed_file"]]
    if text is None:
        return []  # said once, at the manifest
    for edge in ("start", "end"):
        if not re.fullmatch(r"-?[0-9]{1,9}", row[edge]):
            return [Problem(name, line, edge, f"`{row[edge]}` is not a whole number; correct it")]
    start, end = int(row["start"]), int(row["end"])
    if not 0 <= start < end <= len(text):
        what = f"offsets {start} to {end} are outside the text of {len(text)} code points"
        what += "; correct them"
        return [Problem(name, line, "end", what)]
    if text[start:end] == row["quote"]:
        return []
    places = text.count(row["quote"])
    where = f"it starts at {text.find(row['quote'])}" if places else "the text has it nowhere"
    return [Problem(name, line, "start", f"the text there differs from the quote; {where}")]
