"""Rules on whole built tables, made from their declarations: keys, references, cells, codes.

The build checks its sheets; this checks what it wrote, or what anybody made of it since. The SQL
is of the subset that every engine runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secdiplo.schema.codes import LISTS
from secdiplo.schema.declarations import ACTOR_TABLES
from secdiplo.schema.tables import TABLES, Column, Table
from secdiplo.sql.quoting import literal, quoted
from secdiplo.store.opening import engine_of

if TYPE_CHECKING:
    from secdiplo.store import Built


@dataclass(frozen=True)
class Rule:
    """One rule on one table.

    Attributes
    ----------
    name : str
        Its kind and columns, such as ``required(city)``; unique within the table.
    table : str
    title : str
        What holds where no row offends.
    sql : str
        One SELECT of one row and column: the number of violations.
    tables : tuple of str
        The tables that it reads.
    """

    name: str
    table: str
    title: str
    sql: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class RuleViolation:
    """A rule that is broken, and by how many rows."""

    rule: Rule
    rows: int

    def __str__(self) -> str:
        some = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return f"{self.rule.table}: {self.rule.name}: {some}: not true that {self.rule.title}"


@dataclass(frozen=True)
class _CombinedRules:
    """The rules of one table as one statement."""

    name: str
    sql: str
    tables: tuple[str, ...]


# --- the rules ------------------------------------------------------------------------------


def rules(tables: tuple[Table, ...] = tuple(TABLES.values())) -> tuple[Rule, ...]:
    """Every rule, in the order of the tables.

    Parameters
    ----------
    tables : tuple of Table
        Those of the toolkit by default.

    Returns
    -------
    tuple of Rule

    Examples
    --------
    >>> [rule.name for rule in rules() if rule.table == "country_regions"][:3]
    ['key(scheme, iso3)', 'required(scheme)', 'required(iso3)']
    """
    return tuple(rule for table in tables for rule in _of_table(table))


def _of_table(table: Table) -> Iterator[Rule]:
    yield _key(table)
    for column in table.columns:
        yield from _of_cells(table, column)
    for column in table.columns:
        if column.ref:
            other, theirs = column.ref.split(".")
            yield _reference(table, (column.name,), other, (theirs,))
        if column.codes == "country" and not column.ref and column.kind != "list":
            yield _reference(table, (column.name,), "countries", ("iso3",))
        elif _is_closed(column) and column.codes not in LISTS and not column.ref:
            yield _listed(table, column)
    for ours, other, named in table.references:
        if other not in ACTOR_TABLES:
            yield _reference(table, ours, other, named)


def _key(table: Table) -> Rule:
    names = ", ".join(table.key)
    columns = ", ".join(f"t.{quoted(name)}" for name in table.key)
    return Rule(
        f"key({names})",
        table.name,
        f"no two rows have the same {names}",
        "select cast(coalesce(sum(k.times), 0) as bigint) as violations from (select "
        f"count(*) as times from {table.name} as t group by {columns} having count(*) > 1) as k",
        (table.name,),
    )


def _of_cells(table: Table, column: Column) -> Iterator[Rule]:
    """The rules on single rows: a cell that must not be blank, a code of the toolkit's lists."""
    cell = f"t.{quoted(column.name)}"
    if column.needed or column.name in _never_blank(table):
        status = "" if column.needed in {"", "every row"} else column.needed.split()[0]
        where = f" in {column.needed}" if status else ""
        only = f" and t.row_status = {literal(status)}" if status else ""
        yield _row_rule(
            table,
            f"required({column.name})",
            f"`{column.name}` is filled{where}",
            f"{cell} is null{only}",
        )
    if _is_closed(column) and column.codes in LISTS:
        codes = ", ".join(map(literal, LISTS[column.codes]))
        yield _row_rule(
            table,
            f"code({column.name})",
            f"`{column.name}` is a code of the list {column.codes}",
            f"{cell} is not null and not {cell} in ({codes})",
        )


def _is_closed(column: Column) -> bool:
    """Return whether a cell is one code of a list; the items of a list are checked in a build."""
    return bool(column.codes) and not column.open_codes and column.kind != "list"


def _never_blank(table: Table) -> tuple[str, ...]:
    """The key, where it is of one column; of others a part may be blank where it is declared so."""
    return table.key if len(table.key) == 1 else ()


def _row_rule(table: Table, name: str, title: str, test: str) -> Rule:
    sql = f"select count(*) as violations from {table.name} as t where {test}"
    return Rule(name, table.name, title, sql, (table.name,))


def _reference(table: Table, ours: Sequence[str], other: str, theirs: Sequence[str]) -> Rule:
    names = ", ".join(ours)
    same = " and ".join(
        f"o.{quoted(there)} = t.{quoted(here)}" for here, there in zip(ours, theirs, strict=True)
    )
    filled = " and ".join(f"t.{quoted(name)} is not null" for name in ours)
    return Rule(
        f"reference({names})",
        table.name,
        f"every {names} is one of {other}",
        f"select count(*) as violations from {table.name} as t where {filled} "
        f"and not exists (select 1 from {other} as o where {same})",
        tuple(dict.fromkeys((table.name, other))),
    )


def _listed(table: Table, column: Column) -> Rule:
    """A code of one of the dataset's own lists."""
    cell = f"t.{quoted(column.name)}"
    return Rule(
        f"code({column.name})",
        table.name,
        f"`{column.name}` is a code of the dataset's list {column.codes}",
        f"select count(*) as violations from {table.name} as t where {cell} is not null and not "
        f"exists (select 1 from codes as c where c.list = {literal(column.codes)} "
        f"and c.code = {cell})",
        (table.name, "codes"),
    )


# --- checking -------------------------------------------------------------------------------


def check(built: Built) -> list[RuleViolation]:
    """Count the rows that break each rule, on the engine of the tables.

    Parameters
    ----------
    built : Built

    Returns
    -------
    list of Finding
        The broken rules, in the order of `rules`.

    Raises
    ------
    StoreError
        A table cannot be read.

    Examples
    --------
    >>> from secdiplo import store
    >>> from secdiplo.folder import resources
    >>> check(store.open_tables(resources.built()))
    []
    """
    engine = engine_of(built)
    built.need(built.tables)  # says what is wrong with a file
    findings = []
    for name, table in built.tables.items():
        ours = rules((table,))
        _, rows = engine.fetch(_together(name, ours), {})
        findings += [
            RuleViolation(rule, count) for rule, (_, count) in zip(ours, rows, strict=True)
        ]
    return [finding for finding in findings if finding.rows]


def _together(table: str, ours: Sequence[Rule]) -> _CombinedRules:
    """One statement for all rules of a table: an engine such as Spark is slow to start each."""
    parts = [
        f"select {place} as place, r.violations from ({rule.sql}) as r"
        for place, rule in enumerate(ours)
    ]
    tables = tuple(dict.fromkeys(name for rule in ours for name in rule.tables))
    return _CombinedRules(
        f"rules of {table}", " union all ".join(parts) + " order by place", tables
    )
