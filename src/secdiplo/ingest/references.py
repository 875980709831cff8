"""Rules of a table that a dataset declares: its references, unique columns and quotes.

A reference to a country, event, claim, source text or another declared table must be kept. An
organization or a series of forums that its reference sheet lacks is a notice, and gets a row in
the built table, as one that the coding sheet names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from secdiplo.ingest.rules import Check, of_whole_sheet, repeated
from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.schema.declarations import ACTOR_TABLES
from secdiplo.schema.tables import Table
from secdiplo.sql.quoting import literal, quoted

QUOTE_COLUMNS = ("seed_file", "start", "end", "quote")
SESSION = "^.+ [0-9]{4}$"
ANY_ROW = "select null as kind, null as name where false"


@dataclass(frozen=True)
class Target:
    """What values of a column refer to.

    Attributes
    ----------
    sheet : str
        The sheet that must be there and right.
    values : str
        SQL for the values that there are.
    what : str
        The message about other values.
    is_open : bool
        Whether another one is a notice alone.
    """

    sheet: str
    values: str
    what: str
    is_open: bool = False


TARGETS = {
    "countries": Target(
        "countries", "select iso3 from raw_countries", "unknown country {value}; {nearest:country}"
    ),
    "claims": Target(
        "claims", "select claim_id from raw_claims", "unknown claim {value}; {nearest:claim}"
    ),
    "seeds": Target(
        "seeds", "select seed_file from raw_seeds", "unknown text {value}; {nearest:seed}"
    ),
    "events": Target(
        "interactions_sheet",
        "select event_key from rows",
        "no event {value} in the sheet; write the event_key of one of its rows",
    ),
    "interactions": Target(
        "interactions_sheet",
        "select interaction_id from rows",
        "no interaction {value} in the sheet; write `<event>/<counterpart>`",
    ),
    "organizations": Target(
        "organizations",
        "select code from raw_organizations",
        "organization {value} is not in reference/organizations.csv; {nearest:organization}",
        is_open=True,
    ),
    "nonstate_actors": Target(
        "nonstate_actors",
        "select code from raw_nonstate_actors",
        "actor {value} is not in reference/actors.csv; {nearest:nonstate_actor}",
        is_open=True,
    ),
    "forum_series": Target(
        "forum_series",
        "select series from raw_forum_series",
        "forum series {value} is not in reference/forums.csv; {nearest:series}",
        is_open=True,
    ),
}


OPEN_ACTORS = {"organizations": "organization", "nonstate_actors": "actor"}
"""The tables of counterparts that may be new, and the type of these counterparts."""


def rules_of(sheet: SourceTable) -> Iterator[Check]:
    """Yield the rules of a table that a dataset declares, beside those of cells and of its key."""
    table = sheet.table
    for column in table.columns:
        if dict(column.limits).get("unique"):
            yield repeated(sheet, (column.name,))
    for names in table.unique:
        yield repeated(sheet, names)
    for ours, other, theirs in table.every_reference:
        if other in ACTOR_TABLES:
            yield from _of_actors(sheet, ours, other)
        elif other == "forums":
            yield from _of_sessions(sheet, ours[0])
        elif other in TARGETS:
            yield _of_column(sheet, ours[0], TARGETS[other])
        else:
            yield _of_own(sheet, ours, other, theirs)


def spans_of(claims: Check, sheet: SourceTable) -> Iterator[Check]:
    """Yield the rule on the quotes of claims for a table that quotes source texts too."""
    if sheet.table.by_name.keys() >= set(QUOTE_COLUMNS):
        name = sheet.table.name
        text = claims.text.replace("raw_claims", sheet.raw)
        yield replace(claims, sheet=name, needs=(name, "seeds"), text=text)


def _rule(
    sheet: SourceTable, rule: str, title: str, text: str, needs: Iterable[str], level: str = "error"
) -> Check:
    name = sheet.table.name
    made = of_whole_sheet(sheet, rule, title, f"{text} order by row")
    return replace(made, needs=(name, *needs), level=level)


def _of_column(sheet: SourceTable, column: str, target: Target, value: str = "") -> Check:
    """The rule that the values of a column are among those that there are."""
    cell = value or f"t.{quoted(column)}"
    row, last = ("min(t.rowid) + 1", f"group by {cell}") if target.is_open else ("t.rowid + 1", "")
    text = (
        f'select {row} as row, {literal(column)} as "column", {cell} as value, '
        f"{literal(target.what)} as what from {sheet.raw} as t "
        f"where {cell} is not null and {cell} not in "
        f"(select known from ({target.values}) as k (known) where known is not null) {last}"
    )
    if not target.is_open:
        return _rule(sheet, "reference", f"References to {target.sheet}", text, [target.sheet])
    title = f"Names that {target.sheet} lacks"
    made = _rule(sheet, "open_reference", title, text, [], level="notice")
    return replace(made, uses=(target.sheet,))


def _of_sessions(sheet: SourceTable, column: str) -> Iterator[Check]:
    """The rules that a session is a series and its year, and that the series is known."""
    cell = f"t.{quoted(column)}"
    yield _rule(
        sheet,
        "session",
        "Sessions without a year",
        f'select t.rowid + 1 as row, {literal(column)} as "column", {cell} as value, '
        "'{value} has no year; write `<series> <year>`' as what "
        f"from {sheet.raw} as t where not regexp_matches({cell}, {literal(SESSION)})",
        [],
    )
    series = f"regexp_extract({cell}, '^(.+) [0-9]{{4}}$', 1)"
    filled = f"nullif({series}, '')"
    yield _of_column(sheet, column, TARGETS["forum_series"], filled)


def _of_actors(sheet: SourceTable, ours: tuple[str, ...], other: str) -> Iterator[Check]:
    """The rules that a country, foreign if it is a counterpart, or another actor is known."""
    kind, code = (f"t.{quoted(name)}" for name in ours)
    foreign = f"{code} = h.country or list_contains(h.not_foreign, {code})"
    wrong = f"c.iso3 is null or {foreign}" if other == "counterparts" else "c.iso3 is null"
    yield _rule(
        sheet,
        "actor",
        "Countries that are not known, or not foreign",
        f'select t.rowid + 1 as row, {literal(ours[1])} as "column", {code} as value, '
        "h.country as other, case when c.iso3 is null "
        "then 'unknown country {value}; {nearest:country}' else '{value} is not foreign to "
        "{other}; correct the code, or leave the row out' end as what "
        f"from {sheet.raw} as t cross join home as h left join raw_countries as c "
        f"on c.iso3 = {code} where {kind} = 'country' and {code} is not null and ({wrong})",
        ["countries"],
    )
    for target, its_kind in OPEN_ACTORS.items():
        named = f"case when {kind} = '{its_kind}' then {code} end"
        yield replace(
            _of_column(sheet, ours[1], TARGETS[target], named), reads=frozenset([ours[0]])
        )


def _of_own(
    sheet: SourceTable, ours: tuple[str, ...], other: str, theirs: tuple[str, ...]
) -> Check:
    """The rule that a row of another declared table has the key."""
    filled = " and ".join(f"t.{quoted(name)} is not null" for name in ours)
    same = " and ".join(
        f"o.{quoted(there)} = t.{quoted(here)}" for here, there in zip(ours, theirs, strict=True)
    )
    value = "concat_ws(' + ', " + ", ".join(f"t.{quoted(name)}" for name in ours) + ")"
    text = (
        f'select t.rowid + 1 as row, {literal(ours[0])} as "column", {value} as value, '
        f"'no row {{value}} in {other}; correct it, or add the row there' as what "
        f"from {sheet.raw} as t where {filled} "
        f"and not exists (select 1 from raw_{other} as o where {same})"
    )
    needs = [] if other == sheet.table.name else [other]
    return replace(
        _rule(sheet, "reference", f"References to {other}", text, needs), reads=frozenset(ours)
    )


def named_elsewhere(tables: Mapping[str, Table]) -> str:
    """SQL that returns the kind and name of what declared tables refer to and may be new."""
    parts = []
    for name, table in tables.items():
        for ours, other, _ in table.every_reference:
            columns = [quoted(column) for column in ours]
            if other in {*OPEN_ACTORS, "forum_series", "forums"}:
                parts.append(
                    f"select {literal(other)} as kind, {columns[0]} as name from raw_{name}"
                )
            elif other in ACTOR_TABLES:
                parts += [
                    f"select {literal(target)} as kind, {columns[1]} as name from raw_{name} "
                    f"where {columns[0]} = {literal(its_kind)}"
                    for target, its_kind in OPEN_ACTORS.items()
                ]
    return " union ".join(parts or [ANY_ROW])
