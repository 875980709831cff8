"""Published figures beside recomputed ones, each with a status that the numbers decide.

Statuses: ``reproduced`` (the tables give the figure), ``consistent`` (fewer are attested than
published), ``exceeded`` (more are attested: a coding difference to explain), ``differs`` (a share
or rank that comes out otherwise), ``contradicted`` (no added row could mend it; on tables that
are complete, any mismatch), ``not_testable`` (with the reason).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from secdiplo import queries
from secdiplo.errors import UsageError

if TYPE_CHECKING:
    from secdiplo.store import Built

STATUSES = ("reproduced", "consistent", "exceeded", "differs", "contradicted", "not_testable")
COLUMNS = (
    "claim_id",
    "section",
    "anchor",
    "published",
    "relation",
    "unit",
    "found",
    "difference",
    "status",
    "query",
    "note",
    "recipe",
)
FILTERS = (
    "agency",
    "official",
    "rank",
    "format",
    "counterpart_type",
    "region",
    "counterpart",
    "forum",
)
PARTIAL = {"gsi_support", "forum_participants"}  # never complete, whatever the sheet of events


@dataclass(frozen=True)
class Finding:
    """One claim, what the tables give for it, and what follows.

    Attributes
    ----------
    claim : dict
        The row of the table `claims`.
    found : float or None
        The recomputed value in the claim's unit; None where nothing was.
    status : str
        One of `STATUSES`.
    query : str
        The query that recomputes it, blank if none does.
    note : str
        The reason of ``not_testable``, other readings, and flags.
    """

    claim: Mapping[str, Any]
    found: float | None
    status: str
    query: str
    note: str = ""

    def row(self) -> tuple[Any, ...]:
        """The cells of `COLUMNS`."""
        value = self.claim["value"]
        difference = None if self.found is None else round(self.found - value, 2)
        return (
            self.claim["claim_id"],
            self.claim["section"],
            self.claim["anchor"],
            tidy(value),
            self.claim["relation"],
            self.claim["unit"],
            tidy(self.found),
            tidy(difference),
            self.status,
            self.query or None,
            self.note or None,
            recipe(self.claim) or None,
        )


def recipe(claim: Mapping[str, Any]) -> str:
    """How a claim is recomputed, whole: query(parameters)[rows].column, and its base."""

    def cell(prefix: str) -> str:
        query, column = claim[f"{prefix}query"], claim[f"{prefix}column"]
        params = claim[f"{prefix}params"] or ""
        rows = f"[{claim[f'{prefix}row']}]" if claim[f"{prefix}row"] else ""
        return f"{query}({params}){rows}.{column}"

    if claim["query"] is None:
        return ""
    return cell("") if claim["base_query"] is None else f"100 x {cell('')} / {cell('base_')}"


def tidy(value: float | None) -> float | int | None:
    """A whole number as an integer."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else round(value, 2)


def reproduce(built: Built) -> list[Finding]:
    """Recompute every claim on open tables.

    Parameters
    ----------
    built : Built

    Returns
    -------
    list of Finding
        In the order of the paper, then of the other texts.

    Notes
    -----
    A count may be lower on tables that do not claim to be complete; a year may be later, since
    an earlier row may be missing, but never earlier than the figure.
    """
    built.need(["claims"])
    cursor = built.con.execute("select * from claims order by seed_file desc, start, claim_id")
    names = [column[0] for column in cursor.description or ()]
    claims = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    cache: dict[tuple[str, str], queries.Result] = {}
    findings = [_finding(built, claim, cache) for claim in claims]
    return _flagged(findings)


def _finding(
    built: Built, claim: Mapping[str, Any], cache: dict[tuple[str, str], queries.Result]
) -> Finding:
    query = claim["query"]
    if query is None:
        return Finding(claim, None, "not_testable", "", claim["not_testable"] or "")
    try:
        tables = set(queries.load(query).tables)
        lacking = _lacking(built, tables)
        if lacking:
            return Finding(claim, None, "not_testable", query, lacking)
        values = [
            _value(built, claim, column, cache) for column in str(claim["column"]).split(" | ")
        ]
    except UsageError as error:
        return Finding(claim, None, "not_testable", query, str(error))
    complete = bool(built.dataset["complete"]) and not tables & PARTIAL
    verdict = status(claim, values[0], complete)
    nothing = "nothing is attested" if verdict == "consistent" and not values[0] else ""
    note = "; ".join(filter(None, [nothing, _other_readings(claim, values)]))
    return Finding(claim, values[0], verdict, query, note)


def _lacking(built: Built, tables: set[str]) -> str:
    """Which sheets a query needs that the dataset folder does not have."""
    missing = sorted((tables & PARTIAL) - set(built.dataset["sheets"]))
    if not missing:
        return ""
    files = ", ".join(f"curated/{name}.csv" for name in missing)
    return f"The dataset has no {files}."


def _value(
    built: Built,
    claim: Mapping[str, Any],
    column: str,
    cache: dict[tuple[str, str], queries.Result],
) -> float | None:
    value = _cell(built, claim, "", column, cache)
    if claim["base_query"] is None:
        return value
    base = _cell(built, claim, "base_", claim["base_column"], cache)
    return round(100 * value / base, 2) if value is not None and base else None


def _cell(
    built: Built,
    claim: Mapping[str, Any],
    prefix: str,
    column: str,
    cache: dict[tuple[str, str], queries.Result],
) -> float | None:
    query, params = claim[f"{prefix}query"], claim[f"{prefix}params"] or ""
    result = cache.get((query, params))
    if result is None:
        result = queries.run(built, query, pairs(params))
        cache[query, params] = result
    rows = select(result, pairs(claim[f"{prefix}row"] or ""))
    if column == "#rows":
        return len(rows)
    if column not in result.columns:
        raise UsageError(f"query `{query}` has no column `{column}`")
    cells = [row[result.columns.index(column)] for row in rows]
    if claim["measure"] in {"rank", "date"} or (claim["measure"] == "share" and not prefix):
        single = claim["base_query"] is None
        if single:
            return None if not cells or cells[0] is None else float(cells[0])
    return float(sum(cell for cell in cells if cell is not None))


def pairs(text: str) -> dict[str, str]:
    """``name=value; other=value`` as a mapping."""
    found = {}
    for item in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"`{item}` is not of the form name=value")
        found[name.strip()] = value.strip()
    return found


def select(result: queries.Result, conditions: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """The rows whose columns have the values asked for; commas separate alternatives."""
    for name in conditions:
        if name not in result.columns:
            raise UsageError(f"query `{result.query.name}` has no column `{name}`")
    places = [(result.columns.index(name), value) for name, value in conditions.items()]
    return [
        row
        for row in result.rows
        if all(str(row[p]) == value or str(row[p]) in value.split(",") for p, value in places)
    ]


# --- statuses -------------------------------------------------------------------------------


def status(claim: Mapping[str, Any], found: float | None, complete: bool) -> str:
    """What a recomputed value says of a published one.

    Parameters
    ----------
    claim : mapping
        value, low, high, relation and measure.
    found : float or None
        The recomputed value.
    complete : bool
        Whether the tables claim to hold every row in their scope.

    Returns
    -------
    str
        One of `STATUSES`, never ``not_testable``.
    """
    value, measure, relation = claim["value"], claim["measure"], claim["relation"]
    if measure == "date":
        if found is None or found > value:
            return "contradicted" if complete and found is not None else "consistent"
        return "reproduced" if found == value else "contradicted"
    low, high = _interval(claim)
    if found is not None and low <= found <= high and (relation != "more_than" or found > value):
        return "consistent" if relation == "at_most" and found < value else "reproduced"
    if complete:
        return "contradicted"
    if measure in {"share", "rank"}:
        return "differs"
    return "exceeded" if found is not None and found > high else "consistent"


def _interval(claim: Mapping[str, Any]) -> tuple[float, float]:
    """The values that the words of a claim admit."""
    value, relation = claim["value"], claim["relation"]
    if relation in {"at_least", "more_than"}:
        return value, float("inf")
    if relation == "at_most":
        return float("-inf"), value
    low = value if claim["low"] is None else claim["low"]
    high = value if claim["high"] is None else claim["high"]
    if relation == "approx" and claim["low"] is None:
        low, high = 0.9 * value, 1.1 * value  # "about": a tenth, where the text bounds nothing
    return low, high


def _other_readings(claim: Mapping[str, Any], values: Sequence[float | None]) -> str:
    readings = claim["readings"]
    if not readings or len(values) < 2:
        return ""
    options = [option.strip() for option in readings.partition(":")[2].split("|")]
    others = [
        f"read as `{option}`: {tidy(value)}"
        for option, value in zip(options[1:], values[1:], strict=False)
        if value != values[0]
    ]
    return "; ".join(others)


# --- composition ----------------------------------------------------------------------------


def _flagged(findings: Sequence[Finding]) -> list[Finding]:
    """Say of a claim which narrower ones are exceeded: equal numbers, but not the same rows."""
    exceeded = [finding for finding in findings if finding.status == "exceeded"]
    out = []
    for finding in findings:
        inside = [
            other.claim["claim_id"]
            for other in exceeded
            if finding.status in {"reproduced", "consistent"}
            and narrower(other.claim, finding.claim)
        ]
        if inside:
            flag = f"composition_differs: {', '.join(sorted(inside))} exceeded"
            out.append(replace(finding, note="; ".join(filter(None, [finding.note, flag]))))
        else:
            out.append(finding)
    return out


def narrower(inner: Mapping[str, Any], outer: Mapping[str, Any]) -> bool:
    """Whether one claim of the dataset counts a part of what another counts."""
    if inner["claim_id"] == outer["claim_id"] or inner["unit"] != outer["unit"]:
        return False
    if {inner["measure"], outer["measure"]} - {"count", "distinct"}:
        return False
    if inner["scope"] != "dataset" or outer["scope"] != "dataset":
        return False
    if not _within(inner["period"], outer["period"]):
        return False
    return all(
        outer[name] is None
        or (inner[name] is not None and _items(inner[name]) <= _items(outer[name]))
        for name in FILTERS
    ) and any(inner[name] != outer[name] for name in (*FILTERS, "period"))


def _items(text: str) -> set[str]:
    return set(re.split(r"\s*[;+]\s*", text))


def _within(inner: str | None, outer: str | None) -> bool:
    if outer is None:
        return True
    if inner is None:
        return False
    (a, b), (c, d) = _edges(inner), _edges(outer)
    return c <= a and b <= d


def _edges(period: str) -> tuple[str, str]:
    """The first and last day of a period as text that sorts by time."""
    start, _, end = period.partition("..")
    return start.ljust(10, "0"), (end or start).ljust(10, "9")


def summary(findings: Sequence[Finding]) -> str:
    """One line: how many claims stand in which status."""
    if not findings:
        return "no published figures in this dataset: it has no annotations"
    counts = [(name, sum(f.status == name for f in findings)) for name in STATUSES]
    listed = ", ".join(f"{count} {name}" for name, count in counts if count)
    return f"{len(findings)} claims: {listed}"
