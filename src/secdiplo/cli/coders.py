"""The commands for the work of coders: workbook, assign, adjudicate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from secdiplo.cli.options import data_option
from secdiplo.cli.output import plural


def _data(ctx: click.Context) -> str | None:
    """Return the dataset that --data names."""
    given: str | None = ctx.ensure_object(dict).get("data")
    return given


@click.command()
@click.argument("folder", required=False, metavar="[FOLDER]")
@click.option("-o", "--out", required=True, metavar="FILE.xlsx", help="The workbook to write.")
@click.option("--empty", is_flag=True, help="Leave the rows of the coding sheet out.")
@click.option("--force", is_flag=True, help="Replace FILE.")
@data_option
@click.pass_context
def workbook(ctx: click.Context, folder: str | None, out: str, empty: bool, force: bool) -> None:
    """Write the coding sheet as a workbook for coders.

    The sheet `interactions` has drop-down lists of the codes, a note with the rule on each heading,
    and colours: needed columns are yellow, cells that repeat within an event are grey, and needed
    cells that are blank or unlike the rest of their event are orange. Other sheets have the lists,
    the codes and the coding rules. `secdiplo check FILE.xlsx` reports problems by their cells, and
    `build` reads curated/interactions.xlsx in place of the CSV file.

    Example: secdiplo workbook my_dataset -o coding.xlsx
    """
    from secdiplo import coding

    data = _data(ctx)
    if folder and data:
        raise click.UsageError("name one folder, as the argument or with --data", ctx)
    made = coding.workbook(folder or data, out, empty=empty, force=force)
    click.echo(f"{made}: the coding sheet; check it with `secdiplo check {made}`")


@click.command()
@click.argument("candidates", metavar="CANDIDATES.csv")
@click.option("--coders", required=True, metavar="NAME,...", help="The coders, two or more.")
@click.option("--overlap", default="20%", show_default=True, metavar="SHARE",
              help="The share of units that every coder codes.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="The seed of the random choice.")  # fmt: skip
@click.option("-o", "--out", required=True, metavar="DIR", help="The folder to write.")
@data_option
@click.pass_context
def assign(
    ctx: click.Context, candidates: str, coders: str, overlap: str, seed: int, out: str
) -> None:
    """Assign pages to coders, with a random overlap.

    CANDIDATES.csv has a column source_url and one row per unit; a column unit names the units,
    which are called U001 and so on without it. Other columns are passed on. DIR gets one workbook
    per coder, which does not tell which units others code too, and assignment.csv, which does:
    give each coder only the workbook.

    Example: secdiplo assign candidates.csv --coders Ann,Ben -o assigned
    """
    from secdiplo import coding

    names = coders.split(",")
    made = coding.assign(candidates, out, coders=names, overlap=overlap, seed=seed, data=_data(ctx))
    for coder, units in made.units_of.items():
        click.echo(f"{Path(out) / coder}.xlsx: {plural(len(units), 'unit')}")
    click.echo(f"{Path(out) / 'assignment.csv'}: {len(made.overlap)} of {len(made.units)} units "
               "are coded by all")  # fmt: skip


@click.command()
@click.argument("codings", nargs=-1, metavar="[FIRST SECOND]")
@click.option("--apply", "queue", metavar="QUEUE.xlsx", help="Apply the decisions of a queue.")
@click.option("-o", "--out", required=True, metavar="FILE", help="The queue or sheet to write.")
@click.option("--partial", is_flag=True, help="Leave units with open differences out.")
@click.option("--force", is_flag=True, help="Replace FILE.")
@data_option
@click.pass_context
def adjudicate(
    ctx: click.Context,
    codings: tuple[str, ...],
    queue: str | None,
    out: str,
    partial: bool,
    force: bool,
) -> None:
    """Decide on the differences between two codings.

    FIRST and SECOND are workbooks or CSV files. FILE gets one row per difference: a cell that
    differs, or a row that only one coding has. Fill in decision, decided_by, decided_on and why;
    write "(blank)" for a blank cell.

    --apply writes the merged sheet, sorted by date and key, and adds every decision to
    curated/decisions.csv of the dataset folder that --data names. A queue that is unfinished, or
    made from other versions of the codings, is refused. Name the codings again if they were moved.

    \b
    secdiplo adjudicate Ann.xlsx Ben.xlsx -o queue.xlsx
    secdiplo adjudicate --apply queue.xlsx -o merged.csv --data my_dataset
    """
    from secdiplo import coding

    data = _data(ctx)
    given: dict[str, Any] = {"data": data, "force": force}
    if queue is None:
        if len(codings) != 2:
            raise click.UsageError("name two codings, as in `adjudicate A.xlsx B.xlsx`", ctx)
        if partial:
            raise click.UsageError("--partial goes with --apply", ctx)
        found = coding.adjudicate(*codings, out, **given)
        click.echo(f"{out}: {plural(len(found), 'difference')} to decide on")
        return
    if data is None:
        raise click.UsageError("--apply logs the decisions in a dataset folder; add --data", ctx)
    done = coding.apply_decisions(queue, out, codings=codings, partial=partial, **given)
    if done.open_units:
        what = f"{plural(len(done.open_units), 'unit')} left out, with open differences"
        click.echo(f"{what}: {', '.join(done.open_units[:10])}", err=True)
    click.echo(f"{out}: {plural(len(done.rows), 'row')}; {plural(done.logged, 'decision')} logged; "
               f"check it with `secdiplo check {out} --data {data}`")  # fmt: skip


COMMANDS = {"workbook": workbook, "assign": assign, "adjudicate": adjudicate}
