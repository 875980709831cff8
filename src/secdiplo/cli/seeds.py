"""The commands for the source texts: seeds verify."""

from __future__ import annotations

import click

from secdiplo.cli.options import data_option
from secdiplo.cli.output import print_problems


@click.group()
def seeds() -> None:
    """Check the annotations of the source texts.

    The published values are annotated in source texts, which are not part of the toolkit. If you
    have copies of the texts, you can check that every annotation still points to its quote.

    Example: secdiplo seeds verify --texts texts
    """


@seeds.command("verify")
@click.option("--texts", required=True, metavar="DIR", help="Folder with the texts.")
@click.option("--seeds", "folder", metavar="DIR", help="Folder with the annotations.")
@data_option
@click.pass_context
def verify(ctx: click.Context, texts: str, folder: str | None) -> None:
    """Check the position and quote of every annotation.

    First compares the digest and length of each text, then each quote with the characters at its
    position (counted in Unicode code points). By default the annotations of the built-in dataset
    are checked; --data or --seeds selects others.

    Example: secdiplo seeds verify --texts texts
    """
    from secdiplo.claims import annotations
    from secdiplo.folder import reading

    if data := ctx.ensure_object(dict).get("data"):
        if folder:
            raise click.UsageError("name one folder, with --data or with --seeds", ctx)
        named = reading.read(data)
        if named.annotations is None:
            raise click.UsageError(f"{data} has no annotations; name a folder that has", ctx)
        folder = str(named.annotations)
    problems, compared = annotations.verify_quotes(texts, folder)
    print_problems(problems)
    if problems:
        ctx.exit(1)
    click.echo(f"{compared} quotes are where the annotations say")


COMMANDS = {"seeds": seeds}
