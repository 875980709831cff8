"""The commands that print what a dataset has: tables, table, queries, query, sql."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from secdiplo.cli.options import (
    CommandWithFilters,
    data_option,
    declared,
    engine_options,
    filter_options,
    format_option,
    given_filters,
    limits_option,
    opened,
    output_options,
    resource_limits,
    rows_options,
)
from secdiplo.cli.output import ARROW, out_format, print_batches, print_rows, spared, write_rows
from secdiplo.output.render import folded


def _table_names(ctx: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Complete the name of a table in a shell."""
    from secdiplo.schema.tables import TABLES, tables_of

    dataset = declared(ctx)
    return [name for name in (tables_of(dataset) if dataset else TABLES) if name.startswith(start)]


def _query_names(ctx: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Complete the name of a query in a shell."""
    from secdiplo import query as packaged

    return [name for name in packaged.names(declared(ctx)) if name.startswith(start)]


@click.command()
@rows_options
@format_option
@data_option
@click.pass_context
def tables(ctx: click.Context, style: str) -> None:
    """List the tables: number of rows, and what one row is.

    Use `secdiplo codebook NAME` to see the columns of a table and `secdiplo table NAME` to print
    its rows.

    Example: secdiplo tables
    """
    built = opened(ctx)
    counts = built.manifest["tables"]
    rows = [(name, counts[name]["rows"], table.grain) for name, table in built.tables.items()]
    print_rows(("table", "rows", "grain"), rows, style)


@click.command(cls=CommandWithFilters)
@click.argument("name", shell_complete=_table_names)
@filter_options
@output_options
@data_option
@limits_option
@click.pass_context
def table(ctx: click.Context, name: str, style: str) -> None:
    """Print the rows of a table, all of them or a selection.

    Use `secdiplo tables` to list the tables. You can use the same filters as for queries. They
    select rows of the coding sheet, and the rows of other tables that belong to the same
    interactions, events, officials and sources. The default scope is `all`.

    \b
    secdiplo table events --limit 5
    secdiplo table interactions --country KEN --start 2024 -o kenya.dta
    """
    from secdiplo import query as queries
    from secdiplo.query import frames

    to_arrow = out_format(style) == ARROW
    built, filters = opened(ctx), given_filters(ctx)
    if to_arrow:
        columns = built.tables[name].columns if name in built.tables else ()
        write_rows(frames.read_table(built, name, "arrow", filters), columns)
        return
    found = queries.read_rows(built, name, filters)
    print_batches(found.columns, found.batches, style, listed=True)


@click.command()
@rows_options
@format_option
@data_option
@click.pass_context
def queries(ctx: click.Context, style: str) -> None:
    """List the queries and what they count.

    Use `secdiplo query NAME --help` to see the parameters and columns of a query.

    Example: secdiplo queries
    """
    from secdiplo import query as packaged

    dataset = declared(ctx)
    found = [packaged.load(name, dataset) for name in packaged.names(dataset)]
    print_rows(("query", "title", "unit"), [(q.name, q.title, q.unit) for q in found], style)


@click.command(
    cls=CommandWithFilters,
    context_settings={"ignore_unknown_options": False},
    add_help_option=False,
)
@click.argument("name", required=False, shell_complete=_query_names)
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="KEY=VALUE",
    help="Parameter of this query; repeatable.",
)
@click.option("--draws", is_flag=True, help="Also give the range over the draws of an imputation.")
@click.option(
    "-h", "--help", "wants_help", is_flag=True, help="Show this message, or the help of query NAME."
)
@filter_options
@output_options
@engine_options
@data_option
@limits_option
@click.pass_context
def query(
    ctx: click.Context,
    name: str | None,
    params: tuple[str, ...],
    draws: bool,
    wants_help: bool,
    style: str,
) -> None:
    """Run a query and print its rows.

    Use `secdiplo queries` to list the queries, and `secdiplo query NAME --help` to see what a
    query counts, its columns, and its own parameters (-p). The filters below work for every
    query that counts the coding sheet. Most take several values, separated by commas, and have a
    counterpart that excludes rows, such as --not-country.

    \b
    secdiplo query country_totals --region Africa --not-format multilateral
    secdiplo query meeting_list --country KEN -o kenya.xlsx
    """
    from secdiplo import query as packaged
    from secdiplo.query.params import in_words

    if wants_help and name:
        from secdiplo.codebook.describe import query_text

        dataset = declared(ctx)
        asked = packaged.load(name, dataset)
        source = packaged.source_of(asked, dataset) if dataset else asked.source
        click.echo(query_text(asked, source))
        return
    if wants_help or not name:
        click.echo(ctx.get_help())
        ctx.exit(0 if wants_help else 2)
    given = given_filters(ctx, params)
    if draws:
        _over_draws(ctx, name, given, style)
        return
    to_arrow = out_format(style) == ARROW
    built = opened(ctx)
    if to_arrow:
        from secdiplo.query import frames

        columns = packaged.load(name, built.dataset).columns
        write_rows(frames.run_query(built, name, given, "arrow"), columns)
        return
    found = packaged.stream(built, name, given)
    why = packaged.why_empty(built, found.query)
    spare = spared(found.columns, found.query.first)
    listed = not all(column.unit for column in found.query.columns)  # a total has only numbers
    print_batches(found.columns, found.batches, style, spare, why, listed)
    if style == "table":
        scope = in_words(packaged.used(found.query, found.values))
        about = [f"Unit: {found.query.unit}", f"over {packaged.basis(built)}", scope]
        click.echo(folded("; ".join(filter(None, about)), 0), err=True)


def _over_draws(ctx: click.Context, name: str, given: dict[str, Any], style: str) -> None:
    from secdiplo.audit.imputation.draws import over_draws

    folder = ctx.ensure_object(dict).get("data")
    if ctx.ensure_object(dict).get("engine") == "spark":
        raise click.UsageError("--draws runs on DuckDB; leave --engine out", ctx)
    if not folder:
        raise click.UsageError("--draws needs --data, the folder of an imputation", ctx)
    columns, rows, count = over_draws(folder, name, given)
    print_rows(columns, rows, style)
    click.echo(f"over {count} draws of an imputation: attested and imputed rows", err=True)


@click.command()
@click.argument("statement", required=False)
@click.option(
    "-f", "--file", "file", metavar="FILE", help="Read the statement from FILE; - is stdin."
)
@click.option("--unsafe", is_flag=True, help="Allow files, the network, extensions and writing.")
@output_options
@format_option
@data_option
@limits_option
@click.pass_context
def sql(
    ctx: click.Context, statement: str | None, file: str | None, unsafe: bool, style: str
) -> None:
    """Run one SELECT of your own on the tables.

    It has no access to files or the network. With --unsafe, a single statement can use any DuckDB
    feature, including the table files. Use it only for statements that you wrote yourself.

    Tables round decimals to two places, or to four digits if needed; other formats keep full
    precision. For many rows, use csv, which is written as rows arrive.

    \b
    secdiplo sql "select agency, count(*) as n from participations group by all"
    secdiplo sql -f my_query.sql -o result.parquet
    """
    import duckdb

    from secdiplo import query as packaged
    from secdiplo import store
    from secdiplo.engine.duck import ROW_BATCH
    from secdiplo.errors import UsageError
    from secdiplo.files import enough_memory
    from secdiplo.query import frames

    asked, to_arrow = _statement(statement, file), out_format(style) == ARROW
    built = opened(ctx)
    if unsafe:
        built = store.open_unsafe(built, **resource_limits(ctx))
    packaged.check_statement(built, asked, unsafe=unsafe)
    if to_arrow:
        about = {"statement": asked.strip(), "dataset": frames.label(built)}
        write_rows(frames.select(built, asked, {}, "arrow", about))
        return
    try:
        with enough_memory("the statement"):
            cursor = built.con.execute(asked)
            columns = [column[0] for column in cursor.description or ()]
            batches = iter(lambda: cursor.fetchmany(ROW_BATCH) or [], [])
            print_batches(columns, batches, style)
    except duckdb.Error as error:
        built.unchanged()
        raise UsageError(packaged.short_error(error)) from None
    built.unchanged()


def _statement(given: str | None, file: str | None) -> str:
    """Return the statement of a command: its argument, a file, or what stdin has."""
    if given not in {None, "-"} and file is not None:
        raise click.UsageError("give the statement or its file, not both")
    if given is not None and given != "-":
        return given
    if file is None and given is None and sys.stdin.isatty():
        raise click.UsageError("give a statement, or a file of one with -f")
    piped = file in {None, "-"}
    try:
        text = sys.stdin.read() if piped else Path(str(file)).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        what = "stdin" if piped else file
        raise click.UsageError(f"{what}: not UTF-8; save the statement as UTF-8") from None
    if not text.strip():
        raise click.UsageError(f"{file or 'stdin'}: no statement; write one SELECT")
    return text


COMMANDS = {
    "queries": queries,
    "query": query,
    "sql": sql,
    "table": table,
    "tables": tables,
}
