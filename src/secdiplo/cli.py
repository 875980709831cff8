"""The command line: thin commands that print and exit; every capability lives elsewhere."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from secdiplo import (
    __version__,
    audit_commands,
    coding_commands,
    country_commands,
    export_commands,
    panel_commands,
    show_commands,
    store_commands,
    synth_commands,
)
from secdiplo.console import (
    Commands,
    bounds,
    bounds_option,
    data_option,
    engine_options,
    format_option,
    opened,
    pairs,
    print_pieces,
    print_problems,
    print_rows,
    with_progress,
)


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


@main.command()
@format_option
@data_option
@click.pass_context
def tables(ctx: click.Context, style: str) -> None:
    """List the tables: rows, and what one row is.

    Example: secdiplo tables
    """
    from secdiplo.tables import TABLES

    manifest = opened(ctx).manifest["tables"]
    rows = [(name, manifest[name]["rows"], table.grain) for name, table in TABLES.items()]
    print_rows(("table", "rows", "grain"), rows, style)


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
    print_rows(("query", "title", "unit"), [(q.name, q.title, q.unit) for q in found], style)


@main.command(context_settings={"ignore_unknown_options": False}, add_help_option=False)
@click.argument("name", required=False)
@click.option("-p", "--param", "params", multiple=True, metavar="KEY=VALUE", help="A parameter.")
@click.option("--draws", is_flag=True, help="Least and greatest value over a completion's draws.")
@click.option("-h", "--help", "wants_help", is_flag=True, help="Show the help, also of one query.")
@format_option
@engine_options
@data_option
@bounds_option
@click.pass_context
def query(
    ctx: click.Context,
    name: str | None,
    params: tuple[str, ...],
    draws: bool,
    wants_help: bool,
    style: str,
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
    given = pairs(params)
    if draws:
        _over_draws(ctx, name, given, style)
        return
    built = opened(ctx)
    if style == "csv":
        streamed = packaged.stream(built, name, given)
        print_pieces(streamed.columns, streamed.batches)
        return
    result = packaged.run(built, name, given)
    print_rows(result.columns, result.rows, style)
    if style == "table":
        scope = ", ".join(f"{k}={v}" for k, v in result.values.items() if v is not None)
        about = [f"Unit: {result.query.unit}", f"over {packaged.basis(built)}", scope]
        click.echo("; ".join(filter(None, about)), err=True)


def _over_draws(ctx: click.Context, name: str, given: dict[str, str], style: str) -> None:
    from secdiplo.audit.completion.draws import over_draws

    folder = ctx.ensure_object(dict).get("data")
    if ctx.ensure_object(dict).get("engine") == "spark":
        raise click.UsageError("--draws runs on DuckDB; leave --engine out", ctx)
    if not folder:
        raise click.UsageError("--draws needs --data, the folder of a completion", ctx)
    columns, rows, count = over_draws(folder, name, given)
    print_rows(columns, rows, style)
    click.echo(f"over {count} draws of a completion: attested and imputed rows", err=True)


@main.command()
@click.option("--strict", is_flag=True, help="Exit 1 when any claim is contradicted.")
@format_option
@engine_options
@data_option
@bounds_option
@click.pass_context
def reproduce(ctx: click.Context, strict: bool, style: str) -> None:
    """Print every published figure beside the recomputed one.

    Each claim has its anchor in the source, the published and the recomputed value, what all
    published figures together admit (lower and upper), the unit, a status and the query
    behind it; the other formats also have the difference and the recipe: query, parameters,
    rows and column.

    \b
    reproduced    the tables give the figure
    consistent    fewer are attested than published (of a year: none earlier)
    exceeded      more are attested: a coding difference to explain
    differs       a share or rank comes out otherwise
    contradicted  no added row could mend it
    not_testable  no table at hand can recompute it, and why

    Example: secdiplo reproduce --format csv
    """
    from secdiplo import claims, printed
    from secdiplo.audit import intervals

    built = opened(ctx)
    admitted = with_progress("Bounding", lambda: intervals.of_built(built))
    findings = claims.reproduce(built, admitted)
    if style == "table":
        click.echo(printed.sections(findings))
    else:
        print_rows(claims.COLUMNS, [finding.row() for finding in findings], style)
    click.echo(printed.folded(claims.summary(findings), 0), err=style != "table")
    if strict and any(finding.status == "contradicted" for finding in findings):
        ctx.exit(1)


@main.command()
@click.argument("statement")
@click.option("--unsafe", is_flag=True, help="Allow files, the network, extensions and writing.")
@format_option
@data_option
@bounds_option
@click.pass_context
def sql(ctx: click.Context, statement: str, unsafe: bool, style: str) -> None:
    """Run one SELECT of your own on the tables, without access to files or the network.

    With --unsafe, which is for statements that you wrote yourself, any one statement may reach
    whatever DuckDB can reach, the files of the tables too.

    A table shows broken numbers with two decimals, or four digits where these are not enough;
    csv and json have them whole. Only csv is written while rows come: take it where they are many.

    Example: secdiplo sql "select agency, count(*) from participations group by all order by all"
    """
    import duckdb

    from secdiplo import queries as packaged
    from secdiplo import store
    from secdiplo.engine.duck import BATCH
    from secdiplo.errors import UsageError
    from secdiplo.files import enough_memory

    built = opened(ctx)
    if unsafe:
        built = store.open_unsafe(built, **bounds(ctx))
    packaged.check_statement(built, statement, unsafe=unsafe)
    try:
        with enough_memory("the statement"):
            cursor = built.con.execute(statement)
            columns = [column[0] for column in cursor.description or ()]
            if style == "csv":
                print_pieces(columns, iter(lambda: cursor.fetchmany(BATCH) or [], []))
            else:
                rows = cursor.fetchall()
    except duckdb.Error as error:
        built.unchanged()
        raise UsageError(packaged.said(error)) from None
    built.unchanged()
    if style != "csv":
        print_rows(columns, rows, style)


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
    print_problems(problems)
    if problems:
        ctx.exit(1)
    click.echo(f"{compared} anchors stand where the annotations say")


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Fail when the files are stale.")
@click.option("-o", "--out", metavar="DIR", help="The folder of the files; ./schema by default.")
@click.pass_context
def codebook(ctx: click.Context, only_check: bool, out: str | None) -> None:
    """Write the codebook: table schemas, and every variable as Markdown, HTML and CSV.

    Of each variable it tells label, type, codes and their meanings, what a blank means, the
    coding rule, the source, an example, how many rows have which value, and since which version
    it exists. The files of the built-in dataset are in ./schema.

    Example: secdiplo --data my_dataset codebook -o my_dataset/schema
    """
    from secdiplo import codebook as book
    from secdiplo.dataset import folder_of

    wanted = book.files(opened(ctx), folder_of(ctx.ensure_object(dict).get("data")))
    folder = Path(out or "schema")
    if only_check:
        odd = book.stale(folder, wanted) + _stale_sums(folder, mend=False)
        for name in odd:
            click.echo(f"{name}: stale; run `secdiplo codebook`", err=True)
        if odd:
            ctx.exit(1)
        click.echo(f"{folder}: current")
        return
    changed = book.write(folder, wanted)
    changed += _stale_sums(folder, mend=True)
    click.echo(f"{folder}: {len(changed)} files changed")


def _stale_sums(folder: Path, mend: bool) -> list[str]:
    """Digests of the files that come with the toolkit, if they are not of the files as they are."""
    from secdiplo import resources
    from secdiplo.store import verify

    file = folder / verify.SUMS
    if folder.resolve() != resources.shipped("schema").resolve():
        return []
    wanted = verify.sums()
    if file.is_file() and file.read_text(encoding="utf-8") == wanted:
        return []
    if mend:
        file.write_text(wanted, encoding="utf-8", newline="\n")
    return [verify.SUMS]


@main.command()
@click.option("--format", "style", type=click.Choice(["apa", "bibtex", "cff"]), default="apa",
              show_default=True, help="The style of the references.")  # fmt: skip
@data_option
@click.pass_context
def cite(ctx: click.Context, style: str) -> None:
    """Print how to cite the paper, its authors' data, this dataset, the toolkit and its sources.

    Example: secdiplo cite --format bibtex
    """
    from secdiplo import cite as citing

    click.echo(citing.text(opened(ctx), style))


@main.command("import")
@click.argument("file")
@click.option("--map", "map_file", metavar="MAP.toml", help="How columns and values map.")
@click.option("-o", "--out", required=True, metavar="OUT", help="The folder or map to write.")
@click.option("--force", is_flag=True, help="Replace a folder that was imported before.")
def import_(file: str, map_file: str | None, out: str, force: bool) -> None:
    """Turn a file of one row per interaction into a dataset folder.

    FILE is CSV, TSV, dta or Parquet, or xlsx (pip install 'secdiplo[excel]'). Without --map a
    map is proposed from the names and values of the columns and written to OUT, for you to read
    and complete; with it the folder OUT is written and checked.

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
        if not target.parent.is_dir():
            raise click.UsageError(f"{target.parent}: no such folder; make it first")
        target.write_text(importer.propose(file), encoding="utf-8")
        click.echo(f"{out}: a proposed map; complete it, then run import again with --map {out}")
        return
    problems = importer.run(file, map_file, out, replace=force)
    print_problems(problems)
    errors = sum(problem.level == "error" for problem in problems)
    if errors:
        again = "mend the map and import again with --force, or mend the sheet in it"
        click.echo(f"{out}: written, with {errors} errors; {again}", err=True)
        click.get_current_context().exit(1)
    click.echo(f"{out}: a dataset folder")


for command in (
    *audit_commands.COMMANDS,
    *coding_commands.COMMANDS,
    *show_commands.COMMANDS,
    *country_commands.COMMANDS,
    *panel_commands.COMMANDS,
    *export_commands.COMMANDS,
    *store_commands.COMMANDS,
    *synth_commands.COMMANDS,
):
    main.add_command(command)


def run() -> None:
    """Run one command: the entry point of the process."""
    gc.disable()  # a command is over before the collector pays for itself
    main()
