"""The command that tells countries and organizations by any usual name or code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from secdiplo.cli.options import format_option, rows_options
from secdiplo.cli.output import print_batches, print_rows
from secdiplo.errors import UsageError

if TYPE_CHECKING:
    from secdiplo.countries import Entity

OPTIONS = (
    ("with `missing` as `null` they stay blank", "--missing null leaves them blank"),
    ('give system="iso2", or blank it', "add --system iso2, or leave it out"),
    ("add system='cow' or 'gw'", "add --system cow or gw"),
    ("`on`", "--on"),
)
"""Words of messages for Python, and those of the command line."""


@click.command()
@click.argument("texts", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--to", metavar="CODE", help="Print only this code: iso3, iso2, numeric, cow, gw, ..."
)
@click.option("--system", metavar="SYSTEM", help="Code system of NAME: cow, gw, numeric, fips, ...")
@click.option("--on", metavar="DATE", help="Day for which cow and gw codes are valid.")
@click.option(
    "--missing", type=click.Choice(["raise", "null"]), default="raise", show_default=True,
    help="Whether to refuse names that are uncertain or lack the code, or leave them blank.",
)  # fmt: skip
@rows_options
@format_option
def country(
    texts: tuple[str, ...],
    to: str | None,
    system: str | None,
    on: str | None,
    missing: str,
    style: str,
) -> None:
    """Look up a country or organization by name or code.

    NAME can be a name in any of the six official languages of the United Nations, a former name, a
    state that no longer exists, or an ISO code in capitals. For numeric codes and for the letter
    codes of other systems (cowc, fips, ioc), give the --system. Uncertain names are refused, with
    suggestions. The spells in the output give the code, first day and last day of membership in the
    state system.

    \b
    secdiplo country "DR Congo"
    secdiplo country Burma Swaziland --to cow --format csv
    secdiplo country 255 --system cow --on 1939-09-01
    """
    try:
        _look_up(texts, to, system.lower() if system else system, on, missing, style)
    except UsageError as error:
        raise UsageError(_in_options(str(error))) from None


def _in_options(message: str) -> str:
    """Return a message of the library with options in place of keywords."""
    for keyword, option in OPTIONS:
        message = message.replace(keyword, option)
    return message


def _look_up(
    texts: tuple[str, ...],
    to: str | None,
    system: str | None,
    on: str | None,
    missing: str,
    style: str,
) -> None:
    """Print the countries of names or codes, or one code of each."""
    from secdiplo import countries

    read_on = on if system in {"cow", "gw"} else None
    found = countries.find_all(texts, system=system, on=read_on, missing=missing)
    if not all(text.strip() for text in texts):
        raise click.UsageError("the name is blank; give a name or code")
    if to:
        codes = countries.convert(texts, to=to, system=system, on=on, missing=missing)
        print_rows(("given", to), list(zip(texts, codes, strict=True)), style)
        for text, entity, code in zip(texts, found, codes, strict=True):
            if entity is not None and code is None:
                when = f" on {on}" if on else ""
                click.echo(f"{text}: left blank: no {to} code{when} for {entity}", err=True)
    else:
        if on and system not in {"cow", "gw"}:
            raise click.UsageError("--on goes with --to cow or gw, or with --system cow or gw")
        columns, rows = _described(found, texts)
        spare = [*columns[: columns.index("vdem") - 1 : -1], "numeric", "iso2"]
        print_batches(columns, iter([rows]), style, spare)
    for text, entity in zip(texts, found, strict=True):
        if entity is None:
            click.echo(f"{text}: left blank: {_in_options(_why(text, system, read_on))}", err=True)
    for text in texts if system is None else ():
        if caution := countries.note(text):
            click.echo(f"{text}: {caution}", err=True)


def _why(text: str, system: str | None, on: str | None) -> str:
    """Why a text names nothing for certain."""
    from secdiplo import countries

    try:
        countries.find_all([text], system=system, on=on)
    except countries.CountryError as error:
        return str(error)
    return ""


def _described(
    found: list[Entity | None], texts: tuple[str, ...]
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Everything that is known of the entities, one row each."""
    from secdiplo import countries

    schemes = [target for target in countries.targets() if target.startswith("region_")]
    ended = [e for e in found if isinstance(e, countries.Country) and e.ended]
    columns = ("given", "type", "name", "iso3", "iso2", "numeric", "cow", "gw", "vdem",
               *countries.LETTER_SYSTEMS, *schemes, "cow_spells", "gw_spells",
               *(("state_from", "state_to", "successors") if ended else ()))  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for text, entity in zip(texts, found, strict=True):
        if entity is None:
            rows.append((text, *[None] * (len(columns) - 1)))
            continue
        if isinstance(entity, countries.Organization):
            rows.append((text, "organization", str(entity), *[None] * (len(columns) - 3)))
            continue
        spells = [
            "; ".join(str(spell) for spell in entity.spells if spell.system == system)
            for system in ("cow", "gw")
        ]
        regions = [entity.regions.get(scheme.removeprefix("region_")) for scheme in schemes]
        letters = [entity.letters.get(system) for system in countries.LETTER_SYSTEMS]
        days = (entity.start, entity.end, "; ".join(entity.successors) or None) if ended else ()
        kind = "ended state" if entity.ended else "country"
        rows.append((text, kind, entity.name, entity.iso3, entity.iso2, entity.numeric, entity.cow,
                     entity.gw, entity.vdem, *letters, *regions, *spells, *days))  # fmt: skip
    return columns, rows


COMMANDS = {"country": country}
