"""Statements of a user: one SELECT that reads, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from secdiplo.errors import UsageError
from secdiplo.schema.tables import TABLES
from secdiplo.suggest import present_name

if TYPE_CHECKING:
    from secdiplo.store import Built

_EXPLAIN = re.compile(
    r"\s*explain\s+(?:analy[sz]e\s+)?(?:\(\s*(?:analy[sz]e|format)\b[^()]*\)\s*)?", re.IGNORECASE
)
_NODE = re.compile(r'"type":"(\w+)_NODE"')  # of a statement that DuckDB writes as JSON
_READING = {"SELECT", "SET_OPERATION", "RECURSIVE_CTE", "CTE"}


def short_error(error: Exception) -> str:
    """The words of a DuckDB error without its excerpt of the statement and its advice."""
    text = str(error).split("\n\n", maxsplit=1)[0]
    text = text.split("\nPossible solutions", maxsplit=1)[0].strip()
    unknown = re.match(r'Binder Error: Referenced column "([^"]+)" not found', text)
    columns = [column.name for table in TABLES.values() for column in table.columns]
    present = present_name(unknown[1], columns) if unknown else None
    return f"{text}\n`{unknown[1]}` is now `{present}`" if unknown and present else text


def check_statement(built: Built, statement: str, *, unsafe: bool = False) -> None:
    """Refuse anything but one SELECT, or but one statement, and open every table.

    Raises
    ------
    UsageError
        It does not parse, or it is not one reading statement.
    """
    import duckdb

    try:
        kinds = _kinds(built, statement)
        if len(kinds) == 1 and not unsafe:
            kinds = _within(built, statement, kinds[0])
    except duckdb.Error as error:
        raise UsageError(short_error(error)) from None
    except (TypeError, UnicodeError):  # DuckDB takes nothing but UTF-8 text
        raise UsageError("a statement is UTF-8 text; correct it") from None
    if len(kinds) != 1 or (kinds != ["SELECT"] and not unsafe):
        raise UsageError(f"only one SELECT is allowed, not {' + '.join(kinds) or 'nothing'}")
    built.need(built.tables)


def _kinds(built: Built, statement: str) -> list[str]:
    return [found.type.name for found in built.con.extract_statements(statement)]


def _within(built: Built, statement: str, kind: str) -> list[str]:
    """What running a statement would do: SELECT alone where it reads and does nothing else.

    EXPLAIN ANALYZE runs what it explains. A WITH may hold COPY, INSERT, UPDATE or DELETE.
    """
    if kind == "EXPLAIN" and (found := _EXPLAIN.match(statement)):
        statement = statement[found.end() :]
        if _kinds(built, statement) != ["SELECT"]:
            return [kind]
    elif kind not in {"SELECT", "RELATION"}:
        return [kind]
    sql = "select json_serialize_sql($1::varchar)"
    ((tree,),) = built.con.cursor().execute(sql, [statement]).fetchall()
    nodes = set(_NODE.findall(tree))  # a quote within a text of the tree has a backslash before it
    others = sorted(node.removesuffix("_QUERY") for node in nodes - _READING)
    return others or (["SELECT"] if nodes else ["a statement of another kind"])
