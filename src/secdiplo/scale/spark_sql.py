"""DuckDB SQL in the words of Spark, for what both are known to do alike; the rest is refused."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from secdiplo.errors import UsageError

REFUSED: dict[str, str] = {}
"""Packaged queries that only DuckDB runs, and why: none at present."""

# fmt: off
COMMON_SYNTAX = frozenset(
    {
        "Add", "Alias", "And", "ArrayContains", "Boolean", "CTE", "Case", "Cast", "Coalesce",
        "Column", "Count", "DPipe", "DataType", "DataTypeParam", "DateDiff", "Distinct", "Div",
        "EQ", "Exists", "Extract", "Filter", "From", "GT", "GTE", "Group", "GroupConcat", "Having",
        "Identifier", "If", "In", "Is", "Join", "LT", "LTE", "Literal", "Max", "Min", "Mul",
        "NEQ", "Not", "Null", "Nullif", "Or", "Order", "Ordered", "Pad", "Paren",
        "Placeholder", "Rank", "Round", "RowNumber", "Select", "Star", "StrPosition", "Sub",
        "Subquery", "Sum", "Table", "TableAlias", "Union", "Var", "Where", "Window", "With",
        "Year",
    }
)
# fmt: on
"""The kinds of syntax whose results tests compare on both engines, as sqlglot names them."""

CAST_TYPES = frozenset({"INT", "BIGINT", "DOUBLE", "DECIMAL", "DATE", "VARCHAR", "TEXT", "BOOLEAN"})
EXTRACT_PARTS = frozenset({"YEAR", "QUARTER", "MONTH", "DAY"})


@functools.cache
def to_spark(name: str, sql: str) -> str:
    """Translate a statement of the common subset.

    Parameters
    ----------
    name : str
        By what messages call it.
    sql : str
        One SELECT in DuckDB SQL with parameters ``$name``.

    Returns
    -------
    str
        Spark SQL with parameters ``:name``.

    Raises
    ------
    UsageError
        It is listed in `REFUSED`, or it uses what is not known to give equal results.

    Examples
    --------
    >>> to_spark("one", "select e.city from events as e where e.mode = $mode order by e.city")
    'SELECT e.city FROM events AS e WHERE e.mode = :mode ORDER BY e.city NULLS LAST'
    """
    import sqlglot

    tree = sqlglot.parse_one(sql, read="duckdb")
    reason = REFUSED.get(name) or next(_foreign(tree), "")
    if reason:
        raise UsageError(f"`{name}` does not run on Spark: {reason}; use --engine duckdb")
    for step in tree.find_all(sqlglot.exp.CTE):
        step.set("materialized", None)  # Spark keeps none of them, and has no word for it
    return tree.sql(dialect="spark", comments=False, unsupported_level=sqlglot.ErrorLevel.RAISE)


def _foreign(tree: Any) -> Iterator[str]:
    """What in a statement is outside of the common subset, in words."""
    for node in tree.walk():
        kind = type(node).__name__
        if kind not in COMMON_SYNTAX:
            yield f"it uses {_words(node)}, which is outside of the common subset"
        else:
            yield from _odd(node)


def _words(node: Any) -> str:
    from sqlglot import exp

    if isinstance(node, exp.Anonymous):
        return f"the function {node.name}()"
    return f"`{' '.join(node.sql(dialect='duckdb').split())[:60]}` ({type(node).__name__})"


def _odd(node: Any) -> Iterator[str]:
    """What both engines have, but with other results in some form."""
    from sqlglot import exp

    if isinstance(node, exp.Div) and not _is_double(node.this):
        yield "it divides what is not cast to double"
    elif isinstance(node, exp.Round) and not isinstance(node.this, exp.Div):
        yield "it rounds what is not a quotient of doubles"
    elif isinstance(node, exp.Literal) and not node.is_string and not node.this.isdigit():
        yield f"it has the decimal {node.this}, which the engines calculate with otherwise"
    elif isinstance(node, exp.GroupConcat) and not isinstance(node.this, exp.Order):
        yield "it joins texts of rows in no order"
    elif isinstance(node, exp.DataType) and node.this.name not in CAST_TYPES:
        yield f"it casts to {node.sql(dialect='duckdb')}"
    elif isinstance(node, exp.Extract) and node.name.upper() not in EXTRACT_PARTS:
        yield f"it extracts {node.name.lower()}"
    elif isinstance(node, exp.DateDiff) and str(node.args.get("unit")).upper() != "DAY":
        yield f"it counts in units of {node.args.get('unit')}"


def _is_double(node: Any) -> bool:
    """Whether a number is a double: a cast, or a product of one."""
    from sqlglot import exp

    if isinstance(node, exp.Mul):
        return _is_double(node.this) or _is_double(node.expression)
    return isinstance(node, exp.Cast) and node.to.is_type("double")
