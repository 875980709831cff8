"""Queries that a dataset folder brings: checked before anything is built, without its rows."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.folder import reading
from secdiplo.folder.own_files import OWN_NAME
from secdiplo.folder.reading import QUERIES_FOLDER, Folder
from secdiplo.query.packaged import Query, names, parse
from secdiplo.query.params import bind
from secdiplo.query.user_sql import short_error
from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import TABLES, VALUES_VIEW, values_view
from secdiplo.sql.quoting import quoted
from secdiplo.store.workspace import connected
from secdiplo.suggest import hint, suggest

if TYPE_CHECKING:
    import duckdb

MAX_QUERIES = 200
MAX_CODES = 100_000
ANY_DEFAULT = {f"default_{name}": "x" for name in ("scope", "scheme", "forum")}


def problems(path: Path | str) -> list[Problem]:
    """Find what is wrong with the queries of a dataset folder.

    Parameters
    ----------
    path : path
        The dataset folder.

    Returns
    -------
    list of Problem
        Of files with a name that cannot be, with a header that is not as it should be, and of
        statements that are not one SELECT over the tables, or give other columns than declared.
    """
    try:
        settings = reading.read(path)
    except DataError:  # settings that are wrong are said alone
        return []
    folder = Path(path) / QUERIES_FOLDER
    files = sorted(folder.glob("*"))[: MAX_QUERIES + 1] if folder.is_dir() else []
    found: list[Problem] = []
    known = _Known(
        {Path(problem.file).stem for problem in settings.table_problems}, _code_lists(settings)
    )
    with _empty_tables(settings) as con:
        for file in files[:MAX_QUERIES]:
            found += _of_file(con, file, Path(path), known)
    if len(files) > MAX_QUERIES:
        what = f"more than {MAX_QUERIES} queries; keep those that are used"
        found.append(Problem(f"{QUERIES_FOLDER}/{files[-1].name}", 1, "1", what))
    return found


@dataclass(frozen=True)
class _Known:
    """What a folder has, beside its tables."""

    wrong_tables: Collection[str]  # a query that reads one cannot be tried
    lists: Mapping[str, Collection[str]]  # the codes of each list; empty if they cannot be read


def _code_lists(settings: Folder) -> dict[str, set[str]]:
    """Return the codes of every list: of the toolkit, of the declared tables, of codes.csv."""
    found = {name: set(codes) for name, codes in LISTS.items()}
    for table in settings.tables:
        found |= {name: set(codes) for name, codes in table.lists.items()}
    sheet, _ = settings.sheet("codes.csv")
    try:
        with sheet.open(encoding="utf-8-sig", newline="") as lines:
            for row in itertools.islice(csv.DictReader(lines), MAX_CODES):
                found.setdefault(row.get("list") or "", set()).add(row.get("code") or "")
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}  # what is wrong with the sheet is said of the sheet
    return found


def _empty_tables(settings: Folder) -> duckdb.DuckDBPyConnection:
    """Return a database of all tables without rows, which can reach no file."""
    con = connected()
    for table in (*TABLES.values(), *settings.tables):
        columns = [f"{quoted(column.name)} {column.sql_type}" for column in table.columns]
        if table.name == "participations":
            columns += [f"{quoted(c.name)} {c.sql_type}" for c in settings.extra_columns]
        con.execute(f"create table {table.name} ({', '.join(columns)})")
    con.execute(f"create view {VALUES_VIEW} as {values_view(settings.extra_columns)}")
    con.execute("set enable_external_access = false; set lock_configuration = true")
    return con


def _of_file(
    con: duckdb.DuckDBPyConnection, file: Path, folder: Path, known: _Known
) -> Iterator[Problem]:
    label = f"{QUERIES_FOLDER}/{file.name}"

    def at(what: str, line: int = 1) -> Problem:
        return Problem(label, line, "1", what)

    if not file.is_file() or file.suffix != ".sql":
        yield at("not a query; only files NAME.sql belong here; move it elsewhere")
        return
    if not OWN_NAME.fullmatch(file.stem):
        yield at(f"`{file.stem}` cannot name a query; use up to 32 small letters, digits and `_`")
        return
    if file.stem in names():
        yield at(f"`{file.stem}` is a query of the toolkit; give yours another name")
        return
    try:
        text = reading.read_query(file, folder)
    except DataError as error:
        yield from error.problems
        return
    try:
        query = parse(file.stem, text)
    except UsageError as error:
        yield at(str(error).removeprefix(f"{file.name}: "))
        return
    yield from _of_lists(at, text, query, known)
    body = 1 + sum(1 for line in text.splitlines() if line.startswith("--"))
    if what := _of_statement(con, query, known):
        yield at(what, body)


def _of_lists(
    at: Callable[[str, int], Problem], text: str, query: Query, known: _Known
) -> Iterator[Problem]:
    """Parameters that take the codes of a list which the folder has not, or default to others."""
    for param in query.params:
        if not param.codes or not known.lists:
            continue
        lines = text.splitlines()
        head = f"-- param: {param.name} ("
        line = next((n for n, each in enumerate(lines, 1) if each.startswith(head)), 1)
        if param.codes not in known.lists:
            remedy = hint(param.codes, known.lists) or "name one of codes.csv"
            yield at(f"no list `{param.codes}` of codes; {remedy}", line)
            continue
        default = "" if param.default in {"null", "dataset"} else param.default.strip("'")
        codes = sorted(known.lists[param.codes])
        for code in filter(None, (item.strip() for item in default.split(","))):
            if code not in codes:
                what = f"the default `{code}` is not in the list `{param.codes}`"
                yield at(f"{what}; {suggest(code, codes)}", line)


def _of_statement(con: duckdb.DuckDBPyConnection, query: Query, known: _Known) -> str:
    """Return what is wrong with a statement, tried on empty tables; blank if nothing is."""
    import duckdb

    try:
        statements = con.extract_statements(query.sql)
        kinds = [statement.type.name for statement in statements]
        if kinds != ["SELECT"]:
            return f"only one SELECT is allowed, not {' + '.join(kinds) or 'nothing'}"
        asked = set(statements[0].named_parameters)
        declared = {param.name for param in query.params}
        for name in sorted(asked - declared):
            return f"`${name}` is not declared; add `-- param: {name} (type, default): ...`"
        for name in sorted(declared - asked):
            return f"the parameter `{name}` is declared and not used; drop it, or use it"
        values = bind(query.name, query.params, {}, {"name": "", **ANY_DEFAULT})
        rows = con.execute(f"describe {query.sql}", values).fetchall()
    except (duckdb.Error, UsageError) as error:
        if any(
            f"Table with name {name} does not exist" in str(error) for name in known.wrong_tables
        ):
            return ""  # its declaration is to be put right first
        return f"{short_error(error)}; fix the statement"
    given, wanted = [row[0] for row in rows], [column.name for column in query.columns]
    if given != wanted:
        return (
            f"returns the columns {', '.join(given)}, and declares {', '.join(wanted) or 'none'}; "
            "declare each in order, as `-- column: name (unit): meaning.`"
        )
    return ""
