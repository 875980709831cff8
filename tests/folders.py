"""Copies of the mini dataset that lack some of its parts."""

from __future__ import annotations

import shutil
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"


def without_tables(folder: Path) -> Path:
    """Take the tables and queries of its own from a copy of the mini dataset."""
    for declaration in (folder / "tables").glob("*.json"):
        (folder / "curated" / f"{declaration.stem}.csv").unlink(missing_ok=True)
    shutil.rmtree(folder / "tables", ignore_errors=True)
    shutil.rmtree(folder / "queries", ignore_errors=True)
    return folder


def bare_mini(target: Path) -> Path:
    """The mini dataset without annotations, tables and queries of its own."""
    shutil.copytree(DATA / "mini", target, ignore=shutil.ignore_patterns("annotations"))
    return without_tables(target)
