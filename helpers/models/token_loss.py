"""The loss of a language model: cross-entropy over all tokens that are to be predicted.

Notebook 12 derives it. The form in which ``train`` and ``evaluate`` take it.
"""

import torch
from torch.nn import functional


def token_loss(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy over all tokens that are to be predicted, in nats.

    Parameters
    ----------
    scores
        Shape (..., vocabulary), as a language model gives them.
    targets
        The right ids, int64, shape (...); -100 where nothing is to be predicted.

    >>> even = torch.zeros(1, 2, 4)
    >>> round(token_loss(even, torch.tensor([[3, -100]])).item(), 4)  # ln 4
    1.3863
    """
    return functional.cross_entropy(scores.flatten(0, -2), targets.flatten())
