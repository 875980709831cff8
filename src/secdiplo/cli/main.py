"""The command line: the group of all commands, whose errors become messages."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from typing import Any, NoReturn

import click

from secdiplo import __version__
from secdiplo.cli.options import data_option
from secdiplo.cli.output import numbers, print_problems

MODULES = {  # command: the module of this package that has it, imported when it is called
    "audit": "audit",
    "bounds": "audit",
    "build": "store",
    "check": "store",
    "cite": "describe",
    "codebook": "describe",
    "country": "countries",
    "export": "export",
    "figure": "figures",
    "figures": "figures",
    "import": "importer",
    "impute": "audit",
    "init": "store",
    "panel": "panel",
    "queries": "queries",
    "query": "queries",
    "reliability": "coding",
    "report": "figures",
    "reproduce": "claims",
    "seeds": "seeds",
    "simulate": "simulate",
    "sql": "queries",
    "tables": "queries",
    "verify": "store",
}


class Commands(click.Group):
    """Imports a command when it is called, and turns the toolkit's errors into messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in order."""
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; None where there is none."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"secdiplo.cli.{MODULES[cmd_name]}")
        command: click.Command = module.COMMANDS[cmd_name]
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
            hint = _option_hint(error.option_name, error.ctx)
            if not hint:
                raise
            raise click.UsageError(f"no option {error.option_name}; {hint}", error.ctx) from None
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
    ctx.exit(130)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="secdiplo")
@data_option
@click.pass_context
def main(ctx: click.Context) -> None:
    """Event-interaction datasets of diplomacy: check, build, query, reproduce.

    Without --data, commands work on the built-in dataset; `secdiplo cite` says what it is.

    Exit codes: 0 fine, 1 the data have problems, 2 the call was wrong.
    """
    ctx.ensure_object(dict)


def _write_every_letter() -> None:
    """Write UTF-8 into files and pipes, and escape what a terminal of another encoding lacks.

    Elsewhere Python writes in the code page of the system, which has no letter for many names.
    """
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="backslashreplace")
    else:
        sys.stdout.reconfigure(encoding="utf-8", errors="strict")


def run() -> None:
    """Run one command: the entry point of the process."""
    _write_every_letter()
    os.environ["MPLBACKEND"] = "agg"  # no command opens a window; a notebook may set its backend
    gc.disable()  # a command is over before the collector pays for itself
    main()
