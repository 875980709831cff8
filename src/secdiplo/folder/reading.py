"""A dataset folder: dataset.toml read and checked, and the files that it names."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo.errors import DataError, Problem
from secdiplo.files import no_folder
from secdiplo.folder import extra_columns, figure_settings, own_tables, resources, toml
from secdiplo.folder.own_files import lies_in, read_text
from secdiplo.schema.history import CHANGE, CHANGE_KINDS, VARIABLE
from secdiplo.schema.tables import Column, Table
from secdiplo.suggest import hint
from secdiplo.text import difference, normal_form

SETTINGS_KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": str,
    "version": str,
    "first_version": str,
    "changes": dict,
    "licence": str,
    "citation": str,
    "authors": list,
    "year": str,
    "contact": str,
    "keywords": list,
    "modelled_on": str,
    "query_sources": dict,
    "abbreviations": dict,
    "region_schemes": dict,
    "figures": dict,
    "references": dict,
    "exhaustive": bool,
    "annotations": str,
    "default_scope": str,
    "default_forum": str,
    "home": dict,
    "defaults": dict,
    "scopes": dict,
    "extra_columns": (list, dict),
    "interactions": str,
}
NEEDED_KEYS = ("name", "title", "version", "licence")
DEFAULTS = (  # columns of the coding sheet whose blank cells dataset.toml can fill
    "agency",
    "official",
    "official_rank",
    "format",
    "mode",
    "counterpart_type",
    "source_url",
    "confidence",
)
HOME_KEYS = {"country": str, "not_foreign": list}
SCOPE_KEYS = {"title": str, "start": str, "end": str, "ranks": dict}
REFERENCE_KEYS = {
    "role": str,
    "kind": str,
    "title": str,
    "authors": list,
    "year": str,
    "publisher": str,
    "version": str,
    "journal": str,
    "url": str,
    "doi": str,
    "note": str,
}
REFERENCE_KINDS = ("article", "dataset", "misc", "report", "software")
REFERENCE_ROLES = ("paper", "data", "source")  # see `secdiplo.cite.references.Reference.role`
CODING_SHEET_FILE = "curated/interactions.csv"  # unless `interactions` names other files
ARCHIVED_FILE = "curated/archived.csv"  # archived copies of sources; no sheet, and optional
DECISION_FILES = ("curated/links.csv", "curated/not_duplicates.csv")
"""Decisions of coders, which no table contains; `secdiplo match` and `duplicates` read them."""
SUFFIXES = (".csv", ".csv.gz", ".csv.zst", ".parquet", ".xlsx")
QUERIES_FOLDER = "queries"
PARTS = ("annotations", "curated", "queries", "reference", "tables")  # folders that are read
MAX_FILES = 10_000
MAX_TOML = 1_000_000
TOO_LARGE = "over a megabyte; it holds settings, the rows belong in the sheets"
MAX_QUERY = 100_000  # bytes of a file
MAX_DEEP = 20  # folders within folders that a pattern names


@dataclass(frozen=True)
class Scope:
    """A named scope: a window of days, and the ranks of each agency that it includes."""

    name: str
    title: str
    start: str
    end: str
    ranks: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Folder:
    """What dataset.toml says, with the paths of the sheets.

    Attributes
    ----------
    path : Path
        The folder.
    annotations : Path or None
        Where manifest.csv, claims.csv and the other seed sheets lie.
    extra_columns : tuple of Column
        Further columns of the coding sheet.
    home : str
        The home country of events whose rows name none; blank if every row names one.
    defaults : dict of str to str
        What blank cells of the coding sheet hold, by column.
    exhaustive : bool
        Whether the sheet claims to hold every interaction in its scope.
    authors : tuple of str
        ``Family, Given``, or the name of a body.
    year : str
        Of this version.
    contact : str
        An address for questions.
    keywords : tuple of str
        What a deposit is found by.
    modelled_on : str
        The short name of the paper whose figures the dataset follows, for captions.
    default_forum : str
        The session that queries of one forum are about unless told.
    query_sources : dict of str to str
        Where the paper reports the numbers of a query, by its name.
    abbreviations : dict of str to str
        What abbreviations in the data are short for, for the notes of figures.
    region_schemes : dict of str to str
        The titles of region schemes, by their names.
    figures : tuple of dict
        Settings of figures in their order: ``name``, and the keys of `figure_settings`.
    references : tuple of dict
        The papers and data behind the dataset: ``key`` and the keys of `REFERENCE_KEYS`.
    interactions : str
        The files of the coder's sheet, as a pattern (``curated/*.csv.gz``); blank where it is one
        file of the usual name.
    first_version : str
        The first version of the dataset, blank where the folder does not say.
    changes : dict
        By version: what changed of each variable, see `secdiplo.schema.history`.
    tables : tuple of Table
        The tables that the folder declares.
    table_problems : tuple of Problem
        What is wrong with other declarations in its ``tables``.
    """

    path: Path
    name: str
    title: str
    version: str
    licence: str
    citation: str
    exhaustive: bool
    home: str
    not_foreign: tuple[str, ...]
    scopes: tuple[Scope, ...]
    default_scope: str
    extra_columns: tuple[Column, ...]
    annotations: Path | None
    defaults: dict[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    year: str = ""
    contact: str = ""
    keywords: tuple[str, ...] = ()
    modelled_on: str = ""
    default_forum: str = ""
    query_sources: dict[str, str] = field(default_factory=dict)
    abbreviations: dict[str, str] = field(default_factory=dict)
    region_schemes: dict[str, str] = field(default_factory=dict)
    figures: tuple[dict[str, Any], ...] = ()
    references: tuple[dict[str, Any], ...] = ()
    interactions: str = ""
    first_version: str = ""
    changes: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    table_problems: tuple[Problem, ...] = ()
    text: str = field(default="", repr=False)

    def line_of(self, key: str) -> int:
        """The line of dataset.toml on which a dotted key stands."""
        return toml.line_of(self.text, key)

    def queries(self) -> dict[str, str]:
        """The text of the queries that the folder brings, by their names."""
        return {file.stem: read_query(file, self.path) for file in _own_queries(self.path)}

    def sheet(self, relative: str) -> tuple[Path, str]:
        """The path of a sheet and the name by which messages call it.

        Countries that a folder does not bring are those that come with the toolkit.
        """
        if "/" not in relative and relative != "codes.csv":
            return self._annotation(relative)
        path = self.path / relative
        if relative == CODING_SHEET_FILE:
            return self.files(relative)[0]
        if relative == "reference/countries.csv" and not path.exists():
            return resources.shipped("data") / relative, f"(secdiplo)/{relative}"
        return path, relative

    def files(self, relative: str) -> list[tuple[Path, str]]:
        """The paths of the files of a sheet, in the order of their names, and what to call them.

        The coding sheet may be in several files, compressed or in Parquet; others are one CSV.
        """
        if relative != CODING_SHEET_FILE:
            return [self.sheet(relative)]
        if self.interactions:
            found = _matching(self.path, self.interactions) or [self.path / self.interactions]
        else:
            found = _usual(self.path)[:1] or [self.path / CODING_SHEET_FILE]
        return [(file, file.relative_to(self.path).as_posix()) for file in found]

    def _annotation(self, file: str) -> tuple[Path, str]:
        if self.annotations is None:
            return self.path / "annotations" / file, f"annotations/{file}"
        folder = self.annotations
        if (folder / "annotations").is_dir() and file != "manifest.csv":
            folder = folder / "annotations"
        return folder / file, f"{folder.name}/{file}"


def read(path: Path | str) -> Folder:
    """Read and check a folder's dataset.toml.

    Parameters
    ----------
    path : path
        The dataset folder.

    Returns
    -------
    Folder

    Raises
    ------
    DataError
        With every problem of the file at once.
    UsageError
        There is no such folder.
    """
    path = Path(path)
    file = path / "dataset.toml"
    if not path.is_dir():
        raise no_folder(path, "a dataset folder")
    if not file.is_file():
        what = f"no dataset.toml in {path}; name a dataset folder, or make one"
        raise DataError([Problem("dataset.toml", 1, "1", what)])
    text, data = toml.read(file, MAX_TOML, TOO_LARGE)
    problems = _check(text, data, path)
    if problems:  # those of the tables are said with them; rows and queries need right settings
        raise DataError(sorted([*problems, *own_tables.read(path)[1]]))
    return _folder(path, text, data)


def misspelt_folders(path: Path | str) -> list[Problem]:
    """Find folders of a dataset folder whose name is a slip for one that is read."""
    problems = []
    missing = [part for part in PARTS if not (Path(path) / part).exists()]
    for place in sorted(Path(path).glob("*/")):
        # Few are compared, since comparing takes a library that a check is quicker without.
        alike = [part for part in missing if part[0] == place.name[0].lower()]
        if alike and (near := hint(place.name, alike)):
            what = f"no folder of this name is read; {near}"
            problems.append(Problem(f"{place.name}/", 1, "1", what, "notice"))
    return problems


def read_query(file: Path, folder: Path) -> str:
    """Read the text of a query that a folder brings.

    Raises
    ------
    DataError
        The file is a link out of the folder, too large, or not UTF-8.
    """
    return read_text(file, folder, MAX_QUERY, "a query is one SELECT; shorten it")


def _folder(path: Path, text: str, data: dict[str, Any]) -> Folder:
    home = data.get("home", {})
    scopes = tuple(_scope(name, body) for name, body in data.get("scopes", {}).items())
    annotations = _annotations(path, data.get("annotations", "annotations"))
    default = data.get("default_scope") or (scopes[0].name if scopes else "all")
    tables, table_problems = own_tables.read(path)
    return Folder(
        path=path,
        name=data["name"],
        title=data["title"],
        version=data["version"],
        licence=data["licence"],
        citation=data.get("citation", ""),
        exhaustive=data.get("exhaustive", False),
        home=home.get("country", ""),
        not_foreign=tuple(home.get("not_foreign", ())),
        scopes=scopes,
        default_scope=default,
        extra_columns=extra_columns.declared(data.get("extra_columns", ())),
        annotations=annotations,
        defaults=data.get("defaults", {}),
        authors=tuple(data.get("authors", ())),
        year=data.get("year", ""),
        contact=data.get("contact", ""),
        keywords=tuple(data.get("keywords", ())),
        modelled_on=data.get("modelled_on", ""),
        default_forum=data.get("default_forum", ""),
        query_sources=data.get("query_sources", {}),
        abbreviations=data.get("abbreviations", {}),
        region_schemes=data.get("region_schemes", {}),
        figures=figure_settings.listed(data.get("figures", {})),
        references=tuple({"key": key, **body} for key, body in data.get("references", {}).items()),
        interactions=data.get("interactions", ""),
        first_version=data.get("first_version", ""),
        changes=data.get("changes", {}),
        tables=tables,
        table_problems=tuple(table_problems),
        text=text,
    )


def _check(text: str, data: dict[str, Any], path: Path) -> list[Problem]:
    def at(key: str, what: str) -> Problem:
        return Problem("dataset.toml", toml.line_of(text, key), key, what)

    def report(path: toml.KeyPath, what: str) -> Problem:
        return at(".".join(path), what)

    pattern = {"interactions": "give one pattern, `curated/*.csv`"}
    problems = toml.check_table(report, data, SETTINGS_KEYS, needed=NEEDED_KEYS, one_text=pattern)
    if isinstance(data.get("home"), dict):
        needed = ("country",)
        problems += toml.check_table(report, data["home"], HOME_KEYS, ("home",), needed=needed)
    if isinstance(data.get("defaults"), dict):
        problems += toml.check_table(
            report, data["defaults"], dict.fromkeys(DEFAULTS, str), ("defaults",)
        )
    scopes = data.get("scopes", {})
    for name, body in scopes.items() if isinstance(scopes, dict) else ():
        if len(problems) < toml.MAX_PROBLEMS:
            problems += scope_problems(report, name, body)
    references = data.get("references", {})
    for name, body in references.items() if isinstance(references, dict) else ():
        if len(problems) < toml.MAX_PROBLEMS:
            problems += reference_problems(report, name, body)
    problems += _query_source_problems(report, data.get("query_sources", {}))
    for key in ("abbreviations", "region_schemes"):
        if isinstance(found := data.get(key), dict):
            problems += toml.check_table(report, found, dict.fromkeys(found, str), (key,))
    problems += _change_problems(report, data.get("changes", {}))
    queries = [*_packaged_queries(), *(file.stem for file in _own_queries(path))]
    problems += figure_settings.figure_problems(report, data.get("figures", {}), queries)
    problems += _alike_problems(report, scopes)
    problems += value_problems(report, data, scopes)
    problems += extra_columns.problems_of(report, data.get("extra_columns", []))
    return problems + _path_problems(at, data, path)


def value_problems(
    report: toml.Report, data: dict[str, Any], scopes: Any, path: toml.KeyPath = ()
) -> list[Problem]:
    """Return what is wrong with the version and the default scope of a dataset."""
    problems = []
    year = data.get("year")
    if year and isinstance(year, str) and not re.fullmatch(r"[0-9]{4}", year):
        problems.append(report((*path, "year"), f"`{year}` is not a year; write it as `2026`"))
    scope = data.get("default_scope") or "all"
    if isinstance(scopes, dict) and str(scope) not in {"all", *scopes}:
        remedy = hint(str(scope), ["all", *scopes]) or "name one of [scopes], or `all`"
        problems.append(report((*path, "default_scope"), f"no scope `{scope}`; {remedy}"))
    for key in ("version", "first_version"):
        version = data.get(key)
        if version and isinstance(version, str) and not re.fullmatch(r"\d+\.\d+", version):
            what = f"`{version}` is not a version; write it as `1.0`"
            problems.append(report((*path, key), what))
    return problems


def scope_problems(report: toml.Report, name: str, body: Any) -> list[Problem]:
    """Return what is wrong with a scope, whose problems `report` makes."""
    path = ("scopes", name)
    if not isinstance(body, dict):
        return [report(path, f"`scopes.{name}` is not {toml.TOML_TYPES[dict]}")]
    problems = toml.check_table(report, body, SCOPE_KEYS, path)
    if name == "all":
        problems.append(report(path, "`all` is the scope that leaves nothing out; rename yours"))
    days = {}
    for edge in ("start", "end"):
        value = body.get(edge)
        days[edge] = _first_day(value) if isinstance(value, str) else None
        if isinstance(value, str) and not days[edge]:
            what = f"`{value}` is not a date; write `2022-06-01`, `2022-06` or `2022`"
            problems.append(report((*path, edge), what))
    if days["start"] and days["end"] and body["end"] < body["start"][: len(body["end"])]:
        what = f"`{body['end']}` is before the start, {body['start']}; swap or correct them"
        problems.append(report((*path, "end"), what))
    ranks = body.get("ranks", {})
    for agency, codes in ranks.items() if isinstance(ranks, dict) else ():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            what = f"`ranks.{agency}` is not {toml.TOML_TYPES[list]}"
            problems.append(report((*path, "ranks", agency), what))
    return problems


def reference_problems(report: toml.Report, key: str, body: Any) -> list[Problem]:
    """Return what is wrong with one reference."""
    path = ("references", key)
    if not isinstance(body, dict):
        return [report(path, f"`references.{key}` is not {toml.TOML_TYPES[dict]}")]
    problems = toml.check_table(
        report, body, REFERENCE_KEYS, path, needed=("role", "kind", "title")
    )
    if not re.fullmatch(r"[A-Za-z0-9_-]+", key):
        what = f"`{key}` cannot name a reference; use letters without accents, digits, `_` and `-`"
        problems.append(report(path, what))
    for name, known in (("role", REFERENCE_ROLES), ("kind", REFERENCE_KINDS)):
        value = body.get(name)
        if value and isinstance(value, str) and value not in known:
            remedy = hint(value, known) or f"write one of {', '.join(known)}"
            problems.append(report((*path, name), f"no {name} `{value}`; {remedy}"))
    return problems


def _query_source_problems(report: toml.Report, found: Any) -> list[Problem]:
    """Return what is wrong with the sources of queries: queries that do not exist, or no text."""
    if not isinstance(found, dict):
        return []  # said already
    names = dict.fromkeys(_packaged_queries(), str)
    return toml.check_table(report, found, names, ("query_sources",))


def _change_problems(report: toml.Report, found: Any) -> list[Problem]:
    """Return what is wrong with the changes of variables: versions, names or words."""
    problems = []
    for version, body in found.items() if isinstance(found, dict) else ():
        path = ("changes", version)
        if not re.fullmatch(r"\d+\.\d+", version) or not isinstance(body, dict):
            what = f'`{version}` is not a table of a version; write `[changes."1.1"]`'
            problems.append(report(path, what))
            continue
        for name, words in body.items():
            if len(problems) > toml.MAX_PROBLEMS:
                return problems
            if not VARIABLE.fullmatch(name):
                what = f'`{name}` does not name a variable; write `"table.column"`, in quotes'
                problems.append(report((*path, name), what))
            elif not isinstance(words, str) or not CHANGE.fullmatch(words):
                kinds = ", ".join(CHANGE_KINDS)
                what = f"no change; write `kind: What changed.`, with one of {kinds}"
                problems.append(report((*path, name), what))
    return problems


def _packaged_queries() -> list[str]:
    return sorted(file.stem for file in resources.sql("queries").glob("*.sql"))


def _own_queries(path: Path) -> list[Path]:
    """The files of the queries that a folder brings."""
    return sorted((path / QUERIES_FOLDER).glob("*.sql"))


def _alike_problems(report: toml.Report, scopes: Any) -> list[Problem]:
    """Two scopes whose names are the same text."""
    kept: dict[str, str] = {}
    problems = []
    names = list(scopes) if isinstance(scopes, dict) else []
    for name in sorted(names, key=lambda name: (not name.isascii(), name)):
        if (other := kept.setdefault(normal_form(name), name)) != name:
            unlike = difference(name, other)
            remedy = f"keep `{other}`, {unlike}" if unlike else "keep one"
            what = f"scope `{name}` is spelt `{other}` too; {remedy}"
            problems.append(report(("scopes", name), what))
    return problems


def _first_day(text: str) -> datetime.date | None:
    """The first day of a date written to the day, month or year; None where it is none."""
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", text)
    try:
        return datetime.date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        return None


def _path_problems(at: Any, data: dict[str, Any], path: Path) -> list[Problem]:
    """Nothing that a folder names may lie outside it, links included."""
    value = data.get("annotations", "annotations")
    problems = []
    parts = {"dataset.toml", "codes.csv", "curated", "reference"}
    if isinstance(value, str) and value != "builtin":
        target = path / value
        if not _is_path(value):
            problems.append(at("annotations", "`annotations` is not a path; name a folder"))
        elif ".." in Path(value).parts or Path(value).is_absolute():
            problems.append(at("annotations", f"`{value}` is outside the folder; keep it inside"))
        elif "annotations" in data and not target.is_dir():
            problems.append(at("annotations", f"no folder `{value}`; create it, or drop the key"))
        else:
            parts |= {value, f"{value}/annotations"}
    problems += _rows_problems(at, data.get("interactions"), path)
    inside = path.resolve()
    for part in sorted(parts):
        for file in sorted([path / part, *_sheets_in(path / part)]):
            if file.is_symlink() and not lies_in(file, inside):
                name = file.relative_to(path).as_posix()
                problems.append(
                    Problem(name, 1, "1", "a link to a place outside the folder; copy the file")
                )
    return problems


def _rows_problems(at: Any, pattern: Any, path: Path) -> list[Problem]:
    """Files of the coder's sheet that leave the folder, are not there, or are one too many."""
    if pattern is None:
        usual = [file.relative_to(path).as_posix() for file in _usual(path)]
        if len(usual) < 2:
            return []
        what = f"a second sheet of interactions beside {usual[0]}; keep one, or name both in "
        return [Problem(usual[1], 1, "1", what + "`interactions` of dataset.toml")]
    if not isinstance(pattern, str):
        return []  # said already
    if not pattern or ".." in Path(pattern).parts or Path(pattern).is_absolute():
        return [at("interactions", f"`{pattern}` is outside the folder; keep it inside")]
    if not _is_path(pattern) or len(Path(pattern).parts) > MAX_DEEP:
        return [at("interactions", "`interactions` is not a file pattern; write `curated/*.csv`")]
    try:
        files = _matching(path, pattern)
    except (ValueError, NotImplementedError, OSError) as error:
        what = f"`{pattern}` is not a file pattern ({error}); write `curated/*.csv`"
        return [at("interactions", what)]
    if not files:
        return [
            at("interactions", f"no file `{pattern}` in the folder; add it, or correct the name")
        ]
    if len(files) > MAX_FILES:
        return [at("interactions", f"more than {MAX_FILES:,} files; join them")]
    return _named_problems(at, files, path)


def _named_problems(at: Any, files: Sequence[Path], path: Path) -> list[Problem]:
    """Files that `interactions` names and that are no sheets in the folder, and one beside them."""
    inside = path.resolve()
    problems = []
    for file in files:
        name = file.relative_to(path).as_posix()
        if not file.name.endswith(SUFFIXES):
            what = f"`{name}` has no supported extension; use {', '.join(SUFFIXES)}"
            problems.append(at("interactions", what))
        elif not lies_in(file, inside):
            problems.append(
                Problem(name, 1, "1", "a link to a place outside the folder; copy the file")
            )
    for file in () if problems else sorted(set(_usual(path)) - set(files)):
        name = file.relative_to(path).as_posix()
        what = "not named by `interactions` of dataset.toml; name it too, or move it away"
        problems.append(Problem(name, 1, "1", what))
    return problems


def _is_path(text: str) -> bool:
    """Whether a system can have a file of that name at all."""
    parts = Path(text).parts
    return bool(parts) and "\0" not in text and all(len(part.encode()) < 256 for part in parts)


def _usual(path: Path) -> list[Path]:
    """The coder's sheets under the usual name, in any of the forms that are read."""
    names = (CODING_SHEET_FILE.removesuffix(".csv") + suffix for suffix in SUFFIXES)
    return [path / name for name in names if (path / name).exists()]


def _matching(path: Path, pattern: str) -> list[Path]:
    found = (file for file in path.glob(pattern) if file.is_file())
    return sorted(itertools.islice(found, MAX_FILES + 1))


def _sheets_in(folder: Path) -> list[Path]:
    """The files of a folder that may be sheets."""
    return [file for file in folder.glob("*") if file.name.endswith(SUFFIXES)]


def _scope(name: str, body: dict[str, Any]) -> Scope:
    return Scope(
        name,
        body.get("title", name),
        body.get("start", ""),
        body.get("end", ""),
        body.get("ranks", {}),
    )


def _annotations(path: Path, value: str) -> Path | None:
    if value == "builtin":
        return resources.shipped("seeds")
    folder = path / value
    return folder if folder.is_dir() else None
