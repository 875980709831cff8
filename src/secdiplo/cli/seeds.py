"""The commands for the source texts: seeds verify."""

from __future__ import annotations

import click

from secdiplo.cli.options import data_option
from secdiplo.cli.output import print_problems


@click.group()
def seeds() -> None:
    """Check the annotations of the source texts.

    Example: secdiplo seeds verify --texts texts
    """


@seeds.command("verify")
@click.option("--texts", required=True, metavar="DIR", help="The folder that holds the texts.")
@click.option("--seeds", "folder", metavar="DIR", help="Another folder of annotations.")
@data_option
@click.pass_context
def verify(ctx: click.Context, texts: str, folder: str | None) -> None:
    """Check every offset of the annotations against the texts.

    The annotations are those of the built-in dataset, of the folder of --data, or of --seeds.

    Digest and length of each text first, then each quote at its offsets (code points).

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
