"""The commands for the source texts: seeds verify."""

from __future__ import annotations

import click

from secdiplo.cli.output import print_problems


@click.group()
def seeds() -> None:
    """The source texts and what is annotated in them."""


@seeds.command("verify")
@click.option("--texts", required=True, metavar="DIR", help="The folder that holds the texts.")
@click.option("--seeds", "folder", metavar="DIR", help="Another folder of annotations.")
@click.pass_context
def verify(ctx: click.Context, texts: str, folder: str | None) -> None:
    """Check every offset of the annotations against the texts.

    Digest and length of each text first, then each quote at its offsets (code points).

    Example: secdiplo seeds verify --texts texts
    """
    from secdiplo.claims import annotations

    problems, compared = annotations.verify_quotes(texts, folder)
    print_problems(problems)
    if problems:
        ctx.exit(1)
    click.echo(f"{compared} quotes are where the annotations say")


COMMANDS = {"seeds": seeds}
