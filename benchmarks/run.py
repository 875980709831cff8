"""Speed of short processes as ratios within one run; writes benchmarks/short.json and the page.

Usage: python benchmarks/run.py

Where PySpark is installed Pandera imports it too, so that the measure of `check` is fair only in an
environment of the toolkit alone.

`benchmarks/scale` measures the work at size; its report.py makes benchmarks/README.md of both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILDS = 5
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


def main() -> None:
    """Measure, print and write the results, then the page."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    results: list[tuple[str, str, str, str]] = []

    def line(what: str, ours: float, other: str, theirs: float, bound: str) -> None:
        ratio = f"{ours / theirs:.2f}"
        results.append((what, other, ratio, bound))
        print(f"{what}: {ratio} of {other} ({ours:.2f} against {theirs:.2f}); bound {bound}")

    command = str(Path(sys.executable).with_name("secdiplo"))
    with tempfile.TemporaryDirectory() as scratch:
        short(line, command, Path(scratch))
    (HERE / "short.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    subprocess.run([sys.executable, str(HERE / "scale" / "report.py")], check=True)


def short(line, command: str, scratch: Path) -> None:
    from secdiplo import query as queries
    from secdiplo import store
    from secdiplo.folder import resources

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
        "query regional_shares, whole process", ours, "the same SQL in bare DuckDB", bare, "<= 1.4"
    )
    ours, _ = median(15, command, "--help")
    bare, _ = median(15, sys.executable, "-c", "import click")
    line("--help, whole process", ours, "python -c 'import click'", bare, "<= 2.5")
    ours, _ = median(15, command, "check")
    bare, _ = median(15, sys.executable, "-c", "import pandera.pandas, pandas")
    line("check of the built-in data", ours, "importing pandera and pandas", bare, "<= 1.0")
    build(line, command, scratch)


def build(line, command: str, scratch: Path) -> None:
    """Check and build 100,000 synthetic rows, in turns with bare DuckDB."""
    folder = scratch / "made"
    subprocess.run([command, "simulate", "--rows", "100000", "-o", folder], check=True)
    bare = [sys.executable, str(HERE / "scale" / "bare_build.py"), str(folder)]
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(BUILDS):
        for name, words in (("ours", [command, "build", str(folder), "-o"]), ("bare", bare)):
            spent, _ = run(*words, str(scratch / f"{name}{turn}"))
            times[name].append(spent)
    ours, theirs = (statistics.median(times[name]) for name in ("ours", "bare"))
    line("check and build of 100,000 rows", ours, "bare DuckDB", theirs, "<= 1.5")


if __name__ == "__main__":
    main()
