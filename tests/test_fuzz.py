"""A minute of fuzzing, the same each time; `python fuzz/run.py` goes on for longer."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FUZZ = Path(__file__).resolve().parents[1] / "fuzz"
SECONDS = float(os.environ.get("SECDIPLO_FUZZ_SECONDS", "12"))


def module(name):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, FUZZ / f"{name}.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.mark.parametrize("name", ["sheet", "settings", "annotations", "header"])
def test_mutated_inputs_are_read_or_refused_with_a_message(name, monkeypatch):
    monkeypatch.syspath_prepend(str(FUZZ))
    assert set(module("targets").TARGETS) == {"sheet", "settings", "annotations", "header"}
    assert module("run").by_hypothesis(name, SECONDS, seed=1) > 0
