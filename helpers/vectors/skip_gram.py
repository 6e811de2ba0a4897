"""One step of skip-gram with negative sampling, for many words of running text at once.

Notebook 03 derives the gradient and builds this. A batch is cut into blocks of neighbouring
places. The words of a block share their noise words, so that all its scores are one matrix
product, and so are its gradients. Leaves drawing to :mod:`helpers.vectors.negative_sampling`,
the many steps to :mod:`helpers.vectors.word2vec`.

Source: Mikolov, Sutskever et al. (2013) for the objective; sharing noise words within a window,
for the sake of matrix products: Ji, Satish, Li and Dubey (2016).
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Batch:
    """Blocks of ``size`` centre words, with the words around them and their noise words.

    Let ``others`` be the words that a block's centres are scored with: ``size + 2 * window``
    neighbours in the order of the text, from ``window`` places before the block's first word to
    ``window`` places behind its last, then the noise words.

    centres: ids, shape (blocks, size).
    others: ids, shape (blocks, size + 2 * window + noise).
    met: 1.0 where the place k - window away from a centre is in its window, else 0.0; shape
    (blocks, size, 2 * window + 1).
    noise_weight: how many drawn noise words each of the block's noise words stands for, shape
    (blocks, size, 1): negatives * (words in the centre's window) / noise.
    """

    centres: torch.Tensor
    others: torch.Tensor
    met: torch.Tensor
    noise_weight: torch.Tensor


def scores_of(
    centre_rows: torch.Tensor, other_rows: torch.Tensor, met: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Score each centre with all others of its block.

    Parameters
    ----------
    centre_rows, other_rows
        The words' vectors, shapes (blocks, size, d) and (blocks, others, d).
    met
        As in :class:`Batch`.

    Returns
    -------
    All scores, shape (blocks, size, others), and two views of them: of the 2 * window + 1 places
    around each centre, and of the noise words.
    """
    scores = torch.bmm(centre_rows, other_rows.transpose(1, 2))
    return scores, *views(scores, met)


def views(table: torch.Tensor, met: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """View a table (blocks, size, others) as (places around each centre, noise words).

    The places around centre t stand in the columns t to t + 2 * window: one row further down,
    one column further right. A stride of one row and one column walks along that band.
    """
    blocks, size, others = table.shape
    around = met.shape[-1]
    band = table.as_strided((blocks, size, around), (size * others, others + 1, 1))
    return band, table[:, :, size + around - 1 :]


def loss(batch: Batch, centre_rows: torch.Tensor, other_rows: torch.Tensor) -> torch.Tensor:
    """Return the sum of all pairs' losses in nats: a scalar through which autograd can go.

    A pair (centre c, context o) costs -log sigmoid(v_c · u_o) - the sum over its noise words k
    of log sigmoid(-v_c · u_k).
    """
    _, near, noise = scores_of(centre_rows, other_rows, batch.met)
    return (softplus(-near) * batch.met).sum() + (softplus(noise) * batch.noise_weight).sum()


def pairs_in(batch: Batch) -> torch.Tensor:
    """Return how many pairs (centre, context) the batch has, as a scalar tensor."""
    return batch.met.sum()


def gradients(
    batch: Batch, centre_rows: torch.Tensor, other_rows: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the derivatives of :func:`loss` with respect to the centres' and others' vectors.

    With the score s = v_c · u_o, the loss's derivative with respect to s is sigmoid(s) - 1 for a
    word in the window and sigmoid(s) for a noise word.
    """
    scores, near, noise = scores_of(centre_rows, other_rows, batch.met)
    error = torch.zeros_like(scores)
    near_error, noise_error = views(error, batch.met)
    near_error.copy_((near.sigmoid() - 1) * batch.met)
    noise_error.copy_(noise.sigmoid() * batch.noise_weight)
    return torch.bmm(error, other_rows), torch.bmm(error.transpose(1, 2), centre_rows)


def step(
    vectors: torch.Tensor, output_vectors: torch.Tensor, batch: Batch, learning_rate: float
) -> None:
    """Go one step of gradient descent on a batch; changes both matrices in place.

    Parameters
    ----------
    vectors, output_vectors
        A row for each word, shape (words, d).
    batch
        Whose words; all on the matrices' device.
    learning_rate
        Gradients of a word that stands in the batch many times add up.
    """
    dimensions = vectors.shape[1]
    centre_rows, other_rows = vectors[batch.centres], output_vectors[batch.others]
    found = gradients(batch, centre_rows, other_rows)
    for matrix, ids, gradient in zip(
        (vectors, output_vectors), (batch.centres, batch.others), found, strict=True
    ):
        index = ids.reshape(-1, 1).expand(-1, dimensions)
        matrix.scatter_add_(0, index, gradient.mul_(-learning_rate).view(-1, dimensions))
