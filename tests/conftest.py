"""What several test modules share: copies of the mini dataset, and the maker of bad ones."""

from __future__ import annotations

import os
import runpy
import shutil
from pathlib import Path

import pytest

from secdiplo.audit import intervals

DATA = Path(__file__).resolve().parent / "data"
os.environ.setdefault("SPARK_DRIVER_MEMORY", "2g")  # each test process has a Java of its own


@pytest.fixture(scope="session")
def make_bad():
    """The names of tests/data/make_bad.py: its edits, CASES and GOOD."""
    return runpy.run_path(str(DATA / "make_bad.py"))


@pytest.fixture
def mini(tmp_path):
    """A copy of the mini dataset that a test may spoil."""
    return Path(shutil.copytree(DATA / "mini", tmp_path / "mini"))


@pytest.fixture(scope="session", autouse=True)
def computed_once():
    """Compute what one set of claims implies once a process; mini's take 15 seconds."""
    compute = intervals.computed
    kept = {}

    def remembered(claim_set):
        key = intervals._digest(claim_set)
        if key not in kept:
            kept[key] = compute(claim_set)
        return dict(kept[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "computed", remembered)
        yield
