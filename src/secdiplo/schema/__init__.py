"""Declarations of the tables, and the rules of single cells that are made from them."""

from secdiplo.schema.cell_messages import explain, nearest, shown
from secdiplo.schema.cell_rules import (
    CodeLists,
    cell_rule,
    explain_cell,
    flags,
    model,
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
    "verdict_sql",
    "verdicts",
]
