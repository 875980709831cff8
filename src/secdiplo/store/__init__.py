"""Built tables: written as Parquet with a manifest, and opened as a DuckDB connection.

Reading imports no module that writes, so that a query starts fast: `build` imports them when it is
called, and rows are appended by the module `store.append`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import DataError, Problem, Problems, UsageError
from secdiplo.files import replacing
from secdiplo.schema.tables import CODER_COLUMNS
from secdiplo.store.content import content_hash
from secdiplo.store.manifest import DATASET_FIELDS, FORMAT, MANIFEST, SHEETS_FOLDER, describe
from secdiplo.store.opening import Built, open_any, open_folder, open_tables, open_unsafe
from secdiplo.store.workspace import connected, open_workspace

if TYPE_CHECKING:
    from secdiplo.store.target import Derive

__all__ = [
    "DATASET_FIELDS",
    "FORMAT",
    "MANIFEST",
    "Built",
    "build",
    "check",
    "connected",
    "content_hash",
    "describe",
    "open_any",
    "open_folder",
    "open_tables",
    "open_unsafe",
    "open_workspace",
    "replacing",
]


def write_tables(
    path: Path | str,
    out: Path | str,
    derive: Derive | None = None,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
    found: Sequence[Problem] = (),
) -> tuple[dict[str, Any], Problems]:
    """Check a dataset folder and write its tables: `secdiplo.build`, without what is derived.

    Parameters
    ----------
    derive : function, optional
        Makes further parts of the manifest from the tables, which take long to compute.
    found : sequence of Problem
        Problems that are known already, as those of the queries; reported with the others.
    path, out, memory, threads, problems
        As of `secdiplo.build`, and so are what is returned and raised.
    """
    from secdiplo.ingest import ingest
    from secdiplo.ingest.problem_collector import collected
    from secdiplo.store.target import keep_sheets, refuse_foreign, write_manifest
    from secdiplo.store.writing import Writer

    out, source = Path(out).resolve(), Path(path).resolve()  # through links, to what they name
    if out == source or out in source.parents:
        raise UsageError(f"{out} contains the dataset folder; name another folder for the tables")
    refuse_foreign(out, problems)
    with replacing(out) as folder:
        with open_workspace(path, folder, memory, threads) as con:
            with collected(problems) as collector:
                collector.add(found)
                ingested = ingest(con, path, make="view", collector=collector)
            manifest = describe(con, ingested)
            Writer(con, folder, manifest).all()
        keep_sheets(ingested, folder / SHEETS_FOLDER)
        write_manifest(folder, manifest, derive)
    return manifest, ingested.notices


def check(
    path: Path | str,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
    found: Sequence[Problem] = (),
    check_events: Callable[[Iterable[str]], Iterable[Problem]] | None = None,
) -> Problems:
    """Check the settings and sheets of a folder: `secdiplo.check`, without its queries.

    Parameters
    ----------
    path, memory, threads, problems
        As of `secdiplo.check`, and so is what is returned.
    found : sequence of Problem
        As of `write_tables`.
    check_events : function, optional
        As of `secdiplo.ingest.ingest`.
    """
    from secdiplo.ingest import ingest
    from secdiplo.ingest.problem_collector import collected

    with open_workspace(path, None, memory, threads) as con:
        try:
            with collected(problems) as collector:
                collector.add(found)
                return ingest(
                    con, path, make="", collector=collector, check_events=check_events
                ).notices
        except DataError as error:
            return error.problems


def check_coding(
    path: Path | str,
    folder: Path | str,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
    found: Sequence[Problem] = (),
) -> Problems:
    """Check one coding as if it were the coding sheet of a dataset folder.

    Parameters
    ----------
    path : path
        A workbook or CSV file.
    folder : path
        The dataset folder with the codes and reference sheets.
    memory, threads, problems
        As of `secdiplo.check`, and so is what is returned.
    found : sequence of Problem
        As of `write_tables`.

    Raises
    ------
    UsageError
        The file is of no form that is read.
    """
    from secdiplo.folder import reading
    from secdiplo.ingest import ingest
    from secdiplo.ingest.problem_collector import collected

    label, file = str(path), Path(path)
    if not file.name.endswith(reading.SUFFIXES):
        forms = ", ".join(reading.SUFFIXES)
        raise UsageError(f"{file} is a file; name a dataset folder, or one coding ({forms})")
    settings = reading.read(folder)
    known = {column.name for column in settings.extra_columns}
    more = tuple(column for column in CODER_COLUMNS if column.name not in known)
    settings = replace(settings, extra_columns=(*settings.extra_columns, *more))

    def wanted(problem: Problem) -> bool:
        """What is wrong with the folder counts where the coding cannot be checked without it."""
        needed = problem.file == "codes.csv" or problem.file.startswith("reference/")
        return problem.file == label or (needed and problem.level == "error")

    with open_workspace(folder, None, memory, threads, [file]) as con:
        try:
            with collected(problems) as collector:
                collector.wanted = wanted
                collector.add(found)
                given = [(file, label)]
                return ingest(con, settings, make="", collector=collector, files=given).notices
        except DataError as error:
            return error.problems
