"""Is one classifier better than another on the same test items? Paired tests; notebook 09.

Only items on which just one of the two is right tell them apart. Uses SciPy's binomial test.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from helpers.evaluation.intervals import Interval, bootstrap


@dataclass(frozen=True)
class Comparison:
    """How many items only the first, or only the second classifier had right, and what it means.

    ``p_value`` is the probability of a split at least as uneven if both were equally good.
    """

    only_first: int
    only_second: int
    p_value: float

    def __str__(self) -> str:
        """Say it in a sentence."""
        p_value = f"p = {self.p_value:.3f}" if self.p_value >= 0.0005 else "p < 0.001"
        return (
            f"only the first right on {self.only_first}, only the second on {self.only_second}, "
            f"{p_value}"
        )


def mcnemar(labels: ArrayLike, first: ArrayLike, second: ArrayLike) -> Comparison:
    """Compare two classifiers' predictions by McNemar's exact test.

    Parameters
    ----------
    labels, first, second
        True classes and both predictions for the same items, shape (items) each.

    Raises
    ------
    ValueError
        If the shapes differ.

    Source: McNemar (1947); the exact form uses the binomial distribution (Dietterich, 1998).

    >>> mcnemar([1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0]).p_value
    0.0625
    """
    truth, one, other = (np.asarray(a) for a in (labels, first, second))
    if not truth.shape == one.shape == other.shape or truth.ndim != 1:
        raise ValueError(
            f"labels have shape {truth.shape}, predictions {one.shape} and {other.shape}; all "
            "three are lists about the same items"
        )
    only_first = int(((one == truth) & (other != truth)).sum())
    only_second = int(((one != truth) & (other == truth)).sum())
    differ = only_first + only_second
    p_value = binomtest(only_first, differ, 0.5).pvalue if differ else 1.0
    return Comparison(only_first, only_second, float(p_value))


def difference(
    metric: Callable[[np.ndarray, np.ndarray], float],
    labels: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    **options,
) -> Interval:
    """Return the bootstrap interval of ``metric`` of the first minus that of the second.

    The same items are drawn for both, so what makes items hard for either cancels. ``options`` go
    to :func:`helpers.evaluation.intervals.bootstrap`.

    Source: Berg-Kirkpatrick, Burkett and Klein (2012).

    >>> same = np.array([0, 1, 1, 0] * 25)
    >>> print(difference(lambda y, p: float((y == p).mean()), same, same, same))
    0.000 [0.000, 0.000]
    """
    return bootstrap(lambda y, a, b: metric(y, a) - metric(y, b), labels, first, second, **options)
