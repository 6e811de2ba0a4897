"""How sure is a number of a test part? Bootstrap intervals for any metric; notebook 09.

Draws test items with replacement, as many as there are, computes the metric anew, and takes the
middle 95 % of the results. Knows nothing of models: it sees labels and predictions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Interval:
    """A value with the ends of its interval; ``draws`` are the values that made it, sorted."""

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
    if not arrays or not len(arrays[0]) or len({len(array) for array in arrays}) > 1:
        raise ValueError(
            f"the columns have {[len(array) for array in arrays]} items; all need the same number, "
            "and at least one"
        )
    if not 0 < share < 1 or repeats < 100:
        raise ValueError(f"share {share}, {repeats} repeats: give 0 < share < 1, 100 or more")
    random, items = np.random.default_rng(seed), len(arrays[0])
    draws = np.empty(repeats)
    for i in range(repeats):
        drawn = random.integers(items, size=items)
        draws[i] = metric(*(array[drawn] for array in arrays))
    draws.sort()
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2])
    return Interval(float(metric(*arrays)), float(low), float(high), draws)
