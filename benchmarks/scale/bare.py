"""The floor of queries and panels: the same statement on the same files in bare DuckDB.

Usage: python bare.py SPEC OUT [MEMORY]
"""

from __future__ import annotations

import datetime
import json
import sys
import time
from pathlib import Path

import duckdb


def typed(found: dict) -> object:
    """A day that the package binds as a date."""
    return datetime.date.fromisoformat(found["day"]) if set(found) == {"day"} else found


def main(spec: str, out: str, memory: str) -> None:
    asked = json.loads(Path(spec).read_text(encoding="utf-8"), object_hook=typed)
    start = time.perf_counter()
    con = duckdb.connect()
    if memory:
        con.execute(f"set memory_limit = '{memory}'")
    con.execute("set enable_progress_bar = false")
    for view in asked["views"]:
        con.execute(view)
    values = asked["values"]
    con.execute(f"copy ({asked['sql']}) to '{out}' (format csv, header)", values)
    Path(f"{out}.seconds").write_text(str(time.perf_counter() - start), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
