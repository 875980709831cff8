"""The command line: the group of all commands, whose errors become messages."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from secdiplo import __version__
from secdiplo.cli.options import data_option
from secdiplo.cli.output import numbers, print_problems
from secdiplo.errors import UsageError

GROUPS = {  # command: the module of this package that has it, imported when it is called
    "Data": {
        "init": "store",
        "import": "importer",
        "build": "store",
        "impute": "audit",
        "simulate": "simulate",
    },
    "Look": {
        "query": "queries",
        "queries": "queries",
        "table": "queries",
        "tables": "queries",
        "codebook": "describe",
        "panel": "panel",
        "sql": "queries",
    },
    "Publish": {
        "figure": "figures",
        "figures": "figures",
        "report": "figures",
        "export": "export",
        "cite": "describe",
    },
    "Check": {
        "check": "store",
        "reproduce": "claims",
        "audit": "audit",
        "bounds": "audit",
        "verify": "store",
        "seeds": "seeds",
    },
    "Code": {
        "country": "countries",
        "workbook": "coders",
        "assign": "coders",
        "reliability": "coding",
        "adjudicate": "coders",
        "coverage": "coding",
        "sources": "coding",
        "annotations": "annotations",
        "duplicates": "versions",
        "match": "versions",
        "diff": "versions",
    },
}
"""The commands, as the help lists them: in groups, the most used first."""
MODULES = {name: module for group in GROUPS.values() for name, module in group.items()}
PROBLEMS, WRONG_CALL, UNEXPECTED = 1, 2, 3  # exit codes
INTERRUPTED, PIPE_CLOSED = 130, 141  # as shells have them of what a signal has ended
OFF = {"", "0"}  # values of an environment variable that is not set
MAX_HELP = 140  # columns of a line of help; longer ones are hard to read


class Commands(click.Group):
    """Imports a command when it is called, and turns the toolkit's errors into messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the help."""
        return list(MODULES)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the groups of commands, each command with its whole summary."""
        longest = max(map(len, MODULES))
        for title, names in GROUPS.items():
            with formatter.section(title):
                rows = [(name.ljust(longest), _summary(self, ctx, name)) for name in names]
                formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; None where there is none."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"secdiplo.cli.{MODULES[cmd_name]}")
        command: click.Command = module.COMMANDS[cmd_name]
        for each in (command, *getattr(command, "commands", {}).values()):
            if not any(param.name == "debug" for param in each.params):
                each.params.append(click.Option(["--debug"], **DEBUG, hidden=True))
        return command

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

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options of the group; some of them print and exit."""
        try:
            return super().make_context(*args, **extra)
        except OSError as error:
            _cannot_write(error)

    def invoke(self, ctx: click.Context) -> Any:
        """Print an error and exit: 1 for the data, 2 for the call, 3 for the unexpected."""
        from secdiplo.errors import DataError, SecdiploError

        try:
            return super().invoke(ctx)
        except DataError as error:
            print_problems(error.problems)
            click.echo(numbers(error.problems), err=True)
            ctx.exit(PROBLEMS)
        except click.NoSuchOption as error:
            hint = _option_hint(error.option_name, error.ctx)
            if not hint:
                raise
            raise click.UsageError(f"no option {error.option_name}; {hint}", error.ctx) from None
        except SecdiploError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(WRONG_CALL if isinstance(error, UsageError) else PROBLEMS)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except OSError as error:
            _cannot_write(error)
        except KeyboardInterrupt:
            _interrupted(ctx)
        except Exception as error:
            _unexpected(ctx, error)


def _summary(group: Commands, ctx: click.Context, name: str) -> str:
    """Return the first paragraph of the help of a command, without its full stop."""
    command = group.get_command(ctx, name)
    text = (command.help or "").partition("\n\n")[0] if command else ""
    return " ".join(text.split()).removesuffix(".")


def _keep_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Keep --debug, which may be given before and after the command."""
    if value:
        ctx.ensure_object(dict)["debug"] = True


DEBUG: dict[str, Any] = {
    "is_flag": True,
    "expose_value": False,
    "callback": _keep_debug,
    "help": "Show the traceback of an unexpected error (or set SECDIPLO_DEBUG=1).",
}


def _unexpected(ctx: click.Context, error: Exception) -> NoReturn:
    """Print an error that is none of the toolkit's, in one line or with its traceback, and exit."""
    if isinstance(error, RuntimeError) and "interrupted" in str(error).lower():  # by Ctrl-C
        _interrupted(ctx)
    if type(error).__name__ == "OutOfMemoryException":  # of DuckDB, which may not be imported
        from secdiplo.files import scarce

        click.echo(f"Error: {scarce(ctx.invoked_subcommand, error)}", err=True)
        ctx.exit(PROBLEMS)
    if ctx.ensure_object(dict).get("debug") or os.environ.get("SECDIPLO_DEBUG", "0") not in OFF:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
        ctx.exit(UNEXPECTED)
    first = str(error).strip().partition("\n")[0]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    click.echo(f"Error: unexpected {what}; --debug shows the traceback, please report it", err=True)
    ctx.exit(UNEXPECTED)


def _cannot_write(error: OSError) -> NoReturn:
    """Print why the output or a file failed, and exit; whoever closed a pipe needs no message."""
    from secdiplo.files import check_working_directory

    if isinstance(error, BrokenPipeError):
        _discard_rest()
        raise click.exceptions.Exit(PIPE_CLOSED)
    try:
        check_working_directory()
    except UsageError as gone:
        click.echo(f"Error: {gone}", err=True)
        raise click.exceptions.Exit(WRONG_CALL) from None
    if error.filename:
        what = f"{error.filename}: {error.strerror}"
    else:  # writing of files has messages of its own
        what = f"the output cannot be written ({error.strerror or error}); write it elsewhere"
    click.echo(f"Error: {what}", err=True)
    raise click.exceptions.Exit(PROBLEMS)


def _discard_rest() -> None:
    """Write what a closed pipe has not taken to nowhere: Python flushes it again at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _option_hint(name: str, ctx: click.Context | None) -> str:
    """Return the present name of an option of version 1, or how parameters are given; else ""."""
    from secdiplo.suggest import present_name

    options = {opt for param in ctx.command.params for opt in param.opts} if ctx else set()
    if present := present_name(name, options):
        return f"it is now {present}"
    return "parameters are given as -p name=value" if "-p" in options else ""


def _interrupted(ctx: click.Context) -> NoReturn:
    """End as shells expect of a command that Ctrl-C has ended."""
    click.echo("Interrupted", err=True)
    ctx.exit(INTERRUPTED)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": MAX_HELP},
)
@click.version_option(__version__, prog_name="secdiplo")
@data_option
@click.option("--debug", **DEBUG)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Build, query, check and publish event datasets of diplomacy.

    Commands use the built-in dataset unless you select another one with --data. Run `secdiplo
    COMMAND --help` for the options of a command and an example.

    \b
    Exit codes:
      0  success
      1  the data have problems
      2  the command was used incorrectly
      3  unexpected error; --debug shows the traceback

    Example: secdiplo query country_totals --region Africa
    """
    ctx.ensure_object(dict)


def _write_every_letter() -> None:
    """Write UTF-8 into files and pipes, and escape what a terminal of another encoding lacks.

    Elsewhere Python writes in the code page of the system, which has no letter for many names.
    """
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8")
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="backslashreplace")
    else:  # only names of files can have other bytes
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")


def _open_closed_streams() -> None:
    """Open standard streams that the shell has closed, so that no file takes their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


def run() -> None:
    """Run one command: the entry point of the process."""
    _open_closed_streams()
    _write_every_letter()
    os.environ["MPLBACKEND"] = "agg"  # no command opens a window; a notebook may set its backend
    gc.disable()  # a command is over before the collector pays for itself
    main()
