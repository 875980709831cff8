"""Texts whose letters were lost, or are those of another encoding: notices, one per column."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secdiplo.errors import Problem
from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.schema.cell_messages import shown
from secdiplo.sql.quoting import literal, quoted
from secdiplo.text import SQL_MOJIBAKE

if TYPE_CHECKING:
    import duckdb

LOST = "\ufffd"
DAMAGES = {
    f"contains({{}}, '{LOST}')": "{} has a letter that was lost (U+FFFD){}; get the text anew",
    f"regexp_matches({{}}, {literal(SQL_MOJIBAKE)})": (
        "{} is text in UTF-8 that was read in another encoding{}; get the text anew"
    ),
}
"""SQL for a cell, and the notice: the first such cell, and the number of cells if several."""
TITLE = "Texts with lost letters or in another encoding"


def damaged_texts(con: duckdb.DuckDBPyConnection, sheet: SourceTable) -> Iterator[Problem]:
    """Yield a notice for each column of a sheet that has such cells, with the first of them."""
    # The pattern takes longer to prepare than a small sheet to read: columns in ASCII do without.
    tests = ", ".join(f"bool_or(strlen({c}) <> length({c}))" for c in map(quoted, sheet.columns))
    (beyond_ascii,) = con.execute(f"select {tests} from {sheet.raw}").fetchall()
    for name in itertools.compress(sheet.columns, beyond_ascii):
        for condition, what in DAMAGES.items():
            ((number, row, cell),) = con.execute(
                f"select count(*), min(rowid), arg_min({quoted(name)}, rowid) from {sheet.raw} "
                f"where {condition.replace('{}', quoted(name))}"
            ).fetchall()
            if number:
                others = f" ({number:,} cells of the column)" if number > 1 else ""
                text = what.format(shown(cell), others)
                yield Problem(*sheet.file_and_line(row + 1), name, text, "notice", TITLE)
