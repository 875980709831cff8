"""The commands for the work of coders: workbook, assign, adjudicate."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from secdiplo.cli.options import data_option
from secdiplo.cli.output import number_of


def _data(ctx: click.Context) -> str | None:
    """Return the dataset that --data names."""
    given: str | None = ctx.ensure_object(dict).get("data")
    return given


@click.command()
@click.argument("folder", required=False, metavar="[FOLDER]")
@click.option("-o", "--out", required=True, metavar="FILE.xlsx", help="Workbook to write.")
@click.option("--empty", is_flag=True, help="Write a workbook without rows.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@data_option
@click.pass_context
def workbook(ctx: click.Context, folder: str | None, out: str, empty: bool, force: bool) -> None:
    """Write the coding sheet as an Excel workbook for coders.

    The sheet `interactions` has drop-down lists for codes and the coding rule as a note on each
    heading. Required columns are yellow. Cells that repeat within an event are grey; they turn
    orange if they are blank or differ from the rest of the event. Other sheets contain the codes
    and the coding rules.

    Use `secdiplo check FILE.xlsx --data FOLDER` to check a workbook. `secdiplo build` reads
    curated/interactions.xlsx instead of the CSV file if it is in the dataset folder.

    Example: secdiplo workbook my_dataset -o coding.xlsx
    """
    from secdiplo import coding

    data = _data(ctx)
    if folder and data:
        raise click.UsageError("name one folder, as the argument or with --data", ctx)
    source = folder or data
    made = coding.workbook(source, out, empty=empty, force=force)
    chosen = f" --data {shlex.quote(source)}" if source else ""
    command = f"secdiplo check {shlex.quote(str(made))}{chosen}"
    click.echo(f"{made}: the coding sheet; check it with `{command}`")


@click.command()
@click.argument("candidates", metavar="CANDIDATES.csv")
@click.option("--coders", required=True, metavar="NAME,...", help="Names of two or more coders.")
@click.option("--overlap", default="20%", show_default=True, metavar="SHARE",
              help="Share of units that all coders code.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="Seed of the random choice.")  # fmt: skip
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder to write.")
@data_option
@click.pass_context
def assign(
    ctx: click.Context, candidates: str, coders: str, overlap: str, seed: int, out: str
) -> None:
    """Assign pages to coders, with a random overlap.

    CANDIDATES.csv has one row per unit to code and a column source_url. A column `unit` names the
    units; without it they are called U001, U002, and so on. Other columns are copied. DIR will
    contain one workbook per coder and assignment.csv, which records who codes what. The workbooks
    do not reveal which units other coders code, so give each coder only the workbook. They contain
    the codes of the dataset that --data selects.

    \b
    secdiplo assign candidates.csv --coders Ann,Ben -o out --data my_dataset
    """
    from secdiplo import coding

    names = coders.split(",")
    made = coding.assign(candidates, out, coders=names, overlap=overlap, seed=seed, data=_data(ctx))
    for notice in made.notices:
        click.echo(str(notice), err=True)
    for coder, units in made.units_of.items():
        click.echo(f"{Path(out) / coder}.xlsx: {number_of(len(units), 'unit')}")
    click.echo(f"{Path(out) / 'assignment.csv'}: {len(made.overlap)} of {len(made.units)} units "
               f"are coded by all; codes of the dataset `{made.dataset}`")  # fmt: skip


@click.command()
@click.argument("codings", nargs=-1, metavar="[FIRST SECOND]")
@click.option("--apply", "queue", metavar="QUEUE.xlsx", help="Apply the decisions in this queue.")
@click.option("-o", "--out", required=True, metavar="FILE", help="Queue or merged sheet to write.")
@click.option("--partial", is_flag=True, help="Skip units with undecided differences.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
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
    """Resolve the differences between two codings.

    FIRST and SECOND are workbooks or CSV files. The queue written to FILE has one row per
    difference: a cell with two values, or a row that only one coder has. Fill in decision,
    decided_by, decided_on and why; enter "(blank)" for a blank cell.

    --apply then writes the merged sheet, sorted by date and key, and records every decision in
    curated/decisions.csv of the dataset selected with --data. It refuses a queue that is unfinished
    or that was made from other versions of the codings. If you moved the codings, name them again.

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
        click.echo(f"{out}: {number_of(len(found), 'difference')} to decide on")
        return
    if data is None:
        raise click.UsageError("--apply logs the decisions in a dataset folder; add --data", ctx)
    done = coding.apply_decisions(queue, out, codings=codings, partial=partial, **given)
    if done.open_units:
        what = f"{number_of(len(done.open_units), 'unit')} left out, with open differences"
        click.echo(f"{what}: {', '.join(done.open_units[:10])}", err=True)
    rows, decisions = number_of(len(done.rows), "row"), number_of(done.logged, "decision")
    click.echo(f"{out}: {rows}; {decisions} logged; "
               f"check it with `secdiplo check {out} --data {data}`")  # fmt: skip


COMMANDS = {"workbook": workbook, "assign": assign, "adjudicate": adjudicate}
