"""What is right for parts 1 to 3 of 07-loop, in NumPy, and the small problems to try it on.

The model is linear, with one peculiarity: in training its scores are doubled. It stands for
dropout, which also makes a model another in training, but is random.
"""

from functools import cache

import numpy as np
import torch
from torch import nn

from helpers.exercises.against import Case
from helpers.exercises.inputs import numbers
from helpers.scratch.functions import cross_entropy, cross_entropy_gradient

TRAINING = 2  # the model's scores are multiplied by this in training


class Watched(nn.Module):
    """A linear model that is another in training, and notes whether gradients were recorded."""

    def __init__(self, W: np.ndarray, b: np.ndarray) -> None:
        super().__init__()
        self.W = nn.Parameter(torch.tensor(W, dtype=torch.float32))  # (D, K)
        self.b = nn.Parameter(torch.tensor(b, dtype=torch.float32))  # (K,)
        self.recorded = False

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return the scores, (N, K)."""
        self.recorded = self.recorded or torch.is_grad_enabled()
        return (X @ self.W + self.b) * (TRAINING if self.training else 1)


def batches_of(X: np.ndarray, labels: np.ndarray, size: int) -> list:
    """Cut texts into batches of ``size``; the last may be short."""
    X, labels = torch.tensor(X, dtype=torch.float32), torch.tensor(labels)
    return list(zip(X.split(size), labels.split(size), strict=True))


def one_epoch(
    W, b, X, labels, size, rate, scale=TRAINING, zero=True, at_end=False, still=False
) -> tuple:
    """Return W and b after an epoch of gradient descent, and each batch's loss and texts.

    The other arguments are mistakes: ``scale`` 1 for a model that is not in training, gradients
    that are not set to ``zero``, a single step ``at_end``, no step at all (``still``).
    """
    losses, sum_W, sum_b = [], 0, 0
    for begin in range(0, len(X), size):
        x, y = X[begin : begin + size], labels[begin : begin + size]
        scores = (x @ W + b) * scale
        losses.append((cross_entropy(scores, y), len(y)))
        G = cross_entropy_gradient(scores, y) * scale
        keep = 0 if zero else 1
        sum_W, sum_b = keep * sum_W + x.T @ G, keep * sum_b + G.sum(axis=0)
        if not (still or at_end):
            W, b = W - rate * sum_W, b - rate * sum_b
    if at_end:
        W, b = W - rate * sum_W, b - rate * sum_b
    return W, b, losses


def mean_loss(losses: list) -> float:
    """Return the mean over texts of losses given by batch."""
    return sum(loss * texts for loss, texts in losses) / sum(texts for _, texts in losses)


def measured(W, b, X, labels, scale=1) -> tuple[float, float]:
    """Return loss and accuracy."""
    scores = (X @ W + b) * scale
    return cross_entropy(scores, labels), float(np.mean(scores.argmax(axis=1) == labels))


def fitted(
    W,
    b,
    X,
    labels,
    size,
    rate,
    held_X,
    held_labels,
    epochs,
    patience,
    total=False,
    first=False,
    by=lambda loss, accuracy: loss,
) -> tuple[list, list]:
    """Return the validation losses of the epochs run, and W and b after each of them.

    ``total``, ``first`` and ``by`` are mistakes: waits that add up, a loss taken before the epoch,
    and another number than the loss that is to be lowest.
    """
    losses, weights, waited, best = [], [], 0, None
    for _ in range(epochs):
        if first:
            losses.append(measured(W, b, held_X, held_labels)[0])
        W, b, _ = one_epoch(W, b, X, labels, size, rate)
        if not first:
            losses.append(measured(W, b, held_X, held_labels)[0])
        weights.append((W, b))
        loss, accuracy = measured(W, b, held_X, held_labels)
        found = by(losses[-1] if first else loss, accuracy)
        if best is None or found < best:
            best, waited = found, waited if total else 0
        else:
            waited += 1
        if waited >= patience:
            break
    return losses, weights


@cache
def cases() -> list[Case]:
    """Return (W, b, X, labels, batch size, rate), the smallest first."""
    random = np.random.default_rng(707)
    W, b = np.array([[1.0, 0.0], [0.0, -1.0]]), np.zeros(2)
    X = np.array([[1.0, 2.0], [0.0, 1.0], [2.0, 0.0]])
    made = [(W, b, X, np.array([0, 1, 1]), 2, 0.5)]
    shapes = ((5, 2, 2, 2), (7, 3, 3, 3), (4, 3, 2, 4), (8, 2, 3, 3), (10, 4, 3, 4), (9, 3, 4, 2))
    for n, d, k, size in shapes:
        for rate in (0.5, 0.125):
            W, b, X = numbers(random, d, k), numbers(random, k), numbers(random, n, d)
            made.append((W, b, X, random.integers(0, k, n), size, rate))
    return [Case(one, f"{len(one[2])} texts in batches of {one[4]}, rate {one[5]}") for one in made]


@cache
def runs() -> list[Case]:
    """Return the same with X and labels to validate on, epochs and patience."""
    random, made = np.random.default_rng(708), []
    for place in range(16):
        n, d, k = 6 + place % 5, 3, 2 + place % 2
        W, b = numbers(random, d, k, scale=0.5), numbers(random, k, scale=0.5)
        X, held = numbers(random, n, d), numbers(random, 8, d)
        labels, truth = random.integers(0, k, n), random.integers(0, k, 8)
        size, rate = 3 + place % 2, (0.5, 1.0, 0.25)[place % 3]
        epochs, patience = 6 + place % 4, 1 + place % 3
        said = f"{n} texts in batches of {size}, {rate=}, {epochs=}, {patience=}"
        made.append(Case((W, b, X, labels, size, rate, held, truth, epochs, patience), said))
    return made
