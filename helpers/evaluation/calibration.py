"""Does 80 % mean 80 %? Reliability, expected calibration error, and temperature; notebook 09.

NumPy and SciPy. Takes probabilities or scores of any classifier, with the true labels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from helpers.scratch.functions import cross_entropy


@dataclass(frozen=True)
class Reliability:
    """Predictions gathered by their confidence, in bins of the same width; empty bins left out.

    ``confidence`` is a bin's mean probability of the named class, ``accuracy`` its share of right
    ones, ``items`` their number; arrays of shape (bins that hold something).
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    items: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: mean gap of confidence and accuracy, weighed by items."""
        gaps = np.abs(self.confidence - self.accuracy)
        return float((gaps * self.items).sum() / self.items.sum())


def reliability(probabilities: ArrayLike, labels: ArrayLike, bins: int = 10) -> Reliability:
    """Compare how sure a classifier says it is with how often it is right.

    Parameters
    ----------
    probabilities
        Shape (items, classes); each row sums to 1.
    labels
        True classes, shape (items).
    bins
        Number of bins of equal width from 0 to 1; a probability on an edge goes up.

    Raises
    ------
    ValueError
        If shapes do not fit or a row is no distribution.

    Source: Guo et al. (2017); DeGroot and Fienberg (1983).

    >>> found = reliability([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]], [0, 1, 1])
    >>> found.confidence, found.accuracy, round(found.error, 3)
    (array([0.6, 0.9]), array([1. , 0.5]), 0.4)
    """
    p, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    if p.ndim != 2 or truth.shape != (len(p),) or not len(p):
        raise ValueError(
            f"probabilities have shape {p.shape} and labels {truth.shape}; they must be "
            "(items, classes) and (items)"
        )
    if (p < 0).any() or not np.allclose(p.sum(axis=1), 1, atol=1e-3):
        worst = int(np.argmax(np.abs(p.sum(axis=1) - 1)))
        raise ValueError(
            f"row {worst} sums to {p[worst].sum():.3f}; give probabilities, not scores"
        )
    sure, right = p.max(axis=1), p.argmax(axis=1) == truth
    place = np.minimum((sure * bins).astype(int), bins - 1)
    items = np.bincount(place, minlength=bins)
    held = items > 0
    confidence = np.bincount(place, sure, bins)[held] / items[held]
    accuracy = np.bincount(place, right, bins)[held] / items[held]
    return Reliability(confidence, accuracy, items[held])


def fit_temperature(scores: ArrayLike, labels: ArrayLike) -> float:
    """Return the temperature T for which softmax(scores / T) has the lowest cross-entropy.

    Fit it on the validation part, use it on the test part. One number can't change which class is
    named. T above 1 says that the classifier was too sure.

    Parameters
    ----------
    scores
        Shape (items, classes), before softmax.

    Source: Guo et al. (2017).

    >>> even = np.log([[0.9, 0.1]] * 10)
    >>> bool(fit_temperature(even, [0] * 6 + [1] * 4) > 5)
    True
    """
    scores, truth = np.asarray(scores, dtype=np.float64), np.asarray(labels)
    found = minimize_scalar(
        lambda t: cross_entropy(scores / np.exp(t), truth), bounds=(-4, 6), method="bounded"
    )
    return float(np.exp(found.x))
