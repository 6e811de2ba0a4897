"""Precision, recall and F1 from the counts of right and wrong, class by class; notebook 09.

NumPy only, and fast enough to be computed thousands of times for an interval. Held against
scikit-learn, which ``metrics`` uses for everything else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Counts:
    """For each class: how many were found, falsely given, and missed; arrays of shape (classes).

    ``true_positives`` have the class and were given it, ``false_positives`` were given it and have
    another, ``false_negatives`` have it and were given another.
    """

    true_positives: np.ndarray
    false_positives: np.ndarray
    false_negatives: np.ndarray

    @property
    def precision(self) -> np.ndarray:
        """Share of right ones among those given the class; 0 where none was given it."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> np.ndarray:
        """Share of found ones among those that have the class; 0 where none has it."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> np.ndarray:
        """Harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); 0 where both are 0."""
        wrong = self.false_positives + self.false_negatives
        return _share(2 * self.true_positives, 2 * self.true_positives + wrong)

    @property
    def occurs(self) -> np.ndarray:
        """Whether a class occurs at all, among the labels or the predictions."""
        return self.true_positives + self.false_positives + self.false_negatives > 0


def count(labels: ArrayLike, predictions: ArrayLike, classes: int) -> Counts:
    """Count right and wrong for each of ``classes`` classes.

    Parameters
    ----------
    labels, predictions
        Class numbers from 0, shape (items) each.

    Raises
    ------
    ValueError
        If their shapes differ or a class number is outside 0 to classes - 1.

    >>> counts = count([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], classes=2)
    >>> counts.true_positives, counts.precision.round(2), counts.recall.round(2)
    (array([1, 2]), array([0.5 , 0.67]), array([0.5 , 0.67]))
    """
    truth, guess = np.asarray(labels), np.asarray(predictions)
    if truth.shape != guess.shape or truth.ndim != 1:
        raise ValueError(f"labels have shape {truth.shape}, predictions {guess.shape}")
    if truth.size and not (
        0 <= min(truth.min(), guess.min()) <= max(truth.max(), guess.max()) < classes
    ):
        raise ValueError(f"a class number is outside 0 to {classes - 1}")
    found = np.bincount(truth[truth == guess], minlength=classes)
    given = np.bincount(guess, minlength=classes)
    there = np.bincount(truth, minlength=classes)
    return Counts(found, given - found, there - found)


def macro_f1(labels: ArrayLike, predictions: ArrayLike, classes: int) -> float:
    """Mean F1 of the classes that occur, each counting the same.

    >>> round(macro_f1([0, 0, 0, 1], [0, 0, 0, 0], classes=2), 3)
    0.429
    """
    counts = count(labels, predictions, classes)
    return float(counts.f1[counts.occurs].mean())


def micro_f1(labels: ArrayLike, predictions: ArrayLike, classes: int) -> float:
    """F1 of the counts summed over all classes; with one label an item it is the accuracy.

    >>> micro_f1([0, 0, 0, 1], [0, 0, 0, 0], classes=2)
    0.75
    """
    counts = count(labels, predictions, classes)
    found, wrong = counts.true_positives.sum(), counts.false_positives.sum()
    return float(2 * found / (2 * found + wrong + counts.false_negatives.sum()))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
