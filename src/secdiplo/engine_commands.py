"""The command that checks built tables: verify."""

from __future__ import annotations

import click

from secdiplo.console import data_option, engine_options, opened, with_progress


@click.command()
@click.argument("tables", required=False, metavar="[TABLES]")
@engine_options
@data_option
@click.pass_context
def verify(ctx: click.Context, tables: str | None) -> None:
    """Check built tables as a whole: keys, references, blanks, codes.

    The rules follow from the declarations of the tables. Each one that is broken is printed with
    its table and the number of rows, and the exit code is 1.

    Example: secdiplo verify tables --engine spark
    """
    from secdiplo import integrity

    chosen = ctx.ensure_object(dict)
    if tables == "" or (tables and chosen.get("data")):
        raise click.UsageError("name one folder, as the argument or with --data", ctx)
    if tables:
        chosen["data"] = tables
    built = opened(ctx)
    findings = with_progress("Verifying", lambda: integrity.check(built))
    for finding in findings:
        click.echo(str(finding), err=True)
    count = len(integrity.rules())
    if findings:
        click.echo(f"{len(findings)} of {count} rules are broken", err=True)
        ctx.exit(1)
    rows = sum(body["rows"] for body in built.manifest["tables"].values())
    click.echo(f"{len(built.manifest['tables'])} tables, {rows:,} rows: {count} rules hold")


COMMANDS = (verify,)
