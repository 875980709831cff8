"""The period that a date is in, for comparisons over time."""

from __future__ import annotations

PERIODS = ("year", "half", "month")


def period_of(date: str, by: str) -> str | None:
    """Return the period of a day, month or year.

    Parameters
    ----------
    date : str
        ``2024``, ``2024-09`` or ``2024-09-07``; may be blank.
    by : {"year", "half", "month"}
        The length of a period.

    Returns
    -------
    str or None
        Such as ``2024``, ``2024-H2`` or ``2024-09``; None if the date is blank or too imprecise.

    Examples
    --------
    >>> period_of("2024-09-07", "half"), period_of("2024", "half")
    ('2024-H2', None)
    """
    if by == "year":
        return date[:4] or None
    if len(date) < 7:
        return None
    return date[:7] if by == "month" else f"{date[:4]}-H{1 if date[5:7] <= '06' else 2}"
