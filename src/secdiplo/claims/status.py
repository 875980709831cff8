"""The status of a claim: a recomputed value compared with the published one.

On exhaustive tables, any mismatch is ``contradicted``; a claim that is ``not_testable`` has a note
with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATUS_MEANINGS = {
    "reproduced": "the recomputed value equals the published one",
    "consistent": "lower than published, as incomplete coding can explain",
    "exceeded": "higher than published",
    "differs": "a share or rank has another value",
    "contradicted": "no additional data could resolve the difference",
    "not_testable": "the tables do not record what the text counts",
}
STATUSES = tuple(STATUS_MEANINGS)
MARKS = {
    "at_least": ">= ",
    "more_than": "> ",
    "at_most": "<= ",
    "approx": "about ",
    "approx_below": "almost ",
}


def status(claim: Mapping[str, Any], recomputed: float | None, complete: bool) -> str:
    """Compare a recomputed value with a published one.

    Parameters
    ----------
    claim : mapping
        value, low, high, relation and measure.
    recomputed : float or None
    complete : bool
        Whether the tables claim to contain every row in their scope.

    Returns
    -------
    str
        One of `STATUSES`, never ``not_testable``.
    """
    value, measure, relation = claim["value"], claim["measure"], claim["relation"]
    if measure == "date":
        if recomputed is None or recomputed > value:
            return "contradicted" if complete and recomputed is not None else "consistent"
        return "reproduced" if recomputed == value else "contradicted"
    low, high = interval(claim)
    inside = recomputed is not None and low <= recomputed <= high
    if recomputed is not None and inside and (relation != "more_than" or recomputed > value):
        return "consistent" if relation == "at_most" and recomputed < value else "reproduced"
    if complete:
        return "contradicted"
    if measure in {"share", "rank"}:
        return "differs"
    return "exceeded" if recomputed is not None and recomputed > high else "consistent"


def interval(claim: Mapping[str, Any]) -> tuple[float, float]:
    """Return the minimum and maximum that the words of a claim admit.

    ``more_than`` excludes its lower end. Without ``low`` or ``high`` in the sheet, "about" is a
    tenth more or less, "almost" is up to a tenth less, and a rounded value is within half a unit
    of its last printed digit.
    """
    value, relation = claim["value"], claim["relation"]
    if relation in {"at_least", "more_than"}:
        return value, float("inf")
    if relation == "at_most":
        return float("-inf"), value
    low, high = value, value
    if relation in {"approx", "approx_below"}:
        low = 0.9 * value
    if relation == "approx":
        high = 1.1 * value
    if relation == "rounded":
        half = 0.5 * 10.0 ** -len(f"{value:g}".partition(".")[2])
        low, high = round(value - half, 10), round(value + half, 10)
    if claim["low"] is not None or claim["high"] is not None:
        low, high = value, value
    return (
        low if claim["low"] is None else claim["low"],
        high if claim["high"] is None else claim["high"],
    )


def tidy(value: float | None) -> float | int | None:
    """Return a whole number as an integer, others with two decimals."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else round(value, 2)
