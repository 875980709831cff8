"""Run this replication package again: check, build, compare, and compute every result anew.

Usage: python run.py

Needs Python and the libraries of requirements.txt; nothing else, and no network: this process
refuses every connection. Exit code 0: everything came out as it is in here; 1: something did not.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import socket
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the package stays as it was delivered
if (HERE / "software").is_dir():
    sys.path.insert(0, str(HERE / "software"))


def _refuse(*_: Any) -> None:
    raise OSError("no network: this package runs offline")


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def listed() -> dict[str, str]:
    """The digest of every file, as files.csv has it."""
    with (HERE / "files.csv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: row["sha256"] for row in csv.DictReader(file)}


def versions() -> list[str]:
    """Libraries whose version is another one than that of the package."""
    odd = []
    for line in (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines():
        name, _, wanted = line.partition("==")
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "none"
        if wanted and found != wanted:
            odd.append(f"{name} {found} in place of {wanted}")
    return odd


def rebuilt(tables: Path) -> list[str]:
    """Check the dataset folder and build it; name the tables that differ."""
    from secdiplo import store
    from secdiplo.audit import intervals
    from secdiplo.errors import DataError

    try:
        manifest, _ = store.write_tables(HERE / "data", tables, intervals.for_manifest)
    except DataError as error:
        return [f"data: {problem}" for problem in error.problems]
    kept = json.loads((HERE / "tables" / "manifest.json").read_text(encoding="utf-8"))["tables"]
    made = manifest["tables"]
    return [f"tables: `{name}` differs" for name in kept if kept[name] != made.get(name)]


def recomputed(tables: Path, fresh: Path, digests: dict[str, str]) -> tuple[list[str], list[str]]:
    """Compute every result; numbers that differ, and figures whose bytes differ."""
    from secdiplo import store
    from secdiplo.export import results

    results.write(store.open_tables(tables), fresh)
    made = {
        f"results/{file.relative_to(fresh).as_posix()}": digest(file)
        for file in sorted(fresh.rglob("*"))
        if file.is_file()
    }
    kept = {name: sha for name, sha in digests.items() if name.startswith("results/")}
    odd = [f"{name} differs" for name in kept if kept[name] != made.get(name)]
    odd += [f"{name} is new" for name in made if name not in kept]
    drawn = [text for text in odd if "/figures/" in text]
    return [text for text in odd if text not in drawn], drawn


def main() -> int:
    """Run all steps; say what each found."""
    start = time.monotonic()
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    print("network: refused to this process")
    digests = listed()
    odd = [f"{name} is missing" for name in digests if not (HERE / name).is_file()]
    odd += [
        f"{name} differs from files.csv"
        for name, sha in digests.items()
        if (HERE / name).is_file() and digest(HERE / name) != sha
    ]
    print(f"files: {len(digests) - len(odd)} of {len(digests)} as listed")
    other = versions()
    print("versions: " + ("; ".join(other) if other else "as in requirements.txt"))
    with tempfile.TemporaryDirectory(dir=HERE) as scratch:
        tables, fresh = Path(scratch) / "tables", Path(scratch) / "results"
        problems = rebuilt(tables)
        print(f"check and build: {len(problems)} differences")
        drawn: list[str] = []
        if not problems:
            numbers, drawn = recomputed(tables, fresh, digests)
            print(f"results: {len(numbers)} differences in numbers, {len(drawn)} in figures")
            problems += numbers
            shutil.rmtree(HERE / "results", ignore_errors=True)
            fresh.rename(HERE / "results")
    for text in [*odd, *problems, *drawn]:
        print(f"  {text}")
    equal = not odd and not problems
    print("the package gives the delivered results" if equal else "the results are NOT the same")
    print(f"{time.monotonic() - start:.0f} seconds, offline")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
