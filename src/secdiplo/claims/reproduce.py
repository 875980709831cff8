"""Recompute every claim on open tables and compare it with the published value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from secdiplo import query as queries
from secdiplo.claims.filters import pairs
from secdiplo.claims.model import FILTERS
from secdiplo.claims.status import STATUSES, status, tidy
from secdiplo.errors import UsageError

if TYPE_CHECKING:
    from secdiplo.store import Built

RESULT_COLUMNS = (
    "claim_id",
    "section",
    "quote",
    "published",
    "relation",
    "unit",
    "recomputed",
    "difference",
    "status",
    "query",
    "lower",
    "upper",
    "note",
    "recipe",
)

Intervals = Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True)
class ClaimResult:
    """One claim, what the tables give for it, and what follows.

    Attributes
    ----------
    claim : dict
        The row of the table `claims`.
    recomputed : float or None
        The recomputed value in the claim's unit; None where nothing was.
    status : str
        One of `STATUSES`.
    query : str
        The query that recomputes it, blank if none does.
    note : str
        The reason of ``not_testable``, other interpretations, and flags.
    lower, upper : float or None
        The minimum and maximum that all published values together admit; None if the claim is no
        constraint on events and interactions, or if nothing bounds it.
    """

    claim: Mapping[str, Any]
    recomputed: float | None
    status: str
    query: str
    note: str = ""
    lower: float | None = None
    upper: float | None = None

    def row(self) -> tuple[Any, ...]:
        """The cells of `RESULT_COLUMNS`."""
        value = self.claim["value"]
        difference = None if self.recomputed is None else round(self.recomputed - value, 2)
        return (
            self.claim["claim_id"],
            self.claim["section"],
            self.claim["quote"],
            tidy(value),
            self.claim["relation"],
            self.claim["unit"],
            tidy(self.recomputed),
            tidy(difference),
            self.status,
            self.query or None,
            tidy(self.lower),
            tidy(self.upper),
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


def claim_rows(built: Built) -> list[dict[str, Any]]:
    """The table ``claims``, in the order of the paper, then of the other texts."""
    built.need(["claims"])
    cursor = built.con.cursor().execute(
        "select * from claims order by seed_file desc, start, claim_id"
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def reproduce(
    built: Built, intervals: Intervals | None = None, only: Set[str] | None = None
) -> list[ClaimResult]:
    """Recompute every claim on open tables.

    Parameters
    ----------
    built : Built
    intervals : mapping of str to (float or None, float or None), optional
        What all published values together admit for each claim, from `secdiplo.audit`.
    only : set of str, optional
        The claims to recompute; all by default.

    Returns
    -------
    list of ClaimResult
        In the order of the paper, then of the other texts.

    Notes
    -----
    A count may be lower on tables that do not claim to be complete. A year may be later, since
    an earlier row may be missing, but never earlier than the published one. Of several
    interpretations the first one that the tables reproduce is used, else the first.
    """
    cache: dict[tuple[str, str], queries.Result] = {}
    findings = []
    synthetic = queries.is_synthetic(built)  # no claim is about such rows
    for claim in claim_rows(built):
        if only is not None and claim["claim_id"] not in only:
            continue
        lower, upper = (intervals or {}).get(claim["claim_id"], (None, None))
        finding = _finding(built, claim, cache, synthetic)
        findings.append(replace(finding, lower=lower, upper=upper))
    return _flagged(findings)


def _finding(
    built: Built,
    claim: Mapping[str, Any],
    cache: dict[tuple[str, str], queries.Result],
    synthetic: bool,
) -> ClaimResult:
    query = claim["query"]
    if query is None:
        return ClaimResult(claim, None, "not_testable", "", claim["not_testable"] or "")
    if synthetic:
        return ClaimResult(claim, None, "not_testable", query, "The rows are synthetic.")
    try:
        if query not in queries.names(built.dataset):
            lacking = f"The dataset has no query `{query}`."
            return ClaimResult(claim, None, "not_testable", query, lacking)
        own = {body["name"] for body in built.dataset["tables"]}
        values = [_value(built, claim, *cells, cache) for cells in _cells(claim)]
    except UsageError as error:
        return ClaimResult(claim, None, "not_testable", query, str(error))
    # That the coding sheet is exhaustive says nothing of the tables that a dataset adds.
    rests_on_own = own & set(queries.load(query, built.dataset).tables)
    complete = bool(built.dataset["exhaustive"]) and not rests_on_own
    verdicts = [status(claim, value, complete) for value in values]
    taken = verdicts.index("reproduced") if "reproduced" in verdicts else 0
    verdict, value = verdicts[taken], values[taken]
    nothing = "nothing is attested" if verdict == "consistent" and not value else ""
    note = "; ".join(filter(None, [nothing, _other_readings(claim, values, taken)]))
    return ClaimResult(claim, value, verdict, query, note)


def _cells(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rows and the column that recompute a claim, in each way to read it.

    Of ``row`` and ``column`` each has one for all ways, or one for every way.
    """
    columns = str(claim["column"]).split(" | ")
    conditions = str(claim["row"] or "").split(" | ")
    count = max(len(columns), len(conditions))
    if {len(columns), len(conditions)} - {1, count}:
        raise UsageError(
            "`row` and `column` differ in the number of interpretations; write one each"
        )
    return list(
        zip(conditions * (count // len(conditions)), columns * (count // len(columns)), strict=True)
    )


def _value(
    built: Built,
    claim: Mapping[str, Any],
    row: str,
    column: str,
    cache: dict[tuple[str, str], queries.Result],
) -> float | None:
    value = _cell(built, claim, "", row, column, cache)
    if claim["base_query"] is None:
        return value
    base = _cell(built, claim, "base_", claim["base_row"] or "", claim["base_column"], cache)
    return round(100 * value / base, 2) if value is not None and base else None


def _cell(
    built: Built,
    claim: Mapping[str, Any],
    prefix: str,
    row: str,
    column: str,
    cache: dict[tuple[str, str], queries.Result],
) -> float | None:
    query, params = claim[f"{prefix}query"], claim[f"{prefix}params"] or ""
    result = cache.get((query, params))
    if result is None:
        result = queries.run(built, query, pairs(params))
        cache[query, params] = result
    chosen = select(result, pairs(row))
    if column == "#rows":
        return len(chosen)
    if column not in result.columns:
        raise UsageError(f"query `{query}` has no column `{column}`")
    cells = [found[result.columns.index(column)] for found in chosen]
    if claim["measure"] in {"rank", "date"} or (claim["measure"] == "share" and not prefix):
        single = claim["base_query"] is None
        if single:
            return None if not cells or cells[0] is None else float(cells[0])
    return float(sum(cell for cell in cells if cell is not None))


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


def _other_readings(claim: Mapping[str, Any], values: Sequence[float | None], taken: int) -> str:
    """What other ways to read a claim give, and which way was taken unless it is the first."""
    if len(values) < 2:
        return ""
    # Without interpretations of its own, a claim differs in the conditions on the counted rows.
    ways = (claim["interpretations"] or "").partition(":")[2] or claim["row"] or ""
    options = [option.strip() for option in ways.split("|")]
    others = [
        f"read as `{option}`: {tidy(value)}"
        for place, (option, value) in enumerate(zip(options, values, strict=False))
        if place != taken and value != values[taken]
    ]
    chosen = [f"taken as `{options[taken]}`"] if taken else []
    return "; ".join([*chosen, *others])


# --- composition ----------------------------------------------------------------------------


def _flagged(findings: Sequence[ClaimResult]) -> list[ClaimResult]:
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


def summary(findings: Sequence[ClaimResult]) -> str:
    """Return the number of claims of each status, in one line."""
    if not findings:
        return "no published values in this dataset: it has no annotations"
    counts = [(name, sum(f.status == name for f in findings)) for name in STATUSES]
    listed = ", ".join(f"{count} {name}" for name, count in counts if count)
    return f"{len(findings)} claims: {listed}"
