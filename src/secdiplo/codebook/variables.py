"""What there is to say of every variable of a dataset: declared, and counted in its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.schema.history import history, since
from secdiplo.schema.tables import CODING_SHEET, Column, Table
from secdiplo.sql.quoting import quoted

if TYPE_CHECKING:
    from secdiplo.store import Built

MAX_EXAMPLE = 60  # characters of an example
RENAMED = {  # columns of tables that the sheet has by another name
    "event_id": "event_key",
    "forum_id": "forum",
    "official_id": "official",
    "topic": "topic",
}


@dataclass(frozen=True)
class CodebookVariable:
    """One column of one built table.

    Attributes
    ----------
    table : Table
    column : Column
    codes : dict of str to (str, str)
        Label and meaning of each code, in the order of the list.
    counts : dict of str to int
        How many rows have each code, where it has codes.
    filled, blank, distinct : int
        Rows with a value, rows without one, and different values.
    least, greatest : str
        Of numbers and dates.
    example : str
        A value that the tables have.
    rule : str
        The coding rule of the dataset, blank where none is written down.
    since, history : str
        The version of the data that first has it, and how it was changed since; blank where the
        dataset does not say, or it was not changed.
    """

    table: Table
    column: Column
    codes: dict[str, tuple[str, str]]
    counts: dict[str, int]
    filled: int
    blank: int
    distinct: int
    least: str
    greatest: str
    example: str
    rule: str
    since: str
    history: str

    @property
    def missing(self) -> str:
        """What a blank means, or that there is none."""
        if self.column.blank:
            return self.column.blank
        return "Never blank." if self.column.required else "A blank is unknown."

    @property
    def source(self) -> str:
        """The sheet that the values come from."""
        origin = self.table.sheet or CODING_SHEET.sheet
        derived = self.column.derived or not self.table.sheet
        return f"derived from {origin}" if derived else origin


def collect(
    built: Built, rules: Mapping[str, str], tables: Iterable[str] | None = None
) -> list[CodebookVariable]:
    """Return every variable of open tables, in the order of the declarations.

    Parameters
    ----------
    built : Built
    rules : mapping of str to str
        The coding rules by column of the sheet, as `coding_rules` reads them.
    tables : iterable of str, optional
        The tables, all by default.

    Returns
    -------
    list of Variable
    """
    names = list(built.tables if tables is None else tables)
    built.need(names)
    lists = code_lists(built)
    return [
        _variable(built, built.tables[name], column, lists, rules)
        for name in names
        for column in built.tables[name].columns
    ]


def code_lists(built: Built) -> dict[str, dict[str, tuple[str, str]]]:
    """Label and meaning of every code, by list, in their order."""
    built.need(["codes"])
    rows = built.con.cursor().execute(
        "select list, code, label, meaning from codes order by list, position"
    )
    lists: dict[str, dict[str, tuple[str, str]]] = {}
    for name, code, label, meaning in rows.fetchall():
        lists.setdefault(name, {})[code] = (label or code, meaning or "")
    return lists


def _variable(
    built: Built,
    table: Table,
    column: Column,
    lists: Mapping[str, dict[str, tuple[str, str]]],
    rules: Mapping[str, str],
) -> CodebookVariable:
    name = quoted(column.name)
    ranged = column.kind in {"date", "year", "integer", "number", "partial_date"}
    ends = f"min({name})::varchar, max({name})::varchar" if ranged else "null, null"
    key = ", ".join(quoted(part) for part in table.key)
    ((filled, blank, distinct, least, greatest, example),) = _rows(
        built,
        f"select count({name}), count(*) - count({name}), count(distinct {name}), {ends}, "
        f"arg_min({name}, row({key}))::varchar from {table.name}",
    )
    codes = {} if column.codes in {"", "country"} else dict(lists.get(column.codes, {}))
    return CodebookVariable(
        table,
        column,
        codes,
        _counts(built, table, column) if codes else {},
        filled,
        blank,
        distinct,
        least or "",
        greatest or "",
        _short(example or ""),
        _rule(table, column, rules),
        since(built.dataset, table.name, column.name),
        history(built.dataset, table.name, column.name),
    )


def _rule(table: Table, column: Column, rules: Mapping[str, str]) -> str:
    """The coding rule of a column that a coder fills in."""
    coded = table.name in {"events", "interactions", "participations", "interaction_topics"}
    if not coded or (column.derived and column.name not in RENAMED):
        return ""
    return rules.get(RENAMED.get(column.name, column.name), "")


def _rows(built: Built, sql: str) -> list[tuple[Any, ...]]:
    return built.con.cursor().execute(sql).fetchall()


def _counts(built: Built, table: Table, column: Column) -> dict[str, int]:
    """How many rows have each value; of a list each of its items counts."""
    name = quoted(column.name)
    values = f"unnest(string_split({name}, '; '))" if column.kind == "list" else name
    sql = f"select value, count(*) from (select {values} as value from {table.name}) "
    return dict(_rows(built, f"{sql} where value is not null group by value order by value"))


def _short(value: str) -> str:
    """An example on one line, cut where it is long."""
    line = " ".join(value.split())
    return line if len(line) <= MAX_EXAMPLE else line[: MAX_EXAMPLE - 1].rstrip() + "…"


def coding_rules(folder: Path | None) -> dict[str, str]:
    """The rules that a dataset writes down in the table of curated/CODING.md, by column.

    Parameters
    ----------
    folder : Path, optional
        The dataset folder; without one, or without such a table, there are no rules.

    Returns
    -------
    dict of str to str
    """
    file = folder / "curated" / "CODING.md" if folder else None
    if file is None or not file.is_file():
        return {}
    rules: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r"\|\s*([a-z_, ]+?)\s*\|\s*(.+?)\s*\|", line)
        if found and set(found[2]) != {"-"}:
            for name in found[1].split(","):
                rules.setdefault(name.strip(), found[2])
    return rules
