"""What every command shares: errors as messages, common options, printing, progress."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from secdiplo.errors import Problem
    from secdiplo.store import Built

SHOWN = 1_000  # problems printed one by one
MINUTE = 60  # seconds
KINDS = 100  # kinds of problems, by file and column, of which the others are counted


class Commands(click.Group):
    """A group that offers the nearest command and turns the toolkit's errors into messages."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the nearest name for an unknown one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from secdiplo.suggest import suggest

            hint = suggest(args[0], self.list_commands(ctx), "commands")
            raise click.UsageError(f"no command `{args[0]}`; {hint}", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Print an error of the toolkit and exit: 1 for the data, 2 for the call."""
        from secdiplo.errors import DataError, SecdiploError, UsageError

        try:
            return super().invoke(ctx)
        except DataError as error:
            print_problems(error.problems)
            click.echo(numbers(error.problems), err=True)
            ctx.exit(1)
        except click.NoSuchOption as error:
            if not _takes_parameters(error.ctx):
                raise
            what = f"no option {error.option_name}; parameters are given as -p name=value"
            raise click.UsageError(what, error.ctx) from None
        except SecdiploError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {where}{error.strerror or error}", err=True)
            ctx.exit(1)
        except RuntimeError as error:
            if "interrupted" not in str(error).lower():
                raise
            _interrupted(ctx)
        except KeyboardInterrupt:
            _interrupted(ctx)
        except Exception as error:
            if type(error).__name__ != "OutOfMemoryException":  # DuckDB may not be imported
                raise
            from secdiplo.files import scarce

            click.echo(f"Error: {scarce(ctx.invoked_subcommand, error)}", err=True)
            ctx.exit(1)


def _takes_parameters(ctx: click.Context | None) -> bool:
    return ctx is not None and any("-p" in option.opts for option in ctx.command.params)


def _interrupted(ctx: click.Context) -> NoReturn:
    """End as shells expect of a command that Ctrl-C has ended."""
    click.echo("Interrupted", err=True)
    ctx.exit(130)


def _keep_data(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value == "":
        raise click.UsageError("--data is blank; name a dataset folder or built tables", ctx)
    if value is not None:
        ctx.ensure_object(dict)["data"] = value


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--data, the same before and after the command."""
    return click.option(
        "--data",
        metavar="PATH",
        callback=_keep_data,
        expose_value=False,
        help="A dataset folder or built tables; the built-in dataset by default.",
    )(function)


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep an option that many commands share where they find it."""
    if value is not None:
        ctx.ensure_object(dict)[option.name] = value


def _kept_option(*names: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, callback=_keep, expose_value=False, **more)


def engine_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--engine and --master, the same wherever packaged statements run."""
    master = _kept_option(
        "--master",
        metavar="URL",
        help="Where Spark runs: local[2], spark://host:7077; all cores here by default.",
    )
    return _kept_option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        help="What runs the statements: duckdb (by default), or spark on built tables.",
    )(master(function))


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--format, the same wherever rows are printed."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(["table", "csv", "json", "markdown"]),
        default="table",
        show_default=True,
        help="How rows are printed.",
    )(function)


def bounds_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--memory and --threads, the same wherever much may be read."""
    for option in (
        _kept_option(
            "--threads",
            type=click.IntRange(1, 1024),
            help="How many threads work; all cores by default.",
        ),
        _kept_option(
            "--memory",
            metavar="SIZE",
            help="What DuckDB may hold in memory, as `2GB`; the rest goes to disk.",
        ),
    ):
        function = option(function)
    return function


def problems_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--problems, the same wherever sheets are checked."""
    return _kept_option(
        "--problems",
        metavar="FILE",
        help="A CSV file for every problem, however many there are.",
    )(function)


def listed_in(ctx: click.Context) -> str | None:
    """The file that is to list every problem."""
    given: str | None = ctx.ensure_object(dict).get("problems")
    return given


def bounds(ctx: click.Context) -> dict[str, Any]:
    """The bounds that were asked for."""
    given = ctx.ensure_object(dict)
    return {name: given.get(name) for name in ("memory", "threads")}


def opened(ctx: click.Context) -> Built:
    """The tables that --data names, or the built-in ones."""
    from secdiplo.store import open_any

    chosen = ctx.ensure_object(dict)
    engine, master = chosen.get("engine"), chosen.get("master")
    if master is not None and engine != "spark":
        raise click.UsageError("--master is of --engine spark; add it, or leave --master out", ctx)
    built, notices = open_any(chosen.get("data"), engine=engine, master=master, **bounds(ctx))
    print_problems(notices)
    return built


def print_rows(columns: Any, rows: Any, style: str) -> None:
    """Rows to stdout."""
    from secdiplo.render import render

    click.echo(render(columns, rows, style), nl=False)


def print_pieces(columns: Any, batches: Any) -> None:
    """Rows to stdout as CSV, however many, some thousands at a time."""
    from secdiplo.render import csv_pieces

    for piece in csv_pieces(columns, batches):
        click.echo(piece, nl=False)


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
    file = listed_in(context) if context else None
    for problem in problems[:SHOWN]:
        click.echo(str(problem), err=True)
    kinds = Counter((p.file, p.column, p.kind, p.level) for p in problems[SHOWN:])
    kinds.update(getattr(problems, "more", {}))
    if kinds:
        _print_kinds(kinds)
    if kinds and file is None:
        click.echo("--problems FILE of check and build writes every one", err=True)
    if problems and file is not None:
        total = len(problems[:SHOWN]) + sum(kinds.values())
        click.echo(f"{file}: {plural(total, 'problem')}", err=True)


def _print_kinds(kinds: Counter[tuple[str, str, str, str]]) -> None:
    click.echo(f"... and {sum(kinds.values()):,} more problems:", err=True)
    counted = sorted(kinds.items(), key=lambda each: -each[1])
    for (file, column, kind, level), number in counted[:KINDS]:
        mark = "notice: " if level == "notice" else ""
        click.echo(f"{number:>12,}  {file}, {column}: {mark}{kind or 'other problems'}", err=True)
    if len(counted) > KINDS:
        rest = sum(number for _, number in counted[KINDS:])
        click.echo(f"{rest:>12,}  of {len(counted) - KINDS:,} more kinds and files", err=True)


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


def chosen_folder(ctx: click.Context, given: str | None) -> Path:
    """The dataset folder of a command: its argument, --data, or the built-in one."""
    from secdiplo import resources

    data = ctx.ensure_object(dict).get("data")
    if given == "" or (given and data):
        raise click.UsageError("name one folder, as the argument or with --data", ctx)
    chosen = given or data
    return Path(chosen) if chosen else resources.shipped("data")


def pairs(items: Iterable[str]) -> dict[str, str]:
    """Options of the form key=value, each key once."""
    given: dict[str, str] = {}
    for key, value in map(pair, items):
        if key in given:
            raise click.UsageError(f"-p {key} twice; separate the items of a list by commas")
        given[key] = value
    return given


def pair(item: str, option: str = "-p") -> tuple[str, str]:
    """An option of the form key=value."""
    key, equals, value = item.partition("=")
    if not equals or not key:
        raise click.UsageError(f"{option} takes key=value, not `{item}`")
    return key, value
