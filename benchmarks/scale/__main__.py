"""Measure at one size or more: ours, bare DuckDB, polars, pandas, Spark; add it to results.json.

    python benchmarks/scale run 10000 100000 1000000 10000000
    python benchmarks/scale run 5000000 --engines ours        (for the growth from 5 to 10 million)
    python benchmarks/scale big 100000000 --memory 2GB        (ours alone, from a Parquet sheet)

`report.py` makes the page and the picture of it.
"""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import compare
import layout

RESULTS = layout.HERE / "results.json"
SHORT_RUNS = 3
TIMEOUT = 1800
ENGINES = ("ours", "bare", "polars", "pandas", "spark")
PACKAGES = ("duckdb", "polars", "pandas", "pandera", "pyarrow", "pyspark")
PYTHON = sys.executable


@dataclass(frozen=True)
class Job:
    """A command, and the file that its result goes to: by itself, or from its standard output."""

    command: list[str]
    out: Path
    stdout: bool = False
    spark: bool = False


class Bench:
    """A scratch folder, the limits, and what was found so far."""

    def __init__(self, scratch: Path, args: argparse.Namespace) -> None:
        self.scratch = scratch
        self.engines = args.engines.split(",")
        self.limit = int(args.limit * 2**30)
        self.memory = args.memory
        self.timeout = args.timeout
        self.long = args.long
        self.scopes = args.scopes.split(",")
        self.tables = Path(args.tables).resolve() if args.tables else None
        self.only = args.only.split(",") if args.only else []

    def once(self, command: list[str], out: Path, spark: bool = False) -> dict:
        """One process: seconds, peak bytes, bytes written, or why it failed."""
        scratch = self.scratch / "tmp"
        scratch.mkdir(exist_ok=True)
        job = {
            "command": command,
            "stdout": str(out),
            "stderr": str(self.scratch / "stderr"),
            "env": {**os.environ, "TMPDIR": str(scratch)},
            "cwd": str(layout.HERE),
            "timeout": self.timeout,
            "limit": self.limit,
            "address_space": not spark,  # a JVM reserves more than it uses
        }
        launcher = [PYTHON, "-S", "-E", str(layout.HERE / "measure.py")]
        done = subprocess.run(
            launcher, input=json.dumps(job), check=True, capture_output=True, text=True
        )
        shutil.rmtree(scratch)
        return {**json.loads(done.stdout), "limit": self.limit}

    def measure(self, jobs: dict[str, Job]) -> dict[str, dict]:
        """Several commands in turns, so that whatever else the machine does falls on all of them.

        The first round warms the caches; the median is that of the others. A command that takes
        long, or fails, runs in the first round alone.
        """
        runs: dict[str, list[dict]] = {name: [] for name in jobs}
        short = list(jobs)
        for number in range(SHORT_RUNS + 1):
            for name in list(short):
                job = jobs[name]
                seconds = Path(f"{job.out}.seconds")
                seconds.unlink(missing_ok=True)
                target = job.out if job.stdout else self.scratch / "stdout"
                found = self.once(job.command, target, job.spark)
                if found.get("failed", "").startswith("error"):
                    sys.exit(f"{job.command}: {found['failed']}")
                found["inside"] = _number(seconds)
                if number == 0 and ("failed" in found or found["seconds"] >= self.long):
                    short.remove(name)
                elif number == 0:
                    continue
                runs[name].append(found)
        return {name: _median(found) for name, found in runs.items()}


def _median(runs: list[dict]) -> dict:
    if "failed" in runs[0]:
        return {key: runs[0][key] for key in ("failed", "peak", "limit")}
    found = {
        "seconds": round(statistics.median(run["seconds"] for run in runs), 4),
        "peak": max(run["peak"] for run in runs),
        "written": max(run["written"] for run in runs),
        "cpu": round(statistics.median(run["cpu"] for run in runs), 4),
        "runs": len(runs),
    }
    inside = [run["inside"] for run in runs]
    if None not in inside:
        found["inside"] = round(statistics.median(inside), 4)
    return found


def _number(file: Path) -> float | None:
    return float(file.read_text(encoding="utf-8")) if file.is_file() else None


@functools.cache
def understands(command: str, option: str) -> bool:
    """Whether a command of ours has an option in this version."""
    shown = subprocess.run(
        [layout.SECDIPLO, command, "--help"], check=False, capture_output=True, text=True
    )
    return option in shown.stdout


def script(name: str, *args: object) -> list[str]:
    return [PYTHON, str(layout.HERE / name), *map(str, args)]


def bounded(command: str, memory: str) -> list[str]:
    """The option of a memory limit, where this version has it."""
    return ["--memory", memory] if memory and understands(command, "--memory") else []


# --- build ----------------------------------------------------------------------------------


def build(bench: Bench, folder: Path, tables: Path) -> dict:
    """Check and build: ours, then the others, whose tables must hold the same cells."""
    command = [layout.SECDIPLO, "build", str(folder), "-o", str(tables)]
    jobs = {"ours": Job(command + bounded("build", bench.memory), tables)}
    more = {"bare": [bench.memory or "1GB"], "pandas": [], "copy": []}
    for engine in (name for name in more if name in (*bench.engines, "copy")):
        out = bench.scratch / engine
        jobs[engine] = Job(script(f"{engine}_build.py", folder, out, *more[engine]), out)
    found = bench.measure(jobs)
    for engine, result in found.items():
        if "failed" in result and engine == "ours":
            sys.exit(f"our own build: {result['failed']}")
        if "failed" not in result:
            result["bytes"] = layout.size(jobs[engine].out)
            if engine not in {"ours", "copy"}:
                compare.same_tables(tables, jobs[engine].out)
        if engine != "ours":
            shutil.rmtree(jobs[engine].out, ignore_errors=True)
        say("build", engine, result)
    return found


# --- queries and the panel ------------------------------------------------------------------


def asked(bench: Bench, engine: str, task: str, tables: Path, scope: str) -> dict[str, Job]:
    """What to run for one engine; nothing where it does not do that task."""
    out = bench.scratch / f"{engine}.csv"
    spells = bench.scratch / "spells.parquet"
    if engine == "ours" and task == layout.PANEL:
        return {engine: Job(script("ours.py", task, tables, scope, out), out)}
    if engine == "ours":
        within = bench.scratch / "within.csv"
        return {
            engine: Job(query_command(bench, task, tables, scope), out, stdout=True),
            "within": Job(script("ours.py", task, tables, scope, within), within),
        }
    if engine == "bare":
        spec = bench.scratch / "spec.json"
        subprocess.run(script("ours.py", "spec", task, tables, scope, spec), check=True)
        return {engine: Job(script("bare.py", spec, out, bench.memory), out)}
    if engine == "spark":
        if task == layout.PANEL or not understands("query", "--engine"):
            return {}
        command = [*query_command(bench, task, tables, scope), "--engine", "spark"]
        return {engine: Job(command, out, stdout=True, spark=True)}
    return {engine: Job(script(f"{engine}_query.py", task, tables, scope, out, spells), out)}


def query_command(bench: Bench, task: str, tables: Path, scope: str) -> list[str]:
    given = [] if scope == "default" else ["-p", f"scope={scope}"]
    for key, value in layout.GIVEN.get(task, {}).items():
        given += ["-p", f"{key}={value}"]
    command = [layout.SECDIPLO, "query", task, "--data", str(tables), "--format", "csv", *given]
    return command + bounded("query", bench.memory)


def task(bench: Bench, name: str, tables: Path, scope: str, engines: list[str]) -> dict:
    """One task by every engine; whoever gives other cells than ours has no time."""
    jobs: dict[str, Job] = {}
    for engine in ENGINES:
        if engine in engines:
            jobs |= asked(bench, engine, name, tables, scope)
    found = bench.measure(jobs)
    within = found.pop("within", {})
    if "inside" in within:
        found["ours"]["inside"] = within["inside"]
    for engine, result in found.items():
        if "failed" not in result and "failed" not in found["ours"]:
            compare.same_rows(jobs["ours"].out, jobs[engine].out)
        say(f"{name} {scope}", engine, result)
    for file in bench.scratch.glob("*.csv*"):
        file.unlink()
    return found


def say(what: str, engine: str, found: dict) -> None:
    if "failed" in found:
        print(f"{what:32} {engine:7} {found['failed']}", flush=True)
        return
    inside = f"{found['inside']:8.2f} inside" if found.get("inside") is not None else ""
    print(
        f"{what:32} {engine:7} {found['seconds']:8.2f} s {found['peak'] / 2**20:8.0f} MiB"
        f" {found['written'] / 2**20:8.0f} MiB written {inside}",
        flush=True,
    )


def packaged() -> list[str]:
    """The names of the packaged queries."""
    return sorted(
        f.stem for f in (layout.HERE.parents[1] / "src/secdiplo/sql/queries").glob("*.sql")
    )


def run(bench: Bench, rows: int) -> None:
    """Everything at one size."""
    tables = bench.tables or bench.scratch / "tables"
    if not (tables / "manifest.json").is_file():
        folder = layout.synthetic(bench.scratch / "sheet", rows)
        merge({"runs": {str(rows): {"build": build(bench, folder, tables)}}})
        shutil.rmtree(folder)
    spells = script("ours.py", "spells", tables, bench.scratch / "spells.parquet")
    subprocess.run(spells, check=True)

    def wanted(name: str) -> bool:
        return not bench.only or name in bench.only

    for scope in bench.scopes:
        for name in (*layout.QUERIES, layout.PANEL):
            if wanted(name):
                found = task(bench, name, tables, scope, bench.engines)
                merge({"runs": {str(rows): {"tasks": {name: {scope: found}}}}})
    both = [name for name in ("ours", "bare") if name in bench.engines]
    for name in packaged():
        if name not in layout.QUERIES and wanted(name):
            found = task(bench, name, tables, "default", both)
            merge({"runs": {str(rows): {"tasks": {name: {"default": found}}}}})


def big(bench: Bench, source: str) -> None:
    """Ours alone: build from a Parquet sheet, then every packaged query, whose rows are dropped."""
    tables = bench.scratch / "tables"
    if (Path(source) / "manifest.json").is_file():
        tables = Path(source)
    else:
        _big_build(bench, source, tables)
    rows = str(layout.manifest(tables)["tables"]["participations"]["rows"])
    for name in packaged():
        if bench.only and name not in bench.only:
            continue
        job = Job(query_command(bench, name, tables, "default"), Path(os.devnull), stdout=True)
        result = bench.measure({name: job})[name]
        say(name, "ours", result)
        merge({"big": {rows: {"queries": {name: {**result, "memory": bench.memory}}}}})


def _big_build(bench: Bench, source: str, tables: Path) -> None:
    if source.isdigit():
        folder = bench.scratch / "sheet"
        command = [layout.SECDIPLO, "simulate", "--rows", source, "-o", str(folder)]
        subprocess.run([*command, "--as", "parquet"], check=True)
    else:
        folder = Path(source)
    if not list(folder.glob("curated/interactions*.parquet")):
        sys.exit(f"{folder}: no Parquet sheet under curated/; name a folder that has one")
    found = build(bench, folder, tables)["ours"]
    if source.isdigit():
        shutil.rmtree(folder)
    rows = str(layout.manifest(tables)["tables"]["participations"]["rows"])
    merge({"big": {rows: {"memory": bench.memory, "build": found, "queries": {}}}})


# --- results --------------------------------------------------------------------------------


def merge(part: dict) -> None:
    """Put a part into results.json; what it does not hold stays."""
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    _merge(found, part | {"machine": machine()})
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    RESULTS.write_text(text, encoding="utf-8")


def _merge(into: dict, part: dict) -> None:
    for key, value in part.items():
        old = into.get(key)
        engines = isinstance(value, dict) and ("seconds" in value or "failed" in value)
        if isinstance(value, dict) and isinstance(old, dict) and not engines:
            _merge(old, value)
        else:
            into[key] = value


def machine() -> dict:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory": memory,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    sub = parser.add_subparsers(dest="what", required=True)
    at_sizes = sub.add_parser("run", help="every task by every engine, at each size")
    at_sizes.add_argument("rows", type=int, nargs="+")
    alone = sub.add_parser("big", help="ours alone, from a Parquet sheet")
    alone.add_argument("source", help="rows to make up, a dataset folder, or its tables")
    for one in (at_sizes, alone):
        one.add_argument("--engines", default=",".join(ENGINES), help="of " + ",".join(ENGINES))
        one.add_argument("--limit", type=float, default=20, help="GB that a process may take")
        one.add_argument("--memory", default="", help="limit of ours and of bare DuckDB, as 2GB")
        one.add_argument(
            "--timeout", type=float, default=TIMEOUT, help="seconds a process may take"
        )
        one.add_argument(
            "--long", type=float, default=5, help="seconds from which one run is enough"
        )
        one.add_argument("--scopes", default="default,all", help="of default,all")
        one.add_argument("--only", default="", help="the tasks to run, by name")
        one.add_argument("--tables", default="", help="where tables stay, or are from before")
        one.add_argument("--scratch", default=None, help="where to put up to 10 GB for a while")
    args = parser.parse_args()
    for each in args.rows if args.what == "run" else [args.source]:
        with tempfile.TemporaryDirectory(dir=args.scratch) as scratch:
            if args.what == "big":
                args.engines = "ours"
            bench = Bench(Path(scratch), args)
            big(bench, each) if args.what == "big" else run(bench, each)


if __name__ == "__main__":
    main()
