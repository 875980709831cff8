"""Packaged queries: their text, how they are run, and what else is asked of open tables.

A query goes from its file (`packaged`) through the parameters that are bound and the files that
are chosen (`running`), on large tables in batches of events (`batches`), to an engine.
"""

from __future__ import annotations

from secdiplo.query.packaged import (
    QUERY_UNITS,
    Query,
    ResultColumn,
    load,
    names,
    parse,
    source_of,
    titles,
)
from secdiplo.query.running import (
    Result,
    Streamed,
    check_values,
    prepare,
    run,
    stream,
    used,
)
from secdiplo.query.status import basis, is_synthetic, why_empty
from secdiplo.query.table_rows import read_rows
from secdiplo.query.user_sql import check_statement, short_error
from secdiplo.store.opening import engine_of

__all__ = [
    "QUERY_UNITS",
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
    "read_rows",
    "run",
    "short_error",
    "source_of",
    "stream",
    "titles",
    "used",
    "why_empty",
]
