"""One step of skip-gram with negative sampling, for many words of running text at once.

Notebook 03 derives the gradient and builds this. A batch is cut into blocks of neighbouring
places. The words of a block share their noise words, so that all its scores are one matrix
product, and so are its gradients. Leaves drawing to :mod:`helpers.vectors.skip_gram_batches`,
the many steps to :mod:`helpers.vectors.word2vec`.

Source: Mikolov, Sutskever et al. (2013) for the objective; noise words that are shared, for the
sake of matrix products: Ji, Satish, Li and Dubey (2016).
"""

import math
from dataclasses import dataclass

import torch
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Batch:
    """Blocks of neighbouring centre words, the words around them, and their noise words.

    The *others* are all words that a block's centres are scored with: first the text from
    ``window`` places before the block to ``window`` places behind it, then the noise words.

    Parameters
    ----------
    centres
        Rows of the centre words, int64, shape (blocks, size).
    others
        Rows of the others, int64, shape (blocks, size + 2 * window + noise).
    met
        1.0 at k if the place k - window away from the centre is in its window, else 0.0; shape
        (blocks, size, 2 * window + 1).
    noise_weight
        For how many noise words each of the block's stands: negatives * (words in the centre's
        window) / noise; shape (blocks, size, 1).
    centre_samples, other_samples
        For how many samples each centre and each other stands, about: shapes as ``centres`` and
        ``others``. Only :func:`step` looks at them, and only where it has a limit.
    """

    centres: torch.Tensor
    others: torch.Tensor
    met: torch.Tensor
    noise_weight: torch.Tensor
    centre_samples: torch.Tensor | None = None
    other_samples: torch.Tensor | None = None


def rows(
    vectors: torch.Tensor, output_vectors: torch.Tensor, batch: Batch
) -> tuple[torch.Tensor, torch.Tensor]:
    """Look up the batch's words: centres in ``vectors``, others in ``output_vectors``.

    Both matrices have a row for each word, shape (words, d).

    Returns
    -------
    Copies, of shapes (blocks, size, d) and (blocks, others, d).
    """
    pairs = (vectors, batch.centres), (output_vectors, batch.others)
    centre_rows, other_rows = (
        matrix.index_select(0, ids.reshape(-1)).view(*ids.shape, -1) for matrix, ids in pairs
    )
    return centre_rows, other_rows


def loss(
    batch: Batch, centre_rows: torch.Tensor, other_rows: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the sum of all pairs' losses in nats, and how many pairs there are.

    A centre c and a word o of its window cost -log sigmoid(v_c · u_o) and, for each noise word
    k, -log sigmoid(-v_c · u_k). Autograd can go through the sum.

    Parameters
    ----------
    batch
        Which words meet.
    centre_rows, other_rows
        The words' vectors, as :func:`rows` looks them up.

    Returns
    -------
    Two tensors of shape ().
    """
    near, noise = _near_and_noise(torch.bmm(centre_rows, other_rows.transpose(1, 2)), batch)
    total = (softplus(-near) * batch.met).sum() + (softplus(noise) * batch.noise_weight).sum()
    return total, batch.met.sum()


def gradients(
    batch: Batch, centre_rows: torch.Tensor, other_rows: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the derivatives of :func:`loss` with respect to the centres' and others' vectors.

    With the score s = v_c · u_o, the loss's derivative with respect to s is sigmoid(s) - 1 for a
    word of the window and sigmoid(s) for a noise word. The derivative with respect to v_c is the
    sum of these errors times u_o over all others, and the other way round.

    Parameters
    ----------
    batch, centre_rows, other_rows
        As for :func:`loss`.

    Returns
    -------
    Two tensors, of the same shapes as the rows.
    """
    sigmoids = torch.bmm(centre_rows, other_rows.transpose(1, 2)).sigmoid_()
    errors = torch.zeros_like(sigmoids)  # most neighbours of a block are not in a centre's window
    near, noise = _near_and_noise(sigmoids, batch)
    near_error, noise_error = _near_and_noise(errors, batch)
    torch.mul(near - 1, batch.met, out=near_error)
    torch.mul(noise, batch.noise_weight, out=noise_error)
    return torch.bmm(errors, other_rows), torch.bmm(errors.transpose(1, 2), centre_rows)


def step(
    vectors: torch.Tensor,
    output_vectors: torch.Tensor,
    batch: Batch,
    learning_rate: float,
    step_limit: float = math.inf,
) -> None:
    """Go one step of gradient descent on a batch; changes both matrices in place.

    Parameters
    ----------
    vectors, output_vectors
        A row for each word, shape (words, d).
    batch
        Whose words; on the matrices' device.
    learning_rate
        The gradients of a word that stands in the batch many times are added up.
    step_limit
        Where learning rate times samples of a word is above this, its step is scaled back to it.
    """
    looked_up = rows(vectors, output_vectors, batch)
    centre_gradient, other_gradient = gradients(batch, *looked_up)
    for matrix, ids, gradient, samples in (
        (vectors, batch.centres, centre_gradient, batch.centre_samples),
        (output_vectors, batch.others, other_gradient, batch.other_samples),
    ):
        ids, gradient = ids.reshape(-1), gradient.view(-1, matrix.shape[1])
        if step_limit == math.inf:
            gradient *= -learning_rate
        else:
            total = matrix.new_zeros(len(matrix)).scatter_add_(0, ids, samples.view(-1))
            excess = (total.index_select(0, ids) * (learning_rate / step_limit)).clamp_(min=1)
            gradient *= (-learning_rate / excess)[:, None]
        matrix.scatter_add_(0, ids[:, None].expand_as(gradient), gradient)


def _near_and_noise(table: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """View a table (blocks, size, others): the places around each centre, and the noise words.

    The places around the block's centre t stand in the columns t to t + 2 * window: a row further
    down, a column further right. So a stride of a row and a column walks along them.
    """
    blocks, size, others = table.shape
    around = batch.met.shape[-1]
    near = table.as_strided((blocks, size, around), (size * others, others + 1, 1))
    return near, table[:, :, size + around - 1 :]
