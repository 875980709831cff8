"""Measure agreement between codings: share of equal cells and Krippendorff's alpha.

Source of the formulas: Klaus Krippendorff, Content Analysis, 4th edition (2019), chapter 12; for
sets, Rebecca Passonneau's distance MASI (2006).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Distance = Callable[[Any, Any], float]
Matrix = npt.NDArray[np.float64]
RESAMPLE_BATCH = 1_000  # resamples that are computed at once


@dataclass(frozen=True)
class Agreement:
    """How far coders agree on one column.

    Attributes
    ----------
    units : int
        Units with a value of at least two coders.
    equal : int
        Units in which all values are equal.
    distance : float
        Mean distance between two values of a unit, in the unit of the distance.
    alpha : float or None
        Krippendorff's alpha; None where all values of all units are equal, or there are none.
    low, high : float or None
        The bootstrap interval of alpha.
    """

    units: int
    equal: int
    distance: float | None
    alpha: float | None
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """The share of units in which all values are equal, from 0 to 1."""
        return self.equal / self.units if self.units else None


def nominal(first: Hashable, second: Hashable) -> float:
    """Return 0 for equal values and 1 for different ones."""
    return float(first != second)


def masi(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the MASI distance of two sets, from 0 (equal) to 1 (nothing in common).

    Examples
    --------
    >>> round(masi(frozenset("ab"), frozenset("a")), 3)
    0.667
    """
    if first == second:
        return 0.0
    common = len(first & second)
    if not common:
        return 1.0
    weight = 2 / 3 if first <= second or second <= first else 1 / 3
    return 1 - weight * common / len(first | second)


def days(first: float, second: float) -> float:
    """Return the distance of two days, in days."""
    return abs(first - second)


def squared_days(first: float, second: float) -> float:
    """Return the squared distance of two days, which alpha takes for interval data."""
    return (first - second) ** 2


def middle_day(date: str) -> float | None:
    """Return the middle of a day, month or year as a day number; None for a blank.

    Examples
    --------
    >>> middle_day("2024-09-07") - middle_day("2024-09-05")
    2.0
    """
    if not date:
        return None
    parts = [int(part) for part in date.split("-")]
    if len(parts) == 3:
        return float(datetime.date(*parts).toordinal())
    start = datetime.date(parts[0], parts[1] if parts[1:] else 1, 1)
    if parts[1:]:
        after = datetime.date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
    else:
        after = datetime.date(parts[0] + 1, 1, 1)
    return (start.toordinal() + after.toordinal() - 1) / 2


def agreement(
    values: Sequence[Sequence[Hashable | None]],
    distance: Distance = nominal,
    shown: Distance | None = None,
    *,
    resamples: int = 1_000,
    seed: int = 1,
    level: float = 0.95,
) -> Agreement:
    """Measure how far coders agree on one column.

    Parameters
    ----------
    values : sequence of sequence
        For each unit the value of each coder; None where a coder has none.
    distance : callable
        The distance that alpha takes.
    shown : callable, optional
        The distance whose mean is reported; `distance` by default.
    resamples : int
        Bootstrap samples of units for the interval; 0 for none.
    seed : int
        Of these samples.
    level : float
        The confidence level of the interval.

    Returns
    -------
    Agreement

    Examples
    --------
    >>> agreement([("a", "a"), ("b", "b"), ("a", "b")]).equal
    2
    """
    units = [[value for value in unit if value is not None] for unit in values]
    units = [unit for unit in units if len(unit) > 1]
    if not units:
        return Agreement(0, 0, None, None, None, None)
    known: dict[Hashable, int] = {}
    for unit in units:
        for value in unit:
            known.setdefault(value, len(known))
    counts = np.zeros((len(units), len(known)))
    for place, unit in enumerate(units):
        for value in unit:
            counts[place, known[value]] += 1
    matrix = _matrix(list(known), distance)
    equal = int((counts.max(axis=1) == counts.sum(axis=1)).sum())
    mean = float(np.mean(_disagreement(counts, _matrix(list(known), shown or distance))))
    once = np.ones((1, len(units)))
    alpha = _alphas(counts, matrix, once)[0]
    low = high = None
    if resamples and not np.isnan(alpha):
        found = _bootstrap(counts, matrix, resamples, seed)
        if found.size:
            tail = (1 - level) / 2
            low, high = (float(x) for x in np.quantile(found, [tail, 1 - tail]))
    value = None if np.isnan(alpha) else float(alpha)
    return Agreement(len(units), equal, mean, value, low, high)


def _matrix(values: Sequence[Hashable], distance: Distance) -> Matrix:
    return np.array([[distance(a, b) for b in values] for a in values], dtype=float)


def _disagreement(counts: Matrix, matrix: Matrix) -> Matrix:
    """Return the mean distance of two values of each unit."""
    coders = counts.sum(axis=1)
    pairs = np.einsum("uc,ck,uk->u", counts, matrix, counts)
    mean: Matrix = pairs / (coders * (coders - 1))
    return mean


def _alphas(counts: Matrix, matrix: Matrix, weights: Matrix) -> Matrix:
    """Return alpha for each row of weights: how often each unit is taken.

    The result is NaN where all values that are taken are equal.
    """
    coders = counts.sum(axis=1)
    observed = weights @ (_disagreement(counts, matrix) * coders)
    totals = weights @ counts
    number = totals.sum(axis=1)
    expected = np.einsum("wc,ck,wk->w", totals, matrix, totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (number - 1) * observed / expected, np.nan)


def _bootstrap(counts: Matrix, matrix: Matrix, resamples: int, seed: int) -> Matrix:
    """Return alpha of samples of units with replacement, without those that have none."""
    chance = np.random.default_rng(seed)
    units = len(counts)
    even = np.full(units, 1 / units)
    found = [
        _alphas(counts, matrix, chance.multinomial(units, even, size=size).astype(float))
        for size in _sizes(resamples)
    ]
    alphas = np.concatenate(found)
    return alphas[~np.isnan(alphas)]


def _sizes(total: int) -> list[int]:
    return [min(RESAMPLE_BATCH, total - start) for start in range(0, total, RESAMPLE_BATCH)]
