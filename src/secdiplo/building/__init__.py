"""Check a folder, build tables or append rows, and store what the published values imply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from secdiplo import store
from secdiplo.errors import Problem, Problems, UsageError
from secdiplo.folder import reading, resources
from secdiplo.ingest.problem_collector import collected


def check(
    path: Path | str,
    *,
    data: Path | str | None = None,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
) -> Problems:
    """Check a dataset folder, its settings, sheets and queries, without writing anything.

    Parameters
    ----------
    path : path
        The dataset folder, or one coding: a workbook (.xlsx) or CSV file of a coder.
    data : path, optional
        For a coding: the dataset folder with its codes. The default is the built-in dataset.
    memory, threads : optional
        Bounds of the work; a large folder is bounded also without them.
    problems : path, optional
        A CSV file for every problem, where there may be more than can be listed.

    Returns
    -------
    Problems
        A list of the errors and notices; no error means that it can be built. After a thousand of
        a kind, the others are counted in its ``more``.

    Raises
    ------
    DataError
        The settings of the dataset folder of a coding have errors.
    UsageError
        There is no such folder or file.
    """
    if Path(path).is_file():
        folder = data if data is not None else resources.shipped("data")
        return _check_coding(Path(path), folder, memory, threads, problems)
    if data is not None:
        raise UsageError(f"{path}: no such file; `data` goes with a coding, which is a file")
    return store.check(
        path,
        memory=memory,
        threads=threads,
        problems=problems,
        found=_own_problems(path),
        check_events=_check_of_decisions(Path(path)),
    )


def build(
    path: Path | str,
    out: Path | str,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
) -> tuple[dict[str, Any], Problems]:
    """Check a dataset folder and write its tables, as `secdiplo build` does.

    Parameters
    ----------
    path : path
        The dataset folder.
    out : path
        The folder to write; replaced as a whole where it holds built tables.
    memory : str, optional
        What DuckDB may hold in memory (``2GB``, which is what a large folder gets anyway).
    threads : int, optional
        How many threads work; all cores by default.
    problems : path, optional
        A CSV file for every problem, where there may be more than can be listed.

    Returns
    -------
    (dict, list of Problem)
        The manifest, and the notices.

    Raises
    ------
    DataError
        The folder has errors; nothing is written.
    UsageError
        `out` holds something else than built tables.
    StoreError
        `out` cannot be written, or another run is writing it; nothing was changed.
    """
    from secdiplo.audit import intervals

    return store.write_tables(
        path,
        out,
        intervals.for_manifest,
        memory=memory,
        threads=threads,
        problems=problems,
        found=_own_problems(path),
    )


def append(
    tables: Path | str,
    files: Path | str | Sequence[Path | str],
    out: Path | str | None = None,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
) -> tuple[dict[str, Any], Problems]:
    """Add the rows of sheets to built tables, as `secdiplo build --append-to` does.

    Parameters
    ----------
    tables : path
        Built tables.
    files : path or sequence of path
        Sheets of the form of curated/interactions.csv; a row with the key of one that is there
        takes its place.
    out : path, optional
        The folder to write; `tables` itself by default.
    memory, threads, problems
        As for `build`.

    Returns
    -------
    (dict, list of Problem)
        The manifest, whose tables have the content digests of a build of all rows together, and
        the notices. Its list of inputs, and so its own digest, are others.

    Raises
    ------
    DataError
        The rows have errors; nothing is written.
    UsageError
        There is no such sheet, or `out` holds something else than built tables.
    StoreError
        The tables cannot be read or written; nothing was changed.
    """
    from secdiplo.audit import intervals
    from secdiplo.store.append import append_rows

    return append_rows(
        tables,
        files,
        out,
        intervals.for_manifest,
        memory=memory,
        threads=threads,
        problems=problems,
    )


def _check_coding(
    path: Path,
    folder: Path | str,
    memory: str | None,
    threads: int | None,
    problems: Path | str | None,
) -> Problems:
    """Check one coding; of a workbook that was made for another dataset, report only that."""
    from secdiplo.coding.codings import workbook_problems
    from secdiplo.ingest.workbook import is_workbook

    found = workbook_problems(path, reading.read(folder).name) if is_workbook(path) else []
    if any(each.column == "dataset" for each in found):
        with collected(problems) as collector:
            collector.add(found)
            return collector.problems()
    return store.check_coding(
        path, folder, memory=memory, threads=threads, problems=problems, found=found
    )


def _own_problems(path: Path | str) -> list[Problem]:
    """Find what is wrong with the queries, figures and folders that a folder brings."""
    from secdiplo.figures import own_figures

    found = reading.misspelt_folders(path) + own_figures.problems(path)
    if not (Path(path) / reading.QUERIES_FOLDER).is_dir():
        return found
    from secdiplo.query import own_queries

    return found + own_queries.problems(path)


def _check_of_decisions(path: Path) -> Callable[[Iterable[str]], list[Problem]] | None:
    """Return what checks the decisions about pairs of events, if the folder has any."""
    if not any((path / file).is_file() for file in reading.DECISION_FILES):
        return None
    from secdiplo.coding import pair_decisions

    return partial(pair_decisions.problems, path)
