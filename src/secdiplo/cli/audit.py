"""The commands that reason from the published values: audit, bounds, impute."""

from __future__ import annotations

import math

import click

from secdiplo.cli.options import (
    chosen_folder,
    data_option,
    format_option,
    opened,
    pair,
    rows_options,
)
from secdiplo.cli.output import print_rows, with_progress


def _seconds(ctx: click.Context, _: click.Parameter, value: float | None) -> float | None:
    if value is not None and math.isnan(value):
        raise click.UsageError("--time-limit is a number of seconds", ctx)
    return value


time_limit = click.option(
    "--time-limit",
    callback=_seconds,
    type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    help="Time limit for each step of the solver (default: none).",
)  # fmt: skip


@click.command()
@click.option(
    "--max-conflicts", type=click.IntRange(min=1), default=20, show_default=True,
    help="Stop after this many sets of conflicting values.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with 1 if the values cannot all be true.")
@time_limit
@format_option
@data_option
@click.pass_context
def audit(
    ctx: click.Context, max_conflicts: int, strict: bool, time_limit: float | None, style: str
) -> None:
    """Check whether the published values are consistent.

    The audit uses the published values only, not the data. Every published count, share and rank
    of events or interactions becomes a constraint on whole numbers. The report shows which
    numerators a rounded share allows, which sums do not add up, which interpretations of the text
    are possible, and the smallest sets of values that cannot all be true.

    Example: secdiplo audit
    """
    from secdiplo.audit import full_audit, messages

    built = opened(ctx)
    found = with_progress(
        "Auditing",
        lambda: full_audit.audit(built, max_conflicts=max_conflicts, time_limit=time_limit),
    )
    if style == "table":
        click.echo(found.text())
    else:
        print_rows(messages.FINDING_COLUMNS, [finding.row() for finding in found.findings], style)
        click.echo(found.summary(), err=True)
    if strict and not found.feasible:
        ctx.exit(1)


@click.command()
@click.option("--unit", default="event", show_default=True, help="Unit to count.")
@click.option("--where", multiple=True, metavar="KEY=VALUE", help="Condition; repeatable.")
@click.option(
    "--by",
    multiple=True,
    metavar="KEY",
    help="Give bounds for every value of this key; repeatable.",
)
@click.option("--with-attested", is_flag=True, help="Require at least the attested rows in scope.")
@click.option(
    "--claims/--no-claims",
    default=None,
    help="Name the published values that determine each bound.",
)
@time_limit
@rows_options
@format_option
@data_option
@click.pass_context
def bounds(
    ctx: click.Context,
    unit: str,
    where: tuple[str, ...],
    by: tuple[str, ...],
    with_attested: bool,
    claims: bool | None,
    time_limit: float | None,
    style: str,
) -> None:
    """Bound a count that is not published.

    Prints the smallest and the largest count that agrees with all published values. The bounds are
    exact whole numbers.

    Units: event, interaction, agency_interaction, bilateral_meeting, country. Keys: agency,
    agencies (exactly these: A+B, or joint), official, official_rank, format, counterpart_type,
    region, counterpart, forum, forum_window, period, year. Separate several values with commas; a
    leading ! excludes a value.

    \b
    secdiplo bounds --where region=Africa --where official_rank=minister
    secdiplo bounds --unit interaction --where agencies=joint
    secdiplo bounds --unit bilateral_meeting --by region --by format
    """
    from secdiplo.audit import bounds as bounding

    conditions: dict[str, str] = {}
    for item in where:
        key, value = pair(item, "--where")
        if key in conditions:
            raise click.UsageError(f"--where {key} twice; separate its values by commas", ctx)
        conditions[key] = value
    built = opened(ctx)
    table = with_progress(
        "Bounding",
        lambda: bounding.bounds_table(
            built, unit, conditions, by, with_attested=with_attested, claims=claims,
            time_limit=time_limit,
        ),
    )  # fmt: skip
    print_rows(table.columns, table.rows, style)
    if style == "table" or table.dropped:
        click.echo(_folded(table.about), err=True)


@click.command()
@click.argument("folder", required=False, metavar="[FOLDER]")
@click.option("-o", "--out", required=True, metavar="OUT", help="Folder to write.")
@click.option("--draws", type=click.IntRange(min=0, max=1_000), default=0, show_default=True,
              help="Number of further, equally good imputations.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Seed of the random choices.")  # fmt: skip
@time_limit
@data_option
@click.pass_context
def impute(
    ctx: click.Context,
    folder: str | None,
    out: str,
    draws: int,
    seed: int,
    time_limit: float | None,
) -> None:
    """Write a dataset that agrees with the published values.

    The result keeps as many attested interactions as the published values allow and adds as few
    imputed ones as possible. Imputed rows are marked (row_status=imputed) and have no source and no
    foreign person. They are not evidence that these meetings took place.
    OUT/left_out.csv lists the attested rows that do not fit and the values that exclude them.

    \b
    secdiplo impute -o imputed --draws 20
    secdiplo reproduce --data imputed
    secdiplo query regional_shares --data imputed --draws
    """
    from secdiplo.audit.imputation.writing import impute as write

    path = chosen_folder(ctx, folder)
    done = with_progress(
        f"Imputing {path}",
        lambda: write(path, out, draws=draws, seed=seed, time_limit=time_limit),
    )
    click.echo(_folded(f"{out}: {done}"))


def _folded(text: str) -> str:
    """A text as lines that fit the terminal."""
    from secdiplo.output.render import folded

    return folded(text, 0)


COMMANDS = {"audit": audit, "bounds": bounds, "impute": impute}
