"""What commands print: rows, problems and progress."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from secdiplo.errors import Problem

MAX_PRINTED = 1_000  # problems printed one by one
MINUTE = 60  # seconds
MAX_KINDS = 100  # kinds of problems, by file and column, of which the others are counted


def print_rows(columns: Any, rows: Any, style: str) -> None:
    """Rows to stdout."""
    from secdiplo.output.render import render

    click.echo(render(columns, rows, style), nl=False)


def print_batches(columns: Any, batches: Any) -> None:
    """Rows to stdout as CSV, however many, some thousands at a time."""
    from secdiplo.output.render import csv_batches

    for text in csv_batches(columns, batches):
        click.echo(text, nl=False)


def numbers(problems: list[Problem]) -> str:
    """How many errors and notices there are, in words."""
    from secdiplo.errors import Problems

    every = problems if isinstance(problems, Problems) else Problems(problems)
    return ", ".join(plural(every.number(level), level) for level in ("error", "notice"))


def plural(number: int, thing: str) -> str:
    """A number of things, in words."""
    return f"{number:,} {thing}{'s' * (number != 1)}" if number else f"no {thing}s"


def print_problems(problems: list[Problem]) -> None:
    """Problems to stderr: the first of them one by one, the others counted by their kinds."""
    context = click.get_current_context(silent=True)
    file = context.ensure_object(dict).get("problems") if context else None
    for problem in problems[:MAX_PRINTED]:
        click.echo(str(problem), err=True)
    kinds = Counter((p.file, p.column, p.kind, p.level) for p in problems[MAX_PRINTED:])
    kinds.update(getattr(problems, "more", {}))
    if kinds:
        _print_kinds(kinds)
    if kinds and file is None:
        click.echo("--problems FILE of check, build and import writes every one", err=True)
    if problems and file is not None:
        total = len(problems[:MAX_PRINTED]) + sum(kinds.values())
        click.echo(f"{file}: {plural(total, 'problem')}", err=True)


def _print_kinds(kinds: Counter[tuple[str, str, str, str]]) -> None:
    total = sum(kinds.values())
    click.echo(f"... and {total:,} more problem{'s' * (total != 1)}:", err=True)
    counted = sorted(kinds.items(), key=lambda each: -each[1])
    for (file, column, kind, level), number in counted[:MAX_KINDS]:
        mark = "notice: " if level == "notice" else ""
        click.echo(f"{number:>12,}  {file}, {column}: {mark}{kind or 'other problems'}", err=True)
    if len(counted) > MAX_KINDS:
        rest = sum(number for _, number in counted[MAX_KINDS:])
        click.echo(f"{rest:>12,}  of {len(counted) - MAX_KINDS:,} more kinds and files", err=True)


def with_progress(label: str, work: Callable[[], Any]) -> Any:
    """Run work and say that it goes on: after a second on a terminal, else once a minute."""
    import threading
    import time

    done = threading.Event()
    start = time.monotonic()

    def spin() -> None:
        if done.wait(1):
            return
        while not done.wait(0.25):
            spent = time.monotonic() - start
            bar = "#" * (int(spent * 4) % 20)
            sys.stderr.write(f"\r{label} [{bar:<20}] {spent:.0f} s")
            sys.stderr.flush()
        sys.stderr.write("\r" + " " * (len(label) + 40) + "\r")

    def log() -> None:
        while not done.wait(MINUTE):
            click.echo(f"{label}: {(time.monotonic() - start) / 60:.0f} min", err=True)

    thread = threading.Thread(target=spin if sys.stderr.isatty() else log, daemon=True)
    thread.start()
    try:
        return work()
    finally:
        done.set()
        thread.join()
