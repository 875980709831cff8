"""What several test modules share: copies of the mini dataset, and the maker of bad ones."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent / "data"


@pytest.fixture(scope="session")
def make_bad():
    """The names of tests/data/make_bad.py: its edits, CASES and GOOD."""
    return runpy.run_path(str(DATA / "make_bad.py"))


@pytest.fixture
def mini(tmp_path):
    """A copy of the mini dataset that a test may spoil."""
    return Path(shutil.copytree(DATA / "mini", tmp_path / "mini"))
