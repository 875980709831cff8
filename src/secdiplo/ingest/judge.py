"""Verdicts on cells, keys and rows: every problem of every sheet, and each defect once.

The sheets that hold lists of codes come first, so that no cell is judged by a list that is itself
wrong. Within a sheet come the cells, then the keys, then the rules of ``sql/checks`` in their
turns; what rests on a cell that is wrong already is not judged again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from secdiplo import resources, schema
from secdiplo.errors import Problem
from secdiplo.folder import Folder
from secdiplo.ingest import layout
from secdiplo.ingest.layout import MAX_LISTED, Sheet
from secdiplo.tables import SHEETS, Table

if TYPE_CHECKING:
    import duckdb

SMALL = 100_000  # rows up to which every cell goes through the Pandera model
WHOLE = "1"  # the column of a problem of a whole record

LISTING = {
    "codes_sheet": "select list, code, label from {raw} where list is not null order by rowid",
    "countries": "select 'country', iso3, concat_ws('; ', name, iso2, aliases) from {raw}",
    "organizations": "select 'organization', code, name from {raw} order by code",
    "forum_series": "select 'series', series, note from {raw} order by series",
    "seeds": "select 'seed', seed_file, name from {raw} order by seed_file",
    "claims": "select 'claim', claim_id, '' from {raw} order by claim_id",
}
DOMAIN = {"agency": "", "rank": "", "topic": ""}
NEEDED_LISTS = ("agency", "rank")
KEYS = {  # of sheets whose built table is identified by derived columns
    "forum_participants": (
        "forum",
        "year",
        "counterpart_type",
        "counterpart",
        "counterpart_name",
    ),
    "officials": ("official", "agency", "official_rank"),
}

Codes = dict[str, dict[str, str]]
Found = tuple[int, str, str]
"""Record, column, what is wrong."""


@dataclass(frozen=True)
class Check:
    """One file of ``sql/checks``.

    It returns (row, column, value, what) and may return more columns; ``{name}`` in what stands
    for the cell of that column, ``{nearest:LIST}`` for the code of a list nearest to the value.

    Attributes
    ----------
    sheet : str
        The sheet that the rows are of.
    needs : tuple of str
        The sheets that must be there; of the others, those that must be right where they are.
    reads : frozenset of str
        Columns that the rule rests on: where one of them is wrong already, it says nothing.
    scope : str
        Whether it rests on one ``row``, on all rows of an ``event`` or on the whole ``sheet``.
    turn : int
        Rules run in the order of their turns, then of their names.
    """

    name: str
    text: str
    sheet: str
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    reads: frozenset[str]
    level: str
    scope: str
    turn: int


def checks() -> list[Check]:
    """Every packaged check, in the order in which they run."""
    found = []
    for file in resources.sql("checks").glob("*.sql"):
        text = file.read_text(encoding="utf-8")
        head = dict(re.findall(r"^-- (\w+): (.*)$", text, re.MULTILINE))

        def items(key: str, head: dict[str, str] = head) -> tuple[str, ...]:
            return tuple(filter(None, (name.strip() for name in head.get(key, "").split(","))))

        found.append(
            Check(
                name=file.stem,
                text=text,
                sheet=head["sheet"],
                needs=items("needs"),
                uses=items("uses"),
                reads=frozenset(items("reads")),
                level=head["level"],
                scope=head.get("scope", "row"),
                turn=int(head.get("turn", "2")),
            )
        )
    return sorted(found, key=lambda check: (check.turn, check.name))


@dataclass
class Judge:
    """What is known of a folder while its sheets are judged one after the other.

    Attributes
    ----------
    codes : dict
        The code lists of the sheets that are right.
    unsound : set of str
        Sheets that nothing else can be judged by: not read, or with a key that is wrong.
    """

    con: duckdb.DuckDBPyConnection
    sheets: Mapping[str, Sheet]
    unsound: set[str]
    codes: Codes = field(default_factory=dict)

    @cached_property
    def _checks(self) -> list[Check]:
        return checks()

    def all(self) -> list[Problem]:
        """The problems of every sheet, those that hold lists first."""
        self.codes["column"] = {c.name: "" for c in SHEETS["interactions_sheet"].columns}
        self.codes["list"] = DOMAIN
        order = [*LISTING, *(name for name in SHEETS if name not in LISTING)]
        problems = []
        for name in order:
            if name in self.sheets:
                problems += self._sheet(name, self.sheets[name])
        return problems

    def _sheet(self, name: str, sheet: Sheet) -> list[Problem]:
        flagged: dict[int, set[str]] = defaultdict(set)
        for row in sheet.broken:
            flagged[row].add(WHOLE)
        found: list[tuple[Found, str]] = []

        def note(more: Iterable[Found], level: str = "error") -> None:
            more = list(more)
            for row, column, _ in more:
                flagged[row].add(column)
            found.extend((each, level) for each in more)

        note(cells(self.con, sheet, self.codes))
        self._learn(name, sheet)
        note(_repeated(self.con, sheet, flagged))
        for check in self._checks:
            if check.sheet == name and self._can(check):
                note(self._offenders(check, flagged), check.level)
        keys = {WHOLE, *key_of(sheet)}
        if sheet.broken or any(col in keys for (_, col, _), level in found if level == "error"):
            self.unsound.add(name)
        return _placed(sheet, found) + self._settle(name, sheet)

    def _can(self, check: Check) -> bool:
        """Whether the sheets that a check looks at are there and right."""
        others = {*check.needs, *check.uses} - {check.sheet}
        if self.sheets[check.sheet].broken and check.scope != "row":
            return False
        return set(check.needs) <= set(self.sheets) and not others & self.unsound

    def _learn(self, name: str, sheet: Sheet) -> None:
        """Take the code lists of a sheet."""
        if name in LISTING:
            for kind, code, label in self.con.execute(
                LISTING[name].format(raw=sheet.raw)
            ).fetchall():
                if code is not None:
                    self.codes.setdefault(kind, {})[code] = label or ""

    def _settle(self, name: str, sheet: Sheet) -> list[Problem]:
        """Give up the lists of a sheet that is wrong; say which needed ones are empty."""
        if name != "codes_sheet":
            if name == "countries" and name in self.unsound:
                self.codes.pop("country", None)
            return []
        if name in self.unsound:
            for kind in DOMAIN:
                self.codes.pop(kind, None)
            return []
        empty = [kind for kind in NEEDED_LISTS if not self.codes.get(kind)]
        what = "no code of the list `{}`; add those of the dataset"
        return [
            Problem(sheet.label, sheet.header_line, "list", what.format(kind)) for kind in empty
        ]

    def _offenders(self, check: Check, flagged: Mapping[int, set[str]]) -> Iterator[Found]:
        """The rows that a check returns, without those that rest on what is wrong already."""
        cursor = self.con.execute(check.text)
        names = [column[0] for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(MAX_LISTED)]
        tainted: dict[str, set[int]] = {}
        for cell in found:
            row, column = cell["row"], cell["column"]
            if column not in tainted:
                reads = check.reads | {column, WHOLE}
                tainted[column] = {place for place, names in flagged.items() if names & reads}
                if check.scope == "event":
                    tainted[column] |= self._same_events(tainted[column])
            whole = check.scope == "sheet" and tainted[column]
            if row not in tainted[column] and not whole:
                yield row, column, _worded(cell, self.codes)

    def _same_events(self, rows: set[int]) -> set[int]:
        """The rows of the events that these rows belong to."""
        found = self.con.execute(
            "select rowid + 1 from raw_interactions_sheet where event_key in (select event_key "
            "from raw_interactions_sheet where rowid + 1 in (select unnest($rows)))",
            {"rows": sorted(rows)},
        ).fetchall()
        return {row for (row,) in found}


def _worded(cell: Mapping[str, Any], codes: Codes) -> str:
    def fill(place: re.Match[str]) -> str:
        if place[1] == "nearest":
            return schema.nearest(str(cell["value"]), codes.get(place[2], {}), place[2])
        return schema.shown(cell[place[1]]) if place[1] in cell else place[0]

    return re.sub(r"\{(\w+)(?::(\w+))?\}", fill, cell["what"])


def _placed(sheet: Sheet, found: list[tuple[Found, str]]) -> list[Problem]:
    """Problems at the lines of their records."""
    places = layout.lines(sheet.path, {row for (row, _, _), _ in found}) if found else {}
    return [
        Problem(sheet.label, places.get(row, row + 1), column, what, level)
        for (row, column, what), level in found
    ]


# --- cells and keys -------------------------------------------------------------------------


AS_ATTESTED = "coalesce(row_status, 'attested') in ('attested', 'synthetic')"


def cells(con: duckdb.DuckDBPyConnection, sheet: Sheet, codes: Codes) -> list[Found]:
    """Verdicts on the cells of a sheet; imputed rows have a declaration of their own."""
    if "row_status" not in sheet.columns:
        return _cells(con, sheet, codes, sheet.table, "true")
    found = _cells(con, sheet, codes, sheet.table, AS_ATTESTED)
    return found + _cells(con, sheet, codes, sheet.table.of_imputed, f"not {AS_ATTESTED}")


def _cells(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, codes: Codes, table: Table, where: str
) -> list[Found]:
    """Verdicts of the Pandera model of a declaration on the cells of the rows that it is for.

    Those of a small sheet are all validated; of a large one, those that the SQL form flags.
    """
    (count,) = con.execute(f"select count(*) from {sheet.raw}").fetchone() or (0,)
    if count <= SMALL:
        chosen = f"select rowid + 1 as record, * from {sheet.raw} where {where} order by record"
    else:
        flagged = schema.flags(table, sheet.raw, codes, where)
        chosen = (
            f"with flagged as (select distinct row from ({flagged}) order by row "
            f"limit {MAX_LISTED}) select rowid + 1 as record, * from {sheet.raw} "
            "where rowid + 1 in (from flagged) order by record"
        )
    frame = con.execute(chosen).df().set_index("record")
    frame = frame[~frame.index.isin(list(sheet.broken))]
    blank = frame.isna().all(axis=1)
    found = [(int(row), WHOLE, "an empty row; remove it") for row in frame.index[blank]]
    if not blank.all():
        found += schema.bad_cells(table, frame[~blank], codes)
    return found


def key_of(sheet: Sheet) -> tuple[str, ...]:
    """The columns of a sheet that tell its rows apart."""
    return KEYS.get(sheet.table.name) or tuple(k for k in sheet.table.key if k in sheet.columns)


def _repeated(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, flagged: Mapping[int, set[str]]
) -> Iterator[Found]:
    """Rows whose key stands in an earlier row too."""
    key = key_of(sheet)
    columns = ", ".join(f'"{name}"' for name in key)
    found = con.execute(
        f"with repeated as (select hash({columns}) as digest from {sheet.raw} group by digest "
        "having count(*) > 1), "
        f"suspects as (select rowid + 1 as row, * from {sheet.raw} "
        f"where hash({columns}) in (from repeated)), "
        f"firsts as (select row, min(row) over (partition by {columns}) as first from suspects) "
        "select row, first from firsts where row > first order by row"
    ).fetchmany(MAX_LISTED)
    found = [(row, first) for row, first in found if not flagged.get(row, set()) & {WHOLE, *key}]
    first_lines = layout.lines(sheet.path, {first for _, first in found}) if found else {}
    what = "the same " + " + ".join(key) + " as line {}; remove one of them, or tell them apart"
    for row, first in found:
        yield row, key[0], what.format(first_lines.get(first, 0))


# --- settings -------------------------------------------------------------------------------


def settings(folder: Folder, codes: Codes) -> list[Problem]:
    """Codes that dataset.toml names and the folder does not have."""
    problems = []

    def check(kind: str, code: str, key: str) -> None:
        if codes.get(kind) and code not in codes[kind]:
            what = f"unknown {kind} `{code}`; {schema.nearest(code, codes[kind], kind)}"
            problems.append(Problem("dataset.toml", folder.line_of(key), key, what))

    check("country", folder.home, "home.country")
    for code in folder.not_foreign:
        check("country", code, "home.not_foreign")
    for scope in folder.scopes:
        for agency, ranks in scope.ranks.items():
            key = f"scopes.{scope.name}.ranks.{agency}"
            check("agency", agency, key)
            for rank in ranks:
                check("rank", rank, key)
    return problems
