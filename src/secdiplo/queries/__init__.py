"""Packaged queries: their text, how they are run, and what else is asked of open tables.

A query goes from its file (`packaged`) through the parameters that are bound and the files that
are chosen (`running`), on large tables in shares of the events (`pieces`), to an engine.
"""

from __future__ import annotations

from secdiplo.queries.packaged import UNITS, Query, ResultColumn, load, names, parse
from secdiplo.queries.running import (
    Result,
    Streamed,
    check_values,
    engine_of,
    prepare,
    run,
    stream,
    used,
)
from secdiplo.queries.statement import check_statement, said
from secdiplo.queries.status import basis, is_synthetic

__all__ = [
    "UNITS",
    "Query",
    "Result",
    "ResultColumn",
    "Streamed",
    "basis",
    "check_statement",
    "check_values",
    "engine_of",
    "is_synthetic",
    "load",
    "names",
    "parse",
    "prepare",
    "run",
    "said",
    "stream",
    "used",
]
