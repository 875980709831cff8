"""Who is a member of a system of states, and when: the spells as rows, and the test in SQL."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from secdiplo import countries
from secdiplo.sql.quoting import literal

Days = tuple[int, datetime.date, datetime.date]  # of a spell: its code, first and last day


def spells(codes: str) -> str:
    """The spells of membership as rows, or none."""
    columns = "t(iso3, code, first_day, last_day, since, until)"
    found: dict[str, list[Days]] = {}
    for iso3, spell in countries.spells():
        if iso3 and spell.system == codes:
            end = spell.end or datetime.date.max
            found.setdefault(iso3, []).append((spell.code, spell.start, end))
    rows = []
    for iso3, mine in found.items():
        for run in _runs(sorted(mine, key=lambda spell: spell[1:])):
            bounds = f"date '{run[0][1]}', date '{max(end for *_, end in run)}'"
            rows += [
                f"({literal(iso3)}, {code}, date '{start}', date '{end}', {bounds})"
                for code, start, end in run
            ]
    if not rows:
        never = "date '9999-12-31', date '0001-01-01'"
        rows = [f"('', 0, {never}, {never})"]
    return f"select * from (values {', '.join(rows)}) as {columns}"


def number_holder(codes: str, country: str) -> str:
    """The country that has the number of a state in a list today: Russia for SUN; in SQL."""
    ended = countries.carried_on(codes) if codes in countries.MEMBERSHIPS else {}
    if not ended:
        return country
    whens = " ".join(f"when {literal(e)} then {literal(iso3)}" for e, iso3 in ended.items())
    return f"case {country} {whens} else {country} end"


def _runs(ordered: Sequence[Days]) -> list[list[Days]]:
    """Spells in the order of their days, those together that follow each other without a gap."""
    runs: list[list[Days]] = []
    for spell in ordered:
        last = max(end for *_, end in runs[-1]) if runs else datetime.date.min
        if runs and (spell[1] - last).days <= 1:
            runs[-1].append(spell)
        else:
            runs.append([spell])
    return runs


def member(first: str, last: str, wholly: bool = True) -> str:
    """Was the country of a contact a member on all days from first to last, or on one, in SQL."""
    days = f"m.since <= {first} and m.until >= {last}"
    if not wholly:
        days = f"m.since <= {last} and m.until >= {first}"
    return f"exists (select 1 from spells as m where m.iso3 = c.country and {days})"
