"""The commands that describe a dataset: codebook, cite."""

from __future__ import annotations

from pathlib import Path

import click

from secdiplo.cli.options import data_option, opened


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Fail when the files are stale.")
@click.option("-o", "--out", metavar="DIR", help="The folder of the files; ./schema by default.")
@click.pass_context
def codebook(ctx: click.Context, only_check: bool, out: str | None) -> None:
    """Write the codebook: table schemas, and every variable as Markdown, HTML and CSV.

    Of each variable it tells label, type, codes and their meanings, what a blank means, the
    coding rule, the source, an example, how many rows have which value, and since which version
    it exists. The files of the built-in dataset are in ./schema; with them come the declarations
    that the toolkit reads, made from the classes of its tables.

    Example: secdiplo --data my_dataset codebook -o my_dataset/schema
    """
    from secdiplo.folder.resources import folder_of

    folder = Path(out or "schema")
    changed = _stale_declarations(folder, mend=not only_check)  # first: what follows reads them
    from secdiplo import codebook as book

    wanted = book.files(opened(ctx), folder_of(ctx.ensure_object(dict).get("data")))
    if only_check:
        odd = changed + book.stale(folder, wanted) + _stale_sums(folder, mend=False)
        for name in odd:
            click.echo(f"{name}: stale; run `secdiplo codebook`", err=True)
        if odd:
            ctx.exit(1)
        click.echo(f"{folder}: current")
        return
    changed += book.write(folder, wanted)
    changed += _stale_sums(folder, mend=True)
    click.echo(f"{folder}: {len(changed)} files changed")


def _is_shipped(folder: Path) -> bool:
    """Whether a folder is that of the toolkit itself."""
    from secdiplo.folder import resources

    return folder.resolve() == resources.shipped("schema").resolve()


def _stale_declarations(folder: Path, mend: bool) -> list[str]:
    """Return the file of declarations of the toolkit, if the classes give another one."""
    if not _is_shipped(folder):
        return []
    from secdiplo.schema import generate

    is_stale = generate.write() if mend else not generate.is_current()
    return ["tables.json"] if is_stale else []


def _stale_sums(folder: Path, mend: bool) -> list[str]:
    """Digests of the files that come with the toolkit, if they are not of the files as they are."""
    from secdiplo.store import verify

    file = folder / verify.SUMS
    if not _is_shipped(folder):
        return []
    wanted = verify.sums()
    if file.is_file() and file.read_text(encoding="utf-8") == wanted:
        return []
    if mend:
        file.write_text(wanted, encoding="utf-8", newline="\n")
    return [verify.SUMS]


@click.command()
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


COMMANDS = {"cite": cite, "codebook": codebook}
