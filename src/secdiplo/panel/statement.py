"""One statement that makes a panel, from the tables of a dataset and the lists of members."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from secdiplo import countries
from secdiplo import query as queries
from secdiplo.errors import UsageError
from secdiplo.folder import resources
from secdiplo.panel import measures as measuring
from secdiplo.panel import membership
from secdiplo.panel.leftover import left_out
from secdiplo.panel.measures import Measure
from secdiplo.query import filters
from secdiplo.query.params import Param, bind, in_words
from secdiplo.schema.plain_values import plain_text
from secdiplo.schema.tables import extra_columns
from secdiplo.sql.quoting import bound, literal, quoted
from secdiplo.suggest import hint, suggest

if TYPE_CHECKING:
    from secdiplo.store import Built

PANEL_UNITS = {
    "country": ("country",),
    "dyad": ("home", "agency", "country"),
    "home": ("home",),
    "official": ("official_id",),
    "agency": ("agency",),
}
"""What a row is about: the columns that tell its units apart; a dyad is of sender and receiver."""
FREQUENCIES = {"year": "12 month", "half": "6 month", "quarter": "3 month", "month": "1 month"}
CODE_SYSTEMS = ("iso3", "cow", "gw")
STATES = {
    "observed": "At least one event of the unit is in the period.",
    "zero": "The data cover the period, at least in part, and no event is in it.",
    "outside_coverage": "The period is outside the days of the scope.",
    "not_a_state": "The country was not a member of the state system on any covered day of the "
    "period. This status exists only with the codes cow and gw.",
}
EXISTING = "(u.state_to is null or (u.state_from <= p.day_to and u.state_to >= p.day_from))"
INSIDE = "status in ('observed', 'zero')"
MOST = 50_000_000  # cells

_LABELS = {
    "year": "strftime(period_start, '%Y')",
    "half": "strftime(period_start, '%Y') || "
    "case when extract(month from period_start) < 7 then '-H1' else '-H2' end",
    "quarter": "strftime(period_start, '%Y') || '-Q' || extract(quarter from period_start)",
    "month": "strftime(period_start, '%Y-%m')",
}


@dataclass(frozen=True)
class Panel:
    """A statement and the facts about its rows.

    Attributes
    ----------
    sql : str
    params : dict
    attrs : dict of str to str
        Metadata of the result.
    measures : tuple of Measure
    left_out : list of str
        What is in the scope but in no cell, or in more than one.
    """

    sql: str
    params: dict[str, Any]
    attrs: dict[str, str]
    measures: tuple[Measure, ...]
    left_out: list[str] = field(default_factory=list)

    @property
    def whole(self) -> list[str]:
        """The columns of whole numbers that can be missing."""
        return [
            "imprecise_dates",
            *(m.name for m in self.measures if m.is_whole),
        ]


def prepare(
    built: Built,
    *,
    unit: str = "country",
    freq: str = "year",
    codes: str = "iso3",
    measures: str | Sequence[str] = (),
    start: Any = None,
    end: Any = None,
    given: Mapping[str, Any] | None = None,
) -> Panel:
    """Make the statement of a panel.

    Parameters
    ----------
    built : Built
    unit : {"country", "dyad", "home", "official", "agency"}
    freq : {"year", "half", "quarter", "month"}
    codes : {"iso3", "cow", "gw"}
        Of countries; the last two also say when a country is a member, iso3 does not.
    measures : str or sequence of str
        See `secdiplo.panel.measures.parse`.
    start, end : date or str, optional
        The first and last day of the panel; without them those of coverage. A period that they
        cut is partial and counts only what lies between them.
    given : mapping, optional
        scope, agency, official_rank, official and confidence, as of a query.

    Returns
    -------
    Panel

    Raises
    ------
    UsageError
        An unknown unit, frequency, system, measure, parameter or value.
    """
    _known("unit", unit, PANEL_UNITS)
    _known("freq", freq, FREQUENCIES)
    _known("codes", codes, CODE_SYSTEMS)
    if codes != "iso3" and "country" not in PANEL_UNITS[unit]:
        raise UsageError(f"`codes` is of countries; leave it out of a panel by {unit}")
    query, of_scope = _filtered(built, given or {})
    values = _values(built, of_scope, start, end)
    names = [measures] if isinstance(measures, str) else list(measures)
    parsed = measuring.parse(names, _codes(built), extra_columns(built.dataset))
    sql = filters.with_clauses(_statement(built, query.sql, unit, freq, codes, parsed), values)
    sql = _gathered(built, sql, values)
    _bounded(built, sql, values)
    panel = Panel(sql, bound(sql, values), {}, tuple(parsed))
    steps = _until(sql, "less_precise as (")
    pairs = f"{steps} select count(*) from (select distinct * exclude (period_start) from loose)"
    ((loose,),) = built.con.cursor().execute(pairs, bound(pairs, values)).fetchall()
    panel.attrs["imprecise_dates"] = str(loose)
    lines = left_out(built, sql, values, unit, freq, codes)
    panel.left_out.extend(lines)
    panel.attrs.update(_described(built, panel, values, of_scope, unit, freq, codes))
    return panel


def _filtered(built: Built, given: Mapping[str, Any]) -> tuple[queries.Query, dict[str, Any]]:
    """Return the query of a panel with the filters that are given, and its parameters."""
    text = (resources.sql("panel") / "cells.sql").read_text(encoding="utf-8")
    query = queries.parse("cells", text)
    built.need([*query.tables, "countries", "codes", "officials"])
    values = _of_scope(built, query, given)
    query = query.filtered(values)
    built.need(query.tables)
    return query, values


def _gathered(built: Built, sql: str, values: Mapping[str, Any]) -> str:
    """The statement over a table of its contacts.

    A panel asks for them half a dozen times, which costs more than to keep them once.
    """
    steps = _until(sql, "contacts as not materialized (")
    asked = bound(steps, values)
    name = "contacts_" + hashlib.sha256(f"{steps} {asked}".encode()).hexdigest()[:16]
    with built.connection.lock:
        built.con.execute(
            f"create table if not exists {name} as {steps} select * from placed", asked
        )
    spells = sql[sql.index("spells as (") : sql.index("placed as (")]
    return f"with {spells}placed as (from {name}), {sql[len(steps) :].lstrip(' ,')}"


def _of_scope(built: Built, query: queries.Query, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the scope, whose window is not that of the panel."""
    scope = given.get("scope")
    if isinstance(scope, str) and scope.strip().lower() in {
        "none",
        "null",
    }:  # elsewhere a word for a blank
        listed = "select distinct scope from scopes order by scope"
        scopes = [name for (name,) in built.con.cursor().execute(listed).fetchall()]
        raise UsageError(f"no scope `{scope}`: a panel has one; {suggest(scope, scopes)}")
    own = [param for param in query.accepted if param.name not in {"start", "end"}]
    values = bind("panel", own, given, built.dataset)
    queries.check_values(built, values, given.keys() & {param.name for param in query.params})
    return filters.checked(built, values, query.filters) | {"start": None, "end": None}


def _values(built: Built, values: Mapping[str, Any], start: Any, end: Any) -> dict[str, Any]:
    """Return the value of every parameter, with the days of coverage and of the panel."""
    first, last = _coverage(built, values["scope"])
    params = [Param(name, "date", "null", (), "") for name in ("start", "end")]
    asked = bind("panel", params, {"start": start, "end": end}, {})
    days = {
        "first": first,
        "last": last,
        "from": asked["start"] or first,
        "to": asked["end"] or last,
    }
    if days["from"] > days["to"]:
        what = f"`start`, {days['from']}, is after `end`, {days['to']}"
        raise UsageError(f"{what}; swap them, or name both: coverage is {first} to {last}")
    return {**values, **{name: datetime.date.fromisoformat(day) for name, day in days.items()}}


def _known(name: str, value: Any, known: Any) -> None:
    if plain_text(value) not in known:
        near = hint(str(value), known)
        what = f"`{name}` is one of {', '.join(known)}, not `{value}`"
        raise UsageError("; ".join(filter(None, [what, near])))


def _codes(built: Built) -> dict[str, list[str]]:
    sql = (
        "select list, code from codes where list in ('format', 'official_rank', 'agency') "
        "order by position"
    )
    found: dict[str, list[str]] = {}
    for name, code in built.con.cursor().execute(sql).fetchall():
        found.setdefault(name, []).append(code)
    return found


def _until(sql: str, step: str) -> str:
    """The steps of the statement up to one of them."""
    return sql[: sql.index(step)].rstrip().rstrip(",")


def _coverage(built: Built, scope: str) -> tuple[str, str]:
    """The first and last day of the scope; where it has none, of the events in it.

    Filters do not change it: that a country was not met on the last days is a zero.
    """
    query, values = _filtered(built, {"scope": scope})
    steps = _until(query.sql, "raw_contacts as (")

    def one(select: str) -> tuple[Any, Any]:
        sql = f"{steps} {select}"
        ((low, high),) = built.con.cursor().execute(sql, bound(sql, values)).fetchall()
        return low, high

    first, last = one("select first_day, last_day from scope_window")
    if first is None or last is None:
        earliest, latest = one("select min(date_min), max(latest_start) from scoped")
        first, last = first or earliest, last or latest
    if first is None or last is None:
        what = "the scope has no days and no events; name one that has, or add events"
        raise UsageError(what)
    return first.isoformat(), last.isoformat()


def _floor(day: str, freq: str) -> str:
    """The first day of the period in which a day lies, in SQL."""
    if freq == "half":
        return (
            f"make_date(extract(year from {day}), "
            f"case when extract(month from {day}) < 7 then 1 else 7 end, 1)"
        )
    return f"cast(date_trunc('{freq}', {day}) as date)"


def _statement(
    built: Built, sql: str, unit: str, freq: str, codes: str, parsed: Sequence[Measure]
) -> str:
    """The statement with every name in braces filled in."""
    keys = PANEL_UNITS[unit]
    single = measuring.has_single_rows(parsed, keys)
    ended = "country" in keys and _meets_ended(built, codes)
    single = single and not ended  # two states of one number can be in one event
    inside_state = codes == "iso3" or "country" not in keys
    fills = {
        **_contacts(
            keys, membership.number_holder(codes, "s.counterpart") if ended else "", parsed, single
        ),
        "keys": ", ".join(keys),
        "keys_of_units": ", ".join(f"u.{key}" for key in keys),
        "period_of_date_min": _floor("c.date_min", freq),
        "period_of_latest_start": _floor("c.latest_start", freq),
        "period_of_from": _floor("cast($from as date)", freq),
        "step": f"interval {FREQUENCIES[freq]}",
        "units": _units(built, unit, codes),
        "existing": EXISTING if "country" in keys else "true",
        "spells": membership.spells(codes),
        "member_throughout": "true"
        if inside_state
        else membership.member("c.date_min", "c.latest_start"),
        "member_at_all": "true"
        if inside_state
        else membership.member(
            "greatest(c.date_min, $first, $from)", "least(c.latest_start, $last, $to)", wholly=False
        ),
        "member_then": "true"
        if inside_state
        else membership.member(
            "greatest(c.date_min, p.day_from)", "least(c.latest_start, p.day_to)", wholly=False
        ),
        "not_a_state": "false" if inside_state else "m.iso3 is null",
        "partly": "cut" if inside_state else "cut or not throughout",
        "same_m": "m.iso3 = u.country" if "country" in keys else "m.iso3 = ''",
        "shown": _shown(built, unit, codes),
        "label": _LABELS[freq],
        "inside": INSIDE,
        "order": ", ".join(keys),
        "counts": "",
        "columns": measuring.columns(parsed),
        "measures": measuring.shown(parsed, INSIDE),
    }
    for alias in "nca":
        fills[f"same_{alias}"] = " and ".join(f"{alias}.{key} = u.{key}" for key in keys)
    head, _, rest = sql.partition("{counts}")  # of the periods first, then of all so far
    sql = head + measuring.counts(parsed, False, single) + rest.replace(
        "{counts}", measuring.counts(parsed, True, single)
    )  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda found: fills[found[1]], sql)


def _contacts(
    keys: Sequence[str], holder: str, parsed: Sequence[Measure], single: bool
) -> dict[str, str]:
    """The columns of the contacts, in SQL."""
    sources = {
        "home": "s.home",
        "agency": "s.agency",
        "official_id": "s.official_id",
        "country": holder or "s.counterpart",
    }
    details = measuring.details(parsed, single)
    if "country" in keys:
        kept = "s.counterpart_type = 'country'"
    else:
        kept = " and ".join(f"{sources[key]} is not null" for key in keys)
    return {
        "keys_of_contacts": ", ".join(f"{sources[key]} as {key}" for key in keys),
        "kept": kept,
        "details": "".join(f",\n        {column} as {name}" for name, column in details.items()),
        **_values_of(parsed),
    }


def _meets_ended(built: Built, codes: str) -> bool:
    """Return whether a counterpart is an ended state whose number another country has today."""
    ended = countries.carried_on(codes) if codes in countries.MEMBERSHIPS else {}
    listed = ", ".join(map(literal, ended)) or "null"
    sql = f"select count(*) > 0 from interactions where counterpart in ({listed})"
    ((found,),) = built.con.cursor().execute(sql).fetchall()
    return bool(found)


def _homes(built: Built) -> list[str]:
    """The home countries of the events."""
    sql = "select distinct home from events"
    return sorted(home for (home,) in built.con.cursor().execute(sql).fetchall())


def _foreign(built: Built, home: str) -> str:
    """Which countries of `k` a home country can meet, in SQL: not itself, nor its parts."""
    own, parts = str(built.dataset["home"]), built.dataset["not_foreign"]
    at_home = f"k.iso3 = {home}"
    if parts:
        listed = ", ".join(map(literal, parts))
        at_home += f" or ({home} = {literal(own)} and k.iso3 in ({listed}))"
    return f"not ({at_home})"


def _values_of(parsed: Sequence[Measure]) -> dict[str, str]:
    """The extra columns that are measured, and the table that they are read from, in SQL."""
    columns = {measure.column.name: measure.column for measure in parsed if measure.column}
    values = (
        f",\n        any_value(x.{quoted(name)}) as {measuring.value_name(column)}"
        for name, column in columns.items()
    )
    joined = "inner join participations as x on x.participation_id = s.participation_id"
    return {"values": "".join(values), "valued": joined if columns else ""}


def _if_given(name: str, column: str, unless: str = "") -> str:
    """Return the mark of a condition that counts only if its filter has a value, in SQL."""
    return f"\n    -- filter {name}: ({unless}list_contains(${name}, {column}))"


def _units(built: Built, unit: str, codes: str) -> str:
    """The units of the panel, one SELECT; those of a scope, whether they met anybody or not."""
    agencies = (
        "select distinct c.code as agency from codes as c inner join scopes as s "
        "on s.scope = $scope and (s.agency is null or s.agency = c.code) "
        f"where c.list = 'agency'{_if_given('agency', 'c.code')}"
        f"{_if_given('official_rank', 's.official_rank', 's.official_rank is null or ')}\n"
    )
    members = "" if codes == "iso3" else " and k.iso3 in (select iso3 from spells)"
    former = ", ".join(map(literal, countries.renamed()))  # not the same state twice
    met = "k.iso3 in (select country from contacts)"
    abroad = (
        "select k.iso3 as country, k.name, k.cow, k.gw, k.state_from, k.state_to "
        f"from countries as k where {{foreign}}{members} "
        f"and (k.iso3 not in ({former}) or {met}){_if_given('country', 'k.iso3', met + ' or ')}"
        f"\n    -- filter region: ({met} or k.iso3 in (select g.iso3 from country_regions as g "
        "where g.scheme = $scheme and list_contains($region, g.region)))\n"
    )
    senders = f"select distinct e.home from events as e where true{_if_given('home', 'e.home')}\n"
    if unit == "country":
        homes = _homes(built) or [str(built.dataset["home"])]
        only = _foreign(built, literal(homes[0])) if len(homes) == 1 else "true"
        return abroad.format(foreign=only)
    if unit == "agency":
        return agencies
    if unit == "home":
        return senders
    if unit == "dyad":
        receivers = abroad.format(foreign=_foreign(built, "h.home"))
        return (
            f"select * from ({senders}) as h cross join ({agencies}) as a "
            f"cross join lateral ({receivers}) as r"
        )
    return (
        "select o.official_id, any_value(o.official) as official from officials as o "
        "inner join scopes as s on s.scope = $scope "
        "and (s.agency is null or s.agency = o.agency) "
        "and (s.official_rank is null or s.official_rank = o.official_rank) "
        f"where true{_if_given('agency', 'o.agency')}"
        f"{_if_given('official_rank', 'o.official_rank')}"
        f"{_if_given('official', 'o.official')}\ngroup by o.official_id"
    )


def _shown(built: Built, unit: str, codes: str) -> str:
    """The columns that name a unit."""
    code = f"cast(coalesce(member_code, {codes}) as integer) as {codes}"
    receiver = ["country", *([code] if codes != "iso3" else []), "name"]
    if unit == "country":
        return ", ".join(receiver)
    if unit == "dyad":
        sender = ["home", "agency"]
        if codes != "iso3":
            sender.insert(1, f"{_home_codes(built, codes)} as home_{codes}")
        return ", ".join([*sender, *receiver])
    return "official_id, official" if unit == "official" else unit


def _home_codes(built: Built, codes: str) -> str:
    """The code of each home country in another system, in SQL."""
    known = countries.countries()
    found = {home: known[home].code(codes) for home in _homes(built) if home in known}
    whens = [
        f"when {literal(home)} then {code}" for home, code in found.items() if code is not None
    ]
    return f"cast(case home {' '.join(whens)} end as integer)" if whens else "cast(null as integer)"


def _bounded(built: Built, sql: str, values: Mapping[str, Any]) -> None:
    """Refuse a panel that nobody could hold."""
    head = _until(sql, "-- What falls into a period as a whole.")
    counting = f"{head} select (select count(*) from periods) * (select count(*) from units)"
    ((cells,),) = built.con.cursor().execute(counting, bound(counting, values)).fetchall()
    if not cells:
        if not any(values.get(name) for name in ("agency", "official_rank", "official")):
            raise UsageError("no event in the scope names an official; choose another unit")
        raise UsageError("nobody in the scope is of this agency, rank and name; leave one out")
    if cells > MOST:
        raise UsageError(f"{cells:,} cells are more than {MOST:,}; name a later `start`, an "
                         "earlier `end` or longer periods")  # fmt: skip


def _described(
    built: Built,
    panel: Panel,
    values: Mapping[str, Any],
    of_scope: Mapping[str, Any],
    unit: str,
    freq: str,
    codes: str,
) -> dict[str, str]:
    """The metadata of the result: what is counted, over what, and what stands in no cell."""
    dataset = built.dataset
    zeros = "a zero says that none is on record, not that none was held"
    attrs = {
        "panel": f"{unit} by {freq}",
        "grain": f"One row per {unit} in one {freq}.",
        "unit": ", ".join(f"{m.name}: {m.unit}" for m in panel.measures if m.unit),
        "codes": codes,
        "coverage": f"{values['first']}..{values['last']}",
        "scope": in_words(of_scope),
        "dataset": f"{dataset['name']} {dataset['version']}",
        "status": f"counted over {queries.basis(built)}; "
        + ("the dataset claims to be exhaustive" if dataset["exhaustive"] else zeros),
        "left_out": "; ".join(panel.left_out),
    }
    if unit == "official":
        attrs["tenures"] = _tenures(built)
    if "country" in PANEL_UNITS[unit] and codes == "iso3":
        attrs["membership"] = (
            "iso3 has no list of members: a country has counts, zeros too, in periods in which it "
            "was no state; use cow or gw for merging with panels of states; ended states have "
            "cells in their days only"
        )
    elif codes != "iso3" and values["to"] > countries.LAST_DAY[codes]:
        last = countries.LAST_DAY[codes]
        attrs["membership"] = f"{codes} is listed to {last}; members then are taken to stay"
    return attrs


def _tenures(built: Built) -> str:
    """What a cell says of an official's office: nothing."""
    sql = "select count(*), count(coalesce(tenure_start, tenure_end)) from officials"
    ((rows, known),) = built.con.cursor().execute(sql).fetchall()
    said = f"recorded for {known} of {rows} officials and ranks" if known else "not recorded"
    return f"tenures are {said} and not applied: a zero is no evidence of office"
