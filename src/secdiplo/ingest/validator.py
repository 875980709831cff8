"""Verdicts on cells, keys and rows: every problem of every sheet, and each defect once.

The sheets that hold lists of codes come first, so that no cell is checked with a list that is
itself wrong. Within a sheet come the cells, then the keys, then the rules of ``sql/checks`` in
their turns; what rests on a cell that is wrong already is not checked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import schema
from secdiplo.errors import Problem
from secdiplo.folder.own_tables import line_of_field, named_lists
from secdiplo.folder.reading import Folder
from secdiplo.ingest import references, rules, spellings, staging
from secdiplo.ingest.cell_checks import check_cells
from secdiplo.ingest.claims import claim_problems
from secdiplo.ingest.damaged_texts import damaged_texts
from secdiplo.ingest.invalid_cells import WHOLE_RECORD, InvalidCells
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS, ProblemCollector
from secdiplo.ingest.rules import Check
from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.ingest.workbook import is_workbook
from secdiplo.schema.tables import SHEETS, sheets_of
from secdiplo.suggest import hint
from secdiplo.text import difference

if TYPE_CHECKING:
    import duckdb

LISTING = {
    "codes_sheet": "select list, code, label from {raw} where list is not null order by rowid",
    "countries": "select 'country', iso3, concat_ws('; ', name, iso2, aliases) from {raw} "
    "order by state_to is null, iso3",  # an old name leads to the code of today
    "organizations": "select 'organization', code, name from {raw} order by code",
    "nonstate_actors": "select 'nonstate_actor', code, name from {raw} order by code",
    "regions_sheet": "select distinct 'region_scheme', scheme, '' from {raw} order by scheme",
    "forum_series": "select 'series', series, note from {raw} order by series",
    "seeds": "select 'seed', seed_file, name from {raw} order by seed_file",
    "claims": "select 'claim', claim_id, '' from {raw} order by claim_id",
}
CHECKED_LISTS = {"agency": "", "official_rank": "", "topic": "", "publisher_kind": ""}
CLAIMS_CHECK = "Claims that cannot be read as they are written"
NEEDED_LISTS = ("agency", "official_rank")

Codes = dict[str, dict[str, str]]


@dataclass
class Validator:
    """What is known of a folder while its sheets are checked one after the other.

    Attributes
    ----------
    codes : dict
        The code lists of the sheets that are right.
    unsound : set of str
        Sheets that nothing else can be checked with: not read, or with a key that is wrong.
    collector : ProblemCollector
        Takes the problems.
    folder : Folder
        The settings of the dataset, and the tables that it declares.
    """

    con: duckdb.DuckDBPyConnection
    sheets: Mapping[str, SourceTable]
    unsound: set[str]
    collector: ProblemCollector
    folder: Folder
    codes: Codes = field(default_factory=dict)

    @cached_property
    def _checks(self) -> list[Check]:
        return rules.packaged()

    def all(self) -> None:
        """Validate every sheet, those that hold lists first."""
        self.codes["column"] = {c.name: "" for c in SHEETS["interactions_sheet"].columns}
        self.codes["list"] = CHECKED_LISTS | dict.fromkeys(
            sorted(named_lists(self.folder.tables, self.folder.extra_columns)), ""
        )
        for table in self.folder.tables:
            self.codes |= {name: dict(codes) for name, codes in table.lists.items()}
        sheets = sheets_of(self.folder.tables)
        for name in [*LISTING, *(name for name in sheets if name not in LISTING)]:
            if name in self.sheets:
                self._sheet(name, self.sheets[name])

    def _sheet(self, name: str, sheet: SourceTable) -> None:
        if sheet.checked is None:
            self.collector.add(damaged_texts(self.con, sheet))
        flagged = InvalidCells(self.con)
        flagged.add((row, WHOLE_RECORD) for row in sheet.broken)
        check_cells(self.con, sheet, self.codes, flagged, self.collector)
        self._take_codes(name, sheet)
        keys = {WHOLE_RECORD, *rules.key_of(sheet)}
        self._report_violations(rules.repeated(sheet), sheet, flagged)
        for check in self._spellings(sheet):
            self._report_violations(check, sheet, flagged)
        for check in self._checks_of(sheet):
            if self._can(check):
                if sheet.checked is not None:
                    staging.only_touched(self.con, check.over == "touched")
                self._report_violations(check, sheet, flagged)
        if sheet.checked is not None:
            staging.only_touched(self.con, False)
        if name == "claims":
            self._check_claims(sheet, flagged)
        if flagged.errors & keys:
            self.unsound.add(name)
        self._finish(name, sheet)

    def _checks_of(self, sheet: SourceTable) -> list[Check]:
        """The rules on the rows of a sheet, in the order in which they run."""
        if sheet.table.group != "own":
            return [check for check in self._checks if check.sheet == sheet.table.name]
        (quotes,) = (check for check in self._checks if check.name == "claim_spans")
        return [*references.rules_of(sheet), *references.spans_of(quotes, sheet)]

    def _spellings(self, sheet: SourceTable) -> Iterator[Check]:
        """Yield the checks that the names of a sheet are spelt in one way."""
        for kind, columns in spellings.kinds(self.folder.tables).items():
            for place, column in enumerate(columns):
                if column.sheet == sheet.table.name and kind in self._alike:
                    yield rules.of_whole_sheet(
                        sheet,
                        "spelt",
                        "Names that are spelt in two ways",
                        spellings.statement(columns, place, self.sheets),
                    )

    @cached_property
    def _alike(self) -> set[str]:
        """The kinds of names of which some differ only by their normal form."""
        return spellings.alike(self.con, self.folder.tables)

    def _can(self, check: Check) -> bool:
        """Whether the sheets that a check looks at are there and right."""
        others = {*check.needs, *check.uses} - {check.sheet}
        if self.sheets[check.sheet].broken and check.scope != "row":
            return False
        return set(check.needs) <= set(self.sheets) and not others & self.unsound

    def _check_claims(self, sheet: SourceTable, flagged: InvalidCells) -> None:
        """Parse every claim and report what is wrong with it."""
        found = claim_problems(self.con, self.codes, self.unsound, flagged.cells())
        self.collector.add(
            Problem(*sheet.file_and_line(row), one.column, one.what, one.level, CLAIMS_CHECK)
            for row, one in found
        )

    def _take_codes(self, name: str, sheet: SourceTable) -> None:
        """Take the code lists of a sheet."""
        if name in LISTING:
            for kind, code, label in self.con.execute(
                LISTING[name].format(raw=sheet.raw)
            ).fetchall():
                if code is not None:
                    self.codes.setdefault(kind, {})[code] = label or ""
        if name == "countries":
            schemes = [column[7:] for column in sheet.columns if column.startswith("region_")]
            self.codes.setdefault("region_scheme", {}).update(dict.fromkeys(schemes, ""))

    def _finish(self, name: str, sheet: SourceTable) -> None:
        """Give up the lists of a sheet that is wrong; say which needed ones are empty."""
        if name != "codes_sheet":
            if name == "countries" and name in self.unsound:
                self.codes.pop("country", None)
            return
        if name in self.unsound:
            for kind in self.codes["list"]:
                self.codes.pop(kind, None)
            return
        empty = [kind for kind in NEEDED_LISTS if not self.codes.get(kind)]
        what = "no code of the list `{}`; add those of the dataset"
        self.collector.add(
            Problem(sheet.label, sheet.header_line, "list", what.format(kind)) for kind in empty
        )
        self.collector.add(self._lists_without_codes())

    def _lists_without_codes(self) -> Iterator[Problem]:
        """Lists that a declared table or extra column names and of which codes.csv has no code."""
        named = named_lists(self.folder.tables, self.folder.extra_columns)
        missing = {name for name in named if not self.codes.get(name)}

        def what(name: str) -> str:
            remedy = hint(name, sorted(self.codes)) or "add its codes there"
            return f"no code of the list `{name}` in codes.csv; {remedy}"

        for column in self.folder.extra_columns:
            if column.codes in missing:
                key = f"extra_columns.{column.name}.codes"
                yield Problem("dataset.toml", self.folder.line_of(key), key, what(column.codes))
        for table in self.folder.tables:
            for column in table.columns:
                if column.codes in missing:
                    line = line_of_field(self.folder.path, table.name, column.name)
                    file = f"tables/{table.name}.json"
                    yield Problem(file, line, column.name, what(column.codes))

    def _report_violations(self, check: Check, sheet: SourceTable, flagged: InvalidCells) -> None:
        """Run a check; what rests on cells that are wrong already is left out."""
        sql = flagged.without(check.text, check.scope, check.reads, sheet.raw)
        cursor = self.con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchmany(MAX_LISTED_PROBLEMS + 1)
        if len(rows) <= MAX_LISTED_PROBLEMS and not self.collector.every:
            self._add_problems(check, sheet, names, rows)
            flagged.add(((row[0], row[1]) for row in rows), check.level)
            return
        self.con.execute(f"create or replace table violations as {sql}")
        flagged.take('select "row", "column" from violations', check.level)
        listed = "" if self.collector.every else f" limit {MAX_LISTED_PROBLEMS}"
        cursor = self.con.cursor().execute(f"from violations order by 1, 2{listed}")
        while rows := cursor.fetchmany(MAX_LISTED_PROBLEMS):
            self._add_problems(check, sheet, names, rows)
        if not self.collector.every:
            counted = (
                'select "column", count(*) from (select "column" from violations order by row, '
                f'"column" offset {MAX_LISTED_PROBLEMS}) group by all'
            )
            for column, number in self.con.execute(counted).fetchall():
                self.collector.count(sheet.label, column, check.title, check.level, number)
        self.con.execute("drop table violations")

    def _add_problems(
        self, check: Check, sheet: SourceTable, names: list[str], rows: list[Any]
    ) -> None:
        def problems() -> Iterator[Problem]:
            for values in rows:
                cell = dict(zip(names, values, strict=True))
                what = _worded(cell, self.codes, sheet)
                place = sheet.file_and_line(cell["row"])
                yield Problem(*place, cell["column"], what, check.level, check.title)

        self.collector.add(problems())


def _worded(cell: Mapping[str, Any], codes: Codes, sheet: SourceTable) -> str:
    def fill(place: re.Match[str]) -> str:
        if place[1] in {"respell", "agree"}:
            unlike = difference(cell["value"] or "", cell["other"] or "")
            if place[1] == "agree":
                return "make the rows agree" + (f", {unlike}" if unlike else "")
            return f"write {schema.shown(cell['other'])}, {unlike}" if unlike else "choose one"
        if place[1] == "nearest":
            return schema.nearest(str(cell["value"]), codes.get(place[2], {}), place[2])
        if place[2] == "place":
            label, line = sheet.file_and_line(cell[place[1]])
            here = label == sheet.file_and_line(cell["row"])[0]
            word = "row" if is_workbook(Path(label)) else "line"
            return f"{word} {line}" if here else f"{word} {line} of {label}"
        return schema.shown(cell[place[1]]) if place[1] in cell else place[0]

    return re.sub(r"\{(\w+)(?::(\w+))?\}", fill, cell["what"])


# --- settings -------------------------------------------------------------------------------


def settings(folder: Folder, codes: Codes) -> list[Problem]:
    """Codes that dataset.toml names and the folder does not have."""
    problems = []

    def check(kind: str, code: str, key: str) -> None:
        if codes.get(kind) and code not in codes[kind]:
            what = f"unknown {kind} `{code}`; {schema.nearest(code, codes[kind], kind)}"
            problems.append(Problem("dataset.toml", folder.line_of(key), key, what))

    if folder.home:
        check("country", folder.home, "home.country")
    for code in folder.not_foreign:
        check("country", code, "home.not_foreign")
    own_regions = folder.sheet("reference/regions.csv")[0].exists()
    for scheme in folder.region_schemes if own_regions else ():
        check("region_scheme", scheme, f"region_schemes.{scheme}")
    for scope in folder.scopes:
        for agency, ranks in scope.ranks.items():
            key = f"scopes.{scope.name}.ranks.{agency}"
            check("agency", agency, key)
            for rank in ranks:
                check("official_rank", rank, key)
    return problems
