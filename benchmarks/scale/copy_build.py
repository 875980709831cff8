"""The least that reading costs: a bare copy of the sheet to one Parquet file, without any check.

Usage: python copy_build.py FOLDER OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    sheet = folder / "curated" / "interactions.csv"
    duckdb.connect().execute(
        f"copy (from read_csv('{sheet}', all_varchar = true)) to '{out}/interactions.parquet' "
        "(format parquet, compression zstd)"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
