"""How good are predictions? Accuracy, F1 and confusion, all computed by scikit-learn.

Notebook 07 uses them, notebook 09 takes them apart. Adds only what a learner needs: a check
that the two lists belong together, and names instead of class numbers.
"""

from collections.abc import Sequence

import numpy as np
from sklearn import metrics

Classes = Sequence[int] | np.ndarray


def accuracy(labels: Classes, predictions: Classes) -> float:
    """Share of items whose predicted class is the true one, between 0 and 1.

    >>> accuracy([0, 1, 2, 2], [0, 1, 1, 2])
    0.75
    """
    return float(metrics.accuracy_score(*_checked(labels, predictions)))


def macro_f1(labels: Classes, predictions: Classes) -> float:
    """Mean over the classes of F1, every class counting the same, between 0 and 1.

    F1 is the harmonic mean of precision (how many of the predicted are right) and recall (how
    many of the true are found). The classes are those that occur in either list; a class that
    is never predicted has F1 = 0.

    >>> round(macro_f1([0, 0, 0, 1], [0, 0, 0, 0]), 3)
    0.429
    """
    truth, guess = _checked(labels, predictions)
    return float(metrics.f1_score(truth, guess, average="macro", zero_division=0))


def report(labels: Classes, predictions: Classes, label_names: Sequence[str]) -> str:
    """Precision, recall, F1 and number of items for each class, as a text table."""
    truth, guess = _checked(labels, predictions, len(label_names))
    return metrics.classification_report(
        truth,
        guess,
        labels=range(len(label_names)),
        target_names=label_names,
        digits=3,
        zero_division=0,
    )


def confusion(labels: Classes, predictions: Classes, classes: int) -> np.ndarray:
    """Count items by true class (row) and predicted class (column), shape (classes, classes).

    >>> confusion([0, 1, 1], [0, 0, 1], classes=2).tolist()
    [[1, 0], [1, 1]]
    """
    truth, guess = _checked(labels, predictions, classes)
    return metrics.confusion_matrix(truth, guess, labels=range(classes))


def _checked(
    labels: Classes, predictions: Classes, classes: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    truth, guess = np.asarray(labels), np.asarray(predictions)
    if truth.ndim != 1 or truth.shape != guess.shape:
        raise ValueError(
            f"labels have shape {truth.shape}, predictions {guess.shape}; both must be lists of "
            "class numbers of the same length (take argmax over logits first)"
        )
    if not len(truth):
        raise ValueError("there are no items; a metric of nothing says nothing")
    for name, array in (("labels", truth), ("predictions", guess)):
        if array.dtype.kind not in "iu":
            raise ValueError(f"{name} are {array.dtype}, expected whole class numbers")
        outside = (array < 0) | (array >= (classes or np.inf))
        if outside.any():
            where = int(outside.argmax())
            limit = f"0 to {classes - 1}" if classes else "0 or more"
            raise ValueError(f"{name}[{where}] is {array[where]}, expected a class from {limit}")
    return truth, guess
