"""Results of the audit as pandas DataFrames or Arrow tables: the methods of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from secdiplo.query.frames import as_arrow, check_as, label
from secdiplo.schema.plain_values import plain_text

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.query.frames import As
    from secdiplo.store import Built


def reproduce(built: Built, as_: As) -> pd.DataFrame:
    """Return every published value beside the recomputed one: `Dataset.reproduce`."""
    import pandas as pd

    from secdiplo.audit import intervals
    from secdiplo.claims import overview
    from secdiplo.claims import reproduce as claims
    from secdiplo.engine.frames import described

    check_as(as_)
    results = claims.reproduce(built, intervals.stored_or_computed(built))
    frame = pd.DataFrame([f.row() for f in results], columns=list(claims.RESULT_COLUMNS))
    for name in ("published", "recomputed", "lower", "upper", "difference"):
        frame[name] = frame[name].astype("Float64")
    lines = overview.lines(results, bool(built.dataset["exhaustive"]))
    frame = described(
        frame, {"summary": "\n".join(lines), "dataset": label(built), "content": built.content}
    )
    return as_arrow(frame) if as_ == "arrow" else frame


def explain(built: Built, claim_id: str) -> str:
    """Explain one published value: `Dataset.explain`."""
    from secdiplo.audit import intervals
    from secdiplo.claims import overview
    from secdiplo.claims.reproduce import reproduce
    from secdiplo.engine.frames import ShownText

    findings = reproduce(built, intervals.stored_or_computed(built))
    return ShownText(overview.explained(built, overview.find(findings, plain_text(claim_id))))


def audit(built: Built, max_conflicts: int, time_limit: float | None, as_: As) -> pd.DataFrame:
    """Check whether all published values can be true: `Dataset.audit`."""
    import pandas as pd

    from secdiplo.audit import full_audit, messages
    from secdiplo.engine.frames import described

    check_as(as_)
    found = full_audit.audit(built, max_conflicts=max_conflicts, time_limit=time_limit)
    rows = [finding.row() for finding in found.findings]
    frame = pd.DataFrame(rows, columns=list(messages.FINDING_COLUMNS))
    attrs = {
        "summary": found.summary(),
        "feasible": found.feasible,
        "all_conflicts": found.all_conflicts,
        "calls": found.calls,
        "dataset": label(built),
        "content": built.content,
    }
    frame = described(frame, attrs)
    return as_arrow(frame) if as_ == "arrow" else frame


def bounds(
    built: Built,
    unit: str,
    where: Mapping[str, object],
    by: str | Sequence[str],
    as_: As,
    **asked: Any,
) -> pd.DataFrame:
    """Return exact bounds on unpublished counts: `Dataset.bounds`."""
    from secdiplo.audit.bounds import bounds_table
    from secdiplo.engine.frames import described

    check_as(as_)
    dimensions = (by,) if isinstance(by, str) else tuple(by)
    table = bounds_table(built, unit, where, dimensions, **asked)
    about = {"unit": unit, "about": table.about, "dataset": label(built), "content": built.content}
    frame = described(table.frame(), about)
    return as_arrow(frame) if as_ == "arrow" else frame
