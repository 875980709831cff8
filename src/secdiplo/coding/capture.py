"""Capture-recapture: estimate how many units there are from the overlap of lists.

Sources of the formulas: Douglas Chapman (1951) for two lists, with the interval of Mauricio Sadinle
(2009, transformed logit); Anne Chao (1987) for the lower bound and its interval; Stephen Fienberg
(1972) for log-linear models, and Richard Cormack (1992) for their interval by profile likelihood.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar  # type: ignore[import-untyped,unused-ignore]
from scipy.special import gammaln  # type: ignore[import-untyped,unused-ignore]
from scipy.stats import chi2, norm  # type: ignore[import-untyped,unused-ignore]

History = tuple[int, ...]
Pair = tuple[int, int]
Numbers = npt.NDArray[np.float64]
EXHAUSTIVE_LISTS = 4  # up to which every log-linear model is fitted; then they are added one by one
FIT_STEPS = 100  # of the iteration; a fit that needs more does not converge
FIT_TOLERANCE = 1e-9
LARGEST = 1e6  # a fit that expects this many times the units seen is no estimate
SMALLEST = 1e-12  # of a fitted mean, so that its logarithm exists


@dataclass(frozen=True)
class Estimate:
    """How many units there are.

    Attributes
    ----------
    number : float
        The estimate.
    low, high : float
        Its interval.
    """

    number: float
    low: float
    high: float


@dataclass(frozen=True)
class LogLinear:
    """A log-linear model of capture histories.

    Attributes
    ----------
    pairs : tuple of (int, int)
        The lists that depend on each other, as places; none if all lists are independent.
    number : float
        The estimate: units seen, and those that the model expects in no list.
    aic, bic : float
        The criteria; smaller is better.
    deviance : float
        How far the fitted means are from the counts.
    free : int
        Degrees of freedom: histories less parameters.
    most : int
        The model is fitted to histories of at most so many lists.
    """

    pairs: tuple[Pair, ...]
    number: float
    aic: float
    bic: float
    deviance: float
    free: int
    most: int


def chapman(first: int, second: int, both: int, level: float = 0.95) -> Estimate:
    """Estimate the number of units from two lists.

    Parameters
    ----------
    first, second : int
        Units in each list.
    both : int
        Units in both lists.
    level : float
        The confidence level.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> found = chapman(10, 15, 5)
    >>> round(found.number, 1), round(found.low), round(found.high)
    (28.3, 22, 65)
    """
    number = (first + 1) * (second + 1) / (both + 1) - 1
    alone, other, common = first - both + 0.5, second - both + 0.5, both + 0.5
    error = math.sqrt(1 / common + 1 / alone + 1 / other + common / (alone * other))
    factor = math.exp(norm.ppf((1 + level) / 2) * error)
    seen = first + second - both
    unseen = alone * other / common
    low, high = seen - 0.5 + unseen / factor, seen - 0.5 + unseen * factor
    return Estimate(number, max(low, float(seen)), high)


def chao(
    once: int, twice: int, seen: int, lists: int | None = None, level: float = 0.95
) -> Estimate:
    """Estimate a lower bound of the number of units from how many lists each is in.

    Parameters
    ----------
    once, twice : int
        Units that are in exactly one list, and in exactly two.
    seen : int
        Units that are in any list.
    lists : int, optional
        The number of lists, for the correction (lists - 1) / lists; none for many lists.
    level : float
        The confidence level.

    Returns
    -------
    Estimate
        With the form corrected for bias where no unit is in two lists.

    Examples
    --------
    >>> round(chao(43, 16, 76).number)
    134
    """
    share = 1.0 if lists is None else (lists - 1) / lists
    if twice:
        ratio = once / twice
        unseen = share * once * ratio / 2
        variance = twice * (share / 2 * ratio**2 + share**2 * ratio**3 + share**2 / 4 * ratio**4)
    else:
        unseen = share * once * (once - 1) / 2
        variance = share * once * (once - 1) / 2 + share**2 * once * (2 * once - 1) ** 2 / 4
        if unseen:
            variance -= share**2 * once**4 / (4 * (seen + unseen))
    if not unseen:
        return Estimate(float(seen), float(seen), float(seen))
    spread = math.sqrt(math.log1p(max(variance, 0.0) / unseen**2))
    factor = math.exp(norm.ppf((1 + level) / 2) * spread)
    return Estimate(seen + unseen, seen + unseen / factor, seen + unseen * factor)


# --- log-linear models ------------------------------------------------------------------------


def design(lists: int, pairs: Sequence[Pair], most: int) -> tuple[list[History], Numbers]:
    """Return the histories of at most so many lists, the empty one last, and a model's columns."""
    every = sorted(itertools.product((0, 1), repeat=lists), reverse=True)
    histories = [history for history in every if sum(history) <= most]
    marks = np.array(histories, dtype=float)
    products = [marks[:, a] * marks[:, b] for a, b in pairs]
    return histories, np.column_stack([np.ones(len(marks)), marks, *products])


def fit_poisson(columns: Numbers, counts: Numbers) -> Numbers | None:
    """Return the coefficients of a Poisson regression with the logarithmic link.

    Parameters
    ----------
    columns : array
        One row per cell, one column per coefficient.
    counts : array
        What is in each cell; fractions are allowed.

    Returns
    -------
    array or None
        By iteratively reweighted least squares; None if there is no finite solution.
    """
    means = np.maximum(counts, 0.5)
    eta = np.log(means)
    deviance = math.inf
    for _ in range(FIT_STEPS):
        response = eta + (counts - means) / means
        root = np.sqrt(means)
        weighted, target = columns * root[:, None], response * root
        solution = np.asarray(np.linalg.lstsq(weighted, target, rcond=None)[0], dtype=np.float64)
        eta = np.clip(columns @ solution, -30, 30)
        means = np.exp(eta)
        now = deviance_of(counts, means)
        if abs(now - deviance) < FIT_TOLERANCE * (abs(now) + 0.1):
            return solution
        deviance = now
    return None


def deviance_of(counts: Numbers, means: Numbers) -> float:
    """Return twice the difference in log-likelihood of counts and fitted means."""
    positive = counts > 0
    ratio = np.where(positive, counts, 1) / np.where(positive, np.maximum(means, SMALLEST), 1)
    return float(2 * np.sum(np.where(positive, counts * np.log(ratio), 0) - counts + means))


def fit(
    counts: Mapping[History, int], pairs: Sequence[Pair] = (), most: int | None = None
) -> LogLinear | None:
    """Fit a log-linear model to capture histories.

    Parameters
    ----------
    counts : mapping of tuple to int
        How many units have each history: 1 for each list that has the unit, else 0.
    pairs : sequence of (int, int)
        Lists that depend on each other.
    most : int, optional
        Fit histories of at most so many lists. With 2 and no pairs, the estimate is Chao's lower
        bound for lists of different sizes (Louis-Paul Rivest and Sophie Baillargeon, 2007).

    Returns
    -------
    LogLinear or None
        None if the model has no finite estimate: the overlaps are too few for it.

    Examples
    --------
    >>> round(fit({(1, 0): 5, (0, 1): 10, (1, 1): 5}).number)
    30
    """
    lists = len(next(iter(counts)))
    most = most or lists
    histories, columns = design(lists, pairs, most)
    observed = np.array([counts.get(history, 0) for history in histories[:-1]], dtype=float)
    seen, columns = sum(counts.values()), columns[:-1, :]
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        return None
    solution = fit_poisson(columns, observed)
    if solution is None or np.any(np.abs(solution) > 25):  # a coefficient without bound
        return None
    means = np.exp(columns @ solution)
    number = float(seen + np.exp(solution[0]))  # the intercept is the history of no list
    if number > LARGEST * max(seen, 1):
        return None
    likelihood = float(np.sum(observed * np.log(np.maximum(means, SMALLEST)) - means))
    likelihood -= float(np.sum(gammaln(observed + 1)))
    size = columns.shape[1]
    return LogLinear(
        tuple(pairs), number, 2 * size - 2 * likelihood, math.log(seen) * size - 2 * likelihood,
        deviance_of(observed, means), len(observed) - size, most,
    )  # fmt: skip


def models(counts: Mapping[History, int], criterion: str = "bic") -> list[LogLinear]:
    """Fit log-linear models and sort them, the best first.

    Parameters
    ----------
    counts : mapping of tuple to int
        How many units have each history.
    criterion : {"bic", "aic"}
        By which models are compared.

    Returns
    -------
    list of LogLinear
        Every model with pairs of dependent lists, for up to four lists; for more lists, those
        that are met when pairs are added one by one as long as the criterion improves.
    """
    lists = len(next(iter(counts)))
    every = list(itertools.combinations(range(lists), 2))
    if lists <= EXHAUSTIVE_LISTS:
        tried = [
            fit(counts, pairs) for n in range(len(every) + 1)
            for pairs in itertools.combinations(every, n)
        ]  # fmt: skip
    else:
        tried = _stepwise(counts, every, criterion)
    found = [model for model in tried if model is not None and model.free >= 0]
    return sorted(found, key=lambda model: (getattr(model, criterion), len(model.pairs)))


def _stepwise(
    counts: Mapping[History, int], every: Sequence[Pair], criterion: str
) -> list[LogLinear | None]:
    """Return the models that are met when pairs are added one by one."""
    best = fit(counts)
    tried: list[LogLinear | None] = [best]
    while best is not None:
        given = best.pairs
        step = [fit(counts, (*given, pair)) for pair in every if pair not in given]
        tried += step
        better = [m for m in step if m and getattr(m, criterion) < getattr(best, criterion)]
        best = min(better, key=lambda model: float(getattr(model, criterion)), default=None)
    return tried


def profile_interval(
    counts: Mapping[History, int], model: LogLinear, level: float = 0.95
) -> Estimate:
    """Return the estimate of a model with its interval by profile likelihood.

    Parameters
    ----------
    counts : mapping of tuple to int
        How many units have each history.
    model : LogLinear
        A model that was fitted to them.
    level : float
        The confidence level.

    Returns
    -------
    Estimate
        ``high`` is infinite if nothing bounds it. That the model was chosen by its fit is not
        part of the interval, which is therefore too narrow if several models fit about as well.
    """
    histories, columns = design(len(next(iter(counts))), model.pairs, model.most)
    observed = np.array([counts.get(history, 0) for history in histories[:-1]], dtype=float)
    seen, fitted = float(sum(counts.values())), float(observed.sum())

    def likelihood(unseen: float) -> float:
        """Return the multinomial log-likelihood if so many units are in no list."""
        cells = np.append(observed, unseen)
        total = fitted + unseen
        solution = fit_poisson(columns, cells)
        if solution is None:
            return -math.inf
        shares = np.maximum(np.exp(columns @ solution) / total, 1e-300)
        constant = float(gammaln(total + 1) - gammaln(unseen + 1))
        return constant + float(np.sum(cells * np.log(shares)))

    start = max(model.number - seen, 0.5)
    top = minimize_scalar(
        lambda x: -likelihood(math.exp(x)),
        bounds=(math.log(start) - 3, math.log(start) + 2), method="bounded",
    )  # fmt: skip
    peak, best = math.exp(top.x), -float(top.fun)
    at_zero = likelihood(0.0)
    if at_zero > best:
        peak, best = 0.0, at_zero
    limit = best - float(chi2.ppf(level, 1)) / 2

    def gap(unseen: float) -> float:
        return likelihood(unseen) - limit

    low = 0.0 if gap(0.0) >= 0 else float(brentq(gap, 0.0, peak, xtol=1e-3))
    high = max(peak, 1.0)
    while gap(high) > 0:
        high *= 2
        if high > LARGEST * seen:
            return Estimate(model.number, seen + low, math.inf)
    return Estimate(model.number, seen + low, seen + float(brentq(gap, peak, high, xtol=1e-3)))
