"""Fuzz for as long as asked: `python fuzz/run.py --minutes 30 --engine hypothesis`.

What is found is shown with the input behind it; it becomes a case of tests/data/make_bad.py.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mutations import mutated
from targets import TARGETS, seeds

BATCH = 100  # inputs of one call of Hypothesis


def by_hypothesis(name: str, seconds: float, seed: int) -> int:
    """Run a target on mutated seeds until the time is over; how many inputs there were."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    end, count = time.monotonic() + seconds, 0

    def one(data: bytes) -> None:
        nonlocal count
        if time.monotonic() < end:
            count += 1
            TARGETS[name](data)

    bounds = settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    while time.monotonic() < end:
        seeded(seed)(bounds(given(mutated(seeds(name)))(one)))()
        seed += 1
    return count


def by_atheris(name: str, seconds: float, seed: int) -> None:
    """Run a target with coverage as the guide, in a process of its own, which never returns.

    An input that fails is kept where the system keeps temporary files; its name is printed.
    """
    with tempfile.TemporaryDirectory() as corpus:
        for number, data in enumerate(seeds(name)):
            (Path(corpus) / str(number)).write_bytes(data)
        code = (
            "import sys, atheris\n"
            "with atheris.instrument_imports(include=['secdiplo']):\n"
            "    from targets import TARGETS\n"
            f"atheris.Setup(sys.argv, TARGETS[{name!r}])\n"
            "atheris.Fuzz()\n"
        )
        options = [f"-max_total_time={seconds:.0f}", f"-seed={seed}", "-timeout=60"]
        options += [f"-artifact_prefix={tempfile.gettempdir()}/secdiplo-{name}-"]
        options += ["-rss_limit_mb=3000", "-print_final_stats=1", "-max_len=20000"]
        subprocess.run(
            [sys.executable, "-c", code, corpus, *options],
            cwd=Path(__file__).resolve().parent,
            check=True,
        )


def main() -> None:
    """Run the targets one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--engine", choices=["hypothesis", "atheris"], default="hypothesis")
    parser.add_argument("--target", choices=list(TARGETS), action="append")
    parser.add_argument("--seed", type=int, default=random.randrange(1, 1 << 30))
    asked = parser.parse_args()
    names = asked.target or list(TARGETS)
    for name in names:
        seconds = 60 * asked.minutes / len(names)
        print(f"{name}: seed {asked.seed}", flush=True)
        if asked.engine == "atheris":
            by_atheris(name, seconds, asked.seed)
        else:
            print(f"{name}: {by_hypothesis(name, seconds, asked.seed):,} inputs", flush=True)


if __name__ == "__main__":
    main()
