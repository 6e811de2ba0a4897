"""How sure is a number? Wilson's interval of a share, the bootstrap of any metric; notebook 09.

The bootstrap draws items with replacement, as many as there are, computes the metric anew, and
takes the middle 95 % of the results. Knows nothing of models: it sees labels and predictions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Interval:
    """A value with the ends of its interval; ``draws`` are the values that made it, sorted.

    An interval that comes from a formula has none.
    """

    value: float
    low: float
    high: float
    draws: np.ndarray

    def __str__(self) -> str:
        """Write it as ``0.974 [0.968, 0.981]``."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def __contains__(self, value: float) -> bool:
        """Whether ``value`` lies in the interval, its ends included."""
        return self.low <= value <= self.high


def bootstrap(
    metric: Callable[..., float],
    *columns: ArrayLike,
    repeats: int = 2000,
    share: float = 0.95,
    seed: int = 0,
    strata: ArrayLike | None = None,
) -> Interval:
    """Return the percentile bootstrap interval of a metric.

    Parameters
    ----------
    metric
        Takes the columns, or the same items of each, and returns one number.
    columns
        What belongs to each test item, e.g. labels and predictions; the same length, one row an
        item. The same items are drawn from all of them.
    repeats
        How often items are drawn.
    share
        Part of the results that the interval holds, between 0 and 1.
    strata
        The group of each item, e.g. its class. Then each group gives as many items to a draw as
        it has, so none is ever left out. A group of one item is in every draw, just once: about
        such a group the interval says nothing.

    Raises
    ------
    ValueError
        If there are no items, the columns' lengths differ, or share or repeats make no sense.

    Source: Efron and Tibshirani (1993), chapter 13.

    >>> right = np.array([1] * 90 + [0] * 10)
    >>> print(bootstrap(np.mean, right))
    0.900 [0.840, 0.960]
    """
    arrays = [np.asarray(column) for column in columns]
    groups = [] if strata is None else [np.asarray(strata)]
    lengths = [len(array) for array in arrays + groups]
    if not arrays or not lengths[0] or len(set(lengths)) > 1:
        raise ValueError(
            f"the columns{' and strata' * len(groups)} have {lengths} items; all need the same "
            "number, and at least one"
        )
    if not 0 < share < 1 or repeats < 100:
        raise ValueError(f"share {share}, {repeats} repeats: give 0 < share < 1, 100 or more")
    random, items = np.random.default_rng(seed), len(arrays[0])
    members = [np.flatnonzero(groups[0] == group) for group in np.unique(groups)]
    draws = np.empty(repeats)
    for i in range(repeats):
        if strata is None:
            drawn = random.integers(items, size=items)
        else:
            drawn = np.concatenate([random.choice(group, size=len(group)) for group in members])
        draws[i] = metric(*(array[drawn] for array in arrays))
    draws.sort()
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2])
    return Interval(float(metric(*arrays)), float(low), float(high), draws)


def wilson(right: int, items: int, share: float = 0.95) -> Interval:
    """Return Wilson's interval of a share, such as accuracy: ``right`` of ``items``.

    It holds every true share from which the measured one is no further away than luck explains,
    so its ends lie between 0 and 1, and it has a width even where all items are right.

    Raises
    ------
    ValueError
        Unless 0 <= right <= items and items >= 1, and 0 < share < 1.

    Source: Wilson (1927).

    >>> print(wilson(97, 100), wilson(100, 100))
    0.970 [0.915, 0.990] 1.000 [0.963, 1.000]
    """
    if not (items >= 1 and 0 <= right <= items and 0 < share < 1):
        raise ValueError(
            f"{right} right of {items}, share {share}: give 0 <= right <= items, at least one item "
            "and 0 < share < 1"
        )
    z, found = NormalDist().inv_cdf((1 + share) / 2), right / items
    middle = found + z**2 / (2 * items)
    half = z * sqrt(found * (1 - found) / items + z**2 / (4 * items**2))
    low, high = ((middle + side * half) / (1 + z**2 / items) for side in (-1, 1))
    return Interval(found, min(max(low, 0.0), found), max(min(high, 1.0), found), np.empty(0))
