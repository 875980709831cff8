"""The commands that show a dataset: figure, figures, report."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from secdiplo.cli.options import (
    CommandWithFilters,
    data_option,
    declared,
    figure_filter_options,
    format_option,
    given_filters,
    opened,
    rows_options,
)
from secdiplo.cli.output import print_rows, with_progress

width_option = click.option(
    "--width", type=float, metavar="INCHES",
    help="Width (default: 6.5, a full page; a journal column is about 3.5).",
)  # fmt: skip
dpi_option = click.option(
    "--dpi", type=int, metavar="DOTS", help="Resolution of a .png (default: 300).",
)  # fmt: skip


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Print each warning once, in one line on stderr."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        click.echo(f"warning: {text}", err=True)


@click.command(cls=CommandWithFilters)
@click.argument("name")
@click.option(
    "-o", "--out", required=True, metavar="FILE", help="File to write: .png, .svg or .pdf."
)
@click.option("-p", "--param", "params", multiple=True, metavar="KEY=VALUE",
              help="Parameter of the queries behind the figure; repeatable.")  # fmt: skip
@figure_filter_options
@width_option
@dpi_option
@data_option
@click.pass_context
def figure(
    ctx: click.Context,
    name: str,
    out: str,
    params: tuple[str, ...],
    width: float | None,
    dpi: int | None,
) -> None:
    """Draw one figure and save it to a file.

    NAME is a figure that `secdiplo figures` lists. You can also use the number it has in the paper
    that the dataset replicates, such as figure_1 or table_2.

    Example: secdiplo figure regional_shares -o shares.pdf --width 3.5
    """
    from secdiplo import figures

    with _plain_warnings():
        drawn = figures.draw(opened(ctx), name, given_filters(ctx, params), width)
        figures.save(drawn, out, dpi)
    click.echo(f"{out}: {getattr(drawn, 'described', '')}")


@click.command("figures")
@click.option("-o", "--out", metavar="DIR", help="Draw all figures into this folder.")
@click.option("--type", "ending", type=click.Choice(["png", "svg", "pdf"]), default="png",
              show_default=True, help="File type.")  # fmt: skip
@width_option
@rows_options
@dpi_option
@format_option
@data_option
@click.pass_context
def figures_(
    ctx: click.Context,
    out: str | None,
    ending: str,
    width: float | None,
    dpi: int | None,
    style: str,
) -> None:
    """List the figures of a dataset, or draw them all.

    Figures for which the dataset has no data are skipped with a message.

    Example: secdiplo figures -o figures --type svg
    """
    from secdiplo import figures

    if out is None:
        found = figures.available(declared(ctx)).values()
        rows = [(spec.name, spec.paper, spec.about) for spec in found]
        print_rows(("figure", "in the paper", "what it shows"), rows, style)
        return
    built = opened(ctx)
    with _plain_warnings():
        files, lacking = with_progress(
            "Drawing", lambda: figures.draw_all(built, Path(out), ending, width, dpi)
        )
    for text in lacking:
        click.echo(f"left out: {text}", err=True)
    click.echo(f"{out}: {len(files)} of {len(files) + len(lacking)} figures")


@click.command(cls=CommandWithFilters)
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder for index.html.")
@figure_filter_options
@data_option
@click.pass_context
def report(ctx: click.Context, out: str) -> None:
    """Write the explorer: one HTML page that works offline.

    The page contains the data, the map and all scripts, and makes no network requests. It needs the
    extra `report`. The filters are set when the page opens, and readers can change them.

    \b
    secdiplo report -o explorer
    secdiplo report -o explorer --region Africa --start 2024
    """
    from secdiplo import report as explorer

    built, filters = opened(ctx), given_filters(ctx)
    scope = filters.pop("scope", None)
    page = with_progress(
        "Writing", lambda: explorer.write(built, out, scope=scope, filters=filters)
    )
    click.echo(f"{page}: {page.stat().st_size / 1e6:.1f} MB")


COMMANDS = {"figure": figure, "figures": figures_, "report": report}
