"""Speed as ratios within one run; writes benchmarks/README.md.

Usage: python benchmarks/run.py [ROWS]   (a million by default)
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUERY = """
import duckdb
from pathlib import Path
sql, folder = Path({sql!r}).read_text(), {folder!r}
con = duckdb.connect()
for name in {tables!r}:
    con.execute(f"create view {{name}} as from read_parquet('{{folder}}/{{name}}.parquet')")
cursor = con.execute(sql, {values!r})
print([column[0] for column in cursor.description])
for row in cursor.fetchall():
    print(row)
"""


def run(*args: str) -> tuple[float, float]:
    """Wall seconds and peak memory (MB) of one process."""
    with tempfile.TemporaryFile() as messages:  # a pipe that nobody reads would stop the process
        start = time.perf_counter()
        process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=messages)
        _, code, usage = os.wait4(process.pid, 0)
        spent = time.perf_counter() - start
        if code != 0:
            messages.seek(0)
            sys.exit(f"{args}: {messages.read().decode()[:2000]}")
    return spent, usage.ru_maxrss / 1000


def median(times: int, *args: str) -> tuple[float, float]:
    """Median seconds and greatest memory of several runs, after one that warms the caches."""
    run(*args)
    runs = [run(*args) for _ in range(times)]
    return statistics.median(r[0] for r in runs), max(r[1] for r in runs)


def main(rows: int) -> None:
    """Measure, print and write the table of results."""
    results: list[tuple[str, str, str, str]] = []

    def line(what: str, ours: float, other: str, theirs: float, bound: str) -> None:
        ratio = f"{ours / theirs:.2f}"
        results.append((what, other, ratio, bound))
        print(f"{what}: {ratio} of {other} ({ours:.2f} against {theirs:.2f}); bound {bound}")

    command = str(Path(sys.executable).with_name("secdiplo"))
    with tempfile.TemporaryDirectory() as scratch:
        short(line, command, Path(scratch))
        build(line, command, Path(scratch), rows)
    write(results, rows)


def short(line, command: str, scratch: Path) -> None:
    from secdiplo import queries, resources, store

    built = store.open_tables(resources.built())
    query, values = queries.prepare(built, "regional_shares", {})
    (scratch / "query.sql").write_text(query.sql, encoding="utf-8")
    (scratch / "bare.py").write_text(
        QUERY.format(
            sql=str(scratch / "query.sql"),
            folder=str(resources.built()),
            tables=query.tables,
            values=queries.used(query, values),
        ),
        encoding="utf-8",
    )
    ours, _ = median(15, command, "query", "regional_shares", "--format", "csv")
    bare, _ = median(15, sys.executable, str(scratch / "bare.py"))
    line(
        "query regional_shares, whole process", ours, "the same SQL in bare DuckDB", bare, "<= 1.5"
    )
    ours, _ = median(15, command, "--help")
    bare, _ = median(15, sys.executable, "-c", "import click")
    line("--help, whole process", ours, "python -c 'import click'", bare, "<= 2.5")
    ours, _ = median(15, command, "check")
    bare, _ = median(15, sys.executable, "-c", "import pandera.pandas, pandas")
    line("check of the built-in data", ours, "importing pandera and pandas", bare, "<= 2")


def build(line, command: str, scratch: Path, rows: int) -> None:
    from secdiplo import synthetic

    folder = scratch / "synthetic"
    sheet = synthetic.synth(folder, rows, seed=7)
    copy = (
        f"import duckdb; duckdb.sql(\"copy (from read_csv('{sheet}', all_varchar = true)) to "
        f"'{scratch}/copy.parquet' (format parquet, compression zstd)\")"
    )
    ours, memory = median(2, command, "build", str(folder), "-o", str(scratch / "ours"))
    bare, _ = median(
        2, sys.executable, str(HERE / "bare_build.py"), str(folder), str(scratch / "a")
    )
    frame, peak = median(
        1, sys.executable, str(HERE / "pandas_build.py"), str(folder), str(scratch / "b")
    )
    plain, _ = median(2, sys.executable, "-c", copy)
    making = (command, "synth", "--rows", str(rows), "-o", str(scratch / "made"), "--force")
    made, peak_made = median(2, *making)
    what = f"build of {rows:,} rows"
    line(what, ours, "bare DuckDB SQL, same rules and tables", bare, "<= 2")
    line(what, ours, "pandas and pandera, same rules and tables", frame, "<= 0.5")
    line(f"{what}, peak memory", memory, "pandas and pandera", peak, "<= 0.5")
    line(what, ours, "a bare COPY of the sheet to Parquet", plain, "none")
    line(f"synth of {rows:,} rows", made, "a bare COPY of the sheet to Parquet", plain, "none")
    line(f"synth of {rows:,} rows, peak memory", peak_made, "1 GB", 1000, "<= 1")


def write(results: list[tuple[str, str, str, str]], rows: int) -> None:
    names = ("secdiplo", "duckdb", "pandas", "pandera", "pyarrow", "click")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    lines = [
        "# Benchmarks",
        "",
        "Generated by `just bench` (`python benchmarks/run.py`); do not edit. Ratios are within one",
        "run: below 1 is faster, or smaller, than what it is compared with.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; {versions}.",
        f"The sheet is that of `secdiplo synth --rows {rows} --seed 7`.",
        "",
        "| what | compared with | ratio | bound |",
        "| --- | --- | ---: | --- |",
        *(f"| {a} | {b} | {c} | {d} |" for a, b, c, d in results),
    ]
    (HERE / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
