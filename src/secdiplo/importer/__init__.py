"""Convert a file of one row per interaction into a dataset folder.

`readers` open a file of any kind as rows of text. `profile` matches its columns to those of the
coding sheet, and `proposal` writes a map for a human to complete; `value_lines`, `code_lists`,
`ended_states` and `meetings` say what its values and rows stand for. `column_map` reads the
completed map and `map_checks` checks it. `convert` applies it: `row_rules` to whole rows,
`value_rules` to single values. `folder_writer` writes the folder, which is then checked. Nothing
doubtful is decided here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path

from secdiplo.errors import DataError, Problem, Problems
from secdiplo.importer.column_map import ColumnMap
from secdiplo.importer.folder_writer import check_target, write_folder
from secdiplo.importer.map_checks import read_map
from secdiplo.importer.proposal import propose
from secdiplo.importer.readers import ReadOptions, open_source
from secdiplo.importer.refresh import PROPOSED, MapDraft, doubts, drafted, merged, placed, refreshed
from secdiplo.importer.summary import ImportSummary
from secdiplo.ingest.problem_collector import ProblemCollector, collected

__all__ = [
    "ColumnMap",
    "ImportResult",
    "ImportSummary",
    "ReadOptions",
    "accept",
    "import_file",
    "propose",
    "read_map",
    "refreshed",
    "run",
]


@dataclasses.dataclass(frozen=True)
class ImportResult:
    """What an import found and did.

    Attributes
    ----------
    problems : Problems
        Problems of the folder.
    summary : ImportSummary
        The rows and cells of the file that became something else.
    """

    problems: Problems
    summary: ImportSummary


def run(
    file: Path | str,
    map_path: Path | str,
    out: Path | str,
    *,
    replace: bool = False,
    options: ReadOptions | None = None,
) -> Problems:
    """Turn a file into a dataset folder by a map, and return the problems of the folder.

    The arguments and errors are those of `import_file`, which returns a summary as well.
    """
    return import_file(file, map_path, out, replace=replace, options=options).problems


def import_file(
    file: Path | str,
    map_path: Path | str,
    out: Path | str,
    *,
    replace: bool = False,
    options: ReadOptions | None = None,
    problems: Path | str | None = None,
) -> ImportResult:
    """Turn a file into a dataset folder by a map, and check the folder.

    Parameters
    ----------
    file : path
        A table with one row per interaction, of a kind that `readers` read.
    map_path : path
        The map, as `propose` writes it and a human completes it.
    out : path
        The folder to write: dataset.toml, codes.csv and curated/interactions.csv, with the rows
        in the order of the file; and the reference sheets where the map keeps the annotations.
    replace : bool
        Whether these files are replaced in a dataset folder that is there already. All others in
        it stay.
    options : ReadOptions, optional
        How the file is read; these options take precedence over the map.
    problems : path, optional
        A CSV file for every problem, however many there are.

    Returns
    -------
    ImportResult
        What `secdiplo.store.check` finds in the folder; without an error it can be used. And a
        summary of the rows and cells that are not written as they are in the file.

    Raises
    ------
    UsageError
        No such file, a kind of file that is not read, or `out` exists and is not empty.
    DataError
        Problems of the file or the map; nothing is written.
    """
    check_target(out, replace)
    with collected(problems) as collector, _added_to(collector):
        mapping = read_map(map_path)
        source = open_source(file, options=merged(mapping.options, options))
        found, summary = write_folder(source, mapping, Path(out), collector)
        collector.add(summary.notices)
    return ImportResult(found, summary)


def accept(
    file: Path | str,
    out: Path | str,
    *,
    map_path: Path | str | None = None,
    replace: bool = False,
    options: ReadOptions | None = None,
    problems: Path | str | None = None,
) -> ImportResult:
    """Turn a file into a dataset folder by the map that is proposed, if nothing is doubtful.

    Parameters
    ----------
    file : path
        A table with one row per interaction.
    out : path
        The folder to write.
    map_path : path, optional
        A map, or a part of one, that decides what the file does not say, such as `home` and
        `licence`.
    replace, options, problems
        As for `import_file`.

    Returns
    -------
    ImportResult
        Cautions about names of countries are among the notices of its summary.

    Raises
    ------
    UsageError
        As for `import_file`.
    DataError
        What is doubtful, or what `check` finds in the folder; nothing is written.
    """
    check_target(out, replace)
    with collected(problems) as collector, _added_to(collector):
        draft = drafted(file, map_path, options)
        doubtful = doubts(draft.added, file)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / PROPOSED
            path.write_text(draft.text, encoding="utf-8")
            mapping = _read_draft(path, draft, file, map_path, doubtful)
            source = open_source(file, options=merged(mapping.options, options))
            try:
                found, summary = write_folder(source, mapping, Path(out), collector, strict=True)
            except DataError as error:
                known = placed(error.problems, draft.text, file, map_path)
                raise DataError(Problems(known, error.problems.more)) from None
        notices = placed(summary.notices, draft.text, file, map_path)
        summary.notices = [*doubtful, *notices]
        collector.add(summary.notices)
    return ImportResult(found, summary)


def _read_draft(
    path: Path,
    draft: MapDraft,
    file: Path | str,
    map_path: Path | str | None,
    found: list[Problem],
) -> ColumnMap:
    """Read a map that is accepted, and report its errors with what is doubtful.

    Raises
    ------
    DataError
        What is doubtful, and errors of the user's own map.
    """
    errors = [problem for problem in found if problem.level == "error"]
    try:
        mapping = read_map(path)
    except DataError as error:
        known = placed(error.problems, draft.text, file, map_path)
        own = Path(map_path).name if map_path else ""
        errors += [each for each in known if each.file == own or not errors]
        raise DataError(sorted(errors)) from None
    if errors:
        raise DataError(sorted(errors))
    return mapping


@contextlib.contextmanager
def _added_to(collector: ProblemCollector) -> Iterator[None]:
    """Add the problems of an error to those that are listed in a file."""
    try:
        yield
    except DataError as error:
        collector.add(error.problems)
        raise
