"""What is fuzzed: bytes in, and either an answer or an error of the toolkit that says what to do.

Each target takes bytes. It raises AssertionError, or lets another exception through, where the
toolkit does something that it should not.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import secdiplo as sd
from secdiplo import query as queries
from secdiplo.errors import DataError, SecdiploError, UsageError
from secdiplo.folder import resources

MINI = Path(__file__).resolve().parents[1] / "tests" / "data" / "mini"
SHEETS = (
    "curated/interactions.csv",
    "codes.csv",
    "reference/forums.csv",
    "reference/organizations.csv",
    "reference/sessions.csv",
    "curated/gsi_support.csv",
)
ANNOTATIONS = ("claims", "mentions", "pledges", "disagreements", "manifest")


def problems_of(folder: Path) -> list[str]:
    """The problems of a folder, of which each has a place, a reason and a remedy."""
    try:
        found = list(sd.check(folder))
    except DataError as error:
        found = list(error.problems)
    except SecdiploError as error:
        return [str(error)]
    for problem in found:
        assert problem.file and problem.line >= 1 and problem.column, problem
        reason, mark, remedy = problem.what.partition("; ")
        assert reason.strip() and mark and remedy.strip(), problem
        assert problem.level in {"error", "notice"}, problem
    return [str(problem) for problem in found]


def with_file(name: str, data: bytes) -> None:
    """One file of the mini dataset is other bytes: every problem has a place and a remedy."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(MINI, Path(scratch) / "set"))
        (folder / name).write_bytes(data)
        problems_of(folder)


def settings(data: bytes) -> None:
    """dataset.toml."""
    with_file("dataset.toml", data)


def sheet(data: bytes) -> None:
    """A sheet, which the first byte chooses."""
    with_file(SHEETS[data[0] % len(SHEETS)] if data else SHEETS[0], data[1:])


def annotations(data: bytes) -> None:
    """A sheet of annotations, which the first byte chooses."""
    name = ANNOTATIONS[data[0] % len(ANNOTATIONS)] if data else ANNOTATIONS[0]
    with_file(f"annotations/{name}.csv", data[1:])


def header(data: bytes) -> None:
    """The header of a query."""
    with contextlib.suppress(UsageError):
        query = queries.parse("fuzzed", data.decode("utf-8", "replace"))
        assert query.title and query.unit
        assert all(re.fullmatch(r"\w+", column.name) for column in query.columns)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "sheet": sheet,
    "settings": settings,
    "annotations": annotations,
    "header": header,
}


def seeds(name: str) -> list[bytes]:
    """Inputs from which mutations start."""
    if name == "header":
        place = resources.sql("queries")
        return [file.read_bytes() for file in sorted(place.glob("*.sql"))]
    if name == "settings":
        return [(MINI / "dataset.toml").read_bytes()]
    if name == "sheet":
        files = [MINI / each for each in SHEETS]
    else:
        files = [MINI / "annotations" / f"{each}.csv" for each in ANNOTATIONS]
    return [bytes([n]) + file.read_bytes() for n, file in enumerate(files) if file.is_file()]
