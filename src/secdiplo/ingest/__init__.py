"""Curated sheets and seed annotations in, checked tables out, on a DuckDB connection.

The way of the data: bytes -> raw table of text (`layout`) -> staged rows with their dates
(``sql/ingest/rows.sql``) -> verdicts on cells (`secdiplo.schema`) and rules over rows
(``sql/checks``), one sheet after the other (`check`) -> tables (``sql/ingest/<table>.sql``).
Every problem is found before anything is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo import schema
from secdiplo.errors import DataError, Problem, Problems
from secdiplo.folder import own_tables
from secdiplo.folder import reading as folders
from secdiplo.folder.reading import Folder
from secdiplo.ingest import defaults, sheet_files, staging
from secdiplo.ingest.problem_collector import ProblemCollector
from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.ingest.validator import Validator, settings
from secdiplo.schema.tables import CODING_SHEET, SHEETS, own_sheet, sheets_of
from secdiplo.suggest import hint

if TYPE_CHECKING:
    import duckdb

__all__ = ["Ingested", "ingest"]

CODING_SHEET_NAME = CODING_SHEET.name
ANNOTATIONS = {"claims", "seeds"}


@dataclass(frozen=True)
class Ingested:
    """What was read.

    Attributes
    ----------
    folder : Folder
        The dataset folder.
    sheets : dict of str to SourceTable
        The sheets that the folder has.
    notices : Problems
        Unknown values of open lists: the dataset is valid, its reference cells are blank.
    """

    folder: Folder
    sheets: dict[str, SourceTable] = field(default_factory=dict)
    notices: Problems = field(default_factory=Problems)


def ingest(
    con: duckdb.DuckDBPyConnection,
    path: Path | str | Folder,
    *,
    make: str = "table",
    collector: ProblemCollector | None = None,
    files: Sequence[tuple[Path, str]] = (),
    former: Callable[[duckdb.DuckDBPyConnection, SourceTable], SourceTable] | None = None,
    check_events: Callable[[Iterable[str]], Iterable[Problem]] | None = None,
) -> Ingested:
    """Read a dataset folder, check all of it, and make its tables on the connection.

    Parameters
    ----------
    con : DuckDB connection
        An empty database; it ends up with one table for each of `secdiplo.schema.tables.TABLES`.
    path : path or Folder
        The dataset folder, or what was read of its settings.
    make : str
        What to make of the tables: ``table``, ``view`` (to write out once), or "" (to check only).
    collector : ProblemCollector, optional
        Takes the problems; of its own where none is given.
    files : sequence of (Path, str), optional
        The files of the coding sheet and their names in messages; else those of the folder.
    former : function, optional
        Joins rows that were checked before to those of the coder's sheet.
    check_events : function, optional
        Returns the problems of files that refer to events, given the keys of all events.

    Raises
    ------
    DataError
        With the errors and notices of every file, in the order of file and line.
    """
    folder = path if isinstance(path, Folder) else folders.read(path)
    collector = collector or ProblemCollector()
    sheets, lost = _read_sheets(con, folder, collector, files)
    coding = sheets.get(CODING_SHEET_NAME)
    if coding and collector.add(defaults.problems(con, folder, sheets)):
        lost.add(CODING_SHEET_NAME)  # its rows would repeat what is wrong with the settings
        del sheets[CODING_SHEET_NAME]
    elif coding:
        defaults.fill(con, folder, coding)
    if former and CODING_SHEET_NAME in sheets:
        sheets[CODING_SHEET_NAME] = former(con, sheets[CODING_SHEET_NAME])
    collector.add(folder.table_problems)
    staging.stage(con, folder, sheets)
    validator = Validator(con, sheets, lost, collector, folder)
    validator.all()
    collector.add(settings(folder, validator.codes))
    if CODING_SHEET_NAME in sheets:
        collector.add(_default_forum(con, folder))
        collector.add(check_events(_event_keys(con)) if check_events else ())
    if collector.any_error:
        raise DataError(collector.problems())
    if make:
        staging.make_tables(con, folder, make)
    return Ingested(folder, sheets, collector.problems())


def _read_sheets(
    con: duckdb.DuckDBPyConnection,
    folder: Folder,
    collector: ProblemCollector,
    given: Sequence[tuple[Path, str]] = (),
) -> tuple[dict[str, SourceTable], set[str]]:
    """The sheets that were read, and the names of those that could not be."""
    sheets: dict[str, SourceTable] = {}
    lost: set[str] = set()
    for declared in sheets_of(folder.tables).values():
        is_coding = declared.name == CODING_SHEET_NAME
        table = defaults.may_lack(declared, folder.defaults) if is_coding else declared
        files = given if given and table.name == CODING_SHEET_NAME else folder.files(table.sheet)
        path, label = files[0]
        if not path.is_file():
            if path.exists():
                what = "not a file; put the sheet there, or remove it"
            elif table.needed:
                what = "no such file; add it, every dataset folder has one"
            elif table.group == "own":
                what = f"no such file; add it, tables/{table.name}.json declares it"
            else:
                continue
            lost.add(table.name)
            collector.add([Problem(label, 1, "1", what)])
            continue
        extra = folder.extra_columns if table.name == CODING_SHEET_NAME else ()
        sheet = sheet_files.read(con, table, files, collector, extra)
        if sheet:
            sheets[table.name] = sheet
        else:
            lost.add(table.name)
    collector.add(_missing(folder, sheets, lost))
    collector.add(_unknown(folder))
    return sheets, lost


def _event_keys(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The keys of all events of the coding sheet."""
    keys = con.execute("select distinct event_key from rows where event_key is not null")
    return [key for (key,) in keys.fetchall()]


def _default_forum(con: duckdb.DuckDBPyConnection, folder: Folder) -> list[Problem]:
    """A default session that no sheet names, so that queries of it would fail."""
    forum = folder.default_forum
    named = (
        "select forum from raw_interactions_sheet union all select forum from raw_sessions_sheet "
        "union all select name from named_elsewhere where kind = 'forums'"
    )
    there = f"select 1 from ({named}) as n (forum) where forum = ? limit 1"
    if not forum or con.execute(there, [forum]).fetchone():
        return []
    every = f"select distinct forum from ({named}) as n (forum) where forum is not null order by 1"
    known = {name: "" for (name,) in con.execute(every).fetchall()}
    what = f"no sheet names the forum `{forum}`; {schema.nearest(forum, known, 'forum')}"
    line = folder.line_of("default_forum")
    return [Problem("dataset.toml", line, "default_forum", what, "notice")]


def _unknown(folder: Folder) -> list[Problem]:
    """Files that look like sheets and are none, so that nobody reads them."""
    known = {table.sheet: "" for table in SHEETS.values() if "/" in table.sheet}
    declared = (folder.path / own_tables.TABLES_FOLDER).glob("*.json")
    known |= {own_sheet(file.stem): "" for file in declared}
    read = {label for _, label in folder.files(folders.CODING_SHEET_FILE)}
    read |= {folders.ARCHIVED_FILE, *folders.DECISION_FILES}
    problems = []
    for place in ("curated", "reference"):
        for file in sorted((folder.path / place).glob("*")):
            name = f"{place}/{file.name}"
            if file.name.startswith((".", "~$")):  # what a program keeps beside a file it has open
                continue
            if name.endswith(folders.SUFFIXES) and name not in {*known, *read}:
                own = f"tables/{file.name.split('.')[0]}.json"
                declare = f"if it is a table of your own, declare it in {own}"
                remedies = [hint(name, known), declare if place == "curated" else ""]
                remedy = " ".join(filter(None, remedies)) or f"known: {', '.join(sorted(known))}"
                what = f"no sheet of this name is read; {remedy}"
                problems.append(Problem(name, 1, "1", what, "notice"))
    return problems


def _missing(folder: Folder, sheets: dict[str, SourceTable], lost: set[str]) -> list[Problem]:
    """Sheets that another one refers to and that are not there."""
    problems = []
    refers = {"claims": ["seeds"]}
    for table in folder.tables:
        others = {other for _, other, _ in table.every_reference}
        refers[table.name] = sorted(others & ANNOTATIONS)
    for name, wanted in ((name, other) for name, others in refers.items() for other in others):
        if name in sheets and wanted not in sheets and wanted not in lost:
            lost.add(wanted)
            _, label = folder.sheet(SHEETS[wanted].sheet)
            what = f"no such file; add it, {sheets[name].label} refers to it"
            problems.append(Problem(label, 1, "1", what))
    return problems
