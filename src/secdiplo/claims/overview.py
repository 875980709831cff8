"""What a reader wants to know first: how many published values can be recomputed and match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from secdiplo import query as queries
from secdiplo.claims.filters import pairs
from secdiplo.claims.reproduce import ClaimResult, recipe, select
from secdiplo.claims.status import MARKS, STATUS_MEANINGS, STATUSES, interval, tidy
from secdiplo.errors import UsageError
from secdiplo.output.render import folded
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    from secdiplo.store import Built

DEVIATING = ("contradicted", "exceeded", "differs")
MAX_ROWS = 10  # of a query, shown for one claim


def source_titles(built: Built) -> dict[str, str]:
    """Return the title of each source text; if none is known, what is known of it."""
    built.need(["seeds"])
    sql = "select seed_file, title, publisher, date from seeds"
    return {
        name: _title(title, publisher, date)
        for name, title, publisher, date in built.con.cursor().execute(sql).fetchall()
    }


def _title(title: str | None, publisher: str | None, date: str | None) -> str:
    about = ", ".join(filter(None, [publisher, date]))
    return f"{title or 'A text without a known title'}{f' ({about})' if about else ''}"


def lines(findings: Sequence[ClaimResult], exhaustive: bool = False) -> list[str]:
    """Return the bottom line: how many values can be recomputed, and how many match.

    Parameters
    ----------
    findings : sequence of ClaimResult
    exhaustive : bool
        Whether the dataset claims to contain every interaction in its scope.
    """
    if not findings:
        return ["This dataset has no published values to compare with."]
    texts = len({finding.claim["seed_file"] for finding in findings})
    tested = [finding for finding in findings if finding.status != "not_testable"]
    found = [
        f"{len(tested)} of {len(findings)} published values (in {texts} source "
        f"text{'s' * (texts != 1)}) can be recomputed:"
    ]
    for status in STATUSES:
        if count := sum(finding.status == status for finding in findings):
            meaning = STATUS_MEANINGS[status]
            if exhaustive and status == "contradicted":
                meaning = "the tables claim to be exhaustive and have another value"
            found.append(f"{count:>5} {status:<13} {meaning}")
    if not exhaustive:
        found.append("The data do not claim to be exhaustive, so counts may be lower.")
    if whole := _whole(tested):
        listed = ", ".join(f"{words} {mine} ({theirs})" for words, mine, theirs in whole)
        found.append(f"Totals, with the published value in parentheses: {listed}.")
    return found


def _whole(tested: Sequence[ClaimResult]) -> list[tuple[str, object, object]]:
    """Return the totals of the whole scope: what is counted, the recomputed and published value."""
    totals: dict[str, tuple[object, object]] = {}
    for finding in tested:
        claim = finding.claim
        is_total = finding.query == "dataset_totals" and claim["measure"] in {"count", "distinct"}
        if is_total and claim["relation"] == "exact" and not claim["params"]:
            words = str(claim["column"]).replace("_", " ")
            totals.setdefault(words, (tidy(finding.recomputed), tidy(claim["value"])))
    return [(words, mine, theirs) for words, (mine, theirs) in totals.items()]


def published(claim: Mapping[str, Any]) -> str:
    """Return a published value with the words that bound it."""
    return f"{MARKS.get(claim['relation'], '')}{tidy(claim['value'])}"


def find(findings: Sequence[ClaimResult], claim_id: str) -> ClaimResult:
    """Return the finding on one claim.

    Raises
    ------
    UsageError
        There is no such claim.
    """
    by_id = {finding.claim["claim_id"]: finding for finding in findings}
    if claim_id not in by_id:
        raise UsageError(f"no claim `{claim_id}`; {suggest(claim_id, list(by_id), 'claims')}")
    return by_id[claim_id]


def explained(built: Built, finding: ClaimResult) -> str:
    """Explain one claim: where it was published, what recomputes it, and what would settle it."""
    claim = finding.claim
    title = source_titles(built).get(claim["seed_file"], claim["seed_file"])
    about = {
        "claim": claim["claim_id"],
        "quote": f"“{claim['quote']}”",
        "source text": f"{title}, characters {claim['start']} to {claim['end']}",
        "published": f"{published(claim)} {claim['unit'].replace('_', ' ')}{_admitted(claim)}",
        "recomputed": _recomputed(finding),
        "status": f"{finding.status}: {STATUS_MEANINGS[finding.status]}",
        "would settle it": _settling(finding),
        "interpretations": claim["interpretations"] or "",
        "query": recipe(claim),
        "audit allows": _bounds(finding),
        "notes": "; ".join(filter(None, [finding.note, claim["note"]])),
    }
    room = max(map(len, about)) + 1
    lines = [
        f"{name:<{room}}{folded(text, room, room).lstrip()}" for name, text in about.items() if text
    ]
    return "\n".join(lines)


def _admitted(claim: Mapping[str, Any]) -> str:
    """Return the interval that the words of a claim admit, if it is more than one value."""
    low, high = interval(claim)
    if claim["relation"] == "more_than" or low == high or float("inf") in (high, -low):
        return ""
    return f" ({tidy(low)} to {tidy(high)})"


def _recomputed(finding: ClaimResult) -> str:
    if finding.recomputed is None:
        return "no value"
    away = tidy(finding.recomputed - finding.claim["value"])
    if not away:
        return f"{tidy(finding.recomputed)}"
    far = f"{abs(away)} {'more' if away > 0 else 'less'} than published"
    return f"{tidy(finding.recomputed)}, {far}"


def _bounds(finding: ClaimResult) -> str:
    if finding.lower is None and finding.upper is None:
        return ""
    if finding.lower == finding.upper:
        return f"{tidy(finding.lower)} only"
    upper = "any number" if finding.upper is None else tidy(finding.upper)
    return f"{tidy(finding.lower)} to {upper}"


def _settling(finding: ClaimResult) -> str:
    """Say what evidence would decide a claim that is not reproduced."""
    claim, status = finding.claim, finding.status
    if status == "reproduced":
        return "nothing; the values agree"
    if status == "not_testable":
        return finding.note or "a table that records what the text counts"
    if status == "contradicted":
        return "a correction of the text or of a coded row, not more rows"
    if status == "exceeded":
        return "a comparison of the coded rows with the authors' list"
    if claim["measure"] in {"share", "rank"}:
        return "more attested rows, because each one changes a share or rank"
    if claim["measure"] == "date":
        return f"an attested row of {tidy(claim['value'])}"
    if finding.recomputed is None:
        return "attested rows of the kind that the text counts"
    missing = tidy(interval(claim)[0] - finding.recomputed)
    return f"{missing} more attested {claim['unit'].replace('_', ' ')} of this kind"


def rows_behind(
    built: Built, finding: ClaimResult
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]], int]]:
    """Yield the rows of the queries that a claim is recomputed from.

    Yields
    ------
    (str, tuple of str, list of tuple, int)
        The query with its parameters, the columns, at most `MAX_ROWS` rows, and the number of all.
    """
    claim = finding.claim
    for prefix in ("", "base_"):
        name, params = claim[f"{prefix}query"], claim[f"{prefix}params"] or ""
        if name is None or finding.recomputed is None:
            continue
        result = queries.run(built, name, pairs(params))
        condition = str(claim[f"{prefix}row"] or "").split(" | ")[0]
        chosen = select(result, pairs(condition)) if condition else result.rows
        yield f"{name}({params})", result.columns, chosen[:MAX_ROWS], len(chosen)
