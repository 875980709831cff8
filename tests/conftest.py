"""What several test modules share: copies of the mini dataset, and the maker of bad ones."""

from __future__ import annotations

import hashlib
import os
import runpy
import shutil
from pathlib import Path

import duckdb
import pytest

from secdiplo.audit import intervals
from secdiplo.errors import SecdiploError

DATA = Path(__file__).resolve().parent / "data"
FEW_ROWS = 1_000
os.environ.setdefault("SPARK_DRIVER_MEMORY", "2g")  # each test process has a Java of its own


@pytest.fixture(scope="session")
def make_bad():
    """The names of tests/data/make_bad.py: its edits, CASES and GOOD."""
    return runpy.run_path(str(DATA / "make_bad.py"))


@pytest.fixture
def mini(tmp_path):
    """A copy of the mini dataset that a test may spoil."""
    return Path(shutil.copytree(DATA / "mini", tmp_path / "mini"))


def cells_of(built):
    """A digest of every cell of small tables; None for others, and where one cannot be read."""
    digest = hashlib.sha256(repr(built.dataset).encode())
    try:
        built.need(sorted(built.manifest["tables"]))
        for name in sorted(built.manifest["tables"]):
            rows = built.con.cursor().execute(f"from {name} limit {FEW_ROWS}").fetchall()
            if len(rows) == FEW_ROWS:
                return None
            digest.update(repr((name, rows)).encode())
    except (duckdb.Error, SecdiploError):
        return None
    return digest.hexdigest()


@pytest.fixture(scope="session", autouse=True)
def computed_once():
    """Compute what the claims of one set of rows imply once a process; mini's take 15 seconds.

    The result is kept by every cell of every table, so that other rows or claims get their own.
    """
    compute = intervals.stored_or_computed
    kept = {}

    def remembered(built):
        key = None if built.manifest.get("intervals") is not None else cells_of(built)
        if key is None:
            return compute(built)
        if key not in kept:
            kept[key] = compute(built)
        return dict(kept[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "stored_or_computed", remembered)
        yield
