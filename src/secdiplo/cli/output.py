"""What commands print: rows, problems and progress."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secdiplo.output.wording import counted, plural

if TYPE_CHECKING:
    import pyarrow

    from secdiplo.errors import Problem
    from secdiplo.query import ResultColumn
    from secdiplo.schema.tables import Column

SCREEN_ROWS = 40  # rows of a table on a terminal
HELPER_COLUMNS = ("date_min", "date_max", "latest_start", "date_precision", "row_status")
"""Columns that a table is the first to leave out on a narrow screen."""
OUT_FORMATS = {".csv": "csv", ".json": "json", ".md": "markdown"}
ARROW = "arrow"  # the other endings: files that are written from an Arrow table
MAX_PRINTED = 1_000  # problems printed one by one
MINUTE = 60  # seconds
MAX_KINDS = 100  # kinds of problems, by file and column, of which the others are counted


@dataclass(frozen=True)
class RowOptions:
    """Which rows and columns are printed, and where: see `secdiplo.cli.options.rows_options`."""

    limit: int | None = None
    columns: tuple[str, ...] = ()
    wide: bool = False
    out: Path | None = None

    def number(self, style: str) -> int | None:
        """Return how many rows are printed at most; None for all."""
        if self.limit is None:
            on_screen = style == "table" and self.out is None and sys.stdout.isatty()
            return SCREEN_ROWS if on_screen else None
        return self.limit or None

    def places(self, columns: Sequence[str]) -> list[int]:
        """Return the places of the columns that are printed.

        Raises
        ------
        UsageError
            There is no such column.
        """
        found = []
        for given in self.columns:
            names = [given] if given in columns else [name.strip() for name in given.split(",")]
            for name in names:
                if name not in columns:
                    from secdiplo.suggest import suggest

                    hint = suggest(name, list(columns), "columns")
                    raise click.UsageError(f"--columns: no column `{name}`; {hint}")
                found.append(columns.index(name))
        return list(dict.fromkeys(found)) or list(range(len(columns)))


def row_options() -> RowOptions:
    """Return what the options of the command ask for."""
    context = click.get_current_context(silent=True)
    given = context.ensure_object(dict) if context else {}
    return RowOptions(
        given.get("limit"), given.get("columns", ()), given.get("wide", False), given.get("out")
    )


def out_format(style: str) -> str:
    """Return the format of what is printed: that of the ending of -o, or of --format.

    Raises
    ------
    UsageError
        --format is not the format of the ending.
    """
    target = row_options().out
    if target is None:
        return style
    wanted = OUT_FORMATS.get(target.suffix.lower(), ARROW)
    if style not in {"table", wanted}:
        raise click.UsageError(
            f"{target}: its extension sets the format; leave out --format {style}"
        )
    return wanted


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], style: str) -> None:
    """Print rows to stdout, or write them to the file of -o."""
    if out_format(style) != ARROW:
        print_batches(columns, iter([rows]), style)
        return
    import pyarrow

    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    write_rows(pyarrow.table([list(column) for column in cells], list(columns)))


def print_batches(
    columns: Sequence[str],
    batches: Iterator[Sequence[Sequence[Any]]],
    style: str,
    spare: Sequence[str] = HELPER_COLUMNS,
    why_none: str = "",
    listed: bool = False,
) -> None:
    """Print rows to stdout, or write them to the file of -o; CSV some thousands at a time.

    Parameters
    ----------
    columns : sequence of str
    batches : iterator of rows
    style : str
    spare : sequence of str
        Columns that a table is the first to leave out if the screen is too narrow.
    why_none : str
        Why there are no rows, if that is known.
    listed : bool
        Whether the rows are a list, which looks the same if it has only one.
    """
    from secdiplo.output.render import csv_batches, folded, render, table
    from secdiplo.output.screen import wants_colour

    asked, style = row_options(), out_format(style)
    places = asked.places(columns)
    names = [columns[place] for place in places]
    counted = _Counted(batches, asked.number(style), places if asked.columns else None)
    colour = style == "table" and wants_colour(sys.stdout)
    if style == "csv":
        texts: Iterable[str] = csv_batches(names, counted)
    else:
        rows = [row for batch in counted for row in batch]
        if style == "table":
            every = bool(asked.columns)
            shown = table(
                names,
                rows,
                wide=asked.wide,
                every_column=every,
                spare=spare,
                listed=listed,
                colour=colour,
            )
            texts = [shown]
        else:
            texts = [render(names, rows, style)]
    if asked.out is not None:
        _write_texts(asked.out, texts)
        click.echo(f"{asked.out}: {number_of(counted.shown, 'row')}")
    else:
        for text in texts:
            click.echo(text, nl=False, color=colour or None)
    if not counted.total and style == "table":
        click.echo(folded(f"No rows: {why_none}." if why_none else "No rows.", 0), err=True)
    say_cut(counted.shown, counted.total)


def spared(columns: Sequence[str], first: Sequence[str]) -> list[str]:
    """Return the order in which a table leaves out columns; those of `first` are the last."""
    if not first:
        return list(HELPER_COLUMNS)
    helpers = [name for name in HELPER_COLUMNS if name not in first]
    others = [name for name in reversed(columns) if name not in {*helpers, *first}]
    others.sort(key=lambda name: not name.endswith("_id"))
    return [*helpers, *others, *reversed(first)]


def _write_texts(target: Path, texts: Iterable[str]) -> None:
    """Write a file whole, or not at all."""
    from secdiplo.files import written_whole

    with written_whole(target) as fresh, fresh.open("w", encoding="utf-8", newline="") as file:
        file.writelines(texts)


class _Counted:
    """Batches of rows, cut after some number of rows, of which all are counted."""

    def __init__(
        self,
        batches: Iterator[Sequence[Sequence[Any]]],
        most: int | None,
        places: list[int] | None,
    ) -> None:
        self.batches, self.most, self.places = batches, most, places
        self.shown = self.total = 0

    def __iter__(self) -> Iterator[Sequence[Sequence[Any]]]:
        for batch in self.batches:
            self.total += len(batch)
            left = len(batch) if self.most is None else max(0, self.most - self.shown)
            if not (rows := batch[:left]):
                continue
            self.shown += len(rows)
            if self.places is not None:
                rows = [tuple(row[place] for place in self.places) for row in rows]
            yield rows


def say_cut(shown: int, total: int) -> None:
    """Tell on stderr that there are more rows than were printed."""
    if shown < total:
        click.echo(f"{shown:,} of {total:,} rows; --limit 0 prints all", err=True)


def write_rows(rows: pyarrow.Table, columns: Iterable[Column | ResultColumn] = ()) -> None:
    """Write an Arrow table to the file of -o, with what its columns mean.

    Parameters
    ----------
    rows : pyarrow.Table
        Its metadata describe the result.
    columns : iterable of Column or ResultColumn
        What is known of its columns.
    """
    from secdiplo.export import result_files

    asked = row_options()
    if asked.out is None:
        raise ValueError("no file to write")
    rows = rows.select(asked.places(rows.column_names))
    total, most = rows.num_rows, asked.number("table")
    if most is not None:
        rows = rows.slice(0, most)
    built = click.get_current_context().ensure_object(dict)["built"]
    notices = result_files.write(built, asked.out, rows, {each.name: each for each in columns})
    for notice in notices:
        click.echo(notice, err=True)
    say_cut(rows.num_rows, total)
    click.echo(f"{asked.out}: {number_of(rows.num_rows, 'row')}")


def numbers(problems: list[Problem]) -> str:
    """How many errors and notices there are, in words."""
    from secdiplo.errors import Problems

    every = problems if isinstance(problems, Problems) else Problems(problems)
    return ", ".join(number_of(every.number(level), level) for level in ("error", "notice"))


def number_of(number: int, thing: str) -> str:
    """Return a number of things, as messages have it: ``no rows``, ``1 row``, ``2 rows``."""
    return counted(number, thing) if number else f"no {plural(thing, 0)}"


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
        click.echo(f"{file}: {number_of(total, 'problem')}", err=True)


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
