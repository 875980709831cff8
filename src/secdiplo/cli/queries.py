"""The commands that print what a dataset has: tables, queries, query, sql."""

from __future__ import annotations

from typing import Any

import click

from secdiplo.cli.options import (
    data_option,
    declared,
    engine_options,
    filter_options,
    format_option,
    given_filters,
    limits_option,
    opened,
    resource_limits,
)
from secdiplo.cli.output import print_batches, print_rows


@click.command()
@format_option
@data_option
@click.pass_context
def tables(ctx: click.Context, style: str) -> None:
    """List the tables: rows, and what one row is.

    Example: secdiplo tables
    """
    built = opened(ctx)
    counts = built.manifest["tables"]
    rows = [(name, counts[name]["rows"], table.grain) for name, table in built.tables.items()]
    print_rows(("table", "rows", "grain"), rows, style)


@click.command()
@format_option
@data_option
@click.pass_context
def queries(ctx: click.Context, style: str) -> None:
    """List the queries, packaged and of the dataset, and what they count.

    `secdiplo query NAME --help` shows the parameters of one.

    Example: secdiplo queries
    """
    from secdiplo import query as packaged

    dataset = declared(ctx)
    found = [packaged.load(name, dataset) for name in packaged.names(dataset)]
    print_rows(("query", "title", "unit"), [(q.name, q.title, q.unit) for q in found], style)


@click.command(context_settings={"ignore_unknown_options": False}, add_help_option=False)
@click.argument("name", required=False)
@click.option("-p", "--param", "params", multiple=True, metavar="KEY=VALUE", help="A parameter.")
@click.option("--draws", is_flag=True, help="Least and greatest value over an imputation's draws.")
@click.option("-h", "--help", "wants_help", is_flag=True, help="Show the help, also of one query.")
@filter_options
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
    """Run a query, of the toolkit or of the dataset, and print its rows.

    `secdiplo queries` lists them; `secdiplo query NAME --help` shows what one counts, its
    columns and the parameters that only it has (-p). The filters below are the same for all
    queries that count the coding sheet. Each takes several values, separated by commas, and has
    a second option that leaves rows out, such as --not-country.

    Example: secdiplo query country_totals --region Africa --start 2023 --not-format multilateral
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
    built = opened(ctx)
    if style == "csv":
        streamed = packaged.stream(built, name, given)
        print_batches(streamed.columns, streamed.batches)
        return
    result = packaged.run(built, name, given)
    print_rows(result.columns, result.rows, style)
    if style == "table":
        scope = in_words(packaged.used(result.query, result.values))
        about = [f"Unit: {result.query.unit}", f"over {packaged.basis(built)}", scope]
        click.echo("; ".join(filter(None, about)), err=True)


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
@click.argument("statement")
@click.option("--unsafe", is_flag=True, help="Allow files, the network, extensions and writing.")
@format_option
@data_option
@limits_option
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

    from secdiplo import query as packaged
    from secdiplo import store
    from secdiplo.engine.duck import ROW_BATCH
    from secdiplo.errors import UsageError
    from secdiplo.files import enough_memory

    built = opened(ctx)
    if unsafe:
        built = store.open_unsafe(built, **resource_limits(ctx))
    packaged.check_statement(built, statement, unsafe=unsafe)
    try:
        with enough_memory("the statement"):
            cursor = built.con.execute(statement)
            columns = [column[0] for column in cursor.description or ()]
            if style == "csv":
                print_batches(columns, iter(lambda: cursor.fetchmany(ROW_BATCH) or [], []))
            else:
                rows = cursor.fetchall()
    except duckdb.Error as error:
        built.unchanged()
        raise UsageError(packaged.short_error(error)) from None
    built.unchanged()
    if style != "csv":
        print_rows(columns, rows, style)


COMMANDS = {
    "queries": queries,
    "query": query,
    "sql": sql,
    "tables": tables,
}
