"""Compare the rows of two versions table by table, in DuckDB over their files.

Of each row only two digests are held: that of its key, and that of its cells. They are joined in a
database on disk, so that tables of ten million rows need little memory; cells are compared only of
rows that changed. Tables and years of equal content are not read at all.

Rows of the coding sheet have a number within their event, which moves when a row is added. They are
compared by what identifies them instead: event, agency, official, counterpart and person met; their
topics are a cell of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from secdiplo.coding.renames import LIKELY, Rename, recodes, renamed_columns
from secdiplo.coding.versions import Version
from secdiplo.schema.tables import Table
from secdiplo.sql.quoting import literal, quoted
from secdiplo.store.opening import relation

if TYPE_CHECKING:
    import duckdb

TABLE_CHANGES = ("table", "old_rows", "new_rows", "added", "removed", "changed", "cells")
ROW_CHANGES = ("table", "change", "key")
CELL_CHANGES = ("table", "key", "column", "old", "new")
SHEET_ROWS, TOPICS = "participations", "interaction_topics"
SHEET_KEY = ("event_id", "agency", "official_id", "interaction_id", "counterpart_person")
MIN_ALIKE, MIN_ROWS = 0.8, 5  # from which share and number of cells a rename is likely
MIN_RECODED = 3  # cells from which one code likely became another
SEPARATOR = " | "


@dataclass
class Comparison:
    """Two versions on one connection, and what was found.

    Attributes
    ----------
    con : DuckDB connection
        Gets the tables ``row_changes`` and ``cell_changes``.
    old, new : Version
    declared : list of Rename
        What is known of columns and codes with other names.
    links : bool
        Whether the connection has a table ``links``: event keys of the new version by those of
        the old one.
    tables : list of tuple
        One row per table; columns `TABLE_CHANGES`.
    renames : list of Rename
    """

    con: duckdb.DuckDBPyConnection
    old: Version
    new: Version
    declared: list[Rename] = field(default_factory=list)
    links: bool = False
    tables: list[tuple[Any, ...]] = field(default_factory=list)
    renames: list[Rename] = field(default_factory=list)

    def run(self) -> None:
        """Compare every table that both versions have, and list those that only one has."""
        self.con.execute(
            'create table row_changes ("table" varchar, change varchar, key varchar); '
            "create table cell_changes "
            '("table" varchar, key varchar, "column" varchar, old varchar, "new" varchar)'
        )
        self.renames += [*self.old.renames]
        names = dict.fromkeys([*self.old.built.tables, *self.new.built.tables])
        for name in names:
            if name != TOPICS and name not in self.old.unread:
                self.tables.append(self._compare(name))
        self.renames += self._likely_codes()

    def _compare(self, name: str) -> tuple[Any, ...]:
        """Compare one table; return its row of `TABLE_CHANGES`."""
        sides = [side.built for side in (self.old, self.new)]
        bodies = [side.manifest["tables"].get(name, {"rows": 0, "content": ""}) for side in sides]
        rows = [body["rows"] for body in bodies]
        known = [side.tables.get(name) for side in sides]
        if known[0] is None or known[1] is None:
            return self._whole(name, known, rows)
        equal = [_contents(side.manifest, name) for side in sides]
        if equal[0] == equal[1] and not self.links:
            return (name, *rows, 0, 0, 0, 0)
        names = self._columns(known[0], known[1])
        manifests = [side.manifest for side in sides]
        skipped = set() if self.links else _equal_years(manifests[0], manifests[1], name)
        key = _key(known[1])
        for side, which in ((self.old, "old"), (self.new, "new")):
            self._digests(side, which, name, key, names, skipped)
        self._join()
        self.con.execute("create table moved (old_key uhugeint, new_key uhugeint)")
        if name == SHEET_ROWS:
            self._pair_rows(names, skipped)
        counts = self._counts()
        number = self._listed(name, key, names, skipped)
        for table in ("digests_old", "digests_new", "differing", "moved"):
            self.con.execute(f"drop table {table}")
        return (name, *rows, counts["added"], counts["removed"], counts["changed"], number)

    def _whole(
        self, name: str, known: Sequence[Table | None], rows: Sequence[int]
    ) -> tuple[Any, ...]:
        """List the rows of a table that only one version has."""
        place = 0 if known[0] is not None else 1
        side = (self.old, self.new)[place]
        table = side.built.tables[name]
        key = _key(table)
        names = {column: column for column in table.by_name}
        change = ("removed", "added")[place]
        for source in self._sources(side, name, names, set()):
            self.con.execute(
                f"insert into row_changes select {literal(name)}, {literal(change)}, {_text(key)} "
                f"from {source}"
            )
        return (name, *rows, rows[1], rows[0], 0, 0)

    def _columns(self, old: Table, new: Table) -> dict[str, str]:
        """Return the columns of both tables: the new name, and the one that the old table has."""
        found = renamed_columns(old.name, old.by_name, new.by_name, self.declared)
        found += self._likely_columns(old, new, {each.new for each in found})
        self.renames += found
        former = {each.new: each.old for each in found}
        names = {column: former.get(column, column) for column in new.by_name}
        names = {column: source for column, source in names.items() if source in old.by_name}
        return {column: source for column, source in names.items() if column != "participation_id"}

    def _likely_columns(self, old: Table, new: Table, done: set[str]) -> list[Rename]:
        """Return columns of the old table whose cells a new column of another name has."""
        gone = [name for name in old.by_name if name not in new.by_name]
        come = [name for name in new.by_name if name not in old.by_name and name not in done]
        key = [name for name in _key(new) if name in old.by_name]
        found: list[Rename] = []
        if not gone or not come or not key:
            return found
        same = " and ".join(f"o.{quoted(k)} is not distinct from n.{quoted(k)}" for k in key)
        both = (
            f"{_relation(self.old, old.name)} as o join {_relation(self.new, new.name)} as n "
            f"on {same}"
        )
        for name in come:
            shares = []
            for former in gone:
                a, b = f"o.{quoted(former)}::varchar", f"n.{quoted(name)}::varchar"
                ((equal, filled),) = self.con.execute(
                    f"select count(*) filter (where {a} = {b}), count({a}) from {both}"
                ).fetchall()
                if filled >= MIN_ROWS and equal / filled >= MIN_ALIKE:
                    shares.append((equal / filled, former))
            if shares:
                former = max(shares)[1]
                gone.remove(former)
                found.append(Rename(old.name, name, "column", former, name, LIKELY))
        return found

    # --- rows -------------------------------------------------------------------------------

    def _sources(
        self, side: Version, name: str, names: Mapping[str, str], skipped: set[int]
    ) -> list[str]:
        """Return SQL that reads the rows of a table with the columns and codes of today.

        If a table is stored by year, it reads one year at a time.
        """
        old = side is self.old
        recoded = recodes(name, self.declared) if old else {}
        parts = side.built.manifest["tables"][name].get("parts")
        years = [part["year"] for part in parts if part["year"] not in skipped] if parts else [None]
        found = []
        for year in years:
            rows = _relation(side, name, year)
            cells = [
                f"{_cell('t.' + quoted(source if old else column), recoded.get(column, {}))} "
                f"as {quoted(column)}"
                for column, source in names.items()
            ]
            if name == SHEET_ROWS:
                cells.append("topics.topic as topic")
                topics = self._topics(side, year)
                rows = f"{rows} as t left join {topics} as topics using (participation_id)"
            else:
                rows = f"{rows} as t"
            found.append(self._linked(f"(select {', '.join(cells)} from {rows})", side, names))
        return found

    def _topics(self, side: Version, year: int | None) -> str:
        """Return SQL that reads the topics of each row of the sheet as one text."""
        codes = recodes(TOPICS, self.declared).get("topic", {}) if side is self.old else {}
        return (
            f"(select participation_id, string_agg(distinct {_cell('topic', codes)}, '; ' "
            f"order by {_cell('topic', codes)}) as topic "
            f"from {_relation(side, TOPICS, year)} group by participation_id)"
        )

    def _linked(self, rows: str, side: Version, names: Mapping[str, str]) -> str:
        """Return SQL in which events of the new version have the keys of the old one."""
        if side is self.old or not self.links or "event_id" not in names:
            return rows
        mine = "coalesce(l.event_key, r.event_id)"
        changed = [f"{mine} as event_id"]
        if "interaction_id" in names:
            rest = "substr(r.interaction_id, length(r.event_id) + 1)"
            changed.append(f"{mine} || {rest} as interaction_id")
        return (
            f"(select r.* replace ({', '.join(changed)}) from {rows} as r "
            "left join links as l on l.other_event_key = r.event_id)"
        )

    def _digests(
        self, side: Version, which: str, name: str, key: Sequence[str],
        names: Mapping[str, str], skipped: set[int],
    ) -> None:  # fmt: skip
        """Write the digests of the keys and cells of a table."""
        table = f"digests_{which}"
        self.con.execute(f"create table {table} (key uhugeint, cells uhugeint)")
        every = [*names, *(["topic"] if name == SHEET_ROWS else [])]
        cells = ", ".join(f"coalesce({quoted(column)}::varchar, chr(30))" for column in every)
        for source in self._sources(side, name, names, skipped):
            self.con.execute(
                f"insert into {table} select {_digest(key)}, "
                f"md5_number(concat_ws(chr(31), {cells})) from {source}"
            )

    def _join(self) -> None:
        """Join the digests; the table ``differing`` gets the rows that are not in both alike."""
        self.con.execute(
            "create table differing as select coalesce(o.key, n.key) as key, "
            "case when o.key is null then 'added' when n.key is null then 'removed' "
            "else 'changed' end as change "
            "from digests_old as o full join digests_new as n on o.key = n.key "
            "where o.cells is distinct from n.cells"
        )

    def _pair_rows(self, names: Mapping[str, str], skipped: set[int]) -> None:
        """Take a row of the sheet for changed if only the person met has another name.

        That is so where one row was removed and one added that agree in the rest of the key. The
        table ``moved`` gets the keys of both.
        """
        for side, which, kind in ((self.old, "old", "removed"), (self.new, "new", "added")):
            self.con.execute(f"create table lone_{which} (rest uhugeint, key uhugeint)")
            for source in self._sources(side, SHEET_ROWS, names, skipped):
                self.con.execute(
                    f"insert into lone_{which} select {_digest(SHEET_KEY[:-1])}, d.key "
                    f"from {source} as s join differing as d on d.key = {_digest(SHEET_KEY)} "
                    f"where d.change = '{kind}'"
                )
        single = "(select rest, min(key) as key from {} group by rest having count(*) = 1)"
        self.con.execute(
            f"insert into moved select o.key, n.key from {single.format('lone_old')} as o "
            f"join {single.format('lone_new')} as n using (rest)"
        )
        self.con.execute(
            "delete from differing where change = 'removed' and key in (select old_key from moved);"
            "update differing set change = 'changed' "
            "where change = 'added' and key in (select new_key from moved);"
            "drop table lone_old; drop table lone_new"
        )

    def _counts(self) -> dict[str, int]:
        """Return how many rows were added, removed and changed."""
        counts = dict(
            self.con.execute("select change, count(*) from differing group by change").fetchall()
        )
        return {kind: counts.get(kind, 0) for kind in ("added", "removed", "changed")}

    def _listed(
        self, name: str, key: Sequence[str], names: Mapping[str, str], skipped: set[int]
    ) -> int:
        """List the rows that differ, and compare the cells of those that changed.

        Returns
        -------
        int
            The number of cells that differ.
        """
        for side, which, kind in ((self.old, "old", "removed"), (self.new, "new", "added")):
            wide, kinds = (
                f"wide_{which}",
                (f"('{kind}')", f"('{kind}', 'changed')")[side is self.new],
            )
            for place, source in enumerate(self._sources(side, name, names, skipped)):
                mine = f"{source} as s"
                digest = _digest(key)
                if side is self.old:
                    mine += f" left join moved as m on m.old_key = {digest}"
                    digest = f"coalesce(m.new_key, {digest})"
                rows = f"from {mine} join differing as d on d.key = {digest}"
                self.con.execute(
                    f"insert into row_changes select {literal(name)}, d.change, {_text(key)} "
                    f"{rows} where d.change in {kinds}"
                )
                made = f"insert into {wide}" if place else f"create table {wide} as"
                self.con.execute(
                    f"{made} select d.key as row_digest, {_text(key)} as row_key, s.* {rows} "
                    "where d.change = 'changed'"
                )
        ((before,),) = self.con.execute("select count(*) from cell_changes").fetchall()
        every = [*names, *(["topic"] if name == SHEET_ROWS else [])]
        same = key[:-1] if name == SHEET_ROWS else key
        for column in (column for column in every if column not in same):
            a, b = f"o.{quoted(column)}::varchar", f"n.{quoted(column)}::varchar"
            self.con.execute(
                f"insert into cell_changes select {literal(name)}, n.row_key, {literal(column)}, "
                f"{a}, {b} from wide_old as o join wide_new as n using (row_digest) "
                f"where {a} is distinct from {b}"
            )
        self.con.execute("drop table wide_old; drop table wide_new")
        ((after,),) = self.con.execute("select count(*) from cell_changes").fetchall()
        return int(after - before)

    def _likely_codes(self) -> list[Rename]:
        """Return codes that became another one wherever they were, by the cells that changed."""
        found = self.con.execute(
            'select "table", "column", old, any_value("new"), count(*) from cell_changes '
            'where old is not null and "new" is not null group by 1, 2, 3 '
            f'having count(*) >= {MIN_RECODED} and count(distinct "new") = 1 order by all'
        ).fetchall()
        likely = []
        for table, column, old, new, cells in found:
            name, real = (TOPICS, "topic") if (table, column) == (SHEET_ROWS, "topic") else (
                table, column
            )  # fmt: skip
            if real not in self.new.built.tables[name].by_name or "; " in old:
                continue
            ((left,),) = self.con.execute(
                f"select count(*) from {_relation(self.new, name)} as t "
                f"where t.{quoted(real)}::varchar = ?",
                [old],
            ).fetchall()
            if not left and self.new.built.tables[name].by_name[real].codes:
                likely.append(Rename(name, real, "code", old, new, LIKELY, cells))
        return likely

    def count_recoded(self) -> list[Rename]:
        """Return the declared codes that were renamed, with the cells of the old version."""
        found = []
        for each in self.declared:
            table = self.old.built.tables.get(each.table)
            if each.kind != "code" or table is None or each.column not in table.by_name:
                continue
            sql = f"select count(*) from {_relation(self.old, each.table)} as t where t."
            ((cells,),) = self.con.execute(
                f"{sql}{quoted(each.column)}::varchar = ?", [each.old]
            ).fetchall()
            found.append(replace(each, cells=cells))
        return found


def _contents(manifest: Mapping[str, Any], name: str) -> list[str]:
    """Return the digests of a table, and of the one whose rows are cells of it."""
    names = [name, TOPICS] if name == SHEET_ROWS else [name]
    return [manifest["tables"][each]["content"] for each in names]


def _equal_years(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> set[int]:
    """Return the years in which a table has the same rows in both versions."""
    names = [name, TOPICS] if name == SHEET_ROWS else [name]
    found: list[set[int]] = []
    for each in names:
        sums = [
            {
                part["year"]: (body.get("columns"), part["rows"], part["low"], part["high"])
                for part in body.get("parts", ())
            }
            for body in (old["tables"][each], new["tables"][each])
        ]
        found.append({year for year, of in sums[0].items() if sums[1].get(year) == of})
    return set.intersection(*found)


def _relation(side: Version, name: str, year: int | None = None) -> str:
    """Return SQL that reads a table of a version, or its file of one year."""
    folder, manifest = side.built.folder, side.built.manifest
    if folder is None:
        raise ValueError("versions are compared as files")
    parts = manifest["tables"][name].get("parts", ())
    files = [part["file"] for part in parts if year is None or part["year"] == year]
    if year is not None and not files:
        declared = side.built.tables[name]
        cells = ", ".join(f"null::{c.sql_type} as {quoted(c.name)}" for c in declared.columns)
        return f"(select {cells} where false)"
    return relation(folder, name, manifest, files)


def _key(table: Table) -> tuple[str, ...]:
    return SHEET_KEY if table.name == SHEET_ROWS else table.key


def _cell(column: str, codes: Mapping[str, str]) -> str:
    """Return SQL of a cell in which codes that were renamed have their new names."""
    if not codes:
        return column
    cases = " ".join(f"when {literal(a)} then {literal(b)}" for a, b in codes.items())
    return f"case {column} {cases} else {column} end"


def _digest(key: Sequence[str]) -> str:
    cells = ", ".join(f"coalesce({quoted(column)}::varchar, chr(30))" for column in key)
    return f"md5_number(concat_ws(chr(31), {cells}))"


def _text(key: Sequence[str]) -> str:
    """Return SQL of a key as readers see it."""
    cells = ", ".join(f"coalesce({quoted(column)}::varchar, '')" for column in key)
    return f"concat_ws({literal(SEPARATOR)}, {cells})"
