"""GloVe's objective: fit the logarithms of co-occurrence counts by dot products; notebook 03.

PyTorch, on whatever device; the gradients are written by hand, and a test holds them against
autograd. Counting is :mod:`helpers.vectors.cooccurrence`'s business. For ready vectors of six
billion words load ``glove-6b-50d`` instead.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse

from helpers.progress import progress


def weight(counts: torch.Tensor, x_max: float = 10.0, power: float = 0.75) -> torch.Tensor:
    """Return how much each count matters: (x / x_max) ** power, and 1 from x_max on.

    >>> weight(torch.tensor([0.0, 10.0, 1000.0])).tolist()
    [0.0, 1.0, 1.0]
    """
    return (counts / x_max).clamp(max=1.0) ** power


def loss_and_gradients(
    words: torch.Tensor,
    contexts: torch.Tensor,
    word_bias: torch.Tensor,
    context_bias: torch.Tensor,
    counts: torch.Tensor,
    x_max: float = 10.0,
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Return the weighted squared error of some pairs, and its gradient in everything.

    With the error e = w · c + b + b' - ln x of a pair, the loss is the sum of f(x) e².

    Parameters
    ----------
    words, contexts
        The vectors of each pair's words, shape (pairs, d) each.
    word_bias, context_bias, counts
        Shape (pairs) each; counts are above 0.

    Returns
    -------
    The loss, and gradients in words, contexts and both biases, of their shapes.

    Source: Pennington, Socher and Manning (2014), equation 8.

    >>> w = torch.tensor([[1.0, 2.0]])
    >>> zero, ten = torch.zeros(1), torch.tensor([torch.e])
    >>> loss, (d_w, _, d_b, _) = loss_and_gradients(w, w, zero, zero, ten, x_max=1.0)
    >>> loss.item(), d_w.tolist(), d_b.tolist()  # the error is 5 - 1 = 4
    (16.0, [[8.0, 16.0]], [8.0])
    """
    error = (words * contexts).sum(dim=1) + word_bias + context_bias - counts.log()  # (pairs)
    weighted = weight(counts, x_max) * error
    d_bias = 2 * weighted
    gradients = d_bias[:, None] * contexts, d_bias[:, None] * words, d_bias, d_bias
    return (weighted * error).sum(), gradients


@dataclass(frozen=True)
class Fitted:
    """Vectors, shape (words, d): the sum of each word's two, and the mean loss of each epoch."""

    vectors: np.ndarray
    losses: list[float]


def fit(
    counts: sparse.csr_matrix,
    dimensions: int = 50,
    epochs: int = 10,
    learning_rate: float = 0.1,
    batch: int = 65_536,
    x_max: float = 10.0,
    seed: int = 0,
    device: str | torch.device = "cpu",
) -> Fitted:
    """Fit vectors to counts by AdaGrad over shuffled batches of pairs.

    Parameters
    ----------
    counts
        As :func:`helpers.vectors.cooccurrence.cooccurrences` returns them, shape (words, words).
    x_max
        From this count on a pair matters fully: 100 for billions of words, 10 for millions.

    Raises
    ------
    ValueError
        If there is no pair.

    Source: Pennington, Socher and Manning (2014); AdaGrad: Duchi, Hazan and Singer (2011).
    """
    pairs = counts.tocoo()
    if not pairs.nnz:
        raise ValueError("no two words co-occur: the text is empty, or the vocabulary is")
    rows, cols = (torch.from_numpy(a.astype(np.int64)) for a in (pairs.row, pairs.col))
    rows, cols, values = (
        a.to(device) for a in (rows, cols, torch.from_numpy(pairs.data.astype(np.float32)))
    )
    random = torch.Generator().manual_seed(seed)
    shape = counts.shape[0], dimensions + 1  # the last column is the bias
    tables = [((torch.rand(shape, generator=random) - 0.5) / dimensions).to(device) for _ in "wc"]
    squares = [torch.full_like(table, 1e-8) for table in tables]
    losses = []
    for _ in progress(range(epochs), "fitting counts"):
        order, total = torch.randperm(len(values), generator=random).to(device), 0.0
        for chosen in order.split(batch):
            places = rows[chosen], cols[chosen]
            taken = [table[place] for table, place in zip(tables, places, strict=True)]
            loss, (d_w, d_c, d_b, _) = loss_and_gradients(
                taken[0][:, :-1], taken[1][:, :-1], taken[0][:, -1], taken[1][:, -1],
                values[chosen], x_max,
            )  # fmt: skip
            for i, d_vectors in enumerate((d_w, d_c)):
                gradient = torch.zeros_like(tables[i]).index_add_(
                    0, places[i], torch.cat([d_vectors, d_b[:, None]], dim=1)
                )
                squares[i] += gradient**2
                tables[i] -= learning_rate * gradient / squares[i].sqrt()
            total += loss.item()
        losses.append(total / len(values))
    return Fitted((tables[0] + tables[1])[:, :-1].cpu().numpy(), losses)
