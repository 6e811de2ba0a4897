"""Softmax and cross-entropy with their gradients, derived in notebook 04.

NumPy only, classes along the last axis, computed in the precision of the input (float32
stays float32, everything else becomes float64). Knows nothing of layers, of weights or of
text; the article's mistaken loss has a file of its own, ``prediction_entropy.py``.
"""

import numpy as np
from numpy.typing import ArrayLike


def softmax(logits: ArrayLike, temperature: float = 1.0) -> np.ndarray:
    """Turn scores into probabilities along the last axis.

    Parameters
    ----------
    logits
        Scores in nats, shape (..., classes); must be finite.
    temperature
        Scores are divided by it: above 1 evens the probabilities out, below 1 sharpens them.

    Returns
    -------
    Probabilities, same shape; each row sums to 1.

    Raises
    ------
    ValueError
        If a score is NaN or infinite; the message names the first such position.

    Source: Bridle (1990). Shifting by the maximum changes nothing (numerator and
    denominator share the factor) and keeps exp() from overflowing.

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    exponentials = np.exp(_shifted(logits, temperature))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def log_softmax(logits: ArrayLike, temperature: float = 1.0) -> np.ndarray:
    """Return the logarithm of softmax without ever taking the logarithm of zero.

    Parameters, shapes and errors as in :func:`softmax`; the result is in nats, at most 0.

    Source: log p_i = z_i - log(sum of exp z_j), shifted by the maximum as in softmax.

    >>> log_softmax(np.array([10_000.0, 0.0])).tolist()
    [0.0, -10000.0]
    """
    shifted = _shifted(logits, temperature)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_jacobian(logits: ArrayLike, temperature: float = 1.0) -> np.ndarray:
    """Return the derivative of every probability by every score.

    Parameters and errors as in :func:`softmax`.

    Returns
    -------
    Shape (..., classes, classes); entry [i, j] is dp_i / dz_j = p_i (1[i = j] - p_j) / T.

    >>> softmax_jacobian(np.array([0.0, 0.0]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    p = softmax(logits, temperature)
    diagonal = p[..., :, None] * np.eye(p.shape[-1], dtype=p.dtype)  # (..., classes, classes)
    outer = p[..., :, None] * p[..., None, :]  # (..., classes, classes)
    return (diagonal - outer) / p.dtype.type(temperature)


def cross_entropy(logits: ArrayLike, targets: ArrayLike) -> float:
    """Return the mean over rows of -sum(y * log softmax(logits)), in nats.

    Parameters
    ----------
    logits
        Scores, shape (..., classes); must be finite.
    targets
        Class ids, integers of shape (...), or the true probabilities y, of the logits' shape.

    Raises
    ------
    ValueError
        If a score is not finite, a label is no class, a row of probabilities does not sum
        to 1 or the shapes do not fit; the message names the first such position.

    Source: Shannon (1948); as a training loss, Bridle (1990).

    >>> round(cross_entropy(np.zeros((4, 3)), np.array([0, 1, 2, 0])), 4)  # ln 3
    1.0986
    """
    log_p = log_softmax(logits)
    y = _as_probabilities(targets, log_p)
    return float(-(y * log_p).sum(axis=-1).mean())


def cross_entropy_gradient(logits: ArrayLike, targets: ArrayLike) -> np.ndarray:
    """Return the derivative of :func:`cross_entropy` by the logits: (p - y) / rows.

    Parameters and errors as in :func:`cross_entropy`; the result has the logits' shape and
    each of its rows sums to 0.

    >>> cross_entropy_gradient(np.array([[0.0, 0.0]]), np.array([1]))
    array([[ 0.5, -0.5]])
    """
    p = softmax(logits)
    y = _as_probabilities(targets, p)
    return (p - y) / p.dtype.type(y[..., 0].size)


def _shifted(logits: ArrayLike, temperature: float) -> np.ndarray:
    """Return (scores - their largest) / temperature: at most 0, and 0 at the largest."""
    scores = _as_scores(logits)
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature is {temperature}; it must be a finite number above 0")
    with np.errstate(over="ignore"):  # a gap beyond the largest float ends at that float
        gaps = (scores - scores.max(axis=-1, keepdims=True)) / scores.dtype.type(temperature)
    return np.maximum(gaps, np.finfo(scores.dtype).min)


def _as_scores(logits: ArrayLike) -> np.ndarray:
    """Return the scores as float32 or float64, or say what is wrong with them and where.

    >>> _as_scores([1, 2]).dtype
    dtype('float64')
    """
    scores = np.asarray(logits)
    if scores.dtype.kind not in "fiu":
        raise ValueError(f"logits must be real numbers, got an array of {scores.dtype}")
    if scores.dtype != np.float32:
        scores = scores.astype(np.float64)
    if scores.ndim == 0 or scores.size == 0:
        raise ValueError(f"logits have shape {scores.shape}; expected (..., classes), not empty")
    bad = ~np.isfinite(scores)
    if bad.any():
        where = _first(bad)
        raise ValueError(
            f"logits{_at(where)} is {scores[where]}, the first of {bad.sum():,} scores that "
            "are not finite; look for an overflow or a division by zero before this point"
        )
    return scores


def _as_probabilities(targets: ArrayLike, p: np.ndarray) -> np.ndarray:
    """Return the targets as rows of probabilities of the shape and precision of ``p``."""
    y = np.asarray(targets)
    if y.shape == p.shape:
        return _checked_probabilities(y).astype(p.dtype)
    if y.shape != p.shape[:-1]:
        raise ValueError(
            f"targets have shape {y.shape}; logits of shape {p.shape} need class ids of shape "
            f"{p.shape[:-1]} or probabilities of shape {p.shape}"
        )
    if y.dtype.kind not in "iu":
        raise ValueError(f"class ids must be integers, got an array of {y.dtype}")
    classes = p.shape[-1]
    bad = (y < 0) | (y >= classes)
    if bad.any():
        where = _first(bad)
        raise ValueError(
            f"label{_at(where)} is {y[where]}; with {classes} classes the labels run from 0 "
            f"to {classes - 1}"
        )
    return np.eye(classes, dtype=p.dtype)[y]  # one-hot rows, (..., classes)


def _checked_probabilities(y: np.ndarray) -> np.ndarray:
    if y.dtype.kind not in "fiu":
        raise ValueError(f"target probabilities must be real numbers, got an array of {y.dtype}")
    bad = ~(np.isfinite(y) & (y >= 0))
    if bad.any():
        where = _first(bad)
        raise ValueError(f"targets{_at(where)} is {y[where]}; a probability is 0 to 1")
    totals = y.sum(axis=-1)
    off = np.abs(totals - 1) > 1e-5
    if off.any():
        where = _first(off)
        raise ValueError(f"targets{_at(where)} sums to {totals[where]:.6g}; it must sum to 1")
    return y


def _at(position: tuple[int, ...]) -> str:
    """Write an index the way Python does: ``[3, 1]``; nothing for a single number.

    >>> _at((3, 1)), _at(())
    ('[3, 1]', '')
    """
    return str(list(position)) if position else ""


def _first(mask: np.ndarray) -> tuple[int, ...]:
    """Return the index of the first True, as plain integers."""
    return tuple(int(i) for i in np.unravel_index(np.argmax(mask), mask.shape))
