"""Declarations of the tables, and the rules of single cells that are made from them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secdiplo.schema.cell_messages import explain, nearest, shown
    from secdiplo.schema.cell_rules import (
        CodeLists,
        cell_rule,
        explain_cell,
        flags,
        model,
        suspect_sql,
        suspects,
        verdict_sql,
        verdicts,
    )

__all__ = [
    "CodeLists",
    "cell_rule",
    "explain",
    "explain_cell",
    "flags",
    "model",
    "nearest",
    "shown",
    "suspect_sql",
    "suspects",
    "verdict_sql",
    "verdicts",
]


def __getattr__(name: str) -> Any:
    """Import a rule when it is first asked for: reading a table needs none."""
    if name not in __all__:
        raise AttributeError(f"module `secdiplo.schema` has no attribute `{name}`")
    from secdiplo.schema import cell_messages, cell_rules

    home = cell_messages if name in {"explain", "nearest", "shown"} else cell_rules
    return getattr(home, name)
