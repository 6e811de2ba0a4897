"""The article's loss, -sum(y log y) over the prediction itself; notebook 04 trains it.

Kept to show what it does, never to train with: no label enters it, so it rewards certainty,
right or wrong. NumPy only; the loss to use is ``functions.cross_entropy``.
"""

import numpy as np
from numpy.typing import ArrayLike

from helpers.scratch.functions import log_softmax


def prediction_entropy(logits: ArrayLike) -> float:
    """Return the mean over rows of the entropy of softmax(logits), in nats.

    Parameters
    ----------
    logits
        Scores, shape (..., classes); must be finite.

    Returns
    -------
    Between 0 (certain in every row) and ln(classes) (every row even).

    Raises
    ------
    ValueError
        If a score is NaN or infinite; the message names the first such position.

    Source: Shannon (1948) for the entropy, H = -sum(p log p).

    >>> round(prediction_entropy(np.zeros((2, 3))), 4)  # ln 3
    1.0986
    """
    log_p = log_softmax(logits)
    return float(-(np.exp(log_p) * log_p).sum(axis=-1).mean())


def prediction_entropy_gradient(logits: ArrayLike) -> np.ndarray:
    """Return the derivative of :func:`prediction_entropy` by the logits.

    Parameters and errors as in :func:`prediction_entropy`; the result has the logits' shape
    and each of its rows sums to 0.

    Source: notebook 04 derives dH/dz_j = -p_j (log p_j + H); here divided by the rows.

    >>> bool(np.allclose(prediction_entropy_gradient(np.zeros((1, 3))), 0))  # even: a summit
    True
    """
    log_p = log_softmax(logits)
    p = np.exp(log_p)
    entropy = -(p * log_p).sum(axis=-1, keepdims=True)  # (..., 1)
    return -p * (log_p + entropy) / p.dtype.type(entropy.size)
