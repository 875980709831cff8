"""The command line: thin commands that print and exit; every capability lives elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secdiplo import __version__

if TYPE_CHECKING:
    from secdiplo.errors import Problem
    from secdiplo.store import Built

SHOWN = 1_000  # problems printed one by one


class Commands(click.Group):
    """A group that offers the nearest command and turns the toolkit's errors into messages."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the nearest name for an unknown one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1, 0.5)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Print an error of the toolkit and exit: 1 for the data, 2 for the call."""
        from secdiplo.errors import DataError, SecdiploError, UsageError

        try:
            return super().invoke(ctx)
        except DataError as error:
            _print_problems(error.problems)
            ctx.exit(1)
        except UsageError as error:
            raise click.UsageError(str(error), ctx) from None
        except SecdiploError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)


def _keep_data(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="secdiplo")
@data_option
@click.pass_context
def main(ctx: click.Context) -> None:
    """Event-interaction datasets of diplomacy: check, build, query, reproduce.

    Without --data, commands work on the built-in dataset: China's internal-security diplomacy,
    2022-2025, an independent replication coded from public readouts.

    Exit codes: 0 fine, 1 the data have problems, 2 the call was wrong.
    """
    ctx.ensure_object(dict)


def _opened(ctx: click.Context) -> Built:
    from secdiplo.dataset import open_any

    return open_any(ctx.ensure_object(dict).get("data"))


def _print(columns: Any, rows: Any, style: str) -> None:
    from secdiplo.render import render

    click.echo(render(columns, rows, style), nl=False)


def _print_problems(problems: list[Problem]) -> None:
    for problem in problems[:SHOWN]:
        click.echo(str(problem), err=True)
    if len(problems) > SHOWN:
        click.echo(f"... and {len(problems) - SHOWN:,} more problems", err=True)


def _folder(ctx: click.Context, given: str | None) -> Path:
    """The dataset folder of a command: its argument, --data, or the built-in one."""
    from secdiplo import resources

    chosen = given or ctx.ensure_object(dict).get("data")
    return Path(chosen) if chosen else resources.shipped("data")


@main.command()
@click.argument("folder", required=False, metavar="[FOLDER]")
@data_option
@click.pass_context
def check(ctx: click.Context, folder: str | None) -> None:
    """Check a dataset folder and report every problem at once.

    Nothing is written. Problems are printed as file:line:column: what is wrong; what to do.

    Example: secdiplo check my_dataset
    """
    from secdiplo import store

    path = _folder(ctx, folder)
    problems = _with_progress(f"Checking {path}", lambda: store.check(path))
    _print_problems(problems)
    errors = sum(problem.level == "error" for problem in problems)
    notices = len(problems) - errors
    listed = f"{notices} notice{'s' * (notices != 1)}" if notices else "no notices"
    if errors:
        click.echo(f"{errors} error{'s' * (errors != 1)}, {listed}", err=True)
        ctx.exit(1)
    click.echo(f"{path}: no errors, {listed}")


@main.command()
@click.argument("folder", required=False, metavar="[FOLDER]")
@click.option("-o", "--out", required=True, metavar="OUT", help="The folder to write.")
@data_option
@click.pass_context
def build(ctx: click.Context, folder: str | None, out: str) -> None:
    """Check a dataset folder and write its tables as Parquet.

    OUT gets one Parquet file a table and manifest.json with rows and content hashes; where it
    holds built tables already they are replaced as a whole.

    Example: secdiplo build my_dataset -o tables
    """
    from secdiplo import store

    path = _folder(ctx, folder)
    manifest, notices = _with_progress(f"Building {path}", lambda: store.build(path, out))
    _print_problems(notices)
    tables = manifest["tables"]
    counts = ", ".join(
        f"{tables[name]['rows']:,} {name}" for name in ("events", "interactions", "participations")
    )
    click.echo(f"{out}: {len(tables)} tables; {counts}")


def _with_progress(label: str, work: Callable[[], Any]) -> Any:
    """Run work; on a terminal, say after a second that it goes on."""
    if not sys.stderr.isatty():
        return work()
    import threading
    import time

    done = threading.Event()

    def spin() -> None:
        start = time.monotonic()
        if done.wait(1):
            return
        while not done.wait(0.25):
            spent = time.monotonic() - start
            bar = "#" * (int(spent * 4) % 20)
            sys.stderr.write(f"\r{label} [{bar:<20}] {spent:.0f} s")
            sys.stderr.flush()
        sys.stderr.write("\r" + " " * (len(label) + 40) + "\r")

    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    try:
        return work()
    finally:
        done.set()
        thread.join()


@main.command()
@format_option
@data_option
@click.pass_context
def tables(ctx: click.Context, style: str) -> None:
    """List the tables: rows, and what one row is.

    Example: secdiplo tables
    """
    from secdiplo.tables import TABLES

    manifest = _opened(ctx).manifest["tables"]
    rows = [(name, manifest[name]["rows"], table.grain) for name, table in TABLES.items()]
    _print(("table", "rows", "grain"), rows, style)


@main.command()
@format_option
@data_option
def queries(style: str) -> None:
    """List the packaged queries and what they count.

    `secdiplo query NAME --help` shows the parameters of one.

    Example: secdiplo queries
    """
    from secdiplo import queries as packaged

    found = [packaged.load(name) for name in packaged.names()]
    _print(("query", "title", "unit"), [(q.name, q.title, q.unit) for q in found], style)


@main.command(context_settings={"ignore_unknown_options": False}, add_help_option=False)
@click.argument("name", required=False)
@click.option("-p", "--param", "params", multiple=True, metavar="KEY=VALUE", help="A parameter.")
@click.option("-h", "--help", "wants_help", is_flag=True, help="Show the help, also of one query.")
@format_option
@data_option
@click.pass_context
def query(
    ctx: click.Context, name: str | None, params: tuple[str, ...], wants_help: bool, style: str
) -> None:
    """Run a packaged query and print its rows.

    `secdiplo queries` lists them; `secdiplo query NAME --help` shows what one counts, its
    parameters and its columns. Lists inside a value are separated by commas.

    Example: secdiplo query regional_shares -p scheme=un_m49 -p agency=MPS,CPLC
    """
    from secdiplo import queries as packaged

    if wants_help and name:
        from secdiplo import printed

        click.echo(printed.about(packaged.load(name)))
        return
    if wants_help or not name:
        click.echo(ctx.get_help())
        ctx.exit(0 if wants_help else 2)
    given = dict(_pair(item) for item in params)
    result = packaged.run(_opened(ctx), name, given)
    _print(result.columns, result.rows, style)
    if style == "table":
        scope = ", ".join(f"{k}={v}" for k, v in result.values.items() if v is not None)
        click.echo("; ".join(filter(None, [f"Unit: {result.query.unit}", scope])), err=True)


def _pair(item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not equals or not key:
        raise click.UsageError(f"-p takes key=value, not `{item}`")
    return key, value


@main.command()
@click.option("--strict", is_flag=True, help="Exit 1 when any claim is contradicted.")
@format_option
@data_option
@click.pass_context
def reproduce(ctx: click.Context, strict: bool, style: str) -> None:
    r"""Print every published figure beside the recomputed one.

    Each claim has its anchor in the source, the published and the recomputed value, the unit,
    their difference, a status and the query behind it.

    \b
    reproduced    the tables give the figure
    consistent    fewer rows are attested than published
    exceeded      more are attested: a coding difference to explain
    differs       a share or rank comes out otherwise
    contradicted  no added row could mend it
    not_testable  no table at hand can recompute it, and why

    Example: secdiplo reproduce --format csv
    """
    from secdiplo import claims, printed

    findings = claims.reproduce(_opened(ctx))
    if style == "table":
        click.echo(printed.sections(findings))
    else:
        _print(claims.COLUMNS, [finding.row() for finding in findings], style)
    click.echo(printed.folded(claims.summary(findings), 0), err=style != "table")
    if strict and any(finding.status == "contradicted" for finding in findings):
        ctx.exit(1)


@main.command()
@click.argument("statement")
@format_option
@data_option
@click.pass_context
def sql(ctx: click.Context, statement: str, style: str) -> None:
    """Run one SELECT of your own on the tables, without access to files or the network.

    Example: secdiplo sql "select agency, count(*) from participations group by all order by all"
    """
    import duckdb

    from secdiplo import queries as packaged
    from secdiplo.errors import UsageError

    built = _opened(ctx)
    packaged.check_statement(built, statement)
    try:
        cursor = built.con.execute(statement)
        columns = [column[0] for column in cursor.description or ()]
        _print(columns, cursor.fetchall(), style)
    except duckdb.Error as error:
        raise UsageError(str(error).split("\n\n", maxsplit=1)[0]) from None


@main.group()
def seeds() -> None:
    """The source texts and what is annotated in them."""


@seeds.command("verify")
@click.option("--texts", required=True, metavar="DIR", help="The folder that holds the texts.")
@click.option("--seeds", "folder", metavar="DIR", help="Another folder of annotations.")
@click.pass_context
def verify(ctx: click.Context, texts: str, folder: str | None) -> None:
    """Check every offset of the annotations against the texts.

    Digest and length of each text first, then each anchor at its offsets (code points).

    Example: secdiplo seeds verify --texts texts
    """
    from secdiplo import annotations

    problems, compared = annotations.verify(texts, folder)
    _print_problems(problems)
    if problems:
        ctx.exit(1)
    click.echo(f"{compared} anchors stand where the annotations say")


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Fail when the files are stale.")
@click.option("-o", "--out", metavar="DIR", help="The folder of the files; schema/ by default.")
@click.pass_context
def codebook(ctx: click.Context, only_check: bool, out: str | None) -> None:
    """Write schema/*.json (Frictionless Table Schema) and schema/codebook.md.

    Example: secdiplo codebook --check
    """
    from secdiplo import codebook as book
    from secdiplo import resources

    built = _opened(ctx)
    built.need(["codes"])
    rows = built.con.execute("select list, code, label from codes order by list, position")
    codes = book.domain_codes(rows.fetchall())
    folder = Path(out) if out else resources.shipped("schema")
    if only_check:
        odd = book.stale(folder, codes)
        for name in odd:
            click.echo(f"{name}: stale; run `secdiplo codebook`", err=True)
        if odd:
            ctx.exit(1)
        click.echo(f"{folder}: current")
        return
    changed = book.write(folder, codes)
    click.echo(f"{folder}: {len(changed)} files changed")


@main.command()
@data_option
@click.pass_context
def cite(ctx: click.Context) -> None:
    """Print how to cite the paper, its authors' data, this dataset and the toolkit.

    Example: secdiplo cite
    """
    from secdiplo import cite as citing

    click.echo(citing.text(_opened(ctx).dataset))


@main.command("import")
@click.argument("file")
@click.option("--map", "map_file", metavar="MAP.toml", help="How columns and values map.")
@click.option("-o", "--out", required=True, metavar="OUT", help="The folder or map to write.")
def import_(file: str, map_file: str | None, out: str) -> None:
    r"""Turn a file of one row per interaction into a dataset folder.

    FILE is CSV, TSV, xlsx, dta or Parquet. Without --map a map is proposed from the names and
    values of the columns and written to OUT, for you to read and complete; with it the folder
    OUT is written and checked.

    \b
    secdiplo import theirs.csv -o map.toml
    secdiplo import theirs.csv --map map.toml -o theirs
    secdiplo reproduce --data theirs
    """
    from secdiplo import importer

    if map_file is None:
        target = Path(out)
        if target.exists():
            raise click.UsageError(f"{out} exists; name another file for the proposed map")
        target.write_text(importer.propose(file), encoding="utf-8")
        click.echo(f"{out}: a proposed map; complete it, then run import again with --map {out}")
        return
    problems = importer.run(file, map_file, out)
    _print_problems(problems)
    if any(problem.level == "error" for problem in problems):
        click.get_current_context().exit(1)
    click.echo(f"{out}: a dataset folder")
